"""Does a metric follow what a network does while it is pruned?"""

from collections.abc import Callable, Iterable, Mapping

import pandas as pd

from ...book.report.format import interval_words as as_text
from ...book.report.format import signed
from ...book.report.names import metric_titles
from ...book.report.results import Results, cached_per_results
from ...book.report.statistics import CORRELATION, interval
from ...book.report.values import RUN_COLUMNS
from .identification import CELL, PAPER_CELLS, ordered_cells

TIME = [*RUN_COLUMNS, "iteration"]
OUTPUTS = {"agreement": "output disagreement", "jensen_shannon": "Jensen-Shannon divergence"}
DIGITS = 12
"""Beyond them, rounding alone would rank equal numbers."""

ITERATION, CHANGE = ("iteration", ""), ("change", "")
ITS_NUMBER = "the iteration's number"


@cached_per_results
def changes(study: Results, network: str) -> dict[str, pd.Series]:
    """How far each pruned network is from the complete one in what it does.

    Returns:
        {what is compared: index TIME}.
    """
    rows = study.of(network, "performance")
    complete = rows[(rows.iteration == 0) & rows.prune_seed.isna()].set_index("train_seed").accuracy
    pruned = rows[rows.iteration > 0].astype({"prune_seed": "int64"}).set_index(TIME).accuracy
    gap = (pruned - complete.reindex(pruned.index.get_level_values("train_seed")).to_numpy()).abs()
    found = {"accuracy gap": gap.dropna()}
    outputs = study.of(network, "similarity").query("kind == 'out' and value.notna()")
    for metric, name in OUTPUTS.items():
        if len(rows := outputs[outputs.metric == metric].drop_duplicates(TIME)):
            return found | {name: 1 - rows.set_index(TIME).value}
    return found


@cached_per_results
def dissimilarities(study: Results, network: str) -> pd.DataFrame:
    """1 minus each metric on each reshape: mean over the hidden layers.

    Returns:
        Index TIME, columns (metric, reshape).
    """
    rows = study.of(network, "similarity").query("kind != 'out' and iteration > 0")
    cells = ordered_cells(rows[rows.value.notna()].groupby(CELL).groups)
    wide = rows.pivot(index=TIME, columns=[*CELL, "layer"], values="value")
    # A layer that lacks a value somewhere in a run would make that run's means jump.
    wide = wide.where(wide.notna().groupby(level=RUN_COLUMNS).transform("all"))
    means = wide.T.groupby(level=CELL).mean().T
    return 1 - means.reindex(columns=pd.MultiIndex.from_tuples(cells))


def spearman(run: pd.DataFrame) -> pd.Series:
    """Rank correlation of each column with the change."""
    return run.corr(method="spearman", min_periods=3)[CHANGE]


def step_by_step(run: pd.DataFrame) -> pd.Series:
    """Rank correlation of the steps from iteration to iteration with those of the change."""
    return spearman(run.diff().iloc[1:].round(DIGITS))


STATISTICS: Mapping[str, Callable[[pd.DataFrame], pd.Series]] = {
    "Spearman": spearman,
    "Step by step": step_by_step,
}


def joined(
    study: Results,
    network: str,
    target: str,
    only: Iterable[tuple[str, str]] | None = None,
) -> pd.DataFrame:
    """Dissimilarities of a network beside a change of what it does.

    Args:
        target: one of the `changes`.
        only: of these (metric, reshape); None for all.

    Returns:
        Index TIME; columns `ITERATION`, (metric, reshape), `CHANGE`.
    """
    table = dissimilarities(study, network)
    table = table.copy() if only is None else table.reindex(columns=pd.MultiIndex.from_tuples(only))
    table.insert(0, ITERATION, table.index.get_level_values("iteration").astype(float))
    change = changes(study, network)[target].rename(CHANGE)
    return table.join(change, how="inner").round(DIGITS).sort_index()


def of_runs(table: pd.DataFrame, statistic: Callable[[pd.DataFrame], pd.Series]) -> pd.DataFrame:
    """A statistic in each run: index RUN, columns those of `joined` without the change."""
    by_run = table.groupby(level=RUN_COLUMNS)
    found = {run: statistic(rows.droplevel(RUN_COLUMNS)) for run, rows in by_run}
    return pd.DataFrame(found).T[table.columns.drop(CHANGE)]


def correlations_with_change(study: Results, network: str, target: str) -> pd.DataFrame:
    """Rank correlations of the dissimilarities of a network with a change.

    Args:
        study, network, target: as for `joined`.

    Returns:
        Index (metric, reshape), first the iteration's number in their place. Columns (statistic,
        "mean"), "low", "high" and "runs", in how many runs it is defined: the 95 % interval of the
        mean over complete networks, each with the mean over its runs; none for a single network.
        Undefined where one of the two is constant, since it puts nothing in an order.
    """
    table = joined(study, network, target)
    found = {}
    for name, statistic in STATISTICS.items():
        runs = of_runs(table, statistic)
        networks = runs.groupby(level=0).mean()
        over = {
            cell: vars(interval(numbers).within(*CORRELATION)) for cell, numbers in networks.items()
        }
        over = pd.DataFrame(over, index=["mean", "low", "high"]).T
        found[name] = over.assign(runs=runs.count())
    return pd.concat(found, axis=1)


@cached_per_results
def followed(study: Results) -> dict[tuple[str, str], pd.DataFrame]:
    """(network, target) -> its correlations, where at least three iterations were measured."""
    return {
        (network, target): correlations_with_change(study, network, target)
        for network in study.experiments
        for target, change in changes(study, network).items()
        if change.index.get_level_values("iteration").nunique() >= 3
    }


def heading(study: Results, network: str, target: str) -> str:
    return f"{study.network(network)}, {target}"


def ranged(row: pd.Series, name: str) -> str:
    """`+0.57 (+0.28 to +0.85)`, of one statistic in a row of `correlations_with_change`."""
    mean, low, high, _ = row[name]
    return as_text(mean, low, high, sign=True)


def over_iterations(study: Results) -> pd.DataFrame:
    """Spearman's correlation of the iteration's number and of the paper's metrics: texts."""
    titles = metric_titles()
    columns = {ITERATION: ITS_NUMBER} | {cell: titles[cell[0]] for cell in PAPER_CELLS}
    rows = {
        heading(study, *case): table["Spearman", "mean"].reindex(list(columns)).map(signed)
        for case, table in followed(study).items()
    }
    table = pd.DataFrame(rows, index=list(columns)).T.set_axis(columns.values(), axis=1)
    return table.rename_axis("Over the iterations, with")


def steps(study: Results) -> pd.DataFrame:
    """The correlations step by step of the paper's metrics, with intervals: texts."""
    titles, rows = metric_titles(), {}
    for case, table in followed(study).items():
        known = [cell for cell in PAPER_CELLS if cell in table.index]
        rows[heading(study, *case)] = {
            titles[cell[0]]: ranged(table.loc[cell], "Step by step") for cell in known
        }
    table = pd.DataFrame.from_dict(rows, orient="index").fillna("-")
    return table.rename_axis("Step by step, with")
