"""Masks: which weights of a network survive."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import nn

from .prunable import COMPUTED, hidden_weights, named_parameters, prunable_weights


class Mask:
    """Which of the prunable weights of one network survive.

    Weights that a mask does not name are never pruned. Names leave out the wrappers `DataParallel`
    and `torch.compile`, so that a mask fits a network with and without them. Methods that take a
    network or another mask raise a ValueError if it does not match this mask.

    Args:
        kept: {parameter name: bool tensor of its shape}, True where a weight survives.

    Raises:
        TypeError: not a tensor, or not boolean.
    """

    def __init__(self, kept: Mapping[str, torch.Tensor]):
        for name, tensor in kept.items():
            given = getattr(tensor, "dtype", type(tensor).__name__)
            if given != torch.bool:
                raise TypeError(f"the mask of {name} must be a boolean tensor, got {given}")
        self.kept = dict(kept)

    @classmethod
    def complete(
        cls,
        model: nn.Module,
        example: object = None,
        keep: Sequence[str] | None = None,
        also: Sequence[type[nn.Module]] = (),
    ) -> Mask:
        """The mask of an unpruned network: everything survives.

        Args, errors and warnings are those of `prunable_weights`.
        """
        weights = prunable_weights(model, example, keep, also)
        return cls({name: torch.ones_like(w, dtype=torch.bool) for name, w in weights.items()})

    @classmethod
    def of_zeros(
        cls,
        model: nn.Module,
        example: object = None,
        keep: Sequence[str] | None = None,
        also: Sequence[type[nn.Module]] = (),
    ) -> Mask:
        """The mask of a network that is already pruned: weights other than zero survive.

        The network may still use `torch.nn.utils.prune`. To prune it further, first make its masks
        permanent with `torch.nn.utils.prune.remove`.

        Args are those of `prunable_weights`, but frozen weights count too.
        """
        weights = hidden_weights(model, example, keep, also)
        return cls({name: weight.detach() != 0 for name, weight in weights.items()})

    def to(self, device: torch.device | str) -> Mask:
        """The same mask on a device."""
        return Mask({name: kept.to(device) for name, kept in self.kept.items()})

    @property
    def survivors(self) -> int:
        """Number of prunable weights that survive."""
        return sum(int(kept.sum()) for kept in self.kept.values())

    @property
    def size(self) -> int:
        """Number of prunable weights."""
        return sum(kept.numel() for kept in self.kept.values())

    @property
    def remaining(self) -> float:
        """The fraction of the prunable weights that survives; ValueError for a mask of none."""
        if not self.size:
            raise ValueError("a mask of no weights has no fraction that survives")
        return self.survivors / self.size

    @property
    def densities(self) -> dict[str, float]:
        """The fraction of the weights that survives in each parameter, by its name."""
        # not a float32 mean, which is exact only up to 16.7 million
        return {name: int(kept.sum()) / kept.numel() for name, kept in self.kept.items()}

    @property
    def collapsed(self) -> list[str]:
        """Names of parameters without survivors; no input passes through such a layer."""
        return [name for name, kept in self.kept.items() if not kept.any()]

    def jaccard(self, other: Mask) -> float:
        """Weights that survive in both masks, as a fraction of those in either, in [0, 1].

        About d / (2 - d) for independent random masks of density d, 1 for two empty ones.
        """
        self.check(other.kept)
        pairs = [(kept, other.kept[name]) for name, kept in self.kept.items()]
        common = sum(int((a & b).sum()) for a, b in pairs)
        either = sum(int((a | b).sum()) for a, b in pairs)
        return common / either if either else 1.0

    def weights(self, model: nn.Module) -> dict[str, nn.Parameter]:
        """The parameters of `model` that the mask covers, by name.

        ValueError if the network lacks one, has it in another shape, or masks it by
        `torch.nn.utils.prune`.
        """
        parameters = named_parameters(model)
        if masked := [name for name in self.kept if f"{name}_orig" in parameters]:
            raise ValueError(f"{masked[0]} {COMPUTED}")
        weights = {name: parameters[name] for name in self.kept if name in parameters}
        self.check(weights)
        return weights

    @torch.no_grad()
    def apply_(self, model: nn.Module) -> None:
        """Set the pruned weights of `model` to exactly zero, in place; errors as `weights`."""
        for name, weight in self.weights(model).items():
            # not multiplication, which would leave -0.0 and keep a NaN
            weight.masked_fill_(~self.kept[name], 0)

    def keeper(self, model: nn.Module):
        """A function to call with the optimiser after each step (`after_step` of `Training`).

        It keeps pruned weights at zero, and their momentum too, which would move them.
        """
        weights = self.weights(model)
        params = list(weights.values())
        # in the weights' memory format, or PyTorch would compute the products one by one
        factors = [
            torch.empty_like(w).copy_(self.kept[name]).detach() for name, w in weights.items()
        ]

        @torch.no_grad()
        def keep(optimiser: torch.optim.Optimizer) -> None:
            # `get`, for a look at the state of a parameter of another optimiser would create one
            states = [optimiser.state.get(param, {}) for param in params]
            momenta = [state.get("momentum_buffer") for state in states]
            both = zip([*params, *momenta], [*factors, *factors], strict=True)
            held = [(tensor, factor) for tensor, factor in both if tensor is not None]
            torch._foreach_mul_([tensor for tensor, _ in held], [factor for _, factor in held])

        return keep

    def packed(self) -> dict[str, dict]:
        """{parameter name: {"shape", "bits"}}, with one bit for each weight, to be saved."""
        bits = {name: np.packbits(kept.cpu().numpy()) for name, kept in self.kept.items()}
        return {
            name: {"shape": list(kept.shape), "bits": torch.from_numpy(bits[name])}
            for name, kept in self.kept.items()
        }

    @classmethod
    def unpacked(cls, content: Mapping[str, dict]) -> Mask:
        """The mask that `packed` wrote."""
        kept = {}
        for name, part in content.items():
            bits = np.unpackbits(part["bits"].numpy(), count=math.prod(part["shape"]))
            kept[name] = torch.from_numpy(bits.astype(bool)).view(*part["shape"])
        return cls(kept)

    def check(self, tensors: Mapping[str, torch.Tensor]) -> None:
        """Raise ValueError unless the mask has these names and shapes."""
        shapes = [{(name, *t.shape) for name, t in each.items()} for each in (tensors, self.kept)]
        if differ := sorted({name for name, *_ in shapes[0] ^ shapes[1]}):
            raise ValueError(f"the mask belongs to another network; they differ at {differ}")
