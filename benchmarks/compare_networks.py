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

    python -m benchmarks.compare_networks --pairs 512 --threads 1 --out benchmarks/all_pairs.csv

measures debiased CKA of all pairs of 18 layers of two ResNet-18, on noise of 32 by 32
pixels: with one product for all pairs, with a product for each of them, and by the
packages pytorch-cka and torch_cka where they are installed, in the same run. These
average over batches, of 64 images here: that is another number, and the column of
differences says how far it is from debiased CKA of all images. With all images in one
batch they give the same number, up to the precision of the networks, which therefore
are in double for that; pytorch-cka has 0 for what is below 0. torch_cka multiplies two
matrices of images by images for each pair and each norm, so one batch is tried with up
to 512 images.

    python -m benchmarks.compare_networks --minibatches 2048 --threads 1 \\
        --out benchmarks/minibatches.csv

measures our estimate by batches of 64 beside theirs: seconds of the processor, which
take turns, and MiB in a process of its own. On four batches, in double: seconds, how
far their numbers are from ours, and how far each is from its own in single precision.
"""

from __future__ import annotations

import argparse
import copy
import re
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from unittest import mock

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset
from torchvision import models
from torchvision.transforms.functional import to_pil_image

from lib import compare_networks
from lib.compare import comparison_plan
from lib.compare import images as source
from lib.metrics.second_moments import moment_bytes
from lib.models import record_layers
from lib.study.memory import peak

from .table import apart, report

RESHAPES = ("channels", "gap")
PEERS_BATCH = 64
FEW_BATCHES = 4
"""Of images that pass through networks in double precision, which takes nine times as long."""

LARGEST_BATCH = 512
"""Of images in one batch: what torch_cka computes for each pair of layers grows with their cube."""


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


def pairs_of_layers(images: int, threads: int) -> tuple[list[nn.Module], Tensor, list[str]]:
    """Two ResNet-18, noise of 32 by 32 pixels, and the names of 18 layers."""
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    networks = [models.resnet18().eval(), models.resnet18().eval()]
    blocks = [f"layer{i}.{j}" for i in range(1, 5) for j in (0, 1)]
    names = ["conv1", "maxpool", *chain(*((f"{name}.conv1", name) for name in blocks))]
    return networks, torch.randn(images, 3, 32, 32), names


def measure_minibatches(images: int, threads: int, repeats: int = 5) -> dict:
    """The estimate by batches of all pairs of layers, ours and that of peers, in turn."""
    networks, given, names = pairs_of_layers(images, threads)
    programs = MINIBATCH | {peer: by for peer, by in PEERS.items() if find_spec(peer)}
    few = given[: FEW_BATCHES * PEERS_BATCH]
    exact = [copy.deepcopy(network).double() for network in networks]
    seconds = {name: [] for name in programs}
    for _ in range(repeats):
        for name, program in programs.items():
            seconds[name].append(seconds_of(program, networks, given, names)[0])
    in_double = {name: seconds_of(by, exact, few.double(), names) for name, by in programs.items()}
    row = {"images": images, "threads": threads, "pairs": len(names) ** 2, "repeats": repeats}
    for name, program in programs.items():
        ratios = np.divide(seconds[name], seconds["ours"])
        row[f"{name}, processor seconds"] = np.median(seconds[name])
        row[f"{name}, MiB"] = apart(peak_of_minibatches, name, images, threads)
        row[f"{name}, times ours"] = np.median(ratios)
        row[f"{name}, times ours, min"] = ratios.min()
        row[f"{name}, times ours, max"] = ratios.max()
        row[f"{name}, seconds in double"], values = in_double[name]
        row[f"{name}, difference in double"] = furthest(values, in_double["ours"][1])
        row[f"{name}, error in single"] = furthest(
            program(networks, few, names, PEERS_BATCH), values
        )
    return row


def seconds_of(
    program: Callable, networks: Sequence[nn.Module], images: Tensor, names: Sequence[str]
) -> tuple[float, np.ndarray]:
    """Of the processor, and the values."""
    start = time.process_time()
    values = program(networks, images, names, PEERS_BATCH)
    return time.process_time() - start, values


def furthest(values: np.ndarray, exact: np.ndarray) -> float:
    """The largest difference; what is below 0 counts as 0, which pytorch-cka has for it."""
    return np.abs(values.clip(0) - exact.clip(0)).max()


def peak_of_minibatches(name: str, images: int, threads: int) -> float:
    """MiB that a program takes beside its networks and images, in a process of its own."""
    networks, given, names = pairs_of_layers(images, threads)
    before = peak()
    (MINIBATCH | PEERS)[name](networks, given, names, PEERS_BATCH)
    return peak() - before


def measure_pairs(images: int, threads: int) -> dict:
    """All pairs of layers: seconds of the processor by each program, and how far apart they are."""
    networks, given, names = pairs_of_layers(images, threads)
    programs: dict[str, Callable[[], np.ndarray]] = {
        "at once": lambda: by_lib(networks, given, names),
        "one by one": lambda: by_lib(networks, given, names, lambda pairs: None),
    }
    exact = [copy.deepcopy(network).double() for network in networks]
    for peer, program in PEERS.items():
        if find_spec(peer):
            programs[f"{peer}, batches"] = partial(program, networks, given, names, PEERS_BATCH)
            if images <= LARGEST_BATCH:
                whole = partial(program, exact, given.double(), names, images)
                programs[f"{peer}, one batch in double"] = whole
    by_lib(networks, given[:8], names)  # whatever is prepared once, is now
    row, values = {"images": images, "threads": threads, "pairs": len(names) ** 2}, {}
    for name, program in programs.items():
        start = time.process_time()
        values[name] = program()
        row[f"{name}, processor seconds"] = time.process_time() - start
    for name in programs:
        row[f"{name}, difference"] = np.abs(values[name] - values["at once"]).max()
    return row


def by_lib(
    networks: Sequence[nn.Module],
    images: torch.Tensor,
    names: Sequence[str],
    share: Callable = comparison_plan.share_inner_products,
) -> np.ndarray:
    """Debiased CKA of all pairs by `compare_networks`: layers of the first network in rows."""
    asked = {"layers": (names, names), "metrics": ["cka_debiased"], "level": None, "say": None}
    with mock.patch.object(comparison_plan, "share_inner_products", share):
        table = compare_networks(*networks, images, **asked)
    return table.value.to_numpy().reshape(len(names), len(names))


def by_pytorch_cka(
    networks: Sequence[nn.Module], images: torch.Tensor, names: Sequence[str], batch: int
) -> np.ndarray:
    """The mean over batches by pytorch-cka, in the precision of the networks."""
    import cka

    loader = DataLoader(images, batch_size=batch)
    [matrix] = cka.compute_cka(*networks, [loader], layers=names, device="cpu", progress=False)
    return matrix.numpy()


def by_torch_cka(
    networks: Sequence[nn.Module], images: torch.Tensor, names: Sequence[str], batch: int
) -> np.ndarray:
    """The mean over batches by torch_cka, in the precision of the networks."""
    import torch_cka

    sides = {"model1_layers": list(names), "model2_layers": list(names), "device": "cpu"}
    peer = torch_cka.CKA(*networks, **sides)
    loader = DataLoader(TensorDataset(images), batch_size=batch)
    before = torch.get_default_dtype()
    torch.set_default_dtype(images.dtype)  # which its own tensors have
    try:
        with torch.no_grad():
            peer.compare(loader, loader)
    finally:
        torch.set_default_dtype(before)
    return peer.export()["CKA"].numpy()


def by_minibatches(
    networks: Sequence[nn.Module], images: torch.Tensor, names: Sequence[str], batch: int
) -> np.ndarray:
    """Our estimate by batches."""
    asked = {"layers": (names, names), "metrics": ["cka_minibatch"], "say": None}
    table = compare_networks(*networks, images, **asked, batch_size=batch)
    return table.value.to_numpy().reshape(len(names), len(names))


MINIBATCH = {"ours": by_minibatches}
PEERS = {"cka": by_pytorch_cka, "torch_cka": by_torch_cka}
"""The module of a package -> what compares all pairs by it."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.compare_networks", description=__doc__
    )
    images = {"type": int, "nargs": "*", "metavar": "N"}
    parser.add_argument("--network", default="resnet18", choices=("resnet18", "resnet50"))
    parser.add_argument("--again", **images, default=[500], help="images in a folder")
    parser.add_argument("--once", **images, default=[512, 5000], help="images that pass once")
    parser.add_argument("--pairs", **images, default=[], help="all pairs of layers, nothing else")
    parser.add_argument("--minibatches", **images, default=[], help="the same, batch by batch")
    parser.add_argument("--layers", nargs="+", default=(), metavar="LAYER", help="these alone")
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", help="write the table as CSV")
    given = parser.parse_args(arguments)
    if given.pairs:
        report((apart(measure_pairs, n, given.threads) for n in given.pairs), given.out)
        return 0
    if given.minibatches:
        cases = (apart(measure_minibatches, n, given.threads) for n in given.minibatches)
        report(cases, given.out)
        return 0
    asked = given.size, given.batch, given.threads, given.layers
    cases = [(n, False) for n in given.again] + [(n, True) for n in given.once]
    report((apart(measure, given.network, n, *asked, once) for n, once in cases), given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
