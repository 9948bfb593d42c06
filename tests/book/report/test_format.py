"""Numbers on a page: signs, dashes, digits."""

import math

import pytest

from lib.book.report.format import number, signed
from lib.book.report.page import glue

MINUS = "\u2212"


@pytest.mark.parametrize(
    ("value", "shown", "with_sign"),
    [
        (0.125, "0.12", "+0.12"),
        (-1.5, f"{MINUS}1.50", f"{MINUS}1.50"),
        (-0.001, "0.00", "+0.00"),
        (math.nan, "-", "-"),
        (0.4150000000000001, "0.41", "+0.41"),  # on another processor the sum is 0.415
        (0.415, "0.41", "+0.41"),
    ],
)
def test_numbers(value, shown, with_sign):
    assert number(value) == shown
    assert signed(value) == with_sign


@pytest.mark.parametrize("value", [-0.18214057895126284, 123456.789, 1e-9 / 3, math.inf])
def test_pages_keep_six_digits_that_do_not_depend_on_the_last_bit(monkeypatch, value):
    kept = {}
    monkeypatch.setattr("myst_nb.glue", lambda name, value, display: kept.update({name: value}))
    glue(one=value, near=math.nextafter(value, math.inf), words="0.123456789")
    assert kept["one"] == pytest.approx(value, rel=5e-6)
    assert kept["one"] == kept["near"]
    assert kept["words"] == "0.123456789"
