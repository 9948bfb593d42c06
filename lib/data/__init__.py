"""Data sets as device tensors or as files, and their augmentation on the device."""

from pathlib import Path

from ..lookup import unknown
from .augmentation import Augmentation, augment
from .dataset import Dataset, Images, normalise
from .digits import digits
from .files import KNOWN, DataUnavailableError, from_files
from .folder import StreamedImages, load_folder, workers

DATASETS = ("digits", *KNOWN)
"""Those that fit into memory, which is what the study's jobs work on."""

STREAMED = {"imagenet": 224}
"""Folders of images that stay in their files, and the height and width to which they are cut."""


def load_dataset(name: str, folder: str | Path) -> Dataset:
    """A data set by name, on the CPU.

    Args:
        name: one of `DATASETS` or `STREAMED`. `digits` comes with a package and needs no file.
        folder: the data folder, where `<name>.npz` or torchvision's files lie; torchvision
            downloads to it what is missing. Of a streamed data set: where the folder `<name>`
            lies, see `load_folder`, which also reads one of another name.

    Raises:
        ValueError: unknown name, or files that do not hold what they should.
        DataUnavailableError: files that are neither there nor to be downloaded.
    """
    if name not in (*DATASETS, *STREAMED):
        raise ValueError(unknown("data set", name, (*DATASETS, *STREAMED)))
    if name in STREAMED:
        try:
            return load_folder(Path(folder) / name, STREAMED[name], workers())
        except FileNotFoundError as error:
            raise DataUnavailableError(f"{name} is not in {folder}: {error}") from error
    return digits() if name == "digits" else from_files(name, Path(folder))


__all__ = [
    "DATASETS",
    "KNOWN",
    "STREAMED",
    "Augmentation",
    "DataUnavailableError",
    "Dataset",
    "Images",
    "StreamedImages",
    "augment",
    "load_dataset",
    "load_folder",
    "normalise",
]
