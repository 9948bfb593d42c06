"""The metrics by name: as functions, and as functions of a pair that shares its statistics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from .cca import mean_cca, mean_cca_of, pwcca, pwcca_of, svcca, svcca_of
from .geometry import (
    knn_overlap,
    knn_overlap_of,
    linear_regression,
    linear_regression_of,
    procrustes,
    procrustes_of,
    rsa,
    rsa_of,
)
from .inputs import RESHAPES
from .kernels import cka, cka_null_mean, cka_of, debiased_cka_of, nbs, nbs_of
from .outputs import (
    agreement,
    agreement_of,
    cosine,
    cosine_of,
    jensen_shannon,
    jensen_shannon_of,
    logit_cosine,
    logit_cosine_of,
)
from .pair import Pair

IMAGE_ROWS = ("flat", "gap")


@dataclass(frozen=True)
class Entry:
    """A metric by name.

    Args:
        function: `f(x, y) -> float`, of arrays.
        of_pair: the same of a `Pair`.
        reshape: the default one.
        reshapes: those that make sense.
        null_mean: exact mean over all permutations of the rows of a pair, where known.
        by_moments: whether second moments determine it, so that a `MomentPair` will do.
        by_gram: whether Gram matrices determine it, so that a `KernelPair` will do.
    """

    function: Callable[..., float]
    of_pair: Callable[[Pair], float]
    reshape: str
    reshapes: tuple[str, ...] = RESHAPES
    null_mean: Callable[[Pair], float] | None = None
    by_moments: bool = False
    by_gram: bool = False


CATALOGUE = {
    "mean_cca": Entry(mean_cca, mean_cca_of, "channels", by_moments=True, by_gram=True),
    "mean_cca_sum98": Entry(
        partial(mean_cca, mean="sum98"),
        partial(mean_cca_of, mean="sum98"),
        "channels",
        by_moments=True,
        by_gram=True,
    ),
    "svcca": Entry(svcca, svcca_of, "channels", by_moments=True, by_gram=True),
    "svcca_sum98": Entry(
        partial(svcca, mean="sum98"),
        partial(svcca_of, mean="sum98"),
        "channels",
        by_moments=True,
        by_gram=True,
    ),
    "pwcca": Entry(pwcca, pwcca_of, "channels", by_moments=True),
    "cka": Entry(cka, cka_of, "flat", null_mean=cka_null_mean, by_moments=True, by_gram=True),
    "cka_debiased": Entry(partial(cka, debiased=True), debiased_cka_of, "flat", by_gram=True),
    "nbs": Entry(nbs, nbs_of, "flat", by_moments=True, by_gram=True),
    "procrustes": Entry(procrustes, procrustes_of, "flat", by_moments=True, by_gram=True),
    "linear_regression": Entry(
        linear_regression, linear_regression_of, "channels", by_moments=True, by_gram=True
    ),
    "rsa": Entry(rsa, rsa_of, "flat", reshapes=IMAGE_ROWS, by_gram=True),
    "knn_overlap": Entry(knn_overlap, knn_overlap_of, "flat", reshapes=IMAGE_ROWS, by_gram=True),
    "cosine": Entry(cosine, cosine_of, "flat", reshapes=("flat",)),
    "agreement": Entry(agreement, agreement_of, "flat", reshapes=("flat",)),
    "jensen_shannon": Entry(jensen_shannon, jensen_shannon_of, "flat", reshapes=("flat",)),
    "logit_cosine": Entry(logit_cosine, logit_cosine_of, "flat", reshapes=("flat",)),
}

METRICS: dict[str, Callable[..., float]] = {
    name: entry.function for name, entry in CATALOGUE.items()
}
