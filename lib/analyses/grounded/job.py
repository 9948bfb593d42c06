"""Complete networks of several groups beside each other, and the layers of one side by side."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import combinations, product
from typing import ClassVar

from ...metrics import LayerRepresentations, compare
from ...models import record_layers, recorded_layers
from ...study.analyses import Analysis, Rows
from ...study.experiment import Experiment
from ...study.job import Job
from ...study.running_job import RunningJob
from ...study.stored_networks import load_complete
from ..measured_networks import EVERY_KIND
from .experiments import SEEDS
from .groups import OUTPUT_METRICS, TESTS, UNALTERED
from .tables import PAIRS as TABLE

ON_MEANS = "gap"
"""A row is an image, a column the mean of a channel: so layers of any size can be
compared. The last hidden layer, whose maps are one pixel large, is compared as it
is."""


@dataclass(frozen=True)
class RecordedLayer:
    """What a layer gives for the probe images."""

    name: str
    kind: str
    depth: int
    representations: LayerRepresentations


@dataclass(frozen=True)
class Pairs(Analysis):
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

    def runs(self, experiment: Experiment) -> list[tuple[int, int]]:
        """The first one alone: an analysis is about all networks of a group."""
        return super().runs(experiment)[:1]

    def others(self, run: Job) -> list[Job]:
        """The complete networks of all groups."""
        return [Job(*which) for which in product((run.experiment, *self.others_of), self.seeds)]

    def parts(self, task: RunningJob) -> Iterator[tuple[str, Rows]]:
        if self.layers:
            for seed in self.seeds:
                job = Job(task.run.experiment, seed)
                yield f"layers of seed {seed}", partial(_beside_own_layers, task, job)
        last = {job: _recorded(task, job)[-2:] for job in self.others(task.run)}
        for first, second in combinations(last, 2):
            of_own_group = first.experiment == task.run.experiment
            if of_own_group and first.train_seed != second.train_seed:
                sides = zip(last[first], last[second], strict=True)
                yield f"{first} beside {second}", partial(_rows, first, second, [*sides])


def _recorded(task: RunningJob, job: Job) -> list[RecordedLayer]:
    """The layers of a complete network: all hidden ones, and the output."""
    network = load_complete(task.study, job, task.setting)
    layers = recorded_layers(network)
    outputs = record_layers(network, task.setting.probe_images(), [name for name, _ in layers])
    return [
        RecordedLayer(name, kind, depth, LayerRepresentations(outputs[name], name=name))
        for depth, (name, kind) in enumerate(layers)
    ]


def _beside_own_layers(task: RunningJob, job: Job) -> Iterator[dict]:
    return _rows(job, job, combinations(_recorded(task, job)[:-1], 2))


def _rows(
    first: Job, second: Job, sides: Iterable[tuple[RecordedLayer, RecordedLayer]]
) -> Iterator[dict]:
    for x, y in sides:
        key = {
            **{"experiment": first.experiment, "train_seed": first.train_seed},
            **{"other_experiment": second.experiment, "other_seed": second.train_seed},
            **{"layer_x": x.name, "depth_x": x.depth, "layer_y": y.name, "depth_y": y.depth},
        }
        is_output = x.kind == "out"
        for row in compare(
            x.representations,
            y.representations,
            metrics=OUTPUT_METRICS if is_output else EVERY_KIND,
            reshapes=None if is_output else (ON_MEANS,),
        ):
            yield key | {column: row[column] for column in ("metric", "reshape", "value")}


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
