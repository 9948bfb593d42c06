"""The trained networks of a study, kept so that jobs and analyses can start from them."""

import math
from collections.abc import Mapping
from pathlib import Path

from torch import nn

from ..pruning import Mask
from .job import Job
from .prepared_experiment import PreparedExperiment
from .storage import read_whole, save_tensors
from .study import Study

WEIGHTS = "weights.pt"
REWIND = "rewind.pt"
_FILE = "networks/{:02}.pt"
"""The name, in a run's folder, of the file that keeps the network of an iteration."""


def load_complete(study: Study, job: Job, setting: PreparedExperiment) -> nn.Module:
    """The trained complete network that a job starts from, on the setting's device.

    Raises:
        DamagedError: its file is not the one that was written, or is missing.
    """
    network = setting.new_network(job.train_seed)
    network.load_state_dict(read_whole(study.kept(study.complete(job), WEIGHTS)))
    return network


def load_rewind_point(study: Study, job: Job, setting: PreparedExperiment) -> dict:
    """The state in the complete network's training that pruned networks go back to.

    Raises:
        DamagedError: its file is not the one that was written, or is missing.
    """
    if setting.experiment.rewind_point == (0, 0):
        return setting.new_network(job.train_seed).state_dict()
    return read_whole(study.kept(study.complete(job), REWIND))


def save_network(folder: Path, iteration: int, network: nn.Module, mask: Mask) -> Path:
    """Keep the network of one iteration: its mask as bits, and of prunable weights those left.

    All iterations of a run at 20 % thus take about as much space as four complete
    networks.
    """
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
) -> nn.Module:
    """The network that a run had after an iteration, on the setting's device.

    Args:
        job: a run that prunes, done or under way.
        iteration: counted from 1.
        files: digests of what a run under way has kept; None for a run that is done.

    Raises:
        FileNotFoundError: the run has no such iteration.
        DamagedError: the file is not the one that the run wrote, or is missing.
    """
    content = _read(study, job, iteration, files)
    mask, state = Mask.unpacked(content["mask"]), content["state"]
    for name, kept in mask.kept.items():
        weights = state[name].new_zeros(math.prod(kept.shape)).view(kept.shape)
        weights[kept] = state[name]
        state[name] = weights
    network = setting.new_network(job.train_seed)
    network.load_state_dict(state)
    return network


def load_mask(
    study: Study, job: Job, iteration: int, files: Mapping[str, str] | None = None
) -> Mask:
    """Which weights survived an iteration; arguments and errors as for `load_network`."""
    return Mask.unpacked(_read(study, job, iteration, files)["mask"])


def _read(study: Study, job: Job, iteration: int, files: Mapping[str, str] | None) -> dict:
    files = study.read_provenance(job)["files"] if files is None else files
    name = _FILE.format(iteration)
    if name not in files:
        raise FileNotFoundError(f"{job} kept no network of iteration {iteration}")
    return read_whole(study.kept(job, name, files))
