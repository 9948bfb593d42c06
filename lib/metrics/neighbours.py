"""Who is near whom: metrics of the nearest neighbours of each row."""

import math

import torch
from torch import Tensor

from .geometry import IMAGE_ROWS, row_distances
from .inputs import DegenerateError
from .metric import Pair, metric
from .representation import Representation

NEIGHBOURS = 10

_NO_LIMIT = "the more images, the closer are the nearest ones: it tends to no value"


@metric(
    "kNN overlap",
    reshapes=IMAGE_ROWS,
    no_interval=_NO_LIMIT,
    about="Of all images among an image's ten nearest neighbours in x or in y, the share that are "
    "among them in both.",
    source="Jaccard index",
)
def knn_overlap(pair: Pair, neighbours: int = NEIGHBOURS) -> float:
    """Mean Jaccard index of the sets of nearest neighbours of each data point.

    Euclidean distances; a point isn't its own neighbour. For independent data it is
    about k / 2n. Needs memory for all distances between rows, with `"channels"`
    (n·h·w)².

    Args:
        neighbours: size k of the sets.

    Raises:
        ValueError: `neighbours` not in 1 … n - 2.
    """
    common = _in_common(pair, neighbours).sum(1).to(torch.float64)
    return (common / (2 * neighbours - common)).mean().item()


@metric(
    "mutual kNN",
    reshapes=IMAGE_ROWS,
    no_interval=_NO_LIMIT,
    about="The share of an image's ten nearest neighbours in x that are among its ten nearest in "
    "y as well.",
    source="Huh et al. 2024",
)
def mutual_knn(pair: Pair, neighbours: int = NEIGHBOURS) -> float:
    """Mean share of the nearest neighbours of each data point that x and y have in common.

    Huh et al. (2024), with Euclidean distances; a point isn't its own neighbour. For
    independent data it is k / (n - 1) on average. Memory as for `knn_overlap`.

    Args:
        neighbours: size k of the sets.

    Raises:
        ValueError: `neighbours` not in 1 … n - 2.
    """
    return _in_common(pair, neighbours).to(torch.float64).mean().item()


@metric(
    "CKNNA",
    reshapes=IMAGE_ROWS,
    lowest=-1.0,
    no_interval=_NO_LIMIT,
    about="CKA in which an image meets only its ten nearest neighbours.",
    source="Huh et al. 2024",
)
def cknna(pair: Pair, neighbours: int = NEIGHBOURS) -> float:
    """Centred kernel alignment of nearest neighbours, with linear kernels.

    Huh et al. (2024), appendix A: the sum of K ∘ L over pairs that are neighbours in x
    and in y, over the root of the sum of K ∘ K over neighbours in x times that of L ∘ L
    over those in y, with K and L centred. Neighbours are those of Euclidean distance,
    as for `knn_overlap`; the authors take those with the largest inner product, which
    are the same for rows of equal length. With all other points as neighbours it is CKA
    without the diagonals.

    Args:
        neighbours: size k of the sets.

    Raises:
        ValueError: `neighbours` not in 1 … n - 2.
    """
    in_common = _in_common(pair, neighbours)
    nearest_x, nearest_y = _nearest_of_both(pair, neighbours)
    of_x, of_y = pair.x.gram, pair.gram_y
    near_x, near_y = of_x.gather(1, nearest_x), of_y.gather(1, nearest_y)
    scale = near_x.norm().item() * near_y.norm().item()
    if scale == 0:
        raise DegenerateError("all neighbours are at a right angle as seen from the mean")
    return (near_x * of_y.gather(1, nearest_x))[in_common].sum().item() / scale


def _in_common(pair: Pair, neighbours: int) -> Tensor:
    """Whether each nearest neighbour in x is one in y as well, `(n, neighbours)`."""
    nearest_x, nearest_y = _nearest_of_both(pair, neighbours)
    return (nearest_x[:, :, None] == nearest_y[:, None]).any(2)


def _nearest_of_both(pair: Pair, neighbours: int) -> tuple[Tensor, Tensor]:
    """Indices of the nearest neighbours in x and in y, in the order of the pair."""
    if not 1 <= neighbours <= pair.x.rows - 2:
        raise DegenerateError(
            f"neighbours: got {neighbours} for {pair.x.rows} rows, want 1 to n - 2"
        )
    nearest_x, nearest_y = (_nearest(side, neighbours) for side in (pair.x, pair.y))
    if pair.order is not None:
        order = pair.order.to(nearest_y.device)
        nearest_y = order.argsort()[nearest_y[order]]
    return nearest_x, nearest_y


def _nearest(x: Representation, neighbours: int) -> Tensor:
    """Indices `(n, neighbours)` of the nearest neighbours of each row, which are kept."""
    key = "nearest", neighbours
    if key not in x.cache:
        away = row_distances(x).clone().fill_diagonal_(math.inf)
        x.cache[key] = away.topk(neighbours, largest=False).indices
    return x.cache[key]
