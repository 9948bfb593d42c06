"""Quantities of made-up tables against their definitions, and brute force."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from lib import report
from lib.report import (
    NETWORK,
    as_text,
    by_network,
    hidden_layers,
    intervals,
    jackknife_intervals,
    layer_intervals,
    relative_similarity,
)

SEEDS = (0, 1, 2)
LAYERS = ["conv2", "conv10", "add1"]  # in forward, not alphabetical order


def per_network(values):
    return pd.Series(values, pd.Index(range(len(values)), name=NETWORK))


def similarities(value=lambda **_: 0.5, roles=("pruned",), others=(None,)):
    """Rows of a table: `value` is called with what identifies a row."""
    rows = [
        {"network": "x", "role": role, "metric": metric, "reshape": matrix, "iteration": iteration}
        | {NETWORK: seed, "other_seed": other, "layer": layer, "depth": depth}
        | {"kind": "out" if layer == "out" else "conv"}
        for metric, matrix in [("nbs", "flat"), ("nbs", "channels"), ("svcca", "channels")]
        for layer, depth in zip([*LAYERS, "out"], range(4), strict=True)
        for role in roles
        for iteration in (1, 2)
        for seed in SEEDS
        for other in others
    ]
    table = pd.DataFrame(rows).astype({"other_seed": "Int64"})
    return table.assign(value=[value(**row) for row in rows])


@pytest.mark.parametrize(
    "values", [[1.0, 2.0, 3.0], [-99.7, 0.2, 100.0], [7.1, 7.3, 6.8, 9.2, 7.0]]
)
def test_an_interval_is_students(values):
    row = intervals(per_network(values)).iloc[0]
    assert (row["mean"], row.n) == (pytest.approx(np.mean(values)), len(values))
    expected = stats.ttest_1samp(values, 0).confidence_interval()
    assert (row.low, row.high) == pytest.approx(tuple(expected))


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([0.1, 0.2, 0.3], "0.20 (\u22120.05 to 0.45)"),
        ([0.3, 0.1 + 0.2, 0.3], "0.30 (3 of 3)"),
        ([0.5, 0.5], "0.50"),
        ([0.5], "0.50"),
        ([-0.0123, -0.0125, -0.0121], "\u22120.01 (\u22120.01 to \u22120.01)"),
        ([0.09, 0.03, 0.0601], "0.06 (\u22120.01 to 0.13)"),
        ([0.0095, 0.006, 0.009], "0.01 (0.003 to 0.01)"),
    ],
)
def test_intervals_as_text(values, text):
    assert as_text(intervals(per_network(values))).tolist() == [text]


def test_an_interval_is_clipped_to_the_range_of_the_quantity_and_undefined_without_numbers():
    row = intervals(per_network([1.0, 1.0, 0.9]), 0, 1).iloc[0]
    assert row.high == 1
    assert row.low < 0.9
    nothing = intervals(pd.concat({"x": per_network([np.nan])}, names=["network"]))
    assert as_text(nothing).to_dict() == {"x": "\u2013"}
    assert intervals(per_network([])).columns.tolist() == ["mean", "low", "high", "n"]


def test_numbers_as_text_are_the_same_on_every_processor():
    assert report.number(-0.001) == "0.00"
    assert report.number(-0.1, sign=True) == "\u22120.10"
    assert report.number(0.125 - 1e-17, 2) == report.number(0.125 + 1e-17, 2)
    assert report.number(np.nan) == "\u2013"
    assert report.span(pd.Series([0.05, 0.2, 0])) == "0.00 to 0.20"
    assert report.count(pd.Series([True, False, True])) == "2 of 3"


def test_only_hidden_layers_on_the_papers_matrices_count():
    rows = hidden_layers(similarities())
    assert set(rows.layer) == set(LAYERS)
    assert (rows.reshape == rows.metric.map(report.MATRIX)).all()


def test_layers_stay_in_forward_order():
    rows = similarities(roles=("pruned", "trained_as_long"))
    numbers = by_network(hidden_layers(rows))
    apart = report.minus(numbers, "pruned", "trained_as_long")
    for series in (numbers, apart, report.mean_over(apart, NETWORK)):
        assert list(dict.fromkeys(series.index.get_level_values("layer"))) == LAYERS
    assert list(layer_intervals(apart).loc[("x", "svcca", 1)].index) == LAYERS
    assert (apart == 0).all()


def of_pairs(pairs, values):
    index = pd.MultiIndex.from_tuples(
        [("cka", *pair) for pair in pairs], names=["metric", NETWORK, "other_seed"]
    )
    return pd.Series(values, index)


def test_pseudo_values_average_to_the_mean_of_the_pairs():
    pairs = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    values = np.random.default_rng(0).normal(size=6)
    series = of_pairs(pairs, values)
    assert report.pseudo_values(series).mean() == pytest.approx(series.mean(), abs=1e-12)
    series.loc["cka", 0, 2] = np.nan
    assert report.pseudo_values(series).isna().all()
    [single] = report.pseudo_values(of_pairs([(2, 5)], [3.0])).items()
    assert single == (("cka", 2), 3.0)


def test_pairs_of_complete_networks_get_pseudo_values():
    rows = similarities(lambda train_seed, other_seed, **_: train_seed + other_seed, others=(1, 2))
    pairs = hidden_layers(rows[rows[NETWORK] < rows.other_seed].assign(role="complete"))
    numbers = by_network(pairs).xs(("svcca", 1, "conv2"), level=("metric", "iteration", "layer"))
    # sums of 0 and 1, of 0 and 2, and of 1 and 2
    assert numbers.tolist() == pytest.approx([0, 2, 4])


def test_gains_are_points_beyond_the_complete_network():
    rows = [
        {"network": "x", "role": "pruned", NETWORK: seed, "other_seed": None}
        | {"iteration": iteration, "accuracy": accuracy + run / 1000}
        for seed, complete in zip(SEEDS, (0.7, 0.8, 0.9), strict=True)
        for iteration, accuracy in [(0, complete), (1, complete + 0.01), (2, complete - 0.05)]
        for run in ((-1, 1) if iteration else (0,))
    ]
    gained = report.gains(pd.DataFrame(rows))
    for iteration, points in enumerate((0, 1, -5)):
        assert gained.xs(iteration, level="iteration").tolist() == pytest.approx([points] * 3)


def test_prunings_are_labelled_with_the_share_of_weights_left():
    rows = pd.DataFrame(
        [
            {"regime": regime, "role": "pruned", "iteration": i, "remaining": kept**i}
            for regime, kept in {"slow": 0.8, "fast": 0.33}.items()
            for i in range(3)
        ]
    )
    left = report.weights_left(rows)
    assert left.tolist() == ["33 %", "11 %", "80 %", "64 %"]  # not of complete networks
    kept = report.at_shares(rows, left[left.isin(["11 %", "80 %"])])
    assert kept[["regime", "iteration"]].to_numpy().tolist() == [["slow", "80 %"], ["fast", "11 %"]]


@pytest.mark.parametrize(("own", "expected"), [(0.6, 0), (1.0, 1), (0.8, 0.5), (0.4, -0.5)])
def test_relative_similarity_is_0_of_strangers_and_1_of_identical_networks(own, expected):
    rows = similarities(
        lambda train_seed, other_seed, **_: own if train_seed == other_seed else 0.6, others=SEEDS
    )
    same, others = report.original_and_strangers(hidden_layers(rows))
    assert np.allclose(relative_similarity(same, others), expected)
    means = (report.mean_over(numbers, "layer") for numbers in (same, others))
    assert np.allclose(relative_similarity(*means), expected)


def crossed(values, first=0):
    """Rows of `descent`: pruned networks by complete ones, of one layer."""
    networks = range(first, first + len(values))
    index = pd.MultiIndex.from_product([networks, networks], names=[NETWORK, "other_seed"])
    rows = pd.Series(np.asarray(values).ravel(), index, name="value").reset_index()
    return rows.assign(network="x", metric="cka")


def random_values(networks, seed=0):
    return np.random.default_rng(seed).uniform(0.3, 0.9, (networks, networks))


def without(values, network):
    return np.delete(np.delete(values, network, 0), network, 1)


@pytest.mark.parametrize("networks", [3, 4, 6])
def test_own_and_expected_are_pseudo_values_without_a_network_on_both_sides(networks):
    values = random_values(networks)

    def means(rows):
        own, others = report.original_and_strangers(crossed(rows))
        return np.array([own.mean(), others.mean()])

    pseudo = [
        networks * means(values) - (networks - 1) * means(without(values, i))
        for i in range(networks)
    ]
    both = pd.DataFrame(report.original_and_expected(crossed(values))).T
    assert both.to_numpy() == pytest.approx(np.array(pseudo), abs=1e-12)


def test_networks_are_compared_with_those_of_their_own_group():
    groups = [random_values(3, 0), random_values(4, 1)]
    rows = pd.concat([crossed(groups[0]), crossed(groups[1], first=3)])
    _, expected = report.original_and_expected(rows)
    by_group = [report.original_and_expected(crossed(values))[1] for values in groups]
    assert expected.to_numpy() == pytest.approx(np.concatenate(by_group))


@pytest.mark.parametrize(
    "rows",
    [
        crossed(random_values(2)),
        crossed(random_values(4)).query(f"{NETWORK} != 2"),
        crossed(random_values(3)).query(f"{NETWORK} != 1 or other_seed != 2"),
        crossed([[np.nan] * 4, *random_values(4)[1:]]),
        crossed(np.where(np.eye(3)[[1, 2, 0]], np.nan, random_values(3))),
    ],
    ids=[
        "two networks",
        "a pruned network is missing",
        "a comparison is missing",
        "a pruned network is undefined",
        "comparisons are undefined",
    ],
)
def test_networks_that_are_not_crossed_keep_their_own_strangers(rows):
    own, expected = report.original_and_expected(rows)
    for series, same in zip((own, expected), report.original_and_strangers(rows), strict=True):
        pd.testing.assert_series_equal(series, same)


def test_pseudo_values_of_relative_similarity_are_those_of_the_jackknife():
    values = random_values(3) / 100 + np.diag([0.2, 0.21, 0.22])
    rows = crossed(values)
    relative = report.relative_similarity_of_means(*report.original_and_expected(rows))
    own, others = report.original_and_strangers(rows)
    whole = relative_similarity(own.mean(), others.mean())
    assert relative.mean() == pytest.approx(whole, abs=1e-12)
    left_out = [
        relative_similarity(
            *(x.mean() for x in report.original_and_strangers(crossed(without(values, i))))
        )
        for i in range(3)
    ]
    assert relative.to_numpy() == pytest.approx(3 * whole - 2 * np.array(left_out), abs=2e-4)


def test_layers_of_equal_scatter_share_their_variance_and_bonferronis_level():
    index = pd.MultiIndex.from_product([SEEDS, LAYERS], names=[NETWORK, "layer"])
    numbers = pd.Series(np.add.outer([-1.0, 0.0, 1.0], [5.0, 6.0, 7.0]).ravel(), index)
    found = layer_intervals(numbers)
    # exp(mean log variance) of two degrees of freedom underestimates by exp(Euler's constant)
    half = stats.t.ppf(1 - 0.025 / 3, 2 * 3) * np.sqrt(np.exp(np.euler_gamma) / 3)
    assert found["mean"].tolist() == [5, 6, 7]
    assert (found.high - found["mean"]).tolist() == pytest.approx([half] * 3)
    single = layer_intervals(numbers.xs("add1", level="layer", drop_level=False)).iloc[0]
    assert single.high - 7 == pytest.approx(stats.t.ppf(0.975, 2) / 3**0.5)


def test_a_layer_that_is_undefined_for_a_network_has_no_interval():
    index = pd.MultiIndex.from_product([SEEDS, LAYERS], names=[NETWORK, "layer"])
    numbers = pd.Series(np.random.default_rng(0).normal(size=9), index)
    numbers.loc[0, "conv10"] = np.nan
    found = layer_intervals(numbers)
    assert found["low"].isna().tolist() == [False, True, False]
    assert np.allclose(found.low + found.high, 2 * found["mean"], equal_nan=True)


def test_one_network_has_no_intervals_of_layers():
    rows = hidden_layers(similarities()).query(
        f"{NETWORK} == 0 and iteration == 1 and metric == 'svcca'"
    )
    assert layer_intervals(by_network(rows))[["low", "high"]].isna().all(axis=None)


def test_tables_of_several_studies_are_read_in_forward_order(tmp_path):
    for name in ("one/a", "one/b", "other/c"):
        (tmp_path / name).mkdir(parents=True)
        rows = similarities().assign(experiment=name[-1])
        rows.iloc[::-1].to_parquet(tmp_path / name / "similarity.parquet")
    rows = report.read("similarity", tmp_path / "one", tmp_path / "other")
    assert rows.depth.is_monotonic_increasing
    assert set(rows.experiment) == {"a", "b", "c"}
    assert set(report.read("similarity", tmp_path / "one").experiment) == {"a", "b"}
    (tmp_path / "one" / "d").mkdir()
    similarities().assign(regime="r").to_parquet(tmp_path / "one" / "d" / "similarity.parquet")
    of_regime = report.read("similarity", tmp_path / "one", regime="r")
    assert len(of_regime) == len(similarities())
    assert "regime" not in of_regime
    with pytest.raises(report.NotMeasuredError, match=r"no descent\.parquet"):
        report.read("descent", tmp_path / "one")


def test_a_reader_sees_names_in_the_papers_order():
    index = pd.MultiIndex.from_product(
        [["vgg16_bn"], ["cka", "svcca"]], names=["network", "metric"]
    )
    table = report.titled(pd.Series(["a", "b"], index).unstack("metric"))
    assert list(table.columns) == ["SVCCA", "CKA"]
    assert list(table.index) == ["VGG16_BN"]
    assert table.columns.name == "Network"


def test_a_jackknife_of_fewer_than_three_units_has_no_ends():
    without = pd.DataFrame({"all": [0.4, 0.5, 0.6, 0.5]}, index=["three"] * 3 + ["one"])
    whole = pd.Series({"all": 0.5})
    of_three = jackknife_intervals(whole, without.loc[["three"]])
    half = stats.t.ppf(0.975, 2) * np.sqrt(2 * np.var([0.4, 0.5, 0.6]))
    assert [*of_three.loc["all"]] == pytest.approx([0.5, 0.5 - half, 0.5 + half, 3, 2])
    assert jackknife_intervals(whole, without)[["low", "high"]].isna().all(axis=None)
