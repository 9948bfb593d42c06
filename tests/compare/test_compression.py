"""What compressing a network changed: noise, weights and operations, beside the similarities."""

import copy
import math

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrize, prune
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.flop_counter import FlopCounterMode

from lib import compare_networks, compression_report
from lib.compare.compression import WHOLE

LAYERS = ["1", "block", "out"]


class Network(nn.Module):
    """A convolution with normalisation, a block with a shortcut, and an output."""

    def __init__(self, width=6):
        super().__init__()
        torch.manual_seed(0)
        self.add_module("0", nn.Conv2d(3, 8, 3, stride=2))
        self.add_module("1", nn.BatchNorm2d(8))
        self.block = nn.Sequential(nn.Conv2d(8, width, 3), nn.ReLU(), nn.Conv2d(width, 8, 1))
        self.out = nn.Linear(8, 5)

    def forward(self, x):
        x = self.get_submodule("1")(self.get_submodule("0")(x))
        return self.out(self.block(x).mean((2, 3)))


@pytest.fixture
def network():
    return Network()


@pytest.fixture
def images():
    return torch.randn(70, 3, 12, 12, generator=torch.Generator().manual_seed(1))


def test_nothing_changed(network, images):
    report = compression_report(network, copy.deepcopy(network), images, LAYERS)
    assert report.layer.tolist() == [*LAYERS, WHOLE]
    assert report.svcca[:3].tolist() == pytest.approx([1, 1, 1])
    assert report.sqnr[:3].tolist() == [math.inf] * 3
    assert report.density.tolist() == [1, 1, 1, 1]
    assert (report.weights_before == report.weights_after).all()


def test_similarities_are_those_of_compare_networks(network, images):
    other = Network(width=6)
    with torch.no_grad():
        other.out.weight[0] = 0
    report = compression_report(
        network, other, images, LAYERS, ["cka", "nbs"], reshapes=["channels", "gap"], say=None
    )
    table = compare_networks(network, other, images, LAYERS, ["cka"], reshapes=["gap"], say=None)
    measured = report.set_index("layer").cka_gap
    assert measured[LAYERS].tolist() == table.value.tolist()
    assert set(list(report)[2:6]) == {"cka_channels", "cka_gap", "nbs_channels", "nbs_gap"}


def test_noise_is_that_of_the_definition(network, images):
    other = copy.deepcopy(network)
    with torch.no_grad():
        other.block[2].weight.mul_(0.9)
    report = compression_report(network, other, images, LAYERS, batch_size=32).set_index("layer")
    network.eval(), other.eval()
    with torch.no_grad():
        signal, changed = network(images).double(), other(images).double()
    ratio = signal.square().sum() / (signal - changed).square().sum()
    assert report.sqnr["out"] == pytest.approx(10 * math.log10(ratio), rel=1e-6)  # of float32
    assert report.sqnr["1"] == math.inf
    assert math.isnan(report.sqnr[WHOLE])


def test_a_loader_that_shuffles_gives_both_networks_the_same_images(network, images):
    other = copy.deepcopy(network)
    with torch.no_grad():
        other.block[2].weight.mul_(0.9)
    shuffled = DataLoader(TensorDataset(images), batch_size=16, shuffle=True)
    report = compression_report(network, other, shuffled, LAYERS)
    plain = compression_report(network, other, images, LAYERS)
    assert report.sqnr[:3].tolist() == pytest.approx(plain.sqnr[:3].tolist(), rel=1e-6)


def test_weights_and_operations_are_those_of_the_layer_and_of_what_is_inside(network, images):
    pruned = copy.deepcopy(network)
    prune.l1_unstructured(network_part := pruned.block[0], "weight", 0.75)
    report = compression_report(network, pruned, images, LAYERS).set_index("layer")
    first, inner, last = 8 * 27, 6 * 72, 48
    assert int(network_part.weight.count_nonzero()) == inner // 4
    # the normalisation has the weights of the convolution that it follows
    assert report.weights_before.tolist() == [first, inner + last, 40, first + inner + last + 40]
    assert report.weights_after.tolist() == [
        first,
        inner // 4 + last,
        40,
        first + inner // 4 + last + 40,
    ]
    assert report.density["block"] == pytest.approx((inner // 4 + last) / (inner + last))
    assert report.operations_before["block"] == 9 * (inner + last)  # 3 x 3 positions
    assert report.operations_after["block"] == 9 * (inner // 4 + last)


def test_operations_are_those_that_pytorch_counts(network, images):
    body = nn.Conv1d(3, 4, 3, groups=1), nn.ConvTranspose1d(4, 6, 2, stride=2), nn.Conv1d(6, 2, 1)
    network = nn.Sequential(*body, nn.Flatten(), nn.Linear(56, 3))
    sounds = torch.randn(40, 3, 16)
    report = compression_report(network, copy.deepcopy(network), sounds, ["1", "4"])
    with FlopCounterMode(display=False) as counter:
        network(sounds[:1])
    assert 2 * report.operations_before.iloc[-1] == counter.get_total_flops()


def test_layers_of_other_widths_have_no_noise_ratio(images):
    report = compression_report(Network(6), Network(3), images, ["block.1", "out"])
    report = report.set_index("layer")
    assert math.isnan(report.sqnr["block.1"])
    assert report.weights_after["block.1"] == report.weights_before["block.1"] / 2
    assert 0 < report.svcca["block.1"] < 1
    assert math.isfinite(report.sqnr["out"])


@pytest.mark.filterwarnings("ignore")  # PyTorch will move this elsewhere
def test_a_network_with_quantised_modules(network, images):
    quantised = torch.ao.quantization.quantize_dynamic(copy.deepcopy(network), {nn.Linear})
    report = compression_report(network, quantised, images, ["block", "out"]).set_index("layer")
    assert report.sqnr["block"] == math.inf
    assert 25 < report.sqnr["out"] < 60
    assert 35 <= report.weights_after["out"] <= 40  # small ones become 0


def test_weights_that_a_parametrisation_makes(network, images):
    class Half(nn.Module):
        def forward(self, weight):
            return weight * (torch.arange(weight.shape[1]) % 2)

    halved = copy.deepcopy(network)
    parametrize.register_parametrization(halved.out, "weight", Half())
    report = compression_report(network, halved, images, ["out"]).set_index("layer")
    assert report.density["out"] == 0.5


def test_images_that_come_once_are_refused(network, images):
    many = (images for _ in range(2))
    with pytest.raises(ValueError, match="only once"):
        compression_report(network, copy.deepcopy(network), many, LAYERS)


def test_pruned_by_torch_pruning(images):
    torch_pruning = pytest.importorskip("torch_pruning")
    network, smaller = Network(), Network()
    pruner = torch_pruning.pruner.MagnitudePruner(
        smaller,
        images[:1],
        importance=torch_pruning.importance.MagnitudeImportance(),
        pruning_ratio=0.5,
        ignored_layers=[smaller.out],
    )
    pruner.step()
    report = compression_report(network, smaller, images, LAYERS).set_index("layer")
    assert report.weights_after[WHOLE] < report.weights_before[WHOLE] / 2
    assert report.cka.drop(WHOLE).between(0, 1).all()


def test_quantised_by_torchao(images):
    quantization = pytest.importorskip("torchao.quantization")
    network = Network()
    quantised = copy.deepcopy(network)
    quantization.quantize_(quantised, quantization.Int8WeightOnlyConfig())
    report = compression_report(network, quantised, images, ["block", "out"]).set_index("layer")
    assert report.sqnr["block"] == math.inf
    assert 25 < report.sqnr["out"] < 60


def test_a_transformer_quantised_by_torchao_takes_batches_of_different_lengths():
    transformers = pytest.importorskip("transformers")
    quantization = pytest.importorskip("torchao.quantization")
    settings = transformers.BertConfig(
        vocab_size=20,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
    )
    network = transformers.BertModel(settings)
    quantised = copy.deepcopy(network)
    quantization.quantize_(quantised, quantization.Int8WeightOnlyConfig())
    batches = []
    for length in (6, 4, 7):
        words = torch.randint(1, 20, (9, length), generator=torch.manual_seed(length))
        counts = torch.arange(length) < torch.arange(9)[:, None].clamp(2, length)
        batches.append({"input_ids": words * counts, "attention_mask": counts.long()})
    report = compression_report(
        network,
        quantised,
        batches,
        ["encoder.layer.0.intermediate", "pooler"],
        forward=lambda network, batch: network(**batch),
        mask=lambda batch: batch["attention_mask"],
    )
    assert report.sqnr[:2].between(25, 60).all()
    assert report.cka_mean[0] > 0.99
