"""Named data sets as device tensors, and their augmentation on the device."""

from pathlib import Path

from ..lookup import unknown
from .augmentation import Augmentation, augment
from .dataset import Dataset, Images, normalise
from .digits import digits
from .files import KNOWN, DataUnavailableError, from_files

DATASETS = ("digits", *KNOWN)


def load_dataset(name: str, folder: str | Path) -> Dataset:
    """A data set by name, on the CPU.

    Args:
        name: one of `DATASETS`. `digits` comes with a package and needs no file.
        folder: the data folder, where `<name>.npz` or torchvision's files lie; torchvision
            downloads to it what is missing.

    Raises:
        ValueError: unknown name, or files that do not hold what they should.
        DataUnavailableError: files that are neither there nor to be downloaded.
    """
    if name not in DATASETS:
        raise ValueError(unknown("data set", name, DATASETS))
    return digits() if name == "digits" else from_files(name, Path(folder))


__all__ = [
    "DATASETS",
    "Augmentation",
    "DataUnavailableError",
    "Dataset",
    "Images",
    "augment",
    "load_dataset",
    "normalise",
]
