"""How experiments are declared: values with their sources, changes with their reasons, variants."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .experiment import Experiment, with_values


class Value(NamedTuple):
    """A hyperparameter's value, as a paper declares it, or as a profile sets it instead.

    Attributes:
        value: of the field; where the field offers a choice of types, the chosen type.
        source: where it comes from, or why it is not the paper's, for the reader.
    """

    value: Any
    source: str


Values = Mapping[str, Value]
"""{path: value}, with the paths of `lib.study.experiment.flattened`."""


def experiment_of(declared: Values) -> Experiment:
    """The experiment of a declaration."""
    return with_values(Experiment, {path: sourced.value for path, sourced in declared.items()})


VariantSpecs = Mapping[str, tuple[str, Callable[[Experiment], dict[str, Any]]]]
"""suffix -> what a variant is, in a few words, and {path: value} for the base in a profile."""


@dataclass(frozen=True)
class Variant:
    """An experiment of a paper, the base, with a few values changed, in any profile.

    Attributes:
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
        experiments: of which it consists, those of other chapters among them.
        networks: {experiment: its declaration}, of networks that no other chapter has.
        variants: further ways to prune any network.
        changes: {profile: {experiment or variant: what it sets}}: at which scale.
        names: {experiment: (network, regime)}: what tables say of it, where it is another
            network, or is trained in another way, than the paper's of its model.
    """

    name: str
    experiments: tuple[str, ...]
    networks: Mapping[str, Values] = field(default_factory=dict)
    variants: VariantSpecs = field(default_factory=dict)
    changes: Mapping[str, Mapping[str, Values]] = field(default_factory=dict)
    names: Mapping[str, tuple[str, str]] = field(default_factory=dict)
