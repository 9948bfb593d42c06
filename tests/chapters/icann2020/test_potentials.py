"""Potentials are the unchanged inputs of the ReLUs."""

import pytest
import torch
from torch import nn

from lib.chapters.icann2020.potentials import record_potentials
from lib.models import build_model

IMAGES = torch.rand(7, 3, 32, 32, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def model():
    model = build_model("resnet_fast", width=0.1, generator=torch.Generator().manual_seed(0))
    model(IMAGES)  # running statistics other than the initial ones
    return model.eval()


def test_potentials_are_before_the_relu_in_the_order_of_the_calls(model):
    (potentials,) = record_potentials(model, IMAGES)
    assert list(potentials) == [
        f"{block}.relu"
        for block in (
            "prep", "conv1", "res1_1", "res1_2", "conv2", "conv3", "res3_1", "res3_2"
        )
    ]  # fmt: skip
    with torch.no_grad():
        prep = model.prep.bn(model.prep.conv(IMAGES))
        assert torch.equal(potentials["prep.relu"], prep)
        conv1 = model.conv1.bn(model.conv1.conv(prep.relu()))
        assert torch.equal(potentials["conv1.relu"], conv1)


def test_a_relu_in_place_does_not_overwrite_potentials():
    conv = nn.Conv2d(3, 4, 1)
    (potentials,) = record_potentials(nn.Sequential(conv, nn.ReLU(inplace=True)), IMAGES)
    assert torch.equal(potentials["1"], conv(IMAGES))
    assert (potentials["1"] < 0).any()


def test_statistics_are_those_of_evaluation_also_in_training_mode(model):
    (evaluating,) = record_potentials(model, IMAGES)
    with torch.autocast("cpu", torch.bfloat16):
        (training,) = record_potentials(model.train(), IMAGES)
    assert all(torch.equal(training[name], value) for name, value in evaluating.items())


def test_each_call_of_a_relu_has_potentials_of_its_own():
    first, second, relu = nn.Conv2d(3, 4, 1), nn.Conv2d(4, 4, 1), nn.ReLU(inplace=True)
    model = nn.Sequential(first, relu, second, relu)
    (potentials,) = record_potentials(model, IMAGES)
    assert list(potentials) == ["1#1", "1#2"]
    assert torch.equal(potentials["1#1"], first(IMAGES))
    assert torch.equal(potentials["1#2"], second(first(IMAGES).relu()))


def test_a_network_without_relu_modules_is_an_error():
    with pytest.raises(ValueError, match="Conv2d called no nn.ReLU"):
        next(record_potentials(nn.Conv2d(3, 4, 1), IMAGES))
