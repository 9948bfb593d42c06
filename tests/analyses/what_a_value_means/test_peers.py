"""Tables of other people's code, made from what the benchmarks measured."""

import pandas as pd
import pytest

from lib.analyses.what_a_value_means import peers


@pytest.fixture
def measured(monkeypatch):
    """Sets what a benchmark has measured."""
    return lambda rows: monkeypatch.setattr(peers, "_measured", lambda name: pd.DataFrame(rows))


def peer(name, difference, **other):
    return {
        "metric": "cka",
        "peer": name,
        "data": "tall",
        "ours": 0.5,
        "theirs": 0.5,
        "difference": difference,
        "same definition": True,
        "note": "",
    } | other


def test_libraries_are_sorted_by_their_worst_difference_and_degenerate_data_left_out(measured):
    measured(
        [
            peer("b", 1e-9),
            peer("a", 1e-12),
            peer("a", 1e-6, data="wide"),
            peer("b", 0.5, data="degenerate"),
            peer("c", 0.1, **{"same definition": False}),
            peer("d", None),
        ]
    )
    assert peers.same_definition().rows == (("CKA", "2", "b, a", "1e-06"),)


def test_other_definitions_stand_beside_ours(measured):
    other = {"same definition": False, "theirs": 0.25, "note": "squares it"}
    measured([peer("c", 0.25, **other), peer("a", 0)])
    assert peers.other_definitions().rows == (("c", "CKA", "squares it", "0.500", "0.250"),)


def test_all_metrics_are_timed_against_two_forward_passes(measured):
    first = {"first": 2.0, "second": 1.0, "plain": 0.0}
    measured([first, {"first": 20.0, "second": 12.0, "plain": 4.0}])
    times = peers.layer_times()
    assert times["timed_layers"] == "1"
    assert times["seconds_forward"] == "4"
    assert times["share_forward"] == "25%"
    assert times["times_plain"] == "3.0"


def test_every_published_row_makes_one_of_the_table():
    for name, table in (("similarity", peers.times()), ("nulls", peers.null_times())):
        assert len(table.rows) == len(peers._measured(name))
    assert any(row[1].endswith(" *") for row in peers.times().rows)
    assert int(peers.null_counts()["null_same"]) <= int(peers.null_counts()["null_decisions"])
