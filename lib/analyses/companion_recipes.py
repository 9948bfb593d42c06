"""What the networks of the companion papers have in common, every hyperparameter with its source.

We worked from the abstracts and references of these papers, and from the public notebook that ICANN
2020 names. Where they leave a detail open, we follow common practice, and the source says so.
"""

from ..pruning import LearningRateRewind
from ..study.declarations import HOURS, REGRESSION, Change, Declaration, Sourced
from ..study.paper import COMMON
from ..training import Momentum, Steps

AT_INIT = {"pruning.start": "initial", "pruning.retraining": LearningRateRewind()}
"""Changes to prune before training: the full training follows, however the base re-trains."""

OPEN = "our choice, as the field would; the abstract does not say"
MAIN = "as in the main study"

SHARED: Declaration = {
    **{path: Sourced(s.value, f"{MAIN}, from there: {s.source}") for path, s in COMMON.items()},
    "dimensions": Sourced(False, MAIN),
    "train_seeds": Sourced((0, 1, 2), "ours: the complete network is the unit of every interval"),
    "prune_seeds": Sourced((0,), "ours: runs of one complete network are no further networks"),
}


def recipe(
    epochs: Sourced,
    batch_size: Sourced,
    initial: Sourced,
    milestones: Sourced,
    nesterov: bool = True,
    source: str = OPEN,
    augmented: bool = False,
) -> Declaration:
    """The declared values of a recipe: SGD with momentum and step decay.

    Args:
        epochs, batch_size: of the recipe.
        initial, milestones: of its schedule: the learning rate, and the epochs of its decay.
        nesterov: whether the momentum is Nesterov's.
        source: of all values that have none of their own.
        augmented: whether there are crops and flips.
    """
    crop_and_flip = source if augmented else OPEN
    return {
        "recipe.epochs": epochs,
        "recipe.batch_size": batch_size,
        "recipe.optimiser": Sourced(Momentum, source),
        "recipe.optimiser.momentum": Sourced(0.9, source),
        "recipe.optimiser.weight_decay": Sourced(1e-4, source),
        "recipe.optimiser.nesterov": Sourced(nesterov, source),
        "recipe.schedule": Sourced(Steps, source),
        "recipe.schedule.initial": initial,
        "recipe.schedule.milestones": milestones,
        "recipe.schedule.factor": Sourced(0.1, source),
        "recipe.augmentation.crop": Sourced(4 if augmented else 0, crop_and_flip),
        "recipe.augmentation.flip": Sourced(augmented, crop_and_flip),
        "recipe.augmentation.degrees": Sourced(0.0, OPEN),
        "recipe.augmentation.translate": Sourced(0.0, OPEN),
        "recipe.augmentation.cutout": Sourced(0, OPEN),
    }


TINY = {"train_seeds": Change((0,), REGRESSION), "train_images": Change(64, REGRESSION)}
TWELVE = {"pruning.iterations": Change(12, HOURS)}
"""What the profiles `tiny` and `laptop` change in more than one of these networks."""
