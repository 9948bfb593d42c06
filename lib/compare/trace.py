"""The outputs of all modules of a network in one forward pass, and the positions of channels."""

from __future__ import annotations

import math
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field

from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from ..models.module_outputs import Forward, evaluating, modules_of, run_forward, tensors_in

KINDS_OF_MODULES = (
    ("Attention", "attention"),
    ("Norm", "norm"),
    ("Pool", "pool"),
    ("Conv", "conv"),
    ("Linear", "fc"),
    ("Embedding", "embedding"),
    *((name, "recurrent") for name in ("LSTM", "GRU", "RNN")),
)
"""Part of the name of a module's class -> its kind, so that quantised modules have the same
kind."""


@dataclass
class Call:
    """The first call of a module in a forward pass."""

    kind: str  # of those above, `"act"`, `"block"` of a module with others inside, or `""`
    leaf: bool  # whether there are no modules inside
    whole: object  # its output
    output: Tensor  # the first tensor in it, (b, ...)
    source: Tensor | None  # the input, if the module normalises or activates it
    times: int = 1  # how often the module is called in the pass


@dataclass
class Trace:
    """The modules that gave a tensor in a forward pass."""

    calls: dict[str, Call] = field(default_factory=dict)  # by name, in the order in which they end
    layouts: dict[int, str] = field(default_factory=dict)  # where tensors, by `id`, have channels:
    # `"first"`, `"last"`, or `""` if only their dimensions can tell
    by_batch: list[str] = field(default_factory=list)  # modules that use statistics of the batch


def trace_calls(model: nn.Module, batch: object, forward: Forward | None = None) -> Trace:
    """All modules that give a tensor in one forward pass in evaluation mode."""
    trace = Trace()
    modules = {module: name for name, module in reversed(modules_of(model).items())}
    ended: list[tuple[str, Tensor]] = []  # which keeps all tensors, so that each has its own `id`

    def end(module: nn.Module, args: tuple, output: object) -> None:
        name = modules[module]
        if module.training or (isinstance(module, _BatchNorm) and module.running_mean is None):
            trace.by_batch.append(name)
        tensor = next(tensors_in(output), None)
        if tensor is None:
            return
        # a child's name begins with this; the generator is read only where the layout needs it
        inside = (other for child, other in ended if child.startswith(f"{name}." if name else ""))
        trace.layouts[id(tensor)] = (
            trace.layouts.get(id(tensor))
            or _made_by(module, tensor)
            or _shared(tensor, tensors_in(args), trace.layouts)
            or _shared(tensor, inside, trace.layouts)
        )
        ended.append((name, tensor))
        if name in trace.calls:
            trace.calls[name].times += 1
            return
        leaf = next(module.children(), None) is None
        kind = _kind(module, leaf)
        source = args[0] if args and kind in ("norm", "act") else None
        trace.calls[name] = Call(kind, leaf, output, tensor, source)

    with ExitStack() as hooks, evaluating(model):
        for module in modules:
            hooks.enter_context(module.register_forward_hook(end))
        run_forward(model, batch, forward)
    return trace


def _kind(module: nn.Module, leaf: bool) -> str:
    name = type(module).__name__
    if leaf or "Attention" in name:
        known = next((kind for part, kind in KINDS_OF_MODULES if part in name), "")
        return known or ("act" if "activation" in type(module).__module__ else "")
    return "" if isinstance(module, nn.Sequential | nn.ModuleList) else "block"


def _made_by(module: nn.Module, output: Tensor) -> str:
    """The position of channels in the output of modules of this class, "" if it is unknown."""
    classes = type(module).__mro__
    made = next(one for one in classes if "forward" in vars(one))  # a subclass may have its own
    if made.__name__ == "Permute" and output.ndim == 4:  # torchvision's
        turned = {(0, 2, 3, 1): "last", (0, 3, 1, 2): "first"}
        return turned.get(tuple(getattr(module, "dims", ())), "")
    if output.ndim < 3 or not made.__module__.startswith("torch."):
        return ""
    by_vector = made.__name__ in ("Linear", "Embedding")  # quantised ones have these names as well
    if made.__name__ in ("LayerNorm", "RMSNorm"):
        by_vector = len(module.normalized_shape) == 1
    if by_vector:
        return "last"
    names = [one.__name__ for one in classes]
    return "first" if any(name.endswith(("1d", "2d", "3d", "GroupNorm")) for name in names) else ""


def _shared(output: Tensor, others: Iterable[Tensor], layouts: dict[int, str]) -> str:
    """The layout shared by all tensors of the same shape whose layout is known.

    A block adds its input to what its last module gave, and an activation keeps the places of all
    elements: then the sizes agree in each dimension.
    """
    if output.ndim < 3:
        return ""
    known = {layouts.get(id(other), "") for other in others if other.shape == output.shape} - {""}
    return known.pop() if len(known) == 1 else ""


def channels_of(output: Tensor, known: str) -> str:
    """The position of channels in an output; if unknown, first for maps and last for tokens."""
    return known or ("last" if output.ndim == 3 else "first")


def as_maps(output: Tensor, channels: str) -> Tensor:
    """The output (n, ...) of a layer as (n, p) or (n, c, h, w); a token is one of t positions."""
    if output.ndim < 3:
        return output.reshape(len(output), math.prod(output.shape[1:]))
    if channels == "last":
        output = output.movedim(-1, 1)
    return output[..., None] if output.ndim == 3 else output.flatten(3)
