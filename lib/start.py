"""Start the engine on a study: alone in its folder, and with a look at what was left there before.

The engine's own messages go to a log. The terminal shows what the jobs say, each with its number.
"""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from filelock import FileLock, Timeout

from .clean import LOCK

LOG = "engine.log"
STOPPED = 130
"""The exit status after Ctrl-C."""
FAILED_JOBS = "At least one job did not complete successfully."
"""What the engine says at the end if a job failed, which has then told the reason itself."""
SEE_ABOVE = "not finished: put right what is said above, and the same command goes on from here"


def start(about: list[str], words: list[str], folder: Path, quiet: bool = True) -> int:
    """Look at what is there, then run Snakemake; returns the exit status.

    Args:
        about: the arguments of `lib.commands.mend`.
        words: those of Snakemake.
        folder: of the study; one process works in it at a time, and a second one waits.
        quiet: whether the engine's own messages go to the log in that folder.
    """
    if set("{}") & set(str(folder)):
        print(f"{folder} has braces, which the engine takes for its own: move it", file=sys.stderr)
        return 2
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder), (folder / LOG).open("w+", encoding="utf-8") as log:
        quietly = {"stdout": sys.stderr, "stderr": log}
        failed = execute(["lib.commands.mend", *about], **quietly)
        if not failed:
            failed = execute(["snakemake", *words], **(quietly if quiet else {}))
        log.seek(0)
        said = log.read().strip()
    if failed == STOPPED:
        print("stopped; the same command goes on from here", file=sys.stderr)
    elif failed and said:
        reason = SEE_ABOVE if said.endswith(FAILED_JOBS) else _last_error(said)
        print(f"{reason}\nthe engine's log: {folder / LOG}", file=sys.stderr)
    return failed


def _last_error(said: str) -> str:
    """What the engine itself found wrong, in one line, from all that it said."""
    lines = said.splitlines()
    first = max((i for i, line in enumerate(lines) if "Error" in line), default=len(lines) - 1)
    reason = " ".join(" ".join(lines[first:]).split())
    return re.split(r" Wildcards:| Traceback:", reason)[0][:1000]


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    lock = FileLock(folder / LOCK)
    try:
        held = lock.acquire(timeout=0)
    except Timeout:
        print(f"waiting for another `make`, which works in {folder}", file=sys.stderr)
        held = lock.acquire(timeout=-1, poll_interval=1)
    with held:
        yield


def execute(module: list[str], stdout: IO[str] | None = None, stderr: IO[str] | None = None) -> int:
    """Run a module, and leave it to that how an interruption or a request to stop ends."""
    process = subprocess.Popen([sys.executable, "-m", *module], stdout=stdout, stderr=stderr)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    stopped = False
    while True:
        try:
            failed = process.wait()
            return STOPPED if failed and stopped else failed
        except KeyboardInterrupt:
            stopped = True
