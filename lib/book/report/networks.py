"""The layers of a network, read from the network itself."""

import pandas as pd
import torch

from ...models import build_model, record_layers, recorded_layers
from .format import Table

COLOUR, GREY = (3, 32, 32), (1, 28, 28)
"""Images, as (c, h, w)."""


def describe(model: str, width: float = 1.0, image: tuple[int, ...] = COLOUR) -> pd.DataFrame:
    """The recorded layers of a network of `lib.models`, in forward order.

    Args:
        model: a key of `lib.models.MODELS`.
        width: factor on the channels.
        image: shape of one.

    Returns:
        Index: the names of the modules. Columns: `kind`, one of
        `lib.models.LAYER_KINDS`; `shape` of the output for one image, (c, h, w) or
        (p,); `weights`, the entries of the kernels or of the weight matrix, 0 where
        there are none.
    """
    like = {"in_channels": image[0], "image_size": image[-1]}
    network = build_model(model, width=width, generator=torch.Generator(), **like)
    kinds = dict(recorded_layers(network))
    outputs = record_layers(network, torch.zeros(1, *image), kinds)
    weights = {
        name: sum(p.numel() for p in network.get_submodule(name).parameters() if p.ndim > 1)
        for name in kinds
    }
    shapes = {name: tuple(output.shape[1:]) for name, output in outputs.items()}
    return pd.DataFrame({"kind": kinds, "shape": shapes, "weights": weights})


def layer_table(model: str, width: float = 1.0, image: tuple[int, ...] = COLOUR) -> Table:
    """Name, kind, output shape and weights of each recorded layer, and the total.

    For a narrower network, a further column has the numbers of weights at full width.
    """
    layers = describe(model, width, image)
    weights = pd.DataFrame({"Weights": layers.weights})
    if width != 1:
        weights["At full width"] = describe(model, 1.0, image).weights
    weights.loc["all"] = weights.sum()
    sizes = layers["shape"].map(lambda shape: "\u00d7".join(map(str, shape)))
    shown = pd.DataFrame({"Kind": layers.kind, "Output": sizes}, index=weights.index).fillna("")
    shown[weights.columns] = weights.map(lambda number: f"{number:,}" if number else "-")
    return Table.of(shown.rename_axis("Layer"), numeric=["Output", *weights.columns])
