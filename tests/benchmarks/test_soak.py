"""Killed jobs end with the same tables, and the command tells when they don't."""

import math

import numpy as np
import pandas as pd
import pytest

from benchmarks.soak import Soak, differences, main, phase

TABLE = pd.DataFrame(
    {
        "layer": ["conv1", "out"],
        "prune_seed": pd.array([0, None], dtype="Int64"),
        "value": [0.25, math.nan],
        "null_mean": [0.0, 1.0],
        "seconds": [1.0, 2.0],
    }
)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("layer", ["conv1", "fc"]),
        ("prune_seed", pd.array([0, 0], dtype="Int64")),
        ("value", [np.nextafter(0.25, 1), math.nan]),
        ("value", [0.25, 0.5]),
        ("null_mean", [-0.0, 1.0]),
    ],
)
def test_one_bit_is_a_difference(column, values):
    assert differences(TABLE, TABLE.assign(**{column: values})) == [column]


def test_seconds_are_none():
    assert differences(TABLE, TABLE.assign(seconds=0.5)) == []


def test_another_shape_is_one():
    assert differences(TABLE, TABLE[:1])
    assert differences(TABLE, TABLE.drop(columns="value"))


def test_the_innermost_known_function_tells_the_phase(tmp_path):
    stack = (
        'File "/a/lib/training/training.py", line 9 in augment\n'
        'File "/a/lib/training/training.py", line 8 in run_epoch\n'
        'File "/a/lib/study/jobs.py", line 7 in _run\n'
    )
    assert phase(stack, tmp_path) == "training, before the first checkpoint"
    (tmp_path / "checkpoint.previous.pt").touch()
    assert phase(stack, tmp_path) == "training"
    assert phase("", tmp_path) == "between"


def test_killed_jobs_end_with_the_same_tables(capsys):
    assert main(["--kills", "2"]) == 0
    output = capsys.readouterr().out
    assert "2 kills in" in output
    assert "bit for bit" in output


@pytest.mark.parametrize(("disturbed", "status"), [(0.25, 0), (np.nextafter(0.25, 1), 1)])
def test_a_difference_is_a_failure(monkeypatch, capsys, disturbed, status):
    def attempt(self, study, job, delay=None):
        folder = study.job_folder(job)
        folder.mkdir(parents=True)
        table = TABLE.assign(value=0.25 if delay is None else disturbed)
        for name in ("performance", "similarity"):
            table.to_parquet(folder / f"{name}.parquet")
        study.marker(job).touch()
        self.kills["training"] += delay is not None
        return 1.0

    monkeypatch.setattr(Soak, "attempt", attempt)
    assert main(["--kills", "2"]) == status
    output = capsys.readouterr().out
    assert ("value differs" in output) == bool(status)
    assert "2 kills in 1 studies" in output
