"""The experiments of the papers around the main one, every hyperparameter with its source.

- ICPRAM 2020: Ansuini, Medvet, Pellegrino and Zullich, "On the Similarity between Hidden Layers of
  Pruned and Unpruned Convolutional Neural Networks".
- ICANN 2020: Tartaglione, Bragagnolo and Grangetto, "Pruning Artificial Neural Networks: A Way to
  Find Well-Generalizing, High-Entropy Sharp Minima".
- WACV 2020: Blakeney, Yan and Zong, "Is Pruning Compression?: Investigating Pruning Via Network
  Layer Similarity".

Only their abstracts and references are open to us. Where these leave a detail open, we decide as
the field would, and the source says so.
"""

from ..data import Augmentation
from ..training import Momentum, Recipe, Steps
from .experiment import Experiment
from .paper import COMMON_SOURCES

_SGD = Momentum(momentum=0.9, weight_decay=1e-4, nesterov=True)
_BESIDES = {"also": ("channels", "gap"), "permutations": 2, "precision": "bfloat16"}

COMPANIONS = {
    "conv4": Experiment(
        name="conv4",
        model="conv4",
        dataset="cifar10",
        recipe=Recipe(
            epochs=30,
            batch_size=60,
            optimiser=_SGD,
            schedule=Steps(initial=0.01, milestones=(15, 25), factor=0.1),
        ),
        **_BESIDES,
    ),
    "lenet5": Experiment(
        name="lenet5",
        model="lenet5",
        dataset="mnist",
        recipe=Recipe(
            epochs=30,
            batch_size=100,
            optimiser=_SGD,
            schedule=Steps(initial=0.1, milestones=(15, 25), factor=0.1),
        ),
        **_BESIDES,
    ),
    "resnet32": Experiment(
        name="resnet32",
        model="resnet32",
        dataset="cifar10",
        recipe=Recipe(
            epochs=164,
            batch_size=128,
            optimiser=Momentum(momentum=0.9, weight_decay=1e-4, nesterov=False),
            schedule=Steps(initial=0.1, milestones=(82, 123), factor=0.1),
            augmentation=Augmentation(crop=4, flip=True),
        ),
        **_BESIDES,
    ),
}
"""The networks that the main paper does not have, at the scale of their own papers."""

_OPEN = "our choice, as the field would; the abstract does not say"
_MAIN = "as in the main paper"
_HE = "He et al. (2016), section 4.2"
_CONV4 = "after Frankle and Carbin (2019), Fig. 2, who train with Adam"

_RECIPE = {
    "recipe.epochs": _OPEN,
    "recipe.batch_size": _OPEN,
    "recipe.optimiser": _OPEN,
    "recipe.optimiser.momentum": _OPEN,
    "recipe.optimiser.weight_decay": _OPEN,
    "recipe.optimiser.nesterov": _OPEN,
    "recipe.schedule": _OPEN,
    "recipe.schedule.initial": _OPEN,
    "recipe.schedule.milestones": _OPEN,
    "recipe.schedule.factor": _OPEN,
    "recipe.augmentation.crop": _OPEN,
    "recipe.augmentation.flip": _OPEN,
    "recipe.augmentation.degrees": _OPEN,
    "recipe.augmentation.translate": _OPEN,
    "recipe.augmentation.cutout": _OPEN,
}

_SHARED = dict.fromkeys(COMMON_SOURCES, _MAIN) | _RECIPE | {"prune_seeds": _OPEN}

COMPANION_SOURCES = {
    "conv4": _SHARED
    | {
        "model": "Frankle and Carbin (2019), Fig. 2; WACV 2020 names a ConvNet",
        "dataset": "main paper, section 1: ICPRAM 2020 used CIFAR-10",
        "classes": "main paper, section 1: five subsets of increasing complexity",
        "recipe.batch_size": _CONV4,
    },
    "lenet5": _SHARED
    | {
        "model": "LeCun et al. (1998), with the channels of the references of ICANN 2020",
        "dataset": "ICANN 2020 cites the loaders of such images; the abstract does not say",
    },
    "resnet32": _SHARED
    | {
        "model": "He et al. (2016), section 4.2; ICANN 2020 names the implementation",
        "dataset": f"{_HE}: CIFAR-10",
        "recipe.epochs": f"{_HE}: 64,000 steps",
        "recipe.batch_size": _HE,
        "recipe.optimiser": _HE,
        "recipe.optimiser.momentum": _HE,
        "recipe.optimiser.weight_decay": _HE,
        "recipe.optimiser.nesterov": _HE,
        "recipe.schedule": _HE,
        "recipe.schedule.initial": _HE,
        "recipe.schedule.milestones": f"{_HE}: 32,000 and 48,000 steps",
        "recipe.schedule.factor": _HE,
        "recipe.augmentation.crop": _HE,
        "recipe.augmentation.flip": _HE,
    },
}

CHAPTERS: dict[str, tuple[str, ...]] = {
    "icpram2020": (
        *("conv4_two", "conv4_four", "conv4_six", "conv4_eight"),
        *("conv4_late_reset", "conv4", "conv4_untrained", "conv4_independent"),
    ),
    "icann2020": tuple(
        name
        for network in ("lenet5", "resnet32")
        for name in (network, f"{network}_one_shot", f"{network}_one_shot_long")
    ),
    "wacv2020": tuple(
        name
        for network in ("conv4", "vgg_svhn", "resnet32")
        for name in (
            network,
            f"{network}_masks_again",
            f"{network}_random_at_init",
            f"{network}_independent",
        )
    ),
    "at_init": tuple(
        f"vgg_svhn_{score}_to_collapse" for score in ("synflow", "magnitude", "random")
    ),
}
"""chapter, which is also the name of its page -> its experiments. A chapter is a study of its own,
with tables of its own; jobs that two studies have in common are done once."""
