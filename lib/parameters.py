"""Parameters given as text: by `papermill -p`, or on the command line of a plain script."""

import ast
import sys
from collections.abc import Mapping, Sequence
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


def command_line(known: Mapping[str, Any], arguments: Sequence[str] | None = None) -> dict:
    """A notebook's parameters when its source is run as a plain script, each as `name=value`.

    In a Jupyter kernel the command line is the kernel's own, so the parameters stay as they are.

    Args:
        known: {name: default}.
        arguments: None takes the command line of the process.

    Returns:
        {name: value} for every known name.

    Raises:
        SystemExit: an argument is not `name=value`, or `read_parameters` refuses it.
    """
    if arguments is None:
        arguments = [] if "ipykernel" in sys.modules else sys.argv[1:]
    try:
        for argument in arguments:
            if "=" not in argument:
                raise ValueError(f"arguments are name=value, got {argument!r}")
        given = dict(argument.split("=", 1) for argument in arguments)
        return {**known, **read_parameters(given, known)}
    except ValueError as error:
        raise SystemExit(str(error)) from error
