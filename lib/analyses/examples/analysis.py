"""Networks that train in seconds, and what is said of their comparisons."""

from collections import OrderedDict
from collections.abc import Mapping

import pandas as pd
import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR
from torchvision.models import VisionTransformer
from torchvision.models.resnet import BasicBlock

from ...book.findings import Decided
from ...book.report.format import percent
from ...book.report.names import METRICS

IMAGES_A_STEP = 50

COPY_NEAR, COPY_AGREES = 0.01, 0.99
"""A copy is nearly its original if it is nearer than this share of the distance to another seed,
and gives more than this share of the images the same class."""


def train_on_digits(
    network: nn.Module, images: Tensor, labels: Tensor, *, epochs: int, rate: float, seed: int
) -> nn.Module:
    """Train a network in place by Adam with one cycle of the learning rate.

    Args:
        images: (n, 1, h, w) floats.
        labels: (n,) classes.
        epochs: how often all images are seen.
        rate: the highest one.
        seed: of the order of the images.

    Returns:
        The network, in evaluation mode.
    """
    torch.manual_seed(seed)
    epochs_of_batches = [torch.randperm(len(images)).split(IMAGES_A_STEP) for _ in range(epochs)]
    steps = len(epochs_of_batches[0])
    optimiser = torch.optim.Adam(network.parameters(), rate)
    schedule = OneCycleLR(optimiser, rate, epochs=epochs, steps_per_epoch=steps)
    network.train()
    for batches in epochs_of_batches:
        for batch in batches:
            loss = nn.functional.cross_entropy(network(images[batch]), labels[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return network.eval()


def predicted(network: nn.Module, images: Tensor) -> Tensor:
    """The class that the network gives to each image, (n,)."""
    with torch.no_grad():
        return network(images).argmax(1)


def share_true(cases: Tensor) -> float:
    """The share of the cases (n,) that are true."""
    return float(cases.double().mean())


def small_resnet(seed: int) -> nn.Sequential:
    """ResNet-18 of torchvision's blocks, with a quarter of the channels, for images (1, 8, 8)."""
    torch.manual_seed(seed)
    layers = {"stem": nn.Sequential(*_convolution(1, 16, 3), nn.ReLU()), "layer1": _stage(16, 16)}
    layers |= {f"layer{i}": _stage(2 ** (i + 2), 2 ** (i + 3)) for i in (2, 3, 4)}
    layers |= {"gap": nn.AdaptiveAvgPool2d(1), "flat": nn.Flatten(), "fc": nn.Linear(128, 10)}
    return nn.Sequential(OrderedDict(layers))


def _convolution(inputs: int, outputs: int, size: int, stride: int = 1) -> list[nn.Module]:
    weights = nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, bias=False)
    return [weights, nn.BatchNorm2d(outputs)]


def _stage(inputs: int, outputs: int) -> nn.Sequential:
    shortcut, stride = None, 1
    if outputs > inputs:
        shortcut, stride = nn.Sequential(*_convolution(inputs, outputs, 1, 2)), 2
    first = BasicBlock(inputs, outputs, stride, shortcut)
    return nn.Sequential(first, BasicBlock(outputs, outputs))


def small_transformer(seed: int) -> VisionTransformer:
    """Torchvision's vision transformer with four blocks, for images (1, 8, 8) in four patches."""
    torch.manual_seed(seed)
    network = VisionTransformer(8, 4, 4, 4, 32, 64, num_classes=10)
    network.conv_proj = nn.Conv2d(1, 32, 4, 4)  # one channel instead of three
    return network


def side_by_side(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """SVCCA and CKA of several comparisons: a row for each layer, a column for each.

    Args:
        tables: {title: as of `compare_networks`, of the same layers}.
    """
    columns = {}
    for metric in ("svcca", "cka"):
        for title, table in tables.items():
            values = table[table.metric == metric].set_index("layer_x").value
            columns[f"{METRICS[metric]}, {title}"] = values
    return pd.DataFrame(columns).rename_axis("Layer")


def count_lower(table: pd.DataFrame, title: str, other: str, leave_out: str) -> tuple[int, int]:
    """Values of one comparison that are not above those of another.

    Args:
        table: of `side_by_side`.
        title, other: of the comparisons.
        leave_out: a layer.

    Returns:
        How many, and how many were compared.
    """
    rows = table.drop(leave_out)
    metrics = [METRICS[metric] for metric in ("svcca", "cka")]
    lower = [rows[f"{metric}, {title}"] <= rows[f"{metric}, {other}"] for metric in metrics]
    cases = pd.concat(lower)
    return int(cases.sum()), len(cases)


def how_many(count: int, of: int) -> str:
    """How many of some cases: `all`, `most`, `few`, which is up to half of them, or `none`."""
    if count in (0, of):
        return "all" if count else "none"
    return "most" if 2 * count > of else "few"


def block_trend(values: pd.Series) -> str:
    """`rises` or `falls` where each value is above, or below, the one before; else `neither`."""
    steps = values.diff().dropna()
    if (steps > 0).all():
        return "rises"
    return "falls" if (steps < 0).all() else "neither"


def farthest_share(table: pd.DataFrame, reference: pd.DataFrame) -> float:
    """The largest distance from 1 of a comparison, as a share of another's smallest.

    Args:
        table, reference: as of `compare_networks`.
    """
    return float((1 - table.value).max() / (1 - reference.value).min())


def decide_retraining(table: pd.DataFrame, before: float, after: float) -> list[Decided]:
    """Whether retraining brings back answers and layers, and what training alone does.

    Args:
        table: of `side_by_side`, with `pruned`, `retrained` and `trained as long`.
        before, after: the shares of right answers just after pruning, and after retraining.
    """
    further = count_lower(table, "retrained", "pruned", leave_out="stem")
    as_far = count_lower(table, "trained as long", "retrained", leave_out="stem")
    accuracies = f"{percent(before)} before, {percent(after)} after"
    more = "more" if after > before else "not more"
    cases = "similarities (SVCCA and CKA, without the stem) that are"
    return [
        Decided("examples-retraining-answers", "right answers by retraining", accuracies, more),
        Decided(
            "examples-retraining-layers",
            f"{cases} no higher after retraining than before",
            f"{further[0]} of {further[1]}",
            how_many(*further),
        ),
        Decided(
            "examples-training-alone",
            f"{cases} no higher after training alone than after retraining",
            f"{as_far[0]} of {as_far[1]}",
            how_many(*as_far),
        ),
    ]


def decide_quantised(copy: pd.DataFrame, reference: pd.DataFrame, same: Tensor) -> list[Decided]:
    """Whether a copy is nearly its original. Finer numbers would differ between processors.

    Args:
        copy, reference: as of `compare_networks`, with the copy and with another seed.
        same: (n,) whether copy and original give the same class.
    """
    near = farthest_share(copy, reference) < COPY_NEAR
    alike = share_true(same) > COPY_AGREES
    return [
        Decided(
            "examples-quantised-layers",
            "distance of the copy, as a share of that of another seed",
            f"bar: {COPY_NEAR}",
            "below a hundredth" if near else "a hundredth or more",
        ),
        Decided(
            "examples-quantised-answers",
            "images to which both give the same class",
            f"bar: {percent(COPY_AGREES)}",
            "above 99 %" if alike else "99 % or fewer",
        ),
    ]
