"""Values from the tables: which rows, in which order, which mean."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from lib.book.report import values
from lib.book.report.results import ResultsError, load_results
from lib.models import build_model, recorded_layers

from .made_up import write_results


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """With other reshapes, a tenth lower, and with pairs of independent VGG_SVHN: 0.50 to 0.52."""
    folder = tmp_path_factory.mktemp("values") / "results"
    also = ["channels", "gap"]
    return load_results(write_results(folder, controls=["independent"], also=also))


@pytest.mark.parametrize("network", ["vgg16_bn", "vgg_svhn", "resnet_fast"])
def test_layers_are_in_the_order_of_the_network(study, network):
    shuffled = study.similarity.sample(frac=1, random_state=0)
    for each in (study, dataclasses.replace(study, similarity=shuffled)):
        assert values.layers(each, network) == recorded_layers(build_model(network, width=0.05))
        assert values.hidden(each, network) == [n for n, k in values.layers(each, network)][:-1]


def test_a_point_is_the_mean_over_the_runs_or_another_statistic(study):
    rows = study.similarity.query(
        "experiment == 'resnet_fast' and metric == 'pwcca' and reshape == 'channels' and "
        "layer == 'add3' and iteration == 4"
    )
    assert len(rows) == 2
    for statistic in ("mean", "max"):
        curves = values.curves(study, "resnet_fast", "pwcca", statistic=statistic)
        assert curves.loc[4, "add3"] == pytest.approx(rows.value.agg(statistic))
    of_runs = values.by_run(study, "resnet_fast", "pwcca", iteration=4)
    assert sorted(of_runs["add3"]) == pytest.approx(sorted(rows.value))
    last = values.by_run(study, "resnet_fast", "pwcca")
    pd.testing.assert_series_equal(
        last.mean(), values.curves(study, "resnet_fast", "pwcca").iloc[-1], check_names=False
    )


def test_without_a_reshape_it_is_the_paper_s(study):
    for metric, reshape in (("svcca", "channels"), ("nbs", "flat")):
        pd.testing.assert_frame_equal(
            values.curves(study, "vgg_svhn", metric),
            values.curves(study, "vgg_svhn", metric, reshape),
        )
    flat = values.curves(study, "vgg_svhn", "cka", "flat")
    np.testing.assert_allclose(values.curves(study, "vgg_svhn", "cka", "channels"), flat - 0.1)
    assert values.curves(study, "vgg_svhn", "svcca", "flat").empty


def test_outputs_have_one_matrix_that_counts_for_every_reshape(study):
    rows = study.similarity
    one = dataclasses.replace(
        study, similarity=rows[(rows.kind != "out") | (rows.reshape == "flat")]
    )
    channels = values.curves(one, "vgg_svhn", "cka", "channels")
    np.testing.assert_allclose(channels.out, values.curves(one, "vgg_svhn", "cka").out)
    assert channels.notna().all(axis=None)


def test_a_metric_that_was_not_computed_is_named(study):
    rows = study.similarity[study.similarity.metric != "nbs"]
    with pytest.raises(ResultsError, match="no nbs of vgg16_bn on the reshape 'flat'"):
        values.curves(dataclasses.replace(study, similarity=rows), "vgg16_bn", "nbs")


def test_the_null_is_that_of_the_last_iteration(study):
    last = study.similarity.iteration == 5
    means = study.similarity.null_mean.mask(last, 0.4)
    other = dataclasses.replace(study, similarity=study.similarity.assign(null_mean=means))
    null = values.null(other, "vgg_svhn", "svcca")
    np.testing.assert_allclose(null["mean"], 0.4)
    np.testing.assert_allclose(null["sd"], 0.01)
    assert list(null.index) == [name for name, _ in values.layers(study, "vgg_svhn")]


def test_a_control_that_was_not_run_is_nan(study):
    np.testing.assert_allclose(values.control(study, "vgg_svhn", "independent", "cka"), 0.51)
    assert values.control(study, "vgg16_bn", "independent", "cka").isna().all()


def test_the_same_class_is_a_mean_over_runs_and_may_not_have_been_counted(study):
    rows = study.similarity
    counted = rows[(rows.kind == "out") & (rows.metric == "cka") & (rows.experiment == "vgg16_bn")]
    counted = counted.assign(metric="agreement", value=0.8 + 0.1 * counted.run_seed)
    other = dataclasses.replace(study, similarity=pd.concat([rows, counted]))
    found = values.same_class(other, "vgg16_bn")
    assert found.to_dict() == pytest.approx(dict.fromkeys(range(1, 6), 0.85))
    for name in ("vgg_svhn", "vgg16_bn_independent"):  # measured otherwise, and not at all
        assert values.same_class(other, name).empty


def test_accuracies_by_hand(study):
    found = {0: (0.9, 0.7), 1: (0.80, 0.82, 0.84), 2: (0.60, 0.60, 0.66)}
    rows = [
        {"experiment": "vgg16_bn", "iteration": k, "remaining": 0.8**k, "accuracy": value}
        for k, of_runs in found.items()
        for value in of_runs
    ]
    curve = values.accuracy(dataclasses.replace(study, performance=pd.DataFrame(rows)), "vgg16_bn")
    np.testing.assert_allclose(curve["mean"], [0.8, 0.82, 0.62])
    # deviations (-.02, 0, .02) and (-.02, -.02, .04), squares summed, divided by n - 1 = 2
    np.testing.assert_allclose(curve.sd[1:], [np.sqrt(0.0008 / 2), np.sqrt(0.0024 / 2)])
    np.testing.assert_allclose(curve.remaining, [1, 0.8, 0.64])
    assert list(curve.runs) == [2, 3, 3]


@pytest.mark.parametrize(
    ("line", "depth"),
    [
        ([0.9, 0.4, 0.7], 0.3),  # from the lower end
        ([0.6, 0.4, 0.9], 0.2),
        ([0.9, 0.7, 0.4], 0.0),  # only falls
        ([0.4, 0.7, 0.9], 0.0),
        ([0.4, 0.9, 0.5], 0.0),
        ([0.9, np.nan, 0.7], np.nan),
        ([0.9, 0.4, np.nan], np.nan),
    ],
)
def test_the_depth_of_a_u(line, depth):
    assert values.u_depth_by_row(pd.DataFrame([line, line])).tolist() == pytest.approx(
        [depth, depth], nan_ok=True
    )
