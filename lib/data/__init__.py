"""Data sets as device tensors or as files, and their augmentation on the device."""

from pathlib import Path

from ..lookup import unknown
from ..pictures import readers
from .augmentation import Augmentation, augment
from .dataset import Dataset, Images, normalise
from .files import EXTENTS, KNOWN, STREAMED, DataUnavailableError, digits, from_files
from .folder import StreamedImages, load_folder

DATASETS = ("digits", *KNOWN)
"""Data sets that fit into memory, as the study's jobs need."""


def load_dataset(name: str, folder: str | Path) -> Dataset:
    """A data set by name, on the CPU.

    Args:
        name: one of `DATASETS` or `STREAMED`. `digits` comes with a package and needs no file.
        folder: the data folder, with `<name>.npz` or torchvision's files; torchvision downloads
            what is missing. For a streamed data set it has a folder `<name>` in the form that
            `load_folder` describes.

    Raises:
        ValueError: unknown name, or files that do not hold what they should.
        DataUnavailableError: files that are missing and cannot be downloaded.
    """
    if name not in (*DATASETS, *STREAMED):
        raise ValueError(unknown("data set", name, (*DATASETS, *STREAMED)))
    if name in STREAMED:
        try:
            return load_folder(Path(folder) / name, STREAMED[name], readers())
        except FileNotFoundError as error:
            raise DataUnavailableError(f"{name} is not in {folder}: {error}") from error
    return digits() if name == "digits" else from_files(name, Path(folder))
