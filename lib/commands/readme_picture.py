"""Draw the picture with which the README opens, from published tables.

Usage: python -m lib.commands.readme_picture

Publishing draws it anew.
"""

import textwrap
from collections.abc import Mapping
from pathlib import Path

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .. import ROOT
from ..analyses.contrast import one_scale
from ..analyses.converged.papers_names import under_the_papers_names
from ..analyses.converged.studied_networks import CONVERGED_NETWORKS
from ..book.report.alternative_text import alternative_text
from ..book.report.dot_plot import draw_intervals
from ..book.report.names import METRICS
from ..book.report.results import Results, load_results, published_results
from ..book.report.style import METRIC_STYLES, RC

PICTURE = Path("book/_static/answer.svg")

MESSAGE = "Pruned to a hundredth, networks are hardly closer than strangers"
"""Its title, as on the front page, where verdicts guard it."""

SIZE = (13.34, 7.5)
"""Inches."""

_TYPE = RC | {
    "font.size": 20,
    "axes.titlesize": 24,
    "axes.titleweight": "normal",
    "axes.titlepad": 16,
    "axes.linewidth": 1.5,
    "lines.linewidth": 4,
    "svg.fonttype": "path",  # where the picture is shown, the fonts are others
}

_LETTERS = 52
"""Letters of the title in one line, at most."""

_MARGIN = 0.04
"""Left and right of the title, as a share of the width."""

_LEFT, _RIGHT = (0.14, 0.16, 0.37, 0.54), (0.57, 0.16, 0.37, 0.54)


def draw_readme_picture(path: Path, root: Path = ROOT) -> str:
    """Write the picture, and return what it shows in words and numbers, for who cannot see it.

    Args:
        path: of the SVG, the same bytes each time.
        root: the repository with the published tables.
    """
    study = load_results(root / published_results("converged"))
    with mpl.rc_context(_TYPE):
        figure = Figure(figsize=SIZE, facecolor="white")
        _draw_scale(figure, under_the_papers_names(study, CONVERGED_NETWORKS))
        _write_title(figure, MESSAGE)
        figure.savefig(path, metadata={"Date": None, "Creator": None})
    return " ".join(alternative_text(axes.get_title("left"), axes) for axes in figure.axes)


def _write_title(figure: Figure, title: str) -> None:
    """The title in lines that fit into the picture: capitals take more room than small letters."""
    text = figure.text(_MARGIN, 0.95, "", size=30, weight="bold", va="top", parse_math=False)
    for letters in range(_LETTERS, 0, -1):
        text.set_text(textwrap.fill(title, letters))
        if text.get_window_extent().x1 <= (1 - _MARGIN) * figure.bbox.width:
            return


def _draw_scale(figure: Figure, study: Results) -> None:
    """SVCCA and CKA of pruned networks, as raw values and on one scale."""
    places = one_scale.places_on_scale(study)
    looks = {METRICS[m]: METRIC_STYLES[m] | {"markersize": 18} for m in one_scale.LOW_AND_HIGH}
    outlines = {"markersize": 30, "markeredgewidth": 3, "markerfacecolor": "none"}
    raw = figure.add_axes(_LEFT)
    _draw_column(raw, places.strangers, study, {name: looks[name] | outlines for name in looks})
    _name_strangers(raw)
    _draw_column(raw, places.raw, study, looks)
    _name_marks(raw)
    raw.set_xlim(0, 1.05)
    raw.set_title("Raw values")
    scaled = figure.add_axes(_RIGHT)
    _draw_column(scaled, places.place, study, looks)
    _name_marks(scaled)
    one_scale.draw_marks(scaled)
    scaled.set_title("On one scale")
    for name in scaled.get_yticklabels():
        name.set_alpha(0)  # the first panel has them; the words for who cannot see it need them


def _draw_column(
    axes: Axes, places: pd.Series, study: Results, looks: Mapping[str, Mapping[str, object]]
) -> None:
    """A column of `places_on_scale`: a row for each network, a mark for each metric."""
    estimates = places.unstack().loc[list(study.experiments), list(one_scale.LOW_AND_HIGH)]
    draw_intervals(axes, estimates.rename(index=study.network, columns=METRICS), looks, None)


def _name_strangers(axes: Axes) -> None:
    """What outlines are, at the first of them; in words, they are marks of their own."""
    for line in axes.get_lines():
        line.set_label(f"{line.get_label()} of strangers")
    first = axes.get_lines()[0]
    where = (first.get_xdata()[0], first.get_ydata()[0])
    far = {"xytext": (-20, -8), "textcoords": "offset points", "ha": "right"}
    axes.annotate("strangers", where, **far)


def _name_marks(axes: Axes) -> None:
    """The names of the metrics, above and below the last marks of the first row."""
    for line, above in zip(axes.get_lines()[-2:], (18, -36), strict=True):
        where = (line.get_xdata()[0], line.get_ydata()[0])
        far = {"xytext": (0, above), "textcoords": "offset points", "ha": "center"}
        axes.annotate(line.get_label(), where, color=line.get_color(), **far)


if __name__ == "__main__":
    print(draw_readme_picture(ROOT / PICTURE))
