"""Images to compare networks on, in whatever form they come, as batches of tensors."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from operator import length_hint
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from ..models.module_outputs import tensors_in
from ..validation import integer

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""The statistics with which torchvision's networks were trained."""

RESIZED = 256 / 224
"""The shorter side of an image, before its centre is cut out, divided by the centre's side."""

KEYS = ("pixel_values", "image", "images", "img", "input", "inputs", "x")
"""Where a batch that is a dict has its images, those of Hugging Face first."""

COLOURS, FLOAT32 = 3, 4
"""Of an image from a folder: its channels, and the bytes of each of their pixels."""

KEPT_SHARE = 0.25
"""Images that come only once are kept if they take up to this share of the memory."""


class Batches:
    """Images as batches `(b, ...)`, as often as they can be read.

    Args:
        images, batch_size, image_size: as for `compare_networks`.
        memory: bytes; images that come only once are kept if they take up to a quarter
            of them.
        as_given: whether a batch is left as it comes, since `forward` knows what to do
            with it.

    Attributes:
        again: whether they can be read more than once.
        first: the first batch.
        size: how many images it has; of batches as given, 1 unless that is found out
            elsewhere.
        bytes: how many are kept here.

    Raises:
        TypeError: no such images.
        ValueError: none at all, or batches that hold none; sizes that are no integers,
            or of images from a folder a batch that does not fit into memory.
        FileNotFoundError: a folder without images.
    """

    def __init__(
        self,
        images: object,
        batch_size: int,
        image_size: int,
        memory: int,
        as_given: bool = False,
    ) -> None:
        if as_given and isinstance(images, Mapping):
            images = _cut(images, batch_size)
        source = _batches(images, batch_size, image_size, memory)
        self._as_given, self._read = as_given, _unchanged if as_given else _images
        count = 0 if isinstance(source, Iterator) else length_hint(source)
        self._source, self.again, self.bytes = source, True, 0
        kept: list[Any] = []
        if not count:  # what doesn't know its length may come only once, too
            rest = map(self._read, source)
            for batch in rest:
                kept.append(batch)
                self.bytes += sum(tensor.nbytes for tensor in tensors_in(batch))
                if self.bytes > memory * KEPT_SHARE:
                    self.again, self.bytes = False, 0  # they are let go in the one pass
                    break
            self._source, count = kept if self.again else chain(kept, rest), len(kept)
        self.first = next(map(self._read, kept or source), None)
        self.size = len(self.first) if isinstance(self.first, Tensor) else 1
        if self.first is None or not self.size:
            raise ValueError("images: got none; what is an iterator can be gone through only once")
        self._fewest = count

    @property
    def most(self) -> int:
        """How many images, if all batches are like the first; 0 where they come only once."""
        return self._fewest * self.size if self.again else 0

    def __iter__(self) -> Iterator[Any]:
        number = 0
        for images in map(self._read, self._source):
            number += 1
            if not self._as_given:
                self._check_shape(images)
            yield images
        if number < self._fewest:
            raise ValueError(
                f"images: a pass gave {number} batches, and len says {self._fewest}; give what can "
                "be gone through only once as an iterator, iter(images)"
            )

    def _check_shape(self, images: Tensor) -> None:
        got, before = (tuple(batch.shape[1:]) for batch in (images, self.first))
        if got != before:
            raise ValueError(f"images: got some of {got} after {before}; resize them alike")


class Files(Dataset):
    """The images in a folder and in those inside it, by name, as torchvision's networks take them.

    Their shorter side is resized, their centres are cut out, and the pixels normalised
    by the statistics of ImageNet: `(3, size, size)` float32 each.

    Args:
        folder: holds files with the endings that torchvision knows.
        size: height and width that is cut out.

    Raises:
        FileNotFoundError: there is no such folder, or no image in it.
        OSError: when a file is read that is no image; the message names it.
    """

    def __init__(self, folder: str | Path, size: int) -> None:
        from torchvision import transforms  # takes a second
        from torchvision.datasets.folder import IMG_EXTENSIONS as known

        self.files = sorted(f for f in Path(folder).rglob("*") if f.suffix.lower() in known)
        if not self.files:
            has = "has none" if Path(folder).is_dir() else "is no folder"
            ends = " ".join(known)
            raise FileNotFoundError(f"{folder} must be a folder of images ({ends}): it {has}")
        centre = transforms.Resize(round(RESIZED * size)), transforms.CenterCrop(size)
        self._cut = transforms.Compose([*centre, transforms.PILToTensor()])

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int) -> Tensor:
        from torchvision.datasets.folder import default_loader
        from torchvision.transforms.functional import normalize

        file = self.files[index]
        try:
            picture = default_loader(str(file))
        except OSError as error:
            raise OSError(
                f"{file} cannot be read as an image ({error}): replace or remove it"
            ) from error
        return normalize(self._cut(picture) / 255, IMAGENET_MEAN, IMAGENET_STD)


def _batches(images: object, batch_size: int, image_size: int, memory: int) -> Iterable:
    integer("batch_size", batch_size, 1)
    integer("image_size", image_size, 1)
    if isinstance(images, str | Path):
        size = batch_size * COLOURS * FLOAT32 * image_size**2
        if size > memory:
            raise ValueError(
                f"image_size: one batch of {batch_size:,} images of {image_size:,} by "
                f"{image_size:,} pixels takes {size / 2**30:,.1f} GiB, more than memory="
                f"{memory / 2**30:,.1f} GiB: lower image_size or batch_size, or raise memory"
            )
        images = Files(images, image_size)
    if isinstance(images, Dataset):
        # of a generator of its own, so that PyTorch's global one stays as it is
        return DataLoader(images, batch_size, generator=torch.Generator())
    if isinstance(images, np.ndarray | Tensor):
        return _images(images).split(batch_size)
    if isinstance(images, Mapping) or not isinstance(images, Iterable):
        raise TypeError(
            f"images: got {type(images).__name__}, want a tensor, an array, a DataLoader or "
            "another iterable of batches, a Dataset, or a folder of images; of a dict, "
            "forward=lambda network, batch: network(**batch) says how a network takes it"
        )
    return images


def _cut(given: Mapping, batch_size: int) -> list[dict[str, Tensor]]:
    """Batches of a dict of tensors that has all images at once, such as a tokenizer gives."""
    tensors = {name: _tensor(name, values) for name, values in given.items()}
    counts = {name: len(values) if values.ndim else 0 for name, values in tensors.items()}
    if len({*counts.values()}) != 1 or 0 in counts.values():
        has = ", ".join(f"{name} with {count}" for name, count in counts.items()) or "nothing"
        raise ValueError(
            f"images: got a dict of {has}, want a row for each image in all; put what cannot be "
            "cut, such as a graph, into a list of batches, [batch]"
        )
    parts = zip(*(values.split(batch_size) for values in tensors.values()), strict=True)
    return [dict(zip(tensors, part, strict=True)) for part in parts]


def _tensor(name: str, values: object) -> Tensor:
    """One part of such a dict."""
    try:
        return torch.as_tensor(values)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(
            f"images: {name} in the dict is no tensor ({error}); leave it out, pad sequences to "
            "one length, or give a list of batches, [batch]"
        ) from error


def _unchanged(batch: Any) -> Any:
    return batch


def _images(batch: object) -> Tensor:
    """The images of a batch: alone, or with labels in a tuple or a dict."""
    if isinstance(batch, Mapping):
        key = next((key for key in KEYS if key in batch), None)
        if key is None:
            has, want = (", ".join(map(str, keys)) for keys in (batch, KEYS))
            raise ValueError(
                f"images: got batches with {has}, want {want}, or the images alone; or say how a "
                "network takes them, forward=lambda network, batch: network(**batch)"
            )
        batch = batch[key]
    elif isinstance(batch, tuple | list) and batch:
        batch = batch[0]
    if isinstance(batch, np.ndarray):
        batch = torch.from_numpy(batch)
    if not isinstance(batch, Tensor) or batch.ndim < 2:
        got = tuple(batch.shape) if isinstance(batch, Tensor) else type(batch).__name__
        raise ValueError(
            f"images: got a batch of {got}, want a tensor (n, c, h, w), or (n, ...); of anything "
            "else, such as a list of graphs, forward=lambda network, batch: ... says how a network "
            "takes it"
        )
    if batch.dtype == torch.uint8:
        want = "floats as the network takes them, such as (x / 255 - mean) / std"
        raise ValueError(f"images: got uint8, want {want}")
    return batch
