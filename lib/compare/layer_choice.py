"""Which layers of two networks are compared: those asked for, or a sensible choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .compared_network import ComparedNetwork
from .trace import Call

MOST_LAYERS = {"same": 32, "all": 12}
"""How many layers of a network are chosen; of pairs there are as many, or the square of that."""

RULE = (
    "outputs of convolutions, linear layers, attention, pooling and blocks, each after the "
    "normalisation and activation that follow it"
)


def describe_layers(
    a: ComparedNetwork, b: ComparedNetwork, asked: Sequence | None, pairs: str
) -> str:
    """Have both networks describe the layers to compare.

    Args:
        asked, pairs: `layers` and `pairs`, as for `compare_networks`.

    Returns:
        what is to be said about the choice, "" if there was none.

    Raises:
        ValueError: names that are none, layers that a network has not, or that cannot be compared.
    """
    message = ""
    if asked is not None:
        kinds = _named(asked)
    elif pairs == "all":
        kinds, parts = zip(*(_proposed(network, pairs) for network in (a, b)), strict=True)
        message = "\n".join(parts)
    else:
        known, message = _proposed(a, pairs)
        shared = _shared(known, a.calls, b.calls)
        if left_out := [name for name in known if name not in shared]:
            message += f"\nb: has no counterpart of {', '.join(left_out)}."
        kinds = [shared] * 2
    for network, known in zip((a, b), kinds, strict=True):
        network.describe(known)
    return message and f"{message}\nFor others, layers=[...]."


def _named(asked: Sequence) -> list[dict[str, str]]:
    """{layer: ""} of both networks, for layers that are asked for by name."""
    if asks_for_all_pairs(asked):
        if len(asked) != 2:
            raise ValueError(f"layers: got {len(asked)} lists, want one of a and one of b")
        lists = asked
    elif any(isinstance(name, list | tuple) for name in asked):
        raise ValueError("layers: got lists inside a list, want a tuple of two, ([...], [...])")
    else:
        lists = (asked, asked)
    for label, names in zip("ab", lists, strict=True):
        if wrong := [name for name in names if not isinstance(name, str)]:
            raise ValueError(
                f"layers of {label}: got {wrong[0]!r}, want names, such as '0' or 'layer1.0'"
            )
    return [dict.fromkeys(names, "") for names in lists]


def asks_for_all_pairs(asked: Sequence | None) -> bool:
    """Whether layers are asked for as a tuple of lists, of each network its own."""
    return isinstance(asked, tuple) and bool(asked) and not isinstance(asked[0], str)


def _proposed(network: ComparedNetwork, pairs: str) -> tuple[dict[str, str], str]:
    """{layer: kind} of the layers that a network declares, or else of chosen ones, and why."""
    layers = dict(getattr(network.network, "recorded_layers", ()))
    why = "which it declares"
    if not layers:
        most = MOST_LAYERS[pairs]
        layers = chosen(network.calls, len(network.sample), most)
        why = f"of {len(network.calls)} calls of modules, {most} at most: {RULE}"
    return layers, f"{network.label}: {len(layers)} layers, {why}. {', '.join(layers)}."


def _shared(
    layers: dict[str, str], of_a: Mapping[str, Call], of_b: Mapping[str, Call]
) -> dict[str, str]:
    """Those of the layers of a that b has as well; at least one."""
    shared = {name: kind for name, kind in layers.items() if counterpart(name, of_a, of_b)}
    if not shared:
        raise ValueError(
            f"layers: b has none of {', '.join(filter(None, layers)) or 'them'}, but "
            f"{', '.join(filter(None, of_b)) or 'no modules'}; "
            'name those to compare, layers=([...], [...]), or take pairs="all"'
        )
    return shared


def counterpart(layer: str, of_a: Mapping[str, Call], of_b: Mapping[str, Call]) -> bool:
    """Whether the layer of this name in a has one in b: the same call of the same module.

    Args:
        layer: a name, as for `record_batches`, without an item.
        of_a, of_b: as `trace` gives them.
    """
    name, _, call = layer.partition("#")
    in_a, in_b = (
        sum(traced.partition("#")[0] == name for traced in calls) for calls in (of_a, of_b)
    )
    return int(call) <= in_b if call else in_a == in_b


def chosen(calls: Mapping[str, Call], batch: int, most: int) -> dict[str, str]:
    """A sensible choice of layers, by `RULE`, in the order of the forward pass.

    A block is any module whose output is given by none inside it, or by the last one. If there are
    more than `most` layers, what is inside blocks is left out, the innermost first; if that is not
    enough, layers are taken at equal steps.

    Returns:
        {layer: kind}; the kind of a chain is that of its first module, that of what gives the
        output of the network `"out"`.
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
    return layers


def _candidates(calls: Mapping[str, Call], batch: int) -> dict[str, str]:
    """{layer: kind} of all layers that `RULE` describes, however many."""
    by_output: dict[int, tuple[str, str, bool]] = {}  # by the identity of the output
    for name, call in calls.items():
        shape, key = call.output.shape, id(call.output)
        if not (name and call.kind and call.output.is_floating_point()):
            continue
        if len(shape) < 2 or shape[0] != batch or shape[1:].numel() == 1:
            continue
        if key in by_output and not by_output[key][2]:
            continue  # the output of a block has only been passed on
        kind = call.kind
        if id(call.source) in by_output and by_output[id(call.source)][2]:
            kind = by_output.pop(id(call.source))[1]
        by_output[key] = name, kind, call.leaf
    out = id(calls[""].output) if "" in calls else None
    return {name: "out" if key == out else kind for key, (name, kind, _) in by_output.items()}
