"""The claims of ICANN 2020, on minima that satisfy and violate them."""

import pytest

from lib.chapters.icann2020.claims import CLAIMS, NETWORKS, OURS, entropy, information
from lib.chapters.icann2020.tables import LANDSCAPE, POTENTIALS
from lib.claims.engine import FAILS, HOLDS, NOT_MEASURED, decide

from .minima import COMPLETE, GRADUAL, PAPERS_MINIMA, minima

EVERY = (*CLAIMS, *OURS)
EQUAL = {
    "better": {"gain": -1.5},
    "sharper": {"eigenvalue": 12.0},
    "steeper": {"increase": 0.15},
    "entropy": {"entropy": 0.65},
    "information": {"mixed": 0.95},
}
"""kind of claim -> gradual pruning between the two ways at once: one claim holds, one fails."""

each_claim = pytest.mark.parametrize("claim", EVERY, ids=lambda claim: claim.key)


def violated(claim):
    """Networks pruned gradually that are worse than any other in what the claim is about."""
    worst = {
        "better": {"gain": -9.0},
        "sharper": {"eigenvalue": 1.0},
        "steeper": {"increase": 0.01},
        "entropy": {"entropy": 0.3},
        "information": {"mixed": 1.0, "entropy": 0.4},
    }
    kind = claim.key.split("-")[1]
    return {
        name: level | (worst[kind] if name in NETWORKS else {})
        for name, level in PAPERS_MINIMA.items()
    }


@each_claim
def test_a_claim_holds_in_a_world_like_its_paper(claim):
    outcome = decide(claim, minima())
    assert outcome.verdict == HOLDS, outcome.nearest.measured


@each_claim
def test_a_claim_fails_in_a_world_that_violates_it(claim):
    outcome = decide(claim, minima(violated(claim)))
    assert outcome.verdict == FAILS, outcome.nearest.measured


@each_claim
def test_a_study_without_the_analyses_measures_nothing_of_them(claim):
    results = minima().having(LANDSCAPE, LANDSCAPE.tidy()).having(POTENTIALS, POTENTIALS.tidy())
    accuracies = claim.key.split("-")[1] == "better"
    assert (decide(claim, results).verdict == NOT_MEASURED) is not accuracies


@pytest.mark.parametrize("kind", EQUAL)
def test_each_way_at_once_has_a_claim_of_its_own(kind):
    """Between the two ways at once, a claim against the one holds and against the other fails."""
    level = {"lenet5": GRADUAL | EQUAL[kind]}
    results = minima(PAPERS_MINIMA | level)
    found = {claim.key: decide(claim, results).verdict for claim in EVERY}
    verdicts = {found[f"icann2020-{kind}-lenet5"], found[f"icann2020-{kind}-long-lenet5"]}
    assert verdicts == {HOLDS, FAILS}


def test_neurons_weigh_alike_and_information_is_what_the_null_exceeds():
    results = minima()
    weights = (10 * 1.2 + 90) / 100
    wanted = 1000 * GRADUAL["entropy"] * weights
    assert entropy("lenet5").measure(results).iloc[0] == pytest.approx(wanted)
    wanted = 1000 * (COMPLETE["mixed"] - COMPLETE["entropy"]) * weights
    found = information("lenet5", complete=True).measure(results)
    assert found.iloc[0] == pytest.approx(wanted)
    assert len(found) == 3
