"""Channels that are not needed go for good, and the output stays what it was."""

import copy
import re

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from lib.models import MODELS, build_model
from lib.pruning import Mask, compact, kept_channels, multiply_adds


def trained(network, seed=0):
    """The network with biases, and batch normalisation, that training could have left."""
    generator = torch.Generator().manual_seed(seed)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.weight.data.uniform_(0.5, 1.5, generator=generator)
            module.bias.data.uniform_(-0.5, 0.5, generator=generator)
            module.running_mean.uniform_(-0.1, 0.1, generator=generator)
            module.running_var.uniform_(0.1, 0.3, generator=generator)
        elif getattr(module, "bias", None) is not None:
            module.bias.data.uniform_(-0.1, 0.1, generator=generator)
    return network.eval()


def made_up_mask(network, empty=(), seed=0):
    """A quarter of the filters without a weight, a fifth of the others' removed, empty layers."""
    generator = torch.Generator().manual_seed(seed)
    kept = {}
    for name, whole in Mask.complete(network).kept.items():
        kept[name] = torch.rand(whole.shape, generator=generator) < 0.8
        filters = torch.rand(len(whole), generator=generator) < 0.25
        kept[name][filters if name not in empty else slice(None)] = False
    return Mask(kept)


def outputs(network, mask):
    """Of the masked network and of the compacted one, in its own precision."""
    generator = torch.Generator().manual_seed(1)
    images = torch.rand(2, 3, 32, 32, generator=generator).to(next(network.parameters()))
    masked = copy.deepcopy(network)
    mask.apply_(masked)
    smaller = compact(network, mask)
    with torch.no_grad():
        return masked(images), smaller(images), smaller


EMPTIED = {
    "vgg16_bn": "conv5_3.conv.weight",
    "vgg_svhn": "conv4_1.conv.weight",
    "resnet_fast": "res3_1.conv.weight",
    "conv4": "fc1.linear.weight",
    "lenet5": "conv2.conv.weight",
    "resnet32": "res2_3_1.conv.weight",
}


def made_up(name):
    return trained(build_model(name, width=0.25, generator=torch.Generator().manual_seed(0)))


@pytest.mark.parametrize("emptied", [False, True])
@pytest.mark.parametrize("name", MODELS)
def test_every_network_gives_the_same_with_fewer_channels(name, emptied):
    network = made_up(name).double()
    before = copy.deepcopy(network.state_dict())
    mask = made_up_mask(network, (EMPTIED[name],) if emptied else ())
    expected, found, smaller = outputs(network, mask)
    assert (expected - found).abs().max() < 1e-12 * expected.abs().max()
    assert expected.std(0).max() > 1e-6 or emptied  # the images make a difference
    assert all(torch.equal(value, before[key]) for key, value in network.state_dict().items())
    kept = kept_channels(network, mask)
    sizes = {layer: len(smaller.get_submodule(layer).weight) for layer in kept}
    assert sizes == {layer: int(channels.sum()) for layer, channels in kept.items()}
    assert any(not channels.all() for channels in kept.values())
    if emptied and not name.startswith("resnet"):  # there, padding follows
        assert sizes[EMPTIED[name].removesuffix(".weight")] == 1
    assert multiply_adds(smaller) < multiply_adds(network)


def test_nothing_goes_from_a_network_that_needs_all_channels():
    network = trained(build_model("resnet32", width=0.2))
    kept = kept_channels(network, Mask.complete(network))
    assert all(channels.all() for channels in kept.values())


def chain(padding, shift, **options):
    """Two convolutions with one silent channel between them, of value `shift` after the ReLU."""
    first = nn.Conv2d(3, 4, 3, padding=1, bias=False)
    norm, second = nn.BatchNorm2d(4), nn.Conv2d(4, 5, 3, padding=padding, **options)
    pools = nn.AvgPool2d(2), nn.MaxPool2d(2)
    ends = nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(20, 2)
    network = nn.Sequential(first, norm, nn.ReLU(), *pools, second, nn.ReLU(), *ends).double()
    norm.bias.data.fill_(shift)
    mask = Mask.complete(network)
    mask.kept["0.weight"][1] = False
    return network.eval(), mask


@pytest.mark.parametrize(
    ("padding", "shift", "options", "left"),
    [
        (0, 0.5, {}, 3),  # the bias takes the constant
        ("valid", 0.5, {}, 3),
        (1, -0.5, {}, 3),  # ReLU makes 0 of it
        (1, 0.5, {}, 4),  # it ends at the border: no bias does that
        (1, 0.5, {"padding_mode": "replicate"}, 3),  # it goes on over the border
    ],
)
def test_a_constant_goes_into_the_next_bias_where_that_is_exact(padding, shift, options, left):
    network, mask = chain(padding, shift, **options)
    expected, found, smaller = outputs(network, mask)
    assert (expected - found).abs().max() < 1e-12
    assert smaller[0].out_channels == smaller[1].num_features == smaller[5].in_channels == left


def test_a_filter_that_nothing_reads_goes_with_all_that_only_it_reads():
    network, mask = chain(1, 0.5)
    mask.kept["5.weight"][:, 2] = False
    expected, found, smaller = outputs(network, mask)
    assert (expected - found).abs().max() < 1e-12
    assert kept_channels(network, mask)["0"].tolist() == [True, True, False, True]
    assert smaller[5].in_channels == 3


class Residual(nn.Module):
    """x + f(x) and pooling, in functions; a user's own."""

    def __init__(self):
        super().__init__()
        self.stem, self.branch = nn.Conv2d(3, 6, 3, padding=1), nn.Conv2d(6, 6, 3, padding=1)
        self.out = nn.Linear(6, 2)

    def forward(self, x):
        x = F.relu(self.stem(x))
        x = F.relu(x + self.branch(x))
        return self.out(F.adaptive_avg_pool2d(x, 1).flatten(1))


def test_a_channel_of_a_sum_goes_only_if_both_sides_are_without_it():
    network = trained(Residual().double())
    mask = Mask.complete(network)
    mask.kept["stem.weight"][:2] = False
    mask.kept["branch.weight"][1:3] = False
    network.stem.bias.data[:2] = -1  # 0 after the ReLU, so that padding does not matter
    expected, found, smaller = outputs(network, mask)
    assert (expected - found).abs().max() < 1e-12
    # channel 1 is silent on both sides: the bias of the output layer has it
    for channels in kept_channels(network, mask).values():
        assert channels.tolist()[1] is (len(channels) == 2)
    assert smaller.stem.out_channels == smaller.branch.out_channels == smaller.out.in_features == 5


class Branching(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, x):
        return self.conv(x) if x.mean() > 0 else x


class Twice(Branching):
    def forward(self, x):
        return self.conv(x) + self.conv(x)


class Shuffled(Branching):
    def forward(self, x):
        return self.conv(x).transpose(1, 2)


@pytest.mark.parametrize(
    ("last", "message"),
    [
        (nn.Conv2d(4, 4, 3, groups=4), "cannot follow 1 (Conv2d): its channels come in groups"),
        (nn.GroupNorm(2, 4), "cannot follow 1 (GroupNorm): no rule"),
        (nn.Linear(30, 2), "cannot follow 1 (Linear): it does not read the axis of the channels"),
        (nn.BatchNorm2d(4, track_running_stats=False), "1 (BatchNorm2d): without running"),
        (nn.Sequential(nn.Identity(), Branching()), "cannot follow 1.1 (Branching): torch.fx"),
        (nn.Conv2d(5, 4, 3), "1 (Conv2d): its inputs are not a whole number"),
    ],
)
def test_what_cannot_be_followed_is_named(last, message):
    network = nn.Sequential(nn.Conv2d(3, 4, 3), last)
    with pytest.raises(ValueError, match=re.escape(message)):
        compact(network, Mask.complete(network))


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (Branching(), "cannot follow the network (Branching): torch.fx"),
        (Twice(), "cannot follow conv (Conv2d): it is called more than once"),
        (Shuffled(), "cannot follow transpose (transpose): no rule"),
    ],
)
def test_a_forward_that_cannot_be_followed_is_named(network, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        compact(network, Mask.complete(network))


def test_another_networks_mask_is_refused():
    network, mask = chain(1, 0)
    with pytest.raises(ValueError, match="another network"):
        compact(nn.Sequential(*network[:5], nn.Conv2d(4, 4, 3)), mask)


@pytest.mark.parametrize("name", MODELS)
def test_multiply_adds_are_those_that_pytorch_counts(name):
    network = build_model(name, width=0.1).eval()
    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        network(torch.zeros(1, 3, 32, 32))
    assert 2 * multiply_adds(network) == counter.get_total_flops()
    assert multiply_adds(network, Mask.complete(network)) == multiply_adds(network)


def test_multiply_adds_of_survivors_count_the_positions_of_each_layer():
    network, mask = chain(0, 0)
    # 4 filters of 27 weights at 32x32 positions, one without weights; 5 of 36 at 6x6; 2 of 20
    assert multiply_adds(network) == 4 * 27 * 1024 + 5 * 36 * 36 + 40
    assert multiply_adds(network, mask) == 3 * 27 * 1024 + 5 * 36 * 36 + 40
