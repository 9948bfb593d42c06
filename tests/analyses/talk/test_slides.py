"""Pictures for a talk: 16:9, the same bytes each time, with their message, large enough to read."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from matplotlib import image
from matplotlib.text import Text

from lib.analyses.converged.studied_networks import ANALYSED_NETWORKS
from lib.analyses.talk.slides import SLIDES, described, slide, write_slide
from lib.analyses.validity.tables import IDENTIFICATION, MATCHING
from lib.book.report.results import load_results, published_results

FIRST = ANALYSED_NETWORKS["vgg16_bn"]
MESSAGE = "A message that <stands> above the figure and takes more than a single line of it"


@pytest.fixture(scope="module")
def published():
    return load_results(published_results("converged"))


@pytest.mark.parametrize("name", SLIDES)
def test_a_slide_is_two_files_with_the_message(name, published, tmp_path):
    figure = slide(name, MESSAGE, published)
    assert any(" ".join(text.get_text().split()) == MESSAGE for text in figure.texts)
    again = slide(name, MESSAGE, published)
    for kind in ("svg", "png"):
        one, two = (tmp_path / f"{which}.{kind}" for which in ("one", "two"))
        write_slide(figure, one)
        write_slide(again, two)
        assert one.read_bytes() == two.read_bytes()
    assert image.imread(tmp_path / "one.png").shape[:2] == (1080, 1920)
    assert ElementTree.parse(tmp_path / "one.svg").getroot().tag.endswith("svg")


@pytest.mark.parametrize(
    "title", [MESSAGE, MESSAGE.upper(), "CKA finds VGG16_BN, SVCCA does not" * 2]
)
def test_no_title_is_cut_off(published, title):
    figure = slide("layers", title, published)
    [text] = [text for text in figure.texts if text.get_weight() == "bold"]
    assert " ".join(text.get_text().split()) == title
    box = text.get_window_extent()
    assert 0 <= box.x0 < box.x1 <= figure.bbox.width
    assert box.y0 >= max(axes.title.get_window_extent().y1 for axes in figure.axes)


@pytest.mark.parametrize("name", SLIDES)
def test_every_word_is_read_from_the_back_of_the_room(name, published):
    figure = slide(name, MESSAGE, published)
    shown = figure.findobj(Text)
    assert min(text.get_fontsize() for text in shown if text.get_text().strip()) >= 18


def test_what_is_shown_is_said_in_numbers(published):
    raw, scaled = described(slide("scale", "", published)).split("On one scale")
    assert "CKA: VGG16_BN 0.90" in raw
    assert "CKA: VGG16_BN 0.97" in scaled


def test_the_layers_found_and_those_asked_for_are_said(published):
    rows = published.table(IDENTIFICATION)
    rows = rows[(rows.experiment == f"{FIRST}_independent") & (rows.metric == "cka")]
    rows = rows[(rows.reshape == "flat") & (rows.kind_x != "out") & (rows.kind_y != "out")]
    mean = rows.pivot_table(index="layer_x", columns="layer_y", values="value")
    found = (mean.idxmax(axis=1) == mean.index).sum()
    assert found > 0
    words = f"It finds {found} of {len(mean)} layers"
    assert words in described(slide("layers", "", published))


def test_the_channels_that_find_themselves_are_said(published):
    rows = published.table(MATCHING)
    rows = rows[(rows.experiment == f"{FIRST}_trained_as_long") & (rows.depth == rows.depth.min())]
    own = 100 * rows[rows.iteration == rows.iteration.max()].own.mean()
    words = f"trained as long: first {own:.2f}"
    assert words in described(slide("channels", "", published))


@pytest.mark.parametrize("name", SLIDES)
def test_a_study_without_the_measurements_has_no_slide(name, published):
    nothing = replace(published, provenance=published.provenance | {"experiments": {}})
    assert slide(name, MESSAGE, nothing) is None
