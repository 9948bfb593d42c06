"""The claims on other ways to prune, in worlds that satisfy and violate each."""

from types import MappingProxyType

import pandas as pd
import pytest

from lib.chapters.prunings.experiments import BASE, LEVELS, experiment
from lib.chapters.prunings.tables import OVERLAP
from lib.claims.engine import FAILS, HOLDS, NOT_MEASURED, decide

from ...claims.worlds import World, curve
from ..pages import definitions

PAGE = definitions("prunings")
CLAIMS, FURTHER, NEARER, WAYS, fair_level = (
    PAGE[name] for name in ("CLAIMS", "FURTHER", "NEARER", "WAYS", "fair_level")
)

each_claim = pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.key)

ORDER = (*PAGE["NEARER"], "", *PAGE["FURTHER"])
"""The ways as we expect them, from the nearest to the furthest."""


def u(low):
    return curve(conv1_1=0.95, conv3_1=low, conv4_1=low + 0.05, out=0.9)


def world(order=ORDER, by_cka=None, keeping=tuple(WAYS), turned=(), common=0.5):
    """Networks that are less similar, and less accurate late in pruning, from way to way.

    Args:
        order: of the ways, by SVCCA and accuracy.
        by_cka: the order by CKA, if it is another.
        keeping: the ways that keep the accuracy until the middle.
        turned: ways after which other layers have changed than after the paper's.
        common: how much more than chance gives masks have in common.
    """
    curves, gains = {}, {}
    for level in LEVELS:
        for way in WAYS:
            name = experiment(way, level)
            for metric, places in (("svcca", order), ("cka", by_cka or order)):
                shape = u(0.7 - 0.05 * places.index(way))
                hill = curve(conv1_1=0.3, conv3_1=0.9, conv4_1=0.5, out=0.9)
                curves[name, metric, ""] = hill if way in turned else shape
            lost = order.index(way) + 0.1
            kept = way in keeping
            gains[name] = lambda left, lost=lost, kept=kept: (
                -0.1 * lost / 9 if kept and left > 0.05 else -lost
            )
    results = World(curves, gains).results()
    rows = [
        {"experiment": BASE, "train_seed": seed, "prune_seed": 0, "iteration": LEVELS[level]}
        | {"level": level, "way": "", "other_way": way}
        | {"jaccard": 0.1 + common + 0.01 * seed, "by_chance": 0.1}
        for seed in range(3)
        for level in LEVELS
        for way in WAYS
        if way
    ]
    return results.having(OVERLAP, OVERLAP.tidy(rows))


REVERSED = {"order": ORDER[::-1]}


def violation(key):
    kind, _, rest = key.removeprefix("prunings-").partition("-")
    if kind == "layers":
        return {"turned": [way for way in WAYS if way]}
    if kind == "ranking":
        return {"by_cka": ORDER[::-1]}
    if kind == "masks":
        return {"common": 0.0}
    if kind == "accuracy":
        metric = rest.rpartition("-")[2]
        return {"by_cka": ORDER[::-1]} if metric == "cka" else {"flipped": True}
    return REVERSED


@each_claim
def test_it_holds_in_a_world_as_we_expect_it(claim):
    outcome = decide(claim, world())
    assert outcome.verdict == HOLDS, outcome.nearest.measured


@each_claim
def test_it_fails_in_a_world_that_violates_it(claim):
    changes = MappingProxyType(violation(claim.key))
    if "flipped" in changes:  # accuracy alone is turned round
        results = world()
        rows = results.performance
        complete = rows[rows.iteration == 0].accuracy.max()
        lower = rows.accuracy.where(rows.iteration == 0, 2 * complete - rows.accuracy)
        results.performance["accuracy"] = lower
    else:
        results = world(**changes)
    outcome = decide(claim, results)
    assert outcome.verdict == FAILS, outcome.nearest.measured


@each_claim
def test_a_study_without_other_ways_measures_nothing(claim):
    results = World({(BASE, "svcca", ""): u(0.5)}, {BASE: lambda left: 0.0}).results()
    results = results.having(OVERLAP, pd.DataFrame(columns=list(OVERLAP.columns)))
    assert decide(claim, results).verdict == NOT_MEASURED


def test_ways_are_compared_where_both_keep_the_accuracy():
    assert fair_level(world(), "local") == "midway"
    results = world(keeping=["", "local"])
    assert fair_level(results, "local") == "midway"
    with pytest.raises(LookupError, match="as accurate"):
        fair_level(results, "random")
