"""Signals and kills at any moment end a command, and the same command resumes."""

import os
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import psutil
import pytest

from lib import ROOT, interruption
from lib.book.execute import PREPARED, kernel_folder

SLEEPS = "import pathlib, time; pathlib.Path('asleep').touch(); time.sleep(600)"
COMMANDS = {
    "job": ("-m", "lib.book.execute", "sleeps.py", "page.ipynb"),
    "page": ("-m", "lib.book.standalone", "sleeps.py", "page.html"),
}
"""What each would do for ten minutes."""


def wait_until_asleep(folder, process):
    """Until a command, which imports for some seconds, does what it was asked for."""
    while not (folder / "asleep").exists():
        assert process.poll() is None, process.stdout.read()
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("name", "number", "delay"),
    [
        ("job", signal.SIGINT, 0.5),
        ("job", signal.SIGINT, None),
        ("job", signal.SIGTERM, None),
        ("job", signal.SIGHUP, None),
        ("page", signal.SIGINT, None),
    ],
)
def test_an_interruption_ends_a_command_with_one_line(tmp_path, name, number, delay):
    (tmp_path / "sleeps.py").write_text(f"# %%\n{SLEEPS}\n")
    process = subprocess.Popen(
        [sys.executable, *COMMANDS[name]],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        start_new_session=True,  # Ctrl-C reaches a whole group of processes
        # which is ignored in the background of a script, or after `nohup`
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
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
    if delay is not None and process.returncode == -number:  # while it imports
        assert output == ""
        return
    assert process.returncode == interruption.STOPPED, output
    assert lines == ["stopped"]


HOLDS = f"""
from lib.book.execute import PREPARED, kernel_folder
with kernel_folder() as folder:
    (folder / PREPARED).touch()
    print(folder, flush=True)
    {SLEEPS}
"""


def test_the_folder_of_a_killed_process_is_removed_by_the_next_one(tmp_path):
    command, environ = [sys.executable, "-c", HOLDS], os.environ | {"PYTHONPATH": str(ROOT)}
    said = {"stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=tmp_path, env=environ, **said) as process:
        folder = Path(process.stdout.readline().strip())
        with kernel_folder():
            assert (folder / PREPARED).exists()
        process.kill()
    with kernel_folder():
        assert not folder.exists()


@pytest.fixture
def copy(tmp_path):
    """What `make study` needs of this repository, where nothing else is at work."""
    for name in ("lib", "notebooks", "profiles"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("Makefile", "Snakefile", "pyproject.toml", "requirements.txt"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    return tmp_path


def test_sigterm_to_make_ends_a_study_and_its_jobs_which_go_on_later(copy):
    """As a scheduler sends it, or `timeout`: to one process, or to all of its group."""
    study = ["make", "-o", ".venv/.installed", "study", "PROFILE=tiny", "CORES=1"]
    said = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "cwd": copy}
    study += ["CHAPTER=out_of_sample", "EXPERIMENTS=lenet5"]
    # processes in the background of a script ignore Ctrl-C
    for send, ctrl_c in ((os.kill, signal.SIG_IGN), (os.killpg, signal.SIG_DFL)):
        said["preexec_fn"] = partial(signal.signal, signal.SIGINT, ctrl_c)
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


def test_a_second_make_in_the_folder_of_a_study_is_refused_until_the_first_has_ended(copy):
    """A killed one leaves its job at work, for which the next one waits."""
    asked = ["--profile=tiny", "--cores=1", "--chapter=out_of_sample", "--experiments=lenet5"]
    study = [sys.executable, "-m", "lib.commands.start", "study", *asked]
    with subprocess.Popen(study, cwd=copy, stdout=subprocess.PIPE, text=True) as first:
        assert "lenet5" in first.stdout.readline()
        second = subprocess.run(study, cwd=copy, capture_output=True, text=True)
        assert second.returncode == 1
        assert second.stderr == f"another `make` works in {copy}/_build/tiny: wait until it ends\n"
        for killed in (*psutil.Process(first.pid).children(), first):
            killed.kill()
    third = subprocess.run(study, cwd=copy, capture_output=True, text=True)
    assert third.returncode == 0, third.stdout + third.stderr
    assert list(copy.glob("_build/tiny/chapters/*/results/lenet5/provenance.json"))
