"""Errors name the argument, what it was and what is wanted; legal input is not modified."""

from contextlib import suppress

import numpy as np
import pytest
import torch

from lib.metrics import (
    METRICS,
    Representation,
    cka,
    compare,
    cosine,
    knn_overlap,
    mean_cca,
    nbs,
    procrustes,
    pwcca,
    svcca,
)

GOOD = np.random.default_rng(0).standard_normal((30, 4))
MAPS = np.random.default_rng(1).standard_normal((10, 3, 4, 4))
WIDE = np.random.default_rng(3).standard_normal((10, 400))


def good_but_for(value):
    x = GOOD.copy()
    x[3, 2] = value
    return x


BAD = {
    "nan": (good_but_for(np.nan), "NaN"),
    "inf": (good_but_for(np.inf), "infinite"),
    "empty": (np.empty((0, 4)), "empty"),
    "no columns": (np.empty((30, 0)), "empty"),
    "one row": (GOOD[:1], "one data point"),
    "constant": (np.full((30, 4), 2.5), "without variance"),
    "constant rows": (np.tile(GOOD[:1], (30, 1)), "without variance"),
    "1-D": (GOOD[:, 0], r"shape \(30,\), want \(n, p\) or \(n, c, h, w\)"),
    "3-D": (MAPS[..., 0], r"shape \(10, 3, 4\), want"),
    "complex": (GOOD + 1j, "complex128"),
    "integer tensor": (torch.ones(30, 4, dtype=torch.int64), "int64"),
    "objects": (np.full((30, 4), None), "object"),
    "long double": (GOOD.astype(np.longdouble), "want a float of 16, 32 or 64 bits"),
    "string": ("x", "got str, want a numpy array or torch tensor"),
    "None": (None, "got NoneType"),
    "list": (GOOD.tolist(), "got list"),
    "masked": (np.ma.masked_less(GOOD, 0), "got a masked array"),
    "sparse": (torch.from_numpy(GOOD).to_sparse(), "sparse"),
    "other n": (GOOD[:20], r"20 data points|30 data points"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_named(case):
    bad, message = BAD[case]
    for metric in METRICS.values():
        with pytest.raises(ValueError, match=rf"^y: .*({message})"):
            metric(GOOD, bad)
        if case != "other n":
            with pytest.raises(ValueError, match=rf"^x: .*({message})"):
                metric(bad, GOOD)


@pytest.mark.parametrize("metric", [mean_cca, svcca, pwcca])
def test_maps_of_different_sizes_need_another_reshape(metric):
    with pytest.raises(ValueError, match=r"^y: .*\(10, 3, 2, 2\).*\(10, 3, 4, 4\); reshape='gap'"):
        metric(MAPS, MAPS[..., :2, :2])
    with pytest.raises(ValueError, match=r"^y: .*reshape='gap'"):
        metric(MAPS, MAPS.mean((2, 3)))
    assert metric(MAPS, MAPS[..., :2, :2], reshape="gap") > 0


@pytest.mark.parametrize("metric", [mean_cca, pwcca])
def test_cca_refuses_as_many_directions_as_span_any_data(metric):
    wide = np.random.default_rng(2).standard_normal((20, 19))
    for sides, name in ((wide[:, :3], wide), "y"), ((wide, wide[:, :3]), "x"):
        with pytest.raises(ValueError, match=f"^{name}: 19 directions of 20 rows.*use 21 images"):
            metric(*sides)
    assert metric(wide[:, :18], wide[:, :3]) == pytest.approx(1)


def test_what_is_the_same_for_any_two_or_three_rows_is_refused():
    defined = {2: ["cosine"], 3: ["cka", "nbs", "procrustes", "rsa", "knn_overlap", "cosine"]}
    for rows, names in defined.items():
        pairs, found = np.random.default_rng(0).standard_normal((9, 2, rows, 4)), {}
        for name, metric in METRICS.items():
            given = {"neighbours": rows - 2} if name == "knn_overlap" else {}
            with suppress(ValueError):
                found[name] = [metric(*pair, **given) for pair in pairs]
        assert [*found] == names
        assert all(np.ptp(values) > 0.1 for values in found.values())
    for metric in (cka, nbs, procrustes):
        with pytest.raises(ValueError, match="^x: got 2 rows, want n >= 3; .* nothing of fewer"):
            metric(MAPS[:2], MAPS[2:4])
        assert metric(MAPS[:2], MAPS[2:4], reshape="channels") < 0.9


@pytest.mark.parametrize("name", ["cka_debiased", "rsa"])
def test_equal_distances_between_all_rows_are_refused(name):
    with pytest.raises(ValueError, match=r"^y: all distances between rows are the same"):
        METRICS[name](GOOD[:6], np.eye(6))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cka(GOOD, GOOD, reshape="rows"), r"^unknown reshape 'rows'.* Known: channels"),
        (lambda: svcca(GOOD, GOOD, threshold=0), r"^threshold: got 0, want a share"),
        (lambda: svcca(GOOD, GOOD, threshold=99), r"^threshold: got 99"),
        (lambda: mean_cca(GOOD, GOOD, mean="median"), r"^unknown mean 'median'.* Known: plain"),
        (lambda: svcca(GOOD, GOOD, mean=None), r"^unknown mean None. Known: plain"),
        (lambda: compare(GOOD, GOOD, metrics=("cca",)), r"^unknown metric 'cca'. Did you mean '"),
        (lambda: compare(GOOD, GOOD, reshapes=("rows",)), r"^unknown reshape 'rows'"),
        (lambda: nbs(Representation(GOOD, "gap"), GOOD, reshape="flat"), r"^x: .*'gap', want 'fl"),
        (lambda: nbs(Representation(GOOD, "gap"), Representation(GOOD, "flat")), r"^y: .*'flat'"),
        (lambda: cka(GOOD[:3], GOOD[:3], debiased=True), r"^x: got 3 rows, want n >= 4"),
        (lambda: cosine(GOOD, GOOD[:, :3]), r"^y: got shape \(30, 3\), want \(30, 4\)"),
        (lambda: svcca(WIDE, WIDE), r"^x: 9 directions of 10 rows"),
        *(
            (lambda k=k: knn_overlap(GOOD, GOOD, neighbours=k), f"^neighbours: got {k} for 30 rows")
            for k in (0, 29, 30)
        ),
    ],
)
def test_bad_options_and_data_that_a_metric_cannot_take(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def read_only(x):
    x = x.copy()
    x.flags.writeable = False
    return x


STORED = {
    "torch": torch.from_numpy,
    "negative strides": lambda x: np.ascontiguousarray(x[::-1, ::-1])[::-1, ::-1],
    "fortran": np.asfortranarray,
    "big endian": lambda x: x.astype(">f8"),
    "read-only": read_only,
    "with gradient": lambda x: torch.from_numpy(x).requires_grad_(),
    "strided": lambda x: torch.from_numpy(np.repeat(x, 2, 1))[:, ::2],
}


@pytest.mark.parametrize("name", STORED)
def test_storage_does_not_matter(name):
    value = svcca(STORED[name](GOOD), GOOD**2)
    assert isinstance(value, float)
    assert value == pytest.approx(svcca(GOOD, GOOD**2), rel=1e-12)


@pytest.mark.parametrize("shape", [(30, 4), (12, 40), (10, 3, 4, 4)])
def test_input_is_not_changed(shape):
    x = torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(4))
    before = x.clone()
    compare(x, x, metrics=tuple(METRICS), reshapes=("channels", "flat", "gap"))
    assert torch.equal(x, before)


@pytest.mark.parametrize("reshape", ["channels", "flat", "gap"])
def test_channels_last_is_the_same(reshape):
    x, y = torch.from_numpy(MAPS), torch.from_numpy(MAPS**2)
    stored = x.contiguous(memory_format=torch.channels_last)
    assert nbs(stored, y, reshape=reshape) == pytest.approx(nbs(x, y, reshape=reshape), rel=1e-12)


@pytest.mark.parametrize("name", ["mean_cca", "pwcca", "linear_regression"])
def test_directions_that_only_units_make_faint_are_refused_and_not_dropped(name):
    """Some of 19 were dropped, and 0.979 was given where every correlation is 1 for any data."""
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((20, 30)), rng.standard_normal((20, 7))
    units = 10.0 ** rng.choice([-6, 0, 6], size=30)
    with pytest.raises(ValueError, match=r"x: \d+ of 19 directions count; .* scale the columns"):
        METRICS[name](x * units, y)
    with pytest.raises(ValueError, match="x: 19 directions of 20 rows"):
        METRICS[name](x, y)
