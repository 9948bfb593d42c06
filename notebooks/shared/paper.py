"""The paper's three experiments, every hyperparameter with its source; values shared with others.

The paper is Ansuini, Medvet, Pellegrino and Zullich, "Investigating Similarity Metrics
for Convolutional Neural Networks in the Case of Unstructured Pruning".

Of the companion papers we worked from the abstracts and references, and from the public
notebook that ICANN 2020 names. Where they leave a detail open, we follow common
practice, and the source says so.
"""

from lib.pruning import LearningRateRewind
from lib.study.declarations import Value, Values, experiment_of
from lib.training import LayerwiseMomentum, Momentum, PiecewiseLinear, Steps

_RENDA = "paper, section 4.2: hyperparameters of Renda et al. (2020)"
_AS_VGG16 = "paper, section 4.2: as for VGG16_BN"
_FAST = "cifar10-fast, the implementation that the paper names in section 4.2"
_SIZE = "size from the authors' public code (master); the paper, section 4.1, names only the step"
_SVHN_AS_IS = "paper, section 4.1: none is mentioned for SVHN"
_OURS = "our choice; the paper does not say"

COMMON: Values = {
    "width": Value(1.0, "paper, section 4.2: the networks as they are"),
    "train_images": Value(None, "paper, section 4.1: the whole training set"),
    "classes": Value((), "paper, section 4.1: all of them"),
    "pruning.iterations": Value(
        20, "paper, section 4: IMP with learning-rate rewinding, 20 iterations"
    ),
    "pruning.fraction": Value(0.2, "paper, section 4, after Renda et al. (2020)"),
    "pruning.levels": Value((), "ours: only variants list them"),
    "pruning.score": Value("magnitude", "paper, section 3.1: magnitude"),
    "pruning.scope": Value("global", "paper, section 3.1: global"),
    "pruning.granularity": Value("weight", "paper, section 3.1: unstructured"),
    "pruning.rounds": Value(1, "paper, section 3.1: one scoring an iteration"),
    "pruning.scoring_images": Value(1000, "ours: magnitudes need no images"),
    "pruning.retraining": Value(
        LearningRateRewind, "paper, section 4: learning-rate rewinding (Renda et al. 2020)"
    ),
    "pruning.short": Value(None, "paper, section 3.1: whole re-trainings"),
    "pruning.start": Value("complete", "paper, section 3.1: the complete network"),
    "densities_of": Value("", "ours: only a control uses it"),
    "masks_of": Value("", "ours: only a variant uses it"),
    "against": Value("pruned", "paper, section 4: the pruned networks"),
    "probe.images": Value(5000, "paper, section 6.2"),
    "probe.split": Value("test", _OURS),
    "probe.seed": Value(0, _OURS),
    "metrics": Value(
        ("mean_cca", "svcca", "pwcca", "cka", "nbs"),
        "paper, section 3.2; plain mean CCA beside the paper's four",
    ),
    "output_metrics": Value(("cosine",), "paper, section 6.2, equation 8"),
    "also": Value(("channels", "gap"), "ours: the paper asks for it in section 6.3"),
    "dimensions": Value(True, "ours: the paper conjectures about it in section 6.1"),
    "permutations": Value(30, "ours: the paper has no null"),
    "train_seeds": Value((0,), "paper, section 4: one complete network"),
    "precision": Value("bfloat16", _OURS),
}


def not_augmented(why: str) -> Values:
    """Images as they are."""
    nothing = {"crop": 0, "flip": False, "degrees": 0.0, "translate": 0.0, "cutout": 0}
    return {f"recipe.augmentation.{step}": Value(value, why) for step, value in nothing.items()}


HYPERPARAMETERS: dict[str, Values] = {
    # a block and `COMMON` hold every hyperparameter; `make plan EXPERIMENTS=name` prints them
    "vgg16_bn": {
        **COMMON,
        "name": Value("vgg16_bn", "our name for it"),
        "model": Value("vgg16_bn", "paper, section 4.2 and Fig. 1"),
        "dataset": Value("cifar10", "paper, section 4.1"),
        "recipe.epochs": Value(160, "paper, section 4.2"),
        "recipe.batch_size": Value(128, "paper, section 4.2"),
        "recipe.optimiser": Value(Momentum, "paper, section 4.2: SGD with momentum"),
        "recipe.optimiser.momentum": Value(0.9, _RENDA),
        "recipe.optimiser.weight_decay": Value(1e-4, _RENDA),
        "recipe.optimiser.nesterov": Value(True, _RENDA),
        "recipe.schedule": Value(Steps, "paper, section 4.2: step decay"),
        "recipe.schedule.initial": Value(0.1, _RENDA),
        "recipe.schedule.milestones": Value((80, 120), _RENDA),
        "recipe.schedule.factor": Value(0.1, _RENDA),
        "recipe.augmentation.crop": Value(4, _SIZE),
        "recipe.augmentation.flip": Value(True, "paper, section 4.1"),
        "recipe.augmentation.degrees": Value(15.0, _SIZE),
        "recipe.augmentation.translate": Value(0.1, _SIZE),
        "recipe.augmentation.cutout": Value(8, f"size from {_FAST}"),
        "prune_seeds": Value(tuple(range(20)), "paper, Fig. 8: 20 runs"),
    },
    "vgg_svhn": {
        **COMMON,
        "name": Value("vgg_svhn", "our name for it"),
        "model": Value(
            "vgg_svhn",
            "paper, section 4.2 and Fig. 2; batch normalisation: the authors' public code (master)",
        ),
        "dataset": Value("svhn", "paper, section 4.1"),
        "recipe.epochs": Value(15, "paper, section 4.2"),
        "recipe.batch_size": Value(50, "paper, section 4.2"),
        "recipe.optimiser": Value(Momentum, "paper, section 4.2: SGD with momentum"),
        "recipe.optimiser.momentum": Value(0.9, _AS_VGG16),
        "recipe.optimiser.weight_decay": Value(1e-4, _AS_VGG16),
        "recipe.optimiser.nesterov": Value(True, _AS_VGG16),
        "recipe.schedule": Value(Steps, "paper, section 4.2: step decay"),
        "recipe.schedule.initial": Value(0.1, _AS_VGG16),
        "recipe.schedule.milestones": Value((7, 12), "paper, section 4.2"),
        "recipe.schedule.factor": Value(0.1, "paper, section 4.2"),
        "recipe.augmentation.crop": Value(0, _SVHN_AS_IS),
        "recipe.augmentation.flip": Value(False, _SVHN_AS_IS),
        "recipe.augmentation.degrees": Value(0.0, _SVHN_AS_IS),
        "recipe.augmentation.translate": Value(0.0, _SVHN_AS_IS),
        "recipe.augmentation.cutout": Value(0, _SVHN_AS_IS),
        "prune_seeds": Value((0, 1, 2, 3, 4), "paper, Fig. 6: 5 runs"),
    },
    "resnet_fast": {
        **COMMON,
        "name": Value("resnet_fast", "our name for it"),
        "model": Value("resnet_fast", "paper, section 4.2 and Fig. 3, after cifar10-fast"),
        "dataset": Value("cifar10", "paper, section 4.1"),
        "recipe.epochs": Value(24, "paper, section 4.2"),
        "recipe.batch_size": Value(512, "paper, section 4.2"),
        "recipe.optimiser": Value(
            LayerwiseMomentum, "paper, section 4.2: SGD with momentum and LARS (You et al. 2017)"
        ),
        "recipe.optimiser.momentum": Value(0.9, _FAST),
        "recipe.optimiser.weight_decay": Value(5e-4, _FAST),
        "recipe.optimiser.trust": Value(
            0.01,
            "the best of 0.001, 0.003, 0.01 on 5,000 held-out training images "
            "(benchmarks/trust.py repeats this); the paper does not say",
        ),
        "recipe.schedule": Value(PiecewiseLinear, _FAST),
        "recipe.schedule.epochs": Value((0, 5, 24), _FAST),
        "recipe.schedule.rates": Value((0, 0.4, 0), _FAST),
        "recipe.augmentation.crop": Value(4, _SIZE),
        "recipe.augmentation.flip": Value(True, "paper, section 4.1"),
        "recipe.augmentation.degrees": Value(15.0, _SIZE),
        "recipe.augmentation.translate": Value(0.1, _SIZE),
        "recipe.augmentation.cutout": Value(8, f"size from {_FAST}"),
        "prune_seeds": Value((0, 1, 2, 3, 4), "paper, Fig. 7: 5 runs"),
        "precision": Value("bfloat16", f"half precision, as {_FAST}"),
    },
}

PAPER = {name: experiment_of(declared) for name, declared in HYPERPARAMETERS.items()}

OUR_CHOICE = "our choice, as the field would; the abstract does not say"
MAIN = "as in the main paper"

SHARED: Values = {
    path: Value(each.value, f"{MAIN}, from there: {each.source}") for path, each in COMMON.items()
} | {
    "dimensions": Value(False, MAIN),
    "train_seeds": Value((0, 1, 2), "ours: the complete network is the unit of every interval"),
    "prune_seeds": Value((0,), "ours: runs of one complete network are no further networks"),
}


def declared_again(base: str, name: str, changed: Values) -> Values:
    """A network of the paper, the base, by its own declaration, with three complete networks."""
    seeds = {path: SHARED[path] for path in ("train_seeds", "prune_seeds")}
    return HYPERPARAMETERS[base] | {"name": Value(name, MAIN)} | seeds | changed


def recipe(
    epochs: Value,
    batch_size: Value,
    initial: Value,
    milestones: Value,
    nesterov: bool = True,
    source: str = OUR_CHOICE,
    augmented: bool = False,
) -> Values:
    """The declared values of a recipe: SGD with momentum and step decay.

    Args:
        initial, milestones: the learning rate, and the epochs of its decay.
        source: of all values that have none of their own.
        augmented: whether there are crops and flips.
    """
    crop_and_flip = {
        "recipe.augmentation.crop": Value(4, source),
        "recipe.augmentation.flip": Value(True, source),
    }
    return {
        "recipe.epochs": epochs,
        "recipe.batch_size": batch_size,
        "recipe.optimiser": Value(Momentum, source),
        "recipe.optimiser.momentum": Value(0.9, source),
        "recipe.optimiser.weight_decay": Value(1e-4, source),
        "recipe.optimiser.nesterov": Value(nesterov, source),
        "recipe.schedule": Value(Steps, source),
        "recipe.schedule.initial": initial,
        "recipe.schedule.milestones": milestones,
        "recipe.schedule.factor": Value(0.1, source),
        **not_augmented(OUR_CHOICE),
    } | (crop_and_flip if augmented else {})
