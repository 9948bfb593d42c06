"""What is left of a representation without its leading principal components."""

import numpy as np
import pytest
import torch

from lib.metrics import cka, nbs, without_leading_components


@pytest.mark.parametrize("shape", [(40, 12), (12, 40), (10, 3, 4, 4)])
@pytest.mark.parametrize("k", [0, 1, 3])
def test_the_leading_singular_values_are_gone_and_the_others_are_what_they_were(shape, k):
    x = torch.randn(shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64) + 5
    flat = x.flatten(1)
    before = torch.linalg.svdvals(flat - flat.mean(0))
    after = torch.linalg.svdvals(without_leading_components(x, k))
    kept = len(before) - k
    assert after[:kept].numpy() == pytest.approx(before[k:].numpy(), abs=1e-9)
    assert after[kept:].numpy() == pytest.approx(0, abs=1e-9)


def test_a_shared_strong_direction_alone_makes_cka_high():
    """The case for which it exists: independent data that have one strong direction in common."""
    rng = np.random.default_rng(0)
    common = rng.normal(size=(300, 1))
    x, y = (rng.normal(size=(300, 20)) + 30 * common for _ in range(2))
    assert cka(x, y) > 0.99
    assert nbs(x, y) > 0.9
    assert cka(without_leading_components(x, 1), without_leading_components(y, 1)) < 0.15


def test_without_all_directions_nothing_is_left():
    x = np.random.default_rng(0).normal(size=(10, 4))
    assert not without_leading_components(x, 4).any()


def test_numpy_in_half_precision_is_welcome():
    x = np.random.default_rng(0).normal(size=(10, 4)).astype(np.float16)
    assert without_leading_components(x, 1).dtype == torch.float64


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="k: got -1, want 0 or more"):
        without_leading_components(np.ones((4, 2)), -1)
    with pytest.raises(ValueError, match="x: got NaN"):
        without_leading_components(np.full((4, 2), np.nan), 1)
