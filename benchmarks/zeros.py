"""How long a pruned network takes beside the complete one, and what memory: six ways to run it.

    python -m benchmarks.zeros [--network NAME] [--results FOLDER] [--out TABLE.csv]
    python -m benchmarks.zeros --zoo FOLDER --network EXPERIMENT [--seed SEED] [--device cuda]

The first form needs no trained network: its weights are random, and its masks are made
for timing. Each layer keeps the share of its weights that the study's runs kept, at
random, and has as many filters without weights as pruning left silent channels there.
The second form takes the networks that `make zoo` has written. The ways are

- dense: the complete network in PyTorch;
- masked: the pruned one, whose zeros are numbers like all others;
- compacted: the same without its silent channels;
- sparse: each convolution as a product of a sparse matrix (CSR) with the unfolded images;
- runtime: the complete one in ONNX Runtime, where `onnx`, `onnxscript` and
  `onnxruntime` are installed; and onnx: the masked one there.

All take turns on the same images, so that they meet the same load. Time is the
processor's, with one thread; a ratio is that of one turn, to the dense network, and for
onnx to runtime. Memory is what a process needs beyond what it had before a pass, at its
highest, as Linux counts it. On a GPU the first four ways are run; time is what passes
until it has done its work, and memory what PyTorch allots there.
"""

from __future__ import annotations

import copy
import io
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec

import pandas as pd
import torch
from torch import nn
from torch.nn import functional

from benchmarks.meters import Meter, ProcessorMeter, Run, meter_of
from benchmarks.table import report
from lib.book.report import values
from lib.book.report.results import load_results
from lib.command_parser import CommandParser
from lib.models import build_model
from lib.pruning import Mask, compact, kept_channels, multiply_adds
from lib.table_schemas import DENSITY
from lib.zoo import Zoo

MADE = "made for timing"
DENSE = "dense"
BESIDE = {"onnx": "runtime"}
"""A way to run a pruned network -> the way to run the complete one that it is compared
with; all others with `DENSE`."""


@dataclass(frozen=True)
class Case:
    """A complete network, and what pruning has made of it."""

    name: str
    complete: nn.Module
    masked: nn.Module
    mask: Mask

    def on(self, device: torch.device) -> Case:
        """The same on a device."""
        kept = {name: kept.to(device) for name, kept in self.mask.kept.items()}
        return Case(self.name, self.complete.to(device), self.masked.to(device), Mask(kept))


def made(results: str, network: str, iterations: list[int]) -> Iterator[Case]:
    """Random networks with masks of the densities that a study's runs had, in the mean."""
    study = load_results(results)
    settings = study.settings(network)
    silent = values.curves(study, network, "mean_cca", column="dead_y")
    rows = study.of(network, DENSITY).groupby(["iteration", "parameter"])[["weights", "survivors"]]
    density = rows.sum().eval("survivors / weights")
    for iteration in iterations:
        generator = torch.Generator().manual_seed(iteration)
        complete = build_model(
            settings["model"], width=settings["width"], generator=generator
        ).eval()
        kept = {}
        for name, whole in Mask.complete(complete).kept.items():
            dead = round(silent.loc[iteration, name.split(".")[0]])
            kept[name] = random_mask(whole, density[iteration, name], dead, generator)
        mask = Mask(kept)
        masked = copy.deepcopy(complete)
        mask.apply_(masked)
        yield Case(f"iteration {iteration}, {MADE}", complete, masked, mask)


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


def trained(folder: str, experiment: str, seed: int) -> Iterator[Case]:
    """The networks of a zoo: those of the first run from a complete network."""
    zoo = Zoo(folder)
    complete = zoo.load(experiment, seed)
    of_run = zoo.networks.query("experiment == @experiment and train_seed == @seed")
    for iteration in sorted(set(of_run.iteration) - {0}):
        masked = zoo.load(experiment, seed, iteration)
        mask = zoo.load_mask(experiment, seed, iteration)
        yield Case(f"iteration {iteration}, trained", complete, masked, mask)


class SparseConvolution(nn.Module):
    """A convolution as a product of its filters, as a sparse matrix, with the unfolded images."""

    def __init__(self, convolution: nn.Conv2d):
        super().__init__()
        self.size = convolution.kernel_size
        self.how = {name: getattr(convolution, name) for name in ("padding", "stride")}
        self.filters = convolution.weight.detach().flatten(1).to_sparse_csr()
        self.bias = convolution.bias

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """(n, c, h, w) to (n, filters, h, w), as the convolution gives."""
        patches = functional.unfold(images, self.size, **self.how)
        side = [
            (length + 2 * padding - kernel) // stride + 1
            for length, padding, kernel, stride in zip(
                images.shape[2:], self.how["padding"], self.size, self.how["stride"], strict=True
            )
        ]
        columns = patches.transpose(0, 1).flatten(1)
        maps = (self.filters @ columns).unflatten(1, (len(images), *side)).transpose(0, 1)
        return maps if self.bias is None else maps + self.bias[:, None, None]


def sparse(network: nn.Module) -> nn.Module:
    """The same network with a `SparseConvolution` in place of each convolution."""
    network = copy.deepcopy(network)
    for name, module in [*network.named_modules()]:
        if isinstance(module, nn.Conv2d):
            parent, _, attribute = name.rpartition(".")
            setattr(network.get_submodule(parent), attribute, SparseConvolution(module))
    return network


def onnx_program(network: nn.Module, images: torch.Tensor) -> bytes:
    """The network as ONNX, for as many images."""
    written = io.BytesIO()
    torch.onnx.export(network, (images,), dynamo=True, verbose=False).save(written)
    return written.getvalue()


def in_onnx_runtime(program: bytes, keeps: bool) -> Run:
    """The network in ONNX Runtime, on one thread of the processor.

    Args:
        keeps: whether it keeps its memory for the next pass, as by default.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.enable_cpu_mem_arena = options.enable_mem_pattern = keeps
    where = ["CPUExecutionProvider"]
    session = onnxruntime.InferenceSession(program, options, providers=where)
    [given] = session.get_inputs()
    return lambda batch: torch.from_numpy(session.run(None, {given.name: batch.numpy()})[0])


def ways(case: Case, images: torch.Tensor, keeps: bool) -> dict[str, Callable[[], Run]]:
    """What makes each way to run a case ready, where its images are.

    Args:
        keeps: as for `in_onnx_runtime`, which runs on the processor alone; what is kept
            cannot be measured.
    """
    ready: dict[str, Callable[[], Run]] = {
        DENSE: lambda: case.complete,
        "masked": lambda: case.masked,
        "compacted": lambda: compact(case.masked, case.mask),
        "sparse": lambda: sparse(case.masked),
    }
    if find_spec("onnxruntime") and not images.is_cuda:
        complete, masked = (onnx_program(net, images) for net in (case.complete, case.masked))
        ready["runtime"] = lambda: in_onnx_runtime(complete, keeps)
        ready["onnx"] = lambda: in_onnx_runtime(masked, keeps)
    return ready


def settled_seconds(meter: Meter, run: Run, images: torch.Tensor, passes: int) -> float:
    """The time of one pass, after one that isn't counted: it gets the memory of its own back."""
    run(images)
    return meter.seconds(run, images, passes)


@torch.no_grad()
def measure(
    case: Case, batch: int, turns: int, seconds: float = 0.1, meter: Meter | None = None
) -> dict:
    """A row: the complete network's milliseconds, the ratios of the others' times to it, memory.

    Args:
        batch: images at once.
        turns: of each network.
        seconds: that a turn takes, at least.
        meter: of the device; None for the processor.
    """
    meter = meter or ProcessorMeter()
    case = case.on(meter.device)
    images = torch.randn(batch, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    images = images.to(meter.device)
    freeing = ways(case, images, keeps=False)
    memory = {f"{side} MiB": meter.memory(make, images) for side, make in freeing.items()}
    sides = {side: make() for side, make in ways(case, images, keeps=True).items()}
    outputs = {side: run(images) for side, run in sides.items()}
    passes = max(1, round(seconds / meter.seconds(case.complete, images, 3)))
    took = pd.DataFrame(
        {side: settled_seconds(meter, run, images, passes) for side, run in sides.items()}
        for _ in range(turns)
    )
    channels = kept_channels(case.masked, case.mask).values()
    row = {"networks": case.name, "device": meter.name, "batch": batch}
    row["weights left"] = case.mask.remaining
    row["operations left"] = multiply_adds(case.masked, case.mask) / multiply_adds(case.complete)
    row["channels"] = sum(map(len, channels))
    row["channels left"] = sum(int(kept.sum()) for kept in channels)
    row["operations compacted"] = multiply_adds(sides["compacted"]) / multiply_adds(case.complete)
    pruned = [side for side in sides if side not in (DENSE, "runtime")]
    apart = [(outputs["masked"] - outputs[side]).abs().max() for side in pruned]
    row |= {"difference": float(max(apart)), "turns": turns, "dense ms": 1000 * took.dense.median()}
    for side in sides:
        if side != DENSE:
            ratio = took[side] / took[BESIDE.get(side, DENSE)]
            row |= {side: ratio.median(), f"{side} low": ratio.quantile(0.25)}
            row[f"{side} high"] = ratio.quantile(0.75)
    return row | memory


def main(arguments: list[str] | None = None) -> int:
    parser = CommandParser("benchmarks.zeros", __doc__)
    parser.add_argument("--network", default="vgg_svhn", help="an experiment (vgg_svhn)")
    parser.add_argument("--results", default="results", help="the study whose densities masks have")
    parser.add_argument("--iterations", type=int, nargs="+", default=[10, 20])
    parser.add_argument("--zoo", help="a folder of `make zoo`, instead of made masks")
    parser.add_argument("--seed", type=int, default=0, help="of the complete network in the zoo")
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 64])
    parser.add_argument("--turns", type=int, default=21)
    parser.add_argument("--device", default="cpu", help="cpu, or cuda with or without a number")
    parser.add_argument("--out", help="write the table as CSV")
    given = parser.parse_args(arguments)
    try:
        meter = meter_of(given.device)
    except ValueError as error:
        parser.error(str(error))
    torch.set_num_threads(1)
    if given.zoo:
        cases = trained(given.zoo, given.network, given.seed)
        settings = Zoo(given.zoo).experiments[given.network]["network"]
    else:
        cases = made(given.results, given.network, given.iterations)
        settings = load_results(given.results).settings(given.network)
    of_network = {"network": given.network, "width": settings["width"]}
    rows = (
        of_network | measure(case, batch, given.turns, meter=meter)
        for case in cases
        for batch in given.batches
    )
    report(rows, given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
