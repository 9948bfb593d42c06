"""A network that is compared: its layers, and their outputs in the form that metrics take."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_map

from ..models import record_batches
from ..models.module_outputs import (
    Forward,
    modules_of,
    parse_layer,
    tensor_of,
    tensors_in,
    unwrapped,
)
from .trace import Trace

SAMPLE = 3
"""Number of images in the forward pass that is traced."""

AGREEMENT = 0.05
"""Outputs for the same images count as equal up to this relative difference."""


@dataclass(eq=False)
class Layer:
    """A layer of a network in a comparison."""

    name: str
    title: str  # the name in errors, such as `conv1 of a`
    recorded: str  # the name without the position of channels
    kind: str
    channels: str  # where the output has them, `"first"` or `"last"`
    layout: str  # the dimensions of the output, such as `"(n, c, h, w)"`
    shape: tuple[int, ...]  # for an image, (p,) or (c, h, w); tokens (t, d) have (d, t, 1)
    itemsize: int  # bytes of a number
    times: int  # how often the module is called in a pass

    def bytes(self, images: int) -> int:
        """Memory for the outputs, and for a Gram matrix and its factor if metrics need these."""
        columns = math.prod(self.shape)
        return images * columns * self.itemsize + (16 * images**2 if columns > images else 0)


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
        exported = isinstance(network, torch.fx.GraphModule) and "eval" in vars(network)
        if exported or isinstance(network, torch.jit.ScriptModule):
            raise TypeError(f"{label}: exported or scripted, it hides its layers; give the module")
        self.network, self.label, self.forward = unwrapped(network), label, forward
        if any(kind.__name__ == "PeftModel" for kind in type(self.network).__mro__):
            raise TypeError(f"{label}: has adapters; give network.merge_and_unload()")
        tensors = [*self.network.parameters(), *self.network.buffers()]
        self.home = tensors[0].device if tensors else torch.device("cpu")
        try:
            self.device = torch.empty(0, device=self.home if device is None else device).device
        except (RuntimeError, AssertionError, TypeError) as error:
            reason = str(error).partition("\n")[0]
            raise ValueError(f"device: {device!r} is not available here ({reason})") from error
        if "meta" in (self.home.type, self.device.type):
            raise ValueError(
                f"device: {label} cannot run on meta, which keeps no values; load its weights"
            )
        self.dtype = next((t.dtype for t in tensors if t.is_floating_point()), torch.float32)
        self.rows = 0  # images in the last batch
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

    def run(self, network: nn.Module, batch: Any) -> object:
        """The output for a batch, which shows the number of images."""
        if not self.forward:
            self.rows = len(batch)
            return network(batch)
        output = self.forward(network, batch)
        first = next(tensors_in(output), None)
        if first is None or not first.ndim:
            got = "a single number" if first is not None else type(output).__name__
            raise ValueError(
                f"forward returns {got}; want the output of the network, whose first tensor has "
                "a row for each image; a loss has none"
            )
        self.rows = len(first)
        return output

    def try_out(self, batch: Any) -> None:
        """Trace the network on a few images, or on a batch that `forward` takes."""
        batch = batch if self.forward else batch[:SAMPLE]
        try:
            self.trace = Trace(self.network, self._placed(batch), self.run)
        except Exception as error:
            got = f"a batch of {type(batch).__name__}"
            if isinstance(batch, Tensor):
                got = f"images {tuple(batch.shape)} of {batch.dtype}"
            raise ValueError(
                f"{self.label} does not take {got}: {str(error).rstrip('.')}. A batch is (n, c, h, "
                "w): torch.stack single images. If the network takes more than one tensor, give "
                "forward=lambda network, batch: network(*batch), and a single batch as [batch]"
            ) from error
        if self.trace.by_batch:
            raise ValueError(
                f"{self.label}: {self.trace.by_batch[0] or 'the network'} stays in training mode, "
                "or normalises by the batch; want running statistics, and an eval() that reaches "
                "all modules"
            )

    def layer(self, name: str, kind: str = "") -> Layer:
        """A layer by its name: `module`, `module:item` or `module@last`."""
        if not isinstance(name, str):
            raise TypeError(f"layers of {self.label}: got {name!r}, want a name such as 'layer1.0'")
        if name not in self.layers:
            self.layers[name] = self._traced(name, kind)
        return self.layers[name]

    def like(self, other: Layer) -> Layer:
        """The same layer as one of another network of the same architecture."""
        layer = self.layer(other.name, other.kind)
        if layer.shape != other.shape:
            raise ValueError(
                f"{layer.title} gives {layer.shape} for an image, {other.title} gives "
                f"{other.shape}; want one architecture"
            )
        return layer

    def outputs(self, batch: Any, layers: Iterable[Layer]) -> dict[Layer, Tensor]:
        """The outputs of its own among these layers, as maps `(b, c, h, w)` or `(b, p)`."""
        own = [layer for layer in layers if layer is self.layers.get(layer.name)]
        names = {layer.recorded for layer in own}
        [recorded] = record_batches(self.network, [self._placed(batch)], names, self.run)
        outputs = {}
        for layer in own:
            self._check_rows(layer.title, recorded[layer.recorded])
            outputs[layer] = as_maps(recorded[layer.recorded], layer.channels)
            if (got := tuple(outputs[layer].shape[1:])) != layer.shape:
                raise ValueError(
                    f"{layer.title} gives shape {got} after shape {layer.shape}; want images of "
                    "one size, or sequences of one length"
                )
        return outputs

    def check_repeatable(self, batch: Any, outputs: Mapping[Layer, Tensor]) -> None:
        """Refuse a network with other outputs for images of a batch in a second pass."""
        for layer, again in self.outputs(batch if self.forward else batch[:2], outputs).items():
            before = outputs[layer][: len(again)]
            if not again.is_floating_point():
                continue
            if (again.double() - before).norm() > AGREEMENT * before.double().norm():
                raise ValueError(
                    f"{layer.title} gives other values for the same images in another batch; "
                    "switch off random operations, such as functional dropout without "
                    "training=self.training, and normalise by running statistics"
                )

    def _traced(self, name: str, kind: str) -> Layer:
        """A layer as the traced pass shows it."""
        recorded, stated = re.fullmatch("(.*?)(?:@(first|last))?", name, re.DOTALL).groups()
        modules = modules_of(self.network)
        try:
            module, item = parse_layer(recorded, modules)
            call = self.trace.calls.get(self.trace.names[modules[module]])
            if call is None:
                raise ValueError(f"{name} was not called in the forward pass, or gave no tensor")
            output = tensor_of(call.output, item, name)
        except (ValueError, RuntimeError) as error:
            raise ValueError(f"layers of {self.label}: {error}") from error
        channels = stated or self.trace.channels(output)
        title = f"{name or 'the output'} of {self.label}"
        self._check_rows(title, output)
        shape, size = tuple(as_maps(output, channels).shape[1:]), output.element_size()
        kind, shown = kind or call.kind, layout(output.ndim, channels)
        return Layer(name, title, recorded, kind, channels, shown, shape, size, call.times)

    def _placed(self, batch: Any) -> Any:
        """A batch on the network's device, with floats in its precision."""

        def place(part: Any) -> Any:
            if isinstance(part, Tensor):
                dtype = self.dtype if part.is_floating_point() else None
                return part.detach().to(self.device, dtype)
            # batches of graphs and of tokenizers have a method as well
            return part.to(self.device) if callable(getattr(part, "to", None)) else part

        return tree_map(place, batch)

    def _check_rows(self, title: str, output: Tensor) -> None:
        """Refuse an output without a row for each image."""
        if not output.ndim or len(output) != self.rows:
            rows = ", as many as forward returns" if self.forward else ""
            raise ValueError(
                f"{title} gives shape {tuple(output.shape)} for {self.rows} images, want images "
                f"first{rows}: set batch_first=True for tokens; packed sequences and final states "
                "of recurrent layers cannot be compared"
            )


def layout(dimensions: int, channels: str) -> str:
    """The dimensions of an output with its channels first or last, as a text."""
    if dimensions < 3:
        return "(n, p)"
    places = {3: "t", 4: "h, w"}.get(dimensions, "...")
    if channels == "first":
        return f"(n, c, {places})"
    return "(n, t, d)" if dimensions == 3 else f"(n, {places}, c)"


def as_maps(output: Tensor, channels: str) -> Tensor:
    """The output as `(n, p)` or `(n, c, h, w)`; a token is one of `(t, 1)` positions."""
    if output.ndim < 3:
        return output.reshape(len(output), math.prod(output.shape[1:]))
    if channels == "last":
        output = output.movedim(-1, 1)
    return output[..., None] if output.ndim == 3 else output.flatten(3)
