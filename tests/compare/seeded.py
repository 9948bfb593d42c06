"""Networks whose weights a seed decides."""

import torch


def seeded(seed, make, *args, **kwargs):
    """What a class or function makes, by draws from this seed; PyTorch's generator stays."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return make(*args, **kwargs)
