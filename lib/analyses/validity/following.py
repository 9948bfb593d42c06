"""Does a metric follow what a network does while it is pruned?"""

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pandas as pd

from ...book.claims.vocabulary import FOUR
from ...book.report import values
from ...book.report.format import interval as as_text
from ...book.report.format import number, signed
from ...book.report.names import metric_titles
from ...book.report.results import Results, cached_per_results
from ...book.report.statistics import CORRELATION, interval, partial_rank_correlation
from ...book.report.values import RUN
from .identification import CELL, PAPER_CELLS, cell_title, ordered_cells

TIME = [*RUN, "iteration"]
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
def dissimilarities(study: Results, network: str, layer: str | None = None) -> pd.DataFrame:
    """1 minus each metric on each reshape: mean over the hidden layers, or one layer.

    Returns:
        Index TIME, columns (metric, reshape).
    """
    rows = study.of(network, "similarity").query("kind != 'out' and iteration > 0")
    cells = ordered_cells(rows[rows.value.notna()].groupby(CELL).groups)
    if layer:
        rows = rows[rows.layer == layer]
    wide = rows.pivot(index=TIME, columns=[*CELL, "layer"], values="value")
    # A layer that lacks a value somewhere in a run would make that run's means jump.
    wide = wide.where(wide.notna().groupby(level=RUN).transform("all"))
    means = wide.T.groupby(level=CELL).mean().T
    return 1 - means.reindex(columns=pd.MultiIndex.from_tuples(cells))


def partial(run: pd.DataFrame) -> pd.Series:
    """Correlation of the ranks with those of the change, both freed of those of the iteration."""
    return run.apply(partial_rank_correlation, args=(run[CHANGE], run[ITERATION]))


def between_runs(joined: pd.DataFrame) -> pd.Series:
    """Correlation of the ranks among the runs of an iteration, all iterations together."""
    times = joined.groupby(level="iteration")
    ranks = times.rank()[times[[CHANGE]].transform("count")[CHANGE] >= 3]
    away = ranks - ranks.groupby(level="iteration").transform("mean")
    sizes = np.sqrt((away**2).sum() * (away[CHANGE] ** 2).sum())
    return (away.T @ away[CHANGE]) / sizes.where(sizes > 1e-9)


def spearman(run: pd.DataFrame) -> pd.Series:
    """Rank correlation of each column with the change."""
    return run.corr(method="spearman", min_periods=3)[CHANGE]


def kendall(run: pd.DataFrame) -> pd.Series:
    """Another rank correlation of each column with the change."""
    return run.corrwith(run[CHANGE], method="kendall")


def step_by_step(run: pd.DataFrame) -> pd.Series:
    """Rank correlation of the steps from iteration to iteration with those of the change."""
    return spearman(run.diff().iloc[1:].round(DIGITS))


STATISTICS: Mapping[str, Callable[[pd.DataFrame], pd.Series]] = {
    "Spearman": spearman,
    "Kendall": kendall,
    "Given the iteration": partial,
    "Step by step": step_by_step,
}


def joined(
    study: Results,
    network: str,
    target: str,
    layer: str | None = None,
    only: Iterable[tuple[str, str]] | None = None,
) -> pd.DataFrame:
    """Dissimilarities of a network beside a change of what it does.

    Args:
        layer: as for `dissimilarities`.
        target: one of the `changes`.
        only: of these (metric, reshape); None for all.

    Returns:
        Index TIME; columns `ITERATION`, (metric, reshape), `CHANGE`.
    """
    table = dissimilarities(study, network, layer)
    table = table.copy() if only is None else table.reindex(columns=pd.MultiIndex.from_tuples(only))
    table.insert(0, ITERATION, table.index.get_level_values("iteration").astype(float))
    change = changes(study, network)[target].rename(CHANGE)
    return table.join(change, how="inner").round(DIGITS).sort_index()


def of_runs(table: pd.DataFrame, statistic: Callable[[pd.DataFrame], pd.Series]) -> pd.DataFrame:
    """A statistic in each run: index RUN, columns those of `joined` without the change."""
    by_run = table.groupby(level=RUN)
    found = {run: statistic(rows.droplevel(RUN)) for run, rows in by_run}
    return pd.DataFrame(found).T[table.columns.drop(CHANGE)]


def correlations_with_change(
    study: Results,
    network: str,
    target: str,
    layer: str | None = None,
    statistics: Iterable[str] = tuple(STATISTICS),
    only: Iterable[tuple[str, str]] | None = None,
) -> pd.DataFrame:
    """Rank correlations of the dissimilarities of a network with a change.

    Args:
        study, network, target, layer, only: as for `joined`.
        statistics: keys of `STATISTICS`.

    Returns:
        Index (metric, reshape), first the iteration's number in their place. Columns (statistic,
        "mean"), "low", "high" and "runs", in how many runs it is defined: the 95 % interval of the
        mean over complete networks, each with the mean over its runs; none for a single network.
        Undefined where one of the two is constant, since it puts nothing in an order.
    """
    table = joined(study, network, target, layer, only)
    found = {}
    for name in statistics:
        runs = of_runs(table, STATISTICS[name])
        networks = runs.groupby(level=0).mean()
        over = {
            cell: vars(interval(numbers).within(*CORRELATION)) for cell, numbers in networks.items()
        }
        over = pd.DataFrame(over, index=["mean", "low", "high"]).T
        found[name] = over.assign(runs=runs.count())
    result = pd.concat(found, axis=1)
    result["Between runs", "mean"] = between_runs(table).reindex(result.index)
    return result


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


def given_the_iteration(study: Results) -> pd.DataFrame:
    """In how many cases the partial rank correlation is defined, and above 0: texts."""
    cases = []
    for table in followed(study).values():
        alone, metrics = table.loc[ITERATION], table.drop([ITERATION])
        away = (metrics["Spearman", "mean"] - alone["Spearman", "mean"]).abs()
        judged = metrics["Given the iteration"]
        judged = judged[judged.runs > alone["Spearman", "runs"] / 2]
        cases.append((len(metrics), away.max(), len(judged), (judged.low > 0).sum()))
    cases = pd.DataFrame(cases, columns=["all", "furthest", "judged", "above"])
    furthest = (
        "largest difference between the rank correlation of a metric and that of "
        "the iteration's number"
    )
    counts = {
        "cases": str(cases["all"].sum()),
        furthest: number(cases.furthest.max(), 3),
        "the partial rank correlation is defined in most runs": str(cases.judged.sum()),
        "of these, the interval lies above 0": str(cases.above.sum()),
    }
    return pd.Series(counts, name="").rename_axis("Cases").to_frame()


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


def all_statistics(study: Results, network: str, target: str) -> pd.DataFrame:
    """Every statistic of every metric on every matrix: texts."""
    rows = {}
    for cell, row in followed(study)[network, target].iterrows():
        defined = f"{row['Given the iteration', 'runs']:.0f} of {row['Spearman', 'runs']:.0f}"
        rows[ITS_NUMBER if cell == ITERATION else cell_title(*cell)] = {
            "Spearman": ranged(row, "Spearman"),
            "Kendall": signed(row["Kendall", "mean"]),
            "Given the iteration": ranged(row, "Given the iteration"),
            "Step by step": ranged(row, "Step by step"),
            "Between runs": signed(row["Between runs", "mean"]),
            "Runs": defined,
        }
    return pd.DataFrame(rows).T.rename_axis(heading(study, network, target))


def by_layer(study: Results, network: str, target: str) -> pd.DataFrame:
    """Spearman's correlation and the partial one in each hidden layer, for the paper's metrics."""
    shown = {"Spearman": "rho", "Given the iteration": "partial"}
    titles, layers = metric_titles(), {}
    cells = pd.MultiIndex.from_tuples(PAPER_CELLS)
    for layer in values.hidden(study, network):
        means = correlations_with_change(
            study, network, target, layer, tuple(shown), PAPER_CELLS
        ).reindex(cells)
        layers[layer] = means[[(name, "mean") for name in shown]].to_numpy().ravel()
    heads = [[titles[metric] for metric in FOUR], shown.values()]
    return pd.DataFrame(layers, index=pd.MultiIndex.from_product(heads)).T
