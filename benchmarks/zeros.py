"""How long a pruned network takes beside the complete one: masked, and without silent channels.

    python -m benchmarks.zeros [--network NAME] [--results FOLDER] [--out TABLE.csv]
    python -m benchmarks.zeros --kept FOLDER --network NAME --width W

The first form needs no trained network: its weights are random, and its masks are made for timing.
Each layer keeps the share of its weights that the study's runs kept, at random, and has as many
filters without weights as pruning left silent channels there. The second form takes a folder of a
run that has kept its networks. The three networks take turns on the same images, so that all meet
the same load. Time is the processor's, with one thread; a ratio is that of one turn.
"""

import argparse
import copy
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import torch
from torch import nn

from benchmarks.table import report
from lib.book.report import values
from lib.book.report.results import load_results
from lib.models import MODELS, build_model
from lib.pruning import Mask, compact, kept_channels, multiply_adds
from lib.study.storage import read_whole
from lib.table_schemas import DENSITY

Case = tuple[str, nn.Module, Mask]
MADE = "made for timing"


def made(results: str, network: str, iterations: list[int]) -> Iterator[Case]:
    """Random networks with masks of the densities that a study's runs had, in the mean."""
    study = load_results(results)
    width = study.settings(network)["width"]
    silent = values.curves(study, network, "mean_cca", column="dead_y")
    rows = study.of(network, DENSITY).groupby(["iteration", "parameter"])[["weights", "survivors"]]
    density = rows.sum().eval("survivors / weights")
    for iteration in iterations:
        generator = torch.Generator().manual_seed(iteration)
        model = build_model(network, width=width, generator=generator).eval()
        kept = {}
        for name, whole in Mask.complete(model).kept.items():
            dead = round(silent.loc[iteration, name.split(".")[0]])
            kept[name] = random_mask(whole, density[iteration, name], dead, generator)
        yield f"iteration {iteration}, {MADE}", model, Mask(kept)


def random_mask(
    whole: torch.Tensor, density: float, dead: int, generator: torch.Generator
) -> torch.Tensor:
    """Weights at random in all filters of a layer but the first `dead` ones, which lose all."""
    drawn = torch.rand(whole.shape, generator=generator)
    drawn[:dead] = 1
    left = round(density * whole.numel())
    kept = torch.zeros(whole.numel(), dtype=torch.bool)
    kept[drawn.flatten().argsort()[:left]] = True
    return kept.view(whole.shape)


def stored(folder: Path, network: str, width: float) -> Iterator[Case]:
    """The networks that a run has kept, iteration by iteration."""
    for file in sorted((folder / "networks").glob("*.pt")):
        content = read_whole(file)
        mask, state = Mask.unpacked(content["mask"]), content["state"]
        for name, kept in mask.kept.items():
            survivors, state[name] = state[name], torch.zeros(kept.shape)
            state[name][kept] = survivors
        classes = [tensor for tensor in state.values() if tensor.ndim == 2][-1].shape[0]
        model = build_model(network, classes, width).eval()
        model.load_state_dict(state)
        yield f"iteration {int(file.stem)}", model, mask


@torch.no_grad()
def measure(case: Case, batch: int, turns: int, seconds: float = 0.1) -> dict:
    """A row: the complete network's milliseconds, and the ratios of the others' times to it.

    Args:
        batch: images at once.
        turns: of each network.
        seconds: that a turn takes, at least.
    """
    name, network, mask = case
    masked = copy.deepcopy(network)
    mask.apply_(masked)
    sides = {"dense": network, "masked": masked, "compacted": compact(network, mask)}
    images = torch.randn(batch, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    outputs = {side: model(images) for side, model in sides.items()}
    passes = max(1, round(seconds / _seconds(network, images, 3)))
    took = pd.DataFrame(
        {side: _seconds(model, images, passes) for side, model in sides.items()}
        for _ in range(turns)
    )
    channels = kept_channels(network, mask).values()
    row = {"networks": name, "batch": batch, "weights left": mask.remaining}
    row["operations left"] = multiply_adds(network, mask) / multiply_adds(network)
    row["channels"] = sum(map(len, channels))
    row["channels left"] = sum(int(kept.sum()) for kept in channels)
    row["operations compacted"] = multiply_adds(sides["compacted"]) / multiply_adds(network)
    row["difference"] = float((outputs["masked"] - outputs["compacted"]).abs().max())
    row |= {"turns": turns, "dense ms": 1000 * took.dense.median()}
    for side in ("masked", "compacted"):
        ratio = took[side] / took.dense
        row |= {side: ratio.median(), f"{side} low": ratio.quantile(0.25)}
        row[f"{side} high"] = ratio.quantile(0.75)
    return row


def _seconds(network: nn.Module, images: torch.Tensor, passes: int) -> float:
    """Of the processor, for one pass."""
    start = time.process_time()
    for _ in range(passes):
        network(images)
    return (time.process_time() - start) / passes


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.zeros", description=__doc__)
    parser.add_argument("--network", default="vgg_svhn", choices=MODELS)
    parser.add_argument("--results", default="results", help="the study whose densities masks have")
    parser.add_argument("--iterations", type=int, nargs="+", default=[5, 10, 15, 20])
    parser.add_argument("--kept", type=Path, help="a folder with `networks`, instead of made masks")
    parser.add_argument("--width", type=float, default=1.0, help="of the kept networks")
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 64])
    parser.add_argument("--turns", type=int, default=21)
    parser.add_argument("--out", help="write the table as CSV")
    given = parser.parse_args(arguments)
    torch.set_num_threads(1)
    cases = made(given.results, given.network, given.iterations)
    if given.kept:
        cases = stored(given.kept, given.network, given.width)
    rows = (measure(case, batch, given.turns) for case in cases for batch in given.batches)
    report(({"network": given.network} | row for row in rows), given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
