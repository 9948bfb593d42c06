"""How many paths lead from the input of a pruned network to its output."""

import copy

import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d, avg_pool2d

from lib.pruning import Mask

POOLS = (nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveMaxPool2d, nn.AdaptiveAvgPool2d)


@torch.no_grad()
def count_paths(model: nn.Module, mask: Mask, shape: tuple[int, ...]) -> float:
    """Paths of surviving weights from any entry of the input to any output; 0 if all are cut.

    One forward pass of ones through a copy whose surviving weights are 1, as in the
    synaptic flow of Tanaka et al. (2020), eq. 1, which weights each path by the product
    of its weights. Biases are 0, batch normalisation passes its input on, and a pool
    adds up its window. A path that is counted can still be silent, if a ReLU on it is
    off for every image.

    Args:
        model: any network of `lib.models`; it is left as it is.
        mask: of its prunable weights; all other weights survive.
        shape: of one image, (c, h, w).

    Returns:
        A count in float64, exact below 2^53.
    """
    model = copy.deepcopy(model).double().eval()
    for name, module in model.named_modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            survivors = mask.kept.get(f"{name}.weight")
            module.weight.copy_(torch.ones_like(module.weight) if survivors is None else survivors)
            if module.bias is not None:
                module.bias.zero_()
        elif isinstance(module, nn.BatchNorm2d):
            module.register_forward_hook(lambda module, args, output: args[0])
        elif isinstance(module, POOLS):
            module.register_forward_hook(lambda module, args, output: _summed(module, args[0]))
    ones = torch.ones(1, *shape, dtype=torch.float64, device=next(model.parameters()).device)
    return model(ones).sum().item()


def _summed(pool: nn.Module, x: Tensor) -> Tensor:
    """The sums of the windows of a pool."""
    if isinstance(pool, nn.AdaptiveMaxPool2d | nn.AdaptiveAvgPool2d):
        means = adaptive_avg_pool2d(x, pool.output_size)
        return means * (x[0, 0].numel() / means[0, 0].numel())
    options = pool.kernel_size, pool.stride, pool.padding, pool.ceil_mode
    return avg_pool2d(x, *options, divisor_override=1)
