"""What a study will take, before anything of it starts.

Usage: python -m lib.study.plan PROFILE [FOLDER] [--chapter NAME] [--experiments NAME ...]
           [--on DEVICE | --places]

Jobs that are done are left out. Nothing is started or written. With `--places` it says only how
many jobs find room together on the GPU of this machine.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import torch

from .command import parser, study_of
from .costs import CPU, MEMORY_SAFETY, Costs
from .study import Job, Study
from .variants import CONTROLS, VARIANTS

MINUTE, HOUR, MB, GIB = 60, 3600, 1e6, 1024

GPUS = (16, 24, 40, 80, 140)
"""GiB of memory that GPUs have."""

COMPLETE, RUN, CONTROL = "complete networks", "runs", "controls"


def what(job: Job) -> str:
    """How the tables call a job: one of the three names above, or that of its analysis."""
    if not job.is_run:
        return job.analysis or COMPLETE
    variant = VARIANTS.get(job.experiment)
    suffix = job.experiment.removeprefix(f"{variant.base}_") if variant else ""
    return CONTROL if suffix in CONTROLS else RUN


@dataclass(frozen=True)
class Plan:
    """What is left to do of a study.

    Attributes:
        study: which.
        device: on what kind of device.
        table: a row for each experiment and kind of job, in the study's order: `jobs`, `each` and
            `seconds` in all, `disk` in bytes, `memory` and `gpu_memory` of the largest in MiB.
        done: jobs that are left out.
        chain: seconds that no number of devices shortens, since jobs wait for others.
    """

    study: Study
    device: str
    table: pd.DataFrame
    done: int
    chain: float

    @property
    def jobs(self) -> int:
        return int(self.table.jobs.sum())

    @property
    def seconds(self) -> float:
        return float(self.table.seconds.sum())


COLUMNS = ("experiment", "what", "jobs", "each", "seconds", "disk", "memory", "gpu_memory")


def plan(study: Study, device: str | None = None) -> Plan:
    """Count the jobs that are not done, and what they take.

    Args:
        study: which.
        device: a key of `load_units()`; None for that of this machine.

    Raises:
        ValueError: no job was ever measured on such a device.
    """
    costs = Costs(study, device)
    rows: dict[tuple[str, str], dict] = {}
    left: dict[Job, float] = {}
    done = 0
    for job in study.jobs():
        if study.is_done(job):
            done += 1
            continue
        one, key = costs.estimate(job), (job.experiment, what(job))
        left[job] = one.seconds
        row = rows.setdefault(key, dict(zip(COLUMNS, (*key, *[0] * 6), strict=True)))
        row["jobs"] += 1
        row["each"] = one.seconds
        row["seconds"] += one.seconds
        row["disk"] += one.disk
        row["memory"] = max(row["memory"], one.memory)
        row["gpu_memory"] = max(row["gpu_memory"], one.gpu_memory)
    table = pd.DataFrame(rows.values(), columns=COLUMNS)
    return Plan(study, costs.device, table, done, longest_chain(study, left))


def longest_chain(study: Study, left: Mapping[Job, float]) -> float:
    """Seconds of the longest chain of jobs that wait for each other.

    Args:
        study: which.
        left: jobs that are not done, each after those that it needs, with their seconds.
    """
    ends: dict[Job, float] = {}
    for job, seconds in left.items():
        ends[job] = seconds + max((ends.get(needed, 0.0) for needed in study.needs(job)), default=0)
    return max(ends.values(), default=0.0)


def text(found: Plan) -> str:
    """The plan as people read it."""
    named = " ".join(filter(None, (found.study.profile.name, found.study.chapter)))
    said = f"{found.done:,} are done and left out" if found.done else "none is done"
    if not found.jobs:
        return f"{named}: all {found.done:,} jobs are done, there is nothing to do."
    table, gpu = found.table, found.device != CPU
    shown = pd.DataFrame(
        {
            "experiment": table.experiment,
            "what": table.what,
            "jobs": table.jobs.map("{:,}".format),
            "each": table.each.map(duration),
            "in all": table.seconds.map(duration),
            "disk, MB": (table.disk / MB).map("{:,.0f}".format),
            "peak memory, GiB": (table.memory / GIB).map("{:,.1f}".format),
            **({"of the GPU": (table.gpu_memory / GIB).map("{:,.1f}".format)} if gpu else {}),
        }
    )
    end = ["all", "", f"{found.jobs:,}", "", duration(found.seconds)]
    end += [f"{table.disk.sum() / MB:,.0f}", f"{table.memory.max() / GIB:,.1f}"]
    end += [f"{table.gpu_memory.max() / GIB:,.1f}"] * gpu
    shown.loc[len(shown)] = end
    lines = [
        f"{named}: {found.jobs:,} jobs to do, {said}. Times are estimates for one "
        f"{'core' if found.device == CPU else found.device}.",
        "",
        aligned(shown),
        "",
        "The longest chain of jobs that wait for each other takes "
        f"{duration(found.chain)}, however many run side by side.",
    ]
    if gpu:
        room = [f"{places(found, size)} with {size} GiB" for size in GPUS]
        lines.append(f"Jobs that find room on a GPU together: {', '.join(room)}.")
    return "\n".join(lines)


def places(found: Plan, memory: float) -> int:
    """How many of the largest jobs find room on one GPU; where several do, with room to spare.

    Args:
        found: the plan.
        memory: of the GPU, GiB.
    """
    largest = found.table.gpu_memory.max() / GIB
    return max(int(memory // (MEMORY_SAFETY * largest)), int(memory >= largest))


def places_here(study: Study) -> int:
    """How many of the largest jobs find room on the first GPU of this machine; 1 at least.

    Raises:
        ValueError: there is no GPU.
    """
    memory = gpu_memory()
    if memory is None:
        raise ValueError("there is no GPU on this machine: say how many jobs may share one")
    found = plan(study)
    return max(places(found, memory), 1) if found.jobs else 1


def gpu_memory() -> float | None:
    """GiB of the first GPU, None without one."""
    if not torch.cuda.is_available():
        return None
    return torch.cuda.get_device_properties(0).total_memory / 2**30


def duration(seconds: float) -> str:
    """A time as people say it: "40 s", "12 min", "3.5 h"."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 100 * MINUTE:
        return f"{seconds / MINUTE:.0f} min"
    return f"{seconds / HOUR:,.{0 if seconds > 100 * HOUR else 1}f} h"


def aligned(table: pd.DataFrame) -> str:
    """A table of texts: words to the left, and numbers, from the third column on, to the right."""
    lines: Sequence[Sequence[str]] = [list(table), *table.to_numpy().tolist()]
    widths = [max(len(line[i]) for line in lines) for i in range(len(table.columns))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i < 2 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def main(arguments: list[str] | None = None) -> int:
    made = parser("plan", __doc__)
    made.add_argument("--on", metavar="DEVICE", help="such as CPU; that of this machine if none")
    made.add_argument("--places", action="store_true", help="jobs that share the GPU, no more")
    given = made.parse_args(arguments)
    try:
        if given.places:
            print(places_here(study_of(given)))
            return 0
        print(text(plan(study_of(given), given.on)))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
