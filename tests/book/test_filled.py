"""Numbers and links in the text of executed pages."""

import re

import nbformat
import pytest

from lib.book.filled import cited, filled, titles
from lib.repository import ROOT

from .test_extensions import extension

PAGES = sorted((ROOT / "book").glob("*.ipynb"))


def glued(name, **data):
    data = {f"application/papermill.record/text/{kind}": text for kind, text in data.items()}
    metadata = {"scrapbook": {"name": name}}
    return nbformat.v4.new_output("display_data", data, metadata=metadata)


def page(text):
    outputs = [glued("most", plain="'0.21'"), glued("rests-a", plain="Rests", html="<b>Rests</b>")]
    cells = [nbformat.v4.new_markdown_cell(text), nbformat.v4.new_code_cell(outputs=outputs)]
    return nbformat.v4.new_notebook(cells=cells)


def test_names_become_what_was_glued_and_roles_become_links():
    text = "At {glue:text}`most:s` ({doc}`contrast`, {ref}`there <why>`, {ref}`why`):"
    (cell, _) = filled(page(f"{text}\n\n```{{glue}} rests-a\n```"), ROOT).cells
    pages, sections = titles(ROOT)
    assert pages["contrast"].endswith("(contrast.ipynb)")
    links = f"({pages['contrast']}, [there](#why), [{sections['why']}](#why))"
    assert cell.source == f"At 0.21 {links}:\n\n<b>Rests</b>"


def test_citations_name_the_works_and_are_roles_again_in_the_book():
    cell = "{cite:t}`raghu2017svcca`, [so] ({cite}`kornblith2019similarity,frankle2019lottery`)"
    notebook = filled(page(cell), ROOT)
    links = re.sub(r"\(references\.bib#[\w:,]+\)", "", notebook.cells[0].source)
    assert links == (
        "[Raghu et al. (2017)], [so] ([(Kornblith et al., 2019; Frankle and Carbin, 2019)])"
    )
    source = [nbformat.writes(notebook)]
    extension("citations").restore(None, "page", source)
    assert nbformat.reads(source[0], as_version=4).cells[0].source == cell
    works = cited(ROOT)
    assert len(set(works.values())) == len(works)


@pytest.mark.parametrize(
    "text", ["{glue:text}`least:s`", "{doc}`nowhere`", "{ref}`nowhere`", "{cite}`nowhere`"]
)
def test_a_name_of_nothing_is_refused(text):
    with pytest.raises(ValueError, match=r"nothing is named '(least|nowhere)'"):
        filled(page(text), ROOT)


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.stem)
def test_published_pages_link_to_each_other_by_title(file):
    notebook = nbformat.read(file, as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert not re.search(r"\{(glue:text|doc|ref|cite|cite:t)\}`|```\{glue\}", text)
    links = re.findall(r"\[[^\]]+\]\(\w+\.(?:ipynb|md)\)", text)
    assert set(links) <= set(titles(ROOT)[0].values())
