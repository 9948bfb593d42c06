"""The contrast of SVCCA and CKA, taken apart, and what it is without pruning."""

from collections.abc import Mapping
from itertools import combinations, pairwise, permutations

import pandas as pd

from ...book.claims.runs import of_pairs
from ...book.report.results import Results
from ...book.report.statistics import interval as over_networks
from ...book.report.style import VISIBLE
from .contrast import contrast, distances, level

CAUSES = {"reshape": "Matrix", "null": "Chance"}
"""What differs between the metrics besides themselves, and can be taken out of the contrast."""


def remainders(study: Results, experiment: str) -> dict[frozenset[str], pd.Series]:
    """What is left of the contrast with each set of causes taken out.

    Returns:
        {causes: index train_seed}, of those networks alone in which all of it was
        measured.
    """
    sets = [frozenset(out) for n in range(len(CAUSES) + 1) for out in combinations(CAUSES, n)]
    left = {out: contrast(study, experiment, out) for out in sets}
    everywhere = sorted(set.intersection(*(set(numbers.index) for numbers in left.values())))
    return {out: numbers.loc[everywhere] for out, numbers in left.items()}


def falls_in_order(left: Mapping[frozenset[str], pd.Series]) -> pd.DataFrame:
    """By how much a contrast falls when its causes are taken out one after the other.

    What a cause takes away depends on what was taken out before it. Its share is the
    mean over all orders (Shapley 1953, "A value for n-person games").

    Args:
        left: as `remainders` returns it.

    Returns:
        Index (order, train_seed), columns `CAUSES`.
    """
    falls = {}
    for order in permutations(CAUSES):
        taken_out = [frozenset(order[:i]) for i in range(len(order) + 1)]
        falls[", then ".join(order)] = pd.DataFrame(
            {
                cause: left[before] - left[after]
                for cause, (before, after) in zip(order, pairwise(taken_out), strict=True)
            },
            columns=list(CAUSES),
        )
    return pd.concat(falls, names=["order"])


def decomposed(left: Mapping[frozenset[str], pd.Series]) -> pd.DataFrame:
    """A contrast in its parts, in each complete network in which all of them were measured.

    Args:
        left: as `remainders` returns it.

    Returns:
        Index train_seed. Columns `contrast`, the shares of `CAUSES`, and `metric`, what
        is left with all of them taken out. The parts add up to the contrast.
    """
    parts = falls_in_order(left).groupby(level="train_seed").mean()
    parts.insert(0, "contrast", left[frozenset()])
    return parts.assign(metric=left[frozenset(CAUSES)])


def without_pruning(study: Results, experiment: str) -> pd.DataFrame:
    """The contrast of networks that were never pruned.

    Returns:
        Index train_seed. Columns `trained`, that of the same complete network trained
        as long; `adds`, by how much pruning exceeds it; `siblings`, that between seeds,
        as jackknife pseudo-values of the pairs. NaN where not measured.
    """
    contrasts = {"trained": pd.Series(dtype=float), "siblings": pd.Series(dtype=float)}
    if f"{experiment}_trained_as_long" in study.variants:
        contrasts["trained"] = contrast(study, f"{experiment}_trained_as_long")
    if f"{experiment}_independent" in study.variants:
        svcca, cka = (distances(study, f"{experiment}_independent", m) for m in ("svcca", "cka"))
        contrasts["siblings"] = of_pairs(level(svcca) - level(cka))
    whole = contrast(study, experiment)
    table = pd.DataFrame(contrasts).reindex(whole.index.union(contrasts["siblings"].index))
    table.insert(1, "adds", whole - table.trained)
    return table.astype(float)


SHARES = (*CAUSES, "metric")
"""The shares of the contrast; they add up to 1."""

PARTS = ("contrast", *SHARES, "trained", "adds", "siblings")
"""The contrast, its shares, and what it is without pruning."""


def parts_of(study: Results, experiment: str) -> pd.DataFrame:
    """The contrast of each network, its shares, and that without pruning; NaN where unknown."""
    whole = contrast(study, experiment)
    parts = decomposed(remainders(study, experiment)).reindex(whole.index)
    shares = parts[list(SHARES)].div(whole.where(whole > VISIBLE), axis=0)
    shares.insert(0, "contrast", whole)
    return pd.concat([shares, without_pruning(study, experiment)], axis=1)


def mean_parts(study: Results) -> pd.DataFrame:
    """How much of it is the matrix, chance and the metrics, and how much needs no pruning.

    Returns:
        Index (experiment, network), of the paper's experiments and with the network's
        title. Columns `PARTS`, as in `parts_of`; cells are an `Interval` over complete
        networks, of none where not measured. Shares are taken in each network, and only
        of a contrast that a reader of the figures would see.
    """
    rows = {}
    for name in study.experiments:
        parts = parts_of(study, name)
        rows[name, study.network(name)] = [over_networks(parts[part]) for part in PARTS]
    index = pd.MultiIndex.from_tuples(list(rows), names=["experiment", "network"])
    return pd.DataFrame(list(rows.values()), index=index, columns=list(PARTS), dtype=object)


def added_on_one_matrix(study: Results, experiment: str) -> pd.Series:
    """What pruning adds to the contrast if both metrics get the matrix of SVCCA.

    Returns:
        Index train_seed; empty without a control.
    """
    control = f"{experiment}_trained_as_long"
    if control not in study.variants:
        return pd.Series(dtype=float)
    pruned = contrast(study, experiment, ["reshape"])
    return (pruned - contrast(study, control, ["reshape"])).dropna()
