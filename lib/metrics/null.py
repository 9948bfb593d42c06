"""The null of a similarity: its distribution when the images of one side are shuffled."""

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, stdev
from typing import NamedTuple

import numpy as np
import torch
from scipy import special

from ..did_you_mean import check, lookup
from .groups import FEWEST, Groups, check_permutations, random_orders, read_groups, repeats
from .linalg import add_lower, mirrored
from .metric import METRICS, Pair, cached_on_argument, pair_of
from .permutations import central_moment
from .representation import Representation, rows_of_block

FEWEST_IMAGES = 4

VALUE_ROUNDING = 1e-12
"""Values are taken as equal if they differ by at most this."""

VARIANCE_ROUNDING = 1e-14
"""Smaller variances over permutations, relative to the norms of both matrices, count as 0."""

NORMAL = 5e-4
"""Below this skewness a law is taken as normal, an error of 1 % at five standard deviations.
SciPy's incomplete gamma function is as inaccurate there, and more so for smaller skewness."""


@dataclass(frozen=True)
class PermutationNull:
    """The null of one similarity.

    Attributes:
        value: the similarity itself.
        mean, sd, skewness: over permutations of the images; the skewness is NaN if all give the
            same value.
        p_value: probability of a similarity at least this high if the images of y are in random
            order.
        exact: whether the moments are those of all permutations, or of a sample. The law of an
            exact null is `scipy.stats.pearson3(skewness, mean, sd)`.
        note: a warning where images repeat and no groups are given, or "".
    """

    value: float
    mean: float
    sd: float
    skewness: float
    p_value: float
    exact: bool
    note: str = ""


def permutation_null(
    x: object,
    y: object,
    metric: str = "cka",
    reshape: str | None = None,
    permutations: int = 200,
    seed: int = 0,
    groups: object = None,
) -> PermutationNull:
    """The null of a similarity, its distribution when the images of y are shuffled.

    Where a row is an image, `cka` has exact moments (Kazi-Aoual et al. 1995), and the tail is that
    of the Pearson type III law with these moments (Josse, Pagès and Husson 2008, on the RV
    coefficient, which is CKA); `cka_debiased` and `linear_regression` have an exact mean. All else
    comes from sampled permutations, as it does for groups.

    Args:
        x, y: as for the metric, or each a `Representation`.
        metric: a name in `METRICS`.
        reshape: None for the metric's default.
        permutations, seed: number and seed of the permutations, where they are sampled.
        groups: a label for each image, equal for those that belong together, such as frames of a
            clip, views of an object or copies of an image. Whole groups change places, each with
            those of its size, in the order of their images (Winkler et al. 2015, whole-block
            exchange). None for images that are independent.

    Raises:
        ValueError: input for which the metric is not defined; fewer than 20 permutations where they
            are sampled; fewer than four images; groups of equal size of which there are fewer than
            20 orders.
    """
    declared = lookup("metric", metric, METRICS)
    check_permutations(permutations, seed)
    pair = pair_of(x, y, reshape, declared.reshape)
    check(f"reshape of {metric}", pair.x.reshape, declared.reshapes)
    value = declared.of_pair(pair)
    if pair.x.images < FEWEST_IMAGES:
        raise ValueError(f"x: got {pair.x.images} images, want at least {FEWEST_IMAGES} to shuffle")
    grouped = read_groups(groups, pair.x.images)
    if grouped and grouped.too_few:
        raise ValueError(grouped.too_few)
    asked = permutations or 1  # with 0 there would be no exact null either
    null = nulls_of_pair({metric: value}, pair, asked, seed, grouped)[metric]
    if not null.exact and permutations < FEWEST:
        raise ValueError(f"permutations: got {permutations}, want at least {FEWEST}")
    return replace(null, note="" if grouped else repeats(pair))


def nulls_of_pair(
    values: Mapping[str, float],
    pair: Pair,
    permutations: int,
    seed: int,
    groups: Groups | None = None,
) -> dict[str, PermutationNull]:
    """The null of each metric, given its value, from permutations that all metrics share.

    Means that are known need no permutation, and further moments that are known need one; moments
    that the permutations are too few for are NaN.
    """
    exact = {}
    known = pair.x.rows == pair.x.images and not groups
    if permutations and known and "cka" in values and pair.x.rows >= FEWEST_IMAGES:
        exact = {"cka": exact_null(pair, values["cka"])}
    samples: dict[str, list[float]] = {metric: [] for metric in values if metric not in exact}
    for order in random_orders(pair.x.images, permutations if samples else 0, seed, groups):
        permuted = Pair(pair.x, pair.y, order)
        for metric, of_metric in samples.items():
            of_metric.append(METRICS[metric].of_pair(permuted))
    nulls = {metric: sampled_null(values[metric], found) for metric, found in samples.items()}
    for metric in nulls.keys() & MEANS.keys() if known else ():
        nulls[metric] = replace(nulls[metric], mean=MEANS[metric](pair))
    return exact | nulls


class Sums(NamedTuple):
    """Sums for the null of ⟨A, B⟩, of a centred symmetric matrix A of images against images.

    Removing the trace, A - c H with H = I - 11ᵀ/n, only shifts ⟨A, B⟩, and leaves few sums.
    """

    square: float  # the sum of the squared entries of A without its trace
    second: np.ndarray  # `INVARIANTS[2]` of A without its trace and of norm 1
    third: np.ndarray  # `INVARIANTS[3]` of the same


@cached_on_argument
def sums(x: Representation) -> Sums:
    """The sums of the centred linear kernel, F Fᵀ or A itself, in O(n² r) for F `(n, r)` and
    without further matrices."""
    gram = getattr(x.statistic, "gram", None)
    factored = gram is None
    factor = x.features if factored else gram
    n, inner = len(factor), factor.T @ factor if factored else factor
    diagonal = factor.square().sum(1) if factored else factor.diagonal()
    trace, norm = diagonal.sum(), inner.square().sum()
    c, free = trace / (n - 1), diagonal - trace / n
    squares, products, cubes = (torch.zeros_like(free) for _ in range(3))
    step = rows_of_block(n, free.device)
    for start in range(0, n, step):
        rows = slice(start, start + step)
        block = (factor[rows] @ factor.T if factored else factor[rows]) + c / n
        block.diagonal(start).sub_(c)
        squares[rows], products[rows] = block.square().sum(1), block @ free
        cubes[rows] = block.pow(3).sum(1)
    twice = torch.zeros_like(inner)
    add_lower(twice, inner)
    # A H = A, so the cube of A - c H is A³ - 3 c A² + 3 c² A - c³ H
    cube = (mirrored(twice) * inner).sum() - 3 * c * norm + 3 * c**2 * trace - c**3 * (n - 1)
    square = squares.sum().item()
    unit = square or 1.0  # 0 where all distances between rows are the same
    second = [free.square().sum(), squares.sum()]
    third = [free.pow(3).sum(), free @ squares, cubes.sum(), free @ products, cube]
    return Sums(
        square,
        np.array([total.item() for total in second]) / unit,
        np.array([total.item() for total in third]) / unit**1.5,
    )


def exact_null(pair: Pair, value: float) -> PermutationNull:
    """The null of CKA by its exact moments."""
    x, y, n = sums(pair.x), sums(pair.y), pair.x.rows
    scale = pair.x.statistic.norm * pair.y.statistic.norm
    mean = cka_mean(pair)
    variance = central_moment(2, n, x.second, y.second)
    sd = math.sqrt(max(variance, 0.0) * x.square * y.square) / scale
    if variance <= VARIANCE_ROUNDING or sd <= VALUE_ROUNDING:
        return PermutationNull(value, mean, 0.0, math.nan, 1.0, True)
    skewness = central_moment(3, n, x.third, y.third) / variance**1.5
    # one of n! orders is the given one; a double may be too small for that
    least = max(math.exp(-math.lgamma(n + 1)), sys.float_info.min)
    p_value = max(pearson3_sf((value - mean) / sd, skewness), least)
    return PermutationNull(value, mean, sd, skewness, p_value, True)


def cka_mean(pair: Pair) -> float:
    """Mean of CKA over all permutations of the rows: tr K · tr L / ((n-1) ‖K‖ ‖L‖)."""
    x, y = pair.x.statistic, pair.y.statistic
    return x.trace * y.trace / ((pair.x.rows - 1) * x.norm * y.norm)


MEANS: dict[str, Callable[[Pair], float]] = {
    "cka": cka_mean,
    "cka_debiased": lambda pair: 0.0,
    "linear_regression": lambda pair: pair.x.rank / (pair.x.rows - 1),
}
"""Exact means of metrics of the form ⟨A, B⟩ / scale, where a permutation changes only ⟨A, B⟩.

A random permutation of a centred B has mean tr B / (n-1) · (I - 11ᵀ/n). The matrices of debiased
CKA have trace 0, and the projector of regression has the trace rank x."""


def pearson3_sf(z: float, skewness: float) -> float:
    """Probability that a Pearson type III variable of mean 0 and standard deviation 1 exceeds z.

    It is a gamma law, shifted and scaled, and mirrored if the skewness is negative. `scipy.stats`
    has the same law, but its import takes a second.
    """
    if abs(skewness) < NORMAL:
        return float(special.ndtr(-z))
    shape = 4 / skewness**2
    tail = special.gammaincc if skewness > 0 else special.gammainc
    return float(tail(shape, max(shape + 2 * z / skewness, 0.0)))


def sampled_null(value: float, samples: Sequence[float]) -> PermutationNull:
    """The null from random permutations; the given order counts as one more."""
    mean = fmean(samples) if samples else math.nan
    sd = stdev(samples) if len(samples) > 1 else math.nan
    skewness = p_value = math.nan
    if len(samples) >= FEWEST:
        away = np.asarray(samples) - mean
        variance = (away**2).mean()
        if variance > VALUE_ROUNDING**2:
            skewness = float((away**3).mean() / variance**1.5)
        reached = sum(sample >= value - VALUE_ROUNDING for sample in samples)
        p_value = (reached + 1) / (len(samples) + 1)
    return PermutationNull(value, mean, sd, skewness, p_value, False)
