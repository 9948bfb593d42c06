"""Levels, orders of methods and training-only controls, in made-up tables."""

import pandas as pd
import pytest

from lib.report import NETWORK
from notebooks.prunings.analysis import at_levels, same_order, training_alone

LEFT = {
    "rewound": {0: 1, 1: 0.5, 2: 0.25, 3: 0.125},
    "pruned": {1: 0.8, 2: 0.64, 3: 0.51, 9: 0.13},
    "one_shot_midway": {1: 0.125},
    "accelerated_late": {1: 0.5, 2: 0.25, 3: 0.125},
    "filters": {1: 0.5, 2: 0.3},
    "half_trained_as_long": {1: 1, 2: 1},
}
WAYS = ("rewound", "gradual", "one_shot", "accelerated", "filters")


def _index(*levels, names=("role", "iteration", NETWORK)):
    return pd.MultiIndex.from_product(levels, names=names)


def test_a_method_has_a_level_if_it_leaves_about_as_many_weights_and_was_trained_there():
    rows = pd.DataFrame(
        [
            {"role": role, "iteration": iteration, "remaining": left}
            for role, course in LEFT.items()
            for iteration, left in course.items()
        ]
    )
    found = at_levels(rows).set_index(["role", "iteration"]).remaining
    assert found["gradual"].to_dict() == {"early": 0.51, "midway": 0.13, "late": 0.13}
    assert found["rewound"].to_dict() == {"early": 0.5, "midway": 0.125, "late": 0.125}
    assert found["filters"].to_dict() == {"early": 0.5}
    assert found["one_shot"].to_dict() == {"midway": 0.125}
    assert found["accelerated"].to_dict() == {"late": 0.125}  # as little as there is
    assert set(found.index.get_level_values("role")) == set(WAYS)


def test_methods_without_a_number_in_one_network_have_no_rank():
    index = _index(list("abcd"), ["late"], [0, 1])
    first = pd.Series([1, 1, 2, 2, 3, 3, 9, None], index)
    second = pd.Series([1, 3, 2, 2, 3, 1, 0, 0], index, dtype=float)
    assert same_order(first, second).tolist() == pytest.approx([1, -1])


def test_the_training_only_control_is_interpolated_between_iterations():
    similar = pd.Series([0.9, 0.8, 0.7, 0.5], _index([1, 2], [0, 1], names=("iteration", NETWORK)))
    epochs = pd.Series({1: 4, 2: 8})
    behind = pd.Series([6, 8, 9, 4], _index(["a", "b"], ["late"], [0, 1]))
    found = training_alone(similar, behind, epochs)
    assert found["a", "late"].tolist() == pytest.approx([0.8, 0.5])
    assert found["b", "late"].tolist() == pytest.approx([float("nan"), 0.8], nan_ok=True)
