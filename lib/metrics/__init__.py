"""Similarity of two representations of the same data points.

The names imported here are public. A metric in a new module needs an import here, which adds it to
`METRICS`; experiments may then name it.
"""

from .cca import mean_cca, pwcca, svcca
from .cka_nbs import cka, cka_debiased, nbs
from .compare import compare
from .geometry import intrinsic_dimension, knn_overlap, linear_regression, procrustes, rsa
from .metric import METRICS, Invariances, Metric
from .null import permutation_null
from .outputs import cosine
from .representation import LayerRepresentations, Representation
