"""Figure 4: means and bands against hand computation, and what is drawn."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from lib.report import accuracy


@pytest.fixture
def three_runs(results):
    """One network, two iterations, three runs with numbers that are easy to average."""
    values = {1: (0.80, 0.82, 0.84), 2: (0.60, 0.60, 0.66)}
    rows = [("vgg16_bn", 0, None, 0, 1.0, 0.9), ("vgg16_bn", 1, None, 0, 1.0, 0.7)]
    rows += [
        ("vgg16_bn", 0, seed, iteration, 0.8**iteration, value)
        for iteration, run in values.items()
        for seed, value in enumerate(run)
    ]
    columns = ["experiment", "train_seed", "prune_seed", "iteration", "remaining", "accuracy"]
    provenance = {"experiments": {"vgg16_bn": results.settings("vgg16_bn")}}
    return dataclasses.replace(
        results, performance=pd.DataFrame(rows, columns=columns), provenance=provenance
    )


def axes_of(panels, title):
    return panels.figures[title].axes[0]


def test_mean_and_deviation_over_the_runs(three_runs):
    curve = accuracy.curve(three_runs, "vgg16_bn")
    np.testing.assert_allclose(curve["mean"], [0.82, 0.62])
    # deviations (-.02, 0, .02) and (-.02, -.02, .04), squares summed, divided by n - 1 = 2
    np.testing.assert_allclose(curve.sd, [np.sqrt(0.0008 / 2), np.sqrt(0.0024 / 2)])
    np.testing.assert_allclose(curve.remaining, [0.8, 0.64])
    assert list(curve.runs) == [3, 3]


def test_complete_networks_are_averaged(three_runs):
    assert accuracy.complete(three_runs, "vgg16_bn") == pytest.approx(0.8)


def test_a_label_does_not_take_several_complete_networks_for_one(three_runs, results):
    assert (
        "The 2 complete networks reach 80.0 % on average; with"
        in (accuracy.figure(three_runs).labels["VGG16_BN"])
    )
    assert (
        "The complete network reaches 96.0 %; with" in (accuracy.figure(results).labels["VGG16_BN"])
    )


def test_the_band_is_two_deviations_either_side(three_runs):
    axes = axes_of(accuracy.figure(three_runs), "VGG16_BN")
    vertices = axes.collections[0].get_paths()[0].vertices
    at_first = sorted({round(y, 6) for x, y in vertices if np.isclose(x, 0.8)})
    np.testing.assert_allclose(at_first, [82 - 2 * 2, 82 + 2 * 2])


def test_the_line_starts_at_the_complete_network_and_the_dotted_one_stays_there(three_runs):
    axes = axes_of(accuracy.figure(three_runs), "VGG16_BN")
    dotted, mean = axes.lines
    np.testing.assert_allclose(mean.get_xdata(), [1, 0.8, 0.64])
    np.testing.assert_allclose(mean.get_ydata(), [80, 82, 62])
    assert dotted.get_linestyle() == ":"
    np.testing.assert_allclose(dotted.get_ydata(), 80)


def test_a_single_run_has_no_band(three_runs):
    rows = three_runs.performance
    single = dataclasses.replace(three_runs, performance=rows[rows.prune_seed.fillna(0) == 0])
    vertices = axes_of(accuracy.figure(single), "VGG16_BN").collections[0].get_paths()[0].vertices
    assert len({round(y, 6) for x, y in vertices if np.isclose(x, 0.8)}) == 1


def test_one_panel_for_each_network_on_a_logarithmic_axis(results):
    panels = accuracy.figure(results)
    assert list(panels.figures) == ["VGG16_BN", "VGG_SVHN", "ResNet_fast"]
    for title in panels.figures:
        axes = axes_of(panels, title)
        left, right = axes.get_xlim()
        assert axes.get_xscale() == "log"
        assert left > 1 > right
        assert all(right <= tick <= left for tick in axes.get_xticks())
        assert axes.get_title(loc="left") == title


def test_the_tables_give_the_numbers_of_the_figure(three_runs):
    assert accuracy.overview(three_runs).rows == (
        ("VGG16_BN", "80.0 %", "82.0 % at 80 %", "62.0 % at 64 %", "3"),
    )
    lines = accuracy.numbers(three_runs, "vgg16_bn").splitlines()
    assert [line.split() for line in lines[1:]] == [
        ["0", "100.00", "80.00", "-"],
        ["1", "80.00", "82.00", "2.00"],
        ["2", "64.00", "62.00", "3.46"],
    ]
