"""Whether the channels of a pruned network keep their place among those of its original."""

import numpy as np
from torch import Tensor

from lib.metrics import Representation
from lib.metrics.inputs import DegenerateError
from lib.metrics.metric import Pair


def own_channels(x: Tensor, y: Tensor) -> float:
    """The share of the channels of x that correlate with their own channel of y more than with any
    other, over all positions of all images.

    After Khosla and Williams (2023). Networks that were trained independently have no common order
    of channels; a pruned network keeps that of its original. By chance the share is 1 / channels.

    Args:
        x, y: the same layer of two networks, `(n, p)` or `(n, c, h, w)`. Only channels that vary in
            both count.

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
    return float((correlations.argmax(1) == np.arange(len(rows))).mean())
