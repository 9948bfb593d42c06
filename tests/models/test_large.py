"""torchvision's residual networks: the same outputs, with layers that can be recorded."""

from collections import Counter

import pytest
import torch
import torchvision

from lib.models import KINDS, LARGE, build_model, record, recorded_layers
from lib.pruning import Mask, Pruning, prunable_weights, prune

IMAGES = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("name", LARGE)
def test_same_outputs_as_torchvisions_network_with_the_same_weights(name):
    ours = build_model(name, 7, generator=torch.Generator().manual_seed(0))
    theirs = getattr(torchvision.models, name)(num_classes=7)
    ours.train()(IMAGES)  # running statistics other than the initial ones
    theirs.load_state_dict(ours.state_dict())
    with torch.no_grad():
        assert torch.equal(ours.eval()(IMAGES), theirs.eval()(IMAGES))


@pytest.mark.parametrize(
    ("name", "layers", "kinds"),
    [
        ("resnet18", 27, {"conv": 1, "conv_res": 16, "pool": 1, "add": 8, "fc": 0, "out": 1}),
        ("resnet50", 67, {"conv": 1, "conv_res": 48, "pool": 1, "add": 16, "fc": 0, "out": 1}),
    ],
)
def test_all_convolutions_except_on_shortcuts_are_recorded_in_order(name, layers, kinds):
    model = build_model(name, 2)
    declared = recorded_layers(model)
    found = [kind for _, kind in declared]
    assert len(declared) == layers
    assert {kind: found.count(kind) for kind in KINDS} == kinds
    called, calls = [], Counter()

    def note(name):
        calls[name] += 1
        called.extend([name, f"{name}#{calls[name]}"])

    for name, module in model.named_modules():
        module.register_forward_hook(lambda m, i, o, name=name: note(name))
    model.eval()(IMAGES)
    order = [called.index(layer) for layer, _ in declared]
    assert order == sorted(order)


@pytest.mark.parametrize("name", LARGE)
def test_layers_are_recorded_as_the_next_one_sees_them(name):
    model = build_model(name, 2, generator=torch.Generator().manual_seed(0))
    last = "bn2" if name == "resnet18" else "bn3"
    names = [layer for layer, _ in recorded_layers(model)]
    outputs = record(model, IMAGES, names)
    for layer, output in outputs.items():
        assert (output < 0).any() == (layer.endswith(last) or layer == "fc"), layer
    residual, block = outputs[f"layer1.1.{last}"], outputs["layer1.1"]
    assert torch.equal(block, (residual + outputs["layer1.0"]).relu())


@pytest.mark.parametrize(("name", "weights"), [("resnet18", 11_166_912), ("resnet50", 23_454_912)])
def test_all_convolutions_are_prunable_and_the_output_layer_is_not(name, weights):
    model = build_model(name)
    prunable = prunable_weights(model)
    assert "fc.weight" not in prunable
    assert any("downsample" in parameter for parameter in prunable)
    assert sum(weight.numel() for weight in prunable.values()) == weights
    mask = prune(model, Mask.complete(model), Pruning(1, 0.2))
    assert mask.remaining == pytest.approx(0.8, abs=1e-6)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"width": 0.5}, "resnet18 is torchvision's and has one width: width must be 1, got 0.5"),
        ({"in_channels": 1}, "resnet18 takes images of 3 channels, got 1"),
    ],
)
def test_widths_and_channels_that_torchvision_lacks_are_refused(given, message):
    with pytest.raises(ValueError, match=message):
        build_model("resnet18", **given)
