"""How the page on costs says its quantities and what they belong to."""

from __future__ import annotations

import numpy as np

from .names import NETWORKS, title
from .scaling_machines import CORES
from .scaling_work import IMAGENET


def network(name: str) -> str:
    """What a network of the table is called on the page."""
    return title({**NETWORKS, IMAGENET: "ResNet-50"}, name)


def machine(name: str, number: int) -> str:
    """`one H200`, `8 H200`."""
    return name if name == CORES else f"{'one' if number == 1 else number} {name}"


def number(value: float) -> str:
    """Two digits that count, and all those before the point."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def span(low_high: np.ndarray, factor: float = 1.0) -> str:
    """A range in words; a single number where both ends read the same."""
    low, high = (number(value * factor) for value in low_high)
    return low if low == high else f"{low} to {high}"
