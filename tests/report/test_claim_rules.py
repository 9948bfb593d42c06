"""What the rules of the claims are made of: intervals, verdicts, quantities of a run."""

import dataclasses
import math

import numpy as np
import pytest
from scipy import stats

from lib.claims.engine import (
    FAILS,
    HOLDS,
    TOO_FEW,
    UNDECIDED,
    Measurement,
    Missing,
    Rule,
    Sample,
    measure,
    verdict,
)
from lib.claims.vocabulary import (
    ALWAYS,
    END,
    HIDDEN,
    OUT,
    accuracy_trend,
    fall,
    least,
    left,
    lowest,
    mean,
    place_of_lowest,
    runs_of,
)

from .claim_world import PAPERS_WORLD


@pytest.fixture(scope="module")
def world():
    return PAPERS_WORLD.results()


@pytest.mark.parametrize("values", [(1.0, 2.0, 4.0), (0.1, 0.2, 0.2, 0.4, 0.9)])
def test_the_interval_is_students(values):
    m = measure(Sample(values))
    expected = stats.t.interval(0.95, len(values) - 1, np.mean(values), stats.sem(values))
    assert (m.low, m.high) == pytest.approx(expected)
    assert m.mean == pytest.approx(np.mean(values))
    assert m.runs == len(values)


def test_the_interval_of_unpaired_runs_is_welchs():
    one, other = (1.0, 2.0, 4.0), (0.5, 0.6, 0.65, 0.8)
    m = measure(Sample(one, other))
    expected = stats.ttest_ind(one, other, equal_var=False).confidence_interval(0.95)
    assert (m.low, m.high) == pytest.approx((expected.low, expected.high))
    assert m.runs == 3


def test_runs_without_a_number_are_left_out_and_counted():
    m = measure(Sample((1.0, math.nan, 2.0, 4.0)))
    assert m == dataclasses.replace(measure(Sample((1.0, 2.0, 4.0))), undefined=1)
    assert measure(Sample((math.nan,))).runs == 0


def test_runs_that_agree_exactly_have_a_point_for_an_interval():
    m = measure(Sample((2.0, 2.0, 2.0)))
    assert (m.low, m.mean, m.high) == (2, 2, 2)


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
    rule = Rule("a number", None, above=0.3, below=0.4)
    m = Measurement((low + high) / 2, low, high, runs=3)
    assert verdict(rule, m) == expected
    assert verdict(rule, dataclasses.replace(m, runs=2)) == TOO_FEW


def test_what_lies_on_the_threshold_does_not_hold():
    assert verdict(Rule("a number", None, above=0), Measurement(0, 0, 0, runs=3)) == FAILS


def test_a_rule_needs_a_threshold_that_can_be_met():
    with pytest.raises(ValueError, match="needs a threshold"):
        Rule("a number", None)
    with pytest.raises(ValueError, match="nothing lies above 2 and below 1"):
        Rule("a number", None, above=2, below=1)


def test_quantities_are_what_their_words_say(world):
    table = world.similarity.query(
        "experiment == 'vgg16_bn' and metric == 'cka' and reshape == 'flat' and prune_seed == 1"
    )
    run, last = (0, 1), table[table.iteration == 20]
    hidden = last[last.kind != "out"]
    term = lowest("vgg16_bn", "cka")
    assert term.words == "the lowest CKA of the hidden layers"
    assert term.measure(world)[run] == hidden.value.min()
    assert mean("vgg16_bn", "cka").measure(world)[run] == pytest.approx(hidden.value.mean())
    place = place_of_lowest("vgg16_bn", "cka").measure(world)[run]
    assert hidden.sort_values("depth").layer.iloc[int(place)] == hidden.layer[hidden.value.idxmin()]
    outputs = table[table.kind == "out"].set_index("iteration").value
    fallen = fall("vgg16_bn", "cka", OUT).measure(world)[run]
    assert fallen == pytest.approx(outputs[1] - outputs[20])


def test_parts_of_a_run(world):
    run = runs_of(world, "vgg16_bn", "cka")[0, 0]
    assert run.part(HIDDEN, END).shape == (1, 18)
    assert run.part(OUT, ALWAYS).shape == (20, 1)
    assert list(run.part(OUT, left(high=0.17)).index) == list(range(8, 21))
    with pytest.raises(Missing, match="no iteration with at most 0.1 % of the weights left"):
        run.part(OUT, left(high=0.001))


def test_different_quantities_have_no_common_words():
    with pytest.raises(ValueError, match="not the same quantity"):
        least("both", lowest("vgg16_bn", "cka"), accuracy_trend("vgg16_bn"))
