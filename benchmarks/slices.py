"""A part of the paper's study that fits into half an hour on a GPU, and leaves its tables.

    python -m benchmarks.slices NAME [--data FOLDER] [--minutes N] [--train-seeds S ...] ...
    python -m benchmarks.slices vgg_svhn --data datasets
    python -m benchmarks.slices resnet_fast --train-seeds 1 2 --minutes 9.5

A slice is an architecture of the profile `paper`: one or more complete networks, and
one run of pruning from each. `SLICES` says which, and which controls are run as well.
It differs from the profile in how much is done, never in a recipe.

Jobs that can start are started, `--parallel` at a time. After `--minutes` those under
way are stopped; the same command goes on from their last checkpoints, on the same
machine. Whenever it ends, the tables of the finished runs lie in the folder that it
names. Neither Jupyter nor Snakemake is needed.

How long will it take? Measure a step with `python -m benchmarks.training --device cuda`
first. A run that would not end in time can be given fewer iterations: the first ones
stay the same. With `--images` networks are compared on fewer images; without it, the
same command in the same folder later compares the same networks on all of them, and
trains none again.
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from lib.catalogue import load_profile
from lib.command_parser import CommandParser
from lib.commands.collect import collect
from lib.study.analysis_plan import AnalysisPlan
from lib.study.declarations import ProfileOverride
from lib.study.job import Job
from lib.study.jobs import FAILED, LOG_FILE, run_job
from lib.study.profile import Profile
from lib.study.study import Study

POLL = 0.2
"""Seconds between two looks at the jobs."""


@dataclass(frozen=True)
class Slice:
    """The part of the study of one architecture that is done.

    Attributes:
        network: an experiment of the paper.
        controls: suffixes of its variants that are run as well.
        train_seeds: of the complete networks.
        parallel: how many jobs share the GPU: a small network leaves much of it free.
    """

    network: str
    controls: tuple[str, ...]
    train_seeds: tuple[int, ...]
    parallel: int

    @property
    def experiments(self) -> list[str]:
        return [self.network, *(f"{self.network}_{suffix}" for suffix in self.controls)]


SLICES = {
    "vgg16_bn": Slice("vgg16_bn", (), (0,), 1),
    "vgg_svhn": Slice("vgg_svhn", ("trained_as_long",), (0, 1, 2), 3),
    "resnet_fast": Slice("resnet_fast", ("trained_as_long",), (0, 1, 2), 2),
}

_UNIT = "the complete network is the unit of every interval"


class _Part(Profile):
    """A profile of which only a part is done; its scale is that of the complete profile."""

    @property
    def scaled_down(self) -> bool:
        return load_profile(self.name).scaled_down

    def analyses(self, experiment: str) -> dict[str, AnalysisPlan]:
        return {}

    def __getstate__(self) -> dict[str, Any]:
        """Without the catalogue, whose functions no pickle holds: a process loads its own."""
        return {name: value for name, value in vars(self).items() if name != "catalogue"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        catalogue = load_profile(state["name"]).catalogue
        vars(self).update(state, catalogue=catalogue)


def part(
    profile: str,
    chosen: Slice,
    train_seeds: Sequence[int] | None = None,
    iterations: int | None = None,
    images: int | None = None,
) -> Profile:
    """The profile of a slice.

    Args:
        profile: what it is a part of.
        chosen: which part.
        train_seeds: others than the slice's.
        iterations: fewer than the profile's; None for all.
        images: on which networks are compared, fewer than the profile's; None for all.
    """
    full = load_profile(profile)
    changes = {
        "train_seeds": ProfileOverride(tuple(train_seeds or chosen.train_seeds), _UNIT),
        "prune_seeds": ProfileOverride((0,), _UNIT),
    }
    if iterations is not None:
        changes["pruning.iterations"] = ProfileOverride(iterations, "fits half an hour of a GPU")
    if images is not None:
        changes["probe.images"] = ProfileOverride(images, "comparisons take far less time")
    kept = {field.name: getattr(full, field.name) for field in fields(full)}
    kept["changes"] = {
        **full.changes,
        chosen.network: {**full.changes[chosen.network], **changes},
    }
    return _Part(**kept)


def work(study: Study, data: str, device: str, parallel: int, seconds: float) -> list[Job]:
    """Run the jobs of a study, each in a process of its own.

    Args:
        study: which.
        data, device: as in `run_job`.
        parallel: how many at a time.
        seconds: after which those under way are stopped.

    Returns:
        The jobs that are not done.

    Raises:
        RuntimeError: a job failed; its log says why. The other jobs are stopped.
    """
    end, running = time.monotonic() + seconds, dict[Job, BaseProcess]()
    spawn = multiprocessing.get_context("spawn")  # no process with a GPU may be forked
    try:
        while True:
            for job, process in list(running.items()):
                if not process.is_alive():
                    del running[job]
                    # a process may crash while it exits, and leave a finished job
                    if process.exitcode and not study.is_done(job):
                        log = study.job_folder(job) / LOG_FILE
                        _, failed, reason = log.read_text("utf-8").strip().rpartition(FAILED)
                        reason = reason if failed else "it was killed"
                        raise RuntimeError(f"{job}: {reason}\nits log: {log}")
            left = [job for job in study.jobs() if not study.is_done(job)]
            if not left or time.monotonic() >= end:
                break
            for job in left:
                ready = all(study.is_done(needed) for needed in study.needs(job))
                if ready and job not in running and len(running) < parallel:
                    process = spawn.Process(target=_one, args=(study, job, data, device))
                    process.start()
                    running[job] = process  # once it has started, for it is stopped at the end
            time.sleep(POLL)
    finally:
        for process in running.values():
            process.terminate()
            process.join()
    return [job for job in study.jobs() if not study.is_done(job)]


def _one(study: Study, job: Job, data: str, device: str) -> None:
    try:
        run_job(study, job, data, device)
    except Exception:  # whose reason is in the log
        sys.exit(1)


def main(arguments: list[str] | None = None) -> int:
    parser = CommandParser("benchmarks.slices", __doc__)
    parser.add_argument("name", choices=SLICES)
    parser.add_argument("--profile", default="paper", help="tiny for a rehearsal of seconds")
    parser.add_argument("--train-seeds", type=int, nargs="+", help="others than the slice's")
    parser.add_argument("--iterations", type=int, help="fewer than the profile's")
    parser.add_argument("--images", type=int, help="fewer to compare on than the profile's")
    parser.add_argument("--minutes", type=float, default=28.0)
    parser.add_argument("--parallel", type=int, help="jobs at a time")
    parser.add_argument("--data", default="datasets")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--folder", type=Path, help="_build/PROFILE/slices/NAME by default")
    given = parser.parse_args(arguments)
    chosen = SLICES[given.name]
    profile = part(given.profile, chosen, given.train_seeds, given.iterations, given.images)
    folder = given.folder or Path("_build", given.profile, "slices", given.name)
    study = Study(profile, folder, chosen.experiments)
    try:
        parallel = given.parallel or chosen.parallel
        left = work(study, given.data, given.device, parallel, 60 * given.minutes)
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    if any(job.is_run and study.is_done(job) for job in study.jobs()):
        print(f"The tables: {collect(study, partial=True)}")
    if left:
        print(f"{len(left)} jobs are not done, and the same command goes on with them:")
        print("\n".join(f"  {job}" for job in left))
    return 0


if __name__ == "__main__":
    sys.exit(main())
