"""One network beside its controls, in made-up studies where the layers are known."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lib.analyses.each_network import analysis, beside
from lib.analyses.validity.tables import DESCENT
from lib.book.report.results import load_results

from ...book.report.made_up import write_results

SVHN, ON, BETWEEN = "vgg_svhn", "vgg_svhn_trained_as_long", "vgg_svhn_independent"


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("each") / "results"
    runs = [(0, 0), (1, 0), (2, 0)]
    return load_results(
        write_results(folder, runs=runs, controls=["trained_as_long", "independent"])
    )


def with_layers(study, shift):
    """Independent networks at 0.5 and pruned ones above them by a number for each layer."""
    rows = study.similarity
    rows = rows[rows.experiment.isin([SVHN, ON, BETWEEN])]
    own = rows.experiment.eq(SVHN)
    noise = 0.001 * rows.train_seed
    value = 0.5 + own * (rows.layer.map(shift).fillna(0) + noise)
    between = {BETWEEN: study.settings(BETWEEN) | {"against": "complete"}}
    experiments = study.provenance["experiments"] | between
    provenance = study.provenance | {"experiments": experiments}
    return replace(study, similarity=rows.assign(value=value), provenance=provenance)


@pytest.mark.parametrize(
    ("shift", "verdict"),
    [
        ({"conv1_1": 0.2, "conv1_2": -0.2}, "both ways"),
        ({"conv1_1": 0.2}, "closer"),
        ({"conv1_1": -0.2}, "further"),
    ],
)
def test_which_way_the_layers_go(study, shift, verdict):
    """Without the small difference of all layers between networks there would be no interval."""
    counts = beside.layer_counts(with_layers(study, shift), SVHN, 3)
    found = {d.key: d.verdict for d in beside.decided_layers(counts, SVHN)}
    assert found["vgg-svhn-layers-independent-svcca"] == verdict
    assert found["vgg-svhn-layers-strangers-svcca"] == "not measured"
    row = counts.loc[("independent", "svcca")]
    assert row.closer == sum(by > 0 for by in shift.values())
    assert row.further == sum(by < 0 for by in shift.values())


def test_strangers_are_taken_at_the_iteration_that_is_looked_at(study):
    rows = [
        {
            "experiment": SVHN,
            "train_seed": own,
            "prune_seed": 0,
            "iteration": iteration,
            "other_seed": other,
            "layer": "conv1_1",
            "kind": "conv",
            "depth": 0,
            "metric": "cka",
            "reshape": "flat",
            "value": 0.9 if own == other else 0.9 - 0.1 * iteration,
        }
        for own in range(3)
        for other in range(3)
        for iteration in (2, 4)
    ]
    measured = study.having(DESCENT, pd.DataFrame(rows))
    apart = beside.layer_differences(measured, SVHN, "cka", 2, beside.STRANGERS)
    assert apart.conv1_1.tolist() == pytest.approx([0.2] * 3)
    assert beside.layer_differences(measured, SVHN, "cka", 3, beside.STRANGERS).empty


def with_accuracy(study, gain):
    rows = study.of(SVHN, "performance")
    accuracy = 0.9 + rows.iteration.gt(0) * (gain + 0.0001 * rows.train_seed)
    return replace(study, performance=rows.assign(accuracy=accuracy))


@pytest.mark.parametrize(
    ("gain", "level", "verdict"),
    [(0.05, 5, "higher"), (-0.001, 5, "as accurate"), (-0.05, 1, "lower")],
)
def test_the_level_is_the_last_of_equal_accuracy_or_the_first(study, gain, level, verdict):
    other = with_accuracy(study, gain)
    assert analysis.iteration_shown(other, SVHN) == level
    assert analysis.decided_accuracy(other, SVHN).verdict == verdict
    assert list(analysis.accuracy_table(other, SVHN).Complete) == ["90.0 %", "90.0 %"]


def test_where_a_metric_is_lowest_and_whether_both_order_the_layers_alike(study):
    rows = study.similarity
    final = rows.experiment.eq(SVHN)
    value = np.where(rows.metric == "svcca", 1 - 0.05 * rows.depth, 0.3 + 0.05 * rows.depth)
    value = value + 0.0001 * rows.train_seed
    other = replace(study, similarity=rows.assign(value=rows.value.mask(final, value)))
    found = {d.key: d.verdict for d in analysis.decided_order(other, SVHN)}
    assert found == {
        "vgg-svhn-lowest-svcca": "second half",
        "vgg-svhn-lowest-cka": "first half",
        "vgg-svhn-same-order": "does not hold",
    }


def test_a_shortcut_is_the_sum_minus_the_convolution_before_it(study):
    rows = study.similarity
    value = rows.kind.map({"add": 0.9}).fillna(0.6) + 0.001 * rows.train_seed
    other = replace(study, similarity=rows.assign(value=value))
    found = analysis.shortcuts(other, "resnet_fast")
    assert list(found.index) == [("add1", "res1_2"), ("add3", "res3_2")]
    assert [one.mean for one in found.svcca] == pytest.approx([0.3, 0.3])
    assert analysis.shortcuts(other, SVHN).empty


def test_a_control_that_was_not_measured_has_no_line(study):
    assert analysis.control_at(study, "vgg16_bn", "trained_as_long", 3).isna().all(axis=None)
    assert analysis.control_at(study, SVHN, "trained_as_long", 3).notna().any(axis=None)
