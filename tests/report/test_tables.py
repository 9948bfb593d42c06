"""Tables as HTML and as text."""

import numpy as np
import pandas as pd
import pytest

from lib.report.tables import Table, text_table


def test_texts_are_escaped_and_rows_are_named():
    table = Table(("Name", "Value"), [("a<b", "1 & 2")], numeric=("Value",))
    html = table._repr_html_()
    assert '<th scope="row" data-label="Name">a&lt;b</th>' in html
    assert '<td data-label="Value" class="number">1 &amp; 2</td>' in html
    assert repr(table) == "Name | Value\na<b | 1 & 2"


def test_a_row_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError, match="2 columns, but a row has 1"):
        Table(("Name", "Value"), [("a",)])


def test_numbers_are_rounded_and_missing_ones_are_dashes():
    frame = pd.DataFrame({"layer": ["a", "b"], "value": [0.12345, np.nan]})
    assert [line.split() for line in text_table(frame, 2).splitlines()] == [
        ["layer", "value"],
        ["a", "0.12"],
        ["b", "-"],
    ]
