"""Units matched with units: which channel of one network is which of the other."""

from typing import NamedTuple

import numpy as np

from .inputs import DegenerateError
from .metric import Invariances, Pair, metric
from .representation import Representation


class UnitMatching(NamedTuple):
    """How the channels of two layers correspond.

    Attributes:
        channels: how many vary in both layers; only these are matched.
        own: the share of the channels of x that correlate with their own channel of y
            more than with any other. By chance it is 1 / `channels`.
        assigned: the share that meets its own channel when all channels are assigned
            one to one.
        identity: the mean correlation of the channels with their own.
        matched: that under the best one-to-one assignment, the similarity of Khosla and
            Williams.
    """

    channels: int
    own: float
    assigned: float
    identity: float
    matched: float


def unit_matching(x: object, y: object) -> UnitMatching:
    """Match the channels of two layers by their correlations over all positions of all images.

    Khosla and Williams (2023), who allow layers of different width, for layers with the
    same channels. Two networks that were trained independently of each other have no
    common order of channels. A pruned network inherits that of its complete network, so
    there the right matching is known.

    Args:
        x, y: `(n, p)` or `(n, c, h, w)` of the same shape, numpy or torch.

    Raises:
        ValueError: other input, no channel that varies in both, or more channels than
            rows.
    """
    pair = Pair(Representation(x, "channels"), Representation(y, "channels", name="y"))
    if pair.x.columns != pair.y.columns:
        raise ValueError(f"y: got {pair.y.columns} channels, want {pair.x.columns} as in x")
    correlations = correlations_of(pair)
    _, rows, columns = np.intersect1d(
        *(side.statistic.live.cpu().numpy() for side in (pair.x, pair.y)), return_indices=True
    )
    if not len(rows):
        raise DegenerateError("y: no channel varies in both layers")
    correlations = correlations[np.ix_(rows, columns)]
    from scipy.optimize import linear_sum_assignment  # takes a while

    channels = np.arange(len(rows))
    assignment = linear_sum_assignment(correlations, maximize=True)[1]
    return UnitMatching(
        len(rows),
        float((correlations.argmax(1) == channels).mean()),
        float((assignment == channels).mean()),
        float(correlations.diagonal().mean()),
        float(correlations[channels, assignment].mean()),
    )


@metric(
    "soft matching",
    reshape="channels",
    reshapes=("channels", "gap"),
    lowest=-1.0,
    invariances=Invariances(orthogonal=False),
    no_interval="of few images, the best of all matchings is always too good",
    about="The mean correlation of channels of x with channels of y, each matched with one or with "
    "parts of several.",
    source="Khosla and Williams 2023",
)
def soft_matching(pair: Pair) -> float:
    """Mean correlation of channels under the best soft matching.

    Khosla and Williams (2023): p channels of x, each of mass 1/p, are moved to q
    channels of y, each of mass 1/q, so that the sum of mass times correlation is
    largest. With as many channels in both it is the best one-to-one matching, `matched`
    of `unit_matching`. Channels that do not vary take no part. For independent data it
    is above 0, the more so the fewer images there are. Widths of which one is a
    multiple of the other are matched one to one, copies of the narrower one; for others
    a linear programme of p·q variables is solved.

    Raises:
        ValueError: more channels than rows.
    """
    correlations = correlations_of(pair)
    if not correlations.size:
        raise DegenerateError("y: no channel varies in both layers")
    narrow, wide = sorted(correlations.shape)
    return _one_to_one(correlations) if wide % narrow == 0 else _by_parts(correlations)


def correlations_of(pair: Pair) -> np.ndarray:
    """Those of each channel of x that varies with each one of y, `(p, q)`.

    Raises:
        DegenerateError: a ValueError; more channels than rows.
    """
    if not pair.by_moments:
        raise DegenerateError(f"x: got {pair.x.rows} rows, want at least as many as channels")
    of_x, of_y = (side.statistic.column_norms for side in (pair.x, pair.y))
    return (pair.cross / of_x.outer(of_y)).cpu().numpy()


def _one_to_one(correlations: np.ndarray) -> float:
    """The best mean over assignments, where each channel of the narrower side is there often."""
    from scipy.optimize import linear_sum_assignment  # takes a while

    widest = max(correlations.shape)
    for axis, width in enumerate(correlations.shape):
        correlations = np.repeat(correlations, widest // width, axis)
    return float(correlations[linear_sum_assignment(correlations, maximize=True)].mean())


def _by_parts(correlations: np.ndarray) -> float:
    """The best sum over all ways to move the mass of x to y."""
    from scipy.optimize import linprog  # takes a while
    from scipy.sparse import eye, kron, vstack

    p, q = correlations.shape
    sent = kron(eye(p), np.ones((1, q)))
    received = kron(np.ones((1, p)), eye(q))
    masses = np.concatenate([np.full(p, 1 / p), np.full(q, 1 / q)])
    constraints = vstack([sent, received]).tocsr()
    return float(-linprog(-correlations.ravel(), A_eq=constraints, b_eq=masses).fun)
