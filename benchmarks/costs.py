"""How much work the paper's whole grid is: counted, not timed, so the same on every machine.

    python -m benchmarks.costs [--network NAME ...] [--out TABLE.csv]

A row for each of the paper's experiments, and one for ResNet-50 on ImageNet by the same plan.

FLOP are floating-point operations; a multiplication and an addition are two. Those of a network
are counted while it computes. Those of a comparison are counted at an eighth of the size: with an
eighth of the images and of the channels, every product and every factorisation of matrices that
are as long as images, channels or whole maps takes 8 x 8 x 8 times less, and every choice that
depends on which of them is larger stays the same.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import pandas as pd
import torch
from torch import nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode
from torchvision.models import resnet50
from torchvision.models.resnet import Bottleneck

from lib.metrics import METRICS, LayerRepresentations, Representation, compare, nbs
from lib.models import build_model, record, recorded_layers
from lib.pruning import Mask, Pruning, prunable_weights, prune
from lib.study.experiment import Experiment
from lib.study.paper import PAPER
from lib.training import Training

from .training import made_up

SHRUNK = 8

TRAIN_IMAGES = {"cifar10": 50_000, "svhn": 73_257, "imagenet": 1_281_167}
"""name -> images of the whole training set, as the data sets' own pages give them."""

IMAGENET = {"epochs": 90, "batch": 256}
"""He et al. (2016), section 3.4: 600,000 steps of 256 images, rounded as is usual since."""

Shape = tuple[int, ...]


class ValuesOnly(TorchFunctionMode):
    """Notices calls that ask for eigenvalues or singular values without vectors.

    Under any counter PyTorch computes the vectors as well, so the operations don't tell.
    """

    def __init__(self):
        super().__init__()
        self.inside = False

    def __torch_function__(self, function, types, args=(), kwargs=None):
        self.inside = function in (torch.linalg.eigvalsh, torch.linalg.svdvals)
        try:
            return function(*args, **(kwargs or {}))
        finally:
            self.inside = False


def factorisations(values_only: ValuesOnly) -> dict[object, Callable[..., float]]:
    """Operation -> its FLOP, given the shapes of its arguments.

    Golub and Van Loan (2013), sections 3.1, 4.2, 8.3 and 8.6.
    """

    def addmm(_total: Shape, left: Shape, right: Shape, **_) -> float:
        return 2 * left[0] * left[1] * right[1]

    def eigh(matrix: Shape, *_, **__) -> float:
        return (4 / 3 if values_only.inside else 9) * matrix[-1] ** 3

    def svd(matrix: Shape, *_, **__) -> float:
        few, many = sorted(matrix[-2:])
        if values_only.inside:
            return 4 * many * few**2 - 4 / 3 * few**3
        return 14 * many * few**2 + 8 * few**3

    def cholesky(matrix: Shape, **_) -> float:
        return matrix[-1] ** 3 / 3

    def triangular(root: Shape, right: Shape, **_) -> float:
        return root[-1] * right[-2] * right[-1]

    aten = torch.ops.aten
    return {
        aten.addmm_: addmm,
        aten._linalg_eigh: eigh,
        aten._linalg_svd: svd,
        aten.linalg_cholesky_ex: cholesky,
        aten.linalg_solve_triangular: triangular,
    }


def flop(work: Callable[[], object]) -> float:
    """Floating-point operations of whatever `work` does to matrices and images."""
    values_only = ValuesOnly()
    counter = FlopCounterMode(display=False, custom_mapping=factorisations(values_only))
    with counter, values_only:
        work()
    return counter.get_total_flops()


class Operations(TorchDispatchMode):
    """Counts the operations that PyTorch hands to the device; views are none."""

    def __init__(self):
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        self.count += not operation.is_view
        return operation(*args, **(kwargs or {}))


def training_operations(experiment: Experiment) -> int:
    """Operations of one step of `lib.training` in bfloat16: augmentation, both passes, update.

    How many images a batch has makes no difference.
    """
    recipe = dataclasses.replace(experiment.recipe, batch_size=4)
    network = build_model(experiment.model)
    mask = prune(network, Mask.complete(network), Pruning(1, 0.5))
    counts = []
    with Operations() as operations:
        Training(
            network.to(memory_format=torch.channels_last),
            made_up(3 * recipe.batch_size),
            recipe,
            0,
            mask.keeper(network),
            lambda epoch, step: counts.append(operations.count),
            autocast=True,
        ).run_epoch()
    return counts[2] - counts[1]  # the first step makes the momentum


@dataclass(frozen=True)
class Comparison:
    """FLOP to compare all layers of a network with those of a first other one, and of a second.

    Attributes:
        first, second: in all.
        null: of either, what the permutations take.
    """

    first: float
    second: float
    null: float


def comparison_flop(
    shapes: Iterable[Shape], images: int, permutations: int = 0, **asked: object
) -> Comparison:
    """Count a comparison.

    Args:
        shapes: of one image's representation in each layer, (c, h, w) or (p,).
        images: number of probe images.
        permutations: of the null.
        asked: the other arguments of `lib.metrics.compare`.
    """
    first = second = null = 0.0
    for shape, layers in Counter(shapes).items():
        # ten outputs can't be shrunk; they are too few to matter
        channels = shape[0] if shape[0] % SHRUNK else shape[0] // SHRUNK
        source = torch.Generator().manual_seed(0)

        def side(size=(images // SHRUNK, channels, *shape[1:]), source=source) -> torch.Tensor:
            return torch.randn(size, generator=source)

        kept = LayerRepresentations(side())

        def meeting(permutations: int, kept=kept, side=side) -> float:
            other = side()
            return flop(lambda: compare(kept, other, permutations=permutations, **asked))

        anew, again = meeting(0), meeting(0)
        # each permutation costs the same
        permuted = permutations * (meeting(1) - again) if permutations else 0.0
        first += layers * (anew + permuted)
        second += layers * (again + permuted)
        null += layers * permuted
    return Comparison(*(SHRUNK**3 * counted for counted in (first, second, null)))


def nbs_flop(images: int = 3000, features: int = 8192) -> float:
    """FLOP of the NBS that `benchmarks.similarity` times, the complete side being there already."""
    x, *others = (torch.randn(images // SHRUNK, features // SHRUNK) for _ in range(3))
    kept = Representation(x, "flat")
    nbs(kept, others[0])
    return SHRUNK**3 * flop(lambda: nbs(kept, others[1]))


def network_work(network: nn.Module, size: int) -> dict[str, float]:
    """FLOP for one image of a forward pass and of a training step, and numbers of weights."""
    image, label = torch.randn(1, 3, size, size), torch.zeros(1, dtype=torch.long)
    network.eval()  # batch normalisation of a single pixel has no variance
    return {
        "weights": sum(weight.numel() for weight in prunable_weights(network).values()),
        "parameters": sum(weight.numel() for weight in network.parameters()),
        "forward FLOP": flop(lambda: network(image)),
        "step FLOP": flop(lambda: F.cross_entropy(network(image), label).backward()),
    }


def layer_work(shapes: Sequence[Shape], experiment: Experiment) -> dict[str, float]:
    """Sizes of one image's representations, and FLOP of the comparisons.

    `bare` is what `benchmarks.layers` times: all metrics, no null, no further reshape. `NBS` is
    what `benchmarks.similarity` times, the same for every network. They turn seconds into rates.
    """
    sizes = [torch.Size(shape).numel() for shape in shapes]
    images = experiment.probe.images
    bare = comparison_flop(shapes, images, metrics=[*METRICS])
    whole = comparison_flop(
        shapes,
        images,
        experiment.permutations,
        metrics=experiment.metrics,
        also=experiment.also,
        dimensions=experiment.dimensions,
    )
    return {
        "layers": len(shapes),
        "widest": max(shape[0] for shape in shapes),
        "largest": max(sizes),
        "narrowest map": min(torch.Size(shape).numel() for shape in shapes if len(shape) == 3),
        "values": sum(sizes),
        "first FLOP": whole.first,
        "further FLOP": whole.second,
        "null FLOP": whole.null,
        "bare first FLOP": bare.first,
        "bare further FLOP": bare.second,
        "NBS FLOP": nbs_flop(),
    }


def paper_row(name: str) -> dict:
    """One of the paper's experiments."""
    experiment = PAPER[name]
    network = build_model(experiment.model)
    names = [layer for layer, _ in recorded_layers(network)]
    outputs = record(network, torch.zeros(1, 3, 32, 32), names)
    return {
        "network": name,
        "dataset": experiment.dataset,
        "train images": TRAIN_IMAGES[experiment.dataset],
        "epochs": experiment.recipe.epochs,
        "batch": experiment.recipe.batch_size,
        "operations": training_operations(experiment),
        **_plan(experiment),
        **network_work(network, 32),
        **layer_work([tuple(output.shape[1:]) for output in outputs.values()], experiment),
    }


def imagenet_row() -> dict:
    """ResNet-50, recorded as the paper records ResNet_fast: convolutions, pools, sums, output."""
    network, experiment = resnet50(), PAPER["resnet_fast"]
    names = [
        name
        for name, module in network.named_modules()
        if isinstance(module, nn.Conv2d | nn.MaxPool2d | Bottleneck | nn.Linear)
        and "downsample" not in name
    ]
    outputs = record(network, torch.zeros(1, 3, 224, 224), names)
    optimiser = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9, fused=True)
    images, labels = torch.zeros(2, 3, 64, 64), torch.zeros(2, dtype=torch.long)

    def step() -> None:
        optimiser.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16):
            loss = F.cross_entropy(network(images), labels)
        loss.backward()
        optimiser.step()

    with Operations() as operations:
        step()
    return {
        "network": "resnet50",
        "dataset": "imagenet",
        "train images": TRAIN_IMAGES["imagenet"],
        **IMAGENET,
        "operations": operations.count,
        **_plan(experiment),
        **network_work(network, 224),
        **layer_work([tuple(output.shape[1:]) for output in outputs.values()], experiment),
    }


def _plan(experiment: Experiment) -> dict:
    return {
        "complete": len(experiment.train_seeds),
        "runs": len(experiment.train_seeds) * len(experiment.prune_seeds),
        "iterations": experiment.pruning.iterations,
        "fraction": experiment.pruning.fraction,
        "probe images": experiment.probe.images,
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.costs", description=__doc__)
    names = [*PAPER, "resnet50"]
    parser.add_argument("--network", nargs="+", default=names, choices=names)
    parser.add_argument("--out", help="write the table as CSV")
    given = parser.parse_args(arguments)
    rows = []
    for name in given.network:
        rows.append(paper_row(name) if name in PAPER else imagenet_row())
        print(pd.DataFrame(rows[-1:]).T.to_string(header=False), "\n", flush=True)
    if given.out:
        pd.DataFrame(rows).to_csv(given.out, index=False, float_format="%.6g")
    return 0


if __name__ == "__main__":
    sys.exit(main())
