"""A part of a study that fits into a quarter of an hour on a GPU, and leaves its tables.

    python -m benchmarks.slices EXPERIMENT ... [--data FOLDER] [--minutes N]
    python -m benchmarks.slices vgg_svhn_recipe vgg_svhn_recipe_trained_as_long

The experiments are those of the chapter `by_recipe`, or of `--chapter`, in the profile
`paper`. Jobs that can start are started, `--parallel` at a time, in the order of the
experiments; they share the GPU (`lib.study.shared_gpu`). After `--minutes` those under
way are stopped; the same command goes on from their last checkpoints, on the same
machine. Whenever it ends, the tables of what is compared so far lie in the folder that
it names. Neither Jupyter nor Snakemake is needed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import Callable
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path

import torch

from lib.catalogue import declared_study
from lib.commands.collect import collect
from lib.study.job import Job
from lib.study.jobs import FAILED, LOG_FILE, run_job
from lib.study.shared_gpu import shared_gpu
from lib.study.study import Study

POLL = 0.2
"""Seconds between two looks at the jobs."""


Part = Callable[[], Study]
"""A part of a study, as another process can be handed it: a `partial` of `declared_study`."""


def work(part: Part, data: str, device: str, parallel: int, seconds: float) -> None:
    """Run the jobs of a part of a study, each in a process of its own.

    Args:
        data, device: as in `run_job`.
        parallel: how many at a time.
        seconds: after which those under way are stopped.

    Raises:
        RuntimeError: a job failed; the others went on as long as they could.
    """
    end, running, failed = time.monotonic() + seconds, dict[Job, BaseProcess](), dict[Job, str]()
    spawn = multiprocessing.get_context("spawn")  # no process with a GPU may be forked
    study = part()
    try:
        while time.monotonic() < end:
            for job, process in list(running.items()):
                if not process.is_alive():
                    del running[job]
                    # a process may crash while it exits, and leave a finished job
                    if process.exitcode and not study.is_done(job):
                        failed[job] = _reason(study, job)
            left = [job for job in study.jobs() if not study.is_done(job) and job not in failed]
            ready = [j for j in left if all(study.is_done(needed) for needed in study.needs(j))]
            if not running and not ready:
                break
            for job in ready:
                if job not in running and len(running) < parallel:
                    given = part, job, data, device
                    process = spawn.Process(target=_one, args=given)
                    process.start()
                    running[job] = process  # once it has started, for it is stopped at the end
            time.sleep(POLL)
    finally:
        for process in running.values():
            process.terminate()
        for process in running.values():
            process.join()
    if failed:
        raise RuntimeError("\n".join(f"{job}: {reason}" for job, reason in failed.items()))


def _reason(study: Study, job: Job) -> str:
    log = study.job_folder(job) / LOG_FILE
    _, said, reason = log.read_text("utf-8").strip().rpartition(FAILED)
    return f"{reason if said else 'it was killed'}\nits log: {log}"


def _one(part: Part, job: Job, data: str, device: str) -> None:
    torch.set_num_threads(1)  # the jobs themselves run side by side
    try:
        run_job(part(), job, data, device)
    except Exception:  # whose reason is in the log
        sys.exit(1)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("experiments", nargs="+", metavar="EXPERIMENT")
    parser.add_argument("--chapter", default="by_recipe")
    parser.add_argument("--profile", default="paper", help="tiny for a rehearsal of seconds")
    parser.add_argument("--minutes", type=float, default=14.0)
    parser.add_argument("--parallel", type=int, default=12, help="jobs at a time")
    parser.add_argument("--data", default="datasets")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--folder", type=Path, help="_build/PROFILE by default")
    given = parser.parse_args(arguments)
    folder = given.folder or Path("_build", given.profile)
    part = partial(declared_study, given.profile, folder, given.experiments, given.chapter)
    failed = ""
    with shared_gpu() as shared:
        print(f"the GPU is {'shared' if shared else 'taken in turns'}", flush=True)
        try:
            seconds = 60 * given.minutes
            work(part, given.data, given.device, given.parallel, seconds)
        except RuntimeError as error:
            failed = str(error)
            print(failed, file=sys.stderr)
    study = part()
    left = [job for job in study.jobs() if not study.is_done(job)]
    try:
        print(f"The tables: {collect(study, partial=True)}")
    except FileNotFoundError as error:
        print(error)
    if left:
        print(f"{len(left)} jobs are not done, and the same command goes on with them:")
        print("\n".join(f"  {job}" for job in left))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
