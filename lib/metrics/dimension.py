"""Intrinsic dimension of a representation."""

from __future__ import annotations

import torch

from .geometry import squared_distances
from .inputs import RESHAPES, DegenerateError, check_choice
from .pair import once
from .representation import Representation

KEPT = 0.9


def intrinsic_dimension(x: object, *, reshape: str = "flat") -> float:
    """TwoNN: how fast the second neighbour of a data point gets further away than the first.

    Facco et al. (2017), as Ansuini et al. (2019) use it: the ratio of the two distances follows a
    Pareto law whose exponent is the dimension. It is fitted through the origin to the distribution
    function of the lower 90 % of the ratios. Copies of a data point count as one.

    Args:
        x: `(n, p)` or `(n, c, h, w)`, or a `Representation`.
        reshape: `"flat"` (default) or `"gap"`; `"channels"` needs memory for (n·h·w)².
            A `Representation` has its own.

    Returns:
        above 0; not an integer, and too low where the dimension is above about 20.

    Raises:
        ValueError: input that no metric accepts; fewer than three different data points.
    """
    check_choice(reshape, RESHAPES, "reshape")
    side = x if isinstance(x, Representation) else Representation(x, reshape)
    return intrinsic_dimension_of(side)


@once
def intrinsic_dimension_of(side: Representation) -> float:
    distances = squared_distances(side)
    # rounding of a difference of norms: what is closer counts as the same point
    same = distances <= 1e-12 * distances.max()
    first_of_its_kind = ~same.tril(-1).any(1)
    distances = distances[first_of_its_kind][:, first_of_its_kind]
    if len(distances) < 3:
        raise DegenerateError(f"{side.name}: got {len(distances)} different data points, want 3")
    nearest = distances.fill_diagonal_(torch.inf).topk(2, largest=False).values
    logs = 0.5 * (nearest[:, 1] / nearest[:, 0]).log().sort().values
    count = len(logs)
    share = torch.arange(1, count + 1, dtype=torch.float64, device=logs.device) / count
    kept = max(int(KEPT * count), 1)
    logs, heights = logs[:kept], -(1 - share[:kept]).log()
    norm = torch.dot(logs, logs).item()
    if norm == 0:
        raise DegenerateError(f"{side.name}: the two nearest neighbours are always equally far")
    return torch.dot(logs, heights).item() / norm
