"""From one number for each complete network to a verdict."""

import dataclasses
import math
from types import SimpleNamespace

import pandas as pd
import pytest

from lib.book.claims.engine import (
    FAILS,
    HOLDS,
    NOT_MEASURED,
    TOO_FEW,
    UNDECIDED,
    Claim,
    Finding,
    Rule,
    decide,
    find,
    rule_verdict,
)
from lib.book.claims.quantity import Missing, Quantity
from lib.book.claims.runs import estimate
from lib.book.claims.show import counts, headline
from lib.book.report.statistics import Interval, interval

RESULTS = SimpleNamespace()


def quantity(*numbers, train_seeds=None, words="a number"):
    """Numbers of runs, by default each of a complete network of its own."""
    train_seeds = train_seeds or range(len(numbers))
    index = pd.MultiIndex.from_tuples(
        list(zip(train_seeds, range(len(numbers)), strict=True)), names=["train_seed", "run_seed"]
    )
    return Quantity(words, lambda results: pd.Series(numbers, index=index, dtype=float))


def claim(*rules):
    return Claim("key", "It stays {bound}.", "5.2", "vgg16_bn", rules)


def test_two_equal_numbers_have_no_spread_and_decide_nothing():
    two = interval((2.0, 2.0))
    assert math.isnan(two.low)
    assert rule_verdict(Rule(quantity(), above=0), two) == UNDECIDED


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.31, 0.39, HOLDS),
        (0.25, 0.35, UNDECIDED),
        (0.25, 0.45, UNDECIDED),
        (0.1, 0.3, FAILS),
        (0.3, 0.3, FAILS),  # what lies on the bound does not hold
        (0.4, 0.5, FAILS),
    ],
)
def test_a_verdict_is_where_the_interval_lies(low, high, expected):
    rule = Rule(quantity(), above=0.3, below=0.4)
    found = Interval((low + high) / 2, low, high, n=3)
    assert rule_verdict(rule, found) == expected
    assert rule_verdict(rule, dataclasses.replace(found, n=1)) == TOO_FEW


def test_the_margin_is_positive_on_the_side_of_the_rule():
    rule = Rule(quantity(), above=0.3, below=0.4)
    assert rule.margin(0.35) == pytest.approx(0.05)
    assert rule.margin(0.2) == pytest.approx(-0.1)
    assert rule.margin(0.6) == pytest.approx(-0.2)


@pytest.mark.parametrize(
    ("mean", "unit", "expected"),
    [
        (0.02, "", "holds, narrowly"),
        (-0.02, "", "does not hold, narrowly"),
        (0.2, "", HOLDS),
        (-0.2, "", FAILS),
        (0.2, "percentage points", "holds, narrowly"),
        (0.7, "percentage points", HOLDS),
        (0.01, "millibits", "holds, narrowly"),
        (20.0, "millibits", HOLDS),
        (5.0, "millinats", "holds, narrowly"),
        (0.05, "decades", "holds, narrowly"),
        (0.2, "layers", "holds, narrowly"),
        (0.01, "a unit of its own", HOLDS),
    ],
)
def test_a_small_margin_is_marked_on_both_sides_of_the_bound(mean, unit, expected):
    numbers = quantity(mean - 0.001, mean, mean + 0.001)
    outcome = decide(claim(Rule(numbers, above=0, unit=unit)), RESULTS)
    assert outcome.nearest.qualified_verdict == expected
    undecided = decide(claim(Rule(quantity(-0.1, 0.0, 0.11), above=0)), RESULTS)
    assert not undecided.nearest.narrow


@pytest.mark.parametrize(
    ("mean", "narrow"), [(0.35, False), (0.38, True), (0.42, True), (0.44, True)]
)
def test_between_two_bounds_the_middle_half_is_not_narrow(mean, narrow):
    rule = Rule(quantity(mean - 0.001, mean, mean + 0.001), above=0.3, below=0.4)
    assert decide(claim(rule), RESULTS).nearest.narrow is narrow


def test_a_rule_needs_a_bound_that_can_be_met():
    with pytest.raises(ValueError, match="needs a bound"):
        Rule(quantity())
    for bound in (1, 2):
        with pytest.raises(ValueError, match=f"nothing lies above {bound} and below 1"):
            Rule(quantity(), above=bound, below=1)


def test_verdicts_are_counted_for_other_pages():
    found = {
        "A": (0.2, 0.3, 0.4),
        "B": (0.019, 0.02, 0.021),
        "C": (-1.0, 1.0, 3.0),
        "D": (-3, -3.1),
    }
    found = {name: decide(claim(Rule(quantity(*x), above=0)), RESULTS) for name, x in found.items()}
    outcomes = list(found.values())
    assert headline(outcomes) == {"claims": 4, "holds": 2, "does_not_hold": 1}


def test_runs_of_one_complete_network_count_once():
    numbers = quantity(1.0, 1.2, 2.0, 2.2, 4.0, 4.2, train_seeds=[0, 0, 1, 1, 2, 2])
    outcome = decide(claim(Rule(numbers, above=0)), RESULTS)
    assert outcome.nearest.interval == interval((1.1, 2.1, 4.1))
    assert outcome.nearest.measured.endswith("3 complete networks")


def test_quantities_are_combined_within_each_complete_network():
    one = quantity(1.0, 3.0, 5.0, math.nan, 9.0, train_seeds=[0, 0, 1, 2, 3])
    other = quantity(3.0, 4.0, 1.0)
    found = (one - other).numbers(RESULTS)
    assert found.index.tolist() == [0, 1, 2]
    assert found.tolist()[:2] == [-1, 1]
    assert math.isnan(found[2])


def test_networks_without_a_counterpart_cannot_be_paired():
    elsewhere = quantity(1.0, 2.0, train_seeds=[7, 8])
    with pytest.raises(Missing, match="counterpart"):
        (quantity(1.0, 2.0) - elsewhere).numbers(RESULTS)
    unpaired = decide(claim(Rule(quantity(1.0, 2.0, 3.0), above=0, minus=elsewhere)), RESULTS)
    assert unpaired.nearest.interval.mean == pytest.approx(0.5)


def absent(results):
    raise Missing("no experiment x")


HIGH = Rule(quantity(5.0, 5.1, 5.2), above=0)
LOW = Rule(quantity(-5.0, -5.1, -5.2), above=0)
WIDE = Rule(quantity(-5.0, 5.1, 0.2), above=0)
SINGLE = Rule(quantity(1.0), above=0)
ABSENT = Rule(Quantity("x", absent), above=0)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ((HIGH, HIGH), HOLDS),
        ((HIGH, LOW, WIDE, ABSENT), FAILS),
        ((HIGH, WIDE), UNDECIDED),
        ((WIDE, HIGH, SINGLE), TOO_FEW),
        ((SINGLE, ABSENT), NOT_MEASURED),
    ],
)
def test_a_claim_holds_if_all_its_rules_do_and_shows_the_one_nearest_to_failing(rules, expected):
    outcome = decide(claim(*rules), RESULTS)
    assert outcome.verdict == outcome.nearest.verdict == expected


def test_of_rules_that_hold_the_one_with_the_smallest_margin_is_shown():
    near = Rule(quantity(1.0, 1.1, 1.2), above=0)
    assert decide(claim(HIGH, near, HIGH), RESULTS).nearest.rule is near


def test_a_claim_whose_numbers_are_missing_is_not_measured():
    outcome = decide(claim(ABSENT), RESULTS)
    assert outcome.findings == (Finding(ABSENT, NOT_MEASURED, missing="no experiment x"),)
    assert outcome.nearest.measured == outcome.nearest.missing == "no experiment x"


def test_no_interval_reaches_where_no_number_can_lie():
    near_one = dataclasses.replace(quantity(0.8, 0.95, 1.0), limits=(-1, 1))
    found = find(Rule(near_one, above=0.5), RESULTS)
    assert found.interval.high == 1
    other = dataclasses.replace(quantity(-0.9, -0.95, -1.0), limits=(-1, 1))
    apart = find(Rule(near_one, above=1.5, minus=other), RESULTS)
    assert apart.interval.high == 2
    assert estimate(near_one.numbers, RESULTS, limits=(-1, 1)) == found.interval


def test_verdicts_are_counted_and_too_few_networks_leave_a_claim_undecided():
    numbers = ((1.0, 1.1, 1.2), (-1.0, -1.1, -1.2), (0.02, 0.021, 0.022), (5.0,))
    outcomes = [decide(claim(Rule(quantity(*few), above=0)), RESULTS) for few in numbers]
    [row] = counts({"Made up": outcomes}).rows
    assert row == ("Made up", "4", "2", "1", "1", "0", "1")
