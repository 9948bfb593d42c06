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
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.parameter import is_lazy
from torch.utils._pytree import tree_map

from ..models import record_batches
from ..models.module_outputs import (
    Forward,
    modules_of,
    parse_layer,
    restored,
    tensor_of,
    tensors_in,
    unwrapped,
)
from .images import Generators
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
            raise TypeError(
                f"{label}: got {type(network).__name__}, want a torch.nn.Module; build the network "
                "and load its weights with load_state_dict"
            )
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
        found = hashlib.blake2b(digest_size=8)
        for tensor in self._tensors():
            plain = tensor.dequantize() if tensor.is_quantized else tensor
            found.update(plain.detach().cpu().contiguous().flatten().view(torch.uint8).numpy())
        return found.hexdigest()

    def look_at(self, batch: Any) -> None:
        """Trace the network on a few images, or on a batch that `forward` takes; refuse one whose
        outputs depend on chance, or on what it has seen before."""
        if self._weights:  # its layers and its statistics are known
            if self.weights() != self._weights:
                raise ValueError(
                    f"{self.label}: its weights have changed since it was first compared; prune or "
                    "train a copy.deepcopy of it"
                )
            return
        self._check_modes()
        batch = self._on_device(batch if self.forward else batch[:SAMPLE])
        before = Generators()
        try:
            self.trace = Trace(self.network, batch, self._run)
        except Exception as error:
            raise self._not_taken(batch, error) from error
        if not before.unchanged():
            raise ValueError(
                f"{self.label}: draws random numbers in evaluation mode; switch that off, such as "
                "functional dropout without training=self.training"
            )
        self._weights = self.weights()
        if not self.forward:
            self.by_batch = self._by_batch(batch)
        if self.by_batch and self.trace.wrote:
            raise ValueError(
                f"{self.label}: writes its buffers in evaluation mode, and its outputs depend on "
                "them; switch that off, such as observers of quantisation by network.apply(torch."
                "ao.quantization.disable_observer)"
            )

    def _by_batch(self, sample: Tensor) -> set[str]:
        """Names of modules whose outputs for these images depend on others in the batch."""
        rows, others = self.rows, sample.flip(0) * 5 if sample.is_floating_point() else sample
        try:
            trace = Trace(self.network, torch.cat([sample, others]), self._run)
        except Exception:  # it takes no batch of another size
            return set()
        finally:
            self.rows = rows
        beside, found = trace.calls, set()
        self.trace.wrote |= trace.wrote
        for name, call in self.trace.calls.items():
            if call.is_layer(rows) and name in beside and beside[name].is_layer(2 * rows):
                one, other = call.tensor, beside[name].tensor[:rows]
                scale = one.abs().max() * 3 * torch.finfo(one.dtype).eps ** 0.5
                if one.shape == other.shape and ((one - other).abs() > scale).any():
                    found.add(name)
        return found

    def forget(self) -> None:
        """Release the outputs of all modules; only layers named so far are known from now on."""
        self.trace = None

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

    def _check_modes(self) -> None:
        """Refuse what depends on the batch in any case, and networks without weights."""
        if lazy := [name for name, p in self.network.named_parameters() if is_lazy(p)]:
            raise ValueError(
                f"{self.label}: {lazy[0]} has no shape yet; call the network once on images, and "
                "then load its weights"
            )
        with restored(self.network):
            self.network.eval()
            for name, module in modules_of(self.network).items():
                by_batch = isinstance(module, _BatchNorm) and module.running_mean is None
                if module.training or by_batch:
                    raise ValueError(
                        f"{self.label}: {name or 'the network'} stays in training mode, or "
                        "normalises by the batch; want running statistics, and an eval() that "
                        "reaches all modules"
                    )

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

    def _layer(self, name: str, kind: str) -> Layer:
        """A layer as the traced pass shows it."""
        recorded, stated = re.fullmatch("(.*?)(?:@(first|last))?", name, re.DOTALL).groups()
        modules, calls = modules_of(self.network), self.trace.calls
        try:
            module, item = parse_layer(recorded, modules)
            called = (call for call in calls.values() if call.module is modules[module])
            if (call := next(called, None)) is None:  # a module may have several names
                raise ValueError(f"{name} was not called in the forward pass, or gave no tensor")
            output = tensor_of(call.output, item, name)
        except (ValueError, RuntimeError) as error:
            raise ValueError(f"layers of {self.label}: {error}") from error
        title = f"{name or 'the output'} of {self.label}"
        if not output.ndim or len(output) != self.rows:
            raise self._without_rows(title, output)
        place, ambiguous = self.trace.channels(call.name, output)
        where, notes = stated or place, []
        if ambiguous and not stated:
            other = layout(output.ndim, "last" if where == "first" else "first")
            notes.append(
                f"read as {layout(output.ndim, where)}, which may be {other}; layers= says which"
            )
        if call.tensors > 1 and not item:
            notes.append(f"the first of {call.tensors} tensors; {recorded}:1 is another")
        if call.times > 1:
            notes.append(f"the first of {call.times} calls; give each call a module of its own")
        if call.name in self.by_batch:
            notes.append("depends on the other images in its batch")
        return Layer(
            name=name,
            title=title,
            recorded=recorded,
            kind=kind or call.kind,
            channels=where,
            layout=layout(output.ndim, where),
            shape=tuple(as_maps(output, where).shape[1:]),
            itemsize=output.element_size(),
            notes=notes,
        )

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
        got = f"a batch of {type(batch).__name__}"
        hint = "A batch is (n, c, h, w): torch.stack single images, give grey ones images[:, None]"
        if isinstance(batch, Tensor):
            got = f"images {tuple(batch.shape)} of {batch.dtype}"
            if not batch.is_floating_point():
                hint = "Networks take floats: images.float() / 255, normalised as in the training"
        return ValueError(
            f"{self.label} does not take {got}: {str(error).rstrip('.')}. {hint}. If the network "
            "takes more than one tensor, give forward=lambda network, batch: network(*batch), and "
            "a single batch as [batch]"
        )

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
