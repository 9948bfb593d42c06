"""What the terminal, and not the page, is told while a stand-alone page is made."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from tqdm import tqdm

Item = TypeVar("Item")

SECONDS_BETWEEN = 5
"""Seconds between two messages."""


class TimeLeft:
    """Says every few seconds how many of some items are done, and how long the rest will take.

    The first item is left out of the estimate: it may take longer, since what comes is
    read once.
    """

    def __init__(self) -> None:
        self._first = self._last = 0.0

    def __call__(self, done: int, total: int) -> None:
        """So many are done."""
        now = time.monotonic()
        if done == 1:
            self._first = self._last = now
        elif now > self._last + SECONDS_BETWEEN:
            self._last = now
            left = (now - self._first) / (done - 1) * (total - done)
            print(f"{done} of {total}, {tqdm.format_interval(left)} left", file=sys.stderr)


def with_time_left(items: Sequence[Item]) -> Iterator[Item]:
    """The items, while the terminal is told how many are done."""
    time_left = TimeLeft()
    for done, item in enumerate(items, start=1):
        yield item
        time_left(done, len(items))


class TimedSteps:
    """The steps of a computation, each announced and timed.

    Attributes:
        seconds: {step: how long it took}.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def __call__(self, step: str, compute: Callable[[], Item]) -> Item:
        """The result of a step."""
        print(f"{step} ...", file=sys.stderr)
        start = time.monotonic()
        result = compute()
        self.seconds[step] = time.monotonic() - start
        return result
