"""What commands on a finished study have in common: arguments that say which study it is."""

import argparse
from collections.abc import Callable

from ..catalogue import declared_study
from ..command_parser import CommandParser
from ..study.study import Study


def study_parser(name: str, description: str, partial: str) -> argparse.ArgumentParser:
    """The arguments of `python -m lib.commands.<name>`, which `chosen_study` takes.

    Args:
        partial: what `--partial` means.
    """
    parser = CommandParser(f"lib.commands.{name}", description)
    parser.add_argument("profile")
    parser.add_argument("folder", nargs="?", help="folder of the study; _build/PROFILE by default")
    parser.add_argument("--experiments", nargs="+", help="names; all of the chapter by default")
    parser.add_argument("--chapter", default="", help="a companion paper; main study by default")
    parser.add_argument("--partial", action="store_true", help=partial)
    return parser


def chosen_study(given: argparse.Namespace) -> Study:
    """The study that the arguments of a `study_parser` name; ValueError if there is none."""
    return declared_study(given.profile, given.folder, given.experiments, given.chapter)


def run_command(
    name: str,
    description: str,
    partial: str,
    work: Callable[[Study, bool], object],
    arguments: list[str] | None,
) -> int:
    """A command that needs to know which study alone; returns the exit status.

    Args:
        partial: what `--partial` means.
        work: takes the study, and whether it is partial. What it raises is printed.
    """
    given = study_parser(name, description, partial).parse_args(arguments)
    try:
        work(chosen_study(given), given.partial)
    except (ValueError, OSError) as error:
        print(error)
        return 1
    return 0
