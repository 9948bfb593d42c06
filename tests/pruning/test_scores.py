"""Scores: each agrees with its definition."""

import copy
from itertools import product

import torch
from scipy import stats
from torch import nn
from torch.nn import functional as F

from lib.pruning import gradient_weight, prunable_weights, random, synflow

from ..analyses.made_up import network


def test_random_scores_are_uniform_and_depend_on_the_generator_alone():
    def draw(seed):
        model = nn.Sequential(nn.Conv2d(8, 16, 3), nn.Linear(64, 64), nn.Linear(2, 2))
        scores = random(model, torch.Generator().manual_seed(seed))
        return torch.cat([score.flatten() for score in scores.values()])

    values = draw(0)
    assert len(values) == 8 * 16 * 9 + 64 * 64
    assert stats.kstest(values.double().numpy(), "uniform").pvalue > 0.01
    assert torch.equal(draw(0), values)  # of other weights
    assert not torch.equal(draw(1), values)


def slopes(model, result, step):
    """By how much a result changes per relative change of each prunable weight, by differences."""
    found = {}
    with torch.no_grad():
        for name, weight in prunable_weights(model).items():
            found[name] = torch.empty_like(weight)
            for place in product(*map(range, weight.shape)):
                before, ends = weight[place].item(), []
                for factor in (1 + step, 1 - step):
                    weight[place] = before * factor
                    ends.append(result(model).item())
                weight[place] = before
                found[name][place] = abs(ends[0] - ends[1]) / (2 * step)
    return found


def test_gradient_weight_is_the_change_of_the_loss_per_relative_change_of_the_weight():
    model, images, labels = network(), torch.randn(6, 2, 6, 6).double(), torch.arange(6) % 3
    scores = gradient_weight(model, images, labels)
    expected = slopes(
        copy.deepcopy(model).eval(), lambda plain: F.cross_entropy(plain(images), labels), 1e-6
    )
    for name, slope in expected.items():
        assert slope.max() > 1e-4
        assert torch.allclose(scores[name], slope, rtol=1e-5, atol=1e-9), name


def test_synflow_is_the_output_lost_without_the_weight():
    """For the absolute values and ones the output is linear in each weight: no gradient needed."""
    model = network()
    scores = synflow(model, (2, 6, 6))
    positive = copy.deepcopy(model).double().eval()
    ones = torch.ones(1, 2, 6, 6, dtype=torch.float64)
    with torch.no_grad():
        for value in (*positive.parameters(), *positive.buffers()):
            value.copy_(value.abs())
        assert (positive[:2](ones) > 0).all()  # so ReLU and maximum stay on their branches
        whole = positive(ones).sum().item()
    expected = slopes(positive, lambda network: network(ones).sum(), 1e-4)
    for name, slope in expected.items():
        assert torch.allclose(scores[name], slope, rtol=1e-6, atol=1e-8 * whole), name


def test_synflow_takes_a_network_with_a_boolean_buffer():
    model = nn.Sequential(nn.Flatten(), nn.Linear(4, 4), nn.Linear(4, 2))
    plain = synflow(model, (1, 2, 2))
    model.register_buffer("mask", torch.tensor([True, False]))
    assert torch.equal(synflow(model, (1, 2, 2))["1.weight"], plain["1.weight"])


def test_synflow_is_exact_where_the_product_of_the_layers_exceeds_float32():
    model = nn.Sequential(nn.Flatten(), *(nn.Linear(4, 4, bias=False) for _ in range(7)))
    plain = synflow(model, (1, 2, 2))
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(1e8)
    for name, score in synflow(model, (1, 2, 2)).items():
        assert torch.allclose(score / 1e8**7, plain[name], rtol=1e-5), name
