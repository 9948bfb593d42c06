"""The committed pages are the notebooks' sources, executed on the committed tables.

That their outputs are those of the tables is what `pytest --nbval book/*.ipynb` checks.
"""

import re

import jupytext
import nbformat
import pytest

from lib import ROOT
from lib.book.execute import adapt_to_page, declared_parameters
from lib.book.pages import (
    CHAPTERS,
    OF_EITHER,
    OWN_PAGES,
    SHARED_PAGES,
    folder_parameter,
    notebook_pages,
    own_pages,
    pages_of,
)
from lib.book.report.results import published_results, study_folders
from lib.book.sealed_page import load_page
from lib.integrity import load_sealed
from lib.study.code_revision import DIRTY
from lib.study.study import TRAINED

from .report.made_up import COMPUTING

PAGES = notebook_pages()
OF_NO_FOLDER = [page for page in PAGES if page.folders is None]
TITLE = r":::\{figure-title\} (\S+)\n(?::expects:.*\n)?(.*)\n:::"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_has_the_cells_of_its_source(page):
    written = jupytext.read(page.source)
    adapt_to_page(written, declared_parameters(written) | page.parameters)
    cells = nbformat.read(ROOT / "book" / f"{page.name}.ipynb", as_version=4).cells
    assert all(c.execution_count for c in cells if c.cell_type == "code")
    cells = [c for c in cells if "injected-parameters" not in c.metadata.get("tags", [])]
    kept = [(c.cell_type, c.source) for c in cells]
    assert kept == [(c.cell_type, c.source) for c in written.cells]
    first = cells[0]
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")  # what Sphinx takes for the title


@pytest.mark.parametrize("page", OF_NO_FOLDER, ids=lambda page: page.name)
def test_every_figure_has_a_short_title(page):
    figures, titles = set(), {}
    for cell in nbformat.read(ROOT / "book" / f"{page.name}.ipynb", as_version=4).cells:
        if figure := cell.metadata.get("mystnb", {}).get("figure"):
            figures.add(figure["name"])
        if cell.cell_type == "markdown":
            titles |= dict(re.findall(TITLE, cell.source))
    assert figures == titles.keys()
    assert all(len(title.split()) <= 12 for title in titles.values())


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_page_has_the_parameter_by_which_it_is_given_a_chapter(chapter):
    pages = {page.name: page for page in notebook_pages(chapter=chapter)}
    assert {name for name, page in pages.items() if page.folders is None} == set(pages_of(chapter))
    for name, page in pages.items():
        parameter = folder_parameter(name, chapter)
        folder = declared_parameters(jupytext.read(page.source))[parameter]
        assert folder == str(published_results(chapter))


def test_the_main_study_has_the_pages_that_are_of_no_chapter_and_those_of_either():
    main = {page.name for page in notebook_pages(chapter="")}
    assert set(OF_EITHER) <= main & set(own_pages("converged"))
    assert {"function", "validity", "converged", "wacv2020"} & main == set()
    assert "claims" in main & set(pages_of("converged"))
    assert folder_parameter("claims", "") == "results"


def test_no_other_page_reads_the_tables_of_a_chapter():
    folders = {str(published_results(chapter)): chapter for chapter in CHAPTERS}
    read = [
        (page.name, folders[value])
        for page in PAGES
        for value in declared_parameters(jupytext.read(page.source)).values()
        if value in folders
    ]
    shown = [(name, chapter) for chapter in CHAPTERS for name in pages_of(chapter)]
    assert sorted(read) == sorted(shown)


def test_a_page_is_of_one_study_and_may_show_others_beside_it():
    assert {*OWN_PAGES, *SHARED_PAGES} <= set(CHAPTERS)
    own = [name for chapter in CHAPTERS for name in own_pages(chapter)]
    assert len(own) == len(set(own))
    for chapter, names in SHARED_PAGES.items():
        assert not set(names) & set(own_pages(chapter))
    for page in PAGES:
        main = declared_parameters(jupytext.read(page.source))["results"]
        assert (main == str(published_results())) == (page.name not in own)


def test_every_page_has_its_source():
    assert {p.stem for p in (ROOT / "book").glob("*.ipynb")} == {page.name for page in PAGES}


PUBLISHED = sorted(
    str(folder.relative_to(ROOT / "results")) for folder in study_folders(ROOT / "results")
)


@pytest.mark.parametrize("folder", PUBLISHED)
def test_the_published_results_say_where_they_come_from(folder):
    provenance = load_sealed(ROOT / "results" / folder)
    assert provenance["jobs"]
    for job in provenance["jobs"]:
        assert job["versions"]["torch"]
        assert not any(run["revision"].endswith(DIRTY) for run in (job, job.get(TRAINED, job)))


def test_every_executed_page_is_what_was_executed():
    """`lib.book.execute` writes the digest; one without it was executed by an earlier version."""
    for page in (ROOT / "book").glob("*.ipynb"):
        assert "sha256" in load_page(page)["metadata"], f"execute {page.name} again"


def test_pages_that_compute_networks_are_executed_with_and_without_vector_units():
    [names] = re.findall(r"^COMPUTING = (.*)$", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    # tests/book/test_nano_imp.py executes this one, and compares its tables with the library's
    assert {*names.split(), "nano_imp"} == set(COMPUTING)
    assert {page.name for page in notebook_pages(chapter="")} >= set(COMPUTING)
