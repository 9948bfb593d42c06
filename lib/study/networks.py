"""The trained networks of a study, kept so that jobs and analyses can start from them."""

from __future__ import annotations

import math
from pathlib import Path

from torch import nn

from ..pruning import Mask
from .files import load_tensors, save_tensors
from .setting import Setting
from .study import Job, Study

WEIGHTS = "weights.pt"
REWIND = "rewind.pt"


def load_complete(study: Study, job: Job, setting: Setting) -> nn.Module:
    """The trained complete network that a job starts from, on the setting's device.

    Raises:
        ValueError: its file is damaged.
    """
    network = setting.new_network(job.train_seed)
    network.load_state_dict(load_tensors(study.job_folder(study.complete(job)) / WEIGHTS))
    return network


def load_rewind_point(study: Study, job: Job, setting: Setting) -> dict:
    """The state in the complete network's training that pruned networks go back to.

    Raises:
        ValueError: its file is damaged.
    """
    if setting.experiment.rewind_point == (0, 0):
        return setting.new_network(job.train_seed).state_dict()
    return load_tensors(study.job_folder(study.complete(job)) / REWIND)


def save_network(folder: Path, iteration: int, network: nn.Module, mask: Mask) -> None:
    """Keep the network of one iteration: its mask as bits, and of prunable weights those left.

    All iterations of a run at 20 % thus take about as much space as four complete networks.
    """
    state = network.state_dict()
    for name, kept in mask.kept.items():
        state[name] = state[name].contiguous()[kept]
    save_tensors(network_file(folder, iteration), {"mask": mask.packed(), "state": state})


def load_network(study: Study, job: Job, setting: Setting, iteration: int) -> nn.Module:
    """The network that a run had after an iteration, on the setting's device.

    Args:
        study: that of the job.
        job: a run that prunes, done or under way.
        setting: of the job's experiment.
        iteration: counted from 1.

    Raises:
        FileNotFoundError: the run has not reached this iteration.
        ValueError: the file is damaged.
    """
    content = _read(study, job, iteration)
    mask, state = Mask.unpacked(content["mask"]), content["state"]
    for name, kept in mask.kept.items():
        weights = state[name].new_zeros(math.prod(kept.shape)).view(kept.shape)
        weights[kept] = state[name]
        state[name] = weights
    network = setting.new_network(job.train_seed)
    network.load_state_dict(state)
    return network


def load_mask(study: Study, job: Job, iteration: int) -> Mask:
    """Which weights survived an iteration; errors as for `load_network`."""
    return Mask.unpacked(_read(study, job, iteration)["mask"])


def _read(study: Study, job: Job, iteration: int) -> dict:
    path = network_file(study.job_folder(job), iteration)
    if not path.exists():
        raise FileNotFoundError(
            f"no network of iteration {iteration} of {job} was kept: {path} does not exist"
        )
    return load_tensors(path)


def network_file(folder: Path, iteration: int) -> Path:
    """The file in a run's folder that keeps the network of an iteration."""
    return folder / "networks" / f"{iteration:02}.pt"
