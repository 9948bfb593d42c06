"""What compressing a network changed in each layer: outputs, weights and operations."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import tee
from typing import TYPE_CHECKING, Any, NamedTuple

from torch import Tensor, nn

from ..models.module_outputs import parse_layer
from .compared_network import ComparedNetwork, Layer
from .images import Batches, refuse_iterator
from .network_comparison import BATCH_SIZE, MEMORY, compare_networks
from .padding import PaddingMask, read_mask, without_padding

if TYPE_CHECKING:
    import pandas as pd

WHOLE = "(whole network)"
"""What the last row of a report is called."""


def compression_report(
    before: nn.Module,
    after: nn.Module,
    images: object,
    layers: Sequence[str] | None = None,
    metrics: Sequence[str] = ("svcca", "cka"),
    *,
    batch_size: int = BATCH_SIZE,
    memory: int = MEMORY,
    image_size: int = 224,
    **options: object,
) -> pd.DataFrame:
    """Set a pruned, quantised or otherwise compressed network beside the one it was made from::

        print(compression_report(network, pruned, "images/test").round(3).to_string())

    Weights are those of convolutions and linear layers, without biases, whatever makes
    them: masks of `torch.nn.utils.prune`, parametrisations, quantised modules and
    tensors. Those that are 0 count as gone.

    Args:
        before, after: the networks. Their layers may differ in width, not in name.
        images, layers, metrics: as for `compare_networks`, but not an iterator, since
            the images are gone through several times.
        batch_size, memory, image_size: as for `compare_networks`.
        options: others of `compare_networks`, such as `device`, `reshapes`, `forward`,
            `mask` or `say`.

    Returns:
        a row for each layer, and a last one for the whole network, in which layers
        inside each other count once:

        - `layer`, and `kind` of module;
        - a column for each metric; `svcca_channels` where there are several reshapes of
          it;
        - `sqnr`, the signal-to-quantisation-noise ratio of the outputs in dB, ten times
          the decimal logarithm of the sum of x² over that of (x - y)², without what
          `mask` calls padding: infinite if nothing changed, NaN if the widths differ;
        - `weights_before` and `weights_after`, those that are not 0, and `density`, the
          latter in relation to all that the layer had before;
        - `operations_before` and `operations_after`, the multiply-adds with them for
          one image.

    Raises:
        TypeError, ValueError: as for `compare_networks`; images that come only once.
    """
    import pandas as pd  # takes a while

    refuse_iterator(images)
    similar = compare_networks(
        before,
        after,
        images,
        layers,
        metrics,
        batch_size=batch_size,
        memory=memory,
        image_size=image_size,
        **{"level": None, **options},
    )
    forward, device = options.get("forward"), options.get("device")
    batches = Batches(images, batch_size, image_size, memory, as_given=forward is not None)
    labelled = (before, "before"), (after, "after")
    networks = [ComparedNetwork(net, label, device, forward) for net, label in labelled]
    names = list(dict.fromkeys(similar.layer_x))
    changes = pd.DataFrame(_changes(*networks, batches, names, options.get("mask")))
    report = changes.merge(_one_row_a_layer(similar), on="layer", how="left")
    report["kind"] = report.kind.fillna("")
    columns = ["layer", "kind", *report.columns.difference([*changes, "kind"], sort=False)]
    report = report[[*columns, *changes.columns.drop("layer")]]
    report.attrs = similar.attrs
    return report


def _changes(
    before: ComparedNetwork,
    after: ComparedNetwork,
    batches: Batches,
    layers: Sequence[str],
    mask: PaddingMask | None,
) -> list[dict]:
    """What the report has beside similarities: rows of these layers, and of the whole network."""
    costs = []
    with before.at_work(), after.at_work():
        for network in (before, after):
            network.try_out(batches.first, mask)
            costs.append(LayerCosts(network))
            network.describe(dict.fromkeys(layers, ""))
        noise = noise_ratios(before, after, batches, mask)
    rows = [
        {"layer": layer, "sqnr": noise[layer], **_columns(*(side.of(layer) for side in costs))}
        for layer in layers
    ]
    whole = _columns(*(side.of("") for side in costs))
    return [*rows, {"layer": WHOLE, "sqnr": math.nan, **whole}]


def _one_row_a_layer(similar: pd.DataFrame) -> pd.DataFrame:
    """The values of `compare_networks` side by side, under the names of the metrics."""
    several = similar.groupby("metric").reshape.transform("nunique") > 1
    columns = similar.metric.where(~several, similar.metric + "_" + similar.reshape)
    kinds = similar.groupby("layer_x", sort=False).kind.first()
    values = similar.assign(column=columns).pivot(index="layer_x", columns="column", values="value")
    wide = values[list(dict.fromkeys(columns))]
    wide.insert(0, "kind", kinds)
    return wide.rename_axis(index="layer", columns=None).reset_index()


def noise_ratios(
    before: ComparedNetwork,
    after: ComparedNetwork,
    batches: Batches,
    mask: PaddingMask | None = None,
) -> dict[str, float]:
    """{layer: signal-to-noise ratio in dB} of the outputs of `after` beside those of `before`."""
    pairs = [(layer, after.layers[name]) for name, layer in before.layers.items()]
    same = [(x, y) for x, y in pairs if x.shape == y.shape and not x.unmasked]
    signal, noise = ({x.name: 0.0 for x, _ in same} for _ in range(2))
    for outputs_x, outputs_y, batch in _side_by_side(before, after, batches, same):
        for x, y in same:
            of_x, of_y = outputs_x[x].double(), outputs_y[y].double().to(outputs_x[x].device)
            if x.padded:
                counts = read_mask(mask, batch, len(of_x), of_x.device)
                of_x, of_y = (without_padding(maps, "channels", counts) for maps in (of_x, of_y))
            signal[x.name] += of_x.square().sum().item()
            noise[x.name] += (of_x - of_y).square_().sum().item()
    ratios = {name: _decibels(signal[name], noise[name]) for name in signal}
    return {name: ratios.get(name, math.nan) for name in before.layers}


def _side_by_side(
    before: ComparedNetwork,
    after: ComparedNetwork,
    batches: Batches,
    layers: Sequence[tuple[Layer, Layer]],
) -> Iterator[tuple[dict[Layer, Tensor], dict[Layer, Tensor], Any]]:
    """Outputs of both, and the batch; batches come once, since a loader may shuffle."""
    of_before, of_after = zip(*layers, strict=True) if layers else ((), ())
    for_before, for_after, for_mask = tee(batches, 3)
    outputs = before.outputs(for_before, of_before), after.outputs(for_after, of_after)
    return zip(*outputs, for_mask, strict=True)


def _decibels(signal: float, noise: float) -> float:
    if noise == 0:
        return math.inf
    return 10 * math.log10(signal / noise) if signal else -math.inf


class Costs(NamedTuple):
    """What a layer of weights has, and what it takes for one image."""

    weights: int
    left: int  # weights that are not 0
    operations: int  # multiply-adds with those


class LayerCosts:
    """The costs of the convolutions and linear layers of a network, and where each belongs.

    A layer that the network does not call as a module, as those inside
    `nn.MultiheadAttention`, counts no operations.

    Args:
        network: after `try_out`.
    """

    def __init__(self, network: ComparedNetwork) -> None:
        modules = dict(network.network.named_modules())
        weighted = {name: module for name, module in modules.items() if channels_out(module)}
        uses: dict[str, float] = defaultdict(float)
        self._follows: dict[str, str] = {}
        last = None
        for call, of_call in network.calls.items():
            name = parse_layer(call, modules)[0]
            if name in weighted:
                last = name
                uses[name] += of_call.output.numel() / (
                    network.size * _outputs_a_position(modules[name])
                )
            elif of_call.kind in ("act", "norm") and last:
                self._follows[call] = last
        self._modules = modules
        self._costs = {name: _costs_of(module, uses[name]) for name, module in weighted.items()}

    def of(self, layer: str) -> Costs:
        """The sums over all modules inside a layer; "" has all.

        Of a normalisation or activation, they are those of the layer of weights before
        it.
        """
        name = self._follows.get(layer) or parse_layer(layer, self._modules)[0]
        inside = [costs for module, costs in self._costs.items() if is_inside(module, name)]
        return Costs(*map(sum, zip(*inside, strict=True))) if inside else Costs(0, 0, 0)


def _costs_of(module: nn.Module, uses: float) -> Costs:
    weights = weight_values(module)
    left = int(weights.count_nonzero())
    return Costs(weights.numel(), left, round(left * uses))


def _outputs_a_position(module: nn.Module) -> int:
    """Numbers in the output for each time that a weight is multiplied.

    A transposed convolution multiplies its weights once for each position of its input,
    of which there are fewer than of its output by its strides.
    """
    strides = math.prod(module.stride) if "Transpose" in type(module).__name__ else 1
    return channels_out(module) * strides


def channels_out(module: object) -> int:
    """The outputs of a convolution or linear layer, quantised ones included; 0 for all others."""
    outputs = getattr(module, "out_channels", 0) or getattr(module, "out_features", 0)
    return outputs if isinstance(outputs, int) and hasattr(module, "weight") else 0


def weight_values(module: nn.Module) -> Tensor:
    """The weights as the module uses them, as ordinary numbers."""
    weight = module.weight() if callable(module.weight) else module.weight
    dequantize = getattr(weight, "dequantize", None)
    return dequantize().detach() if dequantize else weight.detach()


def _columns(before: Costs, after: Costs) -> dict[str, float]:
    """What the report says of the weights of a layer."""
    return {
        "weights_before": before.left,
        "weights_after": after.left,
        "density": after.left / before.weights if before.weights else math.nan,
        "operations_before": before.operations,
        "operations_after": after.operations,
    }


def is_inside(name: str, layer: str) -> bool:
    """Whether the module of this name is that layer, or inside it; all are inside ""."""
    return not layer or name == layer or name.startswith(f"{layer}.")
