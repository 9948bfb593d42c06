"""Figures: what is drawn, readable by all, the same bytes each time, in the style of the page."""

import re
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from matplotlib.colors import to_rgb

from lib import ROOT
from lib.book.report import values
from lib.book.report.figure import INDEPENDENT, LayerFigure, PanelFigure
from lib.book.report.style import (
    INK,
    KIND_COLOURS,
    METRIC_STYLES,
    NETWORK_LINES,
    NETWORK_MARKS,
    OTHER_INKS,
    page_colours,
    percent_axis,
)

SVG = "{http://www.w3.org/2000/svg}"
METRICS = ["svcca", "cka"]
NULL = pd.DataFrame({"mean": [0.1, 0.2, 0.3], "sd": [0.1, 0.01, 0.02]})
ORDER = [("conv1", "conv"), ("pool1", "pool"), ("out", "out")]


def layers(results):
    """As on the page of a network, with two panels."""
    figure = LayerFigure("layers", values.layers(results, "resnet_fast"), iterations=5)
    for metric in METRICS:
        axes = figure.panel(metric)
        remaining = values.remaining(results, "resnet_fast")
        figure.draw_iterations(axes, values.curves(results, "resnet_fast", metric), remaining)
        figure.draw_null(axes, values.null(results, "resnet_fast", metric))
    return figure


def plain(results):
    """As on the page of the accuracies."""
    figure = PanelFigure("accuracy")
    for name in results.experiments:
        curve = values.accuracy(results, name)
        axes = figure.panel(name)
        band = [curve["mean"] - 0.1, curve["mean"] + 0.1]
        axes.fill_between(curve.remaining, *band, color=METRIC_STYLES["cka"]["color"], label="band")
        axes.plot(curve.remaining, curve["mean"], label="mean", **METRIC_STYLES["cka"])
        percent_axis(axes, curve.remaining.min())
    return figure


def small(results):
    """As on the page of the reshapes."""
    figure = LayerFigure("small", ORDER, iterations=2, small=True)
    for row in ("<u>one", "two"):
        figure.row(row)
        figure.draw(figure.panel(f"left {row}"), pd.Series([0.9, 0.5, 0.8]), "line")
        figure.absent(f"right {row}", row)
    return figure


def axes_of(figure):
    return [axes for _, axes in figure._panels if not isinstance(axes, str)]


def svgs(html):
    return [ElementTree.fromstring(text) for text in re.findall(r"<svg xmlns.*?</svg>", html)]


@pytest.mark.parametrize("draw", [layers, plain, small])
def test_a_figure_follows_the_page_and_describes_itself(draw, results):
    figure = draw(results)
    html = figure._repr_html_()
    assert html == draw(results)._repr_html_()  # the same bytes
    assert "<u>" not in html
    pictures = svgs(html)
    labels = [svg.get("aria-label") for svg in pictures]
    assert [svg.get("role") for svg in pictures] == ["img"] * len(axes_of(figure))
    assert repr(figure) == " ".join(labels)
    for label, axes in zip(labels, axes_of(figure), strict=True):
        assert label.startswith(axes.get_title(loc="left"))
        assert len(label) > 30
    ids = [element.get("id") for svg in pictures for element in svg.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for svg in pictures:
        text = ElementTree.tostring(svg, encoding="unicode")
        used = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', text)
        assert {a or b for a, b in used} <= set(ids)
        assert not {f"{SVG}style", f"{SVG}metadata"} & {element.tag for element in svg.iter()}
    assert "DejaVu" not in html
    assert INK not in re.sub(r"var\([^)]*\)", "", html)
    assert "currentColor" in html


def test_every_iteration_is_a_line_from_pale_to_strong(results):
    figure = layers(results)
    for metric, axes in zip(METRICS, axes_of(figure), strict=True):
        lines = axes.lines[:5]
        curves = values.curves(results, "resnet_fast", metric)
        np.testing.assert_allclose([line.get_ydata() for line in lines], curves)
        weights = (0.2126, 0.7152, 0.0722)  # luminance, ITU-R BT.709
        light = [np.dot(weights, to_rgb(line.get_color())) for line in lines]
        assert light == sorted(light, reverse=True)
        assert light[0] > 3 * light[-1]
    assert "iteration 1 to 5: 80 % to 33 % of the weights left" in figure._repr_html_()


def test_the_null_has_a_band_of_two_deviations_that_ends_at_zero():
    figure = LayerFigure("null", ORDER)
    axes = figure.panel("null")
    figure.draw_null(axes, NULL)
    heights = axes.collections[0].get_paths()[0].vertices
    bounds = [sorted({round(y, 6) for x, y in heights if x == i}) for i in range(3)]
    np.testing.assert_allclose(bounds, [[0, 0.3], [0.18, 0.22], [0.26, 0.34]])
    figure.draw_null(axes, NULL.assign(sd=np.nan))
    assert len(axes.collections) == 1  # a spread that is not known is not drawn
    figure.draw_null(axes, NULL * np.nan)
    assert len(axes.lines) == 2


@pytest.mark.parametrize("drawn", [0, 1])
def test_a_panel_of_which_nothing_is_defined_is_empty(drawn):
    figure = LayerFigure("undefined", ORDER, iterations=2)
    for _ in range(2):
        axes = figure.panel("undefined")
        nothing = pd.DataFrame(np.nan, index=[1, 2], columns=range(3))
        figure.draw(axes, nothing.loc[1], "a line that is not defined")
        if drawn:
            figure.draw_iterations(axes, nothing, pd.Series([0.8, 0.64]))
    assert len(svgs(figure._repr_html_())) == 2


def test_the_legend_has_only_what_is_drawn(results):
    figure = layers(results)
    for axes in axes_of(figure):
        figure.draw(axes, pd.Series([np.nan] * 15), "absent", **INDEPENDENT)
    assert "absent" not in figure._repr_html_()
    figure.draw(axes_of(figure)[0], pd.Series([0.5] * 15), "present", **INDEPENDENT)
    assert figure._repr_html_().count(">present<") == 1
    assert "present: 0.50" in repr(figure)
    assert "convolution in a residual block" in figure._repr_html_()


def test_the_dark_page_replaces_every_colour_of_a_kind_or_metric():
    css = (ROOT / "book" / "_static" / "book.css").read_text(encoding="utf-8")
    dark = re.search(r'html\[data-theme="dark"\] \{(.*?)\}', css, re.DOTALL)[1]
    defined = set(re.findall(r"(--[\w-]+):", dark))
    used = set(re.findall(r"var\((--[\w-]+)", " ".join(page_colours(iterations=5).values())))
    assert used == defined
    kinds = [colour for colour in KIND_COLOURS.values() if colour != INK]
    kinds = [colour for colour in KIND_COLOURS.values() if colour != INK]
    assert len(used) == 2 + len(METRIC_STYLES) + len(OTHER_INKS) + len(kinds)


@pytest.mark.parametrize("looks", [NETWORK_LINES, NETWORK_MARKS, METRIC_STYLES])
def test_what_has_a_colour_of_its_own_is_told_apart_in_grey_as_well(looks):
    ways = [
        (look.get("marker"), look["linestyle"], look.get("linewidth"), look.get("markerfacecolor"))
        for look in looks.values()
    ]
    assert len(set(ways)) == len(looks)
    assert {look["color"] for look in looks.values()} <= page_colours().keys()


def test_what_is_no_metric_and_no_network_is_not_drawn_as_one():
    looks = [*METRIC_STYLES.values(), *NETWORK_LINES.values()]
    taken = {look["color"] for look in looks} | {*KIND_COLOURS.values()}
    assert not taken & {*OTHER_INKS}
    assert {*OTHER_INKS} <= page_colours().keys()


def test_an_open_mark_is_open_in_the_legend_too():
    figure = PanelFigure("marks")
    axes = figure.panel("marks")
    axes.plot([0], [0], marker="o", markerfacecolor="none", linestyle="None", label="open")
    axes.plot([0], [0], marker="|", linestyle="None", label="bar")
    legend = BeautifulSoup(figure._repr_html_(), "html.parser").select(".panel-legend .key")
    marks = {entry.text: entry.find(["circle", "path"]) for entry in legend}
    assert "fill:none" in marks["open"]["style"]
    assert marks["bar"]["d"] == "M13 1v10"


def test_a_small_panel_has_room_for_names_on_its_left():
    figure = PanelFigure("small", small=True)
    usual, wide = figure.panel("usual"), figure.panel("wide", left=0.22)
    assert usual.get_position().x0 == pytest.approx(0.15)
    assert wide.get_position().x0 == pytest.approx(0.22)
    assert wide.get_position().x1 == pytest.approx(usual.get_position().x1)
