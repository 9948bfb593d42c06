"""The null of CKA in closed form, beside the permutations of calibrated-similarity.

    python -m benchmarks.nulls [--permutations K] [--repeats N] [--out TABLE.csv]

Both get the same float32 data of 5,000 images and 512 columns, in one process and in
turn. The peer permutes a CKA that it is given: that of its documentation, with products
of images by images, or one with products of columns by columns only. With the latter it
makes 200 permutations. With the former it makes K, and its seconds are those of K + 1
evaluations times 201 / (K + 1), because each permutation costs the same. Ratios are
given for elapsed time and for processor time, which other programs on the machine
disturb less.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

import numpy as np
import torch
from torch import Tensor

from benchmarks.similarity import made_up
from benchmarks.table import report
from lib.metrics import permutation_null

PEER = "calibrated-similarity"
PERMUTATIONS = 200
LEVEL = 0.05
# Share of the images of y that belong to those of x; the others are shuffled.
DATA = {"related": 1.0, "faintly related": 0.03, "independent": 0.0}


def of_images(x: Tensor, y: Tensor) -> Tensor:
    """Linear CKA from six products of images by images, as in the peer's documentation."""
    return _normalised(lambda a, b: ((a @ a.T) * (b @ b.T)).sum(), x, y)


def of_columns(x: Tensor, y: Tensor) -> Tensor:
    """The same from three products of columns by columns."""
    return _normalised(lambda a, b: (a.T @ b).square().sum(), x, y)


def _normalised(product: Callable[[Tensor, Tensor], Tensor], x: Tensor, y: Tensor) -> Tensor:
    x, y = x - x.mean(0), y - y.mean(0)
    return product(x, y) / (product(x, x) * product(y, y)).sqrt()


@dataclass(frozen=True)
class Case:
    """One comparison.

    Attributes:
        data: a key of `DATA`.
        cka: what the peer permutes.
        permutations: how many it makes.
    """

    data: str
    cka: Callable[[Tensor, Tensor], Tensor]
    permutations: int = PERMUTATIONS


def pair(shape: tuple[int, int], share: float) -> tuple[np.ndarray, np.ndarray]:
    """x and y, of which all but the first images, this share, are shuffled."""
    x, y = made_up(shape)
    kept = round(share * shape[0])
    y[kept:] = np.random.default_rng(0).permutation(y[kept:])
    return x, y


def timed(compute: Callable) -> tuple[object, np.ndarray]:
    """What it returns, and seconds: elapsed, and of all processors."""
    start = time.perf_counter(), time.process_time()
    answer = compute()
    return answer, np.array([time.perf_counter(), time.process_time()]) - start


def measure(case: Case, repeats: int, shape: tuple[int, int] = (5000, 512)) -> dict:
    """One row of the table."""
    calibrate = import_module("calibrated_similarity").calibrate
    x, y = pair(shape, DATA[case.data])
    tensors = torch.from_numpy(x), torch.from_numpy(y)

    def theirs(seed: int, permutations: int = case.permutations):
        generator = torch.Generator().manual_seed(seed)
        return calibrate(*tensors, case.cka, K=permutations, alpha=LEVEL, generator=generator)

    permutation_null(x, y), theirs(0, 1)  # the first calls import and allocate
    seconds, p_values, thresholds = [], [], []
    for seed in range(repeats):
        null, of_ours = timed(lambda: permutation_null(x, y))
        (_score, p_value, threshold), of_theirs = timed(lambda seed=seed: theirs(seed))
        seconds.append([of_ours, of_theirs * (PERMUTATIONS + 1) / (case.permutations + 1)])
        p_values.append(float(p_value))
        thresholds.append(float(threshold))
    row = {
        "data": case.data,
        "n": shape[0],
        "p": shape[1],
        "peer's CKA": case.cka.__name__,
        "peer's permutations": case.permutations,
        "p-value": null.p_value,
        "peer's p-value min": min(p_values),
        "peer's p-value max": max(p_values),
        "threshold": null.threshold(LEVEL),
        "peer's threshold": np.median(thresholds),
        "same decisions": sum((p <= LEVEL) == (null.p_value <= LEVEL) for p in p_values),
        "repeats": repeats,
        "threads": torch.get_num_threads(),
    }
    by_clock = np.transpose(seconds, (2, 1, 0))
    for clock, (ours, peers) in zip(("elapsed", "processor"), by_clock, strict=True):
        ratios = peers / ours
        row[f"{clock} seconds"] = np.median(ours)
        row[f"peer's {clock} seconds at {PERMUTATIONS}"] = np.median(peers)
        row[f"{clock} ratio"] = np.median(ratios)
        row[f"{clock} ratio min"], row[f"{clock} ratio max"] = ratios.min(), ratios.max()
    return row


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.nulls", description=__doc__)
    parser.add_argument("--permutations", type=int, default=20, help="K, at least 19 to reach 5 %%")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--out", help="write the table as CSV")
    given = parser.parse_args(arguments)
    if not find_spec("calibrated_similarity"):
        print(f"{PEER} is not installed: nothing to compare")
        return 0
    cases = [Case("related", of_images, given.permutations)]
    cases += [Case(data, of_columns) for data in DATA]
    report((measure(case, given.repeats) for case in cases), given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
