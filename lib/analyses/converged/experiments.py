"""VGG16_BN trained until next to nothing is gained, and the same network stopped early.

The main study trains it for five epochs, and one more whole training adds many points. Here it has
so few images, and none of them changed, that twelve epochs end training: the network is right on
all of its images, and its loss is near 0. That is the regime of the paper, which trains until
convergence (section 4), at a size that two processor cores can train. The same network with a
quarter of the epochs says whether it is the end of training that makes a difference.
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

CONVERGED_NETWORKS = {"vgg16_bn": "vgg16_bn_converged"}
UNDERTRAINED_NETWORKS = {"vgg16_bn": "vgg16_bn_undertrained"}
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
    for names in (CONVERGED_NETWORKS, UNDERTRAINED_NETWORKS)
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


_EPOCHS, _HIGHEST_RATE = 12, 0.05


def _on_two_cores(epochs: int) -> dict[str, ProfileOverride]:
    return {
        **laptop(0.25, _FIRST_IMAGES, epochs, _HIGHEST_RATE, **_UNCHANGED, **_LESS),
        "recipe.batch_size": ProfileOverride(64, "more steps in each of the few epochs"),
    }


def _stopped(epochs: float, highest_rate: float) -> dict[str, ProfileOverride]:
    """Trained for so long, with the rates of a whole training."""
    shorter = "what networks are that had not finished training"
    schedule = PiecewiseLinear((0, epochs / 4, epochs), (0, highest_rate, 0))
    return {
        "recipe.epochs": ProfileOverride(epochs, shorter),
        "recipe.schedule": ProfileOverride(schedule, shorter),
    }


_ON_DIGITS = smoke(
    0.125,
    **DIGIT_AUGMENTATION,
    **{"pruning.iterations": ProfileOverride(PRUNINGS, "the pace of this study")},
)
CHANGES = {
    "smoke": {
        "vgg16_bn_converged": _ON_DIGITS,
        "vgg16_bn_undertrained": _ON_DIGITS | _stopped(1, 0.1),
    },
    "laptop": {
        "vgg16_bn_converged": _on_two_cores(_EPOCHS),
        "vgg16_bn_undertrained": _on_two_cores(_EPOCHS // 4),
    },
    "paper": {
        "vgg16_bn_converged": {},
        "vgg16_bn_undertrained": _stopped(
            HYPERPARAMETERS["vgg16_bn"]["recipe.epochs"].value // 4, 0.1
        ),
    },
    "tiny": {name: tiny(1 / 32, **TINY_SCALE) for name in NETWORKS},
}
