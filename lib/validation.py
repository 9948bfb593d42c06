"""Checks that the values of dataclasses and arguments have their declared types."""

import dataclasses
import math
import operator
from functools import cache
from types import UnionType
from typing import Any, get_args, get_type_hints


def check_types(spec: Any, **least: int) -> None:
    """Compare the fields of a dataclass, and of those inside it, with their declared types.

    An integer is accepted for a float, but True is not a number, and NumPy's integers are not
    integers.

    Args:
        least: the lowest value that a field may have, for some of them, unless it is None.

    Raises:
        TypeError: a value of another type.
        ValueError: a number that is not finite, or too low.
    """
    for name, declared in declared_types(type(spec)).items():
        value = getattr(spec, name)
        if not _fits(value, declared):
            wanted = declared.__name__ if isinstance(declared, type) else declared
            raise TypeError(f"{name} of {type(spec).__name__} must be {wanted}, got {value!r}")
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"{name} of {type(spec).__name__} must be finite, got {value}")
        if dataclasses.is_dataclass(value):
            check_types(value)
    for name, lowest in least.items():
        value = getattr(spec, name)
        if value is not None and value < lowest:
            raise ValueError(f"{name} must be at least {lowest}, got {value}")


@cache
def declared_types(kind: type) -> dict[str, Any]:
    """{field of a dataclass: its type}."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


def _fits(value: Any, declared: Any) -> bool:
    """Whether a value is of a type."""
    parts = get_args(declared)
    if isinstance(declared, UnionType):
        return any(_fits(value, part) for part in parts)
    if parts:  # tuple[T, ...]
        return isinstance(value, tuple) and all(_fits(part, parts[0]) for part in value)
    if isinstance(value, bool):  # Python takes True for an int, but it is no number
        return declared is bool
    return isinstance(value, int | float if declared is float else declared)


def integer(name: str, value: Any, least: int, most: float = math.inf, why: str = "") -> int:
    """An argument that must be an integer; one of NumPy will do, True will not.

    Args:
        name: of the argument, with which the error begins.
        least, most: both included.
        why: the reason for `most`.
    """
    try:
        number = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = None
    if number is None or number < least:
        raise ValueError(f"{name}: got {value!r}, want an integer of {least} or more")
    if number > most:
        raise ValueError(f"{name}: got {value!r}, want at most {most:,}{why and f', since {why}'}")
    return number
