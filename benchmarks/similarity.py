"""Speed, memory and precision of `lib.metrics`, compared with plain code for the same formula.

    python -m benchmarks.similarity [--metric NAME] [--repeats N] [--out TABLE.csv]

Each side has a process of its own and reads the same data from a file, float32 as a
network gives them. Time is the median over the repeats after one warm-up; memory is
what the process grew by while it computed. The two sides alternate, so that a drift of
the machine's speed affects both.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass

import numpy as np
import torch

from benchmarks import plain
from benchmarks.table import report
from lib.metrics import METRICS, Representation
from lib.study.provenance import peak


@dataclass(frozen=True)
class Case:
    """One comparison.

    Attributes:
        metric: a name in `METRICS`.
        shape: of both representations, (n, p).
        alternative: a function of `benchmarks.plain`.
        cached: whether the complete side's statistics are computed beforehand, as in a
            study.
    """

    metric: str
    shape: tuple[int, int]
    alternative: str
    cached: bool = False


CASES = [
    Case("svcca", (256_000, 128), "svcca_by_svd"),
    Case("svcca", (256_000, 128), "svcca_by_torch_svd"),
    Case("mean_cca", (256_000, 128), "mean_cca_by_qr"),
    Case("pwcca", (256_000, 128), "pwcca_by_qr"),
    Case("cka", (3000, 8192), "cka_by_gram"),
    Case("cka", (3000, 8192), "cka_by_gram", cached=True),
    Case("cka", (3000, 8192), "cka_by_torch_float32"),
    Case("cka", (3000, 8192), "cka_by_trace"),
    Case("cka", (5000, 512), "cka_by_gram"),
    Case("nbs", (3000, 8192), "nbs_by_eigh", cached=True),
    Case("nbs", (3000, 8192), "nbs_by_sqrtm", cached=True),
    Case("nbs", (3000, 512), "nbs_by_eigh"),
]


def made_up(shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
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
    return sides[0], sides[1]


def ours(case: Case, x: np.ndarray, y: np.ndarray):
    """A function without arguments that computes the value; calls share the cached side only."""
    function = METRICS[case.metric]
    if not case.cached:
        return lambda: function(x, y)
    complete = Representation(x, function.reshape)
    function(complete, x)  # from here on, what depends on the complete side alone is kept
    return lambda: function(complete, y)


def theirs(case: Case, x: np.ndarray, y: np.ndarray):
    """The same of the alternative, which computes everything each time."""
    function = getattr(plain, case.alternative)
    return lambda: function(x, y)


def serve(case: Case, is_ours: bool, data: str, pipe) -> None:
    """Compute once for each request, and answer with seconds, MiB and the value."""
    x, y = np.load(data)
    compute = (ours if is_ours else theirs)(case, x, y)
    while pipe.recv():
        before, start = peak(), time.perf_counter()
        value = float(np.squeeze(compute()))
        pipe.send((time.perf_counter() - start, peak() - before, value))


def alternate(case: Case, data: str, repeats: int) -> tuple[list[tuple], list[tuple]]:
    """The answers of our process and of the alternative's, warm-up first."""
    context = multiprocessing.get_context("spawn")
    workers = []
    for is_ours in (True, False):
        parent, child = context.Pipe()
        arguments = (case, is_ours, data, child)
        process = context.Process(target=serve, args=arguments, daemon=True)
        process.start()
        workers.append((parent, process))
    answers: tuple[list[tuple], list[tuple]] = ([], [])
    for _ in range(repeats + 1):
        for (pipe, _process), answer in zip(workers, answers, strict=True):
            pipe.send(True)
            answer.append(pipe.recv())
    for pipe, process in workers:
        pipe.send(False)
        process.join()
    return answers


def measure(case: Case, repeats: int) -> dict:
    """One row of the table."""
    with tempfile.TemporaryDirectory() as folder:
        data = f"{folder}/data.npy"
        np.save(data, np.stack(made_up(case.shape)))
        answers = alternate(case, data, repeats)
    seconds = [[a[0] for a in answer[1:]] for answer in answers]
    ratios = [b / a for a, b in zip(*seconds, strict=True)]
    return {
        "metric": case.metric,
        "n": case.shape[0],
        "p": case.shape[1],
        "complete side cached": case.cached,
        "data": "float32",
        "alternative": case.alternative,
        "seconds": statistics.median(seconds[0]),
        "alternative seconds": statistics.median(seconds[1]),
        "ratio": statistics.median(ratios),
        "ratio min": min(ratios),
        "ratio max": max(ratios),
        "MiB": max(a[1] for a in answers[0]),
        "alternative MiB": max(a[1] for a in answers[1]),
        "difference": abs(answers[0][0][2] - answers[1][0][2]),
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
