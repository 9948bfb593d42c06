"""Unit costs: found again where they are known, and not moved by a machine that slept."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.jobs import JOBS, KEY, fit, fitted, load, main, measured, observations
from lib.study import Job, Study
from lib.study.costs import load_costs
from tests.study.made_up_jobs import pretend

COSTS = np.array([3.0, 0.5, 0.0])


def test_known_costs_are_found_and_a_few_jobs_that_slept_move_little():
    counts = np.random.default_rng(0).uniform(1, 100, (60, 3))
    seconds = counts @ COSTS
    np.testing.assert_allclose(fitted(counts, seconds), COSTS, rtol=1e-3, atol=1e-3)
    seconds[:5] *= 20
    np.testing.assert_allclose(fitted(counts, seconds)[:2], COSTS[:2], rtol=0.15)


def test_the_table_has_each_job_once_and_training_apart():
    table = load()
    assert not table.duplicated(KEY).any()
    counts, seconds = observations(table)
    assert len(counts) == len(table) + (table.training_seconds > 0).sum()
    assert seconds.sum() == pytest.approx(table.seconds.sum(), rel=1e-3)
    assert (counts >= 0).all()


def test_the_costs_are_those_of_the_table():
    found = fit(load())
    for device, costs in load_costs().items():
        # what trains and what compares are known well, their parts less so
        for unit in ("flop", "values", "steps", "memory process", "memory recorded"):
            assert found[device][unit] == pytest.approx(costs[unit], rel=0.01, abs=1e-15), unit


def test_what_a_finished_job_left_is_measured(tmp_path):
    study = Study("laptop", tmp_path / "study", ["vgg_svhn"])
    for job, seconds in ((Job("vgg_svhn", 0), 12.5), (Job("vgg_svhn", 0, 0), 99.0)):
        pretend(study, job, seconds=seconds, device="x86_64 CPU, 1 threads")
    rows = list(measured(study.folder, "laptop"))
    assert [row["seconds"] for row in rows] == [12.5, 99.0]
    assert [row["matrices"] > 0 for row in rows] == [False, True]

    out = tmp_path / "jobs.csv"
    for _ in range(2):  # the second time finds the same jobs
        assert main(["measure", str(study.folder), "laptop", "--out", str(out)]) == 0
    assert len(load(out)) == 2
    assert set(pd.read_csv(out)) == set(pd.read_csv(JOBS, nrows=1))
