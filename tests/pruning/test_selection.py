"""Selection: the lowest scores of each pool go, exactly as many as asked, singly or by filters."""

import math
from itertools import accumulate
from statistics import fmean

import pytest
import torch

from lib.pruning import GRANULARITIES, Mask, select

SHAPES = {
    "prep.weight": (6, 3, 2, 2),
    "conv1.weight": (8, 6, 2, 2),
    "conv2.weight": (5, 8, 2, 2),
    "hidden.weight": (12, 7),
}
POOLS = {"global": [list(SHAPES)], "local": [[name] for name in SHAPES]}


def whole():
    return Mask({name: torch.ones(shape, dtype=torch.bool) for name, shape in SHAPES.items()})


def scores(seed=0):
    """Different from layer to layer, so that pools matter, and often equal, so that order does."""
    draws = torch.Generator().manual_seed(seed)
    return {
        name: torch.randint(-9, 20 + 9 * i, shape, generator=draws) / 8
        for i, (name, shape) in enumerate(SHAPES.items())
    }


def by_hand(kept, scores, asked, granularity):
    """What remains of a pool: {name: places of weights}. The filters with the lowest means of their
    survivors go, as near to the number asked as possible, the first of equal ones first."""
    units = []
    for name, alive in kept.items():
        size = 1 if granularity == "weight" else alive[0].numel()
        of, alive = scores[name].flatten().tolist(), alive.flatten().tolist()
        for start in range(0, len(alive), size):
            if places := [i for i in range(start, start + size) if alive[i]]:
                left = [abs(of[i]) if size > 1 else of[i] for i in places]
                units.append((fmean(left), name, places))
    units.sort(key=lambda unit: unit[0])
    removed = [0, *accumulate(len(places) for _, _, places in units)]
    number = min(range(len(removed)), key=lambda i: abs(removed[i] - asked))
    rest = {name: set() for name in kept}
    for _, name, places in units[number:]:
        rest[name].update(places)
    return rest


@pytest.mark.parametrize("scope", POOLS)
@pytest.mark.parametrize("granularity", GRANULARITIES)
@pytest.mark.parametrize("of_pruned", [0.0, math.nan, -math.inf])
def test_the_lowest_of_each_pool_go_and_pruned_weights_do_not_count(scope, granularity, of_pruned):
    mask = whole()
    mask.kept["hidden.weight"][2:, 3] = False  # so that filters have other sizes
    for seed in range(4):
        of = {n: s.where(mask.kept[n], of_pruned) for n, s in scores(seed).items()}
        pruned = select(mask, of, lambda survivors, _: round(0.37 * survivors), scope, granularity)
        assert list(pruned.kept) == list(SHAPES)
        for names in POOLS[scope]:
            pool = Mask({name: mask.kept[name] for name in names})
            asked = round(0.37 * pool.survivors)
            for name, places in by_hand(pool.kept, of, asked, granularity).items():
                assert set(pruned.kept[name].flatten().nonzero()[:, 0].tolist()) == places
        mask = pruned


@pytest.mark.parametrize(("asked", "gone"), [(4, 0), (5, 0), (6, 1), (14, 1), (15, 1), (16, 2)])
def test_the_nearest_number_of_filters_goes_and_the_smaller_one_of_a_tie(asked, gone):
    mask = Mask({"a": torch.ones(4, 10, dtype=torch.bool)})
    pruned = select(mask, {"a": torch.rand(4, 10)}, lambda *_: asked, "global", "filter_l1")
    assert pruned.survivors == 10 * (4 - gone)


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_a_survivor_whose_score_is_nan_is_refused(granularity):
    of = scores()
    of["hidden.weight"][2, 3] = math.nan
    with pytest.raises(ValueError, match="a surviving weight has the score NaN"):
        select(whole(), of, lambda *_: 5, "local", granularity)
