"""How far a study is, read from its folders: what each state looks like, and the time left."""

import os
import re
import time
from pathlib import Path

import pytest
from filelock import FileLock

from lib.study import Job, Study, run_job
from lib.study.costs import CPU, estimate
from lib.study.plan import RECENT, State, duration, longest_chain, states, times_left
from lib.study.plan import status as text

from .made_up_jobs import pretend, with_seeds

NETWORK = "vgg_svhn"
COMPLETE, RUN, NEXT = Job(NETWORK, 0), Job(NETWORK, 0, 0), Job(NETWORK, 1, 0)
LINE = "2026-01-01 10:00:00,000 iteration 2/20, epoch 1/4  [5 of 80, 1:02:03 left]\n"


@pytest.fixture
def study(tmp_path):
    """Two complete networks, three runs from each; one network is done."""
    study = Study("laptop", tmp_path / "study", [NETWORK])
    pretend(study, COMPLETE)
    return with_seeds(study, train_seeds=(0, 1), prune_seeds=(0, 1, 2))


def begin(study, job, log=LINE, age=10 * RECENT):
    """A job that was begun so many seconds ago."""
    folder = study.job_folder(job)
    folder.mkdir(parents=True)
    (folder / ".lock").touch()
    (folder / "log.txt").write_text(log)
    for path in (folder / "log.txt", folder):
        os.utime(path, (time.time() - age,) * 2)
    return folder


def named(study, job):
    return states(study)[job].name


def content(folder):
    return {p: (p.stat().st_mtime_ns, p.is_file() and p.read_bytes()) for p in folder.rglob("*")}


def test_a_study_that_has_not_begun_waits(tmp_path):
    found = states(Study("laptop", tmp_path, [NETWORK]))
    assert {state.name for state in found.values()} == {"waiting"}


FAILED = "2026-01-01 09:00:00,000 failed: OSError: the disk is full\n"


@pytest.mark.parametrize("log", [LINE, FAILED + LINE])
def test_a_job_waits_to_go_on_if_its_log_is_old_and_nobody_holds_its_folder(study, log):
    """So does one that went on after a failure."""
    begin(study, RUN, log)
    state = states(study)[RUN]
    assert (state.name, state.left) == ("waiting", 3723)
    assert "iteration 2/20" in state.message


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="only Linux lists its locks")
def test_a_job_runs_while_a_process_holds_its_folder(study):
    folder = begin(study, RUN)
    with FileLock(folder / ".lock"):
        assert named(study, RUN) == "running"
        assert states(study)[RUN].left == 3723
    assert named(study, RUN) == "waiting"


def test_looking_takes_no_lock_and_writes_nothing(study, monkeypatch):
    """A job that starts at the moment of the look must not find its folder taken."""
    begin(study, RUN)
    taken, before = [], content(study.folder)
    monkeypatch.setattr(FileLock, "acquire", lambda *_, **__: taken.append(1))
    text(study)
    assert not taken
    assert content(study.folder) == before


def test_a_job_that_failed_says_why_and_blocks_those_that_need_it(study):
    with pytest.raises(ValueError, match="no-such-device"):
        run_job(study, RUN, device="no-such-device")
    state = states(study)[RUN]
    assert state.name == "failed"
    assert state.message.startswith("ValueError: ")
    assert "no-such-device" in state.message
    assert named(study, Job(NETWORK, 0, 1)) == "waiting"


def test_a_stop_is_no_failure(study, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("lib.study.jobs.Setting.load", stop)
    with pytest.raises(KeyboardInterrupt):
        run_job(study, RUN, device="cpu")
    assert named(study, RUN) == "running"  # a moment ago


def test_a_page_that_failed_is_named_unless_the_job_is_done(study):
    page = begin(study, RUN, FAILED + LINE) / "notebook.failed.ipynb"
    page.touch()
    assert states(study)[RUN] == State("failed", f"see {page}")
    pretend(study, RUN)
    assert named(study, RUN) == "done"


def test_the_time_left_is_that_of_the_log_or_an_estimate(study):
    left = times_left(study, states(study), CPU)
    assert COMPLETE not in left
    assert left == {job: estimate(study, job, CPU).seconds for job in left}
    begin(study, NEXT)
    assert times_left(study, states(study), CPU) == left | {NEXT: 3723}


def test_the_text_counts_every_job_and_names_those_that_failed(study):
    begin(study, RUN, FAILED)
    begin(study, NEXT)
    shown, jobs = text(study), list(study.jobs())
    assert shown.startswith(f"{study.profile.name}: 1 of {len(jobs)} jobs are done.")
    rows = [line for line in shown.splitlines() if re.search(r" [\d.]+ (s|min|h)$", line)]
    counts = [int(n) for line in rows for n in line.split()[-6:-2]]  # two words say the time
    assert sum(counts) == len(jobs)
    assert f"{RUN}\n    OSError: the disk is full" in shown
    assert f"{NEXT}\n" not in shown  # it waits to go on


def test_more_jobs_at_once_are_faster_up_to_the_longest_chain(study):
    left = times_left(study, states(study))
    total, chain = sum(left.values()), longest_chain(study, left)
    assert f"{duration(total)} in all, {duration(total)} with 1 at once" in text(study)
    for job in [job for job in left if job.kind == "run"]:
        begin(study, job, age=1, log="no time is given\n")
    assert f"{duration(max(total / 6, chain))} with 6 at once, {duration(chain)} at" in text(study)


def test_a_finished_study_says_so(study):
    for job in study.jobs():
        pretend(study, job)
    jobs = len(list(study.jobs()))
    assert f"{jobs} of {jobs} jobs are done" in text(study)
