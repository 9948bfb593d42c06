"""Nuclear norms by the polar decomposition are the sums of the singular values."""

import pytest
import torch

from lib.metrics.linalg import polar_norm

DRAWS = torch.Generator().manual_seed(0)


def orthonormal(rows, columns):
    return torch.linalg.qr(torch.randn(rows, columns, dtype=torch.float64, generator=DRAWS)).Q


def with_values(values, rows):
    k = len(values)
    return orthonormal(rows, k) * values @ orthonormal(k, k).T


@pytest.mark.parametrize("tolerance", [1e-6, 1e-7])
@pytest.mark.parametrize("decay", [0.0, 0.5, 2.0, 6.0])
@pytest.mark.parametrize("rows", [60, 90])
def test_the_norm_is_the_sum_of_the_singular_values(decay, rows, tolerance):
    values = torch.arange(1, 61, dtype=torch.float64) ** -decay
    matrix = with_values(values, rows)
    for case in (matrix, matrix.T, 1e9 * matrix):
        scale = case.abs().max() / matrix.abs().max()
        wanted = values.sum() * scale
        assert polar_norm(case, tolerance) == pytest.approx(wanted.item(), rel=tolerance)


def test_singular_values_of_zero_add_nothing():
    values = torch.cat([torch.linspace(1, 2, 20), torch.zeros(30)]).double()
    assert polar_norm(with_values(values, 50), 1e-6) == pytest.approx(30, rel=1e-9)
    assert polar_norm(torch.zeros(5, 4, dtype=torch.float64), 1e-6) == 0


def test_a_tolerance_out_of_reach_is_refused():
    assert polar_norm(with_values(torch.ones(50).double(), 50), 1e-11) is None
