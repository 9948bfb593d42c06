"""The job that trains a complete network."""

from __future__ import annotations

import time
from pathlib import Path

from torch import nn

from ..seeds import derive_seed
from ..tables import PERFORMANCE
from ..training import Training
from .checkpoints import Checkpoints
from .files import load_tensors, save_table, save_tensors
from .measure import Clock, one_epoch, performance_row
from .progress import Progress, log
from .setting import Setting
from .study import Job, Study

WEIGHTS = "weights.pt"
REWIND = "rewind.pt"


def train_complete(study: Study, job: Job, setting: Setting, folder: Path) -> float:
    """Train the complete network; returns the seconds that earlier processes spent on it.

    Leaves its weights, its row of the performance table, and its state at the point that pruned
    networks go back to, if that isn't the start.
    """
    network = setting.new_network(job.train_seed)
    point = setting.experiment.rewind_point

    def keep(epoch: int, step: int) -> None:
        if (epoch, step) == point != (0, 0):
            save_tensors(folder / REWIND, network.state_dict())

    training = Training(
        network,
        setting.dataset,
        setting.experiment.recipe,
        derive_seed("complete", job.train_seed),
        before_step=keep,
        autocast=setting.autocast,
        captured=getattr(network, "capturable", True),
    )
    checkpoints = Checkpoints(folder, study.identity(job) | setting.identity)
    saved = checkpoints.load() or {}
    if saved:
        log.info("going on after epoch %d", saved["training"]["epochs_done"])
        training.load_state_dict(saved["training"])
    clock = Clock(saved.get("seconds", 0.0))
    progress = Progress(training.recipe.epochs, training.epochs_done)
    spent, train_loss = saved.get("training_seconds", 0.0), saved.get("train_loss", 0.0)
    while not training.finished:
        began = time.monotonic()
        train_loss = one_epoch(training, setting, progress, "complete")
        spent += time.monotonic() - began
        if not checkpoints.due:
            continue
        content = {
            "training": training.state_dict(),
            "train_loss": train_loss,
            "training_seconds": spent,
            "seconds": clock(),
        }
        checkpoints.save(content)
    row = performance_row(job, setting, network, None, 0, train_loss, spent, training.recipe.epochs)
    save_tensors(folder / WEIGHTS, network.state_dict())
    save_table(folder / "performance.parquet", PERFORMANCE.tidy([row]))
    return clock.earlier


def load_complete(study: Study, job: Job, setting: Setting) -> nn.Module:
    """The trained complete network that a job starts from, on the setting's device.

    Raises:
        ValueError: its file is damaged.
    """
    network = setting.new_network(job.train_seed)
    network.load_state_dict(load_tensors(study.job_folder(study.complete(job)) / WEIGHTS))
    return network


def load_rewind_point(study: Study, job: Job, setting: Setting) -> dict:
    """The state of the complete network's training that pruned networks go back to.

    Raises:
        ValueError: its file is damaged.
    """
    if setting.experiment.rewind_point == (0, 0):
        return setting.new_network(job.train_seed).state_dict()
    return load_tensors(study.job_folder(study.complete(job)) / REWIND)
