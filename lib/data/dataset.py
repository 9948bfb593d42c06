"""A data set as tensors, for training and recording."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import torch


@dataclass(frozen=True)
class Images:
    """Labelled images of one split."""

    pixels: torch.Tensor  # (n, c, h, w) uint8
    labels: torch.Tensor  # (n,) int64, on the same device

    def __len__(self) -> int:
        return len(self.pixels)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(c, h, w) of one image."""
        return tuple(self.pixels.shape[1:])

    def to(self, device: torch.device | str) -> Images:
        return Images(self.pixels.to(device), self.labels.to(device))

    @property
    def device(self) -> torch.device:
        return self.pixels.device

    def take(self, indices: torch.Tensor | slice) -> Images:
        """Some of the images: by indices, a boolean mask `(n,)` or a slice."""
        return Images(self.pixels[indices], self.labels[indices])


@dataclass(frozen=True)
class Dataset:
    """A named data set."""

    name: str
    train: Images
    test: Images
    classes: tuple[str, ...]  # label i means `classes[i]`
    mean: tuple[float, ...]  # of each channel, for `normalise`
    std: tuple[float, ...]
    description: str  # what the images are and where they come from, in one sentence

    def to(self, device: torch.device | str) -> Dataset:
        """The same data set with both splits on a device."""
        return replace(self, train=self.train.to(device), test=self.test.to(device))

    def of_classes(self, labels: tuple[int, ...]) -> Dataset:
        """The images of some classes only; the first of `labels` becomes class 0, and so on.

        ValueError if the data set lacks one of these classes.
        """
        absent = [label for label in labels if not 0 <= label < len(self.classes)]
        if absent:
            raise ValueError(
                f"{self.name} has the classes 0 to {len(self.classes) - 1}, but not {absent}"
            )
        new = torch.full((len(self.classes),), -1)
        new[list(labels)] = torch.arange(len(labels))

        def chosen(images: Images) -> Images:
            relabelled = new.to(images.labels.device)[images.labels]
            kept = relabelled >= 0
            return Images(images.pixels[kept], relabelled[kept])

        names = tuple(self.classes[label] for label in labels)
        return replace(
            self,
            train=chosen(self.train),
            test=chosen(self.test),
            classes=names,
            description=f"{self.description.removesuffix('.')}; only {', '.join(names)}.",
        )

    def sha256(self) -> str:
        """Checksum of the pixels and labels, whatever file they were read from."""
        digest = hashlib.sha256()
        for split in (self.train, self.test):
            for tensor in (split.pixels, split.labels):
                digest.update(repr(tuple(tensor.shape)).encode())
                digest.update(tensor.cpu().contiguous().numpy().tobytes())
        return digest.hexdigest()


def normalise(
    pixels: torch.Tensor,
    mean: tuple[float, ...],
    std: tuple[float, ...],
    dtype: torch.dtype = torch.float32,
) -> torch.Tensor:
    """The input of a network, (n, c, h, w): (pixels / 255 - mean) / std, channel by channel.

    Args:
        pixels: (n, c, h, w), values in [0, 255], uint8 or floating.
        mean, std: c numbers each, in units of pixel value / 255.
    """
    shape = (1, -1, 1, 1)
    offset = torch.tensor(mean, dtype=dtype, device=pixels.device).view(shape) * 255
    scale = torch.tensor(std, dtype=dtype, device=pixels.device).view(shape) * 255
    return (pixels.to(dtype) - offset) / scale
