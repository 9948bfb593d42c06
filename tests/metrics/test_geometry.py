"""Intrinsic dimension, by its definition."""

import numpy as np
import pytest
import torch

from lib.metrics import compare, intrinsic_dimension


def by_hand(x, kept=0.9):
    """Facco et al. (2017): -log(1 - F) against log of the ratios, through the origin."""
    distances = np.sqrt(((x[:, None] - x) ** 2).sum(2))
    distances.sort(1)
    logs = np.sort(np.log(distances[:, 2] / distances[:, 1]))
    share = np.arange(1, len(x) + 1) / len(x)
    count = int(kept * len(x))
    logs, heights = logs[:count], -np.log(1 - share[:count])
    return (logs @ heights) / (logs @ logs)


@pytest.mark.parametrize("shape", [(80, 6), (50, 200), (50, 3, 2, 2)])
def test_the_dimension_is_that_of_the_definition_and_copies_of_a_point_count_once(shape):
    """With more columns than points the distances come from the Gram matrix."""
    x = np.random.default_rng(2).standard_normal(shape)
    doubled = np.concatenate([x, x[:20], x[:5]])
    for given in (x, 7 * x + 3, doubled):
        assert intrinsic_dimension(given) == pytest.approx(by_hand(x.reshape(len(x), -1)), rel=1e-9)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        *((x, "2 different data points") for x in (np.eye(2), np.vstack([np.eye(2)] * 4))),
        (np.eye(5), "equally far"),
        ([[1.0], [2.0]], "x: got list"),
    ],
)
def test_data_without_a_dimension_are_refused(x, message):
    with pytest.raises(ValueError, match=message):
        intrinsic_dimension(x)


def test_compare_gives_the_dimension_of_x_where_a_row_is_an_image():
    x = torch.randn(40, 3, 2, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    rows = compare(x, x + 1, metrics=["svcca", "cka"], dimensions=True)
    of = {row["metric"]: row["id_x"] for row in rows}
    assert np.isnan(of["svcca"])
    assert of["cka"] == pytest.approx(by_hand(x.flatten(1).numpy()), rel=1e-9)
    [row] = compare(x, x + 1, metrics=["cka"], reshapes=["gap"], dimensions=True)
    assert row["id_x"] == pytest.approx(by_hand(x.mean((2, 3)).numpy()), rel=1e-9)
    assert np.isnan(compare(x, x + 1, metrics=["cka"])[0]["id_x"])
