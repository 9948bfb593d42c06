"""What reads the text of a variable of `make`, and says what is wrong with it in one line."""

import argparse
import re
import shlex
from collections.abc import Callable
from typing import NoReturn

from .did_you_mean import unknown


def integer_between(least: int, most: int, *texts: str) -> Callable[[str], int | str]:
    """What reads an integer from `least` to `most`, or one of the other texts."""
    wanted = " or ".join([f"an integer from {least} to {most}", *filter(None, texts)])

    def read(text: str) -> int | str:
        if text in texts:
            return text
        if not re.fullmatch(r"[0-9]{1,6}", text) or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"must be {wanted}, got {text!r}")
        return int(text)

    return read


def one_of(*known: str) -> Callable[[str], str]:
    """What reads one of these texts."""

    def read(text: str) -> str:
        if text not in known:
            raise argparse.ArgumentTypeError(unknown("value", text, filter(None, known)))
        return text

    return read


def switch(text: str) -> bool:
    return one_of("", "0", "1")(text) == "1"


def words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{error} in {text!r}") from None


def names(text: str) -> list[str]:
    """What reads names, which are no options of a command and no paths."""
    for name in text.split():
        if not re.fullmatch(r"\w+", name):
            raise argparse.ArgumentTypeError(f"got {name!r}, want names of letters, digits and _")
    return text.split()


def path(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError("must be a folder, got nothing")
    return text


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, by the names that `make` knows."""

    def error(self, message: str) -> NoReturn:
        named = re.fullmatch(r"argument --(\w+): (.*)", message, re.DOTALL)
        raise ValueError(f"{named[1]}: {named[2]}" if named else message)
