"""What `make book` leaves on the embedded digits, which continuous integration runs first."""

import re

import nbformat
import pandas as pd
import pytest
import yaml
from bs4 import BeautifulSoup

from lib.book.pages import notebook_pages
from lib.declared import declared_study

STUDY = declared_study("smoke", chapter="converged")
BOOK = STUDY.results.with_name("pages")
HTML = BOOK / "_build" / "html"
OWN = [page.name for page in notebook_pages(chapter=STUDY.chapter)]

pytestmark = pytest.mark.skipif(not HTML.exists(), reason="`make book` was not run")


def text_of(page):
    """What a page says, without its programs, styles and the code of its cells."""
    page = BeautifulSoup(page, "html.parser")
    for element in page.select("script, style, .cell_input"):
        element.decompose()
    return page.get_text()


def test_the_book_has_every_page_of_its_contents():
    contents = yaml.safe_load((BOOK / "_toc.yml").read_text())
    chapters = [chapter["file"] for part in contents["parts"] for chapter in part["chapters"]]
    for page in (contents["root"], *chapters):
        assert (HTML / f"{page}.html").exists(), page


@pytest.mark.parametrize("name", OWN)
def test_a_page_of_the_study_shows_its_numbers_and_says_that_it_shows_digits(name):
    notebook = nbformat.read(BOOK / "book" / f"{name}.ipynb", as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert outputs
    assert not [output for output in outputs if output.output_type == "error"]
    page = (HTML / "book" / f"{name}.html").read_text(encoding="utf-8")
    assert not re.findall(r".*(?<![\w-])(?:nan|NaN)(?![\w-]).*", text_of(page))
    assert "digits" in re.search(r'<p class="networks.*?</p>', page, re.DOTALL)[0]


def test_no_page_failed():
    assert not list(BOOK.rglob("*.failed.ipynb"))


def test_one_network_of_each_kind_decides_no_claim():
    claims = pd.concat(map(pd.read_csv, (STUDY.results / "claims").glob("*.csv")))
    assert len(claims) > 500
    decided = claims[claims.verdict.isin(["holds", "does not hold"])]
    few = decided[decided.measured.str.contains(r"n = [12]\b|\([12] of [12]\)")]
    assert few.empty, few.to_string()
