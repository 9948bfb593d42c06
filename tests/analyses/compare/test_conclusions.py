"""Each sentence about two networks is chosen by its rule."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch

from lib.analyses.compare import conclusions
from lib.analyses.compare.analysis import LayerTables
from lib.analyses.compare.answers import Answers, answers_table
from lib.analyses.labels import read_labels

FILES = [Path("root", folder, str(i)) for folder in ("face", "nonface") for i in range(10)]
FACES = torch.tensor([1] * 10 + [0] * 10)
"""The answers of a network whose outputs are (non-face, face), and which is always right."""


def answers(a, b, order="", outputs=(2, 2)):
    labels = read_labels(FILES, "root", order)
    return Answers({"A": a, "B": b}, dict(zip("AB", outputs, strict=True)), labels)


def heads(sentences):
    return [sentence.partition("**")[2].partition("**")[0] for sentence in sentences]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (answers(FACES, FACES, outputs=(2, 3)), ["Their answers cannot be compared"]),
        (
            answers(FACES, FACES, "nonface face"),
            ["They answer alike", "Neither is shown to be more accurate."],
        ),
        (
            answers(FACES, 1 - FACES, "nonface face"),
            ["They answer differently", "A is the more accurate one."],
        ),
        (
            answers(1 - FACES, FACES, "nonface face"),
            [
                "They answer differently",
                "Are the folders in the order of the network's classes?",
                "B is the more accurate one.",
            ],
        ),
        (
            answers(FACES, FACES),
            [
                "They answer alike",
                "The folders are not taken for the classes.",
                "Are the folders in the order of the network's classes?",
            ],
        ),
        (
            answers(0 * FACES, 0 * FACES),
            ["Both give one class to all images", "The folders are not taken for the classes."],
        ),
    ],
)
def test_answers_are_judged_by_labels_only_where_these_can_be_right(given, said):
    assert heads(conclusions.about_answers(given)) == said


def test_labels_in_the_wrong_order_are_shown_with_the_better_one():
    _, chance, order = conclusions.about_answers(answers(FACES, FACES))
    assert "A is right on 0.0 % of the images and B on 0.0 %" in chance
    assert "one and the same answer would be on 50.0 %" in chance
    assert '`CLASSES="nonface face"` it would be on 100.0 %' in order
    assert [row[1] for row in answers_table(answers(FACES, FACES)).rows] == [
        *("100.0 %", "0.0 %", "0.0 %", "50.0 %")
    ]


def test_accuracies_of_networks_that_have_other_classes_are_not_shown():
    rows = answers_table(answers(FACES, FACES, outputs=(5, 5))).rows
    assert [row[1] for row in rows] == ["100.0 %", "-", "-", "-"]
    rows = answers_table(answers(FACES, FACES, outputs=(2, 3))).rows
    assert {row[1] for row in rows} == {"-"}


def same(**values):
    """Rows of layers `a`, `b`, ... with their counterparts: {metric: a value for each layer}."""
    rows = []
    for metric, similarities in values.items():
        for layer, value in zip("abcdefg", similarities, strict=False):
            row = {"layer_x": layer, "layer_y": layer, "metric": metric, "reshape": "flat"}
            row |= {"value": value, "null_mean": 0.5, "null_sd": 0.1, "note": "why"}
            row |= {"p_value": 0.5 if value < 0.6 else 0.01}
            rows.append(row | {"rank_x": 4, "rank_y": 4, "dead_x": 0, "dead_y": 0})
    return pd.DataFrame(rows)


def tables(rows, counterparts=True):
    return LayerTables(rows, rows if counterparts else rows[:0], counterparts)


def test_layers_part_where_the_way_from_the_null_is_short():
    found = list(conclusions.about_layers(tables(same(cka=[1, 0.9, 0.7]))))
    assert heads(found) == ["They part at b"]
    assert "differ most in c, which is only 40 % of the way" in found[0]
    [found] = conclusions.about_layers(tables(same(cka=[1, 0.99])))
    assert "No layer has changed much" in found


def test_metrics_that_disagree_and_find_nothing_are_named():
    rows = same(cka=[1, 0.95], nbs=[1, 0.55], svcca=[1, 0.55])
    found = list(conclusions.about_layers(tables(rows)))
    assert heads(found)[1:] == ["Nothing in common is found", "The metrics disagree"]
    assert "in b, by NBS, SVCCA: no more than" in found[1]
    assert "CKA finds 90 % there, NBS 10 %" in found[2]


def test_dead_channels_and_unused_directions_leave_out_the_output():
    sizes = pd.DataFrame(
        {"rank_x": [4, 4, 2], "rank_y": [4, 2, 1], "dead_x": [0, 0, 0], "dead_y": [0, 2, 1]},
        ["a", "b", "out"],
    )
    call = SimpleNamespace(leaf=True, channels="first", output=torch.zeros(2, 4, 3, 3))
    calls = dict.fromkeys(["a", "b", "out"], call)
    found = list(conclusions.about_channels(sizes, calls))
    assert heads(found) == ["B has more dead channels than A", "B uses fewer directions than A"]
    assert all("in b" in sentence for sentence in found)
    assert ", 2 more, in b" in found[0]


def test_without_counterparts_the_closest_and_the_furthest_layers_are_named():
    pairs = [("a", "x", 0.95), ("a", "y", 0.6), ("b", "x", 0.7), ("b", "y", 0.65)]
    rows = pd.DataFrame(pairs, columns=["layer_x", "layer_y", "value"])
    rows = rows.assign(null_mean=0.5, p_value=0.01)
    closest, furthest = conclusions.about_pairs(rows)
    assert "The closest layers are a of A and x of B" in closest
    assert "b of A is furthest" in furthest
    rows.loc[rows.layer_x == "b", "p_value"] = 0.5
    assert "No layer of B is like b of A" in list(conclusions.about_pairs(rows))[1]


def test_values_that_are_missing_have_a_reason():
    rows = same(cka=[np.nan, 0.9, np.nan])
    [sentence] = conclusions.about_missing(rows)
    assert "CKA could not be computed** in a, c. The first of these: why." in sentence


def test_networks_that_are_fresh_are_named_and_many_layers_are_not():
    networks = {"A": SimpleNamespace(fresh=True), "B": SimpleNamespace(fresh=False)}
    assert heads(conclusions.about_networks(networks)) == ["A is not trained."]
    assert conclusions.first_few("abcdd") == "a, b, c, d"
    assert conclusions.first_few("abcde") == "a, b, c, d, …"
