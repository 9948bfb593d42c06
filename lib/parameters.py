"""Parameters given as text: by `papermill -p`, or on the command line of a plain script."""

import ast
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from .lookup import unknown


def read_parameters(given: Mapping[str, str], known: Mapping[str, Any]) -> dict[str, Any]:
    """The given texts as values of their defaults' types.

    Args:
        given: {name: text}.
        known: {name: default}.

    Raises:
        ValueError: an unknown name (the message names the nearest one), or a text that is not of
            the default's type.
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
        wanted = type(default).__name__
        raise ValueError(f"parameter {name} must be {wanted}, such as {default!r}; got {text!r}")
    return value


def command_line(known: Mapping[str, Any], arguments: Sequence[str] | None = None) -> dict:
    """A notebook's parameters where its source is run as a plain script, `name=value` each.

    In a Jupyter kernel the command line is the kernel's own, and the parameters stay as they are.

    Args:
        known: {name: default}.
        arguments: those of the process unless given.

    Returns:
        {name: value} for every known name.

    Raises:
        SystemExit: an argument that is not `name=value`, or that `read_parameters` refuses.
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
