"""Does a metric find the same layer in another network? The numbers.

Kornblith et al. 2019, section 6.1.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from .results import Results
from .validity import present

CLOSE = 1e-9
"""Similarities that differ by less are equal: rounding has made the difference."""


def source(results: Results, experiment: str) -> str | None:
    """The variant of an experiment whose complete networks were compared layer by layer."""
    known = set(results.identification.experiment)
    return next(
        (
            name
            for name, setting in results.provenance["experiments"].items()
            if setting["base"] == experiment and name in known
        ),
        None,
    )


def measured(results: Results) -> list[str]:
    """The experiments whose complete networks were compared layer by layer."""
    return [name for name in results.experiments if source(results, name) is not None]


def pairs(results: Results, experiment: str) -> list[tuple[int, int]]:
    """(train_seed, other_seed) of the networks that were compared, the smaller seed first."""
    found = _rows(results, experiment)[["train_seed", "other_seed"]].drop_duplicates()
    return sorted(found.itertuples(index=False, name=None))


def hidden(results: Results, experiment: str) -> list[str]:
    """The layers before the output, in forward order; none if nothing was measured."""
    rows = _rows(results, experiment)[["depth_x", "layer_x"]].drop_duplicates()
    return list(rows.sort_values("depth_x").layer_x)


def _rows(results: Results, experiment: str) -> pd.DataFrame:
    """The pairs of hidden layers, with the smaller seed first.

    A pair of networks may stand in the table in both orders. Then each pair of layers has two
    values, which `matrices` averages.
    """
    rows = results.identification
    rows = rows[rows.experiment == source(results, experiment)]
    rows = rows[(rows.kind_x != "out") & (rows.kind_y != "out")]
    late = rows.train_seed > rows.other_seed
    other = {"train_seed": "other_seed", "layer_x": "layer_y", "depth_x": "depth_y"}
    turned = rows[late].rename(columns=other | {y: x for x, y in other.items()})
    return pd.concat([rows[~late], turned], ignore_index=True)


def matrices(
    results: Results, experiment: str, metric: str, reshape: str
) -> dict[tuple[int, int], pd.DataFrame]:
    """{(train_seed, other_seed): similarity of each hidden layer with each of the other network}.

    Args:
        results: a study's results.
        experiment: one of the paper's.
        metric, reshape: as they are called in the results.

    Returns:
        For each pair of networks a frame: index the layers of the first, columns those of the
        second, in forward order; NaN where the metric is not defined. Where the table has a pair
        of networks in both orders, the mean of the two, as Kornblith et al. make asymmetric
        metrics symmetric.
    """
    names, rows = hidden(results, experiment), _rows(results, experiment)
    rows = rows[(rows.metric == metric) & (rows.reshape == reshape)]
    return {
        pair: mine.pivot_table(
            index="layer_x", columns="layer_y", values="value", aggfunc="mean", dropna=False
        )
        .reindex(index=names, columns=names)
        .astype(float)
        for pair, mine in rows.groupby(["train_seed", "other_seed"])
    }


def same_size(results: Results, experiment: str) -> pd.DataFrame:
    """Which hidden layers have maps of the same size: those that were compared on channels.

    Returns:
        True and False, index and columns as in `matrices`.
    """
    names, rows = hidden(results, experiment), _rows(results, experiment)
    rows = rows[(rows.reshape == "channels") & rows.value.notna()]
    found = pd.crosstab(rows.layer_x, rows.layer_y).reindex(index=names, columns=names)
    return (found > 0) | (found.T > 0)


def judged(values: np.ndarray, allowed: np.ndarray | None = None) -> pd.DataFrame:
    """Whether each layer's most similar candidate is the corresponding layer, in both directions.

    A candidate is a layer of the other network for which the metric has a value. A layer counts
    if the corresponding one is a candidate, and not the only one. A tie at the top is a miss: the
    metric has not told the layers apart.

    Args:
        values: (layers, layers), similarities of the layers of two networks in forward order.
        allowed: (layers, layers), which candidates to consider; all by default.

    Returns:
        A row for each layer that counts, first those of one network, then those of the other:
        `found`, `near` (all most similar candidates are at most one layer away), `chance`,
        `near_chance` (the same of a candidate drawn at random), `candidates`.
    """
    defined = np.isfinite(values)
    if allowed is not None:
        defined = defined & allowed
    place = np.arange(len(values))
    rows = []
    for table, known in ((values, defined), (values.T, defined.T)):
        for i in place:
            number = int(known[i].sum())
            if not known[i, i] or number < 2:
                continue
            best = known[i] & (table[i] >= table[i][known[i]].max() - CLOSE)
            close = abs(place - i) <= 1
            rows.append(
                {
                    "found": bool(best[i] and best.sum() == 1),
                    "near": bool(close[best].all()),
                    "chance": 1 / number,
                    "near_chance": (known[i] & close).sum() / number,
                    "candidates": number,
                }
            )
    return pd.DataFrame(rows, columns=["found", "near", "chance", "near_chance", "candidates"])


def accuracies(results: Results, experiment: str) -> pd.DataFrame:
    """How often each metric on each reshape finds the corresponding layer.

    Returns:
        Index (metric, reshape). Columns `found`, the share of cases, a case being a layer of one
        network of a pair; `low`, `high`, its 95 % Wilson score interval, as if the cases were
        independent; `near`, `chance`, `near_chance`, `candidates`, means over the cases as
        `judged` has them; `cases`. The same with `same_` in front where only layers with maps of
        the same size are candidates. NaN where there is no case.
    """
    candidates = {"": None, "same_": same_size(results, experiment).to_numpy()}
    rows = {}
    for metric, reshape in present(_rows(results, experiment)):
        tables = matrices(results, experiment, metric, reshape).values()
        rows[metric, reshape] = {}
        for prefix, allowed in candidates.items():
            cases = [judged(frame.to_numpy(), allowed) for frame in tables]
            rows[metric, reshape] |= _accuracy(pd.concat(cases, ignore_index=True), prefix)
    index = pd.MultiIndex.from_tuples(list(rows), names=["metric", "reshape"]) if rows else None
    return pd.DataFrame(list(rows.values()), index=index)


def _accuracy(cases: pd.DataFrame, prefix: str) -> dict[str, float]:
    row = {name: float(cases[name].mean()) if len(cases) else np.nan for name in cases}
    row |= {"low": np.nan, "high": np.nan, "cases": len(cases)}
    if len(cases):
        test = binomtest(int(cases.found.sum()), len(cases))
        row["low"], row["high"] = test.proportion_ci(method="wilson")
    return {f"{prefix}{name}": value for name, value in row.items()}
