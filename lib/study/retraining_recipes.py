"""By which recipe the network of a pruning iteration is trained."""

from dataclasses import replace

from ..settings import FineTune, LearningRateRewind, Pruning, Recipe, Steps, WeightRewind


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


def retraining_epochs(pruning: Pruning, recipe: Recipe) -> list[int]:
    """Epochs of each re-training of a run; one that begins within an epoch counts all of that."""
    retrainings = (retraining_recipe(pruning, recipe, i + 1) for i in range(pruning.iterations))
    return [trained.epochs - epoch for trained, (epoch, _) in retrainings]
