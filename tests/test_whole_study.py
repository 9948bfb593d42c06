"""A whole study by the command that users give, with a Ctrl-C in the middle; and its numbers.

The profile `tiny` computes in float64. Rounding differs between processors, but grows so little
over these few steps that six digits hold everywhere; so the committed table is the same on any
machine.
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
from lib.commands.collect import destination
from lib.declared import declared_study
from lib.study.jobs import run_job
from lib.study.running_job import read_checkpoint

from .loaded import load_results

WATCHDOG = 1800
"""Seconds after which something hangs, however busy the machine is."""

EXPECTED = Path(__file__).parent / "tiny_similarity.csv"
KEYS = ["experiment", "iteration", "layer", "metric", "reshape"]
NUMBERS = ["remaining", "value", "null_mean", "rank_x", "rank_y", "dead_x", "dead_y"]

NETWORKS = ("vgg16_bn_recipe", "vgg_svhn_recipe", "resnet_fast_recipe")
CHAPTER, NETWORK, ANALYSES = "icann2020", "lenet5", ("landscape", "potentials")


def make(folder, *more, chapter=CHAPTER):
    """`make study` in another folder than that of the profile."""
    asked = ["--profile", "tiny", "--chapter", chapter, "--experiments", NETWORK]
    asked += ["--cores", "2", "--folder", folder, *more]
    return subprocess.Popen(
        [sys.executable, "-m", "lib.commands.start", "study", *asked],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        start_new_session=True,  # Ctrl-C reaches a whole group of processes
        # what a shell starts in the background ignores Ctrl-C, and so would all that it starts
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def made(folder, *more, **part):
    """What `make` says until it has succeeded."""
    process = make(folder, *more, **part)
    output, _ = process.communicate(timeout=WATCHDOG)
    assert process.returncode == 0, output
    return output


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """The study's folder, after a run that was interrupted and started again."""
    folder = tmp_path_factory.mktemp("study with a space")
    first = make(folder)
    deadline = time.monotonic() + WATCHDOG
    while not any(map(has_compared, folder.glob("jobs/*/run-*/*"))):
        assert time.monotonic() < deadline, "no run got as far as its first comparison"
        assert first.poll() is None, first.stdout.read()
        time.sleep(0.05)
    os.killpg(first.pid, signal.SIGINT)
    output, _ = first.communicate(timeout=WATCHDOG)
    assert first.returncode != 0
    assert "Traceback" not in output, output
    assert not results_of(folder).exists()

    # what is done so far can be read, and that begins nothing
    jobs = sorted(folder.glob("jobs/**/*"))
    made(folder, "--partial", "1")
    assert sorted(folder.glob("jobs/**/*")) == jobs
    assert not results_of(folder).exists()
    begun = declared_study("tiny", folder, [NETWORK], CHAPTER)
    partial = load_results(destination(begun, partial=True))
    assert set(partial.similarity.iteration) == {1}
    assert partial.provenance["missing"]

    assert "going on with iteration" in made(folder)
    return folder


def has_compared(run):
    """Whether a run that goes on with its second pruning keeps what its first one gave."""
    return read_checkpoint(run).get("state", {}).get("iteration") == 2


def results_of(folder, chapter=CHAPTER):
    return folder / "chapters" / chapter / "results"


def assert_same(table, expected, rtol):
    pd.testing.assert_frame_equal(table[KEYS].astype(object), expected[KEYS].astype(object))
    for name in NUMBERS:
        mine, theirs = (frame[name].astype(float) for frame in (table, expected))
        np.testing.assert_allclose(mine, theirs, rtol=rtol, atol=1e-9, err_msg=name)


def measured(folder):
    """The similarities as jobs left them, before they are rounded for the results."""
    table = pd.concat(map(pd.read_parquet, folder.glob("jobs/*/run-*/*/similarity.parquet")))
    return table.sort_values(KEYS, ignore_index=True)


def test_similarities_are_those_committed_to_six_digits(tmp_path):
    study = declared_study("tiny", tmp_path, NETWORKS, "by_recipe")
    for job in study.jobs():
        run_job(study, job, device="cpu")
    expected = pd.read_csv(EXPECTED).sort_values(KEYS, ignore_index=True)
    assert_same(measured(tmp_path), expected, rtol=1e-6)


def test_the_results_are_what_the_jobs_measured_but_for_rounding(study):
    results = load_results(results_of(study))
    table = results.similarity.sort_values(KEYS, ignore_index=True)
    assert_same(table, measured(study), rtol=2.0**-20)
    assert all(len(results.table(analysis)) for analysis in ANALYSES)


def test_a_process_leaves_a_page_that_shows_all_of_its_jobs(study):
    (page,) = study.glob(f"jobs/{NETWORK}/*/*/notebook.ipynb")
    tables = {table.stem for table in study.glob(f"jobs/{NETWORK}/*/*/*.parquet")}
    assert tables > {*ANALYSES}
    assert all(f": {table}\\n" in page.read_text() for table in tables)


def test_a_job_whose_folder_was_removed_is_done_again_and_no_other(study):
    (removed,) = study.glob(f"jobs/{NETWORK}/{ANALYSES[0]}-*/*")
    others = {p: p.stat().st_mtime_ns for p in study.glob("jobs/*/*/*/provenance.json")}
    others = {p: time for p, time in others.items() if p.parent != removed}
    shutil.rmtree(removed)
    shutil.rmtree(results_of(study))
    assert "is done already" in made(study)
    assert (removed / "provenance.json").exists()
    assert {p: p.stat().st_mtime_ns for p in others} == others


def test_another_chapter_takes_the_networks_that_are_there_and_again_does_nothing(study):
    table = results_of(study) / NETWORK / "density.parquet"
    before = table.stat().st_mtime_ns
    assert "epoch" not in made(study, chapter="out_of_sample")
    assert (results_of(study, "out_of_sample") / NETWORK / "similarity.parquet").exists()
    assert "epoch" not in made(study)
    assert table.stat().st_mtime_ns == before
