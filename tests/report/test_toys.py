"""Synthetic data and floors against theory, and the chapter on the metrics against lib.metrics."""

import math

import jupytext
import numpy as np
import pytest

from lib import ROOT
from lib.metrics import INVARIANCES, cka, mean_cca, nbs, procrustes
from lib.report import floors, metric_tables, toy_figures, toys
from lib.report.panels import Panels

SOURCE = ROOT / "notebooks" / "similarity_metrics.py"


@pytest.fixture(scope="module")
def page():
    """The names of the chapter after all of its code has run, and what it glued into the text."""
    names = {}
    for cell in jupytext.read(SOURCE).cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, str(SOURCE), "exec"), names)
    return names


def related(seed, rows, columns_x, columns_y):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((rows, columns_x)) * np.linspace(1, 0.2, columns_x) + 3
    return x, x @ rng.standard_normal((columns_x, columns_y)) + rng.standard_normal(
        (rows, columns_y)
    )


@pytest.mark.parametrize("metric", [mean_cca, cka, nbs])
@pytest.mark.parametrize("shared", [4, 12])
def test_overlap_is_the_share_of_common_columns(metric, shared):
    x, y = toys.overlapping(shared, 16)
    assert metric(x, y) == pytest.approx(shared / 16, abs=0.04)
    assert np.array_equal(x[:, :shared], y[:, :shared])


def test_angle():
    x, y = toys.at_angle(math.radians(60), 16)
    assert mean_cca(x, y) == pytest.approx(0.5, abs=0.01)
    assert nbs(x, y) == pytest.approx(0.5, abs=0.01)
    assert cka(x, y) == pytest.approx(0.25, abs=0.01)


def test_rotation_keeps_lengths():
    assert np.allclose(toys.rotation(7) @ toys.rotation(7).T, np.eye(7), atol=1e-14)


def test_dead_columns_are_constant_and_the_others_untouched():
    x = np.arange(12.0).reshape(3, 4)
    assert np.array_equal(toys.with_dead(x, 1), [[0, 1, 2, 0], [4, 5, 6, 0], [8, 9, 10, 0]])
    assert np.array_equal(toys.with_dead(x, 0), x)


def test_shuffled_positions_are_the_same_in_all_images_and_channels():
    x = toys.maps(2, 3, 4)
    order = toys.shuffled(np.tile(np.arange(16).reshape(4, 4), (2, 3, 1, 1)))
    assert sorted(order[0, 0].ravel()) == list(range(16))
    assert (order == order[0, 0]).all()
    assert np.array_equal(toys.shuffled(x)[1, 2].ravel(), x[1, 2].ravel()[order[0, 0].ravel()])


def test_channels_are_mixed_alike_everywhere():
    x = np.array([[[[1.0, 2]], [[10, 20]]]])
    mixed = toys.mixed_channels(x, np.array([[0.0, 1], [1, 1]]))
    assert mixed[0, :, 0].tolist() == [[10, 20], [11, 22]]


def test_blind_and_aware_agree_while_all_columns_live():
    x, y = related(0, 300, 5, 5)
    assert toys.rank_blind_cca(x, y) == pytest.approx(mean_cca(x, y), abs=1e-12)


def test_only_the_blind_one_falls():
    points = toy_figures.dead_points(0.0)
    assert points["aware"] == pytest.approx([1] * len(points["aware"]), abs=1e-10)
    lost = [1 - dead / toy_figures.DEAD_COLUMNS for dead in toy_figures.DEAD]
    # What an invented direction correlates by accident keeps it above.
    assert all(0 <= b - least < 0.12 for b, least in zip(points["blind"], lost, strict=True))


def test_noise_is_not_what_makes_it_fall():
    aware = toy_figures.dead_points(math.acos(0.8))["aware"]
    assert aware == pytest.approx([0.8] * len(aware), abs=0.02)


@pytest.mark.parametrize(("columns_x", "columns_y"), [(900, 900), (900, 90), (60, 60)])
def test_kernels_of_independent_data(columns_x, columns_y):
    rng = np.random.default_rng(5)
    x, y = (rng.standard_normal((300, columns)) for columns in (columns_x, columns_y))
    assert cka(x, y) == pytest.approx(floors.cka_floor(300, columns_x, columns_y), abs=0.01)
    assert nbs(x, y) == pytest.approx(floors.nbs_floor(300, columns_x, columns_y), abs=0.01)


def test_nbs_of_few_columns_is_the_nuclear_norm_of_a_square_normal_matrix():
    few = 8 / (3 * math.pi) * math.sqrt(1e-3)
    assert floors.nbs_floor(10_000, 10, 10) == pytest.approx(few, rel=1e-3)


def test_nbs_of_endless_columns_is_one():
    assert floors.nbs_floor(10, 10**5, 10**5) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("columns", [10, 100, 190])
def test_cca_of_independent_data(columns):
    x, y = np.random.default_rng(6).standard_normal((2, 401, columns))
    assert mean_cca(x, y) == pytest.approx(floors.cca_floor(400, columns), abs=0.015)


def test_cca_by_hand():
    """Half as many columns as rows: φ = π/2, so 2/π."""
    assert floors.cca_floor(200, 100) == pytest.approx(2 / math.pi, abs=1e-12)
    with pytest.raises(ValueError, match="columns: got 101 of 200 rows"):
        floors.cca_floor(200, 101)


def test_blocks_are_those_of_the_network():
    assert floors.blocks() == {
        "block\u00a01": (64, 32, 32),
        "block\u00a02": (128, 16, 16),
        "block\u00a03": (256, 8, 8),
        "block\u00a04": (512, 4, 4),
        "block\u00a05": (512, 2, 2),
        "out": (10,),
    }


def test_known_floors_of_the_paper_s_shapes():
    rows = {row[0]: row[2:] for row in floors.layer_floors().rows}
    assert [row[0] for row in rows.values()] == ["0.93", "0.87", "0.77", "0.62", "0.29", "0.00"]
    assert [row[1] for row in rows.values()] == ["0.98", "0.96", "0.92", "0.85", "0.52", "0.04"]
    assert rows["out"][2] == rows["out"][3]


def test_falling_spectra_part_cka_from_nbs():
    found = floors.measured_floors(100, 1300)
    assert found[0.0]["cka"] == pytest.approx(floors.cka_floor(100, 1300, 1300), abs=0.01)
    for values in found.values():
        assert values["cka"] == pytest.approx(values["null"], abs=0.03)
        assert abs(values["cka_debiased"]) < 0.1
        assert values["nbs"] > values["cka"]
    rows = floors.spectrum_floors(found).rows
    assert [row[0] for row in rows] == list(floors.SPECTRA.values())
    assert rows[0][2] == f"{found[0.0]['cka']:.3f}"


def test_zero_has_no_sign():
    assert floors._rounded(-0.0001, 3) == "0.000"


@pytest.mark.parametrize("name", ["svcca", "cka", "nbs", "pwcca", "mean_cca"])
@pytest.mark.parametrize("sizes", [(80, 5, 5), (80, 4, 9)])
def test_definitions_on_other_data(page, name, sizes):
    x, y = related(7, *sizes)
    assert page[name](x, y) == pytest.approx(
        getattr(page["metrics"], name)(x, y), abs=toys.TOLERANCE
    )


@pytest.mark.parametrize("sizes", [(80, 5, 5), (40, 60, 90)])
def test_kernel_definitions_at_any_shape(page, sizes):
    x, y = related(8, *sizes)
    library = page["metrics"]
    for by_hand, value in (
        ("cka", library.cka(x, y)),
        ("cka_debiased", library.cka(x, y, debiased=True)),
        ("nbs", library.nbs(x, y)),
        ("nbs_fast", library.nbs(x, y)),
    ):
        assert page[by_hand](x, y) == pytest.approx(value, abs=toys.TOLERANCE)


def test_the_rest_of_the_definitions(page):
    x, y = related(9, 80, 5, 5)
    library = page["metrics"]
    assert page["mean_cca_98"](x, y) == pytest.approx(
        library.mean_cca(x, y, mean="sum98"), abs=toys.TOLERANCE
    )
    assert page["cosine"](x, y) == pytest.approx(library.cosine(x, y), abs=toys.TOLERANCE)


def test_what_is_printed_in_equation_7_is_cka_in_another_normalisation(page):
    x, y = related(10, 80, 5, 5)
    k, m = page["gram"](x), page["gram"](y)
    ratio = [np.trace(g) ** 2 / np.sum(g**2) for g in (k, m)]
    assert page["nbs_as_printed"](x, y) ** 2 == pytest.approx(
        cka(x, y) / math.sqrt(ratio[0] * ratio[1]), abs=1e-12
    )
    assert page["nbs_as_printed"](x, x) == pytest.approx(1 / math.sqrt(ratio[0]), abs=1e-12)
    assert page["nbs"](x, x) == pytest.approx(1, abs=1e-10)


def test_the_toy_shows_what_the_text_says(page):
    """Faint directions are cut, the order of PWCCA's arguments matters, CKA is below NBS."""
    x, y, values = page["x"], page["y"], page["values"]
    assert page["principal"](x).shape[1] == 4
    assert values["svcca"] > values["mean_cca"] + 0.1
    assert abs(page["pwcca"](x, y) - page["pwcca"](y, x)) > 0.01
    assert 0.55 < values["mean_cca"] < 0.65
    assert values["cka"] < values["nbs"]


def test_wrong_definitions_are_caught():
    with pytest.raises(AssertionError, match="CKA: 0.5 by hand, 0.6 by lib.metrics"):
        toys.confirm("CKA", 0.5, 0.6)
    with pytest.raises(AssertionError):
        toys.confirm("CKA", math.nan, math.nan)
    line = toys.confirm("CKA", 0.5, 0.5 + 1e-12)
    assert " ".join(line.split()) == "CKA by hand 0.500 library 0.500"


def test_every_metric_has_a_name_and_is_in_the_table():
    table = metric_tables.invariance_table()
    assert [row[0] for row in table.rows] == [metric_tables.TITLES[m] for m in INVARIANCES]


def test_ticks_are_the_declarations():
    rows = {
        row[0]: dict(zip(metric_tables.CHANGES, row[1:], strict=True))
        for row in metric_tables.invariance_table().rows
    }
    assert rows["PWCCA"]["symmetric"] == "\u2013"
    assert rows["PWCCA"]["permutation"] == "\u2713"
    for metric, declared in INVARIANCES.items():
        ticks = rows[metric_tables.TITLES[metric]]
        assert all((ticks[c] == "\u2713") == getattr(declared, c) for c in ticks)


def test_values_stand_in_their_order():
    table = metric_tables.value_table({"cka": 0.2, "nbs": 0.55}, ("cka", "nbs"))
    assert table.rows == (("NBS", "0.55"), ("CKA", "0.20"))


def test_further_metrics_are_all_that_the_paper_lacks():
    x, y = related(11, 60, 4, 4)
    values = metric_tables.all_values(x, y)
    paper = {"mean_cca", "svcca", "pwcca", "cka", "nbs", "cosine"}
    variants = {"mean_cca_sum98", "svcca_sum98", "cka_debiased"}
    assert set(metric_tables.FURTHER) == set(values) - paper - variants
    table = metric_tables.further_table(values)
    assert table.rows[0][-1] == f"{procrustes(x, y):.2f}"


def test_sizes_of_the_matrices():
    sizes = [row[2] for row in metric_tables.reshape_table().rows]
    assert sizes == ["320,000 \u00d7 256", "5,000 \u00d7 16,384", "5,000 \u00d7 256"]


def test_shuffled_maps_are_the_same_on_the_flat_matrix_only():
    x = toys.maps(300, 4, 6)
    table = metric_tables.reshape_values({"shuffled": (x, toys.shuffled(x))})
    row = dict(zip(table.header, table.rows[0], strict=True))
    assert row["CKA flat"] == row["NBS flat"] == "1.00"
    assert float(row["mean CCA channels"]) < 0.5


@pytest.fixture(scope="module", params=["known_answers", "dead_channels"])
def draw(request):
    return getattr(toy_figures, request.param)


def test_drawn_twice_the_bytes_are_equal_and_every_panel_says_what_it_shows(draw):
    panels = draw()
    assert isinstance(panels, Panels)
    assert draw()._repr_html_() == panels._repr_html_()
    assert set(panels.labels) == set(panels.figures)
    assert all(len(label) > 60 for label in panels.labels.values())


def test_every_colour_is_one_that_the_page_can_replace(draw):
    panels = draw()
    lines = [line for f in panels.figures.values() for a in f.axes for line in a.lines]
    assert {line.get_color() for line in lines} <= set(panels.colours)
