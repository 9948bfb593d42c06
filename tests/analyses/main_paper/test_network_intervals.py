"""Intervals over complete networks, in simulated studies."""

import pandas as pd
import pytest

from lib.analyses.main_paper import network_intervals

COLUMNS = ["question", "interval", "networks", "runs", "shape", "covered"]
ROWS = [
    ("one mean", "complete networks", 3, 3, "normal", 0.95),
    ("one mean", "complete networks", 3, 3, "skewed", 0.9),
    ("one mean", "runs", 3, 3, "normal", 0.7),
    ("rank correlation", "complete networks", 3, 3, "normal", 0.8),
]


def test_shares_are_shown_by_shape():
    table = network_intervals.shares_as_texts(pd.DataFrame(ROWS, columns=COLUMNS))
    assert table.loc["one mean", "complete networks", "3 networks, 3 runs"].to_dict() == {
        "normal": "95.0 %",
        "skewed": "90.0 %",
    }


def test_sentences_have_the_ends_of_each_kind_and_correlations_are_a_kind_of_their_own():
    ends = network_intervals.lowest_and_highest(pd.DataFrame(ROWS, columns=COLUMNS))
    assert ends == pytest.approx(
        {
            "coverage_networks_low": 90,
            "coverage_networks_high": 95,
            "coverage_runs_low": 70,
            "coverage_runs_high": 70,
            "coverage_correlations_low": 80,
            "coverage_correlations_high": 80,
        }
    )


def test_the_published_simulation_has_each_kind():
    assert len(network_intervals.lowest_and_highest(network_intervals.simulated_studies())) == 6
