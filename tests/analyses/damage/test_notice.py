"""Damage is noticed where no harmless change is as large, at its size and at all larger ones."""

import itertools

import numpy as np
import pandas as pd
import pytest

from lib.analyses.damage.notice import (
    notice,
    notice_table,
    p_values,
    size_text,
    still_learning,
)

CHANGES = range(1, 21)
SIZES = (0.25, 0.5, 1.0)


def harmless(value):
    """Rows of two metrics on one layer; `value` of a metric and a change."""
    return pd.DataFrame(
        {"layer": "a", "change": change, "metric": m, "reshape": "flat", "value": value(m, change)}
        for change in CHANGES
        for m in ("cka", "nbs")
    )


def damages(**values):
    """Rows for `metric_damage=(value at each size)`."""
    rows = []
    for name, of_sizes in values.items():
        metric, damage = name.split("_")
        for size, value in zip(SIZES, of_sizes, strict=True):
            row = {"layer": "a", "damage": damage, "size": size, "metric": metric}
            rows.append(row | {"reshape": "flat", "value": value})
    return pd.DataFrame(rows)


def costs(**values):
    """Rows for `damage=(loss at each size)`."""
    return pd.DataFrame(
        {"layer": "a", "damage": damage, "size": size, "lost": lost}
        for damage, losses in values.items()
        for size, lost in zip(SIZES, losses, strict=True)
    )


def test_a_case_counts_itself_among_the_changes_as_large():
    values = pd.Series([0.95, 0.5, np.nan], [7, 8, 9])
    found = p_values([0.9, 0.95, 1.0], values)
    assert found.to_dict() == {7: 0.75, 8: 0.25, 9: 0.25}
    assert p_values([0.9, np.nan], values).isna().all()


@pytest.fixture
def judged():
    """CKA notices noise before it does harm and a shift that does none, NBS noise too late."""
    changes = harmless(lambda metric, change: 0.9 + change / 1000)
    after = damages(
        cka_noise=(0.8, 0.7, 0.6),
        nbs_noise=(0.95, 0.95, 0.6),
        cka_shift=(0.95, 0.8, 0.7),
        nbs_shift=(0.95, 0.95, 0.95),
    )
    return notice(changes, after, costs(noise=(0, 0.02, 0.3), shift=(0, 0, 0)))


def test_what_is_noticed_in_time_and_what_for_nothing(judged):
    assert judged.harmful == ["noise"]
    assert judged.harm.to_dict() == {"noise": 0.5, "shift": np.inf}
    assert judged.smallest.loc["cka", "flat"].to_dict() == {"noise": 0.25, "shift": 0.5}
    assert judged.tally.to_dict("index") == {
        ("cka", "flat"): {"in_time": 1, "for_nothing": 1},
        ("nbs", "flat"): {"in_time": 0, "for_nothing": 0},
    }


def test_the_table_has_a_late_size_in_brackets(judged):
    rows = {row[0]: row[2:] for row in notice_table(judged).rows}
    assert rows["What does harm"] == ("1/2", "-", "", "")
    assert rows["CKA"] == ("1/4", "1/2", "1", "1")
    assert rows["NBS"] == ("(1)", "-", "0", "0")


def test_twenty_changes_are_enough_for_the_level_and_fewer_raise_it():
    changes = harmless(lambda metric, change: 0.9)
    after = damages(cka_noise=(0.5, 0.5, 0.5))
    assert notice(changes, after, costs()).level == 0.05
    judged = notice(changes[changes.change <= 4], after, costs())
    assert judged.level == 0.2
    assert not judged.known


def test_a_metric_without_a_value_for_a_harmless_change_is_left_out():
    changes = harmless(lambda metric, change: np.nan if metric == "nbs" else 0.9)
    after = damages(cka_noise=(0.5, 0.5, 0.5), nbs_noise=(0.5, 0.5, 0.5))
    assert [*notice(changes, after, costs()).smallest.index] == [("cka", "flat")]


def test_a_network_that_still_learns_changes_less_and_less():
    assert still_learning(harmless(lambda metric, change: 1 - 1 / change)) < 1e-6
    assert still_learning(harmless(lambda metric, change: 1 / change)) > 0.99


def test_changes_in_random_order_are_seldom_taken_for_learning():
    """In each order of four changes all metrics agree, so nothing is gained by their number."""
    alarms = 0
    for order in itertools.permutations(range(1, 5)):
        rows = harmless(lambda metric, change, order=order: order[(change - 1) % 4])
        alarms += still_learning(rows[rows.change <= 4]) <= 0.05
    assert alarms <= 0.05 * 24


@pytest.mark.parametrize(
    ("size", "limit", "text"),
    [(0.25, 1, "1/4"), (0.25, 0.125, "(1/4)"), (np.inf, 1, "-"), (8, 8, "8")],
)
def test_sizes_are_fractions(size, limit, text):
    assert size_text(size, limit) == text
