"""What is put into made-up tables is found in them, and nothing else."""

import pandas as pd
import pytest
from scipy import stats

from lib.report import NETWORK
from notebooks.robustness.analysis import (
    BASE,
    apart,
    cases,
    contrast_left,
    effects,
    moves,
    settings,
)

LAYERS = ["conv2", "conv10", "pool"]


def test_cases_are_counted_or_keep_their_intervals():
    index = pd.MultiIndex.from_product([["r"], ["11 %"], [0, 1]], names=["regime", "left", NETWORK])
    counted = cases(pd.Series([0.1, None], index))
    assert counted.index.tolist() == [("r", "11 % 0")]
    assert counted.iloc[0].tolist() == [0.1, 0.1, 0.1, 1]


def test_two_metrics_are_apart_where_their_places_are():
    key = ["regime", "metric", "iteration", NETWORK, "layer"]
    index = pd.MultiIndex.from_product([["r"], ["cka", "svcca"], [1], [0], LAYERS], names=key)
    own = pd.Series([0.3, 0.2, 0.1, 0.2, 0.3, 0.8], index)
    found = apart(own, 0 * own, ["svcca", "cka"]).loc["r", 1, 0]
    assert found["share"] == pytest.approx(2 / 3)
    assert found["rank"] == -1


def test_cells_are_compared_by_welchs_interval():
    cells = {"full": [0.1, 0.2, 0.4], "half": [-0.1, -0.15, -0.2]}
    index = pd.MultiIndex.from_tuples(
        [(name, "r", "cka", i) for name in cells for i in range(3)],
        names=["network", "regime", "metric", NETWORK],
    )
    numbers = pd.Series([*cells["full"], *cells["half"]], index)
    row = effects(numbers, {"width": (("full", "r"), ("half", "r"))}).loc["width", "cka"]
    other = stats.ttest_ind(*cells.values(), equal_var=False).confidence_interval()
    assert (row.low, row.high) == pytest.approx(tuple(other))


def made_up():
    """Each choice with another setting, which leaves all as it is but for three of them."""
    changed = {("threshold", "svcca"): 0.1, ("leading", "cka"): -0.3, ("leading", "nbs"): -0.1}
    rows = []
    for axis, base in BASE.items():
        metrics = {"threshold": ["svcca"], "mean": ["svcca"], "debiased": ["cka"]}
        metrics = metrics.get(
            axis, ["cka", "nbs"] if axis == "leading" else ["svcca", "cka", "nbs"]
        )
        for metric in metrics:
            for setting in (base, "other"):
                for iteration, level in ((1, 0.9), (4, 0.8)):
                    value = level - 0.4 * (metric == "svcca")
                    value += changed.get((axis, metric), 0) * (setting == "other")
                    rows += [
                        {"network": "x", "axis": axis, "setting": setting, "metric": metric}
                        | {"reshape": "channels" if metric == "svcca" else "flat", "kind": "conv"}
                        | {"iteration": iteration, "layer": layer, "value": value}
                        for layer in LAYERS
                    ]
    return settings(pd.DataFrame(rows))


def test_a_choice_moves_a_metric_by_what_it_changes():
    moved = moves(made_up()).loc["x"]
    assert moved.threshold.svcca == pytest.approx(0.1)
    assert moved.leading[["cka", "nbs"]].tolist() == pytest.approx([0.3, 0.1])
    assert moved.images.abs().max() == pytest.approx(0)
    assert moved.pruning.tolist() == pytest.approx([0.1] * 3)


def test_what_a_choice_leaves_of_the_contrast():
    left = contrast_left(made_up()).loc["x"]
    assert left.threshold == pytest.approx(0.75)
    assert left.leading == pytest.approx(0.25)
    assert left.drop(["threshold", "leading"]).tolist() == pytest.approx([1] * 6)
