"""Files of jobs: tensors, tables, and the trained networks from which other jobs start."""

import io
import math
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import torch
from torch import nn

from ..atomic_files import write_atomically
from ..integrity import DamagedError
from ..pruning import Mask
from .job import Job
from .prepared_experiment import PreparedExperiment
from .study import Study

WEIGHTS = "weights.pt"
REWIND = "rewind.pt"
"""The state of the complete network's training to which pruned networks rewind."""
_FILE = "networks/{:02}.pt"
"""The name, in a run's folder, of the file that keeps the network of an iteration."""


def save_tensors(path: Path, content: dict) -> Path:
    """Tensors and plain values to a file, atomically; the same content gives the same bytes."""
    archive = io.BytesIO()  # by a path, its name would go into it, and a full disk be no OSError
    torch.save(content, archive)
    write_atomically(path, lambda part: part.write_bytes(archive.getbuffer()))
    return path


def save_table(path: Path, table: pd.DataFrame) -> Path:
    """A table to a Parquet file, atomically; returns the path."""
    write_atomically(path, lambda part: table.to_parquet(part, index=False))
    return path


def read_whole(path: Path) -> dict:
    """The content of a file of `torch.save`, on the CPU, without executing any code from the file.

    PyTorch writes a zip archive with checksums, but does not check them on reading. Here a file
    that has changed raises a `DamagedError`.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if wrong := archive.testzip():
                raise DamagedError(f"the checksum of {wrong} differs")
            # the bit that makes it a folder: PyTorch would give what happens to be in the memory
            if any(record.external_attr for record in archive.infolist()):
                raise DamagedError("it has records that PyTorch does not write")
        return torch.load(path, map_location="cpu", weights_only=True)
    except DamagedError:
        raise
    except Exception as error:  # the reader may fail in any way, and a bad sector is damage too
        reason = " ".join(str(error).split())[:100]
        raise DamagedError(f"{type(error).__name__}: {reason}") from error


def load_complete(study: Study, job: Job, setting: PreparedExperiment) -> nn.Module:
    """The trained complete network that a job starts from, on the setting's device."""
    network = setting.new_network(job.train_seed)
    network.load_state_dict(read_whole(study.kept(study.complete(job), WEIGHTS)))
    return network


def save_network(folder: Path, iteration: int, network: nn.Module, mask: Mask) -> Path:
    """Keep the network of one iteration: its mask as bits, and of prunable weights those left."""
    state = network.state_dict()
    for name, kept in mask.kept.items():
        state[name] = state[name].contiguous()[kept]
    content = {"mask": mask.packed(), "state": state}
    return save_tensors(folder / _FILE.format(iteration), content)


def load_network(
    study: Study,
    job: Job,
    setting: PreparedExperiment,
    iteration: int,
    files: Mapping[str, str] | None = None,
) -> tuple[nn.Module, Mask]:
    """The network that a run had after an iteration, on the setting's device, and its mask.

    Args:
        iteration: counted from 1; another one is a FileNotFoundError.
        files: digests of what a run under way has kept; None for a run that is done.
    """
    content = _read(study, job, iteration, files)
    mask, state = Mask.unpacked(content["mask"]), content["state"]
    for name, kept in mask.kept.items():
        weights = state[name].new_zeros(math.prod(kept.shape)).view(kept.shape)
        weights[kept] = state[name]
        state[name] = weights
    network = setting.new_network(job.train_seed)
    network.load_state_dict(state)
    return network, mask.to(setting.device)


def load_mask(study: Study, job: Job, iteration: int) -> Mask:
    """Which weights survived an iteration of a run that is done."""
    return Mask.unpacked(_read(study, job, iteration)["mask"])


def _read(study: Study, job: Job, iteration: int, files: Mapping[str, str] | None = None) -> dict:
    files = study.read_provenance(job)["files"] if files is None else files
    name = _FILE.format(iteration)
    if name not in files:
        raise FileNotFoundError(f"{job} kept no network of iteration {iteration}")
    return read_whole(study.kept(job, name, files))
