"""A study is started alone in its folder, and says in two lines why it did not finish."""

import os
import re
import signal
import subprocess
import sys

import psutil
import pytest
from filelock import FileLock

from lib import ROOT
from lib import run_snakemake as module
from lib.catalogue import declared_study
from lib.run_snakemake import LOCK, LOG, SEE_ABOVE, STOPPED, engine_alone, start

NAME = "resnet_fast_wide_trained_as_long"
GIVEN = ["--config", "profile=laptop", "chapter=converged", f"experiments={NAME}", "data=/nowhere"]


@pytest.fixture
def begin(tmp_path, capfd):
    """Starts an experiment without data; returns the exit status and the lines on the terminal."""

    def begin(*targets, cores=2):
        folder = tmp_path / "study"
        words = [*map(str, targets), "--cores", str(cores), *GIVEN, f"folder={folder}"]
        of = ["--chapter", "converged", "--experiments", NAME]
        failed = start(["laptop", str(folder), *of], words, folder)
        captured = capfd.readouterr()
        return failed, [*captured.out.splitlines(), *captured.err.splitlines()]

    return begin


def test_jobs_that_fail_say_why_in_two_lines_and_the_engine_nothing(begin, tmp_path):
    study = declared_study("laptop", tmp_path / "study", [NAME], "converged")
    complete = [study.page(job) for job in study.jobs() if job.kind == "complete"]
    failed, lines = begin(*complete[:2], cores=1)
    assert failed == 1
    assert lines[-2:] == [SEE_ABOVE, f"the engine's log: {tmp_path / 'study' / LOG}"]
    assert len(lines[:-2]) == 2 * 3  # the second begins though the first has failed
    assert all(re.match(r"\[job \d+ of \d+\] ", line) for line in lines[:-2])
    began, reason, outputs = lines[:3]
    assert "complete network, in" in began
    assert "there is no folder /nowhere" in reason
    assert "make it first, or give another one (DATA)" in reason
    assert outputs.endswith("notebook.failed.ipynb")
    assert "CalledProcessError" in (tmp_path / "study" / LOG).read_text()


def test_what_the_engine_finds_wrong_is_said_in_two_lines(begin):
    failed, (reason, log) = begin("book")
    assert failed == 1
    assert reason.startswith(
        "WorkflowError: The pages need all networks of the study, and there is no run of "
    )
    assert reason.endswith("Ask for `study` to get the tables alone.")
    assert log.startswith("the engine's log: ")


def test_a_folder_with_braces_is_refused(tmp_path, capsys):
    assert start([], [], tmp_path / "{a}") == 2
    assert "has braces" in capsys.readouterr().err
    assert not (tmp_path / "{a}").exists()


def test_a_second_one_says_what_it_waits_for_and_goes_on(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(module, "run_module", lambda words, **_: 0)
    lock = FileLock(tmp_path / LOCK)
    lock.acquire()

    acquire = FileLock.acquire

    def released(self, *given, **named):
        if named.get("timeout") == -1:
            lock.release()
        return acquire(self, *given, **named)

    monkeypatch.setattr(FileLock, "acquire", released)
    assert start([], [], tmp_path) == 0
    assert capsys.readouterr().err == f"waiting for another `make`, which works in {tmp_path}\n"


def test_a_study_that_does_not_exist_is_not_started(tmp_path):
    code = "import sys; from lib.make_variables import main; sys.exit(main(['study']))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"EXPERIMENTS": "vgg_svhn_wied", "PROFILE": "tiny"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    unknown = "unknown experiment of converged 'vgg_svhn_wied'. Did you mean 'vgg_svhn_wide'?"
    assert done.stderr.startswith(unknown)
    assert done.stderr.count("\n") == 1


DEAF = "import pathlib, signal, subprocess, sys, time; signal.signal(signal.SIGINT, signal.SIG_IGN)"
SLEEPS = f"{DEAF}; pathlib.Path('ready').touch(); time.sleep(600)"


def test_what_is_deaf_to_an_interruption_is_ended_with_all_that_it_started(tmp_path):
    (tmp_path / "deaf.py").write_text(f"{DEAF}; subprocess.run([sys.executable, '-c', {SLEEPS!r}])")
    code = "import sys; from lib.run_snakemake import run_module; sys.exit(run_module(['deaf']))"
    # what was started in the background of a script would inherit that interruptions are ignored
    hears = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    process = psutil.Popen(
        [sys.executable, "-c", f"{hears}; {code}"],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(tmp_path)])},
        cwd=tmp_path,
    )
    while not (tmp_path / "ready").exists():
        assert process.poll() is None
    started = process.children(recursive=True)
    assert len(started) == 2
    process.send_signal(signal.SIGINT)
    assert process.wait() == STOPPED
    assert not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in started)


def test_an_engine_that_was_left_at_work_is_waited_for(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(module, "run_module", lambda words, **_: 0)
    left = engine_alone(tmp_path)
    acquire = FileLock.acquire

    def released(self, *given, **named):
        if named.get("timeout") == -1:
            left.release()
        return acquire(self, *given, **named)

    monkeypatch.setattr(FileLock, "acquire", released)
    assert start([], [], tmp_path) == 0
    assert "the engine that another `make` left at work" in capsys.readouterr().err


def test_two_engines_at_once_say_so(tmp_path):
    with engine_alone(tmp_path), pytest.raises(BlockingIOError, match="another engine works in"):
        engine_alone(tmp_path)
    engine_alone(tmp_path).release()


def test_a_folder_that_cannot_be_made_is_said_in_one_line(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert start([], [], tmp_path / "file" / "study") == 1
    assert capsys.readouterr().err.splitlines() == [
        f"{tmp_path / 'file' / 'study'}: Not a directory: make room there, or let it be written to"
    ]
