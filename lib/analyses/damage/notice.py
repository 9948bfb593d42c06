"""Which damage a metric notices, judged by harmless changes, and from which size on."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd
from scipy import stats

from ...book.report.names import metric_titles
from ...book.report.tables import Table

CELL = ["metric", "reshape"]

LEVEL = 0.05
"""The share of harmless changes that may be taken for damage, where there are enough of them."""
DETECTED = 0.8
"""A damage is noticed if it is in this share of the layers."""
COSTS = 0.01
"""A damage does harm from this loss of accuracy on."""
ROUNDING = 1e-12

TITLES = {
    "principal": "leading directions deleted",
    "directions": "random directions deleted",
    "channels": "channels set to zero",
    "pruned": "weights pruned, not trained again",
    "noise": "noise on the weights",
    "shift": "some images shifted",
    "outliers": "outliers",
}
"""Damage -> what it is."""


@dataclass(frozen=True)
class Notice:
    """What is noticed, and what does harm.

    Attributes:
        changes: the number of harmless changes.
        level: the share of such changes that would be taken for damage.
        smallest: the smallest size that is noticed, infinite if none is: a row for each metric on
            each matrix, a column for each damage.
        harm: the smallest size that does harm, by damage; infinite if none does.
        known: whether harm is known.
    """

    changes: int
    level: float
    smallest: pd.DataFrame
    harm: pd.Series
    known: bool

    @property
    def harmful(self) -> list[str]:
        """The kinds of damage that do harm."""
        return list(self.harm.index[np.isfinite(self.harm)])

    @property
    def in_time(self) -> pd.DataFrame:
        """Whether each kind that does harm is noticed by then, with the rows of `smallest`."""
        return self.smallest[self.harmful] <= self.harm[self.harmful]

    @property
    def tally(self) -> pd.DataFrame:
        """For each row of `smallest`, the best first: kinds noticed in time, and for nothing."""
        for_nothing = np.isfinite(self.smallest.drop(columns=self.harmful))
        columns = {
            "in_time": self.in_time.sum(axis=1),
            "for_nothing": for_nothing.sum(axis=1),
        }
        counts = pd.DataFrame(columns)
        return counts.sort_values([*columns], ascending=[False, True], kind="stable")


def p_values(harmless: Sequence[float], values: pd.Series) -> pd.Series:
    """The share of the harmless changes as large, the case itself counted among them.

    Args:
        harmless: similarities after these changes.
        values: after damage; what only damage makes undefined counts as the largest change.

    Returns:
        NaN where a harmless change has no value.
    """
    reference = np.asarray(harmless, dtype=float)
    if np.isnan(reference).any():
        return pd.Series(np.nan, values.index)
    similarities = values.fillna(-np.inf).to_numpy()
    as_large = (reference <= similarities[:, None]).sum(axis=1)
    return pd.Series((1 + as_large) / (len(reference) + 1), values.index)


def from_which(true: pd.Series) -> pd.Series:
    """The smallest size from which on all are true; infinite if the largest is not.

    Args:
        true: with a level `size` in its index.

    Returns:
        By the other levels.
    """
    falling = true.sort_index(level="size", ascending=False)
    keys = [name for name in falling.index.names if name != "size"]
    holds = falling.groupby(level=keys).cummin().astype(bool)
    sizes = falling.index.get_level_values("size").to_series(index=falling.index)
    return sizes.where(holds, np.inf).groupby(level=keys).min()


def notice(harmless: pd.DataFrame, damages: pd.DataFrame, costs: pd.DataFrame) -> Notice:
    """Judge every metric on every matrix by the harmless changes.

    Args:
        harmless: of `measure_harmless`.
        damages, costs: of `measure_damage`.
    """
    changes = harmless.change.nunique()
    level = max(LEVEL, 1 / (changes + 1))
    place = ["layer", *CELL]
    reference = {key: rows.value for key, rows in harmless.groupby(place)}
    parts = [p_values(reference[key], rows.value) for key, rows in damages.groupby(place)]
    judged = damages.assign(p=pd.concat(parts))
    # what is undefined in one of the layers is left out, or it would be judged on other layers
    known = judged.groupby(CELL).p.transform(lambda p: p.notna().all())
    alarms = judged[known].assign(alarm=lambda rows: rows.p <= level + ROUNDING)
    shares = alarms.groupby([*CELL, "damage", "size"]).alarm.mean()
    smallest = from_which(shares >= DETECTED).unstack("damage")
    harm = pd.Series(np.inf, list(smallest.columns), name="size", dtype=float)
    if len(costs):
        lost = costs.groupby(["damage", "size"]).lost.mean()
        harm.update(from_which(lost >= COSTS - ROUNDING))
    return Notice(changes, level, smallest, harm, bool(len(costs)))


def still_learning(harmless: pd.DataFrame) -> float:
    """The p-value, if changes do not get smaller from version to version, of what looks like it.

    All metrics on all layers see the same changes, so these are one series: the mean rank of each
    change. Kendall's rank correlation of that with the order of the changes, exact and one-sided.

    Args:
        harmless: of `measure_harmless`.
    """
    ranks = harmless.groupby(["layer", *CELL]).value.rank(pct=True)
    series = ranks.groupby(harmless.change).mean().dropna()
    test = stats.kendalltau(series.index, series, alternative="greater")
    return float(test.pvalue)


def size_text(size: float, limit: float = np.inf) -> str:
    """A size as a fraction, in brackets beyond a limit; a dash for an infinite one."""
    if not np.isfinite(size):
        return "-"
    text = str(Fraction(size).limit_denominator(64))
    return f"({text})" if size > limit else text


def notice_table(judged: Notice) -> Table:
    """The smallest damage that does harm, and below it the smallest that each metric notices."""
    titles = metric_titles()
    damages = [name for name in TITLES if name in judged.smallest]
    rows = []
    if judged.known:
        sizes = [size_text(judged.harm[name]) for name in damages]
        rows.append(["What does harm", "", *sizes, "", ""])
    for (metric, reshape), counts in judged.tally.iterrows():
        smallest = judged.smallest.loc[(metric, reshape)]
        sizes = [size_text(smallest[name], judged.harm[name]) for name in damages]
        rows.append([titles[metric], reshape, *sizes, *map(str, counts)])
    heads = [TITLES[name] for name in damages]
    return Table(["Metric", "Matrix", *heads, "In time", "For nothing"], rows)
