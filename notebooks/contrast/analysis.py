"""How much the choice of metric matters over many combinations.

A combination is a kind (network, regime and role: its way of pruning) and a share of weights left.
Tables have a row for each, and a column for each metric.
"""

from collections.abc import Callable, Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from lib.report import (
    FEWEST,
    NETWORK,
    jackknife_intervals,
    mean_over,
    original_and_strangers,
    relative_similarity,
    reveals_original,
    shares_of_variance,
)

COMPLETE = ["network", "regime"]  # whose complete networks stand beside each other
KIND = [*COMPLETE, "role"]
DIRECTIONS, KERNELS = ["svcca", "pwcca"], ["cka", "nbs"]

BOUNDS = {
    **dict.fromkeys(("raw", "relative", "exchanged", "origin"), (0, 1)),
    **dict.fromkeys(("rank correlation", "bias", "bias of nbs", "lead in origin"), (-1, 1)),
    "spread": (-np.inf, np.inf),
}
"""Measure -> the least and the largest number that there can be."""


def exchanged(table: pd.DataFrame) -> float:
    """The share of the combination that is expected of metrics which know only the weights left.

    Each metric keeps its numbers, but those of the same share of weights left are dealt out to the
    kinds anew, for each metric by itself. So all curves fall as they do, and none of the
    agreement about kinds is left.
    """
    deviation = table - table.to_numpy().mean()
    course = deviation.groupby(level="iteration").transform("mean")
    rest = ((deviation - course) ** 2).to_numpy().mean() / table.shape[1]  # of means of metrics
    return ((course.mean(axis=1) ** 2).mean() + rest) / (deviation**2).to_numpy().mean()


def bias(table: pd.DataFrame) -> pd.Series:
    """Of each metric, its mean over the combinations minus the mean of all metrics."""
    return table.mean() - table.to_numpy().mean()


def correlations(table: pd.DataFrame) -> pd.Series:
    """Spearman's rank correlation over the combinations, of each two metrics."""
    pairs = table.corr("spearman")
    return pd.Series(
        {f"{one}, {other}": pairs.loc[one, other] for one, other in combinations(table, 2)}
    )


Tables = dict[str, pd.DataFrame]
"""What `tables` returns."""


def tables(descent: pd.DataFrame) -> Tables:
    """Means over complete networks of raw and relative similarity, and of how often the origin shows.

    A combination in which a metric is undefined, since its networks have collapsed, is left out.

    Args:
        descent: rows of hidden layers by the paper's metrics, after some pruning.

    Returns:
        `raw`, `relative`, and `origin`: the share of layers whose original is more similar than
        each stranger is; and `networks`, how many have a relative similarity.
    """
    own, others = original_and_strangers(descent)
    raw = mean_over(own, "layer")
    numbers = {
        "raw": raw,
        "relative": relative_similarity(raw, mean_over(others, "layer")),
        "origin": reveals_original(descent),
    }
    groups = {what: x.groupby([*KIND, "iteration", "metric"]) for what, x in numbers.items()}
    found = {what: group.mean() for what, group in groups.items()}
    found["networks"] = groups["relative"].count()
    found = {what: each.unstack("metric") for what, each in found.items()}
    defined = found["relative"].dropna().index
    return {what: table.loc[defined] for what, table in found.items()}


def measures(found: Tables) -> pd.Series:
    """What the rules (a) to (c) of `experiments` bound; index `measure`, `of`."""
    raw, relative = (shares_of_variance(found[what]) for what in ("raw", "relative"))
    same, biases = correlations(found["relative"]), bias(found["relative"])
    origin = found["origin"].mean()
    lead = origin[DIRECTIONS].min() - origin[KERNELS].max()
    every = {
        "raw": raw,
        "relative": relative,
        "exchanged": pd.Series({"combination": exchanged(found["relative"])}),
        "rank correlation": pd.concat([same, pd.Series({"least": same.min()})]),
        "bias": biases,
        "bias of nbs": pd.Series({"minus least other": biases.nbs - biases.drop("nbs").min()}),
        "origin": origin,
        "lead in origin": pd.Series({"directions minus kernels": lead}),
    }
    return pd.concat(every, names=["measure", "of"])


def of_ways(found: Tables) -> pd.Series:
    """What the rule (d) bounds, where the same share of weights is left; index `measure`, `of`, ...

    `spread`: the largest minus the smallest relative similarity over kinds, by each metric;
    `rank correlation`: the least of any two metrics over kinds. The spread of equal kinds is
    above 0, by as much as networks scatter.
    """
    relative = found["relative"]
    kinds = relative.groupby(level="iteration")["cka"].transform("size")
    by_share = relative[kinds > 1].groupby(level="iteration")
    spread = (by_share.max() - by_share.min()).stack()
    least = by_share.apply(lambda table: correlations(table).min())
    every = {"spread": spread, "rank correlation": pd.concat({"least": least}).swaplevel()}
    return pd.concat(every, names=["measure", "iteration", "of"]).dropna()


def measured(descent: pd.DataFrame, of: Callable[[Tables], pd.Series] = measures) -> pd.DataFrame:
    """With 95 % intervals, by leaving out complete networks, and by leaving out kinds.

    A network is left out both as an original and as a stranger. See
    `lib.report.jackknife_intervals`; intervals are cut off where no number can be (`BOUNDS`).
    There are no ends with fewer than three kinds, or if a combination has fewer than three networks:
    without one of two, no stranger is left.

    Args:
        descent: as of `tables`.
        of: `measures` or `of_ways`.

    Returns:
        Index `without` (`network` or `kind`), and that of `of`; columns of `jackknife_intervals`.
    """
    found = tables(descent)
    whole = of(found)
    lowest, highest = zip(*whole.index.get_level_values("measure").map(BOUNDS), strict=True)
    units = {
        "network": list(_without_networks(found, descent)),
        "kind": list(_without_kinds(found)),
    }
    enough = {
        "network": found["networks"].min(axis=None) >= FEWEST,
        "kind": len(units["kind"]) >= FEWEST,
    }
    frames = {}
    for what, without in units.items():
        numbers = [of(rest).reindex(whole.index) for _, rest in without] if enough[what] else np.nan
        each = pd.DataFrame(numbers, [group for group, _ in without], whole.index)
        frames[what] = jackknife_intervals(whole, each, lowest, highest)
    return pd.concat(frames, names=["without"])


def _without_networks(
    found: Tables, descent: pd.DataFrame
) -> Iterator[tuple[tuple[str, str], Tables]]:
    """Network and regime, and the tables without one complete network of these, in turn."""
    defined = found["raw"].groupby(COMPLETE).groups
    for complete, rows in descent.groupby(COMPLETE):
        for seed in rows[NETWORK].unique() if complete in defined else ():
            rest = tables(rows[(rows[NETWORK] != seed) & (rows.other_seed != seed)])
            others = {what: table.drop(index=complete) for what, table in found.items()}
            yield complete, {what: pd.concat([others[what], rest[what]]) for what in found}


def _without_kinds(found: Tables) -> Iterator[tuple[str, Tables]]:
    """The tables without one kind, in turn."""
    for kind in found["raw"].groupby(KIND).groups:
        yield "all kinds", {what: table.drop(index=kind) for what, table in found.items()}
