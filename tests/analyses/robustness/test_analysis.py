"""Other readings of made-up values: what was put in is found, and nothing else."""

import dataclasses
import itertools

import numpy as np
import pandas as pd
import pytest

from lib.analyses.robustness.analysis import AXES as CHOICES
from lib.analyses.robustness.analysis import (
    READING,
    cka_minus_svcca,
    common,
    moves,
    readings,
    robustness_decided,
    u_depth_by_setting,
)
from lib.analyses.robustness.overviews import again, changes_in_short
from lib.analyses.robustness.tables import ROBUSTNESS
from lib.book.report.results import ResultsError
from lib.book.report.values import layers

CCA = [("mean_cca", "channels"), ("svcca", "channels"), ("pwcca", "channels")]
KERNELS = [("cka", "flat"), ("cka_debiased", "flat"), ("nbs", "flat")]
ALL = CCA + KERNELS
# Neither this order nor that of the texts is always the right one: it has to be that of the values.
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
    """All axes of all networks; values depend on the iteration, and on no setting.

    CCA has a "U" of 0.3 at the end, the others one of 0.1, and start 0.05 higher.
    """
    rows = []
    for experiment in results.experiments:
        order = layers(results, experiment)
        for (axis, (settings, pairs)), iteration in itertools.product(SETTINGS.items(), iterations):
            for setting, (metric, reshape), run in itertools.product(settings, pairs, runs):
                head = {"experiment": experiment, "train_seed": run[0], "run_seed": run[1]}
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
    """A study of 5,000 of 10,000 test images, in which no setting changes a value."""
    known = results.provenance["experiments"]
    probe = {"probe_images": 5000, "test_images": 10_000}
    provenance = {
        **results.provenance,
        "experiments": {name: setting | probe for name, setting in known.items()},
    }
    return dataclasses.replace(results, provenance=provenance).having(ROBUSTNESS, table(results))


def of_axes(study, *axes):
    """The study, on its rows of some axes alone."""
    return only(study, axis=axes)


def moved(study, by, **where):
    """The study with a number added to some of its values."""
    rows = study.table(ROBUSTNESS)
    chosen = np.logical_and.reduce([rows[column] == value for column, value in where.items()])
    return study.having(ROBUSTNESS, rows.assign(value=rows.value + by * chosen))


def only(study, **where):
    """The study without the rows that differ from what is given."""
    rows = study.table(ROBUSTNESS)
    chosen = np.logical_and.reduce([rows[column].isin(value) for column, value in where.items()])
    return study.having(ROBUSTNESS, rows[chosen])


def key(axis, metric, experiment="vgg16_bn"):
    reshape = dict(CCA + KERNELS)[metric]
    return experiment, axis, metric, reshape


def remains(study, axis, what):
    return changes_in_short(study).loc[CHOICES[axis].title, what]


def reading(rows, found):
    """The rows of one reading."""
    return rows.set_index(READING).loc[[found]].reset_index()


def test_one_moved_layer_is_found_with_its_size(still):
    where = {"axis": "images", "setting": "500", "metric": "pwcca", "layer": "conv3_1"}
    found_in = of_axes(moved(still, 0.08, experiment="vgg_svhn", iteration=5, **where), "images")
    row = moves(found_in).loc[key("images", "pwcca", "vgg_svhn"), :]
    assert (row.layer, row.setting) == ("conv3_1", "500")
    assert row.change == pytest.approx(0.08)
    assert row["mean"] == pytest.approx(0.08 / (len(layers(still, "vgg_svhn")) - 1))
    assert remains(found_in, "images", "One layer") == "0.08: PWCCA of VGG_SVHN at conv3_1"


def test_without_its_own_setting_the_nearest_number_is_the_base_and_a_name_is_an_error(still):
    found_in = of_axes(only(still, setting=["500", "1000", "10000"]), "images")
    assert set(reading(readings(found_in), key("images", "cka")).base) == {"1000"}
    with pytest.raises(ResultsError, match="no float32 of precision of"):
        readings(of_axes(only(still, setting=["float64", "bfloat16"]), "precision"))


def test_an_unknown_axis_or_setting_is_an_error_and_not_left_out(still):
    """It was measured, so what left it out would only look complete."""
    rows = still.table(ROBUSTNESS)
    with pytest.raises(ResultsError, match="add it to AXES"):
        readings(still.having(ROBUSTNESS, rows.assign(axis=rows.axis + "?")))
    for setting in ("many", "validation"):
        wrong = rows.setting.mask(rows.setting.isin(["500", "train"]), setting)
        with pytest.raises(ValueError, match=setting):
            readings(still.having(ROBUSTNESS, rows.assign(setting=wrong)))


def test_values_are_means_over_the_runs(still):
    rows = table(still, runs=((0, 0), (0, 1), (1, 0)))
    other = still.having(ROBUSTNESS, rows)
    other = moved(other, 0.03, train_seed=1, axis="split", setting="train", iteration=5)
    found_in = of_axes(other, "split")
    assert moves(found_in)["mean"][key("split", "nbs")] == pytest.approx(0.01)
    assert again(found_in).loc["VGG16_BN", "Pruning runs"] == "3"


@pytest.mark.parametrize(("by", "kept"), [(0.14, True), (0.16, False)])
def test_a_u_remains_while_half_of_it_is_left(by, kept, still):
    where = {"axis": "images", "setting": "500", "layer": "conv3_1", "metric": "svcca"}
    found_in = of_axes(moved(still, by, experiment="vgg_svhn", iteration=5, **where), "images")
    depths, _ = u_depth_by_setting(reading(common(found_in), key("images", "svcca", "vgg_svhn")))
    assert depths[["5000", "500"]].tolist() == pytest.approx([0.3, 0.3 - by])
    expected = "18 of 18" if kept else "17 of 18, not SVCCA of VGG_SVHN"
    assert remains(found_in, "images", 'The "U" remains') == expected


@pytest.mark.parametrize(("by", "kept"), [(-0.02, True), (-0.05, False), (-0.2, False)])
def test_a_contrast_remains_with_its_sign_and_half_its_size(by, kept, still):
    base = cka_minus_svcca(still, "images", "vgg16_bn")[0]["5000"]
    assert base == pytest.approx(0.05 + 0.2 / (len(layers(still, "vgg16_bn")) - 1))
    other = moved(still, by, axis="images", setting="500", metric="cka", iteration=5)
    found_in = of_axes(other, "images")
    assert cka_minus_svcca(found_in, "images", "vgg16_bn")[0]["500"] - base == pytest.approx(by)
    text = remains(found_in, "images", "CKA minus SVCCA remains")
    assert ("VGG16_BN" not in text) == kept


def test_a_layer_that_is_undefined_in_one_setting_counts_in_none(still):
    """Otherwise a mean would change because its layers do."""
    rows = still.table(ROBUSTNESS)
    hole = (rows.axis == "leading") & (rows.setting == "10") & (rows.layer == "conv1_1")
    value = rows.value.where((rows.layer != "conv1_1"), rows.value - 0.5).mask(hole)
    found_in = of_axes(still.having(ROBUSTNESS, rows.assign(value=value)), "leading")
    found = reading(common(found_in), key("leading", "cka", "vgg_svhn"))
    assert "conv1_1" not in set(found.layer)
    assert u_depth_by_setting(found)[0]["0"] == pytest.approx(0.1)
    means = found.groupby("setting").value.mean()
    assert means["0"] == pytest.approx(means["10"])


def test_a_choice_is_decided_by_the_paper_s_metrics_on_average_over_the_layers(still):
    assert {one.verdict for one in robustness_decided(still)} == {"holds"}
    one_layer = moved(still, 0.1, axis="split", setting="train", layer="conv1_1", metric="cka")
    every = moved(still, -0.2, axis="split", setting="train", metric="cka", experiment="vgg16_bn")
    found = [{d.key: d.verdict for d in robustness_decided(study)} for study in (one_layer, every)]
    assert [of["robustness-moves-split"] for of in found] == ["holds", "does not hold"]
    assert [of["robustness-contrast-split"] for of in found] == ["holds", "does not hold"]
    assert found[1]["robustness-moves-draw"] == "holds"
    nothing = only(still, axis=[])
    assert {one.verdict for one in robustness_decided(nothing)} == {"not measured"}
