"""The controls beside pruning: made-up ones are the same in every layer, so all means are known."""

import dataclasses

import numpy as np
import pytest

from lib.report import controls, layerwise
from lib.report.panels import inline_svg
from lib.report.results import load_results

from .made_up import CONTROLS, run_page, write_results

METRICS = ("svcca", "pwcca", "cka", "nbs")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """All four controls of VGG_SVHN."""
    folder = tmp_path_factory.mktemp("controls") / "results"
    return load_results(write_results(folder, controls=CONTROLS))


@pytest.fixture(scope="module")
def partial(tmp_path_factory):
    """One control of four."""
    folder = tmp_path_factory.mktemp("partial") / "results"
    return load_results(write_results(folder, controls=["trained_on"]))


def test_the_controls_are_found_by_name(study, partial, results):
    assert controls.measured(study, "vgg_svhn") == list(controls.CONTROLS)
    assert controls.measured(partial, "vgg_svhn") == ["trained_on"]
    assert controls.measured(study, "vgg16_bn") == []
    assert controls.measured(results, "vgg_svhn") == []


def test_what_is_missing_is_said_with_the_command_that_measures_it(study, partial, results):
    assert "Not measured here" not in controls.statement(study, "vgg_svhn")
    text = controls.statement(partial, "vgg_svhn")
    assert "Controls of VGG_SVHN: *trained again as often, never pruned*." in text
    assert "**Not measured here** for VGG_SVHN: *random masks" in text
    assert "vgg_svhn_untrained" in text
    assert "vgg_svhn_trained_on" not in text
    assert controls.statement(results, "vgg_svhn").count("*") > 8
    assert controls.findings(results, "vgg_svhn").startswith("Not measured here")


def test_a_line_is_the_mean_over_the_runs_after_the_last_iteration(study):
    values = study.similarity.value.where(
        (study.similarity.experiment != "vgg_svhn_random_masks")
        | (study.similarity.iteration == 5),
        0.1,
    )
    other = dataclasses.replace(study, similarity=study.similarity.assign(value=values))
    curves = controls.curves(other, "vgg_svhn", "cka")
    assert list(curves.index) == ["pruned", *controls.CONTROLS]
    assert list(curves.columns) == [name for name, _ in layerwise.layers(study, "vgg_svhn")]
    # two runs each, a hundredth apart; three pairs of independent networks
    for line, value in {
        "trained_on": 0.905,
        "random_masks": 0.605,
        "independent": 0.51,
        "untrained": 0.305,
    }.items():
        np.testing.assert_allclose(curves.loc[line], value)
    np.testing.assert_allclose(
        curves.loc["pruned"], layerwise.curves(study, "vgg_svhn", "cka").iloc[-1]
    )


def test_means_and_spreads_over_the_runs(study):
    frame = controls.means(study, "vgg_svhn")
    two = 0.01 / np.sqrt(2)  # deviations of half a hundredth, divisor 1
    for line, expected in {
        "trained_on": (0.905, two, 2),
        "independent": (0.51, 0.01, 3),
        "untrained": (0.305, two, 2),
    }.items():
        for metric in METRICS:
            row = frame.loc[(line, metric)]
            np.testing.assert_allclose(row[["mean", "sd", "runs"]].astype(float), expected)
    assert frame.loc[("null", "svcca"), "mean"] == pytest.approx(0.05)


def test_the_mean_is_over_the_hidden_layers(study):
    out = study.similarity.value.mask(study.similarity.kind == "out", 0.0)
    other = dataclasses.replace(study, similarity=study.similarity.assign(value=out))
    before, after = (controls.means(each, "vgg_svhn") for each in (study, other))
    np.testing.assert_allclose(before["mean"], after["mean"])


def test_one_line_for_each_control_in_each_panel(study):
    panels = controls.figure(study, "vgg_svhn")
    assert list(panels.figures) == ["SVCCA", "PWCCA", "CKA", "NBS"]
    for metric, figure in zip(METRICS, panels.figures.values(), strict=True):
        lines = {line.get_label(): line for line in figure.axes[0].lines}
        assert set(lines) == {"pruned", *controls.CONTROLS, "null"}
        for name, row in controls.curves(study, "vgg_svhn", metric).iterrows():
            np.testing.assert_allclose(lines[name].get_ydata(), row)
        np.testing.assert_allclose(
            lines["null"].get_ydata(), layerwise.null(study, "vgg_svhn", metric)["mean"]
        )
    assert len({figure.axes[0].get_ylim() for figure in panels.figures.values()}) == 1


def test_lines_differ_by_more_than_colour(study):
    lines = controls.figure(study, "vgg_svhn").figures["CKA"].axes[0].lines
    # what svg writes: the dashes in units of the line
    assert len({str(line._unscaled_dash_pattern) for line in lines}) == len(lines)


def test_all_is_in_the_legend_and_in_the_alt_text(study):
    panels = controls.figure(study, "vgg_svhn")
    for line in controls.LINES.values():
        assert line.about in panels.legend
        assert line.about in panels.labels["NBS"]
    assert "another complete network, trained independently 0.51" in panels.labels["CKA"]
    assert "null 0.30" in panels.labels["CKA"]


def test_without_controls_pruning_and_the_null_remain(results):
    panels = controls.figure(results, "vgg_svhn")
    lines = panels.figures["SVCCA"].axes[0].lines
    assert {line.get_label() for line in lines} == {"pruned", "null"}
    assert "untrained" not in panels.legend + repr(panels)


def test_the_table_has_a_row_for_each_control_even_if_it_is_missing(study, partial):
    table = controls.overview(study, "vgg_svhn")
    assert [row[-1] for row in table.rows] == ["2", "2", "2", "3", "2", "2"]
    assert table.rows[3][1:5] == ("0.51 \u00b1 0.01",) * 4
    missing = controls.overview(partial, "vgg_svhn").rows[2]
    assert missing[1:] == ("-", "-", "-", "-", "not measured here")


def test_a_single_run_has_no_spread(study):
    rows = study.similarity[(study.similarity.prune_seed == 0)]
    other = dataclasses.replace(study, similarity=rows)
    assert controls.overview(other, "vgg_svhn").rows[1][1] == "0.90"


def test_distances_are_compared_with_that_of_pruning(study):
    values = study.similarity.value.mask(study.similarity.experiment == "vgg_svhn", 0.81)
    other = dataclasses.replace(study, similarity=study.similarity.assign(value=values))
    first = controls.findings(other, "vgg_svhn").splitlines()[0]
    assert first.startswith("- **SVCCA.** Pruned: 0.19 away from 1.")
    assert "never pruned 0.09 (0.5 times)" in first  # 0.095 / 0.19
    assert "trained independently 0.49 (2.6 times)" in first
    same = dataclasses.replace(study, similarity=study.similarity.assign(value=1.0))
    assert "times" not in controls.findings(same, "vgg_svhn")


def test_accuracies_of_what_was_compared(study):
    frame = controls.accuracies(study, "vgg_svhn")
    assert frame["mean"]["complete"] == pytest.approx(0.96)
    assert frame["mean"]["untrained"] == pytest.approx(0.1)
    assert frame["mean"]["trained_on"] == pytest.approx(0.85)
    assert frame["remaining"]["random_masks"] == pytest.approx(0.8**5)
    assert frame["remaining"]["trained_on"] == 1
    # complete networks of three train seeds: 0.96, 0.94, 0.92
    assert frame["mean"]["independent"] == pytest.approx(0.94)
    assert frame["sd"]["independent"] == pytest.approx(0.02)
    assert list(frame.runs) == [1, 2, 2, 2, 3, 2]
    rows = controls.accuracy_table(study, "vgg_svhn").rows
    assert rows[0] == ("the complete network", "100 %", "96.0 %", "1")
    assert rows[4][2:] == ("94.0 \u00b1 2.0 %", "3")


def test_several_complete_networks_are_not_called_one(tmp_path):
    several = load_results(write_results(tmp_path, runs=[(0, 0), (0, 1), (1, 0)]))
    first = controls.accuracy_table(several, "vgg_svhn").rows[0]
    assert first == ("the complete networks", "100 %", "95.0 \u00b1 1.4 %", "2")


def test_a_control_that_is_missing_has_no_accuracy(results):
    rows = controls.accuracy_table(results, "vgg_svhn").rows
    assert [row[-1] for row in rows[2:]] == ["not measured here"] * 4


def test_the_numbers_are_those_of_the_figure(study):
    blocks = controls.numbers(study, "vgg_svhn").split("\n\n")
    assert [block.splitlines()[0] for block in blocks] == ["SVCCA", "PWCCA", "CKA", "NBS"]
    header, first, *_ = blocks[0].splitlines()[1:]
    assert header.split() == ["layer", "pruned", "on", "random", "indep", "untr", "null"]
    assert first.split()[2:] == ["0.905", "0.605", "0.510", "0.305", "0.050"]
    assert "random" not in controls.numbers(study, "vgg16_bn")


def test_the_figure_belongs_to_the_page(study):
    panels = controls.figure(study, "vgg_svhn")
    svg = inline_svg(panels.figures["CKA"], "x", panels.labels["CKA"], panels.colours)
    for line in controls.LINES.values():
        assert f"stroke: {line.style['color']}" not in svg
    assert len(svg) < 30_000


def test_the_page_runs_with_all_some_and_no_controls(study, partial, folder):
    for each in (study.folder, partial.folder, folder):
        assert len(run_page("controls", each)["study"].experiments) == 3
