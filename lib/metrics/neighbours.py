"""Who is near whom: a metric of the nearest neighbours of each row."""

import math

import torch
from torch import Tensor

from .geometry import IMAGE_ROWS, row_distances
from .inputs import DegenerateError
from .metric import Pair, metric
from .representation import Representation

NEIGHBOURS = 10


@metric(
    "kNN overlap",
    reshapes=IMAGE_ROWS,
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
