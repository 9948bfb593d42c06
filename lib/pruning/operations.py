"""Operations of a forward pass, with and without those of pruned weights."""

from collections.abc import Mapping, Sequence

import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from ..did_you_mean import check
from ..models.module_outputs import evaluating, modules_of, unwrapped
from .prunable import named_parameters


def multiply_adds(
    network: nn.Module, image: Sequence[int], densities: Mapping[str, float] | None = None
) -> float:
    """Multiplications with an addition in one forward pass of one image, by PyTorch's counter.

    Args:
        network: any network that takes a batch of images; it is not changed. On the device `meta`
            nothing is computed.
        image: its shape, such as `(3, 224, 224)`; it has no default, since the count depends on it.
        densities: {parameter name: fraction of its weights that survives}, such as
            `mask.densities`: the cost of a layer is then proportional to the weights left.

    Raises:
        ValueError: a recurrent or a bilinear layer, which PyTorch does not count; `densities` of
            other parameters than weights, or of attention, whose operations do not all belong to
            weights.
    """
    from torch.utils.flop_counter import FlopCounterMode  # takes a moment

    network = unwrapped(network)
    for module in network.modules():
        if isinstance(module, nn.RNNBase | nn.Bilinear):
            kind = type(module).__name__
            raise ValueError(f"multiply_adds: PyTorch does not count the operations of nn.{kind}")
    counter, one = FlopCounterMode(display=False), next(network.parameters()).new_zeros(1, *image)
    # PyTorch does not count attention that it computes in one piece, as it may without gradients,
    # and version 2.4 with them
    in_parts = sdpa_kernel(SDPBackend.MATH)
    with in_parts, evaluating(network), torch.enable_grad(), counter:
        network(one)
    counts = {
        name.partition(".")[2]: sum(found.values()) // 2
        for name, found in counter.get_flop_counts().items()
        if name != "Global"
    }
    # PyTorch's pruning keeps the weight that it masks under this name
    parameters = {n.removesuffix("_orig"): w for n, w in named_parameters(network).items()}
    weights = [name for name, weight in parameters.items() if weight.ndim > 1]
    modules, density_of = modules_of(network), {}
    for name, density in (densities or {}).items():
        check("weight", name, weights)
        layer = name.rpartition(".")[0]
        if isinstance(modules[layer], nn.MultiheadAttention) or layer.endswith("out_proj"):
            raise ValueError(f"densities: of attention, {name}, the weights' share is not known")
        density_of[id(parameters[name])] = density
    # a weight that layers share has one name in a mask, and saves operations in all of them
    shares = {name: 1 - density_of.get(id(parameters[name]), 1) for name in weights}
    lost = sum(share * counts.get(name.rpartition(".")[0], 0) for name, share in shares.items())
    return counter.get_total_flops() // 2 - lost
