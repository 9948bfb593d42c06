"""Numbers on a page: signs, dashes, digits."""

import math

import pytest

from lib.book.report.format import interval_words, number, signed
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


@pytest.mark.parametrize(
    ("interval", "shown"),
    [
        ((-0.05, -0.1025, -0.0042), f"{MINUS}0.05 ({MINUS}0.10 to {MINUS}0.004)"),
        ((0.01, 0.0004, 0.02), "0.01 (0.0004 to 0.02)"),
        ((0.01, 0.00001, 0.02), "0.01 (0.00 to 0.02)"),
        ((-0.05, -0.1025, 0.0042), f"{MINUS}0.05 ({MINUS}0.10 to 0.00)"),
        ((0.31, 0.284, math.nan), "0.31 (0.28 to -)"),
    ],
)
def test_an_interval_beside_0_does_not_seem_to_reach_it(interval, shown):
    assert interval_words(*interval) == shown
