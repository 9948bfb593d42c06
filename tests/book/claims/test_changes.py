"""Rules that changed are those of claims that exist, and of the first study."""

import json

import pytest

from lib.analyses.main_paper.claims import EVERY_CLAIM
from lib.book.claims.changes import FIRST_STUDY, first_study
from lib.book.claims.engine import VERDICTS

KEYS = {claim.key for claim in EVERY_CLAIM}


def test_claims_that_were_decided_first_or_changed_exist_today():
    assert set(FIRST_STUDY.index) <= KEYS
    assert set(FIRST_STUDY.verdict) <= set(VERDICTS)
    assert set(FIRST_STUDY.today.str.partition(" (")[0]) <= set(VERDICTS)


@pytest.mark.parametrize(
    ("keys", "message"),
    [(["one", "other"], "no verdict of the first study: other"), (["one", "one"], "one-to-one")],
)
def test_a_change_is_of_one_rule_of_the_first_study(tmp_path, keys, message):
    (tmp_path / "first.csv").write_text(
        "key,verdict,mean,low,high,runs,today\none,holds,1,0,2,4,holds\n"
    )
    (tmp_path / "changes.json").write_text(json.dumps([{"keys": keys, "was": "", "why": ""}]))
    with pytest.raises(ValueError, match=message):
        first_study(tmp_path / "claims.py")
