"""What the page on the metrics needs beside its formulas."""

import numpy as np
from numpy.linalg import eigh, qr

EMPTY = 1e-12  # an eigenvalue of a Gram matrix below this share of the largest one counts as 0


def rotation(columns: int) -> np.ndarray:
    """A random orthogonal matrix, (columns, columns), the same each time."""
    return qr(np.random.default_rng(2).standard_normal((columns, columns)))[0]


def unbiased_hsic(k: np.ndarray, m: np.ndarray) -> float:
    """The unbiased estimate of HSIC, of Song et al. 2012, equation 5.

    Args:
        k, m: Gram matrices (n, n); their diagonals are not read.
    """
    n = len(k)
    without_k = k - np.diag(np.diag(k))
    without_m = m - np.diag(np.diag(m))
    sums = without_k.sum() * without_m.sum() / ((n - 1) * (n - 2))
    paths = 2 / (n - 2) * without_k.sum(0) @ without_m.sum(0)
    return (np.sum(without_k * without_m) + sums - paths) / (n * (n - 3))


def root(k: np.ndarray) -> np.ndarray:
    """The square root of a Gram matrix (n, n), which may be of low rank."""
    values, vectors = eigh(k)
    # the root of what should be 0 is far from 0
    values[values < EMPTY * values[-1]] = 0
    return vectors * np.sqrt(values) @ vectors.T
