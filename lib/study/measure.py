"""What the jobs report of a training and of a trained network."""

from __future__ import annotations

import time

from torch import nn

from ..pruning import Mask
from ..training import Training, evaluate
from .progress import Progress
from .setting import Setting
from .study import Job


class Clock:
    """Seconds of work, those of earlier processes included."""

    def __init__(self, earlier: float):
        self.earlier = earlier
        self.start = time.monotonic()

    def __call__(self) -> float:
        return self.earlier + time.monotonic() - self.start


def key(job: Job, iteration: int) -> dict:
    """The columns that say which network of which job a row is about."""
    return {
        "experiment": job.experiment,
        "train_seed": job.train_seed,
        "prune_seed": job.prune_seed,
        "iteration": iteration,
    }


def one_epoch(training: Training, setting: Setting, progress: Progress, label: str) -> float:
    """Train for one epoch, log it with the test accuracy, and return the training loss."""
    epoch = training.run_epoch()
    data = setting.dataset
    accuracy, _ = evaluate(training.model, data.test, data, autocast=setting.autocast)
    progress.step(
        f"{label}, epoch {epoch.number}/{training.recipe.epochs}, learning rate from "
        f"{epoch.learning_rate:.3g}, loss {epoch.loss:.4f}, test accuracy {accuracy:.2%}"
    )
    return epoch.loss


def performance_row(
    job: Job,
    setting: Setting,
    network: nn.Module,
    mask: Mask | None,
    iteration: int,
    train_loss: float,
    seconds: float,
    epochs: int,
) -> dict:
    """A row of the performance table; the test is in the network's own precision."""
    accuracy, loss = evaluate(network, setting.dataset.test, setting.dataset)
    parameters = sum(p.numel() for p in network.parameters())
    removed = 0 if mask is None else mask.size - mask.survivors
    return {
        **key(job, iteration),
        "remaining": 1.0 if mask is None else mask.remaining,
        "remaining_all": 1 - removed / parameters,
        "accuracy": accuracy,
        "loss": loss,
        "train_loss": train_loss,
        "epochs": epochs,
        "seconds": seconds,
        "collapsed": "" if mask is None else ", ".join(mask.collapsed),
    }
