"""LARS against its paper's update, computed by hand."""

import pytest
import torch

from lib import training
from lib.training.optimisers import eager

LARS = eager(training.LARS)
SETTINGS = {"momentum": 0.9, "weight_decay": 0.1, "trust": 0.01}


def parameter(values):
    return torch.nn.Parameter(torch.tensor(values, dtype=torch.float64))


@pytest.mark.parametrize("start", [[[3.0, 4.0]], [3.0, 4.0]], ids=["weights", "biases"])
def test_two_steps_by_hand(start):
    """The step of biases, which have one dimension, is not scaled."""
    w = parameter(start)
    optimiser = LARS([w], lr=0.5, **SETTINGS)
    value, velocity = w.detach().clone(), torch.zeros_like(w)
    for rate, gradient in (0.5, [0.0, 2.0]), (0.25, [1.0, 0.0]):
        w.grad = torch.tensor(gradient, dtype=torch.float64).view_as(w)
        optimiser.param_groups[0]["lr"] = rate
        optimiser.step()
        local = 0.01 * value.norm() / (w.grad.norm() + 0.1 * value.norm()) if w.ndim > 1 else 1
        velocity = 0.9 * velocity + rate * local * (w.grad + 0.1 * value)
        value = value - velocity
        assert w.detach().flatten().tolist() == pytest.approx(value.flatten().tolist(), rel=1e-14)


def test_weights_without_a_gradient_stay_and_negative_arguments_are_refused():
    for value, decay in ((0.0, 0.1), (0.0, 0.0), (1.0, 0.0)):
        w = parameter([[value, value]])
        w.grad = torch.zeros_like(w)
        LARS([w], lr=2.0, weight_decay=decay).step()
        assert w.tolist() == [[value, value]]
    with pytest.raises(ValueError, match="trust"):
        LARS([parameter([[1.0]])], lr=0.1, trust=-1.0)
