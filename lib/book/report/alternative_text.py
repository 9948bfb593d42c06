"""What a panel shows, in words and numbers, for those who cannot see it."""

import re
from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.text import Text

from .format import number

_MOST_ROWS = 6
"""Of at most so many rows the alternative text gives all; of more, the lowest and the highest."""


def alternative_text(title: str, axes: Axes) -> str:
    """The panel's alternative text: its own label, or its lines in numbers."""
    if axes.get_label():
        return f"{title}. {axes.get_label()}"
    rows = _names(axes.get_yticklabels())
    columns = dict(zip(axes.get_xticks(), _names(axes.get_xticklabels()), strict=False))
    lines = []
    for line in axes.get_lines():
        label = str(line.get_label()).removeprefix("_")
        values = pd.Series(line.get_xdata() if rows else line.get_ydata(), dtype=float)
        if values.isna().all() or label == "iteration" or label.startswith("child"):
            continue
        if rows and len(values) != len(rows):  # a line across all rows
            numbers = number(values.iloc[0])
        elif rows:
            values = values.set_axis(rows)
            where = [values.idxmin(), values.idxmax()] if len(values) > _MOST_ROWS else rows
            numbers = ", ".join(f"{name} {number(values[name])}" for name in where)
        else:
            known = values.set_axis(line.get_xdata()).dropna()
            numbers = _course(known, columns)
        lines.append(f"{label}: {numbers}")
    return f"{title}. {'; '.join(lines)}"


def _course(line: pd.Series, names: Mapping[float, str]) -> str:
    """First and last value of a line, and its extremes where they lie between the two."""
    line = line.round(10).round(2)  # as shown: what differs by rounding alone is no extreme
    first, last, inside = line.iloc[0], line.iloc[-1], line.iloc[1:-1]
    if line.nunique() == 1:
        return number(first)
    parts = [f"first {number(first)}"]
    lower = inside.idxmin() if inside.min() < min(first, last) else None
    upper = inside.idxmax() if inside.max() > max(first, last) else None
    for extreme, place in (("lowest", lower), ("highest", upper)):
        if place is not None:
            where = f" at {names[place]}" if names.get(place) else ""
            parts.append(f"{extreme} {number(line[place])}{where}")
    return ", ".join([*parts, f"last {number(last)}"])


def _names(ticks: Sequence[Text]) -> list[str]:
    """The names at the ticks of an axis; none where the ticks are numbers or percentages."""
    names = [tick.get_text() for tick in ticks]
    # a logarithmic axis writes its powers as formulas
    numbers = not any(names) or re.fullmatch(r"\u2212?[0-9.]+( %)?|\$.*\$", names[0])
    return [] if numbers else names
