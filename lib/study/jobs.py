"""The one way to do a job: alone in its folder, with a log, and with its provenance written last.

A job may be stopped at any moment and started again with the same call: it goes on
after the last checkpoint, and ends with the result it would have had without the
interruption.
"""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from ..atomic_files import locked
from ..integrity import save_json
from . import log
from .checkpoints import Checkpoint
from .job import Job
from .prepared_experiment import PreparedExperiment
from .provenance import committed, environment, peak_memory
from .run import analyse, compare_with_another, prune_and_compare, train_complete
from .running_job import RunningJob
from .study import Study

LOG_FILE = "log.txt"

FAILED = "failed: "
"""Begins the last line in the log of a job that failed; one that was stopped has no such line."""


@contextmanager
def logging_to(path: Path) -> Iterator[None]:
    """Append the study's log to a file, with the time of day, and show it on standard output."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = logging.FileHandler(path, encoding="utf-8")
    file.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    terminal = logging.StreamHandler(sys.stdout)
    # an error goes to the terminal as an exception, from whoever catches it
    terminal.addFilter(lambda record: record.levelno < logging.ERROR)
    for handler in (file, terminal):
        log.addHandler(handler)
    try:
        yield
    finally:
        for handler in (file, terminal):
            log.removeHandler(handler)
            handler.close()


def run_job(
    study: Study,
    job: Job,
    data: str | Path = "datasets",
    device: str = "auto",
) -> Path:
    """Do one job, or what is left of it; another process that does the same is waited for.

    Args:
        job: one of `study.jobs()`, or the same with seeds of your own.
        data: the data folder.
        device: "auto", or a device by PyTorch's name.

    Returns:
        The job's folder, with its tables, its log and `provenance.json`.

    Raises:
        DamagedError: a job that this one needs is not done, or what it left is damaged.
        ValueError, DataUnavailableError: the experiment does not fit the data or the
            machine.
        DivergedError: the loss is no longer a number.
    """
    folder = study.job_folder(job)
    # not told to the job's log file, which the other process writes
    with locked(folder / ".lock", log.warning), logging_to(folder / LOG_FILE):
        if study.is_done(job):
            log.info("%s is done already: %s", job, folder)
        else:
            log.info("%s, in %s", job, folder)
            try:
                _do(study, job, data, device)
            except Exception as error:  # nothing else in its folder would say so
                log.error("%s%s: %s", FAILED, type(error).__name__, " ".join(str(error).split()))
                raise
        Checkpoint(folder).clear()  # also that of a process killed when it was done
    return folder


def _do(study: Study, job: Job, data: str | Path, device: str) -> None:
    needs = study.networks_needed(job)
    setting = PreparedExperiment.load(study.experiment(job.experiment), data, device)
    surroundings = environment(setting.device)  # now: the code may be edited while it runs
    if not committed(surroundings) and not study.profile.follows_code:
        log.warning("the code is not committed: this job's results cannot be published")
    about = {
        **asdict(job),
        "fingerprint": study.fingerprint(job),
        "dataset_description": setting.dataset.description,
        "dataset_sha256": setting.checksum,
        "train_images": len(setting.dataset.train),
        "test_images": len(setting.dataset.test),
        "precision": setting.precision,
        "needs": needs,
        **surroundings,
    }
    task = RunningJob(study, job, setting, about)
    if job.kind == "complete":
        train_complete(task)
    elif job.kind == "analysis":
        analyse(task)
    elif job.other_seed is None:
        prune_and_compare(task)
    else:
        compare_with_another(task)
    found = {"seconds": round(task.seconds, 1), "files": task.files}
    save_json(study.marker(job), task.about | found | peak_memory(setting.device))
