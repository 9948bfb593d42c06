"""Parameters of a notebook, given as text."""

import ast
from collections.abc import Mapping
from typing import Any

from .lookup import unknown


def read_parameters(given: Mapping[str, str], known: Mapping[str, Any]) -> dict[str, Any]:
    """Convert parameters given as text to the types of their defaults.

    Args:
        given: {name: text}.
        known: {name: default}.

    Returns:
        {name: value} for the given names.

    Raises:
        ValueError: an unknown name (the message suggests the nearest one), or a text that cannot
            be read as the default's type.
    """
    values = {}
    for name, text in given.items():
        if name not in known:
            raise ValueError(unknown("parameter", name, known))
        values[name] = _converted(name, text, known[name])
    return values


def _converted(name: str, text: str, default: Any) -> Any:
    if isinstance(default, str):
        return text
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        value = text
    if isinstance(default, float) and type(value) is int:
        value = float(value)
    if type(value) is not type(default):
        kind = type(default).__name__
        raise ValueError(f"parameter {name} must be {kind}, such as {default!r}; got {text!r}")
    return value
