"""The fast metrics against their equations, on easy and on difficult input."""

import itertools

import numpy as np
import pytest
import torch

from lib.metrics import (
    METRICS,
    Representation,
    cka,
    cosine,
    knn_overlap,
    linalg,
    mean_cca,
    nbs,
    svcca,
)
from lib.metrics import representation as blocks

from . import reference
from .data import related

CCA = ["mean_cca", "svcca", "pwcca"]
KERNEL = ["cka", "cka_debiased", "nbs", "procrustes"]
DISTANCES = ["rsa", "knn_overlap"]
RESHAPED = [*CCA, *KERNEL, "linear_regression"]
SCALABLE = [name for name in METRICS if METRICS[name].invariances.scale]


def expected(name, x, y, reshape):
    return reference.METRICS[name](reference.matrix(x, reshape), reference.matrix(y, reshape))


SHAPES = [
    *(("maps_seed0", reshape, RESHAPED) for reshape in ("channels", "gap")),
    ("maps_seed0", "flat", KERNEL + DISTANCES),
    ("tall_seed1", "flat", RESHAPED + DISTANCES),
    ("wide_seed2", "flat", KERNEL + DISTANCES),
    ("mixed_seed3", "flat", KERNEL + DISTANCES),
]


@pytest.mark.parametrize(
    ("data", "reshape", "name"),
    [(data, reshape, name) for data, reshape, names in SHAPES for name in names],
)
def test_values_are_those_of_the_definition(data, reshape, name, request):
    x, y = request.getfixturevalue(data)
    for sides in ((x, y), (y, x)):
        value = METRICS[name](*sides, reshape=reshape)
        assert value == pytest.approx(expected(name, *sides, reshape), rel=1e-10)


OPTIONS = [
    *(("wide_seed2", "knn_overlap", {"neighbours": number}) for number in (1, 5, 38)),
    *(("tall_seed1", "svcca", {"threshold": share}) for share in (0.5, 0.9, 0.99, 0.9999)),
]


@pytest.mark.parametrize(("data", "name", "option"), OPTIONS, ids=str)
def test_values_with_other_options_are_those_of_the_definition(data, name, option, request):
    x, y = request.getfixturevalue(data)
    expected = reference.METRICS[name](x, y, **option)
    assert METRICS[name](x, y, **option) == pytest.approx(expected, rel=1e-10)


def test_cosine_of_maps_is_that_of_the_vectors_whatever_their_sign(maps_seed0):
    x = maps_seed0[0]
    x[3] = 0
    y = -2 * x + np.random.default_rng(1).standard_normal(x.shape)
    assert cosine(x, y) == pytest.approx(reference.cosine(x, y), rel=1e-12)


@pytest.mark.parametrize(("rows", "columns"), [(60, 200), (301, 40)])
def test_neighbours_of_equal_rows_do_not_depend_on_their_order(rows, columns):
    """As where a dead layer gives most images the same features, equal but for rounding."""
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((2, rows, columns))
    x[: rows * 4 // 5], y[rows // 10 : rows * 9 // 10] = x[0] + 100, y[rows // 10]
    values = [knn_overlap(x[order], y[order]) for order in map(rng.permutation, [rows] * 3)]
    assert np.ptp(values) < 1e-12
    assert knn_overlap(x, x) == pytest.approx(1)


@pytest.mark.parametrize("columns", [5, 60])
@pytest.mark.parametrize("far", [1e3, 1e6, 1e9])
def test_neighbours_are_found_beside_an_outlying_row_and_within_far_clusters(columns, far):
    """From norms, whose rounding is as large as the distances between the others."""
    x = np.random.default_rng(0).standard_normal((30, columns))
    y = np.random.default_rng(1).standard_normal((30, 3))
    for outlying in (slice(0, 1), slice(0, 15)):
        moved = x.copy()
        moved[outlying] += far
        assert knn_overlap(moved, y) == pytest.approx(reference.knn_overlap(moved, y), rel=1e-10)


@pytest.mark.parametrize("name", CCA)
def test_cca_of_few_directions_in_many_columns(name):
    """The rank is below n although p is above: legal, and computed from the Gram matrix."""
    rng = np.random.default_rng(5)
    x, y = (rng.standard_normal((40, 4)) @ rng.standard_normal((4, p)) for p in (60, 50))
    x += y[:, :1]
    value = METRICS[name](x, y, reshape="flat")
    assert value == pytest.approx(reference.METRICS[name](x, y), rel=1e-9)


@pytest.mark.parametrize("name", RESHAPED)
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_data_in_lower_precision_are_computed_in_float64(name, dtype, maps_seed0):
    """The given values count as exact."""
    x, y = (torch.from_numpy(side).to(dtype) for side in maps_seed0)
    for reshape in ("channels", "gap"):
        value = METRICS[name](x, y, reshape=reshape)
        wanted = expected(name, x.double(), y.double(), reshape)
        assert value == pytest.approx(wanted, rel=1e-10)


FAR = [
    *(("tall_seed1", np.float32, 1e6, 1e-5, name) for name in RESHAPED),
    *(("tall_seed1", np.float64, 1e6, 1e-10, name) for name in RESHAPED),
    *(("wide_seed2", np.float64, 1e12, 1e-10, name) for name in KERNEL),
]


@pytest.mark.parametrize(("data", "dtype", "far", "tolerance", "name"), FAR, ids=str)
def test_dead_columns_and_duplicates_far_from_zero(data, dtype, far, tolerance, name, request):
    x, y = request.getfixturevalue(data)
    x = np.hstack([x, np.zeros((len(x), 3)), x[:, :2]]) + far
    y = np.hstack([y, np.full((len(y), 2), 0.1)]) - 0.3 * far
    x, y = x.astype(dtype), y.astype(dtype)
    exact = [reference.centred(side.astype(np.float64)) for side in (x, y)]
    assert METRICS[name](x, y) == pytest.approx(reference.METRICS[name](*exact), rel=tolerance)


@pytest.mark.parametrize("scale", [1e-20, 1e20, 1e-200, 1e200, 1e-309])
@pytest.mark.parametrize("name", SCALABLE)
def test_extreme_units_change_nothing(name, scale):
    x, y = related(4, (60, 5), (60, 5))
    assert METRICS[name](x * scale, y) == pytest.approx(METRICS[name](x, y), rel=1e-12)
    if abs(np.log10(scale)) <= 20:
        x, y = x.astype(np.float32), y.astype(np.float32)
        changed = METRICS[name](x * np.float32(scale), y)
        assert changed == pytest.approx(METRICS[name](x, y), rel=1e-5)


@pytest.mark.parametrize("name", ["mean_cca", "svcca", "pwcca", "linear_regression"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("decades", [2, 4, 6])
def test_nearly_dependent_columns_keep_ten_digits(name, dtype, decades):
    """Second moments alone would lose twice as many digits as there are decades."""
    rng = np.random.default_rng(decades)
    sides = []
    for side in related(1, (500, 20), (500, 20)):
        mixing = np.linalg.qr(rng.standard_normal((20, 20)))[0]
        faint = (side * np.logspace(0, -decades, 20)) @ mixing
        # far from zero the mean is rounded, too, and faint directions magnify that
        sides.append((faint + 1e6 * (dtype == np.float64)).astype(dtype))
    wanted = reference.METRICS[name](*(side.astype(np.float64) for side in sides))
    assert METRICS[name](*sides) == pytest.approx(wanted, rel=1e-10)


def test_the_rank_depends_neither_on_units_nor_on_rounding_of_float32(tall_seed1):
    x, y = tall_seed1
    units = np.logspace(0, -6, x.shape[1])
    assert mean_cca(x * units, y) == pytest.approx(mean_cca(x, y), rel=1e-10)
    x = x.astype(np.float32)
    mixed = x @ np.random.default_rng(3).standard_normal((12, 30)).astype(np.float32)
    assert Representation(mixed, "flat").rank == 12
    assert mean_cca(x, mixed) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("offset", [0, 100, 10_000])
@pytest.mark.parametrize("columns", [30, 400])
def test_an_offset_adds_no_directions(tall_seed1, offset, columns):
    """Next to a large bias, float32 rounds what varies more coarsely."""
    x = tall_seed1[0].astype(np.float32)
    mixing = np.random.default_rng(3).standard_normal((12, columns)).astype(np.float32)
    assert Representation(x @ mixing + np.float32(offset), "flat").rank == 12


@pytest.mark.parametrize("constant", [0.1, -7e5 / 3])
def test_a_column_that_varies_by_rounding_alone_is_dead(constant):
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((2, 300, 3))
    rounded = np.nextafter(constant, rng.choice([-np.inf, np.inf], 300))
    spoilt = Representation(np.column_stack([x, rounded]), "flat")
    assert (spoilt.dead, spoilt.rank) == (1, 3)
    assert mean_cca(spoilt, y) == pytest.approx(reference.mean_cca(x, y), rel=1e-10)


def test_nbs_of_copied_images_is_that_of_the_definition(wide_seed2):
    """Copies add null vectors to the Gram matrix: the Cholesky shortcut must not be taken."""
    x, y = (np.vstack([side, side[:10]]) for side in wide_seed2)
    assert Representation(x, "flat").rank == 39
    assert nbs(x, y) == pytest.approx(reference.nbs(x, y), rel=1e-10)
    assert nbs(x, x) == pytest.approx(1, abs=1e-10)


@pytest.mark.parametrize("decay", [0, -5, -7])
@pytest.mark.parametrize("shape_y", [(60, 80), (60, 40)])
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-10), (np.float32, 4e-6)])
def test_nbs_by_eigenvalues_is_as_exact(decay, shape_y, dtype, tolerance, monkeypatch):
    """Only large matrices try eigenvalues before singular values; of float32 they will do."""
    monkeypatch.setattr(linalg, "SMALL_NORM", 0)
    monkeypatch.setattr(linalg, "NARROWEST", 8)
    rng = np.random.default_rng(9)
    x, y = (
        (rng.standard_normal((60, 60)) * np.logspace(0, decay, 60)) @ rng.standard_normal((60, p))
        for p in (80, shape_y[1])
    )
    for sides in itertools.permutations(side.astype(dtype) for side in (x, y)):
        wanted = reference.nbs(*(side.astype(np.float64) for side in sides))
        assert nbs(*sides) == pytest.approx(wanted, rel=tolerance)


def test_sum98_averages_the_correlations_that_carry_98_percent():
    x, y = np.random.default_rng(6).standard_normal((2, 4000, 12))
    y[:, :3] += x[:, :3]
    of = {mean_cca: reference.basis, svcca: lambda side: reference.principal(side, 0.99)}
    for metric, basis in of.items():
        correlations = reference.correlations(basis(x), basis(y))
        wanted = reference.sum98(correlations)
        assert wanted > 1.1 * correlations.mean()
        assert metric(x, y, mean="sum98") == pytest.approx(wanted, rel=1e-10)


def test_svcca_of_all_variance_is_mean_cca(tall_seed1):
    x, y = tall_seed1
    x = np.hstack([x, x[:, :3], np.ones((300, 2))])
    assert svcca(x, y, threshold=1) == pytest.approx(mean_cca(x, y), rel=1e-12)


@pytest.mark.parametrize("data", ["tall_seed1", "wide_seed2", "maps_seed0"])
def test_size_of_blocks_does_not_matter(data, request, monkeypatch):
    x, y = request.getfixturevalue(data)
    maps = related(9, (50, 4, 2, 2), (50, 4, 2, 2))
    wanted = cka(x, y), nbs(x, y), svcca(*maps)
    monkeypatch.setitem(blocks.BLOCK_ELEMENTS, "cpu", 1)
    monkeypatch.setattr(blocks, "FEWEST_ROWS", 7)
    assert len(list(Representation(maps[0], "channels").image_blocks())) == 50
    assert (cka(x, y), nbs(x, y), svcca(*maps)) == pytest.approx(wanted, rel=1e-12)
