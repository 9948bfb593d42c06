"""The range of a similarity, and what happens outside of it."""

from __future__ import annotations

import torch

EPS = torch.finfo(torch.float64).eps

ROUNDING = 1e-9


def similarity(metric: str, value: float, rounding: float = ROUNDING) -> float:
    """Clip rounding beyond [0, 1].

    Raises:
        ArithmeticError: further outside, which is a bug of ours and never the input's fault.
    """
    if not -rounding <= value <= 1 + rounding:
        raise ArithmeticError(f"{metric}: {value!r} is outside [0, 1] by more than rounding")
    return min(max(value, 0.0), 1.0)
