"""The same similarities, read in several ways: how far each moves from its base."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from .names import METRICS, title
from .results import PAPER_RESHAPE, Results, ResultsError
from .robustness_axes import AXES
from .runs import over_runs
from .values import u_depth

TITLES = METRICS | {"cka_debiased": "debiased CKA"}
ORDER = ("mean_cca", "svcca", "pwcca", "cka", "cka_debiased", "nbs")
"""Of the metrics in tables and figures."""


@dataclass(frozen=True, eq=False)
class Reading:
    """One metric of one network, read in the settings of one axis; mean over the runs.

    Attributes:
        experiment: as it is called in the results.
        network: as the paper calls it.
        axis: a key of `AXES`.
        metric, reshape: as they are called in the results.
        title: the metric for the reader, with the reshape where the axis has several.
        base: the setting that the others are compared with.
        order: [(name, kind)] of the layers in forward order.
        values: index setting in order, columns all layers, after the last iteration; NaN where
            the metric is not defined.
        earlier: index layer, at the base after the first iteration; NaN if that is the last.
        nulls: index setting, mean null over the hidden layers; NaN where it is unknown.
        iterations: first and last.
    """

    experiment: str
    network: str
    axis: str
    metric: str
    reshape: str
    title: str
    base: str
    order: list[tuple[str, str]]
    values: pd.DataFrame
    earlier: pd.Series
    nulls: pd.Series
    iterations: tuple[int, int]

    @property
    def name(self) -> str:
        """Metric and network."""
        return f"{self.title} of {self.network}"

    @cached_property
    def hidden(self) -> pd.DataFrame:
        """`values` of the layers before the output."""
        return self.values[[name for name, kind in self.order if kind != "out"]]

    @cached_property
    def common(self) -> pd.DataFrame:
        """`hidden` of the layers in which every setting that has values is defined."""
        return self.hidden.dropna(how="all").dropna(axis=1)

    @cached_property
    def changes(self) -> pd.DataFrame:
        """Value minus that of the base: one row for each other setting, hidden layers only."""
        return self.hidden.drop(index=self.base) - self.hidden.loc[self.base]

    @cached_property
    def largest(self) -> tuple[str, str, float]:
        """(setting, layer, change) where a hidden layer changes most."""
        sizes = self.changes.abs()
        setting = sizes.max(axis=1).idxmax()
        layer = sizes.loc[setting].idxmax()
        return setting, layer, float(self.changes.loc[setting, layer])

    @cached_property
    def mean(self) -> tuple[str, float]:
        """(setting, size) where the mean size of the hidden layers' changes is largest."""
        sizes = self.changes.abs().mean(axis=1)
        return sizes.idxmax(), float(sizes.max())

    @property
    def pruning(self) -> float:
        """Mean size of the hidden layers' changes from the first iteration to the last, at base."""
        return float((self.hidden.loc[self.base] - self.earlier[self.hidden.columns]).abs().mean())

    @cached_property
    def depths(self) -> pd.Series:
        """Depth of the "U" in each setting."""
        if self.common.empty:
            return pd.Series(np.nan, index=self.values.index)
        return u_depth(self.common)


@dataclass(frozen=True, eq=False)
class Readings:
    """All that was read again of the paper's experiments.

    Attributes:
        results: the study's results.
        every: experiment by experiment, axis by axis, in the order of `ORDER`.
    """

    results: Results
    every: tuple[Reading, ...]

    def of(self, axis: str, experiment: str = "") -> list[Reading]:
        """Those of one axis, of one experiment or of all."""
        return [
            each for each in self.every if each.axis == axis and experiment in ("", each.experiment)
        ]

    def on_paper_reshape(self, axis: str, experiment: str, metric: str) -> Reading | None:
        """That of a metric on the reshape that the paper uses; None if the axis has none."""
        for each in self.of(axis, experiment):
            if (each.metric, each.reshape) == (metric, PAPER_RESHAPE[metric]):
                return each
        return None

    def draws(self, reading: Reading) -> float:
        """How far the same metric moves if other images are drawn, as `mean`; NaN if unknown."""
        for each in self.of("draw", reading.experiment):
            if (each.metric, each.reshape) == (reading.metric, reading.reshape):
                return each.mean[1]
        return np.nan


def read(results: Results) -> Readings:
    """The readings of a study.

    A metric counts where it has values in the base and in another setting. The base is the study's
    own setting; if that was not measured, and settings are numbers, the nearest.

    Raises:
        ResultsError: the table holds an axis or a setting that is not known here, or lacks the
            base.
    """
    table = results.robustness
    _check(results, table)
    key = ["experiment", "axis", "metric", "reshape", "iteration", "setting", "layer"]
    places = table.drop_duplicates(["experiment", "layer"])[
        ["experiment", "layer", "kind", "depth"]
    ]
    means = over_runs(table, key, "value")[["mean"]].rename(columns={"mean": "value"})
    means["null"] = over_runs(table, key, "null_mean")["mean"]
    means = means.reset_index().merge(places, on=["experiment", "layer"])
    found = [
        each
        for experiment in results.experiments
        for axis in AXES
        for each in _of_axis(
            results, means[(means.experiment == experiment) & (means.axis == axis)]
        )
    ]
    return Readings(results, tuple(found))


def _check(results: Results, table: pd.DataFrame) -> None:
    unknown = sorted(set(table.axis) - set(AXES))
    if unknown:
        raise ResultsError(
            f"{results.folder}/robustness.parquet varies {', '.join(unknown)}, but this version "
            f"knows only {', '.join(AXES)}. Add it to AXES in lib/report/robustness_axes.py."
        )
    for axis, setting in table[["axis", "setting"]].drop_duplicates().itertuples(index=False):
        names = AXES[axis].names
        if not (setting in names if names else _is_number(setting)):
            raise ResultsError(
                f"{results.folder}/robustness.parquet has the setting {setting!r} of {axis}, want "
                f"{' or '.join(names) or 'a number'}. Write it again with `make study`."
            )


def _is_number(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False


def _of_axis(results: Results, rows: pd.DataFrame) -> Iterator[Reading]:
    several = rows.groupby("metric").reshape.nunique()
    rank = {metric: i for i, metric in enumerate(ORDER)}
    cells = sorted(
        rows.groupby(["metric", "reshape"]),
        key=lambda cell: (rank.get(cell[0][0], len(rank)), cell[0]),
    )
    for (metric, reshape), part in cells:
        name = title(TITLES, metric) + (f", {reshape}" if several[metric] > 1 else "")
        reading = _reading(results, name, part)
        if reading.changes.notna().any(axis=None):
            yield reading


def _reading(results: Results, name: str, rows: pd.DataFrame) -> Reading:
    experiment, axis, metric, reshape = rows[["experiment", "axis", "metric", "reshape"]].iloc[0]
    settings = sorted(rows.setting.unique(), key=AXES[axis].place)
    base = _base(results, experiment, axis, settings)
    order = rows.drop_duplicates("layer").sort_values("depth")
    iterations = (int(rows.iteration.min()), int(rows.iteration.max()))
    first, last = (rows[rows.iteration == iteration] for iteration in iterations)
    earlier = first[first.setting == base].set_index("layer").value.reindex(order.layer)
    return Reading(
        experiment,
        results.network(experiment),
        axis,
        metric,
        reshape,
        name,
        base,
        list(zip(order.layer, order.kind, strict=True)),
        last.pivot(index="setting", columns="layer", values="value").reindex(
            index=settings, columns=order.layer
        ),
        earlier if iterations[0] < iterations[1] else earlier * np.nan,
        last[last.kind != "out"].groupby("setting").null.mean().reindex(settings),
        iterations,
    )


def _base(results: Results, experiment: str, axis: str, settings: list[str]) -> str:
    own = AXES[axis].base or str(results.settings(experiment)[f"probe_{axis}"])
    if own in settings:
        return own
    if AXES[axis].names:
        raise ResultsError(
            f"{results.folder}/robustness.parquet holds no {own!r} of {axis} of {experiment}, with "
            "which the other settings would be compared. Write it again with `make study`."
        )
    return min(settings, key=lambda each: abs(float(each) - float(own)))
