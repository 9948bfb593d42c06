"""Synthetic representations of which theory says how similar they are.

Drawn by NumPy in float64 from fixed seeds: the same numbers on every machine, to all digits that
a page prints.
"""

from __future__ import annotations

import math

import numpy as np

TOLERANCE = 1e-10
ROWS = 5000


def confirm(name: str, by_hand: float, by_library: float) -> str:
    """Two computations of one metric as a line of text, narrow enough for a phone.

    Raises:
        AssertionError: they differ by more than `TOLERANCE`.
    """
    if not abs(by_hand - by_library) <= TOLERANCE:
        raise AssertionError(f"{name}: {by_hand!r} by hand, {by_library!r} by lib.metrics")
    return f"{name:<15} by hand {by_hand:.3f}  library {by_library:.3f}"


def overlapping(
    shared: int, columns: int, rows: int = ROWS, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Two representations `(rows, columns)` with some columns in common, the others independent.

    All columns are standard normal. Canonical correlations, and shares of the kernels' products,
    are 1 for the shared columns and 0 for the others. So mean CCA, CKA and NBS tend to
    shared / columns.
    """
    x, other = np.random.default_rng(seed).standard_normal((2, rows, columns))
    return x, np.hstack([x[:, :shared], other[:, shared:]])


def at_angle(
    angle: float, columns: int, rows: int = ROWS, seed: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """x and cos(angle) x + sin(angle) noise, both `(rows, columns)`, x and noise standard normal.

    Every canonical correlation tends to cos(angle). So do mean CCA and NBS; CKA tends to its
    square.
    """
    x, noise = np.random.default_rng(seed).standard_normal((2, rows, columns))
    return x, math.cos(angle) * x + math.sin(angle) * noise


def rotation(columns: int, seed: int = 2) -> np.ndarray:
    """A random orthogonal matrix `(columns, columns)`."""
    return np.linalg.qr(np.random.default_rng(seed).standard_normal((columns, columns)))[0]


def with_dead(x: np.ndarray, dead: int) -> np.ndarray:
    """A copy whose last columns are 0, as the channels that pruning has silenced."""
    copy = x.copy()
    copy[:, x.shape[1] - dead :] = 0
    return copy


def rank_blind_cca(x: np.ndarray, y: np.ndarray) -> float:
    """Mean CCA as it is often written: a basis vector for every column, dead or alive."""
    basis_x, _ = np.linalg.qr(x - x.mean(0))
    basis_y, _ = np.linalg.qr(y - y.mean(0))
    return float(np.linalg.svd(basis_x.T @ basis_y, compute_uv=False).mean())


def maps(images: int, channels: int, size: int, seed: int = 3) -> np.ndarray:
    """Feature maps `(images, channels, size, size)` in which neighbouring positions are alike."""
    noise = np.random.default_rng(seed).standard_normal((images, channels, size, size))
    for axis in (2, 3):
        noise = noise + np.roll(noise, 1, axis)
    return noise


def shuffled(x: np.ndarray, seed: int = 5) -> np.ndarray:
    """Feature maps `(n, c, h, w)` whose positions are reordered, in the same way for all."""
    flat = x.reshape(*x.shape[:2], -1)
    return flat[:, :, np.random.default_rng(seed).permutation(flat.shape[2])].reshape(x.shape)


def mixed_channels(x: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Feature maps whose channels are mixed by a matrix, the same at every position."""
    return np.einsum("nchw,cd->ndhw", x, matrix)
