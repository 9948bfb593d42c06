"""Dimension beside dissimilarity, with dimensions whose ranks are known."""

import dataclasses
import shutil

import numpy as np
import pandas as pd
import pytest

from lib.report import dimensions, layerwise
from lib.report.results import load_results

from .made_up import run_page, save_similarities, write_results

COLUMNS = ["id_x", "id_y", "pr_x", "pr_y"]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Every metric falls from layer to layer, every dimension rises or falls with the depth."""
    folder = tmp_path_factory.mktemp("dimensions") / "results"
    whole = load_results(write_results(folder, also=["channels"]))
    rows = whole.similarity
    return dataclasses.replace(
        whole,
        similarity=rows.assign(
            value=0.95 - 0.02 * rows.depth,
            id_x=(3.0 + rows.depth).where(rows.id_x.notna()),
            id_y=(2.0 + rows.depth + rows.prune_seed).where(rows.id_x.notna()),
            pr_x=40.0 - rows.depth,
            pr_y=20.0,
        ),
    )


def without_columns(study):
    return dataclasses.replace(study, similarity=study.similarity.drop(columns=COLUMNS))


def test_dimensions_are_those_of_whole_images_after_the_last_iteration(study):
    early = (study.similarity.iteration < 5) | (study.similarity.reshape != "flat")
    rows = study.similarity.assign(id_y=study.similarity.id_y.mask(early, 99.0))
    frame = dimensions.curves(dataclasses.replace(study, similarity=rows), "vgg_svhn")
    assert list(frame.index) == [name for name, _ in layerwise.layers(study, "vgg_svhn")]
    depth = np.arange(len(frame))
    np.testing.assert_allclose(frame.id_complete, 3 + depth)
    np.testing.assert_allclose(frame.id_pruned, 2.5 + depth)  # mean of two runs
    np.testing.assert_allclose(frame.pr_complete, 40 - depth)
    np.testing.assert_allclose(frame.pr_pruned, 20)


def test_one_panel_for_each_network_with_both_measures_of_both_networks(study):
    panels = dimensions.figure(study)
    assert list(panels.figures) == ["VGG16_BN", "VGG_SVHN", "ResNet_fast"]
    for experiment, figure in zip(study.experiments, panels.figures.values(), strict=True):
        axes = figure.axes[0]
        frame = dimensions.curves(study, experiment)
        assert [line.get_label() for line in axes.lines] == list(frame.columns)
        for line in axes.lines:
            np.testing.assert_allclose(line.get_ydata(), frame[line.get_label()])
        assert axes.get_ylim()[0] == 0
        assert len({(line.get_color(), line.get_linestyle()) for line in axes.lines}) == 4
    top = dimensions.curves(study, "vgg_svhn").id_complete.max()
    assert f"highest with {top:.1f} at out" in panels.labels["VGG_SVHN"]


def test_ranks_that_agree_and_ranks_that_are_reversed(study):
    frame = dimensions.correlations(study, "vgg16_bn")
    assert list(frame.index) == ["svcca", "cka", "nbs"]
    np.testing.assert_allclose(frame.id, 1)
    np.testing.assert_allclose(frame.pr, -1)
    np.testing.assert_allclose(frame.depth, 1)
    assert list(frame.layers) == [len(layerwise.hidden(study, "vgg16_bn"))] * 3


def test_the_output_layer_does_not_count(study):
    out = study.similarity.kind == "out"
    rows = study.similarity.assign(value=study.similarity.value.mask(out, 1.0))
    frame = dimensions.correlations(dataclasses.replace(study, similarity=rows), "vgg16_bn")
    np.testing.assert_allclose(frame.id, 1)


def test_the_table_gives_the_correlations(study):
    rows = dimensions.overview(study).rows
    assert len(rows) == 9
    layers = str(len(layerwise.hidden(study, "vgg16_bn")))
    assert rows[0] == ("VGG16_BN, SVCCA", "+1.00", "\u22121.00", "+1.00", layers)


def test_the_finding_says_when_the_place_does_as_well(study):
    assert dimensions.finding(study, "vgg_svhn").endswith(
        "For SVCCA, CKA and NBS, the mere place in the network correlates at least as strongly."
    )
    # dimension follows the dissimilarity, and neither follows the depth
    zigzag = (study.similarity.depth * 7) % 5
    rows = study.similarity.assign(value=0.9 - 0.1 * zigzag, id_x=1.0 + zigzag)
    other = dataclasses.replace(study, similarity=rows)
    text = dimensions.finding(other, "vgg_svhn")
    assert "SVCCA +1.00, CKA +1.00 and NBS +1.00" in text
    assert "mere place" not in text


def test_where_dimension_is_highest_and_metrics_are_lowest(study):
    names = layerwise.hidden(study, "vgg_svhn")
    peak = (study.similarity.layer == names[3]) & study.similarity.id_x.notna()
    low = (study.similarity.layer == names[5]) & (study.similarity.metric == "nbs")
    rows = study.similarity.assign(
        id_x=study.similarity.id_x.mask(peak, 50.0), value=study.similarity.value.mask(low, 0.1)
    )
    table = dimensions.peaks(dataclasses.replace(study, similarity=rows))
    last = f"{names[-1]} (+{len(names) - 4})"
    assert table.rows[1] == ("VGG_SVHN", f"{names[3]}: 50.0", last, last, f"{names[5]} (+2)")


def test_numbers_of_every_layer(study):
    header, first, *_ = dimensions.numbers(study, "vgg_svhn").splitlines()
    assert header.split() == (
        ["layer", "ID", "ID", "pruned", "PR", "PR", "pruned", "1-SVCCA", "1-CKA", "1-NBS"]
    )
    assert first.split()[1:] == ["3.00", "2.50", "40.00", "20.00", "0.05", "0.05", "0.05"]


def test_results_without_dimensions_say_so(study):
    old = without_columns(study)
    assert not dimensions.measured(old, "vgg16_bn")
    assert dimensions.measured(study, "vgg16_bn")
    assert "Not measured here" not in dimensions.statement(study)
    assert "dimensions of VGG16_BN, VGG_SVHN and ResNet_fast" in dimensions.statement(old)
    panels = dimensions.figure(old)
    assert all(not figure.axes[0].lines for figure in panels.figures.values())
    assert "dimension" not in panels.legend
    assert all("not measured here" in label for label in panels.labels.values())
    assert {row[1:] for row in dimensions.overview(old).rows} == {("-", "-", "+1.00", "0")}
    assert {row[1] for row in dimensions.peaks(old).rows} == {"not measured here"}
    assert dimensions.finding(old, "vgg16_bn") == "**VGG16_BN.** Not measured here."
    assert dimensions.numbers(old, "vgg16_bn").splitlines()[1].split()[1:5] == ["-"] * 4
    assert panels._repr_html_()


def test_results_with_the_participation_ratio_alone_show_it(study):
    rows = study.similarity.assign(id_x=np.nan, id_y=np.nan)
    panels = dimensions.figure(dataclasses.replace(study, similarity=rows))
    lines = panels.figures["VGG_SVHN"].axes[0].lines
    assert [line.get_label() for line in lines] == ["pr_complete", "pr_pruned"]
    assert "intrinsic" not in panels.legend
    assert "participation ratio of the complete network is 40.0" in panels.labels["VGG_SVHN"]
    assert "Intrinsic dimensions were not measured here." in panels.labels["VGG_SVHN"]


def test_the_page_runs_with_and_without_dimensions(folder, tmp_path):
    assert dimensions.measured(run_page("dimensions", folder)["study"], "vgg16_bn")
    old = shutil.copytree(folder, tmp_path / "old")
    save_similarities(old, pd.read_parquet(old / "similarity").drop(columns=COLUMNS))
    assert not dimensions.measured(run_page("dimensions", old)["study"], "vgg16_bn")
