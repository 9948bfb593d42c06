"""One forward pass of a network: the calls of its modules, their channels, and its layers."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

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

RULE = (
    "outputs of convolutions, linear and recurrent layers, attention, pooling and blocks, each "
    "after the normalisation and activation that follow it"
)


@dataclass
class Call:
    """The first call of a module in a forward pass."""

    kind: str  # of `KINDS`, `"act"`, `"block"` of a module with others inside, or `""`
    leaf: bool  # whether there are no modules inside
    output: object
    tensor: Tensor  # the first in the output, (b, ...)
    source: Tensor | None  # the input of a normalisation or an activation
    times: int = 1  # how often the module is called

    def is_layer(self, images: int) -> bool:
        """Whether the output has floats for each image, more than one."""
        of_each = self.tensor.ndim > 1 and len(self.tensor) == images < self.tensor.numel()
        return of_each and self.tensor.is_floating_point()


class Trace:
    """The modules that give a tensor in one forward pass in evaluation mode.

    Attributes:
        names: {module: its first name}.
        calls: {name: the first call of the module}, in the order in which the calls end.
        by_batch: names of modules that use statistics of the batch.
    """

    def __init__(self, network: nn.Module, batch: object, forward: Forward) -> None:
        self.names = {module: name for name, module in reversed(modules_of(network).items())}
        self.calls: dict[str, Call] = {}
        self.by_batch: list[str] = []
        self._channels: dict[int, str] = {}  # of tensors, by `id`
        self._outputs: list[tuple[str, Tensor]] = []  # all are kept, so that each has its own `id`
        with ExitStack() as hooks, evaluating(network):
            for module in self.names:
                hooks.enter_context(module.register_forward_hook(self._end))
            run_forward(network, batch, forward)

    def channels(self, tensor: Tensor) -> str:
        """Where an output has its channels, `"first"` or `"last"`; if no module shows it, first in
        maps `(n, c, h, w)` and last in tokens `(n, t, d)`."""
        return self._channels.get(id(tensor)) or ("last" if tensor.ndim == 3 else "first")

    def layers(self, images: int, most: int) -> dict[str, str]:
        """{layer: kind} by `RULE`, in the order of the forward pass; the last one is `"out"`.

        If there are more than `most`, those inside blocks are dropped, the innermost first; if that
        is not enough, layers are taken at equal steps.
        """
        layers = self._candidates(images)
        blocks = [f"{name}." for name, kind in layers.items() if kind == "block"]
        depths = {name: sum(map(name.startswith, blocks)) for name in layers}
        for depth in range(max(depths.values(), default=0), 0, -1):
            if len(layers) > most:
                layers = {name: kind for name, kind in layers.items() if depths[name] < depth}
        if len(layers) > most:
            names = list(layers)
            steps = (round(i * (len(names) - 1) / (most - 1)) for i in range(most))
            layers = {names[i]: layers[names[i]] for i in steps}
        out = self.calls[""].tensor if "" in self.calls else None
        return {n: "out" if self.calls[n].tensor is out else kind for n, kind in layers.items()}

    def _candidates(self, images: int) -> dict[str, str]:
        """{layer: kind} of all layers by `RULE`; of the whole network if it has none.

        A block is a module whose output is not that of a module inside it, or is that of the last
        one. A chain of a layer, normalisation and activation has the kind of its first module.
        """
        found: dict[int, tuple[str, str, bool]] = {}  # (name, kind, leaf) by `id` of the output
        out = self.calls[""].tensor if "" in self.calls else None
        for name, call in self.calls.items():
            if not (name and call.kind and call.is_layer(images)):
                continue
            same, kind = found.get(id(call.tensor)), call.kind
            wraps = call.tensor is out and all(n.startswith(f"{name}.") for n, *_ in found.values())
            if same and (wraps or not same[2]):
                continue  # the module passes on the output of a block, or of the whole network
            if (before := found.get(id(call.source))) and before[2]:
                kind = found.pop(id(call.source))[1]
            found[id(call.tensor)] = name, kind, call.leaf
        if not found and "" in self.calls and self.calls[""].is_layer(images):
            return {"": "out"}
        return {name: kind for name, kind, _ in found.values()}

    def _end(self, module: nn.Module, args: tuple, output: object) -> None:
        name = self.names[module]
        if module.training or (isinstance(module, _BatchNorm) and module.running_mean is None):
            self.by_batch.append(name)
        tensor = next(tensors_in(output), None)
        if tensor is None:
            return
        prefix = f"{name}." if name else ""
        inside = (other for child, other in self._outputs if child.startswith(prefix))
        self._channels[id(tensor)] = (
            self._channels.get(id(tensor))
            or _determined(module, tensor)
            or self._shared(tensor, tensors_in(args))
            or self._shared(tensor, inside)
        )
        self._outputs.append((name, tensor))
        if name in self.calls:
            self.calls[name].times += 1
            return
        leaf = next(module.children(), None) is None
        kind = _kind(module, leaf)
        source = args[0] if args and kind in ("norm", "act") else None
        self.calls[name] = Call(kind, leaf, output, tensor, source)

    def _shared(self, output: Tensor, others: Iterable[Tensor]) -> str:
        """Where all other tensors of the same shape have their channels, "" if that differs.

        A block adds its input to the output of its last module, and an activation keeps the places
        of all elements: then the sizes agree in each dimension.
        """
        if output.ndim < 3:
            return ""
        known = {self._channels.get(id(other)) for other in others if other.shape == output.shape}
        known -= {"", None}
        return known.pop() if len(known) == 1 else ""


def _kind(module: nn.Module, leaf: bool) -> str:
    name = type(module).__name__
    if leaf or "Attention" in name:
        known = next((kind for part, kind in KINDS if part in name), "")
        return known or ("act" if "activation" in type(module).__module__ else "")
    return "" if isinstance(module, nn.Sequential | nn.ModuleList) else "block"


def _determined(module: nn.Module, output: Tensor) -> str:
    """Where modules of this class have the channels of their output, "" if it is unknown."""
    classes = type(module).__mro__
    owner = next(one for one in classes if "forward" in vars(one))  # a subclass may have its own
    if owner.__name__ == "Permute" and output.ndim == 4:  # torchvision's
        turned = {(0, 2, 3, 1): "last", (0, 3, 1, 2): "first"}
        return turned.get(tuple(getattr(module, "dims", ())), "")
    if output.ndim < 3 or not owner.__module__.startswith("torch."):
        return ""
    by_vector = owner.__name__ in ("Linear", "Embedding")  # quantised ones have these names as well
    if owner.__name__ in ("LayerNorm", "RMSNorm"):
        by_vector = len(module.normalized_shape) == 1
    if by_vector:
        return "last"
    names = [one.__name__ for one in classes]
    return "first" if any(name.endswith(("1d", "2d", "3d", "GroupNorm")) for name in names) else ""
