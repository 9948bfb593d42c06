"""Every phase gets through the made-up study."""

import pandas as pd
import pytest

from benchmarks.many_jobs import PHASES, main
from lib.study import PROFILES


@pytest.fixture(autouse=True)
def _forget(monkeypatch):
    """The made-up profiles end with the test."""
    known = dict(PROFILES)
    monkeypatch.setattr("benchmarks.many_jobs.PROFILES", known)
    monkeypatch.setattr("lib.study.profiles.PROFILES", known)


def test_every_phase_says_what_it_took(tmp_path):
    out, phases = tmp_path / "many.csv", ["jobs", "plan", "status", "collect"]
    assert set(phases) < set(PHASES)
    assert main(["--jobs", "1", "--phases", *phases, "--out", str(out)]) == 0
    table = pd.read_csv(out)
    assert table.phase.tolist() == phases
    assert (table["processor seconds"] > 0).all()
