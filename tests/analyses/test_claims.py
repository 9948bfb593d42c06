"""The claims of the companion papers, on worlds that satisfy and violate them."""

from types import MappingProxyType

import pytest

from lib.analyses.icann2020 import claims as claim_icann2020
from lib.analyses.icann2020.tables import LANDSCAPE, POTENTIALS
from lib.analyses.icpram2020 import claims as claim_icpram2020
from lib.book.claims.engine import FAILS, HOLDS, NOT_MEASURED, decide
from lib.book.claims.show import figure_of

from ..book.claims.verdicts import verdicts_of
from ..book.claims.worlds import PAPERS_WORLD, World, curve
from .icann2020.minima import COMPLETE, GRADUAL, PAPERS_MINIMA, minima

ICPRAM = (*claim_icpram2020.CLAIMS, *claim_icpram2020.REMARK)
ICANN = (*claim_icann2020.CLAIMS, *claim_icann2020.OURS)
EVERY = (*ICPRAM, *ICANN)


def conv4(middle, *, first=0.9, connected=0.85, out=0.95):
    return curve(
        conv1_1=first, conv1_2=middle + 0.04, conv2_1=middle, fc1=connected, fc2=connected, out=out
    )


def _icpram():
    depths = (0.75, 0.7, 0.6, 0.5, 0.4)
    names = claim_icpram2020.TASKS
    curves = {(n, "svcca", ""): conv4(low) for n, low in zip(names, depths, strict=True)}
    curves["conv4", "svcca", ""] = conv4(0.41)
    return World(curves, dict.fromkeys([*names, "conv4"], lambda left: 0.0))


def _none(left):
    return 0.0


WORLDS = {"icpram2020": _icpram()}


WORST = {
    "better": {"gain": -9.0},
    "sharper": {"eigenvalue": 1.0},
    "steeper": {"increase": 0.01},
    "entropy": {"entropy": 0.3},
    "information": {"mixed": 1.0, "entropy": 0.4},
}
"""Kind of claim of ICANN 2020 -> what makes networks pruned gradually worse than any other."""


def violations():
    found = {}
    for name in claim_icpram2020.TASKS:
        flat = {"curves": {(name, "svcca", ""): conv4(0.6, first=0.6)}}
        found[f"icpram2020-first-{name}"] = flat
        low = {"curves": {(name, "svcca", ""): conv4(0.6, out=0.5)}}
        found[f"icpram2020-connected-{name}"] = low
    found["icpram2020-u-grows"] = {"curves": {("conv4_two", "svcca", ""): conv4(0.2)}}
    found["icpram2020-accuracy"] = {"gains": {"conv4_six": lambda left: -3.0}}
    found["icpram2020-rewinding-level"] = {"curves": {("conv4", "svcca", ""): conv4(0.8)}}
    hill = curve(conv1_1=0.3, conv2_1=0.9, fc2=0.3, out=0.95)
    found["icpram2020-rewinding-shape"] = {"curves": {("conv4", "svcca", ""): hill}}
    for claim in ICANN:
        worst = WORST[claim.key.split("-")[1]]
        found[claim.key] = {
            name: PAPERS_MINIMA[name] | worst for name in claim_icann2020.SHOWN_TITLES
        }
    return found


VIOLATIONS = violations()


OTHER = World(
    {("resnet_fast", "svcca", ""): PAPERS_WORLD.curves["resnet_fast", "svcca", ""]},
    {"resnet_fast": _none},
)


def test_every_claim_can_be_violated():
    assert set(VIOLATIONS) == {claim.key for claim in EVERY}


def world_of(claim, changes=MappingProxyType({})):
    """The results of the world of a claim's chapter."""
    chapter, _ = figure_of(claim)
    if chapter == "icann2020":
        return minima(PAPERS_MINIMA | changes)
    return WORLDS[chapter].but(**changes).results()


test_worlds_like_the_papers_and_worlds_that_violate_their_claims = verdicts_of(
    EVERY,
    world_of,
    lambda claim: world_of(claim, VIOLATIONS[claim.key]),
    lambda _: OTHER.results(),
)


def test_a_u_that_is_not_there_does_not_grow():
    shallow = {
        ("conv4_two", "svcca", ""): conv4(0.9),
        ("conv4_late_reset", "svcca", ""): conv4(0.88),
    }
    claim = next(claim for claim in ICPRAM if claim.key == "icpram2020-u-grows")
    there, grown = decide(claim, WORLDS["icpram2020"].but(curves=shallow).results()).findings
    assert (there.verdict, grown.verdict) == (FAILS, HOLDS)


@pytest.mark.parametrize("other", [0.1, 0.8])
def test_what_hardly_depends_may_be_neither_higher_nor_lower(other):
    claim = next(claim for claim in ICPRAM if claim.key == "icpram2020-rewinding-level")
    world = WORLDS["icpram2020"].but(curves={("conv4", "svcca", ""): conv4(other)})
    assert decide(claim, world.results()).verdict == FAILS


def test_the_two_readings_of_the_fully_connected_layer_differ_in_that_layer_alone():
    hidden = {claim.key: claim for claim in claim_icpram2020.HIDDEN_READING}
    curves = {(name, "svcca", ""): conv4(0.6, connected=0.5) for name in claim_icpram2020.TASKS}
    results = WORLDS["icpram2020"].but(curves=curves).results()
    for claim in ICPRAM:
        if claim.key in hidden and "connected" in claim.key:
            assert decide(claim, results).verdict == HOLDS
            assert decide(hidden[claim.key], results).verdict == FAILS


EQUAL = {
    "better": {"gain": -1.5},
    "sharper": {"eigenvalue": 12.0},
    "steeper": {"increase": 0.15},
    "entropy": {"entropy": 0.65},
    "information": {"mixed": 0.95},
}
"""kind of claim -> gradual pruning between the two ways at once: one claim holds, one fails."""


@pytest.mark.parametrize("claim", ICANN, ids=lambda claim: claim.key)
def test_a_study_without_the_analyses_measures_nothing_of_them(claim):
    results = minima().having(LANDSCAPE, LANDSCAPE.tidy()).having(POTENTIALS, POTENTIALS.tidy())
    accuracies = claim.key.split("-")[1] == "better"
    assert (decide(claim, results).verdict == NOT_MEASURED) is not accuracies


@pytest.mark.parametrize("kind", EQUAL)
def test_each_way_at_once_has_a_claim_of_its_own(kind):
    """Between the two ways at once, a claim against the one holds and against the other fails."""
    level = {"lenet5": GRADUAL | EQUAL[kind]}
    results = minima(PAPERS_MINIMA | level)
    found = {claim.key: decide(claim, results).verdict for claim in ICANN}
    verdicts = {found[f"icann2020-{kind}-lenet5"], found[f"icann2020-{kind}-long-lenet5"]}
    assert verdicts == {HOLDS, FAILS}


def test_neurons_weigh_alike_and_information_is_what_the_null_exceeds():
    results = minima()
    weights = (10 * 1.2 + 90) / 100
    wanted = 1000 * GRADUAL["entropy"] * weights
    assert claim_icann2020.entropy("lenet5").measure(results).iloc[0] == pytest.approx(wanted)
    wanted = 1000 * (COMPLETE["mixed"] - COMPLETE["entropy"]) * weights
    found = claim_icann2020.information("lenet5", complete=True).measure(results)
    assert found.iloc[0] == pytest.approx(wanted)
    assert len(found) == 3
