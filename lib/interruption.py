"""Ctrl-C, SIGTERM and closed outputs end a command with one line instead of a traceback.

During its imports a command has not begun any work, and an exception there could come from any
module or crash PyTorch, so a signal ends the process at once. Afterwards the first signal raises
KeyboardInterrupt, and further ones are ignored.
"""

# What every process of the study imports first: nothing here may take time to be imported.
import os
import signal
import sys
from collections.abc import Callable
from itertools import pairwise

STOPPED = 130
"""The exit status after Ctrl-C."""

SIGNALS = (signal.SIGINT, signal.SIGTERM)
"""Ctrl-C, and what schedulers, `timeout` and `kill` send."""


def stop_at_once(*_: object) -> None:
    """End this process with one line, without a destructor or a traceback."""
    os.write(2, b"stopped\n")
    os._exit(STOPPED)


def stop_while_importing(package: str) -> None:
    """From now on a signal ends this process at once, unless it was started to ignore it.

    Only in commands, `python -m` with a module of the package: Jupyter kernels handle SIGINT
    themselves.
    """
    words = pairwise(sys.orig_argv)
    if not any(word == "-m" and module.startswith(f"{package}.") for word, module in words):
        return
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop_at_once)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])  # which `make` holds back


def interrupt(*_: object) -> None:
    """Raise KeyboardInterrupt; a second signal must not interrupt what the first one began."""
    for number in SIGNALS:
        signal.signal(number, lambda *_: None)
    raise KeyboardInterrupt


def run_command_line(main: Callable[[], int]) -> None:
    """Call what a command does, and end with its status; a signal is KeyboardInterrupt in it.

    A ValueError, which means wrong input, is printed without a traceback.
    """
    sys.unraisablehook = _stop_or_tell
    if sys.stdout is None:  # closed; the next file that is opened must not take its place
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    for number in SIGNALS:
        if signal.getsignal(number) is stop_at_once:
            signal.signal(number, interrupt)
    try:
        status = main()
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        status = STOPPED
    except (OSError, ValueError) as error:  # such as a full disk, or a reader that is gone
        print(error, file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Python flushes it once more
        status = 1
    sys.exit(status)


def _stop_or_tell(unraisable: "sys.UnraisableHookArgs") -> None:
    """A signal in a destructor or callback, which would be lost there with a traceback."""
    if issubclass(unraisable.exc_type, KeyboardInterrupt):
        stop_at_once()
    sys.__unraisablehook__(unraisable)
