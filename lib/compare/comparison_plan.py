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
from ..metrics.moment_pair import JointMoments
from ..models.recording import concatenated, fitting
from .compared_network import ComparedNetwork, Layer
from .images import Batches

REMEDY = "raise memory, or take fewer images"


TOKENS = {"channels": "tokens", "gap": "mean"}
"""How reshapes are called where positions are tokens."""

FORMS = ("channels", "flat", "gap", *TOKENS.values(), "cls")

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
        for metric, shown in self.asked:
            row = {"layer_x": self.x.name, "layer_y": self.y.name, "kind": self.x.kind}
            row |= {"metric": metric, "reshape": shown, "network": self.x.network}
            yield row | {name: of_metric[metric].get(name, math.nan) for name in FOUND}


def layer_pairs(
    x: Layer, y: Layer, metrics: Sequence[str], reshapes: Sequence[str] | None
) -> Iterator[LayerPair]:
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
            note = str(error).replace("(2, ", "(n, ")
        yield LayerPair(x, y, form, tuple(asked), note)


@dataclass
class ComparisonPlan:
    """Computes items, as many at a time as the memory holds."""

    networks: Sequence[ComparedNetwork]  # a, b, and strangers, their layers described
    batches: Batches
    memory: int  # bytes for outputs and Gram matrices, or for sums
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
        at_once: dict[LayerPair, dict[Layer, int]] = {}
        by_moments: list[LayerPair] = []
        for item in items:
            needed = {layer: sizes[layer] for layer in (item.x, item.y)}
            if item.missing:
                yield from item.rows()
            elif sum(needed.values()) <= self.memory:
                at_once[item] = needed
            else:
                by_moments.append(item)
        for group in fitting(at_once, self.memory):
            yield from self._at_once(group)
        yield from self._by_moments(by_moments)
        of_a = [item for item in items if item.x.network == self.networks[0].label]
        notes = [layer.note for item in of_a for layer in item[:2] if layer.note]
        if notes and all(item.missing for item in of_a):
            raise ValueError(notes[0])

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
            if self.labels is None and isinstance(batch, Tensor) and len(batch) == images:
                # outputs of equal images may differ by rounding, by their places in a batch
                seen.update(digests(batch))
            yield outputs
            outputs.clear()  # before the next batch takes as much
        if self.images < 2:
            raise ValueError(f"images: got {self.images}, want 2 or more")
        self.judged["repeated"] = repeats_note(self.images, len(seen)) if seen else ""
        self.judged["groups"] = read_groups(self.labels, self.images)

    def _at_once(self, group: Sequence[LayerPair]) -> Iterator[dict]:
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

    def _by_moments(self, items: Sequence[LayerPair]) -> Iterator[dict]:
        """Rows of items of which only second moments fit into memory."""
        sizes: dict[LayerPair, dict[LayerPair, int]] = {}
        for item in items:
            possible = tuple(number for number in item.asked if METRICS[number[0]].by_moments)
            rest = tuple(number for number in item.asked if number not in possible)
            note = f"needs the outputs for all images at once; {REMEDY}"
            yield from item._replace(asked=rest, note=note).rows()
            flat = item.form == "flat"
            size = 8 * sum(math.prod(s.shape) if flat else s.shape[0] for s in item[:2]) ** 2
            if size > self.memory:
                note = f"needs sums of {size / 2**20:,.1f} MiB, too much for memory; {REMEDY}"
                if flat:
                    note += ", or ask for reshapes=['channels', 'gap']"
                yield from item._replace(asked=possible, note=note).rows()
            elif possible:
                sizes[item._replace(asked=possible)] = {item: size}
        for group in fitting(sizes, self.memory):
            sums = [JointMoments(item.reshape, (item.x.title, item.y.title)) for item in group]
            for outputs in self._passed(group):
                for item, joint in zip(group, sums, strict=True):
                    if not item.missing:
                        joint.add(*(item.taken(outputs[one]) for one in (item.x, item.y)))
            for item in group:
                joint = sums.pop(0)
                if item.missing:
                    yield from item.rows()
                    continue
                judged = {name: self.judged[name] for name in ("level", "groups")}
                for row in item.rows(joint.pair(), **judged):
                    if self.judged["permutations"] and not row["note"]:
                        only = "" if math.isnan(row["null_mean"]) else " beyond its mean"
                        row["note"] = f"no null{only}, which needs all images at once; {REMEDY}"
                    yield row
