"""Whether a measurement has left a trace on a network."""

import copy

import torch


def snapshot(model):
    """Everything about a network that a measurement could change."""
    return {
        "state": copy.deepcopy(model.state_dict()),
        "gradients": [None if p.grad is None else p.grad.clone() for p in model.parameters()],
        "modes": [module.training for module in model.modules()],
        "wanted": [p.requires_grad for p in model.parameters()],
    }


def same(a, b):
    tensors = [*zip(a["state"].values(), b["state"].values(), strict=True)]
    tensors += [(x, y) for x, y in zip(a["gradients"], b["gradients"], strict=True) if x is not y]
    alike = all(x.dtype == y.dtype and torch.equal(x, y) for x, y in tensors)
    return alike and all(a[key] == b[key] for key in ("modes", "wanted"))
