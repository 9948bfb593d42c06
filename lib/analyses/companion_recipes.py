"""What the networks of the companion papers have in common, every hyperparameter with its source.

We worked from the abstracts and references of these papers, and from the public
notebook that ICANN 2020 names. Where they leave a detail open, we follow common
practice, and the source says so.
"""

from ..settings import LearningRateRewind, Momentum, Steps
from ..study.declarations import HOURS, REGRESSION, Hyperparameter, Hyperparameters, ProfileOverride
from ..study.paper import COMMON

AT_INIT = {"pruning.start": "initial", "pruning.retraining": LearningRateRewind()}
"""Changes to prune before training: the full training follows, however the base re-trains."""

OUR_CHOICE = "our choice, as the field would; the abstract does not say"
MAIN = "as in the main study"

SHARED: Hyperparameters = {
    **{
        path: Hyperparameter(s.value, f"{MAIN}, from there: {s.source}")
        for path, s in COMMON.items()
    },
    "dimensions": Hyperparameter(False, MAIN),
    "train_seeds": Hyperparameter(
        (0, 1, 2), "ours: the complete network is the unit of every interval"
    ),
    "prune_seeds": Hyperparameter(
        (0,), "ours: runs of one complete network are no further networks"
    ),
}


def recipe(
    epochs: Hyperparameter,
    batch_size: Hyperparameter,
    initial: Hyperparameter,
    milestones: Hyperparameter,
    nesterov: bool = True,
    source: str = OUR_CHOICE,
    augmented: bool = False,
) -> Hyperparameters:
    """The declared values of a recipe: SGD with momentum and step decay.

    Args:
        epochs, batch_size: of the recipe.
        initial, milestones: of its schedule: the learning rate, and the epochs of its
            decay.
        nesterov: whether the momentum is Nesterov's.
        source: of all values that have none of their own.
        augmented: whether there are crops and flips.
    """
    crop_and_flip = source if augmented else OUR_CHOICE
    return {
        "recipe.epochs": epochs,
        "recipe.batch_size": batch_size,
        "recipe.optimiser": Hyperparameter(Momentum, source),
        "recipe.optimiser.momentum": Hyperparameter(0.9, source),
        "recipe.optimiser.weight_decay": Hyperparameter(1e-4, source),
        "recipe.optimiser.nesterov": Hyperparameter(nesterov, source),
        "recipe.schedule": Hyperparameter(Steps, source),
        "recipe.schedule.initial": initial,
        "recipe.schedule.milestones": milestones,
        "recipe.schedule.factor": Hyperparameter(0.1, source),
        "recipe.augmentation.crop": Hyperparameter(4 if augmented else 0, crop_and_flip),
        "recipe.augmentation.flip": Hyperparameter(augmented, crop_and_flip),
        "recipe.augmentation.degrees": Hyperparameter(0.0, OUR_CHOICE),
        "recipe.augmentation.translate": Hyperparameter(0.0, OUR_CHOICE),
        "recipe.augmentation.cutout": Hyperparameter(0, OUR_CHOICE),
    }


TINY_SCALE = {
    "train_seeds": ProfileOverride((0,), REGRESSION),
    "train_images": ProfileOverride(64, REGRESSION),
}
TWELVE = {"pruning.iterations": ProfileOverride(12, HOURS)}
"""What the profiles `tiny` and `laptop` change in more than one of these networks."""
