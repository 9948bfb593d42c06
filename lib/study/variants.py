"""Variants of the paper's experiments: controls, other scales, other ways to prune."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..pruning import FineTune, LearningRateRewind, Reinitialise, WeightRewind
from .chapters import FURTHER_VARIANTS, NETWORKS, SUBSETS
from .declarations import Declared, early, experiment_of, left, one_shot
from .experiment import Experiment
from .paper import PAPER

BASES = PAPER | {name: experiment_of(declared) for name, declared in NETWORKS.items()}
"""name -> experiment at the scale of its own paper."""


@dataclass(frozen=True)
class Variant:
    """An experiment of a paper with a few values changed, in any profile.

    Attributes:
        base: a key of `BASES`.
        about: what is changed, in a few words for the reader.
        values: makes {path: value} of the base as the profile declares it.
    """

    base: str
    about: str
    values: Callable[[Experiment], dict[str, Any]]


def _brief(e: Experiment) -> dict[str, Any]:
    rewind = e.pruning.retraining
    epochs = rewind.epochs if isinstance(rewind, LearningRateRewind) else None
    shorter = max((epochs or e.recipe.epochs) // 4, 1)
    return {"pruning.retraining": LearningRateRewind(shorter)}


CONTROLS: Declared = {
    "untrained": ("networks with other random weights", lambda e: {"against": "untrained"}),
    "independent": (
        "complete networks of other train seeds",
        lambda e: {"train_seeds": (0, 1, 2), "against": "complete"},
    ),
    "trained_on": (
        "trained again as often, but never pruned",
        lambda e: {"pruning.levels": (1.0,) * e.pruning.iterations},
    ),
    "random_masks": (
        "random masks, each layer as dense as in the base",
        lambda e: {"pruning.score": "random", "densities_of": e.name},
    ),
}
"""suffix -> description and changed values: what else could make representations differ?"""

SCALES: Declared = {
    "slim": ("half as wide", lambda e: {"width": e.width / 2}),
    "brief": ("re-trainings of a quarter of the epochs", _brief),
}
"""suffix -> description and changed values: how far do the numbers depend on the scale?"""

OTHERS: Declared = {
    "one_shot": ("all at once, to the same sparsity", one_shot),
    "one_shot_long": (
        "all at once, to the same sparsity, and trained again as often as the base",
        lambda e: {"pruning.levels": (left(e, e.pruning.iterations),) * e.pruning.iterations},
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
        lambda e: {"pruning.retraining": WeightRewind(early(e))},
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
    **FURTHER_VARIANTS,
}
"""suffix -> description and changed values: other ways to prune."""

VARIANTS: dict[str, Variant] = {
    f"{base}_{suffix}": Variant(base, about, values)
    for base in BASES
    for suffix, (about, values) in (CONTROLS | SCALES | OTHERS | SUBSETS.get(base, {})).items()
}
"""name -> variant, such as `vgg_svhn_one_shot`."""
