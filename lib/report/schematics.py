"""A picture of each network, drawn from the network itself (paper, Figs. 1 to 3)."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass

import torch
from torch import nn

from ..models import build_model, recorded_layers
from .names import KINDS, NETWORKS, enumerate_words, title
from .networks import Layer, describe
from .panels import box_swatch, legend_entry
from .style import KIND_COLOURS, page_colours

NOT_RECORDED = ""
"""The kind of the image and of what lies between recorded layers."""

SLOT, HEIGHT = 54, 138
MIDDLE, CAPTIONS = 62, (119, 131)
LANE = 7
"""Where a skip connection runs, above all boxes."""


@dataclass(frozen=True)
class Schematic:
    """The layers of a network as boxes in forward order, with its skip connections.

    A box is as high as its maps and as wide as its channels, both on a logarithmic scale. Boxes
    stand in groups that are never torn apart; the row of groups wraps where the page is narrow.

    Attributes:
        model: a key of `lib.models.MODELS`.
        groups: the layers in forward order, the image first.
        skips: (from, to) layers; both in the same group, or `from` ends the group before.
    """

    model: str
    groups: tuple[tuple[Layer, ...], ...]
    skips: tuple[tuple[str, str], ...]

    @property
    def label(self) -> str:
        """What the picture shows, for those who do not see it."""
        layers = [f"{x.name} {_size(x)}" for group in self.groups for x in group]
        skips = [f"from {source} to {target}" for source, target in self.skips]
        along = f" Skip connections {enumerate_words(skips)}." if skips else ""
        return f"{title(NETWORKS, self.model)} in forward order: {', '.join(layers)}.{along}"

    def _repr_html_(self) -> str:
        colours = page_colours()
        kinds = {x.kind for group in self.groups for x in group}
        legend = "".join(
            legend_entry(KINDS[kind], box_swatch([colours[colour]]))
            for kind, colour in KIND_COLOURS.items()
            if kind in kinds
        )
        last = len(self.groups) - 1
        drawings = "".join(
            _group(group, self.skips, comes=i > 0, goes=i < last)
            for i, group in enumerate(self.groups)
        )
        return (
            f'<div class="panels"><div class="panel-legend">{legend}</div>'
            f'<div role="img" aria-label="{html.escape(self.label)}" '
            f'style="display:flex;flex-wrap:wrap">{drawings}</div></div>'
        )

    def __repr__(self) -> str:
        return self.label


def schematic(model: str, width: float = 1.0) -> Schematic:
    """The picture of a network of `lib.models`; kinds, sizes and connections are its own.

    Args:
        model: a key of `lib.models.MODELS`.
        width: factor on the channels.
    """
    recorded = {layer.name: layer for layer in describe(model, width)}
    network = build_model(model, width=width, generator=torch.Generator().manual_seed(0))
    image = torch.zeros(1, 3, 32, 32)
    layers = [Layer("image", NOT_RECORDED, tuple(image.shape[1:]), 0)]
    for name, shape in _called(network, image).items():
        layers.append(recorded.get(name) or Layer(name, NOT_RECORDED, shape, 0))
    skips = skip_connections(network, image)
    return Schematic(model, _grouped(layers, skips), skips)


@torch.no_grad()
def skip_connections(network: nn.Module, image: torch.Tensor) -> tuple[tuple[str, str], ...]:
    """The (from, to) layers of each connection that goes past others.

    Args:
        network: it says which of its layers are recorded.
        image: (1, c, h, w).

    Raises:
        ValueError: a sum is of something that is no recorded layer's output.
    """
    layers = recorded_layers(network)
    modules = dict(network.named_modules())
    outputs: dict[str, torch.Tensor] = {}
    found = []

    def hook(name: str, kind: str, previous: str):
        def keep(module: nn.Module, args: tuple, output: torch.Tensor) -> None:
            if kind == "add":
                for arg in args:
                    # an output may pass several modules unchanged: the last is the nearest
                    sources = [source for source, known in outputs.items() if known is arg]
                    if not sources:
                        raise ValueError(f"{name} adds what no recorded layer gives")
                    if sources[-1] != previous:
                        found.append((sources[-1], name))
            outputs[name] = output

        return keep

    handles = [
        modules[name].register_forward_hook(hook(name, kind, layers[i - 1][0] if i else ""))
        for i, (name, kind) in enumerate(layers)
    ]
    try:
        network.eval()(image)
    finally:
        for handle in handles:
            handle.remove()
    return tuple(found)


@torch.no_grad()
def _called(network: nn.Module, image: torch.Tensor) -> dict[str, tuple[int, ...]]:
    """{name of a child: shape of its output for one image}, in the order of the calls."""
    shapes: dict[str, tuple[int, ...]] = {}

    def hook(name: str):
        def keep(module: nn.Module, args: tuple, output: torch.Tensor) -> None:
            shapes[name] = tuple(output.shape[1:])

        return keep

    handles = [m.register_forward_hook(hook(name)) for name, m in network.named_children()]
    try:
        network.eval()(image)
    finally:
        for handle in handles:
            handle.remove()
    return shapes


def _grouped(
    layers: list[Layer], skips: tuple[tuple[str, str], ...]
) -> tuple[tuple[Layer, ...], ...]:
    """Groups end after the image, a pool or a sum, but never below a skip connection.

    Where a chain of blocks makes each sum the start of the next skip, groups end between the two.
    """
    place = {layer.name: i for i, layer in enumerate(layers)}
    spans = [(place[source], place[target]) for source, target in skips]
    groups, group = [], []
    for i, layer in enumerate(layers):
        group.append(layer)
        ends = i == 0 or layer.kind in ("pool", "add")
        start = i if layer.kind == "add" else i + 1
        if ends and not any(first < start and i < last for first, last in spans):
            groups.append(tuple(group))
            group = []
    if group:
        groups.append(tuple(group))
    return tuple(groups)


def _group(
    group: tuple[Layer, ...], skips: tuple[tuple[str, str], ...], *, comes: bool, goes: bool
) -> str:
    """One group as SVG; `comes` and `goes`: whether a line enters from the left, leaves right."""
    width = SLOT * len(group)
    centres = {layer.name: SLOT * i + SLOT / 2 for i, layer in enumerate(group)}
    parts = []
    if comes:
        parts.append(_arrow(0, SLOT / 2 - _extent(group[0])[0] / 2))
    for i, layer in enumerate(group):
        parts.append(_box(layer, centres[layer.name]))
        right = centres[layer.name] + _extent(layer)[0] / 2
        if i + 1 < len(group):
            after = group[i + 1]
            parts.append(_arrow(right, centres[after.name] - _extent(after)[0] / 2))
        elif goes:
            parts.append(_line(right, width))
    heights = {layer.name: _extent(layer)[1] for layer in group}
    for source, target in skips:
        if target in centres:
            start = centres[source] + SLOT / 2 if source in centres else 1
            parts.append(_skip(start, centres[target], heights[target]))
    return (
        f'<svg viewBox="0 0 {width} {HEIGHT}" width="{width}" height="{HEIGHT}" '
        'aria-hidden="true" style="flex:0 1 auto;min-width:0;height:auto;font-size:10.5px">'
        f"{''.join(parts)}</svg>"
    )


def _extent(layer: Layer) -> tuple[float, float]:
    """Width and height of a box in pixels."""
    channels, size = layer.shape[0], layer.shape[1] if len(layer.shape) > 1 else 1
    return round(6 + 3 * math.log2(channels), 1), 14 + 14 * math.log2(size)


def _box(layer: Layer, centre: float) -> str:
    width, height = _extent(layer)
    colours = page_colours()
    if layer.kind == NOT_RECORDED:
        look = "fill:none;stroke:currentColor;stroke-dasharray:2.5 2"
    else:
        colour = colours[KIND_COLOURS[layer.kind]]
        look = f"fill:{colour};fill-opacity:.3;stroke:{colour};stroke-width:1.3"
    captions = "".join(
        f'<text x="{centre:g}" y="{y}" fill="currentColor" text-anchor="middle"'
        f"{dim}>{html.escape(text)}</text>"
        for y, text, dim in zip(
            CAPTIONS,
            (layer.name, _size(layer)),
            ("", ' style="font-size:8.5px;opacity:.8"'),
            strict=True,
        )
    )
    return (
        f'<rect x="{centre - width / 2:g}" y="{MIDDLE - height / 2:g}" width="{width:g}" '
        f'height="{height:g}" rx="2" style="{look}"/>{captions}'
    )


def _line(start: float, end: float) -> str:
    return (
        f'<line x1="{start:g}" y1="{MIDDLE}" x2="{end:g}" y2="{MIDDLE}" '
        'style="stroke:currentColor;opacity:.7"/>'
    )


def _arrow(start: float, end: float) -> str:
    head = f"M{end:g} {MIDDLE}l-4.5 -2.6v5.2Z"
    return f'{_line(start, end)}<path d="{head}" style="fill:currentColor;opacity:.8"/>'


def _skip(start: float, end: float, height: float) -> str:
    """From the line behind a box, over the others, down to the box of the sum."""
    colour = page_colours()[KIND_COLOURS["add"]]
    top = MIDDLE - height / 2
    path = f"M{start:g} {MIDDLE}V{LANE + 6}q0 -6 6 -6H{end - 6:g}q6 0 6 6V{top:g}"
    head = f"M{end:g} {top:g}l-2.8 -5h5.6Z"
    return (
        f'<path d="{path}" style="fill:none;stroke:{colour};stroke-width:1.6"/>'
        f'<path d="{head}" style="fill:{colour}"/>'
    )


def _size(layer: Layer) -> str:
    return "\u00d7".join(map(str, layer.shape))
