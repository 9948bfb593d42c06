"""Networks from seeds and functions, and what plain hooks record of them."""

from functools import partial

import torch
from torch import nn


def seeded(seed, make, *args, **kwargs):
    """The result of a class or function, by draws from this seed; PyTorch's generator stays."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return make(*args, **kwargs)


def first_outputs(network, images, layers):
    """The first output of each layer, by plain hooks that copy."""
    found = {}

    def keep(module, args, output, name):
        if name not in found:
            found[name] = (output[0] if isinstance(output, tuple) else output).clone()

    hooks = [
        network.get_submodule(name).register_forward_hook(partial(keep, name=name))
        for name in layers
    ]
    with torch.no_grad():
        network.eval()(images.to(next(network.parameters()).dtype))
    for hook in hooks:
        hook.remove()
    return found


class Block(nn.Module):
    """A module with modules inside, which a function of both, `(block, x)`, calls."""

    def __init__(self, function, **inside):
        super().__init__()
        self.function = function
        for name, module in inside.items():
            setattr(self, name, module)

    def forward(self, x):
        return self.function(self, x)
