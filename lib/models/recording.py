"""Representations: the outputs of a network's layers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from typing import TypeVar

import torch
from torch import nn

from .module_outputs import Forward, evaluating, modules_of, parse_layer, run_forward, tensor_of

Key = TypeVar("Key", bound=Hashable)

LAYER_KINDS = ("conv", "conv_res", "pool", "add", "fc", "out")
"""The kinds of recorded layers (paper, section 5.2); `fc` is a hidden linear layer."""


def recorded_layers(model: nn.Module) -> list[tuple[str, str]]:
    """The recorded layers of a network of this package, in forward order.

    Returns:
        [(name, kind)]: the module's name and one of `LAYER_KINDS`.

    Raises:
        TypeError: the network does not declare its recorded layers.
    """
    layers = getattr(model, "recorded_layers", None)
    if layers is None:
        raise TypeError(
            f"{type(model).__name__} does not say which layers to record. Give it an attribute "
            f"recorded_layers = [(module name, kind), ...] in forward order; kinds: {LAYER_KINDS}."
        )
    return list(layers)


def record_batches(
    model: nn.Module,
    batches: Iterable[torch.Tensor],
    layers: Iterable[str],
    forward: Forward | None = None,
) -> Iterator[dict[str, torch.Tensor]]:
    """The outputs of the named modules, batch by batch, in evaluation mode and without gradients.

    Outputs are recorded as the module returned them, even if a later module overwrites them. Modes
    and buffers are restored after each batch.

    Args:
        model: any network.
        batches: inputs of the network, each (b, ...), or whatever `forward` takes.
        layers: module names, as in `model.named_modules()`. If a module is called several times in
            one pass, its first output is recorded. For outputs other than tensors, `name:0` is an
            item of a tuple or list, `name:logits` one of a dict, `name:0.logits` a nested one, and
            `name` the first tensor.
        forward: calls the network on a batch; None for `model(batch)`.

    Yields:
        {layer: output} in the order of `layers`; each output (b, ...).

    Raises:
        ValueError: no names; an unknown module or item.
        RuntimeError: a module was not called, or does not return a tensor.
    """
    layers = list(layers)
    if not layers:
        raise ValueError("no layers to record: give one name at least")
    modules = modules_of(model)
    asked: dict[str, dict[str, str]] = defaultdict(dict)  # {module: {layer: item of its output}}
    for layer in layers:
        name, item = parse_layer(layer, modules)
        asked[name][layer] = item
    outputs: dict[str, torch.Tensor] = {}

    def keep(module: nn.Module, args: tuple, output: object, name: str) -> None:
        for layer, item in asked[name].items():
            if layer not in outputs:
                # a copy, as a later module may overwrite the output; without its graph, which
                # would keep all activations in memory if `forward` enables gradients
                outputs[layer] = tensor_of(output, item, layer).detach().clone()

    with ExitStack() as hooks:
        for name in asked:
            hooks.enter_context(modules[name].register_forward_hook(partial(keep, name=name)))
        for batch in batches:
            outputs.clear()
            with evaluating(model):
                run_forward(model, batch, forward)
            if missing := [layer for layer in layers if layer not in outputs]:
                raise RuntimeError(f"{missing[0]} was not called in the forward pass")
            yield {layer: outputs[layer] for layer in layers}


def record_layers(
    model: nn.Module, images: torch.Tensor, layers: Iterable[str], batch_size: int = 500
) -> dict[str, torch.Tensor]:
    """The representations of the named modules for all images at once (paper, section 3.2).

    Args:
        model: any network.
        images: (n, c, h, w), torch or numpy, in the network's input format.
        layers: as for `record_batches`, whose errors are raised as well.
        batch_size: images in one forward pass; it changes only memory and rounding.

    Returns:
        {name: (n, c, h, w) or (n, p)}, on the device and in the precision of the network.
    """
    images = torch.as_tensor(images)  # or an array of NumPy
    return concatenated(record_batches(model, images.split(batch_size), layers))


def concatenated(batches: Iterable[Mapping[Key, torch.Tensor]]) -> dict[Key, torch.Tensor]:
    """{layer: (n, ...)}, contiguous, of outputs (b, ...) that come batch by batch; one layer at a
    time is in memory twice."""
    parts: dict[Key, list[torch.Tensor]] = defaultdict(list)
    for outputs in batches:
        for layer, output in outputs.items():
            parts[layer].append(output)
    return {layer: torch.cat(parts.pop(layer)).contiguous() for layer in list(parts)}


def fitting(needs: Mapping[Key, Mapping[Hashable, int]], memory: int) -> list[list[Key]]:
    """Divide tasks into groups of limited size; a task above the limit is a group of its own.

    `needs` is {task: {object in memory: its bytes}}; objects shared within a group count once.
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
