"""The claims of the paper and ours, on worlds that satisfy and violate each of them."""

import dataclasses

import jupytext

from lib import ROOT
from lib.analyses.main_paper.claims import EVERY_CLAIM, OUR_CONTROLS, PAPER_CLAIMS
from lib.book import claims
from lib.book.claims.engine import HOLDS, TOO_FEW
from lib.book.claims.show import figure_of

from ...book.claims.verdicts import verdicts_of
from ...book.claims.worlds import PAPERS_WORLD, spike
from .violations import VIOLATIONS

WORLD = PAPERS_WORLD.results()
NOTHING = dataclasses.replace(WORLD, provenance={"experiments": {}})

test_a_claim_holds_or_not_and_a_missing_experiment_is_not_measured = verdicts_of(
    EVERY_CLAIM,
    lambda _: WORLD,
    lambda claim: PAPERS_WORLD.but(**VIOLATIONS[claim.key]).results(),
    lambda _: NOTHING,
)


def test_one_network_decides_nothing_and_what_is_missing_is_named():
    one = claims.evaluate(PAPERS_WORLD.results(networks=1), EVERY_CLAIM)
    assert {outcome.verdict for outcome in one} == {TOO_FEW}
    assert all(outcome.nearest.interval.n == 1 for outcome in one)
    none = claims.evaluate(NOTHING, EVERY_CLAIM)
    assert all(outcome.nearest.missing.startswith("no experiment ") for outcome in none)


def test_rules_do_not_depend_on_the_order_of_the_rows():
    shuffled = dataclasses.replace(
        WORLD,
        similarity=WORLD.similarity.sample(frac=1, random_state=0),
        performance=WORLD.performance.sample(frac=1, random_state=0),
    )
    assert claims.evaluate(shuffled, EVERY_CLAIM) == claims.evaluate(WORLD, EVERY_CLAIM)


def test_there_are_enough_claims_and_each_has_its_own_name():
    assert len(PAPER_CLAIMS) >= 25
    assert len(OUR_CONTROLS) >= 6
    keys = [claim.key for claim in EVERY_CLAIM]
    assert len(set(keys)) == len(keys)
    assert set(keys) == set(VIOLATIONS)
    assert {claim.section for claim in PAPER_CLAIMS} >= {"5.1", "5.2", "5.3", "6.1", "6.2", "7"}


def test_every_claim_is_shown_by_a_figure_of_the_book():
    shown = [figure_of(claim) for claim in EVERY_CLAIM]
    for page in {page for page, _ in shown}:
        cells = jupytext.read(ROOT / "book" / f"{page}.ipynb").cells
        figures = [cell.metadata.get("mystnb", {}).get("figure", {}).get("name") for cell in cells]
        anchors = {name.replace("_", "-") for name in figures if name}
        assert {figure for its_page, figure in shown if its_page == page} <= anchors


def test_accuracies_are_alike_whatever_their_level_but_not_at_another_pace():
    [claim] = [claim for claim in PAPER_CLAIMS if claim.key == "accuracy-alike"]
    shifted = PAPERS_WORLD.but(gains={"resnet_fast": lambda left: 9 + 3 * spike(left)}).results()
    assert claims.decide(claim, shifted).verdict == HOLDS
    rows = shifted.performance
    halved = rows.remaining.where(rows.experiment != "resnet_fast", rows.remaining**3)
    slower = dataclasses.replace(shifted, performance=rows.assign(remaining=halved))
    assert "different paces" in claims.decide(claim, slower).nearest.missing
