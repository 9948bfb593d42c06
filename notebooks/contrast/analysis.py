"""How much the choice of metric matters over many combinations.

A combination is a kind (network, regime and role: its way of pruning) and a share of weights left.
Tables have a row for each, and a column for each metric.
"""

from collections.abc import Callable, Iterator, Mapping
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


def left_out(descent: pd.DataFrame) -> dict[tuple[object, object], Tables]:
    """{(network and regime, seed): tables of these without the network of that seed}.

    It is left out both as an original and as a stranger.

    Args:
        descent: as of `tables`.
    """
    return {
        (kind, seed): tables(rows[(rows[NETWORK] != seed) & (rows.other_seed != seed)])
        for kind, rows in descent.groupby(COMPLETE)
        for seed in rows[NETWORK].unique()
    }


def where(found: Tables, condition: str) -> Tables:
    """The combinations that a query selects."""
    return {what: table.query(condition) for what, table in found.items()}


def without_a_network(
    found: Tables, left: Mapping[tuple[object, object], Tables]
) -> Iterator[tuple[object, Tables]]:
    """Network and regime, and the tables without one complete network of these."""
    kinds = found["raw"].groupby(COMPLETE).groups
    for (kind, _), those in left.items():
        if kind in kinds:
            others = {what: table.drop(index=kind) for what, table in found.items()}
            yield kind, {what: pd.concat([others[what], those[what]]) for what in found}


def without_a_kind(found: Tables) -> Iterator[tuple[object, Tables]]:
    """The tables without one kind."""
    for kind in found["raw"].groupby(KIND).groups:
        yield "all kinds", {what: table.drop(index=kind) for what, table in found.items()}


def measured(
    found: Tables,
    left: Mapping[tuple[object, object], Tables],
    of: Callable[[Tables], pd.Series] = measures,
) -> pd.DataFrame:
    """With 95 % intervals, by leaving out complete networks, and by leaving out kinds.

    See `lib.report.jackknife_intervals`; intervals are cut off where no number can be (`BOUNDS`).
    There are no ends with fewer than three kinds, or if a combination has fewer than three networks:
    without one of two, no stranger is left.

    Args:
        found: from `tables`.
        left: from `left_out`, of the same networks or of more.
        of: `measures` or `of_ways`.

    Returns:
        Index `without` (`network` or `kind`), and that of `of`; columns `mean`, `low`,
        `high`, and `n`, how many of these there are.
    """
    whole = of(found)
    lowest, highest = zip(*whole.index.get_level_values("measure").map(BOUNDS), strict=True)
    ways = {  # what is left out -> the tables without it, and what there must be three of
        "network": ([*without_a_network(found, left)], found["networks"].min(axis=None)),
        "kind": ([*without_a_kind(found)], found["raw"].groupby(KIND).ngroups),
    }
    frames = {}
    for what, (without, fewest) in ways.items():
        if fewest < FEWEST:
            frames[what] = whole.to_frame("mean").assign(low=np.nan, high=np.nan, n=len(without))
            continue
        each = [of(rest).reindex(whole.index).rename(kind) for kind, rest in without]
        frames[what] = jackknife_intervals(whole, pd.concat(each, axis=1).T, lowest, highest)
    return pd.concat(frames, names=["without"])
