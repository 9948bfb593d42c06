"""How similar a network stays to its original while it is pruned, from level to level."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from torch import nn

from ..models.module_outputs import unwrapped
from .network_comparison import compare_networks

if TYPE_CHECKING:
    import pandas as pd


def compare_levels(
    original: nn.Module,
    levels: Iterable[Sequence],
    images: object,
    *,
    strangers: Iterable[nn.Module] = (),
    **asked: object,
) -> pd.DataFrame:
    """Compare an original with its pruned networks, and these with strangers, at each level.

    Args:
        original: the complete network; it is not changed.
        levels: the iterator of `lib.pruning.iterative_magnitude_pruning`; or pairs of a level, the
            share of weights left, and a network, such as `{0.5: half, 0.25: quarter}.items()`.
            Each level is compared before the next one is asked for.
        images: as for `compare_networks`.
        strangers: complete networks like the original, from other seeds. At each level they are
            compared with the pruned network.
        asked: other arguments of `compare_networks`, such as `metrics` and `layers`. `say` receives
            its message once.

    Returns:
        the rows of `compare_networks(original, network, images, strangers=strangers, **asked)` for
        each level; the first column is `level`.

    Raises:
        TypeError: levels that are no pairs of a number and a network.
        ValueError: there is no level; a list has the same network for several levels; a pruned
            network is the original itself; or `compare_networks` refuses a level, which a note on
            the error names.
    """
    import pandas as pd  # takes a while

    if not isinstance(strangers, nn.Module):
        strangers = [*strangers]  # all of them are needed at each level
    if isinstance(images, Iterator):
        images = [*images]
    pairs = _pairs(levels)
    if not isinstance(levels, Iterator):
        pairs = _of_several_networks(pairs)
    tables: list[pd.DataFrame] = []
    for level, network in pairs:
        if unwrapped(network) is unwrapped(original):
            raise ValueError(
                f"level {level:g}: got the original itself, which pruning has changed in place; "
                "prune a copy.deepcopy of it"
            )
        try:
            table = compare_networks(original, network, images, strangers=strangers, **asked)
        except Exception as error:
            error.add_note(f"a is the original, b the network of level {level:g}")
            raise
        table.insert(0, "level", float(level))
        tables.append(table)
        asked["say"] = None
    if not tables:
        raise ValueError("levels: got none; an iterator can be read only once")
    joined = pd.concat(tables, ignore_index=True)
    joined.attrs = tables[0].attrs
    return joined


def _of_several_networks(pairs: Iterable[Sequence]) -> list[Sequence]:
    """The pairs; refused if one network object, which has one state, stands for several."""
    pairs = [*pairs]
    if len({id(unwrapped(network)) for _, network in pairs}) < len(pairs):
        raise ValueError(
            "levels: the list has one network several times, in its state after the last level; "
            "give the iterator of iterative_magnitude_pruning itself, or a copy.deepcopy per level"
        )
    return pairs


def _pairs(levels: Iterable[Sequence]) -> Iterator[Sequence]:
    """The level and the network of each; an error for a dict, for networks alone, or for one."""
    for given in [levels] if isinstance(levels, nn.Module) else levels:
        pair = given[:2] if isinstance(given, Sequence) else ()
        if len(pair) < 2 or not isinstance(pair[1], nn.Module):
            raise TypeError(
                f"levels: got {type(given).__name__}, want pairs of the share of weights left and "
                "a network, such as {0.5: half, 0.25: quarter}.items()"
            )
        yield pair
