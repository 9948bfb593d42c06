"""What the commands about a study have in common: which study it is."""

from __future__ import annotations

import argparse

from .study import Study


def parser(name: str, description: str) -> argparse.ArgumentParser:
    """A parser of the arguments that say which study, for `python -m lib.study.<name>`."""
    made = argparse.ArgumentParser(
        prog=f"python -m lib.study.{name}",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("profile")
    made.add_argument("folder", nargs="?", help="of the study; _build/PROFILE by default")
    made.add_argument("--experiments", nargs="+", help="names; those of the chapter by default")
    made.add_argument("--chapter", default="", help="of a companion paper; none: the main study")
    return made


def study_of(given: argparse.Namespace) -> Study:
    """The study that the arguments name.

    Raises:
        ValueError: an unknown profile, chapter or experiment.
    """
    return Study(given.profile, given.folder, given.experiments, given.chapter)
