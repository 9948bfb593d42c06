"""Representations: the outputs of a network's recorded layers for the probe images."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch
from torch import nn

from ..lookup import unknown

KINDS = ("conv", "conv_res", "pool", "add", "fc", "out")
"""The kinds of recorded layers (paper, section 5.2); `fc` is a hidden linear layer."""


def recorded_layers(model: nn.Module) -> list[tuple[str, str]]:
    """The recorded layers of a network of this package, in forward order.

    Returns:
        [(name, kind)]: the module's name and one of `KINDS`.

    Raises:
        TypeError: the network does not declare its recorded layers.
    """
    layers = getattr(model, "recorded_layers", None)
    if layers is None:
        raise TypeError(
            f"{type(model).__name__} does not say which layers to record. Give it an attribute "
            f"recorded_layers = [(module name, kind), ...] in forward order; kinds: {KINDS}."
        )
    return list(layers)


@contextmanager
def full_precision() -> Iterator[None]:
    """No TF32, in which PyTorch by default computes float32 convolutions on a GPU.

    Its 10 bits of mantissa would show in similarities near 1, in signs of values near 0, and in
    differences of losses and of gradients.
    """
    cudnn, matmul = torch.backends.cudnn, torch.backends.cuda.matmul
    before = cudnn.allow_tf32, matmul.allow_tf32
    cudnn.allow_tf32 = matmul.allow_tf32 = False
    try:
        yield
    finally:
        cudnn.allow_tf32, matmul.allow_tf32 = before


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Evaluation mode, no gradients, full precision; everything is restored afterwards."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        device = next((parameter.device.type for parameter in model.parameters()), "cpu")
        with full_precision(), torch.no_grad(), torch.autocast(device, enabled=False):
            yield
    finally:
        for module, training in modes:
            module.training = training


def record_batches(
    model: nn.Module, batches: Iterable[torch.Tensor], layers: Iterable[str]
) -> Iterator[dict[str, torch.Tensor]]:
    """The outputs of the named modules, batch by batch, in evaluation mode and without gradients.

    What is recorded is what the module gave, even if a later one overwrites it in place.

    Args:
        model: any network.
        batches: inputs of the network, each (b, ...).
        layers: module names, as in `model.named_modules()`. Of a module that is called several
            times in one pass, `name#1` is its first output, and `name` its last one.

    Yields:
        {layer: output} in the order of `layers`; each output (b, c, h, w) or (b, p).

    Raises:
        ValueError: no names, or one that is not a module of the network or no call of one.
        RuntimeError: a module was not called, or not so often, or does not return a tensor.
    """
    layers = list(layers)
    if not layers:
        raise ValueError("no layers to record: give one name at least")
    modules = dict(model.named_modules())
    asked: dict[str, dict[str, int]] = defaultdict(dict)  # module -> layer -> call, 0 the last
    for layer in layers:
        name, numbered, call = layer.partition("#")
        if name not in modules:
            raise ValueError(unknown("module", name, modules))
        if numbered and not re.fullmatch("[1-9][0-9]*", call):
            raise ValueError(f"{layer}: calls are counted from 1, as in {name}#1")
        asked[name][layer] = int(call or 0)
    calls: Counter[str] = Counter()
    outputs: dict[str, torch.Tensor] = {}
    versions: dict[str, int] = {}
    overwritten: set[str] = set()

    def hook(name: str):
        def keep(module: nn.Module, args: tuple, output: torch.Tensor) -> None:
            if not isinstance(output, torch.Tensor):
                raise RuntimeError(
                    f"{name} returns {type(output).__name__}, not a tensor: record a module inside"
                )
            calls[name] += 1
            for layer, call in asked[name].items():
                if call in (calls[name], 0):
                    outputs[layer] = output.clone() if layer in overwritten else output
                    versions[layer] = outputs[layer]._version

        return keep

    handles = [modules[name].register_forward_hook(hook(name)) for name in asked]
    try:
        with evaluating(model):
            for batch in batches:
                while True:
                    calls.clear()
                    outputs.clear()
                    model(batch.clone())  # which the first module may overwrite
                    if missing := [layer for layer in layers if layer not in outputs]:
                        raise RuntimeError(f"{missing[0]} was not called in the forward pass")
                    # found at the first batch: copies of all would take twice the memory
                    found = {name for name in layers if outputs[name]._version != versions[name]}
                    if not found:
                        break
                    overwritten |= found
                yield {layer: outputs[layer] for layer in layers}
    finally:
        for handle in handles:
            handle.remove()


def record(
    model: nn.Module, images: torch.Tensor, layers: Iterable[str], batch_size: int = 500
) -> dict[str, torch.Tensor]:
    """The representations of the named modules for all images at once (paper, section 3.2).

    Args:
        model: any network.
        images: (n, c, h, w), as the network takes them.
        layers: as for `record_batches`.
        batch_size: images in one forward pass; it bounds the memory of the pass and does not
            change the result beyond rounding.

    Returns:
        {name: (n, c, h, w) or (n, p)}, on the device and in the precision of the network.

    Raises:
        ValueError, RuntimeError: as `record_batches`.
    """
    layers = list(layers)
    n = len(images)
    if n == 0:
        raise ValueError(f"no images to record: got shape {tuple(images.shape)}")
    kept: dict[str, torch.Tensor] = {}
    start = 0
    for outputs in record_batches(model, images.split(batch_size), layers):
        for name, output in outputs.items():
            if name not in kept:
                kept[name] = output.new_empty((n, *output.shape[1:]))
            kept[name][start : start + len(output)] = output
        start += len(output)
    return kept
