"""Numbers on a page: signs, dashes, digits, and the same on every processor."""

import math

import pytest

from lib.report.format import count, interval, number, percent, signed, significant

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


def test_percentages_have_a_decimal_where_they_are_small():
    shown = [percent(value) for value in (0.8, 0.0115, math.nan)]
    assert shown == ["80 %", "1.1 %", "-"]
    assert percent(0.8, 1) == "80.0 %"


def test_an_interval_without_bounds_is_its_mean():
    assert interval(0.3, 0.28, 0.34) == "0.30 (0.28 to 0.34)"
    assert interval(-0.3, -0.4, 0.1, sign=True) == f"{MINUS}0.30 ({MINUS}0.40 to +0.10)"
    assert interval(0.3, math.nan, math.nan) == "0.30"


def test_counts_have_their_plural():
    assert [count(n, "run") for n in (1, 2, 5000)] == ["1 run", "2 runs", "5,000 runs"]


@pytest.mark.parametrize("value", [-0.18214057895126284, 123456.789, 1e-9 / 3, math.inf])
def test_six_digits_that_do_not_depend_on_the_last_bit(value):
    assert significant(value) == pytest.approx(value, rel=5e-6)
    assert significant(value) == significant(math.nextafter(value, math.inf))
