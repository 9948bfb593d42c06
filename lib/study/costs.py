"""What a job is estimated to take on a machine: its counted work times the cost of each unit.

The costs are in `costs.csv`, a column for each kind of device: seconds for each unit, and MiB of
memory. `python -m benchmarks.jobs fit` fits them to jobs that were really done. A unit that no job
has measured on a GPU is taken to cost as much there as on a core, which is rather too much than too
little. Precision, the number of threads, and how busy a machine is are left out.
"""

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
from .work import UNITS, disk_bytes, memory_held, work

CPU = "CPU"
"""One processor core, of any make: a job computes in one thread."""

MEMORY_SAFETY = 1.5
"""Factor on the estimated memory of a job, for what a scheduler is asked to grant."""


class Estimate(NamedTuple):
    """What a job takes: seconds on the device, or on one core; MiB of the process, and of the GPU,
    which is 0 on a processor; bytes of kept networks."""

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
    """The kind of a device if jobs were measured on it; otherwise that of a GPU where they were."""
    known, name = load_costs(), device_kind(name)
    return name if name in known else next(device for device in known if device != CPU)


@cache
def this_device() -> str:
    """The kind of device on which jobs of this machine run, or the measured GPU taken for it."""
    return known_device(torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu")


def estimate(study: Study, job: Job, device: str | None = None) -> Estimate:
    """What a job is expected to take on a device of `load_costs()`; None for that of this machine.

    Raises:
        ValueError: no job was ever measured on such a device.
    """
    analysis = study.analysis(job) if job.analysis else None
    experiment = study.experiment(job.experiment)
    return _estimate(experiment, job.kind, analysis, device or this_device())


@cache  # jobs that differ only in their seeds share it
def _estimate(
    experiment: Experiment, kind: str, analysis: Analysis | None, device: str
) -> Estimate:
    costs = lookup("device", device, load_costs())
    counted = work(experiment, kind, analysis)
    parts = memory_held(experiment, kind, analysis)
    return Estimate(
        sum(costs[unit] * counted[unit] for unit in UNITS),
        *(
            sum(costs[f"{memory} {part}"] * size for part, size in parts.items())
            for memory in ("memory", "gpu_memory")
        ),
        disk=disk_bytes(experiment, kind),
    )


def resources(seconds: float, memory: float) -> dict[str, int]:
    """What to ask a scheduler for: Snakemake's `runtime` in minutes, and `mem_mb` in MB.

    A job that is stopped too early has to be started again, so there is room to spare: three times
    the estimated `seconds`, one and a half times the `memory`, in MiB, and a few minutes for Python
    to start and the data to be read.
    """
    return {
        "runtime": 5 + math.ceil(3 * seconds / 60),
        "mem_mb": math.ceil(MEMORY_SAFETY * memory * 2**20 / 1e6),
    }
