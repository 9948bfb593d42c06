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

    Both networks run in evaluation mode and in their own precision; afterwards their modes, buffers
    and devices are as before. Metrics are computed in float64. If `memory` does not hold the
    outputs of all layers, the images are read several times.

    Args:
        a, b: the networks. Their layers give `(n, p)`, maps `(n, c, h, w)` or tokens `(n, t, d)`.
            They may be pruned, quantised, compiled, averaged or parallel.
        images: floats `(n, ...)`, numpy or torch; a `DataLoader` or another iterable of batches,
            each a tensor or a tuple that begins with one; a `torch.utils.data.Dataset`; or a
            folder, whose images are turned upright, cropped to `image_size` and normalised as for
            torchvision's networks. Images from an iterator, which can be read only once, are kept.
        layers: names as for `lib.models.record_layers`: `layer1.0`, or `att:0` and `out:logits`
            for an item of a module's output. A list names layers that both networks have.
            `{name in a: name in b}` names pairs, between any two architectures, and
            `{name: [several]}` pairs a layer of a with several of b. With None, layers are chosen,
            and `say` receives which and why. Channels are taken to come first, unless they are
            known to come last, as for `nn.Linear` and torchvision's Swin; the columns `layout_x`
            and `layout_y` show how each layer was read. For a module of your own, `block@last` or
            `block@first` states where its channels are. If a module is called several times, its
            first output is compared.
        metrics: names in `lib.metrics.METRICS`.
        pairs: `"same"` compares layers of the same name, `"all"` each layer of a with each of b.
        device: on which both networks run; None leaves them where they are.
        batch_size: images in a forward pass, unless they come in batches.
        strangers: complete networks like a, from other seeds. Each is compared with b, too. That
            takes as long as the comparison of a, without its nulls and intervals.
        reshapes: for maps `"channels"`, `"flat"` or `"gap"`; for tokens `"tokens"` (a row is a
            token), `"flat"`, `"mean"` or `"cls"` (the first token). None takes the default of each
            metric.
        permutations, seed: as for `lib.metrics.compare`; p-values need 20 permutations or more.
        level: of the intervals, see `lib.metrics.jackknife_interval`. None saves the time that
            intervals take.
        groups: a label for each image, in order, see `lib.metrics.permutation_null`. Nulls then
            need `permutations`, and intervals need as many groups as they otherwise need images.
            None for independent images; `note` tells if some of them are equal.
        memory: bytes that outputs and Gram matrices may take at a time. The outputs of one batch
            and the work on one pair of layers come on top. A pair that needs more has no value, and
            `note` says how much it needs.
        image_size: height and width of images from a folder.
        forward: a function that calls a network on a batch, such as
            `lambda network, batch: network(**batch)` for dicts, or with `network(*batch)` for two
            inputs. The first tensor that it returns has a row for each image (or sentence, or node
            of a graph). Batches are passed on as they are; a single dict is a batch, a single graph
            is given as `[graph]`. Padding of sentences counts as tokens, except for `"cls"`: give
            sentences of one length.
        say: a function that receives a message about the images and the chosen layers; None for
            no message.

    Returns:
        a table with one row per number, in the order of the arguments. With
        `table.pivot_table("value", "layer_x", "metric", sort=False)`, layers become rows, in
        forward order, and metrics columns. The columns of the table are

        - `layer_x` and `layer_y`, the layer of a and that of b; `kind`, what the layer of a is,
          such as `conv`, or `out` if it gives the output; `layout_x` and `layout_y`, the dimensions
          of their outputs;
        - `metric`, `reshape` and `value`; `null_mean`, `null_sd`, `p_value`, `rank_x`, `rank_y`,
          `dead_x`, `dead_y` and `note`, as in `lib.metrics.compare`;
        - `ci_low` and `ci_high`, the interval; `ci_note`, why there is none, or "";
        - with strangers, `place`, the relative similarity: 0 if strangers are on average as similar
          to b as a is, 1 if b is identical to a. `place_low` and `place_high` are its values for
          the most and the least similar stranger; if they enclose 0, some stranger is as similar as
          a. They are NaN if a value is missing or a stranger has similarity 1, as `note` then says;
        - `stranger_1` and so on, the similarity of each stranger to b.

        `attrs` has the number of `images`, and the message about `layers`.

    Raises:
        TypeError: networks or images of other types.
        FileNotFoundError, OSError: there is no such folder, or a file in it is not an image.
        ValueError: anything else that cannot be compared, such as a network that normalises by the
            batch, tokens that come first, or images that are all equal; the message says what to
            do. If a layer gives NaN, infinite or complex values, only its own rows are missing,
            unless no other layer is left.
    """
    import pandas as pd  # takes a while

    check("pairs", pairs, MOST_LAYERS)
    check_permutations(permutations, seed)
    integer("memory", memory, 1)
    if level is not None:
        check_level(level)
    if forward is not None and not callable(forward):
        raise TypeError(f"forward: got {type(forward).__name__}, want a function of network, batch")
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
                    f"metrics: got {list(metrics)}, none of which can be computed with "
                    f"reshapes={reshapes}; change one of the two"
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
                f"{network.label}: is on {network.device}, but a is on {networks[0].device}; "
                "give device=, on which both then run"
            )
    for i, stranger in enumerate(networks[2:], start=2):
        if same := [other.label for other in networks[:i] if other.network is stranger.network]:
            raise ValueError(f"{stranger.label}: is {same[0]} itself; want another network")
    return networks


@contextmanager
def _at_work(networks: Sequence[ComparedNetwork], batches: Batches) -> Iterator[None]:
    """Move the networks to their devices and try them out there."""
    with ExitStack() as stack:
        # something may be compiled, and would skip hooks; PyTorch before 2.6 cannot switch it off
        if "torch._dynamo" in sys.modules and hasattr(torch.compiler, "set_stance"):
            stack.enter_context(torch.compiler.set_stance("force_eager"))
        for network in networks:
            stack.enter_context(network.at_work())
            network.try_out(batches.first)
            if network.forward and network.size != networks[0].size:
                raise ValueError(
                    f"forward: gives {networks[0].size} rows for a batch with a, but "
                    f"{network.size} rows with {network.label}"
                )
        if networks[0].forward:
            batches.size = networks[0].size
        yield


def _placed(row: dict, *of_strangers: dict) -> dict:
    """The row of a, with its relative similarity and the values of strangers."""
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
