"""What is asked of a pair of layers: which numbers, of which form of their outputs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from torch import Tensor

from ..metrics import METRICS
from ..metrics.compare import rows_of_pair
from ..metrics.inputs import check_same_points
from ..metrics.metric import Pair
from .compared_network import Layer

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
    note: str = ""  # why they cannot be had

    @property
    def reshape(self) -> str:
        return "flat" if self.form == "cls" else self.form

    def taken(self, output: Tensor) -> Tensor:
        """What is compared of the output of a layer."""
        return output[:, :, 0, 0].contiguous() if self.form == "cls" else output

    def rows(self, pair: Pair | None = None, **judged: object) -> Iterator[dict]:
        """A row for each number; of NaN, with the note of this item, without a pair.

        Args:
            judged: permutations, level, groups and more, as for `rows_of_pair`.
        """
        of_metric = {metric: {"note": self.note, "ci_note": ""} for metric, _ in self.asked}
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
        note = x.note or y.note
        if form == "cls" and not (x.tokens and y.tokens):
            note = f"{x.title}, {y.title}: not both are tokens (n, t, d), of which the first is it"
        try:
            check_same_points((2, *x.shape), (2, *y.shape), form, (x.title, y.title))
        except ValueError as error:
            note = str(error).replace("(2, ", "(n, ")
        yield LayerPair(x, y, form, tuple(asked), note)
