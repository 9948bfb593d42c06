"""Data for which theory, or another program, says what the metrics must give."""

import math

import numpy as np
import pytest
import torch
from sklearn.datasets import load_linnerud

from lib.metrics import METRICS, cka, compare, mean_cca, nbs, permutation_null, pwcca


def test_cca_and_nbs_are_the_mean_cosine_of_the_angles_of_planes_and_cka_that_of_its_square():
    """Two planes in four dimensions that share one axis and meet at 60 degrees in the other."""
    axes = np.random.default_rng(4).standard_normal((20, 4))
    axes = np.linalg.qr(axes - axes.mean(0))[0]
    x = axes[:, :2]
    y = np.stack([axes[:, 0], 0.5 * axes[:, 1] + math.sqrt(0.75) * axes[:, 2]], 1)
    assert mean_cca(x, y) == pytest.approx(0.75, abs=1e-12)
    assert pwcca(x, y) == pytest.approx(0.75, abs=1e-12)
    assert nbs(x, y) == pytest.approx(0.75, abs=1e-12)
    assert cka(x, y) == pytest.approx((1 + 0.25) / 2, abs=1e-12)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
@pytest.mark.parametrize("shape", [(120, 7), (60, 5, 3, 3), (30, 40)])
def test_each_metric_of_two_equal_representations_is_1(dtype, shape):
    x = torch.randn(shape, generator=torch.Generator().manual_seed(5)).to(dtype)
    rows = compare(x, x.clone(), metrics=tuple(METRICS), reshapes=("channels", "flat", "gap"))
    values = {row["metric"]: row["value"] for row in rows if not math.isnan(row["value"])}
    assert len(values) >= 8
    # The arccosine halves the number of digits.
    assert values.pop("procrustes") == pytest.approx(1, abs=1e-4)
    assert values == pytest.approx(dict.fromkeys(values, 1), abs=1e-9)


def test_faint_directions_of_many_rows_give_no_correlation_above_1():
    """Sums of 131,072 rows, as of maps of 128 images, are rounded more than short ones."""
    random = torch.Generator().manual_seed(0)
    grey, mixing = torch.randn(131_072, 4, generator=random), torch.randn(4, 16, generator=random)
    x = grey @ mixing + 3e-4 * torch.randn(131_072, 16, generator=random) + 1
    assert mean_cca(x, x.flip(1)) == pytest.approx(1, abs=1e-12)
    assert pwcca(x, x.flip(1)) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("seed", [0, 1, 5])
def test_a_rounding_below_that_of_the_data_gives_no_error(seed):
    """Two nearly equal columns, as the first layer has on grey images."""
    random = torch.Generator().manual_seed(seed)
    x = torch.randn(98_000, 12, generator=random) @ torch.randn(12, 12, generator=random)
    x[:, 0] = x[:, 1] + 1e-2 * torch.randn(98_000, generator=random)
    assert mean_cca(x, x.clone()) == pytest.approx(1, abs=1e-7)


def fitness_club():
    """Three exercises of twenty men, and their weight, waist and pulse."""
    return load_linnerud(return_X_y=True)


def test_canonical_correlations_are_those_of_sas():
    """SAS/STAT User's Guide, the example of PROC CANCORR."""
    published = 0.795608, 0.200556, 0.072570
    x, y = fitness_club()
    assert mean_cca(x, y) == pytest.approx(sum(published) / 3, abs=1e-6)


def test_the_null_of_cka_is_that_of_r():
    """By `coeffRV(x, y)` of FactoMineR 2.7 in R 4.2.2, which has formulas of its own."""
    null = permutation_null(*fitness_club())
    assert null.value == pytest.approx(0.19682531614677393, rel=1e-10)
    assert null.mean == pytest.approx(0.06598490517437212, rel=1e-10)
    assert null.sd**2 == pytest.approx(0.00489703481950262, rel=1e-10)
    assert null.skewness == pytest.approx(2.19870551214763843, rel=1e-10)
    assert null.p_value == pytest.approx(0.05694179401277148, rel=1e-10)
