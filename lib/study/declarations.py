"""The types by which `notebooks/catalogue.py` declares experiments, and their sizes.

A chapter declares the hyperparameters of networks, each with its source; variants of them; and
the changes that a profile makes, each with its reason.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, is_dataclass
from functools import cache, cached_property
from operator import attrgetter
from typing import Any, NamedTuple

from ..did_you_mean import check
from ..table_schemas import TableSchema
from .analysis import Analysis
from .experiment import Experiment, flattened, with_values


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


def plain(values: Values) -> dict[str, Any]:
    """The values without their sources."""
    return {path: sourced.value for path, sourced in values.items()}


def experiment_of(declared: Values) -> Experiment:
    """The experiment of a declaration."""
    return with_values(Experiment, plain(declared))


VariantSpecs = Mapping[str, tuple[str, Callable[[Experiment], dict[str, Any]]]]
"""{suffix: (description, function)}; the function gets the base, and returns {path: value}."""


@dataclass(frozen=True)
class Variant:
    """An experiment of a paper, the base, with a few values changed, in any profile.

    Attributes:
        about: the change, in a few words for the reader.
        values: makes {path: value} from the base as the profile declares it.
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


@dataclass(frozen=True, eq=False)
class Catalogue:
    """All chapters, variants and analyses.

    Attributes:
        specs: ways to vary the experiments of any chapter.
        declared: the chapters.
        analyses: {name: {profile: {experiment: analysis}}}: the analyses of each experiment's
            networks, in their order.
    """

    specs: VariantSpecs
    declared: tuple[Chapter, ...]
    analyses: Mapping[str, Mapping[str, Mapping[str, Analysis]]]

    @cached_property
    def chapters(self) -> dict[str, tuple[str, ...]]:
        """{chapter: its experiments}."""
        return {chapter.name: chapter.experiments for chapter in self.declared}

    @cached_property
    def networks(self) -> dict[str, Values]:
        """{experiment: its declaration}, of all chapters."""
        return {n: of for chapter in self.declared for n, of in chapter.networks.items()}

    @cached_property
    def bases(self) -> dict[str, Experiment]:
        """{name: experiment at the size of its own paper}."""
        return {name: experiment_of(declared) for name, declared in self.networks.items()}

    @cached_property
    def variants(self) -> dict[str, Variant]:
        """{name: variant}, such as `vgg_svhn_one_shot`."""
        specs = dict(self.specs)
        for chapter in self.declared:
            specs |= chapter.variants
        roles = {suffix: suffix for suffix in specs} | {"independent": "complete"}
        return {
            f"{base}_{suffix}": Variant(base, about, values, roles[suffix])
            for base in self.networks
            for suffix, (about, values) in specs.items()
        }

    def base(self, experiment: str) -> str:
        """The experiment of which one is a variant, or itself."""
        variant = self.variants.get(experiment)
        return variant.base if variant else experiment

    def names_of(self, experiment: str) -> dict[str, str]:
        """The columns `network`, `regime` and `role` of an experiment in all tables.

        The regime says how networks were trained, and the role distinguishes networks of the same
        kind and regime, such as "pruned" and "trained_as_long".
        """
        variant, base = self.variants.get(experiment), self.base(experiment)
        names = (c.names[base] for c in self.declared if base in c.names)
        network, regime = next(names, (base, "main"))
        role = variant.role if variant else "pruned"
        return {"network": network, "regime": regime, "role": role}

    @property
    def analysis_tables(self) -> list[TableSchema]:
        """The tables that analyses write, one for each."""
        profiles = (of for of_profiles in self.analyses.values() for of in of_profiles.values())
        return list({a.name: a.table for of in profiles for a in of.values()}.values())


@dataclass(frozen=True, eq=False)
class Profile:
    """All experiments at one size.

    Attributes:
        name: the value of `make book PROFILE=...`.
        description: data, size and cost, in one sentence.
        takes_minutes: whether it does. Then an edit of the engine's code makes results stale, and
            one process does many short jobs. Results that took days record the revision of
            the code instead, and are computed again only on request.
    """

    name: str
    description: str
    catalogue: Catalogue
    takes_minutes: bool = False

    def analyses(self, experiment: str) -> dict[str, Analysis]:
        """{name: analysis} of an experiment's kept networks, in the order of the catalogue."""
        of_profile = {n: of.get(self.name, {}) for n, of in self.catalogue.analyses.items()}
        return {name: of[experiment] for name, of in of_profile.items() if experiment in of}

    @cached_property
    def changes(self) -> dict[str, Values]:
        """{experiment or variant: {path: value}}, where this size differs from the papers'."""
        changes: dict[str, Values] = {}
        for chapter in self.catalogue.declared:
            changes |= chapter.changes.get(self.name, {})
        return changes

    @cache  # noqa: B019 - a profile lives as long as the process, and is asked again and again
    def experiment(self, name: str) -> Experiment:
        """The paper's experiment, or a variant of it, with this profile's changes."""
        changes = plain(self.changes.get(name, {}))
        if variant := self.catalogue.variants.get(name):
            base = self.experiment(variant.base)
            return with_values(base, {"name": name} | variant.values(base) | changes)
        check("experiment", name, {**self.catalogue.bases, **self.catalogue.variants})
        return with_values(self.catalogue.bases[name], changes)

    def hyperparameters(self, name: str) -> list[dict[str, str]]:
        """A row for each hyperparameter: name, value, paper, source, why (empty where equal).

        `paper` is the value at full size, and `source` says whether the paper decides it.
        Another type of schedule or optimiser is one row: its parts have no counterparts.
        """
        variant, base = self.catalogue.variants.get(name), self.catalogue.base(name)
        experiment, paper = self.experiment(name), self.catalogue.bases[base]
        ours, theirs = flattened(experiment), flattened(paper)
        reasons = {path: change.source for path, change in self.changes.get(base, {}).items()}
        if variant:
            unvaried, about = flattened(self.experiment(base)), f"variant: {variant.about}"
            own = {path: about for path in ours if ours[path] != unvaried.get(path)}
            own |= {path: c.source for path, c in self.changes.get(name, {}).items()}
            reasons = own | reasons | own
        # the path of a dataclass is there where it offers a choice of types
        choices = [path for path in ours if is_dataclass(attrgetter(path)(experiment))]
        replaced = [path for path in choices if ours[path] != theirs.get(path)]
        rows = []
        for path in ours:
            if any(path.startswith(f"{parent}.") for parent in replaced):
                continue
            here, there = str(ours[path]), str(theirs[path])
            if path in replaced:
                here, there = (str(attrgetter(path)(e)) for e in (experiment, paper))
            covers = (why for p, why in reasons.items() if f"{path}.".startswith(f"{p}."))
            why = next(covers, "") if here != there else ""
            source = self.catalogue.networks[base][path].source
            row = {"name": path, "value": here, "paper": there, "source": source, "why": why}
            rows.append(row)
        return rows
