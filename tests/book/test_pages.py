"""The committed pages are the notebooks' sources, executed on the committed tables.

That their outputs are those of the tables is what `pytest --nbval book/*.ipynb` checks.
"""

import json

import jupytext
import nbformat
import pytest

from lib import ROOT
from lib.book.publish import section_sources

SOURCES = section_sources()


@pytest.mark.parametrize("source", SOURCES, ids=lambda p: p.stem)
def test_a_page_has_the_cells_of_its_source(source):
    written = jupytext.read(source).cells
    page = nbformat.read(ROOT / "book" / f"{source.stem}.ipynb", as_version=4).cells
    assert [(c.cell_type, c.source) for c in page] == [(c.cell_type, c.source) for c in written]
    assert all(c.execution_count for c in page if c.cell_type == "code")


def test_every_page_has_its_source():
    assert {p.stem for p in (ROOT / "book").glob("*.ipynb")} == {p.stem for p in SOURCES}


def test_the_published_results_say_where_they_come_from():
    provenance = json.loads((ROOT / "results" / "provenance.json").read_text())
    assert provenance["jobs"]
    for job in provenance["jobs"]:
        assert not job["revision"].endswith("-dirty")
        assert job["versions"]["torch"]
