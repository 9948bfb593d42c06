"""The coverage of intervals: pooled over data, and as the committed table has it."""

import pandas as pd
import pytest

from lib.analyses.what_a_value_means import intervals

COLUMNS = ["metric", "reshape", "images", "data", "given", "covered", "repeats"]
ROWS = [
    ("cka", "flat", 100, "a", 0.0, float("nan"), 200),
    ("cka", "flat", 100, "b", 0.0, float("nan"), 200),
    ("cka", "flat", 400, "a", 1.0, 0.9, 200),
    ("cka", "flat", 400, "b", 0.5, 1.0, 200),
    ("cka_debiased", "gap", 400, "a", 1.0, 0.95, 200),
]


def test_samples_of_all_data_count_alike():
    coverage = pd.DataFrame(ROWS, columns=COLUMNS)
    shares = intervals.pooled(coverage)
    assert shares.loc["cka", "flat", 400].tolist() == pytest.approx([0.75, 280 / 300, 300])
    table = intervals.coverage_table(coverage)
    assert table.header == ("Metric", "Reshape", "100 images", "400 images")
    assert table.rows == (
        ("CKA", "flat", "none", "93.3 % (given in 75 %)"),
        ("CKA debiased", "gap", "", "95.0 %"),
    )


def test_what_is_given_covers_as_often_as_it_says():
    coverage = intervals.read_coverage()
    assert {*coverage.images} == {100, 400, 2000}
    shares = intervals.pooled(coverage)
    enough = shares[shares.given > 0.2]
    assert len(enough) > 10
    errors = (0.95 * 0.05 / enough.intervals) ** 0.5  # of so few samples
    assert ((enough.covered - 0.95).abs() <= 0.02 + 2 * errors).all()
    left_out = coverage[coverage["none because"].notna()]
    assert (left_out.given == 0).all()
    assert {*left_out.metric} == {"cka"}
