"""What is asked of a pair of layers: which numbers, of which form of their outputs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from torch import Tensor

from ..metrics import METRICS
from ..metrics.compare import rows_of_pair
from ..metrics.groups import Groups
from ..metrics.inputs import check_same_points
from ..metrics.metric import Pair
from .compared_network import Layer
from .padding import positions_of, without_padding

TOKENS = {"channels": "tokens", "gap": "mean"}
"""How reshapes are called where positions are tokens."""

FORMS = ("channels", "flat", "gap", *TOKENS.values(), "cls")

FOUND = (
    *("value", "ci_low", "ci_high", "null_mean", "null_sd", "p_value"),
    *("rank_x", "rank_y", "dead_x", "dead_y", "note", "ci_note"),
)
"""What the table has of rows of `lib.metrics.compare`, and why there is no value or interval."""


NOT_IN_BLOCKS = "sequences differ in length, so they cannot change places or be left out"


class LayerForm(NamedTuple):
    """What is taken of the output of a layer."""

    layer: Layer
    form: str  # as of `LayerPair`; "" for the whole output, of which all other forms are made

    def of(self, output: Tensor, counts: Tensor | None) -> Tensor:
        """What this form takes of the output, if only these positions count."""
        if self.form and self.layer.padded:
            return without_padding(output, self.form, counts)
        return output[:, :, 0, 0] if self.form else output


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
    def sides(self) -> tuple[LayerForm, LayerForm]:
        """What is taken of both layers."""
        return self._side(self.x), self._side(self.y)

    def _side(self, layer: Layer) -> LayerForm:
        return LayerForm(layer, self.form if layer.padded or self.form == "cls" else "")

    @property
    def ragged(self) -> bool:
        """Whether a row is a token of a sequence that may be padded."""
        return bool(self.form == "channels" and self.x.padded)

    def rows(
        self,
        pair: Pair | None = None,
        orders: Sequence[Tensor] = (),
        level: float | None = None,
        groups: Groups | None = None,
        repeated: str = "",
    ) -> Iterator[dict]:
        """A row for each number; of NaN, with the note of this item, without a pair."""
        of_metric = {metric: {"note": self.note, "ci_note": ""} for metric, _ in self.asked}
        if pair is not None and self.ragged:
            for row in rows_of_pair([*of_metric], self.reshape, pair, repeated=None):
                row |= dict.fromkeys(("null_mean", "null_sd", "p_value"), math.nan)
                row["note"] = row["note"] or NOT_IN_BLOCKS * bool(orders)
                of_metric[row["metric"]] |= row | {"ci_note": NOT_IN_BLOCKS * (level is not None)}
        elif pair is not None:
            asked = [*of_metric], self.reshape, pair, orders
            more = {"level": level, "groups": groups, "repeated": repeated}
            for row in rows_of_pair(*asked, **more):
                of_metric[row["metric"]] |= row
        for metric, shown in self.asked:
            row = {"layer_x": self.x.name, "layer_y": self.y.name, "kind": self.x.kind}
            row |= {"metric": metric, "reshape": shown, "network": self.x.network}
            yield row | {name: of_metric[metric].get(name, math.nan) for name in FOUND}


def items(
    x: Layer, y: Layer, metrics: Sequence[str], reshapes: Sequence[str] | None
) -> Iterator[LayerPair]:
    """What is asked of a pair of layers, without metrics for which a reshape makes no sense."""
    forms: dict[str, dict[tuple[str, str], None]] = {}
    for metric in metrics:
        for reshape in reshapes or (_default_reshape(metric, x, y),):
            form = next((form for form, name in TOKENS.items() if name == reshape), reshape)
            if _takes(metric, form):
                shown = TOKENS.get(form, form) if x.tokens and y.tokens else form
                if form != "cls" and math.prod(x.shape[1:]) == math.prod(y.shape[1:]) == 1:
                    form = "flat"  # so that all reshapes share their statistics
                forms.setdefault(form, {})[metric, shown] = None
    for form, asked in forms.items():
        note = x.note or y.note or _note_on_padding(form, x) or _note_on_padding(form, y)
        if form == "cls" and not (x.tokens and y.tokens):
            note = f"{x.title}, {y.title}: not both are tokens (n, t, d), of which the first is it"
        try:
            check_same_points((2, *x.shape), (2, *y.shape), form, (x.title, y.title))
        except ValueError as error:
            note = str(error).replace("(2, ", "(n, ")
        yield LayerPair(x, y, form, tuple(asked), note)


def _takes(metric: str, form: str) -> bool:
    return ("flat" if form == "cls" else form) in METRICS[metric].reshapes


def _default_reshape(metric: str, x: Layer, y: Layer) -> str:
    """That of the metric; of sequences that may be padded, their means instead of all positions."""
    default = METRICS[metric].reshape
    means = default == "flat" and (x.padded or y.padded) and _takes(metric, "gap")
    return "gap" if means else default


def _note_on_padding(form: str, layer: Layer) -> str:
    """Why padding cannot be left out of a layer in this form, or ""."""
    if layer.unmasked:
        return f"{layer.title}: takes packed sequences; mask= says which tokens of a batch count"
    if layer.padded is None and form != "cls":
        has = positions_of(layer.shape)
        return f"mask: it is of another length than {layer.title}, which has {has:,} positions"
    if layer.padded and form == "flat":
        return f"{layer.title}: flat has padding in it; take reshapes=['tokens', 'mean', 'cls']"
    return ""
