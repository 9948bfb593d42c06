"""Each layer of a network compared with each layer of another one."""

from collections.abc import Iterator
from functools import partial

import torch
from torch import nn

from ...metrics import LayerRepresentations, compare
from ...models import record_layers, recorded_layers
from ...study.analysis_plan import Rows
from ...study.job import Job
from ...study.running_job import RunningJob
from ...study.stored_networks import load_complete
from .identification_job import Identification


def identification_parts(plan: Identification, task: RunningJob) -> Iterator[tuple[str, Rows]]:
    """(name, rows) of each part."""
    images = task.setting.probe_images()[: plan.images]
    both = [Job(task.job.experiment, seed) for seed in task.seeds]
    networks = [load_complete(task.study, job, task.setting) for job in both]
    yield "all layers", partial(_rows, plan, task, images, networks)


def _rows(
    plan: Identification, task: RunningJob, images: torch.Tensor, networks: list[nn.Module]
) -> Iterator[dict]:
    layers = recorded_layers(networks[0])
    outputs = [record_layers(network, images, [name for name, _ in layers]) for network in networks]
    sizes = {name: (*output.shape[2:],) or (1, 1) for name, output in outputs[0].items()}
    first, second = (
        {name: LayerRepresentations(output, name=name) for name, output in of.items()}
        for of in outputs
    )
    key = dict(zip(("train_seed", "other_seed"), task.seeds, strict=True))
    for depth_x, (x, kind_x) in enumerate(layers):
        task.log("layer %d of %d, %s", depth_x + 1, len(layers), x)
        for depth_y, (y, kind_y) in enumerate(layers):
            reshapes = [r for r in plan.reshapes if r != "channels" or sizes[x] == sizes[y]]
            rows = compare(first[x], second[y], metrics=plan.metrics, reshapes=reshapes)
            for row in rows:
                yield {
                    "experiment": task.job.experiment,
                    **key,
                    **{"layer_x": x, "depth_x": depth_x, "kind_x": kind_x},
                    **{"layer_y": y, "depth_y": depth_y, "kind_y": kind_y},
                    **{column: row[column] for column in ("metric", "reshape", "value")},
                }
