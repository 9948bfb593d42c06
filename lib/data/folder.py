"""Images that stay in their files: a folder for each class, read batch by batch."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import torch
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

from ..seeds import derive_seed, generator
from .dataset import Dataset, Images

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""The statistics with which torchvision's networks were trained."""

RESIZED = 256 / 224
"""The shorter side of an image, before its centre is cut out, divided by the centre's side."""

TEST_FOLDERS = ("val", "test")

IN_MEMORY = 256
"""How many images `in_memory` reads at a time."""


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
        if isinstance(indices, torch.Tensor) and indices.dtype == torch.bool:
            indices = indices.nonzero().flatten()
        chosen = torch.arange(len(self))[indices.cpu() if torch.is_tensor(indices) else indices]
        files = tuple(self.files[i] for i in chosen.tolist())
        return replace(self, files=files, labels=self.labels[chosen.to(self.device)])

    def batches(
        self, batch_size: int, order: torch.Tensor | None = None, draws: tuple[int | str, ...] = ()
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """All images once.

        Args:
            batch_size: images in a batch; the last one may be smaller.
            order: (n,) indices; None for the images' own order.
            draws: seeds of this pass over the training images: a random part of each, 8 to 100 %
                of its area, is cut out and resized (Szegedy et al. 2015). Which part depends on
                the seeds and on the image alone, not on batches or workers. Without seeds the
                centre is cut out.

        Yields:
            (b, 3, size, size) uint8 and (b,) int64, on `device`.
        """
        indices = range(len(self)) if order is None else order.tolist()
        on_gpu = self.device.type == "cuda"
        loader = DataLoader(
            _Pictures(self, draws),
            batch_size,
            sampler=indices,
            num_workers=self.workers,
            pin_memory=on_gpu,
            generator=torch.Generator(),  # PyTorch's global one stays as it is
        )
        for pixels, chosen in loader:
            chosen = chosen.to(self.device)
            yield pixels.to(self.device, non_blocking=on_gpu), self.labels[chosen]

    def in_memory(self) -> Images:
        """All of these images, read into memory, where they must fit."""
        blank = torch.empty(0, *self.shape, dtype=torch.uint8, device=self.device)
        parts = [pixels for pixels, _ in self.batches(IN_MEMORY)]
        return Images(torch.cat(parts or [blank]), self.labels)

    def add_to(self, digest: hashlib._Hash) -> None:
        """Add names, sizes in bytes, and labels to a checksum; contents aren't read.

        The checksum changes when a file is added, removed, moved to another class or gets another
        length, but not when only its contents change.
        """
        digest.update(f"{self.size} {len(self)}\n".encode())
        for file, label in zip(self.files, self.labels.tolist(), strict=True):
            digest.update(f"{file} {(self.root / file).stat().st_size} {label}\n".encode())


class _Pictures(TorchDataset):
    """What a worker of the loader reads: image i as uint8, and i."""

    def __init__(self, images: StreamedImages, draws: tuple[int | str, ...]):
        self.root, self.files, self.size = images.root, images.files, images.size
        self.draws = draws

    def __len__(self) -> int:
        return len(self.files)

    @cached_property
    def _centre(self):
        from torchvision import transforms

        side = round(RESIZED * self.size)
        return transforms.Compose([transforms.Resize(side), transforms.CenterCrop(self.size)])

    @cached_property
    def _part(self):
        from torchvision import transforms

        return transforms.RandomResizedCrop(self.size)

    def __getitem__(self, i: int) -> tuple[torch.Tensor, int]:
        from torchvision.datasets.folder import default_loader
        from torchvision.transforms.functional import pil_to_tensor

        path = self.root / self.files[i]
        try:
            picture = default_loader(str(path))
        except OSError as error:
            raise OSError(
                f"{path} cannot be read as an image ({error}): replace or remove it"
            ) from error
        if not self.draws:
            return pil_to_tensor(self._centre(picture)), i
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(derive_seed("crop", *self.draws, self.files[i]))
            return pil_to_tensor(self._part(picture)), i


def workers() -> int:
    """How many processes read images for one job: one less than its threads, since it keeps one."""
    return max(torch.get_num_threads() - 1, 0)


def load_folder(
    folder: str | Path,
    size: int = 224,
    workers: int = 0,
    mean: tuple[float, float, float] = IMAGENET_MEAN,
    std: tuple[float, float, float] = IMAGENET_STD,
) -> Dataset:
    """Your own data set, or ImageNet: `train/<class>/<image>` and `val/<class>/<image>`.

    torchvision finds and decodes the images. Only their names are kept, so it doesn't matter how
    many there are. They are shuffled once, in the same way on every machine, so that the first
    ones come from all classes.

    Args:
        folder: holds `train`, and `val` or `test`.
        size: height and width to which images are cut.
        workers: processes that read and decode; 0 to do so in this process.
        mean, std: for `normalise`, in units of pixel value / 255; those of ImageNet by default.

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
    splits, classes = [], []
    for name in ("train", held_out):
        images, found = _split(folder / name, size, workers)
        splits.append(images)
        classes.append(found)
    if classes[0] != classes[1]:
        differ = sorted(set(classes[0]) ^ set(classes[1]))
        raise ValueError(f"{folder}: train and {held_out} differ in the classes {differ}")
    return Dataset(
        name=folder.resolve().name,
        train=splits[0],
        test=splits[1],
        classes=classes[0],
        mean=mean,
        std=std,
        description=(
            f"Images of {len(classes[0]):,} classes in files, {len(splits[0]):,} to train on and "
            f"{len(splits[1]):,} to test on, cut to {size}x{size}."
        ),
    )


def _split(root: Path, size: int, workers: int) -> tuple[StreamedImages, tuple[str, ...]]:
    from torchvision.datasets import ImageFolder  # imports half of torchvision

    found = ImageFolder(str(root))
    files = tuple(Path(path).relative_to(root).as_posix() for path, _ in found.samples)
    labels = torch.tensor(found.targets, dtype=torch.int64)
    images = StreamedImages(root, files, labels, size, workers)
    # torchvision lists one class after the other, but the first images should be of all classes
    mixed = torch.randperm(len(files), generator=generator("cpu", "order of files", root.name))
    return images.take(mixed), tuple(found.classes)
