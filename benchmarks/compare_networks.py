"""Processor time and memory of comparing two networks, with images that are read again or once.

    python -m benchmarks.compare_networks [--network NAME] [--images N ...] [--once] [--out CSV]
    python -m benchmarks.compare_networks --peers FOLDER [--repeats N] ...

A row for each number of images, on the layers of one of torchvision's residual networks. The images
are noise, in JPEG files that are decoded on the way. Each row is measured in a process of its own:
its processor time, and the peak of its memory, minus what it held once the networks were loaded.
Read again, by the defaults of `compare_networks`, the outputs take up to its `memory`. Read once,
all that is kept are sums of channels and of their means, so the peak must not grow with the number
of images, once there are more than channels.

With `--peers` a row compares it with other people's code on the same images, in memory, and on the
same layers: pooling and blocks, which both sides name alike and no later layer overwrites. In the
folder are the peers, installed apart from the project:

    pip install --no-deps --target FOLDER torchlens==2.36.1 pytorch-cka==1.1.3 graphviz safetensors

torchlens records, and our CKA compares each layer with its counterpart. pytorch-cka compares all
pairs by debiased CKA, of all images in one batch, where its definition is ours but for values below
0, which it sets to 0; the difference is taken after that. It doesn't centre the representations
before it forms Gram matrices in their own precision, which in float32 shows. Both sides take turns,
each time in a process of its own. A ratio is the peer's time by ours.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import re
import subprocess
import sys
import tempfile
import time
import warnings
from importlib import metadata
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import models
from torchvision.transforms.functional import to_pil_image

from lib import compare_networks
from lib.compare import images as source
from lib.metrics import cka
from lib.metrics.statistics import moment_bytes
from lib.models import record
from lib.study.memory import peak

from .table import report

NAME = "benchmarks.compare_networks"
RESHAPES = ("channels", "gap")


def write_noise(folder: Path, images: int, size: int) -> Path:
    """A folder of so many images."""
    draw = torch.Generator().manual_seed(0)
    for i in range(images):
        pixels = torch.randint(0, 256, (3, size, size), generator=draw, dtype=torch.uint8)
        to_pil_image(pixels).save(folder / f"{i:06}.jpg")
    return folder


def blocks_of(network: nn.Module) -> list[str]:
    """The names of the residual blocks."""
    return [name for name, _ in network.named_modules() if re.fullmatch(r"layer\d\.\d+", name)]


def layers_of(network: nn.Module) -> list[str]:
    """Stem, pooling, for each block its convolutions and its sum, each after its ReLU, and output.

    The last convolution of a block comes before the sum, so without a ReLU.
    """
    names = ["relu", "maxpool"]
    for block in blocks_of(network):
        last = sum("conv" in part for part, _ in network.get_submodule(block).named_children())
        names += [f"{block}.relu#{call}" for call in range(1, last)]
        names += [f"{block}.bn{last}", block]
    return [*names, "fc"]


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


def serve(name: str, images: int, size: int, batch: int, threads: int, once: bool, pipe) -> None:
    """Measure one row, and send it through the pipe."""
    torch.set_num_threads(threads)
    with tempfile.TemporaryDirectory() as folder:
        given: object = write_noise(Path(folder), images, size)
        networks = [models.get_model(name, num_classes=10).eval() for _ in range(2)]
        names = layers_of(networks[0])
        recorded = record(networks[0], torch.zeros(1, 3, size, size), names)
        shapes = [tuple(output.shape[1:]) for output in recorded.values()]
        sums = len(RESHAPES) * sum(moment_bytes(shape[0], shape[0]) for shape in shapes)
        asked: dict = {"batch_size": batch, "image_size": size, "layers": names}
        if once:
            given = iter(DataLoader(source.Files(given, size), batch))
            asked |= {"reshapes": RESHAPES, "memory": sums}
            source.KEPT = sums  # a few images would fit, and could be read again
        before, start = peak(), time.process_time()
        table = compare_networks(*networks, given, **asked)
        seconds, held = time.process_time() - start, peak() - before
    values = sum(torch.Size(shape).numel() for shape in shapes)
    pipe.send(
        {
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
            "processor seconds": seconds,
        }
    )


def by_torchlens(networks: list, images: torch.Tensor, names: list[str], batch: int) -> np.ndarray:
    import torchlens

    sides = []
    for network in networks:
        parts = [
            torchlens.extract(network, part, {name: name for name in names})
            for part in images.split(batch)
        ]
        sides.append({name: torch.cat([part[name] for part in parts]) for name in names})
    return np.array([cka(*(side[name].detach() for side in sides)) for name in names])


def by_pytorch_cka(networks: list, images: torch.Tensor, names: list[str], _: int) -> np.ndarray:
    from cka import compute_cka

    (found,) = compute_cka(
        *networks, DataLoader(images, len(images)), layers=names, device="cpu", progress=False
    )
    return found.numpy().ravel()


PEERS = {
    "torchlens": (by_torchlens, "cka", "same"),
    "pytorch-cka": (by_pytorch_cka, "cka_debiased", "all"),
}
"""Package on PyPI -> (how it compares two networks, our metric, which pairs of layers)."""


def side(which: str, peer: str, images: int, dtype: str, options: dict) -> None:
    """Print what one side, "ours" or "theirs", finds, in how many seconds and with which peak."""
    options = argparse.Namespace(**options)
    sys.path.append(options.peers)  # the last place: what the project has is the project's
    warnings.simplefilter("ignore")  # of a peer
    torch.set_num_threads(options.threads)
    torch.set_default_dtype(getattr(torch, dtype))
    torch.manual_seed(0)
    probe = torch.randn(images, 3, options.size, options.size)
    networks = [models.get_model(options.network, num_classes=10).eval() for _ in range(2)]
    names = ["maxpool", *blocks_of(networks[0])]
    theirs, metric, pairs = PEERS[peer]
    layers = (names, names) if pairs == "all" else names

    def compute(probe: torch.Tensor) -> np.ndarray:
        if which == "theirs":
            return theirs(networks, probe, names, options.batch)
        ours = {"metrics": metric, "batch_size": options.batch, "reshapes": ["flat"], "say": None}
        return compare_networks(*networks, probe, layers, **ours).value.to_numpy()

    compute(probe[:8])  # imports, and what libraries do once
    before, start = peak(), (time.perf_counter(), time.process_time())
    numbers = compute(probe).tolist()
    elapsed, processor = np.subtract((time.perf_counter(), time.process_time()), start)
    found = {"numbers": numbers, "elapsed": elapsed, "processor": processor}
    found |= {"peak": peak() - before, "layers": len(names)}
    found["version"] = metadata.version(peer) if which == "theirs" else ""
    print(json.dumps(found))


def apart(*asked: object) -> dict:
    """What `side` prints in a process of its own; torchlens refuses to work in a forked one."""
    command = [sys.executable, "-c", f"from {NAME} import side; side(*{asked!r})"]
    printed = subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout
    return json.loads(printed.splitlines()[-1])


def compare(peer: str, images: int, dtype: str, options: argparse.Namespace) -> dict:
    """A row that compares `compare_networks` with a peer."""
    asked = peer, images, dtype, vars(options)
    both = [(apart("ours", *asked), apart("theirs", *asked)) for _ in range(options.repeats)]
    ours, theirs = map(pd.DataFrame, zip(*both, strict=True))
    numbers = [np.clip(found.numbers[0], 0, 1) for found in (ours, theirs)]
    ratios = theirs[["elapsed", "processor"]] / ours[["elapsed", "processor"]]
    return {
        "network": options.network,
        "size": options.size,
        "batch": options.batch,
        "threads": options.threads,
        "dtype": dtype,
        "images": images,
        "layers": ours.layers[0],
        "peer": peer,
        "version": theirs.version[0],
        "numbers": len(numbers[0]),
        "largest difference": np.abs(np.subtract(*numbers)).max(),
        "repeats": options.repeats,
        "ratio": ratios.elapsed.median(),
        "ratio min": ratios.elapsed.min(),
        "ratio max": ratios.elapsed.max(),
        "processor ratio": ratios.processor.median(),
        "seconds": ours.elapsed.median(),
        "peak MiB": ours.peak.max(),
        "peer's peak MiB": theirs.peak.max(),
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog=f"python -m {NAME}",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--network", default="resnet18", choices=("resnet18", "resnet50"))
    parser.add_argument("--images", type=int, nargs="+", default=[32, 128, 512, 1024])
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--once", action="store_true", help="images that can be read only once")
    parser.add_argument("--peers", metavar="FOLDER", help="where the peers are installed")
    parser.add_argument("--dtype", nargs="+", default=["float32", "float64"], help="with --peers")
    parser.add_argument("--repeats", type=int, default=3, help="of each side, with --peers")
    parser.add_argument("--out", help="write the table as CSV")
    given = parser.parse_args(arguments)
    if given.peers:
        cases = product(PEERS, given.images, given.dtype)
        rows = (compare(*case, given) for case in cases)
    else:
        asked = given.size, given.batch, given.threads, given.once
        rows = (measure(given.network, images, *asked) for images in given.images)
    report(rows, given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
