"""The catalogue of experiments and the profiles: types that the engine receives.

`notebooks/catalogue.py` has the values of this repository.
"""

from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from functools import cache, cached_property
from operator import attrgetter

from ..did_you_mean import check
from ..table_schemas import TableSchema
from .analysis import Analysis
from .declarations import Chapter, Values, Variant, VariantSpecs, experiment_of
from .experiment import Experiment, flattened, with_values

ROLES = {"independent": "complete"}
"""Suffix of a variant -> the role of its networks, where the two differ."""


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
        """{name: experiment at the scale of its own paper}."""
        return {name: experiment_of(declared) for name, declared in self.networks.items()}

    @cached_property
    def variants(self) -> dict[str, Variant]:
        """{name: variant}, such as `vgg_svhn_one_shot`."""
        of_each = dict(self.specs)
        for chapter in self.declared:
            of_each |= chapter.variants
        return {
            f"{base}_{suffix}": Variant(base, about, values, ROLES.get(suffix, suffix))
            for base in self.networks
            for suffix, (about, values) in of_each.items()
        }

    def names_of(self, experiment: str) -> dict[str, str]:
        """The columns `network`, `regime` and `role` of an experiment in all tables.

        The regime says how networks were trained, and the role distinguishes networks of the same
        kind and regime, such as "pruned" and "trained_as_long".
        """
        variant = self.variants.get(experiment)
        base = variant.base if variant else experiment
        names = (c.names[base] for c in self.declared if base in c.names)
        network, regime = next(names, (base, "main"))
        return {
            "network": network,
            "regime": regime,
            "role": variant.role if variant else "pruned",
        }

    @property
    def analysis_tables(self) -> list[TableSchema]:
        """The tables that analyses write, one for each."""
        profiles = (of for of_profiles in self.analyses.values() for of in of_profiles.values())
        return list({a.name: a.table for of in profiles for a in of.values()}.values())


@dataclass(frozen=True, eq=False)
class Profile:
    """All experiments at one scale.

    Attributes:
        name: the value of `make book PROFILE=...`.
        description: data, scale and cost, in one sentence.
        follows_code: whether an edit of the engine's code makes results stale. That is
            right for a study of minutes. Results that took days record the revision of
            the code instead, and are computed again only on request.
    """

    name: str
    description: str
    catalogue: Catalogue
    follows_code: bool = False

    def analyses(self, experiment: str) -> dict[str, Analysis]:
        """name -> analysis of an experiment's kept networks, in the order of the catalogue."""
        declared = self.catalogue.analyses.items()
        of_profile = {name: of_profiles.get(self.name, {}) for name, of_profiles in declared}
        return {name: of[experiment] for name, of in of_profile.items() if experiment in of}

    @cached_property
    def changes(self) -> dict[str, Values]:
        """{experiment or variant: {path: value}}, where this scale differs from the papers'."""
        changes: dict[str, Values] = {}
        for chapter in self.catalogue.declared:
            changes |= chapter.changes.get(self.name, {})
        return changes

    @cache  # noqa: B019 - a profile lives as long as the process, and is asked again and again
    def experiment(self, name: str) -> Experiment:
        """The paper's experiment, or a variant of it, with this profile's changes."""
        changes = {path: change.value for path, change in self.changes.get(name, {}).items()}
        if variant := self.catalogue.variants.get(name):
            base = self.experiment(variant.base)
            return with_values(base, {"name": name} | variant.values(base) | changes)
        check("experiment", name, {**self.catalogue.bases, **self.catalogue.variants})
        return with_values(self.catalogue.bases[name], changes)

    def hyperparameters(self, name: str) -> list[dict[str, str]]:
        """A row for each hyperparameter: name, value, paper, source, why (empty where equal).

        `paper` is the value at full scale, and `source` says whether the paper decides it.
        Another type of schedule or optimiser is one row: its parts have no counterparts.
        """
        variant = self.catalogue.variants.get(name)
        base = variant.base if variant else name
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
