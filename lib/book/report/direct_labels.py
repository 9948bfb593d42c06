"""The names of lines beside the lines themselves, wherever there is room in a panel."""

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D

_GAP = 3.5
"""Points between a name and its line."""

_CLEAR = 5.0
"""Points to any other line at least: a name belongs to the nearest line."""

_ENOUGH = 20.0
"""Points to other lines from which on a place is as good as any."""

_PLACES = 40
"""Places along a line that are tried."""

Box = tuple[float, float, float, float]
"""Left, bottom, right and top of a text, in pixels of the figure."""


def name_line(axes: Axes, line: Line2D) -> bool:
    """Write a line's label beside it, in its colour, if it fits without touching anything.

    Among the places along the line, above or below, it takes one as far from other
    lines as can be, and of these the one that is furthest to the right. A long label is
    broken at a comma.

    Args:
        axes: of a panel that is complete, with its final limits.
        line: one of its lines, with a label.

    Returns:
        Whether there was room.
    """
    if line.get_linestyle() == "None":
        return False  # a name above one mark of a row may seem to belong to the row below
    point = axes.figure.dpi / 72
    renderer = FigureCanvasAgg(axes.figure).get_renderer()
    lines, boxes = _around(axes, line), _taken(axes)
    points = _along(line)
    gap = (_GAP + (line.get_markersize() / 2 if line.get_marker() != "None" else 0)) * point
    label = str(line.get_label())
    for written in dict.fromkeys((label, label.replace(", ", ",\n"))):
        text = axes.text(0, 0, written, color=line.get_color(), parse_math=False, linespacing=1.1)
        width, height = text.get_window_extent(renderer).size
        best = (0.0, 0.0, 0.0)
        for x, y in _places(points, width, height, gap):
            box = (x, y, x + width, y + height)
            room = round(min(_distance(lines, box), _ENOUGH * point), 3)
            if room >= _CLEAR * point and _is_free(box, axes, boxes):
                best = max(best, (room, x, y))
        if best[0]:
            text.set_position(axes.transData.inverted().transform(best[1:]))
            return True
        text.remove()
    return False


def _around(axes: Axes, line: Line2D) -> np.ndarray:
    """Points of all other lines of a panel, in pixels."""
    points = [_along(drawn_line) for drawn_line in axes.get_lines() if drawn_line is not line]
    for drawn in axes.collections:
        points += _of_collection(drawn)
    return np.concatenate([np.empty((0, 2)), *points])


def _taken(axes: Axes) -> list[Box]:
    """Where texts and bars are; what is pale lies behind everything."""
    renderer = FigureCanvasAgg(axes.figure).get_renderer()
    bars = [patch for patch in axes.patches if not patch.get_alpha()]
    return [drawn.get_window_extent(renderer).extents for drawn in (*axes.texts, *bars)]


def _is_free(box: Box, axes: Axes, boxes: list[Box]) -> bool:
    """Whether a box is within its panel, and apart from others."""
    margin = axes.figure.dpi / 72
    left, bottom, right, top = axes.bbox.extents
    above_axis = box[1] >= bottom + _GAP * margin
    inside = box[0] >= left and above_axis and box[2] <= right and box[3] <= top
    return inside and not any(_overlap(box, taken, margin) for taken in boxes)


def _places(
    points: np.ndarray, width: float, height: float, gap: float
) -> Iterator[tuple[float, float]]:
    """Lower left corners of a text of this size, above and below places along its line."""
    for x, y in points[:: max(1, len(points) // _PLACES)]:
        left = x - width / 2
        near = points[(points[:, 0] >= left) & (points[:, 0] <= left + width), 1]
        yield left, near.max(initial=y) + gap
        yield left, near.min(initial=y) - gap - height


def _along(line: Line2D) -> np.ndarray:
    """Points of a line every few pixels, in pixels; of marks alone, the marks."""
    corners = _known(line.get_transform().transform(line.get_xydata()))
    return corners if line.get_linestyle() == "None" else _filled(corners)


def _of_collection(drawn: object) -> list[np.ndarray]:
    """The same of lines that were drawn together; a pale area is no obstacle."""
    if not isinstance(drawn, LineCollection):
        return []
    return [_filled(drawn.get_transform().transform(path.vertices)) for path in drawn.get_paths()]


def _known(corners: np.ndarray) -> np.ndarray:
    """Without those of which a coordinate is not defined."""
    return corners[np.isfinite(corners).all(axis=1)]


def _filled(corners: np.ndarray) -> np.ndarray:
    """Points in between, at most three pixels apart."""
    corners = _known(corners)
    if len(corners) < 2:
        return corners
    reach = np.concatenate([[0], np.hypot(*np.diff(corners, axis=0).T).cumsum()])
    at = np.linspace(0, reach[-1], max(2, int(reach[-1] / 3)))
    return np.column_stack([np.interp(at, reach, coordinate) for coordinate in corners.T])


def _distance(points: np.ndarray, box: Box) -> float:
    """From a box to the nearest of some points; 0 if one is inside, infinite without any."""
    low, high = np.array(box[:2]), np.array(box[2:])
    outside = np.maximum(0, np.maximum(low - points, points - high))
    return float(np.hypot(*outside.T).min(initial=np.inf))


def _overlap(first: Box, second: Box, margin: float) -> bool:
    return bool(
        first[0] < second[2] + margin
        and second[0] < first[2] + margin
        and first[1] < second[3] + margin
        and second[1] < first[3] + margin
    )
