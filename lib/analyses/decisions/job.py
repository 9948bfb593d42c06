"""What pruned networks decide, and those that were trained as long, beside complete networks."""

from dataclasses import dataclass
from typing import ClassVar

from ...study.analysis_plan import Work
from ..by_recipe.studied_networks import LEVELS
from ..converged.experiments import NETWORKS
from ..measured_networks import ITERATIONS
from ..network_analysis import BesideOtherSeeds
from .tables import DECISIONS as TABLE


@dataclass(frozen=True)
class Decisions(BesideOtherSeeds):
    """Calibration of a run's networks, and on which images they err, beside complete networks.

    The complete networks are the own one and those of the study's other seeds;
    iteration 0 is the own one, beside the others.
    """

    name: ClassVar[str] = TABLE.name
    chapter: ClassVar[str] = "converged"

    def work(self) -> Work:
        from .decision_rows import decision_parts

        return decision_parts


@dataclass(frozen=True)
class DecisionsByRecipe(Decisions):
    """The same, of networks by the paper's recipe."""

    chapter: ClassVar[str] = "by_recipe"


_OF_EACH = {
    f"{network}{end}": Decisions(ITERATIONS)
    for network in NETWORKS
    for end in ("", "_trained_as_long")
}
DECLARED = {
    **dict.fromkeys(("smoke", "laptop", "tiny"), _OF_EACH),
    "paper": {
        f"{name}{end}": DecisionsByRecipe(levels)
        for name, levels in LEVELS.items()
        for end in ("", "_trained_as_long")
    },
}
