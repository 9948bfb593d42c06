"""The job that measures how sharp the minima of kept networks are."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from torch import nn

from ...data import normalise
from ...pruning import Mask
from ...study.experiment import PRECISIONS
from ...study.kept_networks import ask_networks
from ...study.setting import Setting
from ...study.study import Job, Study
from ...tables import LANDSCAPE
from .directions import loss_along, rise
from .hessian import top_eigenvalues, trace


def measure_landscape(study: Study, job: Job, setting: Setting, folder: Path) -> float:
    """Curvature and loss around each network on training images; leaves the table of landscape."""
    analysis, data = study.analysis(job), setting.dataset
    train = data.train.take(slice(analysis.images)).in_memory()
    dtype = PRECISIONS[setting.experiment.precision]
    images = normalise(train.pixels, data.mean, data.std, dtype), train.labels

    def ask(network: nn.Module, mask: Mask) -> Iterator[dict]:
        masked = {"mask": mask.kept}
        for number, value in enumerate(
            top_eigenvalues(network, *images, analysis.eigenvalues, **masked).tolist()
        ):
            yield _row("eigenvalue", value, number=number)
        found = trace(network, *images, analysis.probes, **masked)
        yield _row("trace", found.value, found.error)
        steps = sorted({0.0, *analysis.radii, *(-radius for radius in analysis.radii)})
        losses = loss_along(network, *images, steps, analysis.directions, **masked)
        for number, along in enumerate(losses.tolist()):
            for radius, value in zip(steps, along, strict=True):
                yield _row("loss", value, number=number, radius=radius)
        at = dict(zip(steps, losses.T, strict=True))
        for radius in analysis.radii:
            up = rise(at[-radius], at[radius], at[0.0])
            yield _row("increase", up.value, up.error, radius=radius)

    return ask_networks(study, job, setting, folder, LANDSCAPE, ask)


def _row(
    quantity: str, value: float, error: float = math.nan, number: int = 0, radius: float = 0.0
) -> dict:
    return {
        "quantity": quantity,
        "number": number,
        "radius": radius,
        "value": value,
        "error": error,
    }
