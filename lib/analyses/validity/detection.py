"""Which metric is the first to notice damage: the rule's verdicts, in tables."""

from fractions import Fraction

import numpy as np
import pandas as pd

from ...book.report.format import percent
from ...book.report.names import metric_titles
from ...book.report.results import Results, cached_per_results
from ..damage_sizes import LEVEL, NONE
from .rule import METRIC_AND_IMAGES, WITHOUT_DAMAGE, alarms, costs, share, smallest, verdicts
from .tables import DETECTION

DAMAGE_KINDS = {
    "principal": ("Principal directions deleted", "share of the directions"),
    "directions": ("Random directions deleted", "share of the directions"),
    "channels": ("Channels set to zero", "share of the channels"),
    "stranger": ("A stranger's channels", "share of the channels"),
    "pruned": ("Pruned, not trained again", "share of the weights"),
    "noise": ("Noise on the weights", "multiples of the weights' root mean square"),
    "shift": ("Some images shifted", "length of the shift"),
    "outliers": ("Outliers", "by how many times their size they grow"),
    "level": ("One more level of pruning", "level"),
}
"""Damage -> its title, and the unit of its size."""

RULE_READINGS = {"rule": "by the committed rule", "same stage": "beside changes of the same stage"}
"""The committed rule, and the second reading of its numbers, added after they had been read."""


def titles() -> dict[str, str]:
    """Metric -> its title."""
    return metric_titles() | {"deconfounded_cka": "deconfounded CKA"}


def networks(study: Results) -> list[str]:
    """The networks whose copies were damaged, with harmless changes beside them."""
    known = study.provenance["experiments"]
    measured = set(study.table(DETECTION).query("damage == @NONE").experiment)
    return list(dict.fromkeys(known[name]["base"] for name in known if name in measured))


@cached_per_results
def rows_of(study: Results, network: str) -> pd.DataFrame:
    """The rows of the network, of its variants included."""
    known = study.provenance["experiments"]
    names = [name for name in known if known[name]["base"] == network]
    return pd.concat([study.of(name, DETECTION) for name in names])


def same_stage(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows from the first damaged iteration on. Written after the results had been read."""
    damaged = rows[~rows.damage.isin([NONE, LEVEL])]
    return rows[rows.iteration >= damaged.iteration.min()]


@cached_per_results
def judged_by_rule(
    study: Results, network: str, reading: str = "rule"
) -> tuple[pd.DataFrame, pd.Series, pd.DataFrame]:
    """What each combination of metric and matrix detects.

    Args:
        reading: one of `RULE_READINGS`.

    Returns:
        Its smallest damage in each network (`size`), beside what costs accuracy there
        (`cost`); its share of false alarms in each; and this share at each iteration,
        all combinations together.
    """
    rows = rows_of(study, network)
    rows = rows if reading == "rule" else same_stage(rows)
    tested = alarms(rows)
    smallest_damage = smallest(tested).rename("size").to_frame()
    by_damage = costs(study, network, rows)
    smallest_damage["cost"] = by_damage.reindex(
        smallest_damage.index.droplevel(WITHOUT_DAMAGE)
    ).to_numpy()
    harmless = tested[tested.damage == NONE]
    false = share(harmless.groupby([*WITHOUT_DAMAGE, "train_seed"]).alarm)
    plain = harmless[~harmless.confounded]
    when = plain.groupby(["images", "iteration"]).alarm.agg("mean").unstack("iteration")
    return smallest_damage, false.xs(False, level="confounded"), when


@cached_per_results
def detected_by(study: Results, network: str, reading: str = "rule") -> pd.DataFrame:
    """Verdicts and false alarms of each combination, the best one first.

    Returns:
        Index images, metric and reshape; columns `costly`, `in_time`, `costless`,
        `for_nothing`, and `mean`, `min` and `max` of the share of false alarms over the
        networks.
    """
    smallest_damage, false, _ = judged_by_rule(study, network, reading)
    rates = false.groupby(METRIC_AND_IMAGES).agg(["mean", "min", "max"])
    table = verdicts(smallest_damage).join(rates)
    order = ["in_time", "for_nothing", "mean"]
    return table.sort_values(order, ascending=[False, True, True], kind="stable")


def most_images(study: Results, network: str) -> int:
    """The largest number of images that was measured."""
    return int(judged_by_rule(study, network)[0].index.get_level_values("images").max())


def of_most_images(study: Results, network: str, reading: str = "rule") -> pd.DataFrame:
    """`detected_by` of the largest number of images."""
    table = detected_by(study, network, reading)
    return table[table.index.get_level_values("images") == most_images(study, network)]


def practical(study: Results, network: str) -> pd.DataFrame:
    """Both readings of the largest number of images, in the order of the rule: texts."""
    parts = []
    for reading in RULE_READINGS:
        table = of_most_images(study, network, reading)
        parts.append(_columns(study, network, table).add_suffix(f", {reading}"))
    rule, stage = parts
    order = [*rule.index, *stage.index.difference(rule.index, sort=False)]
    both = rule.join(stage, how="outer", sort=False).reindex(order)
    heads = ("In time", "For nothing", "False alarms")
    both = both[[f"{head}, {reading}" for head in heads for reading in RULE_READINGS]]
    both = both.astype(object).fillna("-")
    both.index = [f"{titles()[metric]}, {reshape}" for _, metric, reshape in both.index]
    return both.rename_axis(f"{study.network(network)}, {most_images(study, network):,} images")


def _columns(study: Results, network: str, table: pd.DataFrame) -> pd.DataFrame:
    smallest_damage, *_ = judged_by_rule(study, network)
    single = smallest_damage.index.unique("train_seed").size == 1
    shown = pd.DataFrame(index=table.index)
    counts = table[["in_time", "costly", "for_nothing", "costless"]].astype(str)
    shown["In time"] = counts.in_time + " of " + counts.costly
    shown["For nothing"] = counts.for_nothing + " of " + counts.costless
    rates = table[["mean", "min", "max"]].map(percent, digits=0).astype(str)
    alarms_of = rates["mean"] + " (" + rates["min"] + " to " + rates["max"] + ")"
    shown["False alarms"] = "-" if single else alarms_of
    return shown


def alarms_over_time(study: Results, network: str) -> pd.DataFrame:
    """Shares of false alarms by iteration; those from the first damaged copy on together: texts."""
    *_, when = judged_by_rule(study, network)
    first = same_stage(rows_of(study, network)).iteration.min()
    early = when.loc[:, when.columns < first].rename(columns=str)
    late = when.loc[:, when.columns >= first]
    if late.size:
        early[f"{late.columns.min()} to {late.columns.max()}"] = late.mean(axis=1, skipna=False)
    table = early.map(percent, digits=0).rename_axis(columns=None)
    table.index = [f"{images:,} images" for images in table.index]
    return table.rename_axis(f"{study.network(network)}, round of re-training")


def shown_size(size: float) -> str:
    """1/8, 4, or never; a dash for what is undefined."""
    if pd.isna(size):
        return "-"
    return "never" if np.isinf(size) else str(Fraction(size).limit_denominator(64))


def in_order(table: pd.DataFrame) -> list[tuple[tuple[str, bool], pd.DataFrame]]:
    """((damage, confounded), its rows), in the order of `DAMAGE_KINDS`."""
    kinds = table.groupby(["damage", "confounded"])
    return sorted(kinds, key=lambda kind: (list(DAMAGE_KINDS).index(kind[0][0]), kind[0][1]))
