"""Optimisers without the compiler are PyTorch's optimisers, without the compiler."""

import subprocess
import sys

import pytest
import torch

from lib import ROOT
from lib.training.optimisers import LARS, eager

OPTIMISERS = {torch.optim.SGD: {"nesterov": True, "fused": True}, LARS: {"weight_decay": 1e-3}}


@pytest.mark.parametrize("kind", OPTIMISERS)
def test_the_same_steps(kind):
    ends = []
    for optimiser in (kind, eager(kind)):
        weights = torch.nn.Parameter(torch.linspace(-1, 1, 6).reshape(2, 3))
        given = {"lr": 0.1, "momentum": 0.9} | OPTIMISERS[kind]
        first = optimiser([weights], **given)
        for step in range(4):
            if step == 2:  # goes on in another optimiser
                saved, first = first.state_dict(), optimiser([weights], **given)
                first.load_state_dict(saved)
            first.zero_grad()
            weights.square().sum().backward()
            first.step()
        ends.append(weights.detach())
    assert torch.equal(*ends)
    assert not torch.equal(ends[0], torch.linspace(-1, 1, 6).reshape(2, 3))


def test_no_compiler_is_imported():
    """A second or two of each short job, and nobody would notice."""
    code = """
import sys, torch
from lib.training import LayerwiseMomentum, Momentum
from lib.training.optimisers import build_optimiser
for settings in Momentum(), LayerwiseMomentum():
    weights = torch.nn.Parameter(torch.ones(2, 2))
    optimiser = build_optimiser(settings, [weights])
    weights.sum().backward()
    optimiser.step()
    optimiser.zero_grad()
    optimiser.load_state_dict(optimiser.state_dict())
assert "torch._dynamo" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
