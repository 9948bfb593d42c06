"""The numbers of pairs of layers, computed for as many pairs at a time as fit into memory."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Sequence
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
"""Names of reshapes for tokens."""

FORMS = ("channels", "flat", "gap", *OF_TOKENS.values(), "cls")

FOUND = (
    *("value", "ci_low", "ci_high", "null_mean", "null_sd", "p_value"),
    *("rank_x", "rank_y", "dead_x", "dead_y", "note", "ci_note"),
)
"""Columns from the rows of `lib.metrics.compare`, and notes on missing values and intervals."""


class LayerPair(NamedTuple):
    """A pair of layers with one reshape, and its numbers."""

    x: Layer
    y: Layer
    form: str  # the reshape, or `"cls"`
    asked: tuple[tuple[str, str], ...]  # (metric, what the table calls the reshape)
    note: str = ""  # why they cannot be had, whatever the layers give

    @property
    def missing(self) -> str:
        """The reason why the numbers are missing, as far as it is known, or ""."""
        return self.note or self.x.note or self.y.note

    @property
    def reshape(self) -> str:
        return "flat" if self.form == "cls" else self.form

    def needs(self, images: int) -> dict[Hashable, int]:
        """Bytes in memory: the outputs, and Gram matrices of what has more columns than images."""
        bytes_of: dict[Hashable, int] = {}
        for layer in (self.x, self.y):
            bytes_of[layer] = images * layer.bytes
            if self.reshape == "flat" and math.prod(layer.shape) > images:
                bytes_of[layer, "gram"] = 16 * images**2  # with a factor of it
        return bytes_of

    def too_large(self, images: int, memory: int) -> str:
        """The reason why the pair does not fit into memory, or ""."""
        if (size := sum(self.needs(images).values())) <= memory:
            return ""
        return (
            f"{self.x.title} and {self.y.title} need {size / 2**20:,.1f} MiB for {images:,} "
            "images, more than memory allows; raise memory, or take fewer images"
        )

    def taken(self, output: Tensor) -> Tensor:
        """The part of a layer's output that is compared."""
        return output[:, :, 0, 0].contiguous() if self.form == "cls" else output

    def rows(self, pair: Pair | None = None, **judged: object) -> Iterator[dict]:
        """A row for each number, as by `rows_of_pair`; without a pair, rows of NaN with the
        reason."""
        of_metric = {metric: {"note": self.missing, "ci_note": ""} for metric, _ in self.asked}
        if pair is not None:
            for row in rows_of_pair([*of_metric], self.reshape, pair, **judged):
                of_metric[row["metric"]] |= row
        several = [
            f"{layer.title}: only the first of its {layer.times} calls is compared"
            for layer in (self.x, self.y)
            if layer.times > 1
        ]
        for metric, shown in self.asked:
            row = {"layer_x": self.x.name, "layer_y": self.y.name, "kind": self.x.kind}
            row |= {"layout_x": self.x.layout, "layout_y": self.y.layout}
            row |= {"metric": metric, "reshape": shown}
            row |= {name: of_metric[metric].get(name, math.nan) for name in FOUND}
            yield row | {"note": "; ".join(filter(None, [row["note"], *several]))}


def layer_pairs(
    x: Layer, y: Layer, metrics: Sequence[str], reshapes: Sequence[str] | None
) -> Iterator[LayerPair]:
    """The requested numbers of a pair of layers, without metrics that do not support a reshape."""
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
            note = f"{x.title}, {y.title}: cls needs tokens (n, t, d) in both"
        try:
            check_same_points((2, *x.shape), (2, *y.shape), form, (x.title, y.title))
        except ValueError as error:
            note = str(error).replace("(2, ", "(n, ")
        yield LayerPair(x, y, form, tuple(asked), note)


def rows_of_layers(
    networks: Sequence[ComparedNetwork],
    pairs: Sequence[LayerPair],
    batches: Batches,
    memory: int,
    labels: list | None,
    **judged: object,
) -> tuple[list[dict], int]:
    """The rows of pairs of layers of two networks, in their order, and the number of images.

    `labels` are of groups of images; permutations, seed and level may be `judged`.
    """
    n, images = batches.most, 0
    pairs = [pair._replace(note=pair.missing or pair.too_large(n, memory)) for pair in pairs]
    needs = {pair: pair.needs(n) for pair in pairs if not pair.missing}
    rows: dict[LayerPair, list[dict]] = {}
    for group in fitting(needs, memory):
        layers = dict.fromkeys(layer for pair in group for layer in (pair.x, pair.y))
        seen: set[bytes] = set()
        recorded = concatenated(_passed(networks, layers, batches, seen), n)
        images = len(recorded[group[0].x])
        if images < 2:
            raise ValueError(f"images: got {images}, want 2 or more")
        if len(seen) == 1:
            raise ValueError(f"images: all {images:,} are equal, want different ones")
        if judged:
            repeated = repeats_note(images, len(seen)) if seen and labels is None else ""
            judged |= {"groups": read_groups(labels, images), "repeated": repeated}
        rows |= _compared(group, recorded, judged)
        del recorded  # before the next group takes as much
    if not rows:
        raise ValueError(pairs[0].missing)
    return [row for pair in pairs for row in rows.get(pair) or pair.rows()], images


def _compared(
    group: Sequence[LayerPair], recorded: dict[Layer, Tensor], judged: dict[str, object]
) -> dict[LayerPair, list[dict]]:
    """The rows of pairs of layers, given the outputs of these."""
    rows: dict[LayerPair, list[dict]] = {}
    wrapped: dict[tuple[Layer, bool], LayerRepresentations] = {}
    for pair in group:
        if pair.missing:  # by a value of its outputs
            continue
        sides = []
        for layer in (pair.x, pair.y):
            key = layer, pair.form == "cls"
            if key not in wrapped:
                taken = pair.taken(recorded[layer])
                wrapped[key] = LayerRepresentations(taken, name=layer.title)
            sides.append(wrapped[key].reshaped(pair.reshape))
        rows[pair] = [*pair.rows(Pair(*sides), **judged)]
    return rows


def _passed(
    networks: Sequence[ComparedNetwork],
    layers: Sequence[Layer],
    batches: Batches,
    seen: set[bytes],
) -> Iterator[dict[Layer, Tensor]]:
    """The outputs of layers, batch by batch; different images are added to those seen."""
    for batch in batches:
        outputs: dict[Layer, Tensor] = {}
        for network in networks:
            outputs |= network.outputs(batch, layers)
        if isinstance(batch, Tensor) and len(batch) == networks[0].size:
            # outputs of equal images may differ by rounding, by their places in a batch
            seen.update(digests(batch))
        yield outputs
        outputs.clear()  # before the next batch takes as much
