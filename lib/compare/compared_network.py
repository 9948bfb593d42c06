"""A network that is compared: its layers, and their outputs in the form that metrics take."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..metrics.inputs import as_tensor
from ..models import record_batches
from ..models.module_outputs import (
    Forward,
    modules_of,
    parse_layer,
    tensor_of,
    tensors_in,
    unwrapped,
)
from .trace import as_maps, channels_of, trace_calls

SAMPLE = 3
"""Number of images in the first forward pass, which traces the network."""

TOKENS = "(n, t, d)"

AGREEMENT = 0.05
"""Outputs for the same images count as equal up to this relative difference."""


@dataclass(eq=False)
class Layer:
    """A layer of a network in a comparison."""

    name: str
    recorded: str  # the name without the layout
    kind: str
    title: str  # what errors call it, such as `conv1 of a`
    shape: tuple[int, ...]  # of an image's output, (p,) or (c, h, w); tokens (t, d) have (d, t, 1)
    channels: str  # where the output has them, `"first"` or `"last"`
    layout: str  # the dimensions of the output, such as `"(n, c, h, w)"`
    times: int  # how often the module is called in a pass
    bytes: int  # of the output for one image
    network: str  # its label
    note: str = ""  # why it has no numbers

    @property
    def tokens(self) -> bool:
        """Whether a position is a token."""
        return self.layout == TOKENS


class ComparedNetwork:
    """A network in a comparison, without its wrappers.

    Its label, such as `a`, `b` or `stranger 1`, names it in errors.
    """

    def __init__(
        self, network: nn.Module, label: str, device: object, forward: Forward | None
    ) -> None:
        if not isinstance(network, nn.Module):
            raise TypeError(
                f"{label}: got {type(network).__name__}, want a torch.nn.Module; build the network "
                "and load its weights with load_state_dict"
            )
        if isinstance(network, torch.jit.ScriptModule):
            raise TypeError(f"{label}: a scripted network hides its layers; give the module")
        if isinstance(network, torch.fx.GraphModule) and "eval" in vars(network):
            raise TypeError(f"{label}: an exported network has no modules; give the module")
        network = unwrapped(network)
        if any(kind.__name__ == "PeftModel" for kind in type(network).__mro__):
            raise TypeError(f"{label}: has adapters; give network.merge_and_unload()")
        tensors = [*network.parameters(), *network.buffers()]
        if any(tensor.is_meta for tensor in tensors):
            raise ValueError(f"{label}: parameters on the device meta have no values; load them")
        self.network, self.label = network, label
        self.home = tensors[0].device if tensors else torch.device("cpu")
        try:
            self.device = torch.empty(0, device=self.home if device is None else device).device
        except (RuntimeError, AssertionError, TypeError) as error:
            reason = str(error).partition("\n")[0]
            raise ValueError(f"device: {device!r} is not available here ({reason})") from error
        if self.device.type == "meta":
            raise ValueError("device: nothing can be computed on meta, which keeps no values")
        self.dtype = next((t.dtype for t in tensors if t.is_floating_point()), torch.float32)
        self.forward = forward
        self.run = self._passed if forward else None
        self.size = 0  # images in the last batch
        self.layers: dict[str, Layer] = {}

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Move the network to its device, and back afterwards."""
        moved = self.device != self.home  # if not, it may be on several
        try:
            if moved:
                self.network.to(self.device)
            yield
        finally:
            if moved:
                self.network.to(self.home)

    def _placed(self, batch: Any) -> Any:
        """A batch on the network's device, with floats in its precision."""
        if isinstance(batch, Tensor):
            floating = batch.is_floating_point()
            return batch.detach().to(self.device, self.dtype if floating else None)
        if callable(getattr(batch, "to", None)):  # as batches of graphs and of tokenizers have it
            return batch.to(self.device)
        if isinstance(batch, Mapping):
            return {name: self._placed(part) for name, part in batch.items()}
        if isinstance(batch, tuple | list):
            parts = map(self._placed, batch)
            return type(batch)(*parts) if hasattr(batch, "_fields") else type(batch)(parts)
        return self._placed(torch.from_numpy(batch)) if isinstance(batch, np.ndarray) else batch

    def _passed(self, network: nn.Module, batch: Any) -> object:
        """The output of `forward`, which tells the number of images in the batch."""
        output = self.forward(network, batch)
        first = next(tensors_in(output), None)
        if first is None or not first.ndim:
            got = "a single number" if first is not None else type(output).__name__
            raise ValueError(
                f"forward returns {got}; want the output of the network, whose first tensor has "
                "a row for each image; a loss has none"
            )
        self.size = len(first)
        return output

    def _recorded(self, batch: Any, layers: Iterable[str]) -> dict[str, Tensor]:
        """The outputs of modules for a batch."""
        if not self.forward:
            self.size = len(batch)
        [outputs] = record_batches(self.network, [self._placed(batch)], layers, self.run)
        return outputs

    def try_out(self, images: Any) -> None:
        """Trace the network on a few images, or on a batch that `forward` takes."""
        self.sample = images if self.forward else images[:SAMPLE]
        try:
            self.trace = trace_calls(self.network, self._placed(self.sample), self.run)
        except Exception as error:
            raise ValueError(self._refusal(error)) from error
        if not self.forward:
            self.size = len(self.sample)
        if self.trace.by_batch:
            raise ValueError(
                f"{self.label}: {self.trace.by_batch[0] or 'the network'} stays in training mode, "
                "or normalises by the batch; want running statistics, and an eval() that reaches "
                "all modules"
            )

    def _refusal(self, error: Exception) -> str:
        """The message about a network whose first forward pass failed, with a remedy."""
        batch, way_out = self.sample, ""
        got = f"a batch of {type(batch).__name__}"
        if isinstance(batch, Tensor):
            got = f"images {tuple(batch.shape)} of {batch.dtype}"
        elif isinstance(batch, Mapping):
            got += f" with {', '.join(map(str, batch))}"
        if self.forward:
            got += " by forward"
            if isinstance(error, TypeError | AttributeError):
                way_out = " If images= is a single batch, give a list: [batch]."
        elif isinstance(error, TypeError):
            forward = "forward=lambda network, batch: network(...)"
            way_out = f" If it takes more than one tensor: {forward}."
        elif batch.ndim == 3:
            way_out = " A batch is (n, c, h, w): torch.stack single images."
        return f"{self.label} does not take {got}: {str(error).rstrip('.')}.{way_out}"

    def describe(self, kinds: dict[str, str]) -> None:
        """Describe these layers; a kind of "" is unknown."""
        stated = {name: re.fullmatch("(.*?)(?:@(first|last))?", name).groups() for name in kinds}
        names = [recorded for recorded, _ in stated.values()]
        try:
            before = self._recorded(self.sample if self.forward else self.sample[:2], names)
            fewer = self.size
            outputs = self._recorded(self.sample, names)
        except (ValueError, RuntimeError) as error:
            raise ValueError(f"layers of {self.label}: {error}") from error
        modules = modules_of(self.network)
        calls = {modules[name]: call for name, call in self.trace.calls.items()}
        for name, (recorded, channels) in stated.items():
            title = f"{name or 'the output'} of {self.label}"
            output = outputs[recorded]
            self._check_rows(title, output, self.size)
            self._check_rows(title, before[recorded], fewer)
            self._check_repeatable(title, output, before[recorded])
            module, item = parse_layer(recorded, modules)
            call = calls[modules[module]]
            traced = tensor_of(call.whole, item, name)
            channels = channels or channels_of(output, self.trace.layouts.get(id(traced), ""))
            maps = as_maps(output, channels)[0]
            self.layers[name] = Layer(
                name,
                recorded,
                kinds[name] or call.kind,
                title,
                tuple(maps.shape),
                channels,
                layout(output.ndim, channels),
                call.times,
                maps.numel() * maps.element_size(),
                self.label,
            )
        del self.trace  # which holds the outputs of all modules

    def _check_rows(self, title: str, output: Tensor, images: int) -> None:
        """Refuse an output without a row for each image."""
        if not output.ndim or len(output) != images:
            rows = ", as many as forward returns" if self.forward else ""
            raise ValueError(
                f"{title} gives shape {tuple(output.shape)} for {images} images, want images "
                f"first{rows}: set batch_first=True for tokens; packed sequences and final states "
                "of recurrent layers cannot be compared"
            )

    def _check_repeatable(self, title: str, output: Tensor, before: Tensor) -> None:
        """Refuse an output that differs from an earlier one of the same images."""
        if not output.is_floating_point():
            return
        output, before = output[: len(before)].double(), before.double()
        if (output - before).norm() > AGREEMENT * output.norm():
            raise ValueError(
                f"{title} gives other values for the same images in another batch; switch off "
                "random operations, such as functional dropout without training=self.training, and "
                "normalise by running statistics"
            )

    def describe_like(self, other: ComparedNetwork) -> None:
        """Describe the same layers as another network of the same kind."""
        self.describe({name: layer.kind for name, layer in other.layers.items()})
        for name, layer in self.layers.items():
            if layer.shape != other.layers[name].shape:
                raise ValueError(
                    f"{layer.title} gives {layer.shape} for an image, the same layer of "
                    f"{other.label} gives {other.layers[name].shape}; want one architecture"
                )

    def outputs(self, batch: Any, layers: Iterable[Layer]) -> dict[Layer, Tensor]:
        """The outputs of these layers for a batch, as maps `(b, c, h, w)` or `(b, p)`.

        NaN or infinite values are noted in the layer; all other layers go on.
        """
        layers = [layer for layer in layers if layer.network == self.label]
        if not layers:
            return {}
        recorded = self._recorded(batch, {layer.recorded for layer in layers})
        of_layers = {}
        for layer in layers:
            output = recorded[layer.recorded]
            self._check_rows(layer.title, output, self.size)
            maps = as_maps(output, layer.channels)
            got = tuple(maps.shape[1:])
            if got != layer.shape:
                raise ValueError(
                    f"{layer.title} gives shape {got} after shape {layer.shape}; want images of "
                    "one size, or sequences of one length"
                )
            try:
                as_tensor(maps, layer.title, fewest=1)
            except ValueError as error:
                layer.note = f"{error}; check weights, images and precision"
            of_layers[layer] = maps
        return of_layers


def layout(dimensions: int, channels: str) -> str:
    """The dimensions of an output with its channels first or last, as a text."""
    if dimensions < 3:
        return "(n, p)"
    places = {3: "t", 4: "h, w"}.get(dimensions, "...")
    if channels == "first":
        return f"(n, c, {places})"
    return TOKENS if dimensions == 3 else f"(n, {places}, c)"
