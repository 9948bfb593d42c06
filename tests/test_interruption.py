"""Signals end a command with one line, and a killed one leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lib import interruption
from lib.book.execute import PREPARED, kernel_folder
from lib.repository import ROOT

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


@pytest.mark.parametrize("error", [OSError, ValueError])
def test_wrong_input_and_full_disks_end_a_command_with_one_line(error, monkeypatch, capsys):
    def fail():
        raise error("what is wrong")

    monkeypatch.setattr(interruption, "SIGNALS", ())
    monkeypatch.setattr(sys, "unraisablehook", None)
    with pytest.raises(SystemExit, match="^1$"):
        interruption.run_command_line(fail)
    assert capsys.readouterr().err == "what is wrong\n"


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
