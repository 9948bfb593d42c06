"""The made-up study has the jobs that it says, and every phase gets through it."""

import pandas as pd
import pytest

from benchmarks.many_jobs import PHASES, declare, main, make_up
from lib.study import PROFILES, Study
from lib.study.collect import collect


@pytest.fixture(autouse=True)
def _forget(monkeypatch):
    """The made-up profiles end with the test."""
    known = dict(PROFILES)
    monkeypatch.setattr("benchmarks.many_jobs.PROFILES", known)
    monkeypatch.setattr("lib.study.profiles.PROFILES", known)


def test_made_up_jobs_are_done_as_far_as_asked_and_can_be_merged(tmp_path):
    study = Study(declare(10), tmp_path)
    make_up(study, 0.5)
    jobs = list(study.jobs())
    assert sum(map(study.is_done, jobs)) == round(len(jobs) / 2)
    folder = collect(study, partial=True)
    table = pd.read_parquet(folder / "similarity")
    runs = [job for job in jobs if job.is_run and study.is_done(job)]
    assert len(table.drop_duplicates(["experiment", "train_seed", "prune_seed"])) == len(runs)


def test_every_phase_says_what_it_took(tmp_path, capsys):
    out = tmp_path / "many.csv"
    phases = ["jobs", "plan", "status", "collect"]
    assert set(phases) < set(PHASES)
    assert main(["--jobs", "10", "20", "--phases", *phases, "--out", str(out)]) == 0
    table = pd.read_csv(out)
    assert table.phase.tolist() == 2 * phases
    assert (table["processor seconds"] > 0).all()
    assert table.ratio.notna().sum() == len(phases)
