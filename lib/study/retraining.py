"""How the network of one pruning iteration is trained: which recipe, from which point of it."""

from __future__ import annotations

from dataclasses import replace

from ..pruning import FineTune, LearningRateRewind, Pruning, WeightRewind
from ..training import Recipe, Steps


def plan(pruning: Pruning, recipe: Recipe, iteration: int) -> tuple[Recipe, tuple[int, int]]:
    """The recipe of an iteration's training, and where in it that begins: (epoch, step).

    Args:
        pruning: what decides it.
        recipe: that of the complete network.
        iteration: counted from 1.

    Raises:
        ValueError: a retraining of more epochs than the recipe has.
    """
    retraining = pruning.retraining
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
