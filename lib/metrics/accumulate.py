"""The metrics for data that come in batches, as `torchmetrics` metrics.

Batches of any size, in any order, on any number of workers give the same value as all
data at once. In a job of several processes (`torch.distributed`) each process updates
its own metric with its own images, or with none. Then all call `compute`, and each gets
the value for all images. If a process has died, the others wait until the timeout of
the group. `merge_state` adds what another metric has seen.

Each metric that second moments determine has its form here, under the name that it
declares: `CKA()`, `SVCCA(threshold=0.9)`. It needs memory for one matrix of `(p + q)²`
numbers of 8 bytes, whatever n; where that is too much, use another reshape or
`MinibatchCKA`.
"""

import functools
import math
from collections.abc import Sequence
from typing import ClassVar

import torch
import torch.distributed as dist
import torchmetrics
from torch import Tensor

from ..did_you_mean import check
from ..settings.known_names import RESHAPES
from .cka_nbs import hsic_of
from .inputs import (
    DegenerateError,
    as_matrix,
    as_tensor,
    check_same_points,
    with_float64,
)
from .metric import METRICS, Metric, pair_of, within_range
from .moment_pair import MomentPair, joint_blocks
from .second_moments import Moments, moment_bytes

MAX_COLUMNS = 8192

HEAD = 4
"""How many numbers a state has before mean and scatter: rows, images, rows times
rounding, columns of x."""


class Accumulating(torchmetrics.Metric):
    """Base of the metrics here: what torchmetrics asks for, and checks of batches."""

    full_state_update = False

    def __init__(self, reshape: str, **kwargs: object) -> None:
        super().__init__(**kwargs)
        check("reshape", reshape, RESHAPES)
        self.reshape = reshape

    def merge_state(self, incoming_state: dict | torchmetrics.Metric) -> None:
        """Add what another metric of the same form has seen, or its `metric_state`.

        Raises:
            ValueError: not such a metric, another reshape, or other numbers of columns.
        """
        if isinstance(incoming_state, Accumulating) and incoming_state.reshape != self.reshape:
            raise ValueError(
                f"incoming_state: got reshape={incoming_state.reshape!r}, want {self.reshape!r}"
            )
        state = getattr(incoming_state, "metric_state", incoming_state)
        if not isinstance(state, dict) or self._defaults.keys() - state.keys():
            raise ValueError(f"incoming_state: want a {type(self).__name__} or its metric_state")
        self._merge(state)
        self._computed = None  # else torchmetrics would keep returning the old value
        self._update_count += 1

    def _merge(self, state: dict) -> None:
        super().merge_state(state)

    def _add_sums(self, *names: str) -> None:
        for name in names:
            zero = torch.zeros((), dtype=torch.float64)
            self.add_state(name, zero, dist_reduce_fx="sum", persistent=True)

    def _matrices(self, x: object, y: object) -> tuple[Tensor, Tensor, float]:
        """Two batches as matrices whose rows belong together, and their relative rounding."""
        batches = as_tensor(x, "x", fewest=1), as_tensor(y, "y", fewest=1)
        check_same_points(*(tuple(batch.shape) for batch in batches), self.reshape)
        rows_x, rows_y = (as_matrix(with_float64(batch), self.reshape) for batch in batches)
        return rows_x, rows_y, max(torch.finfo(batch.dtype).eps for batch in batches)


class AccumulatingMetric(Accumulating):
    """A metric that joint second moments of x and y determine, those of all batches in one state.

    Each metric has a class of its own.

    Args:
        reshape: of maps, one of `RESHAPES`; None for the metric's default.
        max_columns: how many columns x and y may have together.
        options: those of the metric, and those of every `torchmetrics.Metric`.
    """

    metric: ClassVar[Metric]
    full_state_update = True  # torchmetrics can't merge with a state that is still empty

    def __init__(
        self, reshape: str | None = None, *, max_columns: int = MAX_COLUMNS, **options: object
    ) -> None:
        taken = [name for name in self.metric.__signature__.parameters if name in options]
        given = {name: options.pop(name) for name in taken}
        reshape = self.metric.reshape if reshape is None else reshape
        super().__init__(reshape, **{"dist_sync_fn": merged_over_processes} | options)
        empty = torch.zeros(0, dtype=torch.float64)
        self.add_state("moments", empty, dist_reduce_fx=_merged, persistent=True)
        self.max_columns, self.options = max_columns, given
        # A trial on a made-up pair finds a wrong option now rather than after the last batch.
        scatter = torch.eye(4, dtype=torch.float64) + 0.5
        trial = MomentPair(Moments(9, scatter[0], scatter), 2, "flat", 9, 0)
        self.metric.of_pair(trial, **self.options)

    def update(self, x: object, y: object) -> None:
        """Add a batch, `(m, p)` and `(m, q)` or maps; see the function of the same name.

        Raises:
            ValueError: not such a batch; other numbers of columns than before, or too
                many.
        """
        rows_x, rows_y, eps = self._matrices(x, y)
        columns_x, columns_y = rows_x.shape[1], rows_y.shape[1]
        if columns_x + columns_y > self.max_columns:
            raise ValueError(
                f"x, y: got {columns_x} + {columns_y} columns with reshape={self.reshape!r}, "
                f"whose moments take {moment_bytes(columns_x, columns_y) / 1e9:.1f} GB; want at "
                f"most max_columns={self.max_columns}; use reshape='channels' or 'gap', or "
                "MinibatchCKA"
            )
        moments = Moments.of(joint_blocks(rows_x, rows_y))
        head = moments.mean.new_tensor((moments.count, len(x), moments.count * eps, columns_x))
        batch = torch.cat([head, moments.mean, moments.scatter.flatten()])
        self._merge({"moments": batch.to(self.device)})

    def compute(self) -> Tensor:
        """The metric of all batches.

        Raises:
            ValueError: without any batch, or as the function of the same name.
        """
        if not len(self.moments):
            raise ValueError("x, y: got no batches yet, want at least one update")
        rows, images, rounding, columns_x = self.moments[:HEAD].tolist()
        joint = _unpacked(self.moments)
        pair = MomentPair(joint, int(columns_x), self.reshape, int(images), rounding / rows)
        return self.moments.new_tensor(self.metric.of_pair(pair, **self.options))

    def _merge(self, state: dict) -> None:
        self.moments = _merge(self.moments, state["moments"])


class Cosine(Accumulating):
    """Accumulating form of `cosine`. Needs memory for three numbers."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__("flat", **kwargs)
        self._add_sums("inner", "square_x", "square_y")

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
        self.inner += (rows_x * rows_y).sum().item()
        self.square_x += rows_x.square().sum().item()
        self.square_y += rows_y.square().sum().item()

    def compute(self) -> Tensor:
        """The metric of all batches.

        Raises:
            ValueError: if all entries of x or of y are 0.
        """
        for name, square in (("x", self.square_x), ("y", self.square_y)):
            if square == 0:
                raise DegenerateError(f"{name}: got zeros only, want data that vary")
        value = self.inner.abs() / (self.square_x * self.square_y).sqrt()
        return value.new_tensor(within_range("cosine", value.item()))


class MinibatchCKA(Accumulating):
    """Debiased CKA from batches: three HSIC₁ averaged over batches, then one division.

    Nguyen et al. (2021), eqs. 2 and 3. Needs memory for three numbers, whatever n and
    p. Since HSIC₁ is unbiased, the batch size affects the noise only, but the value
    isn't exactly that of all data at once, which `cka(…, debiased=True)` gives.

    Args:
        reshape: `"flat"` (default), `"channels"` or `"gap"`.
        kwargs: those of every `torchmetrics.Metric`.
    """

    def __init__(self, reshape: str = "flat", **kwargs: object) -> None:
        super().__init__(reshape, **kwargs)
        self._add_sums("hsic_xy", "hsic_xx", "hsic_yy")

    def update(self, x: object, y: object) -> None:
        """Add a batch.

        Raises:
            ValueError: not such a batch, or fewer than four rows.
        """
        hsic_xy, hsic_xx, hsic_yy = hsic_of(pair_of(x, y, self.reshape))
        self.hsic_xy += hsic_xy
        self.hsic_xx += hsic_xx
        self.hsic_yy += hsic_yy

    def compute(self) -> Tensor:
        """Debiased CKA of all batches, in [-1, 1].

        Raises:
            ValueError: without variance.
        """
        for name, hsic in (("x", self.hsic_xx), ("y", self.hsic_yy)):
            if hsic <= 0:
                raise DegenerateError(f"{name}: got batches without variance, want data that vary")
        return self.hsic_xy / (self.hsic_xx * self.hsic_yy).sqrt()


def merged_over_processes(state: Tensor, group: dist.ProcessGroup | None = None) -> list[Tensor]:
    """The merged state of all processes; torchmetrics' own gathering needs states of one length.

    Takes the memory of one state for each process.

    Raises:
        ValueError: on all processes, if the numbers of columns differ.
    """
    states: list = [None] * dist.get_world_size(group)
    dist.all_gather_object(states, state.cpu(), group=group)
    return [_merged(states).to(state.device)]


def _merged(states: Sequence[Tensor] | Tensor) -> Tensor:
    """Several states merged into one."""
    return functools.reduce(_merge, states[1:], states[0].clone())


def _merge(total: Tensor, added: Tensor) -> Tensor:
    """Both states as one, in the memory of the first unless it is empty."""
    if not len(total) or not len(added):
        return total if len(total) else added.clone()
    columns, columns_added = _columns(total), _columns(added)
    if columns != columns_added:
        raise ValueError(
            f"x, y: got {columns_added[0]} + {columns_added[1]} columns, want {columns[0]} + "
            f"{columns[1]} as the others"
        )
    _unpacked(total).merged(_unpacked(added))
    total[: HEAD - 1] += added[: HEAD - 1]
    return total


def _unpacked(state: Tensor) -> Moments:
    """Views of a state that isn't empty: its mean `(p + q,)` and scatter `(p + q, p + q)`."""
    size = math.isqrt(len(state) - HEAD)
    mean, scatter = state[HEAD:].split([size, size**2])
    return Moments(int(state[0]), mean, scatter.view(size, size))


def _columns(state: Tensor) -> tuple[int, int]:
    """How many columns x and y have in a state that isn't empty."""
    columns_x = int(state[HEAD - 1])
    return columns_x, math.isqrt(len(state) - HEAD) - columns_x


def _accumulating(metric: Metric) -> type[AccumulatingMetric]:
    """The accumulating form of a declared metric."""
    options = [name for name in metric.__signature__.parameters if name not in ("x", "y")]
    document = f"""Accumulating form of `{metric.name}`.

Args:
    {", ".join(options)}: as for `{metric.name}`; all but `reshape` by name.
    max_columns: how many columns x and y may have together; default {MAX_COLUMNS}.
    kwargs: those of every `torchmetrics.Metric`.
"""
    members = {"metric": metric, "__doc__": document, "__module__": __name__}
    return type(metric.accumulating, (AccumulatingMetric,), members)


for _metric in METRICS.values():
    if _metric.accumulating:
        globals()[_metric.accumulating] = _accumulating(_metric)
