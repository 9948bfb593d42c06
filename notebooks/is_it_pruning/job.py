"""Whether a network is more similar to its original than to strangers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from lib.study.analysis import WithStrangers
from lib.study.comparison import Comparison
from lib.study.task import Task
from lib.table_schemas import LAYER, METRIC, RUN, TableSchema

TABLE = TableSchema(
    "descent",
    RUN | {"other_seed": "int64"} | LAYER | METRIC,
    key=(*RUN, "depth", "layer", "metric", "reshape"),
    measured=("value",),
)
"""A row says how similar a layer of a network is to that of the complete network of
`other_seed`, which is its original where this is its `train_seed`."""


@dataclass(frozen=True)
class DescentOfConverged(WithStrangers):
    """Networks of a run, compared with their original and with strangers.

    Both comparisons have the same network on one side, and complete networks of one
    recipe on the other: weights left, training and accuracy are equal, and only the
    ancestry differs.
    """

    table: ClassVar[TableSchema] = TABLE
    chapter: ClassVar[str] = "converged"

    def parts(self, task: Task) -> Iterator[tuple[str, Iterator[dict]]]:
        for seed in self.original_first(task.job):
            yield f"complete network {seed}", self._rows(task, seed)

    def _rows(self, task: Task, seed: int) -> Iterator[dict]:
        less = {"also": (), "dimensions": False, "output_metrics": ()}
        setting = replace(task.setting, experiment=replace(task.setting.experiment, **less))
        comparison = Comparison(task.complete(seed), setting)
        for iteration in task.iterations(self.iterations):
            network, _ = task.pruned(iteration)
            key = task.key(iteration) | {"other_seed": seed}
            for row in comparison.rows(network):
                columns = ("layer", "kind", "depth", "metric", "reshape", "value")
                yield key | {name: row[name] for name in columns}


class DescentByRecipe(DescentOfConverged):
    """The same of networks by the paper's recipe; folders of jobs are named after this class."""

    chapter: ClassVar[str] = "by_recipe"


class DescentOutOfSample(DescentOfConverged):
    """The same of networks of the related papers, and of other ways to prune."""

    chapter: ClassVar[str] = "out_of_sample"


class DescentByPace(DescentOfConverged):
    """The same of networks that were pruned to the same share of weights in fewer steps."""

    chapter: ClassVar[str] = "width_and_length"
