"""The section notebooks: functions of a results folder, and of nothing else."""

import hashlib

import jupytext
import pytest

from lib import ROOT
from lib.book.execute import execute

SECTIONS = [
    "methods",
    "data",
    "accuracy",
    "vgg16_bn",
    "vgg_svhn",
    "resnet_fast",
    "output_layers",
    "controls",
    "reshapes",
    "contrast",
    "dimensions",
    "robustness",
    "validity",
    "claims",
    "full_scale",
    "scaling",
]


def source(section):
    return ROOT / "notebooks" / f"{section}.py"


def code_cells(section):
    return [cell for cell in jupytext.read(source(section)).cells if cell.cell_type == "code"]


@pytest.mark.parametrize("section", SECTIONS)
def test_the_only_parameters_are_results_folders(section):
    tagged = [x for x in code_cells(section) if "parameters" in x.metadata.get("tags", [])]
    known = ['results = "results"']
    if section in ("full_scale", "scaling"):
        known.append('full_scale = "results/full_scale"')
    assert [cell.source for cell in tagged] == ["\n".join(known)]


@pytest.mark.parametrize("section", SECTIONS)
def test_code_is_folded_or_put_away(section):
    for cell in code_cells(section):
        tags = cell.metadata["tags"]
        assert set(tags) & {"hide-input", "remove-input", "remove-cell", "parameters"}


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_runs_on_any_results_folder(section, folder, capsys):
    names = {}
    for cell in code_cells(section):
        text = cell.source.replace('results = "results"', f"results = {str(folder)!r}")
        exec(compile(text, str(source(section)), "exec"), names)
    assert names["study"].folder == folder
    assert capsys.readouterr().err == ""


def test_two_executions_are_byte_identical(folder, tmp_path):
    digests = set()
    for name in ("first", "second"):
        target = tmp_path / f"{name}.ipynb"
        execute(source("resnet_fast"), target, {"results": str(folder)})
        digests.add(hashlib.sha256(target.read_bytes()).hexdigest())
    assert len(digests) == 1
