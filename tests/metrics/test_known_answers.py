"""Data for which theory says what the metrics must give."""

import math

import numpy as np
import pytest
import torch

from lib.metrics import METRICS, cka, compare, mean_cca, nbs, pwcca, svcca


@pytest.fixture
def block_overlap_seed0():
    """Two arrays with half of their columns in common, the others independent."""
    rng = np.random.default_rng(0)
    shared, a, b = rng.standard_normal((3, 4000, 16))
    return np.hstack([shared, a]), np.hstack([shared, b])


@pytest.mark.parametrize("metric", [mean_cca, cka, nbs])
def test_block_overlap(metric, block_overlap_seed0):
    assert metric(*block_overlap_seed0) == pytest.approx(0.5, abs=0.04)


def test_block_overlap_debiased(block_overlap_seed0):
    assert cka(*block_overlap_seed0, debiased=True) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("angle", [0.3, 0.8, 1.2])
def test_angle(angle):
    """Correlations and NBS are the cosine of the angle, CKA is its square."""
    rng = np.random.default_rng(1)
    x, noise = rng.standard_normal((2, 6000, 8))
    y = math.cos(angle) * x + math.sin(angle) * noise
    for metric in (mean_cca, svcca, pwcca, nbs):
        assert metric(x, y) == pytest.approx(math.cos(angle), abs=0.02)
    assert cka(x, y) == pytest.approx(math.cos(angle) ** 2, abs=0.02)


def test_floor_of_independent_wide_data():
    rng = np.random.default_rng(2)
    x, y = rng.standard_normal((200, 1000)), rng.standard_normal((200, 600))
    floor = 1 / math.sqrt((1 + 200 / 1000) * (1 + 200 / 600))
    assert cka(x, y) == pytest.approx(floor, abs=0.01)
    assert cka(x, y, debiased=True) == pytest.approx(0, abs=0.01)


def test_noise_of_positive_mean_is_not_similar():
    """Without centring it would be, with a CKA of 0.88."""
    rng = np.random.default_rng(3)
    x, y = np.maximum(rng.standard_normal((2, 3000, 64)), 0)
    assert cka(x, y) < 0.03


def test_angles_of_planes_by_hand():
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
def test_identical_input_gives_one(dtype, shape):
    x = torch.randn(shape, generator=torch.Generator().manual_seed(5)).to(dtype)
    rows = compare(x, x.clone(), metrics=tuple(METRICS), reshapes=("channels", "flat", "gap"))
    values = {row["metric"]: row["value"] for row in rows if not math.isnan(row["value"])}
    assert len(values) >= 11
    # The arccosine halves the number of digits.
    assert values.pop("procrustes") == pytest.approx(1, abs=1e-4)
    assert values == pytest.approx(dict.fromkeys(values, 1), abs=1e-9)


@pytest.mark.parametrize("metric", [cka, nbs])
def test_angular_distances_satisfy_the_triangle_inequality(metric):
    rng = np.random.default_rng(7)
    for _ in range(20):
        x, y, z = rng.standard_normal((3, 30, 5)) + rng.standard_normal((30, 5))
        distance = {
            pair: math.acos(metric(*pair_of))
            for pair, pair_of in {"xy": (x, y), "yz": (y, z), "xz": (x, z)}.items()
        }
        assert distance["xz"] <= distance["xy"] + distance["yz"]
