"""Does the 95 % interval of a similarity cover the value that ever more images would give?

    python -m benchmarks.jackknife_coverage [--repeats N] [--images N ...] [--out TABLE.csv]

Layers of 16 channels and two positions are made up, whose second moments are known, so that the
true value of CKA is, too. The values without each block are computed for all blocks at once, in
code of its own, since those of `lib.metrics` would take an hour for each row; a test compares the
two. The interval, and whether one is given, are of `lib.metrics.jackknife`. A row says in which
share of samples one was given, how often these covered, the standard error of that share, and how
often intervals would cover if they were always given.
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
from torch import Tensor

from lib.metrics import METRICS
from lib.metrics.jackknife import BLOCKS, note_before, student_interval
from lib.metrics.metric import pair_of
from lib.metrics.moment_pair import MomentPair
from lib.metrics.second_moments import Moments

from .table import report

CHANNELS, POSITIONS, CLASSES = 16, 2, 10
RESHAPES = ("channels", "flat", "gap")
LEVEL = 0.95

ENDLESS = 10**9
"""So many rows stand for all that there are."""


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
    return {
        "cka": _square(xy) / np.sqrt(_square(xx) * _square(yy)),
        "cka_debiased": _debiased(moments),
    }


def _square(matrices: np.ndarray) -> np.ndarray:
    return (matrices**2).sum((1, 2))


def _debiased(moments: BlockMoments) -> np.ndarray:
    n, (of_x, of_y) = moments.rows, moments.traces
    inner = _square(moments.xx), _square(moments.xy), _square(moments.yy)
    traces = of_x**2, of_x * of_y, of_y**2
    hsic = [
        square - diagonal * n / (n - 2) + trace / ((n - 1) * (n - 2))
        for square, diagonal, trace in zip(inner, moments.diagonals, traces, strict=True)
    ]
    return hsic[1] / np.sqrt(hsic[0] * hsic[2])


def rows_of(maps: np.ndarray, reshape: str) -> np.ndarray:
    """Maps as rows `(images, positions, columns)`."""
    if reshape == "channels":
        return maps[..., 0].swapaxes(1, 2)
    return maps.mean((2, 3))[:, None] if reshape == "gap" else maps.reshape(len(maps), 1, -1)


def sample_values(x: np.ndarray, y: np.ndarray, reshape: str) -> dict[str, np.ndarray]:
    """CKA and debiased CKA of one sample of both layers."""
    return moment_values(BlockMoments.of(rows_of(x, reshape), rows_of(y, reshape)))


def true_values(population: Population, reshape: str) -> dict[str, float]:
    """The values of all images that there are."""
    value = METRICS["cka"].of_pair(population.pair(reshape))
    return {"cka": value, "cka_debiased": value}  # the bias is gone


def coverage(metric: str, samples: np.ndarray, truth: float, note: str) -> dict:
    """How often the intervals of samples `(samples, 1 + BLOCKS)` cover the truth.

    Args:
        note: why none would be given, or "".
    """
    declared, sizes = METRICS[metric], [1] * BLOCKS
    given, covered, always = [], [], []
    for value, *without in samples:
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
    """The rows of CKA and debiased CKA for so many images."""
    for name, population in POPULATIONS.items():
        draw = torch.Generator().manual_seed(images)
        drawn = [population.draw(images, draw) for _ in range(repeats)]
        for reshape in RESHAPES:
            truth = true_values(population, reshape)
            samples = [sample_values(x.numpy(), y.numpy(), reshape) for x, y in drawn]
            pair = pair_of(*drawn[0], reshape)
            for metric in samples[0]:
                note = note_before(metric, pair)
                values = np.array([sample[metric] for sample in samples])
                row = {"metric": metric, "reshape": reshape, "images": images, "data": name}
                yield row | {"truth": truth[metric]} | coverage(metric, values, truth[metric], note)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.jackknife_coverage", description=__doc__
    )
    parser.add_argument("--repeats", type=int, default=200)
    parser.add_argument("--images", type=int, nargs="*", default=[100, 200, 400, 2000])
    parser.add_argument("--out", help="write the table as CSV")
    given = parser.parse_args(arguments)
    torch.set_num_threads(1)
    report(chain.from_iterable(rows(n, given.repeats) for n in given.images), given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
