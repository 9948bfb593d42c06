"""Similarity of two representations of the same data points: how, how sure, how fast."""

from typing import TYPE_CHECKING

from .bootstrap import bootstrap
from .catalogue import METRICS
from .cca import mean_cca, pwcca, svcca
from .comparison import LayerRepresentations, compare
from .dimension import intrinsic_dimension
from .geometry import knn_overlap, linear_regression, procrustes, rsa
from .invariances import INVARIANCES, Invariances
from .kernels import cka, nbs
from .outputs import agreement, calibration_error, cosine, jensen_shannon, logit_cosine
from .representation import Representation

if TYPE_CHECKING:
    from .accumulate import CKA, NBS, PWCCA, SVCCA, Cosine, MeanCCA, MinibatchCKA
    from .streamed import StreamedComparison

ACCUMULATING = frozenset({"CKA", "NBS", "PWCCA", "SVCCA", "Cosine", "MeanCCA", "MinibatchCKA"})


def __getattr__(name: str) -> object:
    # torchmetrics imports most of torchvision: seconds, which those who need none do not wait for
    if name in ACCUMULATING:
        from . import accumulate

        return getattr(accumulate, name)
    if name == "StreamedComparison":
        from .streamed import StreamedComparison

        return StreamedComparison
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "CKA",
    "INVARIANCES",
    "METRICS",
    "NBS",
    "PWCCA",
    "SVCCA",
    "Cosine",
    "Invariances",
    "LayerRepresentations",
    "MeanCCA",
    "MinibatchCKA",
    "Representation",
    "StreamedComparison",
    "agreement",
    "bootstrap",
    "calibration_error",
    "cka",
    "compare",
    "cosine",
    "intrinsic_dimension",
    "jensen_shannon",
    "knn_overlap",
    "linear_regression",
    "logit_cosine",
    "mean_cca",
    "nbs",
    "procrustes",
    "pwcca",
    "rsa",
    "svcca",
]
