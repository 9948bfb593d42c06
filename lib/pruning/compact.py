"""Removing for good the channels that pruning has made useless.

A mask leaves a network as large as it was: zeros are multiplied like all numbers. Only
a channel that is gone saves time, and only where the output stays what it was. That is
so in evaluation mode for a channel if each layer that reads it

- has only zeros for it, in the filters that are needed themselves, or
- finds it constant, whatever the image, so that its bias can take what the channel adds.

A filter without weights gives a constant channel, and so does all that is computed from
it: batch normalisation and ReLU make another constant of it. A convolution that pads
with zeros sees the constant end at the border, where a bias would go on: such a channel
stays, unless it is always 0.
"""

from __future__ import annotations

import copy

import torch
from torch import nn

from .channels import Channels, Read, by_channel, follow
from .mask import Mask


def compact(network: nn.Module, mask: Mask) -> nn.Module:
    """A copy of a pruned network without the channels that it does not need.

    In evaluation mode its output is that of the masked network, but for rounding. A
    layer keeps at least one channel, even if it needs none. Layers and names stay; only
    sizes change.

    Args:
        network: any network that `torch.fx` can trace; it stays as it is.
        mask: which of its prunable weights survive.

    Returns:
        The smaller network, in evaluation mode.

    Raises:
        ValueError: as for `kept_channels`.
    """
    smaller = copy.deepcopy(network).eval()
    mask.apply_(smaller)
    channels = follow(smaller)
    for name, read in channels.reads.items():
        _shrink_reader(smaller.get_submodule(name), read, channels, name)
    for name, writer in channels.norms.items():
        norm = smaller.get_submodule(name)
        keep = channels.spaces[writer].keep[: norm.num_features]
        norm.num_features = int(keep.sum())
        _select(norm, ("weight", "bias", "running_mean", "running_var"), keep)
    return smaller


def kept_channels(network: nn.Module, mask: Mask) -> dict[str, torch.Tensor]:
    """Which channels `compact` keeps: {convolution or linear layer: bool of its outputs}.

    Raises:
        ValueError: `mask` is another network's, `torch.fx` cannot trace the network, or
            it has something that cannot be followed; the message names the module and
            the reason.
    """
    masked = copy.deepcopy(network).eval()
    mask.apply_(masked)
    channels = follow(masked)
    outputs = {name: len(masked.get_submodule(name).weight) for name in channels.reads}
    return {name: channels.spaces[name].keep[:count] for name, count in outputs.items()}


def _shrink_reader(module: nn.Module, read: Read, channels: Channels, name: str) -> None:
    """Cut a layer's weights to the channels that stay; its bias takes the constants of others."""
    rows = channels.spaces[name].keep[: len(module.weight)]
    columns = channels.keep(read)
    weight = by_channel(module.weight.detach(), read)
    constant = read.constant[~columns].nan_to_num(0).double()  # what varies is read by nothing
    gone = weight[:, ~columns].double().sum(-1) @ constant
    if module.bias is not None or gone.any():
        before = 0 if module.bias is None else module.bias.detach()
        module.bias = nn.Parameter((before + gone).to(weight.dtype))
    shape = (int(rows.sum()), -1, *module.weight.shape[2:])
    module.weight = nn.Parameter(weight[rows][:, columns].reshape(shape))
    _select(module, ("bias",), rows)
    sizes = ("out_channels", "in_channels")
    if isinstance(module, nn.Linear):
        sizes = ("out_features", "in_features")
    for size, number in zip(sizes, module.weight.shape, strict=False):
        setattr(module, size, number)


def _select(module: nn.Module, names: tuple[str, ...], keep: torch.Tensor) -> None:
    """Reduce parameters and buffers to some channels, where a module has them."""
    for name in names:
        tensor = getattr(module, name)
        if isinstance(tensor, nn.Parameter):
            setattr(module, name, nn.Parameter(tensor.detach()[keep]))
        elif tensor is not None:
            setattr(module, name, tensor[keep])
