"""The pairs of layers of two networks: those that are named, or a default choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from .compared_network import ComparedNetwork, Layer
from .trace import RULE, default_layers

MOST_LAYERS = {"same": 32, "all": 12}
"""Most layers of a network in the default choice; there are as many pairs, or the square of
this."""

PAIRED = "layers={name in a: name in b}"


def choose_pairs(
    a: ComparedNetwork, b: ComparedNetwork, asked: Sequence | Mapping | None, pairs: str
) -> tuple[list[tuple[Layer, Layer]], str]:
    """Pairs of layers of a and b, and a message about the default choice, or ""."""
    if asked is not None:
        named = _named(asked, pairs)
        of_a = [a.layer(x) for x, _ in named]
        try:
            of_b = [b.layer(y) for _, y in named]
        except ValueError as error:
            reason = str(error).rstrip(".")
            raise ValueError(f"{reason}. To pair layers of other names: {PAIRED}") from error
        return [*dict.fromkeys(zip(of_a, of_b, strict=True))], ""
    of_a, message = _proposed(a, pairs)
    if pairs == "all":
        of_b, about_b = _proposed(b, pairs)
        chosen, message = [*product(of_a, of_b)], f"{message}\n{about_b}"
    else:
        chosen = [(name, name) for name in of_a if name in b.calls]
        of_b = of_a
        if not chosen:
            raise ValueError(
                f"layers: b has none of {_listed(of_a)}, but {_listed(b.calls)}; say which "
                f'pairs, {PAIRED}, or take pairs="all"'
            )
        if left_out := [name for name in of_a if name not in b.calls]:
            message += f"\nb: has no layers of the names {', '.join(left_out)}."
            message += ' pairs="all" compares layers whatever their names.'
    layers = [(a.layer(x, of_a[x]), b.layer(y, of_b[y])) for x, y in chosen]
    return layers, f"{message}\nlayers=[...] compares others."


def _named(asked: Sequence | Mapping, pairs: str) -> list[tuple[str, str]]:
    """Pairs of names of layers."""
    if isinstance(asked, Mapping):
        if pairs == "all":
            raise ValueError('layers: {a: b} names the pairs; leave out pairs="all"')
        lists = {x: ys if isinstance(ys, list | tuple) else [ys] for x, ys in asked.items()}
        named = [(x, y) for x, ys in lists.items() for y in ys]
    else:
        named = [*product(asked, asked)] if pairs == "all" else [(name, name) for name in asked]
    if not named:
        raise ValueError("layers: got none; give one name at least, or leave out layers=")
    return named


def _proposed(network: ComparedNetwork, pairs: str) -> tuple[dict[str, str], str]:
    """{layer: kind} of the declared layers, or of the default choice, and the reason."""
    layers, why = dict(getattr(network.network, "recorded_layers", ())), "which it declares"
    if not layers:
        most, number = MOST_LAYERS[pairs], len(network.calls)
        layers = default_layers(network.calls, network.rows, most)
        why = f"chosen from {number} modules, {most} at most: {RULE}"
    if not layers:
        raise ValueError(
            f"layers: no module of {network.label} gives floats for each image, with images first; "
            "name what to compare, layers=[...], or have the network return such a tensor"
        )
    return layers, f"{network.label}: {len(layers)} layers, {why}. They are {_listed(layers)}."


def _listed(names: Sequence[str] | Mapping[str, object]) -> str:
    return ", ".join(name or "its output" for name in names)
