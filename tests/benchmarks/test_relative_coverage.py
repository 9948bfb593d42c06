"""Intervals over crossed networks err on the safe side, as the committed table says."""

import pandas as pd
import pytest

from benchmarks.relative_coverage import CASES, rows_of
from lib.repository import ROOT

TABLE = pd.read_csv(ROOT / "benchmarks" / "relative_coverage.csv")
BY_KIND = dict(iter(TABLE.groupby("intervals")))
COVERED = ["difference covered", "relative covered"]


def test_intervals_of_the_book_cover_in_every_case_and_not_much_too_often():
    assert len(TABLE) == 3 * len(CASES)
    error = (0.95 * 0.05 / 20_000) ** 0.5  # of a share of as many studies
    assert BY_KIND["jackknife"][COVERED].min(axis=None) > 0.95 - error
    assert BY_KIND["jackknife"][COVERED].max(axis=None) < 0.985


def test_the_table_can_be_computed_again():
    case = TABLE.query("networks == '3 and 3' and complete == 3 and origin == 3")
    for row in rows_of("3 and 3", 3.0, 3.0, 2000):
        [there] = case[case.intervals == row["intervals"]].to_dict("records")
        assert row["difference covered"] == pytest.approx(there["difference covered"], abs=0.02)
        assert row["power"] == pytest.approx(there["power"], abs=0.03)
