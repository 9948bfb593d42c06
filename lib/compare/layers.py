"""Which layers of two networks are compared, and how their outputs are laid out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from typing import NamedTuple

from torch import Tensor, nn

from ..models.recording import evaluating, modules_of, tensors_in

MOST = {"same": 32, "all": 12}
"""How many layers of a network are chosen; of pairs there are as many, or the square of that."""

KINDS = (
    ("Attention", "attention"),
    ("Norm", "norm"),
    ("Pool", "pool"),
    ("Conv", "conv"),
    ("Linear", "fc"),
    ("Embedding", "embedding"),
)
"""What the name of a module's class contains -> its kind: so quantised forms have it, too."""

RULE = (
    "outputs of convolutions, linear layers, attention, pooling and blocks, each after the "
    "normalisation and activation that follow it"
)


class Call(NamedTuple):
    """What a module gave in one forward pass."""

    kind: str  # of those in `KINDS`, `"act"`, `"block"` of a module with others inside, or `""`
    leaf: bool  # whether there are no modules inside
    output: Tensor  # the first tensor, (b, ...)
    channels: str  # where that has them: `"first"`, `"last"`, `""` if only its dimensions can tell
    source: Tensor | None  # the input, if the module normalises or activates it


def trace(model: nn.Module, batch: Tensor) -> dict[str, Call]:
    """All calls of modules in one forward pass that gave a tensor, in the order in which they end.

    Returns:
        {name of the module, with the number of the call if there are several: call}
    """
    ended: list[tuple[str, Call]] = []
    modules = {module: name for name, module in reversed(modules_of(model).items())}

    def end(module: nn.Module, args: tuple, output: object) -> None:
        first = next(tensors_in(output), None)
        if first is not None:
            leaf = next(module.children(), None) is None
            kind = _kind(module, leaf)
            channels = _channels(module, leaf, ended[-1][1].channels if ended else "")
            source = args[0] if args and kind in ("norm", "act") else None
            ended.append((modules[module], Call(kind, leaf, first, channels, source)))

    with ExitStack() as hooks, evaluating(model):
        for module in modules:
            hooks.callback(module.register_forward_hook(end).remove)
        model(batch.clone())
    times, number = Counter(name for name, _ in ended), Counter()
    calls = {}
    for name, call in ended:
        number[name] += 1
        calls[f"{name}#{number[name]}" if times[name] > 1 else name] = call
    return calls


def counterpart(layer: str, of_a: Mapping[str, Call], of_b: Mapping[str, Call]) -> bool:
    """Whether the layer of this name in a has one in b: the same call of the same module.

    Args:
        layer: a name, as for `record_batches`, without an item.
        of_a, of_b: as `trace` gives them.
    """
    name, _, call = layer.partition("#")
    in_a, in_b = (sum(other.partition("#")[0] == name for other in calls) for calls in (of_a, of_b))
    return int(call) <= in_b if call else in_a == in_b


def _kind(module: nn.Module, leaf: bool) -> str:
    name = type(module).__name__
    if leaf or "Attention" in name:
        found = next((kind for part, kind in KINDS if part in name), "")
        return found or ("act" if "activation" in type(module).__module__ else "")
    return "" if isinstance(module, nn.Sequential | nn.ModuleList) else "block"


def _channels(module: nn.Module, leaf: bool, before: str) -> str:
    """Where channels are after this module: elementwise ones and containers leave them there."""
    name = type(module).__name__
    if name in ("Linear", "LayerNorm") or "Attention" in name:
        return "last"
    if name.endswith("1d"):
        return "first"
    moved = any(part in name for part in ("Conv", "Pool", "Norm2d", "Permute"))
    return "" if leaf and moved else before


def chosen(calls: Mapping[str, Call], batch: int, most: int) -> dict[str, str]:
    """A sensible choice of layers, by `RULE`, in the order of the forward pass.

    A block is any module whose output is given by none inside it, or by the last one. If there are
    more than `most` layers, what is inside blocks is left out, the innermost first; if that is not
    enough, layers are taken at equal steps.

    Returns:
        {layer: kind}; the kind of a chain is that of its first module, that of what gives the
        output of the network `"out"`.
    """
    found: dict[int, tuple[str, str, bool]] = {}  # by the identity of the output
    for name, call in calls.items():
        shape, key = call.output.shape, id(call.output)
        if not (name and call.kind and call.output.is_floating_point()):
            continue
        if len(shape) < 2 or shape[0] != batch or shape[1:].numel() == 1:
            continue
        if key in found and not found[key][2]:
            continue  # the output of a block has only been passed on
        kind = call.kind
        if id(call.source) in found and found[id(call.source)][2]:
            kind = found.pop(id(call.source))[1]
        found[key] = name, kind, call.leaf
    out = id(calls[""].output) if "" in calls else None
    layers = {name: "out" if key == out else kind for key, (name, kind, _) in found.items()}
    blocks = [f"{name}." for name, kind in layers.items() if kind == "block"]
    depths = {name: sum(name.startswith(block) for block in blocks) for name in layers}
    for depth in range(max(depths.values(), default=0), 0, -1):
        if len(layers) > most:
            layers = {name: kind for name, kind in layers.items() if depths[name] < depth}
    if len(layers) > most:
        names = list(layers)
        at = [round(i * (len(names) - 1) / (most - 1)) for i in range(most)]
        layers = {names[i]: layers[names[i]] for i in at}
    return layers
