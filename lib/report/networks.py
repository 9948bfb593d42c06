"""The layers of a network, read from the network itself."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from ..models import build_model, record, recorded_layers
from .tables import Table


@dataclass(frozen=True)
class Layer:
    """A recorded layer.

    Attributes:
        name: the module's name.
        kind: as in `lib.models.KINDS`.
        shape: of its output for one image, (c, h, w) or (p,).
        weights: entries of its kernels or weight matrix, 0 where it has none.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    weights: int = 0


def describe(model: str, width: float = 1.0, size: int = 32) -> list[Layer]:
    """The recorded layers of a network of `lib.models`, in forward order.

    Args:
        model: a key of `lib.models.MODELS`.
        width: factor on the channels.
        size: height and width of the images.
    """
    network = build_model(
        model, width=width, image_size=size, generator=torch.Generator().manual_seed(0)
    )
    modules = dict(network.named_modules())
    layers = recorded_layers(network)
    outputs = record(network, torch.zeros(1, 3, size, size), [name for name, _ in layers])
    return [
        Layer(
            name,
            kind,
            tuple(outputs[name].shape[1:]),
            sum(p.numel() for p in modules[name].parameters() if p.ndim > 1),
        )
        for name, kind in layers
    ]


def layer_table(model: str, width: float = 1.0) -> Table:
    """Name, kind, output shape and weights of each recorded layer, and the total.

    For a narrower network, a further column has the numbers of weights at full width.
    """
    here, full = describe(model, width), describe(model)
    header = ["Layer", "Kind", "Output", "Weights"]
    rows = [[x.name, x.kind, "\u00d7".join(map(str, x.shape)), _number(x.weights)] for x in here]
    rows.append(["all", "", "", _number(sum(x.weights for x in here))])
    if width != 1:
        header.append("At full width")
        weights = [x.weights for x in full]
        for row, number in zip(rows, [*weights, sum(weights)], strict=True):
            row.append(_number(number))
    return Table(header, rows, numeric=header[2:])


def _number(weights: int) -> str:
    return f"{weights:,}" if weights else "-"
