"""What the paper's sentences are measured by, and claims that quote them.

A quantity is a Series with `network`, `regime` and `train_seed` in its index, mostly `metric`
too, and the functions take away one level: the layers of a curve, or the iterations of a course.
"""

from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

from lib.report import NETWORK, TITLES, Claims, intervals, over, spearman
from lib.report.claims import WORST_FIRST
from lib.report.tables import in_order

VISIBLE = 0.05
"""By how much two raw values differ that a figure shows apart."""

TOLERANCE = {"": VISIBLE, "points": 0.5, "layers": 0.5, "of relative similarity": 0.0}
"""Unit -> by how much a bound has to be missed before a claim counts as refuted; the margin of
relative similarity, 0.1, is in its bounds already."""


OFF_PACE = {"recipe_four_steps": "not at the paper's pace"}
"""Regime -> why it decides none of these sentences, which say what each pruning costs."""

PACED = ("vgg16_bn-decline", "vgg16_bn-comparable", "resnet_fast-decline", "resnet_fast-comparable")
PACED += ("same-course",)


def pick(numbers: pd.Series, level: str, *kept: object) -> pd.Series:
    """Those of some layers, metrics or networks."""
    return numbers[numbers.index.isin(kept, level=level)]


def with_left(numbers: pd.Series, left: pd.Series, low: float = 0, high: float = 1) -> pd.Series:
    """Those after prunings that leave such a share of the weights.

    Args:
        left: index regime, iteration and, where it differs between them, network.
    """
    kept = left.index[left.between(low, high)]
    when = pd.MultiIndex.from_frame(numbers.index.to_frame()[kept.names])
    return numbers[when.isin(kept)]


def lowest(numbers: pd.Series, *layers: str) -> pd.Series:
    """The lowest value of some layers, or of all that there are."""
    return over(pick(numbers, "layer", *layers) if layers else numbers, "min")


def where_lowest(line: pd.Series) -> float:
    """Where the lowest layer is, counted from the first; NaN if all are undefined."""
    return np.nan if line.isna().all() else float(np.nanargmin(line.round(10)))


def recovery(line: pd.Series) -> float:
    """The last layer beyond the lowest."""
    return line.iloc[-1] - line.min()


def drop(line: pd.Series) -> float:
    """The first beyond the last."""
    return line.iloc[0] - line.iloc[-1]


def plateau(line: pd.Series) -> float:
    """The longest stretch of layers within `VISIBLE`, as a share of all; NaN if all are undefined."""
    values = line.to_numpy()
    stretches = combinations(range(len(values) + 1), 2)
    flat = (j - i for i, j in stretches if np.ptp(values[i:j]) < VISIBLE)
    return max(flat, default=np.nan) / len(values)


def slowing(course: pd.Series) -> float:
    """The mean step in the second half of the prunings, relative to that in the first half.

    NaN with fewer than three prunings.
    """
    steps = course.diff().dropna().abs().to_numpy()
    half = len(steps) // 2
    if not half:
        return np.nan
    return steps[-half:].mean() / steps[:half].mean()


def beyond(numbers: pd.Series, metric: str) -> pd.Series:
    """Each metric minus a certain one, in the same networks."""
    table = numbers.unstack("metric")
    return table.sub(table[metric], axis=0).drop(columns=metric).stack()


def lead(numbers: pd.Series, *layers: str) -> pd.Series:
    """How far the bottom of some layers lies below that of all others."""
    others = numbers[~numbers.index.isin(layers, level="layer")]
    return lowest(others) - lowest(numbers, *layers)


def unevenness(line: pd.Series) -> float:
    """The highest of the middle half of the layers, relative to that of the outer quarters.

    NaN with fewer than four layers.
    """
    values, quarter = line.to_numpy(), len(line) // 4
    if not quarter:
        return np.nan
    return values[quarter:-quarter].max() / max(values[:quarter].max(), values[-quarter:].max())


def at_lowest(numbers: pd.Series, curves: pd.Series) -> pd.Series:
    """Numbers of the layer where a curve is lowest, relative to the highest of all layers."""
    both = pd.DataFrame({"number": numbers, "curve": curves})
    levels = [name for name in both.index.names if name != "layer"]
    groups = both.groupby(level=levels, sort=False)
    return groups.apply(
        lambda t: t.number.iloc[t.curve.round(10).to_numpy().argmin()] / t.number.max()
    )


def bowl(numbers: pd.Series, before: list, inside: list, after: list) -> pd.Series:
    """How far the bottom of some layers lies below the means of those before and after."""
    rims = [over(pick(numbers, "layer", *part), "mean") for part in (before, after)]
    return np.minimum(*rims) - lowest(numbers, *inside)


def same_course(gained: pd.Series, first: str, second: str) -> pd.Series:
    """Rank correlation of the accuracies of two networks over the prunings, seed by seed."""
    levels = ["regime", NETWORK]
    table = gained.unstack("network")[[first, second]].dropna()
    return table.groupby(level=levels).apply(lambda t: spearman([0, *t[first]], [0, *t[second]]))


def recalls(curves: pd.Series, network: str, other: str) -> pd.Series:
    """Rank correlation of a network's curve with another's, read at the same relative depths."""

    def compared(pair: pd.Series) -> float:
        lines = [pair.xs(name, level="network").to_numpy() for name in (network, other)]
        depths = [np.linspace(0, 1, len(line)) for line in lines]
        return spearman(lines[0], np.interp(*depths, lines[1]))

    both = pick(curves, "network", network, other)
    pairs = both.groupby(level=["regime", "metric", NETWORK])
    pairs = pairs.filter(lambda pair: pair.index.unique("network").size == 2)
    return pairs.groupby(level=["regime", "metric", NETWORK]).agg(compared)


class PaperClaims(Claims):
    """Sentences of the paper; a bound that is missed by less than one sees refutes none.

    The sentences, with their rules in words and their bounds, are in `paper.csv`. A sentence
    of two parts has a second rule there, under its key, a colon, and the name of the part.
    """

    def __init__(self, page: str, *results: Path | str, names: Mapping[str, str] = TITLES):
        super().__init__(page, *results, names=names)
        self.rules = pd.read_csv(Path(__file__).with_name("paper.csv"), index_col="key")
        self.paper = self.rules[~self.rules.index.str.contains(":")]
        self.about: dict[str, dict[str, str]] = {}

    def says(self, numbers: pd.Series | pd.DataFrame, *keys: str) -> None:
        """Decide sentences by a quantity, in all their networks and regimes that there are.

        Args:
            numbers: a quantity, or a frame of `intervals`, with `regime` in its index.
            keys: of the rules; those of claims begin with that of the sentence.
        """
        for key in keys:
            self._says(key, numbers)

    def _says(self, key: str, numbers: pd.Series | pd.DataFrame) -> None:
        rule = self.rules.loc[key].dropna()
        for level in {"network", "metric"} & set(rule.index):
            numbers = pick(numbers, level, *rule[level].split())
        limit = rule.get("limit", np.inf)
        frame = numbers if "mean" in numbers else intervals(numbers, -limit, limit)
        levels = frame.index.names
        quote, _, part = key.partition(":")
        named = [f"{{{x}}}" for x in levels if not (x == "network" and "network" in rule)]
        name, unit = "-".join([quote, *named]), rule.get("unit", "")
        bounds = rule[rule.index.isin(["above", "below"])].to_dict()
        bounds |= {"unit": unit, "margins": "margin" in rule, "tolerance": TOLERANCE[unit]}
        words = ", ".join(f"{{{level}}}" for level in levels)
        for regime, rows in frame.groupby(level="regime", sort=False):
            bounds["caveat"] = OFF_PACE.get(regime, "") if quote in PACED else ""
            if part:
                self.also(name, rows, **bounds)
            else:
                self.each(name, f"\u201c{rule.paper}\u201d ({words})", rows, **bounds)
        if part:
            return
        for index in frame.index:
            labels = dict(zip(levels, np.atleast_1d(index), strict=True))
            self.about[name.format(**labels)] = {"quote": quote} | labels

    def verdicts(self, *by: str, margin: float = 1) -> pd.DataFrame:
        """The verdict on each sentence: that of its claims which is nearest to failing.

        Args:
            by: levels, such as `regime`, each value of which has a column.
        """
        groups = self._tidy(margin).groupby(["quote", *by], sort=False).verdict
        return groups.agg(lambda each: min(each, key=WORST_FIRST.index)).unstack(list(by))

    def distances(self) -> pd.DataFrame:
        """How far the mean of each claim with an interval lies inside its bound, in half-widths.

        Returns:
            Index claim; columns `regime` and `distance`, above 1 where the whole interval lies
            inside; of several rules, the one that lies least far inside counts.
        """
        rows = {}
        for name, claim in self._claims.items():
            inside = []
            for rule in claim.rules:
                if np.isfinite(rule.p):
                    mean, low, high = rule.rows.iloc[0][["mean", "low", "high"]]
                    half = max(mean - low, high - mean)  # one end may have been cut off
                    inside.append(min(mean - rule.above, rule.below - mean) / half)
            if inside:
                rows[name] = {"regime": self.about[name]["regime"], "distance": min(inside)}
        return pd.DataFrame.from_dict(rows, orient="index", columns=["regime", "distance"])

    def papers_table(self, columns: dict[str, str]) -> pd.DataFrame:
        """A row for each sentence: its rules, and in each regime the verdict and what was measured.

        Args:
            columns: regime -> head of its column.
        """
        rows, verdicts = self._tidy(), self.verdicts("regime")
        rows["measured"] = rows.measured.str.replace(", n = 3", "")
        differ = rows.groupby("quote")[["network", "metric"]].transform("nunique") > 1
        names = rows[differ.columns].replace(self.names).where(differ, "")
        rows["text"] = (names.network + " " + names.metric).str.strip() + " " + rows.measured
        texts = rows.groupby(["quote", "regime"])[["measured", "text"]].apply(_one_or_all).unstack()
        since = (" (rule of " + self.rules.since + ")").fillna("")
        rules = self.rules.rule + ": " + self.rules.apply(_bounds, axis=1) + since
        rules = rules.groupby(rules.index.str.partition(":").get_level_values(0)).agg("; ".join)
        table = pd.DataFrame({"The paper": self.paper.paper, "Rule": rules[self.paper.index]})
        for regime, head in columns.items():
            table[head] = (verdicts[regime] + ": " + texts[regime]).reindex(table.index)
        return (
            table.set_axis(self.paper.section)
            .rename_axis(None)
            .rename_axis(columns="Section")
            .fillna("–")
        )

    def _tidy(self, margin: float = 1) -> pd.DataFrame:
        """The claims, with what they are about in columns."""
        columns = ["quote", "regime", "network", "metric"]
        about = pd.DataFrame.from_dict(self.about, orient="index").reindex(columns=columns)
        rows = self.table(margin).join(about.astype(object).fillna(""), how="inner")
        return rows.sort_values(
            ["network", "metric"], key=lambda x: x.map(in_order(pd.Index(x), self.names).index)
        )


def _bounds(rule: pd.Series) -> str:
    """Such as `> 0.3 and < 0.4`, with the unit."""
    signs = {"above": ">", "below": "<"}
    texts = [f"{signs[side]} {rule[side]:g}" for side in signs if not np.isnan(rule[side])]
    unit = "" if pd.isna(rule.unit) else f" {rule.unit}"
    return " and ".join(texts).replace("-", "−") + unit


def _one_or_all(rows: pd.DataFrame) -> str:
    """What was measured: once, where it is the same for all networks and metrics."""
    same = len(rows) > 1 and rows.measured.nunique() == 1
    return f"all {rows.measured.iloc[0]}" if same else "; ".join(rows.text.str.strip())
