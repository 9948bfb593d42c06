"""Which damage a metric notices, judged by harmless changes, and from which size on."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd
from scipy import stats

from ...book.report.format import Table
from ...book.report.names import metric_titles
from ..validity.rule import (
    COSTS,
    DETECTED,
    FALSE_ALARMS,
    ROUNDING_ERROR,
    from_which,
    share_as_large,
)

BY_METRIC = ["metric", "reshape"]

DAMAGE_TITLES = {
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
        smallest: the smallest size that is noticed, infinite if none is: a row for each
            metric on each matrix, a column for each damage.
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
        values: after damage; what only damage makes undefined counts as the largest
            change.

    Returns:
        NaN where a harmless change has no value.
    """
    shares = share_as_large(values.to_numpy(float), np.asarray(harmless, dtype=float))
    return pd.Series(shares, values.index)


def notice(harmless: pd.DataFrame, damages: pd.DataFrame, costs: pd.DataFrame) -> Notice:
    """Judge every metric on every matrix by the harmless changes.

    Args:
        harmless: of `measure_harmless`.
        damages, costs: of `measure_damage`.
    """
    changes = harmless.change.nunique()
    level = max(FALSE_ALARMS, 1 / (changes + 1))
    place = ["layer", *BY_METRIC]
    reference = {key: rows.value for key, rows in harmless.groupby(place)}
    parts = [p_values(reference[key], rows.value) for key, rows in damages.groupby(place)]
    judged = damages.assign(p=pd.concat(parts))
    # what is undefined in one of the layers is left out, or it would be judged on other layers
    known = judged.groupby(BY_METRIC).p.transform(lambda p: p.notna().all())
    alarms = judged[known].assign(alarm=lambda rows: rows.p <= level + ROUNDING_ERROR)
    shares = alarms.groupby([*BY_METRIC, "damage", "size"]).alarm.mean()
    smallest = from_which((shares >= DETECTED).astype(float)).unstack("damage")
    harm = pd.Series(np.inf, list(smallest.columns), name="size", dtype=float)
    if len(costs):
        lost = costs.groupby(["damage", "size"]).lost.mean()
        harm.update(from_which((lost >= COSTS - ROUNDING_ERROR).astype(float)))
    return Notice(changes, level, smallest, harm, bool(len(costs)))


def still_learning(harmless: pd.DataFrame) -> float:
    """The p-value, if changes do not get smaller from version to version, of what looks like it.

    All metrics on all layers see the same changes, so these are one series: the mean
    rank of each change. Kendall's rank correlation of that with the order of the
    changes, exact and one-sided.

    Args:
        harmless: of `measure_harmless`.
    """
    ranks = harmless.groupby(["layer", *BY_METRIC]).value.rank(pct=True)
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
    damages = [name for name in DAMAGE_TITLES if name in judged.smallest]
    rows = []
    if judged.known:
        sizes = [size_text(judged.harm[name]) for name in damages]
        rows.append(["What does harm", "", *sizes, "", ""])
    for (metric, reshape), counts in judged.tally.iterrows():
        smallest = judged.smallest.loc[(metric, reshape)]
        sizes = [size_text(smallest[name], judged.harm[name]) for name in damages]
        rows.append([titles[metric], reshape, *sizes, *map(str, counts)])
    heads = [DAMAGE_TITLES[name] for name in damages]
    return Table(["Metric", "Matrix", *heads, "In time", "For nothing"], rows)
