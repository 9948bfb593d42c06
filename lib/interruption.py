"""Ctrl-C ends a command with one line and the status 130, at any moment.

While a command imports what it needs, nothing is begun yet that would have to be left whole,
and an exception would come out of whatever is being imported, or end PyTorch in a crash: the
process ends at once. Where there is something to put in order, Ctrl-C is KeyboardInterrupt.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import NoReturn

STOPPED = 130
"""The exit status after Ctrl-C."""

CAN_HOLD_BACK = hasattr(signal, "pthread_sigmask")
"""Whether a process can be made to hear Ctrl-C later, as everywhere but on Windows."""


def is_starting(package: str) -> bool:
    """Whether this process is `python -m` with a module of the package."""
    return any(
        option == "-m" and module.startswith(f"{package}.")
        for option, module in zip(sys.orig_argv, sys.orig_argv[1:], strict=False)
    )


def stop_at_once(*_: object) -> NoReturn:
    """End this process with one line, without a destructor or a traceback."""
    os.write(2, b"stopped\n")
    os._exit(STOPPED)


def stop_while_importing() -> None:
    """From now on Ctrl-C ends this process at once, unless it was started to ignore it."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, stop_at_once)
    if CAN_HOLD_BACK:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])


@contextmanager
def ending_in_order() -> Iterator[None]:
    """Ctrl-C raises KeyboardInterrupt meanwhile, for work that has something to put in order."""
    before = signal.getsignal(signal.SIGINT)
    if before is not stop_at_once:
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def run_command_line(main: Callable[[], int], in_order: bool = True) -> NoReturn:
    """Call what a command does, and end with the status that it returns.

    Args:
        main: does it.
        in_order: whether Ctrl-C raises KeyboardInterrupt in it; otherwise it ends the
            process at once, as is right for what imports much and only prints.
    """
    sys.unraisablehook = _stop_or_tell
    try:
        with ending_in_order() if in_order else nullcontext():
            status = main()
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        status = STOPPED
    sys.exit(status)


def _stop_or_tell(unraisable: "sys.UnraisableHookArgs") -> None:
    """Ctrl-C in a destructor or callback, which would be lost there with a traceback."""
    if issubclass(unraisable.exc_type, KeyboardInterrupt):
        stop_at_once()
    sys.__unraisablehook__(unraisable)


@contextmanager
def held_back() -> Iterator[None]:
    """Commands that are started meanwhile hear Ctrl-C as soon as they can end in one line.

    Python itself would print a traceback if it heard it before it knows this package.
    """
    if not CAN_HOLD_BACK:
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
