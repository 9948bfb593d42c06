"""How the network of one pruning iteration is trained: from which weights, by which recipe."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torch import nn

from ..pruning import (
    FineTune,
    LearningRateRewind,
    Mask,
    Pruning,
    Reinitialise,
    WeightRewind,
    rescale_,
)
from ..training import Recipe, Steps

if TYPE_CHECKING:
    from .task import Task


def retraining_recipe(
    pruning: Pruning, recipe: Recipe, iteration: int
) -> tuple[Recipe, tuple[int, int]]:
    """The recipe of an iteration's re-training, and the (epoch, step) of it at which that begins.

    Args:
        recipe: that of the complete network.
        iteration: counted from 1.

    Raises:
        ValueError: a re-training of more epochs than the recipe has.
    """
    retraining = pruning.retraining_of(iteration)
    if pruning.short is not None and iteration < pruning.iterations:
        return recipe.compressed(pruning.short), (0, 0)
    if isinstance(retraining, FineTune):
        constant = Steps(retraining.rate, ())
        return replace(recipe, epochs=retraining.epochs, schedule=constant), (0, 0)
    if isinstance(retraining, WeightRewind):
        return recipe, retraining.point
    if isinstance(retraining, LearningRateRewind) and retraining.epochs is not None:
        if retraining.epochs > recipe.epochs:
            raise ValueError(
                f"{retraining} is longer than the whole training of {recipe.epochs} epochs"
            )
        return recipe, (recipe.epochs - retraining.epochs, 0)
    return recipe, (0, 0)


def rewind(task: Task, network: nn.Module, mask: Mask, iteration: int) -> None:
    """Give a network the weights from which its re-training starts, before the mask is applied."""
    from .networks import load_rewind_point  # networks builds on study, which builds on this

    retraining = task.setting.experiment.pruning.retraining_of(iteration)
    if isinstance(retraining, WeightRewind):
        network.load_state_dict(load_rewind_point(task.study, task.job, task.setting))
    elif isinstance(retraining, Reinitialise):
        network.load_state_dict(
            task.setting.new_network("again", *task.seeds, iteration).state_dict()
        )
        if retraining.rescaled:
            rescale_(network, mask)
