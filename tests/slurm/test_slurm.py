"""The study on a Slurm of one node: the same tables as without it, whatever happens to its jobs.

`make test-slurm` starts the Slurm, runs these tests and stops it again. A job that is to be
disturbed is frozen first, as soon as it has a checkpoint: the disturbance falls into its middle.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest

from lib.declared import declared_study
from lib.repository import ROOT

SLURM = os.environ.get("ONE_NODE_SLURM")
pytestmark = [
    pytest.mark.skipif(not SLURM, reason="needs a Slurm of its own: make test-slurm"),
    pytest.mark.skipif(
        find_spec("snakemake_executor_plugin_slurm") is None,
        reason="needs the extra `cluster` of pyproject.toml: make test-slurm",
    ),
]
CHAPTER = "out_of_sample"
COMPLETE, RUN = "lenet5 t0", "lenet5 t0-p0"
RULES = ("complete", "run", "analysis")
PATIENCE = 1200  # seconds to wait for anything that has to happen

STARTED = []


def assert_same_tables(mine, theirs):
    """Two folders have the same tables, but for the seconds that it took."""
    files = sorted(path.relative_to(mine) for path in mine.rglob("*.parquet"))
    assert files
    for file in files:
        one, two = (pd.read_parquet(folder / file) for folder in (mine, theirs))
        one, two = (table.drop(columns="seconds", errors="ignore") for table in (one, two))
        pd.testing.assert_frame_equal(one, two, check_exact=True, obj=str(file))


def snakemake(folder, names, *options, on="CPU", file=None):
    command = ["-m", "snakemake", "study", *options, "--config", "profile=tiny", f"on={on}"]
    command.append(f"chapter={CHAPTER}")
    process = subprocess.Popen(
        [sys.executable, *command, f"folder={folder}", f"experiments={names}"],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        start_new_session=True,
        stdout=file or subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    STARTED.append(process)
    return process


def through_slurm(folder, names, on="CPU", resources=None, **more):
    """The profile as it is, but less patient, and with other resources for all rules if given.

    Its memory for jobs that were never measured is more than a small machine has for two of them.
    """
    quick = ["--slurm-init-seconds-before-status-checks", "1", "--latency-wait", "20"]
    options = ["--workflow-profile", "profiles/slurm", *quick]
    resources = {"mem_mb": 2000} | (resources or {})
    given = [f"{rule}:{name}={value}" for rule in RULES for name, value in resources.items()]
    options += ["--set-resources", *given]
    return snakemake(folder, names, *options, on=on, **more)


def finish(process):
    output, _ = process.communicate(timeout=2 * PATIENCE)
    assert process.returncode == 0, output
    return output


def slurm(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE)
    return done.stdout.split()


def until(condition, what):
    """Wait until a condition is true, and return its value."""
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < deadline, what
        time.sleep(0.05)
    return found


def queue(state="all"):
    """The ids of the jobs in a state."""
    return slurm("squeue", "--noheader", f"--states={state}", "--format=%i")


def holder(folder):
    """The process that holds a job's folder, or None."""
    lock = folder / ".lock"
    inode = str(lock.stat().st_ino) if lock.exists() else ""
    for words in map(str.split, Path("/proc/locks").read_text().splitlines()):
        if words[1] == "FLOCK" and words[5].split(":")[2] == inode:
            return int(words[4])
    return None


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """The study without Slurm."""
    folder = tmp_path_factory.mktemp("local")
    finish(snakemake(folder, "lenet5 conv4", "--cores", "2"))
    return declared_study("tiny", folder, ["lenet5", "conv4"], CHAPTER)


@pytest.fixture
def study(reference, tmp_path):
    """A study with a complete network, and without the run that prunes it."""
    other = declared_study("tiny", tmp_path / "with a space", ["lenet5"], CHAPTER)
    shutil.copytree(reference.job(COMPLETE).folder, other.job(COMPLETE).folder)
    return other


@pytest.fixture
def frozen(study):
    """Freezes the study's run once it has a checkpoint; returns the process."""

    def freeze():
        folder = study.job(RUN).folder
        until((folder / "checkpoint.pt").exists, "the run wrote no checkpoint")
        process = holder(folder)
        os.kill(process, signal.SIGSTOP)
        assert not study.job(RUN).is_done
        return process

    return freeze


@pytest.fixture(autouse=True)
def nothing_stays():
    """No process and no job of one test is left in the next one."""
    yield
    while STARTED:
        if (process := STARTED.pop()).poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    slurm("scancel", "--user", str(os.getuid()))
    until(lambda: not queue("pending,running,completing"), "the queue did not get empty")


def assert_went_on(study, reference):
    """The run was finished from its checkpoint, with the numbers of an undisturbed one."""
    assert "going on after" in (study.job(RUN).folder / "log.txt").read_text()
    assert_same(study, reference)


def assert_same(study, reference):
    assert all(job.is_done for job in study.jobs())
    for job in study.jobs():
        assert_same_tables(reference.job(job.name).folder, job.folder)
    assert not list(study.folder.glob("jobs/**/*.part"))


def test_the_tables_are_those_of_the_local_engine_bit_for_bit(reference, tmp_path):
    study = declared_study("tiny", tmp_path / "slurm", ["lenet5", "conv4"], CHAPTER)
    output = finish(through_slurm(study.folder, "lenet5 conv4"))
    assert output.count("has been submitted with SLURM jobid") == len(list(study.processes()))
    assert_same(study, reference)
    assert_same_tables(reference.results, study.results)


@pytest.mark.parametrize(
    ("resources", "given"),
    [(None, "gpu:1"), ({"gpu": 0, "gres": "shard:1"}, "shard:1")],
)
def test_a_job_gets_a_gpu_or_a_share_of_one(study, reference, frozen, resources, given):
    process = through_slurm(study.folder, "lenet5", on="GPU", resources=resources)
    worker = frozen()
    (job,) = queue("running")
    shown = " ".join(slurm("scontrol", "--details", "show", "job", job))
    assert re.search(rf" GRES=\S*{given}\(", shown), shown
    os.kill(worker, signal.SIGCONT)
    assert "Trying to restart" not in finish(process)
    assert_same(study, reference)


@pytest.mark.parametrize("how", ["cancelled", "killed"])
def test_a_job_that_was_ended_is_submitted_again_and_goes_on(study, reference, frozen, how):
    process = through_slurm(study.folder, "lenet5")
    worker = frozen()
    (job,) = queue("running")
    if how == "cancelled":
        slurm("scancel", job)
    else:
        os.kill(worker, signal.SIGKILL)
    assert "Trying to restart" in finish(process)
    assert_went_on(study, reference)


def test_a_job_at_its_time_limit_is_submitted_again_and_goes_on(study, reference, frozen):
    # a minute more with each attempt: one may be too little on a busy machine
    process = through_slurm(study.folder, "lenet5", resources={"runtime": "attempt"})
    worker = frozen()
    (job,) = queue("running")
    until(lambda: job in queue("timeout"), "the time limit was not kept")
    # without control groups, Slurm loses sight of a process whose parent it ended; unless it is
    # frozen, it then ends by itself
    with suppress(ProcessLookupError):
        os.kill(worker, signal.SIGKILL)
    assert "Trying to restart" in finish(process)
    assert_went_on(study, reference)


def test_a_node_that_is_taken_away_and_comes_back(study, reference, frozen):
    process = through_slurm(study.folder, "lenet5")
    frozen()
    (job,) = queue("running")
    (node,) = slurm("sinfo", "--noheader", "--format=%n")
    # it answers, so it is used again at once, and Slurm itself puts the job back into the queue
    slurm("scontrol", "update", f"nodename={node}", "state=down", "reason=test")
    until(lambda: job in queue("pending"), "the job was not put back into the queue")
    assert "Trying to restart" not in finish(process)
    assert_went_on(study, reference)


def test_a_node_that_does_not_answer_and_comes_back(study, reference, frozen):
    """Its job still holds the folder after Slurm has given it up, so no other job writes there."""
    process = through_slurm(study.folder, "lenet5")
    worker = frozen()
    os.kill(int(Path(SLURM, "slurmd.pid").read_text()), signal.SIGKILL)
    until(lambda: "down" in slurm("sinfo", "--noheader", "--format=%T")[0], "the node is not down")
    assert holder(study.job(RUN).folder) == worker
    subprocess.run(["slurmd"], check=True)
    finish(process)
    assert_went_on(study, reference)


def test_snakemake_killed_and_started_again_does_no_job_twice(study, reference, frozen, tmp_path):
    with (tmp_path / "first").open("w") as file:
        first = through_slurm(study.folder, "lenet5", file=file)
        worker = frozen()
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
    (orphan,) = queue("running")

    second = through_slurm(study.folder, "lenet5")
    again = until(lambda: set(queue("running")) - {orphan}, "the run was not submitted again")
    logs = ROOT / ".snakemake" / "slurm_logs"
    waits = "waiting for another process"
    (job,) = again
    until(
        lambda: any(waits in log.read_text() for log in logs.rglob(f"{job}.log")),
        "the second job did not wait for the first",
    )
    assert holder(study.job(RUN).folder) == worker
    os.kill(worker, signal.SIGCONT)
    assert "Trying to restart" not in finish(second)
    until(lambda: orphan not in queue("running"), "the first job did not end")
    assert_same(study, reference)
    log = (study.job(RUN).folder / "log.txt").read_text()
    assert log.count("epoch 1/2") == study.experiment("lenet5").pruning.iterations
    assert "is done already" in log
