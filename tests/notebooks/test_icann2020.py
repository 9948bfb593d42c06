"""Measures of minima in made-up tables: their networks and units."""

import pandas as pd
import pytest

from lib.report import NETWORK
from notebooks.icann2020.analysis import RADIUS, at_the_ends, gradual_minus_others, minima

WHO = {"network": "x", "prune_seed": 0}
ENDS = [("pruned", 0, 1.0), ("pruned", 6, 9.0), ("pruned", 12, 2.0), ("one_shot", 0, 1.0)]
ENDS += [("one_shot", 1, 3.0), ("one_shot_long", 12, 20.0)]
"""role, iteration, and a factor on all that is measured of these networks."""


def table(*rows):
    return pd.DataFrame(
        WHO | {"role": role, "iteration": iteration, NETWORK: seed} | row(factor)
        for role, iteration, factor in ENDS
        for seed in (0, 1)
        for row in rows
    )


def loss(quantity, value, radius=0.0, number=0):
    row = {"quantity": quantity, "radius": radius, "number": number}
    return lambda factor: row | {"value": value * factor}


LANDSCAPE = table(
    *(loss("eigenvalue", 5, number=0), loss("eigenvalue", 4, number=1), loss("trace", 40)),
    *(loss("increase", 0.02, RADIUS), loss("increase", 0.3, 4 * RADIUS)),
    *(loss("loss", 0.1), loss("loss", 0.7, RADIUS)),
)
POTENTIALS = table(
    lambda factor: {"neurons": 90, "entropy": 0.1 * factor, "mixed": 0.15 * factor},
    lambda factor: {"neurons": 10, "entropy": 0.2 * factor, "mixed": 0.25 * factor},
)
PERFORMANCE = table(lambda factor: {"accuracy": 0.3 * factor})


def test_complete_networks_count_once_and_pruned_ones_at_the_end():
    ends = at_the_ends(PERFORMANCE)
    assert ends.groupby("role").iteration.unique().map(list).to_dict() == {
        "complete": [0],
        "pruned": [12],
        "one_shot": [1],
        "one_shot_long": [12],
    }
    assert len(ends) == 4 * 2


@pytest.mark.parametrize(("role", "factor"), [("complete", 1), ("pruned", 2), ("one_shot", 3)])
def test_each_measure_is_that_of_its_networks(role, factor):
    measured = minima(PERFORMANCE, LANDSCAPE, POTENTIALS).xs(("x", role, 0), level=[1, 2, 3])
    expected = {"accuracy": 30, "loss": 0.1, "eigenvalue": 5, "trace": 40, "increase": 20}
    expected |= {"entropy": 110, "null": 160, "information": 50, "entropy_by_layer": 150}
    assert (measured / factor).to_dict() == pytest.approx(expected)


def test_differences_are_those_of_one_complete_network_and_logarithms_of_curvature():
    apart = gradual_minus_others(minima(PERFORMANCE, LANDSCAPE, POTENTIALS)).xs("x", level=2)
    accuracy, eigenvalue = apart["one_shot"]["accuracy"], apart["one_shot_long"]["eigenvalue"]
    assert accuracy.tolist() == pytest.approx([-30, -30])
    assert eigenvalue.tolist() == pytest.approx([-1, -1])
    assert set(apart["complete"].index.get_level_values("measure")) == {
        *("entropy", "entropy_by_layer", "information")
    }
