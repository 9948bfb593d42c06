"""Each way of reading finds the right rows, and a row of the table has what it took."""

from benchmarks.store import READINGS, measure, write

ROWS, EXPERIMENTS = 14_400, 2


def test_each_reading_finds_its_rows_and_says_what_it_took(tmp_path):
    write(tmp_path, ROWS, EXPERIMENTS)
    each = ROWS // EXPERIMENTS
    assert {name: reading(tmp_path, "experiment_00") for name, reading in READINGS.items()} == {
        "everything": ROWS,
        "one experiment, by a filter": each,
        "one experiment": each,
        "one metric and five columns of it": each // 15,
    }
    found = measure("everything", tmp_path, "experiment_00", 4 << 30)
    assert found["read"] == ROWS
    assert found["processor seconds"] > 0
