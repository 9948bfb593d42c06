"""What a metric says of two representations that have nothing to do with each other."""

from __future__ import annotations

import math

import numpy as np

from ..metrics import compare
from .networks import describe
from .tables import Table

PROBE_IMAGES = 5000
"""Images whose representations the paper compares (section 4)."""

SPECTRA = {0.0: "all equal", 0.5: "1/√i", 1.0: "1/i", 1.5: "1/i√i", 2.0: "1/i²"}
"""exponent -> how the i-th eigenvalue falls, for the reader."""


def cka_floor(rows: int, columns_x: int, columns_y: int) -> float:
    """CKA of independent standard normal `(rows, columns)`, for large sizes."""
    return 1 / math.sqrt((1 + rows / columns_x) * (1 + rows / columns_y))


def nbs_floor(rows: int, columns_x: int, columns_y: int, points: int = 4000) -> float:
    """NBS of independent standard normal `(rows, columns)`, for large sizes.

    NBS is the mean root of the eigenvalues t of a product of two independent Wishart matrices.
    The limit of their density ν is given by ψ = ∫ t'/(t - t') ν(dt'), which solves
    t ψ = (1 + ψ)(1 + a ψ)(1 + b ψ), where a = rows/columns_x and b = rows/columns_y (Voiculescu's
    S-transform of two Marchenko-Pastur laws). The density is |Im ψ| / (π t).

    Args:
        points: of the midpoint rule over √t.
    """
    a, b = rows / columns_x, rows / columns_y
    end = (1 + math.sqrt(a)) * (1 + math.sqrt(b))
    roots = (np.arange(points) + 0.5) * end / points
    # Eigenvalues of the companion matrices are the three solutions ψ for each t.
    companions = np.zeros((points, 3, 3))
    companions[:, 0, 0] = -(a * b + a + b) / (a * b)
    companions[:, 0, 1] = -(1 + a + b - roots**2) / (a * b)
    companions[:, 0, 2] = -1 / (a * b)
    companions[:, 1, 0] = companions[:, 2, 1] = 1
    psi = np.linalg.eigvals(companions)
    return float(2 / math.pi * np.abs(psi.imag).max(1).sum() * end / points)


def cca_floor(rows: int, columns: int) -> float:
    """Mean CCA of independent standard normal `(rows, columns)`, for large sizes.

    (sin φ - φ cos φ) / (π α), where α = columns / rows and cos φ = 1 - 2 α: the mean of Wachter's
    (1980) law. 8 / (3 π) · √α for small α.

    Raises:
        ValueError: fewer than two rows for each column.
    """
    if 2 * columns > rows:
        raise ValueError(f"columns: got {columns} of {rows} rows, want at most half as many")
    share = columns / rows
    phi = math.acos(1 - 2 * share)
    return (math.sin(phi) - phi * math.cos(phi)) / (math.pi * share)


def blocks(model: str = "vgg16_bn") -> dict[str, tuple[int, ...]]:
    """Output shape for one image of each block of convolutions, and of the output layer.

    Convolutions belong to one block as long as their outputs have the same shape.
    """
    layers = describe(model)
    shapes = dict.fromkeys(layer.shape for layer in layers if layer.kind == "conv")
    named = {f"block\u00a0{i}": shape for i, shape in enumerate(shapes, start=1)}
    return named | {layer.name: layer.shape for layer in layers if layer.kind == "out"}


def layer_floors(rows: int = PROBE_IMAGES) -> Table:
    """The floors at the shapes of VGG16_BN, if all directions had the same variance."""
    header = ["Layers", "Output", "CKA", "NBS", "CCA, n·h·w rows", "CCA, n rows"]
    lines = []
    for name, shape in blocks().items():
        columns, channels = math.prod(shape), shape[0]
        floors = (
            cka_floor(rows, columns, columns),
            nbs_floor(rows, columns, columns),
            cca_floor(rows * (columns // channels), channels),
            cca_floor(rows, channels),
        )
        size = "\u00d7".join(map(str, shape))
        lines.append([name, size, *(f"{floor:.2f}" for floor in floors)])
    return Table(header, lines, numeric=header[2:])


def measured_floors(rows: int, columns: int, seed: int = 4) -> dict[float, dict[str, float]]:
    """Metrics of two independent normal matrices whose eigenvalues fall as i to the minus e.

    Returns:
        e -> participation ratio (`ratio`), `cka`, its exact mean over permutations of the rows
        (`null`), `cka_debiased`, `nbs`.
    """
    x, y = np.random.default_rng(seed).standard_normal((2, rows, columns))
    order = np.arange(1, columns + 1)
    found = {}
    for exponent in SPECTRA:
        scale = order ** (-exponent / 2)
        lines = compare(x * scale, y * scale, metrics=("cka", "cka_debiased", "nbs"))
        found[exponent] = {line["metric"]: line["value"] for line in lines}
        found[exponent] |= {"null": lines[0]["null_mean"], "ratio": lines[0]["pr_x"]}
    return found


def spectrum_floors(found: dict[float, dict[str, float]]) -> Table:
    """`measured_floors` as a table, one row for each spectrum."""
    names = {
        "ratio": "PR",
        "cka": "CKA",
        "null": "exact mean",
        "cka_debiased": "debiased",
        "nbs": "NBS",
    }
    rows = [
        [
            SPECTRA[exponent],
            *(_rounded(values[name], 0 if name == "ratio" else 3) for name in names),
        ]
        for exponent, values in found.items()
    ]
    header = ["Eigenvalues", *names.values()]
    return Table(header, rows, numeric=header[1:])


def _rounded(value: float, digits: int) -> str:
    # What rounds to 0 has no sign.
    return f"{round(value, digits) + 0:.{digits}f}"
