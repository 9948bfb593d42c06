"""The program that is installed with the package; Ctrl-C ends it even while it is imported."""

from typing import NoReturn

from .interruption import run_command_line, stop_while_importing


def run_program() -> NoReturn:
    """What `pruned-representations` does."""
    stop_while_importing()
    from .program import main

    run_command_line(main, in_order=False)
