"""`compare` against single metrics, its nulls against brute force, and shared statistics."""

import math
import pickle
import re

import numpy as np
import pytest
import torch

from lib.metrics import (
    METRICS,
    LayerRepresentations,
    Representation,
    cka,
    compare,
    permutation_null,
)
from lib.metrics.metric import pair_of
from lib.metrics.null import MEANS

from .data import related

RESHAPES = ("channels", "flat", "gap")
COLUMNS = {
    "metric", "reshape", "value", "null_mean", "null_sd", "p_value",
    "rank_x", "rank_y", "dead_x", "dead_y", "id_x", "note",
}  # fmt: skip


def by_cell(rows):
    return {(row["metric"], row["reshape"]): row for row in rows}


def single(name, x, y, reshape):
    try:
        return METRICS[name](x, y, reshape=reshape)
    except ValueError:
        return math.nan


def test_further_reshapes_are_added_to_the_default():
    x = torch.randn(60, 3, 2, 2, generator=torch.Generator().manual_seed(0))
    rows = compare(x, x + 1, metrics=["svcca", "cka", "cosine"], also=("gap", "channels"))
    found = {(row["metric"], row["reshape"]) for row in rows}
    wanted = {"svcca": ("channels", "gap"), "cka": RESHAPES, "cosine": ("flat",)}
    assert found == {(name, reshape) for name in wanted for reshape in wanted[name]}
    assert len(rows) == len(found)
    with pytest.raises(ValueError, match="unknown reshape 'square'. Known: channels"):
        compare(x, x, also=("square",))


@pytest.mark.parametrize("shape", [(24, 6, 2, 2), (10, 60, 2, 2), (30, 7, 1, 1)])
def test_values_are_those_of_single_functions_and_the_null_is_that_of_permuted_images(shape):
    x, y = related(1, shape, shape)
    asked = {"metrics": tuple(METRICS), "reshapes": RESHAPES}
    rows = compare(x, y, **asked, permutations=2, seed=3)
    assert len(rows) == sum(len(entry.reshapes) for entry in METRICS.values())
    draws = torch.Generator().manual_seed(3)
    orders = [torch.randperm(len(x), generator=draws) for _ in range(2)]
    for (name, reshape), row in by_cell(rows).items():
        assert set(row) == COLUMNS
        value = single(name, x, y, reshape)
        assert row["value"] == pytest.approx(value, rel=1e-12, nan_ok=True)
        mean_known = name in MEANS and (reshape != "channels" or math.prod(shape[2:]) == 1)
        mean_known &= not np.isnan(row["value"])
        known = mean_known and name == "cka"
        assert np.isnan(row["p_value"]) != known
        few = not known and not np.isnan(value)
        assert ("no p_value: 2 permutations, want at least 20" in row["note"]) == few
        if known:
            null = permutation_null(x, y, name, reshape)
            assert null.exact
            found = row["null_mean"], row["null_sd"], row["p_value"]
            assert found == (null.mean, null.sd, null.p_value)
        else:
            samples = [single(name, x, y[order.numpy()], reshape) for order in orders]
            mean = MEANS[name](pair_of(x, y, reshape)) if mean_known else np.mean(samples)
            assert row["null_mean"] == pytest.approx(mean, rel=1e-9, abs=1e-12, nan_ok=True)
            spread = np.std(samples, ddof=1)
            assert row["null_sd"] == pytest.approx(spread, rel=1e-6, abs=1e-12, nan_ok=True)


def test_without_permutations_a_mean_that_is_known_is_there_where_a_row_is_an_image():
    x, y = related(1, (24, 6, 2, 2), (24, 6, 2, 2))
    rows = compare(x, y, metrics=("nbs", "cka", "cka_debiased"), reshapes=RESHAPES)
    for (name, reshape), row in by_cell(rows).items():
        mean = math.nan
        if name in MEANS and reshape != "channels":
            mean = permutation_null(x, y, name, reshape).mean
        found = row["null_mean"], row["null_sd"], row["p_value"]
        assert found == pytest.approx((mean, math.nan, math.nan), rel=1e-9, nan_ok=True)


def test_ranks_and_dead_columns():
    rng = np.random.default_rng(5)
    x = rng.standard_normal((50, 4, 3, 3))
    x = np.concatenate([x, x[:, :1], np.zeros((50, 2, 3, 3))], 1)
    y = rng.standard_normal((50, 7, 3, 3)) * np.array([10, 1, 1, 1, 1, 1, 1]).reshape(1, 7, 1, 1)
    [row] = compare(x, y, metrics=("cka",), reshapes=("channels",))
    assert (row["rank_x"], row["dead_x"]) == (4, 2)
    assert (row["rank_y"], row["dead_y"]) == (7, 0)
    [flat] = compare(x, y, metrics=("cka",))
    assert (flat["rank_x"], flat["dead_x"]) == (36, 18)
    assert (flat["rank_y"], flat["dead_y"]) == (49, 0)


def mixed(x, dtype):
    return (x * np.logspace(0, -5, 10) @ np.linalg.qr(x[:10])[0]).astype(dtype)


def outlying(x):
    return np.vstack([1e8 * x[:1], x[1:]])


SCALES = {
    "an outlying row": (outlying, (80, 10), r"^x: \d of 10 directions count; the others repeat"),
    "16 bits": (lambda x: mixed(x, np.float16), (80, 10), r"^x: \d of 10 directions count"),
    "units": (lambda x: x * np.logspace(-8, 8, 60), (40, 60), r"^x: \d+ of 39 directions count"),
    "64 bits": (lambda x: mixed(x, np.float64), (80, 10), "^$"),
    "units of few": (lambda x: x * np.logspace(-8, 8, 10), (80, 10), "^$"),
}


@pytest.mark.parametrize("name", SCALES)
def test_a_note_warns_of_directions_lost_to_rounding(name):
    """For metrics that weight all directions equally; the others do not miss faint ones."""
    changed, shape, note = SCALES[name]
    x, y = related(3, shape, (shape[0], 4))
    rows = compare(changed(x), y, metrics=["mean_cca", "pwcca", "cka", "nbs"])
    for row in rows[:2]:
        assert re.search(note, row["note"])
    assert [row["note"] for row in rows[2:]] == ["", ""]


def test_a_note_counts_the_correlations_that_are_1_for_any_data():
    x, y = np.random.default_rng(0).standard_normal((2, 40, 30))
    rows = compare(x, y[:, :20], metrics=["mean_cca", "pwcca", "cka"])
    notes = [row["note"] for row in rows]
    assert notes[0] == "11 correlations or more are 1 for any data of so few rows"
    assert notes[1:] == [notes[0] + ", with arbitrary weights", ""]
    [row] = compare(x[:, :4], np.hstack([x, y]), metrics=["linear_regression"])
    assert row["note"] == "4 correlations or more are 1 for any data of so few rows"


def test_dead_layer_gives_nan_and_keeps_all_rows_and_ranks():
    x = np.random.default_rng(6).standard_normal((20, 3, 2, 2))
    for rows in (
        compare(x, np.zeros_like(x), metrics=tuple(METRICS), permutations=2),
        compare(np.ones_like(x), x, metrics=tuple(METRICS), permutations=2),
    ):
        assert len(rows) == len(METRICS)
        assert all(math.isnan(row[key]) for row in rows for key in ("value", "null_mean"))
    assert (rows[0]["rank_x"], rows[0]["dead_x"], rows[0]["rank_y"]) == (0, 3, 3)


def test_bad_input_is_an_error_and_input_that_one_metric_cannot_take_a_note(maps_seed0):
    x, y = maps_seed0
    with pytest.raises(ValueError, match=r"^y: got 39 data points, want 40"):
        compare(x, y[:39])
    with pytest.raises(ValueError, match=r"^conv3: got NaN"):
        LayerRepresentations(np.where(x > 2, np.nan, x), name="conv3")
    (row,) = compare(x, x[:, :2], metrics="cosine")
    assert math.isnan(row["value"])
    assert row["note"].startswith("y: got shape")


def test_statistics_of_the_complete_network_are_computed_once(maps_seed0, monkeypatch):
    x, y = maps_seed0
    complete = LayerRepresentations(x)
    want = compare(complete, y, reshapes=RESHAPES)
    built, statistic = [], Representation.statistic
    original = statistic.func
    monkeypatch.setattr(statistic, "func", lambda side: built.append(side.name) or original(side))
    assert compare(complete, y, reshapes=RESHAPES) == want
    assert built == ["y", "y", "y"]


def test_detached_data_must_be_attached_again(maps_seed0):
    x, y = maps_seed0
    complete = LayerRepresentations(x)
    want = compare(complete, y)
    complete.detach()
    for reshapes in (None, ["gap"]):  # used before, and not
        with pytest.raises(RuntimeError, match=r"^x: the data were detached"):
            compare(complete, y, reshapes=reshapes)
    complete = pickle.loads(pickle.dumps(complete))
    complete.attach(x)
    assert compare(complete, y) == want


def test_representations_may_be_given_instead_of_arrays(maps_seed0):
    x, y = maps_seed0
    wrapped = Representation(x, "channels")
    for name in ("svcca", "pwcca", "nbs", "linear_regression"):
        assert METRICS[name](wrapped, y) == METRICS[name](x, y, reshape="channels")


def test_a_layer_with_positions_can_be_compared_with_one_without():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(40, 3, 2, 2)), rng.normal(size=(40, 5))
    rows = {row["reshape"]: row["value"] for row in compare(x, y, metrics=["cka"], also=["gap"])}
    assert rows["flat"] == pytest.approx(cka(x.reshape(40, 12), y))
    assert rows["gap"] == pytest.approx(cka(x.mean((2, 3)), y))
