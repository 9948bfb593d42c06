"""Each damage does what its name says, as much of it as its size says, and nothing stays."""

import pytest
import torch
from torch import nn

from lib.analyses.damage_sizes import DAMAGES, LEVEL, NONE
from lib.analyses.damages import OUTLIERS, SHIFTED, damaged
from lib.models import record_layers

N, C = 64, 8


class Toy(nn.Module):
    def __init__(self, seed):
        super().__init__()
        torch.manual_seed(seed)
        self.first = nn.Sequential(nn.Conv2d(3, C, 3, padding=1), nn.ReLU())
        self.out = nn.Linear(C, 4)

    def forward(self, x):
        return self.out(self.first(x).mean((2, 3)))


@pytest.fixture(scope="module")
def images():
    return torch.randn(N, 3, 6, 6, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def toy():
    return Toy(0)


def outputs(network, images, damage=NONE, size=0.0, layer="first"):
    with damaged(network, layer, damage, size, Toy(1)):
        return record_layers(network, images, ["first", "out"])


def rows(output):
    centred = output.movedim(1, -1).flatten(0, -2).double()
    return centred - centred.mean(0)


@pytest.mark.parametrize("damage", [NONE, LEVEL, *DAMAGES])
def test_size_0_is_no_damage_and_nothing_stays(toy, images, damage):
    before = outputs(toy, images)
    for size in (1, 0):
        changed = outputs(toy, images, damage, size)
        same = [torch.allclose(changed[name], before[name], atol=1e-5) for name in before]
        assert same == [size == 0 or damage in (NONE, LEVEL)] * 2  # what follows the layer, too
    with pytest.raises(KeyError), damaged(toy, "first", damage, 1, Toy(1)):
        raise KeyError
    after = record_layers(toy, images, ["first", "out"])
    assert all(torch.equal(after[name], before[name]) for name in before)
    assert not toy._forward_pre_hooks
    assert not toy.first._forward_hooks


def test_principal_directions_take_more_variance_than_random_ones(toy, images):
    whole = rows(outputs(toy, images)["first"])
    left = torch.linalg.svdvals(whole).square()
    for share, gone in ((1 / 4, 2), (1 / 2, 4)):
        principal = rows(outputs(toy, images, "principal", share)["first"])
        assert principal.square().sum().item() == pytest.approx(left[gone:].sum().item(), rel=1e-4)
        drawn = rows(outputs(toy, images, "directions", share)["first"])
        assert torch.linalg.matrix_rank(drawn, rtol=1e-4) == C - gone
        assert drawn.square().sum() > principal.square().sum()


def test_a_direction_that_is_deleted_in_part_and_the_mean_that_stays(toy, images):
    whole = outputs(toy, images)["first"]
    half = outputs(toy, images, "principal", 0.5 / C)["first"]
    first, second = (torch.linalg.svdvals(rows(output)) for output in (whole, half))
    assert torch.allclose(
        second.sort().values, (first * torch.tensor([0.5] + [1] * 7)).sort().values, rtol=1e-3
    )
    assert torch.allclose(half.mean((0, 2, 3)), whole.mean((0, 2, 3)), atol=1e-5)


def test_channels_are_zero_or_a_strangers_the_same_ones_and_more(toy, images):
    whole, other = (record_layers(of, images, ["first"])["first"] for of in (toy, Toy(1)))
    gone = []
    for share in (1 / 4, 1 / 2):
        zeroed = outputs(toy, images, "channels", share)["first"]
        mixed = outputs(toy, images, "stranger", share)["first"]
        gone.append({c for c in range(C) if not zeroed[:, c].any()})
        assert len(gone[-1]) == share * C
        for c in range(C):
            assert torch.allclose(mixed[:, c], (other if c in gone[-1] else whole)[:, c], atol=1e-6)
    assert gone[0] < gone[1]


def test_some_images_are_shifted_and_few_become_outliers(toy, images):
    whole = outputs(toy, images)["first"]
    moved = outputs(toy, images, "shift", 2)["first"] - whole
    chosen = moved.abs().amax((1, 2, 3)) > 1e-6
    assert chosen.sum() == SHIFTED * N
    assert torch.allclose(moved[chosen], moved[chosen][:1, :, :1, :1], atol=1e-4)  # one vector
    length = 2 * whole.square().sum(1).mean().sqrt().item()
    assert moved[chosen][0, :, 0, 0].norm().item() == pytest.approx(length, rel=1e-4)
    times = outputs(toy, images, "outliers", 9)["first"].sum((1, 2, 3)) / whole.sum((1, 2, 3))
    assert times.sort().values.tolist() == pytest.approx([1] * (N - 1) + [10], rel=1e-4)
    assert OUTLIERS * N == 1


def test_the_smallest_weights_are_removed_and_noise_has_its_size(toy):
    weight = toy.first[0].weight
    whole = weight.detach().clone()
    with damaged(toy, "first", "pruned", 1 / 4):
        gone = weight == 0
        assert gone.sum() == weight.numel() // 4
        assert whole[gone].abs().max() < weight[~gone].abs().min()
    with damaged(toy, "first", "noise", 1 / 2):
        added, before = ((weight - whole).square().mean(), whole.square().mean())
        assert added.item() == pytest.approx(before.item() / 4, rel=0.3)


def test_what_cannot_be_done_is_refused(toy, images):
    for damage, layer, stranger, message in (
        ("channel", "first", None, "channels"),
        ("stranger", "first", None, "no stranger"),
        ("noise", "first.1", None, "no weights"),
    ):
        with pytest.raises(ValueError, match=message), damaged(toy, layer, damage, 1, stranger):
            pass
