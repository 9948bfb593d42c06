"""The alternatives compute the same numbers, and a row has what a claim of speed needs."""

import pytest

from benchmarks import plain
from benchmarks.similarity import CASES, Case, made_up, measure, peer
from lib.metrics import METRICS


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if peer(case) is None],
    ids=lambda c: f"{c.alternative}-{c.shape[1]}",
)
def test_both_sides_compute_the_same_number(case):
    n, p = (80, 200) if case.shape[0] < case.shape[1] else (200, 12)
    x, y = made_up((n, p))
    alternative = getattr(plain, case.alternative)(x, y)
    assert METRICS[case.metric](x, y) == pytest.approx(alternative, abs=1e-6)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_row_has_what_a_claim_of_speed_needs():
    row = measure(Case("cka", (200, 50), "cka_by_gram"), repeats=2)
    assert row["repeats"] == 2
    assert row["ratio min"] <= row["ratio"] <= row["ratio max"]
    assert row["difference"] < 1e-6
    assert row["MiB"] >= 0
    assert row["seconds"] > 0
