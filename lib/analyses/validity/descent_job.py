"""Whether a network is nearer to the complete network that it comes from than to others."""

from dataclasses import dataclass
from typing import ClassVar

from ...study.analysis_plan import Work
from ..by_recipe.studied_networks import LEVELS
from ..converged.experiments import NETWORKS
from ..measured_networks import ITERATIONS
from ..network_analysis import BesideOtherSeeds
from .tables import DESCENT as TABLE


@dataclass(frozen=True)
class DescentOfConverged(BesideOtherSeeds):
    """Networks of a run beside their own complete network, and beside those of other seeds.

    Both comparisons have the same network on one side, and complete networks of one
    recipe on the other: weights left, training and accuracy are equal, and the ancestry
    alone differs.
    """

    name: ClassVar[str] = TABLE.name
    chapter: ClassVar[str] = "converged"

    def work(self) -> Work:
        from .descent_rows import descent_parts

        return descent_parts


@dataclass(frozen=True)
class DescentByRecipe(DescentOfConverged):
    """The same, of networks by the paper's recipe."""

    chapter: ClassVar[str] = "by_recipe"


_OF_EACH = {
    f"{name}{end}": DescentOfConverged(ITERATIONS)
    for name in NETWORKS
    for end in ("", "_trained_as_long")
}
DECLARED = {
    **dict.fromkeys(("smoke", "laptop", "tiny"), _OF_EACH),
    "paper": {
        f"{name}{end}": DescentByRecipe(levels)
        for name, levels in LEVELS.items()
        for end in ("", "_trained_as_long")
    },
}
