"""Tables as HTML and as text."""

import numpy as np
import pandas as pd
import pytest

from lib.report.tables import Table, side_by_side, text_table


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


def test_blocks_stand_side_by_side_under_their_headings():
    blocks = {
        name: pd.DataFrame({"layer": ["a", "b"], "first": [x, x], "last": [x, x]})
        for name, x in (("ONE", 0.25), ("TWO", 0.5))
    }
    heading, columns, *lines = side_by_side(blocks, 2).splitlines()
    assert [word.strip("-") for word in heading.split()] == ["ONE", "TWO"]
    assert columns.split() == ["layer", "first", "last", "first", "last"]
    assert lines[1].split() == ["b", "0.25", "0.25", "0.50", "0.50"]
    assert len({len(line) for line in (heading, columns, *lines)}) == 1
