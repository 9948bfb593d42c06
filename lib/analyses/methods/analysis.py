"""The choices behind the settings: variants, the trust coefficient of LARS, and the precision."""

import math
from collections.abc import Mapping

import pandas as pd

from ... import ROOT
from ...book.claims.engine import UNDECIDED
from ...book.report.format import Table, percent
from ...book.report.names import NETWORK_TITLES
from ...book.report.results import Results
from ...book.report.statistics import Interval, interval

TRUST = "recipe.optimiser.trust"
BEST, NOT_TRIED, BELOW = "the best", "not tried", "below the best"
"""What may be said of the value that a study uses, among those that were tried."""

HIGHER, LOWER = "higher", "lower"
"""Of the accuracy in bfloat16, compared with float32."""


def variants(study: Results, ways: Mapping[str, tuple[str, str]]) -> Table:
    """Controls and other ways to prune: what is different, and whose networks were measured.

    Args:
        ways: {suffix of an experiment's name: (what is different, kind)}.
    """
    rows = []
    for way, (about, kind) in ways.items():
        names = [name for name in study.experiments if f"{name}_{way}" in study.variants]
        measured = ", ".join(study.network(name) for name in names)
        rows.append((way, kind, about, measured or "-"))
    header = ["Variant", "Kind", "What is different", "Measured here for"]
    return Table(header, rows, cards=True, nothing="There are none.")


def trust_of(study: Results) -> float:
    """The trust coefficient of LARS with which a study trains ResNet_fast."""
    settings = study.settings("resnet_fast")["hyperparameters"]
    values = {row["name"]: row["value"] for row in settings}
    return float(values[TRUST])


def tried_trusts() -> pd.DataFrame:
    """What `python -m benchmarks.trust` measured: a row for each training.

    Returns:
        Columns `trust`, `seed`, `accuracy` on held-out training images, and the scale:
        `epochs`, `images`, `width`, `held_out`.
    """
    return pd.read_csv(ROOT / "benchmarks" / "trust.csv")


def trust_table(tried: pd.DataFrame, ours: float) -> Table:
    """Mean accuracy with each coefficient, and which of them is that of the study.

    Args:
        tried: as of `tried_trusts`.
        ours: the coefficient of the study.
    """
    rows = []
    for trust, accuracies in tried.groupby("trust").accuracy:
        name = f"{trust:g} (in this study)" if trust == ours else f"{trust:g}"
        rows.append((name, percent(accuracies.mean(), 1), str(len(accuracies))))
    return Table(["Trust", "Mean accuracy", "Seeds"], rows, numeric=["Mean accuracy", "Seeds"])


def judge_trust(tried: pd.DataFrame, ours: float) -> tuple[str, str]:
    """How far the study's coefficient is below the best of those tried, and a verdict.

    Args:
        tried, ours: as for `trust_table`.

    Returns:
        The margin as a percentage, and `BEST`, `BELOW` or `NOT_TRIED`.
    """
    means = tried.groupby("trust").accuracy.mean()
    margin = means.max() - means.get(ours, math.nan)
    if math.isnan(margin):
        return percent(margin, 1), NOT_TRIED
    return percent(margin, 1), BELOW if margin > 0 else BEST


def precision_effects() -> dict[str, dict[str, Interval]]:
    """Accuracy in both precisions, of networks that were trained with the same seeds.

    Returns:
        {network: {`float32`, `bfloat16`, `difference`, taken seed by seed: mean with
        its 95 % interval over seeds, in percentage points}}, from
        `benchmarks/precision.csv`.
    """
    measured = pd.read_csv(ROOT / "benchmarks" / "precision.csv")
    measured["accuracy"] *= 100
    both = measured.pivot(index=["network", "seed"], columns="precision", values="accuracy")
    both["difference"] = both.bfloat16 - both.float32
    columns = ("float32", "bfloat16", "difference")
    return {
        NETWORK_TITLES[name]: {column: interval(pairs[column]) for column in columns}
        for name, pairs in both.groupby(level="network", sort=False)
    }


def precision_table(effects: dict[str, dict[str, Interval]]) -> Table:
    """A row for each network of `precision_effects`."""
    rows = []
    for network, effect in effects.items():
        texts = [mean.text(1) for mean in effect.values()]
        rows.append((network, str(effect["difference"].n), *texts))
    header = ["Network", "Seeds", "float32, %", "bfloat16, %", "Difference"]
    return Table(header, rows, numeric=header[1:])


def judge_precision(difference: Interval) -> str:
    """`HIGHER` or `LOWER` where the interval of the difference excludes 0."""
    if difference.low > 0:
        return HIGHER
    return LOWER if difference.high < 0 else UNDECIDED
