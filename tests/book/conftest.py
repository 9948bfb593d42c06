"""A browser for the tests that open pages; and pages that are executed without a kernel."""

import os
import shutil

import nbformat
import pytest
from papermill.exceptions import PapermillExecutionError
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

REQUIRED = bool(os.environ.get("REQUIRE_BROWSER"))
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="module")
def chromium():
    """An installed browser; none is downloaded."""
    if not REQUIRED:
        pytest.importorskip("playwright")
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        (pytest.fail if REQUIRED else pytest.skip)(f"none of {', '.join(BROWSERS)} is installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        yield browser
        browser.close()


@pytest.fixture
def without_kernel(monkeypatch):
    """Papermill executes cells in this process, for tests of what is made of the outcome."""

    def executed(prepared, target, values, **_):
        notebook = load_notebook_node(str(prepared))
        if values:
            notebook = parameterize_notebook(notebook, values)
        names = {}
        for i, cell in enumerate(notebook.cells):
            if cell.cell_type == "code":
                try:
                    exec(cell.source, names)
                except Exception as error:
                    found = type(error).__name__, str(error)
                    raise PapermillExecutionError(i, i, cell.source, *found, []) from error
        notebook.metadata["language_info"] = {"name": "python"}
        nbformat.write(notebook, target)

    monkeypatch.setattr("papermill.execute_notebook", executed)
