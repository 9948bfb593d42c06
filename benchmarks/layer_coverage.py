"""Do 95 % intervals of all layers hold together in 95 % of studies? Made-up ones, with known truth.

    python -m benchmarks.layer_coverage [--studies N] [--out TABLE.csv]

A study has a few networks and 18 layers. Layers scatter by different amounts over the
networks, and what they have in common within a network makes them correlate.
`moderated` intervals are those of `lib.report.layer_intervals`; `own variance` are
Student's with Bonferroni's level.
"""

import argparse
import sys
from itertools import product

import numpy as np
import pandas as pd
from scipy import special

from lib.report import NETWORK, layer_intervals

from .table import report

LAYERS = 18  # those of VGG16_BN that are compared
SCATTERS = (0.0, 0.35, 0.7)  # standard deviation of the log of the layers' standard deviations
CORRELATIONS = (0.0, 0.5)  # between any two layers, over networks

CASES = tuple(product((3, 5), SCATTERS, CORRELATIONS, ("moderated", "own variance")))


def made_up(
    rng: np.random.Generator, networks: int, scatter: float, correlation: float
) -> tuple[pd.DataFrame, np.ndarray]:
    """(differences of each network and layer, whose true means are 0; the layers' true sd)."""
    sd = np.exp(scatter * rng.standard_normal(LAYERS))
    shared = rng.standard_normal((networks, 1))
    independent = rng.standard_normal((networks, LAYERS))
    mixed = np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * independent
    numbers = pd.DataFrame(sd * mixed).rename_axis(index=NETWORK, columns="layer")
    return numbers, sd


def of_each(numbers: pd.DataFrame) -> pd.DataFrame:
    """Student's intervals at Bonferroni's level, each by the variance of its own layer."""
    n, layers = numbers.shape
    half = special.stdtrit(n - 1, 1 - 0.025 / layers) * numbers.std() / np.sqrt(n)
    return pd.DataFrame({"low": numbers.mean() - half, "high": numbers.mean() + half})


def coverage(
    networks: int, scatter: float, correlation: float, intervals: str, studies: int
) -> dict[str, object]:
    """How often all intervals of a study cover their truths, and how wide they are."""
    rng = np.random.default_rng(0)
    covered = 0
    widths = []
    for _ in range(studies):
        numbers, sd = made_up(rng, networks, scatter, correlation)
        table = layer_intervals(numbers.stack()) if intervals == "moderated" else of_each(numbers)
        covered += ((table.low <= 0) & (table.high >= 0)).all()
        widths.append(((table.high - table.low) / 2 / sd).mean())
    return {
        "networks": networks,
        "scatter": scatter,
        "correlation": correlation,
        "intervals": intervals,
        "covered": covered / studies,
        "half_width": np.median(widths),
        "studies": studies,
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=2000)
    parser.add_argument("--out", help="write the table as CSV")
    given = parser.parse_args(arguments)
    report((coverage(*case, given.studies) for case in CASES), given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
