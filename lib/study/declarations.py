"""Declarations of experiments: values with their sources, changes with their reasons, variants."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .experiment import Experiment, with_values


class Value(NamedTuple):
    """A hyperparameter's value, as a paper declares it, or as a profile sets it instead.

    Attributes:
        value: the value of the field; if the field offers a choice of types, the chosen type.
        source: its source, or the reason why it is not the paper's, for the reader.
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
        role: the role of its networks, in contrast to those of the base.
    """

    base: str
    about: str
    values: Callable[[Experiment], dict[str, Any]]
    role: str


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """A study with its own tables; jobs shared with other chapters run once.

    Attributes:
        experiments: its experiments, which may be those of other chapters.
        networks: {experiment: its declaration}, of the networks declared here.
        variants: further ways to prune any network.
        changes: {profile: {experiment or variant: changed values}}.
        names: {experiment: (network, regime)}, as tables name them, for other networks and regimes
            than the paper's.
    """

    name: str
    experiments: tuple[str, ...]
    networks: Mapping[str, Values] = field(default_factory=dict)
    variants: VariantSpecs = field(default_factory=dict)
    changes: Mapping[str, Mapping[str, Values]] = field(default_factory=dict)
    names: Mapping[str, tuple[str, str]] = field(default_factory=dict)
