"""What this page alone needs: how numbers are written."""

import pandas as pd

from lib.report import number


def span(numbers: pd.Series) -> str:
    """`0.16 to 0.39`: the smallest and the largest."""
    return f"{number(numbers.min())} to {number(numbers.max())}"


def count(true: pd.Series) -> str:
    """`2 of 3`: how many of them are."""
    return f"{true.sum():.0f} of {len(true)}"
