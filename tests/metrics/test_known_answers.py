"""Data for which theory says what the metrics must give."""

import math

import numpy as np
import pytest
import torch

from lib.metrics import (
    METRICS,
    cka,
    cknna,
    compare,
    kernel_cka,
    linear_regression,
    mean_cca,
    mutual_knn,
    nbs,
    pls,
    pwcca,
    ridge,
)

from .data import related


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
    # Of random columns, those of a row cannot be predicted from fewer rows than there are columns.
    for name in ("ridge", "pls"):
        values.pop(name, None)
    # The arccosine halves the number of digits.
    assert values.pop("procrustes") == pytest.approx(1, abs=1e-4)
    assert values == pytest.approx(dict.fromkeys(values, 1), abs=1e-9)


def test_wide_kernels_give_cka_of_squared_distances_which_is_linear_cka():
    """exp(-d²/2σ²) is 1 - d²/2σ² for a large σ, and centred squared distances are -2 K."""
    x, y = related(8, (60, 5), (60, 9))
    assert kernel_cka(x, y, bandwidth=1e3) == pytest.approx(cka(x, y), abs=1e-5)
    assert abs(kernel_cka(x, y) - cka(x, y)) > 0.01


def test_ridge_predicts_what_the_fit_has_not_seen():
    rng = np.random.default_rng(11)
    x, noise = rng.standard_normal((300, 40)), rng.standard_normal((300, 3))
    assert ridge(x, 3 * x[:, :2] - 1) == pytest.approx(1, abs=1e-6)
    # half of the variance is noise; without cross-validation more would be explained
    assert ridge(x, x[:, :3] + noise) == pytest.approx(0.5, abs=0.08)
    assert linear_regression(x, x[:, :3] + noise) > 0.53
    assert -0.1 < ridge(x, noise) < 0.01
    # few directions do not predict many
    assert ridge(x[:, :1], x) < 0.05


def test_partial_least_squares_find_the_direction_that_predicts():
    rng = np.random.default_rng(13)
    x = rng.standard_normal((300, 40)) * np.linspace(3, 1, 40)
    target, noise = x[:, 39:] - x[:, 38:39], rng.standard_normal((300, 3))
    # one of the two last directions alone has a third of the variance of the first
    assert pls(x, target, components=40) == pytest.approx(1, abs=1e-12)
    assert pls(x, target, components=3) > 0.85
    assert pls(x, 3 * x[:, :2] - 1, components=2) > 0.95
    # half of the variance is noise
    assert 0.4 < pls(x, x[:, :3] / x[:, :3].std(0) + noise, components=3) < 0.5
    # components of noise cost, the more so the more there are
    assert pls(x, noise) < pls(x, noise, components=1) < 0
    assert pls(x[:, :1], x) < 0.15


def test_equal_ranks_give_one_whatever_the_distances():
    line = np.array([0.0, 1, 3, 7, 15, 31])[:, None]
    stretched = np.array([0.0, 1, 4, 11, 27, 60])[:, None]
    assert METRICS["rsa_ranks"](line, stretched) == pytest.approx(1)
    assert METRICS["rsa"](line, stretched) < 0.9999


def test_neighbours_of_a_circle_walk_apart():
    """Of two neighbours on a circle, points that meet every other one keep none."""
    angles = np.arange(15) * 2 * np.pi / 15
    circle = np.stack([np.cos(angles), np.sin(angles)], 1)
    apart = circle[np.arange(15) * 2 % 15]
    assert mutual_knn(circle, circle @ [[0, 1], [-1, 0]], neighbours=2) == 1
    assert mutual_knn(circle, apart, neighbours=2) == 0
    assert cknna(circle, apart, neighbours=2) == 0
    assert mutual_knn(circle, apart, neighbours=4) == 0.5


def test_the_mean_overlap_of_shuffled_neighbours_is_their_share():
    x, y = related(9, (40, 3), (40, 4))
    values = [mutual_knn(x, y[np.random.default_rng(i).permutation(40)]) for i in range(300)]
    error = np.std(values) / math.sqrt(len(values))
    assert np.mean(values) == pytest.approx(10 / 39, abs=4 * error)


def test_faint_directions_of_many_rows_give_no_correlation_above_1():
    """Sums of 131,072 rows, as of maps of 128 images, are rounded more than short ones."""
    random = torch.Generator().manual_seed(0)
    grey, mixing = torch.randn(131_072, 4, generator=random), torch.randn(4, 16, generator=random)
    x = grey @ mixing + 3e-4 * torch.randn(131_072, 16, generator=random) + 1
    assert mean_cca(x, x.flip(1)) == pytest.approx(1, abs=1e-12)
    assert pwcca(x, x.flip(1)) == pytest.approx(1, abs=1e-12)
