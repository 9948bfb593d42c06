"""Nulls: exact moments are those of all permutations, and p-values of independent data uniform."""

import math
from functools import partial
from itertools import permutations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import gammaln
from scipy.stats import kstest, pearson3

from lib.metrics import METRICS, compare, permutation_null
from lib.metrics.null import MEANS, pearson3_sf


def related(rows, columns_x, columns_y, seed=0):
    """Two matrices that have something in common; one has an offset and heavy tails."""
    generator = np.random.default_rng(seed)
    x = generator.standard_normal((rows, columns_x)) + 3
    return x, generator.standard_normal((rows, columns_y)) ** 3 + x[:, :1]


@pytest.mark.parametrize("columns", [(2, 3), (9, 8)], ids=str)
@pytest.mark.parametrize("rows", range(4, 8))
def test_moments_of_cka_are_those_over_all_permutations(rows, columns):
    x, y = related(rows, *columns, seed=rows)
    null = permutation_null(x, y, permutations=0)
    k, other = (centred @ centred.T for centred in (side - side.mean(0) for side in (x, y)))
    orders = np.array(list(permutations(range(rows))))
    values = np.einsum("ij,kij->k", k, other[orders[:, :, None], orders[:, None, :]])
    values /= np.linalg.norm(k) * np.linalg.norm(other)
    away = values - values.mean()
    assert null.exact
    assert null.value == METRICS["cka"](x, y)
    assert null.mean == pytest.approx(values.mean(), abs=1e-12)
    assert null.sd == pytest.approx(values.std(), abs=1e-12)
    assert null.skewness == pytest.approx((away**3).mean() / values.std() ** 3, abs=1e-9)


@pytest.mark.parametrize("metric", sorted(MEANS.keys() - {"cka"}))
@pytest.mark.parametrize("columns", [(2, 9), (9, 2)], ids=str)
def test_the_mean_of_a_metric_is_that_over_all_permutations(metric, columns):
    x, y = related(4, *columns)
    if metric == "linear_regression" and columns[0] == 9:
        x = x[:, [0, 1, *[0] * 7]]  # or it would span any data
    null = permutation_null(x, y, metric, permutations=20)
    values = [METRICS[metric](x, y[list(order)]) for order in permutations(range(4))]
    assert null.mean == pytest.approx(np.mean(values), abs=1e-9)
    assert not null.exact


def test_p_values_of_independent_data_are_uniform():
    generator = np.random.default_rng(0)
    pairs = [[generator.standard_normal((40, p)) for p in (4, 50)] for _ in range(100)]
    p_values = [permutation_null(*pair).p_value for pair in pairs]
    assert kstest(p_values, "uniform").pvalue > 0.01


def test_no_p_value_is_below_that_of_the_one_order_among_all():
    x, y = related(8, 3, 3)
    near = permutation_null(x, x + 1e-9 * y)
    assert near.p_value >= 1 / math.factorial(8)
    far = np.random.default_rng(0).standard_normal((2000, 4))
    assert permutation_null(far, far).p_value > 0


def test_the_law_of_an_exact_null_is_pearsons():
    null = permutation_null(*related(30, 3, 4))
    law = pearson3(null.skewness, null.mean, null.sd)
    assert law.sf(null.value) == pytest.approx(null.p_value, rel=1e-9)


@pytest.mark.parametrize("skewness", [-0.3, -1e-2, -1e-3, -1e-4, 1e-4, 1e-2, 0.3, 3])
def test_a_tail_is_the_integral_of_its_density(skewness):
    shape, scale = 4 / skewness**2, 2 / skewness

    def density(z):
        x = max(shape + scale * z, 1e-9)
        return math.exp((shape - 1) * math.log(x) - x - gammaln(shape) + math.log(abs(scale)))

    for z, error in (3, 5e-3), (5, 1e-2):
        end = min(z + 40, -scale) if skewness < 0 else z + 40
        tail = quad(density, z, end, points=(z + 1,), limit=200)[0]
        assert pearson3_sf(z, skewness) == pytest.approx(tail, rel=error)


def test_a_sampled_p_value_counts_the_given_order_and_depends_on_the_seed_alone():
    x, _ = related(30, 3, 4)
    one, same, other = (
        permutation_null(x, x, "svcca", permutations=49, seed=seed) for seed in (0, 0, 1)
    )
    assert one.p_value == 1 / 50
    assert one.mean == same.mean != other.mean


GROUPS = np.repeat([[1.0], [-1.0]], 20, axis=0)
ONE_IMAGE = np.eye(40, 1)


@pytest.mark.parametrize(
    ("x", "y", "metric"),
    [
        (GROUPS, ONE_IMAGE, "cka"),
        (ONE_IMAGE, GROUPS, "cka"),
        (ONE_IMAGE[:8], GROUPS[16:24], "linear_regression"),
        (np.eye(8), ONE_IMAGE[:8], "cka"),
        (ONE_IMAGE, np.eye(40), "linear_regression"),
        (np.eye(40), GROUPS, "nbs"),
    ],
)
def test_a_value_that_no_order_changes_has_p_value_1(x, y, metric):
    null = permutation_null(x, y, metric)
    assert null.mean == pytest.approx(null.value, rel=1e-12)
    assert null.sd == pytest.approx(0, abs=1e-12)
    assert math.isnan(null.skewness)
    assert null.p_value == 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"metric": "ckaa"}, "unknown metric 'ckaa'. Did you mean 'cka'"),
        ({"metric": "rsa", "reshape": "channels"}, "unknown reshape of rsa 'channels'"),
        ({"metric": "nbs", "permutations": 19}, "permutations: got 19, want at least 20"),
    ],
)
def test_a_null_needs_a_known_metric_and_enough_images_and_permutations(given, message):
    x, y = related(10, 3, 4)
    with pytest.raises(ValueError, match=message):
        permutation_null(x, y, **given)
    with pytest.raises(ValueError, match="want at least 4 to shuffle"):
        permutation_null(x[:3], y[:3])


WRONG = {"permutations": (2.5, "20", None, True, -1, 10**9), "seed": ("x", None, 1.5, -1, 2**70)}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, of in WRONG.items() for value in of], ids=str
)
def test_numbers_of_permutations_and_seeds_are_refused_by_name(name, value):
    x, _ = related(8, 2, 2)
    for null_of in (partial(permutation_null, metric="nbs"), compare):
        with pytest.raises(ValueError, match=f"^{name}: "):
            null_of(x, x, **{name: value})
