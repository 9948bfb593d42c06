"""The figures of the page: layers found again, and channels that find themselves."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from ...book.claims.vocabulary import PAPER_METRICS
from ...book.report import values
from ...book.report.dot_plot import draw_intervals
from ...book.report.figure import ABSENT, INDEPENDENT, NULL_LINE, LayerFigure, PanelFigure
from ...book.report.format import number
from ...book.report.names import METRICS, metric_titles
from ...book.report.results import Results
from ...book.report.style import KIND_COLOURS, METRIC_STYLES, iteration_colours
from ...book.report.swatches import box_swatch
from .identification import PAPER_CELLS, identification, layer_pairs, shares_found
from .matching import guess, matched, own_share

_LEVELS = 20
"""Colours of a matrix, from pale to strong."""


def draw_matrix(axes: Axes, matrix: np.ndarray) -> None:
    """Squares from pale to strong, the first row on top; a hole where a value is not defined."""
    levels = np.full(matrix.shape, -1)
    known = np.isfinite(matrix)
    levels[known] = np.clip(matrix[known] * _LEVELS, 0, _LEVELS - 1)
    for level, colour in enumerate(iteration_colours(_LEVELS)):
        # one path for each colour, since there are dozens of matrices
        squares = [
            Path([(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1), (x, y)], closed=True)
            for y, x in np.argwhere(levels == level) - 0.5
        ]
        if squares:
            path = Path.make_compound_path(*squares)
            # the thin edge covers the seams between squares
            axes.add_patch(PathPatch(path, color=colour, linewidth=0.3))
    axes.set_xlim(-0.5, matrix.shape[1] - 0.5)
    axes.set_ylim(matrix.shape[0] - 0.5, -0.5)
    axes.set_aspect("equal")
    axes.set_yticks([])
    axes.grid(visible=False)


def draw_shares_found(study: Results) -> PanelFigure:
    """How often each metric finds the layer, by matrix: a panel for each network."""
    looks = {METRICS[metric]: METRIC_STYLES[metric] for metric in PAPER_METRICS}
    figure = PanelFigure("found")
    for network in study.experiments:
        frame = identification(study, network)
        if not frame.same_cases.any():
            continue
        axes = figure.panel(study.network(network), left=0.2)
        draw_intervals(axes, shares_found(study, network), looks, None)
        guess_here = 100 * frame.same_chance.dropna().mode().iloc[0]
        axes.axvline(guess_here, label="a guess", **NULL_LINE)
        axes.set_xlim(-3, 103)
        axes.set_xlabel("layers found, %")
    return figure


def mark_most_similar(axes: Axes, matrix: np.ndarray) -> int:
    """Mark the highest value of each row that has a single one.

    Returns:
        In how many rows it lies on the diagonal.
    """
    matrix = np.where(np.isfinite(matrix), matrix, -1)
    best = matrix >= matrix.max(axis=1, keepdims=True) - 1e-9
    rows = np.flatnonzero((best.sum(axis=1) == 1) & (matrix.max(axis=1) >= 0))
    most_similar = best[rows].argmax(axis=1)
    style = {"linestyle": "", "marker": "o", "markersize": 3.2}
    label = "the most similar layer of the other network"
    axes.plot(most_similar, rows, color=KIND_COLOURS["pool"], label=label, **style)
    return int((most_similar == rows).sum())


def draw_identification(study: Results) -> PanelFigure:
    """A row of matrices for each network, each metric on the paper's matrix."""
    figure = PanelFigure("identification", small=True, iterations=_LEVELS)
    about = ", as in the paper: CCA on channels, CKA and NBS on whole images"
    for network in study.experiments:
        pairs = layer_pairs(study, network)
        if pairs.empty:
            continue
        figure.row(study.network(network), about)
        for cell in PAPER_CELLS:
            _draw_pairs(figure, pairs, cell)
    return figure


def mean_matrix(pairs: pd.DataFrame, cell: tuple[str, str]) -> tuple[np.ndarray, list[str]]:
    """Similarity of each hidden layer of a network with each of another, mean over the pairs.

    Args:
        pairs: as `layer_pairs` returns it.
        cell: a metric and a matrix that were measured.

    Returns:
        Rows and columns in forward order, NaN where not defined; and the names of the
        layers.
    """
    metric, reshape = cell
    rows = pairs[(pairs.metric == metric) & (pairs.reshape == reshape)]
    layers = list(pairs.sort_values("depth_x").layer_x.unique())
    mean = rows.pivot_table(index="layer_x", columns="layer_y", values="value")
    return mean.reindex(index=layers, columns=layers).to_numpy(), layers


def _draw_pairs(figure: PanelFigure, pairs: pd.DataFrame, cell: tuple[str, str]) -> None:
    metric, reshape = cell
    name = f"{metric_titles()[metric]}, {reshape}"
    if not ((pairs.metric == metric) & (pairs.reshape == reshape)).any():
        figure.absent(name, ABSENT)
        return
    mean, layers = mean_matrix(pairs, cell)
    axes = figure.panel(name)
    draw_matrix(axes, mean)
    hits = mark_most_similar(axes, mean)
    axes.set_xticks([0, len(layers) - 1], [layers[0], layers[-1]], parse_math=False)
    colours = [figure.colours[colour] for colour in iteration_colours(_LEVELS)]
    figure.key("similarity from 0 to 1", box_swatch(colours))
    same_layer = np.eye(len(layers), dtype=bool)
    same, different = np.nanmean(mean[same_layer]), np.nanmean(mean[~same_layer])
    axes.set_label(
        f"Corresponding layers have {number(same)} on average, others {number(different)}. For "
        f"{hits} of {len(layers)} the corresponding one is the most similar."
    )


def draw_matching(study: Results) -> LayerFigure:
    """Two panels for each network: channels that find themselves, and CKA of the same layers."""
    networks = matched(study)
    iterations = max((len(own_share(study, network)) for network in networks), default=0)
    figure = LayerFigure("matching", [], iterations=iterations)
    for network in networks:
        shares, remaining = own_share(study, network), values.remaining(study, network)
        layers = [(name, kind) for name, kind in values.layers(study, network) if name in shares]
        head = f"{study.network(network)}: channels that find themselves"
        axes = figure.panel(head, order=layers)
        figure.draw_iterations(axes, shares, remaining)
        siblings = own_share(study, f"{network}_independent")
        if len(siblings):
            figure.draw(axes, siblings.iloc[-1], "independent networks", **INDEPENDENT)
        by_chance = guess(study, network).reindex(shares.columns)
        figure.draw(axes, by_chance, "a guess", **NULL_LINE)
        axes = figure.panel(f"{study.network(network)}: CKA", order=layers)
        cka = values.curves(study, network, "cka")[list(shares.columns)]
        figure.draw_iterations(axes, cka, remaining)
    return figure
