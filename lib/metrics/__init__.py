"""Similarity of two representations of the same data points: how, and how fast.

What is imported here is public. A metric that is declared in another module becomes one of
`METRICS`, with its accumulating form, by a line here.
"""
# ruff: noqa: F401

from .cca import mean_cca, pwcca, svcca
from .cka_nbs import cka, nbs
from .compare import compare
from .geometry import (
    intrinsic_dimension,
    knn_overlap,
    linear_regression,
    procrustes,
    rsa,
    without_leading_components,
)
from .metric import METRICS, Invariances, Metric
from .outputs import agreement, calibration_error, cosine, jensen_shannon, logit_cosine
from .representation import LayerRepresentations, Representation

ACCUMULATING = (
    *(metric.accumulating for metric in METRICS.values() if metric.accumulating),
    *("Cosine", "MinibatchCKA", "StreamedComparison"),
)
"""Forms of the metrics for data that come in batches, see `accumulate`."""


def __getattr__(name: str) -> object:
    # torchmetrics imports most of torchvision: seconds, which those who need none do not wait for
    if name in ACCUMULATING:
        from . import accumulate

        return getattr(accumulate, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
