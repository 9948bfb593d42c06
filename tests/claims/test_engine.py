"""From one number for each run to a verdict."""

import dataclasses
import math
from types import SimpleNamespace

import pandas as pd
import pytest

from lib.claims.engine import (
    FAILS,
    HOLDS,
    NOT_MEASURED,
    TOO_FEW,
    UNDECIDED,
    VERDICTS,
    Claim,
    Missing,
    Outcome,
    Quantity,
    Rule,
    counts,
    decide,
    distance,
    headline,
    largest,
    smallest,
    summary,
    verdict,
)
from lib.report.statistics import Interval, interval

RESULTS = SimpleNamespace()


def quantity(*numbers, train_seeds=None, words="a number"):
    """Numbers of runs, which start from the same complete network if nothing else is said."""
    train_seeds = train_seeds or [0] * len(numbers)
    index = pd.MultiIndex.from_tuples(
        list(zip(train_seeds, range(len(numbers)), strict=True)), names=["train_seed", "prune_seed"]
    )
    return Quantity(words, lambda results: pd.Series(numbers, index=index, dtype=float))


def claim(rule):
    return Claim("key", "It stays {bound}.", "5.2", "Fig. 5", "vgg16_bn", rule)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.31, 0.39, HOLDS),
        (0.25, 0.35, UNDECIDED),
        (0.25, 0.45, UNDECIDED),
        (0.1, 0.3, FAILS),
        (0.4, 0.5, FAILS),
    ],
)
def test_a_verdict_is_where_the_interval_lies(low, high, expected):
    rule = Rule(quantity(), above=0.3, below=0.4)
    found = Interval((low + high) / 2, low, high, n=3)
    assert verdict(rule, found) == expected
    assert verdict(rule, dataclasses.replace(found, n=2)) == TOO_FEW


def test_what_lies_on_the_bound_does_not_hold():
    assert verdict(Rule(quantity(), above=0), Interval(0, 0, 0, n=3)) == FAILS


def test_how_far_a_value_misses_a_rule():
    rule = Rule(quantity(), above=0.3, below=0.4)
    assert rule.misses_by(0.35) == pytest.approx(-0.05)
    assert rule.misses_by(0.2) == pytest.approx(0.1)
    assert rule.misses_by(0.6) == pytest.approx(0.2)


def test_a_rule_needs_a_bound_that_can_be_met():
    with pytest.raises(ValueError, match="needs a bound"):
        Rule(quantity())
    with pytest.raises(ValueError, match="nothing lies above 2 and below 1"):
        Rule(quantity(), above=2, below=1)


def test_what_the_interval_counts_as_independent_is_part_of_the_rule():
    """Six runs of three complete networks: as many observations as either there are."""
    numbers = quantity(1.0, 1.2, 2.0, 2.2, 4.0, 4.2, train_seeds=[0, 0, 1, 1, 2, 2])
    by_run = decide(claim(Rule(numbers, above=0)), RESULTS)
    by_network = decide(claim(Rule(numbers, above=0, independent="complete network")), RESULTS)
    assert by_run.interval.n == 6
    assert by_network.interval == interval((1.1, 2.1, 4.1))
    assert by_network.measured.endswith("3 complete networks")


def test_quantities_are_combined_within_each_run():
    one, other = quantity(1.0, 5.0, math.nan), quantity(3.0, 4.0, 1.0)
    for combined, expected in (
        (one - other, [-2, 1]),
        (distance(one, other), [2, 1]),
        (smallest("", one, other), [1, 4]),
        (largest("", one, other), [3, 5]),
    ):
        found = combined.measure(RESULTS).tolist()
        assert found[:2] == expected
        assert math.isnan(found[2])


def test_runs_without_a_counterpart_cannot_be_paired():
    elsewhere = quantity(1.0, 2.0, train_seeds=[7, 7])
    with pytest.raises(Missing, match="counterpart"):
        (quantity(1.0, 2.0) - elsewhere).measure(RESULTS)
    unpaired = decide(claim(Rule(quantity(1.0, 2.0, 3.0), above=0, minus=elsewhere)), RESULTS)
    assert unpaired.interval.mean == pytest.approx(0.5)


def test_a_claim_whose_numbers_are_missing_is_not_measured():
    def measure(results):
        raise Missing("no experiment x")

    outcome = decide(claim(Rule(Quantity("x", measure), above=0)), RESULTS)
    assert outcome == Outcome(outcome.claim, NOT_MEASURED, missing="no experiment x")
    assert outcome.measured == "no experiment x"


def test_a_rule_and_what_it_measured_for_the_reader():
    rule = Rule(quantity(words="x") - quantity(words="y"), above=0.5, minus=quantity(words="z"))
    assert rule.words == "x, minus y, minus z, not paired"
    assert claim(rule).statement == "It stays above 0.5."
    layers = claim(Rule(quantity(-1.0, 0.0, 1.0), above=0, unit="layers"))
    assert decide(layers, RESULTS).measured == "0.00 (\u22122.48 to 2.48) layers, 3 runs"
    single = claim(Rule(quantity(1.0, math.nan), above=0))
    assert decide(single, RESULTS).measured == "1.000, 1 run, 1 undefined"
    none = claim(Rule(quantity(math.nan), above=0))
    assert decide(none, RESULTS).measured == "0 runs, 1 undefined"


def test_the_summary_counts_verdicts():
    outcomes = [Outcome(None, name) for name in (HOLDS, HOLDS, FAILS, NOT_MEASURED)]
    assert list(counts(outcomes)) == list(VERDICTS)
    assert summary(outcomes) == "Of 4 claims, 2 hold, 1 does not hold and 1 was not measured."
    assert headline(outcomes) == {"claims": 4, "holds": 2, "does_not_hold": 1}
