"""The section notebooks: functions of a results folder, and of nothing else."""

import hashlib

import jupytext
import pytest

from lib.book.execute import execute
from lib.book.parameters import declared_parameters

from .made_up import PAGES, run_page


@pytest.mark.parametrize("name", PAGES)
def test_the_only_parameters_are_results_folders_and_what_tells_pages_apart(name):
    page = PAGES[name]
    declared = declared_parameters(jupytext.read(page.source))
    folders = {key: value for key, value in declared.items() if key not in page.parameters}
    known = {"results": "results", "full_scale": "results/full_scale"}
    assert "results" in folders
    assert folders.items() <= known.items()


@pytest.mark.parametrize("name", PAGES)
def test_a_section_runs_on_any_results_folder(name, folder, capsys):
    assert run_page(name, folder)["study"].folder == folder
    assert capsys.readouterr().err == ""


def test_two_executions_are_byte_identical(folder, tmp_path):
    page, digests = PAGES["resnet_fast"], set()
    for name in ("first", "second"):
        target = tmp_path / f"{name}.ipynb"
        execute(page.source, target, {"results": str(folder), **page.parameters})
        digests.add(hashlib.sha256(target.read_bytes()).hexdigest())
    assert len(digests) == 1
