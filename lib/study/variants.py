"""Ways to vary an experiment: controls, and other ways to prune."""

from ..settings import FineTune, LearningRateRewind, Reinitialise, WeightRewind
from .declarations import (
    COMPLETE_SEEDS,
    VariantSpecs,
    fraction_remaining,
    one_shot,
    tenth_of_training,
)

CONTROL_VARIANTS: VariantSpecs = {
    "untrained": ("networks with other random weights", lambda e: {"against": "untrained"}),
    "independent": (
        "complete networks of other train seeds",
        lambda e: {"train_seeds": COMPLETE_SEEDS, "against": "complete"},
    ),
    "trained_as_long": (
        "trained again as often, but never pruned",
        lambda e: {"pruning.levels": (1.0,) * e.pruning.iterations},
    ),
    "random_masks": (
        "random masks, each layer as dense as in the base",
        lambda e: {"pruning.score": "random", "densities_of": e.name},
    ),
}
"""suffix -> description and changed values: what else could make representations differ?"""

PRUNING_VARIANTS: VariantSpecs = {
    "one_shot": ("all at once, to the same sparsity", one_shot),
    "one_shot_long": (
        "all at once, to the same sparsity, and trained again as often as the base",
        lambda e: {
            "pruning.levels": (fraction_remaining(e, e.pruning.iterations),) * e.pruning.iterations
        },
    ),
    "fine_tune": (
        "survivors are trained further at a constant rate of 0.001",
        lambda e: {"pruning.retraining": FineTune(e.recipe.epochs, 0.001)},
    ),
    "weight_rewind": (
        "survivors go back to their initial values",
        lambda e: {"pruning.retraining": WeightRewind()},
    ),
    "late_reset": (
        "survivors go back to their values after a tenth of the training",
        lambda e: {"pruning.retraining": WeightRewind(tenth_of_training(e))},
    ),
    "reinitialise": (
        "survivors get new random values",
        lambda e: {"pruning.retraining": Reinitialise()},
    ),
    "accelerated": (
        "re-trainings of a quarter of the epochs, except for the last",
        lambda e: {
            "pruning.retraining": LearningRateRewind(),
            "pruning.short": max(e.recipe.epochs // 4, 1),
        },
    ),
    "local": ("each layer loses the same share", lambda e: {"pruning.scope": "local"}),
    "random": ("random weights are removed", lambda e: {"pruning.score": "random"}),
    "gradient_weight": (
        "weights with the smallest product with their gradient are removed",
        lambda e: {"pruning.score": "gradient_weight"},
    ),
    "filters_l1": (
        "the filters with the smallest L1 norm are removed",
        lambda e: {"pruning.granularity": "filter_l1"},
    ),
}
"""suffix -> description and changed values: other ways to prune."""
