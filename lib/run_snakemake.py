"""Start the engine on a study: alone in its folder, and with a look at what was left there before.

The engine's own messages go to a log. The terminal shows what the jobs say, each with
its number.
"""

import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import IO

import psutil
from filelock import AcquireReturnProxy, BaseFileLock, FileLock, Timeout

from . import ROOT
from .interruption import STOPPED, ending_in_order, held_back
from .study.shared_gpu import shared_gpu

LOCK = ".make.lock"
"""The file in the folder of a study that a `make` at work in it holds."""
ENGINE_LOCK = ".engine.lock"
"""The file there that an engine holds, whoever started it."""
LOG = "engine.log"
ENGINES_OWN = ".snakemake"
"""The folder of the engine, which it wants beside the sources."""
FAILED_JOBS = "At least one job did not complete successfully."
"""What the engine says at the end if a job failed, which has then told the reason itself."""
GRACE = 1.0
"""Seconds after Ctrl-C, in which all processes should end by themselves; then they are
killed. What they have written is whole at each moment, so nothing is lost."""
SEE_ABOVE = "not finished: put right what is said above, and the same command goes on from here"


def start(about: list[str], arguments: list[str], folder: Path, quiet: bool = True) -> int:
    """Look at what is there, then run Snakemake; returns the exit status.

    Args:
        about: the arguments of `lib.commands.invalidate_damaged_jobs`.
        arguments: those of Snakemake.
        folder: of the study; one process works in it at a time, and a second one waits.
        quiet: whether the engine's own messages go to the log in that folder.
    """
    if set("{}") & set(str(folder)):
        print(f"{folder} has braces, which the engine takes for its own: move it", file=sys.stderr)
        return 2
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / LOG).touch()
        (ROOT / ENGINES_OWN).mkdir(exist_ok=True)
    except OSError as error:
        why = f"{error.filename}: {error.strerror}"
        print(f"{why}: make room there, or let it be written to", file=sys.stderr)
        return 1
    with alone(folder), shared_gpu(), (folder / LOG).open("w+", encoding="utf-8") as log:
        quietly = {"stdout": sys.stderr, "stderr": log}
        failed = run_module(["lib.commands.invalidate_damaged_jobs", *about], **quietly)
        if not failed:
            # an engine that talks to a cluster has to cancel its jobs there, which takes longer
            failed = run_module(
                ["snakemake", *arguments], **(quietly if quiet else {"grace": None})
            )
        log.seek(0)
        messages = log.read().strip()
    if failed == STOPPED:
        print("stopped; the same command goes on from here", file=sys.stderr)
    elif failed and messages:
        reason = SEE_ABOVE if messages.endswith(FAILED_JOBS) else _last_error(messages)
        print(f"{reason}\nthe engine's log: {folder / LOG}", file=sys.stderr)
    return failed


def _last_error(messages: str) -> str:
    """What the engine itself found wrong, in one line, from all that it said."""
    lines = messages.splitlines()
    first = max((i for i, line in enumerate(lines) if "Error" in line), default=len(lines) - 1)
    reason = " ".join(" ".join(lines[first:]).split())
    return re.split(r" Wildcards:| Traceback:", reason)[0][:1000]


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder, and wait for an engine that works in it though its `make` was killed."""
    with _held(folder / LOCK, f"another `make`, which works in {folder}"):
        left = f"the engine that another `make` left at work in {folder}: end it, or wait"
        with _held(folder / ENGINE_LOCK, left):
            pass
        yield


def _held(path: Path, awaited: str) -> AcquireReturnProxy:
    lock = FileLock(path)
    try:
        return lock.acquire(timeout=0)
    except Timeout:
        print(f"waiting for {awaited}", file=sys.stderr)
        return lock.acquire(timeout=-1, poll_interval=1)


def engine_alone(folder: Path) -> BaseFileLock:
    """What an engine does when it starts: hold the folder until it ends.

    Raises:
        BlockingIOError: another engine works in it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / ENGINE_LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        reason = f"another engine works in {folder}: wait for it, or stop it first"
        raise BlockingIOError(reason) from None
    return lock


def run_module(
    module: list[str],
    stdout: IO[str] | None = None,
    stderr: IO[str] | None = None,
    grace: float | None = GRACE,
) -> int:
    """Run a module; after an interruption it has some seconds to end by itself.

    Args:
        grace: so many; None for as many as it wants, if it hears Ctrl-C itself. The
            engine of one machine does not: its jobs do, and it ends with them.
    """
    with nullcontext() if grace is None else held_back():
        process = psutil.Popen([sys.executable, "-m", *module], stdout=stdout, stderr=stderr)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    stopped = False
    while True:
        try:
            with ending_in_order():
                failed = process.wait(grace if stopped else None)
            # of a process that ends while Ctrl-C is heard, the status may be lost
            return STOPPED if stopped else failed
        except KeyboardInterrupt:
            stopped = True
        except psutil.TimeoutExpired:
            _kill(process)


def _kill(process: psutil.Process) -> None:
    """End a process and all that it started, which may be deaf to anything else."""
    for each in (*process.children(recursive=True), process):
        with suppress(psutil.NoSuchProcess):
            each.kill()
