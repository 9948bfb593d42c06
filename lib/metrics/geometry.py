"""Further geometry of representations: shapes and distances."""

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from .cca import projected
from .cka_nbs import nbs
from .inputs import DegenerateError
from .metric import Invariances, Pair, cached_on_argument, metric
from .representation import Representation, rows_of_block
from .second_moments import Gram

FITTED_SHARE = 0.9
"""The intrinsic dimension is fitted to this share of the ratios of distances, the lowest ones."""

IMAGE_ROWS = ("flat", "gap")
"""Reshapes with one row per image: the distances between all rows take memory for n² numbers."""


@metric(
    "Procrustes",
    by_moments=True,
    about="The angle that remains after one representation is rotated onto the other: 1 means "
    "none, 0 a right angle.",
    source="Williams et al. 2021",
)
def procrustes(pair: Pair) -> float:
    """Angular similarity of shapes, 1 - 2/π · arccos(NBS).

    Williams et al. (2021), eq. 8 with rotations and reflections: the arccosine is a
    distance between centred, scaled and optimally rotated representations. The squared
    Procrustes distance itself is 2 (1 - NBS). Near 1 the arccosine halves the number of
    digits that can be trusted.
    """
    return 1 - 2 / math.pi * math.acos(nbs.of_pair(pair))


@metric(
    "regression",
    reshape="channels",
    invariances=Invariances(symmetric=False),
    by_moments=True,
    all_directions=True,
    about="The share of the variance of y that a linear function of x explains (R²).",
    source="Kornblith et al. 2019",
)
def linear_regression(pair: Pair) -> float:
    """Share of the variance of y that a linear regression on x explains, R².

    R²_LR of Kornblith et al. (2019), table 1. Not symmetric.

    Raises:
        ValueError: x has n - 1 directions or more, which explain anything.
    """
    return projected(pair).square().sum().item() / pair.y.statistic.trace


@metric(
    "RSA",
    reshapes=IMAGE_ROWS,
    lowest=-1.0,
    about="Correlation of all distances between images in x with those in y.",
    source="Kriegeskorte et al. 2008",
)
def rsa(pair: Pair) -> float:
    """Representational similarity analysis, the correlation of distances between data points.

    Kriegeskorte et al. (2008), with Euclidean distances and Pearson's correlation.
    Needs memory for all distances between rows, with `"channels"` (n·h·w)².

    Raises:
        ValueError: fewer than three rows; distances that are all the same.
    """
    if pair.x.rows < 3:
        raise DegenerateError(f"{pair.x.name}: got {pair.x.rows} rows, want n >= 3 for rsa")
    x, y = _centred_distances(pair.x), _centred_distances(pair.y)
    blocks_y = y.blocks
    if pair.order is not None:
        blocks_y = _below_diagonal(pair.reordered_both(row_distances(pair.y)))
        blocks_y = _centre_in_place(blocks_y, y.mean)
    pairs_of_blocks = zip(x.blocks, blocks_y, strict=True)
    products = (torch.dot(of_x.flatten(), of_y.flatten()) for of_x, of_y in pairs_of_blocks)
    return sum(product.item() for product in products) / (x.norm * y.norm)


def intrinsic_dimension(x: object) -> float:
    """TwoNN, from how much further away the second neighbour of a data point is than the first.

    Facco et al. (2017), as Ansuini et al. (2019) use it: the ratio of the two distances
    follows a Pareto law whose exponent is the dimension. It is fitted through the
    origin to the distribution function of the lower 90 % of the ratios. Copies of a
    data point count as one. Needs memory for all distances between rows.

    Args:
        x: `(n, p)` or `(n, c, h, w)`, numpy or torch, whose maps are flattened; or a
            `Representation`, which remembers its dimension.

    Returns:
        a positive number, not an integer; too low where the dimension is above about 20.

    Raises:
        ValueError: input that no metric accepts; fewer than three different data
            points; two nearest neighbours that are always equally far.
    """
    return _two_nn(x if isinstance(x, Representation) else Representation(x, "flat"))


@cached_on_argument
def _two_nn(x: Representation) -> float:
    away = row_distances(x)
    # a smaller distance may be the rounding of a difference of norms: it counts as the same point
    same = away <= 1e-6 * away.max()
    first_of_its_kind = ~same.tril(-1).any(1)
    away = away[first_of_its_kind][:, first_of_its_kind]
    if len(away) < 3:
        raise DegenerateError(f"{x.name}: got {len(away)} different data points, want 3")
    nearest = away.fill_diagonal_(torch.inf).topk(2, largest=False).values
    logs = (nearest[:, 1] / nearest[:, 0]).log().sort().values
    count = len(logs)
    share = torch.arange(1, count + 1, dtype=torch.float64, device=logs.device) / count
    kept = int(FITTED_SHARE * count)
    logs, heights = logs[:kept], -(1 - share[:kept]).log()
    norm = torch.dot(logs, logs).item()
    if norm == 0:
        raise DegenerateError(f"{x.name}: the two nearest neighbours are always equally far")
    return torch.dot(logs, heights).item() / norm


@cached_on_argument
def row_distances(x: Representation) -> Tensor:
    """Euclidean distances between all rows, `(n, n)`, kept for all pairs and permutations."""
    away = x.gram.clone() if isinstance(x.statistic, Gram) else x.gram
    norms = away.diagonal().clone()
    for rows in _row_blocks(away):
        away[rows].mul_(-2).add_(norms).add_(norms[rows, None]).clamp_min_(0).sqrt_()
    return away.fill_diagonal_(0)


class _CentredDistances(NamedTuple):
    """Distances between different rows less their mean.

    Attributes:
        blocks: of rows, each as far as the diagonal, with 0 on it and beyond.
        mean: what was taken away.
        norm: of what is left, each pair of rows counted once.
    """

    blocks: list[Tensor]
    mean: float
    norm: float


@cached_on_argument
def _centred_distances(x: Representation) -> _CentredDistances:
    """What a correlation needs of one side; kept for all that it is compared with."""
    blocks, pairs = list(_distances_below_diagonal(x)), math.comb(x.rows, 2)
    mean = sum(block.sum().item() for block in blocks) / pairs
    blocks = list(_centre_in_place(blocks, mean))
    norm = math.hypot(*(block.norm().item() for block in blocks))
    if norm <= 1e-12 * mean * math.sqrt(pairs):
        raise DegenerateError(f"{x.name}: all distances between rows are the same")
    return _CentredDistances(blocks, mean, norm)


def _distances_below_diagonal(x: Representation) -> Iterator[Tensor]:
    """The blocks of `_CentredDistances` with their mean, in memory of their own."""
    if row_distances.key in x.cache:
        yield from _below_diagonal(row_distances(x))
        return
    # half the matrix is half the work
    lower = x.lower_gram
    norms = lower.diagonal().clone()
    for rows in _row_blocks(lower):
        block = lower[rows, : rows.stop].mul(-2)
        block.add_(norms[: rows.stop]).add_(norms[rows, None]).clamp_min_(0).sqrt_()
        yield block.tril_(rows.start - 1)


def _below_diagonal(matrix: Tensor) -> Iterator[Tensor]:
    return (matrix[rows, : rows.stop].tril(rows.start - 1) for rows in _row_blocks(matrix))


def _centre_in_place(blocks: Iterable[Tensor], mean: float) -> Iterator[Tensor]:
    """The same blocks less the mean, in their own memory."""
    return (block.sub_(mean).tril_(block.shape[1] - len(block) - 1) for block in blocks)


def _row_blocks(matrix: Tensor) -> Iterator[slice]:
    """So few rows at a time that several passes over them take little longer than one."""
    step = rows_of_block(len(matrix), matrix.device, products=False)
    return (slice(start, start + step) for start in range(0, len(matrix), step))
