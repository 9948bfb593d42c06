"""Ways to vary any experiment: controls, and other ways to prune."""

from typing import Any

from lib.pruning import FineTune, LearningRateRewind, WeightRewind
from lib.study.analysis import COMPLETE_SEEDS
from lib.study.declarations import VariantSpecs
from lib.study.experiment import Experiment


def fraction_remaining(e: Experiment, iterations: int) -> float:
    """The fraction of the weights that the base has left after a number of iterations."""
    return (1 - e.pruning.fraction) ** iterations


def tenth_of_training(e: Experiment) -> int:
    """A tenth of the training, in epochs: late enough for small networks (Frankle et al. 2020)."""
    return max(e.recipe.epochs // 10, 1)


def _one_shot(e: Experiment) -> dict[str, Any]:
    return {"pruning.levels": (fraction_remaining(e, e.pruning.iterations),)}


AT_INIT = {"pruning.start": "initial", "pruning.retraining": LearningRateRewind()}
"""Changes to prune before training: the full training follows, however the base re-trains."""

CONTROLS: VariantSpecs = {
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

PRUNINGS: VariantSpecs = {
    "one_shot": ("all at once, to the same sparsity", _one_shot),
    "one_shot_long": (
        "all at once, to the same sparsity, and trained again as often as the base",
        lambda e: {"pruning.levels": _one_shot(e)["pruning.levels"] * e.pruning.iterations},
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
    "local": ("each layer loses the same share", lambda e: {"pruning.scope": "local"}),
    "random": ("random weights are removed", lambda e: {"pruning.score": "random"}),
}
"""suffix -> description and changed values: other ways to prune."""
