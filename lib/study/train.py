"""A training within a job: its recipe, with a test and a log line after each epoch."""

import time
from collections.abc import Callable
from dataclasses import replace

from torch import nn

from ..pruning import FineTune, Mask, Pruning, WeightRewind
from ..seeds import derive_seed
from ..training import Recipe, Steps, Training, evaluate
from . import log
from .running_job import RunningJob


def retraining_recipe(
    pruning: Pruning, recipe: Recipe, iteration: int
) -> tuple[Recipe, tuple[int, int]]:
    """The recipe of an iteration's re-training, by that of the complete network, and its first
    (epoch, step)."""
    retraining = pruning.retraining_of(iteration)
    if pruning.short is not None and iteration < pruning.iterations:
        return recipe.compressed(pruning.short), (0, 0)
    if isinstance(retraining, FineTune):
        constant = Steps(retraining.rate, ())
        return replace(recipe, epochs=retraining.epochs, schedule=constant), (0, 0)
    if isinstance(retraining, WeightRewind):
        return recipe, retraining.point
    return recipe, (0, 0)


def train(
    task: RunningJob,
    network: nn.Module,
    recipe: Recipe,
    start: tuple[int, int] = (0, 0),
    iteration: int = 0,
    mask: Mask | None = None,
    before_step: Callable[[int, int], None] | None = None,
) -> dict:
    """Train a network in place, from where an earlier process stopped; its row of performance.

    Args:
        start: epoch and step of the recipe at which to begin.
        iteration: of the run; 0 for a complete network, which has no mask.
        mask: which weights remain, all others being held at zero.
        before_step: as in `lib.training.Training`.
    """
    setting = task.setting
    training = Training(
        network,
        setting.dataset,
        recipe,
        derive_seed("run" if mask else "complete", *task.job.seeds, *([iteration] if mask else [])),
        None if mask is None else mask.keeper(network),
        before_step,
        start=start,
        autocast=setting.autocast,
    )
    name = "complete"
    if mask is not None:
        of = setting.experiment.pruning.iterations
        name = f"iteration {iteration}/{of}, {mask.remaining:.1%} remaining"
    spent, loss, tested = 0.0, 0.0, None
    if task.saved.get("iteration") == iteration and "training" in task.saved:
        training.load_state_dict(task.saved["training"])
        spent, loss = task.saved["spent"], task.saved["loss"]
        log.info("going on after epoch %d", training.epochs_done)
    while not training.finished:
        began = time.monotonic()
        epoch = training.run_epoch()
        tested = evaluate(network, setting.dataset.test, setting.dataset, autocast=setting.autocast)
        loss, spent = epoch.loss, spent + time.monotonic() - began
        task.step(
            f"{name}, epoch {epoch.number}/{recipe.epochs}, learning rate from "
            f"{epoch.learning_rate:.3g}, loss {loss:.4f}, test accuracy {tested[0]:.2%}"
        )
        if task.checkpoint.due:
            state = training.state_dict()
            task.save(iteration=iteration, training=state, spent=spent, loss=loss)
    times = {"train_loss": loss, "seconds": spent, "epochs": recipe.epochs - start[0]}
    in_own_precision = None if setting.autocast else tested
    return performance(task, network, mask, iteration, in_own_precision) | times


def performance(
    task: RunningJob,
    network: nn.Module,
    mask: Mask | None = None,
    iteration: int = 0,
    tested: tuple[float, float] | None = None,
) -> dict:
    """A network's row of the performance table, with zero epochs and seconds.

    Args:
        tested: accuracy and loss in its own precision, if they are known.
    """
    accuracy, loss = tested or evaluate(network, task.setting.dataset.test, task.setting.dataset)
    mask = Mask.complete(network) if mask is None else mask
    return {
        **task.key(iteration),
        "remaining": mask.remaining,
        "accuracy": accuracy,
        "loss": loss,
        "train_loss": float("nan"),
        "epochs": 0,
        "seconds": 0.0,
        "collapsed": ", ".join(mask.collapsed),
    }
