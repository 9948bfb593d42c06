"""Figure 8: five metrics on the outputs."""

import dataclasses

import numpy as np
import pytest

from lib.report import outputs

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
