"""The metrics for data that come in batches, as `torchmetrics` metrics.

What a metric needs of a batch is added to what the earlier ones left, so batches of any size, in
any order, on any number of workers give the value that all data at once give. In a job of several
processes (`torch.distributed`) each process updates its own metric with its own images, or with
none. Then all call `compute`, and each gets the value of all images. If a process died, the others
wait until the timeout of the group. `merge_state` adds what another metric has seen.

Each metric that second moments determine has its form here, under the name that it declares:
`CKA()`, `SVCCA(threshold=0.9)`. It needs memory for one matrix of `(p + q)²` numbers of 8 bytes,
whatever n; where that is too much, another reshape or `MinibatchCKA` remains.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterator, Sequence
from typing import ClassVar

import torch
import torch.distributed as dist
import torchmetrics
from torch import Tensor

from .cka_nbs import hsic_of
from .compare import DEFAULT_METRICS, rows_of_pair
from .inputs import (
    RESHAPES,
    DegenerateError,
    as_matrix,
    as_tensor,
    check_choice,
    check_same_points,
    with_float64,
)
from .metric import METRICS, Metric, pair_of, within_range
from .moment_pair import MomentPair
from .representation import rows_of_block
from .statistics import Moments, moment_bytes

MAX_COLUMNS = 8192

HEAD = 4
"""Numbers before the moments in a packed state: rows, images, rows times rounding, columns of x."""


class Accumulating(torchmetrics.Metric):
    """Common ground: checks of batches, and properties that torchmetrics asks for."""

    is_differentiable = False
    higher_is_better = None
    full_state_update = False

    def __init__(self, reshape: str, **kwargs: object) -> None:
        super().__init__(**kwargs)
        check_choice(reshape, RESHAPES, "reshape")
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
        self._merge(getattr(incoming_state, "metric_state", incoming_state))
        self._computed = None  # torchmetrics would go on giving the value from before
        self._update_count += 1

    def _merge(self, state: dict) -> None:
        super().merge_state(state)

    def _add_sums(self, *names: str) -> None:
        for name in names:
            zero = torch.zeros((), dtype=torch.float64)
            self.add_state(name, zero, dist_reduce_fx="sum", persistent=True)

    def _matrices(self, x: object, y: object) -> tuple[Tensor, Tensor, float]:
        """Two batches as rows and columns, of the same rows, and their relative rounding."""
        batches = as_tensor(x, "x", fewest=1), as_tensor(y, "y", fewest=1)
        check_same_points(*(tuple(batch.shape) for batch in batches), self.reshape)
        rows_x, rows_y = (as_matrix(with_float64(batch), self.reshape) for batch in batches)
        return rows_x, rows_y, max(torch.finfo(batch.dtype).eps for batch in batches)


class AccumulatingMoments(Accumulating):
    """Joint second moments of x and y. Those of each batch are merged into one matrix.

    Args:
        reshape: of maps.
        max_columns: how many columns x and y may have together.
        kwargs: those of every `torchmetrics.Metric`.
    """

    full_state_update = True  # torchmetrics can't merge states of which one is still empty

    def __init__(self, reshape: str, max_columns: int = MAX_COLUMNS, **kwargs: object) -> None:
        super().__init__(reshape, **{"dist_sync_fn": merged_over_processes} | kwargs)
        empty = torch.zeros(0, dtype=torch.float64)
        self.add_state("moments", empty, dist_reduce_fx=_merged, persistent=True)
        self.max_columns = max_columns

    def update(self, x: object, y: object) -> None:
        """Add a batch, `(m, p)` and `(m, q)` or maps of such; see the function of the same name.

        Raises:
            ValueError: not such a batch; other numbers of columns than before, or too many.
        """
        rows_x, rows_y, eps = self._matrices(x, y)
        columns = rows_x.shape[1], rows_y.shape[1]
        self._check_columns(columns)
        moments = Moments.of(_joint_blocks(rows_x, rows_y))
        head = (moments.count, len(x), moments.count * eps, columns[0])
        batch = [moments.mean.new_tensor(head), moments.mean, moments.scatter.flatten()]
        self._merge({"moments": torch.cat(batch).to(self.device)})

    def pair(self) -> MomentPair:
        """The pair of representations that all batches together make.

        Raises:
            ValueError: without any batch.
        """
        if not len(self.moments):
            raise ValueError("x, y: got no batches yet, want at least one update")
        rows, images, rounding, columns_x = self.moments[:HEAD].tolist()
        joint = _unpacked(self.moments)
        return MomentPair(joint, int(columns_x), self.reshape, int(images), rounding / rows)

    def _merge(self, state: dict) -> None:
        if not isinstance(state, dict) or "moments" not in state:
            raise ValueError(
                f"incoming_state: got {type(state).__name__}, want a metric of second moments, or "
                "its metric_state"
            )
        had, given = _columns(self.moments), _columns(state["moments"])
        if had and given and had != given:
            raise ValueError(
                f"incoming_state: got {given[0]} + {given[1]} columns, want {had[0]} + {had[1]}; "
                "both metrics must have seen layers with the same columns"
            )
        self.moments = _merge(self.moments, state["moments"])

    def _check_columns(self, columns: tuple[int, int]) -> None:
        for name, got, want in zip("xy", columns, _columns(self.moments) or columns, strict=True):
            if got != want:
                raise ValueError(f"{name}: got {got} columns, want {want} as before")
        if sum(columns) > self.max_columns:
            raise ValueError(
                f"x, y: got {columns[0]} + {columns[1]} columns with reshape={self.reshape!r}, "
                f"whose second moments take {moment_bytes(*columns) / 1e9:.1f} GB; want at most "
                f"max_columns={self.max_columns}; use reshape='channels' or 'gap', or MinibatchCKA"
            )


class AccumulatingMetric(AccumulatingMoments):
    """A metric that second moments determine; each has a class of its own, with its options.

    Attributes:
        metric: as it was declared.
    """

    metric: ClassVar[Metric]

    def __init__(self, reshape: str | None = None, **options: object) -> None:
        own = {name: options.pop(name) for name in _options(self.metric) if name in options}
        super().__init__(self.metric.reshape if reshape is None else reshape, **options)
        self.options = own
        self.metric.of_pair(_example(), **own)  # an option that it refuses, before the first batch

    def compute(self) -> Tensor:
        """The metric of all batches.

        Raises:
            ValueError: as the function of the same name.
        """
        return self.moments.new_tensor(self.metric.of_pair(self.pair(), **self.options))


class StreamedComparison(AccumulatingMoments):
    """Accumulating form of `compare` for one reshape: several metrics of the same moments.

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

    def __init__(
        self,
        metrics: Sequence[str] = DEFAULT_METRICS,
        reshape: str = "channels",
        **kwargs: object,
    ) -> None:
        super().__init__(reshape, **kwargs)
        for metric in metrics:
            check_choice(metric, METRICS, "metrics")
            if not METRICS[metric].by_moments:
                fitting = ", ".join(name for name, each in METRICS.items() if each.by_moments)
                raise ValueError(
                    f"metrics: got {metric!r}, which needs all images at once; want some of "
                    f"{fitting}"
                )
        self.metrics = tuple(name for name in metrics if reshape in METRICS[name].reshapes)

    def compute(self) -> list[dict]:
        """A dict for each metric, with the keys that `compare` gives.

        There are no permutations of the images; only the mean of `cka`'s null is known without
        any, where a row is an image.

        Raises:
            ValueError: without any batch.
        """
        return rows_of_pair(self.metrics, self.reshape, self.pair())


class Cosine(Accumulating):
    """Accumulating form of `cosine`. Needs memory for three numbers.

    Args:
        kwargs: those of every `torchmetrics.Metric`.
    """

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

    Nguyen et al. (2021), eqs. 2 and 3. Needs memory for three numbers, whatever n and p. Unbiased
    HSIC₁ makes the batch size matter for the noise only, but the value isn't exactly that of all
    data at once, which `cka(…, debiased=True)` gives.

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
        pair = pair_of(x, y, self.reshape)
        hsic_xy, hsic_xx, hsic_yy = hsic_of(pair)
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
                raise DegenerateError(f"{name}: got batches without variance, want some")
        return self.hsic_xy / (self.hsic_xx * self.hsic_yy).sqrt()


def merged_over_processes(state: Tensor, group: dist.ProcessGroup | None = None) -> list[Tensor]:
    """The packed moments of all processes, in place of a gathering.

    Takes the memory of one state, where torchmetrics' own gathering takes one for each process.
    A process without images adds nothing.

    Args:
        state: of this process.
        group: None for the default group.

    Returns:
        the moments of all rows, as a list of one.

    Raises:
        ValueError: on all processes, if the numbers of columns differ.
    """
    told: list = [None] * dist.get_world_size(group)
    dist.all_gather_object(told, _columns(state), group=group)
    found = sorted({columns for columns in told if columns})
    if not found:
        return [state]
    if len(found) > 1:
        raise ValueError(
            f"got layers of {found} columns on different processes, want the same on all"
        )
    size = sum(found[0])
    total = state.clone() if len(state) else state.new_zeros(HEAD + size + size**2)
    own = _unpacked(total)
    head, mean = total[:HEAD].clone(), own.count * own.mean
    for part in (head, mean):
        dist.all_reduce(part, group=group)
    mean /= head[0]
    step = own.mean - mean
    own.scatter.addr_(step, step, alpha=own.count)
    dist.all_reduce(own.scatter, group=group)
    head[-1] = found[0][0]
    total[:HEAD], total[HEAD : HEAD + size] = head, mean
    return [total]


def _merged(states: Tensor) -> Tensor:
    """One packed state of several `(k, …)`."""
    total = states[0].clone()
    for state in states[1:]:
        total = _merge(total, state)
    return total


def _merge(total: Tensor, other: Tensor) -> Tensor:
    """The packed moments of both, in the memory of the first one if there are any."""
    if not len(total):
        return other.clone()
    if len(other):
        _unpacked(total).merged(_unpacked(other))
        total[: HEAD - 1] += other[: HEAD - 1]
    return total


def _unpacked(state: Tensor) -> Moments:
    """Views of a packed state: its head, the mean `(p,)`, and the scatter `(p, p)`."""
    size = _size(state)
    mean, scatter = state[HEAD:].split([size, size**2])
    return Moments(int(state[0]), mean, scatter.view(size, size))


def _columns(state: Tensor) -> tuple[int, int] | None:
    """How many columns x and y have; None before the first batch."""
    if not len(state):
        return None
    columns_x = int(state[HEAD - 1])
    return columns_x, _size(state) - columns_x


def _size(state: Tensor) -> int:
    return math.isqrt(len(state) - HEAD)


def _joint_blocks(rows_x: Tensor, rows_y: Tensor) -> Iterator[Tensor]:
    """Rows of x and y side by side, float64, so many at a time that a copy is small."""
    step = rows_of_block(rows_x.shape[1] + rows_y.shape[1], rows_x.device)
    for start in range(0, len(rows_x), step):
        block = (rows[start : start + step].to(torch.float64) for rows in (rows_x, rows_y))
        yield torch.cat(list(block), 1)


def _options(metric: Metric) -> dict[str, inspect.Parameter]:
    """Option -> its default, of a metric of pairs."""
    parameters = list(inspect.signature(metric.compute).parameters.values())[1:]
    return {option.name: option for option in parameters}


def _example() -> MomentPair:
    """Any pair, on which to try options."""
    scatter = torch.eye(4, dtype=torch.float64) + 0.5
    return MomentPair(Moments(9, torch.zeros_like(scatter[0]), scatter), 2, "flat", 9, 1e-16)


def _accumulating(metric: Metric) -> type[AccumulatingMetric]:
    """The accumulating form of a declared metric."""
    options = ", ".join(f"`{name}`" for name in _options(metric))
    lines = [
        f"Accumulating form of `{metric.name}`.",
        "",
        "Args:",
        f'    reshape: `"channels"`, `"flat"` or `"gap"`; default `"{metric.reshape}"`.',
        *([f"    {options}: as of `{metric.name}`, by name."] if options else []),
        "    max_columns: how many columns x and y may have together; default 8192.",
        "    kwargs: those of every `torchmetrics.Metric`.",
    ]
    members = {"metric": metric, "__doc__": "\n".join(lines), "__module__": __name__}
    return type(metric.accumulating, (AccumulatingMetric,), members)


globals().update(
    {
        metric.accumulating: _accumulating(metric)
        for metric in METRICS.values()
        if metric.accumulating
    }
)
