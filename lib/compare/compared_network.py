"""A network that is compared: its layers, and their outputs in the form that metrics take."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.utils._pytree import tree_map

from ..models import record_batches
from ..models.module_outputs import (
    Forward,
    evaluating,
    modules_of,
    parse_layer,
    tensor_of,
    tensors_in,
    unwrapped,
)
from .trace import Call, channels, trace

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
    note: str  # what the table says of it, or ""

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
        self.network, self.label, self.forward = unwrapped(network), label, forward
        tensors = [*self.network.parameters(), *self.network.buffers()]
        self.home = tensors[0].device if tensors else torch.device("cpu")
        self.device = self.home if device is None else torch.device(device)
        self.dtype = next((t.dtype for t in tensors if t.is_floating_point()), torch.float32)
        self.rows = 0  # images in the last batch
        self.calls: dict[str, Call] = {}  # of the traced pass
        self.layers: dict[str, Layer] = {}

    @contextmanager
    def traced(self, batch: Any) -> Iterator[None]:
        """Move the network to its device, and back afterwards; trace it there on a few images, or
        on a batch that `forward` takes."""
        moved = self.device != self.home  # if not, it may be on several
        try:
            if moved:
                self.network.to(self.device)
            self._trace(batch if self.forward else batch[:SAMPLE])
            yield
        finally:
            if moved:
                self.network.to(self.home)

    def layer(self, name: str, kind: str = "") -> Layer:
        """A layer by its name: `module`, `module:item` or `module@last`."""
        name = str(name)
        if name not in self.layers:
            self.layers[name] = self._layer(name, kind)
        return self.layers[name]

    def outputs(self, batch: Any, layers: Iterable[Layer]) -> dict[Layer, Tensor]:
        """The outputs of its own among these layers, as maps `(b, c, h, w)` or `(b, p)`."""
        own = [layer for layer in layers if layer is self.layers.get(layer.name)]
        names = {layer.recorded for layer in own}
        [recorded] = record_batches(self.network, [self._placed(batch)], names, self._run)
        outputs = {layer: as_maps(recorded[layer.recorded], layer.channels) for layer in own}
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
            raise ValueError(
                "forward: want the output of the network, whose first tensor has a row for each "
                f"image; got {type(output).__name__}. A loss has no rows"
            )
        self.rows = len(first)
        return output

    def _trace(self, batch: Any) -> None:
        """Call each module once; refuse networks whose outputs depend on the batch or on chance."""
        with evaluating(self.network):
            for name, module in modules_of(self.network).items():
                by_batch = isinstance(module, _BatchNorm) and module.running_mean is None
                if module.training or by_batch:
                    raise ValueError(
                        f"{self.label}: {name or 'the network'} stays in training mode, or "
                        "normalises by the batch; want running statistics, and an eval() that "
                        "reaches all modules"
                    )
        before = self._random_states()
        try:
            self.calls = trace(self.network, self._placed(batch), self._run)
        except Exception as error:
            got = f"a batch of {type(batch).__name__}"
            if isinstance(batch, Tensor):
                got = f"images {tuple(batch.shape)} of {batch.dtype}"
            raise ValueError(
                f"{self.label} does not take {got}: {str(error).rstrip('.')}. A batch is (n, c, h, "
                "w): torch.stack single images. If the network takes more than one tensor, give "
                "forward=lambda network, batch: network(*batch), and a single batch as [batch]"
            ) from error
        if not all(map(torch.equal, before, self._random_states())):
            raise ValueError(
                f"{self.label}: draws random numbers in evaluation mode; switch that off, such as "
                "functional dropout without training=self.training"
            )

    def _random_states(self) -> list[Tensor]:
        """The states of PyTorch's generators, which change when numbers are drawn."""
        of_gpu = [torch.cuda.get_rng_state(self.device)] if self.device.type == "cuda" else []
        return [torch.get_rng_state(), *of_gpu]

    def _layer(self, name: str, kind: str) -> Layer:
        """A layer as the traced pass shows it."""
        recorded, stated = re.fullmatch("(.*?)(?:@(first|last))?", name, re.DOTALL).groups()
        modules = modules_of(self.network)
        try:
            module, item = parse_layer(recorded, modules)
            called = (n for n, call in self.calls.items() if call.module is modules[module])
            if (first := next(called, None)) is None:  # a module may have several names
                raise ValueError(f"{name} was not called in the forward pass, or gave no tensor")
            call = self.calls[first]
            output = tensor_of(call.output, item, name)
        except (ValueError, RuntimeError) as error:
            raise ValueError(f"layers of {self.label}: {error}") from error
        title = f"{name or 'the output'} of {self.label}"
        if not output.ndim or len(output) != self.rows:
            raise self._without_rows(title, output)
        where = stated or channels(self.calls, first, output)
        several = f"{title}: only the first of its {call.times} calls is compared"
        return Layer(
            name=name,
            title=title,
            recorded=recorded,
            kind=kind or call.kind,
            channels=where,
            layout=layout(output.ndim, where),
            shape=tuple(as_maps(output, where).shape[1:]),
            itemsize=output.element_size(),
            note=several if call.times > 1 else "",
        )

    def _placed(self, batch: Any) -> Any:
        """A batch on the network's device, with floats in its precision."""

        def place(part: Any) -> Any:
            if isinstance(part, Tensor):
                dtype = self.dtype if part.is_floating_point() else None
                return part.detach().to(self.device, dtype)
            # batches of graphs and of tokenizers have a method as well
            return part.to(self.device) if callable(getattr(part, "to", None)) else part

        return tree_map(place, batch)

    def _without_rows(self, title: str, output: Tensor) -> ValueError:
        return ValueError(
            f"{title} gives shape {tuple(output.shape)} for {self.rows} images, want a row for "
            f"each image{', as forward returns' if self.forward else ''}, all of one shape: set "
            "batch_first=True for tokens; packed sequences, final states of recurrent layers, and "
            "images or sequences of several sizes cannot be compared"
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
