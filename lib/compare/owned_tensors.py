"""A network's tensors while it is elsewhere, so that its owner gets them back as they were."""

from __future__ import annotations

from itertools import product

import torch
from torch import distributed, nn


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
        """Move the network, until `put_back`.

        `DistributedDataParallel` would never again average the gradient of a parameter
        whose own data has been elsewhere. So in a distributed training the network gets
        other parameters for the time.
        """
        future = torch.__future__
        before = future.get_overwrite_module_params_on_conversion()
        trains = distributed.is_available() and distributed.is_initialized()
        future.set_overwrite_module_params_on_conversion(before or trains)
        try:
            self.network.to(device)
        finally:
            future.set_overwrite_module_params_on_conversion(before)

    def put_back(self) -> None:
        for module, kind, tensors in self.named:
            getattr(module, kind).update(tensors)
        for tensor, values in self.values:
            tensor.data = values
