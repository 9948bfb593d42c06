"""Do 95 % intervals over crossed networks cover the truth? Made-up studies, with known truth.

    python -m benchmarks.relative_coverage [--studies N] [--out TABLE.csv]

Each pruned network stands beside the complete networks of all seeds of its study. A similarity
is a mean, an effect of the pruned network, one of the complete network, one of the origin where
the two belong together, and a residual. Standard deviations are given in those of the residual;
in the published tables effects of complete networks scatter by 0.4 to 10 of these and those of
the origin by 0 to 16, and strangers are 26 to 1,900 below 1.

`jackknife` are the intervals of the book, `lib.report.original_and_expected` and
`lib.report.relative_similarity_of_means`; `each network` are Student's of each pruned network's
similarity to its original minus its mean similarity to strangers, and of its own relative
similarity; `two-way` are those of an additive model with one effect of the origin, the same for
all networks. Columns: how often intervals of original minus strangers, and of relative
similarity, cover; and how often the former exclude 0 where the difference is six of its
standard errors.
"""

import argparse
import sys
from collections.abc import Iterator
from itertools import chain, product

import numpy as np
import pandas as pd
from scipy import special

from lib.report import (
    NETWORK,
    intervals,
    original_and_expected,
    original_and_strangers,
    relative_similarity,
    relative_similarity_of_means,
)

from .table import report

ROOM = 40.0  # how far strangers lie below 1
DESIGNS = {"3": (3,), "5": (5,), "3 and 3": (3, 3)}
"""Networks -> how many there are in each group that is compared with its own alone."""

CASES = tuple(product(DESIGNS, (0.0, 3.0, 10.0), (0.0, 3.0, 10.0)))
"""Networks, scatter of complete networks, scatter of the origin's effect."""


def made_up(
    rng: np.random.Generator, sizes: tuple[int, ...], complete: float, origin: float, studies: int
) -> tuple[pd.DataFrame, float]:
    """(rows of a table `descent`, with the study in the place of the metric; own minus others)."""
    networks, strangers = sum(sizes), sum(n * (n - 1) for n in sizes)
    error = np.sqrt((1 + origin**2) / networks + 1 / strangers)  # of own minus others
    truth, frames, first = 6 * error, [], 0
    for n in sizes:
        values = rng.standard_normal((studies, n, n)) - ROOM
        values += complete / 2 * rng.standard_normal((studies, n, 1))
        values += complete * rng.standard_normal((studies, 1, n))
        own = truth + origin * rng.standard_normal((studies, n))
        values[:, range(n), range(n)] += own
        seeds = range(first, first + n)
        index = pd.MultiIndex.from_product(
            [range(studies), seeds, seeds], names=["metric", NETWORK, "other_seed"]
        )
        frames.append(pd.Series(values.ravel() + 1, index, name="value").reset_index())
        first += n
    return pd.concat(frames, ignore_index=True), truth


def two_way(rows: pd.DataFrame, difference: pd.Series, sizes: tuple[int, ...]) -> pd.DataFrame:
    """Intervals of own minus others, if the effect of the origin is the same for all networks."""
    squares, first = 0.0, 0
    for n in sizes:
        part = rows[rows[NETWORK].between(first, first + n - 1)].value.to_numpy()
        rest = part.reshape(-1, n, n) - difference.to_numpy()[:, None, None] * np.eye(n)
        for side in (1, 2):
            rest = rest - rest.mean(side, keepdims=True)
        squares = squares + (rest**2).sum((1, 2))
        first += n
    freedom = sum((n - 1) ** 2 for n in sizes) - 1
    shares = 1 / sum(sizes) + 1 / sum(n * (n - 1) for n in sizes)
    half = special.stdtrit(freedom, 0.975) * np.sqrt(squares / freedom * shares)
    return pd.DataFrame({"low": difference - half, "high": difference + half})


def rows_of(
    networks: str, complete: float, origin: float, studies: int
) -> Iterator[dict[str, object]]:
    """How often the intervals of each kind cover and decide."""
    sizes = DESIGNS[networks]
    rows, truth = made_up(np.random.default_rng(0), sizes, complete, origin, studies)
    own, expected = original_and_expected(rows)
    _, others = original_and_strangers(rows)
    jackknife = intervals(own - expected)
    kinds = {
        "jackknife": (jackknife, intervals(relative_similarity_of_means(own, expected))),
        "each network": (intervals(own - others), intervals(relative_similarity(own, others))),
        "two-way": (two_way(rows, jackknife["mean"], sizes), None),
    }
    for kind, (difference, relative) in kinds.items():
        row = {"networks": networks, "complete": complete, "origin": origin, "intervals": kind}
        row["difference covered"] = covers(difference, truth)
        row["relative covered"] = np.nan if relative is None else covers(relative, truth / ROOM)
        row["power"] = (difference.low > 0).mean()
        yield row | {"studies": studies}


def covers(frame: pd.DataFrame, truth: float) -> float:
    return ((frame.low <= truth) & (truth <= frame.high)).mean()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=20_000)
    parser.add_argument("--out", help="write the table as CSV")
    given = parser.parse_args(arguments)
    report(chain.from_iterable(rows_of(*case, given.studies) for case in CASES), given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
