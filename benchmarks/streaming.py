"""Memory of comparing two networks while images stream past, and of the sums alone.

    python -m benchmarks.streaming [--network NAME] [--images N ...] [--out TABLE.csv]

A row for each number of images. The images are noise, in JPEG files that are decoded on the way.
Each row is measured in a process of its own: the peak of its memory, minus what it held once the
networks were loaded. It must not grow with the number of images, as soon as there are more of them
than a layer has channels.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
from pathlib import Path

import torch
from torchvision.transforms.functional import to_pil_image

from lib.data import load_folder
from lib.metrics.statistics import moment_bytes
from lib.models import LARGE, MODELS, build_model, record, recorded_layers
from lib.study.streaming import compare_streamed

from .memory import peak
from .table import report

RESHAPES = ("channels", "gap")


def write_noise(folder: Path, images: int, size: int) -> Path:
    """A folder of one class, with so many images to compare on."""
    source = torch.Generator().manual_seed(0)
    for split, number in (("train", 1), ("val", images)):
        (folder / split / "noise").mkdir(parents=True)
        for i in range(number):
            pixels = torch.randint(0, 256, (3, size, size), generator=source, dtype=torch.uint8)
            to_pil_image(pixels).save(folder / split / "noise" / f"{i:06}.jpg")
    return folder


def measure(*asked: object) -> dict:
    """One row, measured in a process of its own; takes what `serve` takes, but for the pipe."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(*asked, there))
    process.start()
    there.close()  # otherwise the end of a process that failed would not be noticed
    row = here.recv()
    process.join()
    return row


def serve(name: str, images: int, size: int, batch: int, pipe) -> None:
    """Measure one row, and send it through the pipe."""
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        data = load_folder(write_noise(Path(folder), images, size), size)
        networks = [build_model(name, 10).eval() for _ in range(2)]
        names = [layer for layer, _ in recorded_layers(networks[0])]
        shapes = [
            tuple(x.shape[1:])
            for x in record(networks[0], torch.zeros(1, *data.test.shape), names).values()
        ]
        before = peak()
        rows = list(compare_streamed(*networks, data.test, data, batch_size=batch))
        held = peak() - before
    values = sum(torch.Size(shape).numel() for shape in shapes)
    pipe.send(
        {
            "network": name,
            "size": size,
            "batch": batch,
            "images": images,
            "layers": len(names),
            "numbers": len(rows),
            "sums MiB": len(RESHAPES) * sum(moment_bytes(s[0], s[0]) for s in shapes) / 2**20,
            "outputs of a batch MiB": 2 * 4 * batch * values / 2**20,
            "outputs at once MiB": 2 * 4 * images * values / 2**20,
            "peak MiB": held,
        }
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.streaming", description=__doc__)
    parser.add_argument("--network", default="resnet18", choices=(*LARGE, *MODELS))
    parser.add_argument("--images", type=int, nargs="+", default=[32, 128, 512, 1024])
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--out", help="write the table as CSV")
    given = parser.parse_args(arguments)
    asked = given.size, given.batch
    report((measure(given.network, images, *asked) for images in given.images), given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
