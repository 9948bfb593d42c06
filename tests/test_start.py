"""A study is started alone in its folder, and says in two lines why it did not finish."""

import subprocess
import sys

import pytest
from filelock import FileLock

from lib import start as module
from lib.start import LOCK, LOG, SEE_ABOVE, start

GIVEN = ["--config", "profile=laptop", "experiments=resnet_fast_slim", "data=/nowhere"]


@pytest.fixture
def begin(tmp_path, capfd):
    """Starts an experiment without data; returns the exit status and the lines on the terminal."""

    def begin(target, cores=2):
        folder = tmp_path / "study"
        words = [target, "--cores", str(cores), *GIVEN, f"folder={folder}"]
        failed = start(["laptop", str(folder), "--experiments", "resnet_fast_slim"], words, folder)
        captured = capfd.readouterr()
        return failed, [*captured.out.splitlines(), *captured.err.splitlines()]

    return begin


def test_jobs_that_fail_say_why_in_two_lines_and_the_engine_nothing(begin, tmp_path):
    failed, lines = begin("study", cores=1)
    assert failed == 1
    assert lines[-2:] == [SEE_ABOVE, f"the engine's log: {tmp_path / 'study' / LOG}"]
    began, reason, outputs = lines[:-2]
    assert all(line.startswith("[job 1 of 2] ") for line in (began, reason, outputs))
    assert "complete network, in" in began
    assert "cifar10 is not in /nowhere" in reason
    assert "put the official files there" in reason
    assert outputs.endswith("notebook.failed.ipynb")
    assert "CalledProcessError" in (tmp_path / "study" / LOG).read_text()


def test_what_the_engine_finds_wrong_is_said_in_two_lines(begin):
    failed, (reason, log) = begin("book")
    assert failed == 1
    assert reason.startswith(
        "WorkflowError: The pages need all networks of the study, and there is no run of vgg16_bn, "
        "vgg_svhn, resnet_fast."
    )
    assert reason.endswith("Ask for `study` to get the tables alone.")
    assert log.startswith("the engine's log: ")


def test_a_folder_with_braces_is_refused(tmp_path, capsys):
    assert start([], [], tmp_path / "{a}") == 2
    assert "has braces" in capsys.readouterr().err
    assert not (tmp_path / "{a}").exists()


def test_a_second_one_says_what_it_waits_for_and_goes_on(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(module, "execute", lambda words, **_: 0)
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
    code = "import sys; from lib.options import main; sys.exit(main(['study']))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"EXPERIMENTS": "vgg_svnh", "PROFILE": "tiny"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("unknown experiment 'vgg_svnh'. Did you mean 'vgg_svhn'?")
    assert done.stderr.count("\n") == 1
