"""Whether the input has any influence on the output of kept networks."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from ...study.analysis_plan import Work
from ..network_analysis import SomeIterations
from .experiments import EXPERIMENTS
from .tables import COLLAPSE as TABLE


@dataclass(frozen=True)
class Collapse(SomeIterations):
    """How many paths are left, and whether all test images get the same output.

    A layer without weights cuts every path (Tanaka et al. 2020), but sparse layers can
    do so too, if the survivors of one lead only to channels that the next no longer
    reads.
    """

    name: ClassVar[str] = TABLE.name
    chapter: ClassVar[str] = "at_init"

    def work(self) -> Work:
        from ..kept_networks import each_by_itself
        from .collapse_rows import collapse_rows

        return partial(each_by_itself, collapse_rows)


DECLARED = {
    profile: {name: Collapse((1, 2, 3, 4, 5)) for name in EXPERIMENTS}
    for profile in ("smoke", "laptop", "paper", "tiny")
}
