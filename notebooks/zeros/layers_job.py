"""Layers of unseen networks: directions left in another network, and CKA and NBS on channels."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from lib.metrics import LayerRepresentations, compare
from lib.models import record_layers, recorded_layers
from lib.study.analysis import WithStrangers
from lib.study.task import Task
from lib.table_schemas import LAYER, METRIC, RUN, TableSchema

DIRECTIONS = TableSchema(
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

ON_CHANNELS = TableSchema(
    "on_channels",
    RUN | {"other_seed": "int64"} | LAYER | METRIC,
    key=(*RUN, "depth", "layer", "metric", "reshape"),
    measured=("value",),
)
"""As the table `descent`, by the metrics that have the flat matrix there, on channels."""

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
class LayerByLayer(WithStrangers):
    """Each layer of a run's networks compared with that of their original and of strangers."""

    chapter: ClassVar[str] = "out_of_sample"

    def parts(self, task: Task) -> Iterator[tuple[str, Iterator[dict]]]:
        for seed in self.original_first(task.job):
            yield f"complete network {seed}", self._rows(task, seed)

    def _rows(self, task: Task, seed: int) -> Iterator[dict]:
        complete, images = task.complete(seed), task.setting.probe_images()
        layers = recorded_layers(complete)
        names = [name for name, _ in layers]
        y = {name: self.once(name, y) for name, y in record_layers(complete, images, names).items()}
        for iteration in task.iterations(self.iterations):
            x = record_layers(task.pruned(iteration)[0], images, names)
            key = task.key(iteration) | {"other_seed": seed}
            for depth, (name, kind) in enumerate(layers):
                row = key | {"layer": name, "kind": kind, "depth": depth}
                for numbers in self.numbers(x[name], y[name]):
                    yield row | numbers

    def once(self, name: str, y: Tensor) -> Any:
        """What `numbers` takes of a layer of a complete network, for all iterations."""
        return y

    @abstractmethod
    def numbers(self, x: Tensor, y: Any) -> Iterator[dict]:
        """What the rows have of a layer of a network, x, and of `once` of a complete network, y."""


class Directions(LayerByLayer):
    """The directions of complete networks that are left in networks of a run."""

    table: ClassVar[TableSchema] = DIRECTIONS

    def numbers(self, x: Tensor, y: Tensor) -> Iterator[dict]:
        for i, (variance, kept) in enumerate(zip(*directions(x, y), strict=True)):
            yield {"direction": i, "variance": variance.item(), "kept": kept.item()}


class DirectionsOfMLP(Directions):
    """The same of the MLP on digits."""

    chapter: ClassVar[str] = "counter_example"


class OnChannels(LayerByLayer):
    """CKA and NBS on channels: is it on the matrix that metrics disagree?"""

    table: ClassVar[TableSchema] = ON_CHANNELS

    def once(self, name: str, y: Tensor) -> LayerRepresentations:
        return LayerRepresentations(y, name=name)

    def numbers(self, x: Tensor, y: LayerRepresentations) -> Iterator[dict]:
        for row in compare(y, x, metrics=("cka", "nbs"), reshapes=["channels"]):
            yield {name: row[name] for name in METRIC}
