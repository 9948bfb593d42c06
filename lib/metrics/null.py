"""What a similarity would be if the images of one side were shuffled: its null."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from .inputs import check_choice
from .metric import METRICS, Pair, pair_of
from .permutations import central_moment
from .representation import rows_of_block

FEWEST = 20
"""So many permutations at least: with fewer, no p-value would be below 0.05."""


class Kernel:
    """A centred symmetric matrix A of images against images, and the sums that its null needs.

    Args:
        factor: F, `(n, r)` with A = F Fᵀ; or, if there is none that is thinner, A itself.
        factored: whether it is a factor.
    """

    def __init__(self, factor: Tensor, factored: bool = True) -> None:
        self.factor, self.factored = factor, factored
        self.rows = len(factor)
        self.diagonal = factor.square().sum(1) if factored else factor.diagonal()
        self.trace = self.diagonal.sum().item()
        self._inner = factor.T @ factor if factored else factor
        # A without its trace, A - c H with H = I - 11ᵀ/n: only a constant is added to ⟨A, B⟩
        self._c = self.trace / (self.rows - 1)
        self._free = self.diagonal - self.trace / self.rows

    @cached_property
    def square(self) -> float:
        """‖A‖² without the trace, which is the scale of the null."""
        return self._inner.square().sum().item() - self.trace * self._c

    @cached_property
    def second(self) -> np.ndarray:
        """`INVARIANTS[2]` of A without its trace, divided by its norm."""
        return np.array([self._free.square().sum().item() / self.square, 1.0])

    @cached_property
    def third(self) -> np.ndarray:
        """`INVARIANTS[3]` of A without its trace, divided by its norm: O(n² r)."""
        n, c, free = self.rows, self._c, self._free
        squares, products, cubes = (torch.zeros_like(free) for _ in range(3))
        step = rows_of_block(n, free.device)
        for start in range(0, n, step):
            rows = slice(start, start + step)
            block = self.factor[rows] @ self.factor.T if self.factored else self.factor[rows]
            squares[rows] = block.square().sum(1)
            products[rows] = block @ free
            cubes[rows] = (block + c / n).pow(3).sum(1)
        # of A - c H: its square is A² - 2 c A + c² H, its entries are those of A + c/n
        cubes += free.pow(3) - (self.diagonal + c / n).pow(3)
        squares += c * (c * (n - 1) / n - 2 * self.diagonal)
        triangles = (self._inner @ self._inner * self._inner).sum()
        triangles += c * (2 * c * self.trace - 3 * (self.square + self.trace * c))
        sums = [
            free.pow(3).sum(),
            free @ squares,
            cubes.sum(),
            free @ products - c * free.square().sum(),
            triangles,
        ]
        return np.array([one.item() for one in sums]) / self.square**1.5


@dataclass(frozen=True)
class Bilinear:
    """A similarity ⟨A, B⟩ / scale of which a permutation of the images changes ⟨A, B⟩ alone."""

    x: Kernel
    y: Kernel
    scale: float


class PermutationNull(ABC):
    """The null of one similarity.

    Attributes:
        value: the similarity itself.
        mean, sd, skewness: over permutations of the images.
        p_value: how likely a similarity this high is if the images of y are in random order.
        exact: whether the moments are those of all permutations, rather than of a sample.
    """

    exact: bool
    value: float
    mean: float
    sd: float
    skewness: float
    p_value: float

    @abstractmethod
    def threshold(self, alpha: float) -> float:
        """The similarity that shuffled images exceed with this probability."""

    def _check(self, alpha: float) -> None:
        if not 0 < alpha < 1:
            raise ValueError(f"alpha: got {alpha}, want a probability between 0 and 1")


class ExactNull(PermutationNull):
    """Moments in closed form; the tail is that of the Pearson type III law with these moments.

    Kazi-Aoual et al. (1995), Josse, Pagès and Husson (2008), on the RV coefficient, which is CKA.
    """

    exact = True

    def __init__(self, value: float, of: Bilinear) -> None:
        self.value = value
        self._x, self._y, self._n = of.x, of.y, of.x.rows
        self._scale = math.sqrt(of.x.square * of.y.square) / of.scale
        self._variance = central_moment(2, self._n, of.x.second, of.y.second)
        self.mean = of.x.trace * of.y.trace / ((self._n - 1) * of.scale)
        self.sd = self._scale * math.sqrt(self._variance)

    @cached_property
    def skewness(self) -> float:
        """The third standardised moment; it takes most of the time, so only when it is needed."""
        third = central_moment(3, self._n, self._x.third, self._y.third)
        return third / self._variance**1.5

    @cached_property
    def p_value(self) -> float:
        return float(self._law.sf(self.value))

    def threshold(self, alpha: float) -> float:
        self._check(alpha)
        return float(self._law.isf(alpha))

    @cached_property
    def _law(self):
        from scipy.stats import pearson3  # takes a second

        return pearson3(self.skewness, loc=self.mean, scale=self.sd)


class SampledNull(PermutationNull):
    """Moments and tail of a sample of permutations, to which the given order is counted."""

    exact = False

    def __init__(self, value: float, samples: np.ndarray) -> None:
        self.value, self.samples = value, np.sort(samples)
        self.mean, self.sd = float(samples.mean()), float(samples.std(ddof=1))
        away = samples - self.mean
        self.skewness = float((away**3).mean() / (away**2).mean() ** 1.5)
        # equal values may differ by rounding
        reached = int((samples >= value - 1e-12).sum())
        self.p_value = (reached + 1) / (len(samples) + 1)

    def threshold(self, alpha: float) -> float:
        self._check(alpha)
        rank = math.ceil((1 - alpha) * (len(self.samples) + 1))
        if rank > len(self.samples):
            raise ValueError(
                f"alpha: got {alpha}, want at least {1 / (len(self.samples) + 1):.2g} with "
                f"{len(self.samples)} permutations"
            )
        return float(self.samples[rank - 1])


def permutation_null(
    x: object,
    y: object,
    metric: str = "cka",
    reshape: str | None = None,
    permutations: int = 200,
    seed: int = 0,
) -> PermutationNull:
    """The null of a similarity: its distribution when the images of y are shuffled.

    Where a row is an image, `cka`, `cka_debiased` and `linear_regression` have exact moments. For
    all others, and where a row is a position of an image, permutations of the images are sampled.

    Args:
        x, y: as for the metric, or `Representation`s.
        metric: a name in `METRICS`.
        reshape: None for the metric's default.
        permutations: how many, where they are sampled.
        seed: of the sample.

    Raises:
        ValueError: input for which the metric is not defined; fewer than 20 permutations; fewer
            than four images.
    """
    check_choice(metric, METRICS, "metric")
    declared = METRICS[metric]
    pair = pair_of(x, y, reshape, declared.reshape)
    check_choice(pair.x.reshape, declared.reshapes, "reshape")
    value = declared.of_pair(pair)
    if pair.x.images < 4:
        raise ValueError(f"x: got {pair.x.images} images, want at least 4 to shuffle")
    form = BILINEAR.get(metric)
    if form is not None and pair.x.rows == pair.x.images:
        return ExactNull(value, form(pair))
    if permutations < FEWEST:
        raise ValueError(f"permutations: got {permutations}, want at least {FEWEST}")
    generator = torch.Generator().manual_seed(seed)  # on the CPU: the same on every device
    orders = (torch.randperm(pair.x.images, generator=generator) for _ in range(permutations))
    samples = [declared.of_pair(pair.permuted(order)) for order in orders]
    return SampledNull(value, np.array(samples))


def _kernel(one: object) -> Kernel:
    """The centred linear kernel of a representation."""
    gram = getattr(one.statistic, "gram", None)
    return Kernel(_features(one)) if gram is None else Kernel(gram, factored=False)


def _features(one: object) -> Tensor:
    return next(one.coordinates([slice(None)])).clone()


def _of_cka(pair: Pair) -> Bilinear:
    return Bilinear(_kernel(pair.x), _kernel(pair.y), pair.x.statistic.norm * pair.y.statistic.norm)


def _of_regression(pair: Pair) -> Bilinear:
    fitted = Kernel(_features(pair.x) @ pair.x.statistic.whitening)
    return Bilinear(fitted, _kernel(pair.y), pair.y.statistic.trace)


def _of_debiased_cka(pair: Pair) -> Bilinear:
    x, y = (_without_diagonal(_kernel(one)) for one in (pair.x, pair.y))
    return Bilinear(x, y, math.sqrt(x.square * y.square))


def _without_diagonal(kernel: Kernel) -> Kernel:
    """Centred without its diagonal, which is then 0 (Székely and Rizzo 2014): HSIC₁ is ⟨A, B⟩."""
    n, diagonal = kernel.rows, kernel.diagonal
    matrix = kernel.factor @ kernel.factor.T if kernel.factored else kernel.factor.clone()
    # rows of a centred matrix without its diagonal sum to minus the diagonal
    matrix += (diagonal + diagonal[:, None]) / (n - 2) - kernel.trace / ((n - 1) * (n - 2))
    return Kernel(matrix.fill_diagonal_(0), factored=False)


BILINEAR: dict[str, Callable[[Pair], Bilinear]] = {
    "cka": _of_cka,
    "cka_debiased": _of_debiased_cka,
    "linear_regression": _of_regression,
}
"""Metrics with exact moments, and their form."""
