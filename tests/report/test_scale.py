"""The sentences that say where the numbers come from."""

import copy

import pytest

from lib.report.scale import banner, statement

from .made_up import provenance


@pytest.fixture
def smoke():
    return provenance(iterations=5, prune_seeds=2)


@pytest.fixture
def paper(smoke):
    """The paper's own setting, as far as the sentences go."""
    full = copy.deepcopy(smoke)
    full["scaled_down"] = False
    for name, setting in full["experiments"].items():
        dataset = "svhn" if name == "vgg_svhn" else "cifar10"
        runs = 20 if name == "vgg16_bn" else 5
        pairs = [[0, seed] for seed in range(runs)]
        setting.update(width=1.0, dataset=dataset, runs=pairs, iterations=20)
    return full


def test_statement_of_one_experiment(smoke):
    assert statement(smoke, "vgg_svhn") == (
        "**Scaled-down run.** VGG_SVHN at 1/8 of the paper's width, trained for 4 epochs on small "
        "handwritten digits: 1,437 training images, 360 test images. 2 pruning runs from one "
        "complete network, 5 iterations of 20 %. Representations of 360 test images."
    )


def test_a_part_of_a_data_set_is_called_one_wherever_its_numbers_stand(paper):
    for setting in paper["experiments"].values():
        setting["dataset_description"] = (
            "CIFAR-10, 3 images to train on and 2 to test on: every 9th."
        )
    assert "360 test images (every 9th). 20 pruning runs" in statement(paper, "vgg16_bn")
    assert banner(paper).startswith("Full-scale run on parts of CIFAR-10 and SVHN: networks")


def test_several_complete_networks_are_said(smoke):
    smoke["experiments"]["vgg_svhn"]["runs"] = [[t, p] for t in (0, 1, 2) for p in (0, 1)]
    assert "2 pruning runs from each of 3 complete networks" in statement(smoke, "vgg_svhn")
    assert "2 to 6 pruning runs" in banner(smoke)


def test_a_ragged_grid_is_not_called_a_whole_one(smoke):
    smoke["experiments"]["vgg_svhn"]["runs"] = [[0, 0], [0, 1], [0, 2], [1, 0]]
    assert " 4 pruning runs from 2 complete networks," in statement(smoke, "vgg_svhn")


def test_a_study_under_way_says_so_first(smoke):
    assert "finished" not in statement(smoke) + banner(smoke)
    smoke["missing"] = ["vgg_svhn, train seed 0, prune seed 2"]
    head = "The study is not finished: 1 of 10 jobs is missing."
    assert statement(smoke, "vgg_svhn").startswith(f"**Scaled-down run.** **{head}** VGG_SVHN at")
    assert banner(smoke).startswith(f"{head} Scaled-down run on small")
    smoke["missing"] *= 3
    assert "3 of 12 jobs are missing" in banner(smoke)
