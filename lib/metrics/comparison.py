"""All metrics of one layer of two networks, with everything that a number needs beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from torch import Tensor

from .catalogue import CATALOGUE, Entry
from .dimension import intrinsic_dimension_of
from .inputs import RESHAPES, DegenerateError, as_tensor, check_choice
from .nulls import image_orders, null
from .pair import Pair
from .representation import Representation

DEFAULT_METRICS = ("svcca", "pwcca", "cka", "nbs")


class LayerRepresentations:
    """One layer of one network on the probe images: its `Representation` for each reshape.

    Wrap the complete network's layers once and compare them with all others: what depends on
    them only isn't computed again.

    Args:
        data: `(n, p)` or `(n, c, h, w)`, numpy or torch, fp16, bf16, fp32 or fp64.
        name: what errors call it.

    Attributes:
        one_shape: whether all reshapes are the same matrix, since there are no positions.

    Raises:
        ValueError: data that no metric accepts.
    """

    def __init__(self, data: object, *, name: str = "x") -> None:
        self.name = name
        self._data: Tensor | None = as_tensor(data, name)
        self.one_shape = self._data[0, :1].numel() == 1
        self._images = len(self._data)
        self._sides: dict[str, Representation] = {}

    def __len__(self) -> int:
        """Number of data points."""
        return self._images

    def side(self, reshape: str) -> Representation:
        """The layer reshaped.

        Raises:
            RuntimeError: for a new one, after `detach`.
        """
        check_choice(reshape, RESHAPES, "reshape")
        if reshape not in self._sides:
            if self._data is None:
                raise RuntimeError(f"{self.name}: the data were detached; attach them again")
            self._sides[reshape] = Representation(self._data, reshape, name=self.name)
        return self._sides[reshape]

    def detach(self) -> None:
        """Let go of the data, keep all statistics computed so far."""
        self._data = None
        for side in self._sides.values():
            side.detach()

    def attach(self, data: object) -> None:
        """Give the same data again after `detach`.

        Raises:
            ValueError: if shape, dtype or device differ. The values aren't compared.
        """
        self._data = as_tensor(data, self.name)
        for side in self._sides.values():
            side.attach(self._data)


def compare(
    x: object,
    y: object,
    *,
    metrics: Sequence[str] = DEFAULT_METRICS,
    reshapes: Sequence[str] | None = None,
    also: Sequence[str] = (),
    dimensions: bool = False,
    permutations: int = 0,
    seed: int = 0,
) -> list[dict]:
    """Compare one layer of two networks by several metrics that share their statistics.

    Args:
        x: the complete network's layer, `(n, p)`, `(n, c, h, w)` or `LayerRepresentations`.
        y: the other network's layer.
        metrics: names in `METRICS`.
        reshapes: None for the default of each metric; else each metric is computed for each of them
            that makes sense for it.
        also: further reshapes, for all metrics for which they make sense.
        dimensions: whether to estimate intrinsic dimensions, where a row is an image.
        permutations: how many random permutations of the images sample the null.
        seed: of the permutations.

    Returns:
        a dict for each number, grouped by reshape: `metric`, `reshape`, `value`; `null_mean` and
        `null_sd`, over permutations of the images (the mean of `cka` is exact where a row is an
        image, and needs none); `rank_x`, `rank_y`, `dead_x`, `dead_y`, numbers of directions and of
        columns without variance; `pr_x`, `pr_y`, participation ratios; `id_x`, `id_y`, intrinsic
        dimensions. NaN stands for what isn't
        defined: CCA of n - 1 directions, anything of a representation without variance, a null
        without permutations, the spread of fewer than two.

    Raises:
        ValueError: input that no metric accepts; unknown names.
    """
    for metric in metrics:
        check_choice(metric, CATALOGUE, "metrics")
    for reshape in (*(reshapes or ()), *also):
        check_choice(reshape, RESHAPES, "reshapes")
    if permutations < 0:
        raise ValueError(f"permutations: got {permutations}, want 0 or more")
    layer_x, layer_y = _layer(x, "x"), _layer(y, "y")
    orders = image_orders(len(layer_x), permutations, seed) if permutations else []
    cells: dict[str, list[str]] = {}
    for metric in metrics:
        for reshape in dict.fromkeys((*(reshapes or (CATALOGUE[metric].reshape,)), *also)):
            if reshape in CATALOGUE[metric].reshapes:
                cells.setdefault(reshape, []).append(metric)
    return [
        row
        for reshape, names in cells.items()
        for row in _rows(names, reshape, _pair(layer_x, layer_y, reshape), orders, dimensions)
    ]


def _pair(x: LayerRepresentations, y: LayerRepresentations, reshape: str) -> Pair:
    if x.one_shape and y.one_shape:
        reshape = "flat"  # so that all reshapes share their statistics
    return Pair(x.side(reshape), y.side(reshape))


def _rows(
    metrics: list[str], reshape: str, pair: Pair, orders: list[Tensor], dimensions: bool
) -> list[dict]:
    """Several metrics of one pair: they share its cross-moment, and that of each permutation."""
    values = {metric: _value(CATALOGUE[metric], pair) for metric in metrics}
    defined = [metric for metric in metrics if not math.isnan(values[metric])]
    samples: dict[str, list[float]] = {metric: [] for metric in metrics}
    for order in orders if defined else ():
        permuted = pair.permuted(order)
        for metric in defined:
            samples[metric].append(CATALOGUE[metric].of_pair(permuted))
    beside = _described(pair.x, "x", dimensions) | _described(pair.y, "y", dimensions)
    rows = []
    for metric in metrics:
        mean, spread = math.nan, math.nan
        if metric in defined:
            mean, spread = null(samples[metric], pair, CATALOGUE[metric].null_mean)
        number = {"value": values[metric], "null_mean": mean, "null_sd": spread}
        rows.append({"metric": metric, "reshape": reshape} | number | beside)
    return rows


def _value(entry: Entry, pair: Pair) -> float:
    try:
        return entry.of_pair(pair)
    except DegenerateError:
        return math.nan


def _described(side: Representation, name: str, dimensions: bool) -> dict:
    try:
        rank, dead, ratio = side.rank, side.dead, side.participation_ratio
    except DegenerateError:
        rank, dead, ratio = 0, side.columns, math.nan
    found = {f"rank_{name}": rank, f"dead_{name}": dead, f"pr_{name}": ratio}
    return found | {f"id_{name}": _dimension(side) if dimensions else math.nan}


def _dimension(side: Representation) -> float:
    if side.rows != side.images:
        return math.nan
    try:
        return intrinsic_dimension_of(side)
    except DegenerateError:
        return math.nan


def _layer(value: object, name: str) -> LayerRepresentations:
    return (
        value if isinstance(value, LayerRepresentations) else LayerRepresentations(value, name=name)
    )
