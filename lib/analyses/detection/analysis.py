"""Which metric is the first to notice damage: the rule's verdicts, in tables."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

import numpy as np
import pandas as pd

from ...book.report.format import percent
from ...book.report.names import metric_titles
from ...book.report.results import Results, cached_per_results
from ..damages import LEVEL, NONE, STRANGER
from .rule import METRIC_AND_IMAGES, PAIR, WITHOUT_DAMAGE, alarms, costs, share, smallest, verdicts
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

READINGS = {"rule": "by the committed rule", "same stage": "beside changes of the same stage"}
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
        reading: one of `READINGS`.

    Returns:
        Its smallest damage in each network (`size`), beside what costs accuracy there (`cost`); its
        share of false alarms in each; and this share at each iteration, all combinations together.
    """
    rows = rows_of(study, network)
    rows = rows if reading == "rule" else same_stage(rows)
    tested = alarms(rows)
    found = smallest(tested).rename("size").to_frame()
    by_damage = costs(study, network, rows)
    found["cost"] = by_damage.reindex(found.index.droplevel(WITHOUT_DAMAGE)).to_numpy()
    harmless = tested[tested.damage == NONE]
    false = harmless.groupby([*WITHOUT_DAMAGE, "train_seed"]).alarm.agg(share)
    plain = harmless[~harmless.confounded].astype({"alarm": float})
    when = plain.groupby(["images", "iteration"]).alarm.agg("mean").unstack("iteration")
    return found, false.xs(False, level="confounded"), when


@cached_per_results
def summary(study: Results, network: str, reading: str = "rule") -> pd.DataFrame:
    """Verdicts and false alarms of each combination, the best one first.

    Returns:
        Index images, metric and reshape; columns `costly`, `in_time`, `costless`, `for_nothing`,
        and `mean`, `min` and `max` of the share of false alarms over the networks.
    """
    found, false, _ = judged_by_rule(study, network, reading)
    rates = false.groupby(METRIC_AND_IMAGES).agg(["mean", "min", "max"])
    table = verdicts(found).join(rates)
    order = ["in_time", "for_nothing", "mean"]
    return table.sort_values(order, ascending=[False, True, True], kind="stable")


def most_images(study: Results, network: str) -> int:
    """The largest number of images that was measured."""
    return int(judged_by_rule(study, network)[0].index.get_level_values("images").max())


def at_most(study: Results, network: str, reading: str = "rule") -> pd.DataFrame:
    """`summary` of the largest number of images."""
    table = summary(study, network, reading)
    return table[table.index.get_level_values("images") == most_images(study, network)]


def practical(study: Results, network: str, images: int) -> pd.DataFrame:
    """Both readings side by side, in the order of the rule: texts."""
    parts = []
    for reading in READINGS:
        table = summary(study, network, reading)
        table = table[table.index.get_level_values("images") == images]
        parts.append(_columns(study, network, table).add_suffix(f", {reading}"))
    rule, stage = parts
    order = [*rule.index, *stage.index.difference(rule.index, sort=False)]
    both = rule.join(stage, how="outer", sort=False).reindex(order)
    heads = ("In time", "For nothing", "False alarms")
    both = both[[f"{head}, {reading}" for head in heads for reading in READINGS]]
    both = both.astype(object).fillna("-")
    both.index = [f"{titles()[metric]}, {reshape}" for _, metric, reshape in both.index]
    return both.rename_axis(f"{study.network(network)}, {images:,} images")


def _columns(study: Results, network: str, table: pd.DataFrame) -> pd.DataFrame:
    found, *_ = judged_by_rule(study, network)
    single = found.index.unique("train_seed").size == 1
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


def twins(study: Results, network: str) -> Iterator[str]:
    """Metrics that detect the same sizes in all networks and tests on one matrix, in pairs."""
    found, *_ = judged_by_rule(study, network)
    for reshape, sizes in found["size"].unstack("metric").groupby("reshape"):
        whole = sizes.dropna(axis="columns")
        for one, other in combinations(whole.columns, 2):
            if np.isfinite(whole[one]).any() and whole[one].equals(whole[other]):
                yield f"{titles()[one]}, {titles()[other]}, {reshape}"


def in_numbers(study: Results, network: str) -> pd.DataFrame:
    """Counts behind the sentences of the page, of a network: one column of texts."""
    found, *_ = judged_by_rule(study, network)
    costly = np.isfinite(found.cost).groupby(["damage", "confounded"]).all()
    counts = {
        "networks": found.index.unique("train_seed").size,
        "tests with damage that costs accuracy": costly.sum(),
        "kinds of damage in them": costly[costly].index.unique("damage").size,
    }
    for reading in READINGS:
        table = at_most(study, network, reading)
        best = table.in_time.max() if len(table) else 0
        noticed = (table.for_nothing > 0).sum()
        counts |= {
            f"combinations of metric and matrix, {reading}": len(table),
            f"most tests passed, {reading}": best,
            f"combinations that pass so many, {reading}": (table.in_time == best).sum(),
            f"fewest tests passed, {reading}": table.in_time.min() if len(table) else "-",
            f"combinations that notice what never costs a point, {reading}": noticed,
        }
    counts |= _with_fewer_images(study, network) | _confounded(study, network)
    counts["pairs that detect the same sizes in every test"] = "; ".join(twins(study, network))
    column = pd.Series(counts).astype(str).replace("", "-")
    return column.to_frame("").rename_axis(study.network(network))


def _with_fewer_images(study: Results, network: str) -> dict[str, int]:
    numbers = summary(study, network).index.unique("images")
    if len(numbers) < 2:
        return {}
    few, most = numbers.min(), numbers.max()
    both = summary(study, network).in_time.unstack("images").dropna()
    head = f"{few:,} images in place of {most:,}"
    return {
        f"combinations in both numbers of images, {head}": len(both),
        f"pass fewer tests, {head}": (both[few] < both[most]).sum(),
        f"pass more tests, {head}": (both[few] > both[most]).sum(),
    }


def _confounded(study: Results, network: str) -> dict[str, int]:
    found, *_ = judged_by_rule(study, network)
    medians = found["size"].groupby(["damage", "images", "confounded", "metric", "reshape"])
    table = medians.median().unstack("confounded").dropna()
    most = most_images(study, network)
    table = table[table.index.isin([STRANGER], "damage") & table.index.isin([most], "images")]
    if table.empty or set(table) != {False, True}:
        return {}
    return {
        "combinations on plain and on confounded images": len(table),
        "notice a stranger later on confounded ones": (table[True] > table[False]).sum(),
        "notice a stranger earlier on confounded ones": (table[True] < table[False]).sum(),
    }


def damaged_networks(study: Results) -> pd.DataFrame:
    """What was damaged and compared: one row of texts for each network."""
    rows = {}
    for network in networks(study):
        table = rows_of(study, network)
        damaged = table[~table.damage.isin([NONE, LEVEL])]
        harmless = table[table.damage == NONE].drop_duplicates(PAIR).groupby("train_seed").size()
        rows[study.network(network)] = {
            "Layers": ", ".join(sorted(damaged.layer.unique())),
            "Complete networks": str(len(harmless)),
            "Copies of each": str(damaged.groupby("train_seed").iteration.nunique().max()),
            "Harmless changes of each": str(harmless.max()),
            "Range contains the median": percent(1 - 2.0 ** (1 - len(harmless)), 0),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network")


def shown_size(size: float) -> str:
    """1/8, 4, or never; a dash for what is undefined."""
    if pd.isna(size):
        return "-"
    return "never" if np.isinf(size) else str(Fraction(size).limit_denominator(64))


def in_range(sizes: pd.Series) -> str:
    """`1/4 (1/8 to 1/2)`: median over the networks, and the ends."""
    middle, low, high = map(shown_size, (sizes.median(), sizes.min(), sizes.max()))
    return middle if low == high else f"{middle} ({low} to {high})"


def in_order(found: pd.DataFrame) -> list[tuple[tuple[str, bool], pd.DataFrame]]:
    """((damage, confounded), its rows), in the order of `DAMAGE_KINDS`."""
    kinds = found.groupby(["damage", "confounded"])
    return sorted(kinds, key=lambda kind: (list(DAMAGE_KINDS).index(kind[0][0]), kind[0][1]))


def all_sizes(study: Results, network: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """For each test its title, and the smallest damage that each combination detects: texts."""
    found, *_ = judged_by_rule(study, network)
    for (damage, confounded), table in in_order(found):
        cells = table["size"].groupby(["metric", "reshape", "images"]).agg(in_range)
        wide = cells.unstack("images").rename(columns="{:,} images".format)
        cost = in_range(table.cost.groupby("train_seed").first())
        what = DAMAGE_KINDS[damage][0].lower() + (", confounded" if confounded else "")
        yield f"{study.network(network)}, {what}; smallest that costs a point: {cost}", wide
