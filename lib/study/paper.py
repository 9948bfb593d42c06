"""The paper's three experiments, every hyperparameter with its source.

The paper is Ansuini, Medvet, Pellegrino and Zullich, "Investigating Similarity Metrics for
Convolutional Neural Networks in the Case of Unstructured Pruning".
"""

from ..data import Augmentation
from ..training import LayerwiseMomentum, Momentum, PiecewiseLinear, Recipe, Steps
from .experiment import Experiment

CIFAR10_AUGMENTATION = Augmentation(crop=4, flip=True, degrees=15.0, translate=0.1, cutout=8)

_BESIDES = {
    "also": ("channels", "gap"),  # the paper asks for it in section 6.3
    "dimensions": True,  # and conjectures on it in section 6.1
    "permutations": 2,  # nearly all of a comparison's time on a GPU is theirs
    "precision": "bfloat16",
}
"""What the paper asks in its discussion and does not measure, and how we go about it."""

PAPER = {
    "vgg16_bn": Experiment(
        name="vgg16_bn",
        model="vgg16_bn",
        dataset="cifar10",
        recipe=Recipe(
            epochs=160,
            batch_size=128,
            optimiser=Momentum(momentum=0.9, weight_decay=1e-4, nesterov=True),
            schedule=Steps(initial=0.1, milestones=(80, 120), factor=0.1),
            augmentation=CIFAR10_AUGMENTATION,
        ),
        **_BESIDES,
        prune_seeds=tuple(range(20)),
    ),
    "vgg_svhn": Experiment(
        name="vgg_svhn",
        model="vgg_svhn",
        dataset="svhn",
        recipe=Recipe(
            epochs=15,
            batch_size=50,
            optimiser=Momentum(momentum=0.9, weight_decay=1e-4, nesterov=True),
            schedule=Steps(initial=0.1, milestones=(7, 12), factor=0.1),
        ),
        **_BESIDES,
    ),
    "resnet_fast": Experiment(
        name="resnet_fast",
        model="resnet_fast",
        dataset="cifar10",
        recipe=Recipe(
            epochs=24,
            batch_size=512,
            optimiser=LayerwiseMomentum(momentum=0.9, weight_decay=5e-4, trust=0.01),
            schedule=PiecewiseLinear(epochs=(0, 5, 24), rates=(0, 0.4, 0)),
            augmentation=CIFAR10_AUGMENTATION,
        ),
        **_BESIDES,
    ),
}

_RENDA = "paper, section 4.2: hyperparameters of Renda et al. (2020)"
_AS_VGG16 = "paper, section 4.2: as for VGG16_BN"
_FAST = "cifar10-fast, the implementation that the paper names in section 4.2"
_CODE = "the authors' public code; the paper does not say"
_OURS = "our choice; the paper does not say"

COMMON_SOURCES = {
    "name": "our name for it",
    "width": "paper, section 4.2: the networks as they are",
    "train_images": "paper, section 4.1: the whole training set",
    "classes": "paper, section 4.1: all of them",
    "pruning.iterations": "paper, section 4: IMP with learning-rate rewinding, global scope",
    "pruning.fraction": "paper, section 4, after Renda et al. (2020)",
    "pruning.levels": "ours: only variants list them",
    "pruning.score": "paper, section 3.1: magnitude",
    "pruning.scope": "paper, section 4: global",
    "pruning.granularity": "paper, section 3.1: unstructured",
    "pruning.rounds": "paper, section 3.1: one scoring an iteration",
    "pruning.retraining": "paper, section 4: learning-rate rewinding (Renda et al. 2020)",
    "pruning.retraining.epochs": "paper, section 4: the whole schedule",
    "pruning.short": "paper, section 4: whole re-trainings",
    "pruning.start": "paper, section 3.1: the complete network",
    "densities_of": "ours: only a control uses it",
    "masks_of": "ours: only a variant uses it",
    "against": "paper, section 3.2: the pruned networks",
    "probe.images": "paper, section 6.2",
    "probe.split": _OURS,
    "probe.seed": _OURS,
    "metrics": "paper, section 3.2; plain mean CCA beside the paper's four",
    "output_metrics": "paper, section 6.2, equation 8",
    "also": "ours: the paper asks for it in section 6.3",
    "dimensions": "ours: the paper conjectures on it in section 6.1",
    "permutations": "ours: the paper has no null",
    "null_at": "ours: the paper has no null",
    "train_seeds": "paper, section 4: one complete network",
    "later_prune_seeds": "ours: only a profile of several complete networks uses it",
    "precision": _OURS,
}

_AUGMENTATION_SOURCES = {
    "recipe.augmentation.crop": _CODE,
    "recipe.augmentation.flip": "paper, section 4.1",
    "recipe.augmentation.degrees": _CODE,
    "recipe.augmentation.translate": _CODE,
    "recipe.augmentation.cutout": f"size from {_FAST}",
}

_NO_AUGMENTATION = dict.fromkeys(
    _AUGMENTATION_SOURCES, "paper, section 4.1: none is mentioned for SVHN"
)

SOURCES = {
    "vgg16_bn": {
        **COMMON_SOURCES,
        "model": "paper, section 4.2 and Fig. 1",
        "dataset": "paper, section 4.1",
        "recipe.epochs": "paper, section 4.2",
        "recipe.batch_size": "paper, section 4.2",
        "recipe.optimiser": "paper, section 4.2: SGD with momentum",
        "recipe.optimiser.momentum": _RENDA,
        "recipe.optimiser.weight_decay": _RENDA,
        "recipe.optimiser.nesterov": _RENDA,
        "recipe.schedule": "paper, section 4.2: step decay",
        "recipe.schedule.initial": _RENDA,
        "recipe.schedule.milestones": _RENDA,
        "recipe.schedule.factor": _RENDA,
        **_AUGMENTATION_SOURCES,
        "prune_seeds": "paper, Fig. 8: 20 runs",
    },
    "vgg_svhn": {
        **COMMON_SOURCES,
        "model": "paper, section 4.2 and Fig. 2; batch normalisation from the authors' public code",
        "dataset": "paper, section 4.1",
        "recipe.epochs": "paper, section 4.2",
        "recipe.batch_size": "paper, section 4.2",
        "recipe.optimiser": "paper, section 4.2: SGD with momentum",
        "recipe.optimiser.momentum": _AS_VGG16,
        "recipe.optimiser.weight_decay": _AS_VGG16,
        "recipe.optimiser.nesterov": _AS_VGG16,
        "recipe.schedule": "paper, section 4.2: step decay",
        "recipe.schedule.initial": _AS_VGG16,
        "recipe.schedule.milestones": "paper, section 4.2",
        "recipe.schedule.factor": "paper, section 4.2",
        **_NO_AUGMENTATION,
        "prune_seeds": "paper, Fig. 6: 5 runs",
    },
    "resnet_fast": {
        **COMMON_SOURCES,
        "precision": f"half precision, as {_FAST}",
        "model": "paper, section 4.2 and Fig. 3, after cifar10-fast",
        "dataset": "paper, section 4.1",
        "recipe.epochs": "paper, section 4.2",
        "recipe.batch_size": "paper, section 4.2",
        "recipe.optimiser": "paper, section 4.2: SGD with momentum and LARS (You et al. 2017)",
        "recipe.optimiser.momentum": _FAST,
        "recipe.optimiser.weight_decay": _FAST,
        "recipe.optimiser.trust": (
            "the best of 0.001, 0.003, 0.01 on 5,000 held-out training images; "
            "the paper does not say"
        ),
        "recipe.schedule": _FAST,
        "recipe.schedule.epochs": _FAST,
        "recipe.schedule.rates": _FAST,
        **_AUGMENTATION_SOURCES,
        "prune_seeds": "paper, Fig. 7: 5 runs",
    },
}
