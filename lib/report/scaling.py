"""What a study costs: the work, the machine, and a schedule.

Every time is a range, an array `(2,)`: at best, at worst.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from ..lookup import lookup
from .scaling_machines import Cores, Gpu
from .scaling_work import Work


@dataclass(frozen=True)
class Estimate:
    """One network on one machine, seconds.

    Attributes:
        work: what there is to do.
        training: of one training.
        first, further: of one comparison with all that belongs to it, the first of a run and each
            further one.
    """

    work: Work
    training: np.ndarray
    first: np.ndarray
    further: np.ndarray

    @property
    def run(self) -> np.ndarray:
        """One run of pruning: its iterations follow each other."""
        times = self.work.iterations
        return times * self.training + self.first + (times - 1) * self.further

    @property
    def chain(self) -> np.ndarray:
        """A complete network and one run: no number of machines is faster."""
        return self.training + self.run

    @property
    def training_all(self) -> np.ndarray:
        return self.work.trainings * self.training

    @property
    def comparing_all(self) -> np.ndarray:
        return self.work.runs * (self.run - self.work.iterations * self.training)

    @property
    def total(self) -> np.ndarray:
        """All trainings and comparisons, one after the other."""
        return self.training_all + self.comparing_all


def estimate(work: Work, name: str, known: Mapping[str, Cores | Gpu]) -> Estimate:
    """What one network costs on one machine.

    Args:
        work: of the network.
        name: of the machine.
        known: name -> machine.

    Raises:
        ValueError: a machine that is not known.
    """
    machine = lookup("machine", name, known)
    training = machine.training(work)
    # both networks see the probe images; a forward pass is the part of a step that it is
    share = 2 * work.probe_images / (work.train_images * work.epochs)
    passes = share * work.forward_flop / work.step_flop * training
    first, further = (machine.comparing(flop) for flop in (work.first_flop, work.further_flop))
    return Estimate(work, training, first + passes, further + passes)


def makespan(estimates: Iterable[Estimate], number: int) -> np.ndarray:
    """Seconds until the last run is done, on so many machines, the longest jobs first.

    A run starts when its complete networks are there and a machine is free. Runs need nothing of
    each other, and a job takes one machine.

    Raises:
        ValueError: fewer than one machine.
    """
    if number < 1:
        raise ValueError(f"number of machines must be at least 1, got {number}")
    estimates = list(estimates)
    return np.array([_makespan(estimates, number, side) for side in (0, 1)])


def _makespan(estimates: list[Estimate], number: int, side: int) -> float:
    free, end = [0.0] * number, 0.0
    ready: dict[str, float] = {}
    for each in sorted(estimates, key=lambda e: -e.chain[side]):
        for _ in range(each.work.complete):
            done = heapq.heappop(free) + each.training[side]
            heapq.heappush(free, done)
            ready[each.work.network] = max(done, ready.get(each.work.network, 0.0))
    for each in sorted(estimates, key=lambda e: -e.run[side]):
        for _ in range(each.work.runs):
            done = max(heapq.heappop(free), ready[each.work.network]) + each.run[side]
            heapq.heappush(free, done)
            end = max(end, done)
    return end


def bought(estimates: Iterable[Estimate], hours: float) -> dict[str, int]:
    """Network -> runs that fit into so many hours of one machine, at worst.

    Every network gets a run before any gets another, the cheaper network first; the first run of
    each pays for its complete network. One that doesn't fit any more is passed over.
    """
    left = 3600 * hours
    order = sorted(estimates, key=lambda e: e.run[1])
    runs = {each.work.network: 0 for each in order}
    for number in range(max(each.work.runs for each in order)):
        for each in order:
            price = (each.run if number else each.chain)[1]
            if number < each.work.runs and runs[each.work.network] == number and price <= left:
                runs[each.work.network] += 1
                left -= price
    return runs
