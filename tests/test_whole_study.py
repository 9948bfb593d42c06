"""A whole study by the command that users give, stopped at any moment; and its numbers.

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
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest

from lib.commands import start
from lib.commands.collect import destination
from lib.declared import declared_study
from lib.repository import ROOT
from lib.study.task import read_checkpoint
from lib.study.work import run_job

from .conftest import outside_make
from .loaded import load_results

WATCHDOG = 1800
"""Seconds after which something hangs, however busy the machine is."""

EXPECTED = Path(__file__).parent / "tiny_similarity.csv"
KEYS = ["experiment", "iteration", "layer", "metric", "reshape"]
NUMBERS = ["remaining", "value", "null_mean", "rank_x", "rank_y", "dead_x", "dead_y"]

NETWORKS = ("vgg16_bn_recipe", "vgg_svhn_recipe", "resnet_fast_recipe")
CHAPTER, NETWORK, ANALYSES = "icann2020", "lenet5", ("landscape", "potentials")


def begun(folder, ctrl_c=signal.SIG_DFL):
    """The process of `make study`. What a script starts in the background ignores Ctrl-C."""
    given = {"PROFILE": "tiny", "CHAPTER": CHAPTER, "EXPERIMENTS": NETWORK, "CORES": 2}
    given |= {"FOLDER": folder, "VENV": sys.prefix}
    asked = [f"{name}={value}" for name, value in given.items()]
    return subprocess.Popen(
        ["make", "-o", f"{sys.prefix}/.installed", "study", *asked],
        cwd=ROOT,
        env=outside_make() | {"OMP_NUM_THREADS": "1"},
        start_new_session=True,  # Ctrl-C reaches a whole group of processes
        preexec_fn=partial(signal.signal, signal.SIGINT, ctrl_c),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def done(folder, chapter=CHAPTER, *more):
    """What `make study` starts, in this process, where `make` itself adds only seconds."""
    asked = ["--profile=tiny", f"--chapter={chapter}", f"--experiments={NETWORK}", "--cores=2"]
    assert start.main(["study", *asked, f"--folder={folder}", *more]) == 0


def until(process, words):
    """What `make` says until it says these words."""
    said = []
    for line in process.stdout:
        said.append(line)
        if words in line:
            return "".join(said)
    raise AssertionError("".join(said))


def wait_for(found, process):
    """Until something is there, while `make` is at work."""
    deadline = time.monotonic() + WATCHDOG
    while not found():
        assert time.monotonic() < deadline
        assert process.poll() is None, process.stdout.read()
        time.sleep(0.02)


def stopped(process, number):
    """The status of `make` after a signal to its group, which ends all that it has started.

    A second one, while the first is at work, as of an impatient user, changes nothing.
    """
    at_work = psutil.Process(process.pid).children(recursive=True)
    assert any("ipykernel_launcher" in each.cmdline() for each in at_work)
    os.killpg(process.pid, number)
    output = until(process, "Terminating processes on user request")
    os.killpg(process.pid, number)
    output += process.communicate(timeout=WATCHDOG)[0]
    assert "Traceback" not in output, output
    assert "not finished: the same command resumes from here" in output
    assert psutil.wait_procs(at_work, timeout=10)[1] == []
    return process.returncode


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """The study's folder, after a run that was stopped twice and started again."""
    folder = tmp_path_factory.mktemp("study with a space")
    first = begun(folder, signal.SIG_IGN)
    until(first, "epoch 1/")  # early in a job: after its last epoch it ends at once
    wait_for(lambda: [*folder.glob("jobs/*/*/*/checkpoint.pt")], first)
    with pytest.raises(ValueError, match=f"another `make` works in {folder}: wait until it ends"):
        start.main(["study", "--profile=tiny", f"--folder={folder}"])
    # to all of a group, as a scheduler sends it
    assert stopped(first, signal.SIGTERM) == -signal.SIGTERM

    again = begun(folder)
    # whether it stopped in its first training or behind it, no epoch is trained again
    assert "complete, epoch 1/" not in until(again, "epoch ")
    wait_for(lambda: any(map(has_compared, folder.glob("jobs/*/run-*/*"))), again)
    assert stopped(again, signal.SIGINT) != 0
    assert not results_of(folder).exists()

    # what is done so far can be read, and that begins nothing
    jobs = sorted(folder.glob("jobs/**/*"))
    done(folder, CHAPTER, "--partial=1")
    assert sorted(folder.glob("jobs/**/*")) == jobs
    assert not results_of(folder).exists()
    declared = declared_study("tiny", folder, [NETWORK], CHAPTER)
    so_far = load_results(destination(declared, partial=True))
    assert set(so_far.similarity.iteration) == {1}
    assert so_far.provenance["missing"]

    done(folder)
    logs = [log.read_text() for log in folder.glob("jobs/*/run-*/*/log.txt")]
    assert any("going on with iteration" in log for log in logs)
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
        run_job(job, device="cpu")
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


def test_a_job_whose_folder_was_removed_is_done_again_and_no_other(study, capfd):
    (removed,) = study.glob(f"jobs/{NETWORK}/{ANALYSES[0]}-*/*")
    others = {p: p.stat().st_mtime_ns for p in study.glob("jobs/*/*/*/provenance.json")}
    others = {p: time for p, time in others.items() if p.parent != removed}
    shutil.rmtree(removed)
    shutil.rmtree(results_of(study))
    killed = begun(study)
    until(killed, ANALYSES[0])
    # a job goes on without those that have started it, and the next `make` waits for it
    at_work = psutil.Process(killed.pid).children(recursive=True)
    of_job = {"ipykernel_launcher", "lib.book.execute"}
    others_at_work = [each for each in at_work if not of_job & {*each.cmdline()}]
    for process in others_at_work:
        process.kill()
    psutil.wait_procs(others_at_work, timeout=WATCHDOG)  # Snakemake may end after `make`
    assert killed.wait(WATCHDOG)
    killed.stdout.close()
    done(study)
    assert "is done already" in capfd.readouterr().out
    assert (removed / "provenance.json").exists()
    assert {p: p.stat().st_mtime_ns for p in others} == others


def test_another_chapter_takes_the_networks_that_are_there_and_again_does_nothing(study, capfd):
    table = results_of(study) / NETWORK / "density.parquet"
    before = table.stat().st_mtime_ns
    done(study, "out_of_sample")
    assert (results_of(study, "out_of_sample") / NETWORK / "similarity.parquet").exists()
    done(study)
    assert "epoch" not in "".join(capfd.readouterr())
    assert table.stat().st_mtime_ns == before
