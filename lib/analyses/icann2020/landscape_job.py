"""How sharp the minima of kept networks are."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from ...pruning import Mask
from ...study.prepared_experiment import PreparedExperiment
from ..loss import Loss, mean_and_error
from ..network_analysis import NetworkAnalysis
from .experiments import MINIMA
from .hessian import top_eigenvalues, trace
from .loss_directions import loss_along
from .tables import LANDSCAPE as TABLE

_ROW = {"number": 0, "radius": 0.0, "error": math.nan}
"""What a quantity without a number, a radius or an error has there."""


@dataclass(frozen=True)
class Landscape(NetworkAnalysis):
    """Curvature and loss around each network, in the space of the surviving weights.

    Attributes:
        images: how many training images, the first ones, never augmented.
        eigenvalues: how many of the Hessian's largest.
        probes: random vectors for its trace.
        directions: random filter-normalised directions (Li et al. 2018).
        radii: how far along them, relative to the length of each filter.
    """

    name: ClassVar[str] = TABLE.name
    chapter: ClassVar[str] = "icann2020"
    images: int = 1000
    eigenvalues: int = 3
    probes: int = 10
    directions: int = 5
    radii: tuple[float, ...] = (0.05, 0.1, 0.2, 0.4)

    def rows(self, setting: PreparedExperiment, network: nn.Module, mask: Mask) -> Iterator[dict]:
        train = setting.inputs(setting.dataset.train, slice(self.images))
        loss = Loss(network, *train, mask.kept)
        values = top_eigenvalues(loss, self.eigenvalues).tolist()
        for number, value in enumerate(values):
            yield _ROW | {"quantity": "eigenvalue", "number": number, "value": value}
        value, error = trace(loss, self.probes)
        yield _ROW | {"quantity": "trace", "value": value, "error": error}
        steps = sorted({0.0, *self.radii, *(-radius for radius in self.radii)})
        losses = loss_along(loss, steps, self.directions)
        for number, along in enumerate(losses.tolist()):
            row = _ROW | {"quantity": "loss", "number": number}
            for radius, value in zip(steps, along, strict=True):
                yield row | {"radius": radius, "value": value}
        at = dict(zip(steps, losses.T, strict=True))
        for radius in self.radii:
            # the mean of both ways, so that a slope cancels and curvature remains
            value, error = mean_and_error((at[-radius] + at[radius]) / 2 - at[0.0])
            row = _ROW | {"quantity": "increase", "radius": radius}
            yield row | {"value": value, "error": error}


_LESS = {"tiny": {"images": 8, "eigenvalues": 1, "probes": 2, "directions": 2}}

DECLARED = {
    profile: {name: Landscape(when, **_LESS.get(profile, {})) for name, when in minima.items()}
    for profile, minima in MINIMA.items()
}
