"""What a job is estimated to take on a machine: its counted work times what a unit of it costs.

The costs stand in `costs.csv`, a column for each kind of device: seconds of each unit, and MiB of
memory. `python -m benchmarks.jobs fit` finds them from jobs that were really done. What no job
measured on a GPU is taken to cost there what it does on a core: rather too much than too little.
Left out are the precision, the number of threads, and how busy a machine is.
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import torch

from ..lookup import lookup
from .analyses import Analysis
from .experiment import Experiment
from .study import Job, Study
from .work import UNITS, held, kept, work

CPU = "CPU"
"""One processor core, of whatever make: a job computes in one thread."""

MEMORY_SAFETY = 1.5
"""Factor on the estimated memory of a job in what a scheduler is told."""


class Estimate(NamedTuple):
    """Seconds on the device, or on one core; MiB of the process, and of the GPU, 0 on a processor;
    bytes of kept networks."""

    seconds: float
    memory: float
    gpu_memory: float
    disk: float


@cache
def load_costs() -> dict[str, dict[str, float]]:
    """Device -> unit -> its cost."""
    return pd.read_csv(Path(__file__).with_name("costs.csv"), index_col="unit").to_dict()


def device_kind(name: str) -> str:
    """The kind of a device as provenance names it: `CPU`, or the GPU's own name."""
    return CPU if " CPU, " in name or name == "cpu" else name


def known_device(name: str = "") -> str:
    """The kind of a device if jobs were measured on such; else that of a GPU that was."""
    known, name = load_costs(), device_kind(name)
    return name if name in known else next(device for device in known if device != CPU)


@cache
def this_device() -> str:
    """The device on which jobs of this machine run, or the GPU that stands for it."""
    return known_device(torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu")


def estimate(study: Study, job: Job, device: str | None = None) -> Estimate:
    """What a job is expected to take on a key of `load_costs()`, or on this machine's kind.

    Raises:
        ValueError: no job was ever measured on such a device.
    """
    analysis = study.analysis(job) if job.analysis else None
    experiment = study.experiment(job.experiment)
    return _estimate(experiment, job.kind, analysis, device or this_device())


@cache  # jobs that differ in their seeds take the same
def _estimate(
    experiment: Experiment, kind: str, analysis: Analysis | None, device: str
) -> Estimate:
    costs = lookup("device", device, load_costs())
    counted, parts = work(experiment, kind, analysis), held(experiment, kind, analysis)
    return Estimate(
        sum(costs[unit] * counted[unit] for unit in UNITS),
        *(
            sum(costs[f"{memory} {part}"] * size for part, size in parts.items())
            for memory in ("memory", "gpu_memory")
        ),
        disk=kept(experiment, kind),
    )


def resources(seconds: float, memory: float) -> dict[str, int]:
    """What to ask a scheduler for: Snakemake's `runtime` in minutes, and `mem_mb` in MB.

    A job that is stopped too early has to be started again, so there is room to spare: three times
    the estimated `seconds`, half as much `memory` again, in MiB, and a few minutes in which Python
    starts and the data are read.
    """
    return {
        "runtime": 5 + math.ceil(3 * seconds / 60),
        "mem_mb": math.ceil(MEMORY_SAFETY * memory * 2**20 / 1e6),
    }
