"""Speed, memory and precision of `lib.metrics`, compared with plain code for the same formula.

    python -m benchmarks.similarity [--metric NAME] [--repeats N] [--out TABLE.csv]

The plain code is that of the tests, one decomposition of whole matrices by NumPy and SciPy,
in float64, and in float32 as most code has it: what that is faster is what digits cost.
Each computation has a process of its own and reads the same data from a file, float32 as a
network gives them. Time is the median over the repeats, each after a warm-up; memory is
what the process grew by while it computed. The sides alternate, so that a drift of the
machine's speed affects all.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from typing import NamedTuple

import numpy as np
import torch

from lib.metrics import METRICS, Representation
from lib.study.provenance import peak
from tests.metrics import reference

from .table import apart, report


class Case(NamedTuple):
    """One comparison."""

    metric: str  # a name in `METRICS`
    shape: tuple[int, int]  # of both representations, (n, p)
    cached: bool = False  # whether the complete side is computed beforehand, as in a study


CASES = [
    *(Case(metric, (256_000, 128)) for metric in ("svcca", "mean_cca", "pwcca")),
    *(Case("cka", (3000, 8192), cached) for cached in (False, True)),
    Case("cka", (5000, 512)),
    Case("nbs", (3000, 8192), cached=True),
    Case("nbs", (3000, 512)),
]


SIDES = ("ours", "float64", "float32")


def made_up(shape: tuple[int, int]) -> np.ndarray:
    """Two related representations with decaying spectra, after a ReLU, in float32."""
    n, p = shape
    rng = np.random.default_rng(0)
    rank = min(n, p, 256)
    scales = (1 + np.arange(rank)) ** -0.5
    common = rng.standard_normal((n, rank), dtype=np.float32) * scales.astype(np.float32)
    sides = []
    for _ in range(2):
        mixing = rng.standard_normal((rank, p), dtype=np.float32)
        noise = rng.standard_normal((n, p), dtype=np.float32)
        sides.append(np.maximum(common @ mixing + noise, 0))
    return np.stack(sides)


def nbs_by_eigh(x: np.ndarray, y: np.ndarray) -> float:
    """Tang et al. (2020): square roots of matrices, by symmetric eigenvalues."""
    k, m = (centred @ centred.T for centred in map(reference.centred, (x, y)))
    values, vectors = np.linalg.eigh(k)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    inner = np.linalg.eigvalsh(root @ m @ root)
    return np.sqrt(inner.clip(0)).sum() / np.sqrt(np.trace(k) * np.trace(m))


def plain(metric: str, x: np.ndarray, y: np.ndarray) -> float:
    """The value by its definition, in the precision of its arguments."""
    return (nbs_by_eigh if metric == "nbs" else reference.METRICS[metric])(x, y)


def timed(case: Case, side: str, data: str) -> tuple[float, float, float]:
    """Seconds, MiB and the value of one computation after another.

    Args:
        side: "ours", or the precision of the plain code.
        data: the file of both representations.
    """
    x, y = np.load(data)
    metric = METRICS[case.metric]
    complete = Representation(x, metric.reshape) if case.cached else x
    before = peak()
    for _ in range(2):
        start = time.perf_counter()
        if side == "ours":
            value = metric(complete, y)
        else:
            value = plain(case.metric, x.astype(side), y.astype(side))
        seconds = time.perf_counter() - start
    return seconds, peak() - before, float(value)


def measure(case: Case, repeats: int) -> dict:
    """One row of the table."""
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/data.npy", made_up(case.shape))
        rounds = [
            [apart(timed, case, side, f"{folder}/data.npy") for side in SIDES]
            for _ in range(repeats)
        ]
    seconds, sizes, values = np.array(rounds).transpose(2, 1, 0)
    ratios, fast = seconds[1] / seconds[0], seconds[2] / seconds[0]
    return {
        "metric": case.metric,
        "n": case.shape[0],
        "p": case.shape[1],
        "complete side cached": case.cached,
        "data": "float32",
        "seconds": statistics.median(seconds[0]),
        "plain seconds": statistics.median(seconds[1]),
        "ratio": statistics.median(ratios),
        "ratio min": min(ratios),
        "ratio max": max(ratios),
        "MiB": max(sizes[0]),
        "plain MiB": max(sizes[1]),
        "difference": abs(values[0] - values[1]).max(),
        "float32 ratio": statistics.median(fast),
        "float32 ratio min": min(fast),
        "float32 ratio max": max(fast),
        "float32 difference": abs(values[2] - values[1]).max(),
        "repeats": repeats,
        "threads": torch.get_num_threads(),
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.similarity", description=__doc__)
    parser.add_argument("--metric", help="this one only", choices=METRICS)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--out", help="write the table as CSV")
    given = parser.parse_args(arguments)
    cases = [case for case in CASES if given.metric in (None, case.metric)]
    report((measure(case, given.repeats) for case in cases), given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
