"""Data sets as device tensors, and their augmentation on the device."""

from pathlib import Path

from ..did_you_mean import check
from .augmentation import Augmentation, augment
from .dataset import Dataset, Images, normalise
from .loading import DATASET_TITLES, DATASETS, DataUnavailableError, digits, from_files


def load_dataset(name: str, folder: str | Path) -> Dataset:
    """A data set by name, on the CPU.

    Args:
        name: one of `DATASETS`. `digits` comes with a package and needs no file.
        folder: the data folder, with `<name>.npz` or torchvision's files; torchvision
            downloads what is missing.

    Raises:
        ValueError: unknown name, or files that do not hold what they should.
        DataUnavailableError: files that are missing and cannot be downloaded.
    """
    check("data set", name, DATASETS)
    return digits() if name == "digits" else from_files(name, Path(folder))
