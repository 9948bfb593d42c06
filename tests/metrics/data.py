"""Small data as hard as real representations: a shared signal, noise, a falling spectrum."""

import numpy as np


def related(seed, shape_x, shape_y, noise=0.5):
    """Two arrays of the same data points: y mixes the columns of x and adds noise."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(shape_x) * np.linspace(1, 0.3, shape_x[1]).reshape(
        1, -1, *[1] * (len(shape_x) - 2)
    )
    mixing = rng.standard_normal((shape_x[1], shape_y[1])) / np.sqrt(shape_x[1])
    y = np.einsum("nc...,cd->nd...", x, mixing) + noise * rng.standard_normal(shape_y)
    return x, y
