"""What the executed pages show their readers is meant for readers."""

import re

import nbformat
import pytest

from lib import ROOT
from lib.book.pages import notebook_pages

RICHEST_FIRST = ("text/html", "text/markdown", "text/plain")
"""The forms of an output, of which a page shows the first that is not empty."""

BEHIND = "application/papermill.record/"
"""What glued values have before their form."""

KEYS = re.findall(r"@\w+\{([^,]+),", (ROOT / "book" / "references.bib").read_text(encoding="utf-8"))
ROLE = re.compile(r"\{cite[^}]*\}`[^`]*`")
"""A citation, which shows authors and year."""


def shown(notebook):
    """All texts of a notebook's outputs and glued values that a page shows."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {"text/plain": output.get("text", "")})
            for prefix in ("", BEHIND):
                forms = [data.get(prefix + form) for form in RICHEST_FIRST]
                yield from list(filter(None, forms))[:1]


def leaks(text):
    """What no reader should see in a text."""
    found = [key for key in KEYS if key in ROLE.sub("", text)]
    return found + (["IPython.core.display"] if "IPython.core.display" in text else [])


@pytest.mark.parametrize("page", [page.name for page in notebook_pages() if page.folders is None])
def test_no_page_shows_a_key_of_the_bibliography_or_an_object_of_python(page):
    notebook = nbformat.read(ROOT / "book" / f"{page}.ipynb", as_version=4)
    assert not [leak for text in shown(notebook) for leak in leaks(text)]


@pytest.mark.parametrize(
    ("data", "leak"),
    [
        ({"text/markdown": "", "text/plain": "<IPython.core.display.Markdown object>"}, True),
        ({"text/markdown": "Said.", "text/plain": "<IPython.core.display.Markdown object>"}, False),
        ({"text/html": "<p>as raghu2017svcca found</p>"}, True),
        ({"text/markdown": "as {cite:t}`raghu2017svcca` found"}, False),
        ({f"{BEHIND}text/plain": "raghu2017svcca"}, True),
    ],
)
def test_a_leak_is_what_a_page_would_show(data, leak):
    output = nbformat.v4.new_output("display_data", data)
    cell = nbformat.v4.new_code_cell(outputs=[output])
    texts = shown(nbformat.v4.new_notebook(cells=[cell]))
    assert any(leaks(text) for text in texts) == leak
