"""Complete networks of several groups beside each other, and the layers of one side by side."""

from dataclasses import dataclass
from itertools import product
from typing import ClassVar

from ...study.analysis_plan import AnalysisPlan, Work
from ...study.experiment import Experiment
from ...study.job import Job
from .experiments import SEEDS
from .groups import TESTS, UNALTERED
from .tables import PAIRS as TABLE


@dataclass(frozen=True)
class Pairs(AnalysisPlan):
    """The networks of a group beside each other, and beside those of other groups.

    Networks of two groups are compared where their seeds differ: those of one seed
    started from the same weights.

    Attributes:
        others_of: the other groups.
        layers: whether the hidden layers of each network are compared with each other
            as well.
        seeds: the train seeds of a group's networks.
    """

    name: ClassVar[str] = TABLE.name
    chapter: ClassVar[str] = "grounded"
    others_of: tuple[str, ...] = ()
    layers: bool = False
    seeds: tuple[int, ...] = SEEDS

    def runs(self, experiment: Experiment) -> list[dict[str, int]]:
        """The first one alone: an analysis is about all networks of a group."""
        return super().runs(experiment)[:1]

    def others(self, run: Job) -> list[Job]:
        """The complete networks of all groups."""
        return [Job(*which) for which in product((run.experiment, *self.others_of), self.seeds)]

    def work(self) -> Work:
        from .pair_rows import pair_parts

        return pair_parts


def _later_groups(experiment: str) -> tuple[str, ...]:
    """The groups that are told apart from this one in any test, each pair once."""
    later = {
        group: None
        for groups in TESTS.values()
        if experiment in groups
        for group in groups[groups.index(experiment) + 1 :]
    }
    return tuple(later)


def _declared(seeds: tuple[int, ...] = SEEDS) -> dict[str, Pairs]:
    groups = dict.fromkeys(group for groups in TESTS.values() for group in groups)
    return {name: Pairs(_later_groups(name), name == UNALTERED, seeds) for name in groups}


DECLARED = {
    "smoke": _declared((0, 1)),
    "laptop": _declared(),
    "paper": _declared(),
    "tiny": _declared((0, 1)),
}
