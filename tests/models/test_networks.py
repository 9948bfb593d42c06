"""The three networks are those of the paper."""

import pytest
import torch
from torch import nn

from lib.models import KINDS, MODELS, build_model, recorded_layers

IMAGES = torch.rand(2, 3, 32, 32)

VGG16_LAYERS = (
    "conv1_1 conv1_2 pool1 conv2_1 conv2_2 pool2 conv3_1 conv3_2 conv3_3 pool3 "
    "conv4_1 conv4_2 conv4_3 pool4 conv5_1 conv5_2 conv5_3 pool5 out"
)
VGG_SVHN_LAYERS = (
    "conv1_1 conv1_2 pool1 conv2_1 conv2_2 pool2 conv3_1 conv3_2 pool3 conv4_1 pool4 out"
)
RESNET_LAYERS = (
    "prep conv1 pool1 res1_1 res1_2 add1 conv2 pool2 conv3 pool3 res3_1 res3_2 add3 pool4 out"
)


@pytest.mark.parametrize(
    ("name", "weights"),
    [("vgg16_bn", 14_710_464), ("vgg_svhn", 581_472), ("resnet_fast", 6_563_520)],
)
def test_full_width_has_the_convolutional_weights_of_the_paper(name, weights):
    convolutions = [m for m in build_model(name).modules() if isinstance(m, nn.Conv2d)]
    assert sum(m.weight.numel() for m in convolutions) == weights
    assert all(m.bias is None for m in convolutions)


@pytest.mark.parametrize(
    ("name", "layers"),
    [("vgg16_bn", VGG16_LAYERS), ("vgg_svhn", VGG_SVHN_LAYERS), ("resnet_fast", RESNET_LAYERS)],
)
def test_recorded_layers_in_forward_order(name, layers):
    model = build_model(name, width=0.1)
    declared = [layer for layer, _ in recorded_layers(model)]
    assert declared == layers.split()
    called = []
    modules = dict(model.named_modules())
    for layer in declared:
        modules[layer].register_forward_hook(lambda m, i, o, layer=layer: called.append(layer))
    model.eval()(IMAGES)
    assert called == declared


@pytest.mark.parametrize("name", MODELS)
def test_kinds_say_what_the_layers_are(name):
    model = build_model(name, width=0.1)
    modules = dict(model.named_modules())
    kinds = {"conv": nn.Sequential, "conv_res": nn.Sequential, "out": nn.Linear}
    for layer, kind in recorded_layers(model):
        assert kind in KINDS
        assert isinstance(modules[layer], kinds.get(kind, nn.Module))
        assert ("pool" in type(modules[layer]).__name__.lower()) == (kind == "pool")


def test_number_of_layers_of_each_kind_in_resnet_fast():
    kinds = [kind for _, kind in recorded_layers(build_model("resnet_fast", width=0.1))]
    assert {kind: kinds.count(kind) for kind in KINDS} == {
        "conv": 4,
        "conv_res": 4,
        "pool": 4,
        "add": 2,
        "fc": 0,
        "out": 1,
    }


def test_resnet_fast_scales_its_logits():
    model = build_model("resnet_fast", width=0.1).eval()
    features = torch.rand(2, model.out.in_features)
    assert torch.allclose(model.out(features), features @ model.out.weight.T * 0.125)
    assert model.out.bias is None
    assert model.out.weight.shape[0] * 512 == 5120


@pytest.mark.parametrize("name", MODELS)
def test_width_scales_every_hidden_layer(name):
    full, half = build_model(name), build_model(name, width=0.5)
    for wide, slim in zip(full.modules(), half.modules(), strict=True):
        if isinstance(wide, nn.Conv2d):
            assert slim.out_channels * 2 == wide.out_channels


@pytest.mark.parametrize("name", MODELS)
def test_no_activation_works_in_place(name):
    relus = [m for m in build_model(name, width=0.1).modules() if isinstance(m, nn.ReLU)]
    assert relus
    assert not any(relu.inplace for relu in relus)


@pytest.mark.parametrize("name", MODELS)
def test_same_seed_same_weights_and_other_seed_other_weights(name):
    def weights(seed):
        model = build_model(name, width=0.1, generator=torch.Generator().manual_seed(seed))
        return torch.cat([p.flatten() for p in model.parameters()])

    assert torch.equal(weights(0), weights(0))
    assert not torch.equal(weights(0), weights(1))


def test_initial_convolutions_have_the_variance_of_he_et_al():
    model = build_model("vgg16_bn", generator=torch.Generator().manual_seed(0))
    weight = model.conv5_3.conv.weight
    assert weight.std().item() == pytest.approx((2 / (512 * 9)) ** 0.5, rel=0.01)
    assert weight.mean().item() == pytest.approx(0, abs=1e-4)


def test_unknown_network_gets_a_hint():
    with pytest.raises(ValueError, match="Did you mean 'vgg16_bn'"):
        build_model("vgg16")


@pytest.mark.parametrize(
    ("arguments", "message"), [({"width": 0}, "width"), ({"num_classes": 1}, "num_classes")]
)
def test_impossible_networks_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        build_model("vgg_svhn", **arguments)


def test_network_without_declaration_is_refused_with_the_way_out():
    with pytest.raises(TypeError, match="recorded_layers = "):
        recorded_layers(nn.Linear(2, 2))
