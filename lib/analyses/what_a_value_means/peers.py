"""Other people's code: whether it gives the same numbers, and how long it takes.

The tables in `benchmarks` were measured once, those of `nulls` and `layers` by the
benchmarks of these names.
"""

import pandas as pd

from ... import ROOT
from ...book.report.format import Table, interval_words, number
from ...book.report.names import metric_titles

OTHER_DEFINITIONS = {
    "peer": "Library",
    "metric": "Metric",
    "note": "What it does",
    "ours": "Ours",
    "theirs": "Theirs",
}
"""Column of `peers.csv` -> its head."""

PLAIN = {
    "svcca_by_svd": "numpy SVD",
    "svcca_by_torch_svd": "torch SVD",
    "mean_cca_by_qr": "numpy QR",
    "pwcca_by_qr": "numpy QR",
    "cka_by_gram": "numpy Gram matrices",
    "cka_by_torch_float32": "torch Gram matrices, float32",
    "cka_by_trace": "numpy traces",
    "nbs_by_sqrtm": "scipy sqrtm",
    "nbs_by_eigh": "numpy eigh",
}
"""Our own plain versions of a metric -> what they use."""

SHUFFLED = {
    "of_images": "that of its documentation: products of images by images",
    "of_columns": "one without products of images by images",
}
"""The CKA that calibrated-similarity was given -> what that is."""

CLOCK = "processor ratio"
"""The columns of `nulls.csv` that the page shows."""


def _measured(name: str) -> pd.DataFrame:
    return pd.read_csv(ROOT / "benchmarks" / f"{name}.csv")


def same_definition() -> Table:
    """For each metric the libraries that define it in the same way, and by how much they differ.

    Degenerate data, where several fail, are left out.
    """
    peers = _measured("peers")
    same = peers[peers["same definition"] & (peers["data"] != "degenerate")]
    differences = same.dropna(subset="difference")
    rows = []
    for metric, title in metric_titles().items():
        of_metric = differences[differences["metric"] == metric]
        worst = of_metric.groupby("peer")["difference"].max().sort_values(kind="stable")
        if len(worst):
            rows.append((title, str(len(worst)), ", ".join(worst.index), f"{worst.max():.0e}"))
    header = ["Metric", "Libraries", "Closest first", "Differ by at most"]
    return Table(header, rows, numeric=[header[1], header[3]], cards=True)


def other_definitions() -> Table:
    """Libraries that give another number under the same name, on tall data, and why."""
    peers = _measured("peers")
    differing = peers[~peers["same definition"] & (peers["data"] == "tall")]
    differing = differing.sort_values("peer", kind="stable").replace({"metric": metric_titles()})
    shown = differing[[*OTHER_DEFINITIONS]].rename(columns=OTHER_DEFINITIONS)
    return Table.of(shown.set_index("Library"), digits=3, cards=True)


def times() -> Table:
    """Each metric beside other code: seconds, their ratio, memory and difference."""
    titles = metric_titles()
    rows = []
    for _, row in _measured("similarity").iterrows():
        star = " *" if row["complete side cached"] else ""
        rows.append(
            (
                titles[row["metric"]],
                f"{row['n']:,} x {row['p']:,}{star}",
                PLAIN.get(row["alternative"], row["alternative"]),
                f"{number(row['seconds'])} / {number(row['alternative seconds'])}",
                interval_words(row["ratio"], row["ratio min"], row["ratio max"], digits=1),
                f"{row['MiB']:,.0f} / {row['alternative MiB']:,.0f}",
                f"{row['difference']:.0e}",
            )
        )
    header = ["Metric", "Size", "Beside", "Seconds", "Ratio", "MiB", "Differ by"]
    return Table(header, rows, numeric=header[-1:])


def null_times() -> Table:
    """The time of calibrated-similarity's null over that of `permutation_null`."""
    rows = []
    for _, row in _measured("nulls").iterrows():
        ratio = interval_words(row[CLOCK], row[f"{CLOCK} min"], row[f"{CLOCK} max"], 0)
        shuffled = SHUFFLED[row["peer's CKA"]]
        rows.append((shuffled, row["data"], ratio, str(row["peer's permutations"])))
    header = ["CKA that is shuffled", "Data", "Ratio", "Shuffles measured"]
    return Table(header, rows, numeric=header[2:], cards=True)


def null_counts() -> dict[str, str]:
    """What the nulls were measured on, and how often both methods decide alike."""
    nulls = _measured("nulls")
    return {
        "null_images": f"{nulls['n'][0]:,}",
        "null_columns": str(nulls["p"][0]),
        "null_repeats": str(nulls["repeats"][0]),
        "null_decisions": str(nulls["repeats"].sum()),
        "null_same": str(nulls["same decisions"].sum()),
    }


def layer_times() -> dict[str, str]:
    """Seconds for all metrics on all layers of the full VGG16_BN with 5,000 images.

    Returns:
        Of the first pair of networks, of each further one, of two forward passes and
        their share, of plain code; and how many times as long as that plain code all
        metrics together take.
    """
    layers = _measured("layers")
    forward = 2 * layers["first"][0]  # the first row is one pass
    first, second = layers[["first", "second"]][1:].sum()
    plain = layers["plain"].sum()
    return {
        "timed_layers": str(len(layers) - 1),
        "seconds_first": f"{first:,.0f}",
        "seconds_second": f"{second:,.0f}",
        "seconds_forward": f"{forward:,.0f}",
        "share_forward": f"{forward / (forward + second):.0%}",
        "seconds_plain": f"{plain:,.0f}",
        "times_plain": number(second / plain, 1),
    }
