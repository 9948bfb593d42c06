"""Networks trained until next to nothing is gained, and VGG16_BN stopped early as well.

The main study trains for four or five epochs, and one more whole training adds points. Here there
are so few images, and none of them changed, that a training ends. That is the regime of the paper,
which trains until convergence (section 4), at a size that two processor cores can train. VGG16_BN
with an eighth of the epochs says whether it is the end of training that makes a difference, and the
three with more channels, which two cores train slowly and a GPU at once, whether width does.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from ...study.declarations import (
    DIGIT_AUGMENTATION,
    HOURS,
    SMALL,
    Hyperparameter,
    Hyperparameters,
    ProfileOverride,
    laptop,
    smoke,
    tiny,
)
from ...study.paper import HYPERPARAMETERS, no_augmentation
from ...training import PiecewiseLinear
from ..companion_recipes import MAIN, SHARED, TINY_SCALE

PRUNINGS = 4
AT_A_TIME = 1 - 0.8**5
"""Five of the paper's prunings at once, so that iterations 1 to 4 have as many weights left as
iterations 5, 10, 15 and 20 of the main study."""

CONVERGED_NETWORKS = {
    "vgg16_bn": "vgg16_bn_converged",
    "vgg_svhn": "vgg_svhn_converged",
    "resnet_fast": "resnet_fast_converged",
}
UNDERTRAINED_NETWORKS = {"vgg16_bn": "vgg16_bn_undertrained"}
WIDE_NETWORKS = {
    "vgg16_bn": "vgg16_bn_wide",
    "vgg_svhn": "vgg_svhn_wide",
    "resnet_fast": "resnet_fast_wide",
}
"""The paper's network -> its experiment here: trained to the end, for an eighth as long, and to the
end with more channels: as many as the paper's where the others have fewer, else twice as many."""

CONTROLS = ("trained_on", "independent")
RANDOM_MASKS = {
    name: f"{name}_random_masks" for name in ("vgg16_bn_converged", "resnet_fast_converged")
}
LATE_RESETTING = {"vgg16_bn_converged": "vgg16_bn_converged_late_reset"}
"""Experiment -> the same complete networks with masks drawn at random, and with their weights set
back after each pruning to what they were after a tenth of the training."""


def _declared(base: str, name: str) -> Hyperparameters:
    pace = "ours: five of the paper's prunings at once, a fifth of the training"
    return HYPERPARAMETERS[base] | {
        "name": Hyperparameter(name, MAIN),
        "pruning.iterations": Hyperparameter(PRUNINGS, pace),
        "pruning.fraction": Hyperparameter(AT_A_TIME, pace),
        "train_seeds": SHARED["train_seeds"],
        "prune_seeds": SHARED["prune_seeds"],
    }


_TWICE_AS_WIDE = {"width": Hyperparameter(2.0, "ours: to see what width does")}

NETWORKS: dict[str, Hyperparameters] = {
    **{name: _declared(base, name) for base, name in CONVERGED_NETWORKS.items()},
    **{name: _declared(base, name) for base, name in UNDERTRAINED_NETWORKS.items()},
    **{name: _declared(base, name) | _TWICE_AS_WIDE for base, name in WIDE_NETWORKS.items()},
}

_OF_EACH = ("", *(f"_{control}" for control in CONTROLS))
EXPERIMENTS = (
    *(f"{network}{way}" for network in NETWORKS for way in _OF_EACH),
    *RANDOM_MASKS.values(),
    *LATE_RESETTING.values(),
)

_FITTED = "so that a training ends, and two cores can train a network until it does"
_FIRST_IMAGES = 10_000

_UNCHANGED = {
    path: ProfileOverride(nothing.value, nothing.source)
    for path, nothing in no_augmentation(_FITTED).items()
}

_LESS = {
    "permutations": ProfileOverride(10, HOURS),
    "also": ProfileOverride((), "the main study has it"),
    "dimensions": ProfileOverride(False, "the main study has it"),
}


class _Scale(NamedTuple):
    """What two cores can train, by pilots on training images that no network here sees."""

    width: float
    epochs: int
    highest_rate: float
    changes: Mapping[str, ProfileOverride] = MappingProxyType({})


_MORE_STEPS = "more steps in each of the few epochs"
_IN_FLOAT32 = {"precision": ProfileOverride("float32", "not every processor is fast in bfloat16")}
_SCALES = {
    "vgg16_bn": _Scale(0.25, 24, 0.05, {"recipe.batch_size": ProfileOverride(64, _MORE_STEPS)}),
    "vgg_svhn": _Scale(0.5, 10, 0.05, _IN_FLOAT32),
    "resnet_fast": _Scale(0.25, 24, 0.4, {"recipe.batch_size": ProfileOverride(128, _MORE_STEPS)}),
}


def _on_two_cores(
    base: str, part: int = 1, width: float | None = None
) -> dict[str, ProfileOverride]:
    """The scale of a network here.

    Args:
        base: the paper's network.
        part: of its epochs, 1 for all and 8 for an eighth.
        width: as a share of the paper's; that of its scale by default.
    """
    scale = _SCALES[base]
    epochs = scale.epochs // part
    unchanged = laptop(
        width or scale.width, _FIRST_IMAGES, epochs, scale.highest_rate, **_UNCHANGED, **_LESS
    )
    return unchanged | dict(scale.changes)


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
        **dict.fromkeys(CONVERGED_NETWORKS.values(), _ON_DIGITS),
        "vgg16_bn_undertrained": _ON_DIGITS | _stopped(1, 0.1),
        **dict.fromkeys(
            WIDE_NETWORKS.values(), _ON_DIGITS | {"width": ProfileOverride(0.25, SMALL)}
        ),
    },
    "laptop": {
        **{name: _on_two_cores(base) for base, name in CONVERGED_NETWORKS.items()},
        **{name: _on_two_cores(base, part=8) for base, name in UNDERTRAINED_NETWORKS.items()},
        **{name: _on_two_cores(base, width=1.0) for base, name in WIDE_NETWORKS.items()},
    },
    "paper": {
        **{name: {} for name in CONVERGED_NETWORKS.values()},
        "vgg16_bn_undertrained": _stopped(
            HYPERPARAMETERS["vgg16_bn"]["recipe.epochs"].value // 8, 0.1
        ),
        **{name: {} for name in WIDE_NETWORKS.values()},
    },
    "tiny": {
        name: tiny(1 / 16 if name in WIDE_NETWORKS.values() else 1 / 32, **TINY_SCALE)
        for name in NETWORKS
    },
}
