"""One forward pass of a network: the calls of its modules, their channels, and its layers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from torch import Tensor, nn

from ..models.module_outputs import Forward, evaluating, modules_of, run_forward, tensors_in

KINDS = (
    ("Attention", "attention"),
    ("Norm", "norm"),
    ("Pool", "pool"),
    ("Conv", "conv"),
    ("Linear", "fc"),
    ("Embedding", "embedding"),
    *((name, "recurrent") for name in ("LSTM", "GRU", "RNN")),
)
"""Part of the name of a module's class -> its kind; quantised modules have these names as well."""

LAST = ("Linear", "Embedding", "LSTM", "GRU", "RNN", "MultiheadAttention")
"""PyTorch's modules that give channels last."""

OF_MAPS = re.compile(r"(?!.*(Attention|Patch)).*([123]d|GroupNorm)$")
"""Names of classes that give channels first; torchvision's Swin for videos has
`ShiftedWindowAttention3d` and `PatchEmbed3d`, which do not."""

RULE = (
    "outputs of convolutions, linear and recurrent layers, attention, pooling and blocks, each "
    "after the normalisation and activation that follow it"
)


@dataclass
class Call:
    """The first call of a module in a forward pass, of those that give a tensor."""

    module: nn.Module
    output: object
    tensor: Tensor  # the first in the output, (b, ...)
    source: object  # the first argument
    times: int = 1  # how often the module is called

    @property
    def leaf(self) -> bool:
        return next(self.module.children(), None) is None

    @property
    def kind(self) -> str:
        """One of `KINDS`, `"act"`, `"block"` of a module with others inside, or ""."""
        name = type(self.module).__name__
        if self.leaf or "Attention" in name:
            activation = "activation" in type(self.module).__module__
            return next((kind for part, kind in KINDS if part in name), "act" if activation else "")
        return "" if isinstance(self.module, nn.Sequential | nn.ModuleList) else "block"

    @property
    def channels(self) -> str:
        """Where modules of this class have channels, `"first"` or `"last"`; "" if that depends."""
        classes = type(self.module).__mro__
        owner = next(one for one in classes if "forward" in vars(one))
        of_torch = owner.__module__.startswith("torch.")
        if of_torch and owner.__name__ in LAST:  # and quantised ones
            return "last"
        if of_torch and owner.__name__ in ("LayerNorm", "RMSNorm"):
            return "last" if len(self.module.normalized_shape) == 1 else ""
        return "first" if any(OF_MAPS.match(one.__name__) for one in classes) else ""

    def is_layer(self, images: int) -> bool:
        """Whether the output has a row of floats for each image."""
        of_each = self.tensor.ndim > 1 and len(self.tensor) == images
        return of_each and self.tensor.is_floating_point()


def trace(network: nn.Module, batch: object, forward: Forward) -> dict[str, Call]:
    """{first name of a module: its call}, in the order in which the calls end, in evaluation mode.

    All outputs are kept, so that each tensor is known by its `id`.
    """
    names = {module: name for name, module in reversed(modules_of(network).items())}
    calls: dict[str, Call] = {}

    def keep(module: nn.Module, args: tuple, output: object) -> None:
        name, tensor = names[module], next(tensors_in(output), None)
        if name in calls:
            calls[name].times += 1
        elif tensor is not None:
            calls[name] = Call(module, output, tensor, args[0] if args else None)

    with ExitStack() as hooks, evaluating(network):
        for module in names:
            hooks.enter_context(module.register_forward_hook(keep))
        run_forward(network, batch, forward)
    return calls


def channels(calls: Mapping[str, Call], name: str, output: Tensor) -> str:
    """Where an output of a module has its channels, `"first"` or `"last"`.

    That is where an output of the same shape has them whose module shows it: the same tensor, else
    the module's input, else the first one inside it, else the last one of all. If none shows it,
    channels are last in tokens `(n, t, d)`, and first in anything else. Outputs of three dimensions
    are tokens, unless others of three dimensions, of modules inside if there are any, show channels
    first, and none last.
    """
    inside = [call for other, call in calls.items() if other.startswith(f"{name}.")]
    alike = [
        call for call in (*inside, *reversed(calls.values())) if call.tensor.shape == output.shape
    ]
    source = calls[name].source
    alike.sort(key=lambda call: (call.tensor is not output, call.tensor is not source))
    known = (call.channels for call in alike)
    around = [call for call in inside or calls.values() if call.tensor.ndim == output.ndim]
    tokens = output.ndim == 3 and {call.channels for call in around} - {""} != {"first"}
    return next(filter(None, known), "last" if tokens else "first")


def default_layers(calls: Mapping[str, Call], images: int, most: int) -> dict[str, str]:
    """{layer: kind} by `RULE`, in the order of the forward pass; the last one is `"out"`.

    If there are more than `most`, those inside blocks are dropped, the innermost first; if that
    is not enough, layers are taken at equal steps.
    """
    layers = _candidates(calls, images)
    blocks = [f"{name}." for name, kind in layers.items() if kind == "block"]
    depths = {name: sum(map(name.startswith, blocks)) for name in layers}
    for depth in range(max(depths.values(), default=0), 0, -1):
        if len(layers) > most:
            layers = {name: kind for name, kind in layers.items() if depths[name] < depth}
    if len(layers) > most:
        names = list(layers)
        steps = (round(i * (len(names) - 1) / (most - 1)) for i in range(most))
        layers = {names[i]: layers[names[i]] for i in steps}
    out = calls[""].tensor if "" in calls else None
    return {name: "out" if calls[name].tensor is out else kind for name, kind in layers.items()}


def _candidates(calls: Mapping[str, Call], images: int) -> dict[str, str]:
    """{layer: kind} of all layers by `RULE`; of the whole network if it has none.

    A block is a module whose output is not that of a module inside it, or is that of the last
    one. A chain of a layer, normalisation and activation has the kind of its first module.
    """
    found: dict[int, tuple[str, str, bool]] = {}  # (name, kind, leaf) by `id` of the output
    out = calls[""].tensor if "" in calls else None
    for name, call in calls.items():
        kind = call.kind
        if not (name and kind and call.is_layer(images)):
            continue
        same = found.get(id(call.tensor))
        wraps = call.tensor is out and all(n.startswith(f"{name}.") for n, *_ in found.values())
        if same and (wraps or not same[2]):
            continue  # the module passes on the output of a block, or of the whole network
        before = found.get(id(call.source)) if kind in ("norm", "act") else None
        if before and before[2]:
            kind = found.pop(id(call.source))[1]
        found[id(call.tensor)] = name, kind, call.leaf
    if not found and "" in calls and calls[""].is_layer(images):
        return {"": "out"}
    return {name: kind for name, kind, _ in found.values()}
