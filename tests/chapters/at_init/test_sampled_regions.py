"""Linear regions from pieces of a line: right on average, and where they can be counted by hand."""

import pytest
import torch
from torch import nn

from lib.chapters.at_init.linear_regions import count_regions
from lib.chapters.at_init.sampled_regions import sample_regions
from lib.seeds import generator

from .test_linear_regions import perceptron, segment


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
def test_bends_in_the_pieces_are_counted_and_scaled_up(seed):
    """Two pieces, a tenth of the line each: one begins at half of the offset."""
    places = [0.013 + 0.02 * i for i in range(49)]
    begin = offset(seed) / 2
    inside = sum(any((place - b) % 1 < 0.1 for b in (begin, begin + 0.5)) for place in places)
    found = sample_regions(kinks(*places), *ENDS, 0.2, 2, seed=seed)
    assert found.regions == pytest.approx(1 + inside / 0.2)
    assert found.exact


def test_a_piece_that_passes_the_end_goes_on_at_the_beginning():
    seed = next(s for s in range(100) if offset(s) > 0.96)
    rest = (1 + offset(seed)) / 2 + 0.45 - 1
    assert rest > 0.4
    found = sample_regions(kinks(0.01), *ENDS, 0.9, 2, seed=seed)
    assert found.regions == pytest.approx(1 + 1 / 0.9)


def test_right_on_average():
    model, (start, end) = perceptron(6, 40, 40, 3), segment(6)
    exact = count_regions(model, start, end).regions
    assert exact > 20
    found = [sample_regions(model, start, end, 0.1, 4, seed=s).regions for s in range(200)]
    found = torch.tensor(found)
    assert found.std() > 1
    assert abs(found.mean() - exact) < 3 * found.std() / 200**0.5


def test_what_was_not_looked_at_in_full_is_not_exact():
    model, (start, end) = perceptron(6, 40, 40, 3), segment(6)
    seed = next(s for s in range(100) if offset(s) < 0.4)
    found = sample_regions(model, start, end, 0.5, 2, seed=seed, points=2, most_points=2)
    assert not found.exact
    assert found.points == 4


@pytest.mark.parametrize("share", [0, 1, -0.1, 1.5, float("nan")])
def test_a_share_is_a_part(share):
    with pytest.raises(ValueError, match="share must be above 0 and below 1"):
        sample_regions(kinks(0.5), *ENDS, share)
