"""What following a training with `SimilarityMonitor` costs, beside an epoch of that training.

    python -m benchmarks.monitor [--network NAME ...] [--images N ...] [--out TABLE.csv]

The same network, of quarter width, is trained by the paper's recipe on made-up images,
and compared with its beginning after each epoch, by the default metrics on all layers
that are chosen then. Processor seconds of epochs and of comparisons alternate; the
first comparison, which also computes what depends on the reference alone, is a column
of its own. An epoch is measured on a part of the images and scaled to 40,000, the
training images of every copy of CIFAR-10.
"""

from __future__ import annotations

import argparse
import copy
import itertools
import statistics
import sys
import time
from collections.abc import Callable

import torch

from lib import SimilarityMonitor
from lib.models import build_model
from lib.study.paper import PAPER
from lib.training import Training

from .table import report
from .training import made_up

EPOCH = 40_000
"""Training images of the epoch that a comparison is set beside."""


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def measure(
    name: str, width: float, images: int, repeats: int = 3, trained: int = 4_000
) -> dict[str, object]:
    """The row of one network.

    Args:
        images: on which it is compared.
        trained: images of the part of an epoch that is measured.
    """
    torch.manual_seed(0)
    network = build_model(name, width=width)
    data = made_up(trained)
    probe = torch.rand(images, 3, 32, 32)
    training = Training(network, data, PAPER[name].recipe, seed=0)
    monitor = SimilarityMonitor(copy.deepcopy(network), probe, say=None)
    training.run_epoch()
    first = seconds(lambda: monitor(network, step=0))
    epochs, comparisons = [], []
    for repeat in range(1, repeats + 1):
        epochs.append(seconds(training.run_epoch) * EPOCH / trained)
        comparisons.append(seconds(lambda step=repeat: monitor(network, step)))
    shares = [100 * later / epoch for later, epoch in zip(comparisons, epochs, strict=True)]
    return {
        "network": name,
        "width": width,
        "images": images,
        "layers": monitor.table.layer_x.nunique(),
        "epoch, s": statistics.median(epochs),
        "first comparison, s": first,
        "comparison, s": statistics.median(comparisons),
        "share, %": statistics.median(shares),
        "share, % min": min(shares),
        "share, % max": max(shares),
        "repeats": repeats,
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.monitor", description=__doc__)
    parser.add_argument("--network", nargs="+", default=list(PAPER), choices=PAPER)
    parser.add_argument("--width", type=float, nargs="+", default=[0.25])
    parser.add_argument("--images", type=int, nargs="+", default=[256, 500])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--out", help="write the table as CSV")
    given = parser.parse_args(arguments)
    torch.set_num_threads(1)
    cases = itertools.product(given.network, given.width, given.images)
    report((measure(*case, given.repeats) for case in cases), given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
