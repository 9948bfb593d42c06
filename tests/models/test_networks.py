"""The networks: those of the paper, and others that papers on pruning use."""

from functools import cache

import pytest
import torch
from torch import nn

from lib.models import LAYER_KINDS, MODELS, build_model, record_layers, recorded_layers
from lib.models.blocks import HiddenLinear
from lib.models.resnet32 import ResidualSum
from lib.pruning import prunable_weights

IMAGES = torch.rand(2, 3, 32, 32)

LAYERS = {
    "vgg16_bn": "conv1_1 conv1_2 pool1 conv2_1 conv2_2 pool2 conv3_1 conv3_2 conv3_3 pool3 "
    "conv4_1 conv4_2 conv4_3 pool4 conv5_1 conv5_2 conv5_3 pool5 out",
    "vgg_svhn": "conv1_1 conv1_2 pool1 conv2_1 conv2_2 pool2 conv3_1 conv3_2 pool3 conv4_1 pool4 "
    "out",
    "resnet_fast": "prep conv1 pool1 res1_1 res1_2 add1 conv2 pool2 conv3 pool3 res3_1 res3_2 add3 "
    "pool4 out",
    "conv4": "conv1_1 conv1_2 pool1 conv2_1 conv2_2 pool2 fc1 fc2 out",
    "lenet5": "conv1 pool1 conv2 pool2 fc1 out",
    "mlp": "fc1 fc2 fc3 out",
    "resnet32": " ".join(
        ["prep"]
        + [f"res{i}_{j}_1 res{i}_{j}_2 add{i}_{j}" for i in (1, 2, 3) for j in (1, 2, 3, 4, 5)]
        + ["out"]
    ),
}


@cache
def whole(name):
    """At the paper's width."""
    return build_model(name, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    ("name", "convolutional", "hidden"),
    [
        ("vgg16_bn", 14_710_464, 0),
        ("vgg_svhn", 581_472, 0),
        ("resnet_fast", 6_563_520, 0),
        ("resnet32", 461_232, 0),
        ("conv4", 259_776, 2_162_688),
        ("lenet5", 26_500, 625_000),
        ("mlp", 0, 32 * 32 * 3 * 100 + 2 * 100**2),
    ],
)
def test_full_width_has_the_prunable_weights_of_the_papers(name, convolutional, hidden):
    model = whole(name)
    weights = prunable_weights(model).values()
    assert sum(w.numel() for w in weights if w.ndim == 4) == convolutional
    assert sum(w.numel() for w in weights if w.ndim == 2) == hidden
    convolutions = [m for m in model.modules() if isinstance(m, nn.Conv2d)]
    assert hidden or all(m.bias is None for m in convolutions)


def test_lenet_has_the_parameters_of_its_paper_on_its_images():
    def parameters(**how):
        return sum(p.numel() for p in build_model("lenet5", in_channels=1, **how).parameters())

    assert parameters(image_size=28) == 431_080  # Han et al., Table 1
    assert parameters() == 431_080 + 50 * (5 * 5 - 4 * 4) * 500


@pytest.mark.parametrize("name", MODELS)
def test_layers_are_recorded_in_forward_order_under_their_kind(name):
    model, called = build_model(name, width=0.1).eval(), []
    for layer, kind in recorded_layers(model):
        module = model.get_submodule(layer)
        module.register_forward_hook(lambda m, i, o, layer=layer: called.append(layer))
        inside = [type(part) for part in module.modules()]
        assert kind in LAYER_KINDS
        assert ("Pool" in type(module).__name__) == (kind == "pool")
        assert isinstance(module, nn.Linear) == (kind == "out")
        assert (HiddenLinear in inside) == (kind == "fc")
        assert (nn.Conv2d in inside) == (kind in ("conv", "conv_res"))
    model(IMAGES)
    assert called == LAYERS[name].split()


def test_resnet_fast_scales_its_logits():
    model = build_model("resnet_fast", width=0.1).eval()
    features = torch.rand(2, model.out.in_features)
    assert torch.allclose(model.out(features), features @ model.out.weight.T * 0.125)
    assert model.out.bias is None


@pytest.mark.parametrize("name", MODELS)
def test_width_scales_every_hidden_layer(name):
    full, half = whole(name), build_model(name, width=0.5)
    for wide, slim in zip(full.modules(), half.modules(), strict=True):
        if isinstance(wide, nn.Conv2d):
            assert slim.out_channels * 2 == wide.out_channels
        if isinstance(wide, HiddenLinear):
            assert slim.out_features * 2 == wide.out_features


@pytest.mark.parametrize("name", MODELS)
def test_same_seed_same_weights_and_other_seed_other_weights(name):
    def weights(seed):
        model = build_model(name, width=0.1, generator=torch.Generator().manual_seed(seed))
        return torch.cat([p.flatten() for p in model.parameters()])

    assert torch.equal(weights(0), weights(0))
    assert not torch.equal(weights(0), weights(1))
    biases = [p for n, p in build_model(name, width=0.1).named_parameters() if n.endswith("bias")]
    assert not any(bias.any() for bias in biases)


def test_hidden_layers_start_with_the_variance_of_he_et_al_and_the_output_layer_with_a_sixth():
    weight = whole("vgg16_bn").conv5_3.conv.weight
    assert weight.std().item() == pytest.approx((2 / (512 * 9)) ** 0.5, rel=0.01)
    assert weight.mean().item() == pytest.approx(0, abs=1e-4)
    model = whole("conv4")
    assert model.fc1.linear.weight.var().item() == pytest.approx(2 / 8192, rel=0.01)
    assert model.fc2.linear.weight.var().item() == pytest.approx(2 / 256, rel=0.02)
    assert model.out.weight.var().item() == pytest.approx(1 / (3 * 256), rel=0.05)


@pytest.mark.parametrize(
    ("name", "channels", "size"),
    [("conv4", 3, 32), ("lenet5", 3, 32), ("lenet5", 1, 28), ("mlp", 3, 32)],
)
def test_images_that_do_not_fit_the_first_hidden_linear_layer_are_refused(name, channels, size):
    model = build_model(name, width=0.1, in_channels=channels, image_size=size)
    assert model(torch.rand(2, channels, size, size)).shape == (2, 10)
    for height, width in {(28, 28), (32, 32), (64, 16)} - {(size, size)}:
        message = f"images of {size}x{size} pixels, got {height}x{width}: pad"
        with pytest.raises(ValueError, match=message):
            model(torch.rand(2, channels, height, width))


def test_shortcuts_of_resnet32_take_every_other_pixel_and_pad_channels_with_zeros():
    x, y = torch.randn(2, 3, 7, 8), torch.zeros(2, 5, 4, 4)
    sums = ResidualSum(2)(x, y)
    assert torch.equal(sums[:, :3], x[:, :, ::2, ::2].relu())
    assert not sums[:, 3:].any()
    assert torch.equal(ResidualSum(1)(x, -2 * x), (-x).relu())
    assert not list(ResidualSum(2).parameters())


def test_resnet32_has_no_relu_before_a_sum_and_one_after_it():
    model = build_model("resnet32", width=0.25, generator=torch.Generator().manual_seed(0))
    outputs = record_layers(model, IMAGES, [name for name, _ in recorded_layers(model)])
    for j in (1, 2, 3, 4, 5):
        before = outputs["prep" if j == 1 else f"add1_{j - 1}"]
        residual = outputs[f"res1_{j}_2"]
        assert (outputs[f"res1_{j}_1"] >= 0).all()
        assert (residual < 0).any()
        assert torch.equal(outputs[f"add1_{j}"], (before + residual).relu())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "vgg16"}, "Did you mean 'vgg16_bn'"),
        *(({"width": width}, "width") for width in (0, float("nan"), float("inf"), True, "1")),
        *(({"num_classes": number}, "num_classes") for number in (1, 2.5)),
        ({"in_channels": 0}, "in_channels: got 0, want an integer of 1 or more"),
    ],
)
def test_unknown_and_impossible_networks_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        build_model(**({"name": "vgg_svhn"} | arguments))


def test_a_network_without_recorded_layers_is_refused():
    with pytest.raises(TypeError, match="recorded_layers = "):
        recorded_layers(nn.Linear(2, 2))
