"""Does the 95 % interval of a similarity cover the value that ever more images would give?

    python -m benchmarks.jackknife_coverage [--repeats N] [--images N ...] [--out TABLE.csv]

Layers of 16 channels and two positions are made up, whose second moments are known, so that the
true value of each metric is, too; for RSA and metrics of outputs it is that of 200,000 images. The
values without each block are computed for all blocks at once, in code of its own, since those of
`lib.metrics` would take an hour for each row; a test compares the two. The interval, and whether
one is given, are of `lib.metrics.jackknife`. A row says in which share of samples one was given,
how often these covered, the standard error of that share, and how often intervals would cover if
they were always given.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain

import numpy as np
import torch
from scipy.special import rel_entr, softmax
from torch import Tensor

from lib.metrics import METRICS
from lib.metrics.jackknife import BLOCKS, note_before, student_interval
from lib.metrics.metric import pair_of
from lib.metrics.moment_pair import MomentPair
from lib.metrics.second_moments import Moments

from .table import report

CHANNELS, POSITIONS, CLASSES = 16, 2, 10
RESHAPES = ("channels", "flat", "gap")
SHARE = 0.99  # of the variance that SVCCA keeps
LEVEL = 0.95

MANY = 200_000
"""Images that give the true value where it has no closed form."""

ENDLESS = 10**9
"""So many rows stand for all that there are."""

MOST_FOR_DISTANCES = 400
"""Images up to which RSA is tried: all distances take long."""


@dataclass(frozen=True)
class Population:
    """Where the images of two layers come from.

    A channel is a mixture of hidden variables. Half the variance of these is the image's, half the
    position's; x and y share a hidden variable up to noise, the first ones more than the last. The
    variance of the i-th one is 1/i.

    Args:
        dead: how many channels of each layer are constant.
        between: share of the images' variance that lies between ten classes.
    """

    dead: int = 0
    between: float = 0.0

    @property
    def common(self) -> Tensor:
        """The share of each hidden variable's variance that x and y have in common."""
        return torch.linspace(0.9, 0.1, CHANNELS, dtype=torch.float64)

    @cache  # noqa: B019, there are few of them
    def mixtures(self) -> list[Tensor]:
        """Of x and of y, a matrix `(hidden, channels)`."""
        draw = torch.Generator().manual_seed(1)
        spectrum = torch.arange(1, CHANNELS + 1, dtype=torch.float64).rsqrt()
        mixed = []
        for _ in range(2):
            noise = torch.randn(CHANNELS, CHANNELS, generator=draw, dtype=torch.float64)
            matrix = spectrum[:, None] * torch.linalg.qr(noise).Q
            matrix[:, : self.dead] = 0
            mixed.append(matrix)
        return mixed

    @cache  # noqa: B019
    def centres(self) -> Tensor:
        """The classes' means `(classes, hidden)`, of mean 0 and mean square 1."""
        draw = torch.Generator().manual_seed(2)
        centres = torch.randn(CLASSES, CHANNELS, generator=draw, dtype=torch.float64)
        centres -= centres.mean(0)
        return centres / centres.square().mean(0).sqrt()

    def hidden(self, images: int, between: float, draw: torch.Generator) -> Tensor:
        """Hidden variables `(images, positions, hidden)` of variance 1."""
        noise = torch.randn(images, POSITIONS, CHANNELS, generator=draw, dtype=torch.float64)
        of_image = torch.randn(images, 1, CHANNELS, generator=draw, dtype=torch.float64)
        classes = torch.randint(CLASSES, (images,), generator=draw)
        centres = self.centres()[classes][:, None]
        of_image = (1 - between) ** 0.5 * of_image + between**0.5 * centres
        return (noise + of_image) * 0.5**0.5

    def draw(self, images: int, draw: torch.Generator) -> list[Tensor]:
        """Both layers `(images, channels, positions, 1)`."""
        both = self.hidden(images, self.between, draw) * self.common.sqrt()
        layers = []
        for mixture in self.mixtures():
            private = self.hidden(images, 0.0, draw) * (1 - self.common).sqrt()
            layers.append(((both + private) @ mixture).movedim(2, 1)[..., None])
        return layers

    def covariance(self, reshape: str) -> Tensor:
        """True covariance of the columns of x and y side by side."""
        centres, root = self.centres(), self.common.sqrt()
        identity = torch.eye(CHANNELS, dtype=torch.float64)
        classes = (1 - self.between) * identity + self.between * centres.T @ centres / CLASSES
        of_image = self._mixed(root[:, None] * classes * root)
        of_position = self._mixed(self.common.diag())
        if reshape == "flat":
            flat = torch.kron(of_image, torch.ones(POSITIONS, POSITIONS, dtype=torch.float64))
            return flat + torch.kron(of_position, torch.eye(POSITIONS, dtype=torch.float64))
        return of_image + of_position / (POSITIONS if reshape == "gap" else 1)

    def _mixed(self, shared: Tensor) -> Tensor:
        """Covariance of the channels of x and y, of which the hidden variables share this."""
        private = (1 - self.common).diag()
        rows = torch.cat([shared + private, shared], 1), torch.cat([shared, shared + private], 1)
        mixture = torch.block_diag(*self.mixtures())
        return mixture.T @ torch.cat(rows) @ mixture / 2

    def pair(self, reshape: str) -> MomentPair:
        """All images that there are."""
        scatter = ENDLESS * self.covariance(reshape)
        joint = Moments(ENDLESS, scatter.new_zeros(len(scatter)), scatter)
        return MomentPair(joint, len(scatter) // 2, reshape, ENDLESS, 0.0)


POPULATIONS = {
    "falling spectrum": Population(),
    "dead channels": Population(dead=4),
    "classes": Population(between=0.8),
}


def draw_outputs(images: int, draw: torch.Generator) -> list[Tensor]:
    """Outputs `(images, classes)` of two networks that agree on about 70 %."""
    both = torch.randn(images, CLASSES, generator=draw, dtype=torch.float64)
    return [
        2 * both + torch.randn(images, CLASSES, generator=draw, dtype=torch.float64) for _ in "xy"
    ]


@dataclass(frozen=True)
class BlockMoments:
    """Second moments of all rows, and without each block: arrays of `1 + BLOCKS` matrices."""

    xx: np.ndarray
    xy: np.ndarray
    yy: np.ndarray
    rows: np.ndarray
    diagonals: np.ndarray  # sums of squares and products of the norms of rows: xx, xy, yy
    traces: np.ndarray

    @classmethod
    def of(cls, x: np.ndarray, y: np.ndarray) -> BlockMoments:
        """Of rows `(images, positions, columns)`, without dead columns, in equal blocks."""
        x, y = (array[:, :, array.std((0, 1)) > 0] for array in (x, y))
        split = x.shape[2]
        both = np.concatenate([x, y], 2)
        both = both.reshape(-1, both.shape[2])
        both -= both.mean(0)
        blocks = both.reshape(BLOCKS, -1, both.shape[1])
        squares, sums = blocks.swapaxes(1, 2) @ blocks, blocks.sum(1)
        count, size = len(both), blocks.shape[1]
        rows = np.r_[count, np.full(BLOCKS, count - size)]
        means = np.concatenate([0 * sums[:1], -sums]) / rows[:, None]
        total = squares.sum(0)
        scatter = np.concatenate([total[None], total - squares])
        scatter -= rows[:, None, None] * means[:, :, None] * means[:, None]
        kept = np.ones((BLOCKS + 1, BLOCKS, size))
        kept[np.arange(1, BLOCKS + 1), np.arange(BLOCKS)] = 0
        kept = kept.reshape(BLOCKS + 1, -1)
        norms = []
        for columns in (slice(split), slice(split, None)):
            chosen = both[:, columns]
            shift = means[:, columns]
            away = (chosen**2).sum(1) - 2 * shift @ chosen.T + (shift**2).sum(1)[:, None]
            norms.append(away * kept)
        pairs = ((0, 0), (0, 1), (1, 1))
        return cls(
            scatter[:, :split, :split],
            scatter[:, :split, split:],
            scatter[:, split:, split:],
            rows,
            np.array([(norms[first] * norms[second]).sum(1) for first, second in pairs]),
            np.array([array.sum(1) for array in norms]),
        )


def moment_values(moments: BlockMoments) -> dict[str, np.ndarray]:
    """{metric: values `(1 + BLOCKS,)`} of all images, and without each block."""
    xx, xy, yy = moments.xx, moments.xy, moments.yy
    root_x, root_y = np.linalg.cholesky(xx), np.linalg.cholesky(yy)
    explained = np.linalg.solve(root_x, xy)
    inner = np.linalg.solve(root_y, explained.swapaxes(1, 2)).swapaxes(1, 2)
    left, correlations, _ = np.linalg.svd(inner)
    weights = np.abs(root_x @ left[:, :, : correlations.shape[1]]).sum(1)
    traces = [np.trace(array, axis1=1, axis2=2) for array in (xx, yy)]
    nbs = np.linalg.svd(xy, compute_uv=False).sum(1) / np.sqrt(traces[0] * traces[1])
    return {
        "mean_cca": correlations.mean(1),
        "mean_cca_sum98": np.array([_mean98(array) for array in correlations]),
        "svcca": _svcca(xx, xy, yy),
        "pwcca": (weights * correlations).sum(1) / weights.sum(1),
        "mean_squared_cca": (correlations**2).mean(1),
        "linear_regression": _square(explained) / traces[1],
        "cka": _square(xy) / np.sqrt(_square(xx) * _square(yy)),
        "cka_debiased": _debiased(moments),
        "nbs": nbs,
        "procrustes": 1 - 2 / np.pi * np.arccos(nbs),
    }


def _square(matrices: np.ndarray) -> np.ndarray:
    return (matrices**2).sum((1, 2))


def _mean98(correlations: np.ndarray) -> float:
    shares = correlations.cumsum() / correlations.sum()
    return correlations[: (shares < 0.98).sum() + 1].mean()


def _principal(scatter: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bases whose columns beyond the kept directions are 0, and how many are kept."""
    values, vectors = np.linalg.eigh(scatter)
    values, vectors = values[:, ::-1], vectors[:, :, ::-1]
    shares = values.cumsum(1) / values.sum(1)[:, None]
    kept = (shares < SHARE).sum(1) + 1
    scale = np.where(np.arange(values.shape[1]) < kept[:, None], values**-0.5, 0)
    return vectors * scale[:, None], kept


def _svcca(xx: np.ndarray, xy: np.ndarray, yy: np.ndarray) -> np.ndarray:
    """NaN where how many directions are kept is not as of all images."""
    (of_x, kept_x), (of_y, kept_y) = _principal(xx), _principal(yy)
    inner = of_x.swapaxes(1, 2) @ xy @ of_y
    values = np.linalg.svd(inner, compute_uv=False).sum(1) / np.minimum(kept_x, kept_y)
    same = (kept_x == kept_x[0]) & (kept_y == kept_y[0])
    return np.where(same, values, np.nan)


def _debiased(moments: BlockMoments) -> np.ndarray:
    n, (of_x, of_y) = moments.rows, moments.traces
    inner = _square(moments.xx), _square(moments.xy), _square(moments.yy)
    traces = of_x**2, of_x * of_y, of_y**2
    hsic = [
        square - diagonal * n / (n - 2) + trace / ((n - 1) * (n - 2))
        for square, diagonal, trace in zip(inner, moments.diagonals, traces, strict=True)
    ]
    return hsic[1] / np.sqrt(hsic[0] * hsic[2])


def rsa_values(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """RSA of rows `(images, columns)`, of all images and without each block."""
    away_x, away_y = (_distances(array) for array in (x, y))
    images, size = len(x), len(x) // BLOCKS
    counts = np.r_[images, np.full(BLOCKS, images - size)]
    counts = counts * (counts - 1)

    def mean(matrix: np.ndarray) -> np.ndarray:
        rows = matrix.reshape(BLOCKS, -1).sum(1)
        inside = matrix.reshape(BLOCKS, size, BLOCKS, size).sum((1, 3)).diagonal()
        return np.r_[matrix.sum(), matrix.sum() - 2 * rows + inside] / counts

    mean_x, mean_y = mean(away_x), mean(away_y)
    variances = mean(away_x**2) - mean_x**2, mean(away_y**2) - mean_y**2
    return (mean(away_x * away_y) - mean_x * mean_y) / np.sqrt(variances[0] * variances[1])


def _distances(rows: np.ndarray) -> np.ndarray:
    norms = (rows**2).sum(1)
    squares = norms + norms[:, None] - 2 * rows @ rows.T
    np.fill_diagonal(squares, 0)
    return np.sqrt(squares.clip(0))


def output_values(x: np.ndarray, y: np.ndarray) -> dict[str, np.ndarray]:
    """The metrics of outputs `(images, classes)`, of all images and without each block."""
    agree = x.argmax(1) == y.argmax(1)
    norms_x, norms_y = (x**2).sum(1), (y**2).sum(1)
    inner = (x * y).sum(1)
    sums = [
        _sums(array)
        for array in (agree, inner, norms_x, norms_y, inner / np.sqrt(norms_x * norms_y))
    ]
    images = _sums(np.ones(len(x)))
    return {
        "agreement": sums[0] / images,
        "cosine": np.abs(sums[1]) / np.sqrt(sums[2] * sums[3]),
        "logit_cosine": sums[4] / images,
        "jensen_shannon": 1 - _sums(_divergences(x, y)) / images,
    }


def _sums(numbers: np.ndarray) -> np.ndarray:
    blocks = numbers.reshape(BLOCKS, -1).sum(1)
    return np.r_[blocks.sum(), blocks.sum() - blocks]


def _divergences(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    p, q = (softmax(array, axis=1) for array in (x, y))
    middle = (p + q) / 2
    return (rel_entr(p, middle) + rel_entr(q, middle)).sum(1) / 2 / np.log(2)


def rows_of(maps: np.ndarray, reshape: str) -> np.ndarray:
    """Maps as rows `(images, positions, columns)`."""
    if reshape == "channels":
        return maps[..., 0].swapaxes(1, 2)
    return maps.mean((2, 3))[:, None] if reshape == "gap" else maps.reshape(len(maps), 1, -1)


def sample_values(x: np.ndarray, y: np.ndarray, reshape: str) -> dict[str, np.ndarray]:
    """All metrics of one sample of both layers."""
    rows_x, rows_y = rows_of(x, reshape), rows_of(y, reshape)
    values = moment_values(BlockMoments.of(rows_x, rows_y))
    if reshape != "channels" and len(x) <= MOST_FOR_DISTANCES:
        values["rsa"] = rsa_values(rows_x[:, 0], rows_y[:, 0])
    return values


def true_values(population: Population, reshape: str) -> dict[str, float]:
    """The values of all images that there are."""
    pair = population.pair(reshape)
    values = {name: metric.of_pair(pair) for name, metric in METRICS.items() if metric.by_moments}
    values["cka_debiased"] = values["cka"]  # the bias is gone
    if reshape != "channels":
        maps = (array.numpy() for array in population.draw(MANY, torch.Generator().manual_seed(3)))
        rows = [rows_of(array, reshape)[:, 0] for array in maps]
        away = [np.linalg.norm(array[::2] - array[1::2], axis=1) for array in rows]
        values["rsa"] = float(np.corrcoef(*away)[0, 1])
    return values


def coverage(metric: str, samples: np.ndarray, truth: float, note: str) -> dict:
    """How often the intervals of samples `(samples, 1 + BLOCKS)` cover the truth.

    Args:
        note: why none would be given, or "".
    """
    declared, sizes = METRICS[metric], [1] * BLOCKS
    given, covered, always = [], [], []
    for value, *without in samples[~np.isnan(samples).any(1)]:
        of = value, without, sizes, LEVEL, declared.lowest
        interval = student_interval(*of)
        given.append(not note and not interval.note)
        covered.append(interval.low <= truth <= interval.high)
        free = student_interval(*of, checked=False)
        always.append(free.low <= truth <= free.high)
    count, hits = sum(given), sum(np.array(covered) & np.array(given)) if given else 0
    share = hits / count if count else np.nan
    return {
        "given": count / len(samples),
        "covered": share,
        "error": np.sqrt(LEVEL * (1 - LEVEL) / count) if count else np.nan,
        "covered if always given": np.mean(always) if always else np.nan,
        "repeats": len(samples),
        "none because": note,
    }


def rows(images: int, repeats: int) -> Iterator[dict]:
    """The rows of all metrics for so many images."""
    for name, population in POPULATIONS.items():
        draw = torch.Generator().manual_seed(images)
        drawn = [population.draw(images, draw) for _ in range(repeats)]
        for reshape in RESHAPES:
            truth = true_values(population, reshape)
            samples = [sample_values(x.numpy(), y.numpy(), reshape) for x, y in drawn]
            pair = pair_of(*drawn[0], reshape)
            for metric in samples[0]:
                note = note_before(METRICS[metric], pair)
                values = np.array([sample[metric] for sample in samples])
                row = {"metric": metric, "reshape": reshape, "images": images, "data": name}
                yield row | {"truth": truth[metric]} | coverage(metric, values, truth[metric], note)


def rows_of_outputs(images: int, repeats: int) -> Iterator[dict]:
    """The same for metrics of outputs."""
    draw = torch.Generator().manual_seed(images)
    many = output_values(*(array.numpy() for array in draw_outputs(MANY, draw)))
    drawn = [draw_outputs(images, draw) for _ in range(repeats)]
    samples = [output_values(x.numpy(), y.numpy()) for x, y in drawn]
    pair = pair_of(*drawn[0], "flat")
    for metric, (truth, *_) in many.items():
        values = np.array([sample[metric] for sample in samples])
        row = {"metric": metric, "reshape": "flat", "images": images, "data": "outputs"}
        note = note_before(METRICS[metric], pair)
        yield row | {"truth": truth} | coverage(metric, values, truth, note)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.jackknife_coverage", description=__doc__
    )
    parser.add_argument("--repeats", type=int, default=200)
    parser.add_argument("--images", type=int, nargs="*", default=[100, 200, 400, 2000])
    parser.add_argument("--out", help="write the table as CSV")
    given = parser.parse_args(arguments)
    torch.set_num_threads(1)
    parts = [of(n, given.repeats) for n in given.images for of in (rows_of_outputs, rows)]
    report(chain.from_iterable(parts), given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
