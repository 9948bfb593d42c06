"""Does the 95 % interval of a similarity cover the value that ever more images would give?

    python -m benchmarks.jackknife_coverage [--repeats N] [--images N ...] [--out TABLE.csv]

Layers of 16 channels and two positions are made up, whose second moments are known, so that the
true value of CKA is, too. A row says in which share of samples an interval was given, how often
these covered, the standard error of that share, and how often intervals would cover if they were
always given.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain, product

import numpy as np
import torch
from torch import Tensor

from lib.metrics import METRICS
from lib.metrics.jackknife import (
    BLOCKS,
    FEWEST_IMAGES,
    note_before,
    pairs_without,
    student_interval,
)
from lib.metrics.metric import Pair, pair_of

from .table import report

CHANNELS, POSITIONS, CLASSES = 16, 2, 10
RESHAPES = ("channels", "flat", "gap")
LEVEL = 0.95


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

    def truth(self, reshape: str) -> float:
        """CKA, debiased or not, of all images that there are."""
        matrix = self.covariance(reshape)
        split = len(matrix) // 2
        xx, xy, yy = matrix[:split, :split], matrix[:split, split:], matrix[split:, split:]
        return (xy.norm() ** 2 / (xx.norm() * yy.norm())).item()


POPULATIONS = {
    "falling spectrum": Population(),
    "dead channels": Population(dead=4),
    "classes": Population(between=0.8),
}


def coverage(metric: str, pairs: list[Pair], truth: float) -> dict:
    """How often the intervals of samples of both layers cover the truth."""
    of_pair, lowest = METRICS[metric].of_pair, METRICS[metric].lowest
    note = note_before(metric, pairs[0])
    given, covered, always = [], [], []
    for pair in pairs:
        blocks = torch.arange(pair.x.images).tensor_split(BLOCKS)  # of images in random order
        without = [of_pair(rest) for rest in pairs_without(pair, blocks)]
        of = of_pair(pair), without, [*map(len, blocks)], LEVEL, lowest
        interval, free = student_interval(*of), student_interval(*of, checked=False)
        given.append(not note and not interval.note)
        covered.append(given[-1] and interval.low <= truth <= interval.high)
        always.append(free.low <= truth <= free.high)
    count = sum(given)
    return {
        "truth": truth,
        "given": count / len(pairs),
        "covered": sum(covered) / count if count else np.nan,
        "error": np.sqrt(LEVEL * (1 - LEVEL) / count) if count else np.nan,
        "covered if always given": np.mean(always),
        "repeats": len(pairs),
        "none because": note,
    }


def rows(images: int, repeats: int) -> Iterator[dict]:
    """The rows of CKA and debiased CKA for so many images."""
    for name, population in POPULATIONS.items():
        draw = torch.Generator().manual_seed(images)
        drawn = [population.draw(images, draw) for _ in range(repeats)]
        for reshape, metric in product(RESHAPES, FEWEST_IMAGES):
            pairs = [pair_of(x, y, reshape) for x, y in drawn]
            row = {"metric": metric, "reshape": reshape, "images": images, "data": name}
            yield row | coverage(metric, pairs, population.truth(reshape))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=200)
    parser.add_argument("--images", type=int, nargs="*", default=[100, 200, 400, 2000])
    parser.add_argument("--out", help="write the table as CSV")
    given = parser.parse_args(arguments)
    torch.set_num_threads(1)
    report(chain.from_iterable(rows(n, given.repeats) for n in given.images), given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
