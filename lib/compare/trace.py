"""All that the modules of a network give in one forward pass, and how it is laid out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import PackedSequence
from torch.overrides import TorchFunctionMode

from ..models.module_outputs import Forward, evaluating, modules_of, run_forward, tensors_in

RECURRENT = ("LSTM", "GRU", "RNN")

KINDS_OF_MODULES = (
    ("Attention", "attention"),
    ("Norm", "norm"),
    ("Pool", "pool"),
    ("Conv", "conv"),
    ("Linear", "fc"),
    ("Embedding", "embedding"),
    *((name, "recurrent") for name in RECURRENT),
)
"""What the name of a module's class contains -> its kind: so quantised forms have it, too."""


class Call(NamedTuple):
    """What a module gave in one forward pass."""

    kind: str  # of those above, `"act"`, `"block"` of a module with others inside, or `""`
    leaf: bool  # whether there are no modules inside
    output: Tensor  # the first tensor, (b, ...)
    channels: str  # where that has them: `"first"`, `"last"`, `""` if only its dimensions can tell
    source: Tensor | None  # the input, if the module normalises or activates it
    by_batch: bool = False  # whether it normalised by the statistics of the batch
    images: str = "first"  # where images are: the first or the `"second"` dimension
    packed: bool = False  # whether it gave packed sequences


def trace_calls(model: nn.Module, batch: Tensor, forward: Forward | None = None) -> dict[str, Call]:
    """All calls of modules in one forward pass that gave a tensor, in the order in which they end,
    by the name of the module, with the number of the call if there are several."""
    ended: list[tuple[str, Call]] = []
    modules = {module: name for name, module in reversed(modules_of(model).items())}

    def end(module: nn.Module, args: tuple, output: object) -> None:
        first = next(tensors_in(output), None)
        if first is not None:
            leaf = next(module.children(), None) is None
            kind = _kind(module, leaf)
            channels = _channels(module, leaf, ended[-1][1].channels if ended else "")
            source = args[0] if args and kind in ("norm", "act") else None
            by_batch, packed = statistics.of_batch, _is_packed(output)
            call = Call(kind, leaf, first, channels, source, by_batch, packed=packed)
            statistics.of_batch = False  # it was the innermost module that ends next
            ended.append((modules[module], call))

    statistics = _BatchStatistics()
    with ExitStack() as hooks, evaluating(model), statistics:
        for module in modules:
            hooks.enter_context(module.register_forward_hook(end))
        run_forward(model, batch, forward)
    times, number = Counter(name for name, _ in ended), Counter()
    calls = {}
    for name, call in ended:
        number[name] += 1
        calls[f"{name}#{number[name]}" if times[name] > 1 else name] = call
    return calls


class _BatchStatistics(TorchFunctionMode):
    """Notes whether `batch_norm` takes statistics of the batch, of a module or by a function.

    In evaluation mode it does where there are no running ones, or where a network keeps itself in
    training mode. Values would show it only in few images, and in such as differ.
    """

    of_batch = False

    def __torch_function__(
        self, function: Callable, types: object, args: tuple = (), kwargs: dict | None = None
    ) -> object:
        if function is functional.batch_norm:
            self.of_batch |= bool(kwargs["training"] if "training" in kwargs else args[5])
        elif function is torch.batch_norm:
            self.of_batch |= bool(args[5])
        return function(*args, **kwargs or {})


def images_first(output: Tensor, images: str) -> Tensor:
    """An output `(n, ...)`, if images are `"first"`, or else `"second"`, as of tokens `(t, n, d)`;
    of a recurrent layer's `"state"` `(layers, n, d)` it is `(n, layers * d)`."""
    if images == "first":
        return output
    output = output.movedim(1, 0)
    return output.flatten(1) if images == "state" else output


def _kind(module: nn.Module, leaf: bool) -> str:
    name = type(module).__name__
    if leaf or "Attention" in name:
        known = next((kind for part, kind in KINDS_OF_MODULES if part in name), "")
        return known or ("act" if "activation" in type(module).__module__ else "")
    return "" if isinstance(module, nn.Sequential | nn.ModuleList) else "block"


def _channels(module: nn.Module, leaf: bool, before: str) -> str:
    """Where channels are after this module: elementwise ones and containers leave them there."""
    name = type(module).__name__
    if name in ("Linear", "LayerNorm") or any(part in name for part in ("Attention", *RECURRENT)):
        return "last"
    if name.endswith("1d"):
        return "first"
    moved = any(part in name for part in ("Conv", "Pool", "Norm2d", "Permute"))
    return "" if leaf and moved else before


def _is_packed(output: object) -> bool:
    """Whether the first thing in what a module gave is a packed sequence."""
    while isinstance(output, tuple | list) and not isinstance(output, PackedSequence):
        output = output[0] if output else None
    return isinstance(output, PackedSequence)


def as_maps(output: Tensor, channels: str) -> Tensor:
    """The output (n, ...) of a layer as (n, p) or (n, c, h, w); a token is one of t positions.

    If it isn't known where it has channels, tokens have them last.
    """
    if output.ndim < 3:
        return output.reshape(len(output), math.prod(output.shape[1:]))
    if channels == "last" or (output.ndim == 3 and channels != "first"):
        output = output.movedim(-1, 1)
    return output[..., None] if output.ndim == 3 else output.flatten(3)
