"""Layer-wise adaptive rate scaling, and optimisers that do not import the compiler."""

from collections.abc import Iterable
from functools import cache
from inspect import unwrap

import torch

from .recipe import LayerwiseMomentum, Momentum


class LARS(torch.optim.Optimizer):
    """SGD with momentum whose step is scaled to each layer's weights (You et al. 2017, alg. 1).

    For a layer with weights w and gradient g, and Euclidean norms of whole tensors:

        local = trust * |w| / (|g| + weight_decay * |w|)
        v <- momentum * v + lr * local * (g + weight_decay * w)
        w <- w - v

    Parameters with one dimension (biases, batch normalisation) take `local` = 1: a bias starts at
    zero, and a scaled step would keep it there. `lr`, `momentum`, `weight_decay` and `trust` are
    gamma, m, beta and eta in the paper.

    Raises:
        ValueError: a negative argument.
    """

    def __init__(
        self,
        params: Iterable,
        lr: float,
        momentum: float = 0.9,
        weight_decay: float = 0.0,
        trust: float = 0.001,
    ):
        defaults = {"lr": lr, "momentum": momentum, "weight_decay": weight_decay, "trust": trust}
        for name, value in defaults.items():
            if value < 0:
                raise ValueError(f"{name} must not be negative, got {value}")
        super().__init__(params, defaults)

    @torch.no_grad()
    def step(self) -> None:
        """One update."""
        for group in self.param_groups:
            params = [p for p in group["params"] if p.grad is not None]
            if not params:
                continue
            for p in params:
                if not self.state[p]:
                    self.state[p]["momentum_buffer"] = torch.zeros_like(p)
            buffers = [self.state[p]["momentum_buffer"] for p in params]
            grads = [p.grad for p in params]
            weight_norms = torch._foreach_norm(params)
            grad_norms = torch._foreach_norm(grads)
            updates = torch._foreach_add(grads, params, alpha=group["weight_decay"])
            scales = []
            for p, weight, grad in zip(params, weight_norms, grad_norms, strict=True):
                if p.ndim > 1:
                    local = group["trust"] * weight / (grad + group["weight_decay"] * weight)
                    # w / 0 or 0 / 0: without a gradient any finite scale gives no step
                    scales.append(group["lr"] * local.nan_to_num(nan=0.0, posinf=0.0))
                else:
                    scales.append(torch.ones_like(weight) * group["lr"])
            torch._foreach_mul_(updates, scales)
            torch._foreach_mul_(buffers, group["momentum"])
            torch._foreach_add_(buffers, updates)
            torch._foreach_sub_(params, buffers)


@cache
def eager(optimiser: type[torch.optim.Optimizer]) -> type[torch.optim.Optimizer]:
    """The same class of optimisers, for networks that are not compiled.

    PyTorch excludes these methods from `torch.compile`, and imports the whole compiler for this at
    the first call, which takes longer than all other imports of a short job.
    """
    methods = "add_param_group", "load_state_dict", "state_dict", "step", "zero_grad"
    plain = {name: torch.no_grad()(unwrap(getattr(optimiser, name))) for name in methods}
    return type(optimiser.__name__, (optimiser,), plain)


def build_optimiser(
    settings: Momentum | LayerwiseMomentum, params: Iterable[torch.nn.Parameter]
) -> torch.optim.Optimizer:
    """An optimiser of these parameters; its learning rate is set before each step."""
    if isinstance(settings, LayerwiseMomentum):
        return eager(LARS)(params, lr=0.0, **vars(settings))
    # fused: one pass over the weights instead of five
    return eager(torch.optim.SGD)(params, lr=0.0, **vars(settings), fused=True)
