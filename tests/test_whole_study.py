"""The whole study by the command that users give, with a Ctrl-C in the middle.

It runs in float64. Rounding differs between processors, but grows so little over these few steps
that six digits hold everywhere; so the committed table is the same on any machine.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lib import ROOT
from lib.catalogue import declared_study
from lib.commands.collect import destination
from lib.study.running_job import read_checkpoint

from .loaded import load_results

WATCHDOG = 1800
"""Seconds after which something hangs, however busy the machine is."""

EXPECTED = Path(__file__).parent / "tiny_similarity.csv"
KEYS = ["experiment", "iteration", "layer", "metric", "reshape"]
NUMBERS = ["remaining", "value", "null_mean", "rank_x", "rank_y", "dead_x", "dead_y"]

CHAPTER, NETWORKS = "by_recipe", ("vgg16_bn_recipe", "vgg_svhn_recipe", "resnet_fast_recipe")
ANALYSED, ANALYSIS = "vgg_svhn_random_to_collapse", "collapse"
"""An experiment of another chapter, that is analysed."""


def make(folder, *more, chapter=CHAPTER, experiments=NETWORKS):
    """`make study` in another folder than that of the profile."""
    asked = ["--profile", "tiny", "--chapter", chapter, "--experiments", " ".join(experiments)]
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
    begun = declared_study("tiny", folder, NETWORKS, CHAPTER)
    partial = load_results(destination(begun, partial=True))
    assert len(partial.similarity)
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


@pytest.fixture(scope="module")
def measured(study):
    """The similarities as the jobs left them, before they are rounded for the results."""
    files = [study.glob(f"jobs/{name}/run-*/*/similarity.parquet") for name in NETWORKS]
    table = pd.concat([pd.read_parquet(file) for of_network in files for file in of_network])
    return table.sort_values(KEYS, ignore_index=True)


def test_similarities_are_those_committed_to_six_digits(measured):
    assert_same(measured, pd.read_csv(EXPECTED).sort_values(KEYS, ignore_index=True), rtol=1e-6)


def test_the_results_are_what_the_jobs_measured_but_for_rounding(study, measured):
    table = load_results(results_of(study)).similarity
    assert_same(table.sort_values(KEYS, ignore_index=True), measured, rtol=2.0**-20)


def test_every_job_leaves_its_log_page(study):
    pages = [
        page.read_text() for name in NETWORKS for page in study.glob(f"jobs/{name}/**/*.ipynb")
    ]
    assert len(pages) == 6
    assert all("accuracy" in page for page in pages)


def test_a_chapter_takes_the_networks_that_are_there_and_analyses_its_own(study):
    made(study, chapter="prunings", experiments=["vgg_svhn"])
    [network] = study.glob("jobs/vgg_svhn/complete-*/t0/weights.pt")
    before = network.stat().st_mtime_ns
    made(study, chapter="at_init", experiments=[ANALYSED])
    assert network.stat().st_mtime_ns == before
    [page] = study.glob(f"jobs/*/{ANALYSIS}-*/t0-p0/notebook.ipynb")
    assert "paths" in page.read_text()
    assert len(pd.read_parquet(results_of(study, "at_init") / ANALYSED / f"{ANALYSIS}.parquet"))


def test_doing_it_again_does_nothing(study):
    table = results_of(study) / "vgg_svhn_recipe" / "density.parquet"
    before = table.stat().st_mtime_ns
    assert "[job" not in made(study)
    assert table.stat().st_mtime_ns == before
