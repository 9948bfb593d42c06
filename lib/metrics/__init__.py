"""Similarity of two representations of the same data points: how, how sure, how fast."""

from .accumulate import CKA, NBS, PWCCA, SVCCA, Cosine, MeanCCA, MinibatchCKA
from .bootstrap import bootstrap
from .catalogue import METRICS
from .cca import mean_cca, pwcca, svcca
from .comparison import LayerRepresentations, compare
from .geometry import knn_overlap, linear_regression, procrustes, rsa
from .invariances import INVARIANCES, Invariances
from .kernels import cka, nbs
from .outputs import agreement, calibration_error, cosine, jensen_shannon, logit_cosine
from .representation import Representation

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
    "agreement",
    "bootstrap",
    "calibration_error",
    "cka",
    "compare",
    "cosine",
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
