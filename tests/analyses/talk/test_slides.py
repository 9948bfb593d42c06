"""Pictures for a talk: 16:9, the same bytes each time, with their message, large enough to read."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from matplotlib import image
from matplotlib.text import Text

from lib import ROOT
from lib.analyses.talk.slides import SLIDES, described, slide, write_slide
from lib.book.report.results import load_results

MESSAGE = "A message that <stands> above the figure and takes more than a single line of it"


@pytest.fixture(scope="module")
def published():
    return load_results(ROOT / "results")


@pytest.mark.parametrize("name", SLIDES)
def test_a_slide_is_two_files_with_the_message(name, published, tmp_path):
    figure = slide(name, MESSAGE, published)
    assert any(" ".join(text.get_text().split()) == MESSAGE for text in figure.texts)
    write_slide(figure, tmp_path / "one")
    write_slide(slide(name, MESSAGE, published), tmp_path / "two")
    for kind in ("svg", "png"):
        one, two = (tmp_path / f"{which}.{kind}" for which in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()
    assert image.imread(tmp_path / "one.png").shape[:2] == (1080, 1920)
    assert ElementTree.parse(tmp_path / "one.svg").getroot().tag.endswith("svg")


@pytest.mark.parametrize("name", SLIDES)
def test_every_word_is_read_from_the_back_of_the_room(name, published):
    figure = slide(name, MESSAGE, published)
    shown = figure.findobj(Text)
    assert min(text.get_fontsize() for text in shown if text.get_text().strip()) >= 18


def test_what_is_shown_is_said_in_numbers(published):
    assert "CKA: VGG16_BN 0.87" in described(slide("scale", "", published))
    assert "It finds 18 of 18 layers" in described(slide("layers", "", published))
    assert "trained as long: first 91.67" in described(slide("channels", "", published))


@pytest.mark.parametrize("name", SLIDES)
def test_a_study_without_the_measurements_has_no_slide(name, published):
    nothing = replace(published, provenance=published.provenance | {"experiments": {}})
    assert slide(name, MESSAGE, nothing) is None
