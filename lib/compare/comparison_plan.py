"""What is asked of pairs of layers, and their numbers, as many at a time as the memory holds."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from torch import Tensor

from ..metrics import METRICS, LayerRepresentations
from ..metrics.compare import rows_of_pair
from ..metrics.groups import digests, read_groups, repeats_note
from ..metrics.inputs import check_same_points
from ..metrics.metric import Pair
from ..models.recording import concatenated, fitting
from .compared_network import ComparedNetwork, Layer
from .images import Batches

OF_TOKENS = {"channels": "tokens", "gap": "mean"}
"""How reshapes are called where positions are tokens."""

FORMS = ("channels", "flat", "gap", *OF_TOKENS.values(), "cls")

FOUND = (
    *("value", "ci_low", "ci_high", "null_mean", "null_sd", "p_value"),
    *("rank_x", "rank_y", "dead_x", "dead_y", "note", "ci_note"),
)
"""What the table has of rows of `lib.metrics.compare`, and why there is no value or interval."""


class LayerPair(NamedTuple):
    """Numbers that a pair of layers, reshaped in one way, gives."""

    x: Layer
    y: Layer
    form: str  # the reshape, or `"cls"`
    asked: tuple[tuple[str, str], ...]  # (metric, what the table calls the reshape)
    note: str = ""  # why they cannot be had, whatever the layers give

    @property
    def missing(self) -> str:
        """Why they cannot be had, as far as is known by now, or ""."""
        return self.note or self.x.note or self.y.note

    @property
    def reshape(self) -> str:
        return "flat" if self.form == "cls" else self.form

    def taken(self, output: Tensor) -> Tensor:
        """What is compared of the output of a layer."""
        return output[:, :, 0, 0].contiguous() if self.form == "cls" else output

    def rows(self, pair: Pair | None = None, **judged: object) -> Iterator[dict]:
        """A row for each number, judged as by `rows_of_pair`; without a pair, of NaN, and why."""
        of_metric = {metric: {"note": self.missing, "ci_note": ""} for metric, _ in self.asked}
        if pair is not None:
            for row in rows_of_pair([*of_metric], self.reshape, pair, **judged):
                of_metric[row["metric"]] |= row
        repeated = [
            f"{layer.title}: the first of {layer.times} calls in a pass"
            for layer in (self.x, self.y)
            if layer.times > 1
        ]
        for metric, shown in self.asked:
            row = {"layer_x": self.x.name, "layer_y": self.y.name, "kind": self.x.kind}
            row |= {"layout_x": self.x.layout, "layout_y": self.y.layout}
            row |= {"metric": metric, "reshape": shown, "network": self.x.network}
            row |= {name: of_metric[metric].get(name, math.nan) for name in FOUND}
            yield row | {"note": "; ".join(filter(None, [row["note"], *repeated]))}


def layer_pairs(
    x: Layer, y: Layer, metrics: Sequence[str], reshapes: Sequence[str] | None
) -> Iterator[LayerPair]:
    """What is asked of a pair of layers, without metrics for which a reshape makes no sense."""
    forms: dict[str, dict[tuple[str, str], None]] = {}
    for metric in metrics:
        for reshape in reshapes or (METRICS[metric].reshape,):
            form = next((form for form, name in OF_TOKENS.items() if name == reshape), reshape)
            if ("flat" if form == "cls" else form) in METRICS[metric].reshapes:
                shown = OF_TOKENS.get(form, form) if x.tokens and y.tokens else form
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
            note = str(error).replace("(2, ", "(n, ")
        yield LayerPair(x, y, form, tuple(asked), note)


@dataclass
class ComparisonPlan:
    """Computes items, as many at a time as the memory holds."""

    networks: Sequence[ComparedNetwork]  # a, b, and strangers, their layers described
    batches: Batches
    memory: int  # bytes for outputs and Gram matrices
    labels: list | None  # of groups of images
    judged: dict  # permutations, seed and level; groups, once the images have been counted
    images: int = 0  # how many there were

    def rows(self, items: Sequence[LayerPair]) -> Iterator[dict]:
        """The rows of all items, in any order; a ValueError where none of a and b has numbers."""
        n = self.batches.most
        sizes: dict[Layer, int] = defaultdict(int)
        for item in items:
            for layer in (item.x, item.y):
                wide = item.reshape == "flat" and math.prod(layer.shape) > n
                beside = 16 * n**2 if wide else 0  # a Gram matrix and a factor of it
                sizes[layer] = max(sizes[layer], n * layer.bytes + beside)
        held: dict[LayerPair, dict[Layer, int]] = {}
        of_a, too_large = [], ""
        for item in items:
            needed = {layer: sizes[layer] for layer in (item.x, item.y)}
            if not item.missing and (size := sum(needed.values())) > self.memory:
                too_large = (
                    f"{item.x.title} and {item.y.title} need {size / 2**20:,.1f} MiB for {n:,} "
                    "images, more than memory; raise it, or take fewer images"
                )
                item = item._replace(note=too_large)
            if item.x.network == self.networks[0].label:
                of_a.append(item)
            if item.missing:
                yield from item.rows()
            else:
                held[item] = needed
        for group in fitting(held, self.memory):
            yield from self._rows(group)
        reasons = [layer.note for item in of_a for layer in item[:2] if layer.note]
        if all(item.missing for item in of_a) and (reason := too_large or next(iter(reasons), "")):
            raise ValueError(reason)

    def _passed(self, group: Sequence[LayerPair]) -> Iterator[dict[Layer, Tensor]]:
        """The outputs of the layers of these items, batch by batch."""
        self.images, seen = 0, set()
        layers = dict.fromkeys(layer for item in group for layer in (item.x, item.y))
        for batch in self.batches:
            outputs: dict[Layer, Tensor] = {}
            for network in self.networks:
                outputs |= network.outputs(batch, layers)
            images = len(outputs[group[0].x])
            self.images += images
            if isinstance(batch, Tensor) and len(batch) == images:
                # outputs of equal images may differ by rounding, by their places in a batch
                seen.update(digests(batch))
            yield outputs
            outputs.clear()  # before the next batch takes as much
        if self.images < 2:
            raise ValueError(f"images: got {self.images}, want 2 or more")
        if len(seen) == 1:
            raise ValueError(f"images: all {self.images:,} are equal, want different ones")
        repeated = seen and self.labels is None
        self.judged["repeated"] = repeats_note(self.images, len(seen)) if repeated else ""
        self.judged["groups"] = read_groups(self.labels, self.images)

    def _rows(self, group: Sequence[LayerPair]) -> Iterator[dict]:
        """Rows of items for which all outputs are in memory."""
        recorded = concatenated(self._passed(group), self.batches.most)
        wrapped: dict[tuple[Layer, bool], LayerRepresentations] = {}
        for item in group:
            if item.missing:
                yield from item.rows()
                continue
            sides = []
            for layer in (item.x, item.y):
                key = layer, item.form == "cls"
                if key not in wrapped:
                    taken = item.taken(recorded[layer])
                    wrapped[key] = LayerRepresentations(taken, name=layer.title)
                sides.append(wrapped[key].reshaped(item.reshape))
            stranger = item.x.network != self.networks[0].label  # of whom only values are asked
            yield from item.rows(Pair(*sides), **({} if stranger else self.judged))
