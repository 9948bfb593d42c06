"""Metrics where the images are split over the processes of a `torch.distributed` group.

The accumulating metrics (`CKA()`, `SVCCA()`, …) add their sums over the processes by themselves.
Here is what they add them with, and what is left for metrics that sums are too large for, or that
need all images: `compare_split` and `gather_images`. Each call is made by all processes of the
group, and each gets the same answer. A process that died leaves the others waiting until the
timeout of the group.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import Tensor

from .catalogue import CATALOGUE
from .gram import add_centred
from .inputs import RESHAPES, DegenerateError, as_matrix, as_tensor, check_choice, with_float64
from .kernel_pair import KernelPair, KernelSide
from .sides import GramSide
from .symmetric import mirrored

Value = TypeVar("Value")

BLOCK = 1 << 24
"""Numbers of a block of columns of all images: 128 MB in float64."""


def summed(state: Tensor, group: dist.ProcessGroup | None = None) -> list[Tensor]:
    """The sum of a state of an accumulating metric over all processes, in place of a gathering.

    Takes the memory of one state, where torchmetrics' own gathering takes one for each process.
    A process without images, whose state is still a scalar zero, adds nothing.

    Args:
        state: of this process, of any shape.
        group: None for the default group.

    Returns:
        the sum, as a list of one.

    Raises:
        ValueError: on all processes, if states differ in shape.
    """
    shapes = _told(tuple(state.shape), group)
    shape = max(shapes, key=len)
    if any(other not in ((), shape) for other in shapes):
        raise ValueError(
            f"states of the shapes {sorted(set(shapes))} on different processes, want one shape; "
            "all processes must give layers with the same columns"
        )
    total = state.clone() if state.shape == shape else state.new_zeros(shape)
    dist.all_reduce(total, group=group)
    return [total]


def gather_images(data: object, group: dist.ProcessGroup | None = None) -> Tensor:
    """The representations of all images, on every process; then any metric will do.

    Args:
        data: those of this process, `(m, p)` or `(m, c, h, w)`; None, or m = 0, for no images.
        group: None for the default group.

    Returns:
        `(n, p)` or `(n, c, h, w)`, in the order of the processes; numbers of 16 bits as float32.
        Needs memory for all of it.

    Raises:
        ValueError: on all processes, if any of them gives data that no metric accepts, or their
            shapes or types differ.
    """
    part, sizes = _agreed(data, "data", group)
    padded = part.new_zeros(max(sizes), *part.shape[1:])
    padded[: len(part)] = part
    parts = [torch.empty_like(padded) for _ in sizes]
    dist.all_gather(parts, padded, group=group)
    return torch.cat([each[:size] for each, size in zip(parts, sizes, strict=True)])


def compare_split(
    x: object,
    y: object,
    *,
    metrics: Sequence[str] = ("cka", "nbs"),
    reshape: str = "flat",
    group: dist.ProcessGroup | None = None,
) -> dict[str, float]:
    """Metrics of one layer of two networks, where a Gram matrix `(n, n)` is what fits.

    For reshapes with more columns than images. Columns go round the processes in blocks: each
    gathers its blocks from all others and adds them to its share of the Gram matrices, and the
    shares are added. Needs memory for two matrices of `n²` numbers of 8 bytes and a block of
    128 MB, whatever p. Each process sends its images once, and no process holds all.

    Args:
        x: the complete network's layer on this process's images, `(m, p)` or `(m, c, h, w)`;
            None, or m = 0, for no images.
        y: the other network's layer on the same images. Numbers of features may differ.
        metrics: names in `METRICS` that a Gram matrix determines. For the others use
            `gather_images`.
        reshape: `"flat"` or `"gap"`. For `"channels"` use the accumulating metrics.
        group: None for the default group.

    Returns:
        {metric: value}, NaN where it isn't defined, the same on every process.

    Raises:
        ValueError: on all processes, if any of them gives data that no metric accepts, shapes or
            types differ, or a metric needs more than Gram matrices.
    """
    check_choice(reshape, RESHAPES, "reshape")
    if reshape == "channels":
        raise ValueError(
            "reshape: got 'channels', whose rows are positions, too many for a Gram matrix; use "
            "the accumulating metrics, such as SVCCA()"
        )
    for metric in metrics:
        check_choice(metric, CATALOGUE, "metrics")
        if not CATALOGUE[metric].by_gram:
            raise ValueError(
                f"metrics: got {metric!r}, which needs all numbers of all images, not only how "
                "images relate; compare what gather_images gives"
            )
    (part_x, sizes), (part_y, sizes_y) = _agreed(x, "x", group), _agreed(y, "y", group)
    if sizes != sizes_y:
        raise ValueError(f"y: got {sizes_y} data points on the processes, want {sizes} as in x")
    eps = max(torch.finfo(part.dtype).eps for part in (part_x, part_y))
    sides = [
        KernelSide(name, reshape, GramSide(_gram(as_matrix(part, reshape), sizes, group), eps))
        for name, part in (("x", part_x), ("y", part_y))
    ]
    pair = KernelPair(*sides, eps)
    return {metric: _value(CATALOGUE[metric].of_pair, pair) for metric in metrics}


def _value(of_pair: Callable[[KernelPair], float], pair: KernelPair) -> float:
    if pair.x.side.trace == 0 or pair.y.side.trace == 0:
        return float("nan")
    try:
        return of_pair(pair)
    except DegenerateError:
        return float("nan")


def _gram(rows: Tensor, sizes: list[int], group: dist.ProcessGroup | None) -> Tensor:
    """Centred Gram matrix `(n, n)` of rows that are split over the processes."""
    images, columns = sum(sizes), rows.shape[1]
    gram = rows.new_zeros(images, images, dtype=torch.float64)
    step = max(min(BLOCK // images, -(-columns // len(sizes))), 1)
    for turn, start in enumerate(range(0, columns, step)):
        owner = turn % len(sizes)
        block = _gathered(rows[:, start : start + step], sizes, owner, group)
        if block is not None:
            add_centred(gram, block)
    dist.all_reduce(gram, group=group)
    return mirrored(gram)


def _gathered(
    rows: Tensor, sizes: list[int], owner: int, group: dist.ProcessGroup | None
) -> Tensor | None:
    """The rows of all processes, on their owner; None elsewhere."""
    padded = rows.new_zeros(max(sizes), rows.shape[1])  # equal shapes are all that can be sent
    padded[: len(rows)] = rows
    mine = dist.get_rank(group) == owner
    parts = [torch.empty_like(padded) for _ in sizes] if mine else None
    dist.gather(padded, parts, group=group, group_dst=owner)
    if parts is None:
        return None
    return torch.cat([each[:size] for each, size in zip(parts, sizes, strict=True)])


def _agreed(data: object, name: str, group: dist.ProcessGroup | None) -> tuple[Tensor, list[int]]:
    """This process's images, and how many each process has, after all have checked theirs.

    An error of one process is told to all: those that went on would wait for it.
    """
    part, error = None, ""
    try:
        if data is not None and not (hasattr(data, "shape") and 0 in data.shape[:1]):
            part = with_float64(as_tensor(data, name, fewest=1))
    except ValueError as refused:
        error = str(refused)
    about = None if part is None else (tuple(part.shape[1:]), part.dtype)
    told = _told((0 if part is None else len(part), about, error), group)
    for process, (_, _, message) in enumerate(told):
        if message:
            raise ValueError(f"process {process}: {message}")
    kinds = {about for _, about, _ in told if about is not None}
    if len(kinds) != 1:
        found = ", ".join(sorted(map(str, kinds))) or "none"
        raise ValueError(
            f"{name}: got images of these shapes and types on the processes: {found}; want one"
        )
    sizes = [size for size, _, _ in told]
    if sum(sizes) < 2:
        raise ValueError(f"{name}: got one data point on all processes, want n >= 2")
    if part is None:
        (shape, dtype) = next(iter(kinds))
        part = torch.empty(0, *shape, dtype=dtype, device=_device(group))
    # nothing is lost, and not every backend sends numbers of 16 bits
    return (part.float() if part.dtype.itemsize == 2 else part), sizes


def _told(value: Value, group: dist.ProcessGroup | None) -> list[Value]:
    """What each process has to say."""
    values: list = [None] * dist.get_world_size(group)
    dist.all_gather_object(values, value, group=group)
    return values


def _device(group: dist.ProcessGroup | None) -> torch.device:
    """Where the group's backend wants its tensors."""
    on_gpu = "nccl" in dist.get_backend(group)
    return torch.device("cuda", torch.cuda.current_device()) if on_gpu else torch.device("cpu")
