"""The metrics for data that come in batches, as `torchmetrics` metrics.

Each keeps sums, so batches of any size, in any order, on any number of workers give the value that
all data at once give. In a job of several processes (`torch.distributed`) each process updates its
own metric with its own images, or with none. Then all call `compute`, and each gets the value of
all images. `merge_state` adds the sums of another metric.

Needs memory for sums of `(p + q)²` numbers of 8 bytes, three times, whatever n; where that is too
much, another reshape, `MinibatchCKA` or `distributed.compare_split` remains.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import torch
from torch import Tensor
from torchmetrics import Metric

from .cca import MEANS, mean_cca_of, pwcca_of, svcca_of
from .distributed import summed
from .inputs import (
    RESHAPES,
    DegenerateError,
    as_matrix,
    as_tensor,
    check_choice,
    check_threshold,
    with_float64,
)
from .kernels import cka_of, hsic_of, nbs_of
from .moment_pair import MomentPair, pair_of_moments
from .moments import Moments
from .pair import Pair
from .representation import Representation
from .sums import SECOND, batch_sums, moments_of
from .values import similarity


class _Accumulated(Metric):
    """Common ground: checks of batches, and properties that torchmetrics asks for."""

    is_differentiable = False
    higher_is_better = None
    full_state_update = False
    sums: ClassVar[tuple[str, ...]]

    def __init__(self, reshape: str, **kwargs: object) -> None:
        super().__init__(**{"dist_sync_fn": summed} | kwargs)
        check_choice(reshape, RESHAPES, "reshape")
        self.reshape = reshape
        for name in self.sums:
            # A sum takes the shape of the first batch.
            self.add_state(
                name, torch.zeros((), dtype=torch.float64), dist_reduce_fx="sum", persistent=True
            )

    def merge_state(self, incoming_state: dict | Metric) -> None:
        """Add the sums of another metric of the same form, or of its `metric_state`.

        Raises:
            ValueError: not such a metric, another reshape, or other numbers of columns.
        """
        if isinstance(incoming_state, _Accumulated) and incoming_state.reshape != self.reshape:
            raise ValueError(
                f"incoming_state: got reshape={incoming_state.reshape!r}, want {self.reshape!r}"
            )
        given = getattr(incoming_state, "metric_state", incoming_state)
        for name in self.sums if isinstance(given, dict) else ():
            shapes = [
                tuple(state.get(name, torch.zeros(())).shape)
                for state in (given, self.metric_state)
            ]
            if () not in shapes and shapes[0] != shapes[1]:
                raise ValueError(
                    f"incoming_state: got {name} of shape {shapes[0]}, want {shapes[1]}; both "
                    "metrics must have seen layers with the same columns"
                )
        super().merge_state(incoming_state)
        self._computed = None  # torchmetrics would go on giving the value from before
        self._update_count += 1

    def _matrices(self, x: object, y: object) -> tuple[Tensor, Tensor, float]:
        """Two batches as rows and columns, of the same rows, and their relative rounding."""
        batch_x, batch_y = as_tensor(x, "x", fewest=1), as_tensor(y, "y", fewest=1)
        if len(batch_x) != len(batch_y):
            raise ValueError(f"y: got {len(batch_y)} data points, want {len(batch_x)} as in x")
        spatial = [tuple(batch.shape[2:]) or (1, 1) for batch in (batch_x, batch_y)]
        if self.reshape == "channels" and spatial[0] != spatial[1]:
            raise ValueError(
                f"y: got shape {tuple(batch_y.shape)}, want the spatial size of x, whose shape is "
                f"{tuple(batch_x.shape)}; reshape='gap' or 'flat' compares maps of different sizes"
            )
        rows_x, rows_y = (as_matrix(with_float64(b), self.reshape) for b in (batch_x, batch_y))
        return rows_x, rows_y, max(torch.finfo(batch.dtype).eps for batch in (batch_x, batch_y))

    def _add(self, sums: dict[str, Tensor]) -> None:
        for name, value in sums.items():
            setattr(self, name, getattr(self, name) + value.to(self.device))


class SecondMoments(_Accumulated):
    """What metrics of second moments accumulate.

    Args:
        max_columns: how many columns x and y may have together.
    """

    sums = ("count", "rounding", "first_x", "first_y", "first_rest", *SECOND)

    def __init__(self, reshape: str, max_columns: int = 8192, **kwargs: object) -> None:
        super().__init__(reshape, **kwargs)
        self.max_columns = max_columns

    def update(self, x: object, y: object) -> None:
        """Add a batch, `(m, p)` and `(m, q)` or maps of such; see the function of the same name.

        Raises:
            ValueError: not such a batch; other numbers of columns than before, or too many.
        """
        rows_x, rows_y, eps = self._matrices(x, y)
        columns_x, columns_y = rows_x.shape[1], rows_y.shape[1]
        self._check_columns(columns_x, columns_y)
        sums = batch_sums(torch.cat([rows_x.to(torch.float64), rows_y.to(torch.float64)], 1))
        first = sums.pop("first")
        split = {"first_x": first[:columns_x], "first_y": first[columns_x:]}
        self._add(sums | split | {"rounding": sums["count"] * eps})

    def _moments(self) -> tuple[Moments, int, float]:
        """Moments of x and y side by side, how many columns are those of x, and rounding."""
        if self.count == 0:
            raise ValueError("x, y: got no batches yet, want at least one update")
        sums = {name: getattr(self, name) for name in ("count", "first_rest", *SECOND)}
        moments = moments_of(sums | {"first": torch.cat([self.first_x, self.first_y])})
        return moments, len(self.first_x), (self.rounding / self.count).item()

    def _check_columns(self, columns_x: int, columns_y: int) -> None:
        for name, columns, first in (
            ("x", columns_x, self.first_x),
            ("y", columns_y, self.first_y),
        ):
            if first.ndim and len(first) != columns:
                raise ValueError(f"{name}: got {columns} columns, want {len(first)} as before")
        total = columns_x + columns_y
        if total > self.max_columns:
            raise ValueError(
                f"x, y: got {columns_x} + {columns_y} columns with reshape={self.reshape!r}, whose "
                f"sums take {8 * len(SECOND) * total**2 / 1e9:.1f} GB; want at most "
                f"max_columns={self.max_columns}; use reshape='channels' or 'gap', or MinibatchCKA"
            )


class _OfMoments(SecondMoments):
    """A metric of second moments."""

    def compute(self) -> Tensor:
        """The metric of all batches.

        Raises:
            ValueError: as the function of the same name.
        """
        moments, split, eps = self._moments()
        pair = pair_of_moments(moments, split, self.reshape, eps)
        return self.first_x.new_tensor(self._value(pair))

    @abstractmethod
    def _value(self, pair: MomentPair) -> float:
        """The metric of the pair that all batches together make."""


class MeanCCA(_OfMoments):
    """Accumulating form of `mean_cca`.

    Args:
        reshape: `"channels"` (default), `"flat"` or `"gap"`.
        mean: `"plain"` or `"sum98"`.
        max_columns: how many columns x and y may have together; default 8192.
        kwargs: those of every `torchmetrics.Metric`.
    """

    def __init__(self, reshape: str = "channels", mean: str = "plain", **kwargs: object) -> None:
        super().__init__(reshape, **kwargs)
        check_choice(mean, MEANS, "mean")
        self.mean = mean

    def _value(self, pair: MomentPair) -> float:
        return mean_cca_of(pair, self.mean)


class SVCCA(_OfMoments):
    """Accumulating form of `svcca`.

    Args:
        reshape: `"channels"` (default), `"flat"` or `"gap"`.
        threshold: share of the variance, in (0, 1].
        mean: `"plain"` or `"sum98"`.
        max_columns: how many columns x and y may have together; default 8192.
        kwargs: those of every `torchmetrics.Metric`.
    """

    def __init__(
        self,
        reshape: str = "channels",
        threshold: float = 0.99,
        mean: str = "plain",
        **kwargs: object,
    ) -> None:
        super().__init__(reshape, **kwargs)
        check_threshold(threshold, "threshold")
        check_choice(mean, MEANS, "mean")
        self.threshold = threshold
        self.mean = mean

    def _value(self, pair: MomentPair) -> float:
        return svcca_of(pair, self.threshold, self.mean)


class PWCCA(_OfMoments):
    """Accumulating form of `pwcca`.

    Args:
        reshape: `"channels"` (default), `"flat"` or `"gap"`.
        max_columns: how many columns x and y may have together; default 8192.
        kwargs: those of every `torchmetrics.Metric`.
    """

    def __init__(self, reshape: str = "channels", **kwargs: object) -> None:
        super().__init__(reshape, **kwargs)

    def _value(self, pair: MomentPair) -> float:
        return pwcca_of(pair)


class CKA(_OfMoments):
    """Accumulating form of `cka`; debiased: `MinibatchCKA`.

    Args:
        reshape: `"flat"` (default), `"channels"` or `"gap"`.
        max_columns: how many columns x and y may have together; default 8192.
        kwargs: those of every `torchmetrics.Metric`.
    """

    def __init__(self, reshape: str = "flat", **kwargs: object) -> None:
        super().__init__(reshape, **kwargs)

    def _value(self, pair: MomentPair) -> float:
        return cka_of(pair)


class NBS(_OfMoments):
    """Accumulating form of `nbs`.

    Args:
        reshape: `"flat"` (default), `"channels"` or `"gap"`.
        max_columns: how many columns x and y may have together; default 8192.
        kwargs: those of every `torchmetrics.Metric`.
    """

    def __init__(self, reshape: str = "flat", **kwargs: object) -> None:
        super().__init__(reshape, **kwargs)

    def _value(self, pair: MomentPair) -> float:
        return nbs_of(pair)


class Cosine(_Accumulated):
    """Accumulating form of `cosine`. Needs memory for three numbers.

    Args:
        kwargs: those of every `torchmetrics.Metric`.
    """

    sums = ("inner", "square_x", "square_y")

    def __init__(self, **kwargs: object) -> None:
        super().__init__("flat", **kwargs)

    def update(self, x: object, y: object) -> None:
        """Add a batch of two arrays of equal shapes.

        Raises:
            ValueError: not such a batch.
        """
        rows_x, rows_y = (rows.to(torch.float64) for rows in self._matrices(x, y)[:2])
        if rows_x.shape != rows_y.shape:
            raise ValueError(
                f"y: got {rows_y.shape[1]} columns, want {rows_x.shape[1]} as in x; cosine "
                "compares entry by entry"
            )
        self._add(
            {
                "inner": (rows_x * rows_y).sum(),
                "square_x": rows_x.square().sum(),
                "square_y": rows_y.square().sum(),
            }
        )

    def compute(self) -> Tensor:
        """The metric of all batches.

        Raises:
            ValueError: if all entries of x or of y are 0.
        """
        for name, square in (("x", self.square_x), ("y", self.square_y)):
            if square == 0:
                raise DegenerateError(f"{name}: got zeros only, want data that vary")
        value = self.inner.abs() / (self.square_x * self.square_y).sqrt()
        return value.new_tensor(similarity("cosine", value.item()))


class MinibatchCKA(_Accumulated):
    """Debiased CKA from batches: three HSIC₁ averaged over batches, then one division.

    Nguyen et al. (2021), eqs. 2 and 3. Needs memory for four numbers, whatever n and p. Unbiased
    HSIC₁ makes the batch size matter for the noise only, but the value isn't exactly that of all
    data at once, which `cka(…, debiased=True)` gives.

    Args:
        reshape: `"flat"` (default), `"channels"` or `"gap"`.
        kwargs: those of every `torchmetrics.Metric`.
    """

    sums = ("batches", "hsic_xy", "hsic_xx", "hsic_yy")

    def __init__(self, reshape: str = "flat", **kwargs: object) -> None:
        super().__init__(reshape, **kwargs)

    def update(self, x: object, y: object) -> None:
        """Add a batch.

        Raises:
            ValueError: not such a batch, or fewer than four rows.
        """
        pair = Pair(
            Representation(x, self.reshape, name="x"), Representation(y, self.reshape, name="y")
        )
        hsic = torch.tensor(hsic_of(pair), dtype=torch.float64)
        self._add(
            {
                "batches": torch.ones((), dtype=torch.float64),
                "hsic_xy": hsic[0],
                "hsic_xx": hsic[1],
                "hsic_yy": hsic[2],
            }
        )

    def compute(self) -> Tensor:
        """Debiased CKA of all batches, in [-1, 1].

        Raises:
            ValueError: without variance.
        """
        for name, hsic in (("x", self.hsic_xx), ("y", self.hsic_yy)):
            if hsic <= 0:
                raise DegenerateError(f"{name}: got batches without variance, want some")
        return self.hsic_xy / (self.hsic_xx * self.hsic_yy).sqrt()
