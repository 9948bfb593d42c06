"""What intervals of the images cost: the same call with and without them.

    python -m benchmarks.intervals [--metric NAME ...] [--repeats N] [--out TABLE.csv]

Each value is computed with its interval and without, in turn, in one process on one
thread, of float32 data that are new to the metric each time. A ratio is that of the two
calls of one turn, in seconds of the processor; the table has the median over the turns
and the range of the middle half. A metric is measured for each of its reshapes and
`SHAPES` for which it gives an interval; some have hardly more rows than it takes, where
the work on matrices of columns by columns weighs most. The last rows are those of
`compare_networks`, with the networks before the metrics: the default metrics, and CKA
of all pairs.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np
import torch
from torchvision import models

from lib import compare_networks
from lib.metrics import METRICS
from lib.metrics.compare import rows_of_pair
from lib.metrics.jackknife import note_before
from lib.metrics.metric import Pair
from lib.metrics.representation import Representation

from .table import report

LEVEL = 0.95

SHAPES = {
    "flat": [(500, 4096), (2000, 10)],
    "gap": [(2048, 64)],
    "channels": [(400, 64, 8, 8), (600, 256, 4, 4)],
}
"""Of one side: images, and columns or channels and maps."""

LAYERS = ["layer1.0", "layer2.0", "layer3.0", "layer4.0"]

NETWORKS = {
    "four layers": {"layers": LAYERS},
    "all pairs, CKA": {"layers": (LAYERS, LAYERS), "metrics": ["cka"]},
}
"""What is asked of `compare_networks`."""


def made_up(shape: tuple[int, ...]) -> tuple[torch.Tensor, torch.Tensor]:
    """Two related layers after a ReLU, float32, whose spectra fall."""
    images, columns, *positions = shape
    draw = torch.Generator().manual_seed(0)
    rank = min(columns, 64)
    scales = (1 + torch.arange(rank)) ** -0.5
    common = torch.randn(images, *positions, rank, generator=draw) * scales
    sides = []
    for _ in range(2):
        mixed = common @ torch.randn(rank, columns, generator=draw)
        noise = torch.randn(mixed.shape, generator=draw)
        sides.append((mixed + noise).clamp_min(0).movedim(-1, 1).contiguous())
    return sides[0], sides[1]


def of_metric(
    metric: str, reshape: str, sides: tuple[torch.Tensor, torch.Tensor]
) -> Callable[[float | None], object]:
    """What computes a row of a table, with an interval if there is a level."""

    def row(level: float | None) -> object:
        pair = Pair(*(Representation(side, reshape) for side in sides))
        return rows_of_pair([metric], reshape, pair, notes=True, level=level)

    return row


def of_networks(images: int, **asked: object) -> Callable[[float | None], object]:
    """What compares two ResNet-18 on noise of 32 by 32 pixels."""
    torch.manual_seed(0)
    networks = models.resnet18().eval(), models.resnet18().eval()
    given = torch.randn(images, 3, 32, 32)
    return lambda level: compare_networks(*networks, given, say=None, level=level, **asked)


def processor_seconds(compute: Callable[[float | None], object], level: float | None) -> float:
    start = time.process_time()
    compute(level)
    return time.process_time() - start


def measure(compute: Callable[[float | None], object], repeats: int) -> dict:
    """Seconds without intervals and with them, and their ratio; the first turn does not count."""
    turns = [
        [processor_seconds(compute, level) for level in (None, LEVEL)] for _ in range(repeats + 1)
    ]
    without, within = np.array(turns[1:]).T
    low, ratio, high = np.quantile(within / without, (0.25, 0.5, 0.75))
    return {
        "seconds without": np.median(without),
        "seconds with": np.median(within),
        "ratio": ratio,
        "ratio low": low,
        "ratio high": high,
        "repeats": repeats,
        "threads": torch.get_num_threads(),
    }


def rows(metrics: list[str], repeats: int) -> Iterator[dict]:
    """One for each metric, reshape and shape, and for each call of `compare_networks`."""
    for reshape, shapes in SHAPES.items():
        for shape in shapes:
            sides = made_up(shape)
            pair = Pair(*(Representation(side, reshape) for side in sides))
            for metric in metrics:
                if reshape in METRICS[metric].reshapes and not note_before(METRICS[metric], pair):
                    case = {"call": metric, "reshape": reshape, "shape": "x".join(map(str, shape))}
                    yield case | measure(of_metric(metric, reshape, sides), repeats)
    for name, asked in NETWORKS.items():
        case = {
            "call": f"compare_networks, {name}",
            "reshape": "each its own",
            "shape": "512x3x32x32",
        }
        yield case | measure(of_networks(512, **asked), repeats)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.intervals", description=__doc__)
    parser.add_argument("--metric", nargs="*", help="these alone", choices=METRICS)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--out", help="write the table as CSV")
    given = parser.parse_args(arguments)
    torch.set_num_threads(1)
    report(rows(given.metric or list(METRICS), given.repeats), given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
