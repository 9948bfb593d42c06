"""The contrast between metrics in made-up studies where each part of it is known."""

import dataclasses

import numpy as np
import pytest

from lib.report import contrast
from lib.report.results import load_results

from .made_up import run_page, write_results

NAME, ON = "vgg_svhn", "vgg_svhn_trained_on"


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("contrast") / "results"
    return load_results(write_results(folder, controls=["trained_on"], also=["channels", "gap"]))


def world(study, pruned, trained, null=0.0):
    """The same study with a value for each (metric, reshape), in pruned and in trained networks."""
    rows = study.similarity.copy()
    values = []
    for row in rows.itertuples():
        numbers = trained if row.experiment == ON else pruned
        values.append(numbers.get((row.metric, row.reshape), 0.5))
    nulls = null if np.isscalar(null) else rows.metric.map(null).fillna(0.0)
    return dataclasses.replace(study, similarity=rows.assign(value=values, null_mean=nulls))


SAME = {("svcca", "channels"): 0.4, ("cka", "channels"): 0.4, ("cka", "flat"): 0.9}
NOTHING = dict.fromkeys(SAME, 1.0)


def parts(study):
    return contrast.decomposed(study, NAME, "svcca", "cka").runs.mean().to_dict()


def test_a_contrast_of_the_reshape_alone(study):
    assert parts(world(study, SAME, NOTHING)) == pytest.approx(
        {"contrast": 0.5, "metric": 0, "reshape": 0.5, "floor": 0, "training": 0}
    )


def test_a_contrast_of_the_metrics_alone(study):
    pruned = SAME | {("cka", "channels"): 0.9}
    assert parts(world(study, pruned, NOTHING)) == pytest.approx(
        {"contrast": 0.5, "metric": 0.5, "reshape": 0, "floor": 0, "training": 0}
    )


def test_a_contrast_of_the_training_alone(study):
    pruned = SAME | {("cka", "channels"): 0.9}
    assert parts(world(study, pruned, pruned)) == pytest.approx(
        {"contrast": 0.5, "metric": 0, "reshape": 0, "floor": 0, "training": 0.5}
    )


def test_a_contrast_of_the_floor_alone(study):
    """SVCCA 0.4 over a null of 0 and CKA 0.9 over a null of 5/6 are equally far from chance."""
    pruned = SAME | {("cka", "channels"): 0.9}
    other = world(study, pruned, NOTHING, null={"svcca": 0.0, "cka": 5 / 6})
    assert parts(other) == pytest.approx(
        {"contrast": 0.5, "metric": 0, "reshape": 0, "floor": 0.5, "training": 0}
    )


def test_the_parts_add_up_in_every_run(study):
    frame = contrast.decomposed(study, NAME, "pwcca", "nbs").runs
    assert len(frame) == 2
    total = frame.drop(columns="contrast").sum(axis=1)
    np.testing.assert_allclose(total, frame["contrast"])


def test_a_bowl_that_only_one_matrix_shows(study):
    """SVCCA sinks in the middle; CKA does so on channels, where it sees the same matrix."""
    rows = study.similarity
    middle = rows.kind.eq("conv") & rows.depth.between(3, 7)
    sinks = (rows.experiment == NAME) & middle & (rows.reshape == "channels")
    value = np.where(sinks, 0.4, 0.9)
    other = dataclasses.replace(study, similarity=rows.assign(value=value, null_mean=0.0))
    found = contrast.decomposed(other, NAME, "svcca", "cka", "bowl").runs.mean().to_dict()
    assert found == pytest.approx(
        {"contrast": 0.5, "metric": 0, "reshape": 0.5, "floor": 0, "training": 0}
    )
    assert contrast.finding(other, NAME, "bowl").startswith(
        '**VGG_SVHN.** In depth of the "U", SVCCA exceeds CKA by +0.50. Of this, '
    )


def test_a_bowl_that_training_alone_makes_is_taken_out_layer_by_layer(study):
    rows = study.similarity
    middle = rows.depth.between(3, 7) & (rows.metric == "svcca")
    value = np.where(middle & rows.experiment.isin([NAME, ON]), 0.6, 0.9)
    other = dataclasses.replace(study, similarity=rows.assign(value=value, null_mean=0.0))
    left = contrast.contrast(other, NAME, "svcca", "cka", ["training"], "bowl")
    np.testing.assert_allclose(left, 0, atol=1e-12)


def test_what_was_not_measured_is_left_in_and_said(study, results):
    found = contrast.decomposed(study, "vgg16_bn", "svcca", "cka")
    assert found.missing == ("training",)
    assert "training" not in found.runs
    assert "- VGG16_BN: the training beside pruning was not measured" in contrast.statement(study)
    assert "VGG_SVHN" not in contrast.statement(study)
    text = contrast.statement(results)  # one reshape only, no controls
    assert "VGG_SVHN: the reshape and the training beside pruning were not measured" in text


def test_the_training_is_the_mean_over_the_runs_of_the_control(study):
    before = contrast.contrast(study, NAME, "svcca", "cka", ["training"])
    rows = study.similarity.copy()
    one = (rows.experiment == ON) & (rows.prune_seed == 0) & (rows.metric == "svcca")
    rows.loc[one, "value"] -= 0.1
    after = contrast.contrast(
        dataclasses.replace(study, similarity=rows), NAME, "svcca", "cka", ["training"]
    )
    np.testing.assert_allclose(after, before - 0.05)


def test_the_figure_says_what_it_shows(study):
    panels = contrast.figure(study)
    assert list(panels.figures) == ["VGG16_BN", "VGG_SVHN", "ResNet_fast"]
    assert "SVCCA against CKA, mean of 2 runs: the contrast" in panels.labels["VGG_SVHN"]
    assert "<svg" in panels._repr_html_()


def test_sentences_and_table(study):
    other = world(study, SAME, NOTHING)
    assert contrast.finding(other, NAME) == (
        "**VGG_SVHN.** In mean distance from 1, SVCCA exceeds CKA by +0.50. Of this, "
        "the metrics themselves +0.00; the reshape +0.50; the floor of chance +0.00; the training "
        "beside pruning +0.00."
    )
    table = contrast.overview(other)
    row = next(row for row in table.rows if row[0] == "VGG_SVHN, SVCCA and CKA")
    nothing, all_of_it = "+0.00 ± 0.00", "+0.50 ± 0.00"
    assert row[1:] == (all_of_it, nothing, all_of_it, nothing, nothing, "2")


def test_a_sentence_has_a_number_or_says_that_there_is_none(study):
    found = contrast.texts(world(study, SAME, NOTHING), "vgg16_bn", "svcca", "cka")
    assert found["reshape"] == "+0.50"
    assert found["training"] == "(not measured)"


def test_the_page_runs(study, results):
    for each in (study, results):
        names = run_page("contrast", each.folder)
        assert names["study"].experiments == ["vgg16_bn", "vgg_svhn", "resnet_fast"]
