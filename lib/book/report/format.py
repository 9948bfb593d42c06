"""How numbers and the texts of data look on a page, the same everywhere and on every processor."""

import re

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
    """A mean and its confidence interval: `0.31 (0.28 to 0.34)`; a dash for NaN."""
    shown = signed if sign else number
    if pd.isna(mean) or pd.isna(low):
        return shown(mean, digits)
    return f"{shown(mean, digits)} ({shown(low, digits)} to {shown(high, digits)})"


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
    `tables` and `figure`.
    """
    return _MARKUP.sub(r"\\\g<0>", " ".join(text.split()))
