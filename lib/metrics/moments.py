"""Second moments: the statistic whose size doesn't depend on the number of rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from .symmetric import add_lower, mirrored


@dataclass(frozen=True)
class Moments:
    """Count, mean `(p,)` and centred scatter `(p, p)` of rows, in float64.

    The scatter is the sum of `(row - mean)(row - mean)ᵀ`, not divided by the count.
    """

    count: int
    mean: Tensor
    scatter: Tensor

    @classmethod
    def of(cls, blocks: Iterable[Tensor]) -> Moments:
        """Moments of rows that arrive in blocks `(m, p)` of any float dtype, none of them longer
        than the first.

        Rows are shifted by the first block's mean before they are squared: else a large common
        offset would cancel all digits.
        """
        count, shift = 0, None
        for block in blocks:
            if shift is None:
                shift = block.to(torch.float64).mean(0)
                total = torch.zeros_like(shift)
                scatter = shift.new_zeros(len(shift), len(shift))
                # Fresh memory for each block would cost more than the arithmetic on it.
                buffer = shift.new_empty(block.shape)
            shifted = torch.sub(block, shift, out=buffer[: len(block)])
            count += len(block)
            total += shifted.sum(0)
            add_lower(scatter, shifted.T)
        if shift is None:
            raise ValueError("blocks: got none, want at least one")
        mirrored(scatter).sub_(torch.outer(total, total / count))
        return cls(count, shift + total / count, scatter)

    def of_columns(self, columns: slice) -> Moments:
        """The moments of some of the columns."""
        return Moments(self.count, self.mean[columns], self.scatter[columns, columns])
