"""Training on one GPU that several jobs share: microseconds an image, all jobs together.

    python -m benchmarks.sharing [--seconds N] [--mix NAME ...] [--out TABLE.csv]

Each job is a process that trains one of the paper's networks, pruned to half its weights,
by the paper's recipe on made-up images in bfloat16. All jobs of a row train at the same
time; each is counted over the same seconds. A mix such as `vgg16_bn:2,resnet_fast:6` says
how many jobs of which network there are. Rows say whether NVIDIA's multi-process service is
at work (`nvidia-cuda-mps-control -d`), and whether the networks are compiled.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from pathlib import Path
from queue import Empty

import torch

from lib.models import build_model
from lib.pruning import Mask, Pruning, prune
from lib.study.prepared_experiment import choose_device
from lib.training import Training
from notebooks.shared.paper import PAPER

from .table import report
from .training import Enough, made_up

IMAGES = 20_000
PATIENCE = 240
"""Seconds in which all jobs have to be ready: the first compilation takes the most."""
PIPES = os.environ.get("CUDA_MPS_PIPE_DIRECTORY", "/tmp/nvidia-mps")
"""Where the service listens, if it is at work."""


def job(name: str, compiled: bool, seconds: float, ready, go, counts) -> None:
    """Train without end once all are ready, and report the images a second."""
    os.environ["TORCHDYNAMO_DISABLE"] = str(int(not compiled))
    device = choose_device("cuda")
    torch.set_num_threads(1)
    recipe, data = PAPER[name].recipe, made_up(IMAGES).to(device)
    network = build_model(name, 10, 1.0).to(device, memory_format=torch.channels_last)
    mask = prune(network, Mask.complete(network), Pruning(1, 0.5))
    done, begun = 0, None

    def watch(epoch: int, step: int) -> None:
        nonlocal done, begun
        if epoch == 0 and step == 10:
            torch.cuda.synchronize()
            ready.release()
            go.wait()
            begun = time.perf_counter()
        if begun is not None:
            if done % 50 == 0:
                torch.cuda.synchronize()  # not to count what is only launched
                if time.perf_counter() - begun > seconds:
                    raise Enough
            done += 1

    training = Training(network, data, recipe, 0, mask.keeper(network), watch, autocast=True)
    try:
        while True:
            training.run_epoch()
    except Enough:
        counts.put((name, done * recipe.batch_size / (time.perf_counter() - begun)))


def measure(mix: dict[str, int], compiled: bool, seconds: float) -> dict:
    """One row: images a second of each network and microseconds an image of all together."""
    spawn = multiprocessing.get_context("spawn")
    row = {"mix": ",".join(f"{name}:{n}" for name, n in mix.items()), "compiled": compiled}
    row["service"] = Path(PIPES, "control").exists()
    ready, go, counts = spawn.Semaphore(0), spawn.Event(), spawn.Queue()
    names = [name for name, number in mix.items() for _ in range(number)]
    started = time.perf_counter()
    jobs = [
        spawn.Process(target=job, args=(name, compiled, seconds, ready, go, counts))
        for name in names
    ]
    for each in jobs:
        each.start()
    try:
        if not all(ready.acquire(timeout=PATIENCE) for _ in jobs):
            raise TimeoutError("the jobs do not get ready")
        row["ready_s"] = time.perf_counter() - started
        go.set()
        speeds = [counts.get(timeout=seconds + 60) for _ in jobs]
    except Empty:
        raise TimeoutError("the jobs do not end") from None
    finally:
        for each in jobs:
            each.terminate()
            each.join()
    for name in mix:
        row[f"{name} images/s"] = sum(speed for which, speed in speeds if which == name)
    return row | {"us_an_image": 1e6 / sum(speed for _, speed in speeds)}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--mix", nargs="+", default=["vgg16_bn:1", "resnet_fast:1", "vgg_svhn:1", "vgg_svhn:6"]
    )
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--compiled", type=int, nargs="+", default=[0, 1])
    parser.add_argument("--out", help="write the table as CSV")
    given = parser.parse_args(arguments)
    if not torch.cuda.is_available():
        print("needs a GPU", file=sys.stderr)
        return 1
    mixes = [
        {name: int(n) for name, n in (part.split(":") for part in mix.split(","))}
        for mix in given.mix
    ]
    report(
        (
            measure(mix, bool(compiled), given.seconds)
            for compiled in given.compiled
            for mix in mixes
        ),
        given.out,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
