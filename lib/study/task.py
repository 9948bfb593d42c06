"""A job at work: what it is about, what it has found so far, and the checkpoint of both."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from ..tables import Table
from .analyses import Analysis
from .checkpoints import Checkpoints
from .files import save_table
from .progress import Progress, log
from .setting import Setting
from .study import Job, Study


class Task:
    """What a job has at hand; it keeps the rows that were found before an interruption.

    Args:
        study, job, setting: what is done.
        folder: the job's.

    Attributes:
        saved: what the last checkpoint says of the state of the work; empty at the beginning.
        earlier: seconds that earlier processes spent.
    """

    def __init__(self, study: Study, job: Job, setting: Setting, folder: Path):
        self.study, self.job, self.setting, self.folder = study, job, setting, folder
        self._checkpoints = Checkpoints(folder, study.identity(job) | setting.identity)
        checkpoint = self._checkpoints.load() or {
            "rows": {},
            "seconds": 0.0,
            "epochs": 0,
            "state": {},
        }
        self._rows: dict[str, list[dict]] = checkpoint["rows"]
        self.saved: dict = checkpoint["state"]
        self.earlier: float = checkpoint["seconds"]
        self._epochs: int = checkpoint["epochs"]
        self._start = time.monotonic()

    @property
    def run(self) -> Job:
        """The run that an analysis asks."""
        return Job(self.job.experiment, self.job.train_seed, self.job.prune_seed)

    @property
    def analysis(self) -> Analysis:
        """What an analysis is to find out."""
        return self.study.analysis(self.job)

    @property
    def seeds(self) -> tuple[int, ...]:
        """Those of the job."""
        given = self.job.train_seed, self.job.prune_seed
        return tuple(seed for seed in given if seed is not None)

    def key(self, iteration: int) -> dict:
        """The columns that say which network a row is about."""
        return {
            "experiment": self.job.experiment,
            "train_seed": self.job.train_seed,
            "prune_seed": self.job.prune_seed,
            "iteration": iteration,
        }

    def log(self, message: str, *values: object) -> None:
        log.info(message, *values)

    def expect(self, epochs: int) -> None:
        """Say how many epochs the whole job is, for the time left in the log."""
        self._progress = Progress(epochs, self._epochs)

    def step(self, message: str) -> None:
        """One more epoch is done."""
        self._epochs += 1
        self._progress.step(message)

    def add(self, table: Table, rows: Iterable[dict]) -> None:
        """Rows that the job will leave in a table."""
        self._rows.setdefault(table.name, []).extend(rows)

    @property
    def checkpoint_due(self) -> bool:
        """Whether it is time for another checkpoint."""
        return self._checkpoints.due

    def save(self, **state: object) -> None:
        """Write a checkpoint: all rows so far, and `saved` for a process that goes on.

        Raises:
            OSError, ValueError: as `Checkpoints.save`.
        """
        seconds = self.earlier + time.monotonic() - self._start
        so_far = {"rows": self._rows, "seconds": seconds, "epochs": self._epochs}
        self._checkpoints.save(so_far | {"state": state})

    def write(self, *tables: Table) -> None:
        """Leave the tables in the job's folder."""
        for table in tables:
            rows = table.tidy(self._rows.get(table.name, []))
            save_table(self.folder / f"{table.name}.parquet", rows)
