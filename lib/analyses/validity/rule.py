"""The rule by which a metric detects damage; it was committed before any network was damaged."""

import numpy as np
import pandas as pd
from pandas.api.typing import SeriesGroupBy

from ...book.report.results import Results
from ..damage_sizes import LEVEL, NONE
from .tables import ACCURACY

FALSE_ALARMS, DETECTED, COSTS, ROUNDING_ERROR = 0.05, 0.8, 0.01, 1e-12
"""Share of harmless changes that may raise an alarm; share of the comparisons with an
alarm at which damage counts as detected; loss of accuracy that counts; what is
rounding."""

PLACE = ["layer", "images", "confounded", "metric", "reshape"]
PAIR = ["train_seed", "run_seed", "iteration"]
COMPARED = ["damage", "confounded", "images", "metric", "reshape"]
WITHOUT_DAMAGE = [name for name in COMPARED if name != "damage"]
METRIC_AND_IMAGES = ["images", "metric", "reshape"]


def alarms(rows: pd.DataFrame) -> pd.DataFrame:
    """The similarities of one network with `p`, the share of harmless changes as large.

    Undefined similarity counts as none, but where a harmless change leaves it
    undefined, p is. With one complete network, its own other pairs take the place of
    those of others.
    """
    rows = rows[rows.metric != ACCURACY]
    apart = ["train_seed"] if rows.train_seed.nunique() > 1 else PAIR
    unit = rows.groupby(apart).ngroup().to_numpy()
    harmless, values = (rows.damage == NONE).to_numpy(), rows.value.to_numpy(float)
    p = np.full(len(rows), np.nan)
    # plain arrays: there are thousands of places, and pandas would take seconds for them
    for place in rows.groupby(PLACE, sort=False).indices.values():
        for one_unit in np.unique(unit[place]):
            of_unit = place[unit[place] == one_unit]
            of_other_units = place[harmless[place] & (unit[place] != one_unit)]
            # where they are too few, an alarm is impossible
            if 1 / (1 + len(of_other_units)) <= FALSE_ALARMS + ROUNDING_ERROR:
                p[of_unit] = share_as_large(values[of_unit], values[of_other_units])
    alarm = pd.Series(p <= FALSE_ALARMS + ROUNDING_ERROR, rows.index).where(~np.isnan(p))
    return rows.assign(p=p, alarm=alarm.astype(float))


def share_as_large(values: np.ndarray, harmless: np.ndarray) -> np.ndarray | float:
    """The share of harmless changes that are as large, each value itself counted among them.

    Undefined similarity counts as none. It is NaN where a harmless change is undefined.
    """
    if np.isnan(harmless).any():
        return np.nan
    similarity = np.where(np.isnan(values), -np.inf, values)
    as_large = np.searchsorted(np.sort(harmless), similarity, side="right")
    return (1 + as_large) * (1 / (1 + len(harmless)))


def share(values: SeriesGroupBy) -> pd.Series:
    """The mean of each group, undefined if one of its values is."""
    return values.mean().where(values.count() == values.size())


def from_which(holds_at: pd.Series) -> pd.Series:
    """The smallest size from which on all are true; inf if the largest is not, NaN if undefined."""
    holds_at = holds_at.sort_index(level="size", ascending=False)
    keys = [name for name in holds_at.index.names if name != "size"]
    from_here_on = holds_at.groupby(level=keys).cummin() > 0
    size = holds_at.index.get_level_values("size").to_series(index=holds_at.index)
    smallest = size.where(from_here_on, np.inf).groupby(level=keys).min()
    return smallest.mask(holds_at.isna().groupby(level=keys).any())


def smallest(tested: pd.DataFrame) -> pd.Series:
    """Index `COMPARED` and train_seed: the smallest damage that is detected."""
    damaged = tested[tested.damage != NONE]
    shares = share(damaged.groupby([*COMPARED, "train_seed", "size"]).alarm)
    return from_which((shares >= DETECTED - ROUNDING_ERROR).astype(float).where(shares.notna()))


def lost_accuracy(rows: pd.DataFrame) -> pd.Series:
    """Index damage, train_seed and size: mean loss of accuracy, as a fraction."""
    of_pair = rows[rows.metric == ACCURACY].set_index([*PAIR, "layer", "damage", "size"]).value
    whole = of_pair.xs(NONE, level="damage").droplevel("size")
    damaged = of_pair.drop(NONE, level="damage")
    loss = whole.reindex(damaged.index.droplevel(["damage", "size"])).to_numpy() - damaged
    return loss.groupby(["damage", "train_seed", "size"]).mean()


def costs(study: Results, network: str, rows: pd.DataFrame) -> pd.Series:
    """Index damage and train_seed: the smallest damage that costs accuracy.

    A level of pruning costs what its network has lost to the complete one.
    """
    lost = [lost_accuracy(rows)]
    accuracy = study.of(network, "performance").groupby(["train_seed", "iteration"]).accuracy.mean()
    levels = accuracy.xs(0, level="iteration") - accuracy.drop(0, level="iteration")
    if (rows.damage == LEVEL).any():
        lost.append(
            pd.concat({LEVEL: levels}, names=["damage"]).rename_axis(index=lost[0].index.names)
        )
    lost = pd.concat(lost)
    return from_which((lost >= COSTS - ROUNDING_ERROR).astype(float))


def verdicts(smallest_damage: pd.DataFrame) -> pd.DataFrame:
    """Of each metric: how many damages it detects in all networks, by what they cost there."""
    smallest_damage = smallest_damage.assign(
        costly=np.isfinite(smallest_damage.cost),
        seen=np.isfinite(smallest_damage["size"]),
        early=np.isfinite(smallest_damage["size"])
        & (smallest_damage["size"] <= smallest_damage.cost),
    )
    every = smallest_damage.groupby(COMPARED)
    all_of = every[["costly", "seen", "early"]].all()
    all_of["costless"] = ~every.costly.any()
    all_of = all_of[share(every["size"]).notna()]
    all_of["in_time"] = all_of.costly & all_of.early
    all_of["for_nothing"] = all_of.costless & all_of.seen
    counted = ["costly", "in_time", "costless", "for_nothing"]
    return all_of.groupby(METRIC_AND_IMAGES)[counted].sum()
