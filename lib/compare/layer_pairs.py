"""The numbers of pairs of layers: each pass over the images records as many layers as fit."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from torch import Tensor

from ..metrics import LayerRepresentations
from ..metrics.compare import rows_of_pair
from ..metrics.groups import read_groups, repeats_note
from ..metrics.metric import Pair
from ..models.recording import concatenated, fitting
from .compared_network import ComparedNetwork, Layer
from .images import Batches

NUMBERS = (
    *("value", "ci_low", "ci_high", "null_mean", "null_sd", "p_value"),
    *("rank_x", "rank_y", "dead_x", "dead_y"),
)
"""Columns of a row of `lib.metrics.compare` that the table has, besides its notes."""


def rows_of_layers(
    networks: Sequence[ComparedNetwork],
    pairs: Sequence[tuple[Layer, Layer]],
    metrics: Mapping[str, Sequence[str]],
    batches: Batches,
    memory: int,
    labels: list | None,
    **inference: object,
) -> tuple[list[dict], int]:
    """A row for each number of pairs of layers of two networks, and the number of images.

    `metrics` are those of each reshape, and `labels` are of groups of images. `inference` has the
    permutations, seed and level of nulls and intervals, or is empty.
    """
    rows, images = [], 0
    needs = {pair: {layer: layer.bytes(batches.most) for layer in pair} for pair in pairs}
    for group in fitting(needs, memory):
        if (size := sum(needs[group[0]].values())) > memory:
            x, y = group[0]
            reason = (
                f"{x.title} and {y.title} need {size / 2**20:,.1f} MiB for {batches.most:,} "
                "images, more than memory allows; raise memory, or take fewer images"
            )
            for reshape, names in metrics.items():
                rows += _rows(x, y, reshape, _without_numbers(names, reason))
            continue
        recorded = concatenated(_outputs(networks, group, batches))
        images = len(recorded[group[0][0]])
        if inference:
            unknown = labels is not None or not batches.seen
            repeated = "" if unknown else repeats_note(images, len(batches.seen))
            inference |= {"groups": read_groups(labels, images), "repeated": repeated}
        rows += _compared(group, recorded, metrics, inference)
        del recorded  # before the next pass takes as much
    if all(math.isnan(row["rank_x"]) for row in rows):
        raise ValueError(rows[0]["note"])  # no pair has been compared
    return rows, images


def _outputs(
    networks: Sequence[ComparedNetwork], pairs: Sequence[tuple[Layer, Layer]], batches: Batches
) -> Iterator[dict[Layer, Tensor]]:
    """The outputs of the layers of these pairs, batch by batch."""
    layers = dict.fromkeys(layer for pair in pairs for layer in pair)
    for batch in batches:
        of_each = [network.outputs(batch, layers) for network in networks]
        yield {layer: output for outputs in of_each for layer, output in outputs.items()}


def _compared(
    pairs: Sequence[tuple[Layer, Layer]],
    recorded: Mapping[Layer, Tensor],
    metrics: Mapping[str, Sequence[str]],
    inference: Mapping[str, object],
) -> Iterator[dict]:
    """The rows of pairs of layers, given the outputs of these."""

    @cache
    def side(layer: Layer) -> LayerRepresentations:
        return LayerRepresentations(recorded[layer], name=layer.title)

    for x, y in pairs:
        for reshape, names in metrics.items():
            try:
                # without positions all reshapes are the same, and share their statistics
                form = "flat" if side(x).one_shape and side(y).one_shape else reshape
                pair = Pair(side(x).reshaped(form), side(y).reshaped(form))
            except ValueError as error:
                found = _without_numbers(names, str(error))
            else:
                found = rows_of_pair(names, reshape, pair, **inference)
            yield from _rows(x, y, reshape, found)


def _without_numbers(metrics: Sequence[str], reason: str) -> list[dict]:
    return [{"metric": metric, "note": reason} for metric in metrics]


def _rows(x: Layer, y: Layer, reshape: str, found: Sequence[dict]) -> Iterator[dict]:
    """Rows of the table, from those of the metrics."""
    for row in found:
        note = "; ".join(filter(None, [row["note"], x.note, y.note]))
        yield {
            **{"layer_x": x.name, "layer_y": y.name, "kind": x.kind},
            **{"layout_x": x.layout, "layout_y": y.layout},
            **{"metric": row["metric"], "reshape": reshape},
            **{name: row.get(name, math.nan) for name in NUMBERS},
            **{"note": note, "ci_note": row.get("ci_note", "")},
        }
