"""Tables of the contrast: its parts, its orders, and what is said of it."""

from collections.abc import Mapping

import pandas as pd

from ...book.claims import equal
from ...book.findings import Decided, compared
from ...book.report import values
from ...book.report.format import count, interval_words
from ...book.report.results import Results
from ...book.report.statistics import Interval
from ...book.report.statistics import interval as over_networks
from .analysis import CAUSES, SHARES, added_on_one_matrix, falls_in_order, remainders

HEADS = {"contrast": "Contrast", **CAUSES, "metric": "Metrics"} | {
    "trained": "Training only",
    "adds": "Pruning adds",
    "siblings": "Other seeds",
}
"""part of a contrast -> head of its column."""


def cell(part: str, measured: Interval, networks: int) -> str:
    """Mean and interval, and over how many networks where these are one, or fewer than others.

    Args:
        part: of the contrast, a key of `HEADS`.
        measured: a cell of `analysis.mean_parts`.
        networks: over how many complete networks the contrast itself is.
    """
    if not measured.n:
        return "-"
    share = part in SHARES
    numbers = [measured.mean, measured.low, measured.high]
    if share:
        numbers = [100 * number for number in numbers]
    text = interval_words(*numbers, digits=0 if share else 2, sign=part == "adds")
    few = measured.n == 1 or measured.n < networks
    words = f", {count(measured.n, 'network')}" if few else ""
    return text + (" %" if share else "") + words


def headline_table(parts: pd.DataFrame, recipe: str = "") -> pd.DataFrame:
    """The contrast and its parts as texts, a row for each network.

    Args:
        parts: as `analysis.mean_parts` returns it.
        recipe: what is said of the networks beside their titles.
    """
    rows = {}
    for (_, network), measured in parts.iterrows():
        networks = measured["contrast"].n
        rows[network + recipe] = [cell(part, measured[part], networks) for part in HEADS]
    table = pd.DataFrame(rows, index=list(HEADS.values()), dtype=object).T
    return table.rename_axis("Network")


_DECIDED = {
    "trained": "contrast of SVCCA and CKA after training alone",
    "adds": "contrast of SVCCA and CKA after pruning, minus that after training alone",
    "siblings": "contrast of SVCCA and CKA between networks of other seeds",
    "metric": "share of the contrast left on one matrix and with chance at 0",
}
"""part of a contrast -> what is decided of it."""


def decided_parts(parts: pd.DataFrame, recipe: str = "", end: str = "") -> list[Decided]:
    """For each network: a contrast without pruning, what pruning adds, what is left.

    Args:
        parts, recipe: as for `headline_table`.
        end: of each key.
    """
    comparisons = []
    for (experiment, network), measured in parts.iterrows():
        for part, words in _DECIDED.items():
            key = f"contrast-{part}-{experiment.replace('_', '-')}{end}"
            about = f"{words}: {network}{recipe}"
            comparisons.append(compared(key, about, measured[part], measured[part].side))
    return comparisons


def additions(study: Results) -> pd.DataFrame:
    """What pruning adds, as how much lower SVCCA is and how much higher CKA than training alone.

    Returns:
        A row for each network with a control; cells are an `Interval` over complete
        networks.
    """
    rows = {}
    for network in study.experiments:
        if f"{network}_trained_as_long" not in study.variants:
            continue
        last = int(values.remaining(study, network).index[-1])
        moved = {
            metric: equal.similarity(study, network, metric, last, minus="trained_as_long")
            for metric in ("svcca", "cka")
        }
        rows[study.network(network)] = {
            "SVCCA": moved["svcca"],
            "CKA": moved["cka"],
            "added on one matrix": over_networks(added_on_one_matrix(study, network)),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network")


def move_table(added: pd.DataFrame) -> pd.DataFrame:
    """`additions` as texts."""
    heads = [f"{metric}, pruned minus trained as long" for metric in ("SVCCA", "CKA")]
    heads.append("Pruning adds, on one matrix")
    texts = added.map(lambda mean: mean.text(sign=True))
    return texts.rename(columns=dict(zip(texts, heads, strict=False)))


def by_hand(left: Mapping[frozenset[str], pd.Series]) -> pd.DataFrame:
    """What is left of a contrast with each set of causes taken out.

    Args:
        left: as `analysis.remainders` returns it.
    """
    rows = {}
    for out, numbers in left.items():
        names = [CAUSES[cause].lower() for cause in CAUSES if cause in out]
        rows[" and ".join(names) or "nothing"] = numbers.mean()
    series = pd.Series(rows, name="Contrast that is left", dtype=float)
    return series.rename_axis("Taken out").to_frame()


def by_order(left: Mapping[frozenset[str], pd.Series]) -> pd.DataFrame:
    """By how much a contrast falls when causes are taken out, in each order, and on average.

    Args:
        left: as `first_complete` returns it.
    """
    if not left:
        return pd.DataFrame(columns=CAUSES.values(), dtype=float)
    falls = falls_in_order(left).groupby(level="order").mean()
    falls.index = [
        ", then ".join(CAUSES[cause].lower() for cause in order.split(", then "))
        for order in falls.index
    ]
    falls.loc["mean"] = falls.mean()
    return falls.rename(columns=CAUSES).rename_axis("Order")


def first_complete(study: Results) -> dict[frozenset[str], pd.Series]:
    """The remainders of SVCCA and CKA in the first network that has all of them; else none."""
    for name in study.experiments:
        left = remainders(study, name)
        if len(left[frozenset()]):
            return left
    return {}
