"""Ctrl-C, SIGTERM, wrong input and full disks end a command with one line, not with a traceback."""

# What every process of the study imports first: nothing here may take time to be imported.
import os
import signal
import sys
from collections.abc import Callable

STOPPED = 130
"""The exit status after Ctrl-C."""

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C; what schedulers, `timeout` and `kill` send; and the end of a terminal, which would leave
Snakemake at work, since that has a group of its own."""


def stop_while_importing(package: str) -> None:
    """From now on Ctrl-C ends this process silently, if it is a command of the package.

    Only in `python -m` with one of its modules: Jupyter kernels handle Ctrl-C themselves.
    """
    command = any(word.startswith(f"{package}.") for word in sys.orig_argv)
    if command and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def interrupt(*_: object) -> None:
    """Raise KeyboardInterrupt; a second signal must not interrupt what the first one began."""
    for number in SIGNALS:
        signal.signal(number, lambda *_: None)
    raise KeyboardInterrupt


def run_command_line(main: Callable[[], int]) -> None:
    """Call what a command does, and end with its status; a signal is KeyboardInterrupt in it.

    A ValueError, which means wrong input, and an OSError are printed without a traceback.
    """
    sys.unraisablehook = _stop_or_report
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as in the background of a script
            signal.signal(number, interrupt)
    try:
        status = main()
    except KeyboardInterrupt:
        # else Python itself would die of the signal, if it came within an `exec`, as of dataclasses
        exec("")
        print("stopped", file=sys.stderr)
        status = STOPPED
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        status = 1
    sys.exit(status)


def _stop_or_report(unraisable: "sys.UnraisableHookArgs") -> None:
    """End where a signal would be lost, as any exception is in a destructor."""
    if issubclass(unraisable.exc_type, KeyboardInterrupt):
        os._exit(STOPPED)
    sys.__unraisablehook__(unraisable)
