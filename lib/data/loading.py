"""Data sets in the data folder: torchvision's own files, or one `.npz`; and the embedded digits."""

from importlib.metadata import distribution
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch.nn import functional as F

from ..did_you_mean import lookup
from .dataset import Dataset, Images


class Known(NamedTuple):
    """Facts about a data set that are known before its files are read; see `Dataset`."""

    title: str  # its name in a text
    side: int  # height and width of an image, in pixels
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]


DIGIT_CLASSES = tuple("0123456789")
CIFAR10_CLASSES = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)

DATASETS = {
    "digits": Known("small handwritten digits", 32, DIGIT_CLASSES, (0.3059,) * 3, (0.3230,) * 3),
    "cifar10": Known(
        "CIFAR-10", 32, CIFAR10_CLASSES, (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)
    ),
    "svhn": Known("SVHN", 32, DIGIT_CLASSES, mean=(0.5,) * 3, std=(0.5,) * 3),
    "mnist28": Known("MNIST", 28, DIGIT_CLASSES, mean=(0.1307,), std=(0.3081,)),
}
"""Data sets that `load_dataset` knows, by name; the first needs no file."""

ARRAYS = ("x_train", "y_train", "x_test", "y_test")


class DataUnavailableError(OSError):
    """A data set is not in the data folder and could not be downloaded."""


def load_dataset(name: str, folder: str | Path) -> Dataset:
    """A data set by name, on the CPU.

    Args:
        name: one of `DATASETS`.
        folder: the data folder, with `<name>.npz`, or torchvision's files; torchvision
            downloads what is missing.

    Raises:
        ValueError: unknown name, or files with unexpected content.
        DataUnavailableError: missing files that cannot be downloaded.
    """
    facts, archive = lookup("data set", name, DATASETS), Path(folder) / f"{name}.npz"
    if name == "digits":
        train, test, description = _digits()
    else:
        if archive.exists():
            train, test, origin = _from_npz(archive, facts)
        else:
            train, test = _from_torchvision(name, Path(folder))
            origin = "the official files"
        counts = f"{len(train):,} images to train on and {len(test):,} to test on"
        description = f"{facts.title}, {counts}: {origin}."
    return Dataset(name, train, test, facts.classes, facts.mean, facts.std, description)


def _shape(facts: Known) -> str:
    """The shape of the pixels in a `.npz`."""
    size, colours = facts.side, len(facts.mean)
    return f"(n, {size}, {size})" if colours == 1 else f"(n, {size}, {size}, {colours})"


def _from_npz(archive: Path, facts: Known) -> tuple[Images, Images, str]:
    shape = _shape(facts)
    with archive.open("rb") as file:  # what may not be read is not damaged
        try:
            with np.load(file, allow_pickle=False) as stored:
                arrays = dict(stored)
        except Exception as error:  # a damaged file may fail in any way
            raise ValueError(
                f"{archive} is damaged, or holds more than plain arrays: replace it"
            ) from error
    missing = [key for key in ARRAYS if key not in arrays]
    if missing:
        raise ValueError(
            f"{archive}: no array {', '.join(missing)}; it must hold {', '.join(ARRAYS)}, "
            f"pixels as uint8 of shape {shape} and labels as integers of shape (n,)"
        )
    splits = []
    for split in ("train", "test"):
        pixels, where = arrays[f"x_{split}"], f"{archive.name}, {split}"
        if shape != f"(n, {', '.join(map(str, pixels.shape[1:]))})":
            raise ValueError(f"{where}: pixels must be {shape}, got {pixels.shape}")
        splits.append(_images(pixels, arrays[f"y_{split}"], len(facts.classes), where))
    # a copy that is not official may describe its images
    undescribed = f"the images of {archive.name}, which does not describe them"
    return *splits, str(arrays.get("description", undescribed))


def _images(pixels: np.ndarray, labels: np.ndarray, classes: int, where: str) -> Images:
    """`Images` on the CPU from stored arrays: (n, h, w, c), or (n, h, w) if grey."""
    labels = np.asarray(labels)
    if pixels.dtype != np.uint8:
        raise ValueError(f"{where}: pixels must be uint8, got {pixels.dtype}")
    if labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
        given = f"{labels.dtype} of shape {labels.shape}"
        raise ValueError(f"{where}: labels must be integers of shape (n,), got {given}")
    if len(pixels) != len(labels) or len(pixels) == 0:
        raise ValueError(f"{where}: {len(pixels)} images and {len(labels)} labels")
    low, high = labels.min(), labels.max()
    if low < 0 or high >= classes:
        raise ValueError(f"{where}: labels must be from 0 to {classes - 1}, got {low} to {high}")
    planes = pixels[:, None] if pixels.ndim == 3 else pixels.transpose(0, 3, 1, 2)
    planes = np.ascontiguousarray(planes)
    return Images(torch.from_numpy(planes), torch.from_numpy(labels.astype(np.int64)))


def _from_torchvision(name: str, folder: Path) -> tuple[Images, Images]:
    from torchvision import datasets  # imports half of torchvision: only when it is needed

    def split(train: bool) -> Images:
        if name == "svhn":
            official = datasets.SVHN(folder, split="train" if train else "test", download=True)
            pixels, labels = official.data.transpose(0, 2, 3, 1), official.labels
        else:
            classes = {"cifar10": datasets.CIFAR10, "mnist28": datasets.MNIST}
            official = classes[name](folder, train=train, download=True)
            pixels, labels = np.asarray(official.data), official.targets
        return _images(pixels, labels, len(DATASETS[name].classes), name)

    if not folder.is_dir() and folder.name != DOWNLOADS:
        raise DataUnavailableError(
            f"there is no folder {folder}, and {name} is not downloaded into one that may be "
            "mistyped: make it first, or give another one (DATA)"
        )
    try:
        return split(True), split(False)
    except (OSError, RuntimeError, KeyError) as error:
        raise DataUnavailableError(
            f"{name} is not in {folder} and could not be downloaded ({error}). Either put the "
            f"official files there, as torchvision stores them, or {name}.npz with the arrays "
            f"{', '.join(ARRAYS)} (uint8 images of shape {_shape(DATASETS[name])}, integer labels)."
        ) from error


DOWNLOADS = "datasets"
"""The folder of downloads, which is created if necessary."""

TEST_DIGITS = 500
DIGITS_FILE = "sklearn/datasets/data/digits.csv.gz"
"""64 pixels and the class of each digit, as read by scikit-learn's `load_digits`."""


def _digits() -> tuple[Images, Images, str]:
    """The two splits of the embedded digits, and their description.

    The order is that of the file, which goes roughly writer by writer, so that most test
    digits are from writers that the training split has not seen.
    """
    # read here: to import scikit-learn would take a second, longer than a short job's own work
    rows = np.loadtxt(distribution("scikit-learn").locate_file(DIGITS_FILE), delimiter=",")
    grey = torch.from_numpy(rows[:, :-1]).reshape(-1, 1, 8, 8)  # whole numbers from 0 to 16
    # exact, and so the same on every machine: at this ratio all weights are multiples of 1/64
    enlarged = F.interpolate(grey, (32, 32), mode="bilinear")
    pixels = (enlarged * 255 / 16 + 0.5).byte().repeat(1, 3, 1, 1)
    images = Images(pixels, torch.from_numpy(rows[:, -1]).long())
    description = (
        "The 1,797 handwritten digits of scikit-learn's load_digits, 8x8 grey pixels enlarged "
        "to 32x32x3; the first 1,297 to train on, the last 500 to test on."
    )
    train, test = images.take(slice(-TEST_DIGITS)), images.take(slice(-TEST_DIGITS, None))
    return train, test, description
