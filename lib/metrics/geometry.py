"""Further geometry of representations: shapes, distances, neighbours."""

import math

import torch
from torch import Tensor

from .cca import projected
from .cka_nbs import nbs
from .inputs import DegenerateError
from .linalg import EPS
from .metric import Invariances, Pair, cached_on_argument, metric
from .representation import Representation, rows_of_block
from .second_moments import Gram

TIE = 64 * EPS
"""Squared distances are taken as equal if they differ by at most this share of the largest."""

FAINT = 1e-9
"""Where rounding exceeds this share of a neighbour's squared distance, as next to an outlying row,
the distance is computed from the difference of the two rows instead of from their norms."""

IMAGE_ROWS = ("flat", "gap")
"""Reshapes with one row per image: the distances between all rows take memory for n² numbers."""


@metric("Procrustes", fewest_rows=3)
def procrustes(pair: Pair) -> float:
    """Angular similarity of shapes, 1 - 2/π · arccos(NBS).

    Williams et al. (2021), eq. 8 with rotations and reflections: the arccosine is a
    distance between centred, scaled and optimally rotated representations. The squared
    Procrustes distance itself is 2 (1 - NBS). Near 1 the arccosine halves the number of reliable
    digits.
    """
    return 1 - 2 / math.pi * math.acos(nbs.of_pair(pair))


@metric(
    "regression",
    reshape="channels",
    invariances=Invariances(symmetric=False),
    all_directions=True,
)
def linear_regression(pair: Pair) -> float:
    """Share of the variance of y that a linear regression on x explains, R².

    R²_LR of Kornblith et al. (2019), table 1. Not symmetric.

    Raises:
        ValueError: x has n - 1 directions or more, which explain any y.
    """
    return projected(pair).square().sum().item() / pair.y.statistic.trace


@metric("RSA", reshapes=IMAGE_ROWS, lowest=-1.0, fewest_rows=3)
def rsa(pair: Pair) -> float:
    """Representational similarity analysis, the correlation of distances between data points.

    Kriegeskorte et al. (2008), with Euclidean distances and Pearson's correlation.
    Needs memory for all distances between rows.

    Raises:
        ValueError: equal distances between all rows.
    """
    x, y = _centred_distances(pair.x), pair.reordered_both(_centred_distances(pair.y))
    return torch.dot(x.flatten(), y.flatten()).item()


@metric("kNN overlap", reshapes=IMAGE_ROWS)
def knn_overlap(pair: Pair, neighbours: int = 10) -> float:
    """Mean Jaccard index of the sets of nearest neighbours of each data point.

    Euclidean distances; a point isn't its own neighbour. Equally distant points, such as the equal
    rows of a dead layer, share the last places among the nearest, so that their order does not
    matter. For independent data it is about k / 2n. Needs memory for all distances between rows.

    Args:
        neighbours: size k of the sets.

    Raises:
        ValueError: `neighbours` not in 1 … n - 2.
    """
    if not 1 <= neighbours <= pair.x.rows - 2:
        raise DegenerateError(
            f"neighbours: got {neighbours} for {pair.x.rows} rows, want 1 to n - 2"
        )
    of_x, of_y = (_nearest(side, neighbours) for side in (pair.x, pair.y))
    common = of_x.minimum(pair.reordered_both(of_y)).sum(1)
    return (common / (2 * neighbours - common)).mean().item()


def _nearest(x: Representation, neighbours: int) -> Tensor:
    """Membership of each row in the neighbourhood of each other row, `(n, n)` in [0, 1]."""
    key = "nearest", neighbours
    if key not in x.cache:
        away, slack = _resolved(x, neighbours)
        away.fill_diagonal_(math.inf)
        last = away.topk(neighbours, largest=False).values[:, -1:]
        nearer, within = away < last - slack, away <= last + slack
        places, tied = neighbours - _count(nearer), _count(within & ~nearer)
        x.cache[key] = nearer + (within & ~nearer) * (places / tied)
    return x.cache[key]


def _resolved(x: Representation, neighbours: int) -> tuple[Tensor, Tensor]:
    """Squared distances `(n, n)`, and a bound on their rounding for each row `(n, 1)`."""
    away = row_distances(x).square()
    slack = (TIE * away.max()).repeat(len(away), 1)
    # each row is the first of its own
    last = away.topk(neighbours + 1, largest=False).values[:, -1:]
    faint = (FAINT * last < slack).flatten()
    while faint.any():
        row = int(faint.nonzero()[0])
        faint[row] = False
        own = x.raw(faint.new_tensor([row], dtype=torch.int64))
        of_data = (8 * x.eps) ** 2 * own.square().sum()
        if of_data < slack[row]:
            close = (away[row] <= last[row] + slack[row]).nonzero().flatten()
            exactly = (x.raw(close) - own).square().sum(1)
            copies = close[exactly == 0]
            away[copies[:, None], close] = exactly
            slack[copies] = torch.minimum(slack[row], (TIE * exactly.max()).maximum(of_data))
            faint[copies] = False
    return away, slack


def _count(chosen: Tensor) -> Tensor:
    return chosen.sum(1, keepdim=True, dtype=torch.float64)


def intrinsic_dimension(x: object) -> float:
    """TwoNN: the intrinsic dimension from the distances to the first and the second neighbour.

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
            points; two nearest neighbours at equal distances for every point.
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
    kept = int(0.9 * count)
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
    step = rows_of_block(len(away), away.device)
    for start in range(0, len(away), step):
        rows = slice(start, start + step)  # so few that several passes take little longer than one
        away[rows].mul_(-2).add_(norms).add_(norms[rows, None]).clamp_min_(0).sqrt_()
    return away.fill_diagonal_(0)


def _centred_distances(x: Representation) -> Tensor:
    """Distances between different rows less their mean, `(n, n)` of norm 1; 0 on the diagonal."""
    away, pairs = row_distances(x), x.rows * (x.rows - 1)
    mean = away.sum() / pairs
    centred = (away - mean).fill_diagonal_(0)
    norm = centred.norm()
    if norm <= 1e-12 * mean * math.sqrt(pairs):
        raise DegenerateError(f"{x.name}: all distances between rows are the same")
    return centred.div_(norm)
