"""Which directions of a layer are left in another network."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from lib.models import record_layers, recorded_layers
from lib.study.analysis import WithStrangers
from lib.study.running_job import RunningJob
from lib.table_schemas import LAYER, RUN, TableSchema

TABLE = TableSchema(
    "directions",
    RUN
    | {"other_seed": "int64"}
    | LAYER
    | {"direction": "int64", "variance": "float64", "kept": "float64"},
    key=(*RUN, "depth", "layer", "direction"),
    measured=("variance", "kept"),
)
"""A row says which share of the variance of a principal direction of a layer of the complete
network of `other_seed` a linear regression on the same layer of the network explains: `kept`.
`variance` is the direction's share of the layer's."""

FAINTEST = 1e-6
"""Directions with a smaller share of the layer's variance are left out."""


def directions(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """The principal directions of y, and what is left of them in x.

    Args:
        x, y: (n, p) and (n, q), or (n, c, h, w), where a row is a position in an image.

    Returns:
        Shares of the variance of y, from the largest on, and the share of each direction's own
        variance that a linear regression on x explains.
    """
    x, y = (_centred(layer) for layer in (x, y))
    values, vectors = torch.linalg.eigh(y.T @ y)
    shares = values / values.sum()
    strong = (shares > FAINTEST).nonzero().flatten().flip(0)
    scores = y @ vectors[:, strong] / values[strong].sqrt()
    basis, scale = torch.linalg.eigh(x.T @ x)[::-1]
    live = scale > FAINTEST**2 * scale[-1]
    onto = x @ (basis[:, live] / scale[live].sqrt())
    return shares[strong], (onto.T @ scores).square().sum(0)


def _centred(layer: Tensor) -> Tensor:
    rows = layer.double().movedim(1, -1).flatten(0, -2)
    return rows - rows.mean(0)


@dataclass(frozen=True)
class Directions(WithStrangers):
    """The directions of the original and of strangers that are left in networks of a run."""

    table: ClassVar[TableSchema] = TABLE
    chapter: ClassVar[str] = "out_of_sample"

    def parts(self, task: RunningJob) -> Iterator[tuple[str, Iterator[dict]]]:
        for seed in self.original_first(task.job):
            yield f"complete network {seed}", self._rows(task, seed)

    def _rows(self, task: RunningJob, seed: int) -> Iterator[dict]:
        complete, images = task.complete(seed), task.setting.probe_images()
        layers = recorded_layers(complete)
        names = [name for name, _ in layers]
        y = record_layers(complete, images, names)
        for iteration in task.iterations(self.iterations):
            x = record_layers(task.pruned(iteration)[0], images, names)
            key = task.key(iteration) | {"other_seed": seed}
            for depth, (name, kind) in enumerate(layers):
                row = key | {"layer": name, "kind": kind, "depth": depth}
                for i, (variance, kept) in enumerate(
                    zip(*directions(x[name], y[name]), strict=True)
                ):
                    numbers = {"variance": variance.item(), "kept": kept.item()}
                    yield row | {"direction": i} | numbers


class DirectionsOfMLP(Directions):
    """The same of the MLP on digits."""

    chapter: ClassVar[str] = "counter_example"
