"""Damage of known size to one layer of a network: to what it outputs, or to its weights."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from ..did_you_mean import check
from ..models import record_layers
from ..seeds import generator
from .damage_sizes import DAMAGES, LEVEL, NONE, STRANGER

SHIFTED, OUTLIERS = 1 / 16, 1 / 64
"""Shares of the images that are shifted, and that become outliers."""


def principal(output: Tensor, share: float) -> Tensor:
    """Delete that share of all directions of the batch's channels, the leading principal ones."""
    rows = output.movedim(1, -1).flatten(0, -2).double()
    return _without(output, share, torch.linalg.eigh(rows.T.cov()).eigenvectors.flip(1))


def directions(output: Tensor, share: float) -> Tensor:
    """Delete random directions of the channels, that share of all directions."""
    return _without(output, share, _drawn(output.shape[1]))


def channels(output: Tensor, share: float, replacement: Tensor | float = 0.0) -> Tensor:
    """Set that share of the channels to zero, or to those of another network."""
    change = (replacement - output).movedim(1, -1) * _part(share, output[0], "channels")
    return output + change.movedim(-1, 1)


def shift(output: Tensor, size: float) -> Tensor:
    """Add one vector of random direction to some images, at all positions (Davari et al. 2023).

    At size 1 it is as long as the root mean square of the positions' own vectors.
    """
    vector = size * output.square().sum(1).mean().sqrt() * _drawn(output.shape[1])[:, 0].to(output)
    change = torch.outer(_part(SHIFTED, output, "images"), vector)
    return output + change.view(*change.shape, *[1] * (output.ndim - 2))


def outliers(output: Tensor, size: float) -> Tensor:
    """Multiply the outputs for a few images by 1 + size."""
    factor = 1 + size * _part(OUTLIERS, output, "images")
    return (output.movedim(0, -1) * factor).movedim(-1, 0)


def pruned(weight: Tensor, share: float) -> Tensor:
    """Remove that share of the weights, the smallest in magnitude."""
    smallest = weight.abs().flatten().argsort()[: round(share * weight.numel())]
    return weight.flatten().index_fill(0, smallest, 0).view(weight.shape)


def noise(weight: Tensor, size: float) -> Tensor:
    """Add Gaussian noise, of that size in units of the weights' root mean square."""
    drawn = torch.randn(weight.shape, generator=generator("cpu", "noise")).to(weight)
    return weight + size * weight.square().mean().sqrt() * drawn


_OUTPUT = {f.__name__: f for f in (principal, directions, channels, shift, outliers)}
_WEIGHTS = {f.__name__: f for f in (pruned, noise)}


@contextmanager
def damaged(
    network: nn.Module, layer: str, damage: str, size: float, stranger: nn.Module | None = None
) -> Iterator[None]:
    """Inside the block the layer, and so all that follows it, has the damage.

    Args:
        network: any network.
        layer: the name of a module whose output is (b, c, h, w) or (b, c). Principal
            directions, lengths and choices of images are those of each batch.
        damage: a key of `DAMAGES`; `NONE` and `LEVEL` do nothing.
        size: 0 for no damage, larger for more.
        stranger: an independently trained network, for the damage of that name.

    Raises:
        ValueError: an unknown damage; no weights that it could be done to; no stranger.
    """
    check("damage", damage, {**DAMAGES, NONE: (), LEVEL: ()})
    module, before, seen = network.get_submodule(layer), {}, {}
    if damage in _WEIGHTS:
        before = {weight: weight.data for weight in module.parameters() if weight.ndim > 1}
    if (damage in _WEIGHTS and not before) or (damage == STRANGER and stranger is None):
        raise ValueError(f"{damage} of {layer}: there are no weights, or no stranger is given")

    def change(module: nn.Module, args: tuple, output: Tensor) -> Tensor | None:
        if damage == STRANGER:
            return channels(output, size, record_layers(stranger, seen["images"], [layer])[layer])
        return _OUTPUT[damage](output, size) if damage in _OUTPUT else None

    hooks = [
        network.register_forward_pre_hook(lambda module, args: seen.update(images=args[0])),
        module.register_forward_hook(change),
    ]
    try:
        for weight, data in before.items():
            weight.data = _WEIGHTS[damage](data, size)
        yield
    finally:
        for weight, data in before.items():
            weight.data = data
        for hook in hooks:
            hook.remove()


def _part(share: float, like: Tensor, drawn: str = "") -> Tensor:
    """(n,) numbers from 1 to 0 with the sum share × n, for the n entries of the first dimension.

    Entries are taken in their order or in one that is drawn, the last one in part, so
    that every share can be taken of few; a larger share takes the same ones and more.
    """
    n = len(like)
    part = (share * n - torch.arange(n)).clamp(0, 1).to(like)
    return part[torch.randperm(n, generator=generator("cpu", drawn))] if drawn else part


def _without(output: Tensor, share: float, basis: Tensor) -> Tensor:
    rows, basis = output.movedim(1, -1), basis.to(output)
    centred = rows - rows.flatten(0, -2).mean(0)
    return output - (centred @ basis * _part(share, basis) @ basis.T).movedim(-1, 1)


def _drawn(channels: int) -> Tensor:
    """Random orthonormal directions, in columns."""
    drawn = torch.randn(channels, channels, generator=generator("cpu", "directions"))
    return torch.linalg.qr(drawn.double()).Q
