"""How numbers, texts and tables look on a page, the same everywhere and on every processor."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence

import pandas as pd

_SAFE = 10
"""Decimals kept before a number is rounded for display: sums that differ in their last
bit, as they do between processors, then fall on the same side of a half."""

_MARKUP = re.compile(
    r"[\\`*{}\[\]<>$|~&]"  # anywhere
    r"|(?<![^\W_])_|_(?![^\W_])"  # at an end of a word
    r"|^[-+#=:%(]|(?<=\d)[.)](?=\s|$)"  # at the start of a line, or after a number there
)


def number(value: float, digits: int = 2, sign: str = "") -> str:
    """A number with so many decimals; a dash for NaN, a true minus, and no "-0.00"."""
    if pd.isna(value):
        return "-"
    rounded = round(round(float(value), _SAFE), digits) + 0.0
    return f"{rounded:{sign}.{digits}f}".replace("-", "\u2212")


def signed(value: float, digits: int = 2) -> str:
    """The same with its sign; what rounds to 0 is positive."""
    return number(value, digits, "+")


def percent(fraction: float, digits: int | None = None) -> str:
    """A fraction as a percentage: 0.8 -> 80 %, 0.0118 -> 1.2 %; a dash for NaN.

    Args:
        fraction: 0 to 1.
        digits: decimals; None for one below 10 %, none above.
    """
    if pd.isna(fraction):
        return "-"
    if digits is None:
        digits = 1 if fraction < 0.1 else 0
    return f"{number(100 * fraction, digits)} %"


def interval_words(
    mean: float, low: float, high: float, digits: int = 2, sign: bool = False
) -> str:
    """A mean and its confidence interval: `0.31 (0.28 to 0.34)`; a dash for NaN.

    An interval beside 0 does not look as if it reached 0: `-0.05 (-0.10 to -0.004)`.
    """
    shown = signed if sign else number
    if pd.isna(mean) or pd.isna(low):
        return shown(mean, digits)
    most = digits + 3 if low * high > 0 else digits
    ends = [shown(end, _visible(end, digits, most)) for end in (low, high)]
    return f"{shown(mean, digits)} ({' to '.join(ends)})"


def _visible(value: float, digits: int, most: int) -> int:
    """So many decimals, or more, below `most`, where a value would be rounded to 0."""
    return next((more for more in range(digits, most) if round(value, more)), digits)


def spread(mean: float, sd: float, digits: int = 2) -> str:
    """A mean and its standard deviation: `0.31 \u00b1 0.02`; the mean alone if that is NaN."""
    text = number(mean, digits)
    return text if pd.isna(sd) or pd.isna(mean) else f"{text} \u00b1 {number(sd, digits)}"


def count(items: int, noun: str) -> str:
    """`1 run`, `2 runs`, `5,000 images`."""
    return f"{items:,} {noun}{'' if items == 1 else 's'}"


def plain(text: str) -> str:
    """A text from data or provenance for a page of Markdown, where it shows as it is, on one line.

    A backslash before punctuation takes its meaning away (CommonMark 0.31, section
    2.4); this covers what MyST adds as well. HTML needs `html.escape` instead, as in
    `Table` and `figure`.
    """
    return _MARKUP.sub(r"\\\g<0>", " ".join(text.split()))


class Table:
    """Rows of short texts as an HTML table; a notebook displays it as it is.

    Args:
        header: names of the columns.
        rows: as many texts each as there are columns; the first names the row.
        numeric: columns that hold numbers, aligned to the right.
        cards: on a narrow screen, one card for each row instead of columns. For tables
            with sentences in them.
        nothing: the sentence shown in place of a table without rows.
    """

    def __init__(
        self,
        header: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        numeric: Sequence[str] = (),
        cards: bool = False,
        nothing: str = "",
    ):
        wrong = [row for row in rows if len(row) != len(header)]
        if wrong:
            raise ValueError(f"{len(header)} columns, but a row has {len(wrong[0])}: {wrong[0]}")
        self.header, self.rows = tuple(header), tuple(tuple(row) for row in rows)
        self.numeric, self.cards, self.nothing = frozenset(numeric), cards, nothing

    @classmethod
    def of(
        cls, frame: pd.DataFrame, digits: int | Mapping[str, int] = 2, **options: object
    ) -> Table:
        """A frame as a table: its index names the rows, numbers get their decimals.

        Args:
            frame: numbers and texts. The name of the index heads the first column; the
                levels of an index with several become a column each.
            digits: decimals of floating-point numbers, of all columns or {column:
                decimals}.
            options: `cards` and `nothing`, as above; `numeric`, columns of texts that
                hold numbers.
        """
        flat = frame.reset_index()
        header = [str(column) for column in flat.columns]
        floats = set(flat.select_dtypes("float").columns)
        numbers = set(flat.select_dtypes("number").columns)
        cells = []
        for column in flat.columns:
            shown = digits if isinstance(digits, int) else digits.get(column, 2)
            cells.append([number(v, shown) if column in floats else str(v) for v in flat[column]])
        numeric = [*map(str, numbers), *options.pop("numeric", ())]
        return cls(header, list(zip(*cells, strict=True)), numeric=numeric, **options)

    def _repr_html_(self) -> str:
        if not self.rows:
            return f"<p>{html.escape(self.nothing)}</p>"
        head = "".join(
            f'<th scope="col"{self._class(name)}>{html.escape(name)}</th>' for name in self.header
        )
        body = "".join(f"<tr>{self._cells(row)}</tr>" for row in self.rows)
        kind = "cards" if self.cards else "plain"
        return (
            f'<table class="report {kind}"><thead><tr>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table>"
        )

    def _cells(self, row: Sequence[str]) -> str:
        cells = []
        for i, (name, text) in enumerate(zip(self.header, row, strict=True)):
            tag, scope = ("th", ' scope="row"') if i == 0 else ("td", "")
            label = f' data-label="{html.escape(name)}"'
            cells.append(f"<{tag}{scope}{label}{self._class(name)}>{html.escape(text)}</{tag}>")
        return "".join(cells)

    def _class(self, name: str) -> str:
        return ' class="number"' if name in self.numeric else ""

    def __repr__(self) -> str:
        return "\n".join(" | ".join(row) for row in (self.header, *self.rows))


def text_table(frame: pd.DataFrame, digits: int, index: bool = False) -> str:
    """A frame of numbers as aligned text, rounded.

    Args:
        frame: numbers and short texts; its columns may have several levels.
        digits: decimals of every floating-point number; NaN becomes a dash.
        index: whether to show the index.
    """
    shown = frame.astype(object)
    for column in frame.select_dtypes("float"):
        shown[column] = [number(value, digits) for value in frame[column]]
    return shown.to_string(index=index)
