"""Effects of single choices, in made-up tables."""

import pandas as pd
import pytest

from notebooks.what_a_value_means.analysis import BASE, contrast_left, moves, settings

LAYERS = ["conv2", "conv10", "pool"]


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
            for setting in ("50" if axis == "images" else base, "other"):
                for iteration, level in ((1, 0.9), (4, 0.8)):
                    value = level - 0.4 * (metric == "svcca")
                    value += changed.get((axis, metric), 0) * (setting == "other")
                    rows += [
                        {"network": "x", "axis": axis, "setting": setting, "metric": metric}
                        | {"reshape": "channels" if metric == "svcca" else "flat", "kind": "conv"}
                        | {"iteration": iteration, "layer": layer, "value": value}
                        for layer in LAYERS
                    ]
    return settings(pd.DataFrame(rows), images=50)


def test_a_choice_moves_a_metric_by_what_it_changes():
    moved = moves(made_up()).loc["x"]
    assert moved.threshold.svcca == pytest.approx(0.1)
    assert moved.leading[["cka", "nbs"]].tolist() == pytest.approx([0.3, 0.1])
    assert moved.images.abs().max() == pytest.approx(0)
    assert moved.pruning.tolist() == pytest.approx([0.1] * 3)


def test_the_share_of_the_contrast_that_a_choice_leaves():
    left = contrast_left(made_up()).loc["x"]
    assert left.threshold == pytest.approx(0.75)
    assert left.leading == pytest.approx(0.25)
    assert left.drop(["threshold", "leading"]).tolist() == pytest.approx([1] * 6)
