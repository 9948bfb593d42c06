"""The layers of a network as boxes in forward order, read from the network itself."""

import math
from contextlib import ExitStack
from dataclasses import dataclass
from typing import NamedTuple

import torch

from ...book.report.names import KINDS, NETWORK_TITLES, title
from ...book.report.style import KIND_COLOURS, page_colours
from ...book.report.swatches import box_swatch, legend_entry
from ...models import build_model, recorded_layers

NOT_RECORDED = ""
"""The kind of the image and of what lies between recorded layers."""

Skips = tuple[tuple[str, str], ...]


class DrawnLayer(NamedTuple):
    """A layer as it is drawn; `shape` is that of its output for one image."""

    name: str
    kind: str
    shape: tuple[int, ...]


@torch.no_grad()
def shapes_and_skips(
    network: torch.nn.Module, image: torch.Tensor
) -> tuple[dict[str, tuple[int, ...]], Skips]:
    """{layer: shape of its output for one image} in the order of the calls, and all skips.

    Args:
        network: it says which of its layers are recorded.
        image: (1, c, h, w).

    Raises:
        ValueError: a sum is of something that is no recorded layer's output.
    """
    kinds = dict(recorded_layers(network))
    shapes: dict[str, tuple[int, ...]] = {}
    outputs: dict[str, torch.Tensor] = {}
    skips = []

    def hook(name: str):
        def look(module: torch.nn.Module, args: tuple, output: torch.Tensor) -> None:
            for arg in args if kinds.get(name) == "add" else ():
                # an output may pass several modules unchanged: the last is the nearest
                sources = [source for source, known in outputs.items() if known is arg]
                if not sources:
                    raise ValueError(f"{name} adds what no recorded layer gives")
                if sources[-1] != list(outputs)[-1]:
                    skips.append((sources[-1], name))
            shapes[name] = tuple(output.shape[1:])
            if name in kinds:
                outputs[name] = output

        return look

    with ExitStack() as hooks:
        for name, module in network.named_children():
            hooks.enter_context(module.register_forward_hook(hook(name)))
        network.eval()(image)
    return shapes, tuple(skips)


def _grouped(layers: list[DrawnLayer], skips: Skips) -> tuple[tuple[DrawnLayer, ...], ...]:
    """Groups end after the image, a pool or a sum, but never below a skip connection.

    Where a chain of blocks makes each sum the start of the next skip, groups end
    between the two.
    """
    place = {layer.name: i for i, layer in enumerate(layers)}
    spans = [(place[source], place[target]) for source, target in skips]
    groups: list[list[DrawnLayer]] = [[]]
    for i, layer in enumerate(layers):
        groups[-1].append(layer)
        start = i if layer.kind == "add" else i + 1
        below = any(first < start and i < last for first, last in spans)
        if i == 0 or (layer.kind in ("pool", "add") and not below):
            groups.append([])
    return tuple(tuple(group) for group in groups if group)


_SLOT, _HEIGHT, _MIDDLE, _LANE = 60, 138, 62, 7
"""Pixels: width of a layer's place, height of the picture, where the main line runs,
and where a skip connection runs, above all boxes."""


def _drawing(group: tuple[DrawnLayer, ...], skips: Skips, *, comes: bool, goes: bool) -> str:
    """One group as SVG; `comes` and `goes`: whether a line enters from the left, leaves right."""
    width = _SLOT * len(group)
    centres = {layer.name: _SLOT * i + _SLOT / 2 for i, layer in enumerate(group)}
    heights = {layer.name: _extent(layer)[1] for layer in group}
    parts, end = [], 0.0
    for layer in group:
        centre, half = centres[layer.name], _extent(layer)[0] / 2
        if comes or layer is not group[0]:
            parts.append(_line(end, centre - half))
            head = f"M{centre - half:g} {_MIDDLE}l-4.5 -2.6v5.2Z"
            parts.append(f'<path d="{head}" style="fill:currentColor;opacity:.8"/>')
        parts.append(_box(layer, centre))
        end = centre + half
    if goes:
        parts.append(_line(end, width))
    for source, target in skips:
        if target in centres:
            start = centres[source] + _SLOT / 2 if source in centres else 1
            parts.append(_skip(start, centres[target], _MIDDLE - heights[target] / 2))
    return (
        f'<svg viewBox="0 0 {width} {_HEIGHT}" width="{width}" height="{_HEIGHT}" '
        'aria-hidden="true" style="flex:0 1 auto;min-width:0;height:auto;font-size:11px">'
        f"{''.join(parts)}</svg>"
    )


def _extent(layer: DrawnLayer) -> tuple[float, float]:
    """Width and height of a box in pixels."""
    channels, *maps = layer.shape
    size = maps[0] if maps else 1
    return round(6 + 3 * math.log2(channels), 1), 14 + 14 * math.log2(size)


def _box(layer: DrawnLayer, centre: float) -> str:
    width, height = _extent(layer)
    look = "fill:none;stroke:currentColor;stroke-dasharray:2.5 2"
    if layer.kind != NOT_RECORDED:
        colour = page_colours()[KIND_COLOURS[layer.kind]]
        look = f"fill:{colour};fill-opacity:.3;stroke:{colour};stroke-width:1.3"
    caption = (
        f'<text x="{centre:g}" y="{{}}" fill="currentColor" text-anchor="middle"{{}}>{{}}</text>'
    )
    size = "\u00d7".join(map(str, layer.shape))
    return (
        f'<rect x="{centre - width / 2:g}" y="{_MIDDLE - height / 2:g}" width="{width:g}" '
        f'height="{height:g}" rx="2" style="{look}"/>'
        + caption.format(119, "", layer.name)
        + caption.format(131, ' style="font-size:10.6px;letter-spacing:-1px;opacity:.8"', size)
    )


def _line(start: float, end: float) -> str:
    return (
        f'<line x1="{start:g}" y1="{_MIDDLE}" x2="{end:g}" y2="{_MIDDLE}" '
        'style="stroke:currentColor;opacity:.7"/>'
    )


def _skip(start: float, end: float, top: float) -> str:
    """From the line behind a box, over the others, down to the top of the sum's box."""
    colour = page_colours()[KIND_COLOURS["add"]]
    path = f"M{start:g} {_MIDDLE}V{_LANE + 6}q0 -6 6 -6H{end - 6:g}q6 0 6 6V{top:g}"
    head = f"M{end:g} {top:g}l-2.8 -5h5.6Z"
    return (
        f'<path d="{path}" style="fill:none;stroke:{colour};stroke-width:1.6"/>'
        f'<path d="{head}" style="fill:{colour}"/>'
    )


@dataclass(frozen=True)
class Schematic:
    """The layers of a network as boxes in forward order, with its skip connections.

    A box is as high as its maps and as wide as its channels, both on a logarithmic
    scale. Boxes stand in groups that are never torn apart; the row of groups wraps
    where the page is narrow.

    Attributes:
        model: a key of `lib.models.MODELS`.
        groups: the layers in forward order, the image first.
        skips: (from, to) layers; both in the same group, or `from` ends the group before.
    """

    model: str
    groups: tuple[tuple[DrawnLayer, ...], ...]
    skips: Skips

    def _repr_html_(self) -> str:
        colours = page_colours()
        kinds = {layer.kind for group in self.groups for layer in group}
        legend = "".join(
            legend_entry(KINDS[kind], box_swatch([colours[colour]]))
            for kind, colour in KIND_COLOURS.items()
            if kind in kinds
        )
        last = len(self.groups) - 1
        drawings = "".join(
            _drawing(group, self.skips, comes=i > 0, goes=i < last)
            for i, group in enumerate(self.groups)
        )
        return (
            f'<div class="panels"><div class="panel-legend">{legend}</div>'
            f'<div role="img" aria-label="{self}" '
            f'style="display:flex;flex-wrap:wrap">{drawings}</div></div>'
        )

    def __repr__(self) -> str:
        layers = sum(map(len, self.groups)) - 1
        return f"The {layers} layers of {title(NETWORK_TITLES, self.model)} in forward order"


def schematic(model: str, width: float = 1.0) -> Schematic:
    """The picture of a network of `lib.models`; kinds, sizes and connections are its own.

    Args:
        model: a key of `lib.models.MODELS`.
        width: factor on the channels.
    """
    network = build_model(model, width=width, generator=torch.Generator().manual_seed(0))
    image = torch.zeros(1, 3, 32, 32)
    shapes, skips = shapes_and_skips(network, image)
    kinds = {"image": NOT_RECORDED, **dict(recorded_layers(network))}
    shapes = {"image": tuple(image.shape[1:]), **shapes}
    layers = [DrawnLayer(name, kinds.get(name, NOT_RECORDED), shapes[name]) for name in shapes]
    return Schematic(model, _grouped(layers, skips), skips)
