"""One line per epoch, on the terminal and in the job's log file."""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

log = logging.getLogger("lib.study")


@contextmanager
def logging_to(path: Path) -> Iterator[None]:
    """Append the study's log to a file, with the time of day, and show it on standard output."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = logging.FileHandler(path, encoding="utf-8")
    file.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    terminal = logging.StreamHandler(sys.stdout)
    # an error goes to the terminal as an exception, from whoever catches it
    terminal.addFilter(lambda record: record.levelno < logging.ERROR)
    level = log.level
    log.setLevel(logging.INFO)
    for handler in (file, terminal):
        log.addHandler(handler)
    try:
        yield
    finally:
        log.setLevel(level)
        for handler in (file, terminal):
            log.removeHandler(handler)
            handler.close()


class Progress:
    """How far a job is, and how much longer it will take.

    Args:
        total: units of work in the entire job.
        done: units that an earlier process did.
    """

    def __init__(self, total: int, done: int = 0):
        self.total = total
        self.done = self.first = done
        self.start = time.monotonic()

    def step(self, message: str) -> None:
        """Count one more unit as done, and log the message with the time left."""
        self.done += 1
        each = (time.monotonic() - self.start) / (self.done - self.first)
        left = tqdm.format_interval(each * (self.total - self.done))
        log.info("%s  [%d of %d, %s left]", message, self.done, self.total, left)
