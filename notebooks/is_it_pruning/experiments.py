"""Networks of the paper's width, trained until next to nothing is gained, and their controls.

The main study trains for four or five epochs, and one more whole training adds points.
Here there are so few images, and none of them changed, that a training ends. That is
the regime of the paper, which trains until convergence (section 4). Slim networks,
which two processor cores can train, say what width does; slim VGG16_BN with an eighth
of the epochs says whether it is the end of training that makes a difference.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from lib.study.declarations import Chapter, Value
from lib.study.paper import HYPERPARAMETERS, declared_again, no_augmentation
from lib.study.scales import (
    DIGIT_AUGMENTATION,
    FEWER_EPOCHS_OF_LARS,
    HOURS,
    SMALL,
    TINY_SCALE,
    laptop,
    smoke,
    stopped,
    tiny,
)

PRUNINGS = 4

AT_A_TIME = 1 - 0.8**5
"""Five of the paper's prunings at once, so that iterations 1 to 4 have as many weights
left as iterations 5, 10, 15 and 20 of the main study."""


class _Trained(NamedTuple):
    """A network of this chapter: which of the paper's, what tables call it, and its regime."""

    base: str
    network: str
    regime: str

    @property
    def slim(self) -> bool:
        return self.network != self.base

    @property
    def stopped(self) -> bool:
        return self.regime == "stopped_early"


_SLIM = {
    "vgg16_bn": "vgg16_bn_quarter",
    "vgg_svhn": "vgg_svhn_half",
    "resnet_fast": "resnet_fast_quarter",
}

NETWORKS = {
    f"{network}_{regime}": _Trained(base, network, regime)
    for base, network, regime in (
        *((base, slim, "few_images") for base, slim in _SLIM.items()),
        ("vgg16_bn", "vgg16_bn_quarter", "stopped_early"),
        *((base, base, "few_images") for base in _SLIM),
    )
}
"""Slim and trained to the end, slim and trained for an eighth as long, as wide as the paper's
and trained to the end."""

ANALYSED = (
    "vgg16_bn_quarter_few_images",
    "vgg_svhn_few_images",
    "resnet_fast_quarter_few_images",
)
"""The experiments whose networks other pages take apart: of the paper's width where two
processor cores can train it, slim otherwise."""

_PACE = "ours: five of the paper's prunings at once, a fifth of the training"
_FOUR = {
    "pruning.iterations": Value(PRUNINGS, _PACE),
    "pruning.fraction": Value(AT_A_TIME, _PACE),
}

_FITTED = "so that a training ends, and two cores can train a network until it does"
_FIRST_IMAGES = 10_000

_UNCHANGED = {
    path: Value(nothing.value, nothing.source) for path, nothing in no_augmentation(_FITTED).items()
}

_LESS_COMPARED = {
    "also": Value((), "an analysis of kept networks has them"),
    "dimensions": Value(False, "an analysis of kept networks has them"),
}
_LESS = _LESS_COMPARED | {"permutations": Value(10, HOURS)}


class _Scale(NamedTuple):
    """With what a training ends, by pilots on training images that no network here sees."""

    width: float
    epochs: int
    highest_rate: float
    changes: Mapping[str, Value] = MappingProxyType({})


_MORE_STEPS = "more steps in each of the few epochs"
_IN_FLOAT32 = {"precision": Value("float32", "not every processor is fast in bfloat16")}
_SCALES = {
    "vgg16_bn": _Scale(0.25, 24, 0.05, {"recipe.batch_size": Value(64, _MORE_STEPS)}),
    "vgg_svhn": _Scale(0.5, 10, 0.05, _IN_FLOAT32),
    "resnet_fast": _Scale(0.25, 24, 0.4, {"recipe.batch_size": Value(128, _MORE_STEPS)}),
}


_A_PAIR = {"train_seeds": Value((0, 1), "another network to compare one with")}


def _smoke(of: _Trained) -> dict[str, Value]:
    """On the digits: one network is pruned, and compared with one other."""
    width = 0.25 if of.base == "vgg_svhn" else 0.125
    changes = smoke(width / 2 if of.slim else width, **DIGIT_AUGMENTATION, **_LESS_COMPARED)
    changes["pruning.iterations"] = Value(PRUNINGS, "the pace of this study")
    changes["train_seeds"] = Value((0,), SMALL)
    if of.base == "resnet_fast":
        changes["recipe.schedule"] = FEWER_EPOCHS_OF_LARS
    return changes | (stopped(1, 0.1) if of.stopped else {})


def _laptop(of: _Trained) -> dict[str, Value]:
    """The recipe by which a training ends, or with an eighth of its epochs."""
    scale = _SCALES[of.base]
    epochs = scale.epochs // 8 if of.stopped else scale.epochs
    width = scale.width if of.slim else 1.0
    changes = laptop(width, _FIRST_IMAGES, epochs, scale.highest_rate, **_UNCHANGED, **_LESS)
    return changes | dict(scale.changes)


def _paper(of: _Trained) -> dict[str, Value]:
    """The paper's recipe, with fewer channels, or with an eighth of its epochs."""
    changes = {}
    if of.slim:
        changes["width"] = Value(_SCALES[of.base].width, "to see what width does")
    epochs = HYPERPARAMETERS[of.base]["recipe.epochs"].value // 8
    return changes | (stopped(epochs, 0.1) if of.stopped else {})


def _tiny(of: _Trained) -> dict[str, Value]:
    return tiny(1 / 32 if of.slim else 1 / 16, **TINY_SCALE)


CHAPTER = Chapter(
    name="converged",
    experiments=(
        *(
            f"{network}{way}"
            for network in NETWORKS
            for way in ("", "_trained_as_long", "_independent")
        ),
        *(f"{name}_random_masks" for name in ANALYSED),
        *(f"{name}_untrained" for name in ANALYSED),
        "vgg16_bn_quarter_few_images_late_reset",
    ),
    networks={name: declared_again(of.base, name, _FOUR) for name, of in NETWORKS.items()},
    names={name: (of.network, of.regime) for name, of in NETWORKS.items()},
    changes={
        "smoke": {name: _smoke(of) for name, of in NETWORKS.items()}
        | {f"{name}_independent": _A_PAIR for name in NETWORKS},
        "laptop": {name: _laptop(of) for name, of in NETWORKS.items()},
        "paper": {name: _paper(of) for name, of in NETWORKS.items()},
        "tiny": {name: _tiny(of) for name, of in NETWORKS.items()},
    },
)
