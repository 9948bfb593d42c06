"""What this page alone needs: counted rules, cells of a grid, and by how much a choice moves."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import special

from lib.report import hidden, place

BASE = {"images": "1000", "draw": "0", "split": "test", "threshold": "0.99", "mean": "plain"}
BASE |= {"debiased": "biased", "precision": "float32", "leading": "0"}
"""Choice -> the setting of the study."""


def cases(numbers: pd.DataFrame | pd.Series) -> pd.DataFrame:
    """Intervals, or numbers that are counted one by one, for a claim on every case.

    Args:
        numbers: of `intervals`, or a number for each network, which is a point.

    Returns:
        Columns as of `intervals`, index regime and `case`, which names all other levels.
    """
    if isinstance(numbers, pd.Series):
        counted = numbers.dropna()
        numbers = pd.DataFrame({"mean": counted, "low": counted, "high": counted, "n": 1})
    levels = numbers.index.to_frame(index=False)
    case = levels.drop(columns="regime").astype(str).agg(" ".join, axis=1)
    return numbers.set_axis(
        pd.MultiIndex.from_arrays([levels.regime, case], names=["regime", "case"])
    )


def apart(own: pd.Series, others: pd.Series, pair: Sequence[str]) -> pd.DataFrame:
    """How two metrics differ over the layers, in each network after each pruning.

    Returns:
        Index regime, iteration, train_seed; `share` of the layers in which their places
        lie within 0.2 of each other, and the rank correlation `rank` of the two.
    """
    places = place(own, others).unstack("layer", sort=False)
    first, second = (places.xs(metric, level="metric") for metric in pair)
    return pd.DataFrame(
        {
            "share": ((first - second).abs() <= 0.2).mean(axis=1),
            "rank": first.T.corrwith(second.T, method="spearman"),
        }
    )


def welch(first: pd.Series, second: pd.Series) -> dict[str, float]:
    """Mean difference of two independent groups of networks, and its 95 % interval.

    Returns:
        As a row of `intervals`; `n` of the smaller group.
    """
    errors = [numbers.var(ddof=1) / len(numbers) for numbers in (first, second)]
    freedom = sum(errors) ** 2 / sum(
        error**2 / (len(numbers) - 1)
        for error, numbers in zip(errors, (first, second), strict=True)
    )
    half = special.stdtrit(freedom, 0.975) * np.sqrt(sum(errors))
    mean = first.mean() - second.mean()
    n = min(len(first), len(second))
    return {"mean": mean, "low": mean - half, "high": mean + half, "n": n}


def effects(cells: pd.Series, pairs: Mapping[str, tuple[tuple, tuple]]) -> pd.DataFrame:
    """How two cells of a grid differ, as a frame of `intervals`.

    Args:
        cells: index network, regime, metric, train_seed.
        pairs: name of what differs -> the two cells (network, regime), the larger first.

    Returns:
        Index effect, metric.
    """
    rows = {
        (name, metric): welch(cells[(*larger, metric)], cells[(*smaller, metric)])
        for name, (larger, smaller) in pairs.items()
        for metric in cells.index.unique("metric")
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["effect", "metric"])


def settings(robustness: pd.DataFrame) -> pd.DataFrame:
    """Similarities of hidden layers by the paper's metrics, each setting beside that of the study.

    Returns:
        Index network, axis, metric, setting, layer; columns `value` and `base`, both
        after the last pruning, and `first`, that of the study after the first one.
    """
    key = ["network", "axis", "metric", "setting", "layer"]
    rows = hidden(robustness)
    of_study = rows[rows.setting == rows.axis.map(BASE)].drop(columns="setting")
    end = rows[rows.iteration == rows.iteration.max()].set_index(key).value
    ends = {"base": of_study.iteration.max(), "first": of_study.iteration.min()}
    table = end.to_frame()
    for name, iteration in ends.items():
        chosen = of_study[of_study.iteration == iteration]
        values = chosen.set_index([*key[:3], "layer"]).value
        table = table.join(values.rename(name))
    return table.sort_index()


def moves(table: pd.DataFrame) -> pd.DataFrame:
    """By how much each choice moves a similarity, mean over layers, where it moves most.

    Args:
        table: as `settings` returns it.

    Returns:
        Index network, metric; columns the choices, and `pruning`: how far the metric moves
        from the first pruning to the last.
    """
    other = table[
        table.index.get_level_values("setting") != table.index.get_level_values("axis").map(BASE)
    ]
    moved = (other.value - other.base).abs()
    moved = moved.groupby(["network", "axis", "metric", "setting"]).mean()
    moved = moved.groupby(["network", "metric", "axis"]).max().unstack("axis")
    pruning = (table.base - table["first"]).abs()
    pruning = pruning.groupby(["network", "metric"]).mean().rename("pruning")
    return moved.reindex(columns=list(BASE)).join(pruning)


def contrast_left(table: pd.DataFrame) -> pd.DataFrame:
    """The least share of CKA minus SVCCA that a setting of a choice leaves.

    Over the layers that are defined in all settings; a metric that a choice does not vary
    is taken as in the study.

    Args:
        table: as `settings` returns it.

    Returns:
        Index network, columns the choices; 1 where nothing changes.
    """
    shares = {}
    for (network, axis), rows in table.groupby(level=["network", "axis"]):
        here = {}
        for metric in ("svcca", "cka"):
            if metric in rows.index.unique("metric"):
                lines = rows.value[network, axis, metric].unstack("setting")
                here[metric] = lines.dropna(axis=1, how="all")
            else:
                fixed = table.base[network, "draw", metric]
                here[metric] = fixed[~fixed.index.duplicated()]
        varied = [lines for lines in here.values() if isinstance(lines, pd.DataFrame)]
        columns = varied[0].columns.intersection(varied[-1].columns)
        gaps = here["cka"] - here["svcca"] if len(varied) == 2 else _gap(here)
        gaps = gaps[columns].dropna().mean()
        shares[network, axis] = (gaps / gaps[BASE[axis]]).drop(BASE[axis]).min()
    left = pd.Series(shares).rename_axis(["network", "axis"]).unstack()
    return left.reindex(columns=list(BASE))


def _gap(metrics: Mapping[str, pd.DataFrame | pd.Series]) -> pd.DataFrame:
    """CKA minus SVCCA, where one of the two is the same in all settings."""
    cka, svcca = metrics["cka"], metrics["svcca"]
    if isinstance(cka, pd.Series):
        return -svcca.sub(cka, axis=0)
    return cka.sub(svcca, axis=0)
