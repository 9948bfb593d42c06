"""Figures of several panels as HTML that follows the page: its width, its font, its colours."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

import matplotlib as mpl
from matplotlib.figure import Figure

from .style import RC

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"

_REFERENCE = re.compile(r"^#(.+)$|url\(#([^)]+)\)")

ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", XLINK)

GRID = (
    "display:grid;gap:.75rem 1rem;"
    "grid-template-columns:repeat(auto-fit,minmax(min(290px,100%),1fr))"
)


@dataclass(frozen=True)
class Drawing:
    """A drawing that a notebook displays as it is.

    Attributes:
        html: the drawing.
        text: what it shows, where there is no HTML.
    """

    html: str
    text: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.text


def inline_svg(figure: Figure, name: str, label: str, colours: Mapping[str, str]) -> str:
    """The figure as an SVG element that belongs to the page around it.

    Text takes the page's font, colours become those that the page's dark mode can
    replace, ids get a prefix since a page holds several panels, and coordinates keep
    two decimals.

    Args:
        figure: drawn in the house style.
        name: prefix of the ids, different for each panel of a page.
        label: what the picture shows, for readers who cannot see it.
        colours: colour in the figure -> colour on the page.
    """
    drawn = io.StringIO()
    with mpl.rc_context(RC):
        undated = {"Date": None, "Creator": None}  # the same bytes each time
        figure.savefig(drawn, format="svg", transparent=True, metadata=undated)
    root = ElementTree.fromstring(drawn.getvalue())
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag == f"{{{SVG}}}metadata" or any(
                grandchild.tag == f"{{{SVG}}}style" for grandchild in child
            ):
                parent.remove(child)
    for element in root.iter():
        _adapt(element, name, colours)
    _shorten(root)
    for attribute in ("width", "height", "version"):
        root.attrib.pop(attribute, None)
    root.set("role", "img")
    root.set("aria-label", label)
    root.set("style", "width:100%;height:auto;stroke-linejoin:round;stroke-linecap:butt")
    return re.sub(r">\s+<", "><", ElementTree.tostring(root, encoding="unicode"))


def _adapt(element: ElementTree.Element, name: str, colours: Mapping[str, str]) -> None:
    for key, value in element.attrib.items():
        if key == "id":
            value = f"{name}-{value}"
        elif key == f"{{{XLINK}}}href":
            value = f"#{name}-{value.removeprefix('#')}"
        elif key == "style":
            value = re.sub(r"font-family: [^;]*", "font-family: inherit", value)
            value = re.sub("#[0-9a-f]{6}", lambda match: colours.get(match[0], match[0]), value)
        value = value.replace("url(#", f"url(#{name}-")
        if key in ("d", "x", "y", "transform", "points", "width", "height"):
            value = re.sub(r"-?\d+\.\d+", lambda match: f"{float(match[0]):.2f}", value)
        element.set(key, value)


def _shorten(root: ElementTree.Element) -> None:
    """Remove what has no effect: ids that nothing refers to, and rotations by no angle."""
    values = [value for element in root.iter() for value in element.attrib.values()]
    referred = {name for value in values for names in _REFERENCE.findall(value) for name in names}
    for element in root.iter():
        if element.get("id") not in referred:
            element.attrib.pop("id", None)
        if element.get("transform", "").startswith("rotate(-0 "):
            del element.attrib["transform"]
