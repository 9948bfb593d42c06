"""The square root of a matrix, for the page on the metrics."""

import numpy as np
from numpy.linalg import eigh

EMPTY = 1e-12  # an eigenvalue of a Gram matrix below this share of the largest one counts as 0


def root(k: np.ndarray) -> np.ndarray:
    """The square root of a Gram matrix (n, n), which may be of low rank."""
    values, vectors = eigh(k)
    # the root of what should be 0 is far from 0
    values[values < EMPTY * values[-1]] = 0
    return vectors * np.sqrt(values) @ vectors.T
