"""Unit costs: found again where they are known, and not moved by a machine that slept."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.jobs import JOBS, KEY, fitted, jobs_of, load, main, measured, observations
from lib.study import Job, Study
from tests.study.made_up_jobs import pretend

COSTS = np.array([3.0, 0.5, 0.0])


@pytest.fixture
def counts():
    return np.random.default_rng(0).uniform(1, 100, (60, 3))


def test_known_costs_are_found(counts):
    np.testing.assert_allclose(fitted(counts, counts @ COSTS), COSTS, rtol=1e-3, atol=1e-3)


def test_a_few_jobs_that_slept_move_little(counts):
    seconds = counts @ COSTS
    seconds[:5] *= 20
    np.testing.assert_allclose(fitted(counts, seconds)[:2], COSTS[:2], rtol=0.15)


def test_no_unit_costs_less_than_nothing(counts):
    assert (fitted(counts, np.random.default_rng(1).uniform(1, 9, 60)) >= 0).all()


def test_jobs_of_the_same_work_count_as_one(counts):
    many = np.repeat(counts[:1], 1000, axis=0)
    seconds = np.concatenate([counts @ COSTS, np.full(1000, 2 * counts[0] @ COSTS)])
    found = fitted(np.vstack([counts, many]), seconds)
    np.testing.assert_allclose(found[:2], COSTS[:2], rtol=0.15)


def test_the_table_has_each_job_once_and_every_one_can_be_estimated():
    table = load()
    assert not table.duplicated(KEY).any()
    counts, seconds = observations(table)
    assert len(counts) >= len(table)
    assert (seconds > 0).all()
    assert (counts.sum(1) > 0).all()


def test_what_a_finished_job_left_is_measured(tmp_path, capsys):
    study = Study("laptop", tmp_path / "study", ["vgg_svhn"])
    pretend(study, Job("vgg_svhn", 0), seconds=12.5, device="x86_64 CPU, 1 threads")
    pretend(study, Job("vgg_svhn", 0, 0), seconds=99.0, device="x86_64 CPU, 1 threads")
    networks = study.job_folder(Job("vgg_svhn", 0, 0)) / "networks"
    networks.mkdir()
    (networks / "01.pt").write_bytes(b"0" * 1000)
    rows = list(measured(study.folder, "laptop"))
    assert [row["seconds"] for row in rows] == [12.5, 99.0]
    assert [row["kept_bytes"] for row in rows] == [0, 1000]
    assert rows[1]["table_bytes"] > 0

    out = tmp_path / "jobs.csv"
    for _ in range(2):  # the second time finds the same jobs
        assert main(["measure", str(study.folder), "laptop", "--out", str(out)]) == 0
    table = load(out)
    assert len(table) == 2
    given = list(jobs_of(table))
    assert [job for _, job, _ in given] == [Job("vgg_svhn", 0), Job("vgg_svhn", 0, 0)]
    assert set(table.columns) == set(pd.read_csv(JOBS, nrows=1).columns)
