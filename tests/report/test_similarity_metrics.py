"""The chapter on the metrics: its definitions and floors on data that it has not seen."""

import math

import jupytext
import numpy as np
import pytest

from lib import ROOT, metrics

SOURCE = ROOT / "notebooks" / "similarity_metrics.py"


@pytest.fixture(scope="module")
def page():
    """The names of the chapter after all of its code has run."""
    names = {}
    for cell in jupytext.read(SOURCE).cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, str(SOURCE), "exec"), names)
    return names


def related(seed, rows, columns_x, columns_y):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((rows, columns_x)) * np.linspace(1, 0.2, columns_x) + 3
    mixing = rng.standard_normal((columns_x, columns_y))
    return x, x @ mixing + rng.standard_normal((rows, columns_y))


@pytest.mark.parametrize("name", ["svcca", "cka", "nbs", "pwcca", "mean_cca"])
@pytest.mark.parametrize("sizes", [(80, 5, 5), (80, 4, 9)])
def test_definitions_on_other_data(page, name, sizes):
    x, y = related(7, *sizes)
    assert page[name](x, y) == pytest.approx(getattr(metrics, name)(x, y), abs=1e-10)


@pytest.mark.parametrize("sizes", [(80, 5, 5), (40, 60, 90)])
def test_kernel_definitions_at_any_shape(page, sizes):
    x, y = related(8, *sizes)
    for by_hand, value in (
        ("cka", metrics.cka(x, y)),
        ("cka_debiased", metrics.cka(x, y, debiased=True)),
        ("nbs", metrics.nbs(x, y)),
        ("nbs_fast", metrics.nbs(x, y)),
    ):
        assert page[by_hand](x, y) == pytest.approx(value, abs=1e-10)


def test_what_is_printed_in_equation_7_is_cka_in_another_normalisation(page):
    x, y = related(10, 80, 5, 5)
    k, m = page["gram"](x), page["gram"](y)
    ratio = [np.trace(g) ** 2 / np.sum(g**2) for g in (k, m)]
    assert page["nbs_as_printed"](x, y) ** 2 == pytest.approx(
        metrics.cka(x, y) / math.sqrt(ratio[0] * ratio[1]), abs=1e-12
    )
    assert page["nbs_as_printed"](x, x) == pytest.approx(1 / math.sqrt(ratio[0]), abs=1e-12)
    assert page["nbs"](x, x) == pytest.approx(1, abs=1e-10)


@pytest.mark.parametrize("columns", [900, 60])
def test_kernel_floors_are_those_of_independent_data(page, columns):
    x, y = np.random.default_rng(5).standard_normal((2, 300, columns))
    assert metrics.cka(x, y) == pytest.approx(page["cka_floor"](300, columns), abs=0.01)
    assert metrics.nbs(x, y) == pytest.approx(page["nbs_floor"](300, columns), abs=0.01)


@pytest.mark.parametrize("columns", [10, 100, 190])
def test_the_floor_of_cca_is_that_of_independent_data(page, columns):
    x, y = np.random.default_rng(6).standard_normal((2, 401, columns))
    assert metrics.mean_cca(x, y) == pytest.approx(page["cca_floor"](400, columns), abs=0.015)
