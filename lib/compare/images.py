"""The images of a comparison, from any source, as batches of tensors."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from operator import length_hint
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, IterableDataset
from tqdm import tqdm

from ..metrics.groups import digests
from ..models.module_outputs import tensors_in
from ..validation import integer

if TYPE_CHECKING:
    from PIL import Image

MOST_UNSIZED = 10_000
"""Most batches that are read from a source without a length, which may have no end."""


class Batches:
    """Images as batches `(b, ...)`, which can be iterated repeatedly; or batches `as_given`, for
    `forward` to read.

    PyTorch's generators of random numbers are in the same state at the start of each pass, so that
    loaders that shuffle or augment give the same images, and as they were at its end.

    Attributes:
        first: the first batch.
        size: the number of images in it; for batches as given, 1 until it is set.
        different: how many images of the last pass differ, None for batches as given (outputs of
            equal images may differ by rounding).
    """

    def __init__(
        self, images: object, batch_size: int, image_size: int, limit: int, as_given: bool
    ) -> None:
        integer("batch_size", batch_size, 1)
        integer("image_size", image_size, 1, 8192, "a larger image would take a gigabyte")
        source = _batches(images, batch_size, image_size)
        of_loader = getattr(source, "generator", None)
        generators = (torch.default_generator, of_loader)
        self._generators = [one for one in generators if one is not None]
        self._start = [one.get_state() for one in self._generators]
        self._as_given, self._order, self.different = as_given, None, None
        self._prepared = getattr(getattr(source, "dataset", None), "prepared", "")
        # anything else may be readable only once
        repeatable = isinstance(source, DataLoader | list | tuple) and _length(source)
        try:
            with self._same_draws():
                self._source = source if repeatable else _kept(source, limit)
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

    def __len__(self) -> int:
        """Number of batches."""
        return len(self._source)

    @property
    def shuffled(self) -> bool:
        """Whether a loader takes its images in another order each time."""
        loader = isinstance(self._source, DataLoader)
        if not loader or isinstance(self._source.dataset, IterableDataset):  # has no sampler
            return False
        sampler = self._source.batch_sampler or self._source.sampler
        with self._same_draws():
            return [*sampler] != [*sampler]

    @property
    def description(self) -> str:
        """One line about the input of the networks, "" for batches that `forward` reads."""
        if self._as_given:
            return ""
        low, high = (value.item() for value in self.first.aminmax())
        return (
            f"images: {tuple(self.first.shape[1:])}, {self.first.dtype}, from {low:.3g} to "
            f"{high:.3g}; of the first {self.size}, {len(set(digests(self.first)))} differ."
            f"{self._prepared}"
        )

    @property
    def contents(self) -> list[bytes]:
        """A digest of each image, in order."""
        if self._order is None:
            for _ in self:  # which takes the digests
                pass
        return self._order

    def __iter__(self) -> Iterator[Any]:
        order: list[bytes] = []
        with self._same_draws():
            for batch in self._source:
                images = batch if self._as_given else _images(batch)
                order += [] if self._as_given else digests(images)
                yield images
        if self._order is not None and order != self._order:
            raise ValueError(
                "images: are others, or in another order, than when they were read before; give a "
                "list of batches, or a loader without random transforms"
            )
        self._order = order
        self.different = None if self._as_given else len(set(order))

    @contextmanager
    def _same_draws(self) -> Iterator[None]:
        """Draw from the states that generators had at first; afterwards they are as now."""
        found = [one.get_state() for one in self._generators]
        try:
            for one, state in zip(self._generators, self._start, strict=True):
                one.set_state(state)
            yield
        finally:
            for one, state in zip(self._generators, found, strict=True):
                one.set_state(state)


def generator_states() -> list[Tensor]:
    """The states of PyTorch's generators, from which networks may draw."""
    of_gpus = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []
    return [torch.get_rng_state(), *of_gpus]


class Files(Dataset):
    """The images in a folder and its subfolders, by name, prepared for torchvision's networks:
    resized, cropped at the centre and normalised, `(3, size, size)` float32 each.

    Links to folders are followed. Hidden files, and files of other types, are not read.

    Attributes:
        prepared: what was made of the images, and how many files were left out.
    """

    def __init__(self, folder: str | Path, size: int) -> None:
        from torchvision.datasets.folder import IMG_EXTENSIONS as known  # takes a second
        from torchvision.models import ResNet18_Weights

        found, seen = [], set()
        for at, folders, files in os.walk(folder, followlinks=True):
            if (real := os.path.realpath(at)) in seen:
                folders.clear()  # a link leads here again
                continue
            seen.add(real)
            folders[:] = [name for name in folders if name[0] != "."]
            found += [Path(at, name) for name in files if name[0] != "."]
        self.files = sorted(file for file in found if file.suffix.lower() in known)
        if not self.files:
            raise FileNotFoundError(f"{folder} is not a folder with images ({' '.join(known)})")
        # the centre of an image, whose shorter side has been made 256 where the centre's is 224
        resized = round(256 / 224 * size)
        self.prepared = (
            f" {len(self.files):,} files, their shorter side resized to {resized}, cropped to "
            f"{size} by {size}, normalised as for torchvision's networks."
        )
        suffixes = Counter(file.suffix.lower() or "no suffix" for file in found)
        others = [f"{suffixes[name]} {name}" for name in sorted(suffixes) if name not in known]
        if others:
            self.prepared += f" Left out: {', '.join(others)}."
        self._look = ResNet18_Weights.DEFAULT.transforms(crop_size=size, resize_size=resized)

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int) -> Tensor:
        return self._look(read_image(self.files[index]))


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
        return DataLoader(images, batch_size)
    if isinstance(images, np.ndarray | Tensor):
        return _images(images).split(batch_size)
    if isinstance(images, Mapping) or not isinstance(images, Iterable):
        return [images]
    return images


def _length(source: Iterable) -> int:
    """The number of batches, 0 if the source does not tell."""
    try:
        return length_hint(source)
    except Exception:  # of a loader without an end
        return 0


def _kept(source: Iterable, limit: int) -> list:
    """All batches of a source that can be read only once; a ValueError if it seems endless."""
    kept, size = [], 0
    for batch in tqdm(source, "images", leave=False, delay=2):
        kept.append(batch)
        size += sum(tensor.nbytes for tensor in tensors_in(batch))
        if not _length(source) and (len(kept) > MOST_UNSIZED or size > limit):
            raise ValueError(
                f"images: the source gave {len(kept):,} batches, {size / 2**20:,.0f} MiB, and has "
                "no length; it may have no end: take some, such as itertools.islice(images, 100)"
            )
    return kept


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
    if not batch.isfinite().all():
        raise ValueError(
            "images: have NaN or infinite values; were they divided by a standard deviation of 0?"
        )
    return batch
