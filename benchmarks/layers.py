"""How long all metrics take on all recorded layers of a network pair, and its forward passes.

    python -m benchmarks.layers [--network NAME] [--images N] [--permutations K] [--device cuda]
        [--out TABLE.csv]

A complete network is compared with two others. The first comparison computes what
depends on the complete network alone; the second reuses it, as all further comparisons
do. The networks are untrained and the images are noise: the time does not depend on that.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial

import torch

from lib.metrics import METRICS, LayerRepresentations, compare
from lib.models import MODELS, build_model, record_layers, recorded_layers

from .table import report


def measure(
    network: str, images: int, device: str, width: float = 1.0, permutations: int = 0
) -> Iterator[dict]:
    """Seconds of the first and of the second comparison.

    Args:
        network: a name in `lib.models.MODELS`.
        images: number of probe images.
        device: where networks and metrics run.
        width: of the network, relative to the full one.
        permutations: how many sample the nulls.

    Yields:
        a row for the forward pass of one network, `layer` "forward", and one for each
        recorded layer.
    """
    torch.manual_seed(0)
    complete, *pruned = (build_model(network, 10, width).to(device) for _ in range(3))
    probe = torch.randn(images, 3, 32, 32, device=device)
    names = [name for name, _ in recorded_layers(complete)]
    record_layers(complete, probe[:100], names[-1:])  # libraries load and tune themselves here
    forward = seconds_of(lambda: record_layers(complete, probe, names[-1:]), device)
    yield {"layer": "forward", "first": forward, "second": forward}
    for name in names:
        first, *rest = (record_layers(each, probe, [name])[name] for each in (complete, *pruned))
        kept = LayerRepresentations(first)
        times = []
        for output in rest:
            compute = partial(compare, kept, output, metrics=METRICS, permutations=permutations)
            times.append(seconds_of(compute, device))
        shape = "x".join(map(str, first.shape[1:]))
        yield {"layer": name, "first": times[0], "second": times[1], "shape": shape}


def seconds_of(function: Callable[[], object], device: str) -> float:
    """Seconds until the device has finished."""
    wait = torch.cuda.synchronize if device.startswith("cuda") else lambda: None
    wait()
    start = time.perf_counter()
    function()
    wait()
    return time.perf_counter() - start


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.layers", description=__doc__)
    parser.add_argument("--network", default="vgg16_bn", choices=MODELS)
    parser.add_argument("--images", type=int, default=5000)
    parser.add_argument("--permutations", type=int, default=0)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--width", type=float, default=1.0)
    parser.add_argument("--out", help="write the table as CSV")
    given = parser.parse_args(arguments)
    asked = given.network, given.images, given.device, given.width, given.permutations
    report(measure(*asked), given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
