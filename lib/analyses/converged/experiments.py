"""Networks of CIFAR-10 that are trained until nothing is gained, and the same ones stopped early.

The main study trains CIFAR-10 networks for five epochs, and one more whole training adds several
points. Here they have so few images, and none of them changed, that twelve epochs end training: a
network is right on all of its images, and its loss is near 0. That is the regime of the paper,
which trains until convergence (section 4), at a size that two processor cores can train.
"""

from ...study.declarations import (
    DIGIT_AUGMENTATION,
    HOURS,
    Hyperparameter,
    Hyperparameters,
    ProfileOverride,
    laptop,
    smoke,
    tiny,
)
from ...study.paper import HYPERPARAMETERS
from ...training import PiecewiseLinear
from ..companion_recipes import MAIN, SHARED, TINY_SCALE

PRUNINGS = 4
AT_A_TIME = 1 - 0.8**5
"""Five of the paper's prunings at once, so that iterations 1 to 4 have as many weights left as
iterations 5, 10, 15 and 20 of the main study."""

BASES = ("vgg16_bn", "resnet_fast")
"""The paper's networks that had not finished training. VGG_SVHN gains less from more of it."""


CONVERGED = {base: f"{base}_converged" for base in BASES}
UNDERTRAINED = {base: f"{base}_undertrained" for base in BASES}
"""The paper's network -> its experiment here: trained to the end, and for a quarter as long."""

CONTROLS = ("trained_on", "independent")


def _declared(base: str, name: str) -> Hyperparameters:
    pace = "ours: five of the paper's prunings at once, a fifth of the training"
    return HYPERPARAMETERS[base] | {
        "name": Hyperparameter(name, MAIN),
        "pruning.iterations": Hyperparameter(PRUNINGS, pace),
        "pruning.fraction": Hyperparameter(AT_A_TIME, pace),
        "train_seeds": SHARED["train_seeds"],
        "prune_seeds": SHARED["prune_seeds"],
    }


NETWORKS: dict[str, Hyperparameters] = {
    name: _declared(base, name)
    for names in (CONVERGED, UNDERTRAINED)
    for base, name in names.items()
}

EXPERIMENTS = tuple(
    f"{network}{way}" for network in NETWORKS for way in ("", *(f"_{name}" for name in CONTROLS))
)

_FITTED = "so that a network fits all of its images, and two cores can train it until it does"
_FIRST_IMAGES = 10_000

_UNCHANGED = {
    f"recipe.augmentation.{name}": ProfileOverride(nothing, _FITTED)
    for name, nothing in {
        "crop": 0,
        "flip": False,
        "degrees": 0.0,
        "translate": 0.0,
        "cutout": 0,
    }.items()
}

_LESS = {
    "precision": ProfileOverride("float32", "not every processor is fast in bfloat16"),
    "permutations": ProfileOverride(10, HOURS),
    "also": ProfileOverride((), "the main study has it"),
    "dimensions": ProfileOverride(False, "the main study has it"),
}


_EPOCHS = 12
_PACE = {"vgg16_bn": (0.05, 64), "resnet_fast": (0.4, 128)}
"""The highest learning rate, and the images of a step."""


def _on_two_cores(base: str, epochs: int) -> dict[str, ProfileOverride]:
    peak, batch_size = _PACE[base]
    return {
        **laptop(0.25, _FIRST_IMAGES, epochs, peak, **_UNCHANGED, **_LESS),
        "recipe.batch_size": ProfileOverride(batch_size, "more steps in each of the few epochs"),
    }


def _a_quarter(base: str) -> dict[str, ProfileOverride]:
    """Of the paper's epochs, with the same rates."""
    epochs = HYPERPARAMETERS[base]["recipe.epochs"].value // 4
    shorter = "what networks are that had not finished training"
    peak = {"vgg16_bn": 0.1, "resnet_fast": 0.4}[base]
    return {
        "recipe.epochs": ProfileOverride(epochs, shorter),
        "recipe.schedule": ProfileOverride(
            PiecewiseLinear((0, epochs / 4, epochs), (0, peak, 0)), shorter
        ),
    }


_ON_DIGITS = smoke(
    0.125,
    **DIGIT_AUGMENTATION,
    **{"pruning.iterations": ProfileOverride(PRUNINGS, "the pace of this study")},
)
_ONE_EPOCH = {
    "recipe.epochs": ProfileOverride(1, "a quarter"),
    "recipe.schedule": ProfileOverride(PiecewiseLinear((0, 0.25, 1), (0, 0.1, 0)), "a quarter"),
}

CHANGES = {
    "smoke": {
        **dict.fromkeys(CONVERGED.values(), _ON_DIGITS),
        **dict.fromkeys(UNDERTRAINED.values(), _ON_DIGITS | _ONE_EPOCH),
    },
    "laptop": {
        **{name: _on_two_cores(base, _EPOCHS) for base, name in CONVERGED.items()},
        **{name: _on_two_cores(base, _EPOCHS // 4) for base, name in UNDERTRAINED.items()},
    },
    "paper": {
        **{name: {} for name in CONVERGED.values()},
        **{name: _a_quarter(base) for base, name in UNDERTRAINED.items()},
    },
    "tiny": {name: tiny(1 / 32, **TINY_SCALE) for name in NETWORKS},
}
