"""Representations without their strongest directions."""

import torch
from torch import Tensor

from lib.metrics.inputs import as_matrix, as_tensor, with_float64


def without_leading_components(x: object, k: int) -> Tensor:
    """Remove the leading principal components, as if those directions had never been there.

    CKA and NBS without the leading directions, by whose variance they are ruled, tell
    whether the many others agree as well (cf. Ding et al. 2021).

    Args:
        x: `(n, p)` or `(n, c, h, w)`, numpy or torch; a row is a data point.
        k: how many components, 0 or more; 0 only centres.

    Returns:
        `(n, p)`, centred, float64, on the device of `x`. All zeros where `x` has no
        more than `k` directions.

    Raises:
        ValueError: input that no metric accepts.
    """
    rows = with_float64(as_matrix(as_tensor(x, "x"), "flat")).double()
    rows = rows - rows.mean(0)
    if k == 0:
        return rows
    if k >= min(rows.shape):
        return torch.zeros_like(rows)
    if rows.shape[0] <= rows.shape[1]:
        leading = torch.linalg.eigh(rows @ rows.T).eigenvectors[:, -k:]
        return rows - leading @ (leading.T @ rows)
    leading = torch.linalg.eigh(rows.T @ rows).eigenvectors[:, -k:]
    return rows - (rows @ leading) @ leading.T
