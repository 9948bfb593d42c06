"""How numbers are written."""

import pandas as pd

from notebooks.contrast.analysis import count, span


def test_spans_and_counts():
    assert span(pd.Series([0.05, 0.2, 0])) == "0.00 to 0.20"
    assert count(pd.Series([True, False, True])) == "2 of 3"
