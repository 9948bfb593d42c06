"""The one way to do a job: alone in its folder, with a log, and with its provenance written last.

A job may be stopped at any moment and started again with the same call: it goes on
after the last checkpoint, and ends with the result it would have had without the
interruption.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from ..atomic_files import alone
from ..integrity import save_json
from .checkpoints import Checkpoint
from .job import Job
from .prepared_experiment import PreparedExperiment
from .progress import log, logging_to
from .provenance import committed, environment, peak_memory
from .run import analyse, compare_with_another, prune_and_compare, train_complete
from .running_job import RunningJob
from .study import TRAINED, Study

LOG_FILE = "log.txt"

FAILED = "failed: "
"""Begins the last line in the log of a job that failed; one that was stopped has no such line."""


def run_job(
    study: Study,
    job: Job,
    data: str | Path = "datasets",
    device: str = "auto",
    fingerprint: str = "",
) -> Path:
    """Do one job, or what is left of it; another process that does the same is waited for.

    Args:
        study: that of the job.
        job: one of `study.jobs()`, or the same with seeds of your own.
        data: the data folder.
        device: "auto", or a device by PyTorch's name.
        fingerprint: the job's fingerprint as the caller knows it; empty to skip this
            check.

    Returns:
        The job's folder, with its tables, its log and `provenance.json`.

    Raises:
        FileNotFoundError: the job needs the result of another job, which is not done yet.
        RuntimeError: the fingerprint differs, since declarations or code were edited while
            the study was running.
        ValueError, DataUnavailableError: the experiment does not fit the data or the
            machine; the data are not those of the jobs before this one.
        DivergedError: the loss is no longer a number.
    """
    if fingerprint and fingerprint != study.fingerprint(job):
        raise RuntimeError(
            "the study's declarations or its code were edited while it was running: start it again"
        )
    folder = study.job_folder(job)
    checkpoint = Checkpoint(folder, {})
    # not told to the job's log file, which the other process writes
    held = alone(folder / ".lock", log.warning)
    with held, logging_to(folder / LOG_FILE), _failure_logged():
        if study.is_done(job):
            log.info("%s is done already: %s", job, folder)
            checkpoint.clear()  # a kill just after the marker was written leaves it
            return folder
        if missing := [str(needed) for needed in study.needs(job) if not study.is_done(needed)]:
            raise FileNotFoundError(
                f"{job} needs jobs that are not done yet: do ({'; '.join(missing)}) first"
            )
        log.info("%s, in %s", job, folder)
        started = time.monotonic()
        setting = PreparedExperiment.load(study.experiment(job.experiment), data, device)
        _check_same_data(study, job, setting)
        surroundings = environment(setting.device)  # now: the code may be edited while it runs
        if not committed(surroundings) and not study.profile.follows_code:
            log.warning("the code is not committed: this job's results cannot be published")
        task = RunningJob(study, job, setting, folder, _about(study, job, setting) | surroundings)
        _work(task)(task)
        seconds = task.earlier_seconds + time.monotonic() - started
        save_json(study.marker(job), task.about | _outcome(task, seconds))
        checkpoint.clear()
    return folder


def _work(task: RunningJob) -> Callable[[RunningJob], None]:
    """The function that does the job."""
    if task.job.analysis:
        return analyse
    if not task.job.is_run:
        return train_complete
    pruned = task.setting.experiment.against == "pruned"
    return prune_and_compare if pruned else compare_with_another


def _check_same_data(study: Study, job: Job, setting: PreparedExperiment) -> None:
    """Refuse data other than those of the jobs before this one."""
    for needed in study.needs(job):
        theirs = study.read_provenance(needed)["dataset_sha256"]
        if theirs != setting.checksum:
            raise ValueError(
                f"the data changed since the job ({needed}): its SHA-256 was {theirs[:12]}..., now "
                f"{setting.checksum[:12]}...; restore the data, or delete "
                f"{study.job_folder(needed)} to do that job again"
            )


@contextmanager
def _failure_logged() -> Iterator[None]:
    """Leave a line in the log if the job fails: nothing else in its folder would say so."""
    try:
        yield
    except Exception as error:
        reason = " ".join(str(error).split())
        log.error("%s%s: %s", FAILED, type(error).__name__, reason)
        raise


def _about(study: Study, job: Job, setting: PreparedExperiment) -> dict:
    """What the provenance says before anything is computed."""
    return {
        **({"networks": study.networks_fingerprint(job)} if job.is_run else {}),
        **asdict(job),
        "fingerprint": study.fingerprint(job),
        "dataset_description": setting.dataset.description,
        "dataset_sha256": setting.checksum,
        "train_images": len(setting.dataset.train),
        "test_images": len(setting.dataset.test),
        "needs": study.networks_needed(job),
    }


def _outcome(task: RunningJob, seconds: float) -> dict:
    """What it says of the work itself."""
    trained = {TRAINED: task.trained} if task.trained else {}
    if task.trained:
        seconds += task.trained["seconds"]
    return {
        **trained,
        "seconds": round(seconds, 1),
        "files": task.files,
        **peak_memory(task.setting.device),
    }
