"""The modules of any network: their names, and their outputs in evaluation mode."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any

import torch
from torch import nn
from torch.nn.parameter import is_lazy
from torch.optim.swa_utils import AveragedModel
from torch.utils._pytree import tree_map_only

from ..did_you_mean import unknown

Forward = Callable[[nn.Module, Any], object]
"""Calls a network on a batch of any kind, and returns its output."""


def run_forward(model: nn.Module, batch: Any, forward: Forward | None = None) -> object:
    """The output of a network for a copy of a batch, which its first module may overwrite."""
    copy = tree_map_only(torch.Tensor, torch.Tensor.clone, batch)
    return forward(model, copy) if forward else model(copy)


@contextmanager
def full_precision() -> Iterator[None]:
    """Without TF32, PyTorch's default for float32 convolutions on a GPU.

    Its 10 bits of mantissa would show in similarities near 1, signs, and differences.
    """
    cudnn, matmul = torch.backends.cudnn, torch.backends.cuda.matmul
    before = cudnn.allow_tf32, matmul.allow_tf32
    cudnn.allow_tf32 = matmul.allow_tf32 = False
    try:
        yield
    finally:
        cudnn.allow_tf32, matmul.allow_tf32 = before


@contextmanager
def unfused_attention() -> Iterator[None]:
    """Without PyTorch's fused encoders, which call no modules inside, and give nested tensors if a
    mask has padding."""
    before = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(before)


@contextmanager
def evaluating(model: nn.Module) -> Iterator[list[torch.Tensor]]:
    """Evaluation mode, no gradients, full precision, and nothing compiled or fused, which would
    call no hooks. Afterwards the network is as it was, bit for bit, and what had changed is in the
    list; see `restored`."""
    uncompiled = nullcontext()
    # PyTorch before 2.6 cannot switch off what is compiled; the import takes seconds
    if "torch._dynamo" in sys.modules and hasattr(torch.compiler, "set_stance"):
        uncompiled = torch.compiler.set_stance("force_eager")
    with restored(model) as changed:
        model.eval()
        device = next((parameter.device.type for parameter in model.parameters()), "cpu")
        uncast = nullcontext()  # the device meta has no autocast
        if torch.amp.is_autocast_available(device):
            uncast = torch.autocast(device, enabled=False)
        with uncompiled, unfused_attention(), full_precision(), torch.no_grad(), uncast:
            yield changed


@contextmanager
def restored(model: nn.Module) -> Iterator[list[torch.Tensor]]:
    """Leave modes, attributes, parameters and buffers of all modules as they are found; the list
    then has the tensors that had changed.

    Kernels may write a tensor without a word, as observers of quantisation do, so all of them are
    copied, and compared afterwards; only those that have changed are written.
    """
    found = [
        (owned, dict(owned))
        for module in model.modules()
        for owned in (vars(module), module._parameters, module._buffers)
    ]
    tensors = {
        id(value): (value, value.detach().clone())
        for _, before in found
        for value in before.values()
        if isinstance(value, torch.Tensor) and not (is_lazy(value) or value.is_meta)
    }
    changed: list[torch.Tensor] = []
    try:
        yield changed
    finally:
        for owned, before in found:
            owned.clear()
            owned.update(before)
        with torch.inference_mode():  # which may write any tensor
            for value, before in tensors.values():
                if not torch.equal(value, before):
                    value.copy_(before)
                    changed.append(value)


def unwrapped(network: nn.Module) -> nn.Module:
    """The network inside `DataParallel`, `DistributedDataParallel`, `AveragedModel` and
    `torch.compile`."""
    wrappers = nn.DataParallel | nn.parallel.DistributedDataParallel | AveragedModel
    while True:
        if isinstance(network, wrappers):
            network = network.module
        elif hasattr(network, "_orig_mod"):
            network = network._orig_mod
        else:
            return network


def modules_of(model: nn.Module) -> dict[str, nn.Module]:
    """All modules by name, shared ones under each name, without the prefix of `torch.compile`."""
    named = model.named_modules(remove_duplicate=False)
    return {name.replace("._orig_mod", ""): module for name, module in named}


def parse_layer(layer: str, modules: Collection[str]) -> tuple[str, str]:
    """The name of a module, and the item of its output or ""; an error for an unknown module."""
    if layer in modules:  # a name may have a colon itself
        return layer, ""
    name, colon, item = layer.rpartition(":")
    if colon and name in modules:
        return name, item
    raise ValueError(unknown("module", layer.partition(":")[0], modules))


def tensors_in(output: object) -> Iterator[torch.Tensor]:
    """The tensors in a module's output, in order: in tuples, lists, dicts and instances."""
    if isinstance(output, torch.Tensor):
        yield output.dequantize() if output.is_quantized else output
    for part in _parts(output).values():
        yield from tensors_in(part)


def _parts(output: object) -> dict[str, object]:
    """The parts of an output, by name, or by index from 0."""
    if isinstance(output, Mapping):
        return {str(key): part for key, part in output.items()}
    if isinstance(output, tuple | list):
        return {str(index): part for index, part in enumerate(output)}
    # an instance of a class; what refers to instances in turn may have no end
    inside = torch.Tensor | Mapping | tuple | list
    if isinstance(output, inside | nn.Module):
        return {}
    of_class = getattr(output, "__dict__", {})
    return {name: part for name, part in of_class.items() if isinstance(part, inside)}


def tensor_of(output: object, item: str, layer: str) -> torch.Tensor:
    """The first tensor in an item of a module's output; see `parse_layer` for items."""
    for name in item.split(".") if item else ():
        parts = _parts(output)
        if name not in parts:
            has = ", ".join(parts) or "no items"
            raise ValueError(f"{layer}: no item {name!r}; {type(output).__name__} has {has}")
        output = parts[name]
    first = next(tensors_in(output), None)
    if first is None:
        raise RuntimeError(
            f"{layer} returns {type(output).__name__}, not a tensor: record a module inside"
        )
    return first
