"""The study's log, on the terminal and in the job's log file."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
