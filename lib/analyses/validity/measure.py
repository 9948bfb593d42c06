"""Similarity of networks to which damage is done, and their accuracy."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import torch
from torch import Tensor, nn

from ...metrics import LayerRepresentations, Representation, compare, deconfounded_cka
from ...metrics.geometry import IMAGE_ROWS
from ...metrics.inputs import DegenerateError
from ...models import record_layers
from ...settings.known_names import RESHAPES
from ..damage_sizes import DAMAGES, NONE, STRANGER
from ..damages import damaged
from ..measured_networks import EVERY_KIND
from .tables import ACCURACY

CONFOUND = 4.0
"""Images with an input confound become brighter from the first one, which is as it was,
to the last, by so much in units of the network's input (after Cui et al. 2022)."""


def measure(
    first: nn.Module,
    second: nn.Module,
    images: Tensor,
    layers: Sequence[str],
    counts: Sequence[int],
    damages: Mapping[str, Sequence[float]] = DAMAGES,
    *,
    stranger: nn.Module | None = None,
    accuracy: Callable[[nn.Module], float] | None = None,
) -> Iterator[dict]:
    """How similar two networks are, while one layer of the second is damaged after another.

    With no damage, and with that by a stranger, images with an input confound are
    compared as well.

    Args:
        first, second: two versions of a network.
        images: (n, c, h, w) of the probe.
        layers: names of modules.
        counts: with how many of the images to compare.
        damages: {damage: sizes}, see `DAMAGES`; {NONE: (0,)} for the networks as they
            are.
        stranger: an independently trained network, for the damage of that name.
        accuracy: gives that of a network; None to leave it out.

    Yields:
        rows of `DETECTION`, without the columns that tell networks apart.
    """
    brightness = torch.linspace(0, CONFOUND, len(images)).to(images)
    shown = {False: images, True: images + brightness[:, None, None, None]}
    spread = {n: torch.linspace(0, len(images) - 1, n).long() for n in counts}
    probes = {(n, confounded): shown[confounded][spread[n]] for n in counts for confounded in shown}
    inputs = {probe: Representation(seen, "flat") for probe, seen in probes.items()}
    for layer in layers:
        x = {
            probe: LayerRepresentations(record_layers(first, seen, [layer])[layer])
            for probe, seen in probes.items()
        }
        for damage, size in ((name, size) for name in damages for size in damages[name]):
            head = {"layer": layer, "damage": damage, "size": float(size)}
            with damaged(second, layer, damage, size, stranger):
                for (n, confounded), seen in probes.items():
                    if confounded and damage not in (NONE, STRANGER):
                        continue
                    case = head | {"images": n, "confounded": confounded}
                    y = LayerRepresentations(record_layers(second, seen, [layer])[layer], name="y")
                    for row in _rows(x[n, confounded], y, inputs[n, confounded]):
                        yield case | {key: row[key] for key in ("metric", "reshape", "value")}
                if accuracy:
                    number = {"metric": ACCURACY, "reshape": "", "value": accuracy(second)}
                    yield head | {"images": 0, "confounded": False} | number


def _rows(
    x: LayerRepresentations, y: LayerRepresentations, inputs: Representation
) -> Iterator[dict]:
    """Each metric on all reshapes that make sense for it, and deconfounded CKA with the inputs."""
    yield from compare(x, y, metrics=EVERY_KIND, reshapes=RESHAPES)
    for reshape in IMAGE_ROWS:
        try:
            value = deconfounded_cka(x.reshaped(reshape), y.reshaped(reshape), inputs)
        except DegenerateError:
            value = math.nan
        yield {"metric": "deconfounded_cka", "reshape": reshape, "value": value}
