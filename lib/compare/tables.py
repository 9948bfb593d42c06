"""Two networks, or an original and its levels of pruning, in one tidy table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, SupportsFloat

import torch
from torch import nn

from ..did_you_mean import check
from ..metrics.compare import DEFAULT_METRICS
from ..models.module_outputs import Forward, unwrapped
from .comparison import Comparison

if TYPE_CHECKING:
    import pandas as pd


def compare_networks(
    a: nn.Module,
    b: nn.Module,
    images: object,
    layers: Mapping[str, str | Sequence[str]] | Sequence[str] | None = None,
    metrics: Sequence[str] = DEFAULT_METRICS,
    pairs: str = "same",
    device: torch.device | str | None = None,
    batch_size: int = 64,
    *,
    strangers: Sequence[nn.Module] = (),
    reshapes: Sequence[str] | None = None,
    permutations: int = 0,
    seed: int = 0,
    groups: object = None,
    memory: int = 2 << 30,
    image_size: int = 224,
    forward: Forward | None = None,
    say: Callable[[str], object] | None = print,
    level: None = None,
) -> pd.DataFrame:
    """Compare the layers of any two networks on the same images.

    Both networks run in evaluation mode and in their own precision; afterwards their weights,
    buffers, modes and devices are as before, and so are all generators of random numbers. Metrics
    are computed in float64.

    An error refuses networks that draw random numbers in evaluation mode, stay in training mode,
    have batch normalisation without running statistics, or go on observing for a quantisation; and
    layers whose outputs do not have a row for each image: tokens that come first, packed
    sequences, final states of recurrent layers. Networks that are exported or scripted hide their
    layers: give the module.

    Args:
        a, b: the networks. Their layers give `(n, p)`, maps `(n, c, h, w)` or tokens `(n, t, d)`.
            They may be pruned, quantised, compiled, averaged or parallel.
        images: floats `(n, ...)`, numpy or torch; a `DataLoader` or another iterable of batches,
            each a tensor or a tuple that begins with one; a `torch.utils.data.Dataset`; or a
            folder, whose images are turned upright, cropped to `image_size` and normalised as for
            torchvision's networks. Batches of an iterator, or of anything else than a list or a
            `DataLoader` of known length, are kept, since they may be readable only once.
        layers: names of modules that both networks have, as for `lib.models.record_layers`; or
            `{name in a: name in b}`, between any two architectures, or `{name: [several]}`. None
            takes the layers that a declares in `recorded_layers`, or its main parts: its children,
            each in a `Sequential` or a list for itself, and each with the normalisation and
            activation after it. `say` receives which. Of several calls or tensors of a module the
            first is compared, as `note` says; `name:1` is the second tensor. Channels are where the
            module of PyTorch has them that made the output, or those around that gave the same
            shape. If none did, they come first in maps and last in tokens; `layout_x` shows how a
            layer was read, and `name@first` or `name@last` states it.
        metrics: names in `lib.metrics.METRICS`.
        pairs: `"same"` compares layers of the same name, `"all"` each layer of a with each of b.
        device: on which all networks run; None takes that of a.
        batch_size: images in a forward pass, unless they come in batches.
        strangers: complete networks like a, from other seeds. Each is compared with b, too,
            without nulls.
        reshapes: `"channels"`, in which a row is a position or a token; `"flat"`; or `"gap"`, the
            mean over positions or tokens. None takes the default of each metric.
        permutations, seed: as for `lib.metrics.compare`; p-values need 20 permutations or more.
        groups: a label for each image, in order, see `lib.metrics.permutation_null`; all nulls then
            need `permutations`. None for independent images; with nulls, `note` tells if some of
            the images are equal.
        memory: bytes that outputs and Gram matrices may take at a time. If it does not hold those
            of all layers, the images are read several times, and Gram matrices that are kept may
            take as much again. A pair of layers that needs more has no value, and `note` says how
            much it needs. The outputs of one batch and the work on one pair come on top.
        image_size: height and width of images from a folder.
        forward: a function that calls a network on a batch, such as
            `lambda network, batch: network(**batch)` for dicts, or `network(*batch)` for two
            inputs. The first tensor that it returns has a row for each image (or sentence, or node
            of a graph). A single dict is a batch, a single graph is given as `[graph]`. Sentences
            must have one length, since padding counts as tokens.
        say: receives a message about the images and the chosen layers; None for no message and no
            progress bar.
        level: None; it asked for intervals over images, which are no longer computed.

    Returns:
        a table with one row per number, by pairs of layers in forward order, and by reshape. Its
        columns are

        - `layer_x` and `layer_y`, the layer of a and that of b; `kind`, what the layer of a is,
          such as `conv`, or `out` if it gives the output; `layout_x` and `layout_y`, the dimensions
          of their outputs;
        - `metric`, `reshape` and `value`; `null_mean`, `null_sd`, `p_value`, `rank_x`, `rank_y`,
          `dead_x`, `dead_y` and `note`, as in `lib.metrics.compare`;
        - with strangers, `relative`, the relative similarity: 0 if strangers are on average as
          similar to b as a is, 1 if b is identical to a. `relative_low` and `relative_high` are its
          values for the most and the least similar stranger; if they enclose 0, some stranger is as
          similar as a. They are NaN if a value is missing or a stranger has similarity 1, as `note`
          then says;
        - `stranger_1` and so on, the similarity of each stranger to b.

        `attrs` has the number of `images`, and the message about `layers`.
        `table.pivot_table("value", "layer_x", "metric", sort=False)` has a row for each layer.

    Raises:
        TypeError: networks or images of other types.
        FileNotFoundError, OSError: there is no such folder, or a file in it is not an image.
        ValueError: anything else that cannot be compared; the message says what to do. If a layer
            gives NaN, infinite or complex values, only its own rows are missing, unless no other
            layer is left.
    """
    comparison = Comparison(
        a,
        images,
        layers,
        metrics,
        pairs,
        device,
        batch_size,
        reshapes=reshapes,
        permutations=permutations,
        seed=seed,
        groups=groups,
        memory=memory,
        image_size=image_size,
        forward=forward,
        say=say,
        level=level,
    )
    return comparison.table(b, _several(strangers))


def compare_levels(
    original: nn.Module,
    levels: Iterable[Sequence],
    images: object,
    *,
    strangers: Iterable[nn.Module] = (),
    folder: str | Path | None = None,
    **asked: object,
) -> pd.DataFrame:
    """Compare an original with its pruned networks, and these with strangers, at each level.

    The original and the strangers run once, and their statistics are kept, within `memory`.

    Args:
        original: the complete network; it is not changed.
        levels: the iterator of `lib.pruning.iterative_magnitude_pruning`; or pairs of a level, the
            share of weights left, and a network, such as `{0.5: half, 0.25: quarter}.items()`.
            Each level is compared before the next one is asked for.
        images: as for `compare_networks`.
        strangers: complete networks like the original, from other seeds. At each level they are
            compared with the pruned network.
        folder: keeps the table of each level as a CSV file, named after the level and a digest of
            what decides its numbers. Levels with such a file are not compared again.
        asked: other arguments of `compare_networks`, such as `metrics` and `layers`. `say` receives
            its message once.

    Returns:
        the rows of `compare_networks(original, network, images, strangers=strangers, **asked)` for
        each level; the first column is `level`.

    Raises:
        TypeError: levels that are no pairs of a number and a network.
        ValueError: an unknown argument; there is no level; a list has the same network for
            several levels; a pruned network is the original itself; or `compare_networks` refuses
            a level, which a note on the error names.
    """
    import pandas as pd  # takes a while

    for name in asked:
        check("argument", name, signature(compare_networks).parameters)
    strangers, pairs = _several(strangers), _pairs(levels)
    if not isinstance(levels, Iterator):
        pairs = [*pairs]
        if len({id(unwrapped(network)) for _, network in pairs}) < len(pairs):
            raise ValueError(
                "levels: the list has one network several times, in its state after the last "
                "level; give the iterator of iterative_magnitude_pruning itself, or a "
                "copy.deepcopy per level"
            )
    # before the iterator trains the first level, which may take hours
    comparison = Comparison(original, images, **asked)
    tables = []
    for level, network in pairs:
        if unwrapped(network) is unwrapped(original):
            raise ValueError(
                f"level {level:g}: got the original itself, which pruning has changed in place; "
                "prune a copy.deepcopy of it"
            )
        try:
            table = comparison.table(network, strangers, f"level {level:g}", folder)
        except Exception as error:
            error.add_note(f"a is the original, b the network of level {level:g}")
            raise
        table.insert(0, "level", float(level))
        tables.append(table)
    if not tables:
        raise ValueError("levels: got none; an iterator can be read only once")
    joined = pd.concat(tables, ignore_index=True)
    joined.attrs = {"images": comparison.images, "layers": comparison.said}
    return joined


def _several(networks: Iterable[nn.Module]) -> list[nn.Module]:
    return [networks] if isinstance(networks, nn.Module) else [*networks]


def _pairs(levels: Iterable[Sequence]) -> Iterator[Sequence]:
    """The level and the network of each; an error for a dict, for networks alone or for one,
    and for levels that are no numbers."""
    for given in [levels] if isinstance(levels, nn.Module) else levels:
        pair = given[:2] if isinstance(given, Sequence) else ()
        if [*map(isinstance, pair, (SupportsFloat, nn.Module))] != [True, True]:
            got = ", ".join(type(one).__name__ for one in pair) or type(given).__name__
            raise TypeError(
                f"levels: got {got}, want pairs of the share of weights left and a network, such "
                "as {0.5: half, 0.25: quarter}.items()"
            )
        yield pair
