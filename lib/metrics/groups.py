"""Random orders of images for a null, and groups of images such as the frames of a clip."""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from ..validation import integer
from .metric import Pair

FEWEST = 20
"""Least number of permutations, and of orders of groups: with fewer, no p-value is below 0.05."""

COLUMNS = 8
"""Columns in which rows are compared first; only rows that agree in these are read whole."""


@dataclass(frozen=True)
class Groups:
    """A partition of the images."""

    members: tuple[Tensor, ...]  # of each group, the indices of its images, in their order

    def __len__(self) -> int:
        """Number of groups."""
        return len(self.members)

    @cached_property
    def by_size(self) -> list[Tensor]:
        """Groups by size, `(groups, size)` each: only groups of equal size can change places."""
        sizes: dict[int, list[Tensor]] = defaultdict(list)
        for images in self.members:
            sizes[len(images)].append(images)
        return [torch.stack(alike) for alike in sizes.values()]

    @property
    def too_few(self) -> str:
        """The reason why there is no null, or ""."""
        orders = math.exp(min(sum(math.lgamma(len(alike) + 1) for alike in self.by_size), 50))
        if orders > FEWEST - 0.5:
            return ""
        return (
            f"groups: {len(self)} have {orders:.0f} orders of groups of equal size, want {FEWEST}"
        )

    def order(self, generator: torch.Generator) -> Tensor:
        """A random order of the images in which whole groups have changed places."""
        order = torch.empty(sum(alike.numel() for alike in self.by_size), dtype=torch.long)
        for alike in self.by_size:
            order[alike] = alike[torch.randperm(len(alike), generator=generator)]
        return order


def group_labels(groups: object) -> list | None:
    """One label for each image, as a list; None without groups."""
    if groups is None:
        return None
    if hasattr(groups, "tolist"):
        groups = groups.tolist()  # of an array, a tensor, a Series
    wrong = isinstance(groups, str | bytes) or not isinstance(groups, Iterable)
    labels = [] if wrong else [*groups]
    if wrong or any(getattr(label, "__hash__", None) is None for label in labels):
        raise ValueError("groups: want one label for each image, such as [0, 0, 1, 1]")
    return labels


def read_groups(groups: object, images: int) -> Groups | None:
    """Groups from a label for each image; None if every image has a label of its own."""
    labels = group_labels(groups)
    if labels is None:
        return None
    if len(labels) != images:
        raise ValueError(f"groups: got {len(labels)} labels, want one for each of {images} images")
    members: dict[object, list[int]] = defaultdict(list)
    for image, label in enumerate(labels):
        members[label].append(image)
    return Groups(tuple(map(torch.tensor, members.values()))) if len(members) < images else None


def check_permutations(permutations: object, seed: object) -> None:
    """Refuse an invalid number of permutations or an invalid seed before any work is done."""
    why = "each takes as long as the similarity itself"
    integer("permutations", permutations, 0, 1_000_000, why)
    integer("seed", seed, 0, 2**63 - 1, "PyTorch's generators take no larger one")


def random_orders(
    images: int, permutations: int, seed: int, groups: Groups | None = None
) -> Iterator[Tensor]:
    """Permutations `(images,)`, the same for all layers and on every device. With groups they move
    whole groups, and there are none if the groups are too few."""
    generator = torch.Generator().manual_seed(seed)  # on the CPU
    for _ in range(0 if groups and groups.too_few else permutations):
        yield groups.order(generator) if groups else torch.randperm(images, generator=generator)


def repeats(pair: Pair) -> str:
    """A warning about images that repeat exactly in both representations, or ""."""
    sides = [side.data.flatten(1) for side in (pair.x, pair.y)]
    few = [digests(side[:, :: max(side.shape[1] // COLUMNS, 1)][:, :COLUMNS]) for side in sides]
    of_images = [*zip(*few, strict=True)]
    times = Counter(of_images)
    alike = [image for image, digest in enumerate(of_images) if times[digest] > 1]
    whole = {tuple(digests(side[image : image + 1])[0] for side in sides) for image in alike}
    return repeats_note(pair.x.images, pair.x.images - len(alike) + len(whole))


def repeats_note(images: int, different: int) -> str:
    """A warning about duplicate images, from the numbers of all and of different images, or ""."""
    if different == images:
        return ""
    return (
        f"{images} images, of which {different} differ: the null is too low and too narrow, and "
        "p-values are too small; groups= says which belong together"
    )


def digests(rows: Tensor) -> list[bytes]:
    """A digest of each row `(n, ...)`: equal for equal rows only."""
    values = rows.detach().flatten(1).contiguous().view(torch.uint8).cpu().numpy()
    return [hashlib.blake2b(row).digest() for row in values]
