"""Images in files, as torchvision reads them, cut to one size."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.data import Dataset

from .seeds import derive_seed

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""The statistics with which torchvision's networks were trained."""

RESIZED = 256 / 224
"""The shorter side of an image, before its centre is cut out, divided by the centre's side."""


class Pictures(Dataset):
    """Images in files, `(3, size, size)` uint8 each.

    Args:
        root: the folder that they are in.
        files: paths below it.
        size: height and width to which they are cut.
        draws: seeds: a random part of each image, 8 to 100 % of its area, is cut out and resized
            (Szegedy et al. 2015). Which part depends on the seeds and on the path alone. Without
            seeds the shorter side is resized, and the centre cut out.

    Raises:
        OSError: when a file is read that is no image; the message names it.
    """

    def __init__(
        self, root: Path, files: Sequence[str | Path], size: int, draws: tuple[int | str, ...] = ()
    ) -> None:
        from torchvision import transforms  # imports half of torchvision

        self.root, self.files, self.draws = root, files, draws
        centre = transforms.Resize(round(RESIZED * size)), transforms.CenterCrop(size)
        part = [transforms.RandomResizedCrop(size)] if draws else centre
        self._cut = transforms.Compose([*part, transforms.PILToTensor()])

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int) -> Tensor:
        from torchvision.datasets.folder import default_loader

        file = self.files[index]
        try:
            picture = default_loader(str(self.root / file))
        except OSError as error:
            raise OSError(
                f"{self.root / file} cannot be read as an image ({error}): replace or remove it"
            ) from error
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(derive_seed("crop", *self.draws, str(file)))
            return self._cut(picture)


def readers() -> int:
    """How many processes read images for one job: one less than its threads, since it keeps one."""
    return max(torch.get_num_threads() - 1, 0)
