"""Legends: what is drawn as a small picture, and its name."""

import html
from collections.abc import Callable

from matplotlib.artist import Artist
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from .style import NETWORK_LINES

_DASHES = {"-": "", "--": "5 3", ":": "2 3", "-.": "6 2 2 2", "None": "0 99"}

_DASHES_BY_INK = {
    look["color"]: " ".join(map(str, look["linestyle"][1]))
    for look in NETWORK_LINES.values()
    if isinstance(look["linestyle"], tuple)
}
"""Colour -> dashes of its own, which matplotlib gives back as "--"."""

_MARKERS = {
    "o": '<circle cx="13" cy="6" r="4" style="stroke:{0};fill:{1}"></circle>',
    "s": '<rect x="9.5" y="2.5" width="7" height="7" style="stroke:{0};fill:{1}"></rect>',
    "^": '<path d="M13 1.5 17.5 10h-9Z" style="stroke:{0};fill:{1}"></path>',
    "D": '<path d="M13 1 18 6 13 11 8 6Z" style="stroke:{0};fill:{1}"></path>',
    "v": '<path d="M13 10.5 17.5 2h-9Z" style="stroke:{0};fill:{1}"></path>',
    "|": '<path d="M13 1v10" style="stroke:{0};stroke-width:2"></path>',
}


def legend_entry(text: str, swatch: str) -> str:
    """One entry of a legend: a swatch (inline SVG or CSS box) and its text."""
    return f'<span class="key">{swatch}<span>{html.escape(text)}</span></span>'


def _swatch(shapes: str) -> str:
    return f'<svg viewBox="0 0 26 12" width="26" height="12" aria-hidden="true">{shapes}</svg>'


def line_swatch(colour: str, *, width: float = 2, dashes: str = "", marker: str = "") -> str:
    """A short line in the colour of a curve, with its dashes and its marker."""
    return _swatch(
        f'<line x1="0" y1="6" x2="26" y2="6" style="stroke:{colour};stroke-width:{width:g}" '
        f'stroke-dasharray="{dashes}"></line>{marker}'
    )


def band_swatch(colour: str) -> str:
    """A pale rectangle in the colour of a curve, as the band around it."""
    return _swatch(f'<rect width="26" height="12" style="fill:{colour};fill-opacity:.25"></rect>')


def box_swatch(colours: list[str]) -> str:
    """A row of small boxes, one in each colour."""
    boxes = "".join(f'<i style="background:{colour}"></i>' for colour in colours)
    return f'<span class="boxes" aria-hidden="true">{boxes}</span>'


def swatch_of(drawn: Artist, on_page: Callable[[object], str]) -> str:
    """What a line or an area looks like in the legend.

    Args:
        drawn: what has the label.
        on_page: the CSS of a colour.
    """
    if isinstance(drawn, Line2D):
        return _swatch_of_line(drawn, on_page)
    if isinstance(drawn, Patch):
        return box_swatch([on_page(drawn.get_facecolor())])
    return band_swatch(on_page(drawn.get_facecolor()[0]))


def _swatch_of_line(line: Line2D, on_page: Callable[[object], str]) -> str:
    colour = on_page(line.get_color())
    face = line.get_markerfacecolor()
    face = face if face == "none" else on_page(face)
    dashes = _DASHES[str(line.get_linestyle())]
    if line.get_linestyle() == "--":
        dashes = _DASHES_BY_INK.get(to_hex(line.get_color()), dashes)
    marker = _MARKERS.get(str(line.get_marker()), "").format(colour, face)
    return line_swatch(colour, width=min(2, line.get_linewidth()), dashes=dashes, marker=marker)
