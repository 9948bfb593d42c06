"""All that is declared of a study, as the engine needs it: it is handed over, not looked up.

`lib.catalogue` has the one of this repository.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from ..table_schemas import TableSchema
from .analysis_plan import AnalysisPlan
from .declarations import Hyperparameters, Variant, experiment_of
from .experiment import Experiment


class DeclaredAnalysis(NamedTuple):
    """An analysis of networks that are kept.

    Attributes:
        table: that it writes; it has the name of the analysis.
        of_profiles: {profile: {experiment: analysis}}: whose networks to analyse, at
            what scale.
    """

    table: TableSchema
    of_profiles: Mapping[str, Mapping[str, AnalysisPlan]]


@dataclass(frozen=True, eq=False)
class Catalogue:
    """What there is to study.

    Attributes:
        paper: the experiments of the main study, without variants.
        networks: {experiment: its declaration}, of all papers.
        variants: {name: variant}, such as `vgg_svhn_one_shot`.
        ways: {suffix: (what a variant of this name is, of which kind: "control" or
            "pruning")}, of those that every network has.
        chapters: {chapter: its experiments}.
        analyses: {name: analysis}.
        names: {experiment: (network, regime)}, of those of `networks` that are another
            network, or are trained in another way, than the main study's of their model.
    """

    paper: tuple[str, ...]
    networks: Mapping[str, Hyperparameters]
    variants: Mapping[str, Variant]
    ways: Mapping[str, tuple[str, str]]
    chapters: Mapping[str, tuple[str, ...]]
    analyses: Mapping[str, DeclaredAnalysis]
    names: Mapping[str, tuple[str, str]]

    def names_of(self, experiment: str) -> dict[str, str]:
        """What all tables say of an experiment: `network`, `regime` and `role`.

        The regime is how networks were trained, the role what they are beside others of
        the same network and regime, such as "pruned" or "trained_as_long".
        """
        variant = self.variants.get(experiment)
        base = variant.base if variant else experiment
        network, regime = self.names.get(base, (base, "main"))
        role = variant.role if variant else "pruned"
        return {"network": network, "regime": regime, "role": role}

    @cached_property
    def bases(self) -> dict[str, Experiment]:
        """{name: experiment at the scale of its own paper}."""
        return {name: experiment_of(declared) for name, declared in self.networks.items()}

    @property
    def analysis_tables(self) -> list[TableSchema]:
        """The tables that analyses write, one for each."""
        return [analysis.table for analysis in self.analyses.values()]
