"""Values with their sources: an experiment is declared once, to be run and to be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass
from typing import Any, NamedTuple, get_type_hints

from .experiment import Experiment

CODE, LTH, FAST = (
    "authors' public code (master)",
    "open_lth (Renda et al.)",
    "cifar10-fast",
)
"""Code that the paper leans on: marcozullich/pruned_layer_similarity, branch `master`; open_lth, by
authors of Renda et al. (2020), with the defaults of `cifar_vgg_16`; davidcpage/cifar10-fast,
`dawn.py`."""


class Otherwise(NamedTuple):
    """A source that has another value.

    Attributes:
        what: the hyperparameter, in a few words.
        source: `CODE`, `LTH` or `FAST`.
        there: what it does.
    """

    what: str
    source: str
    there: str


class Sourced(NamedTuple):
    """A hyperparameter.

    Attributes:
        value: of the field; of one that offers a choice of types, the type.
        source: where the value comes from.
        otherwise: a source that has another one.
    """

    value: Any
    source: str
    otherwise: Otherwise | None = None


Declaration = Mapping[str, Sourced]
"""{path: value and source}, with the paths of `lib.study.experiment.leaves`."""


def experiment_of(declared: Declaration) -> Experiment:
    """The experiment that a declaration makes."""
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


def sources(declared: Declaration) -> dict[str, str]:
    """{path: source}."""
    return {path: sourced.source for path, sourced in declared.items()}
