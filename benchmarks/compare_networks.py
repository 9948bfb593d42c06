"""Time and memory of comparing two networks, with images that are read again or once.

    python -m benchmarks.compare_networks [--again N ...] [--once N ...] [--out CSV]
    python -m benchmarks.compare_networks --network resnet50 --again 500 --once

A row for each number of images, on the layers of one of torchvision's residual
networks. The images are noise, in JPEG files that are decoded on the way. Each row is
measured in a process of its own: its time, and the peak of its memory, minus what it
held once the networks were loaded. Read again, by the defaults of `compare_networks`,
the outputs take up to its `memory`. Read once, all that is kept are sums of channels
and of their means, so the peak must not grow with the number of images, once there are
more than channels.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import models
from torchvision.transforms.functional import to_pil_image

from lib import compare_networks
from lib.compare import images as source
from lib.metrics.second_moments import moment_bytes
from lib.models import record_layers
from lib.study.provenance import peak

from .table import apart, report

RESHAPES = ("channels", "gap")


def write_noise(folder: Path, images: int, size: int) -> Path:
    """A folder of so many images."""
    draw = torch.Generator().manual_seed(0)
    for i in range(images):
        pixels = torch.randint(0, 256, (3, size, size), generator=draw, dtype=torch.uint8)
        to_pil_image(pixels).save(folder / f"{i:06}.jpg")
    return folder


def layers_of(network: nn.Module) -> list[str]:
    """Stem, pooling, for each block its convolutions and its sum, each after its ReLU, and output.

    The last convolution of a block comes before the sum, so without a ReLU.
    """
    names = ["relu", "maxpool"]
    for block, module in network.named_modules():
        if re.fullmatch(r"layer\d\.\d+", block):
            last = sum("conv" in part for part, _ in module.named_children())
            names += [f"{block}.relu#{call}" for call in range(1, last)]
            names += [f"{block}.bn{last}", block]
    return [*names, "fc"]


def measure(
    name: str, images: int, size: int, batch: int, threads: int, only: Sequence[str], once: bool
) -> dict:
    """One row."""
    torch.set_num_threads(threads)
    with tempfile.TemporaryDirectory() as folder:
        given: object = write_noise(Path(folder), images, size)
        networks = [models.get_model(name, num_classes=10).eval() for _ in range(2)]
        names = only or layers_of(networks[0])
        recorded = record_layers(networks[0], torch.zeros(1, 3, size, size), names)
        shapes = [tuple(output.shape[1:]) for output in recorded.values()]
        sums = len(RESHAPES) * sum(moment_bytes(shape[0], shape[0]) for shape in shapes)
        asked: dict = {"batch_size": batch, "image_size": size, "layers": names}
        if once:
            given = iter(DataLoader(source.Files(given, size), batch))
            asked |= {"reshapes": RESHAPES, "memory": sums}
            source.KEPT_SHARE = 0  # a few images would fit, and could be read again
        before, start, processor = peak(), time.perf_counter(), time.process_time()
        table = compare_networks(*networks, given, **asked)
        seconds, processor = time.perf_counter() - start, time.process_time() - processor
        held = peak() - before
    values = sum(torch.Size(shape).numel() for shape in shapes)
    return {
        "network": name,
        "size": size,
        "batch": batch,
        "threads": threads,
        "read": "once" if once else "again",
        "images": images,
        "layers": len(names),
        "numbers": int(table.value.notna().sum()),
        "sums MiB": sums / 2**20,
        "outputs of a batch MiB": 2 * 4 * batch * values / 2**20,
        "outputs at once MiB": 2 * 4 * images * values / 2**20,
        "peak MiB": held,
        "seconds": seconds,
        "processor seconds": processor,
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.compare_networks", description=__doc__
    )
    images = {"type": int, "nargs": "*", "metavar": "N"}
    parser.add_argument("--network", default="resnet18", choices=("resnet18", "resnet50"))
    parser.add_argument("--again", **images, default=[500], help="images in a folder")
    parser.add_argument("--once", **images, default=[512, 5000], help="images that pass once")
    parser.add_argument("--layers", nargs="+", default=(), metavar="LAYER", help="these alone")
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", help="write the table as CSV")
    given = parser.parse_args(arguments)
    asked = given.size, given.batch, given.threads, given.layers
    cases = [(n, False) for n in given.again] + [(n, True) for n in given.once]
    report((apart(measure, given.network, n, *asked, once) for n, once in cases), given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
