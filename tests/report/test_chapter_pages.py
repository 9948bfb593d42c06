"""The pages of the companion papers: functions of a results folder, and of nothing else."""

import jupytext
import pytest

from lib import ROOT
from lib.book.execute import execute
from lib.study.companions import CHAPTERS

from .made_up_chapters import write_chapter


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("chapters")
    return {chapter: write_chapter(root / chapter, chapter) for chapter in CHAPTERS}


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_runs_on_any_results_folder_of_its_own(chapter, folders, capsys):
    source = ROOT / "notebooks" / f"{chapter}.py"
    default, names = f'results = "results/chapters/{chapter}"', {}
    cells = [cell for cell in jupytext.read(source).cells if cell.cell_type == "code"]
    assert sum(default in cell.source for cell in cells) == 1
    for cell in cells:
        text = cell.source.replace(default, f"results = {str(folders[chapter])!r}")
        exec(compile(text, str(source), "exec"), names)
    assert names["study"].folder == folders[chapter]
    assert capsys.readouterr().err == ""


def test_two_executions_are_byte_identical(folders, tmp_path):
    targets = [tmp_path / f"{name}.ipynb" for name in ("first", "second")]
    for target in targets:
        source = ROOT / "notebooks" / "icann2020.py"
        execute(source, target, {"results": str(folders["icann2020"])})
    first, second = (target.read_bytes() for target in targets)
    assert first == second
