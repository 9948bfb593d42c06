"""Readings in other ways, of made-up values: what was put in is found, and nothing else."""

import dataclasses
import itertools
import re
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from lib.report import robustness, robustness_figures
from lib.report.layerwise import layers
from lib.report.results import ResultsError
from lib.report.robustness_axes import AXES
from lib.report.robustness_conclusions import contrast, u
from lib.report.robustness_readings import read

from .made_up import run_page

CCA = [("mean_cca", "channels"), ("svcca", "channels"), ("pwcca", "channels")]
KERNELS = [("cka", "flat"), ("cka_debiased", "flat"), ("nbs", "flat")]
ALL = CCA + KERNELS
# A setting stands where its text would: sorting as text must not give the right order.
SETTINGS = {
    "images": (("10000", "500", "5000", "1000"), ALL),
    "draw": (("0", "1", "2"), ALL),
    "split": (("train", "test"), ALL),
    "threshold": (("0.9", "0.99", "0.999"), [("svcca", "channels")]),
    "mean": (("sum98", "plain"), CCA[:2]),
    "debiased": (("biased", "debiased"), [("cka", "flat"), ("cka", "gap")]),
    "precision": (("bfloat16", "float32", "float64"), ALL),
    "leading": (("0", "1", "10", "2"), [("cka", "flat"), ("nbs", "flat")]),
}
NULL = 0.2


def table(results, *, runs=((0, 0),), iterations=(1, 5)):
    """All axes of all networks; nothing moves but with the iteration.

    CCA has a "U" of 0.3 in the end, the others one of 0.1, and start 0.05 higher.
    """
    rows = []
    for experiment in results.experiments:
        order = layers(results, experiment)
        for (axis, (settings, pairs)), iteration in itertools.product(SETTINGS.items(), iterations):
            for setting, (metric, reshape), run in itertools.product(settings, pairs, runs):
                head = {"experiment": experiment, "train_seed": run[0], "prune_seed": run[1]}
                head |= {"iteration": iteration, "axis": axis, "setting": setting}
                head |= {"metric": metric, "reshape": reshape}
                top, deep = (0.9, 0.3) if reshape == "channels" else (0.95, 0.1)
                deep *= iteration / iterations[-1]
                rows += [
                    head
                    | {
                        "layer": layer,
                        "kind": kind,
                        "depth": depth,
                        "value": top - deep * (depth == len(order) // 2),
                        "null_mean": NULL if metric == "cka" else np.nan,
                    }
                    for depth, (layer, kind) in enumerate(order)
                ]
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def still(results):
    """A study of 5,000 of 10,000 test images, in which no reading moves."""
    known = results.provenance["experiments"]
    probe = {"probe_images": 5000, "test_images": 10_000}
    provenance = {
        **results.provenance,
        "experiments": {name: setting | probe for name, setting in known.items()},
    }
    return dataclasses.replace(results, provenance=provenance, robustness=table(results))


@pytest.fixture(scope="module")
def quiet(still):
    return read(still)


def moved(study, by, **where):
    """The study with a number added to some of its values."""
    rows = study.robustness
    chosen = np.logical_and.reduce([rows[column] == value for column, value in where.items()])
    return dataclasses.replace(study, robustness=rows.assign(value=rows.value + by * chosen))


def only(study, **where):
    """The study without the rows that differ from what is given."""
    rows = study.robustness
    chosen = np.logical_and.reduce([rows[column].isin(value) for column, value in where.items()])
    return dataclasses.replace(study, robustness=rows[chosen])


def reading(study, axis, metric, experiment="vgg16_bn", reshape=None):
    (found,) = [
        each
        for each in read(study).of(axis, experiment)
        if each.metric == metric and reshape in (None, each.reshape)
    ]
    return found


def test_what_does_not_move_gives_nothing(quiet):
    text = robustness.answers(quiet)
    assert text.count("A layer's value changes by 0.00 at most.") == len(AXES)
    assert text.count("the largest change is 0.00 (") == len(AXES)
    assert "not in" not in text
    for axis in AXES:
        assert {row[-5] for row in robustness.overview(quiet, axis).rows} == {"0.00"}
        assert "+" not in robustness.result(quiet, axis)


def test_one_moved_layer_is_found_with_its_size(still):
    where = {"axis": "images", "setting": "500", "metric": "pwcca", "layer": "conv3_1"}
    other = moved(still, 0.08, experiment="vgg_svhn", iteration=5, **where)
    found = reading(other, "images", "pwcca", "vgg_svhn")
    setting, layer, change = found.largest
    assert (setting, layer) == ("500", "conv3_1")
    assert change == pytest.approx(0.08)
    number = len(layers(other, "vgg_svhn")) - 1
    assert found.mean == ("500", pytest.approx(0.08 / number))
    text = robustness.answer(read(other), "images")
    assert "changes by 0.08 at most: PWCCA of VGG_SVHN at conv3_1, 0.60 with 5,000 images, " in text
    assert "0.68 with 500 images." in text


def test_the_output_does_not_count(still):
    other = moved(still, 0.05, axis="split", setting="train", layer="out")
    assert reading(other, "split", "cka").largest[2] == 0
    assert reading(other, "split", "cka").values.loc["train", "out"] == pytest.approx(1.0)


def test_changes_stand_beside_pruning_and_chance(still):
    """Pruning: 0.3 less in one layer, from a fifth of it, over the hidden layers."""
    other = moved(still, 0.03, axis="draw", setting="2", metric="svcca", iteration=5)
    other = moved(other, -0.2, axis="threshold", setting="0.9", iteration=5)
    number = len(layers(other, "vgg16_bn")) - 1
    found = reading(other, "threshold", "svcca")
    assert found.pruning == pytest.approx(0.24 / number)
    assert read(other).draws(found) == pytest.approx(0.03)
    text = robustness.answer(read(other), "threshold")
    assert "the largest change is 0.20 (SVCCA of VGG16_BN, threshold 0.9)" in text
    assert (
        f"pruning changes the same reading by {0.24 / number:.2f} from iteration 1 to 5 and "
        "another draw of images by 0.03 at most." in text
    )
    assert "another draw" not in robustness.answer(read(other), "draw")


def test_with_one_iteration_there_is_no_pruning_to_compare_with(still):
    other = only(still, iteration=[5])
    assert np.isnan(reading(other, "images", "cka").pruning)
    assert "iteration" not in robustness.answer(read(other), "images")
    assert {row[-2] for row in robustness.overview(read(other), "images").rows} == {"-"}


def test_settings_stand_in_the_order_of_their_numbers(quiet):
    for axis, metric, order in (
        ("images", "nbs", ["500", "1000", "5000", "10000"]),
        ("leading", "nbs", ["0", "1", "2", "10"]),
        ("threshold", "svcca", ["0.9", "0.99", "0.999"]),
        ("precision", "cka", ["float64", "float32", "bfloat16"]),
        ("split", "cka", ["test", "train"]),
        ("mean", "svcca", ["plain", "sum98"]),
    ):
        found = {each.metric: each.values for each in quiet.of(axis, "vgg16_bn")}
        assert list(found[metric].index) == order


def test_layers_stand_in_forward_order(still, quiet):
    for name in still.experiments:
        values = quiet.of("images", name)[0].values
        assert list(values.columns) == [layer for layer, _ in layers(still, name)]


@pytest.mark.parametrize(
    ("axis", "base"),
    [
        ("images", "5000"),
        ("draw", "0"),
        ("split", "test"),
        ("threshold", "0.99"),
        ("mean", "plain"),
        ("debiased", "biased"),
        ("precision", "float32"),
        ("leading", "0"),
    ],
)
def test_the_base_is_the_study_s_own_setting(axis, base, quiet):
    assert {each.base for each in quiet.of(axis, "vgg16_bn")} == {base}


def test_without_its_own_number_of_images_the_nearest_is_the_base(still):
    other = only(still, setting=["500", "1000", "10000"])
    assert reading(other, "images", "cka").base == "1000"


def test_without_its_base_a_named_setting_cannot_be_compared(still):
    other = only(still, setting=["float64", "bfloat16"])
    with pytest.raises(ResultsError, match="no 'float32' of precision of vgg16_bn.*make study"):
        read(other).of("precision", "vgg16_bn")


def test_an_unknown_axis_is_an_error_and_not_left_out(still):
    """Somebody measured it. To say nothing of it would look like a complete page."""
    rows = still.robustness
    other = dataclasses.replace(still, robustness=rows.assign(axis=rows.axis + "?"))
    with pytest.raises(ResultsError, match="robustness_axes.py"):
        read(other).of("images", "vgg16_bn")


@pytest.mark.parametrize(("axis", "setting"), [("images", "many"), ("split", "validation")])
def test_an_unknown_setting_is_an_error(still, axis, setting):
    rows = still.robustness
    wrong = rows.setting.mask((rows.axis == axis) & rows.setting.isin(["500", "train"]), setting)
    other = dataclasses.replace(still, robustness=rows.assign(setting=wrong))
    with pytest.raises(ResultsError, match=f"the setting '{setting}' of {axis}"):
        read(other).of(axis, "vgg16_bn")


def test_values_are_means_over_the_runs(still):
    rows = table(still, runs=((0, 0), (0, 1), (1, 0)))
    other = dataclasses.replace(still, robustness=rows)
    other = moved(other, 0.03, train_seed=1, axis="split", setting="train", iteration=5)
    assert reading(other, "split", "nbs").mean[1] == pytest.approx(0.01)
    assert "VGG16_BN: 3 pruning runs, after iterations 1 and 5." in robustness.statement(
        read(other)
    )


def test_a_u_remains_while_half_of_it_is_left(still):
    middle = "conv3_1"
    assert layers(still, "vgg_svhn")[6][0] == middle
    for by, kept in ((0.14, True), (0.16, False)):
        where = {"axis": "images", "setting": "500", "layer": middle, "metric": "svcca"}
        other = moved(still, by, experiment="vgg_svhn", iteration=5, **where)
        found = u(reading(other, "images", "svcca", "vgg_svhn"))
        assert found.values["5000"] == pytest.approx(0.3)
        assert found.values["500"] == pytest.approx(0.3 - by)
        assert found.remains == kept
        text = robustness.answer(read(other), "images")
        assert ("in 17 of 18 readings, not in SVCCA of VGG_SVHN." in text) != kept
        assert ("in all 18 readings where it can be seen." in text) == kept


def test_a_contrast_remains_with_its_sign_and_half_its_size(still, quiet):
    base = contrast(quiet, "images", "vgg16_bn")
    number = len(layers(still, "vgg16_bn")) - 1
    assert base.values["5000"] == pytest.approx(0.05 + 0.2 / number)
    for by, kept in ((-0.02, True), (-0.05, False), (-0.2, False)):
        where = {"axis": "images", "setting": "500", "metric": "cka", "iteration": 5}
        found = contrast(read(moved(still, by, **where)), "images", "vgg16_bn")
        assert found.there
        assert found.values["500"] - base.values["500"] == pytest.approx(by)
        assert found.remains == kept


def test_what_an_axis_does_not_vary_stands_as_in_the_base(still):
    other = moved(still, 0.02, axis="threshold", setting="0.9", iteration=5)
    threshold = contrast(read(other), "threshold", "vgg16_bn").values
    leading = contrast(
        read(moved(still, 0.02, axis="leading", setting="10")), "leading", "vgg16_bn"
    )
    assert threshold["0.9"] - threshold["0.99"] == pytest.approx(-0.02)
    assert leading.values["10"] - leading.values["0"] == pytest.approx(0.02)
    assert threshold["0.99"] == pytest.approx(leading.values["0"])


def test_there_is_no_contrast_without_the_other_metric(still):
    other = only(still, axis=["threshold"])
    assert contrast(read(other), "threshold", "vgg16_bn") is None
    assert contrast(read(other), "leading", "vgg16_bn") is None
    assert "too small to be seen, or was not measured" in robustness.answer(
        read(other), "threshold"
    )


def test_a_layer_that_is_undefined_in_one_setting_counts_in_none(still):
    """Else a mean would change because its layers do."""
    rows = still.robustness
    hole = (rows.axis == "leading") & (rows.setting == "10") & (rows.layer == "conv1_1")
    value = rows.value.mask(hole).where((rows.layer != "conv1_1"), rows.value - 0.5)
    other = dataclasses.replace(still, robustness=rows.assign(value=value.mask(hole)))
    found = reading(other, "leading", "cka", "vgg_svhn")
    assert "conv1_1" not in found.common
    assert found.depths["0"] == pytest.approx(0.1)
    assert "CKA +0.00" not in robustness.result(read(other), "leading")
    assert "CKA 0.00" in robustness.result(read(other), "leading")


def test_a_setting_in_which_nothing_is_defined_is_left_out(still):
    rows = still.robustness
    hole = (rows.axis == "images") & (rows.setting == "500") & (rows.metric == "svcca")
    other = dataclasses.replace(still, robustness=rows.assign(value=rows.value.mask(hole)))
    found = reading(other, "images", "svcca")
    assert list(found.common.index) == ["1000", "5000", "10000"]
    assert u(found).remains
    cell = {row[0]: row for row in robustness.overview(read(other), "images").rows}
    assert cell["VGG16_BN, SVCCA"][1] == "-"
    assert list(contrast(read(other), "images", "vgg16_bn").values.index) == [
        "1000",
        "5000",
        "10000",
    ]


def test_the_sentence_says_how_the_mean_goes_from_one_end_to_the_other(still):
    other = moved(still, -0.03, axis="images", setting="10000", metric="svcca", iteration=5)
    other = moved(other, 0.5, axis="images", setting="1000", metric="svcca", iteration=5)
    text = robustness.result(read(other), "images")
    assert "from 500 images to 10,000 images, mean CCA 0.00, SVCCA \u22120.03, PWCCA 0.00" in text
    assert "null" not in text
    rows = still.robustness
    low = rows.null_mean.mask((rows.axis == "images") & (rows.setting == "10000"), 0.03)
    other = dataclasses.replace(still, robustness=rows.assign(null_mean=low))
    text = robustness.result(read(other), "images")
    assert text.count("The null of CKA goes from 0.20 to 0.03.") == 3
    draw = moved(still, 0.04, axis="draw", setting="1", metric="nbs", iteration=5)
    text = robustness.result(read(draw), "draw")
    assert "Between the highest and the lowest of 3 draws" in text
    assert "NBS 0.04" in text
    assert "whole split" not in text


def test_draws_of_the_whole_split_are_no_draws(still):
    settings = still.provenance["experiments"]
    all_of_it = {name: each | {"probe_images": 10_000} for name, each in settings.items()}
    provenance = {**still.provenance, "experiments": all_of_it}
    other = dataclasses.replace(still, provenance=provenance)
    assert robustness.result(read(other), "draw").count("every draw has the same images") == 3


def test_the_table_gives_every_setting(still):
    other = moved(still, -0.25, axis="split", setting="train", metric="cka", iteration=5)
    found = robustness.overview(read(other), "split")
    assert found.header[1:3] == ("test images", "training images")
    assert len(found.rows) == 3 * len(ALL)
    row = {row[0]: row for row in found.rows}["ResNet_fast, CKA"]
    number = len(layers(other, "resnet_fast")) - 1
    assert row[1:3] == (f"{0.95 - 0.1 / number:.2f}", f"{0.70 - 0.1 / number:.2f}")
    assert row[3:5] == ("0.25", "\u22120.25")
    assert row[5].endswith(", training images")
    assert row[-1] == "0.00"


def test_reshapes_are_named_where_there_are_several(quiet):
    titles = [each.title for each in quiet.of("debiased", "vgg16_bn")]
    assert titles == ["CKA, flat", "CKA, gap"]
    titles = [each.title for each in quiet.of("images", "vgg16_bn")]
    assert titles == ["mean CCA", "SVCCA", "PWCCA", "CKA", "debiased CKA", "NBS"]


def test_the_conclusions_are_a_row_for_each_axis_and_network(still):
    other = moved(still, -0.1, axis="mean", setting="sum98", metric="svcca", layer="conv1_1")
    rows = {row[0]: row[1:] for row in robustness.conclusions(read(other)).rows}
    assert len(rows) == 3 * len(AXES)
    assert rows["Definition of the mean, VGG_SVHN"][0] == "0.30 (0.20 to 0.20)"
    assert rows["Definition of the mean, VGG_SVHN"][1] == "-"
    assert rows["Split of the probe images, VGG_SVHN"][:2] == (
        "0.30 (0.30 to 0.30)",
        "0.10 (0.10 to 0.10)",
    )


def test_a_panel_for_each_reading_a_line_for_each_setting(still):
    other = moved(still, -0.25, axis="images", setting="500", metric="nbs")
    found = {each.name: each.values for each in read(other).of("images")}
    grid = robustness_figures.figure(read(other), "images")
    assert list(grid.rows) == ["VGG16_BN", "VGG_SVHN", "ResNet_fast"]
    assert [len(titles) for titles in grid.rows.values()] == [len(ALL)] * 3
    for name, figure in grid.figures.items():
        (axes,) = figure.axes
        assert [line.get_label() for line in axes.lines] == ["500", "1000", "5000", "10000"]
        for line in axes.lines:
            np.testing.assert_allclose(line.get_ydata(), found[name].loc[line.get_label()])
    assert len({figure.axes[0].get_ylim() for figure in grid.figures.values()}) == 1
    assert "there 500 images has 0.70, the largest change." in grid.labels["NBS of VGG16_BN"]
    assert grid.legend.count("(base)") == 1
    assert "5,000 images (base)" in grid.legend


def test_a_value_below_0_is_drawn(still):
    other = moved(still, -1.0, axis="images", setting="500", metric="cka_debiased")
    figures = robustness_figures.figure(read(other), "images").figures
    low = min(line.get_ydata().min() for line in figures["debiased CKA of VGG16_BN"].axes[0].lines)
    assert figures["debiased CKA of VGG16_BN"].axes[0].get_ylim()[0] < low < 0


def test_the_figure_is_one_of_the_page(quiet):
    html = robustness_figures.figure(quiet, "threshold")._repr_html_()
    svgs = [ElementTree.fromstring(text) for text in re.findall(r"<svg xmlns.*?</svg>", html)]
    assert [svg.get("aria-label")[:5] for svg in svgs] == ["SVCCA"] * 3
    ids = [element.get("id") for svg in svgs for element in svg.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert html == robustness_figures.figure(quiet, "threshold")._repr_html_()
    ElementTree.fromstring(html)


def test_a_missing_network_leaves_its_place_to_a_sentence(still):
    other = only(still, experiment=["vgg16_bn"])
    html = robustness_figures.figure(read(other), "split")._repr_html_()
    assert html.count("Not measured in this study.") == 2
    text = robustness.result(read(other), "split")
    assert "- **VGG_SVHN.** Not measured in this study." in text
    assert "- VGG_SVHN: none." in robustness.statement(read(other))
    assert "only VGG" not in robustness.answer(read(other), "split")


def test_a_missing_axis_is_said(still, quiet):
    other = only(still, axis=[name for name in AXES if name != "leading"])
    assert robustness.answer(read(other), "leading").endswith("Not measured in this study.")
    assert "Not measured" in robustness_figures.figure(read(other), "leading")._repr_html_()
    assert "Not measured" in robustness.overview(read(other), "leading")._repr_html_()
    assert "- VGG_SVHN: without the leading components." in robustness.statement(read(other))
    assert "Not measured" not in robustness.statement(quiet)


def test_an_axis_with_one_setting_varies_nothing(still):
    other = only(still, setting=["test", "5000"])
    assert robustness.measured(read(other))["split"] == []
    assert robustness.measured(read(other))["images"] == []


def test_an_empty_table_says_what_to_run(results):
    assert results.robustness.empty
    text = robustness.statement(read(results))
    assert text.startswith("**Not measured in this study.** `make study PROFILE=laptop`")
    assert robustness.answers(read(results)) == "Not measured in this study."
    assert "Not measured" in robustness.conclusions(read(results))._repr_html_()


def test_the_page_runs_with_and_without_the_table(still, folder, tmp_path, monkeypatch):
    assert run_page("robustness", folder)["study"].robustness.empty
    for file in folder.iterdir():
        (tmp_path / file.name).symlink_to(file)
    (still.robustness).to_parquet(tmp_path / "robustness.parquet")
    names = run_page("robustness", tmp_path)
    assert len(names["study"].robustness) == len(still.robustness)
