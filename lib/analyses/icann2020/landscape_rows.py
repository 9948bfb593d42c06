"""Curvature of the loss, and its rise, around a network."""

import math
from collections.abc import Iterator

from torch import nn

from ...pruning import Mask
from ...study.prepared_experiment import PreparedExperiment
from ..loss import Loss, mean_and_error
from .hessian import top_eigenvalues, trace
from .landscape_job import Landscape
from .loss_directions import loss_along

_ROW = {"number": 0, "radius": 0.0, "error": math.nan}
"""What a quantity without a number, a radius or an error has there."""


def landscape_rows(
    plan: Landscape, setting: PreparedExperiment, network: nn.Module, mask: Mask
) -> Iterator[dict]:
    """The rows of one network."""
    train = setting.inputs(setting.dataset.train, slice(plan.images))
    loss = Loss(network, *train, mask.kept)
    values = top_eigenvalues(loss, plan.eigenvalues).tolist()
    for number, value in enumerate(values):
        yield _ROW | {"quantity": "eigenvalue", "number": number, "value": value}
    value, error = trace(loss, plan.probes)
    yield _ROW | {"quantity": "trace", "value": value, "error": error}
    steps = sorted({0.0, *plan.radii, *(-radius for radius in plan.radii)})
    losses = loss_along(loss, steps, plan.directions)
    for number, along in enumerate(losses.tolist()):
        row = _ROW | {"quantity": "loss", "number": number}
        for radius, value in zip(steps, along, strict=True):
            yield row | {"radius": radius, "value": value}
    at = dict(zip(steps, losses.T, strict=True))
    for radius in plan.radii:
        # the mean of both ways, so that a slope cancels and curvature remains
        value, error = mean_and_error((at[-radius] + at[radius]) / 2 - at[0.0])
        row = _ROW | {"quantity": "increase", "radius": radius}
        yield row | {"value": value, "error": error}
