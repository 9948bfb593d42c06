"""Marks stand at the means and whiskers at the ends; what was not measured is not drawn."""

import math

import numpy as np
import pandas as pd

from lib.book.report.dot_plot import draw_intervals
from lib.book.report.figure import PanelFigure
from lib.book.report.statistics import Interval
from lib.book.report.style import METRIC_STYLES

NONE = Interval(math.nan, math.nan, math.nan, 0)
FOUND = pd.DataFrame(
    {
        "SVCCA": [Interval(0.1, 0.0, 0.2, 3), Interval(-0.3, math.nan, math.nan, 1)],
        "CKA": [Interval(0.2, 0.1, 0.3, 3), NONE],
    },
    index=["VGG_SVHN", "ResNet_fast"],
)
LOOKS = {"SVCCA": METRIC_STYLES["svcca"], "CKA": METRIC_STYLES["cka"]}


def drawn():
    figure = PanelFigure("intervals")
    axes = figure.panel("Difference", left=0.3)
    draw_intervals(axes, FOUND, LOOKS)
    return figure, axes


def test_marks_and_whiskers_are_those_of_the_intervals():
    _, axes = drawn()
    reference, svcca, cka = axes.get_lines()
    assert list(reference.get_xdata()) == [0, 0]
    np.testing.assert_allclose(svcca.get_xdata(), [0.1, -0.3])
    np.testing.assert_allclose(cka.get_xdata(), [0.2, math.nan])
    whiskers = [path.vertices[:, 0] for path in axes.collections[0].get_paths()]
    np.testing.assert_allclose(whiskers, [[0, 0.2], [math.nan, math.nan]])
    assert svcca.get_linestyle() == "None"


def test_rows_run_from_the_top_and_their_marks_stand_apart():
    _, axes = drawn()
    assert [tick.get_text() for tick in axes.get_yticklabels()] == list(FOUND.index)
    assert axes.get_ylim() == (1.5, -0.5)
    _, svcca, cka = axes.get_lines()
    assert all(svcca.get_ydata() < cka.get_ydata())
    assert {round(float(height)) for height in svcca.get_ydata()} == {0, 1}


def test_the_numbers_are_there_for_those_who_cannot_see_the_marks():
    figure, _ = drawn()
    assert "SVCCA: VGG_SVHN 0.10, ResNet_fast \u22120.30" in repr(figure)
    assert "CKA: VGG_SVHN 0.20, ResNet_fast -" in repr(figure)
    assert ">SVCCA<" in figure._repr_html_()
