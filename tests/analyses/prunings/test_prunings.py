"""Masks of two ways to prune are set beside what chance would give."""

import pytest
import torch

from lib.analyses.prunings.overlap_rows import by_chance
from lib.pruning import Mask


def test_random_masks_have_in_common_what_chance_gives():
    draw = torch.Generator().manual_seed(0)
    one, other = (
        Mask({name: torch.rand(n, generator=draw) < share for name, n, share in layers})
        for layers in (
            [("a", 40_000, 0.5), ("b", 10_000, 0.1)],
            [("a", 40_000, 0.2), ("b", 10_000, 0.4)],
        )
    )
    assert one.jaccard(other) == pytest.approx(by_chance(one, other), abs=0.01)
    assert by_chance(one, other) == pytest.approx(4400 / (28_000 + 5_000 - 4_400), abs=0.01)
