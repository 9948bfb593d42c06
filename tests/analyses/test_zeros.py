"""Scales with other zeros, and what follows the answers, by hand; metrics of made-up directions."""

import numpy as np
import pandas as pd
import pytest
import torch

from lib.metrics import METRICS
from lib.report import NETWORK, intervals, shares_of_variance
from notebooks.zeros import analysis

NETWORKS = range(3)
METRIC_NAMES = ("cka", "svcca")


def table(rows, kinds="ab", levels=("33 %", "11 %")):
    """A row for each kind and share of weights left, a column for each of two metrics."""
    index = pd.MultiIndex.from_product([list(kinds), levels], names=["network", "iteration"])
    return pd.DataFrame(rows, index, METRIC_NAMES, dtype=float)


def rows_of(value, **columns):
    """A row of each metric, layer and pair of networks: `value(metric, seed, other, layer)`."""
    found = [
        {
            **{"network": "n", "regime": "r", "role": "pruned", "kind": "conv"},
            **{"iteration": iteration, "metric": metric, "layer": layer},
            **{NETWORK: seed, "other_seed": other, "value": value(metric, seed, other, layer)},
            **columns,
        }
        for iteration in (1, 2)
        for metric in METRIC_NAMES
        for layer in (0, 1)
        for seed in NETWORKS
        for other in NETWORKS
    ]
    return pd.DataFrame(found)


def similar(metric, seed, other, layer):
    return 0.8 + 0.1 * layer if seed == other else 0.4 + 0.01 * (seed + 2 * other) + 0.1 * layer


def zeros_table():
    """A study of three networks: own 0.85; strangers by `similar`; others by constants."""
    beside = rows_of(similar, against="complete")
    alike = rows_of(lambda *_: 0.5, against="pruned").query(f"{NETWORK} != other_seed")
    unpruned = rows_of(similar, against="complete").query(f"{NETWORK} != other_seed")
    shuffled = rows_of(lambda *_: 0.05, against="shuffled").query(f"{NETWORK} == other_seed")
    return pd.concat(
        [
            beside,
            alike,
            unpruned[unpruned.iteration == 1].assign(iteration=0),
            shuffled[shuffled.iteration == 2],
            beside.assign(kind="out", value=0.0),
        ]
    )


def test_each_zero_is_the_similarity_to_networks_that_share_less():
    found = analysis.measured(analysis.over_layers(zeros_table()))
    assert len(found) == 2 * 2 * 3
    row = found.loc["n", "r", "pruned", 2, "cka", 0]
    # other networks 1 and 2: 0.42 and 0.44, 0.05 more over both layers
    by_hand = {"own": 0.85, "none": 0, "shuffled": 0.05, "strangers": 0.48}
    # with 1: 0.42 as 0 beside 1, 0.41 as 1 beside 0; with 2: 0.44 and 0.42
    by_hand |= {"unpruned": 0.05 + (0.42 + 0.41 + 0.44 + 0.42) / 4, "pruned strangers": 0.5}
    assert row.to_dict() == pytest.approx(by_hand)
    scales = analysis.on_scales(found)
    assert scales["none"].loc[("n", "r", "pruned", 2), "cka"] == pytest.approx(0.85)
    strangers = found.strangers.xs((1, "cka"), level=("iteration", "metric"))
    by_networks = ((0.85 - strangers) / (1 - strangers)).mean()
    assert scales["strangers"].loc[("n", "r", "pruned", 1), "cka"] == pytest.approx(by_networks)


def test_published_tables_give_the_same_as_the_table_of_zeros():
    zeros = zeros_table()
    descent = zeros.query("against == 'complete' and iteration > 0")
    pairs = zeros.query("against == 'complete' and iteration == 0").assign(role="complete")
    own = descent[descent[NETWORK] == descent.other_seed].assign(other_seed=pd.NA)
    own["null_mean"] = np.where(own.iteration == 2, 0.05, np.nan)
    similarity = analysis.over_layers(pd.concat([own, pairs]))
    found = analysis.measured(analysis.as_zeros(analysis.over_layers(descent), similarity))
    expected = analysis.measured(analysis.over_layers(zeros))
    assert found.pop("pruned strangers").isna().all()
    pd.testing.assert_frame_equal(found, expected[found.columns], check_dtype=False)


def test_shares_at_equal_sparsity_are_those_of_each_share_of_weights_alone():
    # at 33 %, kinds at -1 and 1, metrics equal: 4; at 11 %, metrics at -2 and 2: 16
    same = table([[9, 9], [0, 4], [11, 11], [0, 4]])
    shares = analysis.shares_at_equal_sparsity(same)
    by_hand = {"combination": 4 / 20, "metric": 16 / 20, "interaction": 0}
    assert shares.to_dict() == pytest.approx(by_hand)
    assert shares_of_variance(same)["combination"] > 0.7
    alone = pd.concat([same, table([[100, 0]], "a", ["1.2 %"])])
    assert analysis.shares_at_equal_sparsity(alone).to_dict() == pytest.approx(by_hand)


def test_answers_follow_a_common_line_or_one_of_each_metric():
    answers = pd.Series([0.5, 0.25, 0.75, 0.0], table([[0, 0]] * 4).index)
    together = pd.DataFrame(dict.fromkeys(METRIC_NAMES, 2 * answers + 0.1))
    assert analysis.correlation(together, answers) == pytest.approx(1)
    assert analysis.line_errors(together, answers).to_numpy() == pytest.approx(0, abs=1e-12)
    apart = together.assign(svcca=together.svcca + 1)
    both = np.concatenate([apart.cka, apart.svcca])
    by_hand = np.corrcoef(both, [*answers, *answers])[0, 1]
    assert analysis.correlation(apart, answers) == pytest.approx(by_hand)
    errors = analysis.line_errors(apart, answers)
    # a metric that is 1 higher is taken for half an answer more
    assert errors.loc["cka", "svcca"] == pytest.approx(0.5)
    assert errors.loc["cka", "cka"] == pytest.approx(0, abs=1e-12)
    fitted = analysis.line_errors(apart, answers, together, answers)
    assert fitted.loc["svcca", "svcca"] == pytest.approx(0.5)


def test_the_least_correlation_is_of_metrics_that_have_one():
    pairs = analysis.over_layers(zeros_table())
    own = (pairs[NETWORK] == pairs.other_seed) & (pairs.against == "complete")
    pairs.loc[own & (pairs.iteration == 2) & (pairs.metric == "svcca"), "value"] -= 0.1
    answers = pairs[(pairs.metric == "svcca") & (pairs.against == "complete")]
    tables = {
        "zeros": pairs,
        "decisions": answers.assign(quantity="flipped", value=1 - pairs.value),
    }
    levels = [("n", "r", "pruned", i) for i in (1, 2)]
    left = pd.Series(["33 %", "11 %"], pd.MultiIndex.from_tuples(levels, names=analysis.CONDITION))
    least = analysis.measures(tables, left)["least"]
    assert least["none"] == pytest.approx(1)  # that of SVCCA: CKA is constant


def test_at_equal_sparsity_the_common_course_counts_for_nothing():
    answers = pd.Series([10.0, 0.0, 11.0, 1.0], table([[0, 0]] * 4).index)
    against = pd.DataFrame({name: [10, 0, 9, -1] for name in METRIC_NAMES}, answers.index)
    assert analysis.correlation(against, answers) > 0.9
    assert analysis.correlation_at_equal_sparsity(against, answers) == pytest.approx(-1)


@pytest.mark.parametrize("tilt", [-0.5, 0, 0.5])
def test_metrics_of_made_up_directions_are_means_with_weights(tilt):
    variances = 1 / np.arange(1, 13)
    lost = variances**tilt
    kept = 1 - 0.3 * lost / lost.max()
    x, y = map(torch.from_numpy, analysis.made_up(variances, kept, rows=40_000, seed=0))
    for name, value in analysis.expected(variances, kept).items():
        assert METRICS[name](x, y) == pytest.approx(value, abs=0.01), name


def test_the_dial_decides_which_metric_is_highest():
    variances = 1 / np.arange(1, 51)
    none, strong, faint = (analysis.dial(variances, tilt) for tilt in (0, 0.5, -0.5))
    order = ["mean_cca", "pwcca", "nbs", "cka"]
    assert max(none.values()) - min(none.values()) < 0.05
    assert sorted(strong, key=strong.get, reverse=True) == order
    assert sorted(faint, key=faint.get) == order


def test_a_network_that_is_left_out_is_neither_an_original_nor_a_stranger():
    zeros = zeros_table()
    rest = analysis._without(zeros, "n", "r", 1)
    assert {*rest[NETWORK], *rest.other_seed} == {0, 2}
    assert len(analysis._without(zeros, "n", "another", 1)) == len(zeros)


def test_similarity_and_answers_have_different_strangers():
    zeros = zeros_table().query("against == 'complete' and iteration > 0 and kind == 'conv'")
    halves = [analysis._with_half(zeros, first) for first in (True, False)]
    for half, step in zip(halves, (1, 2), strict=True):
        beside = half[half[NETWORK] != half.other_seed]
        assert ((beside.other_seed - beside[NETWORK]) % 3 == step).all()
        assert set(half[half[NETWORK] == half.other_seed][NETWORK]) == {0, 1, 2}
    five = [("m", "r", seed, other) for seed in range(5) for other in range(5)]
    five = pd.DataFrame(five, columns=["network", "regime", NETWORK, "other_seed"])
    both = analysis._with_half(pd.concat([zeros, five]), True)
    assert set(both.query(f"network == 'm' and {NETWORK} == 4").other_seed) == {4, 0, 1}
    pd.testing.assert_frame_equal(
        both[both.network == "n"][zeros.columns], halves[0], check_dtype=False
    )

    # the share of same answers is the similarity itself, so what remains is the other half
    pairs = analysis.over_layers(zeros)
    pairs.loc[pairs.iteration == 2, "value"] -= 0.1 * (pairs[NETWORK] == pairs.other_seed)
    answers = pairs[pairs.metric == "cka"].assign(quantity="flipped", value=lambda x: 1 - x.value)
    tables = {"zeros": pairs, "decisions": answers}
    assert analysis.strangers_apart(tables) == pytest.approx(1, abs=1e-3)
    fewer = {name: x[(x[NETWORK] < 2) & (x.other_seed < 2)] for name, x in tables.items()}
    assert np.isnan(analysis.strangers_apart(fewer))


def test_further_metrics_lie_within_or_outside_the_range_of_the_four():
    four = {"svcca": [0.5, 0.2], "pwcca": [0.6, 0.2], "cka": [0.4, 0.2], "nbs": [0.5, 0.3]}
    relative = pd.DataFrame(four | {"rsa": [0.5, 0.45], "knn_overlap": [0.1, 0.2]})
    beside = analysis.beside_four(relative)
    assert beside["outside"].rsa.tolist() == pytest.approx([0, 0.15])
    assert beside["outside"].knn_overlap.tolist() == pytest.approx([0.3, 0])
    assert beside["above"].knn_overlap.tolist() == pytest.approx([-0.3, 0])


def found_by(relative, role="pruned"):
    """Networks whose strangers have similarity 0.5; `relative` by metric, alike in both."""
    levels = ["n", "r", role, 1]
    rows = [
        (*levels, metric, seed, 0.5 + 0.5 * value, 0.5)
        for metric, value in relative.items()
        for seed in (0, 1)
    ]
    names = [*analysis.CONDITION, "metric", NETWORK]
    return pd.DataFrame(rows, columns=[*names, "own", "strangers"]).set_index(names)


FOUR = {"svcca": 0.5, "pwcca": 0.6, "cka": 0.4, "nbs": 0.5}


def test_distances_are_squared_before_they_are_relative():
    further = dict.fromkeys(analysis.SQUARED, 0.7) | {"knn_overlap": 0.1, "procrustes": 0.2}
    numbers = analysis.further_metrics(found_by(FOUR | further))
    assert numbers["outside"][list(analysis.SQUARED)].tolist() == pytest.approx([0.1] * 5)
    assert numbers["above"].knn_overlap == pytest.approx(-0.3)
    # 1 - 0.9 ** 2 and 1 - 0.8 ** 2, of which the latter lies below the lowest of the four
    assert numbers["squared"].to_dict() == pytest.approx({"knn_overlap": 0.21, "procrustes": 0.04})


def test_disagreement_is_compared_with_half_of_that_of_pruned_networks():
    control = found_by({name: 0.2 * value for name, value in FOUR.items()}, "trained_as_long")
    numbers = analysis.disagreement(pd.concat([found_by(FOUR), control]))
    by_hand = {"pruned": 0.2, "control": 0.04, "beyond half": -0.06}
    assert numbers.to_dict() == pytest.approx(by_hand)
    assert np.isnan(analysis.disagreement(found_by(FOUR))["beyond half"])


def test_the_matrix_decides_if_metrics_agree_on_one():
    """Own 0.9 and 0.7 by two metrics, strangers 0.5; on channels the second one has 0.9, too."""

    def rows(own):
        return rows_of(lambda metric, seed, other, _: own[metric] if seed == other else 0.5)

    zeros = analysis.over_layers(rows({"svcca": 0.9, "cka": 0.7}).assign(against="complete"))
    on_channels = analysis.over_layers(rows({"svcca": 0, "cka": 0.88}).query("metric == 'cka'"))
    numbers = analysis.on_channels_alone(zeros, on_channels)
    by_hand = {"own matrices": 0.4, "one matrix": 0.04, "beyond half": -0.16}
    assert numbers.to_dict() == pytest.approx(by_hand)


def test_the_tilt_is_the_power_of_the_variance_by_which_more_is_lost_than_by_strangers():
    variances = np.array([0.5, 0.3, 0.1999, 1e-4])  # the last one is too faint
    rows = []
    for layer, kind, tilt in (("a", "conv", 0.7), ("b", "conv", -0.4), ("out", "out", 9)):
        for seed, other in ((0, 0), (0, 1), (0, 2)):
            lost = 0.4 + 0.1 * other + np.zeros(4)
            if seed == other:
                lost = 0.3 * variances**tilt
            for i in range(4):
                at = {"network": "n", "regime": "r", "role": "pruned", "iteration": 1}
                pair = {NETWORK: seed, "other_seed": other, "layer": layer, "kind": kind}
                numbers = {"direction": i, "variance": variances[i], "kept": 1 - lost[i]}
                rows.append(at | pair | numbers)
    rows[3]["kept"] = 0.5  # the direction that is too faint
    found = analysis.tilts(pd.DataFrame(rows)).droplevel(analysis.CONDITION)
    assert found.to_dict() == pytest.approx({(0, "a"): 0.7, (0, "b"): -0.4})


def test_means_over_directions_predict_relative_similarity():
    """All directions lost alike: by CCA and NBS from correlations, by CKA from their squares."""
    rows = []
    for seed, other in ((0, 0), (0, 1), (0, 2)):
        kept = {0: 0.81, 1: 0.25, 2: 0.16}[other]
        for layer, kind in (("a", "conv"), ("b", "conv"), ("out", "out")):
            at = {"network": "n", "regime": "r", "role": "pruned", "iteration": 1, "kind": kind}
            pair = {NETWORK: seed, "other_seed": other, "layer": layer}
            kept = kept if kind == "conv" else 1
            rows += [at | pair | {"variance": v, "kept": kept} for v in (0.6, 0.3, 0.1)]
    found = analysis.from_directions(pd.DataFrame(rows)).iloc[0]
    by_correlation = (0.9 - 0.45) / (1 - 0.45)
    by_hand = dict.fromkeys(("mean_cca", "pwcca", "nbs"), by_correlation)
    by_hand["cka"] = (0.81 - 0.205) / (1 - 0.205)
    assert found.to_dict() == pytest.approx(by_hand)


def test_intervals_are_those_of_what_is_left_out():
    """The mean of numbers of networks, whose jackknife is Student's interval."""
    values = pd.Series([0.1, 0.4, 0.3, 0.8])
    rows = pd.DataFrame({"network": "n", "regime": "r", NETWORK: range(4), "value": values})
    rows = pd.concat([rows.assign(role=role, other_seed=rows[NETWORK]) for role in "abc"])

    def of(tables):
        by_kind = tables["decisions"].groupby("role").value.mean()
        return pd.Series({("mean", "all"): by_kind.mean()}).rename_axis(["measure", "of"])

    found = analysis.decided({"decisions": rows}, of, {})
    by_hand = intervals(values.rename_axis(NETWORK)).iloc[0].to_dict() | {"freedom": 3}
    assert found.loc[("network", "mean", "all")].to_dict() == pytest.approx(by_hand)
    assert found.loc[("kind", "mean", "all")].n == 3

    def at_equal_sparsity(tables):
        number = tables["decisions"].query("role != 'c'").groupby("role").value.mean().sum()
        return pd.Series({("metric", "all"): number}).rename_axis(["measure", "of"])

    share = {"all": {("n", "r"), ("n", "r", "a"), ("n", "r", "b")}}
    of_two = analysis.decided({"decisions": rows}, at_equal_sparsity, share)
    assert of_two.loc[("kind", "metric", "all")].n == 2
    assert np.isnan(of_two.loc[("kind", "metric", "all")].low)
    assert found.loc[("kind", "mean", "all")].high == pytest.approx(by_hand["mean"])

    means = pd.Series([0.1, 0.4, 0.3], pd.Index(range(3), name=NETWORK))
    several = pd.concat([rows.assign(network=str(i), value=mean) for i, mean in means.items()])
    of_several = analysis.decided({"decisions": several}, of, {})
    by_hand = intervals(means).iloc[0].to_dict() | {"freedom": 2}
    assert of_several.loc[("architecture", "mean", "all")].to_dict() == pytest.approx(by_hand)

    two = analysis.decided({"decisions": rows[rows[NETWORK] < 2]}, of, {}).loc["network"]
    assert two["mean"].notna().all()
    assert two[["low", "high"]].isna().all(axis=None)


def test_units_at_equal_sparsity_share_a_share_of_weights_with_another_kind():
    """The ways a and b leave the same share once, the way c another one; d is a control."""
    ways = {"a": "50 %", "b": "50 %", "c": "20 %", "trained_as_long": "50 %"}
    zeros = pd.concat([zeros_table().assign(role=role) for role in ways])
    levels = [("n", "r", role, i) for role in ways for i in (1, 2)]
    left = [share if i == 1 else f"1{role[0]} %" for role, share in ways.items() for i in (1, 2)]
    left = pd.Series(left, pd.MultiIndex.from_tuples(levels, names=analysis.CONDITION))
    units = analysis.sharing({"zeros": analysis.over_layers(zeros)}, left)
    both = {("n",), ("n", "r"), ("n", "r", "a"), ("n", "r", "b")}
    assert units == dict.fromkeys(analysis.ZEROS, both)
    alone = analysis.over_layers(zeros[zeros.role != "b"])
    assert analysis.sharing({"zeros": alone}, left) == {zero: set() for zero in analysis.ZEROS}
