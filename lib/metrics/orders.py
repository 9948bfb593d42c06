"""Random orders of the images, which sample a null."""

import torch
from torch import Tensor

from ..validation import integer
from .groups import Groups

MOST_PERMUTATIONS = 1_000_000
"""So many at most: each takes as long as the similarity itself, and p-values get no finer."""

MOST_BYTES = 2 << 30
"""All orders of the images are in memory at once, since they are the same for all layers."""

LARGEST_SEED = 2**63 - 1


def check_permutations(permutations: object, seed: object) -> None:
    """Refuse what is no number of permutations, or no seed, before any work is done.

    Raises:
        ValueError: no such integers.
    """
    why = "each takes as long as the similarity itself"
    integer("permutations", permutations, 0, MOST_PERMUTATIONS, why)
    integer("seed", seed, 0, LARGEST_SEED, "PyTorch's generators take no larger one")


def random_orders(
    images: int, permutations: int, seed: int, groups: Groups | None = None
) -> list[Tensor]:
    """Permutations `(images,)`, which are the same for all layers, and on every device.

    Args:
        groups: which change places as a whole; none do where they are too few.

    Raises:
        ValueError: as for `check_permutations`; more than fit into `MOST_BYTES`.
    """
    check_permutations(permutations, seed)
    fit = MOST_BYTES // (8 * max(images, 1))
    why = f"those of {images:,} images must fit into {MOST_BYTES >> 30} GiB"
    integer("permutations", permutations, 0, fit, why)
    generator = torch.Generator().manual_seed(seed)  # on the CPU
    if groups is not None:
        return [] if groups.too_few else [groups.order(generator) for _ in range(permutations)]
    return [torch.randperm(images, generator=generator) for _ in range(permutations)]
