"""Selection: the lowest scores of each pool go, exactly as many as asked, singly or by filters."""

import math

import pytest
import torch

from lib.pruning import GRANULARITIES, Mask, select

SHAPES = {
    "prep.weight": (6, 3, 3, 3),
    "conv1.weight": (8, 6, 3, 3),
    "res1_1.weight": (8, 8, 3, 3),
    "res1_2.weight": (8, 8, 3, 3),
    "conv2.weight": (10, 8, 3, 3),
    "hidden.weight": (12, 10),
}
SCOPES = {
    "global": [list(SHAPES)],
    "local": [[name] for name in SHAPES],
}
everywhere = pytest.mark.parametrize(("scope", "pools"), SCOPES.items(), ids=["global", "local"])


def whole():
    return Mask({name: torch.ones(shape, dtype=torch.bool) for name, shape in SHAPES.items()})


def scores(seed=0):
    """Different from layer to layer, so that pools matter."""
    draws = torch.Generator().manual_seed(seed)
    return {
        name: torch.rand(shape, generator=draws) * (1 + i)
        for i, (name, shape) in enumerate(SHAPES.items())
    }


def share(fraction):
    return lambda survivors, size: round(fraction * survivors)


def values(scores, kept):
    """(value, number of surviving weights) of each filter that is left, in plain Python."""
    lefts = [of[alive].double().tolist() for of, alive in zip(scores, kept, strict=True)]
    return [(sum(map(abs, left)) / len(left), len(left)) for left in lefts if left]


@everywhere
def test_exactly_as_many_weights_go_as_asked_and_they_are_the_lowest_of_their_pool(scope, pools):
    mask = whole()
    for seed in range(4):
        of = scores(seed)
        pruned = select(mask, of, share(0.37), scope)
        assert list(pruned.kept) == list(SHAPES)
        for pool in pools:
            before = torch.cat([of[name][mask.kept[name]] for name in pool])
            after = torch.cat([of[name][pruned.kept[name]] for name in pool])
            gone = torch.cat([of[name][mask.kept[name] & ~pruned.kept[name]] for name in pool])
            assert len(gone) == round(0.37 * len(before))
            assert len(after) == len(before) - len(gone)
            assert gone.max() <= after.min()
        mask = pruned


@everywhere
def test_the_lowest_filters_go_as_near_to_the_number_asked_as_possible(scope, pools):
    mask = whole()
    for seed in range(4):
        of = scores(seed)
        pruned = select(mask, of, share(0.3), scope, "filter_l1")
        for pool in pools:
            survivors = sum(int(mask.kept[name].sum()) for name in pool)
            gone, left = [], []
            for name in pool:
                after = pruned.kept[name].flatten(1)
                assert torch.equal(after.any(1), after.all(1)), name
                went = mask.kept[name].flatten(1).any(1) & ~after.any(1)
                gone += values(of[name][went], mask.kept[name][went])
                left += values(of[name], pruned.kept[name])
            assert max(gone, default=(0,)) < min(left, default=(math.inf,))
            distances, removed = [], 0
            for _, size in [(0, 0), *sorted(gone + left)]:
                removed += size
                distances.append(abs(removed - round(0.3 * survivors)))
            assert distances[len(gone)] == min(distances)
        mask = pruned


def test_of_equal_scores_the_first_weights_go():
    mask = Mask({"a": torch.ones(10, dtype=torch.bool), "b": torch.ones(2, 5, dtype=torch.bool)})
    pruned = select(mask, {"a": torch.ones(10), "b": torch.ones(2, 5)}, share(0.6))
    kept = torch.cat([kept.flatten() for kept in pruned.kept.values()])
    assert kept.tolist() == [False] * 12 + [True] * 8


@pytest.mark.parametrize(("asked", "gone"), [(4, 0), (5, 0), (6, 1), (14, 1), (15, 1), (16, 2)])
def test_the_nearest_number_of_filters_goes_and_the_smaller_one_of_a_tie(asked, gone):
    mask = Mask({"a": torch.ones(4, 10, dtype=torch.bool)})
    pruned = select(mask, {"a": torch.rand(4, 10)}, lambda *_: asked, "global", "filter_l1")
    assert pruned.survivors == 10 * (4 - gone)


def test_filters_of_different_sizes_are_compared_by_their_mean():
    """By their sum, the large filter with small weights would be the last to go."""
    mask = Mask(
        {
            "small": torch.ones(3, 2, dtype=torch.bool),
            "large": torch.ones(1, 25, 2, 2, dtype=torch.bool),
        }
    )
    of = {"small": torch.full((3, 2), 1.0), "large": torch.full((1, 25, 2, 2), 0.5)}
    pruned = select(mask, of, lambda *_: 100, "global", "filter_l1")
    assert pruned.densities == {"small": 1, "large": 0}


@pytest.mark.parametrize(("survivor", "gone"), [(1.0, 0), (3.0, 1)])
def test_pruned_weights_do_not_count_in_their_filter(survivor, gone):
    """Neither their scores nor their number count: the value is a mean over the survivors."""
    mask = Mask({"a": torch.tensor([[True, False, False], [True, True, True], [False] * 3])})
    of = {"a": torch.tensor([[survivor, 9.0, 9.0], [2.0, 2.0, 2.0], [5.0, 5.0, 5.0]])}
    size = int(mask.kept["a"][gone].sum())
    pruned = select(mask, of, lambda *_: size, "global", "filter_l1")
    expected = mask.kept["a"].clone()
    expected[gone] = False
    assert torch.equal(pruned.kept["a"], expected)


def test_unknown_granularities_and_scopes_are_refused():
    with pytest.raises(ValueError, match="unknown granularity 'channel'"):
        select(whole(), scores(), share(0.1), "global", "channel")
    with pytest.raises(ValueError, match="unknown scope 'layer'"):
        select(whole(), scores(), share(0.1), "layer")


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_a_survivor_whose_score_is_nan_is_refused(granularity):
    of = scores()
    of["hidden.weight"][2, 3] = math.nan
    with pytest.raises(ValueError, match="a surviving weight has the score NaN"):
        select(whole(), of, share(0.1), "local", granularity)


@pytest.mark.parametrize("granularity", GRANULARITIES)
@pytest.mark.parametrize("score", [math.nan, math.inf])
def test_weights_that_are_pruned_already_may_have_any_score(granularity, score):
    mask = Mask({"a": torch.tensor([[False, True], [True, True]])})
    of = {"a": torch.tensor([[score, 3.0], [1.0, 2.0]])}
    pruned = select(mask, of, lambda *_: 2, "global", granularity)
    assert pruned.kept["a"].tolist() == [[False, True], [False, False]]
