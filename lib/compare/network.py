"""A network that is compared: its layers, and their outputs in the form that metrics take."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy
from torch.utils._pytree import tree_map

from ..metrics import LayerRepresentations
from ..models import record_batches
from ..models.module_outputs import (
    Forward,
    modules_of,
    parse_layer,
    tensor_of,
    tensors_in,
    unwrapped,
)
from .images import generator_states
from .trace import Trace

SAMPLE = 3
"""Number of images in the forward pass that is traced."""


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
    notes: list[str]  # what the table says of it
    side: LayerRepresentations | ValueError | None = None  # its outputs, or what is wrong with them

    def bytes(self, images: int) -> int:
        """Memory for the outputs, and for statistics if these have a row for each image."""
        return images * math.prod(self.shape) * self.itemsize + self.bytes_kept(images)

    def bytes_kept(self, images: int) -> int:
        """Memory for a Gram matrix and its factor, if metrics need these."""
        return 16 * images**2 if math.prod(self.shape) > images else 0


class ComparedNetwork:
    """A network in a comparison, without its wrappers.

    Attributes:
        label: such as `a`, `b` or `stranger 1`, names it in errors.
        by_batch: names of modules whose outputs depend on the other images in a batch.
    """

    def __init__(
        self, network: nn.Module, label: str, device: object, forward: Forward | None
    ) -> None:
        if not isinstance(network, nn.Module):
            got = type(network).__name__
            raise TypeError(f"{label}: got {got}, want a torch.nn.Module with its weights loaded")
        self.network, self.label, self.forward = unwrapped(network), label, forward
        tensors = self._tensors()
        self.home = tensors[0].device if tensors else torch.device("cpu")
        self.device = self.home if device is None else torch.device(device)
        self.dtype = next((t.dtype for t in tensors if t.is_floating_point()), torch.float32)
        self.rows = 0  # images in the last batch
        self.layers: dict[str, Layer] = {}
        self.trace: Trace | None = None
        self.by_batch: set[str] = set()
        self._weights = ""

    def _tensors(self) -> list[Tensor]:
        return [*self.network.parameters(), *self.network.buffers()]

    @contextmanager
    def placed(self) -> Iterator[None]:
        """Move the network to its device, and back afterwards."""
        moved = self.device != self.home  # if not, it may be on several
        try:
            if moved:
                self.network.to(self.device)
            yield
        finally:
            if moved:
                self.network.to(self.home)

    def weights(self) -> str:
        """A digest of all parameters and buffers."""
        return digest(self._tensors())

    def look_at(self, batch: Any) -> None:
        """Trace the network on a few images, or on a batch that `forward` takes; refuse one whose
        outputs depend on chance, or on what it has seen before."""
        if self._weights and self.weights() == self._weights:
            return  # its layers and its statistics are known
        if self._weights:
            raise self._refused("its weights have changed since; prune or train a deepcopy of it")
        if lazy := [name for name, p in self.network.named_parameters() if is_lazy(p)]:
            raise self._refused(f"{lazy[0]} has no shape yet; call the network on images first")
        batch = self._on_device(batch if self.forward else batch[:SAMPLE])
        before = generator_states()
        try:
            self.trace = Trace(self.network, batch, self._run)
        except Exception as error:
            raise self._not_taken(batch, error) from error
        if self.trace.training:
            raise self._refused(
                f"{self.trace.training[0]} stays in training mode, or normalises by the batch; "
                "want running statistics, and an eval() that reaches all modules"
            )
        if not all(map(torch.equal, before, generator_states())):
            raise self._refused(
                "draws random numbers in evaluation mode; switch that off, such as functional "
                "dropout without training=self.training"
            )
        self._weights = self.weights()
        if not self.forward:
            self.by_batch = self._by_batch(batch)
        if self.by_batch and self.trace.wrote:
            raise self._refused(
                "writes its buffers in evaluation mode, and its outputs depend on them; switch "
                "observers off, network.apply(torch.ao.quantization.disable_observer)"
            )

    def _refused(self, reason: str) -> ValueError:
        return ValueError(f"{self.label}: {reason}")

    def _by_batch(self, sample: Tensor) -> set[str]:
        """Names of modules whose outputs for these images depend on others in the batch."""
        rows, others = self.rows, sample.flip(0) * 5 if sample.is_floating_point() else sample
        try:
            trace = Trace(self.network, torch.cat([sample, others]), self._run)
        except Exception:  # it takes no batch of another size
            return set()
        finally:
            self.rows = rows
        self.trace.wrote |= trace.wrote
        found = set()
        for name, call in self.trace.calls.items():
            beside = trace.calls.get(name)
            if beside and call.is_layer(rows) and beside.is_layer(2 * rows):
                one, other = call.tensor, beside.tensor[:rows]
                scale = one.abs().max() * 3 * torch.finfo(one.dtype).eps ** 0.5
                if one.shape == other.shape and ((one - other).abs() > scale).any():
                    found.add(name)
        return found

    def layer(self, name: str, kind: str = "") -> Layer:
        """A layer by its name: `module`, `module:item` or `module@last`."""
        name = str(name)
        if name not in self.layers:
            self.layers[name] = self._layer(name, kind)
        return self.layers[name]

    def outputs(self, batch: Any, layers: Iterable[Layer]) -> dict[Layer, Tensor]:
        """The outputs of layers, as maps `(b, c, h, w)` or `(b, p)`."""
        layers = list(layers)
        names = {layer.recorded for layer in layers}
        [recorded] = record_batches(self.network, [self._on_device(batch)], names, self._run)
        outputs = {layer: as_maps(recorded[layer.recorded], layer.channels) for layer in layers}
        for layer, output in outputs.items():
            if output.shape != (self.rows, *layer.shape):
                raise self._without_rows(layer.title, recorded[layer.recorded])
        return outputs

    def _run(self, network: nn.Module, batch: Any) -> object:
        """The output for a batch, which shows the number of images."""
        if not self.forward:
            self.rows = len(batch)
            return network(batch)
        output = self.forward(network, batch)
        first = next(tensors_in(output), None)
        if first is None or not first.ndim:
            got = type(output).__name__
            raise ValueError(f"forward: want an output with a row for each image, got {got}")
        self.rows = len(first)
        return output

    def _layer(self, name: str, kind: str) -> Layer:
        """A layer as the traced pass shows it."""
        recorded, stated = re.fullmatch("(.*?)(?:@(first|last))?", name, re.DOTALL).groups()
        modules = modules_of(self.network)
        try:
            module, item = parse_layer(recorded, modules)
            called = (call for call in self.trace.calls.values() if call.module is modules[module])
            if (call := next(called, None)) is None:  # a module may have several names
                raise ValueError(f"{name or 'the network'} was not called, or gave no dense tensor")
            output = tensor_of(call.output, item, name)
        except (ValueError, RuntimeError) as error:
            raise ValueError(f"layers of {self.label}: {error}") from error
        title = f"{name or 'the output'} of {self.label}"
        if not output.ndim or len(output) != self.rows:
            raise self._without_rows(title, output)
        told, notes = self.trace.channels(output), []
        where = stated or told[0]
        of_layout = layout(output.ndim, where)
        if len(told) > 1 and not stated:
            other = layout(output.ndim, told[1])
            notes.append(f"read as {of_layout}; if it is {other}, name it {recorded}@{told[1]}")
        if call.tensors > 1 and not item:
            notes.append(f"the first of {call.tensors} tensors; {recorded}:1 is another")
        if call.times > 1:
            notes.append(f"the first of {call.times} calls; give each call a module of its own")
        if call.name in self.by_batch:
            notes.append("depends on the other images in its batch")
        shape, kind = tuple(as_maps(output, where).shape[1:]), kind or call.kind
        size = output.element_size()
        return Layer(name, title, recorded, kind, where, of_layout, shape, size, notes)

    def _on_device(self, batch: Any) -> Any:
        """A batch on the network's device, with floats in its precision."""

        def place(part: Any) -> Any:
            if isinstance(part, Tensor):
                dtype = self.dtype if part.is_floating_point() else None
                return part.detach().to(self.device, dtype)
            # batches of graphs and of tokenizers have a method as well
            return part.to(self.device) if callable(getattr(part, "to", None)) else part

        return tree_map(place, batch)

    def _not_taken(self, batch: Any, error: Exception) -> ValueError:
        got, hint = f"a batch of {type(batch).__name__}", ""
        if isinstance(batch, Tensor) and not self.forward:
            got = f"images {tuple(batch.shape)} of {batch.dtype}"
            hint = " A batch is (n, c, h, w): torch.stack single images; grey ones: x[:, None]."
            if not batch.is_floating_point():
                hint = " Networks take floats: images.float() / 255, normalised as in the training."
        return ValueError(
            f"{self.label} does not take {got}: {str(error).rstrip('.')}.{hint} If it takes more "
            "than one tensor, give forward=lambda net, batch: net(*batch), and one batch as [batch]"
        )

    def _without_rows(self, title: str, output: Tensor) -> ValueError:
        return ValueError(
            f"{title} gives shape {tuple(output.shape)} for {self.rows} images, want a row for "
            f"each image{', as forward returns' if self.forward else ''}, all of one shape: set "
            "batch_first=True for tokens; packed sequences, final states of recurrent layers, and "
            "images or sequences of several sizes cannot be compared"
        )


def digest(tensors: Iterable[Tensor]) -> str:
    """A digest of the numbers in tensors."""
    found = hashlib.blake2b(digest_size=8)
    for tensor in tensors:
        plain = tensor.dequantize() if tensor.is_quantized else tensor
        found.update(plain.detach().cpu().contiguous().flatten().view(torch.uint8).numpy())
    return found.hexdigest()


def layout(dimensions: int, channels: str) -> str:
    """The dimensions of an output with its channels first or last, as a text."""
    known = {2: ("(n, p)",) * 2, 3: ("(n, c, t)", "(n, t, d)"), 4: ("(n, c, h, w)", "(n, h, w, c)")}
    first, last = known.get(max(dimensions, 2), ("(n, c, ...)", "(n, ..., c)"))
    return first if channels == "first" else last


def as_maps(output: Tensor, channels: str) -> Tensor:
    """The output as `(n, p)` or `(n, c, h, w)`; a token is one of `(t, 1)` positions."""
    if output.ndim < 3:
        return output.reshape(len(output), math.prod(output.shape[1:]))
    if channels == "last":
        output = output.movedim(-1, 1)
    return output[..., None] if output.ndim == 3 else output.flatten(3)
