"""Second moments as plain sums that keep their digits, whatever the offset.

Sums of squares about zero lose all digits of a variance when the mean is large, and sums about a
shift can't be added when each worker has another shift. So the squares of the means are split into
parts of 24 bits. Sums of such parts are exact, and what cancels at the end cancels exactly.
"""

from __future__ import annotations

import torch
from torch import Tensor

from .moments import Moments

# Veltkamp's constant: of the 53 bits of a float64 it keeps the first 24.
SPLITTER = 2.0**29 + 1


SECOND = ("second", "second_mid", "second_rest")
"""The sums that are matrices."""


def bytes_of_sums(columns_x: int, columns_y: int) -> int:
    """Memory of the sums of one layer and reshape: three float64 matrices of all columns."""
    return 8 * len(SECOND) * (columns_x + columns_y) ** 2


def batch_sums(rows: Tensor) -> dict[str, Tensor]:
    """Sums over rows `(m, p)`, float64. Those of different batches may be added.

    Returns:
        `count` (), `first`, `first_rest` `(p,)`, `second`, `second_mid`, `second_rest` `(p, p)`.
        Terms of the same name add up to the first and second moments about zero.
    """
    origin = _short(rows.to(torch.float64).mean(0))
    shifted = rows - origin
    rest = shifted.sum(0)
    mixed = torch.outer(rest, origin)
    second, second_mid = _square(origin)
    return {
        "count": origin.new_tensor(len(rows)),
        "first": len(rows) * origin,
        "first_rest": rest,
        "second": len(rows) * second,
        "second_mid": len(rows) * second_mid,
        "second_rest": shifted.T @ shifted + mixed + mixed.T,
    }


def moments_of(sums: dict[str, Tensor]) -> Moments:
    """The centred moments that these sums stand for."""
    count = sums["count"]
    origin = _short((sums["first"] + sums["first_rest"]) / count)
    rest = sums["first"] - count * origin + sums["first_rest"]
    mixed = torch.outer(rest, origin)
    second, second_mid = _square(origin)
    scatter = (
        (sums["second"] - count * second)
        + (sums["second_mid"] - count * second_mid)
        + (sums["second_rest"] - mixed - mixed.T)
        - torch.outer(rest, rest / count)
    )
    return Moments(int(count), origin + rest / count, scatter)


def _short(values: Tensor) -> Tensor:
    """The first 24 bits of each number (Dekker 1971)."""
    scaled = values * SPLITTER
    return scaled - (scaled - values)


def _square(origin: Tensor) -> tuple[Tensor, Tensor]:
    """The outer square of numbers of 24 bits, exactly, as two parts of 24 bits."""
    square = torch.outer(origin, origin)
    leading = _short(square)
    return leading, square - leading
