"""The paper's three experiments, every hyperparameter with its source, and what others have alike.

The paper is Ansuini, Medvet, Pellegrino and Zullich, "Investigating Similarity Metrics
for Convolutional Neural Networks in the Case of Unstructured Pruning".

Of the companion papers we worked from the abstracts and references, and from the public
notebook that ICANN 2020 names. Where they leave a detail open, we follow common
practice, and the source says so.
"""

from ..pruning import LearningRateRewind
from ..training import LayerwiseMomentum, Momentum, PiecewiseLinear, Steps
from .declarations import Hyperparameter, Hyperparameters, experiment_of

_RENDA = "paper, section 4.2: hyperparameters of Renda et al. (2020)"
_AS_VGG16 = "paper, section 4.2: as for VGG16_BN"
_FAST = "cifar10-fast, the implementation that the paper names in section 4.2"
_SIZE = "size from the authors' public code (master); the paper, section 4.1, names only the step"
_OURS = "our choice; the paper does not say"

COMMON: Hyperparameters = {
    "width": Hyperparameter(1.0, "paper, section 4.2: the networks as they are"),
    "train_images": Hyperparameter(None, "paper, section 4.1: the whole training set"),
    "classes": Hyperparameter((), "paper, section 4.1: all of them"),
    "pruning.iterations": Hyperparameter(
        20, "paper, section 4: IMP with learning-rate rewinding, 20 iterations"
    ),
    "pruning.fraction": Hyperparameter(0.2, "paper, section 4, after Renda et al. (2020)"),
    "pruning.levels": Hyperparameter((), "ours: only variants list them"),
    "pruning.score": Hyperparameter("magnitude", "paper, section 3.1: magnitude"),
    "pruning.scope": Hyperparameter("global", "paper, section 3.1: global"),
    "pruning.granularity": Hyperparameter("weight", "paper, section 3.1: unstructured"),
    "pruning.rounds": Hyperparameter(1, "paper, section 3.1: one scoring an iteration"),
    "pruning.scoring_images": Hyperparameter(1000, "ours: magnitudes need no images"),
    "pruning.retraining": Hyperparameter(
        LearningRateRewind, "paper, section 4: learning-rate rewinding (Renda et al. 2020)"
    ),
    "pruning.short": Hyperparameter(None, "paper, section 3.1: whole re-trainings"),
    "pruning.start": Hyperparameter("complete", "paper, section 3.1: the complete network"),
    "densities_of": Hyperparameter("", "ours: only a control uses it"),
    "masks_of": Hyperparameter("", "ours: only a variant uses it"),
    "against": Hyperparameter("pruned", "paper, section 4: the pruned networks"),
    "probe.images": Hyperparameter(5000, "paper, section 6.2"),
    "probe.split": Hyperparameter("test", _OURS),
    "probe.seed": Hyperparameter(0, _OURS),
    "metrics": Hyperparameter(
        ("mean_cca", "svcca", "pwcca", "cka", "nbs"),
        "paper, section 3.2; plain mean CCA beside the paper's four",
    ),
    "output_metrics": Hyperparameter(("cosine",), "paper, section 6.2, equation 8"),
    "also": Hyperparameter(("channels", "gap"), "ours: the paper asks for it in section 6.3"),
    "dimensions": Hyperparameter(True, "ours: the paper conjectures about it in section 6.1"),
    "permutations": Hyperparameter(30, "ours: the paper has no null"),
    "train_seeds": Hyperparameter((0,), "paper, section 4: one complete network"),
    "precision": Hyperparameter("bfloat16", _OURS),
}

_AUGMENTATION: Hyperparameters = {
    "recipe.augmentation.crop": Hyperparameter(4, _SIZE),
    "recipe.augmentation.flip": Hyperparameter(True, "paper, section 4.1"),
    "recipe.augmentation.degrees": Hyperparameter(15.0, _SIZE),
    "recipe.augmentation.translate": Hyperparameter(0.1, _SIZE),
    "recipe.augmentation.cutout": Hyperparameter(8, f"size from {_FAST}"),
}


def no_augmentation(source: str) -> Hyperparameters:
    """Images as they are, with the source of that choice."""
    values = {"crop": 0, "flip": False, "degrees": 0.0, "translate": 0.0, "cutout": 0}
    return {f"recipe.augmentation.{name}": Hyperparameter(v, source) for name, v in values.items()}


HYPERPARAMETERS: dict[str, Hyperparameters] = {
    "vgg16_bn": {
        **COMMON,
        "name": Hyperparameter("vgg16_bn", "our name for it"),
        "model": Hyperparameter("vgg16_bn", "paper, section 4.2 and Fig. 1"),
        "dataset": Hyperparameter("cifar10", "paper, section 4.1"),
        "recipe.epochs": Hyperparameter(160, "paper, section 4.2"),
        "recipe.batch_size": Hyperparameter(128, "paper, section 4.2"),
        "recipe.optimiser": Hyperparameter(Momentum, "paper, section 4.2: SGD with momentum"),
        "recipe.optimiser.momentum": Hyperparameter(0.9, _RENDA),
        "recipe.optimiser.weight_decay": Hyperparameter(1e-4, _RENDA),
        "recipe.optimiser.nesterov": Hyperparameter(True, _RENDA),
        "recipe.schedule": Hyperparameter(Steps, "paper, section 4.2: step decay"),
        "recipe.schedule.initial": Hyperparameter(0.1, _RENDA),
        "recipe.schedule.milestones": Hyperparameter((80, 120), _RENDA),
        "recipe.schedule.factor": Hyperparameter(0.1, _RENDA),
        **_AUGMENTATION,
        "prune_seeds": Hyperparameter(tuple(range(20)), "paper, Fig. 8: 20 runs"),
    },
    "vgg_svhn": {
        **COMMON,
        "name": Hyperparameter("vgg_svhn", "our name for it"),
        "model": Hyperparameter(
            "vgg_svhn",
            "paper, section 4.2 and Fig. 2; batch normalisation: the authors' public code (master)",
        ),
        "dataset": Hyperparameter("svhn", "paper, section 4.1"),
        "recipe.epochs": Hyperparameter(15, "paper, section 4.2"),
        "recipe.batch_size": Hyperparameter(50, "paper, section 4.2"),
        "recipe.optimiser": Hyperparameter(Momentum, "paper, section 4.2: SGD with momentum"),
        "recipe.optimiser.momentum": Hyperparameter(0.9, _AS_VGG16),
        "recipe.optimiser.weight_decay": Hyperparameter(1e-4, _AS_VGG16),
        "recipe.optimiser.nesterov": Hyperparameter(True, _AS_VGG16),
        "recipe.schedule": Hyperparameter(Steps, "paper, section 4.2: step decay"),
        "recipe.schedule.initial": Hyperparameter(0.1, _AS_VGG16),
        "recipe.schedule.milestones": Hyperparameter((7, 12), "paper, section 4.2"),
        "recipe.schedule.factor": Hyperparameter(0.1, "paper, section 4.2"),
        **no_augmentation("paper, section 4.1: none is mentioned for SVHN"),
        "prune_seeds": Hyperparameter((0, 1, 2, 3, 4), "paper, Fig. 6: 5 runs"),
    },
    "resnet_fast": {
        **COMMON,
        "name": Hyperparameter("resnet_fast", "our name for it"),
        "model": Hyperparameter("resnet_fast", "paper, section 4.2 and Fig. 3, after cifar10-fast"),
        "dataset": Hyperparameter("cifar10", "paper, section 4.1"),
        "recipe.epochs": Hyperparameter(24, "paper, section 4.2"),
        "recipe.batch_size": Hyperparameter(512, "paper, section 4.2"),
        "recipe.optimiser": Hyperparameter(
            LayerwiseMomentum, "paper, section 4.2: SGD with momentum and LARS (You et al. 2017)"
        ),
        "recipe.optimiser.momentum": Hyperparameter(0.9, _FAST),
        "recipe.optimiser.weight_decay": Hyperparameter(5e-4, _FAST),
        "recipe.optimiser.trust": Hyperparameter(
            0.01,
            "the best of 0.001, 0.003, 0.01 on 5,000 held-out training images "
            "(benchmarks/trust.py repeats this); the paper does not say",
        ),
        "recipe.schedule": Hyperparameter(PiecewiseLinear, _FAST),
        "recipe.schedule.epochs": Hyperparameter((0, 5, 24), _FAST),
        "recipe.schedule.rates": Hyperparameter((0, 0.4, 0), _FAST),
        **_AUGMENTATION,
        "prune_seeds": Hyperparameter((0, 1, 2, 3, 4), "paper, Fig. 7: 5 runs"),
        "precision": Hyperparameter("bfloat16", f"half precision, as {_FAST}"),
    },
}

PAPER = {name: experiment_of(declared) for name, declared in HYPERPARAMETERS.items()}

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


def declared_again(base: str, name: str, changed: Hyperparameters) -> Hyperparameters:
    """A network of the paper by its own declaration, with three complete networks.

    Args:
        base: the paper's network.
        name: of the experiment.
        changed: what else is declared differently.
    """
    seeds = {path: SHARED[path] for path in ("train_seeds", "prune_seeds")}
    return HYPERPARAMETERS[base] | {"name": Hyperparameter(name, MAIN)} | seeds | changed


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
