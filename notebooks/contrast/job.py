"""Kept networks compared once more, by each metric on each matrix, and the dimensions of layers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from lib.study.analysis import Analysis
from lib.study.comparison import Comparison
from lib.study.task import Task, load_mask
from lib.study.work import similarities
from lib.table_schemas import SIMILARITY, TableSchema


@dataclass(frozen=True)
class Matrices(Analysis):
    """What a run compares, on further matrices, with the dimensions of the layers.

    All else is as in the run itself, so its own rows come out as they were.

    Attributes:
        iterations: whose networks are compared.
        also: the further matrices.
    """

    table: ClassVar[TableSchema] = replace(SIMILARITY, name="matrices")
    chapter: ClassVar[str] = "converged"
    iterations: tuple[int, ...] = (1, 4)
    also: tuple[str, ...] = ("channels", "gap")

    def parts(self, task: Task) -> Iterator[tuple[str, Iterator[dict]]]:
        experiment = replace(task.setting.experiment, also=self.also, dimensions=True)
        comparison = Comparison(task.complete(), replace(task.setting, experiment=experiment))
        for iteration in task.iterations(self.iterations):
            yield f"iteration {iteration}", self._rows(task, comparison, iteration)

    def _rows(self, task: Task, comparison: Comparison, iteration: int) -> Iterator[dict]:
        """The rows of one network; iteration 0 is the complete network of another seed."""
        left = load_mask(task.job.run, iteration).remaining if iteration else 1.0
        yield from similarities(task, comparison, task.compared(iteration), iteration, left)
