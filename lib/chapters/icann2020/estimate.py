"""A mean over random draws, and how far to trust it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Estimate:
    """The mean of independent draws.

    Attributes:
        value: the mean.
        error: its standard error, which falls with the square root of the number of draws.
    """

    value: float
    error: float

    @classmethod
    def of(cls, draws: Tensor) -> Estimate:
        """The mean of `(n,)` numbers.

        Raises:
            ValueError: fewer than two, which have no standard error.
        """
        if len(draws) < 2:
            raise ValueError(f"a standard error needs at least 2 random draws, got {len(draws)}")
        return cls(draws.mean().item(), draws.std().item() / math.sqrt(len(draws)))
