"""What the benchmarks measured, as tables for the book."""

from __future__ import annotations

import pandas as pd

from .. import ROOT
from .metric_tables import CALIBRATION, TITLES
from .names import NETWORKS, title
from .tables import Table

FOLDER = ROOT / "benchmarks"

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
"""function of `benchmarks.plain` -> what it does."""


def speed_table() -> Table:
    """How long each metric takes beside the alternatives, from `benchmarks/similarity.csv`."""
    measured = pd.read_csv(FOLDER / "similarity.csv")
    rows = [
        (
            TITLES[row["metric"]],
            f"{row['n']:,} x {row['p']:,}" + (" *" if row["complete side cached"] else ""),
            PLAIN.get(row["alternative"], row["alternative"]),
            f"{row['seconds']:.2f}",
            f"{row['alternative seconds']:.2f}",
            f"{row['ratio']:.1f} ({row['ratio min']:.1f} to {row['ratio max']:.1f})",
            f"{row['MiB']:,.0f} / {row['alternative MiB']:,.0f}",
            f"{row['difference']:.0e}",
        )
        for _, row in measured.iterrows()
    ]
    header = ("Metric", "Size", "Beside", "Ours, s", "Theirs, s", "Ratio", "MiB", "Differ by")
    return Table(header, rows, numeric=header[3:])


def peer_table() -> Table:
    """How well other people's code agrees on good data, from `benchmarks/peers.csv`."""
    measured = pd.read_csv(FOLDER / "peers.csv")
    same = measured[measured["same definition"] & (measured["data"] != "degenerate")]
    titles = TITLES | {"calibration_error": CALIBRATION[0]}
    rows = []
    for metric, name in titles.items():
        differences = same[same["metric"] == metric].dropna(subset="difference")
        worst = differences.groupby("peer")["difference"].max().sort_values()
        if len(worst):
            rows.append((name, str(len(worst)), ", ".join(worst.index), f"{worst.max():.0e}"))
    header = ("Metric", "Peers", "Closest first", "Differ by at most")
    return Table(header, rows, numeric=("Peers", "Differ by at most"), cards=True)


def difference_table() -> Table:
    """Peers whose definition is another one, and how, from `benchmarks/peers.csv`."""
    measured = pd.read_csv(FOLDER / "peers.csv", keep_default_na=False)
    other = measured[~measured["same definition"] & (measured["data"] == "tall")]
    rows = [
        (row["peer"], TITLES[row["metric"]], row["note"], row["ours"], row["theirs"])
        for _, row in other.sort_values("peer", kind="stable").iterrows()
    ]
    rows = [(*row[:3], f"{float(row[3]):.3f}", f"{float(row[4]):.3f}") for row in rows]
    header = ("Peer", "Metric", "What it does", "Ours", "Theirs")
    return Table(header, rows, numeric=("Ours", "Theirs"), cards=True)


def training_table() -> Table:
    """Images per second of a training beside a plain loop, from `benchmarks/training.csv`."""
    measured = pd.read_csv(FOLDER / "training.csv")
    rows = []
    for _, row in measured.iterrows():
        for precision in ("float32", "bfloat16"):
            low, high = row[f"{precision} ratio min"], row[f"{precision} ratio max"]
            rows.append(
                (
                    title(NETWORKS, row["network"]),
                    f"{row['width']:g}",
                    precision,
                    f"{row[f'{precision} images/s']:,.0f}",
                    f"{row['plain images/s']:,.0f}",
                    f"{row[f'{precision} ratio']:.1f} ({low:.1f} to {high:.1f})",
                )
            )
    header = ("Network", "Width", "Precision", "Images/s", "Plain loop", "Ratio")
    return Table(header, rows, numeric=("Width", "Images/s", "Plain loop", "Ratio"))


def precision_table() -> Table:
    """Test accuracy by precision over several seeds, from `benchmarks/precision.csv`."""
    measured = pd.read_csv(FOLDER / "precision.csv")
    rows = []
    for (network, precision), group in measured.groupby(["network", "precision"], sort=False):
        accuracy = group["accuracy"]
        rows.append(
            (
                title(NETWORKS, network),
                precision,
                str(len(group)),
                f"{accuracy.mean():.2%}",
                f"{accuracy.std():.2%}",
            )
        )
    header = ("Network", "Precision", "Seeds", "Mean accuracy", "Standard deviation")
    return Table(header, rows, numeric=header[2:])


def layer_seconds() -> dict[str, float]:
    """How long all metrics take on all layers of VGG16_BN, from `benchmarks/layers.csv`.

    Returns:
        seconds of the `first` and `second` comparison and of two `forward` passes, and the share
        of the forward passes in both.
    """
    measured = pd.read_csv(FOLDER / "layers.csv")
    forward = 2 * measured["first"][0]
    first, second = (measured[column][1:].sum() for column in ("first", "second"))
    return {
        "forward": forward,
        "first": first,
        "second": second,
        "first_share": forward / (forward + first),
        "second_share": forward / (forward + second),
    }
