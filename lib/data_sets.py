"""What is known of the data sets, for those who read them and for those who write about them."""

from typing import NamedTuple


class Known(NamedTuple):
    """What is known of a data set before its files are read, as its publishers say.

    Attributes:
        images: how many there are to train on, and to test on.
        side: height and width of an image, in pixels.
        classes, mean, std: as in `lib.data.Dataset`.
    """

    images: tuple[int, int]
    side: int
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]


DIGIT_CLASSES = tuple("0123456789")
CIFAR10_CLASSES = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)

DATASET_TITLES = {
    "digits": "small handwritten digits",
    "cifar10": "CIFAR-10",
    "svhn": "SVHN",
    "mnist28": "MNIST",
}
"""name -> name in the text; the first needs no file."""

KNOWN = {
    "cifar10": Known(
        (50_000, 10_000),
        32,
        CIFAR10_CLASSES,
        mean=(0.4914, 0.4822, 0.4465),
        std=(0.2470, 0.2435, 0.2616),
    ),
    "svhn": Known((73_257, 26_032), 32, DIGIT_CLASSES, mean=(0.5,) * 3, std=(0.5,) * 3),
    "mnist28": Known((60_000, 10_000), 28, DIGIT_CLASSES, mean=(0.1307,), std=(0.3081,)),
}

DATASETS = ("digits", *KNOWN)
"""Data sets that `lib.data.load_dataset` knows."""
