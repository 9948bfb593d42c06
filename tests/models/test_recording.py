"""Recording: the exact outputs of each layer, on a network that does not change."""

import pytest
import torch
from torch import nn

from lib.models import build_model, record_layers, recorded_layers

IMAGES = torch.rand(7, 3, 32, 32)


@pytest.fixture
def model():
    model = build_model("resnet_fast", width=0.1, generator=torch.Generator().manual_seed(0))
    model(IMAGES)  # running statistics other than the initial ones
    return model.eval()


def test_outputs_are_those_of_the_modules_one_by_one(model):
    names = [name for name, _ in recorded_layers(model)]
    with torch.autocast("cpu", torch.bfloat16):  # full precision and evaluation mode nevertheless
        outputs = record_layers(model.train(), IMAGES.numpy(), names, batch_size=7)
    assert all(module.training for module in model.modules())
    model.eval()
    with torch.no_grad():
        x = model.prep.relu(model.prep.bn(model.prep.conv(IMAGES)))
        assert torch.equal(outputs["prep"], x)
        x = model.conv1(x)
        assert torch.equal(outputs["conv1"], x)
        x = model.pool1(x)
        y = model.res1_2(model.res1_1(x))
        assert torch.equal(outputs["res1_2"], y)
        assert torch.equal(outputs["add1"], x + y)
        assert torch.equal(outputs["out"], model(IMAGES))


def test_batches_do_not_change_the_result(model):
    layers = ["prep", "add3", "out"]
    whole = record_layers(model.double(), IMAGES.double(), layers, batch_size=7)
    parts = record_layers(model, IMAGES.double(), layers, batch_size=3)  # 3 + 3 + 1
    for name in layers:
        assert whole[name].shape == parts[name].shape
        assert torch.allclose(whole[name], parts[name], rtol=1e-12, atol=1e-12)


def test_no_layers_and_unknown_layers_are_errors(model):
    with pytest.raises(ValueError, match="no layers to record"):
        record_layers(model, IMAGES, [])
    with pytest.raises(ValueError, match="Did you mean 'conv1'"):
        record_layers(model, IMAGES, ["conv_1"])


def test_the_first_output_of_a_module_is_recorded_even_if_it_is_overwritten():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.act = nn.ReLU(inplace=True)

        def forward(self, x):
            x -= 0.5
            x = self.act(x)
            x -= 0.25
            return self.act(x)

    model, images = Twice(), IMAGES.clone()
    outputs = record_layers(model, images, ["act"])
    assert torch.equal(images, IMAGES)
    assert torch.equal(outputs["act"], (IMAGES - 0.5).relu())
    with pytest.raises(ValueError, match="^unknown module 'act#2'. Did you mean 'act'"):
        record_layers(model, images, ["act#2"])


@pytest.mark.filterwarnings("ignore")  # PyTorch will move this elsewhere
def test_quantised_outputs_are_recorded_as_floats():
    class Quantise(nn.Module):
        def forward(self, x):
            return torch.quantize_per_tensor(x, 0.25, 0, torch.quint8)

    model = nn.Sequential(Quantise(), nn.Identity())
    outputs = record_layers(model, IMAGES, ["0", "1"])
    assert torch.allclose(outputs["0"], IMAGES, atol=0.125)
    assert torch.equal(outputs["0"], outputs["1"])
