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

    For example, with a function `train` of the network and its mask::

        pruned = iterative_magnitude_pruning(copy.deepcopy(original), train, (0.5, 0.25, 0.125))
        table = compare_levels(original, pruned, images, strangers=[other], metrics="cka")
        plot_levels(table)

    Args:
        original: the complete network, which stays as it is.
        levels: what `lib.pruning.iterative_magnitude_pruning` yields; or pairs of a level, the
            share of weights left, and a network, such as `{0.5: half, 0.25: quarter}.items()`.
            Each is compared before the next is asked for.
        images: as for `compare_networks`.
        strangers: other complete networks of the original's kind, compared with the pruned network
            of each level.
        asked: other arguments of `compare_networks`, such as `metrics` and `layers`. `say` is
            called once, with the chosen layers.

    Returns:
        the rows of `compare_networks(original, network, images, strangers=strangers, **asked)`,
        level after level, below each other; the first column is `level`.

    Raises:
        ValueError: no levels; a list in which one network stands for several levels; the original
            as one of the pruned networks; what `compare_networks` refuses, with a note that names
            the level.
    """
    import pandas as pd  # takes a while

    if not isinstance(strangers, nn.Module):
        strangers = [*strangers]  # all of them are needed at each level
    if isinstance(images, Iterator):
        images = [*images]
    if not isinstance(levels, Iterator):
        levels = _of_several_networks(levels)
    tables: list[pd.DataFrame] = []
    for level, network, *_ in levels:
        if unwrapped(network) is unwrapped(original):
            raise ValueError(
                f"level {level:g}: is the original itself, which pruning changes in place; "
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
        raise ValueError("levels: got none; what is an iterator can be gone through only once")
    joined = pd.concat(tables, ignore_index=True)
    joined.attrs = tables[0].attrs
    return joined


def _of_several_networks(levels: Iterable[Sequence]) -> list[Sequence]:
    """The levels; refused if one network object, which has one state, stands for several."""
    levels = [*levels]
    if len({id(unwrapped(network)) for _, network, *_ in levels}) < len(levels):
        raise ValueError(
            "levels: has one network several times, as it is now, after the last level; give the "
            "iterator of iterative_magnitude_pruning itself, or a copy.deepcopy for each level"
        )
    return levels
