"""Made-up cells of the grid, whose difference from training alone is known."""

from dataclasses import replace

import pandas as pd
import pytest

from lib.analyses.width_and_length.analysis import added_by_pruning, effects, grid, grid_table
from lib.analyses.width_and_length.cells import (
    NARROW_CELL,
    NARROW_SHORT_CELL,
    PAPERS_CELL,
    SHORT_CELL,
)
from lib.analyses.width_and_length.grid_shown import complete_accuracies, draw_grid, whole_trainings
from lib.book.report.figure import ABSENT
from lib.book.report.results import load_results, results_if_any

from ...book.report.made_up import write_results

SEEDS = 3
BEYOND = {PAPERS_CELL: 0.0, SHORT_CELL: 0.0, NARROW_CELL: -0.2, NARROW_SHORT_CELL: -0.2}
ALONE = 0.8


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """A study of one network and its control, three complete networks each."""
    folder = tmp_path_factory.mktemp("cells") / "results"
    runs = [(seed, 0) for seed in range(SEEDS)]
    networks = {PAPERS_CELL: "vgg_svhn", f"{PAPERS_CELL}_trained_as_long": "vgg_svhn"}
    return load_results(write_results(folder, runs=runs, networks=networks))


def study_of(measured, cells):
    """A study of some cells, with what pruning does beyond training, apart by seed."""
    similarity, performance, settings = [], [], {}
    for cell, beyond in cells.items():
        for end in ("", "_trained_as_long"):
            name, like = f"{cell}{end}", f"{PAPERS_CELL}{end}"
            rows = measured.of(like, "similarity")
            value = ALONE + (0 if end else beyond) + 0.001 * rows.train_seed * (not end)
            similarity.append(rows.assign(experiment=name, value=value))
            performance.append(measured.of(like, "performance").assign(experiment=name))
            changed = {"base": cell, "width": 0.5 if "narrow" in cell else 1.0}
            changed["epochs"] = 4 if "short" in cell else 15
            settings[name] = measured.settings(like) | changed
    return replace(
        measured,
        similarity=pd.concat(similarity, ignore_index=True),
        performance=pd.concat(performance, ignore_index=True),
        provenance={**measured.provenance, "experiments": settings},
    )


@pytest.fixture(scope="module")
def cells(measured):
    full = study_of(measured, {PAPERS_CELL: BEYOND[PAPERS_CELL]})
    others = {cell: beyond for cell, beyond in BEYOND.items() if cell != PAPERS_CELL}
    return grid(full, study_of(measured, others))


def test_what_pruning_does_is_taken_within_each_complete_network(cells):
    beyond = added_by_pruning(cells[NARROW_CELL], "svcca")
    assert list(beyond) == pytest.approx([-0.2, -0.199, -0.198])


def test_a_difference_in_width_is_found_and_the_length_makes_none(cells):
    verdicts = {effect.key: effect.verdict for effect in effects(cells)}
    assert verdicts["grid-width-whole-training-svcca"] == "above 0"
    assert verdicts["grid-width-short-training-cka"] == "above 0"
    assert verdicts["grid-length-full-width-svcca"] == "undecided"
    assert verdicts["grid-length-half-width-cka"] == "undecided"


def test_a_cell_without_its_control_is_no_cell(measured, cells):
    full = cells[PAPERS_CELL].study
    settings = full.provenance["experiments"]
    alone = {name: setting for name, setting in settings.items() if name == PAPERS_CELL}
    without = replace(full, provenance={**full.provenance, "experiments": alone})
    assert list(grid(without, cells[SHORT_CELL].study)) == [
        NARROW_CELL,
        SHORT_CELL,
        NARROW_SHORT_CELL,
    ]


def test_the_table_and_the_figure_have_a_row_for_each_cell(cells):
    table = grid_table(cells)
    assert list(table.index) == [("1", "15"), ("0.5", "15"), ("1", "4"), ("0.5", "4")]
    assert table.loc[("0.5", "15"), "Networks"] == str(SEEDS)
    assert table.loc[("0.5", "15"), "SVCCA, beyond training"].startswith("\u22120.20")
    drawn = draw_grid(cells)._repr_html_()
    assert "full width, 15 epochs" in drawn
    assert "1/2 width, 4 epochs" in drawn


def test_similarities_at_the_end_are_named_at_full_and_at_half_the_width(cells):
    assert whole_trainings(cells) == "0.80 and 0.60"
    assert whole_trainings(cells, "_trained_as_long") == "0.80 and 0.80"


def test_complete_networks_are_named_by_their_accuracies(cells):
    assert complete_accuracies(cells, SHORT_CELL) == "96 %, 94 % and 92 %"


def test_without_the_chapter_nothing_is_measured(tmp_path):
    nothing = results_if_any(tmp_path / "nowhere")
    cells = grid(nothing, nothing)
    assert (cells, effects(cells)) == ({}, [])
    assert grid_table(cells).empty
    assert ABSENT in draw_grid(cells)._repr_html_()
    assert complete_accuracies(cells, SHORT_CELL) == whole_trainings(cells) == "not measured"
