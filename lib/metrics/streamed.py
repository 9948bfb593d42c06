"""`compare` for data that come in batches: several metrics of one layer from the same sums."""

from __future__ import annotations

import math
from collections.abc import Sequence

from torch import Tensor

from .accumulate import SecondMoments
from .catalogue import CATALOGUE
from .comparison import DEFAULT_METRICS
from .inputs import DegenerateError, check_choice
from .moment_pair import MomentPair, pair_of_moments
from .moments import Moments
from .sides import ScatterSide


class StreamedComparison(SecondMoments):
    """Accumulating form of `compare` for one reshape: a `torchmetrics` metric.

    `update` takes a batch of both layers. In a job of several processes each gives its own images.

    Args:
        metrics: names in `METRICS`, of metrics that second moments determine.
        reshape: `"channels"` (default), `"gap"` or `"flat"`; where a metric has no such form it is
            left out.
        max_columns: how many columns x and y may have together; default 8192.
        kwargs: those of every `torchmetrics.Metric`.

    Raises:
        ValueError: an unknown metric, or one that needs more than second moments.
    """

    sums = (*SecondMoments.sums, "images")

    def __init__(
        self,
        metrics: Sequence[str] = DEFAULT_METRICS,
        reshape: str = "channels",
        **kwargs: object,
    ) -> None:
        super().__init__(reshape, **kwargs)
        for metric in metrics:
            check_choice(metric, CATALOGUE, "metrics")
            if not CATALOGUE[metric].by_moments:
                fitting = ", ".join(name for name, entry in CATALOGUE.items() if entry.by_moments)
                raise ValueError(
                    f"metrics: got {metric!r}, which needs all images at once; want some of "
                    f"{fitting}"
                )
        self.metrics = tuple(name for name in metrics if reshape in CATALOGUE[name].reshapes)

    def update(self, x: Tensor, y: Tensor) -> None:
        """Add a batch, `(m, p)` and `(m, q)` or maps of such.

        Raises:
            ValueError: not such a batch; other numbers of columns than before, or too many.
        """
        super().update(x, y)
        self._add({"images": self.images.new_tensor(len(x))})

    def compute(self) -> list[dict]:
        """A dict for each metric, with the keys that `compare` gives.

        There are no permutations of the images; only the mean of `cka`'s null is known without
        any, where a row is an image.

        Raises:
            ValueError: without any batch.
        """
        moments, split, eps = self._moments()
        beside = _described("x", moments.of_columns(slice(None, split)), eps)
        beside |= _described("y", moments.of_columns(slice(split, None)), eps)
        try:
            pair = pair_of_moments(moments, split, self.reshape, eps)
        except DegenerateError:
            pair = None
        rows = []
        for metric in self.metrics:
            number = {"value": _value(metric, pair), "null_mean": math.nan, "null_sd": math.nan}
            exact = CATALOGUE[metric].null_mean
            if exact is not None and pair is not None and self.images == self.count:
                number["null_mean"] = exact(pair)
            rows.append({"metric": metric, "reshape": self.reshape} | number | beside)
        return rows


def _value(metric: str, pair: MomentPair | None) -> float:
    try:
        return math.nan if pair is None else CATALOGUE[metric].of_pair(pair)
    except DegenerateError:
        return math.nan


def _described(name: str, moments: Moments, eps: float) -> dict:
    side = ScatterSide(moments, eps)
    found = {f"rank_{name}": 0, f"dead_{name}": len(moments.mean) - side.width}
    found |= {f"pr_{name}": math.nan, f"id_{name}": math.nan}
    if side.width:
        ratio = (side.trace / side.norm) ** 2
        found |= {f"rank_{name}": side.rank, f"pr_{name}": ratio}
    return found
