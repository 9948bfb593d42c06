"""The chapter on values: its nulls are those of independent data."""

import ast

import jupytext
import numpy as np
import pytest

from lib import ROOT, metrics

SOURCE = ROOT / "notebooks" / "what_a_value_means.py"


@pytest.fixture(scope="module")
def page():
    """The functions of the cell that gives the nulls."""
    [cell] = [cell for cell in jupytext.read(SOURCE).cells if "def cka_floor" in cell.source]
    functions = [node for node in ast.parse(cell.source).body if isinstance(node, ast.FunctionDef)]
    exec(compile(ast.Module(functions, []), str(SOURCE), "exec"), names := {"np": np})
    return names


@pytest.mark.parametrize("columns", [900, 60])
def test_kernel_floors_are_those_of_independent_data(page, columns):
    x, y = np.random.default_rng(5).standard_normal((2, 300, columns))
    assert metrics.cka(x, y) == pytest.approx(page["cka_floor"](300, columns), abs=0.01)
    assert metrics.nbs(x, y) == pytest.approx(page["nbs_floor"](300, columns), abs=0.01)


@pytest.mark.parametrize("columns", [10, 100, 190])
def test_the_floor_of_cca_is_that_of_independent_data(page, columns):
    x, y = np.random.default_rng(6).standard_normal((2, 401, columns))
    assert metrics.mean_cca(x, y) == pytest.approx(page["cca_floor"](400, columns), abs=0.015)
