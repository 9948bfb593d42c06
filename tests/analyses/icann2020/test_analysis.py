"""The tables and figures of the page on ICANN 2020, on made-up minima."""

from dataclasses import replace

import pytest

from lib.analyses.icann2020 import analysis
from lib.analyses.icann2020.tables import LANDSCAPE, POTENTIALS

from .minima import AT_ONCE, COMPLETE, GRADUAL, minima

STUDY = minima()


def test_sharpness_is_that_of_each_kind_of_networks():
    table = analysis.sharpness(STUDY)
    assert table.loc[("LeNet-5", "complete network"), "Eigenvalue"] == "5.0 \u00b1 0.0"
    row = table.loc["LeNet-5", "pruned at once"]
    assert row["Accuracy, %"].startswith(f"{90 + AT_ONCE['gain']:.1f}")
    assert row["Increase"] == "0.100 \u00b1 0.000"
    assert row["Left, %"] == pytest.approx(100 * 0.8**20)


def test_every_neuron_counts_alike():
    row = analysis.entropies(STUDY).loc["ResNet-32", "pruned gradually"]
    mean = GRADUAL["entropy"] * (10 * 1.2 + 90) / 100
    assert row["PSP-entropy, bits"].startswith(f"{mean + 1e-4:.3f}")
    null = GRADUAL["mixed"] * (10 * 1.2 + 90) / 100
    assert row["Null, bits"].startswith(f"{null:.3f}")


def test_information_is_what_the_null_exceeds():
    rows = analysis.potentials(STUDY).loc["LeNet-5", "complete network"]
    wanted = 1000 * (COMPLETE["mixed"] - COMPLETE["entropy"])
    assert rows[rows.layer == "large"].information.max() == pytest.approx(wanted)


def test_layers_after_sums_are_drawn_apart():
    table = STUDY.table(POTENTIALS)
    renamed = table.assign(layer=table.layer.where(table.depth > 0, "add1_1.relu"))
    parts = analysis.by_relu_layer(STUDY.having(POTENTIALS, renamed)).index.to_frame(index=False)
    of_resnet = parts[parts.Network.str.startswith("ResNet-32")]
    apart = {"ResNet-32, after sums": {0}, "ResNet-32, all other layers": {1}}
    assert of_resnet.groupby("Network").depth.agg(set).to_dict() == apart


def test_a_line_for_each_kind_of_networks():
    levels = analysis.by_relu_layer(STUDY).entropy
    shown = repr(analysis.lines_by_kind("entropies", levels, analysis.RELU_LAYER, "bits"))
    assert "LeNet-5. complete network: first 0.60, last 0.50; pruned gradually: " in shown


def test_retrainings_stand_beside_the_whole_training():
    settings = STUDY.provenance["experiments"]
    known = {name: setting | {"epochs": 8} for name, setting in settings.items()}
    study = replace(
        STUDY,
        performance=STUDY.performance.assign(epochs=2),
        provenance=STUDY.provenance | {"experiments": known},
    )
    assert analysis.retrainings(study).loc["LeNet-5"].tolist() == [2, 8]


def test_a_reading_needs_what_it_reads():
    poorer = STUDY.having(LANDSCAPE, LANDSCAPE.tidy()).having(POTENTIALS, POTENTIALS.tidy())
    assert all(reading.change(poorer) is None for reading in analysis.READINGS)
