"""Optimisers without the compiler that they bring along."""

from functools import cache
from inspect import unwrap

import torch

METHODS = ("add_param_group", "load_state_dict", "state_dict", "step", "zero_grad")


@cache
def eager(optimiser: type[torch.optim.Optimizer]) -> type[torch.optim.Optimizer]:
    """The same optimiser, for networks that are not compiled.

    PyTorch keeps these methods out of what `torch.compile` compiles, and for that imports the whole
    compiler at the first call. This takes longer than all else that a short job imports.

    Args:
        optimiser: a class. Its `step` takes no closure that needs gradients.
    """
    plain = {name: torch.no_grad()(unwrap(getattr(optimiser, name))) for name in METHODS}
    return type(optimiser.__name__, (optimiser,), plain)
