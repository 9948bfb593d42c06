"""Activation regions from stretches of a line: right on average, and countable by hand."""

import math

import pytest
import torch
from torch import nn

from lib.chapters.at_init.activation_regions import count_regions
from lib.chapters.at_init.sampled_regions import sample_regions
from lib.seeds import generator

from .test_activation_regions import perceptron, segment


def kinks(*places):
    """A network of one input that bends exactly at these places."""
    hidden = nn.Linear(1, len(places)).double()
    with torch.no_grad():
        hidden.weight.fill_(1.0)
        hidden.bias.copy_(-torch.tensor(places, dtype=torch.float64))
    return nn.Sequential(hidden, nn.ReLU(), nn.Linear(len(places), 1).double())


def offset(seed):
    return torch.rand((), generator=generator("cpu", "pieces", seed), dtype=torch.float64).item()


ENDS = torch.zeros(1, dtype=torch.float64), torch.ones(1, dtype=torch.float64)


@pytest.mark.parametrize("seed", range(4))
def test_bends_in_the_stretches_are_counted_and_scaled_up(seed):
    """Two stretches, a tenth of the line each: one begins at half of the offset."""
    places = [0.013 + 0.02 * i for i in range(49)]
    begin = offset(seed) / 2
    inside = [sum((place - b) % 1 < 0.1 for place in places) for b in (begin, begin + 0.5)]
    found = sample_regions(kinks(*places), *ENDS, 0.2, 2, seed=seed)
    assert found.regions == found.pieces == pytest.approx(1 + sum(inside) / 0.2)
    # half the difference of two numbers is the standard error of their mean
    error = abs(inside[0] - inside[1]) / 0.2
    assert found.regions_error == found.pieces_error == pytest.approx(error)
    assert found.exact


def test_one_stretch_has_no_spread():
    found = sample_regions(kinks(0.5), *ENDS, 0.5, 1)
    assert math.isnan(found.regions_error)


def test_a_stretch_that_passes_the_end_goes_on_at_the_beginning():
    seed = next(s for s in range(100) if offset(s) > 0.96)
    rest = (1 + offset(seed)) / 2 + 0.45 - 1
    assert rest > 0.4
    found = sample_regions(kinks(0.01), *ENDS, 0.9, 2, seed=seed)
    assert found.regions == pytest.approx(1 + 1 / 0.9)


def test_the_estimate_is_right_on_average():
    model, (start, end) = perceptron(6, 40, 40, 3), segment(6)
    exact = count_regions(model, start, end).regions
    assert exact > 20
    found = [sample_regions(model, start, end, 0.1, 4, seed=s) for s in range(200)]
    regions = torch.tensor([one.regions for one in found])
    assert regions.std() > 1
    assert abs(regions.mean() - exact) < 3 * regions.std() / 200**0.5
    # the estimated standard errors are, on average, no smaller than the true one
    estimated = torch.tensor([one.regions_error for one in found]).square().mean().sqrt()
    assert 0.8 * regions.std() < estimated < 2 * regions.std()


def test_a_stretch_that_is_not_fully_covered_is_not_exact():
    model, (start, end) = perceptron(6, 40, 40, 3), segment(6)
    seed = next(s for s in range(100) if offset(s) < 0.4)
    found = sample_regions(model, start, end, 0.5, 2, seed=seed, points=2, most_points=2)
    assert not found.exact
    assert found.points == 4
