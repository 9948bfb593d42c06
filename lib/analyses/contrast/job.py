"""Kept networks compared once more, by each metric on each matrix, and the dimensions of layers."""

from dataclasses import dataclass
from typing import ClassVar

from ...study.analysis_plan import AnalysisPlan, Work
from ..converged.studied_networks import PRUNINGS
from ..measured_networks import MEASURED
from .tables import FURTHER_MATRICES as TABLE


@dataclass(frozen=True)
class Matrices(AnalysisPlan):
    """What a run compares, on further matrices.

    All else is as in the run itself, so its own rows come out as they were.

    Attributes:
        iterations: those whose networks are compared.
        also: the further matrices.
    """

    name: ClassVar[str] = TABLE.name
    chapter: ClassVar[str] = "converged"
    iterations: tuple[int, ...] = (1, PRUNINGS)
    also: tuple[str, ...] = ("channels", "gap")

    def work(self) -> Work:
        from .matrix_rows import matrix_parts

        return matrix_parts


_OF_EACH = ("", "_trained_as_long", "_independent")

DECLARED = {
    "laptop": {name + end: Matrices() for name in MEASURED for end in _OF_EACH},
    "smoke": {f"vgg_svhn_wide{end}": Matrices() for end in _OF_EACH},
    "tiny": {f"vgg_svhn_wide{end}": Matrices((1, 2)) for end in _OF_EACH},
}
