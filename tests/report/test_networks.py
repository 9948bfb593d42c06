"""Layer tables, read from the networks."""

import pytest

from lib.models import build_model, recorded_layers
from lib.report.networks import describe

CONV_WEIGHTS = {"vgg16_bn": 14_710_464, "vgg_svhn": 581_472, "resnet_fast": 6_563_520}


@pytest.mark.parametrize("network", CONV_WEIGHTS)
def test_the_paper_s_networks_have_the_known_number_of_weights(network):
    layers = describe(network)
    assert layers[layers.kind != "out"].weights.sum() == CONV_WEIGHTS[network]
    assert list(layers.kind.items()) == recorded_layers(build_model(network, width=0.05))


def test_shapes_are_those_of_one_image():
    shapes = describe("vgg16_bn", width=0.125)["shape"]
    assert shapes["conv1_1"] == (8, 32, 32)
    assert shapes["pool5"] == (64, 1, 1)
    assert shapes["out"] == (10,)
