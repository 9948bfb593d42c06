"""Representations: the outputs of a network's recorded layers for the probe images."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

import torch
from torch import nn

from ..did_you_mean import unknown
from ..validation import integer

Key = TypeVar("Key", bound=Hashable)

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
    """Evaluation mode, no gradients, full precision; all of it and all buffers are restored."""
    modes = [(module, module.training) for module in model.modules()]
    buffers = [
        (module._buffers, name, buffer, _version(buffer), buffer.clone())
        for module, _ in modes
        for name, buffer in module._buffers.items()
        if buffer is not None
    ]
    model.eval()
    try:
        device = next((parameter.device.type for parameter in model.parameters()), "cpu")
        with full_precision(), torch.no_grad(), torch.autocast(device, enabled=False):
            yield
    finally:
        for module, training in modes:
            module.training = training
        for of_module, name, buffer, version, values in buffers:
            of_module[name] = buffer
            if _version(buffer) != version:
                buffer.copy_(values)


def modules_of(model: nn.Module) -> dict[str, nn.Module]:
    """All modules by name, shared ones by each of theirs, without what `torch.compile` adds."""
    named = model.named_modules(remove_duplicate=False)
    return {name.replace("._orig_mod", ""): module for name, module in named}


def parts_of(layer: str, modules: Collection[str]) -> tuple[str, str, str, str]:
    """The name of a module, "#" or "", the number of its call, and the item of its output.

    Args:
        layer: as for `record_batches`.
        modules: their names, which may have a colon or a number sign themselves.
    """
    ends = [at for at in range(len(layer), 0, -1) if at == len(layer) or layer[at] in ":#"]
    name = next((layer[:at] for at in ends if layer[:at] in modules), re.split("[:#]", layer)[0])
    called, _, item = layer[len(name) :].partition(":")
    _, numbered, call = called.partition("#")
    return name, numbered, call, item


def tensors_in(output: object) -> Iterator[torch.Tensor]:
    """The tensors in what a module gave, in order: in tuples, lists, dicts and dataclasses."""
    if isinstance(output, torch.Tensor):
        yield output.dequantize() if output.is_quantized else output
    for part in _parts(output).values():
        yield from tensors_in(part)


def _parts(output: object) -> dict[str, object]:
    """What an output is made of, by name, or by index from 0."""
    if isinstance(output, Mapping):
        return {str(key): part for key, part in output.items()}
    if isinstance(output, tuple | list):
        names = getattr(output, "_fields", map(str, range(len(output))))
        return dict(zip(names, output, strict=True))
    if dataclasses.is_dataclass(output):
        return {field.name: getattr(output, field.name) for field in dataclasses.fields(output)}
    return {}


def record_batches(
    model: nn.Module, batches: Iterable[torch.Tensor], layers: Iterable[str]
) -> Iterator[dict[str, torch.Tensor]]:
    """The outputs of the named modules, batch by batch, in evaluation mode and without gradients.

    What is recorded is what the module gave, even if a later one overwrites it in place. Modes and
    buffers are restored after each batch.

    Args:
        model: any network.
        batches: inputs of the network, each (b, ...).
        layers: module names, as in `model.named_modules()`. Of a module that is called several
            times in one pass, `name#1` is its first output, and `name` its last one. Of an output
            that is no tensor, `name:0` is an item of a tuple or list, `name:logits` one of a dict
            or dataclass, `name:0.logits` one inside of it, and `name` the first tensor.

    Yields:
        {layer: output} in the order of `layers`; each output (b, ...).

    Raises:
        ValueError: no names, one that is not a module of the network or no call of one, or an item
            that its output does not have.
        RuntimeError: a module was not called, or not so often, or does not return a tensor.
    """
    layers = list(layers)
    if not layers:
        raise ValueError("no layers to record: give one name at least")
    modules = modules_of(model)
    asked: dict[str, dict[str, tuple[int, str]]] = defaultdict(dict)
    for layer in layers:
        name, numbered, call, item = parts_of(layer, modules)
        if name not in modules:
            raise ValueError(unknown("module", name, filter(None, modules)))
        if numbered and not re.fullmatch("[1-9][0-9]*", call):
            raise ValueError(f"{layer}: calls are counted from 1, as in {name}#1")
        asked[name][layer] = int(call or 0), item  # 0 stands for the last call
    calls: Counter[str] = Counter()
    outputs: dict[str, torch.Tensor] = {}
    versions: dict[str, int] = {}
    overwritten: set[str] = set()

    def hook(name: str):
        def keep(module: nn.Module, args: tuple, output: object) -> None:
            calls[name] += 1
            for layer, (call, item) in asked[name].items():
                if call in (calls[name], 0):
                    kept = _chosen(output, item, layer)
                    copied = layer in overwritten or kept.is_inference()
                    outputs[layer] = kept.clone() if copied else kept
                    versions[layer] = _version(outputs[layer])

        return keep

    handles = [modules[name].register_forward_hook(hook(name)) for name in asked]
    try:
        for batch in batches:
            while True:
                calls.clear()
                outputs.clear()
                with evaluating(model):
                    model(batch.clone())  # which the first module may overwrite
                if missing := [layer for layer in layers if layer not in outputs]:
                    name = parts_of(missing[0], modules)[0]
                    times = f"{name} was called {calls[name]} times in the forward pass"
                    raise RuntimeError(f"{missing[0]} was not called: {times}")
                # found at the first batch: copies of all would take twice the memory
                found = {name for name in layers if _version(outputs[name]) != versions[name]}
                if not found:
                    break
                overwritten |= found
            yield {layer: outputs[layer] for layer in layers}
    finally:
        for handle in handles:
            handle.remove()


def _chosen(output: object, item: str, layer: str) -> torch.Tensor:
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


def _version(tensor: torch.Tensor) -> int:
    return 0 if tensor.is_inference() else tensor._version


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
    integer("batch_size", batch_size, 1)
    if not isinstance(images, torch.Tensor):
        raise ValueError(
            f"images: got {type(images).__name__}, want a tensor; torch.as_tensor makes one"
        )
    if images.dtype == torch.uint8:
        raise ValueError("images: got uint8, want floats as the network takes them")
    if len(images) == 0:
        raise ValueError(f"no images to record: got shape {tuple(images.shape)}")
    return joined(record_batches(model, images.split(batch_size), layers), len(images))


def joined(batches: Iterable[Mapping[Key, torch.Tensor]], most: int) -> dict[Key, torch.Tensor]:
    """{layer: (n, ...)} of outputs (b, ...) that come batch by batch, without a second copy of all.

    Args:
        most: how many images there will be, for which memory is taken at once; more take more.
    """
    kept: dict[Key, torch.Tensor] = {}
    start = 0
    for outputs in batches:
        end = start + len(next(iter(outputs.values())))
        for layer, output in outputs.items():
            if end > len(kept.get(layer, ())):
                room = output.new_empty((max(end, most), *output.shape[1:]))
                room[:start] = kept.get(layer, room)[:start]
                kept[layer] = room
            kept[layer][start:end] = output
        start = end
    return {layer: output[:start] for layer, output in kept.items()}


def fitting(needs: Mapping[Key, Mapping[Hashable, int]], memory: int) -> list[list[Key]]:
    """Divide tasks into groups of limited size; a task above the limit is a group of its own.

    Args:
        needs: task -> what it needs in memory, such as layers, and of how many bytes each is. What
            tasks of a group share is there once.
        memory: bytes that a group may take.

    Returns:
        The tasks in their order; a new group begins where the next task would not fit.
    """
    groups: list[list[Key]] = []
    held: dict[Hashable, int] = {}
    for task, needed in needs.items():
        held = held | needed
        if not groups or sum(held.values()) > memory:
            groups.append([])
            held = dict(needed)
        groups[-1].append(task)
    return groups
