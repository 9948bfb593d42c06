"""The claims of the companion papers, on worlds that satisfy and violate them."""

import dataclasses
from types import MappingProxyType

from lib.analyses.at_init import claims as claim_at_init
from lib.analyses.at_init.analysis import SCORE_EXPERIMENTS
from lib.analyses.at_init.tables import COLLAPSE
from lib.analyses.wacv2020 import claims as claim_wacv2020
from lib.book.claims.show import figure_of

from ..book.claims.verdicts import verdicts_of
from ..book.claims.worlds import PAPERS_WORLD, World, curve

FLOW, MAGNITUDE, RANDOM = SCORE_EXPERIMENTS.values()
WACV, AT_INIT = claim_wacv2020.CLAIMS, claim_at_init.CLAIMS
EVERY = (*WACV, *AT_INIT)


def _wacv():
    curves, gains = {}, {}
    for network in claim_wacv2020.SHOWN_TITLES:
        levels = {"": 0.5, "_masks_again": 0.35, "_random_layerwise": 0.34, "_independent": 0.3}
        levels["_half_trained_as_long"] = 0.6
        for suffix, value in levels.items():
            curves[network + suffix, "svcca", ""] = curve(out=value)
        sparse = ("masks_again", "random_layerwise", "random_uniform_long")
        gains |= {network: _none} | {f"{network}_{name}": _two for name in sparse}
        gains[f"{network}_half_trained_as_long"] = _none
    return World(curves, gains)


def _none(left):
    return 0.0


def _two(left):
    return -2.0


def _at_init():
    curves = {(name, "svcca", ""): curve(out=0.3) for name in (FLOW, MAGNITUDE, RANDOM)}
    lost = {FLOW: -10.0, RANDOM: -30.0, MAGNITUDE: -80.0}
    return World(curves, {name: lambda left, by=by: by + left for name, by in lost.items()})


def collapsing(world, below):
    """The tables of a world in which a layer is empty below a fraction of the weights left."""
    results = world.results()
    rows = results.performance
    level = rows.experiment.map(below).fillna(0.0)
    empty = (rows.remaining <= level) & (rows.iteration > 0)
    rows = rows.assign(collapsed=rows.collapsed.mask(empty, "conv4_1.conv.weight"))
    pruned = rows[rows.iteration > 0]
    keys = pruned[["experiment", "train_seed", "run_seed", "iteration"]]
    collapse = keys.assign(paths=1e9 * ~empty, constant=empty, predicted=10, majority=0.1)
    return dataclasses.replace(results, performance=rows).having(COLLAPSE, collapse)


WORLDS = {"wacv2020": _wacv(), "at_init": _at_init()}


def violations():
    found = {}
    for name in claim_wacv2020.SHOWN_TITLES:
        found |= {
            f"wacv2020-evolves-{name}": {"curves": {(name, "svcca", ""): curve(out=0.9)}},
            f"wacv2020-accuracy-{name}": {"gains": {name: lambda left: -3.0}},
            f"wacv2020-sparse-{name}": {
                "gains": {f"{name}_random_uniform_long": lambda left: -9.0}
            },
            f"wacv2020-structure-{name}": {"gains": {f"{name}_masks_again": _none}},
            f"wacv2020-representation-{name}": {
                "curves": {(f"{name}_masks_again", "svcca", ""): curve(out=0.6)}
            },
            f"wacv2020-training-{name}": {
                "curves": {(f"{name}_half_trained_as_long", "svcca", ""): curve(out=0.4)}
            },
            f"wacv2020-beside-{name}": {
                "gains": {f"{name}_half_trained_as_long": lambda left: 3.0}
            },
        }
    found |= {
        "at_init-synflow-learns": {"gains": {FLOW: lambda left: -80.0}},
        "at_init-magnitude-does-not": {"gains": {MAGNITUDE: lambda left: -40.0}},
        "at_init-synflow-magnitude": {"gains": {MAGNITUDE: _none}},
        "at_init-synflow-random": {"gains": {RANDOM: _none}},
        "at_init-synflow-avoids": {},
        "at_init-synflow-flow": {},
        "at_init-magnitude-collapses": {},
    }
    return found


VIOLATIONS = violations()
EMPTY = {MAGNITUDE: 0.02}
COLLAPSES = {
    "at_init-synflow-avoids": {FLOW: 0.02},
    "at_init-synflow-flow": {FLOW: 0.02},
    "at_init-magnitude-collapses": {},
}


OTHER = World(
    {("resnet_fast", "svcca", ""): PAPERS_WORLD.curves["resnet_fast", "svcca", ""]},
    {"resnet_fast": _none},
)


def test_every_claim_can_be_violated():
    assert set(VIOLATIONS) == {claim.key for claim in EVERY}


def world_of(claim, changes=MappingProxyType({}), below=EMPTY):
    """The results of the world of a claim's chapter."""
    chapter, _ = figure_of(claim)
    return collapsing(WORLDS[chapter].but(**changes), below)


test_worlds_like_the_papers_and_worlds_that_violate_their_claims = verdicts_of(
    EVERY,
    world_of,
    lambda claim: world_of(claim, VIOLATIONS[claim.key], COLLAPSES.get(claim.key, EMPTY)),
    lambda _: OTHER.results(),
)
