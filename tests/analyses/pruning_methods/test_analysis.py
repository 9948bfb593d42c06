"""What the page on pruning says of masks, and how its toy trains."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from lib.analyses.pruning_methods import analysis
from lib.data import load_dataset
from lib.pruning import FineTune, LearningRateRewind, Mask, Pruning, WeightRewind
from lib.training import Momentum, Recipe, Steps

RECIPE = Recipe(epochs=4, batch_size=50, optimiser=Momentum(), schedule=Steps(0.1, (2,)))


def mask(*first, second=(True, True)):
    return Mask({"a.weight": torch.tensor(first), "b.weight": torch.tensor(second)})


def test_one_threshold_parts_the_weights_of_all_layers():
    weights = {"a.weight": torch.tensor([-1.0, 2, -3]), "b.weight": torch.tensor([4.0, -1.5])}
    after = mask(False, True, True, second=(True, False))
    assert analysis.threshold_of(weights, after) == 1.75
    with pytest.raises(ValueError, match="went, but one of 1.5 stays"):
        analysis.threshold_of(weights, mask(False, False, True, second=(False, True)))


def test_a_network_is_trained_and_its_pruned_weights_stay_zero():
    digits = load_dataset("digits", "datasets")
    digits = replace(digits, train=digits.train.take(slice(100)))
    torch.manual_seed(0)
    model = nn.Sequential(nn.AvgPool2d(8), nn.Flatten(), nn.Linear(48, 8), nn.Linear(8, 10))
    kept = torch.rand(8, 48) > 0.5
    model[2].weight.data *= kept
    accuracy = analysis.train_toy(model, digits, RECIPE, 0, Mask({"2.weight": kept}))
    assert accuracy > 0.2
    assert not model[2].weight[~kept].any()
    assert model[2].weight[kept].all()


def test_tables_count_what_masks_leave():
    one, two = mask(True, True, False, False), mask(True, False, False, False)
    table = analysis.density_table({"one": one, "two": two})
    assert table.rows == (("a", "50 %", "25 %"), ("b", "100 %", "100 %"), ("all", "67 %", "50 %"))
    table = analysis.survivors_table({"one": one, "two": two})
    assert table.rows == (("a", "4", "2", "1"), ("b", "2", "2", "2"), ("all", "6", "4", "3"))
    assert analysis.overlap_table({"one": one, "two": two}).rows[0] == ("one", "1.00", "0.75")


def test_progress_begins_with_the_complete_network():
    masks = [mask(True, True), mask(True, False)]
    rows = analysis.progress_table(masks, just_pruned=[0.5], trained=[0.8, 0.9]).rows
    assert rows == (("0", "4", "100 %", "-", "80 %"), ("1", "3", "75 %", "50 %", "90 %"))


def test_each_way_to_train_again_has_its_start_rate_and_length():
    ways = {
        "Learning-rate rewinding": Pruning(retraining=LearningRateRewind()),
        "Fine-tuning": Pruning(retraining=FineTune(epochs=3, rate=0.01)),
        "Late resetting": Pruning(retraining=WeightRewind(epoch=2)),
    }
    rows = {row[0]: row[2:] for row in analysis.retraining_table(ways, RECIPE).rows}
    assert rows["Learning-rate rewinding"] == ("0.1", "4 epochs", "yes")
    assert rows["Fine-tuning"] == ("0.01", "3 epochs", "no")
    assert rows["Late resetting"] == ("0.01", "2 epochs", "yes")
