"""The paper's whole grid: its hours on each machine, and the money."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .names import enumerate_words
from .scaling import Estimate, estimate, makespan
from .scaling_machines import OFFERS, Cores, Gpu
from .scaling_work import PAPER, Work

HOUR = 3600
"""Seconds."""

Machines = Mapping[str, Cores | Gpu]


def estimates(works: Mapping[str, Work], name: str, known: Machines) -> list[Estimate]:
    """The paper's networks on one machine."""
    return [estimate(works[each], name, known) for each in PAPER]


def bill(
    works: Mapping[str, Work], known: Machines, prices: Mapping[str, float]
) -> dict[tuple[str, int], dict[str, np.ndarray]]:
    """The whole grid on each offer.

    Args:
        works: network -> its work.
        known: name -> machine.
        prices: machine -> USD for an hour of one.

    Returns:
        (machine, how many) -> hours of each network's grid alone, `all` hours, the `chain` that no
        number of machines shortens, `money` in USD for all machines until the last run is done.

    Raises:
        ValueError: a machine without a price.
    """
    missing = [name for name, _ in OFFERS if name not in prices]
    if missing:
        raise ValueError(f"prices: {enumerate_words(missing)} has none; give USD for an hour")
    bills = {}
    for name, times in OFFERS:
        each = estimates(works, name, known)
        row = {one.work.network: makespan([one], times) / HOUR for one in each}
        row["all"] = makespan(each, times) / HOUR
        row["chain"] = np.max([one.chain for one in each], axis=0) / HOUR
        row["money"] = row["all"] * times * prices[name]
        bills[name, times] = row
    return bills
