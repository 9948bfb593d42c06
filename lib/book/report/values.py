"""Values out of the tidy tables: which rows, which mean.

Every page takes its numbers from here or, where it needs something of its own, from the
tables themselves: `study.similarity` and `study.performance` are plain pandas frames.
"""

import pandas as pd

from .results import PAPER_RESHAPE, Results, ResultsError, cached_per_results

RUN_COLUMNS = ["train_seed", "run_seed"]
NETWORK = "train_seed"
"""The columns that tell runs apart, and the one that tells complete networks apart."""


@cached_per_results
def layers(study: Results, experiment: str) -> list[tuple[str, str]]:
    """[(name, kind)] of the recorded layers in forward order."""
    rows = study.of(experiment, "similarity")
    rows = rows[["depth", "layer", "kind"]].drop_duplicates().sort_values("depth")
    return list(zip(rows.layer, rows.kind, strict=True))


def hidden(study: Results, experiment: str) -> list[str]:
    """Names of the layers before the output, in forward order."""
    return [name for name, kind in layers(study, experiment) if kind != "out"]


@cached_per_results
def _by_metric(study: Results, experiment: str) -> dict[str, pd.DataFrame]:
    """{metric: its similarity rows}."""
    return dict(list(study.of(experiment, "similarity").groupby("metric")))


@cached_per_results
def rows(study: Results, experiment: str, metric: str, reshape: str = "") -> pd.DataFrame:
    """The similarity rows of one metric, one for each run, iteration and layer.

    Args:
        reshape: "channels", "flat" or "gap"; empty for the one that the paper uses. A
            layer without positions has only one matrix, which is taken for every
            reshape.

    Returns:
        No rows where the metric was not computed on that reshape.
    """
    measured = _by_metric(study, experiment)
    of_metric = (
        measured[metric] if metric in measured else study.of(experiment, "similarity").iloc[:0]
    )
    on_reshape = of_metric.reshape == (reshape or PAPER_RESHAPE.get(metric))
    one_matrix = of_metric.kind.isin(["fc", "out"])
    if reshape and not (on_reshape & ~one_matrix).any():
        return of_metric.iloc[:0]
    # the few columns of the key alone are put in order
    key = [*RUN_COLUMNS, "iteration", "depth", "layer"]
    order = (
        of_metric[key]
        .assign(other=~on_reshape)
        .set_axis(range(len(of_metric)))[(on_reshape | one_matrix).array]
    )
    order = order.sort_values([*key, "other"], kind="stable").drop_duplicates(key)
    return of_metric.iloc[order.index]


@cached_per_results
def curves(
    study: Results,
    experiment: str,
    metric: str,
    reshape: str = "",
    column: str = "value",
    statistic: str = "mean",
) -> pd.DataFrame:
    """A metric, or its null, over the layers: the mean over the runs, or another statistic.

    Args:
        study, experiment, metric, reshape: as for `rows`.
        column: "value", or "null_mean" and "null_sd" for what unrelated representations
            would give.
        statistic: over the runs, by its name in pandas: "mean", "median", "std", "min",
            "max".

    Returns:
        Index iteration (1..K; 0 for a control without pruning), one column for each
        layer in forward order; NaN where the metric is not defined.

    Raises:
        ResultsError: the metric was not computed at all.
    """
    of_metric = rows(study, experiment, metric, reshape)
    if of_metric.empty and not reshape:
        raise ResultsError(
            f"{study.folder} has no {metric} of {experiment} on the reshape "
            f"{PAPER_RESHAPE.get(metric)!r}. Add the metric to the experiment and run `make book`."
        )
    over = of_metric.groupby(["iteration", "layer"])[column].agg(statistic).unstack("layer")
    return over.reindex(columns=[name for name, _ in layers(study, experiment)])


@cached_per_results
def by_run(
    study: Results,
    experiment: str,
    metric: str,
    reshape: str = "",
    column: str = "value",
    iteration: int | None = None,
) -> pd.DataFrame:
    """A metric in each run at one iteration.

    Args:
        study, experiment, metric, reshape, column: as for `curves`.
        iteration: None for the last.

    Returns:
        Index (train_seed, run_seed), columns the layers in forward order.
    """
    of_metric = rows(study, experiment, metric, reshape)
    of_metric = of_metric[
        of_metric.iteration == (of_metric.iteration.max() if iteration is None else iteration)
    ]
    wide = of_metric.pivot(index=RUN_COLUMNS, columns="layer", values=column)
    return wide.reindex(columns=[name for name, _ in layers(study, experiment)])


def null(study: Results, experiment: str, metric: str, reshape: str = "") -> pd.DataFrame:
    """What unrelated representations would give after the last iteration.

    Returns:
        Index layer in forward order; columns `mean` and `sd` over permutations of the
        images, each averaged over the runs, NaN where unknown.
    """
    return pd.DataFrame(
        {
            name: curves(study, experiment, metric, reshape, f"null_{name}").iloc[-1]
            for name in ("mean", "sd")
        }
    )


def control(study: Results, experiment: str, name: str, metric: str) -> pd.Series:
    """The similarity of a control after its last iteration, mean over its runs.

    Args:
        study, experiment, metric: as for `rows`.
        name: "independent", "trained_as_long", "random_masks" or "untrained".

    Returns:
        Index layer in forward order; NaN everywhere if the control is not among the
        results.
    """
    names = [layer for layer, _ in layers(study, experiment)]
    if f"{experiment}_{name}" not in study.variants:
        return pd.Series(float("nan"), index=names)
    return curves(study, f"{experiment}_{name}", metric).iloc[-1].reindex(names)


def same_class(study: Results, experiment: str) -> pd.Series:
    """Share of the images to which two networks give the same class, mean over the runs.

    Returns:
        Index iteration; no rows where it was not counted.
    """
    if experiment not in study:
        return pd.Series(dtype=float)
    return rows(study, experiment, "agreement").groupby("iteration").value.mean()


@cached_per_results
def remaining(study: Results, experiment: str) -> pd.Series:
    """Fraction of the prunable weights left at each iteration, averaged over the runs."""
    return study.of(experiment, "similarity").groupby("iteration").remaining.mean()


def accuracy(study: Results, experiment: str) -> pd.DataFrame:
    """Test accuracy at each iteration, over the runs; iteration 0 is the complete network.

    Returns:
        Index iteration (0..K); columns `remaining` (fraction of the prunable weights),
        `mean`, `sd` (divisor n - 1), `runs`.
    """
    networks = study.of(experiment, "performance")
    left = networks.groupby("iteration").remaining.mean()
    over = networks.groupby("iteration").accuracy.agg(mean="mean", sd="std", runs="count")
    return over.assign(remaining=left)


def u_depth_by_row(values: pd.DataFrame) -> pd.Series:
    """How deep the "U" is that a similarity draws over the layers.

    It is measured from the lower of the two ends, the first and the last layer, down to
    the lowest layer. So a curve that only falls, or only rises, has no "U", however
    steep it is.

    Args:
        values: similarities, a column for each hidden layer in forward order.

    Returns:
        A number of at least 0 for each row; NaN where a layer has none, as in the claims.
    """
    ends = values.iloc[:, [0, -1]].min(axis=1, skipna=False)
    return ends - values.min(axis=1, skipna=False)
