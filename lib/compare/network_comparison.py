"""Any two networks, compared layer by layer: one function, one tidy table."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import chain, product
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from ..did_you_mean import check
from ..metrics import METRICS
from ..metrics.compare import DEFAULT_METRICS
from ..metrics.jackknife import check_level
from ..metrics.orders import check_permutations
from ..models.module_outputs import Forward
from ..validation import integer
from .compared_network import ComparedNetwork
from .comparison_plan import ComparisonPlan
from .images import Batches
from .layer_choice import MOST_LAYERS, asks_for_all_pairs, describe_layers
from .layer_pairs import FORMS, LayerPair, items
from .padding import PaddingMask

if TYPE_CHECKING:
    import pandas as pd

MEMORY = 2 << 30
BATCH_SIZE = 64


def compare_networks(
    a: nn.Module,
    b: nn.Module,
    images: Tensor | str | Path | object,
    layers: Sequence[str] | tuple[Sequence[str], Sequence[str]] | None = None,
    metrics: Sequence[str] = DEFAULT_METRICS,
    pairs: str = "same",
    device: torch.device | str | None = None,
    batch_size: int = BATCH_SIZE,
    *,
    reshapes: Sequence[str] | None = None,
    permutations: int = 0,
    seed: int = 0,
    level: float | None = 0.95,
    memory: int = MEMORY,
    image_size: int = 224,
    forward: Forward | None = None,
    mask: PaddingMask | None = None,
    say: Callable[[str], object] | None = print,
    progress: Callable[[int, int], object] | None = None,
) -> pd.DataFrame:
    """Compare the layers of any two networks on the same images.

    Both are run in evaluation mode, in their own precision; modes, buffers and devices
    are restored afterwards. Metrics are computed in float64.

    Layers are recorded for all images at once, as many as `memory` holds, and the
    images are gone through again for the rest. What doesn't fit alone, or comes only
    once, is summed up in second moments in one pass. They give the same numbers,
    without permutations, for all metrics that `METRICS` declares `by_moments`. The sums
    of `flat`, which CKA and NBS take by default, fit only for small maps; those of
    `channels` and `gap` nearly always. A number that would need more is NaN, and its
    note says what to do.

    Args:
        a, b: the networks. Pruned, quantised, compiled and parallel ones will do.
        images: `(n, ...)` floats, numpy or torch; a `DataLoader` or another iterable of
            batches, each a tensor, a tuple that begins with one, or a dict with
            `pixel_values`, `image` or the like; a `torch.utils.data.Dataset`; or a
            folder, whose images are cut to `image_size` and normalised as for
            torchvision's networks. Of an iterator, images that take up to a quarter of
            `memory` are kept, so that they can be gone through again.
        layers: names, as for `lib.models.record_layers`: `layer1.0`, `relu#1` for a
            module's first call, `att:0` or `out:logits` for an item of its output. A
            tuple of two lists, of a and of b, asks for all pairs. None chooses, and
            `say` is told which layers and why.
        metrics: names in `lib.metrics.METRICS`.
        pairs: `"same"` for layers of the same name in both, or `"all"`.
        device: where both compute; None for where they are.
        batch_size: images in one forward pass, unless they come in batches.
        reshapes: of maps `"channels"`, `"flat"` or `"gap"`; of tokens `(n, t, d)` the
            same as `"tokens"` (a row is a token), `"flat"` or `"mean"`, and `"cls"`
            (the first token). None for the default of each metric.
        permutations: how many random permutations of the images sample the null; 20 or
            more for p-values. Where `permutation_null` knows all moments, as for `cka`
            where a row is one of four images or more, the null has these, and needs
            none.
        seed: of the permutations.
        level: of the intervals, the share of samples of images in which they cover what
            ever more images would give, see `lib.metrics.jackknife_interval`. They do
            not cover how networks differ that are trained alike. None for no intervals,
            which saves some time.
        memory: bytes that may be kept at a time: outputs, Gram matrices and images, or
            sums. The outputs of one batch come on top, and the work on one pair of
            layers.
        image_size: height and width of images from a folder.
        forward: how a network is called on a batch,
            `lambda network, batch: network(**batch)` for dicts, `network(*batch)` for two
            inputs. It returns what the network gives, beginning with a tensor that has
            a row for each image (or sentence, or node of a graph). Batches then come as
            they are; a dict of tensors is cut into some, a graph is one, `[graph]`.
        mask: which tokens of a batch count, `lambda batch: batch["attention_mask"]`:
            `(b, t)`, 0 for padding. Of all layers with t positions the others are left
            out of `"tokens"`, `"mean"` (then also the default of CKA, NBS and others
            that take `"flat"`, which would have padding in it) and `"cls"`, the first
            that counts.
        say: is told which layers were chosen; None for silence.
        progress: is given how many numbers are done, and how many there will be.

    Returns:
        a row for each number: `layer_x` of a, `layer_y` of b, `kind` of the former,
        `metric`, `reshape`; `value`, its interval `ci_low` to `ci_high`, `null_mean`,
        `null_sd`, `p_value`, `rank_x`, `rank_y`, `dead_x` and `dead_y` as in
        `lib.metrics.compare`; `note`, why a value or its null is missing, or "";
        `ci_note`, why a value has no interval, or "". `attrs` has `images`, their
        number (0 if no value could be computed), and `layers`, what was said.

    Raises:
        TypeError: no networks or images of these kinds.
        FileNotFoundError, OSError: no folder of images; a file in it that is no image.
        ValueError: anything else that cannot be compared; the message says what to do.
    """
    import pandas as pd  # takes a while

    _check_choices(pairs, permutations, seed, memory, level, forward=forward, mask=mask)
    metrics, reshapes = _known(metrics, METRICS, "metric"), _known(reshapes, FORMS, "reshape")
    layers = [layers] if isinstance(layers, str) else layers
    networks = [ComparedNetwork(net, name, device, forward) for net, name in ((a, "a"), (b, "b"))]
    of_a, of_b = (network.device for network in networks)
    if of_a != of_b:
        raise ValueError(f"b: is on {of_b}, a on {of_a}; device= computes both on one device")
    batches = Batches(images, batch_size, image_size, memory, as_given=forward is not None)
    with _at_work(networks, batches, mask):
        message = describe_layers(*networks, layers, pairs)
        if say and message:
            say(message)
        all_pairs = pairs == "all" or asks_for_all_pairs(layers)
        asked = _asked(*networks, all_pairs, metrics, reshapes)
        chosen = permutations, seed, memory - batches.bytes, level, mask
        plan = ComparisonPlan(*networks, batches, *chosen)
        table = pd.DataFrame(_in_order(plan.rows(asked), asked, progress))
    table.attrs = {"images": plan.images, "layers": message}
    return table


def _check_choices(
    pairs: str,
    permutations: int,
    seed: int,
    memory: int,
    level: float | None,
    **functions: Callable | None,
) -> None:
    check("pairs", pairs, MOST_LAYERS)
    check_permutations(permutations, seed)
    integer("memory", memory, 1)
    if level is not None:
        check_level(level)
    for name, function in functions.items():
        if function is not None and not callable(function):
            raise TypeError(f"{name}: got {type(function).__name__}, want a function; see its help")


def _known(
    names: str | Sequence[str] | None, known: Iterable[str], what: str
) -> Sequence[str] | None:
    """Some names, of which one may come alone, if all are known."""
    names = [names] if isinstance(names, str) else names
    for name in names or ():
        check(what, name, known)
    return names


@contextmanager
def _at_work(
    networks: Sequence[ComparedNetwork], batches: Batches, mask: PaddingMask | None
) -> Iterator[None]:
    """Both networks are on their devices, where they have been tried out."""
    with ExitStack() as stack:
        # something may be compiled, and would skip hooks; PyTorch before 2.6 cannot switch it off
        if "torch._dynamo" in sys.modules and hasattr(torch.compiler, "set_stance"):
            stack.enter_context(torch.compiler.set_stance("force_eager"))
        for network in networks:
            stack.enter_context(network.at_work())
            network.try_out(batches.first, mask)
        if networks[0].forward:
            batches.size, of_b = (network.size for network in networks)
            if batches.size != of_b:
                raise ValueError(
                    f"forward: gives {batches.size} rows of a for a batch, {of_b} of b"
                )
        yield


def _asked(
    a: ComparedNetwork,
    b: ComparedNetwork,
    all_pairs: bool,
    metrics: Sequence[str],
    reshapes: Sequence[str] | None,
) -> list[LayerPair]:
    """What is asked of the layers of both networks, in the order of the table."""
    of_a, of_b = a.layers.values(), b.layers.values()
    named = product(of_a, of_b) if all_pairs else zip(of_a, of_b, strict=True)
    asked = [item for x, y in named for item in items(x, y, metrics, reshapes)]
    if not asked:
        raise ValueError(
            f"metrics: got {list(metrics)} with reshapes={reshapes}, which give no number; "
            "want metrics that are computed with one of these reshapes"
        )
    return asked


def _in_order(
    rows: Iterable[dict],
    asked: Sequence[LayerPair],
    progress: Callable[[int, int], object] | None,
) -> list[dict]:
    """The rows, which come in any order, by pair of layers in the order asked for."""
    by_pair: dict[tuple[str, str], list[dict]] = {(pair.x.name, pair.y.name): [] for pair in asked}
    total = sum(len(pair.asked) for pair in asked)
    for done, row in enumerate(rows, start=1):
        by_pair[row["layer_x"], row["layer_y"]].append(row)
        if progress:
            progress(done, total)
    return [*chain.from_iterable(by_pair.values())]
