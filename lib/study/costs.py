"""What a job costs on a machine: its counted work times what a unit of it took there.

The units are those of `benchmarks/unit_costs.csv`, fitted to jobs that were really done
(`benchmarks/jobs.py`). What they leave out: the precision, the number of threads, and how busy a
machine is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import pandas as pd
import torch

from .. import ROOT
from ..lookup import lookup
from .room import MEMORY_UNITS, kept_bytes, memory_parts, table_bytes
from .study import Job, Study
from .work import (
    QUANTITIES,
    Work,
    analysis_work,
    complete_work,
    retraining_epochs,
    run_work,
    training,
)

UNIT_COSTS = ROOT / "benchmarks" / "unit_costs.csv"

CPU = "CPU"
"""One processor core, of whatever make: a job computes in one thread."""

SAFETY = 3.0
"""Factor on the estimated time of a job in what a scheduler is told: a job that is stopped too
early has to be started again."""

MEMORY_SAFETY = 1.5
"""Factor on its estimated memory."""

SPARE_MINUTES = 5
"""For starting Python and reading the data, whatever the job."""


@dataclass(frozen=True)
class Estimate:
    """What a job is expected to take.

    Attributes:
        seconds: on the device, or on one core.
        memory: MiB of the process.
        gpu_memory: MiB of the GPU; 0 on a processor.
        disk: bytes of kept networks and of tables.
    """

    seconds: float
    memory: float
    gpu_memory: float
    disk: float


def device_kind(name: str) -> str:
    """The kind of a device as provenance names it: `CPU`, or the GPU's own name."""
    return CPU if " CPU, " in name or name == "cpu" else name


def this_device() -> str:
    """The kind of device on which jobs of this machine run."""
    return torch.cuda.get_device_name() if torch.cuda.is_available() else CPU


@cache
def load_units(path: Path = UNIT_COSTS) -> dict[str, dict[str, float]]:
    """Device -> unit -> its cost.

    What was not measured on a device is taken to cost what it does on a core: rather too much
    than too little.
    """
    table = pd.read_csv(path)
    devices = {name: rows.set_index("unit") for name, rows in table.groupby("device")}

    def costs(name: str) -> dict[str, float]:
        rows = devices[name]
        found = rows.cost.to_dict()
        for unit in QUANTITIES:
            if not rows.jobs[unit]:
                found[unit] = core[unit]
        return found

    core = devices[CPU].cost
    return {name: costs(name) for name in devices}


def job_work(study: Study, job: Job, there: tuple[int, int] | None = None) -> Work:
    """The counted work of a job.

    Args:
        study, job: which.
        there: images of the data set, to train on and to test on; None for the official ones.
    """
    experiment = study.experiment(job.experiment)
    if job.analysis:
        return analysis_work(experiment, study.analysis(job), there)
    return (run_work if job.is_run else complete_work)(experiment, there)


def trained_work(study: Study, job: Job, there: tuple[int, int] | None = None) -> Work:
    """The part of a job's work that is the training of its own networks."""
    experiment, total = study.experiment(job.experiment), Work()
    if job.prune_seed is None:
        return training(experiment, experiment.recipe.epochs, there)
    if job.is_run and experiment.against == "pruned":
        for epochs in retraining_epochs(experiment, there):
            total += training(experiment, epochs, there)
    return total


class Costs:
    """Estimates for the jobs of a study on one kind of device.

    Args:
        study: whose jobs.
        device: a key of `load_units()`; None for that of this machine.

    Raises:
        ValueError: no job was ever measured on such a device.
    """

    def __init__(self, study: Study, device: str | None = None):
        self.study = study
        self.device = device or known_device(this_device())
        self.units = lookup("device", self.device, load_units())
        self._known: dict[tuple, Estimate] = {}

    def estimate(self, job: Job, there: tuple[int, int] | None = None) -> Estimate:
        """What a job is expected to take; jobs that differ in their seeds take the same."""
        key = (job.experiment, job.kind, job.analysis, there)
        if key not in self._known:
            self._known[key] = self._estimate(job, there)
        return self._known[key]

    def _estimate(self, job: Job, there: tuple[int, int] | None) -> Estimate:
        work, parts = job_work(self.study, job, there), memory_parts(self.study, job)

        def memory(column: str) -> float:
            costs = (self.units.get(f"{column} {name}", 0.0) for name in MEMORY_UNITS)
            return sum(map(float.__mul__, costs, parts.values()))

        experiment = self.study.experiment(job.experiment)
        return Estimate(
            seconds=sum(self.units[name] * getattr(work, name) for name in QUANTITIES),
            memory=memory("memory"),
            gpu_memory=memory("gpu_memory"),
            disk=kept_bytes(experiment, job.kind) + table_bytes(self.study, job),
        )


def known_device(name: str) -> str:
    """The device itself if jobs were measured on it, or it is a core; else a GPU that was."""
    return name if name in load_units() or name == CPU else known_gpu()


def known_gpu() -> str:
    """A GPU on which jobs were measured."""
    return next(name for name in load_units() if name != CPU)


@lru_cache(maxsize=8)
def _costs(study: Study, device: str | None) -> Costs:
    return Costs(study, device)


def resources(study: Study, job: Job, device: str | None = None) -> Mapping[str, int]:
    """What to ask a scheduler for, with room to spare: Snakemake's `resources` of a job.

    Args:
        study, job: which.
        device: a key of `load_units()`; None for that of this machine.

    Returns:
        `runtime` in minutes and `mem_mb` in MB, whole numbers.
    """
    estimate = _costs(study, device).estimate(job)
    return {
        "runtime": SPARE_MINUTES + math.ceil(SAFETY * estimate.seconds / 60),
        "mem_mb": math.ceil(MEMORY_SAFETY * estimate.memory * 2**20 / 1e6),
    }
