"""Images that stay in their files: a folder for each class, read batch by batch."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch.utils.data import DataLoader

from ..pictures import IMAGENET_MEAN, IMAGENET_STD, Pictures
from ..seeds import generator
from .dataset import Dataset, Images

TEST_FOLDERS = ("val", "test")


@dataclass(frozen=True)
class StreamedImages:
    """Labelled images of one split, in files, with the methods of `Images` but without `pixels`.

    Attributes:
        root: the split's folder.
        files: paths below it, in the order of the images.
        labels: (n,) int64.
        size: height and width of the images as they are read.
        workers: processes that read and decode; 0 to do so in this process.
    """

    root: Path
    files: tuple[str, ...]
    labels: torch.Tensor
    size: int
    workers: int = 0

    def __len__(self) -> int:
        return len(self.files)

    @property
    def device(self) -> torch.device:
        """Where batches are put."""
        return self.labels.device

    @property
    def shape(self) -> tuple[int, int, int]:
        """(c, h, w) of one image."""
        return 3, self.size, self.size

    def to(self, device: torch.device | str) -> StreamedImages:
        return replace(self, labels=self.labels.to(device))

    def take(self, indices: torch.Tensor | slice) -> StreamedImages:
        chosen = torch.arange(len(self), device=self.device)[indices]
        files = tuple(self.files[i] for i in chosen.tolist())
        return replace(self, files=files, labels=self.labels[chosen])

    def batches(
        self, batch_size: int, order: torch.Tensor | None = None, draws: tuple[int | str, ...] = ()
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """All images once; arguments and results are those of `Images.batches`.

        Args:
            draws: seeds of this pass over the training images, see `Pictures`. Neither batches nor
                workers change what they decide.
        """
        order = torch.arange(len(self)) if order is None else order
        labels = self.labels[order.to(self.device)].split(batch_size)
        on_gpu = self.device.type == "cuda"
        loader = DataLoader(
            Pictures(self.root, self.files, self.size, draws),
            batch_size,
            sampler=order.tolist(),
            num_workers=self.workers,
            pin_memory=on_gpu,
            generator=torch.Generator(),  # PyTorch's global one stays as it is
        )
        # not strict: of no images there is no batch, but an empty part of the labels
        for pixels, known in zip(loader, labels, strict=False):
            yield pixels.to(self.device, non_blocking=on_gpu), known

    def in_memory(self) -> Images:
        """All of these images, read into memory, where they must fit."""
        blank = torch.empty(0, *self.shape, dtype=torch.uint8, device=self.device)
        return Images(torch.cat([blank, *(pixels for pixels, _ in self.batches(256))]), self.labels)

    def add_to(self, digest: hashlib._Hash) -> None:
        """Add names, sizes in bytes, and labels to a checksum; contents aren't read.

        The checksum changes when a file is added, removed, moved to another class or gets another
        length, but not when only its contents change.
        """
        digest.update(f"{self.size} {len(self)}\n".encode())
        for file, label in zip(self.files, self.labels.tolist(), strict=True):
            digest.update(f"{file} {(self.root / file).stat().st_size} {label}\n".encode())


def load_folder(
    folder: str | Path,
    size: int = 224,
    workers: int = 0,
) -> Dataset:
    """Your own data set, or ImageNet: `train/<class>/<image>` and `val/<class>/<image>`.

    torchvision finds and decodes the images. Only their names are kept, so it doesn't matter how
    many there are. They are shuffled once, in the same way on every machine, so that the first
    ones come from all classes.

    Args:
        folder: holds `train`, and `val` or `test`.
        size: height and width to which images are cut.
        workers: processes that read and decode; 0 to do so in this process.

    Returns:
        The data set, whose `mean` and `std` are ImageNet's.

    Raises:
        FileNotFoundError: a split is missing, or a class has no image.
        ValueError: the splits have different classes, or the size is below 1.
    """
    folder = Path(folder)
    if size < 1:
        raise ValueError(f"size must be at least 1, got {size}")
    held_out = next((name for name in TEST_FOLDERS if (folder / name).is_dir()), None)
    if held_out is None or not (folder / "train").is_dir():
        raise FileNotFoundError(
            f"{folder} must hold the folders train, and {' or '.join(TEST_FOLDERS)}, each with a "
            "folder of images for each class"
        )
    from torchvision.datasets import ImageFolder

    def shuffled(found: ImageFolder) -> StreamedImages:
        root = Path(found.root)
        files = tuple(Path(path).relative_to(root).as_posix() for path, _ in found.samples)
        images = StreamedImages(root, files, torch.tensor(found.targets), size, workers)
        # torchvision lists one class after the other, but the first images should be of all classes
        mixed = torch.randperm(len(files), generator=generator("cpu", "order of files", root.name))
        return images.take(mixed)

    train, test = (ImageFolder(str(folder / name)) for name in ("train", held_out))
    if train.classes != test.classes:
        differ = sorted(set(train.classes) ^ set(test.classes))
        raise ValueError(f"{folder}: train and {held_out} differ in the classes {differ}")
    return Dataset(
        name=folder.resolve().name,
        train=shuffled(train),
        test=shuffled(test),
        classes=tuple(train.classes),
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        description=(
            f"Images of {len(train.classes):,} classes in files, {len(train):,} to train on and "
            f"{len(test):,} to test on, cut to {size}x{size}."
        ),
    )
