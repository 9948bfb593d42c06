"""Representations without their strongest directions."""

import pytest
import torch

from lib.analyses.robustness.leading import without_leading_components


@pytest.mark.parametrize("shape", [(40, 12), (12, 40), (10, 3, 4, 4)])
@pytest.mark.parametrize("k", [0, 1, 3])
def test_the_leading_singular_values_are_removed_and_the_others_unchanged(shape, k):
    x = torch.randn(shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64) + 5
    flat = x.flatten(1)
    before = torch.linalg.svdvals(flat - flat.mean(0))
    after = torch.linalg.svdvals(without_leading_components(x, k))
    kept = len(before) - k
    assert after[:kept].numpy() == pytest.approx(before[k:].numpy(), abs=1e-9)
    assert after[kept:].numpy() == pytest.approx(0, abs=1e-9)
    assert not without_leading_components(x, 50).any()


def test_fewer_than_none_and_no_numbers():
    with pytest.raises(ValueError, match="k: got -1, want 0 or more"):
        without_leading_components(torch.ones(4, 2), -1)
    with pytest.raises(ValueError, match="x: got NaN"):
        without_leading_components(torch.full((4, 2), torch.nan), 1)
