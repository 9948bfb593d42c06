"""The plug-in that moves what pages compute with: what it moves, and what it leaves."""

import re
import subprocess
import sys

import nbformat
import numpy as np
import pandas as pd
import pytest
import torch

from lib.report import number

START = """
import numpy as np
import pandas as pd
import torch
from lib.report import number
rows = pd.read_parquet("rows.parquet")
"""
WRITE = 'rows.map(number).to_csv("published.csv")'
CELLS = {
    "a number of a table, with all digits": "rows.value.sum()",
    "a number of a table, as published": "number(rows.value.sum())",
    "a published file": WRITE,
    "a setting": "rows.radius.sum()",
    "a result of a function, with all digits": "np.log(0.3)",
    "a result of a function, as published": "number(100 * np.log(0.3))",
    "a result of linear algebra, as published": "number(np.linalg.norm([30.2, 41.7]))",
    "a result of PyTorch, as published": "number(torch.tensor(71.3).item())",
}


@pytest.fixture
def page(tmp_path):
    rows = pd.DataFrame({"value": [71.3, 64.2, 88.7], "radius": [0.1, 0.2, 0.3]})
    rows.to_parquet(tmp_path / "rows.parquet")
    rows.map(number).to_csv(tmp_path / "published.csv")
    cells = [nbformat.v4.new_code_cell(START, execution_count=1)]
    for source in CELLS.values():
        cell = nbformat.v4.new_code_cell(source, execution_count=1)
        if source != WRITE:
            names = {"rows": rows, "np": np, "torch": torch, "number": number}
            shown = {"text/plain": repr(eval(source, names))}
            cell.outputs.append(nbformat.v4.new_output("execute_result", shown, execution_count=1))
        cells.append(cell)
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "page.ipynb")
    return tmp_path / "page.ipynb"


def test_a_page_fails_where_what_it_shows_is_moved_and_nowhere_else(page):
    published = page.with_name("published.csv").read_bytes()
    plugins = ["-p", "no:xdist", "-p", "no:cacheprovider", "-p", "tests.perturbation"]
    given = ["--nbval", "--nbval-current-env", "--nbval-kernel-startup-timeout", "1200"]
    sizes = ["--move-tables", "0.01", "--move-functions", "0.001"]
    command = [sys.executable, "-m", "pytest", *plugins, *given, *sizes, page.name]
    ran = subprocess.run(command, cwd=page.parent, capture_output=True, text=True)
    failed = re.findall(r"^FAILED .*::Cell (\d+)", ran.stdout, re.MULTILINE)
    expected = [i for i, name in enumerate(CELLS, start=1) if name != "a setting"]
    assert [*map(int, failed)] == expected, ran.stdout
    assert f"{page.name}: {len(expected)} of {len(CELLS) + 1} cells fail" in ran.stdout
    assert page.with_name("published.csv").read_bytes() == published
