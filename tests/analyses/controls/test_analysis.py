"""The controls of pruning: made-up ones are equal in every layer, so that all means are known."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from lib.analyses.controls import nearer_layers
from lib.analyses.controls.analysis import (
    IMAGES_SHUFFLED,
    INDEPENDENTLY,
    PRUNED,
    accuracies,
    all_layers,
    differences,
    draw,
    lines_of,
    means,
    of_all_networks,
    over_hidden_layers,
    shares,
)
from lib.book.report.results import load_results

from ...book.report.made_up import CONTROLS, write_results

CONTROL_LINES = {
    "trained as long, never pruned": 0.905,
    "random masks, as sparse in each layer": 0.605,
    "another complete network, trained independently": 0.51,
    "a network that was never trained": 0.305,
}
"""Line of the figure -> mean over its runs, which are a hundredth apart."""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """VGG_SVHN has all four controls."""
    folder = tmp_path_factory.mktemp("controls") / "results"
    return load_results(write_results(folder, controls=CONTROLS))


def with_values(study, change):
    """The study with other similarities."""
    rows = study.similarity
    return dataclasses.replace(study, similarity=rows.assign(value=change(rows)))


def test_tables_have_a_place_for_all_some_and_no_controls(study, results, tmp_path):
    some = load_results(write_results(tmp_path, controls=["trained_as_long"]))
    assert list(lines_of(study, "vgg_svhn")) == [PRUNED, *CONTROL_LINES]
    assert list(lines_of(some, "vgg_svhn")) == [PRUNED, *list(CONTROL_LINES)[:1]]
    assert list(lines_of(results, "vgg_svhn")) == [PRUNED]
    missing = means(some, "vgg_svhn").rows[2]
    assert missing[1:] == ("-", "-", "-", "-", "not measured here")
    assert accuracies(results, "vgg_svhn").rows[-1][1:] == ("-", "-", "not measured here")
    assert "trained as long, never pruned" in draw(some, "vgg_svhn")._repr_html_()
    assert [row[0] for row in differences(study, "vgg_svhn").rows] == list(CONTROL_LINES)


def test_the_means_are_over_runs_after_the_last_iteration_and_hidden_layers(study):
    """Neither the output layer nor earlier iterations count."""
    other = with_values(
        study,
        lambda rows: rows.value.mask(rows.kind == "out", 0.0).mask(
            (rows.experiment == "vgg_svhn_random_masks") & (rows.iteration < 5), 0.1
        ),
    )
    for each in (study, other):
        found = over_hidden_layers(each, "vgg_svhn").groupby(level=["line", "metric"]).mean()
        for line, value in CONTROL_LINES.items():
            np.testing.assert_allclose(found[line], value)
        assert found[IMAGES_SHUFFLED, "svcca"] == pytest.approx(0.05)


def test_shares_of_the_way_from_the_null_to_independent_networks(study, results):
    of = {"vgg_svhn": 0.81, "vgg_svhn_independent": 0.51, "vgg_svhn_untrained": 0.05}
    other = with_values(study, lambda rows: rows.experiment.map(of).fillna(rows.value))
    rows = {row[0]: row[1:] for row in shares(other, "vgg_svhn").rows}
    assert set(rows) == {PRUNED, *CONTROL_LINES} - {INDEPENDENTLY}
    # the null is 0.05; with one pruned network there is no interval
    assert rows[PRUNED][0] == "1.65"  # 0.76 / 0.46
    assert rows["a network that was never trained"][0] == "0.00"
    none = shares(results, "vgg_svhn")
    assert none._repr_html_() == "<p>No independent networks were compared here.</p>"


def test_one_table_has_the_rows_of_all_networks(study):
    both = of_all_networks(study, means)
    assert both.header == ("Network", *means(study, "vgg_svhn").header)
    of_one = [row[1:] for row in both.rows if row[0] == study.network("vgg_svhn")]
    assert of_one == list(means(study, "vgg_svhn").rows)
    assert {row[0] for row in both.rows} == {study.network(name) for name in study.experiments}
    layers = all_layers(study)
    assert not layers.duplicated(["network", "metric", "layer"]).any()


@pytest.mark.parametrize(
    ("sides", "verdict"),
    [
        ((1, 0, 0), "closer"),
        ((-1, 0, 0), "further"),
        ((1, -1, 0), "both"),
        ((0, 0, 0), "neither"),
    ],
)
def test_layers_together_are_closer_only_if_none_is_further(sides, verdict):
    judged = pd.DataFrame({"mean": sides, "low": [side - 0.5 for side in sides]})
    judged["high"] = judged["mean"] + 0.5
    judged["verdict"] = judged["mean"].map({1: "closer", -1: "further", 0: "neither"})
    assert nearer_layers.verdict_of_layers(judged) == verdict
    assert nearer_layers.counted(judged)["Nearer"] == str(sides.count(1))


def test_a_single_network_decides_nothing(study, results):
    """Its layers have no intervals, whatever their means are."""
    found = {one.key: one.verdict for one in nearer_layers.layers_decided(study)}
    assert found["controls-random_masks-layers-vgg_svhn-cka"] == "not measured"
    assert {one.verdict for one in nearer_layers.layers_decided(results)} == {"not measured"}
    assert nearer_layers.descent_table(study).empty
    assert nearer_layers.layer_shares(results)["trained_as_long-vgg_svhn-cka-nearer"].startswith(
        "-"
    )
