"""Made-up rows look like a study's, and each way of reading finds the right ones."""

import pytest

from benchmarks.store import READINGS, made_up, measure, write
from lib.tables import SIMILARITY

ROWS, EXPERIMENTS = 14_400, 2
EACH = ROWS // EXPERIMENTS


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    results = tmp_path_factory.mktemp("results")
    write(results, ROWS, EXPERIMENTS)
    return results


def test_made_up_rows_have_the_columns_and_types_of_the_real_ones():
    table = made_up("a", EACH, 0)
    assert {name: str(kind) for name, kind in table.dtypes.items()} == SIMILARITY.columns
    key = ["train_seed", "prune_seed", "iteration", "layer", "metric", "reshape"]
    assert not table.duplicated(key).any()
    assert len(table) == EACH


@pytest.mark.parametrize(
    ("reading", "rows"),
    [
        ("everything", ROWS),
        ("one experiment, by a filter", EACH),
        ("one experiment", EACH),
        ("one metric and five columns of it", EACH // 15),
    ],
)
def test_each_reading_finds_its_rows(folder, reading, rows):
    assert READINGS[reading](folder, "experiment_00") == rows


def test_too_little_memory_gives_no_number(tmp_path):
    write(tmp_path, 500_000, 1)  # a quarter of a GiB beside Python and its libraries
    assert measure("everything", tmp_path, "experiment_00", 300 << 20) == {}
    found = measure("everything", tmp_path, "experiment_00", 4 << 30)
    assert found["read"] == 500_000
    assert found["processor seconds"] > 0
