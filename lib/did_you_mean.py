"""Find a value by its name, and suggest the nearest known name when it is mistyped."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TypeVar

T = TypeVar("T")

MOST = 30
"""Beyond this number of known names, a message lists only the five nearest."""


def unknown(what: str, name: object, known: Iterable[str]) -> str:
    """The error message for a name that is not among the known ones, with a did-you-mean."""
    known = list(filter(None, known))  # the whole network has an empty name
    lower = {candidate.lower(): candidate for candidate in known}
    matches = get_close_matches(str(name).lower(), lower, MOST, cutoff=0.5)
    near = [lower[match] for match in matches]
    hint = f" Did you mean {near[0]!r}?" if near else ""
    shown = known if len(known) <= MOST else [*(near or known)[:5], f"... ({len(known)} in all)"]
    return f"unknown {what} {name!r}.{hint} Known: {', '.join(shown)}."


def check(what: str, name: object, known: Iterable[str]) -> None:
    """Raise a ValueError with the message of `unknown` unless the name is among the known ones."""
    if name not in known:
        raise ValueError(unknown(what, name, known))


def lookup(what: str, name: str, registry: Mapping[str, T]) -> T:
    """`registry[name]`, or a ValueError that names the nearest known name."""
    check(what, name, registry)
    return registry[name]
