"""The numbers of pairs of layers, as many at a time as the memory holds."""

from __future__ import annotations

import math
from collections import ChainMap, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, tee
from typing import Any

from torch import Tensor

from ..metrics import METRICS, LayerRepresentations
from ..metrics.groups import Groups, digests, random_orders, read_groups, repeats_note
from ..metrics.metric import Pair
from ..metrics.moment_pair import JointMoments
from ..metrics.second_moments import gram_bytes, moment_bytes
from ..models.recording import concatenated, fitting
from .compared_network import ComparedNetwork, Layer
from .images import Batches
from .layer_pairs import LayerForm, LayerPair
from .padding import PaddingMask, read_mask


@dataclass
class ComparisonPlan:
    """Computes items, as many at a time as the memory holds."""

    networks: Sequence[ComparedNetwork]  # a, b, and strangers, their layers described
    batches: Batches
    permutations: int  # and seed, as for `compare_networks`
    seed: int
    memory: int  # bytes for outputs and Gram matrices, or for sums
    level: float | None = None  # of intervals, if they are asked for
    mask: PaddingMask | None = None  # as for `compare_networks`
    labels: list | None = None  # of groups of images
    repeated: str = ""  # what is to be said if images repeat and have no labels
    groups: Groups | None = None  # by these labels, once the images have been counted
    images: int = 0  # how many there were

    def rows(self, items: Sequence[LayerPair]) -> Iterator[dict]:
        """The rows of all items, in any order.

        Raises:
            ValueError: fewer than two images; NaN or infinite outputs in each pair of
                layers of a and b; an error of `Batches`.
        """
        n = self.batches.most
        sizes: dict[Layer, int] = defaultdict(int)
        for item in items:
            for layer in (item.x, item.y):
                beside = gram_bytes(layer.shape, n, item.reshape)
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
        for group in fitting(at_once, self.memory):
            yield from self._at_once(group)
        yield from self._by_moments(by_moments)
        of_a = [item for item in items if item.x.network == self.networks[0].label]
        if all(item.note or self._broken(item) for item in of_a):
            for reason in filter(None, map(self._broken, of_a)):
                raise ValueError(reason)

    def _broken(self, item: LayerPair) -> str:
        """Why outputs of one of the layers are no numbers, as far as is known by now, or ""."""
        broken = ChainMap(*(network.broken for network in self.networks))
        return broken.get(item.x, "") or broken.get(item.y, "")

    def _passed(self, group: Sequence[LayerPair]) -> Iterator[dict[LayerForm, Tensor]]:
        """What these items take of their layers, batch by batch."""
        self.images, seen = 0, set()
        wanted = dict.fromkeys(side for item in group for side in item.sides)
        layers = [layer for item in group for layer in (item.x, item.y)]
        *for_each, for_mask = tee(self.batches, len(self.networks) + 1)
        of_each = [
            network.outputs(batches, [one for one in layers if one.network == network.label])
            for network, batches in zip(self.networks, for_each, strict=True)
        ]
        for *from_each, batch in zip(*of_each, for_mask, strict=True):
            outputs = dict(ChainMap(*from_each))
            images = len(outputs[group[0].y])  # of b, whose rows of padded tokens are uncut
            self.images += images
            if self.labels is None and isinstance(batch, Tensor) and len(batch) == images:
                # outputs of equal images may differ by rounding, by their places in a batch
                seen.update(digests(batch))
            counts = self._counts(batch, images)
            taken = {side: side.of(outputs[side.layer], counts) for side in wanted}
            yield taken
            taken.clear()  # before the next batch takes as much
        if self.images < 2:
            raise ValueError(f"images: got {self.images}, want 2 or more")
        self.repeated = repeats_note(self.images, len(seen)) if seen else ""
        self.groups = read_groups(self.labels, self.images)

    def _counts(self, batch: Any, images: int) -> Tensor | None:
        return read_mask(self.mask, batch, images, self.networks[0].device) if self.mask else None

    def _at_once(self, group: Sequence[LayerPair]) -> Iterator[dict]:
        """Rows of items for which all outputs are in memory."""
        recorded = concatenated(self._passed(group), self.batches.most)
        orders = random_orders(self.images, self.permutations, self.seed, self.groups)
        for item in group:
            if reason := self._broken(item):
                yield from item._replace(note=reason).rows()
        group = [item for item in group if not self._broken(item)]
        wrapped = {
            side: LayerRepresentations(recorded[side], name=side.layer.title)
            for side in dict.fromkeys(side for item in group for side in item.sides)
        }
        pairs = [
            Pair(*(wrapped[side].reshaped(item.reshape) for side in item.sides)) for item in group
        ]
        for item in group:
            stranger = item.x.network != self.networks[0].label  # of whom only values are asked
            more = () if stranger else (orders, self.level, self.groups, self.repeated)
            yield from item.rows(pairs.pop(0), *more)

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
                    if not self._broken(item):
                        joint.add(*(outputs[side] for side in item.sides))
            for item in group:
                joint = sums.pop(0)
                if reason := self._broken(item):
                    yield from item._replace(note=reason).rows()
                    continue
                pair = joint.pair()
                for row in item.rows(pair, level=self.level, groups=self.groups):
                    if self.permutations and not (row["note"] or item.ragged):
                        only = "" if math.isnan(row["null_mean"]) else " beyond its mean"
                        row["note"] = f"no null{only}, which needs all images at once; {remedy}"
                    yield row
