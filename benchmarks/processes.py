"""One job on several processes, or as many jobs side by side: is spreading a training worth it?

    python -m benchmarks.processes [--network NAME ...] [--device cuda] [--out TABLE.csv]

The one job is PyTorch's DistributedDataParallel: each process takes its share of every batch, and
gradients are averaged in each step. The jobs side by side know nothing of each other: each takes
full batches of its own. All else is the same: network, recipe, images, batch size of a training,
processes, threads, and how many images are trained on in all. The ways alternate, so that a drift
of the machine's speed affects both. A ratio below 1 says that jobs side by side are faster.

A third way distinguishes two reasons for a ratio above 1: jobs side by side again, each with
batches as small as those of a process of the one job. What they gain is not due to the processes.

The load is that of the machine when a row begins. If it is above 0, something else was running too.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch.nn.parallel import DistributedDataParallel

from lib.data import augment, normalise
from lib.models import build_model
from lib.pruning import Mask, Pruning, prune
from lib.study.paper import PAPER
from lib.training import Recipe
from lib.training.training import Step

from .table import report
from .training import MEAN, STD, made_up

WAYS = ("one job", "side by side", "smaller batches")


def trainer(name: str, width: float, device: torch.device, shared: bool):
    """A function (batches, size) that trains a half-pruned network for so many batches."""
    recipe: Recipe = PAPER[name].recipe
    network = build_model(name, 10, width).to(device, memory_format=torch.channels_last)
    mask = prune(network, Mask.complete(network), Pruning(1, 0.5))
    given = [device] if device.type == "cuda" else None
    model = DistributedDataParallel(network, device_ids=given) if shared else network
    optimiser = recipe.optimiser.build(network.parameters())
    # a captured step would leave out the averaging of gradients
    step = Step(model, optimiser, after=mask.keeper(network), captured=False)
    data = made_up(4 * recipe.batch_size).to(device).train
    draws = torch.Generator(device).manual_seed(0)
    network.train()

    def train(batches: int, size: int) -> None:
        for _ in range(batches):
            chosen = torch.randint(len(data), (size,), generator=draws, device=device)
            x = augment(data.pixels[chosen], recipe.augmentation, MEAN, draws)
            x = normalise(x, MEAN, STD).contiguous(memory_format=torch.channels_last)
            step(x, data.labels[chosen], 0.01)
        if device.type == "cuda":
            torch.cuda.synchronize()

    return train


def _process(
    rank: int, world: int, folder: str, name: str, width: float, kind: str, batches: int, times: int
) -> None:
    torch.set_num_threads(1)
    meeting = (Path(folder) / "meeting").as_uri()
    backend = "nccl" if kind == "cuda" else "gloo"
    dist.init_process_group(backend, init_method=meeting, rank=rank, world_size=world)
    device = torch.device(kind, rank) if kind == "cuda" else torch.device(kind)
    batch = PAPER[name].recipe.batch_size
    ways = {
        "one job": (trainer(name, width, device, True), batches * world, batch // world),
        "side by side": (trainer(name, width, device, False), batches, batch),
        "smaller batches": (trainer(name, width, device, False), batches * world, batch // world),
    }
    seconds: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(times + 1):
        for way, (train, number, size) in ways.items():
            dist.barrier()
            start = time.perf_counter()
            train(number, size)
            dist.barrier()  # a way takes as long as its slowest process
            seconds[way].append(time.perf_counter() - start)
    if rank == 0:  # the first slices are a warm-up
        torch.save({way: spent[1:] for way, spent in seconds.items()}, Path(folder) / "seconds.pt")
    dist.destroy_process_group()


def measure(
    name: str, width: float, device: str, processes: int, batches: int, repeats: int
) -> dict:
    """One row: images per second of each way in all, and the ratio of the first two.

    Args:
        name: of one of the paper's networks.
        width: factor on its channels.
        device: "cpu", or "cuda" for a GPU for each process.
        processes: of the one job, and the number of jobs side by side.
        batches: of each job side by side, in a slice.
        repeats: slices of each way.
    """
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        given = (processes, folder, name, width, device, batches, repeats)
        mp.spawn(_process, given, nprocs=processes)
        seconds = torch.load(Path(folder) / "seconds.pt")
    batch = PAPER[name].recipe.batch_size
    images = processes * batches * batch
    speeds = {way: [images / spent for spent in seconds[way]] for way in WAYS}
    ratios = [one / side for one, side, _ in zip(*(speeds[way] for way in WAYS), strict=True)]
    return {
        "network": name,
        "width": width,
        "batch": batch,
        "device": device,
        "processes": processes,
        **{f"{way} images/s": statistics.median(speeds[way]) for way in WAYS},
        "ratio": statistics.median(ratios),
        "ratio min": min(ratios),
        "ratio max": max(ratios),
        "repeats": repeats,
        "images": images,
        "cores": os.cpu_count(),
        "load": load,
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.processes", description=__doc__)
    parser.add_argument("--network", nargs="+", default=list(PAPER), choices=PAPER)
    parser.add_argument("--width", type=float, nargs="+", default=[1.0, 0.25])
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--batches", type=int, default=8, help="of each job, in a slice")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--out", help="write the table as CSV")
    given = parser.parse_args(arguments)
    asked = given.device, given.processes, given.batches, given.repeats
    cases = itertools.product(given.network, given.width)
    report((measure(*case, *asked) for case in cases), given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
