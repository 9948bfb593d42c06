"""LARS against its paper's update, computed by hand."""

import pytest
import torch

from lib import training
from lib.training.optimisers import eager

LARS = eager(training.LARS)


def parameter(values):
    return torch.nn.Parameter(torch.tensor(values, dtype=torch.float64))


def test_two_steps_by_hand():
    w = parameter([[3.0, 4.0]])  # norm 5
    optimiser = LARS([w], lr=0.5, momentum=0.9, weight_decay=0.1, trust=0.01)
    w.grad = torch.tensor([[0.0, 2.0]], dtype=torch.float64)  # norm 2
    optimiser.step()
    local = 0.01 * 5 / (2 + 0.1 * 5)
    v = [0.5 * local * (0.0 + 0.1 * 3), 0.5 * local * (2.0 + 0.1 * 4)]
    first = [3 - v[0], 4 - v[1]]
    assert w.detach().flatten().tolist() == pytest.approx(first, rel=1e-14)

    w.grad = torch.tensor([[1.0, 0.0]], dtype=torch.float64)
    optimiser.param_groups[0]["lr"] = 0.25
    optimiser.step()
    norm = (first[0] ** 2 + first[1] ** 2) ** 0.5
    local = 0.01 * norm / (1 + 0.1 * norm)
    v = [
        0.9 * v[0] + 0.25 * local * (1.0 + 0.1 * first[0]),
        0.9 * v[1] + 0.25 * local * (0.0 + 0.1 * first[1]),
    ]
    second = [first[0] - v[0], first[1] - v[1]]
    assert w.detach().flatten().tolist() == pytest.approx(second, rel=1e-14)


def test_biases_take_an_unscaled_step():
    b = parameter([0.0, 1.0])
    b.grad = torch.tensor([1.0, 1.0], dtype=torch.float64)
    LARS([b], lr=0.5, momentum=0.9, weight_decay=0.1, trust=0.001).step()
    assert b.detach().tolist() == pytest.approx([-0.5, 1 - 0.5 * 1.1], rel=1e-14)


def test_zero_weights_without_a_gradient_stay_and_negative_arguments_are_refused():
    w = parameter([[0.0, 0.0]])
    w.grad = torch.zeros_like(w)
    LARS([w], lr=1.0, weight_decay=0.1).step()
    assert w.tolist() == [[0.0, 0.0]]
    with pytest.raises(ValueError, match="trust"):
        LARS([parameter([[1.0]])], lr=0.1, trust=-1.0)
