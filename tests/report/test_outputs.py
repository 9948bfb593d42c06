"""Figure 8: five metrics on the outputs."""

import dataclasses

import numpy as np
import pytest

from lib.report import outputs
from lib.report.results import load_results

from .made_up import write_results

NAMES = ["SVCCA", "PWCCA", "CKA", "NBS", "cosine"]


def test_one_line_for_each_of_five_metrics_in_each_panel(results):
    panels = outputs.figure(results)
    assert list(panels.figures) == ["VGG16_BN", "VGG_SVHN", "ResNet_fast"]
    for experiment, figure in zip(results.experiments, panels.figures.values(), strict=True):
        lines = figure.axes[0].lines
        assert [line.get_label() for line in lines] == NAMES
        drawn = np.array([line.get_ydata() for line in lines])
        np.testing.assert_allclose(drawn.T, outputs.curves(results, experiment))


def test_lines_differ_by_more_than_colour(results):
    lines = outputs.figure(results).figures["VGG16_BN"].axes[0].lines
    assert len({line.get_marker() for line in lines}) == len(NAMES)
    assert len({line.get_color() for line in lines}) == len(NAMES)


def test_a_point_is_the_mean_over_the_runs(results):
    rows = results.similarity.query(
        "experiment == 'vgg16_bn' and metric == 'cosine' and iteration == 2"
    )
    assert outputs.curves(results, "vgg16_bn").cosine[2] == pytest.approx(rows.value.mean())


def test_a_study_without_the_cosine_shows_the_others(results):
    rows = results.similarity[results.similarity.metric != "cosine"]
    other = dataclasses.replace(results, similarity=rows)
    lines = outputs.figure(other).figures["VGG16_BN"].axes[0].lines
    assert [line.get_label() for line in lines] == NAMES[:4]
    assert all(row[-1] == "-" for row in outputs.overview(other).rows)


def test_the_tables_give_the_numbers_of_the_figure(results):
    curves = outputs.curves(results, "vgg16_bn")
    first, last, *_ = outputs.overview(results).rows
    assert first == ("VGG16_BN, 80 % left", *(f"{value:.2f}" for value in curves.iloc[0]))
    assert last == ("VGG16_BN, 33 % left", *(f"{value:.2f}" for value in curves.iloc[-1]))
    lines = outputs.numbers(results, "vgg16_bn").splitlines()
    assert lines[-1].split() == ["5", "32.768", *(f"{value:.3f}" for value in curves.iloc[-1])]


def test_the_fit_is_the_training_loss_of_complete_and_of_sparser_networks(tmp_path):
    study = load_results(write_results(tmp_path / "results", iterations=10))
    rows = study.performance
    loss = np.where(rows.iteration == 0, 0.5, np.where(rows.remaining <= 0.17, 0.25, 9.0))
    study = dataclasses.replace(study, performance=rows.assign(train_loss=loss))
    table = outputs.fit(study)
    row = table.rows[0]
    assert row[:3] == ("VGG16_BN, as in this study", "0.500", "0.250")
    frame = outputs.curves(study, "vgg16_bn")
    assert row[3] == f"{frame.svcca.iloc[7:].mean():.2f}"  # 0.8 ** 8 is the first below 0.17
    assert len(table.rows) == len(study.experiments)


def test_without_sparser_networks_there_is_nothing_to_say_of_their_outputs(tmp_path):
    study = load_results(write_results(tmp_path / "results", iterations=2))
    assert outputs.fit(study).rows[0][2:] == ("-",) * 6
