"""A table of similarities as a picture, with its numbers."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from .format import number

DARK, LIGHT = "#111111", "#fefefe"
BRIGHT = 0.6
"""Above this similarity a cell is so bright that its number has to be dark."""


def draw_heatmap(axes: Axes, values: pd.DataFrame, rotation: float = 45, **text: object) -> None:
    """A cell for each pair of layers, from dark for 0 to bright for 1, with its number.

    Args:
        values: similarities; the rows run from top to bottom, the columns from left to right.
        rotation: of the names below the columns, in degrees.
        text: how all names and numbers look, as for `Axes.text`.
    """
    cells = values.to_numpy()
    axes.grid(False)
    axes.pcolormesh(cells, cmap="viridis", vmin=0, vmax=1)
    for (i, j), value in np.ndenumerate(cells):
        colour = DARK if value > BRIGHT else LIGHT
        centre = {"ha": "center", "va": "center"}
        axes.text(j + 0.5, i + 0.5, number(value), color=colour, **centre, **text)
    axes.set_xticks(np.arange(cells.shape[1]) + 0.5, values.columns, rotation=rotation, **text)
    axes.set_yticks(np.arange(cells.shape[0]) + 0.5, values.index, **text)
    axes.invert_yaxis()
