"""Data sets that are altered on purpose, so that it is known what networks learn from them."""

import colorsys
from dataclasses import replace

import torch

from ..seeds import generator
from .dataset import Dataset, Images

DOT_DIAMETER = 5
"""Pixels, as in ReSi (Klabunde et al. 2025)."""


def with_random_labels(dataset: Dataset, share: float) -> Dataset:
    """A data set of which a share of the training images has labels that say nothing.

    They are drawn from all classes alike (Zhang et al. 2017), so that some happen to be
    right. The same images are hit, and get the same labels, at every call; a larger
    share hits the images of a smaller one and more.

    Args:
        share: of the training images, in [0, 1]; rounded to whole images.
    """
    labels = dataset.train.labels.cpu()
    draws = generator("cpu", "random labels")
    order = torch.randperm(len(labels), generator=draws)
    drawn = torch.randint(len(dataset.classes), labels.shape, generator=draws)
    hit = order[: round(share * len(labels))]
    altered = labels.clone()
    altered[hit] = drawn[hit]
    train = Images(dataset.train.pixels, altered.to(dataset.train.device))
    return replace(dataset, train=train)


def with_dots(dataset: Dataset, correlation: float) -> Dataset:
    """A data set with a coloured dot in each image, from which training images give classes away.

    The dot lies anywhere inside the image. Each class has a colour. A dot of a training
    image has that of the image's class with a probability, and otherwise that of a
    class drawn at random; one of a test image always has the latter. Places and draws
    are the same at every call.

    Args:
        correlation: the probability, in [0, 1]: 0 makes a dot that says nothing, 1 a
            shortcut that needs no look at the image (ReSi, Klabunde et al. 2025,
            section 3.2).

    Raises:
        ValueError: images that are no colour images, or smaller than a dot.
    """
    channels, *size = dataset.train.shape
    if channels != 3 or min(size) < DOT_DIAMETER:
        raise ValueError(
            f"coloured dots of {DOT_DIAMETER} pixels need colour images that are as large, but "
            f"those of {dataset.name} have {channels} channels and {size[0]} x {size[1]} pixels"
        )
    return replace(
        dataset,
        train=_dotted(dataset, "train", correlation),
        test=_dotted(dataset, "test", 0.0),
    )


def _dotted(dataset: Dataset, split: str, correlation: float) -> Images:
    images: Images = getattr(dataset, split)
    pixels = images.pixels.cpu()
    n, _, height, width = pixels.shape
    draws = generator("cpu", "dots", split)
    tells = torch.rand(n, generator=draws) < correlation
    anything = torch.randint(len(dataset.classes), (n,), generator=draws)
    colours = class_colours(len(dataset.classes))[torch.where(tells, images.labels.cpu(), anything)]
    top = torch.randint(height - DOT_DIAMETER + 1, (n, 1, 1), generator=draws)
    left = torch.randint(width - DOT_DIAMETER + 1, (n, 1, 1), generator=draws)
    radius = DOT_DIAMETER / 2
    down = torch.arange(height).view(1, -1, 1) - top - radius + 0.5
    right = torch.arange(width).view(1, 1, -1) - left - radius + 0.5
    inside = down**2 + right**2 <= radius**2
    dotted = torch.where(inside[:, None], colours[:, :, None, None], pixels)
    return Images(dotted.to(images.device), images.labels)


def class_colours(classes: int) -> torch.Tensor:
    """(classes, 3) uint8: hues at equal distances, as strong and bright as can be."""
    hues = [colorsys.hsv_to_rgb(label / classes, 1, 1) for label in range(classes)]
    return (255 * torch.tensor(hues)).round().to(torch.uint8)
