"""The images of a comparison, from any source, as batches of tensors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from operator import length_hint
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from ..metrics.groups import digests
from ..validation import integer

if TYPE_CHECKING:
    from PIL import Image


class Batches:
    """Images as batches `(b, ...)`, which can be iterated repeatedly; or batches `as_given`, for
    `forward` to read.

    Attributes:
        first: the first batch.
        size: the number of images in it; for batches as given, 1 until it is set.
        seen: digests of the images of the last iteration, equal for equal images only (their
            outputs may differ by rounding); none for batches as given.
    """

    def __init__(self, images: object, batch_size: int, image_size: int, as_given: bool) -> None:
        integer("batch_size", batch_size, 1)
        integer("image_size", image_size, 1, 8192, "a larger image would take a gigabyte")
        source = _batches(images, batch_size, image_size)
        # anything else may be readable only once
        repeatable = isinstance(source, DataLoader | list | tuple) and length_hint(source)
        self._as_given, self.seen = as_given, set()
        try:
            self._source = source if repeatable else list(source)
            self.first = next(iter(self), None)
        except TypeError as error:  # of PyTorch's loader
            if "PIL" not in str(error):
                raise
            raise TypeError(
                "images: got PIL images, want tensors; give the data set a transform, such as "
                "torchvision.transforms.ToTensor()"
            ) from error
        self.size = 1 if as_given or self.first is None else len(self.first)
        if self.first is None or not self.size:
            raise ValueError("images: got none; an iterator can be read only once")

    @property
    def most(self) -> int:
        """The number of images, if all batches are as large as the first."""
        return len(self._source) * self.size

    @property
    def description(self) -> str:
        """One line about the input of the networks, "" for batches that `forward` reads."""
        if self._as_given:
            return ""
        low, high = (value.item() for value in self.first.aminmax())
        return (
            f"images: {tuple(self.first.shape[1:])}, {self.first.dtype}, from {low:.3g} to "
            f"{high:.3g}; of the first {self.size}, {len(set(digests(self.first)))} differ."
        )

    def __iter__(self) -> Iterator[Any]:
        self.seen.clear()
        for batch in self._source:
            if self._as_given:
                yield batch
                continue
            images = _images(batch)
            self.seen.update(digests(images))
            yield images


class Files(Dataset):
    """The images in a folder and its subfolders, by name, prepared for torchvision's networks:
    resized, cropped at the centre and normalised, `(3, size, size)` float32 each."""

    def __init__(self, folder: str | Path, size: int) -> None:
        from torchvision.datasets.folder import IMG_EXTENSIONS as known  # takes a second
        from torchvision.models import ResNet18_Weights

        self.files = sorted(f for f in Path(folder).rglob("*") if f.suffix.lower() in known)
        if not self.files:
            ends = " ".join(known)
            raise FileNotFoundError(f"{folder} is not a folder with images ({ends})")
        prepare = ResNet18_Weights.DEFAULT.transforms
        # the centre of an image, whose shorter side has been made 256 where the centre's is 224
        self._prepared = prepare(crop_size=size, resize_size=round(256 / 224 * size))

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int) -> Tensor:
        return self._prepared(read_image(self.files[index]))


FORMATS = ("BMP", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
"""Formats that are read, by Pillow's names; for others, such as EPS, Pillow would start
programs."""


def read_image(file: Path) -> Image.Image:
    """A file as an upright 8-bit RGB image; an OSError with its name if it is not an image."""
    from PIL import Image, ImageOps

    try:
        with Image.open(file, formats=FORMATS) as image:
            # of colours with 16 bits, the mode is RGB, and only the decoder says what they are
            if image.mode.startswith(("I", "F")) or ";16" in str(image.tile):
                raise ValueError(f"mode {image.mode} has more than 8 bits, save it with 8")
            return ImageOps.exif_transpose(image).convert("RGB")
    except Exception as error:  # which one, depends on the format and on what is wrong
        raise OSError(
            f"{file} cannot be read as an image ({error}): replace or remove it"
        ) from error


def _batches(images: object, batch_size: int, image_size: int) -> Iterable:
    if isinstance(images, str | Path):
        images = Files(images, image_size)
    if isinstance(images, Dataset):
        # of a generator of its own, so that PyTorch's global one stays as it is
        return DataLoader(images, batch_size, generator=torch.Generator())
    if isinstance(images, np.ndarray | Tensor):
        return _images(images).split(batch_size)
    if isinstance(images, Mapping) or not isinstance(images, Iterable):
        return [images]
    return images


def _images(batch: object) -> Tensor:
    """The images of a batch, which may be a tuple of them and their labels."""
    if isinstance(batch, tuple | list) and batch:
        batch = batch[0]
    if isinstance(batch, np.ndarray):
        batch = torch.from_numpy(batch)
    if not isinstance(batch, Tensor) or batch.ndim < 2:
        got = tuple(batch.shape) if isinstance(batch, Tensor) else type(batch).__name__
        raise TypeError(
            f"images: got {got}, want a tensor or array (n, ...), a DataLoader or another iterable "
            "of these, a Dataset, or a folder of images; for anything else, such as a dict or "
            "graphs, say how a network takes it: forward=lambda network, batch: ..."
        )
    return batch
