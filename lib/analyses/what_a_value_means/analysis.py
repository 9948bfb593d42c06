"""Made-up data whose similarity theory knows, and what unrelated data get by chance."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.linalg import qr, svd

from ... import metrics
from ...book.report.names import METRICS
from ...book.report.style import METRIC_STYLES
from ...book.report.swatches import line_swatch
from ..similarity_metrics.analysis import rotation

POINT_LOOKS = {
    # it is SVCCA where all directions have the same variance, and has its colour
    "mean_cca": {
        "color": METRIC_STYLES["svcca"]["color"],
        "marker": "o",
        "markersize": 7.5,
        "markerfacecolor": "none",
        "markeredgewidth": 1.3,
    },
    "cka": {"color": METRIC_STYLES["cka"]["color"], "marker": "^", "markersize": 5},
    "nbs": {"color": METRIC_STYLES["nbs"]["color"], "marker": "D", "markersize": 3},
}
"""Points of three metrics often share one place: they are open or small enough to be seen."""

SPECTRA = {"all equal": 0, "1/√i": 0.5, "1/i": 1, "1/i√i": 1.5, "1/i²": 2}
"""How the eigenvalues fall with their number i -> the exponent of 1/i."""

CERTAIN = 1e-10
"""A p-value below this is not told from 0: the tail is an approximation."""


def overlapping(shared: int, columns: int = 16) -> tuple[np.ndarray, np.ndarray]:
    """Two representations (5000, columns) that share some of their independent columns."""
    x, fresh = np.random.default_rng(0).standard_normal((2, 5000, columns))
    return x, np.hstack([x[:, :shared], fresh[:, shared:]])


def at_angle(theta: float, rows: int = 5000, columns: int = 16) -> tuple[np.ndarray, np.ndarray]:
    """A representation (rows, columns), and its mixture with as much noise as an angle says.

    Args:
        theta: radians; 0 for no noise, a right angle for nothing else.
    """
    x, noise = np.random.default_rng(1).standard_normal((2, rows, columns))
    return x, np.cos(theta) * x + np.sin(theta) * noise


def measure_pairs(pairs: Sequence[tuple[np.ndarray, np.ndarray]]) -> dict[str, list[float]]:
    """{metric of `POINT_LOOKS`: its value for each pair}."""
    functions = {name: getattr(metrics, name) for name in POINT_LOOKS}
    return {name: [metric(*pair) for pair in pairs] for name, metric in functions.items()}


def draw_points(axes: Axes, places: Sequence[float], values: Mapping[str, Sequence[float]]) -> None:
    """A point at each place for each metric of `POINT_LOOKS`."""
    for name, look in POINT_LOOKS.items():
        axes.plot(places, values[name], linestyle="", label=METRICS[name], **look)
    axes.set_ylim(-0.02, 1.05)


def open_circle(colours: Mapping[str, str]) -> str:
    """The legend's swatch of mean CCA.

    Args:
        colours: colour in a figure -> colour on the page.
    """
    colour = colours[POINT_LOOKS["mean_cca"]["color"]]
    ring = f'<circle cx="13" cy="6" r="4.5" style="fill:none;stroke:{colour}"/>'
    return line_swatch("none", marker=ring)


def cka_null(n: int, p: int) -> float:
    """CKA of independent normal data (n, p), in the limit of large sizes."""
    return 1 / (1 + n / p)


def nbs_null(n: int, p: int, points: int = 4000) -> float:
    """NBS of independent normal data (n, p), in the limit of large sizes.

    The mean singular value of a product of two independent normal matrices: an integral
    over the imaginary part of psi, where t psi = (1 + psi)(1 + n/p psi)^2, at so many
    points.
    """
    ratio = n / p
    end = (1 + np.sqrt(ratio)) ** 2
    u = (np.arange(points) + 0.5) * end / points
    psi = [np.roots([ratio**2, ratio**2 + 2 * ratio, 1 + 2 * ratio - t, 1]) for t in u**2]
    return 2 / np.pi * np.abs(np.imag(psi)).max(1).sum() * end / points


def cca_null(n: int, p: int) -> float:
    """Mean CCA of independent normal data (n, p) with n >= 2p, in the limit of large sizes.

    The mean of Wachter's law of canonical correlations (Wachter 1980).
    """
    alpha = p / n
    phi = np.arccos(1 - 2 * alpha)
    return (np.sin(phi) - phi * np.cos(phi)) / (np.pi * alpha)


def nulls(shapes: Mapping[str, Sequence[int]], images: int) -> pd.DataFrame:
    """What unrelated representations get where all directions vary alike.

    Args:
        shapes: {layers: shape of their output for one image, (c, h, w) or (c,)}.
        images: how many.

    Returns:
        A row for each of `shapes`; mean CCA for as many independent rows as positions,
        and as images.
    """
    rows = {}
    for name, shape in shapes.items():
        features = int(np.prod(shape))
        channels = shape[0]
        rows[name] = {
            "Output": "\u00d7".join(map(str, shape)),
            "CKA": cka_null(images, features),
            "NBS": nbs_null(images, features),
            "CCA, n·h·w rows": cca_null(images * features // channels, channels),
            "CCA, n rows": cca_null(images, channels),
        }
    return pd.DataFrame(rows).T.infer_objects().rename_axis("Layers")


def unrelated(rows: int, columns: int) -> pd.DataFrame:
    """Unrelated data (rows, columns) whose eigenvalues fall ever more steeply: a row for each way.

    Returns:
        `PR`, the participation ratio; CKA with the exact mean of its null; debiased
        CKA; NBS.
    """
    pair = np.random.default_rng(4).standard_normal((2, rows, columns))
    values = {}
    for name, exponent in SPECTRA.items():
        x, y = pair * np.arange(1, columns + 1) ** (-exponent / 2)
        cka, debiased, nbs = metrics.compare(x, y, metrics=["cka", "cka_debiased", "nbs"])
        values[name] = {
            "PR": cka["pr_x"],
            "CKA": cka["value"],
            "exact mean": cka["null_mean"],
            "debiased": debiased["value"],
            "NBS": nbs["value"],
        }
    return pd.DataFrame(values).T.rename_axis("Eigenvalues")


def p_value_text(p_value: float) -> str:
    """`= 0.03`, or `below 1e-10` where the approximation says no more."""
    return f"below {CERTAIN:.0e}" if p_value < CERTAIN else f"= {p_value:.1g}"


def blind_cca(x: np.ndarray, y: np.ndarray) -> float:
    """Mean CCA (n, p) with a direction for every column, those without variance included."""
    x_basis = qr(x - x.mean(0))[0]
    y_basis = qr(y - y.mean(0))[0]
    return float(svd(x_basis.T @ y_basis, compute_uv=False).mean())


def with_dead(x: np.ndarray, dead: int) -> np.ndarray:
    """A copy of x (n, p) whose last columns, so many, are 0."""
    alive = np.arange(x.shape[1]) < x.shape[1] - dead
    return np.where(alive, x, 0)


def dead_channels(cosine: float, dead: Sequence[int], columns: int = 64) -> pd.DataFrame:
    """Mean CCA of data (2000, columns) and a rotated copy in which more and more columns are dead.

    Args:
        cosine: of the angle between the data and the copy before any column is dead: 1
            for no noise.
        dead: how many columns.

    Returns:
        Index: `dead`. Columns: `aware` of the rank, as `lib.metrics` is, and `blind` to
            it.
    """
    x, mixture = at_angle(np.arccos(cosine), 2000, columns)
    turned = mixture @ rotation(columns)
    copies = [with_dead(turned, number) for number in dead]
    values = {
        "aware": [metrics.mean_cca(x, copy) for copy in copies],
        "blind": [blind_cca(x, copy) for copy in copies],
    }
    return pd.DataFrame(values, index=dead)
