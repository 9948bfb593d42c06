"""Signals at any moment, and whatever else surrounds a command, end it with one line at most."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import psutil
import pytest

from lib import ROOT, interruption
from lib.book.execute import LONGEST, kernel_folder

SLEEPS = "import pathlib, time; pathlib.Path('asleep').touch(); time.sleep(600)"
COMMANDS = {
    "job": ("-m", "lib.book.execute", "sleeps.py", "page.ipynb"),
    "page": ("-m", "lib.book.standalone", "sleeps.py", "page.html"),
}
"""What each would do for ten minutes."""


def hold_back():
    """Ctrl-C waits until Python has started: before that, no program of anyone's can hear it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])


def wait_until_asleep(folder, process):
    """Until a command, which imports for some seconds, does what it was asked for."""
    while not (folder / "asleep").exists():
        assert process.poll() is None, process.stdout.read()
        time.sleep(0.05)


@pytest.mark.parametrize("number", interruption.SIGNALS)
@pytest.mark.parametrize(
    ("name", "delay"), [("job", 0.3), ("job", None), ("page", 0.3), ("page", None)]
)
def test_an_interruption_ends_a_command_with_one_line(tmp_path, name, delay, number):
    (tmp_path / "sleeps.py").write_text(f"# %%\n{SLEEPS}\n")
    process = subprocess.Popen(
        [sys.executable, *COMMANDS[name]],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        start_new_session=True,  # Ctrl-C reaches a whole group of processes
        preexec_fn=hold_back if number == signal.SIGINT else None,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if delay is None:
        wait_until_asleep(tmp_path, process)
    else:
        time.sleep(delay)
    os.killpg(process.pid, number)
    output, _ = process.communicate(timeout=300)
    lines = output.splitlines()
    if delay is not None and process.returncode == -signal.SIGTERM:  # before Python has started
        assert output == ""
        return
    assert process.returncode == interruption.STOPPED, output
    assert [line.partition(";")[0] for line in lines] == ["stopped"]


@pytest.fixture
def copy(tmp_path):
    """What `make study` needs of this repository, where nothing else is at work."""
    for name in ("lib", "notebooks", "profiles"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("Makefile", "Snakefile", "pyproject.toml", "requirements.txt"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    return tmp_path


# processes in the background of a script ignore Ctrl-C
@pytest.mark.parametrize("ctrl_c", [signal.SIG_DFL, signal.SIG_IGN])
def test_sigterm_to_make_ends_a_study_and_its_jobs_which_go_on_later(copy, ctrl_c):
    """As a scheduler sends it, or `timeout`: to one process, or to all of its group."""
    study = ["make", "-o", ".venv/.installed", "study", "PROFILE=tiny", "CORES=1"]
    said = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "cwd": copy}
    study += ["CHAPTER=out_of_sample", "EXPERIMENTS=lenet5"]
    said["preexec_fn"] = partial(signal.signal, signal.SIGINT, ctrl_c)
    for send in (os.kill, os.killpg):
        process = subprocess.Popen(study, start_new_session=True, **said)
        said_so_far = []
        for line in process.stdout:
            said_so_far.append(line)
            if "epoch 1/" in line:  # early in a job: after its last epoch it ends at once
                break
        while not list(copy.glob("_build/tiny/jobs/*/*/*/checkpoint.pt")):
            assert process.poll() is None, "".join(said_so_far)
            time.sleep(0.01)
        at_work = psutil.Process(process.pid).children(recursive=True)
        assert any("ipykernel_launcher" in each.cmdline() for each in at_work)
        send(process.pid, signal.SIGTERM)
        output, _ = process.communicate(timeout=300)
        assert "not finished: the same command resumes from here" in output
        assert process.returncode == -signal.SIGTERM
        assert psutil.wait_procs(at_work, timeout=10)[1] == []
    # whether it stopped in its first training or behind it, no epoch is trained again
    assert not any("complete, epoch 1/" in line for line in said_so_far)


@pytest.mark.parametrize(
    ("shell", "status", "said"),
    [
        ("{} >&-", 0, ""),
        ("{} >/dev/full", 1, "No space left on device"),
        ("{} | true; exit ${{PIPESTATUS[0]}}", 1, "Broken pipe"),
    ],
)
def test_an_output_that_nobody_reads_ends_a_command_without_a_traceback(shell, status, said):
    prints = "lambda: print('x' * 10**6) or 0"
    code = f"from lib.interruption import run_command_line; run_command_line({prints})"
    command = ["bash", "-c", shell.format(shlex.join([sys.executable, "-c", code]))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == status
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == bool(said)


def test_temporary_files_may_have_a_long_path(tmp_path, monkeypatch):
    long = tmp_path / ("x" * 100)
    long.mkdir()
    for place, short in ((long, True), (Path("/tmp"), False)):
        monkeypatch.setattr(tempfile, "tempdir", str(place))
        with kernel_folder() as folder:
            assert len(f"{folder}/kernel-5") < LONGEST
            assert (folder.parent != place) == short
