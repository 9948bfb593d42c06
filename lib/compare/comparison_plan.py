"""The numbers of pairs of layers, as many at a time as the memory holds."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, tee
from typing import Any, NamedTuple

from torch import Tensor

from ..metrics import METRICS, LayerRepresentations
from ..metrics.all_pairs import share_inner_products
from ..metrics.block_sums import bytes_beside
from ..metrics.compare import rows_of_pair
from ..metrics.inputs import check_same_points
from ..metrics.jackknife import BLOCKS, prepare_intervals
from ..metrics.metric import Pair
from ..metrics.moment_pair import JointMoments
from ..metrics.null import is_exact
from ..metrics.orders import random_orders
from ..metrics.second_moments import moment_bytes
from ..models.recording import concatenated, fitting
from .compared_network import ComparedNetwork, Layer
from .images import Batches
from .padding import PaddingMask, positions_of, read_mask, without_padding

TOKENS = {"channels": "tokens", "gap": "mean"}
"""How reshapes are called where positions are tokens."""

FORMS = ("channels", "flat", "gap", *TOKENS.values(), "cls")

FOUND = (
    *("value", "ci_low", "ci_high", "null_mean", "null_sd", "p_value"),
    *("rank_x", "rank_y", "dead_x", "dead_y", "note", "ci_note"),
)
"""What the table has of rows of `lib.metrics.compare`, and why there is no value or interval."""


NOT_IN_BLOCKS = "sequences differ in length, so they cannot change places or be left out"


class Side(NamedTuple):
    """What is taken of the output of a layer."""

    layer: Layer
    form: str  # as of `LayerPair`; "" for the whole output, of which all other forms are made

    def of(self, output: Tensor, counts: Tensor | None) -> Tensor:
        """What this form takes of the output, if only these positions count."""
        if self.form and self.layer.padded:
            return without_padding(output, self.form, counts)
        return output[:, :, 0, 0] if self.form else output


Kept = dict[Side, LayerRepresentations]
"""Of the layers of a network, with all statistics that were computed of them."""


class LayerPair(NamedTuple):
    """Numbers that a pair of layers, reshaped in one way, gives."""

    x: Layer
    y: Layer
    form: str  # the reshape, or `"cls"`
    asked: tuple[tuple[str, str], ...]  # (metric, what the table calls the reshape)
    note: str = ""  # why they cannot be had

    @property
    def reshape(self) -> str:
        return "flat" if self.form == "cls" else self.form

    @property
    def sides(self) -> tuple[Side, Side]:
        """What is taken of both layers."""
        return self._side(self.x), self._side(self.y)

    def _side(self, layer: Layer) -> Side:
        return Side(layer, self.form if layer.padded or self.form == "cls" else "")

    @property
    def of_grams(self) -> bool:
        """Whether a metric takes the inner product of Gram matrices."""
        return any(metric in ("cka", "cka_debiased") for metric, _ in self.asked)

    @property
    def ragged(self) -> bool:
        """Whether a row is a token of a sequence that may be padded."""
        return bool(self.form == "channels" and self.x.padded)

    def rows(
        self,
        pair: Pair | None = None,
        orders: Sequence[Tensor] = (),
        level: float | None = None,
    ) -> Iterator[dict]:
        """A row for each number; of NaN, with the note of this item, without a pair."""
        of_metric = {metric: {"note": self.note, "ci_note": ""} for metric, _ in self.asked}
        if pair is not None and self.ragged:
            for row in rows_of_pair([*of_metric], self.reshape, pair, notes=True):
                row |= dict.fromkeys(("null_mean", "null_sd", "p_value"), math.nan)
                row["note"] = row["note"] or NOT_IN_BLOCKS * bool(orders)
                of_metric[row["metric"]] |= row | {"ci_note": NOT_IN_BLOCKS * (level is not None)}
        elif pair is not None:
            asked = [*of_metric], self.reshape, pair, orders
            for row in rows_of_pair(*asked, notes=True, level=level):
                of_metric[row["metric"]] |= row
        for metric, shown in self.asked:
            row = {"layer_x": self.x.name, "layer_y": self.y.name, "kind": self.x.kind}
            row |= {"metric": metric, "reshape": shown}
            yield row | {name: of_metric[metric].get(name, math.nan) for name in FOUND}


def items(
    x: Layer, y: Layer, metrics: Sequence[str], reshapes: Sequence[str] | None
) -> Iterator[LayerPair]:
    """What is asked of a pair of layers, without metrics for which a reshape makes no sense."""
    forms: dict[str, dict[tuple[str, str], None]] = {}
    for metric in metrics:
        for reshape in reshapes or (_default_reshape(metric, x, y),):
            form = next((form for form, name in TOKENS.items() if name == reshape), reshape)
            if ("flat" if form == "cls" else form) in METRICS[metric].reshapes:
                shown = TOKENS.get(form, form) if x.tokens and y.tokens else form
                if form != "cls" and math.prod(x.shape[1:]) == math.prod(y.shape[1:]) == 1:
                    form = "flat"  # so that all reshapes share their statistics
                forms.setdefault(form, {})[metric, shown] = None
    for form, asked in forms.items():
        note = _note_on_padding(form, x) or _note_on_padding(form, y)
        if form == "cls" and not (x.tokens and y.tokens):
            note = f"{x.title}, {y.title}: not both are tokens (n, t, d), of which the first is it"
        try:
            check_same_points((2, *x.shape), (2, *y.shape), form, (x.title, y.title))
        except ValueError as error:
            note = str(error).replace("(2, ", "(n, ")
        yield LayerPair(x, y, form, tuple(asked), note)


def _default_reshape(metric: str, x: Layer, y: Layer) -> str:
    """That of the metric; of sequences that may be padded, their means instead of all positions."""
    default = METRICS[metric].reshape
    means = default == "flat" and (x.padded or y.padded) and "gap" in METRICS[metric].reshapes
    return "gap" if means else default


def _note_on_padding(form: str, layer: Layer) -> str:
    """Why padding cannot be left out of a layer in this form, or ""."""
    if layer.padded is None and form != "cls":
        has = positions_of(layer.shape)
        return f"mask: it is of another length than {layer.title}, which has {has:,} positions"
    if layer.padded and form == "flat":
        return f"{layer.title}: flat has padding in it; take reshapes=['tokens', 'mean', 'cls']"
    return ""


@dataclass
class ComparisonPlan:
    """Computes items, as many at a time as the memory holds."""

    a: ComparedNetwork  # its layers described, as those of b
    b: ComparedNetwork
    batches: Batches
    permutations: int  # and seed, as for `compare_networks`
    seed: int
    memory: int  # bytes for outputs and Gram matrices, or for sums
    level: float | None = None  # of intervals, if they are asked for
    mask: PaddingMask | None = None  # as for `compare_networks`
    kept: Kept | None = None  # of a, from earlier comparisons, and for later ones
    images: int = 0  # how many there were

    def rows(self, items: Sequence[LayerPair]) -> Iterator[dict]:
        """The rows of all items, in any order.

        Raises:
            ValueError: fewer than two images; NaN or infinite outputs; an error of
                `Batches`.
        """
        n = self.batches.most
        sizes: dict[Layer, int] = defaultdict(int)
        for item in items:
            for layer in (item.x, item.y):
                blocks = BLOCKS if self.level is not None else 0
                beside = bytes_beside(layer.shape, n, item.reshape, blocks)
                sizes[layer] = max(sizes[layer], n * layer.bytes + beside)
        at_once: dict[LayerPair, dict[Layer, int]] = {}
        by_moments: list[LayerPair] = []
        for item in items:
            needed = {layer: sizes[layer] for layer in (item.x, item.y)}
            if item.note:
                yield from item.rows()
            elif self.batches.again and sum(needed.values()) <= self.memory:
                at_once[item] = needed
            else:
                by_moments.append(item)
        groups = fitting(at_once, self.memory)
        if len(groups) > 1:
            self.kept = None  # it would not fit either
        for group in groups:
            yield from self._at_once(group)
        yield from self._by_moments(by_moments)

    def _passed(
        self, group: Sequence[LayerPair], known: Collection[Side] = ()
    ) -> Iterator[dict[Side, Tensor]]:
        """What these items take of their layers, on the device of a, batch by batch.

        Args:
            known: what need not be recorded.
        """
        self.images = 0
        wanted = dict.fromkeys(side for item in group for side in item.sides)
        wanted = [side for side in wanted if side not in known]
        layers = {side.layer for side in wanted}
        for_a, for_b, for_mask = tee(self.batches, 3)
        of_a = self.a.outputs(for_a, [item.x for item in group if item.x in layers])
        of_b = self.b.outputs(for_b, [item.y for item in group])
        for from_a, from_b, batch in zip(of_a, of_b, for_mask, strict=True):
            images = len(next(iter(from_b.values())))
            self.images += images
            moved = {layer: output.to(self.a.device) for layer, output in from_b.items()}
            outputs = from_a | moved
            counts = self._counts(batch, images)
            taken = {side: side.of(outputs[side.layer], counts) for side in wanted}
            yield taken
            taken.clear()  # before the next batch takes as much
        if self.images < 2:
            raise ValueError(f"images: got {self.images}, want 2 or more")

    def _counts(self, batch: Any, images: int) -> Tensor | None:
        return read_mask(self.mask, batch, images, self.a.device) if self.mask else None

    def _at_once(self, group: Sequence[LayerPair]) -> Iterator[dict]:
        """Rows of items for which all outputs are in memory."""
        known = {} if self.kept is None else self.kept
        recorded = concatenated(self._passed(group, known), self.batches.most)
        orders = random_orders(self.images, self.permutations, self.seed)
        wrapped = {
            side: LayerRepresentations(output, name=side.layer.title)
            for side, output in recorded.items()
        }
        wrapped |= known
        known |= {item.sides[0]: wrapped[item.sides[0]] for item in group}
        pairs = [
            Pair(*(wrapped[side].reshaped(item.reshape) for side in item.sides)) for item in group
        ]
        by_reshape: dict[str, list[Pair]] = defaultdict(list)
        for item, pair in zip(group, pairs, strict=True):
            if self.level is not None and not item.ragged:
                prepare_intervals(pair, [metric for metric, _ in item.asked], cross=False)
            if item.of_grams and pair.x.rows == pair.x.images and not item.ragged:
                by_reshape[item.reshape].append(pair)
        for same_rows in by_reshape.values():
            share_inner_products(same_rows)
        for item in group:
            yield from item.rows(pairs.pop(0), orders, self.level)

    def _by_moments(self, items: Sequence[LayerPair]) -> Iterator[dict]:
        """Rows of items of which only second moments fit into memory."""
        remedy = "raise memory, or take fewer images"
        if not self.batches.again:
            remedy = "raise memory, or give a list of batches, a DataLoader or a folder"
        sizes: dict[LayerPair, dict[LayerPair, int]] = {}
        for item in items:
            possible = tuple(number for number in item.asked if METRICS[number[0]].by_moments)
            rest = tuple(number for number in item.asked if number not in possible)
            note = f"needs the outputs for all images at once; {remedy}"
            yield from item._replace(asked=rest, note=note).rows()
            flat = item.form == "flat"
            columns = (
                math.prod(layer.shape) if flat else layer.shape[0] for layer in (item.x, item.y)
            )
            size = moment_bytes(*columns)
            note = f"needs sums of {size / 2**20:,.1f} MiB, too much for memory; {remedy}"
            if flat:
                note += ", or ask for reshapes=['channels', 'gap']"
            item = item._replace(asked=possible, note=note)
            if size > self.memory:
                yield from item.rows()
            elif possible:
                sizes[item] = {item: size}
        groups = fitting(sizes, self.memory)
        passes = len(groups) if self.batches.again else 1
        for item in chain(*groups[passes:]):
            yield from item.rows()
        for group in groups[:passes]:
            sums = [JointMoments(item.reshape, (item.x.title, item.y.title)) for item in group]
            for outputs in self._passed(group):
                for item, joint in zip(group, sums, strict=True):
                    joint.add(*(outputs[side] for side in item.sides))
            for item in group:
                pair = sums.pop(0).pair()
                for row in item.rows(pair, level=self.level):
                    wanted = self.permutations or is_exact(row["metric"], pair)
                    if wanted and not (row["note"] or item.ragged):
                        only = "" if math.isnan(row["null_mean"]) else " beyond its mean"
                        row["note"] = f"no null{only}, which needs all images at once; {remedy}"
                    yield row
