"""Ways of pruning at three levels, their order, and training alone."""

import numpy as np
import pandas as pd

from lib.report import NETWORK, rank_correlation
from notebooks.prunings.experiments import LEVELS

WAYS = {
    "rewound": "learning-rate rewinding",
    "fine_tune": "fine-tuning",
    "weight_rewind": "weight rewinding",
    "late_reset": "late resetting",
    "one_shot": "one-shot pruning",
    "accelerated": "accelerated pruning",
    "gradual": "pruning a fifth at a time",
    "local": "pruning each layer alike",
    "filters": "filter pruning",
    "random": "random pruning",
}
"""Way -> its name for a reader, in the order of figures and tables."""

GAP = 0.2  # how far the logarithm of what is left may be from that of a level

_LATER = {
    f"{way}_{level}": (way, (level,))
    for way in ("one_shot", "accelerated")
    for level in ("midway", "late")
}
ROLES = {"rewound": ("rewound", tuple(LEVELS)), "pruned": ("gradual", tuple(LEVELS))} | _LATER
"""Role -> its way, and for which levels it was trained; any other is a way for all levels."""


def at_levels(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of each way where about as many weights are left as a level asks for.

    If the study stops short of a level, that is as few as learning-rate rewinding leaves.

    Args:
        rows: of a table with the column `remaining`.

    Returns:
        `role` is the way, and `iteration` the level. None where a way does not get there.
    """
    least = rows.remaining[rows.role == "rewound"].min()
    parts = []
    for role, pruned in rows[rows.iteration > 0].groupby("role"):
        way, levels = ROLES.get(role, (role, tuple(LEVELS)))
        left = pruned.groupby("iteration").remaining.mean()
        for level in levels if way in WAYS else ():
            off = np.log(left / max(LEVELS[level], least)).abs().round(10)
            if off.min() <= GAP:
                there = pruned[pruned.iteration == off.idxmin()]
                parts.append(there.assign(role=way, iteration=level))
    return pd.concat(parts)


def same_order(first: pd.Series, second: pd.Series) -> pd.Series:
    """Spearman's correlation over the ways, of those that have both numbers in every network.

    Args:
        first, second: index with `role`, which is the way, `iteration` and `NETWORK`.

    Returns:
        Index iteration, train_seed; from -1 to 1.
    """
    both = pd.DataFrame({"first": first, "second": second})
    both = both.unstack(NETWORK).dropna().stack(NETWORK)
    return rank_correlation(both["first"], both["second"], "role")


def training_alone(similar: pd.Series, behind: pd.Series, epochs: pd.Series) -> pd.Series:
    """The similarity of the same networks, never pruned, after as many epochs of training.

    Args:
        similar: of networks that were trained as long, index iteration, train_seed.
        behind: epochs behind each pruned network, `NETWORK` in its index.
        epochs: behind each iteration of those trained as long; between them it is a line.

    Returns:
        Index that of `behind`; NaN beyond the last iteration.
    """
    lines = similar.unstack("iteration")
    return behind.groupby(level=NETWORK, group_keys=False).apply(
        lambda x: pd.Series(
            np.interp(x, epochs[lines.columns], lines.loc[x.index[0][-1]], right=np.nan), x.index
        )
    )
