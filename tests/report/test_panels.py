"""Figures as HTML: the same bytes each time, readable by all, at home on the page."""

import re
from xml.etree import ElementTree

import pytest

from lib import ROOT
from lib.report import accuracy, layerwise, outputs
from lib.report.panels import svg_text
from lib.report.style import INK, KIND_COLOURS, METRIC_STYLES, page_colours

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module", params=["accuracy", "layers", "outputs"])
def draw(request, results):
    """A function that draws one of the book's figures anew."""
    return {
        "accuracy": lambda: accuracy.figure(results),
        "layers": lambda: layerwise.figure(results, "resnet_fast"),
        "outputs": lambda: outputs.figure(results),
    }[request.param]


@pytest.fixture(scope="module")
def panels(draw):
    return draw()


@pytest.fixture(scope="module")
def html(panels):
    return panels._repr_html_()


@pytest.fixture(scope="module")
def svgs(html):
    return [ElementTree.fromstring(text) for text in re.findall(r"<svg xmlns.*?</svg>", html)]


def test_drawn_twice_the_bytes_are_equal(draw, html):
    assert draw()._repr_html_() == html
    first, second = (next(iter(draw().figures.values())) for _ in range(2))
    assert svg_text(first) == svg_text(second)


def test_every_panel_says_what_it_shows(panels, svgs):
    assert [svg.get("role") for svg in svgs] == ["img"] * len(panels.figures)
    labels = [svg.get("aria-label") for svg in svgs]
    assert labels == [panels.labels[title] for title in panels.figures]
    assert all(len(label) > 60 for label in labels)
    assert repr(panels) == " ".join(labels)


def test_text_stays_text_in_the_font_of_the_page(panels, svgs):
    for title, svg in zip(panels.figures, svgs, strict=True):
        assert title in [element.text for element in svg.iter(f"{SVG}text")]
    assert "DejaVu" not in panels._repr_html_()


def test_ids_are_unique_on_a_page_and_references_find_them(svgs):
    ids = [element.get("id") for svg in svgs for element in svg.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for svg in svgs:
        text = ElementTree.tostring(svg, encoding="unicode")
        used = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', text)
        assert {a or b for a, b in used} <= set(ids)


def test_a_panel_brings_no_style_sheet_and_no_date(svgs):
    tags = {element.tag for svg in svgs for element in svg.iter()}
    assert f"{SVG}style" not in tags
    assert f"{SVG}metadata" not in tags


def test_the_page_decides_the_colour_of_the_text(html):
    assert INK not in re.sub(r"var\([^)]*\)", "", html)
    assert "currentColor" in html


def test_the_dark_page_replaces_every_colour_of_a_kind_or_metric():
    css = (ROOT / "book" / "_static" / "book.css").read_text(encoding="utf-8")
    dark = re.search(r'html\[data-theme="dark"\] \{(.*?)\}', css, re.DOTALL)[1]
    defined = set(re.findall(r"(--[\w-]+):", dark))
    used = set(re.findall(r"var\((--[\w-]+)", " ".join(page_colours(iterations=5).values())))
    assert used == defined
    assert len(used) == 2 + len(METRIC_STYLES) + sum(c != INK for c in KIND_COLOURS.values())
