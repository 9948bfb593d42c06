"""The lines of the explorer and the chart that draws them."""

import pytest

from lib.analyses.explorer.analysis import (
    OWN_SCALE,
    PAPERS_WIDTH,
    PRUNED_LINE,
    SHUFFLED_HIGHEST,
    SHUFFLED_IMAGES,
    TRAINED_INDEPENDENTLY,
    line_counts,
    lines_of,
)
from lib.analyses.explorer.chart import explorer, html
from lib.book.report.results import load_results, results_if_any

from ...book.report.made_up import write_results


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("explorer") / "results"
    runs = [(0, 0), (1, 0), (2, 0)]
    return load_results(write_results(folder, runs=runs, controls=["independent"]))


@pytest.fixture(scope="module")
def lines(study):
    return lines_of(study, OWN_SCALE)


def line_of(lines, **chosen):
    [found] = [line for line in lines if chosen.items() <= line.items()]
    return found


def test_a_line_has_the_mean_over_networks_and_pruned_ones_its_interval(study, lines):
    chosen = {"network": "VGG_SVHN", "metric": "CKA", "matrix": "images x all outputs"}
    found = line_of(lines, line=PRUNED_LINE, **chosen)
    rows = study.similarity
    rows = rows[(rows.experiment == "vgg_svhn") & (rows.metric == "cka")]
    last = rows[(rows.iteration == rows.iteration.max()) & (rows.layer == found["layer"][0])]
    assert found["value"][-1][0] == pytest.approx(last.value.mean(), abs=6e-4)
    assert found["low"][-1][0] < found["value"][-1][0] < found["high"][-1][0]
    control = line_of(lines, line=TRAINED_INDEPENDENTLY, **chosen)
    assert control["iteration"] == [0]
    assert control["low"] == [[]]
    assert line_of(lines, line=SHUFFLED_IMAGES, **chosen)["value"][0][0] == pytest.approx(0.3)
    assert line_of(lines, line=SHUFFLED_HIGHEST, **chosen)["value"][0][0] == pytest.approx(0.3)


def test_lines_are_counted(lines):
    found = line_counts(lines)
    assert found.loc[("VGG_SVHN", OWN_SCALE), TRAINED_INDEPENDENTLY] > 0
    assert found.loc[("VGG16_BN", OWN_SCALE), TRAINED_INDEPENDENTLY] == 0


def test_no_study_has_no_lines(tmp_path):
    assert lines_of(results_if_any(tmp_path / "none"), PAPERS_WIDTH) == []


def test_the_chart_offers_what_there_is_and_each_metric_on_the_papers_matrix(lines):
    spec = explorer(lines)
    lists = {p["name"]: p["bind"]["options"] for p in spec["params"] if "options" in p["bind"]}
    assert lists["Network"] == ["VGG16_BN", "VGG_SVHN", "ResNet_fast"]
    assert lists["Scale"] == [OWN_SCALE]
    matrix = spec["usermeta"]["matrix"]
    assert matrix["SVCCA"] != matrix["CKA"]
    assert all(matrix[metric] in lists["Matrix"] for metric in lists["Metric"])
    [data] = spec["datasets"].values()
    assert data == lines


def test_only_points_with_an_interval_name_its_ends(lines):
    tooltips = [
        [field["field"] for field in layer["encoding"]["tooltip"]]
        for layer in explorer(lines)["layer"]
        if "tooltip" in layer["encoding"]
    ]
    without, within = tooltips
    assert "low" not in without
    assert within[-2:] == ["low", "high"]


def test_no_text_of_a_study_can_end_the_script():
    shown = html({"title": "</script><script>alert(1)</script>"})
    assert shown.count("</script>") == 1
