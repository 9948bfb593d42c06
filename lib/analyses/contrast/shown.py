"""Tables of the contrast: its parts, its orders, its scales, and what is said of it."""

from collections.abc import Mapping

import pandas as pd

from ...book.claims import equal
from ...book.findings import Decided, compared
from ...book.report import values
from ...book.report.format import count, interval_words, number, percent
from ...book.report.names import SCALES
from ...book.report.results import Results
from ...book.report.scale import short_width
from ...book.report.statistics import Interval
from ...book.report.statistics import interval as over_networks
from ...book.report.style import VISIBLE
from .analysis import (
    CAUSES,
    SHARES,
    added_by_layer,
    added_on_one_matrix,
    at_scales,
    falls_in_order,
    remainders,
    without_pruning,
)
from .contrast import contrast

HEADS = {"contrast": "Contrast", **CAUSES, "metric": "Metrics"} | {
    "trained": "Training only",
    "adds": "Pruning adds",
    "siblings": "Other seeds",
}
"""part of a contrast -> head of its column."""


def cell(row: pd.Series, networks: int) -> str:
    """Mean and interval, and over how many networks where these are one, or fewer than others.

    Args:
        row: of `analysis.parts_at_scales`.
        networks: over how many complete networks the contrast itself is.
    """
    if not row.networks:
        return "-"
    share = row.part in SHARES
    numbers = [100 * x if share else x for x in (row["mean"], row.low, row.high)]
    text = interval_words(*numbers, digits=0 if share else 2, sign=row.part == "adds")
    few = row.networks == 1 or row.networks < networks
    return text + (" %" if share else "") + (f", {count(row.networks, 'network')}" if few else "")


def headline_table(study: Results, answer: pd.DataFrame) -> pd.DataFrame:
    """The contrast and its parts as texts, a row for each network and width.

    Args:
        study: has the networks' titles.
        answer: as `analysis.parts_at_scales` returns it.
    """
    rows = {}
    for (network, width), parts in answer.groupby(["network", "width"], sort=False):
        parts = parts.set_index("part", drop=False)
        networks = parts.networks["contrast"]
        rows[study.network(network), short_width(width)] = {
            head: cell(parts.loc[part], networks) for part, head in HEADS.items()
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["Network", "Width"])


def widest(answer: pd.DataFrame, part: str) -> pd.DataFrame:
    """A part of the contrast at the largest width that was measured in several networks.

    Of a single network no interval says anything.

    Returns:
        Index network; the other columns of `analysis.parts_at_scales`.
    """
    known = answer[(answer.part == part) & (answer.networks > 1)]
    return known.drop_duplicates("network", keep="last").set_index("network")


def decided_parts(study: Results, answer: pd.DataFrame) -> list[Decided]:
    """For each network and width: a contrast without pruning, what pruning adds, what is left."""
    words = {
        "trained": "contrast of SVCCA and CKA after training alone",
        "adds": "contrast of SVCCA and CKA after pruning, minus that after training alone",
        "metric": "share of the contrast left on one matrix and with chance at 0",
    }
    found = []
    for _, row in answer[answer.part.isin(list(words))].iterrows():
        where = row.network.replace("_", "-") + ("-full" if row.width == 1 else "")
        measured = Interval(row["mean"], row.low, row.high, row.networks)
        width = f"{study.network(row.network)}, width {short_width(row.width)}"
        about = f"{words[row.part]}: {width}"
        key = f"contrast-{row.part}-{where}"
        if row.width == study.settings(row.network)["width"] or row.width == 1:
            found.append(compared(key, about, measured, measured.side))
    return found


def additions(study: Results) -> pd.DataFrame:
    """What pruning adds, as how much lower SVCCA is and how much higher CKA than training alone.

    Returns:
        A row for each network with a control; cells are an `Interval` over complete networks.
    """
    rows = {}
    for network in study.experiments:
        if f"{network}_trained_on" not in study.variants:
            continue
        last = int(values.remaining(study, network).index[-1])
        moved = {
            metric: equal.similarity(study, network, metric, last, minus="trained_on")
            for metric in ("svcca", "cka")
        }
        rows[study.network(network)] = {
            "SVCCA": moved["svcca"],
            "CKA": moved["cka"],
            "added on one matrix": over_networks(added_on_one_matrix(study, network)),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network")


def move_table(found: pd.DataFrame) -> pd.DataFrame:
    """`additions` as texts."""
    heads = [f"{metric}, pruned minus trained as long" for metric in ("SVCCA", "CKA")]
    heads.append("Pruning adds, on one matrix")
    texts = found.map(lambda one: one.text(sign=True))
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
        left = remainders(study, name, "svcca", "cka")
        if len(left[frozenset()]):
            return left
    return {}


def scales_of(network: str, study: Results, full: Results) -> dict[str, tuple[Results, str]]:
    """{width or variant: (results, experiment)} where a network was measured at several scales."""
    found = {short_width(w): where for w, where in at_scales(network, study, full).items()}
    if f"{network}_brief" in study.variants:
        found[SCALES["brief"].lower()] = study, f"{network}_brief"
    return found if len(found) > 1 else {}


def scale_table(study: Results, full: Results) -> pd.DataFrame:
    """Epochs, accuracies and contrasts of each network at each scale, as texts."""
    rows = {}
    for network in study.experiments:
        for words, (where, name) in scales_of(network, study, full).items():
            accuracy = values.accuracy(where, name)["mean"]
            epochs = where.of(name, "performance").groupby("iteration").epochs.first()
            whole = contrast(where, name, "svcca", "cka")
            kept = contrast(where, name, "svcca", "cka", ["reshape"])
            alone = without_pruning(where, name, "svcca", "cka")
            rows[f"{study.network(network)}, {words}"] = {
                "Epochs": f"{epochs.iloc[0]}, then {epochs.iloc[-1]}",
                "Complete": percent(accuracy.iloc[0], 1),
                "Pruned": percent(accuracy.iloc[-1], 1),
                "Contrast": number(whole.mean()),
                "Training only": number(alone.trained.mean()),
                "Pruning adds": number(alone.adds.mean(), sign="+"),
                "On one matrix": number(kept.mean()),
                "n": len(whole),
            }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network, scale")


def moved_between_scales(study: Results, full: Results) -> pd.DataFrame:
    """By how much the contrast differs at most between the scales of a network.

    Returns:
        Index "width" and "training", what differs; columns `contrast` and `one_matrix`.
    """
    rows = []
    for network in study.experiments:
        for where, name in scales_of(network, study, full).values():
            kind = "training" if name.endswith("_brief") else "width"
            row = {"kind": kind}
            for column, out in (("contrast", []), ("one_matrix", ["reshape"])):
                here = contrast(study, network, "svcca", "cka", out).mean()
                there = contrast(where, name, "svcca", "cka", out).mean()
                row[column] = abs(there - here)
            rows.append(row)
    table = pd.DataFrame(rows, columns=["kind", "contrast", "one_matrix"])
    return table.groupby("kind").max()


def decided_by_scale(moved: pd.DataFrame) -> list[Decided]:
    """Whether the contrast on one matrix differs enough between scales to be seen.

    Args:
        moved: as `moved_between_scales` returns it.
    """
    return [
        Decided(
            f"contrast-differs-{kind}",
            f"largest difference of the contrast on one matrix, where the {kind} differs",
            number(row.one_matrix),
            "seen" if row.one_matrix > VISIBLE else "not seen",
        )
        for kind, row in moved.iterrows()
    ]


def added_table(full: Results) -> pd.DataFrame:
    """What pruning adds to the contrast in the lowest and the highest layer, at the paper's scale.

    Returns:
        A row for each network of the paper's scale with a control.
    """
    rows = {}
    for name in full.experiments:
        if f"{name}_trained_on" in full.variants:
            added = added_by_layer(full, name)
            rows[full.network(name)] = {
                "Lowest layer": added.min(),
                "Mean": added.mean(),
                "Highest layer": added.max(),
            }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network")
