"""Intervals of many layers hold together, as the committed table says."""

import pandas as pd
import pytest

from benchmarks.layer_coverage import CASES, coverage
from lib.repository import ROOT

TABLE = pd.read_csv(ROOT / "benchmarks" / "layer_coverage.csv")


def test_intervals_cover_simultaneously_in_every_case():
    assert len(TABLE) == len(CASES)
    assert TABLE.covered.between(0.92, 1).all()


def test_the_table_can_be_computed_again():
    row = TABLE.query("networks == 3 and scatter == 0.7 and intervals == 'moderated'").iloc[0]
    again = coverage(3, 0.7, row.correlation, "moderated", 200)
    assert again["covered"] == pytest.approx(row.covered, abs=0.04)
    assert again["half_width"] == pytest.approx(row.half_width, rel=0.05)
