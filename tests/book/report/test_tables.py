"""Tables as HTML and as text."""

import pytest

from lib.book.report.format import Table


def test_texts_are_escaped_and_rows_are_named():
    table = Table(("Name", "Value"), [("a<b", "1 & 2")], numeric=("Value",))
    html = table._repr_html_()
    assert '<th scope="row" data-label="Name">a&lt;b</th>' in html
    assert '<td data-label="Value" class="number">1 &amp; 2</td>' in html
    assert repr(table) == "Name | Value\na<b | 1 & 2"


def test_a_row_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError, match="2 columns, but a row has 1"):
        Table(("Name", "Value"), [("a",)])
