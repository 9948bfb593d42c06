"""One of two networks that are compared: its layers, and their outputs as the metrics want them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..metrics.inputs import as_tensor
from ..models import record_batches
from ..models.module_outputs import Forward, modules_of, parse_layer, tensors_in, unwrapped
from .trace import RECURRENT, Call, as_maps, images_first, trace_calls

SAMPLE = 3
"""Images on which a network is tried out."""

AGREEMENT = 0.05
"""Relative difference up to which outputs for the same images are the same but for rounding."""


@dataclass(eq=False)
class Layer:
    """A layer of one of the networks that are compared."""

    name: str
    kind: str
    title: str  # what errors call it, such as `conv1 of a`
    shape: tuple[int, ...]  # of an image's output, (p,) or (c, h, w); tokens (t, d) have (d, t, 1)
    tokens: bool  # whether a position is a token
    channels: str  # where the output has them, see `trace.Call`
    images: str  # where the output has them, see `images_first`
    bytes: int  # of the output for one image
    network: str  # its label
    note: str = ""  # why it has no numbers


class ComparedNetwork:
    """A network that is compared with another one; what is only around it is taken off.

    Its label is its own, and what errors call it: `a`, `b`, `stranger 1`.
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
            raise TypeError(f"{label}: a scripted network calls no hooks; give the original")
        if isinstance(network, torch.fx.GraphModule) and "eval" in vars(network):
            raise TypeError(f"{label}: an exported network has no modules; give the original")
        network = unwrapped(network)
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
        self.size = 0  # images in the batch that was passed last, if `forward` passes it
        self.layers: dict[str, Layer] = {}

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """The network is on its device, from which it returns afterwards."""
        moved = self.device != self.home  # if not, it may be on several
        try:
            if moved:
                self.network.to(self.device)
            yield
        finally:
            if moved:
                self.network.to(self.home)

    def _placed(self, batch: Any) -> Any:
        """A batch where the network is, its floats in the network's precision."""
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
        """What `forward` gives, which says how many images the batch has."""
        output = self.forward(network, batch)
        first = next(tensors_in(output), None)
        if first is None or not first.ndim:
            got = "a single number" if first is not None else type(output).__name__
            raise ValueError(
                f"forward returns {got}; return what the network gives, beginning with a tensor "
                "that has a row for each image, not with a loss"
            )
        self.size = len(first)
        return output

    def try_out(self, images: Any) -> None:
        """Trace the network on a few images, or on a batch that `forward` takes; refuse one that
        treats them differently beside others: by chance, or since it normalises by the batch."""
        few, fewer = images, images
        if not self.forward:
            few, fewer = images[:SAMPLE], images[: SAMPLE - 1]
            self.size = len(few)
        self.sample = self._placed(few)
        self.run = self._passed if self.forward else None
        try:
            again = trace_calls(self.network, self._placed(fewer), self.run)
            calls = trace_calls(self.network, self.sample, self.run)
        except Exception as error:
            raise ValueError(self._refusal(error)) from error
        self.calls = {
            name: call._replace(images=self._images_of(call.output, again.get(name)))
            for name, call in calls.items()
        }
        self._check_repeatable(again)

    def _images_of(self, output: Tensor, fewer: Call | None) -> str:
        """Where a module's output has the images: in the dimension that fewer images shorten."""
        if output.ndim != 3:
            return "first"
        before = tuple(output.shape if fewer is None else fewer.output.shape)
        changed = [i for i in range(3) if len(before) == 3 and before[i] != output.shape[i]]
        second = output.shape[1] == self.size != output.shape[0]
        return "second" if (changed == [1] if changed else second) else "first"

    def _refusal(self, error: Exception) -> str:
        """Why the network could not be tried out, and what may help."""
        batch, way_out = self.sample, ""
        got = f"a batch of {type(batch).__name__}"
        if isinstance(batch, Tensor):
            got = f"images {tuple(batch.shape)} of {batch.dtype}"
        elif isinstance(batch, Mapping):
            got += f" with {', '.join(map(str, batch))}"
        if self.forward:
            got += " by forward"
            if isinstance(error, TypeError | AttributeError):
                way_out = " If what was given is one batch, put it into a list: [batch]."
        elif isinstance(error, TypeError):
            forward = "forward=lambda network, batch: network(...)"
            way_out = f" If it takes more than one tensor: {forward}."
        elif batch.ndim == 3:
            way_out = " A batch is (n, c, h, w): torch.stack single images."
        return f"{self.label} does not take {got}: {str(error).rstrip('.')}.{way_out}"

    def _check_repeatable(self, again: Mapping[str, Call]) -> None:
        """Refuse a network that gave other values when some of the images were passed again."""
        for (name, once), other in zip(self.calls.items(), again.values(), strict=False):
            if not once.output.ndim:
                continue
            all_of, after = (_numbers(call.output, once.images) for call in (once, other))
            before = all_of[: len(after)]
            same_images = len(all_of) == self.size and before.shape == after.shape
            differ = same_images and (before - after).norm() > AGREEMENT * before.norm()
            why = "it normalises by the batch; " if once.by_batch else ""
            if differ or once.by_batch:
                raise ValueError(
                    f"{self.label}: {name or 'its output'} gives other values for the "
                    f"same images in another batch; {why}switch off what is random, such as "
                    "functional dropout without training=self.training, and normalise by running "
                    "statistics"
                )

    def describe(self, kinds: dict[str, str]) -> None:
        """Find out about these layers, whose kind may be "" if it isn't known."""
        modules = modules_of(self.network)
        try:
            [outputs] = record_batches(self.network, [self.sample], kinds, self.run)
        except (ValueError, RuntimeError) as error:
            raise ValueError(f"layers of {self.label}: {error}") from error
        # of a module that is called several times, the last one
        calls = {parse_layer(name, modules)[0]: call for name, call in self.calls.items()}
        calls |= self.calls
        for name, kind in kinds.items():
            module, numbered, number, item = parse_layer(name, modules)
            call = calls.get(f"{module}{numbered}{number}")
            images = self._images_of(outputs[name], None)
            if call is not None and call.output.shape == outputs[name].shape:
                images = call.images
            if type(modules[module]).__name__ in RECURRENT and item.partition(".")[0] == "1":
                images = "state"
            self.layers[name] = self._layer(name, kind, outputs[name], call, images)
        self.calls = {}  # which hold the outputs of all modules

    def _layer(self, name: str, kind: str, output: Tensor, call: Call | None, images: str) -> Layer:
        """What there is to know of a layer that gave this for a few images."""
        title, note = f"{name or 'the output'} of {self.label}", ""
        given, output = tuple(output.shape), images_first(output, images)
        if output.is_complex():
            note = f"{title} gives {output.dtype}; have a module give its real part or its size"
        elif call is not None and call.packed and images != "state":
            note = f"{title}: gives packed sequences, whose padding would count as tokens"
        if len(output) != self.size or not (output.is_floating_point() or note):
            rows = ", as many as what forward returns has rows" if self.forward else ""
            raise ValueError(
                f"{title} gives {output.dtype} of shape {given} for {self.size} images, "
                f"want floats, and images first (such as batch_first=True){rows}"
            )
        channels = call.channels if call else ""
        maps = as_maps(output, channels)[0]
        return Layer(
            name,
            kind or (call.kind if call else ""),
            title,
            tuple(maps.shape),
            output.ndim == 3 and channels != "first",
            channels,
            images,
            maps.numel() * maps.element_size(),
            self.label,
            note,
        )

    def describe_like(self, other: ComparedNetwork) -> None:
        """Find out about the layers that another network of the same kind has described."""
        self.describe({name: layer.kind for name, layer in other.layers.items()})
        for name, layer in self.layers.items():
            if layer.shape != other.layers[name].shape:
                raise ValueError(
                    f"{layer.title} gives {layer.shape} for an image, that of {other.label} "
                    f"{other.layers[name].shape}; want networks of one kind"
                )

    def outputs(self, batch: Any, layers: Iterable[Layer]) -> dict[Layer, Tensor]:
        """What these layers give for a batch, as maps `(b, c, h, w)` or `(b, p)`.

        NaN or infinite values, or none, are noted in the layer; all other layers go on.
        """
        layers = [layer for layer in layers if layer.network == self.label]
        if not layers:
            return {}
        names = [layer.name for layer in layers]
        [outputs] = record_batches(self.network, [self._placed(batch)], names, self.run)
        of_layers = {}
        for layer in layers:
            maps = as_maps(images_first(outputs.pop(layer.name), layer.images), layer.channels)
            got = tuple(maps.shape[1:])
            if got != layer.shape:
                raise ValueError(
                    f"{layer.title} gives some of {got} after {layer.shape}; want batches of "
                    "one size, or of sequences of one length"
                )
            try:
                as_tensor(maps, layer.title, fewest=1)
            except ValueError as error:
                layer.note = f"{error}; look at weights, images and precision"
            of_layers[layer] = maps
        return of_layers


def _numbers(output: Tensor, images: str) -> Tensor:
    """An output, images first, in double precision; complex ones as pairs."""
    output = torch.view_as_real(output.resolve_conj()) if output.is_complex() else output
    return images_first(output, images).double()
