"""Values with their sources: one declaration of an experiment serves its runs and its tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass
from typing import Any, NamedTuple, get_type_hints

from .experiment import Experiment


class Sourced(NamedTuple):
    """A hyperparameter.

    Attributes:
        value: of the field; where the field offers a choice of types, the chosen type.
        source: where the value comes from.
    """

    value: Any
    source: str


Declaration = Mapping[str, Sourced]
"""{path: value and source}, with the paths of `lib.study.experiment.leaves`."""


def experiment_of(declared: Declaration) -> Experiment:
    """Build an experiment from its declaration."""
    return _built(Experiment, {path: sourced.value for path, sourced in declared.items()})


def _built(kind: type, values: Mapping[str, Any]) -> Any:
    parts: dict[str, dict[str, Any]] = {}
    for path, value in values.items():
        head, _, rest = path.partition(".")
        parts.setdefault(head, {})[rest] = value
    hints, given = get_type_hints(kind), {}
    for head, inside in parts.items():
        chosen = inside.pop("", hints[head])
        made = inside or (isinstance(chosen, type) and is_dataclass(chosen))
        given[head] = _built(chosen, inside) if made else chosen
    return kind(**given)
