"""Rules that changed are shown beside what they were."""

import json

import pytest

from lib import claims
from lib.claims.changes import FIRST_STUDY, changed, first_study
from lib.claims.engine import VERDICTS

from .worlds import PAPERS_WORLD

KEYS = {claim.key for claim in (*claims.PAPER, *claims.OURS, *claims.CHECKS)}


def test_claims_that_were_decided_first_or_changed_exist_today():
    assert set(FIRST_STUDY.index) <= KEYS
    assert set(FIRST_STUDY.verdict) <= set(VERDICTS)


@pytest.mark.parametrize(
    ("keys", "message"),
    [(["one", "other"], "no verdict of the first study: other"), (["one", "one"], "one-to-one")],
)
def test_a_change_is_of_one_rule_of_the_first_study(tmp_path, keys, message):
    (tmp_path / "first.csv").write_text("key,verdict,mean,low,high,runs\none,holds,1,0,2,4\n")
    (tmp_path / "changes.json").write_text(json.dumps([{"keys": keys, "was": "", "why": ""}]))
    with pytest.raises(ValueError, match=message):
        first_study(tmp_path / "claims.py")


def test_the_table_has_rules_that_changed_claims_that_are_new_and_verdicts_that_differ():
    keys = {
        "vgg16_bn-cca-depth": "the smaller of the lowest SVCCA and PWCCA, between 0.3 and 0.4",
        "nbs-agrees": "-",
        "vgg16_bn-cka-bound": None,  # held and holds
        "vgg16_bn-cka-stack-at": "the same",  # did not hold, and does here
    }
    asked = [claim for claim in claims.PAPER if claim.key in keys]
    rows = changed(claims.evaluate(PAPERS_WORLD.results(), asked)).rows
    before = {row[0]: row[1] for row in rows}
    expected = {claim.statement: keys[claim.key] for claim in asked if keys[claim.key]}
    assert before == expected
    [depth] = [row for row in rows if row[1].startswith("the smaller")]
    assert depth[3] == "0.395 (0.384 to 0.406), 4 runs: undecided"
    assert depth[4].startswith("0.370 (0.367 to 0.372), 3 complete networks: holds")
