"""The choice of layers: those requested, or a default choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from .compared_network import ComparedNetwork
from .trace import Call

MOST_LAYERS = {"same": 32, "all": 12}
"""Most layers of a network in the default choice; there are as many pairs, or the square of
this."""

RULE = (
    "outputs of convolutions, linear and recurrent layers, attention, pooling and blocks, each "
    "after the normalisation and activation that follow it"
)


def describe_layers(
    a: ComparedNetwork, b: ComparedNetwork, asked: Sequence | Mapping | None, pairs: str
) -> tuple[list[tuple[str, str]], str]:
    """Pairs of layers of a and b, described by their networks, and a message about the default
    choice, or ""."""
    message = ""
    if asked is not None:
        named = _named(asked, pairs)
        kinds = [dict.fromkeys(side, "") for side in zip(*named, strict=True)] or [{}, {}]
    elif pairs == "all":
        kinds, parts = zip(*(_proposed(network, pairs) for network in (a, b)), strict=True)
        named, message = [*product(*kinds)], "\n".join(parts)
    else:
        known, message = _proposed(a, pairs)
        shared = {name: kind for name, kind in known.items() if name in b.trace.calls}
        if not shared:
            raise ValueError(
                f"layers: b has none of {', '.join(filter(None, known)) or 'them'}, but "
                f"{', '.join(filter(None, b.trace.calls)) or 'no modules'}; "
                'say which pairs, layers={name in a: name in b}, or take pairs="all"'
            )
        if left_out := [name for name in known if name not in shared]:
            message += f"\nb: has no layers of the names {', '.join(left_out)}."
            message += ' pairs="all" compares layers whatever their names.'
        named, kinds = [(name, name) for name in shared], [shared] * 2
    a.describe(kinds[0])
    try:
        b.describe(kinds[1])
    except ValueError as error:
        if kinds[0] != kinds[1]:
            raise
        raise ValueError(f"{error} Pair others by layers={{name in a: name in b}}.") from error
    return named, message and f"{message}\nlayers=[...] compares others."


def _named(asked: Sequence | Mapping, pairs: str) -> list[tuple[str, str]]:
    """Pairs of layers requested by name, each once."""
    if isinstance(asked, Mapping):
        if pairs == "all":
            raise ValueError('layers: {a: b} names the pairs; leave out pairs="all"')
        lists = {x: ys if isinstance(ys, list | tuple) else [ys] for x, ys in asked.items()}
        named = [(x, y) for x, ys in lists.items() for y in ys]
    else:
        named = [*product(asked, asked)] if pairs == "all" else [(name, name) for name in asked]
    for names in named:
        for label, name in zip("ab", names, strict=True):
            if not isinstance(name, str):
                raise ValueError(
                    f"layers of {label}: got {name!r}, want names, such as '0' or 'layer1.0', or "
                    "{name in a: name in b}"
                )
    return [*dict.fromkeys(named)]


def _proposed(network: ComparedNetwork, pairs: str) -> tuple[dict[str, str], str]:
    """{layer: kind} of the declared layers, or of the default choice, and the reason."""
    layers = dict(getattr(network.network, "recorded_layers", ()))
    calls, why = network.trace.calls, "which it declares"
    if not layers:
        most = MOST_LAYERS[pairs]
        layers = chosen(calls, network.size, most)
        why = f"chosen from {len(calls)} modules, {most} at most: {RULE}"
    if not layers:
        raise ValueError(
            f"layers: no module of {network.label} gives floats for each image, with images first; "
            "name what to compare, layers=[...], or have the network return such a tensor"
        )
    names = ", ".join(name or "its output" for name in layers)
    return layers, f"{network.label}: {len(layers)} layers, {why}. They are {names}."


def chosen(calls: Mapping[str, Call], batch: int, most: int) -> dict[str, str]:
    """The default choice of layers, by `RULE`, in the order of the forward pass.

    A block is a module whose output is not that of a module inside it, or is that of the last one.
    If there are more than `most` layers, those inside blocks are dropped, the innermost first; if
    that is not enough, layers are taken at equal steps. A chain has the kind of its first module;
    the last layer of the network has the kind `"out"`.
    """
    layers = _candidates(calls, batch)
    blocks = [f"{name}." for name, kind in layers.items() if kind == "block"]
    depths = {name: sum(name.startswith(block) for block in blocks) for name in layers}
    for depth in range(max(depths.values(), default=0), 0, -1):
        if len(layers) > most:
            layers = {name: kind for name, kind in layers.items() if depths[name] < depth}
    if len(layers) > most:
        names = list(layers)
        at = [round(i * (len(names) - 1) / (most - 1)) for i in range(most)]
        layers = {names[i]: layers[names[i]] for i in at}
    out = calls[""].output if "" in calls else None
    return {name: "out" if calls[name].output is out else kind for name, kind in layers.items()}


def _candidates(calls: Mapping[str, Call], batch: int) -> dict[str, str]:
    """{layer: kind} of all layers that `RULE` describes; of the whole network if there are none."""
    by_output: dict[int, tuple[str, str, bool]] = {}  # by the identity of the output
    out = calls[""].output if "" in calls else None
    for name, call in calls.items():
        key = id(call.output)
        if not (name and call.kind and _is_of_images(call, batch)):
            continue
        inside = all(layer.startswith(f"{name}.") for layer, _, _ in by_output.values())
        wraps = call.output is out and inside  # only wraps a network
        if key in by_output and (wraps or not by_output[key][2]):
            continue  # the output of a block, or of the whole network, has only been passed on
        kind = call.kind
        if id(call.source) in by_output and by_output[id(call.source)][2]:
            kind = by_output.pop(id(call.source))[1]
        by_output[key] = name, kind, call.leaf
    if not by_output and "" in calls and _is_of_images(calls[""], batch):
        return {"": "out"}
    return {name: kind for name, kind, _ in by_output.values()}


def _is_of_images(call: Call, batch: int) -> bool:
    """Whether the output has floats for each image, more than one."""
    shape = call.output.shape
    of_each = len(shape) > 1 and shape[0] == batch and shape.numel() > batch
    return of_each and call.output.is_floating_point()
