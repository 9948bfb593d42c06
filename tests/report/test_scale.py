"""The sentences that say where the numbers come from."""

import copy

import pytest

from lib.data.files import OFFICIAL
from lib.report.format import count, percent
from lib.report.names import enumerate_words
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


def test_experiments_of_one_scale_share_a_sentence_others_have_their_own(smoke):
    assert "VGG16_BN, VGG_SVHN and ResNet_fast at 1/8" in statement(smoke)
    smoke["experiments"]["resnet_fast"]["epochs"] = 1
    head, blank, *lines = statement(smoke).splitlines()
    assert (head, blank) == ("**Scaled-down run.**", "")
    assert [line.split(" on ")[0] for line in lines] == [
        "- VGG16_BN and VGG_SVHN at 1/8 of the paper's width, trained for 4 epochs",
        "- ResNet_fast at 1/8 of the paper's width, trained for 1 epoch",
    ]


def test_banner_of_a_scaled_down_run_says_what_it_is_not(smoke):
    assert banner(smoke) == (
        "Scaled-down run on small handwritten digits, not CIFAR-10 or SVHN: networks at 1/8 of "
        "the paper's width, 2 pruning runs of 5 iterations each."
    )


def test_a_part_of_a_data_set_is_called_one_wherever_its_numbers_stand(paper):
    for setting in paper["experiments"].values():
        setting["dataset_description"] = (
            "CIFAR-10, 3 images to train on and 2 to test on: every 9th."
        )
    assert "360 test images (every 9th). 20 pruning runs" in statement(paper, "vgg16_bn")
    assert banner(paper).startswith("Full-scale run on parts of CIFAR-10 and SVHN: networks")


def test_official_files_need_no_comment(paper):
    for setting in paper["experiments"].values():
        setting["dataset_description"] = "SVHN, 3 images to train on and 2 to test on: " + OFFICIAL
    assert "360 test images. 20 pruning runs" in statement(paper, "vgg16_bn")
    assert "parts of" not in banner(paper)


def test_banner_of_a_full_run(paper):
    assert banner(paper) == (
        "Full-scale run on CIFAR-10 and SVHN: networks at the paper's width, 5 to 20 pruning runs "
        "of 20 iterations each."
    )


def test_widths_that_differ_are_a_range(smoke):
    smoke["experiments"]["vgg_svhn"]["width"] = 0.3
    assert "networks at 1/8 to 0.3 of the paper's width" in banner(smoke)


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


def test_words():
    assert [count(1, "run"), count(5000, "image")] == ["1 run", "5,000 images"]
    assert [percent(0.8), percent(0.8**20), percent(0.93456, 1)] == ["80 %", "1.2 %", "93.5 %"]
    assert enumerate_words(["a", "b", "c"]) == "a, b and c"
    assert enumerate_words(["a"]) == "a"


def with_levels(provenance, levels):
    rows = [{"name": "pruning.levels", "value": repr(levels), "paper": "()"}]
    setting = provenance["experiments"]["vgg_svhn"] | {"hyperparameters": rows}
    return provenance | {"experiments": {"vgg_svhn": setting}}


def test_levels_that_were_given_are_not_iterations(smoke):
    said = statement(with_levels(smoke, (0.1, 0.03, 0.001)), "vgg_svhn")
    assert "3 levels of pruning, down to 0.1 % of the weights." in said
    assert "iteration" not in said
    said = statement(with_levels(smoke, (0.05, 0.05)), "vgg_svhn")
    assert "to 5.0 % of the weights at once, trained 2 times." in said
    assert "iteration" in statement(with_levels(smoke, ()), "vgg_svhn")
