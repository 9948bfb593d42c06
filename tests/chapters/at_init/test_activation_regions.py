"""Activation regions: as many as can be computed by hand, or found by looking everywhere."""

import copy
from itertools import pairwise

import pytest
import torch
from torch import nn

from lib.chapters.at_init.activation_regions import count_regions
from lib.models import build_model


def seeded(seed):
    return torch.Generator().manual_seed(seed)


def perceptron(*widths, seed=0):
    draw = seeded(seed)
    layers = []
    for before, after in pairwise(widths):
        linear = nn.Linear(before, after).double()
        with torch.no_grad():
            linear.weight.normal_(0, (2 / before) ** 0.5, generator=draw)
            linear.bias.normal_(0, 0.5, generator=draw)
        layers += [linear, nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def segment(*shape, seed=0, size=2.0):
    return size * torch.randn(2, *shape, generator=seeded(seed), dtype=torch.float64)


def linear(weight, bias):
    layer = nn.Linear(len(weight[0]), len(weight)).double()
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(weight, dtype=torch.float64))
        layer.bias.copy_(torch.tensor(bias, dtype=torch.float64))
    return layer


def patterns(model, start, end, positions):
    """(m, choices): the signs of all ReLUs and the entries that all max-pools take."""
    model, found = copy.deepcopy(model).double().eval(), []

    def relu(module, args):
        found[-1].append((args[0] > 0).flatten(1).short())

    def pool(module, args):
        size = module.kernel_size if isinstance(module, nn.MaxPool2d) else args[0].shape[2:]
        windows = nn.functional.unfold(args[0].flatten(0, 1)[:, None], size, stride=size)
        found[-1].append(windows.argmax(1).reshape(len(args[0]), -1).short())

    for module in model.modules():
        if isinstance(module, nn.ReLU):
            module.register_forward_pre_hook(relu)
        elif isinstance(module, nn.MaxPool2d | nn.AdaptiveMaxPool2d):
            module.register_forward_pre_hook(pool)
    with torch.no_grad():
        for some in positions.split(5_000):
            found.append([])
            model(start + some.view(-1, *[1] * start.ndim) * (end - start))
    return torch.cat([torch.cat(one, 1) for one in found])


def assert_breakpoints_are_all_there(model, start, end, breakpoints):
    """Assert that each piece has one pattern, and that neighbours have different ones.

    Regions are convex. So a piece with the same pattern just inside its two ends has no other in
    between, and there are neither too many breakpoints nor too few.
    """
    ends = torch.cat([torch.zeros(1), breakpoints, torch.ones(1)]).double()
    width = ends.diff()
    margin = (1e-3 * width).clamp(min=1e-12)
    assert (width > 0).all()
    first = patterns(model, start, end, ends[:-1] + margin)
    last = patterns(model, start, end, ends[1:] - margin)
    assert torch.equal(first, last)
    assert (last[:-1] != first[1:]).any(1).all()


@pytest.mark.parametrize("seed", range(6))
def test_one_hidden_layer_bends_where_a_unit_is_zero(seed):
    model = perceptron(5, 40, 3, seed=seed)
    start, end = segment(5, seed=seed)
    with torch.no_grad():
        at_start, at_end = model[0](start), model[0](end)
    zeros = at_start / (at_start - at_end)
    zeros = zeros[(zeros > 0) & (zeros < 1)].sort().values
    found = count_regions(model, start, end)
    assert found.exact
    assert found.regions == 1 + len(zeros) > 5
    assert torch.allclose(found.breakpoints, zeros, rtol=0, atol=1e-13)


@pytest.mark.parametrize("seed", range(3))
def test_a_deep_network_beside_brute_force(seed):
    model = perceptron(3, 16, 16, 16, 2, seed=seed)
    start, end = segment(3, seed=seed, size=5.0)
    everywhere = (torch.arange(200_000, dtype=torch.float64) + 0.5) / 200_000
    seen = patterns(model, start, end, everywhere)
    changes = (seen[1:] != seen[:-1]).any(1)
    found = count_regions(model, start, end, points=8)
    assert found.exact
    assert found.regions == 1 + changes.sum() > 5
    nearest = (everywhere[1:] + everywhere[:-1])[changes] / 2
    assert torch.allclose(found.breakpoints, nearest, rtol=0, atol=2.6e-6)


@pytest.mark.parametrize(("name", "width"), [("vgg_svhn", 0.05), ("resnet_fast", 0.02)])
def test_the_networks_of_the_study(name, width):
    model = build_model(name, width=width, generator=seeded(0))
    model(torch.rand(32, 3, 32, 32, generator=seeded(1)))
    start, end = torch.rand(2, 3, 32, 32, generator=seeded(2)).double()
    end = start + 0.1 * (end - start)
    found = count_regions(model, start, end)
    assert found.exact
    assert found.regions > 100
    assert_breakpoints_are_all_there(model, start, end, found.breakpoints)


def test_a_unit_that_is_on_only_near_the_kink_of_another():
    # The second layer computes 0.1 + x - 2 relu(x): a peak at 0. Only one unit tells a point on
    # its left from one on its right, and yet there are two more regions between them.
    model = nn.Sequential(
        linear([[1.0], [1.0]], [0.0, 10.0]), nn.ReLU(), linear([[-2.0, 1.0]], [-9.9]), nn.ReLU()
    )
    found = count_regions(model, torch.tensor([-1.0]), torch.tensor([1.0]), points=2)
    assert found.breakpoints.tolist() == pytest.approx([0.45, 0.5, 0.55], abs=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_the_output_bends_wherever_a_later_weight_reads_the_unit(seed):
    model = perceptron(3, 16, 16, 2, seed=seed)
    start, end = segment(3, seed=seed, size=5.0)
    found = count_regions(model, start, end)
    assert found.exact
    ends = torch.cat([torch.zeros(1), found.breakpoints, torch.ones(1)]).double()
    inside = ends[:-1, None] + ends.diff()[:, None] * torch.tensor([0.25, 0.75])
    values = model(start + inside.view(-1, 1) * (end - start)).view(-1, 2, 2)
    slopes = (values[:, 1] - values[:, 0]) / (0.5 * ends.diff()[:, None])
    bends = (slopes.diff(dim=0).abs() > 1e-6).any(1).sum()
    assert 1 < found.pieces == 1 + bends <= found.regions


def test_a_unit_that_nobody_reads_changes_the_pattern_and_not_the_output():
    model = nn.Sequential(
        linear([[1.0], [1.0]], [0.0, -0.5]), nn.ReLU(), linear([[1.0, 0.0]], [3.0])
    )
    found = count_regions(model, torch.tensor([-1.0]), torch.tensor([1.0]))
    assert (found.regions, found.pieces) == (3, 2)


def test_a_constant_network_has_one_piece_whatever_its_patterns_say():
    model = build_model("vgg_svhn", width=0.05, generator=seeded(0))
    model(torch.rand(32, 3, 32, 32, generator=seeded(1)))
    torch.nn.init.zeros_(model.conv3_2.conv.weight)
    start, end = torch.rand(2, 3, 32, 32, generator=seeded(2)).double()
    found = count_regions(model, start, start + 0.05 * (end - start))
    assert found.regions > 20
    assert found.pieces == 1


def test_a_max_pool_bends_where_another_entry_becomes_the_largest():
    start = torch.tensor([[[0.0, -0.3], [-5.0, -9.0]]], dtype=torch.float64)
    end = torch.tensor([[[0.0, 0.7], [3.0, 1.0]]], dtype=torch.float64)
    # 0, t - 0.3 and 8 t - 5 are the largest in turn; 10 t - 9 never is
    for pool in (nn.MaxPool2d(2), nn.AdaptiveMaxPool2d(1)):
        found = count_regions(pool, start, end)
        assert found.breakpoints.tolist() == pytest.approx([0.3, 4.7 / 7], abs=1e-12)
        assert found.exact


def test_two_units_that_bend_at_the_same_place_make_one_breakpoint():
    model = nn.Sequential(linear([[1.0], [-3.0], [7.0]], [0.0, 0.0, 0.0]), nn.ReLU())
    for points in (2, 3):  # with 3, one of them hits the breakpoint
        found = count_regions(model, torch.tensor([-1.0]), torch.tensor([1.0]), points=points)
        assert found.breakpoints.tolist() == [0.5]


@pytest.fixture
def deep():
    return perceptron(5, 30, 30, 3, seed=3), *segment(5, seed=3)


def test_the_cost_options_do_not_change_an_exact_count(deep):
    model, start, end = deep
    expected = count_regions(model, start, end)
    for options in ({"points": 2}, {"points": 999}, {"batch_size": 1}, {"batch_size": 7}):
        found = count_regions(model, start, end, **options)
        assert torch.allclose(found.breakpoints, expected.breakpoints, rtol=0, atol=1e-12)
        assert found.exact


def test_a_count_that_stops_early_is_a_lower_bound(deep):
    model, start, end = deep
    whole = count_regions(model, start, end)
    counts = []
    for most in (2, 5, 10, 20, 40, whole.regions + 2):
        found = count_regions(model, start, end, points=2, most_points=most)
        assert found.points <= most
        # even an incomplete count has only true breakpoints
        off = (found.breakpoints[:, None] - whole.breakpoints).abs().amin(1)
        assert off.max() < 1e-12
        # each of these points found a region, and beside each gap that is left lies another
        assert found.exact or found.regions > found.points
        counts.append(found.regions)
    assert counts == sorted(counts)
    assert counts[0] < counts[-1] == whole.regions
    assert not count_regions(model, start, end, points=2, most_points=10).exact


def test_a_relu_that_is_called_twice_or_works_in_place_counts_as_any_other():
    model = perceptron(5, 5, 5, 3)
    start, end = segment(5, size=4.0)
    expected = count_regions(model, start, end)
    model[1] = model[3] = nn.ReLU(inplace=True)
    found = count_regions(model, start, end)
    assert found.regions > 2
    assert torch.equal(found.breakpoints, expected.breakpoints)


class Functional(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


@pytest.mark.parametrize(
    "other",
    [
        nn.GELU(),
        nn.LeakyReLU(),
        nn.Softmax(-1),
        nn.LayerNorm(40),
        Functional(torch.relu),
        Functional(torch.square),
    ],
)
def test_another_nonlinearity_is_an_error(other):
    model = perceptron(5, 40, 40, 3)
    model[3] = other.double()
    with pytest.raises(ValueError, match="Sequential is not affine .* call these as modules"):
        count_regions(model, *segment(5))


def test_a_network_that_returns_nan_is_an_error():
    model = perceptron(5, 4, 3)
    model[2].bias.data[0] = torch.nan
    with pytest.raises(ValueError, match="Sequential returns NaN or infinite"):
        count_regions(model, *segment(5))
