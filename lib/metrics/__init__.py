"""Similarity of two representations of the same data points.

What is imported here is public. A metric declared in a new module needs a line here: to
import it is to add it, with its accumulating form, to `METRICS`. Studies may declare it
once `lib.settings.known_names` has its name.
"""

from .cca import mean_cca, mean_squared_cca, pwcca, svcca
from .channel_matching import UnitMatching, soft_matching, unit_matching
from .cka_nbs import cka, nbs
from .compare import compare
from .deconfounded import deconfounded_cka
from .geometry import intrinsic_dimension, linear_regression, procrustes, rsa
from .gradient_kernels import with_gradients
from .jackknife import jackknife_interval
from .kernel_cka import kernel_cka
from .layer_representations import LayerRepresentations
from .metric import METRICS, Invariances, Metric
from .neighbours import cknna, knn_overlap, mutual_knn
from .null import permutation_null
from .outputs import agreement, cosine, jensen_shannon, logit_cosine
from .predictivity import pls, ridge
from .representation import Representation

ACCUMULATING = (
    *(metric.accumulating for metric in METRICS.values() if metric.accumulating),
    *("Cosine", "MinibatchCKA"),
)
"""Names of the forms of the metrics for data that come in batches, see `accumulate`."""


def __dir__() -> list[str]:
    return sorted({*globals(), *METRICS, *ACCUMULATING})


def __getattr__(name: str) -> object:
    if name in METRICS:
        return METRICS[name]  # a variant, such as `cka_debiased`
    # imported when it is first needed: torchmetrics takes seconds, since it imports torchvision
    if name in ACCUMULATING:
        from . import accumulate

        return getattr(accumulate, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
