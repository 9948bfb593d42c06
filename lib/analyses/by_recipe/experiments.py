"""The paper's networks by its own recipe: whole schedules, its augmentation, all images there are.

VGG_SVHN is pruned twenty times, as in the paper. The two networks of CIFAR-10, whose
trainings are long, are pruned four times, five of the paper's prunings at once, each
followed by a whole training. VGG16_BN, the longest, starts from one complete network.
"""

from ...study.declarations import (
    Hyperparameter,
    Hyperparameters,
    ProfileOverride,
    laptop,
    smoke,
    tiny,
)
from ...study.paper import HYPERPARAMETERS
from ..companion_recipes import MAIN, SHARED, TINY_SCALE
from .studied_networks import BY_RECIPE, CONTROLS

_AT_A_TIME = 1 - 0.8**5
_IN_FOUR = {
    "pruning.iterations": Hyperparameter(4, "ours: five of the paper's prunings at once"),
    "pruning.fraction": Hyperparameter(_AT_A_TIME, "ours: five of the paper's prunings at once"),
}


def _declared(base: str, name: str) -> Hyperparameters:
    return HYPERPARAMETERS[base] | {
        "name": Hyperparameter(name, MAIN),
        "train_seeds": SHARED["train_seeds"],
        "prune_seeds": SHARED["prune_seeds"],
        **({} if base == "vgg_svhn" else _IN_FOUR),
    }


NETWORKS: dict[str, Hyperparameters] = {
    name: _declared(base, name) for base, name in BY_RECIPE.items()
}

NAMES = {name: (base, "recipe") for base, name in BY_RECIPE.items()}

EXPERIMENTS = tuple(
    f"{network}{way}" for network in NETWORKS for way in ("", *(f"_{c}" for c in CONTROLS))
)

_COMPARED_ON = {"probe.images": ProfileOverride(1000, "comparisons take far less time")}
_ONE = {"train_seeds": ProfileOverride((0,), "its trainings take longest by far")}

CHANGES = {
    "smoke": {name: smoke(0.125) for name in NETWORKS},
    "laptop": {
        name: laptop(0.25, 10_000, 5, 0.4 if base == "resnet_fast" else 0.1)
        for base, name in BY_RECIPE.items()
    },
    "paper": {
        "vgg16_bn_by_recipe": _COMPARED_ON | _ONE,
        "vgg_svhn_by_recipe": _COMPARED_ON,
        "resnet_fast_by_recipe": _COMPARED_ON,
    },
    "tiny": {name: tiny(1 / 32, **TINY_SCALE) for name in NETWORKS},
}
