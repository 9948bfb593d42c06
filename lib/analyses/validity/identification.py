"""Does a metric find the same layer in another network? The unit is the network."""

import math
from collections.abc import Iterable

import pandas as pd
from scipy.stats import binomtest

from ...book.claims.engine import FAILS, HOLDS, NOT_MEASURED, TOO_FEW, UNDECIDED
from ...book.claims.runs import of_pairs
from ...book.claims.vocabulary import PAPER_METRICS
from ...book.findings import Decided
from ...book.report.format import number, percent
from ...book.report.names import METRICS, RESHAPES, metric_titles
from ...book.report.results import PAPER_RESHAPE, Results, cached_per_results
from ...book.report.statistics import Interval, interval
from .tables import IDENTIFICATION

PAPER_CELLS = [(metric, PAPER_RESHAPE[metric]) for metric in PAPER_METRICS]
CELL, _PAIR = ["metric", "reshape"], ["train_seed", "other_seed"]
CASE = [*CELL, *_PAIR, "direction", "layer"]
"""One layer, looked for in one other network."""


def layer_pairs(study: Results, network: str) -> pd.DataFrame:
    """Similarity of each hidden layer of one complete network with each of another.

    The network of the smaller seed is x. A pair that was measured in both orders gets
    the mean.
    """
    rows, known = study.table(IDENTIFICATION), study.provenance["experiments"]
    bases = {name: known.get(name, {}).get("base") for name in rows.experiment.unique()}
    source = [name for name, base in bases.items() if base == network][:1]
    rows = rows[rows.experiment.isin(source) & (rows.kind_x != "out") & (rows.kind_y != "out")]
    turned = rows.train_seed > rows.other_seed
    swap = {"train_seed": "other_seed", "layer_x": "layer_y", "depth_x": "depth_y"}
    mirrored = rows[turned].rename(columns=swap | {new: name for name, new in swap.items()})
    key = [*CELL, *_PAIR, "layer_x", "layer_y", "depth_x", "depth_y"]
    means = pd.concat([rows[~turned], mirrored]).groupby(key).value.mean()
    return means.dropna().reset_index()


def candidates(pairs: pd.DataFrame) -> pd.DataFrame:
    """Each layer with its candidates in the other network, in both directions."""
    sides = {"forward": ("x", "y"), "backward": ("y", "x")}
    turned = []
    for direction, (side, opposite) in sides.items():
        names = {f"layer_{side}": "layer", f"layer_{opposite}": "candidate"}
        names |= {f"depth_{side}": "depth", f"depth_{opposite}": "candidate_depth"}
        turned.append(pairs.rename(columns=names).assign(direction=direction))
    return pd.concat(turned)


def judge(rows: pd.DataFrame) -> pd.DataFrame:
    """Is each layer's most similar candidate the layer at the same place?

    Args:
        rows: as `candidates` returns them.

    Returns:
        A row for each layer whose counterpart is among its candidates, and not alone
        there: `found`, without a tie; `near`, at most one layer away; `chance` and
        `near_chance`, how often a guess would do the same.
    """
    away = (rows.depth - rows.candidate_depth).abs()
    rows = rows.assign(own=away == 0, near=away <= 1)
    best = rows.value >= rows.groupby(CASE).value.transform("max") - 1e-9  # less is rounding
    hits = rows[best].groupby(CASE)[["own", "near"]].all()
    chance = rows.groupby(CASE)[["own", "near"]].mean()
    cases = hits.rename(columns={"own": "found"})
    cases = cases.assign(chance=chance.own, near_chance=chance.near)
    return cases[(cases.chance > 0) & (cases.chance < 1)]


def ordered_cells(cells: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """(metric, reshape), metric by metric as in the text."""
    titles = metric_titles()
    metrics = [*titles, *sorted({metric for metric, _ in cells} - set(titles))]
    reshapes = list(RESHAPES)
    return sorted(set(cells), key=lambda cell: (metrics.index(cell[0]), reshapes.index(cell[1])))


def _shares(cases: pd.DataFrame) -> pd.DataFrame:
    """Means over the pairs of networks of each metric on each reshape.

    Args:
        cases: as `judge` returns them.

    Returns:
        Columns `found`, `near`, `chance`, `near_chance`, `cases`, and `low` and `high`
        of `found`.
    """
    pairs = cases.groupby(level=[*CELL, *_PAIR]).mean()
    table = pairs.groupby(level=CELL).mean().assign(cases=cases.groupby(level=CELL).size())
    ends = {cell: _ends(hits.droplevel(CELL)) for cell, hits in cases.found.groupby(level=CELL)}
    index = pd.MultiIndex.from_tuples(ends, names=CELL)
    return table.join(pd.DataFrame(list(ends.values()), index, columns=["low", "high"]))


def _ends(is_found: pd.Series) -> tuple[float, float]:
    """The ends of a 95 % interval of the share found, with the network as its unit.

    Pairs that share a network are not independent, and neither are the layers of a
    pair, so each network gets a jackknife pseudo-value (`of_pairs`), and these get
    Student's interval. A few pairs may find the same number of layers by accident; so
    the interval is never narrower than Wilson's of that many independent layers. A
    share lies within 0 and 1.
    """
    over = interval(of_pairs(is_found.groupby(level=_PAIR).mean()))
    if pd.isna(over.low):
        return over.low, over.high
    layers = binomtest(int(is_found.sum()), len(is_found)).proportion_ci(method="wilson")
    return max(min(over.low, layers.low), 0.0), min(max(over.high, layers.high), 1.0)


def same_size(rows: pd.DataFrame) -> pd.DataFrame:
    """The candidates among which every matrix has to choose.

    On channels, a row is a position: only layers with maps of the same size were
    compared.

    Args:
        rows: as `candidates` returns them.
    """
    on_channels = rows[rows.reshape == "channels"]
    return rows.merge(on_channels[["layer", "candidate"]].drop_duplicates())


@cached_per_results
def identification(study: Results, network: str) -> pd.DataFrame:
    """How often each metric finds the layer, among all layers and among those of the same size.

    Returns:
        Index (metric, reshape); columns as those of `_shares`, and again with the
        prefix `same_`.
    """
    rows = candidates(layer_pairs(study, network))
    among_same = _shares(judge(same_size(rows))).add_prefix("same_")
    table = _shares(judge(rows)).join(among_same)
    cells = ordered_cells(rows.groupby(CELL).groups)
    table = table.reindex(pd.MultiIndex.from_tuples(cells, names=CELL)).astype(float)
    return table.fillna({"cases": 0, "same_cases": 0})


def identification_decided(study: Results) -> list[Decided]:
    """Whether each of the paper's metrics finds the layer more often than a guess.

    Among layers of the same size, on the paper's matrix: it does if the whole interval
    lies above the share of a guess, and does not if it lies below.
    """
    comparisons = []
    for network in study.experiments:
        table = identification(study, network)
        for cell in PAPER_CELLS:
            metric = METRICS[cell[0]]
            words = (
                f"share of the layers that {metric} finds in another {study.network(network)}, "
                "above that of a guess"
            )
            key, missing = f"validity-finds-{network}-{cell[0]}", "no pairs of networks"
            if cell in table.index and table.loc[cell, "same_cases"]:
                row = table.loc[cell]
                measured = f"{with_interval(row, 'same_')}, a guess {percent(row.same_chance, 0)}"
                comparisons.append(Decided(key, words, measured, _verdict(row)))
            else:
                comparisons.append(Decided(key, words, missing, NOT_MEASURED))
    return comparisons


def _verdict(row: pd.Series) -> str:
    if pd.isna(row.same_low):
        return TOO_FEW
    if row.same_low > row.same_chance:
        return HOLDS
    return FAILS if row.same_high < row.same_chance else UNDECIDED


def cell_title(metric: str, reshape: str) -> str:
    """`CKA, flat (paper)`."""
    mark = " (paper)" if PAPER_RESHAPE.get(metric) == reshape else ""
    return f"{metric_titles().get(metric, metric)}, {reshape}{mark}"


def with_interval(row: pd.Series, prefix: str = "") -> str:
    """`92 % (85\u201396)`; the share alone where there are no ends, a dash without one."""
    share, low, high = (row[f"{prefix}{name}"] for name in ("found", "low", "high"))
    if pd.isna(share):
        return "-"
    if pd.isna(low):
        return percent(share, 0)
    return f"{percent(share, 0)} ({number(100 * low, 0)}\u2013{number(100 * high, 0)})"


def among_same_size(study: Results) -> pd.DataFrame:
    """What a guess finds, and each of the paper's metrics, among layers of the same size.

    Returns:
        A column of texts for each network; no rows where nothing was measured.
    """
    columns = {}
    for network in study.experiments:
        frame = identification(study, network)
        if frame.same_cases.any():
            columns[study.network(network)] = _column(frame)
    rows = dict.fromkeys(name for column in columns.values() for name in column)
    table = pd.DataFrame(columns).reindex(list(rows)).fillna("-")
    return table[(table != "-").any(axis=1)].rename_axis("Found, same size")


def shares_found(study: Results, network: str) -> pd.DataFrame:
    """The same for one network, in percent.

    Returns:
        A row for each matrix, a column for each of the paper's metrics, by their
        titles; cells are an `Interval` over complete networks that counts the layers,
        of none where not defined.
    """
    cells = {
        (METRICS[metric], reshape): Interval(
            *(100 * row[["same_found", "same_low", "same_high"]]), int(row.same_cases)
        )
        for (metric, reshape), row in identification(study, network).iterrows()
        if metric in PAPER_METRICS
    }
    nothing = Interval(math.nan, math.nan, math.nan, 0)
    table = pd.Series(cells, dtype=object).unstack(0, fill_value=nothing)
    return table[[METRICS[metric] for metric in PAPER_METRICS if METRICS[metric] in table]]


def _column(frame: pd.DataFrame) -> dict[str, str]:
    usual = percent(frame.same_chance.dropna().mode().iloc[0], 0)
    column = {"by chance": usual}
    for cell, row in frame[frame.index.isin(PAPER_METRICS, level="metric")].iterrows():
        chance = percent(row.same_chance, 0)  # fewer candidates make another chance
        with_chance = f", chance {chance}" if chance not in (usual, "-") else ""
        column[cell_title(*cell)] = with_interval(row, "same_") + with_chance
    return column


def all_metrics(study: Results, network: str) -> pd.DataFrame:
    """Every metric on every matrix, among all layers and among those of the same size."""
    table = {
        cell_title(*cell): {
            "Found": with_interval(row),
            "By chance": percent(row.chance, 0),
            "Within one": percent(row.near, 0),
            "By chance within one": percent(row.near_chance, 0),
            "Found, same size": with_interval(row, "same_"),
            "By chance, same size": percent(row.same_chance, 0),
        }
        for cell, row in identification(study, network).iterrows()
    }
    return pd.DataFrame.from_dict(table, orient="index").rename_axis(study.network(network))
