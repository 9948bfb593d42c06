"""Exact moments of ⟨A, B⟩ over all permutations of the rows and columns of one of two matrices.

Kazi-Aoual, Hitier, Sabatier and Lebreton (1995) give them for centred matrices in closed form. Here
they follow from one rule for any order. ⟨A, B⟩ᵐ is a sum over 2m indices. A random permutation
sends different indices to any different indices with equal probability. So its mean is a sum over
the set partitions of the indices: the sum of products of entries of A whose indices coincide
exactly as in the partition, times the same sum for B, over n (n - 1) ... for as many factors as
there are blocks.

Such a sum over different indices follows from sums over free indices by Möbius inversion. For a
centred matrix without trace few of these remain: a row that occurs once sums to 0, and so does a
diagonal entry that shares no index.
"""

import math
from collections import Counter
from collections.abc import Iterator
from functools import cache

import numpy as np

INVARIANTS = {
    2: {(1, 2): "Σ aᵢᵢ²", (2, 0): "Σ aᵢⱼ²"},
    3: {
        (1, 3): "Σ aᵢᵢ³",
        (2, 1): "Σ aᵢᵢ aᵢⱼ²",
        (2, 0): "Σ aᵢⱼ³",
        (2, 2): "Σ aᵢᵢ aᵢⱼ aⱼⱼ",
        (3, 0): "Σ aᵢⱼ aⱼₖ aₖᵢ",
    },
}
"""order -> {(different indices, diagonal entries): the sum over free indices}."""


def central_moment(order: int, n: int, a: np.ndarray, b: np.ndarray) -> float:
    """The mean of ⟨A, B⟩ᵐ over all permutations of n rows, for centred A and B without trace, of
    which a and b are the sums `INVARIANTS[order]`; m is 2 or 3."""
    total = 0.0
    for blocks, products in _products(order).items():
        if blocks <= n:
            total += float(a @ products @ b) / math.perm(n, blocks)
    return total


@cache
def _products(order: int) -> dict[int, np.ndarray]:
    """Number of blocks -> the products of invariants to which its partitions contribute."""
    kinds = list(INVARIANTS[order])
    products: dict[int, np.ndarray] = {}
    for partition in _partitions(2 * order):
        blocks = max(partition) + 1
        of_different = np.zeros(len(kinds))
        for merged in _partitions(blocks):
            kind = _kind([merged[block] for block in partition])
            if kind is not None:
                sizes = Counter(merged).values()
                signs = ((-1) ** (size - 1) * math.factorial(size - 1) for size in sizes)
                of_different[kinds.index(kind)] += math.prod(signs)
        outer = np.outer(of_different, of_different)
        products[blocks] = products.get(blocks, np.zeros_like(outer)) + outer
    return products


def _partitions(size: int) -> Iterator[tuple[int, ...]]:
    """All set partitions of 0 ... size - 1, as the block of each; blocks begin in order."""
    if size == 0:
        yield ()
        return
    for rest in _partitions(size - 1):
        for block in range(max(rest, default=-1) + 2):
            yield (*rest, block)


def _kind(indices: list[int]) -> tuple[int, int] | None:
    """The key of a product of entries in `INVARIANTS`; None if its sum over free indices is 0."""
    entries = list(zip(indices[::2], indices[1::2], strict=True))
    occurs = Counter(indices)
    for row, column in entries:
        singleton = occurs[row] == 2 if row == column else 1 in (occurs[row], occurs[column])
        if singleton:
            return None
    return len(occurs), sum(row == column for row, column in entries)
