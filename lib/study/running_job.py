"""A job at work: what it is about, what it has found so far, and the checkpoint of both."""

import time
from collections.abc import Container, Iterable
from pathlib import Path

from torch import nn
from tqdm import tqdm

from ..integrity import digest
from ..pruning import Mask
from ..table_schemas import RUN, TableSchema
from . import log
from .checkpoints import Checkpoint
from .job import Job
from .prepared_experiment import PreparedExperiment
from .storage import load_complete, load_network, save_table
from .study import Study


class RunningJob:
    """The state of a job at work; rows found before an interruption are kept.

    Attributes:
        about: what the job's provenance says whatever it finds, also in each checkpoint;
            with `revisions` where the processes at work had several.
        files: digests of what the job has left in its folder so far, by name.
        saved: the state of the work in the last checkpoint; empty at the beginning.
    """

    def __init__(self, study: Study, job: Job, setting: PreparedExperiment, about: dict):
        self.study, self.job, self.setting = study, job, setting
        self.folder = study.job_folder(job)
        self.checkpoint = Checkpoint(self.folder)
        so_far = self.checkpoint.load(about)
        earlier = so_far.get("about", about)
        revisions = [*earlier.get("revisions", [earlier["revision"]]), about["revision"]]
        several = list(dict.fromkeys(revisions))
        self.about = about if len(several) == 1 else about | {"revisions": several}
        self._rows: dict[str, list[dict]] = so_far.get("rows", {})
        self.files: dict[str, str] = so_far.get("files", {})
        self.saved: dict = so_far.get("state", {})
        self._epochs: int = so_far.get("epochs", 0)
        self._start = time.monotonic() - so_far.get("seconds", 0.0)

    @property
    def seconds(self) -> float:
        """That the job has taken so far, in earlier processes as well."""
        return time.monotonic() - self._start

    def key(self, iteration: int) -> dict:
        """The columns that identify the network of a row."""
        seeds = self.job.train_seed, self.job.prune_seed, self.job.other_seed
        return dict(zip(RUN, (self.job.experiment, *seeds, iteration), strict=True))

    def complete(self, train_seed: int | None = None) -> nn.Module:
        """The complete network of the job, or that of another train_seed."""
        seed = self.job.train_seed if train_seed is None else train_seed
        return load_complete(self.study, Job(self.job.experiment, seed), self.setting)

    def pruned(self, iteration: int) -> tuple[nn.Module, Mask]:
        """The network that the run has after an iteration, and its mask; 0 is the complete one."""
        if not iteration:
            network = self.complete()
            return network, Mask.complete(network)
        files = None if self.job.analysis else self.files
        return load_network(self.study, self.job.run, self.setting, iteration, files)

    def compared(self, iteration: int) -> nn.Module:
        """What the run compares with its complete network: the pruned one, or another one."""
        other = self.job.other_seed
        return self.pruned(iteration)[0] if other is None else self.complete(other)

    def iterations(self, wanted: Container[int] | None = None) -> list[int]:
        """The iterations of the run that are wanted, or all; 0 alone where nothing is pruned."""
        if self.job.other_seed is not None:
            return [0]
        there = range(1, self.setting.experiment.pruning.iterations + 1)
        return [iteration for iteration in there if wanted is None or iteration in wanted]

    def expect(self, epochs: int) -> None:
        """Set the number of epochs of the entire job, used to log the time left."""
        self._expected, self._first, self._began = epochs, self._epochs, time.monotonic()

    def step(self, message: str) -> None:
        """Count one more epoch as done, and log the message with the time left."""
        self._epochs += 1
        each = (time.monotonic() - self._began) / (self._epochs - self._first)
        left = tqdm.format_interval(each * (self._expected - self._epochs))
        log.info("%s  [%d of %d, %s left]", message, self._epochs, self._expected, left)

    def add(self, table: TableSchema, rows: Iterable[dict]) -> None:
        """Collect rows for one of the job's tables."""
        self._rows.setdefault(table.name, []).extend(rows)

    def save(self, **state: object) -> None:
        """Write a checkpoint: all rows so far, and what a later process is to find in `saved`."""
        so_far = {"rows": self._rows, "files": self.files, "epochs": self._epochs}
        so_far |= {"about": self.about, "seconds": self.seconds, "state": state}
        self.checkpoint.save(so_far)

    def keep(self, path: Path) -> None:
        """Record the digest of a file that the job leaves in its folder."""
        self.files[path.relative_to(self.folder).as_posix()] = digest(path)

    def write(self, *tables: TableSchema) -> None:
        """Write the tables to the job's folder."""
        for table in tables:
            rows = table.tidy(self._rows.get(table.name, []))
            self.keep(save_table(self.folder / f"{table.name}.parquet", rows))
