"""Unseen networks by further metrics, and what other zeros of the scale would be."""

import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple

import torch
from torch import nn

from lib.metrics import LayerRepresentations, compare
from lib.metrics.geometry import row_distances
from lib.metrics.inputs import DegenerateError
from lib.metrics.metric import Pair
from lib.metrics.representation import Representation
from lib.models import record_layers, recorded_layers
from lib.study.analysis import WithStrangers
from lib.study.study import Job
from lib.study.task import Task, load_network
from lib.table_schemas import LAYER, METRIC, RUN, TableSchema

FOUR = ("svcca", "pwcca", "cka", "nbs")
FURTHER = (
    "mean_cca",
    "cka_debiased",
    "cka_rbf",
    "procrustes",
    "linear_regression",
    "rsa",
    "knn_overlap",
)
"""Those of `lib.metrics`, and `cka_rbf`."""

TABLE = TableSchema(
    "zeros",
    RUN | {"other_seed": "int64", "against": "str"} | LAYER | METRIC,
    key=(*RUN, "against", "depth", "layer", "metric", "reshape"),
    measured=("value",),
)
"""A row says how similar a layer of a network is to that of another network of `other_seed`, by
`against`: "complete", the complete network; "pruned", the network of the same run and iteration;
"shuffled", the original, with images in random order (the mean over several).

Iteration 0 is the complete network itself, compared with those of other seeds.
"""


class Layers(NamedTuple):
    """A network's recorded layers, in forward order, and their representations."""

    declared: list[tuple[str, str]]
    representations: dict[str, LayerRepresentations]


def _layers(task: Task, network: nn.Module) -> Layers:
    """On the probe images."""
    declared = recorded_layers(network)
    names = [name for name, _ in declared]
    outputs = record_layers(network, task.setting.probe_images(), names)
    of_names = {name: LayerRepresentations(output, name=name) for name, output in outputs.items()}
    return Layers(declared, of_names)


def _pairs(
    first: Layers, second: Layers
) -> Iterator[tuple[dict, LayerRepresentations, LayerRepresentations]]:
    """Each layer's columns, and its representations in two networks."""
    for depth, (name, kind) in enumerate(first.declared):
        layer = {"layer": name, "kind": kind, "depth": depth}
        yield layer, first.representations[name], second.representations[name]


def cka_rbf(pair: Pair, bandwidth: float = 0.8) -> float:
    """CKA with Gaussian kernels, exp(-d² / 2σ²), of the distances d between rows.

    Args:
        bandwidth: σ over the median distance, here the widest of Kornblith et al. (2019, table 2).

    Raises:
        DegenerateError: a side whose rows are all equal.
    """

    def kernel(side: Representation) -> torch.Tensor:
        away = row_distances(side)
        median = away[~torch.eye(len(away), dtype=torch.bool, device=away.device)].median()
        if not median > 0:
            raise DegenerateError(f"{side.name}: half of the distances between rows are 0")
        similar = torch.exp(-0.5 * (away / (bandwidth * median)).square())
        centred = similar - similar.mean(0) - similar.mean(1, keepdim=True) + similar.mean()
        return centred / centred.norm()

    return torch.dot(kernel(pair.x).flatten(), kernel(pair.y).flatten()).item()


@dataclass(frozen=True)
class Zeros(WithStrangers):
    """Networks of a run compared with their original, strangers, and the pruned of other seeds.

    Attributes:
        metrics: of `FOUR` and `FURTHER`.
        permutations: random orders of the images, for the four metrics in the last iteration.
    """

    table: ClassVar[TableSchema] = TABLE
    chapter: ClassVar[str] = "out_of_sample"
    metrics: tuple[str, ...] = FOUR
    permutations: int = 10

    def others(self, run: Job) -> list[Job]:
        alike = [replace(run, train_seed=seed) for seed in self.seeds if seed != run.train_seed]
        return [*super().others(run), *alike]

    def parts(self, task: Task) -> Iterator[tuple[str, Iterator[dict]]]:
        seeds = self.original_first(task.job)
        complete = {seed: _layers(task, task.complete(seed)) for seed in seeds}
        kept = task.iterations(self.iterations)
        for iteration in (0, *kept):
            yield f"iteration {iteration}", self._rows(task, iteration, complete)
        if kept:
            yield "shuffled images", self._shuffled(task, kept[-1], complete[task.job.train_seed])

    def _rows(self, task: Task, iteration: int, complete: Mapping[int, Layers]) -> Iterator[dict]:
        own, key = task.job.train_seed, task.key(iteration)
        network = _layers(task, task.pruned(iteration)[0]) if iteration else complete[own]
        for seed, other in complete.items():
            if iteration or seed != own:
                yield from self._compared(
                    network, other, key | {"other_seed": seed, "against": "complete"}
                )
            if iteration and seed != own:
                run = replace(task.job.run, train_seed=seed)
                alike = _layers(task, load_network(run, task.setting, iteration)[0])
                yield from self._compared(
                    network, alike, key | {"other_seed": seed, "against": "pruned"}
                )

    def _compared(self, network: Layers, other: Layers, key: dict) -> Iterator[dict]:
        """The rows of one network compared with another one."""
        metrics = [metric for metric in self.metrics if metric != "cka_rbf"]
        for layer, x, y in _pairs(other, network):
            for row in compare(x, y, metrics=metrics):
                yield key | layer | row
            if "cka_rbf" in self.metrics:
                value = math.nan
                with suppress(DegenerateError):
                    value = cka_rbf(Pair(x.reshaped("flat"), y.reshaped("flat")))
                yield key | layer | {"metric": "cka_rbf", "reshape": "flat", "value": value}

    def _shuffled(self, task: Task, iteration: int, original: Layers) -> Iterator[dict]:
        network = _layers(task, task.pruned(iteration)[0])
        key = task.key(iteration) | {"other_seed": task.job.train_seed, "against": "shuffled"}
        for layer, x, y in _pairs(original, network):
            for row in compare(x, y, metrics=FOUR, permutations=self.permutations):
                yield key | layer | row | {"value": row["null_mean"]}


class ZerosOfMLP(Zeros):
    """The same of the MLP on digits."""

    chapter: ClassVar[str] = "counter_example"
