"""The paper's three experiments, every hyperparameter with its source.

The paper is Ansuini, Medvet, Pellegrino and Zullich, "Investigating Similarity Metrics for
Convolutional Neural Networks in the Case of Unstructured Pruning".
"""

from ..pruning import LearningRateRewind
from ..training import LayerwiseMomentum, Momentum, PiecewiseLinear, Steps
from .declarations import Declaration, Sourced, experiment_of

_RENDA = "paper, section 4.2: hyperparameters of Renda et al. (2020)"
_AS_VGG16 = "paper, section 4.2: as for VGG16_BN"
_FAST = "cifar10-fast, the implementation that the paper names in section 4.2"
_SIZE = "size from the authors' public code (master); the paper, section 4.1, names only the step"
_OURS = "our choice; the paper does not say"

COMMON: Declaration = {
    "width": Sourced(1.0, "paper, section 4.2: the networks as they are"),
    "train_images": Sourced(None, "paper, section 4.1: the whole training set"),
    "classes": Sourced((), "paper, section 4.1: all of them"),
    "pruning.iterations": Sourced(
        20, "paper, section 4: IMP with learning-rate rewinding, 20 iterations"
    ),
    "pruning.fraction": Sourced(0.2, "paper, section 4, after Renda et al. (2020)"),
    "pruning.levels": Sourced((), "ours: only variants list them"),
    "pruning.score": Sourced("magnitude", "paper, section 3.1: magnitude"),
    "pruning.scope": Sourced("global", "paper, section 3.1: global"),
    "pruning.granularity": Sourced("weight", "paper, section 3.1: unstructured"),
    "pruning.rounds": Sourced(1, "paper, section 3.1: one scoring an iteration"),
    "pruning.retraining": Sourced(
        LearningRateRewind, "paper, section 4: learning-rate rewinding (Renda et al. 2020)"
    ),
    "pruning.retraining.epochs": Sourced(None, "paper, section 3.1: the whole schedule"),
    "pruning.short": Sourced(None, "paper, section 3.1: whole re-trainings"),
    "pruning.start": Sourced("complete", "paper, section 3.1: the complete network"),
    "densities_of": Sourced("", "ours: only a control uses it"),
    "masks_of": Sourced("", "ours: only a variant uses it"),
    "against": Sourced("pruned", "paper, section 4: the pruned networks"),
    "probe.images": Sourced(5000, "paper, section 6.2"),
    "probe.split": Sourced("test", _OURS),
    "probe.seed": Sourced(0, _OURS),
    "metrics": Sourced(
        ("mean_cca", "svcca", "pwcca", "cka", "nbs"),
        "paper, section 3.2; plain mean CCA beside the paper's four",
    ),
    "output_metrics": Sourced(("cosine",), "paper, section 6.2, equation 8"),
    "also": Sourced(("channels", "gap"), "ours: the paper asks for it in section 6.3"),
    "dimensions": Sourced(True, "ours: the paper conjectures about it in section 6.1"),
    "permutations": Sourced(30, "ours: the paper has no null"),
    "train_seeds": Sourced((0,), "paper, section 4: one complete network"),
    "precision": Sourced("bfloat16", _OURS),
}

_AUGMENTATION: Declaration = {
    "recipe.augmentation.crop": Sourced(4, _SIZE),
    "recipe.augmentation.flip": Sourced(True, "paper, section 4.1"),
    "recipe.augmentation.degrees": Sourced(15.0, _SIZE),
    "recipe.augmentation.translate": Sourced(0.1, _SIZE),
    "recipe.augmentation.cutout": Sourced(8, f"size from {_FAST}"),
}


def _no_augmentation(source: str) -> Declaration:
    values = {"crop": 0, "flip": False, "degrees": 0.0, "translate": 0.0, "cutout": 0}
    return {f"recipe.augmentation.{name}": Sourced(v, source) for name, v in values.items()}


DECLARED: dict[str, Declaration] = {
    "vgg16_bn": {
        **COMMON,
        "name": Sourced("vgg16_bn", "our name for it"),
        "model": Sourced("vgg16_bn", "paper, section 4.2 and Fig. 1"),
        "dataset": Sourced("cifar10", "paper, section 4.1"),
        "recipe.epochs": Sourced(160, "paper, section 4.2"),
        "recipe.batch_size": Sourced(128, "paper, section 4.2"),
        "recipe.optimiser": Sourced(Momentum, "paper, section 4.2: SGD with momentum"),
        "recipe.optimiser.momentum": Sourced(0.9, _RENDA),
        "recipe.optimiser.weight_decay": Sourced(1e-4, _RENDA),
        "recipe.optimiser.nesterov": Sourced(True, _RENDA),
        "recipe.schedule": Sourced(Steps, "paper, section 4.2: step decay"),
        "recipe.schedule.initial": Sourced(0.1, _RENDA),
        "recipe.schedule.milestones": Sourced((80, 120), _RENDA),
        "recipe.schedule.factor": Sourced(0.1, _RENDA),
        **_AUGMENTATION,
        "prune_seeds": Sourced(tuple(range(20)), "paper, Fig. 8: 20 runs"),
    },
    "vgg_svhn": {
        **COMMON,
        "name": Sourced("vgg_svhn", "our name for it"),
        "model": Sourced(
            "vgg_svhn",
            "paper, section 4.2 and Fig. 2; batch normalisation: the authors' public code (master)",
        ),
        "dataset": Sourced("svhn", "paper, section 4.1"),
        "recipe.epochs": Sourced(15, "paper, section 4.2"),
        "recipe.batch_size": Sourced(50, "paper, section 4.2"),
        "recipe.optimiser": Sourced(Momentum, "paper, section 4.2: SGD with momentum"),
        "recipe.optimiser.momentum": Sourced(0.9, _AS_VGG16),
        "recipe.optimiser.weight_decay": Sourced(1e-4, _AS_VGG16),
        "recipe.optimiser.nesterov": Sourced(True, _AS_VGG16),
        "recipe.schedule": Sourced(Steps, "paper, section 4.2: step decay"),
        "recipe.schedule.initial": Sourced(0.1, _AS_VGG16),
        "recipe.schedule.milestones": Sourced((7, 12), "paper, section 4.2"),
        "recipe.schedule.factor": Sourced(0.1, "paper, section 4.2"),
        **_no_augmentation("paper, section 4.1: none is mentioned for SVHN"),
        "prune_seeds": Sourced((0, 1, 2, 3, 4), "paper, Fig. 6: 5 runs"),
    },
    "resnet_fast": {
        **COMMON,
        "name": Sourced("resnet_fast", "our name for it"),
        "model": Sourced("resnet_fast", "paper, section 4.2 and Fig. 3, after cifar10-fast"),
        "dataset": Sourced("cifar10", "paper, section 4.1"),
        "recipe.epochs": Sourced(24, "paper, section 4.2"),
        "recipe.batch_size": Sourced(512, "paper, section 4.2"),
        "recipe.optimiser": Sourced(
            LayerwiseMomentum, "paper, section 4.2: SGD with momentum and LARS (You et al. 2017)"
        ),
        "recipe.optimiser.momentum": Sourced(0.9, _FAST),
        "recipe.optimiser.weight_decay": Sourced(5e-4, _FAST),
        "recipe.optimiser.trust": Sourced(
            0.01,
            "the best of 0.001, 0.003, 0.01 on 5,000 held-out training images "
            "(benchmarks/trust.py repeats this); the paper does not say",
        ),
        "recipe.schedule": Sourced(PiecewiseLinear, _FAST),
        "recipe.schedule.epochs": Sourced((0, 5, 24), _FAST),
        "recipe.schedule.rates": Sourced((0, 0.4, 0), _FAST),
        **_AUGMENTATION,
        "prune_seeds": Sourced((0, 1, 2, 3, 4), "paper, Fig. 7: 5 runs"),
        "precision": Sourced("bfloat16", f"half precision, as {_FAST}"),
    },
}

PAPER = {name: experiment_of(declared) for name, declared in DECLARED.items()}
