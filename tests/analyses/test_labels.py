"""Folders as classes: their order, and whether the networks' answers bear it out."""

from pathlib import Path

import pytest
import torch

from lib.analyses import labels as module
from lib.analyses.labels import best_order, judge_labels, read_labels

FILES = [Path("root", *name.split("/")) for name in ("face/1", "face/2", "nonface/1", "nonface/2")]


def test_classes_are_folders_in_the_order_that_is_given_or_the_alphabetical_one():
    labels = read_labels(FILES, "root")
    assert labels.classes == ("face", "nonface")
    assert labels.true.tolist() == [0, 0, 1, 1]
    labels = read_labels(FILES, "root", "nonface face")
    assert labels.true.tolist() == [1, 1, 0, 0]
    some = read_labels(FILES[:2], "root", "nonface face", every=FILES)
    assert some.true.tolist() == [1, 1]


@pytest.mark.parametrize("order", ["face", "face face", "face nonfce", "face nonface other"])
def test_an_order_names_each_folder_once(order):
    with pytest.raises(ValueError, match="CLASSES: .*each folder of root once: face nonface"):
        read_labels(FILES, "root", order)


def test_a_folder_with_a_blank_is_named_in_quotes():
    files = [Path("root", name, "1") for name in ("a b", "c")]
    labels = read_labels(files, "root", "c 'a b'")
    assert labels.true.tolist() == [1, 0]
    assert best_order(labels, torch.tensor([0, 1])) == ("'a b' c", 1)


@pytest.mark.parametrize(
    ("answers", "outputs", "verdict"),
    [
        ([0, 0, 1, 1], 2, module.TRUSTED),
        ([0, 0, 0, 1], 2, module.TRUSTED),
        ([1, 1, 0, 0], 2, module.BY_CHANCE),
        ([0, 0, 0, 0], 2, module.BY_CHANCE),
        ([0, 0, 1, 1], 3, module.OTHER_NUMBER),
    ],
)
def test_labels_count_only_where_a_network_is_right_more_often_than_chance(
    answers, outputs, verdict
):
    labels = read_labels(FILES, "root")
    assert labels.chance == 0.5
    assert judge_labels(labels, outputs, [torch.tensor(answers)]) == verdict


def test_one_of_two_networks_that_is_right_is_enough():
    labels = read_labels(FILES, "root")
    answers = [torch.tensor([0, 0, 0, 0]), labels.true]
    assert judge_labels(labels, 2, answers) == module.TRUSTED


def test_images_of_one_folder_have_no_labels():
    labels = read_labels(FILES[:2], "root")
    assert judge_labels(labels, 1, [labels.true]) == module.ONE_FOLDER


def test_the_best_order_is_the_one_in_which_most_answers_are_right():
    files = [Path("root", name, str(i)) for name in "abc" for i in range(4)]
    labels = read_labels(files, "root")
    answers = torch.tensor([2, 2, 2, 0, 0, 0, 0, 0, 1, 1, 1, 2])  # of a, b and c
    assert best_order(labels, answers) == ("b c a", pytest.approx(10 / 12))
    assert labels.accuracy(answers) == pytest.approx(2 / 12)
