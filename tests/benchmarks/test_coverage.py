"""Intervals that count complete networks cover the truth; those that count runs do not."""

from dataclasses import replace

import pandas as pd
import pytest

from benchmarks.coverage import (
    BY_NETWORK,
    BY_RUN,
    CASES,
    CORRELATED,
    FIRST,
    SHAPES,
    coverage,
    measured_ratio,
)
from lib import ROOT

from ..book.claims.worlds import PAPERS_WORLD

TABLE = pd.read_csv(ROOT / "benchmarks" / "coverage.csv")


def test_the_table_has_every_case_and_covers_as_it_should_from_three_networks_on():
    assert len(TABLE) == len(CASES) * len(SHAPES)
    found = TABLE.query("interval == @BY_NETWORK and networks > 2")
    beside = found.question.isin(["share of the way to siblings", "pruned minus pairs"])
    near_one = found.question == CORRELATED
    assert found[~beside & ~near_one].covered.between(0.93, 0.97).all()
    # what a pair has of its own counts as its networks', and makes their mean less sure than it is
    assert found[beside].covered.between(0.95, 0.99).all()
    # near 1 correlations are skewed, which a few networks do not show
    assert found[near_one].covered.between(0.90, 0.97).all()


@pytest.mark.parametrize("question", ["one mean", "pruned minus control", "two architectures"])
def test_counting_runs_covers_less_often_than_counting_networks(question):
    mine = TABLE[(TABLE.question == question) & (TABLE.networks == 2) & (TABLE.runs == sum(FIRST))]
    covered = mine.groupby("interval").covered
    assert covered.max()[BY_RUN] < 0.92 < 0.94 < covered.min()[BY_NETWORK]


def test_the_table_can_be_computed_again():
    again = coverage("pruned minus control", BY_NETWORK, (1, 1, 1), "normal", 200)
    row = TABLE.query("question == 'pruned minus control' and networks == 3").iloc[0]
    assert again["covered"] == pytest.approx(row.covered, abs=0.05)
    assert again["half_width"] == pytest.approx(row.half_width, rel=0.2)


def test_one_run_of_each_network_tells_no_ratio():
    world = PAPERS_WORLD.results()
    alone = {"experiments": {"vgg_svhn": world.settings("vgg_svhn")}}
    with pytest.raises(SystemExit, match="several runs"):
        measured_ratio(replace(world, provenance=alone))
