"""Small data sets on which other programs' numbers are known."""

import pytest
from sklearn.datasets import load_iris, load_linnerud

from lib.metrics import mean_cca, permutation_null


def fitness_club():
    """Three exercises of twenty men, and their weight, waist and pulse."""
    return load_linnerud(return_X_y=True)


def flowers():
    """Sepals and petals of 150 irises."""
    iris = load_iris().data
    return iris[:, :2], iris[:, 2:]


def test_canonical_correlations_are_those_of_sas():
    """SAS/STAT User's Guide, the example of PROC CANCORR."""
    published = 0.795608, 0.200556, 0.072570
    x, y = fitness_club()
    assert mean_cca(x, y) == pytest.approx(sum(published) / 3, abs=1e-6)


@pytest.mark.parametrize(
    ("data", "value", "mean", "variance", "skewness", "p_value"),
    [
        (
            fitness_club,
            0.19682531614677393,
            0.06598490517437212,
            0.00489703481950262,
            2.19870551214763843,
            0.05694179401277148,
        ),
        (
            flowers,
            0.770293553972410,
            8.31113118606419e-03,
            8.82344757405682e-05,
            2.52495717432285,
            9.75980862131741e-30,
        ),
    ],
)
def test_the_null_of_cka_is_that_of_r(data, value, mean, variance, skewness, p_value):
    """By `coeffRV(x, y)` of FactoMineR 2.7 in R 4.2.2, which has formulas of its own."""
    null = permutation_null(*data())
    assert null.value == pytest.approx(value, rel=1e-12)
    assert null.mean == pytest.approx(mean, rel=1e-12)
    assert null.sd**2 == pytest.approx(variance, rel=1e-10)
    assert null.skewness == pytest.approx(skewness, rel=1e-10)
    assert null.p_value == pytest.approx(p_value, rel=1e-10)
