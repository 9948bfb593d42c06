"""A job at work: the networks it starts from, the files it leaves, how it resumes.

The folder of a job holds, in this order,

- `log.txt`;
- `checkpoint.pt` while the job works: its rows so far, and the state of its training;
- its networks: `weights.pt` of a complete network, with `rewind.pt` if pruned networks rewind to
  a point of its training, or `networks/01.pt` and so on, one for each iteration of a run;
- its tables;
- `provenance.json`: if this file exists, the job is done.

Each file is written under another name and renamed, so none is ever half-written.
"""

import io
import math
import time
import zipfile
from collections.abc import Container, Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import nn
from tqdm import tqdm

from ..atomic_files import write_atomically
from ..integrity import DamagedError, damaged, digest, save_json
from ..pruning import Mask
from ..table_schemas import RUN, TableSchema
from . import log
from .prepared_experiment import PreparedExperiment
from .study import Job, do_again

CHECKPOINT = "checkpoint.pt"
WEIGHTS = "weights.pt"
REWIND = "rewind.pt"
NETWORK = "networks/{:02}.pt"

CHECKPOINT_SHARE = 0.05
"""The share of a job's time that its checkpoints may take: a fast GPU can finish an epoch in less
time than a disk needs for the weights."""

BELONGS_TO = ("dataset_sha256", "needs")
"""Facts of a job that must not change before it resumes, and that its folder's name does not have.
A change of others, such as the machine, is only a warning: a refusal would cost days of work to
protect the last digits."""


def save_tensors(path: Path, content: dict) -> Path:
    """Write tensors and plain values; the same content gives the same bytes."""
    archive = io.BytesIO()  # by a path, its name would go into it, and a full disk be no OSError
    torch.save(content, archive)
    write_atomically(path, lambda part: part.write_bytes(archive.getbuffer()))
    return path


def save_table(path: Path, table: pd.DataFrame) -> Path:
    """Write a table as a Parquet file."""
    write_atomically(path, lambda part: table.to_parquet(part, index=False))
    return path


def read_tensors(path: Path, remedy: str = "") -> dict:
    """The content of a file of `save_tensors`, on the CPU; no code from the file is executed.

    Raises a DamagedError, with the remedy, if the file is missing or any checksum of the archive
    differs: PyTorch writes these checksums, and does not check them.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if wrong := archive.testzip():
                raise ValueError(f"the checksum of {wrong} differs")
            # marked as a folder, a record is not read: PyTorch would return uninitialised memory
            if any(record.external_attr for record in archive.infolist()):
                raise ValueError("it has records that PyTorch does not write")
        return torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise damaged(path, "is missing", remedy) from None
    except Exception as error:  # the reader may fail in any way, and a bad sector is damage too
        reason = " ".join(str(error).split())[:100]
        wrong = f"is damaged ({type(error).__name__}: {reason})"
        raise damaged(path, wrong, remedy) from error


def read_of(job: Job, file: str) -> dict:
    """The content of a file of a job, on the CPU; a DamagedError says how to make it anew."""
    return read_tensors(job.folder / file, do_again(job))


def read_checkpoint(folder: Path) -> dict:
    """The progress of a job at its last checkpoint, on the CPU; empty without a valid one."""
    path = folder / CHECKPOINT
    if not path.exists():
        return {}
    try:
        content = read_tensors(path, "The job begins anew")["content"]
        return content if "about" in content else {}
    except (DamagedError, KeyError, TypeError) as error:
        log.warning("warning: %s", error)
        return {}


def check_belongs(path: Path, earlier: Mapping[str, Any], about: Mapping[str, Any]) -> None:
    """Compare the facts in a checkpoint with those of the job that would resume from it.

    Raises:
        ValueError: the job started from other data or networks. Nothing is changed or deleted.
    """
    for fact in (fact for fact in about if earlier.get(fact) != about[fact]):
        written = f"{path} was written with {fact} {earlier.get(fact)}, and this is {about[fact]}"
        if fact in BELONGS_TO:
            raise ValueError(
                f"{written}: move the file away or delete it, and start the job again. Nothing was "
                "changed."
            )
        log.warning(
            "warning: %s: the result may differ in its last digits from one without interruption",
            written,
        )


def load_complete(
    job: Job, setting: PreparedExperiment, train_seed: int | None = None
) -> nn.Module:
    """The trained complete network that a job starts from, or that of another train_seed, on the
    setting's device."""
    trained_by = job.complete_job(train_seed)
    network = setting.new_network(trained_by.train_seed)
    network.load_state_dict(read_of(trained_by, WEIGHTS))
    return network


def load_network(job: Job, setting: PreparedExperiment, iteration: int) -> tuple[nn.Module, Mask]:
    """The network of a run after an iteration, from 1 on, and its mask, on the setting's device."""
    content = read_of(job, NETWORK.format(iteration))
    mask, state = Mask.unpacked(content["mask"]), content["state"]
    for name, kept in mask.kept.items():
        weights = state[name].new_zeros(math.prod(kept.shape)).view(kept.shape)
        weights[kept] = state[name]
        state[name] = weights
    network = setting.new_network(job.train_seed)
    network.load_state_dict(state)
    return network, mask.to(setting.device)


def load_mask(job: Job, iteration: int) -> Mask:
    """Which weights survived an iteration of a run."""
    return Mask.unpacked(read_of(job, NETWORK.format(iteration))["mask"])


class Task:
    """A job at work; rows found before an interruption are kept.

    No random state is kept: all draws of a job come from generators seeded for their purpose.

    Attributes:
        job, setting: the job, and its experiment with the data and the device.
        folder, checkpoint: where the job leaves its files, and the file of its progress.
        about: facts for the job's provenance that are known from the start, also in each
            checkpoint; with `revisions` if the code changed while the job was stopped.
        saved: the state of the work in the last checkpoint; empty at the beginning.

    Raises:
        ValueError: there is a checkpoint of another job.
    """

    def __init__(self, job: Job, setting: PreparedExperiment, about: dict):
        self.job, self.setting, self.folder = job, setting, job.folder
        self.checkpoint = self.folder / CHECKPOINT
        so_far = read_checkpoint(self.folder)
        earlier = so_far.get("about", about)
        check_belongs(self.checkpoint, earlier, about)
        several = [*earlier.get("revisions", [earlier["revision"]]), about["revision"]]
        several = list(dict.fromkeys(several))
        self.about = about if len(several) == 1 else about | {"revisions": several}
        self.saved: dict = so_far.get("state", {})
        self._rows: dict[str, list[dict]] = so_far.get("rows", {})
        self._epochs: int = so_far.get("epochs", 0)
        self._start = time.monotonic() - so_far.get("seconds", 0.0)
        self._next_checkpoint = 0.0

    @property
    def seconds(self) -> float:
        """How long the job has worked so far, in earlier processes as well."""
        return time.monotonic() - self._start

    def key(self, iteration: int) -> dict:
        """The columns that identify the network of a row."""
        seeds = self.job.train_seed, self.job.prune_seed, self.job.other_seed
        return dict(zip(RUN, (self.job.experiment, *seeds, iteration), strict=True))

    def complete(self, train_seed: int | None = None) -> nn.Module:
        """The complete network of the job, or that of another train_seed."""
        return load_complete(self.job, self.setting, train_seed)

    def pruned(self, iteration: int) -> tuple[nn.Module, Mask]:
        """The run's network after an iteration, and its mask; 0 is the complete network."""
        if not iteration:
            network = self.complete()
            return network, Mask.complete(network)
        return load_network(self.job.run, self.setting, iteration)

    def compared(self, iteration: int) -> nn.Module:
        """The network that the run compares with its complete one: pruned, or another one."""
        other = self.job.other_seed
        return self.pruned(iteration)[0] if other is None else self.complete(other)

    def iterations(self, wanted: Container[int] | None = None) -> list[int]:
        """The iterations of the run, or those of them that are wanted; 0 if nothing is pruned."""
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

    @property
    def checkpoint_due(self) -> bool:
        """Whether it is time for a checkpoint: at first at once, then after enough work."""
        return time.monotonic() >= self._next_checkpoint

    def save(self, **state: object) -> None:
        """Write a checkpoint: all rows so far, and the state for `saved` of a later process."""
        began = time.monotonic()
        so_far = {"about": self.about, "rows": self._rows, "epochs": self._epochs}
        so_far |= {"seconds": self.seconds, "state": state}
        # nested, so that checkpoints of earlier versions are still read
        save_tensors(self.checkpoint, {"content": so_far})
        now = time.monotonic()
        self._next_checkpoint = now + (now - began) / CHECKPOINT_SHARE

    def keep_network(self, iteration: int, network: nn.Module, mask: Mask) -> None:
        """Leave the network of an iteration: its mask as bits, and only its surviving weights."""
        state = network.state_dict()
        for name, survives in mask.kept.items():
            state[name] = state[name].contiguous()[survives]
        kept = {"mask": mask.packed(), "state": state}
        save_tensors(self.folder / NETWORK.format(iteration), kept)

    def keep_tables(self, *tables: TableSchema) -> None:
        """Leave the tables in the job's folder."""
        for table in tables:
            rows = table.tidy(self._rows.get(table.name, []))
            save_table(self.folder / f"{table.name}.parquet", rows)

    def finish(self, **facts: object) -> None:
        """Write the provenance, with a digest of each network and table: the job is done."""
        left = (*self.folder.glob("*.parquet"), *self.folder.rglob("*.pt"))
        names = {path.relative_to(self.folder).as_posix(): path for path in sorted(left)}
        files = {name: digest(path) for name, path in names.items() if name != CHECKPOINT}
        found = {"seconds": round(self.seconds, 1), "files": files}
        save_json(self.job.marker, self.about | found | facts)
