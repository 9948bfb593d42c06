"""The numbers of pairs of layers, as many at a time as the memory holds."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import tee
from typing import NamedTuple

import torch
from torch import Tensor

from ..metrics import METRICS, LayerRepresentations
from ..metrics.compare import rows_of_pair
from ..metrics.inputs import check_same_points
from ..metrics.metric import Pair
from ..metrics.moment_pair import JointMoments
from ..metrics.statistics import moment_bytes
from ..models import fitting
from .images import Batches
from .side import Layer, Side

TOKENS = {"channels": "tokens", "gap": "mean"}
"""How reshapes are called where positions are tokens."""

FORMS = ("channels", "flat", "gap", *TOKENS.values(), "cls")

FOUND = ("value", "null_mean", "null_sd", "p_value", "rank_x", "rank_y", "dead_x", "dead_y")


class Item(NamedTuple):
    """Numbers that a pair of layers, reshaped in one way, gives.

    Attributes:
        form: the reshape, or `"cls"`.
        asked: (metric, what the table calls the reshape).
        note: why they cannot be had, or "".
    """

    x: Layer
    y: Layer
    form: str
    asked: tuple[tuple[str, str], ...]
    note: str = ""

    @property
    def reshape(self) -> str:
        return "flat" if self.form == "cls" else self.form

    def row(self, metric: str, shown: str, found: dict, note: str) -> dict:
        row = {"layer_x": self.x.name, "layer_y": self.y.name, "kind": self.x.kind}
        row |= {"metric": metric, "reshape": shown}
        return row | {name: found.get(name, math.nan) for name in FOUND} | {"note": note}

    def refused(self, note: str) -> Iterator[dict]:
        return (self.row(metric, shown, {}, note) for metric, shown in self.asked)

    def computed(self, pair: Pair, orders: Sequence[Tensor] = (), note: str = "") -> Iterator[dict]:
        found = _values(list(dict(self.asked)), pair, orders)
        for metric, shown in self.asked:
            yield self.row(metric, shown, found[metric], found[metric].get("note", note))


def items(
    x: Layer, y: Layer, metrics: Sequence[str], reshapes: Sequence[str] | None
) -> Iterator[Item]:
    """What is asked of a pair of layers, without metrics for which a reshape makes no sense."""
    forms: dict[str, dict[tuple[str, str], None]] = {}
    for metric in metrics:
        for reshape in reshapes or (METRICS[metric].reshape,):
            form = next((form for form, name in TOKENS.items() if name == reshape), reshape)
            if ("flat" if form == "cls" else form) in METRICS[metric].reshapes:
                shown = TOKENS.get(form, form) if x.tokens and y.tokens else form
                if form != "cls" and math.prod(x.shape[1:]) == math.prod(y.shape[1:]) == 1:
                    form = "flat"  # so that all reshapes share their statistics
                forms.setdefault(form, {})[metric, shown] = None
    for form, asked in forms.items():
        note = ""
        if form == "cls" and not (x.tokens and y.tokens):
            note = f"{x.title}, {y.title}: not both are tokens (n, t, d), of which the first is it"
        try:
            check_same_points((2, *x.shape), (2, *y.shape), form, (x.title, y.title))
        except ValueError as error:
            note = str(error)
        yield Item(x, y, form, tuple(asked), note)


class Work:
    """Computes items, as many at a time as the memory holds.

    Args:
        a, b: the networks, their layers described.
        batches: the images.
        permutations, seed: as for `compare_networks`.
        memory: bytes for outputs and Gram matrices, or for sums.
    """

    def __init__(
        self, a: Side, b: Side, batches: Batches, permutations: int, seed: int, memory: int
    ) -> None:
        self.a, self.b, self.batches, self.memory = a, b, batches, memory
        self.permutations, self.seed = permutations, seed
        self.images = 0

    def rows(self, items: Sequence[Item]) -> Iterator[tuple[Item, dict]]:
        """The rows of all items, in any order.

        Raises:
            ValueError: fewer than two images; NaN or infinite outputs; an error of `Batches`.
        """
        n, together, by_moments = self.batches.most, [], []
        sizes: dict[Layer, int] = defaultdict(int)
        for item in items:
            for layer in (item.x, item.y):
                wide = item.reshape == "flat" and math.prod(layer.shape) > n
                gram = 16 * n**2 if wide else 0  # and a factor of it
                sizes[layer] = max(sizes[layer], n * layer.bytes + gram)
        for item in items:
            if item.note:
                yield from ((item, row) for row in item.refused(item.note))
            elif self.batches.again and sizes[item.x] + sizes[item.y] <= self.memory:
                together.append(item)
            else:
                by_moments.append(item)
        group: list[Item] = []
        held: set[Layer] = set()
        for item in together:
            held |= {item.x, item.y}
            if sum(sizes[layer] for layer in held) > self.memory:
                yield from self._at_once(group)
                group, held = [], {item.x, item.y}
            group.append(item)
        if group:
            yield from self._at_once(group)
        yield from self._by_moments(by_moments)

    def _passed(self, group: Sequence[Item]) -> Iterator[dict[Layer, Tensor]]:
        """The outputs of all layers of these items, on the device of a, batch by batch."""
        names = [
            list(dict.fromkeys(layer.name for layer in layers))
            for layers in ([item.x for item in group], [item.y for item in group])
        ]
        self.images = 0
        for_a, for_b = tee(self.batches)
        pairs = zip(self.a.outputs(for_a, names[0]), self.b.outputs(for_b, names[1]), strict=True)
        for of_a, of_b in pairs:
            self.images += len(of_a[names[0][0]])
            outputs = {self.a.layers[name]: output for name, output in of_a.items()}
            for name, output in of_b.items():
                outputs[self.b.layers[name]] = output.to(self.a.device)
            yield outputs
            outputs.clear()
        if self.images < 2:
            raise ValueError(f"images: got {self.images}, want 2 or more")

    def _at_once(self, group: Sequence[Item]) -> Iterator[tuple[Item, dict]]:
        """Rows of items for which all outputs are in memory."""
        kept: dict[Layer, Tensor] = {}
        for outputs in self._passed(group):
            for layer, output in outputs.items():
                end = self.images
                if layer not in kept or end > len(kept[layer]):
                    room = output.new_empty((max(end, self.batches.most), *output.shape[1:]))
                    room[: end - len(output)] = kept.get(layer, room)[: end - len(output)]
                    kept[layer] = room
                kept[layer][end - len(output) : end] = output

        @cache
        def representations(layer: Layer, cls: bool) -> LayerRepresentations:
            data = kept[layer][: self.images]
            return LayerRepresentations(data[:, :, 0, 0] if cls else data, name=layer.title)

        generator = torch.Generator().manual_seed(self.seed)  # as in `lib.metrics.compare`
        n, times = self.images, range(self.permutations)
        orders = [torch.randperm(n, generator=generator) for _ in times]
        for item in group:
            sides = (representations(layer, item.form == "cls") for layer in (item.x, item.y))
            pair = Pair(*(side.reshaped(item.reshape) for side in sides))
            yield from ((item, row) for row in item.computed(pair, orders))

    def _by_moments(self, items: Sequence[Item]) -> Iterator[tuple[Item, dict]]:
        """Rows of items of which only second moments fit into memory."""
        remedy = "raise memory, or take fewer images"
        if not self.batches.again:
            remedy = "raise memory, or give a list of batches, a DataLoader or a folder"
        sizes: dict[Item, int] = {}
        for item in items:
            possible = tuple(one for one in item.asked if METRICS[one[0]].by_moments)
            rest = item._replace(asked=tuple(one for one in item.asked if one not in possible))
            note = f"needs the outputs for all images at once; {remedy}"
            yield from ((item, row) for row in rest.refused(note))
            columns = (
                math.prod(layer.shape) if item.form == "flat" else layer.shape[0]
                for layer in (item.x, item.y)
            )
            sizes[item._replace(asked=possible)] = moment_bytes(*columns)
        fit = {item: size for item, size in sizes.items() if item.asked and size <= self.memory}
        groups = fitting(fit, self.memory)
        groups = [group for group in groups if group][: None if self.batches.again else 1]
        for item in [one for one in sizes if not any(one in group for group in groups)]:
            note = f"needs sums of {sizes[item] / 1e9:.2g} GB, too much for memory; {remedy}"
            yield from ((item, row) for row in item.refused(note))
        for group in groups:
            sums = {
                item: JointMoments(item.reshape, (item.x.title, item.y.title)) for item in group
            }
            for outputs in self._passed(group):
                for item, joint in sums.items():
                    of_pair = (outputs[layer] for layer in (item.x, item.y))
                    joint.add(*(one[:, :, 0, 0] if item.form == "cls" else one for one in of_pair))
            note = f"no null, which needs all images at once; {remedy}" * bool(self.permutations)
            for item in group:
                rows = item.computed(sums.pop(item).pair(), note=note)
                yield from ((item, row) for row in rows)


def _values(metrics: Sequence[str], pair: Pair, orders: Sequence[Tensor]) -> dict[str, dict]:
    """metric -> what `rows_of_pair` finds, with a note where there is no value."""
    try:
        rows = {row["metric"]: row for row in rows_of_pair(metrics, pair.x.reshape, pair, orders)}
    except ValueError as error:  # one of them isn't for these shapes, others may be
        if len(metrics) == 1:
            return {metrics[0]: {"note": str(error)}}
        return {name: row for one in metrics for name, row in _values([one], pair, orders).items()}
    for metric, row in rows.items():
        if math.isnan(row["value"]):
            try:
                METRICS[metric].of_pair(pair)
            except ValueError as error:
                row["note"] = str(error)
    return rows
