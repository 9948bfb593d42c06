"""How large data sets are, as their publishers say."""

from typing import NamedTuple

STREAMED = {"imagenet": 224}
"""Data sets whose images stay in their files: name -> height and width to which they are cut."""


class Extent(NamedTuple):
    """The sizes of a data set; images are squares of `side` pixels."""

    train_images: int
    test_images: int
    classes: int = 10
    channels: int = 3
    side: int = 32


EXTENTS = {
    "digits": Extent(1_297, 500),
    "cifar10": Extent(50_000, 10_000),
    "svhn": Extent(73_257, 26_032),
    "mnist28": Extent(60_000, 10_000, channels=1, side=28),
    "imagenet": Extent(1_281_167, 50_000, classes=1000, side=STREAMED["imagenet"]),
}
