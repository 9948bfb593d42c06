"""Two functions of matrices for the page on the metrics."""

import numpy as np
from numpy.linalg import eigh, qr

EMPTY = 1e-12  # an eigenvalue of a Gram matrix below this share of the largest one counts as 0


def rotation(columns: int) -> np.ndarray:
    """A random orthogonal matrix, (columns, columns), the same each time."""
    return qr(np.random.default_rng(2).standard_normal((columns, columns)))[0]


def root(k: np.ndarray) -> np.ndarray:
    """The square root of a Gram matrix (n, n), which may be of low rank."""
    values, vectors = eigh(k)
    # the root of what should be 0 is far from 0
    values[values < EMPTY * values[-1]] = 0
    return vectors * np.sqrt(values) @ vectors.T
