"""A network's tensors while it is elsewhere, so that its owner gets them back as they were."""

from __future__ import annotations

from itertools import product

import torch
from torch import nn


class OwnedTensors:
    """The tensors of a network as its owner left them.

    They are put back, not moved back: half a move may fail, or lose values on the way.
    """

    def __init__(self, network: nn.Module) -> None:
        self.network = network
        parameters = list(network.parameters())
        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        self.values = [(tensor, tensor.data) for tensor in (*parameters, *gradients)]
        kinds = ("_parameters", "_buffers")
        pairs = product(network.modules(), kinds)
        self.named = [(module, kind, dict(getattr(module, kind))) for module, kind in pairs]

    def move_to(self, device: torch.device) -> None:
        """Move the network, until `put_back`."""
        self.network.to(device)

    def put_back(self) -> None:
        for module, kind, tensors in self.named:
            getattr(module, kind).update(tensors)
        for tensor, values in self.values:
            tensor.data = values
