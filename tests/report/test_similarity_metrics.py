"""The chapter on the metrics: its definitions and floors on data that it has not seen."""

import math
from dataclasses import fields

import jupytext
import numpy as np
import pytest

from benchmarks import plain
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


def test_the_rest_of_the_definitions(page):
    x, y = related(9, 80, 5, 5)
    by_library = metrics.mean_cca(x, y, mean="sum98")
    assert page["mean_cca_98"](x, y) == pytest.approx(by_library, abs=1e-10)
    assert page["cosine"](x, y) == pytest.approx(metrics.cosine(x, y), abs=1e-10)
    # while all columns live, nothing is lost by not looking at the rank
    assert page["blind_cca"](x, y) == pytest.approx(metrics.mean_cca(x, y), abs=1e-12)


def test_what_is_printed_in_equation_7_is_cka_in_another_normalisation(page):
    x, y = related(10, 80, 5, 5)
    k, m = page["gram"](x), page["gram"](y)
    ratio = [np.trace(g) ** 2 / np.sum(g**2) for g in (k, m)]
    assert page["nbs_as_printed"](x, y) ** 2 == pytest.approx(
        metrics.cka(x, y) / math.sqrt(ratio[0] * ratio[1]), abs=1e-12
    )
    assert page["nbs_as_printed"](x, x) == pytest.approx(1 / math.sqrt(ratio[0]), abs=1e-12)
    assert page["nbs"](x, x) == pytest.approx(1, abs=1e-10)


def test_wrong_definitions_are_caught(page):
    for by_hand in (0.6, math.nan):
        with pytest.raises(AssertionError, match="CKA"):
            page["confirm"]("CKA", by_hand, 0.5)


@pytest.mark.parametrize("shared", [4, 12])
def test_the_data_have_the_similarity_that_theory_says(page, shared):
    x, y = page["overlapping"](shared)
    assert np.array_equal(x[:, :shared], y[:, :shared])
    for metric in (metrics.mean_cca, metrics.cka, metrics.nbs):
        assert metric(x, y) == pytest.approx(shared / 16, abs=0.04)
    x, y = page["at_angle"](math.radians(60))
    assert metrics.mean_cca(x, y) == pytest.approx(0.5, abs=0.01)
    assert metrics.nbs(x, y) == pytest.approx(0.5, abs=0.01)
    assert metrics.cka(x, y) == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize("columns", [900, 60])
def test_kernel_floors_are_those_of_independent_data(page, columns):
    x, y = np.random.default_rng(5).standard_normal((2, 300, columns))
    assert metrics.cka(x, y) == pytest.approx(page["cka_floor"](300, columns), abs=0.01)
    assert metrics.nbs(x, y) == pytest.approx(page["nbs_floor"](300, columns), abs=0.01)


@pytest.mark.parametrize("columns", [10, 100, 190])
def test_the_floor_of_cca_is_that_of_independent_data(page, columns):
    x, y = np.random.default_rng(6).standard_normal((2, 401, columns))
    assert metrics.mean_cca(x, y) == pytest.approx(page["cca_floor"](400, columns), abs=0.015)


def test_floors_at_the_limits(page):
    few = 8 / (3 * math.pi) * math.sqrt(1e-3)
    assert page["nbs_floor"](10_000, 10) == pytest.approx(few, rel=1e-3)
    assert page["nbs_floor"](10, 10**5) == pytest.approx(1, abs=1e-3)
    assert page["cca_floor"](200, 100) == pytest.approx(2 / math.pi, abs=1e-12)


def test_the_toys_show_what_the_text_says(page):
    x, y, values, last = page["x"], page["y"], page["values"], page["last"]
    assert page["principal"](x).shape[1] == 4
    assert values["svcca"] > values["mean_cca"] + 0.1
    assert abs(page["pwcca"](x, y) - page["pwcca"](y, x)) > 0.01
    assert 0.55 < values["mean_cca"] < 0.65
    assert values["cka"] < values["nbs"]
    for title, truth in page["cosine_of_noise"].items():
        aware, blind = last[title]
        assert aware == pytest.approx(truth, abs=0.02)
        # what an invented direction correlates by accident keeps it above
        assert 0 <= blind - truth / 4 < 0.12


def test_falling_spectra_part_cka_from_nbs(page):
    spectrum = page["spectrum"]
    assert (spectrum["CKA"] - spectrum["exact mean"]).abs().max() < 0.03
    assert spectrum["debiased"].abs().max() < 0.1
    assert (spectrum["NBS"] > spectrum["CKA"]).all()


def test_the_tables_leave_no_metric_out(page):
    assert set(page["TITLES"]) == set(metrics.METRICS)
    variants = {"mean_cca_sum98", "svcca_sum98", "cka_debiased"}
    further = {row[0] for row in page["further"]}
    assert further == set(metrics.METRICS) - set(page["METRICS"]) - variants
    assert set(page["changes"]) == {field.name for field in fields(metrics.Invariances)}
    assert set(page["plain"]) == {name for name in vars(plain) if "_by_" in name}
