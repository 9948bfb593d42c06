"""Any two networks, compared layer by layer: one function, one tidy table."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from ..did_you_mean import check
from ..metrics import METRICS
from ..metrics.compare import DEFAULT_METRICS
from ..metrics.groups import check_permutations, group_labels
from ..metrics.jackknife import check_level
from ..models.module_outputs import Forward
from ..scale import place_among
from ..validation import integer
from .compared_network import ComparedNetwork
from .images import Batches
from .layer_choice import MOST_LAYERS, describe_layers
from .layer_pairs import FORMS, layer_pairs, rows_of_layers

if TYPE_CHECKING:
    import pandas as pd

PLACES = ("place", "place_low", "place_high")


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

    Both are run in evaluation mode, in their own precision; modes, buffers and devices are
    restored afterwards. Metrics are computed in float64.

    As many layers as fit into `memory` are recorded for all images at once; further layers take
    another pass over the images.

    Args:
        a, b: the networks, with layers that give `(n, p)`, maps `(n, c, h, w)` or tokens
            `(n, t, d)`. Pruned, quantised, compiled, averaged and parallel ones will do.
        images: `(n, ...)` floats, numpy or torch; a `DataLoader` or another iterable of batches,
            each a tensor or a tuple that begins with one; a `torch.utils.data.Dataset`; or a
            folder, whose images are turned upright, cut to `image_size` and normalised as for
            torchvision's networks. Images that come only once, from an iterator, are kept.
        layers: names, as for `lib.models.record_layers`: `layer1.0`, or `att:0` and `out:logits`
            for an item of a module's output. A list asks for layers of these names in both
            networks, `{name in a: name in b}` for these pairs, between any two architectures
            (`{name: [several]}` for several of b). None chooses, and `say` gets which and why.
            Maps have their channels first unless the modules that made them are known to have
            them last, such as `nn.Linear` and torchvision's Swin; columns `layout_x` and
            `layout_y` say how each layer was read. `block@last` or `block@first` states it for a
            module of your own. Of a module that is called several times, the first output counts.
        metrics: names in `lib.metrics.METRICS`.
        pairs: `"same"` for layers of the same name in both, or `"all"` for each of a beside each of
            b: those of a list, or chosen ones.
        device: where both compute; None for where they are.
        batch_size: images in one forward pass, unless they come in batches.
        strangers: other complete networks of a's kind, such as other seeds of it, each of which is
            compared with the same b: what any such network shares with b. Each takes as long as a
            does without nulls and intervals, and is in memory meanwhile.
        reshapes: of maps `"channels"`, `"flat"` or `"gap"`; of tokens `(n, t, d)` the same as
            `"tokens"` (a row is a token), `"flat"` or `"mean"`, and `"cls"` (the first token). None
            for the default of each metric.
        permutations, seed: as for `lib.metrics.compare`; 20 or more for p-values.
        level: of the intervals, see `lib.metrics.jackknife_interval`. None for no intervals, which
            saves some time.
        groups: a label for each image, in their order, see `lib.metrics.permutation_null`. Nulls
            then need `permutations`, and intervals as many groups as they want images without.
            None for independent images; the note says where they repeat exactly.
        memory: bytes that may be kept at a time: outputs and Gram matrices. The outputs of one
            batch come on top, and the work on one pair of layers. A pair that needs more has no
            value, and the note says how much.
        image_size: height and width of images from a folder.
        forward: how a network is called on a batch, `lambda network, batch: network(**batch)` for
            dicts, `network(*batch)` for two inputs. It returns what the network gives, beginning
            with a tensor that has a row for each image (or sentence, or node of a graph). Batches
            then come as they are; a dict is one, and so is a graph, `[graph]`. What pads sentences
            counts as tokens, except for `"cls"`: give sentences of one length.
        say: gets a message about the images and the chosen layers; None for silence.

    Returns:
        a long table, of which `table.pivot_table("value", "layer_x", "metric", sort=False)` has
        layers down, in forward order, and metrics across. A row for each number, in the order of
        what was asked: `layer_x` of a, `layer_y` of b, `kind` of the former; `layout_x` and
        `layout_y`, the dimensions of their outputs; `metric`, `reshape`; `value`, its interval
        `ci_low` to `ci_high`, `null_mean`, `null_sd`, `p_value`, `rank_x`, `rank_y`, `dead_x`,
        `dead_y` and `note` as in `lib.metrics.compare`; `ci_note`, why a value has no interval,
        or "". With strangers also `place`, where the value lies between those of
        strangers beside b (0, on average) and 1, by `lib.scale.place_among`, and `place_low` to
        `place_high`, its places beside single strangers; where these include 0, a stranger is as
        similar; NaN where a value is, or where a stranger's is 1, which the note says; and the
        values of strangers beside b themselves, `stranger_1` and so on. `attrs` has
        `images`, their number, and `layers`, what was said.

    Raises:
        TypeError: no networks or images of these kinds.
        FileNotFoundError, OSError: no folder of images; a file in it that is no image.
        ValueError: anything else that cannot be compared, such as a network that normalises by the
            batch, tokens that come first, or images that are all equal; the message says what to
            do. One layer that gives NaN, infinite or complex values costs its own rows alone,
            unless no other is left.
    """
    import pandas as pd  # takes a while

    check("pairs", pairs, MOST_LAYERS)
    check_permutations(permutations, seed)
    integer("memory", memory, 1)
    if level is not None:
        check_level(level)
    if forward is not None and not callable(forward):
        raise TypeError(f"forward: got {type(forward).__name__}, want a function; see its help")
    labels = group_labels(groups)
    metrics, reshapes, layers, strangers = (
        [given] if isinstance(given, str | nn.Module) else given
        for given in (metrics, reshapes, layers, strangers)
    )
    for what, names, known in (("metric", metrics, METRICS), ("reshape", reshapes or (), FORMS)):
        for name in names:
            check(what, name, known)
    networks = _networks(a, b, strangers, device, forward)
    batches = Batches(images, batch_size, image_size, as_given=forward is not None)
    with _at_work(networks, batches):
        of_a, of_b, *others = networks
        named, message = describe_layers(of_a, of_b, layers, pairs)
        for stranger in others:
            stranger.describe_like(of_a)
        message = "\n".join(filter(None, (batches.description, message)))
        if say and message:
            say(message)
        tables, judged = [], {"permutations": permutations, "seed": seed, "level": level}
        for network in (of_a, *others):
            asked = [
                pair
                for x, y in named
                for pair in layer_pairs(network.layers[x], of_b.layers[y], metrics, reshapes)
            ]
            if not asked:
                raise ValueError(
                    f"metrics: got {list(metrics)} with reshapes={reshapes}, which give no number; "
                    "want metrics that are computed with one of these reshapes"
                )
            both = network, of_b
            rows, number = rows_of_layers(both, asked, batches, memory, labels, **judged)
            tables.append(rows)
            judged = {}  # of strangers only values are asked
    rows, *of_strangers = tables
    if of_strangers:
        rows = [_placed(*beside) for beside in zip(rows, *of_strangers, strict=True)]
    table = pd.DataFrame(rows)
    table.attrs = {"images": number, "layers": message}
    return table


def _networks(
    a: nn.Module,
    b: nn.Module,
    strangers: Sequence[nn.Module],
    device: torch.device | str | None,
    forward: Forward | None,
) -> list[ComparedNetwork]:
    """a, b and the strangers, all on one device."""
    labels = "a", "b", *(f"stranger {i + 1}" for i in range(len(strangers)))
    given = zip((a, b, *strangers), labels, strict=True)
    networks = [ComparedNetwork(network, label, device, forward) for network, label in given]
    for network in networks[1:]:
        if network.device != networks[0].device:
            raise ValueError(
                f"{network.label}: is on {network.device}, a on {networks[0].device}; "
                "device= computes both on one device"
            )
    for i, stranger in enumerate(networks[2:], start=2):
        if same := [other.label for other in networks[:i] if other.network is stranger.network]:
            raise ValueError(f"{stranger.label}: is {same[0]} itself; want other networks")
    return networks


@contextmanager
def _at_work(networks: Sequence[ComparedNetwork], batches: Batches) -> Iterator[None]:
    """The networks are on their devices, where they have been tried out."""
    with ExitStack() as stack:
        # something may be compiled, and would skip hooks; PyTorch before 2.6 cannot switch it off
        if "torch._dynamo" in sys.modules and hasattr(torch.compiler, "set_stance"):
            stack.enter_context(torch.compiler.set_stance("force_eager"))
        for network in networks:
            stack.enter_context(network.at_work())
            network.try_out(batches.first)
            if network.forward and network.size != networks[0].size:
                raise ValueError(
                    f"forward: gives {networks[0].size} rows of a for a batch, "
                    f"{network.size} of {network.label}"
                )
        if networks[0].forward:
            batches.size = networks[0].size
        yield


def _placed(row: dict, *of_strangers: dict) -> dict:
    """The row of a, with its place among those of strangers."""
    row |= dict.fromkeys(PLACES, math.nan)
    row |= {f"stranger_{i}": other["value"] for i, other in enumerate(of_strangers, start=1)}
    try:
        if missing := [other for other in of_strangers if math.isnan(other["value"])]:
            raise ValueError(missing[0]["note"])
        if not math.isnan(row["value"]):
            place = place_among(row["value"], [other["value"] for other in of_strangers])
            row |= zip(PLACES, place, strict=True)
    except ValueError as error:
        row["note"] = row["note"] or f"no place: {error}"
    return row
