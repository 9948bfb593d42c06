"""What the chapters of the companion papers say of a made-up study."""

import dataclasses

import pytest

from lib.report import collapse, minima, sparse_networks, subsets
from lib.report.results import load_results
from lib.study.companions import CHAPTERS

from .made_up_chapters import write_chapter


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("chapters")
    return {chapter: write_chapter(root / chapter, chapter) for chapter in CHAPTERS}


@pytest.fixture(scope="module")
def studies(folders):
    return {chapter: load_results(folder) for chapter, folder in folders.items()}


def without(study, *experiments):
    """The same study, which never ran some of its experiments."""
    tables = {}
    for name in ("similarity", "performance", "landscape", "potentials", "regions"):
        rows = getattr(study, name)
        tables[name] = rows[~rows.experiment.isin(experiments)]
    known = study.provenance["experiments"]
    known = {name: said for name, said in known.items() if name not in experiments}
    return dataclasses.replace(
        study, **tables, provenance=study.provenance | {"experiments": known}
    )


def test_each_task_has_a_panel_and_a_row(studies):
    assert list(subsets.panels("svcca").values()) == [(name, "svcca") for name in subsets.SUBSETS]
    rows = subsets.overview(studies["icpram2020"]).rows
    assert [row[0] for row in rows] == [*subsets.SUBSETS.values(), "all ten, rate rewound"]
    study = studies["icpram2020"]
    last = study.similarities("conv4_two")
    last = last[(last.metric == "svcca") & (last.iteration == last.iteration.max())]
    first = last[last.layer == "conv1_1"].value.mean()
    assert rows[0][3] == f"{first:.2f}"


def test_controls_that_were_not_run_are_dashes(studies):
    study = studies["icpram2020"]
    rows = subsets.controls(without(study, "conv4_untrained")).rows
    found = {row[0]: row[1:] for row in rows}
    assert found["never trained"] == ("-",) * 4
    assert "-" not in found["complete, of other seeds"]


def test_the_two_ways_of_rewinding_are_compared_layer_by_layer(studies):
    lines = subsets.finding(studies["icpram2020"]).splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("- SVCCA: mean over the hidden layers 0.")
    assert "furthest apart at " in lines[0]


def test_sparse_networks_are_read_at_the_level_of_half_of_the_iterations(studies):
    study = studies["wacv2020"]
    curve = sparse_networks.curve(study, "conv4", "", "svcca")
    rows = study.similarities("conv4")
    rows = rows[(rows.metric == "svcca") & (rows.iteration == 2)]  # of 4
    assert curve["conv2_1"] == pytest.approx(rows[rows.layer == "conv2_1"].value.mean())
    rows = {row[0]: row for row in sparse_networks.overview(study).rows}
    assert rows["Conv-4, pruned by magnitude"][1] == "64 %"
    assert rows["Conv-4, another complete network"][1] == "100 %"


def test_what_the_structure_is_worth(studies):
    study = studies["wacv2020"]
    rows = study.performance
    again = rows.experiment == "conv4_masks_again"
    other = dataclasses.replace(
        study, performance=rows.assign(accuracy=rows.accuracy.mask(again, 0.99))
    )
    first = sparse_networks.finding(other).splitlines()[0]
    random = rows[(rows.experiment == "conv4_random_at_init") & (rows.iteration == 1)]
    assert f"by +{100 * (0.99 - random.accuracy).mean():.1f} \u00b1" in first
    absent = sparse_networks.finding(without(study, "resnet32_masks_again"))
    assert absent.endswith("- ResNet-32: not measured here.")


def test_minima_are_those_of_the_most_pruned_networks(studies):
    rows = {row[0]: row for row in minima.overview(studies["icann2020"]).rows}
    assert rows["LeNet-5, complete network"][4] == "10.0"
    assert rows["LeNet-5, pruned gradually"][4] == "14.0 \u00b1 0.0"
    assert rows["LeNet-5, pruned at once"][4] == "11.0 \u00b1 0.0"
    assert rows["LeNet-5, pruned at once"][6] == "0.020 \u00b1 0.000"


def test_lines_of_what_was_measured_only(studies):
    study = without(studies["icann2020"], "lenet5_one_shot_long")
    lines = minima.along(study).figures["LeNet-5"].axes[0].lines
    labels = [line.get_label() for line in lines if not line.get_label().startswith("_")]
    assert labels == ["complete network", "pruned gradually", "pruned at once"]
    assert "pruned at once, trained as long" not in minima.entropies(study).labels["LeNet-5"]
    assert list(minima.along(without(study, "lenet5", "lenet5_one_shot")).figures) == ["ResNet-32"]


def test_similarity_beyond_chance_is_that_of_the_hidden_layers_above_the_null(studies):
    study = studies["wacv2020"]
    rows = {row[0]: row for row in sparse_networks.beyond_chance(study).rows}
    found = study.similarities("conv4_masks_again")
    found = found[(found.metric == "svcca") & (found.iteration == 1) & (found.kind != "out")]
    means = found.groupby("layer")[["value", "null_mean"]].mean()
    beyond = (means.value - means.null_mean) / (1 - means.null_mean)
    wanted = [f"{x.mean():.2f}" for x in (means.value, means.null_mean, beyond.clip(lower=0))]
    assert list(rows["Conv-4, the same masks, new random values"][1:4]) == wanted
    assert len(rows) == 12


def test_pruned_before_training_stand_beside_the_complete_network(studies):
    study = studies["at_init"]
    rows = collapse.similarities(study).rows
    assert [row[0] for row in rows] == ["SynFlow"] * 5 + ["magnitude"] * 5 + ["random"] * 5
    found = study.similarities("vgg_svhn_synflow_to_collapse")
    first = found[(found.metric == "cka") & (found.iteration == 1) & (found.kind != "out")]
    assert rows[0][4] == f"{first.groupby('layer').value.mean().mean():.2f}"
    # the made-up layers are empty from the fourth level on
    assert rows[3][2:] == rows[4][2:] == ("-",) * 4
    whole = collapse.overview(study).rows[0]
    assert whole[:3] == ("complete network", "100 %", "96.0 %")


def test_collapse_tells_empty_layers_and_lower_bounds(studies):
    rows = collapse.overview(studies["at_init"]).rows
    synflow = [row for row in rows if row[0] == "SynFlow"]
    assert [row[1] for row in synflow] == ["10 %", "3.0 %", "1.0 %", "0.3 %", "0.1 %"]
    assert [row[3] for row in synflow] == ["0.0", "0.0", "0.0", "1.0", "1.0"]
    assert synflow[0][4] == "at least 450"
    assert [row[0] for row in rows].count("complete network") == 1
    study = studies["at_init"]
    assert collapse.counted(study).startswith("Of 2 lines, 50 % was looked at")
    whole = dataclasses.replace(study, regions=study.regions.assign(share=1.0))
    assert collapse.counted(whole) == "All of 2 lines was looked at."
    none = dataclasses.replace(study, regions=study.regions.iloc[:0])
    assert collapse.counted(none) == "Linear regions were not counted here."
    panels = collapse.figure(studies["at_init"])
    assert list(panels.figures) == ["Accuracy", "Linear regions"]
    line = panels.figures["Linear regions"].axes[0].lines[0]
    assert line.get_ydata().tolist() == [450, 300, 225, 180, 150]


def test_whether_regions_go_along_with_accuracy(studies):
    study = studies["at_init"]
    lines = collapse.along(study).splitlines()
    assert len(lines) == 3 + 5
    assert all("is +1.00." in line for line in lines[:3])
    rows = study.regions
    few = rows.experiment.str.contains("synflow") & (rows.iteration == 3)
    study = dataclasses.replace(study, regions=rows.assign(regions=rows.regions.mask(few, 5.0)))
    performance = study.performance
    good = performance.experiment.str.contains("synflow") & (performance.iteration == 3)
    accuracy = performance.accuracy.mask(good, 0.99)
    study = dataclasses.replace(study, performance=performance.assign(accuracy=accuracy))
    at = collapse.along(study).splitlines()[3 + 2]
    assert "most accurate: SynFlow (5, 99.0 %)" in at
    assert "most regions: magnitude (225, " in at
    none = dataclasses.replace(study, regions=study.regions.iloc[:0])
    assert collapse.along(none) == "Linear regions were not counted here."
