"""Does a 95 % interval cover the truth in 95 % of all studies? Made-up ones, whose truth is known.

    python -m benchmarks.coverage [--studies N] [--results FOLDER] [--out TABLE.csv]

A number of a study is modelled as a true mean, plus an effect of the complete network,
plus an effect of the run. The ratio of their variances was measured in the first
published study, of whose complete networks one had several runs (`--results` measures
it in other tables that have them). Intervals by network are those of the claims; by
intervals by run, claims were decided at first.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import optimize, stats

from lib.analyses.controls.ratio import ratio
from lib.analyses.main_paper.claims import OUR_CONTROLS, PAPER_CLAIMS
from lib.book.claims.quantity import Missing
from lib.book.claims.runs import of_pairs
from lib.book.report.results import Results, load_results
from lib.book.report.statistics import (
    CORRELATION,
    Interval,
    interval,
)
from lib.book.report.values import NETWORK, RUN_COLUMNS

from .table import report

RATIO = 0.4
"""Variance between complete networks, relative to that between runs of one. In the
first published study (2 complete networks, with 3 runs and 1) 63 quantities of the
claims made 0.34 the likeliest value; 21 of ResNet_fast alone made it 0.44."""

CONTROL = 3.0
"""Standard deviation of a control, relative to that of pruned networks. Of VGG_SVHN
trained on without pruning it was 2.9, the geometric mean over the paper's metrics (0.2
to 37)."""

OTHER = 2.0
"""Standard deviation of another architecture, relative to that of the first."""

BY_NETWORK, BY_RUN = "complete networks", "runs"
"""What an interval takes for one observation."""
SHAPES: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "normal": lambda rng, n: rng.standard_normal(n),
    "skewed": lambda rng, n: (np.euler_gamma - rng.gumbel(size=n)) * np.sqrt(6) / np.pi,
}
"""How numbers scatter, with mean 0 and variance 1; a minimum over layers is skewed (Gumbel)."""


Study = list[np.ndarray]
"""The numbers of the runs of each complete network."""


def study(rng: np.random.Generator, runs: tuple[int, ...], shape: str) -> Study:
    """A study whose true mean is 0, and whose variance over runs of one network is 1.

    Args:
        rng: source of the draws.
        runs: how many each complete network has.
        shape: a key of `SHAPES`.
    """
    effects = np.sqrt(RATIO) * SHAPES[shape](rng, len(runs))
    return [effect + SHAPES[shape](rng, n) for effect, n in zip(effects, runs, strict=True)]


def per_network(numbers: Study) -> np.ndarray:
    return np.array([runs.mean() for runs in numbers])


def one_sample(rng: np.random.Generator, runs: tuple[int, ...], shape: str, way: str) -> Interval:
    numbers = study(rng, runs, shape)
    return interval(per_network(numbers) if way == BY_NETWORK else np.concatenate(numbers))


def paired(rng: np.random.Generator, runs: tuple[int, ...], shape: str, way: str) -> Interval:
    """Pruned networks minus their controls; by run, minus the first network's mean control."""
    pruned, control = study(rng, runs, shape), study(rng, runs, shape)
    if way == BY_NETWORK:
        return interval(per_network(pruned) - CONTROL * per_network(control))
    return interval(np.concatenate(pruned) - CONTROL * control[0].mean())


def unpaired(rng: np.random.Generator, runs: tuple[int, ...], shape: str, way: str) -> Interval:
    """Two architectures."""
    numbers = study(rng, runs, shape), study(rng, runs, shape)
    first, second = map(per_network if way == BY_NETWORK else np.concatenate, numbers)
    return interval(first, OTHER * second)


def of_each_pair(networks: np.ndarray, noise: Callable[[int], np.ndarray]) -> pd.Series:
    """Complete networks compared with each other: the mean of their effects, and noise."""
    index = list(combinations(range(len(networks)), 2))
    values = [(networks[i] + networks[j]) / 2 for i, j in index] + noise(len(index))
    return pd.Series(values, pd.MultiIndex.from_tuples(index, names=RUN_COLUMNS))


def pairs(rng: np.random.Generator, runs: tuple[int, ...], shape: str, way: str) -> Interval:
    """Complete networks compared with each other; every pair adds noise of its own."""
    networks = per_network(study(rng, runs, shape))
    numbers = of_each_pair(networks, lambda n: np.sqrt(RATIO) / 2 * SHAPES[shape](rng, n))
    return interval(of_pairs(numbers) if way == BY_NETWORK else numbers)


def beside_pairs(rng: np.random.Generator, runs: tuple[int, ...], shape: str, way: str) -> Interval:
    """Pruned networks minus pairs of complete ones; a network's effect is in both."""
    networks = np.sqrt(RATIO) * SHAPES[shape](rng, len(runs))
    pruned = networks + SHAPES[shape](rng, len(runs))
    numbers = of_each_pair(networks, lambda n: SHAPES[shape](rng, n))
    if way == BY_NETWORK:
        return interval(pruned - of_pairs(numbers))
    return interval(pruned - numbers.mean())


SCATTER = 0.05
"""Standard deviation of a complete network's effect on how far similarities are above
their null, relative to the mean."""


def share(rng: np.random.Generator, runs: tuple[int, ...], shape: str, way: str) -> Interval:
    """How far pruned networks are on the way from the null to siblings; in truth as far as these.

    A network that is less like any other one is so in both comparisons.
    """
    numbers = study(rng, runs, shape)
    networks = SCATTER * np.sqrt(RATIO) * SHAPES[shape](rng, len(runs))
    siblings = 1 + of_each_pair(networks, lambda n: SCATTER * SHAPES[shape](rng, n))
    estimate = ratio(1 + networks + SCATTER * per_network(numbers), of_pairs(siblings))
    if np.isnan(estimate.low):  # any share is possible
        return replace(estimate, low=-np.inf, high=np.inf)
    return replace(estimate, low=estimate.low - 1, high=estimate.high - 1)


PART = 0.4
"""The true share of a contrast that one cause has."""


def share_of_contrast(
    rng: np.random.Generator, runs: tuple[int, ...], shape: str, way: str
) -> Interval:
    """The share of one cause, taken in each complete network."""
    contrast, part = (1 + SCATTER * per_network(study(rng, runs, shape)) for _ in range(2))
    return interval((part - 1 + PART) / contrast - PART)


LAYERS, ROUGH = 11, 0.2
"""Layers of a network, and how much each strays from a steady fall: their rank
correlation with depth is then 0.86 on average, where many intervals reach beyond 1."""


def rank_correlations(rng: np.random.Generator, shape: str, networks: int) -> np.ndarray:
    """Spearman's, of the layers with depth, one for each complete network; no two layers tie."""
    layers = np.arange(LAYERS)
    rough = ROUGH * (LAYERS - 1) * SHAPES[shape](rng, networks * LAYERS).reshape(networks, LAYERS)
    apart = stats.rankdata(layers + rough, axis=1) - 1 - layers
    return 1 - 6 * (apart**2).sum(axis=1) / (LAYERS * (LAYERS**2 - 1))


@cache
def true_rank_correlation(shape: str) -> float:
    """The mean over so many networks that it is known to three decimals."""
    return float(np.mean(rank_correlations(np.random.default_rng(1), shape, 100_000)))


def correlation(rng: np.random.Generator, runs: tuple[int, ...], shape: str, way: str) -> Interval:
    """A rank correlation over the layers of each network, cut off at 1."""
    estimate = interval(rank_correlations(rng, shape, len(runs))).within(*CORRELATION)
    truth = true_rank_correlation(shape)
    return replace(estimate, low=estimate.low - truth, high=estimate.high - truth)


CORRELATED = "rank correlation"
QUESTIONS = {
    "one mean": one_sample,
    "pruned minus control": paired,
    "two architectures": unpaired,
    "pairs of networks": pairs,
    "pruned minus pairs": beside_pairs,
    "share of the way to siblings": share,
    "share of a contrast": share_of_contrast,
    CORRELATED: correlation,
}
OF_NETWORKS = ("one mean", "pruned minus control", "two architectures", "share of a contrast")
OF_PAIRS = ("pairs of networks", "pruned minus pairs")
FIRST = (3, 1)
"""Runs of each complete network in the first published study."""

CASES = (
    *((question, BY_NETWORK, (1,) * n) for question in OF_NETWORKS for n in (2, 3, 5)),
    *((question, way, FIRST) for way in (BY_NETWORK, BY_RUN) for question in OF_NETWORKS[:3]),
    *(("share of the way to siblings", BY_NETWORK, (1,) * n) for n in (3, 5)),
    *((CORRELATED, BY_NETWORK, (1,) * n) for n in (3, 5)),
    *((q, way, (1,) * n) for q in OF_PAIRS for way in (BY_NETWORK, BY_RUN) for n in (3, 5)),
)


def coverage(
    question: str, way: str, runs: tuple[int, ...], shape: str, studies: int
) -> dict[str, object]:
    """How often the interval of one question covers the truth, and how wide it is."""
    rng = np.random.default_rng(0)
    intervals = [QUESTIONS[question](rng, runs, shape, way) for _ in range(studies)]
    return {
        "question": question,
        "interval": way,
        "networks": len(runs),
        "runs": sum(runs),
        "shape": shape,
        "covered": np.mean([each.low <= 0 <= each.high for each in intervals]),
        "half_width": np.median([(each.high - each.low) / 2 for each in intervals]),
        "studies": studies,
    }


def measured_ratio(results: Results) -> tuple[float, int]:
    """The likeliest variance between complete networks, relative to that between runs of one.

    For each quantity in the claims on the main study, the ratio of the mean squares
    between and within networks has an F distribution, with a scale that depends on the
    ratio asked for.

    Returns:
        The ratio, and the number of quantities.
    """
    squares = {}
    for claim in (*PAPER_CLAIMS, *OUR_CONTROLS):
        for quantity in (part for rule in claim.rules for part in (rule.quantity, rule.minus)):
            try:
                numbers = quantity.measure(results).dropna() if quantity else pd.Series()
            except Missing:
                continue
            if numbers.index.nlevels < 2:
                continue
            sizes = numbers.groupby(level=NETWORK).size()
            n, k = len(numbers), len(sizes)
            within = (numbers - numbers.groupby(level=NETWORK).transform("mean")).pow(2).sum()
            if 1 < k < n and within > 0:
                between = (numbers - numbers.mean()).pow(2).sum() - within
                ratio = between / (k - 1) / (within / (n - k))
                size = (n - (sizes**2).sum() / n) / (k - 1)
                same = tuple(numbers.round(9))  # one quantity may be part of several rules
                squares[same] = (max(ratio, 1e-9), k - 1, n - k, size)
    if not squares:
        raise SystemExit("no complete network of these results has several runs")

    def negative_log_likelihood(logarithm: float) -> float:
        scaled = ((f, a, b, 1 + size * np.exp(logarithm)) for f, a, b, size in squares.values())
        return -sum(stats.f.logpdf(f / scale, a, b) - np.log(scale) for f, a, b, scale in scaled)

    best = optimize.minimize_scalar(negative_log_likelihood, bounds=(-6, 4), method="bounded")
    return float(np.exp(best.x)), len(squares)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage", description=__doc__)
    parser.add_argument("--studies", type=int, default=4000)
    parser.add_argument("--results", help="measure the ratio of the variances in these tables")
    parser.add_argument("--out", help="write the table as CSV")
    given = parser.parse_args(arguments)
    if given.results:
        ratio, quantities = measured_ratio(load_results(given.results))
        print(f"between networks, relative to between runs: {ratio:.2f} ({quantities} quantities)")
        return 0
    rows = (coverage(*case, shape, given.studies) for shape in SHAPES for case in CASES)
    report(rows, given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
