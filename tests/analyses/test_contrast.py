"""The metric's share of variance, and its intervals, by hand."""

from itertools import permutations, product

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from lib.report import NETWORK, shares_of_variance
from notebooks.contrast import analysis

METRICS = ["cka", "nbs", "pwcca", "svcca"]


def combinations(*rows):
    return pd.DataFrame(rows, columns=["a", "b"])


@pytest.mark.parametrize(
    ("table", "combination", "metric"),
    [
        (combinations([1, 1], [3, 3], [5, 5]), 1, 0),
        (combinations([1, 4], [1, 4], [1, 4]), 0, 1),
        # mean 3; rows at -2, 0 and 2 (squares 16), columns at -1 and 1 (6); all squares are 26
        (combinations([1, 1], [1, 5], [4, 6]), 16 / 26, 6 / 26),
    ],
)
def test_shares_are_those_of_the_sums_of_squares(table, combination, metric):
    shares = shares_of_variance(table)
    assert shares.to_dict() == pytest.approx(
        {"combination": combination, "metric": metric, "interaction": 1 - combination - metric}
    )


def test_values_exchanged_among_equal_shares_of_weights_keep_their_course():
    rng = np.random.default_rng(0)
    index = pd.MultiIndex.from_product([range(3), ["33 %", "11 %"]], names=["kind", "iteration"])
    table = combinations(*rng.normal(size=(6, 2))).set_index(index)
    table.loc[(slice(None), "33 %"), :] += 2
    # which kind a number of "a" belongs to does not matter, so only those of "b" are exchanged
    first, second = table.b.to_numpy().reshape(3, 2).T
    dealt_out = [
        shares_of_variance(table.assign(b=np.column_stack(each).ravel())).combination
        for each in product(permutations(first), permutations(second))
    ]
    assert analysis.exchanged(table) == pytest.approx(np.mean(dealt_out))


def descent(kinds=4, networks=3, seed=0):
    """Rows of `kinds` of networks, two shares of weights left, two layers."""
    rng = np.random.default_rng(seed)
    key = [range(kinds), ["33 %", "11 %"], METRICS, ["conv1", "conv2"], *[range(networks)] * 2]
    names = ["kind", "iteration", "metric", "layer", NETWORK, "other_seed"]
    rows = pd.MultiIndex.from_product(key, names=names).to_frame(index=False)
    own = rows[NETWORK] == rows.other_seed
    rows["value"] = 0.4 + 0.1 * rows.kind / kinds + 0.2 * own * (rows.iteration == "33 %")
    rows["value"] += 0.2 * (rows.metric == "cka") + rng.uniform(0, 0.05, len(rows))
    rows["network"] = "n" + rows.kind.astype(str)
    return rows.drop(columns="kind").assign(regime="few_images", role="pruned")


@pytest.mark.parametrize("metric", METRICS)
def test_tables_have_means_over_layers_and_networks_of_raw_and_relative_similarity(metric):
    rows = descent()
    found = analysis.tables(rows)
    chosen = rows.query("network == 'n2' and iteration == '11 %' and metric == @metric")
    own = chosen[NETWORK] == chosen.other_seed
    at = ("n2", "few_images", "pruned", "11 %"), metric
    assert found["raw"].loc[at] == pytest.approx(chosen[own].value.mean())
    relative, hits = [], []
    for seed in range(3):
        of_one = chosen[chosen[NETWORK] == seed]
        mine = of_one[of_one.other_seed == seed].set_index("layer").value
        others = of_one[of_one.other_seed != seed]
        mean = others.value.mean()
        relative.append((mine.mean() - mean) / (1 - mean))
        hits += list(mine > others.groupby("layer").value.max())
    assert found["relative"].loc[at] == pytest.approx(np.mean(relative))
    assert found["origin"].loc[at] == pytest.approx(np.mean(hits))


def test_combinations_whose_networks_collapsed_are_left_out():
    rows = descent()
    whole = analysis.tables(rows)
    gone = rows.metric.isin(["cka", "nbs"]) & (rows.network == "n0")
    some = gone & (rows.iteration == rows.iteration.iloc[0])
    left = analysis.tables(rows.assign(value=rows.value.mask(some)))
    for what, table in left.items():
        assert len(table) == len(whole[what]) - 1
        pd.testing.assert_frame_equal(table, whole[what].loc[table.index])


@pytest.fixture(scope="module")
def measured():
    """Of three kinds."""
    return analysis.measured(descent(kinds=3))


def test_intervals_leave_out_a_network_on_both_sides_or_a_kind(measured):
    rows = descent(kinds=3)
    share = ("relative", "metric")

    def without(chosen):
        return shares_of_variance(analysis.tables(rows[~chosen])["relative"]).metric

    of_kinds = [without(rows.network == kind) for kind in rows.network.unique()]
    variance = 2 / 3 * ((of_kinds - np.mean(of_kinds)) ** 2).sum()
    half = stats.t.ppf(0.975, 2) * variance**0.5
    row = measured.loc["kind", *share]
    assert row["mean"] == pytest.approx(without(rows.network == "none"))
    assert (row.high - row["mean"], row.n) == (pytest.approx(half), 3)

    variances = []
    for kind in rows.network.unique():
        left_out = [
            without((rows.network == kind) & ((rows[NETWORK] == i) | (rows.other_seed == i)))
            for i in range(3)
        ]
        variances.append(2 / 3 * ((left_out - np.mean(left_out)) ** 2).sum())
    variances = np.array(variances)
    freedom = variances.sum() ** 2 / (variances**2 / 2).sum()
    half = stats.t.ppf(0.975, freedom) * variances.sum() ** 0.5
    row = measured.loc["network", *share]
    assert (row.high - row["mean"], row.n) == (pytest.approx(half), 9)


def test_two_trainings_of_a_network_are_as_different_as_two_networks(measured):
    rows = descent(kinds=3)
    regime = rows.regime.mask(rows.network == "n2", "recipe")
    same = rows.assign(regime=regime, network=rows.network.replace("n2", "n1"))
    pd.testing.assert_frame_equal(analysis.measured(same), measured)


@pytest.mark.parametrize(("networks", "few"), [(2, ["n0"]), (1, ["n0", "n1", "n2"])])
def test_a_kind_with_fewer_than_three_networks_leaves_no_interval_over_networks(networks, few):
    rows = descent(kinds=3)
    gone = rows.network.isin(few) & (rows[NETWORK] >= networks)
    left = analysis.measured(rows[~gone])
    assert left.loc["network", ["low", "high"]].isna().all(axis=None)
    assert left.loc["kind", ["low", "high"]].notna().all(axis=None)
    assert set(left.loc["network"].n) == {9 - (3 - networks) * len(few)}


def test_fewer_than_three_kinds_leave_no_interval_over_kinds():
    left = analysis.measured(descent(kinds=2))
    assert left.loc["kind", ["low", "high"]].isna().all(axis=None)
    assert left.loc["network", ["low", "high"]].notna().all(axis=None)
