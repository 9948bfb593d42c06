"""What may be done to a representation without changing a metric, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Invariances:
    """Whether a metric stays the same, up to rounding.

    Args:
        symmetric: when x and y change places.
        permutation: when the columns of one side are reordered.
        orthogonal: when one side is rotated or reflected.
        invertible: when one side is multiplied by any invertible matrix.
        scale: when one side is multiplied by a positive number.
        translation: when a vector is added to all rows of one side.
        dead_columns: when one side gets more columns, which are constant. For `pwcca`: as long as
            the side with fewer columns remains the one with fewer.
    """

    symmetric: bool = True
    permutation: bool = True
    orthogonal: bool = True
    invertible: bool = False
    scale: bool = True
    translation: bool = True
    dead_columns: bool = True


ENTRY_BY_ENTRY = Invariances(
    permutation=False, orthogonal=False, translation=False, dead_columns=False
)

INVARIANCES = {
    "mean_cca": Invariances(invertible=True),
    "mean_cca_sum98": Invariances(invertible=True),
    "svcca": Invariances(),
    "svcca_sum98": Invariances(),
    "pwcca": Invariances(symmetric=False, orthogonal=False),
    "cka": Invariances(),
    "cka_debiased": Invariances(),
    "nbs": Invariances(),
    "procrustes": Invariances(),
    "linear_regression": Invariances(symmetric=False),
    "rsa": Invariances(),
    "knn_overlap": Invariances(),
    "cosine": ENTRY_BY_ENTRY,
    "agreement": ENTRY_BY_ENTRY,
    "logit_cosine": ENTRY_BY_ENTRY,
    "jensen_shannon": Invariances(
        permutation=False, orthogonal=False, scale=False, translation=False, dead_columns=False
    ),
}
