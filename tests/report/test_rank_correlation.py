"""Rank correlation over the iterations, with dissimilarities and changes whose order is known."""

import dataclasses
import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lib.report import rank_correlation as rank
from lib.report.layerwise import signed
from lib.report.rank_statistics import kendall, partial, spearman, steps
from lib.report.results import Results, load_results

from .made_up import provenance, run_page, write_results

LAYERS = [("conv1", "conv"), ("conv2", "conv"), ("out", "out")]
RUNS = [(0, 0), (0, 1), (0, 2)]
ZIGZAG = np.array([2, 0, 3, 1, 5, 4, 7, 6]) / 100
RISING = np.arange(1, 9) / 100
BENT = np.array([1, 2, 4, 8, 9, 13, 14, 20]) / 100


def study(cells, gap, *, outputs=None, runs=RUNS):
    """A study of VGG_SVHN.

    Args:
        cells: (metric, reshape) -> dissimilarity of all layers, one for each iteration, or a
            function of the run that gives such.
        gap: accuracy gap, likewise.
        outputs: metric of the outputs -> 1 minus its value, likewise.
    """

    def values(of, run):
        return np.asarray(of(run) if callable(of) else of, dtype=float)

    similarity, performance = [], []
    for train_seed in dict(runs):
        performance.append({"train_seed": train_seed, "iteration": 0, "accuracy": 0.9})
    for run in runs:
        key = dict(zip(["train_seed", "prune_seed"], run, strict=True))
        for i, lost in enumerate(values(gap, run), start=1):
            performance.append({**key, "iteration": i, "accuracy": 0.9 - lost})
        everything = [(cell, of, LAYERS) for cell, of in cells.items()]
        everything += [((name, "flat"), of, LAYERS[2:]) for name, of in (outputs or {}).items()]
        for (metric, reshape), of, layers in everything:
            for (i, far), (layer, kind) in itertools.product(enumerate(values(of, run)), layers):
                similarity.append(
                    {
                        **key,
                        **{"iteration": i + 1, "layer": layer, "kind": kind},
                        **{"depth": [name for name, _ in LAYERS].index(layer)},
                        **{"metric": metric, "reshape": reshape, "value": 1 - far},
                    }
                )
    similarity = pd.DataFrame(similarity).assign(experiment="vgg_svhn")
    performance = pd.DataFrame(performance).assign(experiment="vgg_svhn")
    performance = performance.astype({"prune_seed": "Int64"})
    return Results(Path("made_up"), similarity, performance, provenance(8, len(runs)))


def summary(made, cell=("cka", "flat"), target="gap", where=""):
    return rank.summary(made, "vgg_svhn", target, where).loc[cell, :]


def test_a_monotone_relation_has_rank_correlation_1_however_bent():
    row = summary(study({("cka", "flat"): ZIGZAG**3}, ZIGZAG))
    assert (row.rho, row.rho_low, row.rho_high) == pytest.approx((1, 1, 1))
    assert (row.tau, row.beyond) == pytest.approx((1, 1))
    assert row.rho_runs == row.beyond_runs == 3


def test_the_reverse_order_has_minus_1():
    row = summary(study({("cka", "flat"): 0.5 - ZIGZAG}, ZIGZAG))
    assert (row.rho, row.tau, row.beyond, row.steps) == pytest.approx((-1, -1, -1, -1))


def test_spearman_and_kendall_by_hand():
    # ranks 1 2 3 4 against 2 1 4 3: 1 - 6 * 4 / (4 * 15), and (4 - 2) / 6 pairs
    x, y = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.2, 0.1, 9.0, 0.3])
    assert spearman(x, y) == pytest.approx(0.6)
    assert kendall(x, y) == pytest.approx(1 / 3)


def test_what_rises_with_the_iteration_alone_says_nothing_beyond_it():
    """The confound: a rank correlation of 1 that the number of the iteration has as well."""
    made = study({("cka", "flat"): BENT}, RISING)
    assert summary(made).rho == summary(made, rank.ITERATION).rho == pytest.approx(1)
    assert np.isnan(summary(made).beyond)
    assert summary(made).beyond_runs == 0


def test_two_drifts_with_independent_noise_correlate_but_not_beyond_the_iteration():
    rng = np.random.default_rng(0)
    drift = np.arange(200.0)
    x, y = drift + rng.normal(0, 20, 200), drift + rng.normal(0, 20, 200)
    assert spearman(x, y) > 0.8
    assert partial(x, y, drift) == pytest.approx(0, abs=0.15)


def test_a_common_deviation_from_the_drift_is_seen_beyond_the_iteration():
    rng = np.random.default_rng(0)
    drift, common = np.arange(200.0), rng.normal(0, 20, 200)
    assert partial(drift + common, drift + common + rng.normal(0, 1, 200), drift) > 0.9


def test_the_partial_correlation_is_that_of_the_textbook():
    rng = np.random.default_rng(0)
    x, y, z = rng.normal(size=(3, 12)) + np.linspace(0, 3, 12)
    r_xy, r_xz, r_yz = spearman(x, y), spearman(x, z), spearman(y, z)
    expected = (r_xy - r_xz * r_yz) / np.sqrt((1 - r_xz**2) * (1 - r_yz**2))
    assert partial(x, y, z) == pytest.approx(expected)


def test_equal_steps_have_equal_ranks_in_spite_of_rounding():
    """0.3 - 0.2 and 0.2 - 0.1 differ in the last digit."""
    assert np.isnan(steps(np.array([0.1, 0.2, 0.3, 0.4]), np.array([1.0, 3.0, 4.0, 9.0])))


@pytest.mark.parametrize("constant", ["metric", "target"])
def test_what_never_changes_gives_a_dash(constant):
    flat = np.full(8, 0.1)
    far, gap = (flat, ZIGZAG) if constant == "metric" else (ZIGZAG, flat)
    made = study({("cka", "flat"): far}, gap)
    row = summary(made)
    assert row[["rho", "tau", "beyond", "steps", "across"]].isna().all()
    table = rank.overview(made, "vgg_svhn", "gap")
    assert table.rows[1] == ("CKA, flat (paper)", *("-" for _ in range(5)), "0 of 0")
    assert "there is nothing to rank" in rank.finding(made, "vgg_svhn", "gap")
    assert rank.figure(made)._repr_html_()


def test_runs_of_the_same_iteration_are_compared_by_their_ranks():
    """Every run drifts; the run that has lost more is the one that differs more."""

    def shifted(run):
        return BENT + run[1] / 1000

    def reversed_shift(run):
        return RISING - run[1] / 1000

    assert summary(study({("cka", "flat"): shifted}, shifted)).across == pytest.approx(1)
    assert summary(study({("cka", "flat"): shifted}, reversed_shift)).across == pytest.approx(-1)
    assert np.isnan(summary(study({("cka", "flat"): BENT}, shifted)).across)


def test_the_drift_itself_does_not_count_between_runs():
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 1e-4, (2, 30, 8))
    runs = [(0, seed) for seed in range(30)]
    made = study(
        {("cka", "flat"): lambda run: BENT + noise[0, run[1]]},
        lambda run: RISING + noise[1, run[1]],
        runs=runs,
    )
    row = summary(made)
    assert row.rho > 0.99
    assert row.across == pytest.approx(0, abs=0.15)


def test_between_two_runs_nothing_is_said():
    made = study(
        {("cka", "flat"): lambda run: BENT + run[1] / 1000},
        lambda run: RISING + run[1] / 1000,
        runs=RUNS[:2],
    )
    assert np.isnan(summary(made).across)


def test_few_runs_have_lowest_and_highest_many_an_interval_of_the_mean():
    def gap(run):
        return ZIGZAG if run[1] % 2 else RISING

    few = summary(study({("cka", "flat"): RISING}, gap))
    low = spearman(RISING, ZIGZAG)
    assert (few.rho_low, few.rho_high) == pytest.approx((low, 1))
    assert few.rho == pytest.approx((2 + low) / 3)
    many = summary(study({("cka", "flat"): RISING}, gap, runs=[(0, seed) for seed in range(12)]))
    assert low < many.rho_low < many.rho < many.rho_high < 1


def test_the_gap_is_to_the_complete_network_of_the_same_train_seed():
    made = study({("cka", "flat"): RISING}, ZIGZAG, runs=[(0, 0), (1, 0)])
    better = (made.performance.train_seed == 1) & (made.performance.iteration == 0)
    rows = made.performance.assign(accuracy=made.performance.accuracy.mask(better, 0.85))
    changes = rank.changes(dataclasses.replace(made, performance=rows), "vgg_svhn", "gap")
    np.testing.assert_allclose(changes[0, 0], ZIGZAG, atol=1e-12)
    # a pruned network that is better than the complete one has a gap as well
    np.testing.assert_allclose(changes[1, 0], abs(ZIGZAG - 0.05), atol=1e-12)


def test_disagreement_is_that_of_the_classes_and_else_of_the_predictions():
    cells = {("cka", "flat"): ZIGZAG}
    none = study(cells, RISING)
    divergence = study(cells, RISING, outputs={"jensen_shannon": BENT})
    both = study(cells, RISING, outputs={"jensen_shannon": BENT, "agreement": ZIGZAG})
    for made, expected, name in (
        (divergence, BENT, "Jensen-Shannon divergence"),
        (both, ZIGZAG, "output disagreement"),
    ):
        changes = rank.changes(made, "vgg_svhn", "disagreement")
        np.testing.assert_allclose(changes[0, 1], expected, atol=1e-12)
        assert rank.heading(made, "vgg_svhn", "disagreement") == f"VGG_SVHN, {name}"
    assert rank.changes(none, "vgg_svhn", "disagreement").empty
    assert summary(both, target="disagreement").rho == pytest.approx(1)


def test_the_mean_is_over_the_hidden_layers():
    made = study({("cka", "flat"): ZIGZAG}, ZIGZAG)
    out = made.similarity.kind == "out"
    rows = made.similarity.assign(value=made.similarity.value.mask(out, 0.5))
    other = dataclasses.replace(made, similarity=rows)
    np.testing.assert_allclose(rank.dissimilarities(other, "vgg_svhn")["cka", "flat"][0, 0], ZIGZAG)
    assert summary(other).rho == pytest.approx(1)


def test_a_layer_that_is_undefined_once_counts_nowhere_in_that_run():
    """Otherwise the mean would jump where the layer leaves."""
    made = study({("cka", "flat"): ZIGZAG}, ZIGZAG)
    rows = made.similarity
    mine = (rows.layer == "conv1") & (rows.prune_seed == 1)
    values = rows.value.mask(mine, 0.2).mask(mine & (rows.iteration == 5))
    other = dataclasses.replace(made, similarity=rows.assign(value=values))
    found = rank.dissimilarities(other, "vgg_svhn")["cka", "flat"]
    np.testing.assert_allclose(found[0, 1], ZIGZAG)
    np.testing.assert_allclose(found[0, 0], ZIGZAG)


def test_one_layer_alone():
    made = study({("cka", "flat"): ZIGZAG}, ZIGZAG, outputs={"agreement": RISING})
    rows = made.similarity
    last = (rows.layer == "conv2") & (rows.metric == "cka")
    values = rows.value.mask(last, 0.5 + 0.1 * (1 - rows.value))
    other = dataclasses.replace(made, similarity=rows.assign(value=values))
    assert summary(other, where="conv1").rho == pytest.approx(1)
    assert summary(other, where="conv2").rho == pytest.approx(-1)
    table = rank.last_layer(other, "vgg_svhn")
    assert table.header == (
        "In conv2",
        "accuracy gap: Spearman",
        "accuracy gap: Beyond the iteration",
        "output disagreement: Spearman",
        "output disagreement: Beyond the iteration",
    )
    assert table.rows[1][:3] == ("CKA, flat (paper)", "\u22121.00", "\u22121.00")
    first, second = rank.numbers(other, "vgg_svhn", "gap").splitlines()[2:]
    assert first.split() == ["conv1", "-", "-", "-", "-", "1.00", "1.00", "-", "-"]
    assert second.split() == ["conv2", "-", "-", "-", "-", "-1.00", "-1.00", "-", "-"]


def test_a_layer_that_is_dead_throughout_has_dashes():
    made = study({("cka", "flat"): ZIGZAG}, ZIGZAG)
    dead = made.similarity.layer == "conv2"
    rows = made.similarity.assign(value=made.similarity.value.mask(dead))
    table = rank.last_layer(dataclasses.replace(made, similarity=rows), "vgg_svhn")
    assert table.rows[1] == ("CKA, flat (paper)", "-", "-")


def test_the_table_has_the_iteration_first_and_says_in_how_many_runs_it_is_beaten():
    def sometimes(run):
        return ZIGZAG if run[1] else RISING

    made = study({("cka", "flat"): sometimes, ("rsa", "gap"): ZIGZAG}, ZIGZAG)
    rows = rank.overview(made, "vgg_svhn", "gap").rows
    assert [row[0] for row in rows] == [
        "the iteration's number",
        "CKA, flat (paper)",
        "RSA, gap",
    ]
    assert rows[0][3:] == ("-", "-", "-", "0 of 3")
    assert rows[1][3] == "+1.00 (+1.00 to +1.00)"
    assert [row[-1] for row in rows[1:]] == ["2 of 3", "3 of 3"]


def test_the_finding_names_what_is_best_beyond_the_iteration():
    good, poor = BENT + ZIGZAG / 2, BENT + ZIGZAG[::-1]
    cells = {("cka", "flat"): good, ("nbs", "flat"): poor, ("svcca", "channels"): RISING}
    text = rank.finding(study(cells, RISING + ZIGZAG), "vgg_svhn", "gap")
    frame = rank.summary(study(cells, RISING + ZIGZAG), "vgg_svhn", "gap")
    assert text.startswith("**VGG_SVHN, accuracy gap.**")
    number = signed(frame.rho[rank.ITERATION])
    assert f"The iteration's number alone has {number}." in text
    assert frame.beyond[("cka", "flat")] > max(0, frame.beyond[("nbs", "flat")])
    assert "Beyond that number, CKA on *flat* follows it best" in text
    assert "2 of 3 combinations of metric and reshape can be judged there" in text
    assert "and for 1 the range lies above 0" in text


def test_where_all_rise_at_every_step_the_finding_says_that_nothing_can_be_judged():
    text = rank.finding(study({("cka", "flat"): BENT}, ZIGZAG), "vgg_svhn", "gap")
    assert "none of 1 combination of metric and reshape can be judged" in text
    assert "Step by step, CKA on *flat* follows it best" in text


def test_the_figure_has_a_row_for_each_metric_and_a_line_for_the_iteration():
    cells = {("svcca", "channels"): ZIGZAG, ("cka", "flat"): RISING}
    made = study(cells, ZIGZAG, outputs={"agreement": RISING})
    panels = rank.figure(made)
    assert list(panels.figures) == ["VGG_SVHN, accuracy gap", "VGG_SVHN, output disagreement"]
    axes = panels.figures["VGG_SVHN, accuracy gap"].axes[0]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["SVCCA, channels", "CKA, flat"]
    lines = {line.get_label(): line.get_xdata() for line in axes.lines}
    number = spearman(RISING, ZIGZAG)
    np.testing.assert_allclose(lines["rho"], [1, number])
    np.testing.assert_allclose(lines["beyond"], [1, np.nan])
    assert [line.get_xdata()[0] for line in axes.lines[2:]] == pytest.approx([0, number])
    label = panels.labels["VGG_SVHN, accuracy gap"]
    assert f"The iteration's number alone: {signed(number)}." in label
    assert panels._repr_html_() == rank.figure(made)._repr_html_()


def test_without_outputs_the_page_says_so():
    made = study({("cka", "flat"): ZIGZAG}, ZIGZAG)
    assert "how often pruned and complete networks disagree" in rank.statement(made)
    assert "`agreement`" in rank.statement(made)
    assert "Not measured" in rank.overview(made, "vgg_svhn", "disagreement")._repr_html_()
    assert rank.finding(made, "vgg_svhn", "disagreement").endswith("Not measured in this study.")
    assert rank.numbers(made, "vgg_svhn", "disagreement") == "Not measured in this study."
    assert len(rank.figure(made).figures) == 1
    assert len(rank.last_layer(made, "vgg_svhn").header) == 3


def test_the_page_runs_with_outputs_and_with_pairs_of_layers(tmp_path):
    """What `made_up` lacks is added here: pairs of layers, and two metrics of the outputs."""
    folder = write_results(tmp_path / "results", controls=["independent"], also=["gap"])
    whole = load_results(folder)
    file = folder / "similarity" / "vgg_svhn.parquet"
    rows = pd.read_parquet(file)
    out = rows[(rows.kind == "out") & (rows.metric == "cosine")]
    pd.concat([rows, out.assign(metric="agreement")]).to_parquet(file, index=False)
    pairs_of_layers(whole).to_parquet(folder / "identification.parquet", index=False)
    names = run_page("validity", folder)
    found = names["identification"].accuracies(names["study"], "vgg_svhn")
    assert (found.found == 1).all()
    assert rank.measured(names["study"], "vgg_svhn", "disagreement")
    assert not rank.measured(names["study"], "vgg16_bn", "disagreement")


def pairs_of_layers(results):
    """Every layer like itself by CKA, the more unlike another the further away it is."""
    layers = results.similarity[results.similarity.experiment == "vgg_svhn"]
    layers = layers[["layer", "kind", "depth"]].drop_duplicates()
    pairs = layers.merge(layers, how="cross", suffixes=("_x", "_y"))
    return pairs.assign(
        experiment="vgg_svhn_independent",
        train_seed=0,
        other_seed=1,
        metric="cka",
        reshape="flat",
        value=1 - abs(pairs.depth_x - pairs.depth_y) / 20,
    )
