"""The kept networks measured in other ways: by how much each choice moves a similarity."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from ...book.claims.engine import FAILS, HOLDS, NOT_MEASURED
from ...book.claims.vocabulary import PAPER_METRICS
from ...book.findings import Decided
from ...book.report import values
from ...book.report.format import number
from ...book.report.names import METRICS, metric_titles
from ...book.report.results import PAPER_RESHAPE, Results, ResultsError, cached_per_results
from ...book.report.style import VISIBLE
from .tables import ROBUSTNESS


class Axis(NamedTuple):
    """A choice that is varied, and the names of its settings."""

    title: str
    default: str  # the study's own setting; empty where each experiment has its own
    names: str | dict[str, str]  # a pattern for numbers, {setting: name} for anything else

    def name(self, setting):
        if isinstance(self.names, dict):
            return self.names[setting]
        return self.names.format(f"{int(setting):,}" if setting.isdigit() else setting)

    def place(self, setting):
        """By which the settings are sorted."""
        if isinstance(self.names, dict):
            return list(self.names).index(setting)
        return float(setting)


SPLITS = {"test": "test images", "train": "training images"}
MEANS = {"plain": "the plain mean", "sum98": "the mean up to 98 % of the sum"}
ESTIMATES = {"biased": "biased CKA", "debiased": "debiased CKA"}
_PRECISIONS = {name: name for name in ("float64", "float32", "bfloat16")}
AXES = {
    "images": Axis("Number of probe images", "", "{} images"),
    "draw": Axis("Other probe images", "0", "draw {}"),
    "split": Axis("Split of the probe images", "", SPLITS),
    "threshold": Axis("Threshold of SVCCA", "0.99", "threshold {}"),
    "mean": Axis("Definition of the mean", "plain", MEANS),
    "debiased": Axis("Biased or debiased CKA", "biased", ESTIMATES),
    "precision": Axis("Precision of the forward pass", "float32", _PRECISIONS),
    "leading": Axis("Leading components removed", "0", "{} removed"),
}

METRIC_ORDER = ["mean_cca", "svcca", "pwcca", "cka", "cka_debiased", "nbs"]
READING = ["experiment", "axis", "metric", "reshape"]
"""A reading: one metric of one network in all settings of one axis."""

_LAYER = [*READING, "layer"]


def base_setting(study: Results, axis: str, network: str, settings: np.ndarray) -> str:
    """The study's own setting, or the nearest number.

    Raises:
        ResultsError: there is neither.
    """
    base = AXES[axis].default or str(study.settings(network)[f"probe_{axis}"])
    if base in settings:
        return base
    if isinstance(AXES[axis].names, dict):
        raise ResultsError(f"{study.folder} has no {base} of {axis} of {network} to compare with")
    return min(settings, key=lambda setting: abs(float(setting) - float(base)))


def _ordered(study: Results) -> pd.DataFrame:
    """The rows of the paper's experiments, each with the base that its setting is compared with."""
    rows = study.table(ROBUSTNESS)
    rows = rows[rows.experiment.isin(study.experiments)]
    if unknown := set(rows.axis) - set(AXES):
        where = "AXES in lib/analyses/robustness/analysis.py"
        raise ResultsError(f"{study.folder} varies {unknown}: add it to {where}")
    pairs = zip(rows.axis, rows.setting, strict=True)
    rows = rows.assign(place=[AXES[axis].place(setting) for axis, setting in pairs])
    metrics = METRIC_ORDER + sorted(set(rows.metric) - set(METRIC_ORDER))
    order = {"experiment": study.experiments, "axis": list(AXES), "metric": metrics}
    rows = rows.sort_values(
        [*READING, "place", "depth"],
        key=lambda column: column.map(order[column.name].index) if column.name in order else column,
    )
    settings = rows.groupby(READING).setting.unique()
    bases = {of: base_setting(study, of[1], of[0], known) for of, known in settings.items()}
    return rows.assign(base=[bases[of] for of in rows[READING].itertuples(index=False, name=None)])


@cached_per_results
def readings(study: Results) -> pd.DataFrame:
    """Values after the last iteration, means over the runs, each beside those at the base.

    Returns:
        A row for each reading, setting and layer: `value`, `null_mean`; `at_base` and
        `at_first`, the layer's value at the base then and after the first iteration;
        `change` from the base; `title` of the metric. A metric counts where it has
        values at the base and elsewhere.
    """
    key = [*READING, "setting", "base", "place", "layer", "kind", "depth", "iteration"]
    rows = _ordered(study).groupby(key, sort=False)[["value", "null_mean"]].mean().reset_index()
    iterations = rows.groupby(READING).iteration
    last = rows.iteration == iterations.transform("max")
    first = (rows.iteration == iterations.transform("min")) & ~last
    at_base = rows.setting == rows.base
    last_values = rows[last]
    for name, chosen in {"at_base": at_base & last, "at_first": at_base & first}.items():
        at_setting = rows[chosen][[*_LAYER, "value"]].rename(columns={"value": name})
        last_values = last_values.merge(at_setting, "left", on=_LAYER)
    last_values["change"] = last_values.value - last_values.at_base
    varied = last_values.setting != last_values.base
    both = last_values.change.notna() & (last_values.kind != "out") & varied
    last_values = last_values[last_values.assign(both=both).groupby(READING).both.transform("any")]
    several = last_values.groupby(["experiment", "axis", "metric"]).reshape.transform("nunique") > 1
    titles = metric_titles()
    names = last_values.metric.map(lambda metric: titles.get(metric, metric))
    return last_values.assign(title=names + (", " + last_values.reshape).where(several, ""))


def hidden_readings(study: Results) -> pd.DataFrame:
    """The readings of the layers before the output."""
    rows = readings(study)
    return rows[rows.kind != "out"]


def _furthest(rows: pd.DataFrame) -> pd.DataFrame:
    """The row of each reading with the largest distance."""
    return rows.loc[rows.groupby(READING, sort=False).distance.idxmax()].set_index(READING)


@cached_per_results
def moves(study: Results) -> pd.DataFrame:
    """How far each choice moves each reading.

    Returns:
        Index READING: the row of the layer and setting with the largest `distance` from
        the base; `mean`, the largest distance averaged over the hidden layers; for
        comparison `pruning`, the distance from the first to the last iteration, and
        `draws`, `mean` of another draw.
    """
    rows = hidden_readings(study)
    varied = rows[rows.setting != rows.base]
    varied = varied.assign(distance=varied.change.abs())
    furthest = _furthest(varied)
    over_layers = varied.groupby([*READING, "setting"], sort=False).distance.mean().reset_index()
    furthest["mean"] = _furthest(over_layers).distance
    base = rows[rows.setting == rows.base]
    base = base.assign(distance=(base.value - base.at_first).abs())
    furthest["pruning"] = base.groupby(READING).distance.mean()
    draws = furthest["mean"][furthest.index.get_level_values("axis") == "draw"].droplevel("axis")
    furthest["draws"] = draws.reindex(furthest.index.droplevel("axis")).to_numpy()
    return furthest


@cached_per_results
def common(study: Results) -> pd.DataFrame:
    """The readings of the layers that are defined in every setting.

    A mean would change because its layers do. A setting without any value does not count.
    """
    rows = hidden_readings(study)
    rows = rows.assign(defined=rows.value.notna())
    rows = rows[rows.groupby([*READING, "setting"]).defined.transform("any")]
    return rows[rows.groupby(_LAYER).defined.transform("all")]


def u_depth_by_setting(reading: pd.DataFrame) -> tuple[pd.Series, str]:
    """Depth of the "U" in each setting; and the base."""
    if reading.empty:
        return pd.Series(dtype=float), ""
    curves = reading.pivot(index="setting", columns="depth", values="value")
    return values.u_depth_by_row(curves), reading.base.iloc[0]


def of_paper(rows: pd.DataFrame, network: str, metric: str) -> pd.DataFrame:
    """The rows of a metric on the matrix that the paper gives it."""
    chosen = (rows.metric == metric) & (rows.reshape == PAPER_RESHAPE[metric])
    return rows[chosen & (rows.experiment == network)]


@cached_per_results
def cka_minus_svcca(study: Results, axis: str, network: str) -> tuple[pd.Series, str]:
    """CKA minus SVCCA in each setting, mean over the hidden layers; and the base.

    A metric that the axis does not vary has its value at the base of another axis.
    """
    curves, bases = {}, []
    rows, everywhere = common(study), hidden_readings(study)
    for metric in ("cka", "svcca"):
        varied = of_paper(rows[rows.axis == axis], network, metric)
        curves[metric] = varied.pivot(index="setting", columns="depth", values="value")
        if varied.empty:
            at_base = everywhere[everywhere.setting == everywhere.base]
            fixed = of_paper(at_base, network, metric).drop_duplicates("layer")
            curves[metric] = fixed.set_index("depth").value
        bases += varied.base.tolist()[:1]
    if not bases:
        return pd.Series(dtype=float), ""
    differences = (curves["cka"] - curves["svcca"]).dropna(how="all").dropna(axis=1)
    return differences.mean(axis=1), bases[0]


def half_stays(quantities: Mapping[str, tuple[pd.Series, str]]) -> dict[str, bool]:
    """Whether every other setting keeps half of what the study's own setting has.

    Args:
        quantities: name -> its value in each setting, and the study's own setting.

    Returns:
        Of those names alone whose value is large enough to be seen.
    """
    return {
        name: bool((numbers.drop(base) / numbers[base] >= 0.5).all())
        for name, (numbers, base) in quantities.items()
        if len(numbers) > 1 and abs(numbers.get(base, 0)) >= VISIBLE
    }


def paper_moves(study: Results) -> pd.DataFrame:
    """`moves` of the paper's metrics, each on the matrix that the paper gives it."""
    rows = moves(study).reset_index()
    return rows[rows.metric.isin(PAPER_METRICS) & (rows.reshape == rows.metric.map(PAPER_RESHAPE))]


def robustness_decided(study: Results) -> list[Decided]:
    """Of each choice: does it leave the paper's metrics, and the difference of CKA and SVCCA?"""
    rows = paper_moves(study)
    most = rows.loc[rows.groupby("axis")["mean"].idxmax()].set_index("axis")
    verdicts = []
    for axis, about in AXES.items():
        words = f"{about.title}: moves no metric of the paper by {VISIBLE} or more"
        measured, verdict = NOT_MEASURED, NOT_MEASURED
        if axis in most.index:
            row = most.loc[axis]
            where = f"{METRICS[row.metric]} of {study.network(row.experiment)}"
            measured = f"at most {number(row['mean'])} ({where})"
            verdict = FAILS if row["mean"] >= VISIBLE else HOLDS
        verdicts.append(Decided(f"robustness-moves-{axis}", words, measured, verdict))
        verdicts.append(_contrast_decided(study, axis))
    return verdicts


def _contrast_decided(study: Results, axis: str) -> Decided:
    stays = half_stays(
        {network: cka_minus_svcca(study, axis, network) for network in study.experiments}
    )
    words = f"{AXES[axis].title}: at least half of CKA minus SVCCA remains in every network"
    kept = ", ".join(study.network(network) for network, stayed in stays.items() if stayed)
    verdict = (HOLDS if all(stays.values()) else FAILS) if stays else NOT_MEASURED
    measured = f"it remains in {kept}" if kept else "it remains in none"
    return Decided(f"robustness-contrast-{axis}", words, measured if stays else verdict, verdict)
