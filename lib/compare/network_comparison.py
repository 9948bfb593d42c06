"""Any two networks, compared layer by layer: one function, one tidy table."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from ..did_you_mean import check
from ..metrics import METRICS
from ..metrics.compare import DEFAULT_METRICS
from ..metrics.orders import check_permutations
from ..validation import integer
from .compared_network import ComparedNetwork, Layer
from .images import Batches
from .layers import MOST, RULE, chosen, counterpart
from .plan import FORMS, ComparisonPlan, items

if TYPE_CHECKING:
    import pandas as pd

MEMORY = 2 << 30
BATCH = 64


def compare_networks(
    a: nn.Module,
    b: nn.Module,
    images: Tensor | str | Path | object,
    layers: Sequence[str] | tuple[Sequence[str], Sequence[str]] | None = None,
    metrics: Sequence[str] = DEFAULT_METRICS,
    pairs: str = "same",
    device: torch.device | str | None = None,
    batch_size: int = BATCH,
    *,
    reshapes: Sequence[str] | None = None,
    permutations: int = 0,
    seed: int = 0,
    memory: int = MEMORY,
    image_size: int = 224,
    say: Callable[[str], object] | None = print,
    progress: Callable[[int, int], object] | None = None,
) -> pd.DataFrame:
    """Compare the layers of any two networks on the same images.

    Both are run in evaluation mode, in their own precision; modes, buffers and devices are restored
    afterwards. Metrics are computed in float64.

    Layers are recorded for all images at once, as many as `memory` holds, and the images are gone
    through again for the rest. What doesn't fit alone, or comes only once, is summed up in second
    moments in one pass. They give the same numbers, without permutations, for all metrics that
    `METRICS` declares `by_moments`. The sums of `flat`, which CKA and NBS take by default, fit only
    for small maps; those of `channels` and `gap` nearly always. A number that would need more is
    NaN, and its note says what to do.

    Args:
        a, b: the networks. Pruned, quantised, compiled and `DataParallel` ones will do.
        images: `(n, ...)` floats, numpy or torch; a `DataLoader` or another iterable of batches,
            each a tensor, a tuple that begins with one, or a dict with `pixel_values`, `image` or
            the like; a `torch.utils.data.Dataset`; or a folder, whose images are cut to
            `image_size` and normalised as for torchvision's networks. Of an iterator, images that
            take up to a quarter of `memory` are kept, so that they can be gone through again.
        layers: names, as for `lib.models.record`: `layer1.0`, `relu#1` for a module's first call,
            `att:0` or `out:logits` for an item of its output. A tuple of two lists, of a and of b,
            asks for all pairs. None chooses, and `say` is told which layers and why.
        metrics: names in `lib.metrics.METRICS`.
        pairs: `"same"` for layers of the same name in both, or `"all"`.
        device: where both compute; None for where each of them is.
        batch_size: images in one forward pass, unless they come in batches.
        reshapes: of maps `"channels"`, `"flat"` or `"gap"`; of tokens `(n, t, d)` the same as
            `"tokens"` (a row is a token), `"flat"` or `"mean"`, and `"cls"` (the first token). None
            for the default of each metric.
        permutations: how many random permutations of the images sample the null; 20 or more for
            p-values. Where `permutation_null` knows all moments, as for `cka` where a row is one of
            four images or more, the null has these, and needs none.
        seed: of the permutations.
        memory: bytes that may be kept at a time: outputs, Gram matrices and images, or sums. The
            outputs of one batch come on top, and the work on one pair of layers.
        image_size: height and width of images from a folder.
        say: is told which layers were chosen; None for silence.
        progress: is given how many numbers are done, and how many there will be.

    Returns:
        a row for each number: `layer_x` of a, `layer_y` of b, `kind` of the former, `metric`,
        `reshape`; `value`, `null_mean`, `null_sd`, `p_value`, `rank_x`, `rank_y`, `dead_x` and
        `dead_y` as in `lib.metrics.compare`; `note`, why a value or its null is missing, or "".
        `attrs` has `images`, their number (0 if no value could be computed), and `layers`, what was
        said.

    Raises:
        TypeError: no networks or images of these kinds.
        FileNotFoundError, OSError: no folder of images; a file in it that is no image.
        ValueError: anything else that cannot be compared; the message says what to do.
    """
    import pandas as pd  # takes a while

    check("pairs", pairs, MOST)
    check_permutations(permutations, seed)
    integer("memory", memory, 1)
    metrics, layers, reshapes = (
        [one] if isinstance(one, str) else one for one in (metrics, layers, reshapes)
    )
    for metric in metrics:
        check("metric", metric, METRICS)
    for reshape in reshapes or ():
        check("reshape", reshape, FORMS)
    sides = ComparedNetwork(a, "a", device), ComparedNetwork(b, "b", device)
    batches = Batches(images, batch_size, image_size, memory)
    with ExitStack() as stack:
        # something may be compiled, and would skip hooks; PyTorch before 2.6 cannot switch it off
        if "torch._dynamo" in sys.modules and hasattr(torch.compiler, "set_stance"):
            stack.enter_context(torch.compiler.set_stance("force_eager"))
        for side in sides:
            stack.enter_context(side.at_work())
            side.try_out(batches.first)
        of_a, of_b, message = _layers(*sides, layers, pairs)
        if say and message:
            say(message)
        all_pairs = pairs == "all" or (isinstance(layers, tuple) and not isinstance(layers[0], str))
        named = product(of_a, of_b) if all_pairs else zip(of_a, of_b, strict=True)
        todo = [item for x, y in named for item in items(x, y, metrics, reshapes)]
        if not todo:
            raise ValueError(
                f"metrics: got {list(metrics)} with reshapes={reshapes}, which give no number; "
                "want metrics that are computed with one of these reshapes"
            )
        work = ComparisonPlan(*sides, batches, permutations, seed, memory - batches.bytes)
        rows = {(item.x.name, item.y.name): [] for item in todo}
        total = sum(len(item.asked) for item in todo)
        for done, row in enumerate(work.rows(todo), start=1):
            rows[row["layer_x"], row["layer_y"]].append(row)
            if progress:
                progress(done, total)
    table = pd.DataFrame([row for of_pair in rows.values() for row in of_pair])
    table.attrs = {"images": work.images, "layers": message}
    return table


def _layers(
    a: ComparedNetwork, b: ComparedNetwork, asked: Sequence | None, pairs: str
) -> tuple[list[Layer], list[Layer], str]:
    """The layers of both, and what is to be said about the choice."""
    message = ""
    if asked is None:
        kinds, parts = [], []
        for side in (a, b) if pairs == "all" else (a,):
            known = dict(getattr(side.network, "recorded_layers", ()))
            why = "which it declares"
            if not known:
                known = chosen(side.calls, len(side.sample), MOST[pairs])
                why = f"of {len(side.calls)} calls of modules, {MOST[pairs]} at most: {RULE}"
            kinds.append(known)
            parts.append(f"{side.label}: {len(known)} layers, {why}. {', '.join(known)}.")
        if pairs == "same":
            there = [name for name in known if counterpart(name, a.calls, b.calls)]
            if not there:
                raise ValueError(
                    f"layers: b has none of {', '.join(filter(None, known)) or 'them'}, but "
                    f"{', '.join(filter(None, b.calls)) or 'no modules'}; "
                    'name those to compare, layers=([...], [...]), or take pairs="all"'
                )
            if left_out := [name for name in known if name not in there]:
                parts.append(f"b: has no counterpart of {', '.join(left_out)}.")
            kinds = [{name: known[name] for name in there}] * 2
        message = "\n".join([*parts, "For others, layers=[...]."])
    elif isinstance(asked, tuple) and asked and not isinstance(asked[0], str):
        if len(asked) != 2:
            raise ValueError(f"layers: got {len(asked)} lists, want one of a and one of b")
        kinds = [dict.fromkeys(names, "") for names in asked]
    elif any(isinstance(name, list | tuple) for name in asked):
        raise ValueError("layers: got lists inside a list, want a tuple of two, ([...], [...])")
    else:
        kinds = [dict.fromkeys(asked, "")] * 2
    for side, known in zip((a, b), kinds, strict=True):
        if wrong := [name for name in known if not isinstance(name, str)]:
            raise ValueError(
                f"layers of {side.label}: got {wrong[0]!r}, want names, such as '0' or 'layer1.0'"
            )
        side.describe(known)
    return [*a.layers.values()], [*b.layers.values()], message
