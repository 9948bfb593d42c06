"""The baseline of a network that is damaged, and which damage it gets."""

import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from lib.analyses.damage import advice, analysis, subject
from lib.analyses.labels import BY_CHANCE, ONE_FOLDER, TRUSTED, read_labels

FILES = [Path("root", folder, str(i)) for folder in ("face", "nonface") for i in range(10)]
RIGHT = torch.tensor([[0.0, 1.0]] * 10 + [[1.0, 0.0]] * 10)
"""The scores of a network whose outputs are (non-face, face), and which is always right."""
WRONG = RIGHT.flip(1)


def baseline(order=""):
    return analysis.baseline_of(RIGHT, read_labels(FILES, "root", order))


def test_labels_in_the_wrong_order_are_refused_and_its_own_answers_taken():
    """Nothing can get worse than 0 %, so no damage would seem to do harm."""
    refused = baseline()
    assert refused.verdict == BY_CHANCE
    assert not refused.labelled
    assert refused.lost(WRONG) == 1
    assert analysis.baseline_table(refused).rows[0][1] == "0.0 %"
    chance, order = advice.about_baseline(refused)
    assert "right on 0.0 % of the images; one and the same answer would be on 50.0 %" in chance
    assert 'with `CLASSES="nonface face"`, on 100.0 %' in order


def test_labels_in_the_right_order_decide_what_is_right():
    trusted = baseline("nonface face")
    assert trusted.verdict == TRUSTED
    assert trusted.lost(RIGHT) == 0
    assert analysis.baseline_table(trusted).rows[0][1] == "100.0 %"
    assert not [*advice.about_baseline(trusted)]


def test_images_of_one_folder_and_outputs_that_are_no_classes():
    one = analysis.baseline_of(RIGHT, read_labels(FILES[:10], "root"))
    assert one.verdict == ONE_FOLDER
    assert one.truth is one.answers
    none = analysis.baseline_of(None, read_labels(FILES, "root"))
    assert none.truth is None
    assert {row[1] for row in analysis.baseline_table(none).rows} == {"-"}


NETWORK = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Conv2d(2, 2, 3), nn.Flatten())


def test_layers_are_an_early_a_middle_and_a_late_one_or_those_that_are_asked_for():
    maps = subject.maps_of(NETWORK, torch.zeros(2, 1, 8, 8))
    assert [*maps] == ["0", "1", "2"]
    assert subject.weighted_layers(NETWORK) == ["0", "2"]
    assert subject.choose_layers(NETWORK, "net", maps, "") == ["0", "2"]
    assert subject.choose_layers(NETWORK, "net", maps, "1, 2") == ["1", "2"]
    with pytest.raises(ValueError, match=r"LAYERS: 3 does not give maps.*These do: 0, 2"):
        subject.choose_layers(NETWORK, "net", maps, "3")
    with pytest.raises(ValueError, match="unknown layer '2x'"):
        subject.choose_layers(NETWORK, "net", maps, "0 2x")
    with pytest.raises(ValueError, match="A: no layer with weights of net"):
        subject.choose_layers(nn.Flatten(), "net", {}, "")


def test_images_are_spread_evenly_and_come_in_whole_batches():
    files = [Path(str(i)) for i in range(1000)]
    assert len(subject.choose_images(files, [torch.zeros(2, 4, 4)])) == 192
    assert subject.choose_images(files[:60], [torch.zeros(2, 4, 4)]) == files[:60]
    wide = torch.zeros(1).expand(sys.maxsize >> 36, 1, 1)
    assert len(subject.choose_images(files, [wide])) <= 32


def test_only_a_layer_with_weights_is_pruned():
    probe = torch.zeros(2, 1, 8, 8)
    asked = subject.Subject("net", [], ["0", "1"], ["0"], "root", [], [], 8, probe)
    cases = {(layer, damage) for layer, damage, _ in analysis.cases_of(asked)}
    assert ("0", "pruned") in cases
    assert ("1", "pruned") not in cases
    assert ("1", "channels") in cases
    assert not {layer for layer, damage in cases if damage == "stranger"}


def test_versions_are_in_the_order_of_their_numbers(tmp_path):
    for number in range(7, 13):
        (tmp_path / f"epoch{number}.pt").touch()
    found = subject.find_versions(f"{tmp_path}/epoch?.pt {tmp_path}/epoch1*.pt")
    assert [Path(file).stem for file in found] == [f"epoch{number}" for number in range(7, 13)]
    with pytest.raises(ValueError, match="A_WEIGHTS: 3 files found by .*want 6 or more"):
        subject.find_versions(f"{tmp_path}/epoch?.pt")
