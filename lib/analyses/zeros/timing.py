"""How long pruned networks take, and what memory, by each way to run them."""

import pandas as pd
from matplotlib.axes import Axes

from ... import ROOT
from ...book.findings import Decided
from ...book.report.format import number, percent
from ...book.report.names import NETWORK_TITLES
from ...book.report.style import INK, LAST_COLOUR, OTHER_INKS

_BENCHMARK = ROOT / "benchmarks" / "zeros.csv"
_ON_A_GPU = ROOT / "benchmarks" / "zeros_on_gpu.csv"
"""Time and memory of pruned networks by each way to run them, written by
`benchmarks.zeros`: on a processor, and on a GPU, where ONNX Runtime was not run."""

RUN_BY = {
    "masked": "masked",
    "compacted": "without silent channels",
    "sparse": "sparse matrices",
    "onnx": "ONNX Runtime",
}
"""A way to run a pruned network in the benchmark -> its words."""

_LOOKS = {
    "masked": {"color": INK, "marker": "o"},
    "compacted": {"color": OTHER_INKS[0], "marker": "s"},
    "sparse": {"color": OTHER_INKS[1], "marker": "D"},
    "onnx": {"color": LAST_COLOUR, "marker": "^"},
}
"""A way to run a pruned network -> its mark in a figure."""

AMONG = {
    "gpu": ("device != 'processor'", "on a GPU"),
    "batches": ("batch > 1", "several images at once"),
    "slim": ("width < 1", "slim networks"),
}
"""Some of the cases -> which rows they are, as a query, and their words."""

_TICKS = (0.3, 1, 3, 10)

_MATTERS = 0.1
"""The share of the time from which on a network counts as faster."""


def benchmark() -> pd.DataFrame:
    """The times that `benchmarks.zeros` measured: a row for each mask and batch."""
    return pd.read_csv(_BENCHMARK)


def benchmark_on_gpu() -> pd.DataFrame:
    """The times that it measured on a GPU: as `benchmark`, without the columns of ONNX Runtime."""
    return pd.read_csv(_ON_A_GPU)


def decided_faster(times: pd.DataFrame, side: str, among: str = "") -> Decided:
    """Whether one side takes clearly less time than the complete network in any case.

    Args:
        times: as `benchmark` returns them, alone or with those on a GPU below; a side
            that was not run has NaN, which is no case.
        side: one of `RUN_BY`.
        among: one of `AMONG`; "" for all cases.
    """
    key, words = f"zeros-faster-{side}", RUN_BY[side]
    if among:
        query, where = AMONG[among]
        times, key, words = times.query(query), f"{key}-{among}", f"{words}, {where}"
    slowest = times[f"{side} high"].dropna()
    faster = int((slowest <= 1 - _MATTERS).sum())
    verdict = "holds at times" if faster else "does not hold"
    if faster and faster == len(slowest):
        verdict = "holds"
    return Decided(
        key,
        f"a pruned network ({words}) takes at least a tenth less time than the complete one",
        f"in {faster} of {len(slowest)} cases",
        verdict,
    )


def draw_times(axes: Axes, times: pd.DataFrame) -> None:
    """A row for each most pruned network and batch, a mark for each way: median and quartiles.

    Args:
        axes: a panel with room on its left for the names of the rows.
        times: as for `time_table`.
    """
    fewest = times.groupby(["network", "width"])["weights left"].transform("min")
    times = times[times["weights left"] == fewest]
    rows = range(len(times))
    axes.axvline(1, color=INK, linewidth=0.8)
    for side, words in RUN_BY.items():
        if side in times:
            look = _LOOKS[side]
            axes.hlines(rows, times[f"{side} low"], times[f"{side} high"], color=look["color"])
            axes.plot(times[side], rows, label=words, markersize=4, linestyle="None", **look)
    axes.set_xscale("log")
    axes.set_xticks(_TICKS, [f"{tick:g}" for tick in _TICKS])
    axes.minorticks_off()
    axes.set_xlabel("share of the time")
    names = _cases(times).str.replace("iteration .*, ", "", regex=True)
    axes.set_yticks(rows, names, parse_math=False)
    axes.set_ylim(len(times) - 0.5, -0.5)
    axes.grid(axis="x")


def time_table(times: pd.DataFrame) -> pd.DataFrame:
    """Ratios of times to the complete network's, median and quartiles; a row for each case.

    Args:
        times: as `benchmark` or `benchmark_on_gpu` returns them; there is a column for
            each side that was run.
    """
    shown = pd.DataFrame(index=_cases(times))
    shown["Weights left"] = times["weights left"].map(percent).array
    for side, words in RUN_BY.items():
        if side not in times:
            continue
        ends = times[[side, f"{side} low", f"{side} high"]].map(number)
        ends.columns = ["middle", "low", "high"]
        text = ends.middle + " (" + ends.low + " to " + ends.high + ")"
        shown[words[0].upper() + words[1:]] = text.array
    return shown


def runtime_table(times: pd.DataFrame) -> pd.DataFrame:
    """What does not depend on zeros: the complete network in both runtimes, channels, memory."""
    shown = pd.DataFrame(index=_cases(times))
    channels = times[["channels left", "channels"]].astype(str).agg(" of ".join, axis=1)
    shown["Channels left"] = channels.array
    shown["Multiply-adds without the others"] = times["operations compacted"].map(percent).array
    shown["ONNX Runtime beside PyTorch, complete"] = times.runtime.map(number).array
    for side, words in {"dense": "complete", **RUN_BY}.items():
        shown[f"MiB, {words}"] = times[f"{side} MiB"].map(lambda size: number(size, 0)).array
    return shown


def _cases(times: pd.DataFrame) -> pd.Index:
    """What each row is of; slim networks are narrower than the paper's."""
    names = times.network.str.replace("_converged|_wide", "", regex=True).map(NETWORK_TITLES)
    slim = times.width.lt(1).map({True: ", slim, ", False: ", "})
    texts = names + slim + times.networks + ", batch " + times.batch.astype(str)
    return pd.Index(texts, name="Network")
