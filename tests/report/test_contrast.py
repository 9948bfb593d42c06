"""The contrast between metrics in made-up studies where each part of it is known."""

import dataclasses

import numpy as np
import pytest

from lib.report.contrast import bowl, contrast, decomposed, shapley
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
    return decomposed(study, NAME, "svcca", "cka").mean().to_dict()


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
    frame = decomposed(study, NAME, "pwcca", "nbs")
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
    found = decomposed(other, NAME, "svcca", "cka", bowl).mean().to_dict()
    assert found == pytest.approx(
        {"contrast": 0.5, "metric": 0, "reshape": 0.5, "floor": 0, "training": 0}
    )


def test_a_bowl_that_training_alone_makes_is_taken_out_layer_by_layer(study):
    rows = study.similarity
    middle = rows.depth.between(3, 7) & (rows.metric == "svcca")
    value = np.where(middle & rows.experiment.isin([NAME, ON]), 0.6, 0.9)
    other = dataclasses.replace(study, similarity=rows.assign(value=value, null_mean=0.0))
    left = contrast(other, NAME, "svcca", "cka", ["training"], bowl)
    np.testing.assert_allclose(left, 0, atol=1e-12)


def test_what_was_not_measured_is_left_in(study, results):
    assert "training" not in decomposed(study, "vgg16_bn", "svcca", "cka")
    found = decomposed(results, NAME, "svcca", "cka")  # one reshape only, no controls
    assert list(found) == ["contrast", "metric", "floor"]


def test_a_share_is_the_mean_over_the_orders():
    """Two factors that take away the same: who comes first takes it all."""
    left = {frozenset(): 1.0, frozenset("a"): 0.4, frozenset("b"): 0.4, frozenset("ab"): 0.4}
    assert shapley(left.get, "ab") == pytest.approx({"a": 0.3, "b": 0.3})


def test_the_training_is_the_mean_over_the_runs_of_the_control(study):
    before = contrast(study, NAME, "svcca", "cka", ["training"])
    rows = study.similarity.copy()
    one = (rows.experiment == ON) & (rows.prune_seed == 0) & (rows.metric == "svcca")
    rows.loc[one, "value"] -= 0.1
    after = contrast(
        dataclasses.replace(study, similarity=rows), NAME, "svcca", "cka", ["training"]
    )
    np.testing.assert_allclose(after, before - 0.05)


def test_the_page_runs(study, results):
    for each in (study, results):
        names = run_page("contrast", each.folder)
        assert names["study"].experiments == ["vgg16_bn", "vgg_svhn", "resnet_fast"]


def test_the_orders_of_the_page_have_the_shares_as_their_mean(study):
    names = run_page("contrast", study.folder)
    shares = decomposed(names["study"], "vgg16_bn", "svcca", "cka").mean()[names["factors"]]
    np.testing.assert_allclose(names["falls"].loc["mean"], shares)
