"""Variants of the paper's experiments: controls, other scales, other ways to prune."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..pruning import FineTune, LearningRateRewind, Reinitialise, WeightRewind
from .chapters import NETWORKS
from .experiment import Experiment
from .paper import PAPER
from .sourced import experiment_of

BASES = PAPER | {name: experiment_of(declared) for name, declared in NETWORKS.items()}
"""name -> a network at the scale of its own paper."""


@dataclass(frozen=True)
class Variant:
    """An experiment of a paper with a few values changed, in any profile.

    Attributes:
        base: a key of `BASES`.
        about: what is changed, a few words for the reader.
        values: {path: value} for the base as the profile has it.
    """

    base: str
    about: str
    values: Callable[[Experiment], dict[str, Any]]


def _final(e: Experiment) -> float:
    """The fraction of the weights that the base has left in the end."""
    return _left(e, e.pruning.iterations)


def _one_shot(e: Experiment, **more: Any) -> dict[str, Any]:
    return {"pruning.levels": (_final(e),), **{f"pruning.{k}": v for k, v in more.items()}}


def _left(e: Experiment, iterations: int) -> float:
    """The fraction of the weights that the base has left after so many iterations."""
    return (1 - e.pruning.fraction) ** iterations


def _two_levels(e: Experiment) -> tuple[float, float]:
    """What the base has left after half of its iterations, and in the end."""
    return _left(e, e.pruning.iterations // 2), _final(e)


MASKS: dict[str, tuple[str, Callable[[Experiment], dict[str, Any]]]] = {
    "masks_again": ("the base's masks", lambda e: {"masks_of": e.name}),
    "random_layerwise": (
        "random masks, each layer as dense as in the base",
        lambda e: {"pruning.score": "random", "densities_of": e.name},
    ),
    "random_uniform": (
        "random masks, all layers equally dense",
        lambda e: {"pruning.score": "random"},
    ),
}
"""suffix -> what it is, and the values changed: sparsity structures. Each step down the list gives
up one part of what pruning found: which weights of a layer, then how many of each layer."""


def _trained_once(e: Experiment, rescaled: bool = False) -> dict[str, Any]:
    retraining = Reinitialise(rescaled=rescaled)
    return {"pruning.levels": _two_levels(e), "pruning.retraining": retraining}


def _trained_as_long(e: Experiment) -> dict[str, Any]:
    """The mask of half of the base's iterations from the start, and the trainings that the base had
    until then: the complete network's, and each re-training. So epochs, learning rates and new
    optimisers are the base's, step by step. One schedule stretched over as many epochs would change
    the learning rates as well, and with them more than the mask."""
    half = e.pruning.iterations // 2
    return {
        "pruning.levels": (_left(e, half),) * (half + 1),
        "pruning.retraining": Reinitialise(then=e.pruning.retraining),
    }


TRAININGS: dict[str, tuple[str, Callable[[Experiment], dict[str, Any]]]] = {
    "": ("new random values, trained once", _trained_once),
    "_rescaled": (
        "new random values over the square root of their layer's density, trained once",
        lambda e: _trained_once(e, rescaled=True),
    ),
    "_long": (
        "new random values, trained as often as half of the base's iterations",
        _trained_as_long,
    ),
}
"""suffix -> what it is, and the values changed: how a sparsity structure is trained from scratch,
from the same new values for each structure."""


def _from_scratch(mask: str, training: str) -> tuple[str, Callable[[Experiment], dict[str, Any]]]:
    (which, masks), (how, trained) = MASKS[mask], TRAININGS[training]
    return f"{which}; {how}", lambda e: trained(e) | masks(e)


_AT_INIT = {"start": "initial", "retraining": LearningRateRewind()}
"""Before training: the whole training follows, whatever the base does after pruning."""


def _to_collapse(score: str, **more: Any) -> Callable[[Experiment], dict[str, Any]]:
    levels = (0.1, 0.03, 0.01, 0.003, 0.001)
    values = {"levels": levels, "score": score, **_AT_INIT, **more}
    return lambda e: {f"pruning.{name}": value for name, value in values.items()}


def _subset(classes: int) -> Callable[[Experiment], dict[str, Any]]:
    """The first classes only, with as many images of each; survivors as in late resetting."""

    def values(e: Experiment) -> dict[str, Any]:
        images = {} if e.train_images is None else {"train_images": e.train_images * classes // 10}
        rewind = {"pruning.retraining": WeightRewind(_early(e))}
        return {"classes": tuple(range(classes)), **images, **rewind}

    return values


def _no_pruning(e: Experiment) -> dict[str, Any]:
    return {"pruning.levels": (1.0,) * e.pruning.iterations}


def _random_masks(e: Experiment) -> dict[str, Any]:
    return {"pruning.score": "random", "densities_of": e.name}


def _more_networks(e: Experiment) -> dict[str, Any]:
    return {"train_seeds": (0, 1, 2), "against": "complete"}


def _brief(e: Experiment) -> dict[str, Any]:
    rewind = e.pruning.retraining
    epochs = rewind.epochs if isinstance(rewind, LearningRateRewind) else None
    shorter = max((epochs or e.recipe.epochs) // 4, 1)
    return {"pruning.retraining": LearningRateRewind(shorter)}


def _early(e: Experiment) -> int:
    """A tenth of the training: Frankle et al. (2020) find it late enough for small networks."""
    return max(e.recipe.epochs // 10, 1)


CONTROLS: dict[str, tuple[str, Callable[[Experiment], dict[str, Any]]]] = {
    "untrained": ("networks with other random weights", lambda e: {"against": "untrained"}),
    "independent": ("complete networks of other train seeds", _more_networks),
    "trained_on": ("trained again as often, but never pruned", _no_pruning),
    "random_masks": ("random masks, each layer as dense as in the base", _random_masks),
}
"""suffix -> what it is, and the values changed: what else could make representations differ?"""

SCALES: dict[str, tuple[str, Callable[[Experiment], dict[str, Any]]]] = {
    "slim": ("half as wide", lambda e: {"width": e.width / 2}),
    "brief": ("re-trainings of a quarter of the epochs", _brief),
}
"""suffix -> what it is, and the values changed: how far do the numbers depend on the scale?"""

OTHERS: dict[str, tuple[str, Callable[[Experiment], dict[str, Any]]]] = {
    "one_shot": ("all at once, to the same sparsity", _one_shot),
    "one_shot_long": (
        "all at once, to the same sparsity, and trained again as often as the base",
        lambda e: {"pruning.levels": (_final(e),) * e.pruning.iterations},
    ),
    **{f"{mask}{way}": _from_scratch(mask, way) for mask in MASKS for way in TRAININGS},
    "random_at_init": (
        "before training, random weights go; the complete network's own initial values",
        lambda e: {
            "pruning.levels": _two_levels(e),
            "pruning.score": "random",
            **{f"pruning.{name}": value for name, value in _AT_INIT.items()},
        },
    ),
    "fine_tune": (
        "survivors train on at a constant rate of 0.001",
        lambda e: {"pruning.retraining": FineTune(e.recipe.epochs, 0.001)},
    ),
    "weight_rewind": (
        "survivors go back to their initial values",
        lambda e: {"pruning.retraining": WeightRewind()},
    ),
    "late_reset": (
        "survivors go back to their values of a tenth of the training",
        lambda e: {"pruning.retraining": WeightRewind(_early(e))},
    ),
    "reinitialise": (
        "survivors get new random values",
        lambda e: {"pruning.retraining": Reinitialise()},
    ),
    "accelerated": (
        "re-trainings of a quarter of the epochs, but for the last",
        lambda e: {
            "pruning.retraining": LearningRateRewind(),
            "pruning.short": max(e.recipe.epochs // 4, 1),
        },
    ),
    "local": ("each layer loses the same share", lambda e: {"pruning.scope": "local"}),
    "random": ("random weights go", lambda e: {"pruning.score": "random"}),
    "gradient_weight": (
        "weights of the lowest product with their gradient go",
        lambda e: {"pruning.score": "gradient_weight"},
    ),
    "filters_l1": (
        "whole filters of the lowest L1 norm go",
        lambda e: {"pruning.granularity": "filter_l1"},
    ),
    "synflow_at_init": (
        "before training, at once, by synaptic flow in 100 rounds",
        lambda e: _one_shot(e, score="synflow", rounds=100, **_AT_INIT),
    ),
    "magnitude_at_init": (
        "before training, at once, by magnitude",
        lambda e: _one_shot(e, **_AT_INIT),
    ),
    "synflow_to_collapse": (
        "before training, by synaptic flow in 100 rounds, to one weight in a thousand",
        _to_collapse("synflow", rounds=100),
    ),
    "magnitude_to_collapse": (
        "before training, by magnitude, to one weight in a thousand",
        _to_collapse("magnitude"),
    ),
    "random_to_collapse": (
        "before training, at random, to one weight in a thousand",
        _to_collapse("random"),
    ),
}
"""suffix -> what it is, and the values changed: other ways to prune."""

SUBSETS: dict[str, tuple[str, Callable[[Experiment], dict[str, Any]]]] = {
    "two": ("two classes, late resetting", _subset(2)),
    "four": ("four classes, late resetting", _subset(4)),
    "six": ("six classes, late resetting", _subset(6)),
    "eight": ("eight classes, late resetting", _subset(8)),
}
"""suffix -> what it is, and the values changed: tasks of growing complexity, of Conv-4 alone."""

VARIANTS: dict[str, Variant] = {
    f"{base}_{suffix}": Variant(base, about, values)
    for base in BASES
    for suffix, (about, values) in (CONTROLS | SCALES | OTHERS).items()
} | {
    f"conv4_{suffix}": Variant("conv4", about, values)
    for suffix, (about, values) in SUBSETS.items()
}
"""name -> variant, such as `vgg_svhn_one_shot`."""
