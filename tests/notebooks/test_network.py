"""What is put into made-up curves is found in them, and sentences are refuted by what one sees."""

import pandas as pd
import pytest

from lib.report import NETWORK
from notebooks.network.analysis import (
    OfFigures,
    Said,
    alike,
    bowl,
    counting_lost,
    curves,
    decide,
    fall,
    gain,
    lead,
    slowing,
    trend,
    two_bottoms,
    u_depth,
)

LAYERS = ["conv1_1", "pool1", "conv2_1", "pool2", "conv3_1", "pool3", "conv4_1", "pool4"]


def a_run(*last: float, first: float = 1.0) -> dict:
    """Two prunings: all layers alike, then the values given, those of the output included."""
    lines = pd.DataFrame([[first] * len(last), last], [0.8, 0.1], [*LAYERS[: len(last) - 1], "out"])
    return {"svcca": lines, "cka": lines * 0.5 + 0.5}


def test_the_u_lies_below_the_lower_end_and_the_output_is_no_end():
    run = a_run(0.9, 0.5, 0.7, 1.0)
    assert u_depth(run, "svcca") == pytest.approx(0.2)
    assert lead(run, "svcca", ["pool1"]) == pytest.approx(0.2)
    assert fall(run, "svcca", ["conv1_1", "pool1"]) == pytest.approx(0.3)
    assert u_depth(a_run(0.9, 0.8, 0.7, 1.0), "svcca") == 0
    assert trend(a_run(0.9, 0.8, 0.7, 1.0), "svcca") == -1
    assert alike(run, "svcca", "cka") == 1


def test_a_bowl_and_two_bottoms_need_what_surrounds_them():
    layers = [f"conv{b}_{i}" for b in (1, 2, 3) for i in (1, 2)] + ["conv4_1"]
    layers += [f"pool{b}" for b in (1, 2, 3, 4)]
    line = dict.fromkeys(layers, 0.9) | {"conv3_2": 0.4, "conv4_1": 0.5, "out": 1.0}
    run = {"svcca": pd.DataFrame([line, line], [0.8, 0.1])}
    assert two_bottoms(run, "svcca") == pytest.approx(0.4)
    assert bowl(run, "svcca") == pytest.approx(0.3)  # beside block 4, whose mean is 0.7


def test_steps_that_halve_slow_down_and_gains_are_means_over_prunings():
    falling = pd.DataFrame({"a": [1.0, 0.8, 0.7], "out": 1.0}, [0.8, 0.4, 0.1])
    assert slowing({"svcca": falling}, "svcca") == pytest.approx(0.5)
    run = {"accuracy": pd.Series([0.0, 1.0, 3.0, -1.0], [1.0, 0.8, 0.6, 0.1])}
    assert gain(run, "", slice(0.99, 0.5)) == 2
    assert gain(run, "", slice(0.13, 0.08), slice(0.99, 0.5)) == -3


@pytest.mark.parametrize(
    ("depths", "verdict"),
    [
        ((0.11, 0.12, 0.13), "holds"),
        ((0.02, 0.03, 0.04), "undecided"),  # below the bound, by less than one sees
        ((-0.05, -0.04, -0.03), "does not hold"),
    ],
)
def test_a_sentence_is_refuted_by_what_one_sees(depths, verdict):
    said = {"u": Said("6.1", "{metric} has a U.", lambda run, _: run, ("svcca",), above=0.06)}
    claims = OfFigures("made_up", "nowhere")
    table = decide(claims, said, {"recipe": dict(enumerate(depths)), "few_images": {}})
    assert claims.table().verdict.to_dict() == {"u-recipe-svcca": verdict}
    assert table.few_images.tolist() == [""]


def test_curves_are_those_of_each_network_and_lost_directions_count_as_0():
    rows = [
        {"network": "x", "regime": "r", "role": "pruned", "metric": metric, "reshape": reshape}
        | {NETWORK: seed, "other_seed": pd.NA, "iteration": 1, "remaining": 0.8, "layer": layer}
        | {"value": 0.5 + seed / 10, "rank_x": 4.0, "rank_y": 3.0}
        for seed in (0, 1)
        for metric in ("svcca", "pwcca", "cka", "nbs")
        for reshape in ("channels", "flat")
        for layer in ("conv2", "conv10", "out")
    ]
    accuracy = [
        {NETWORK: seed, "iteration": i, "accuracy": 0.9 + i / 100}
        for seed in (0, 1)
        for i in (0, 1)
    ]
    runs = curves(pd.DataFrame(rows), pd.DataFrame(accuracy))
    assert runs[1]["cka"].iloc[0].to_dict() == {"conv2": 0.6, "conv10": 0.6, "out": 0.6}
    assert runs[0]["accuracy"].tolist() == pytest.approx([0, 1])
    lost = counting_lost(pd.DataFrame(rows[:3]))
    assert lost.tolist() == pytest.approx([0.375] * 3)
