"""Matching of units: which channel of one network corresponds to which channel of another."""

from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from lib.metrics import Representation
from lib.metrics.inputs import DegenerateError
from lib.metrics.metric import Pair


class UnitMatching(NamedTuple):
    """How the channels of two layers correspond.

    Attributes:
        channels: number of channels that vary in both layers; only these are matched.
        own: the share of the channels of x that correlate with their own channel of y
            more than with any other. By chance it is 1 / `channels`.
        assigned: the share of the channels that the best one-to-one assignment matches with their
            own.
        identity: the mean correlation of the channels with their own.
        matched: the mean correlation under the best assignment, the similarity of Khosla and
            Williams.
    """

    channels: int
    own: float
    assigned: float
    identity: float
    matched: float


def unit_matching(x: Tensor, y: Tensor) -> UnitMatching:
    """Match the channels of two layers by their correlations over all positions of all images.

    Khosla and Williams (2023). Networks that were trained independently have no common order of
    channels; a pruned network keeps that of its original.

    Args:
        x, y: the same layer of two networks, `(n, p)` or `(n, c, h, w)`.

    Raises:
        DegenerateError: no channel varies in both, or there are more channels than rows.
    """
    pair = Pair(Representation(x, "channels"), Representation(y, "channels", name="y"))
    if not pair.by_moments:
        raise DegenerateError(f"x: got {pair.x.rows} rows, want at least as many as channels")
    of_x, of_y = pair.x.statistic, pair.y.statistic
    correlations = (pair.cross / of_x.column_norms.outer(of_y.column_norms)).cpu().numpy()
    live = of_x.live.cpu().numpy(), of_y.live.cpu().numpy()
    _, rows, columns = np.intersect1d(*live, return_indices=True)
    if not len(rows):
        raise DegenerateError("y: no channel varies in both layers")
    correlations = correlations[np.ix_(rows, columns)]
    channels = np.arange(len(rows))
    assignment = linear_sum_assignment(correlations, maximize=True)[1]
    return UnitMatching(
        len(rows),
        float((correlations.argmax(1) == channels).mean()),
        float((assignment == channels).mean()),
        float(correlations.diagonal().mean()),
        float(correlations[channels, assignment].mean()),
    )
