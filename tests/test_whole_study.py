"""The whole study by the command that users give, with a Ctrl-C in the middle; then all pages.

It runs in float64. Rounding differs between processors, but grows so little over these few steps
that six digits hold everywhere; so the committed table is the same on any machine.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lib import ROOT

from .pages import run_page

WATCHDOG = 1800
"""Seconds after which something hangs, however busy the machine is."""

EXPECTED = Path(__file__).parent / "tiny_similarity.csv"
KEYS = ["experiment", "iteration", "layer", "metric", "reshape"]
NUMBERS = ["remaining", "value", "null_mean", "null_sd", "p_value"]
NUMBERS += ["rank_x", "rank_y", "dead_x", "dead_y"]


START = """
import sys
from pathlib import Path
from lib.run_snakemake import start
folder, config = sys.argv[1], ["--config", "profile=tiny", f"folder={sys.argv[1]}"]
sys.exit(start(["tiny", folder], ["study", "--cores", "2", *config], Path(folder)))
"""


def make(folder):
    """`make study` in another folder than that of the profile."""
    return subprocess.Popen(
        [sys.executable, "-c", START, folder],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        start_new_session=True,  # Ctrl-C reaches a whole group of processes
        # what a shell starts in the background ignores Ctrl-C, and so would all that it starts
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """The study's folder, after a run that was interrupted and started again."""
    folder = tmp_path_factory.mktemp("study with a space")
    first = make(folder)
    deadline = time.monotonic() + WATCHDOG
    while not list(folder.glob("jobs/*/run-*/*/checkpoint.pt")):
        assert time.monotonic() < deadline, "no run got as far as a checkpoint"
        assert first.poll() is None, first.stdout.read()
        time.sleep(0.05)
    os.killpg(first.pid, signal.SIGINT)
    output, _ = first.communicate(timeout=WATCHDOG)
    assert first.returncode != 0
    assert "Traceback" not in output, output
    assert not (folder / "results").exists()

    second = make(folder)
    output, _ = second.communicate(timeout=WATCHDOG)
    assert second.returncode == 0, output
    assert "going on after epoch" in output
    return folder


def assert_same(table, expected, rtol):
    pd.testing.assert_frame_equal(table[KEYS].astype(object), expected[KEYS].astype(object))
    for name in NUMBERS:
        mine, theirs = (frame[name].astype(float) for frame in (table, expected))
        np.testing.assert_allclose(mine, theirs, rtol=rtol, atol=1e-9, err_msg=name)


@pytest.fixture(scope="module")
def measured(study):
    """The similarities as the jobs left them, before they are rounded for the results."""
    files = study.glob("jobs/*/run-*/*/similarity.parquet")
    table = pd.concat([pd.read_parquet(file) for file in files])
    return table.sort_values(KEYS, ignore_index=True)


def test_similarities_are_those_committed_to_six_digits(measured):
    assert_same(measured, pd.read_csv(EXPECTED).sort_values(KEYS, ignore_index=True), rtol=1e-6)


def test_the_results_are_what_the_jobs_measured_but_for_rounding(study, measured):
    table = pd.read_parquet(study / "results" / "similarity")
    assert_same(table.sort_values(KEYS, ignore_index=True), measured, rtol=2.0**-20)


# those that read what the analyses of this study have measured; all pages are made of made-up
# results of all kinds in tests/book/report
@pytest.mark.parametrize("name", ["index", "robustness", "validity"])
def test_a_page_can_be_made_of_the_results(name, study):
    assert run_page(name, study / "results")["study"].provenance["profile"] == "tiny"


def test_every_job_leaves_its_log_page(study):
    [readings] = study.glob("jobs/*/robustness-*/t0-p0/notebook.ipynb")
    [matching] = study.glob("jobs/*/matching-*/t0-p0/notebook.ipynb")
    trainings = set(study.glob("jobs/**/notebook.ipynb")) - {readings, matching}
    assert "threshold" in readings.read_text()
    assert "iteration 2" in matching.read_text()
    assert len(trainings) == 6
    assert all("test accuracy" in page.read_text() for page in trainings)


def test_doing_it_again_does_nothing(study):
    table = study / "results" / "robustness.parquet"
    before = table.stat().st_mtime_ns
    again = make(study)
    output, _ = again.communicate(timeout=WATCHDOG)
    assert again.returncode == 0, output
    assert output == ""
    assert table.stat().st_mtime_ns == before


def test_what_was_damaged_is_done_again_bit_for_bit(study):
    """One network of a run, a merged table; an analysis is gone with its folder."""
    files = {*study.glob("results/**/*.parquet"), *study.glob("jobs/*/*/*/networks/*.pt")}
    files.remove(study / "results" / "performance.parquet")  # it says how long the work took
    before = {file: file.read_bytes() for file in files}
    network, *_ = study.glob("jobs/vgg_svhn/run-*/*/networks/01.pt")
    network.write_bytes(network.read_bytes()[:-1])
    (study / "results" / "density.parquet").unlink()
    [analysis] = study.glob("jobs/vgg_svhn/robustness-*")
    shutil.rmtree(analysis)
    again = make(study)
    output, _ = again.communicate(timeout=WATCHDOG)
    assert again.returncode == 0, output
    assert f"{network} is damaged" in output
    assert "density.parquet is missing. The tables are merged again." in output
    assert before == {file: file.read_bytes() for file in before}
