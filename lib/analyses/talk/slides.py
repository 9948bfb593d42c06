"""Three figures for a talk: to be read from the back of a room, each with its message as its title.

figure = slide("scale", "On one scale, the metrics nearly agree", study)
write_slide(figure, Path("talk-scale.svg"))
"""

import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...book.report.alternative_text import alternative_text
from ...book.report.direct_labels import name_line
from ...book.report.dot_plot import draw_intervals
from ...book.report.names import METRICS
from ...book.report.results import PAPER_RESHAPE, Results
from ...book.report.style import METRIC_STYLES, NETWORK_LINES, RC
from ..contrast import one_scale
from ..converged.papers_names import under_the_papers_names
from ..converged.studied_networks import ANALYSED_NETWORKS, CONVERGED_NETWORKS
from ..validity.drawing import draw_matrix, mark_most_similar, mean_matrix
from ..validity.identification import layer_pairs
from ..validity.matching import guess, matched, own_share
from ..validity.tables import IDENTIFICATION, MATCHING

SIZE = (13.34, 7.5)
"""Inches of a slide, 16:9."""

DOTS = 144
"""Dots per inch of the PNG: 1,920 of them side by side."""

_TYPE = RC | {
    "font.size": 20,
    "axes.titlesize": 24,
    "axes.titleweight": "normal",
    "axes.titlepad": 16,
    "axes.linewidth": 1.5,
    "lines.linewidth": 4,
    "svg.fonttype": "path",  # on the screen of a lecture hall, the fonts are others
}

_LETTERS = 52
"""Letters of the title in one line, at most."""

_MARGIN = 0.04
"""Left and right of the title, as a share of the width."""

_LEFT, _RIGHT = (0.14, 0.16, 0.37, 0.54), (0.57, 0.16, 0.37, 0.54)


def slide(name: str, title: str, study: Results) -> Figure | None:
    """Draw a figure for a talk.

    Args:
        name: a key of `SLIDES`.
        title: the message; empty for none.
        study: results of the chapter `converged`.

    Returns:
        White and 16:9; None where the study did not measure what it shows.
    """
    with mpl.rc_context(_TYPE):
        figure = Figure(figsize=SIZE, facecolor="white")
        if not study.experiments or not SLIDES[name](figure, study):
            return None
        _write_title(figure, title)
    return figure


def _write_title(figure: Figure, title: str) -> None:
    """The title in lines that fit into the picture: capitals take more room than small letters."""
    text = figure.text(_MARGIN, 0.95, "", size=30, weight="bold", va="top", parse_math=False)
    for letters in range(_LETTERS, 0, -1):
        text.set_text(textwrap.fill(title, letters))
        if text.get_window_extent().x1 <= (1 - _MARGIN) * figure.bbox.width:
            return


def write_slide(figure: Figure, path: Path) -> None:
    """Write a slide as SVG or as PNG, the same bytes each time.

    Args:
        path: its suffix says which; its folder is made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    undated = {".svg": {"Date": None, "Creator": None}, ".png": {"Software": None}}
    with mpl.rc_context(_TYPE):
        figure.savefig(path, dpi=DOTS, metadata=undated[path.suffix])


def described(figure: Figure) -> str:
    """What the panels of a slide show, in words and numbers."""
    return " ".join(alternative_text(axes.get_title("left"), axes) for axes in figure.axes)


def _scale(figure: Figure, study: Results) -> bool:
    """SVCCA and CKA of pruned networks, as raw values and on one scale."""
    study = under_the_papers_names(study, CONVERGED_NETWORKS)
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
    return True


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


def _channels(figure: Figure, study: Results) -> bool:
    """Channels that find themselves after pruning and after training alone, for two networks."""
    study = under_the_papers_names(study, ANALYSED_NETWORKS, MATCHING)
    networks = [n for n in matched(study) if len(own_share(study, f"{n}_trained_as_long"))][:2]
    for network, box in zip(networks, (_LEFT, _RIGHT), strict=False):
        axes = figure.add_axes(box)
        axes.set_title(study.network(network))
        pruned = own_share(study, network).iloc[-1]
        alone = own_share(study, f"{network}_trained_as_long").iloc[-1]
        by_chance = guess(study, network).reindex(pruned.index)
        lines = {"pruned": pruned, "trained as long": alone, "a guess": by_chance}
        kinds = ("pruned", "trained_as_long", "null")
        for (words, line), kind in zip(lines.items(), kinds, strict=True):
            look = NETWORK_LINES[kind] | {"linewidth": 2 if kind == "null" else 5}
            axes.plot(range(len(pruned)), 100 * line.reindex(pruned.index), label=words, **look)
        axes.set_ylim(0, 102)
        axes.set_xticks([0, len(pruned) - 1], [pruned.index[0], pruned.index[-1]], parse_math=False)
    for axes in figure.axes[:1]:
        axes.set_ylabel("channels that find themselves, %")
        for line in axes.get_lines():
            name_line(axes, line)
    return bool(networks)


def _layers(figure: Figure, study: Results) -> bool:
    """Which layer of another network SVCCA and CKA find most similar, in the first network."""
    study = under_the_papers_names(study, ANALYSED_NETWORKS, IDENTIFICATION)
    pairs = layer_pairs(study, study.experiments[0])
    if pairs.empty:
        return False
    for metric, box in (("svcca", (0.1, 0.13, 0.38, 0.56)), ("cka", (0.54, 0.13, 0.38, 0.56))):
        axes = figure.add_axes(box)
        mean, layers = mean_matrix(pairs, (metric, PAPER_RESHAPE[metric]))
        draw_matrix(axes, mean)
        hits = mark_most_similar(axes, mean)
        axes.get_lines()[-1].set_markersize(11)
        axes.set_title(f"{METRICS[metric]}: {hits} of {len(layers)} layers")
        axes.set_label(f"It finds {hits} of {len(layers)} layers in the other network.")
        axes.set_xticks([])
        axes.set_xlabel("layers of another network")
    figure.axes[0].set_ylabel("layers of a network")
    network = study.network(study.experiments[0])
    about = f"{network}. Dots: the most similar layer. White: layers that cannot be compared"
    figure.text(0.98, 0.02, about, size=18, ha="right", parse_math=False)
    return True


SLIDES: dict[str, Callable[[Figure, Results], bool]] = {
    "scale": _scale,
    "layers": _layers,
    "channels": _channels,
}
"""Name -> what draws it; whether the study has what it shows comes back."""
