"""Any two networks, compared layer by layer: one function, one tidy table."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from ..did_you_mean import check
from ..metrics import METRICS
from ..metrics.compare import DEFAULT_METRICS, by_reshape
from ..metrics.groups import check_permutations, group_labels
from ..metrics.inputs import RESHAPES
from ..metrics.jackknife import check_level
from ..models.module_outputs import Forward
from ..scale import relative_to_each
from ..validation import integer
from .compared_network import ComparedNetwork
from .images import Batches
from .layer_choice import MOST_LAYERS, choose_pairs
from .layer_pairs import rows_of_layers

if TYPE_CHECKING:
    import pandas as pd


def compare_networks(
    a: nn.Module,
    b: nn.Module,
    images: Tensor | str | Path | object,
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
    level: float | None = 0.95,
    groups: object = None,
    memory: int = 2 << 30,
    image_size: int = 224,
    forward: Forward | None = None,
    say: Callable[[str], object] | None = print,
) -> pd.DataFrame:
    """Compare the layers of any two networks on the same images.

    Both networks run in evaluation mode and in their own precision; afterwards their modes,
    buffers and devices are as before. Metrics are computed in float64.

    An error refuses networks that draw random numbers of PyTorch in evaluation mode, stay in
    training mode, or have batch normalisation without running statistics; and layers whose outputs
    do not have a row for each image: tokens that come first, packed sequences, final states of
    recurrent layers. Networks that are exported or scripted hide their layers: give the module.

    Args:
        a, b: the networks. Their layers give `(n, p)`, maps `(n, c, h, w)` or tokens `(n, t, d)`.
            They may be pruned, quantised, compiled, averaged or parallel.
        images: floats `(n, ...)`, numpy or torch; a `DataLoader` or another iterable of batches,
            each a tensor or a tuple that begins with one; a `torch.utils.data.Dataset`; or a
            folder, whose images are turned upright, cropped to `image_size` and normalised as for
            torchvision's networks. Batches of an iterator, or of anything else than a list or a
            `DataLoader` of known length, are kept, since they may be readable only once.
        layers: names of modules that both networks have, as for `lib.models.record_layers`; or
            `{name in a: name in b}`, between any two architectures, or `{name: [several]}`. With
            None, layers are chosen, and `say` receives which and why. If a module is called several
            times, only its first output is compared, as `note` says. Channels are taken to come
            first in maps and last in tokens, unless modules show otherwise, as in torchvision's
            Swin and after `nn.Conv1d`; `layout_x` and `layout_y` show how each layer was read. For
            a module of your own, `block@last` or `block@first` states where its channels are.
        metrics: names in `lib.metrics.METRICS`.
        pairs: `"same"` compares layers of the same name, `"all"` each layer of a with each of b.
        device: on which all networks run; None takes that of a.
        batch_size: images in a forward pass, unless they come in batches.
        strangers: complete networks like a, from other seeds. Each is compared with b, too. That
            takes as long as the comparison of a, without its nulls and intervals.
        reshapes: `"channels"`, in which a row is a position or a token; `"flat"`; or `"gap"`, the
            mean over positions or tokens. None takes the default of each metric.
        permutations, seed: as for `lib.metrics.compare`; p-values need 20 permutations or more.
        level: of the intervals, see `lib.metrics.jackknife_interval`; None saves their time.
        groups: a label for each image, in order, see `lib.metrics.permutation_null`. Nulls then
            need `permutations`, and intervals need as many groups as they otherwise need images.
            None for independent images; `note` tells if some of them are equal.
        memory: bytes that outputs and Gram matrices may take at a time. If it does not hold those
            of all layers, the images are read several times. A pair of layers that needs more has
            no value, and `note` says how much it needs. The outputs of one batch and the work on
            one pair come on top.
        image_size: height and width of images from a folder.
        forward: a function that calls a network on a batch, such as
            `lambda network, batch: network(**batch)` for dicts, or `network(*batch)` for two
            inputs. The first tensor that it returns has a row for each image (or sentence, or node
            of a graph). A single dict is a batch, a single graph is given as `[graph]`. Sentences
            must have one length, since padding counts as tokens.
        say: receives a message about the images and the chosen layers; None for no message.

    Returns:
        a table with one row per number, by pairs of layers in forward order, and by reshape. Its
        columns are

        - `layer_x` and `layer_y`, the layer of a and that of b; `kind`, what the layer of a is,
          such as `conv`, or `out` if it gives the output; `layout_x` and `layout_y`, the dimensions
          of their outputs;
        - `metric`, `reshape` and `value`; `null_mean`, `null_sd`, `p_value`, `rank_x`, `rank_y`,
          `dead_x`, `dead_y` and `note`, as in `lib.metrics.compare`;
        - `ci_low` and `ci_high`, the interval; `ci_note`, why there is none, or "";
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
    import pandas as pd  # takes a while

    metrics, reshapes, layers, strangers = (
        [given] if isinstance(given, str | nn.Module) else given
        for given in (metrics, reshapes, layers, strangers)
    )
    check("pairs", pairs, MOST_LAYERS)
    for argument, names, known in (("metric", metrics, METRICS), ("reshape", reshapes, RESHAPES)):
        for name in names or ():
            check(argument, name, known)
    check_permutations(permutations, seed)
    integer("memory", memory, 1)
    if level is not None:
        check_level(level)
    labels = group_labels(groups)
    if not (by_form := by_reshape(metrics, reshapes)):
        raise ValueError(
            f"metrics: got {list(metrics)}, none of which can be computed with "
            f"reshapes={reshapes}; change one of the two"
        )
    network_a = ComparedNetwork(a, "a", device, forward)
    networks = [network_a]
    for label, network in (("b", b), *((f"stranger {i}", s) for i, s in enumerate(strangers, 1))):
        networks.append(ComparedNetwork(network, label, network_a.device, forward))
    _check_strangers(networks)
    batches = Batches(images, batch_size, image_size, as_given=forward is not None)
    with ExitStack() as stack:
        for network in networks:
            stack.enter_context(network.traced(batches.first))
        if forward:
            batches.size = network_a.rows
        network_a, network_b, *others = networks
        chosen, message = choose_pairs(network_a, network_b, layers, pairs)
        of_others = [[(network.layer(x.name), y) for x, y in chosen] for network in others]
        for network in networks:
            network.calls.clear()  # which hold the outputs of all modules
        message = "\n".join(filter(None, (batches.description, message)))
        if say and message:
            say(message)
        asked = by_form, batches, memory, labels
        inference = {"permutations": permutations, "seed": seed, "level": level}
        rows, number = rows_of_layers((network_a, network_b), chosen, *asked, **inference)
        # strangers need no nulls and no intervals
        of_strangers = [
            rows_of_layers((network, network_b), of_network, *asked)[0]
            for network, of_network in zip(others, of_others, strict=True)
        ]
    if of_strangers:
        rows = [_with_strangers(*of_pair) for of_pair in zip(rows, *of_strangers, strict=True)]
    table = pd.DataFrame(rows)
    table.attrs = {"images": number, "layers": message}
    return table


def _check_strangers(networks: Sequence[ComparedNetwork]) -> None:
    """Refuse a stranger that is another network in the comparison, to which it would be equal."""
    for i, stranger in enumerate(networks[2:], 2):
        for other in networks[:i]:
            if other.network is stranger.network:
                raise ValueError(f"{stranger.label}: is {other.label} itself; want another network")


def _with_strangers(row: dict, *of_strangers: dict) -> dict:
    """The row of a, with its relative similarity and the values of strangers."""
    values = [other["value"] for other in of_strangers]
    relative = [math.nan] * 3
    try:
        if missing := [other["note"] for other in of_strangers if math.isnan(other["value"])]:
            raise ValueError(missing[0])
        if not math.isnan(row["value"]):
            relative = relative_to_each(row["value"], values)
    except ValueError as error:
        row["note"] = row["note"] or f"no relative similarity: {error}"
    row |= zip(("relative", "relative_low", "relative_high"), relative, strict=True)
    return row | {f"stranger_{i}": value for i, value in enumerate(values, start=1)}
