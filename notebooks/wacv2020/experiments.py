"""The experiments of the chapter on WACV 2020; their networks are those of other papers.

Blakeney, Yan and Zong, "Is Pruning Compression?: Investigating Pruning Via Network Layer
Similarity".
"""

from collections.abc import Callable
from typing import Any

from lib.pruning import Reinitialise
from lib.study.declarations import Chapter, VariantSpecs
from lib.study.experiment import Experiment
from notebooks.shared.variants import AT_INIT, fraction_remaining

MASKS: VariantSpecs = {
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
"""suffix -> what it is, and the values changed: sparsity structures. Each step down the
list gives up one part of what pruning found: which weights of a layer, then how many of
each layer."""


def _two_levels(e: Experiment) -> tuple[float, float]:
    """The fractions that the base has left after half of its iterations, and in the end."""
    end = e.pruning.iterations
    return fraction_remaining(e, end // 2), fraction_remaining(e, end)


def _trained_once(e: Experiment, rescaled: bool = False) -> dict[str, Any]:
    retraining = Reinitialise(rescaled=rescaled)
    return {"pruning.levels": _two_levels(e), "pruning.retraining": retraining}


def _trained_as_long(e: Experiment) -> dict[str, Any]:
    """The mask of half of the base's iterations from the start, and the trainings that
    the base had until then: the complete network's, and each re-training. So epochs,
    learning rates and new optimisers are the base's, step by step. One schedule
    stretched over as many epochs would change the learning rates as well, and with them
    more than the mask."""
    half = e.pruning.iterations // 2
    return {
        "pruning.levels": (fraction_remaining(e, half),) * (half + 1),
        "pruning.retraining": Reinitialise(then=e.pruning.retraining),
    }


TRAININGS: VariantSpecs = {
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


VARIANTS: VariantSpecs = {
    f"{mask}{way}": _from_scratch(mask, way) for mask in MASKS for way in TRAININGS
} | {
    "random_at_init": (
        "before training, random weights go; the complete network's own initial values",
        lambda e: {
            "pruning.levels": _two_levels(e),
            "pruning.score": "random",
            **AT_INIT,
        },
    ),
    "half_trained_as_long": (
        "trained again as often as half of the base's iterations, but never pruned",
        lambda e: {"pruning.levels": (1.0,) * (e.pruning.iterations // 2)},
    ),
}

_OF_ALL = ("random_at_init", "half_trained_as_long", "independent")

CHAPTER = Chapter(
    name="wacv2020",
    experiments=tuple(
        f"{network}{way}"
        for network, ways in {
            # every structure with every training, on the network that takes least time to train
            "conv4": [f"{mask}{way}" for mask in MASKS for way in TRAININGS],
            "vgg_svhn": [*MASKS, "random_uniform_long"],
            "resnet32": [*MASKS, "random_uniform_long"],
        }.items()
        for way in ("", *(f"_{name}" for name in (*ways, *_OF_ALL)))
    ),
    variants=VARIANTS,
)
