"""The claims of the companion papers, on worlds that satisfy and violate them."""

import dataclasses

import pytest

from lib.chapters.at_init import claims as claim_at_init
from lib.chapters.icpram2020 import claims as claim_icpram2020
from lib.chapters.wacv2020 import claims as claim_wacv2020
from lib.claims.engine import FAILS, HOLDS, NOT_MEASURED, decide

from ..claims.worlds import PAPERS_WORLD, World, curve

ICPRAM = (*claim_icpram2020.CLAIMS, *claim_icpram2020.REMARK)
WACV, AT_INIT = claim_wacv2020.CLAIMS, claim_at_init.CLAIMS
EVERY = (*ICPRAM, *WACV, *AT_INIT)

each_claim = pytest.mark.parametrize("claim", EVERY, ids=lambda claim: claim.key)


def conv4(middle, *, first=0.9, connected=0.85):
    return curve(
        conv1_1=first, conv1_2=middle + 0.04, conv2_1=middle, fc1=connected, fc2=connected, out=0.95
    )


def _icpram():
    depths = (0.75, 0.7, 0.6, 0.5, 0.4)
    names = claim_icpram2020.SUBSETS
    curves = {(n, "svcca", ""): conv4(low) for n, low in zip(names, depths, strict=True)}
    curves["conv4", "svcca", ""] = conv4(0.41)
    return World(curves, dict.fromkeys([*names, "conv4"], lambda left: 0.0))


def _wacv():
    curves, gains = {}, {}
    for network in claim_wacv2020.NETWORKS:
        levels = {"": 0.5, "_masks_again": 0.35, "_random_at_init": 0.34, "_independent": 0.3}
        for suffix, value in levels.items():
            curves[network + suffix, "svcca", ""] = curve(out=value)
        gains |= {network: _none, f"{network}_masks_again": _two, f"{network}_random_at_init": _two}
    return World(curves, gains)


def _none(left):
    return 0.0


def _two(left):
    return -2.0


def _at_init():
    flow, magnitude, random = claim_at_init.EXPERIMENTS.values()
    curves = {(name, "svcca", ""): curve(out=0.3) for name in (flow, magnitude, random)}
    lost = {flow: -10.0, random: -30.0, magnitude: -80.0}
    return World(curves, {name: lambda left, by=by: by for name, by in lost.items()})


def collapsing(world, below):
    """The tables of a world in which a layer is empty below a fraction of the weights left."""
    results = world.results()
    rows = results.performance
    level = rows.experiment.map(below).fillna(0.0)
    empty = (rows.remaining <= level) & (rows.iteration > 0)
    rows = rows.assign(collapsed=rows.collapsed.mask(empty, "conv4_1.conv.weight"))
    return dataclasses.replace(results, performance=rows)


FLOW, MAGNITUDE, RANDOM = claim_at_init.EXPERIMENTS.values()


WORLDS = {"icpram2020": _icpram(), "wacv2020": _wacv(), "at_init": _at_init()}


def world_of(claim):
    return WORLDS[claim.shown[0]]


def violations():
    found = {}
    for name in claim_icpram2020.SUBSETS:
        flat = {("curves", (name, "svcca", "")): conv4(0.6, first=0.6)}
        found[f"icpram2020-first-{name}"] = flat
        low = {("curves", (name, "svcca", "")): conv4(0.6, connected=0.5)}
        found[f"icpram2020-connected-{name}"] = low
    found["icpram2020-u-grows"] = {("curves", ("conv4_two", "svcca", "")): conv4(0.2)}
    found["icpram2020-accuracy"] = {("gains", "conv4_six"): lambda left: -3.0}
    found["icpram2020-rewinding-level"] = {("curves", ("conv4", "svcca", "")): conv4(0.8)}
    hill = curve(conv1_1=0.3, conv2_1=0.9, fc2=0.3, out=0.95)
    found["icpram2020-rewinding-shape"] = {("curves", ("conv4", "svcca", "")): hill}
    for name in claim_wacv2020.NETWORKS:
        found |= {
            f"wacv2020-evolves-{name}": {("curves", (name, "svcca", "")): curve(out=0.9)},
            f"wacv2020-accuracy-{name}": {("gains", name): lambda left: -3.0},
            f"wacv2020-sparse-{name}": {
                ("gains", f"{name}_random_at_init"): lambda left: -9.0,
                ("gains", f"{name}_masks_again"): lambda left: -9.0,
            },
            f"wacv2020-structure-{name}": {("gains", f"{name}_masks_again"): _none},
            f"wacv2020-representation-{name}": {
                ("curves", (f"{name}_masks_again", "svcca", "")): curve(out=0.6)
            },
        }
    found |= {
        "at_init-synflow-learns": {("gains", FLOW): lambda left: -80.0},
        "at_init-magnitude-does-not": {("gains", MAGNITUDE): lambda left: -40.0},
        "at_init-synflow-magnitude": {("gains", MAGNITUDE): _none},
        "at_init-synflow-random": {("gains", RANDOM): _none},
        "at_init-synflow-avoids": {},
        "at_init-magnitude-collapses": {},
    }
    return found


VIOLATIONS = violations()
EMPTY = {MAGNITUDE: 0.02}
COLLAPSES = {"at_init-synflow-avoids": {FLOW: 0.02}, "at_init-magnitude-collapses": {}}


OTHER = World(
    {("resnet_fast", "svcca", ""): PAPERS_WORLD.curves["resnet_fast", "svcca", ""]},
    {"resnet_fast": _none},
)


def test_every_claim_can_be_violated():
    assert set(VIOLATIONS) == {claim.key for claim in EVERY}


@each_claim
def test_a_claim_holds_in_a_world_like_its_paper(claim):
    outcome = decide(claim, collapsing(world_of(claim), EMPTY))
    assert outcome.verdict == HOLDS, outcome.measured


@each_claim
def test_a_claim_fails_in_a_world_that_violates_it(claim):
    changes = {"curves": {}, "gains": {}}
    for (part, key), value in VIOLATIONS[claim.key].items():
        changes[part][key] = value
    results = collapsing(world_of(claim).but(**changes), COLLAPSES.get(claim.key, EMPTY))
    outcome = decide(claim, results)
    assert outcome.verdict == FAILS, outcome.measured


@each_claim
def test_a_study_without_the_experiments_measures_nothing(claim):
    outcome = decide(claim, OTHER.results())
    assert outcome.verdict == NOT_MEASURED
    assert "no experiment" in outcome.missing or "has no" in outcome.missing
