"""A name stands beside its own line, touches nothing, and stays in the legend without room."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg

from lib.book.report.direct_labels import name_line
from lib.book.report.figure import PanelFigure

X = np.linspace(0, 1, 20)


def panel(*heights, label="a line"):
    """Axes with level lines at these heights, of which the first has a label."""
    axes = PanelFigure("named").panel("Panel")
    for i, height in enumerate(heights):
        axes.plot(X, [height] * len(X), label="_other" if i else label)
    axes.set_ylim(0, 1)
    return axes


def box(axes: Axes):
    """Where the only text of the panel is, in the data's unit."""
    (text,) = axes.texts
    renderer = FigureCanvasAgg(axes.figure).get_renderer()
    return text.get_window_extent(renderer).transformed(axes.transData.inverted())


@pytest.mark.parametrize("other", [0.1, 0.9])
def test_a_name_is_nearer_to_its_own_line_than_to_another(other):
    axes = panel(0.5, other)
    line = axes.lines[0]
    assert name_line(axes, line)
    assert axes.texts[0].get_color() == line.get_color()
    near = box(axes)
    own = min(abs(near.y0 - 0.5), abs(near.y1 - 0.5))
    assert 0 < own < min(abs(near.y0 - other), abs(near.y1 - other))
    low, high = axes.get_xlim()
    assert low <= near.x0 < near.x1 <= high


def test_without_room_there_is_no_name():
    axes = panel(0.5, *np.linspace(0, 1, 25))
    assert not name_line(axes, axes.lines[0])
    assert not axes.texts


def test_two_names_do_not_overlap():
    axes = panel(0.5, 0.53)
    axes.lines[1].set_label("another")
    for line in axes.lines:
        assert name_line(axes, line)
    renderer = FigureCanvasAgg(axes.figure).get_renderer()
    first, second = (text.get_window_extent(renderer) for text in axes.texts)
    assert not first.overlaps(second)


def test_a_long_name_is_broken_at_a_comma():
    words = "networks that were trained as long, and that were never pruned at all"
    axes = panel(0.5, label=words)
    assert name_line(axes, axes.lines[0])
    assert axes.texts[0].get_text() == words.replace(", ", ",\n")


def test_marks_alone_keep_the_legend():
    axes = PanelFigure("marks").panel("Panel")
    (line,) = axes.plot([0.5], [0.5], marker="o", linestyle="None", label="a mark")
    assert not name_line(axes, line)


def test_a_line_is_named_once_and_not_in_the_legend_as_well():
    figure = PanelFigure("twice")
    for title in ("one", "two"):
        figure.panel(title).plot([0, 1], [0, 1], label="rising")
    html = figure._repr_html_()
    assert html == figure._repr_html_()
    assert html.count(">rising<") == 1
    assert "panel-legend" not in html
