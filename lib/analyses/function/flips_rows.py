"""Which images change class between two networks, on clean and on changed images."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...metrics import Representation
from ...metrics.inputs import DegenerateError
from ...models import record_layers, recorded_layers
from ...seeds import generator
from ...study.prepared_experiment import PreparedExperiment
from .flips_job import Flips
from .tables import LAST_DRIFT, MARGIN, MIDDLE_DRIFT

_NOISE, _BLUR, _CONTRAST = 0.1, 1.0, 0.5
"""Standard deviation of the noise, in units of the range of pixels; that of the blur,
in pixels; by what a pixel's distance from the mean of its image is multiplied."""


def _noise(pixels: Tensor) -> Tensor:
    drawn = torch.randn(pixels.shape, generator=generator("cpu", "noise on images"))
    return pixels + 255 * _NOISE * drawn.to(pixels)


def _blur(pixels: Tensor) -> Tensor:
    places = torch.arange(-3, 4, device=pixels.device) / _BLUR
    weights = torch.exp(-places.square() / 2)
    channels = pixels.shape[1]
    for view in ((1, 1, 1, -1), (1, 1, -1, 1)):
        kernel = (weights / weights.sum()).view(view).to(pixels).repeat(channels, 1, 1, 1)
        around = (3, 3, 0, 0) if view[3] == -1 else (0, 0, 3, 3)
        pixels = F.conv2d(F.pad(pixels, around, mode="replicate"), kernel, groups=channels)
    return pixels


def _contrast(pixels: Tensor) -> Tensor:
    mean = pixels.mean((1, 2, 3), keepdim=True)
    return mean + _CONTRAST * (pixels - mean)


CONDITIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "clean": lambda pixels: pixels,
    "noise": _noise,
    "blur": _blur,
    "contrast": _contrast,
}
"""name -> what is done to the pixels, (n, c, h, w) from 0 to 255."""


def flips_rows(
    plan: Flips, setting: PreparedExperiment, complete: nn.Module, network: nn.Module
) -> Iterator[dict]:
    """The rows of a network beside the complete one."""
    few, classes = setting.dataset.test.take(slice(plan.images)), setting.dataset.classes
    for condition, change in CONDITIONS.items():
        pixels = change(few.pixels.float()).clamp(0, 255).round().to(torch.uint8)
        images, labels = setting.inputs(replace(few, pixels=pixels), slice(None))
        for quantity, of, value in flips(complete, network, images, labels, classes):
            yield {"condition": condition, "quantity": quantity, "of": of, "value": value}


def flips(
    complete: nn.Module,
    network: nn.Module,
    images: Tensor,
    labels: Tensor,
    classes: tuple[str, ...],
) -> Iterator[tuple[str, str, float]]:
    """(quantity, what it is of, value) of two networks on the same images; see `FLIPS`."""
    *hidden, (out, _) = recorded_layers(complete)
    layers = {MIDDLE_DRIFT: hidden[len(hidden) // 2][0], LAST_DRIFT: hidden[-1][0], "": out}
    outputs = [record_layers(each, images, layers.values()) for each in (complete, network)]
    logits = [of_network[layers[""]] for of_network in outputs]
    chosen = [of_network.argmax(1) for of_network in logits]
    for name, answer in zip(("complete", "pruned"), chosen, strict=True):
        yield "accuracy", name, (answer == labels).double().mean().item()
    flipped = chosen[0] != chosen[1]
    yield "flipped", "all", flipped.double().mean().item()
    for number, name in enumerate(classes):
        if (labels == number).any():
            yield "flipped", name, flipped[labels == number].double().mean().item()
    first, second = logits[0].softmax(1).double().topk(2).values.T
    known = {MARGIN: second - first}
    known |= {
        name: drift(*(of_network[layers[name]] for of_network in outputs))
        for name in (MIDDLE_DRIFT, LAST_DRIFT)
    }
    for name, signal in known.items():
        yield "auc", name, auc(signal, flipped)


def drift(x: Tensor, y: Tensor) -> Tensor:
    """How far each image has moved among the others: 1 minus the cosine of its rows of
    the two centred Gram matrices (n, n). NaN for all where a layer gives every image
    the same."""
    try:
        grams = [Representation(layer, "flat").gram for layer in (x, y)]
    except DegenerateError:
        return torch.full((len(x),), math.nan)
    return 1 - torch.cosine_similarity(*grams)


def auc(signal: Tensor, positive: Tensor) -> float:
    """The chance that a signal is higher for a positive than for a negative, ties counting half.

    It is the area under the receiver operating characteristic; NaN without one of the
    two, or without a signal.
    """
    from sklearn.metrics import roc_auc_score  # takes a while

    if positive.all() or not positive.any() or signal.isnan().any():
        return math.nan
    return float(roc_auc_score(positive.cpu(), signal.cpu()))
