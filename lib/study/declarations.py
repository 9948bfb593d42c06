"""How experiments are declared: values with their sources, changes with their reasons, variants.

A value stands beside its source once, and serves both the runs and the tables of the
book.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, is_dataclass
from typing import Any, NamedTuple, get_type_hints

from .experiment import Experiment


class Hyperparameter(NamedTuple):
    """A hyperparameter.

    Attributes:
        value: of the field; where the field offers a choice of types, the chosen type.
        source: where the value comes from.
    """

    value: Any
    source: str


Hyperparameters = Mapping[str, Hyperparameter]
"""{path: value and source}, with the paths of `lib.study.experiment.flattened`."""


def experiment_of(declared: Hyperparameters) -> Experiment:
    """Build an experiment from its declaration."""
    return _built(Experiment, {path: sourced.value for path, sourced in declared.items()})


def _built(kind: type, values: Mapping[str, Any]) -> Any:
    parts: dict[str, dict[str, Any]] = {}
    for path, value in values.items():
        head, _, rest = path.partition(".")
        parts.setdefault(head, {})[rest] = value
    hints, fields = get_type_hints(kind), {}
    for head, inside in parts.items():
        chosen = inside.pop("", hints[head])
        made = inside or (isinstance(chosen, type) and is_dataclass(chosen))
        fields[head] = _built(chosen, inside) if made else chosen
    return kind(**fields)


class ProfileOverride(NamedTuple):
    """One hyperparameter that a profile sets differently from the paper.

    Attributes:
        value: what the profile sets.
        why: the reason, for the reader.
    """

    value: Any
    why: str


Overrides = Mapping[str, ProfileOverride]
"""{path: what a profile sets}, with the paths of `lib.study.experiment.flattened`."""

VariantSpecs = Mapping[str, tuple[str, Callable[[Experiment], dict[str, Any]]]]
"""suffix -> what a variant is, in a few words, and {path: value} for the base in a profile."""


@dataclass(frozen=True)
class Variant:
    """An experiment of a paper with a few values changed, in any profile.

    Attributes:
        base: the experiment.
        about: what is changed, in a few words for the reader.
        values: makes {path: value} of the base as the profile declares it.
        role: of its networks, beside those of the base.
    """

    base: str
    about: str
    values: Callable[[Experiment], dict[str, Any]]
    role: str


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """A study of its own, with tables of its own; jobs that two have in common are done once.

    Attributes:
        name: of the folder of its tables.
        experiments: of which it consists, those of other chapters among them.
        networks: {experiment: its declaration}, of networks that no other chapter has.
        variants: further ways to prune any network.
        subsets: {experiment: variants of it alone}.
        changes: {profile: {experiment or variant: overrides}}: at which scale.
        names: {experiment: (network, regime)}: what tables say of it, where it is another
            network, or is trained in another way, than the main study's of its model.
    """

    name: str
    experiments: tuple[str, ...]
    networks: Mapping[str, Hyperparameters] = field(default_factory=dict)
    variants: VariantSpecs = field(default_factory=dict)
    subsets: Mapping[str, VariantSpecs] = field(default_factory=dict)
    changes: Mapping[str, Mapping[str, Overrides]] = field(default_factory=dict)
    names: Mapping[str, tuple[str, str]] = field(default_factory=dict)
