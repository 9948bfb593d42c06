"""Networks of groups beside each other, and layers of a network."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import combinations

from ...metrics import LayerRepresentations, compare
from ...models import record_layers, recorded_layers
from ...study.analysis_plan import Rows
from ...study.job import Job
from ...study.running_job import RunningJob
from ...study.stored_networks import load_complete
from ..measured_networks import EVERY_KIND
from .groups import OUTPUT_METRICS
from .job import Pairs

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


def pair_parts(plan: Pairs, task: RunningJob) -> Iterator[tuple[str, Rows]]:
    """(name, rows) of each part."""
    if plan.layers:
        for seed in plan.seeds:
            job = Job(task.run.experiment, seed)
            yield f"layers of seed {seed}", partial(_beside_own_layers, task, job)
    last = {job: _recorded(task, job)[-2:] for job in plan.others(task.run)}
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
