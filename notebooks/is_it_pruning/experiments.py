"""Networks of the paper's width, trained until next to nothing is gained, and their controls.

There are so few images, and none of them changed, that a training ends on two processor
cores. That is the regime of the paper, which trains until convergence (section 4). What
takes more than two processor cores is measured in slim networks, trained alike.
"""

from typing import NamedTuple

from lib.study.declarations import Chapter, Value, Values
from lib.training import PiecewiseLinear
from notebooks.shared.paper import HYPERPARAMETERS, declared_again, not_augmented
from notebooks.shared.sizes import (
    DIGIT_AUGMENTATION,
    HOURS,
    SMALL,
    TINY_SIZE,
    in_four_steps,
    smoke,
    tiny,
)


class _Trained(NamedTuple):
    """A network of this chapter: the paper's network, and its name in tables."""

    base: str
    network: str

    @property
    def slim(self) -> bool:
        return self.network != self.base


NETWORKS = {f"{base}_few_images": _Trained(base, base) for base in HYPERPARAMETERS}
"""Experiment -> a network of the paper's width."""

_SLIM = {
    f"{base}_quarter_few_images": _Trained(base, f"{base}_quarter")
    for base in ("vgg16_bn", "resnet_fast")
}
_ALL = _SLIM | NETWORKS

ANALYSED = (
    "vgg16_bn_quarter_few_images",
    "vgg_svhn_few_images",
    "resnet_fast_quarter_few_images",
)
"""The experiments whose networks other pages take apart: of the paper's width where two
processor cores can train it, slim otherwise."""

_IN_FOUR = in_four_steps("ours: five of the paper's prunings at once, a fifth of the training")

_LESS_COMPARED = {
    "also": Value((), "an analysis of kept networks has them"),
    "dimensions": Value(False, "an analysis of kept networks has them"),
}
_ALIKE = {
    "train_images": Value(10_000, HOURS),
    **not_augmented("so that a training ends, and two cores can train a network until it does"),
    "probe.images": Value(1000, HOURS),
    "permutations": Value(10, HOURS),
    **_LESS_COMPARED,
}
_RISE_AND_FALL = "a rise and a fall that fit these few epochs"
_MORE_STEPS = "more steps in each of the few epochs"
FEW_IMAGES: dict[str, Values] = {
    "vgg16_bn": {
        **_ALIKE,
        "recipe.epochs": Value(24, HOURS),
        "recipe.batch_size": Value(64, _MORE_STEPS),
        "recipe.schedule": Value(PiecewiseLinear((0, 6.0, 24), (0, 0.05, 0)), _RISE_AND_FALL),
    },
    "vgg_svhn": {
        **_ALIKE,
        "recipe.epochs": Value(10, HOURS),
        "recipe.schedule": Value(PiecewiseLinear((0, 2.5, 10), (0, 0.05, 0)), _RISE_AND_FALL),
        "precision": Value("float32", "not every processor is fast in bfloat16"),
    },
    "resnet_fast": {
        **_ALIKE,
        "recipe.epochs": Value(24, HOURS),
        "recipe.batch_size": Value(128, _MORE_STEPS),
        "recipe.schedule": Value(PiecewiseLinear((0, 6.0, 24), (0, 0.4, 0)), _RISE_AND_FALL),
    },
}
"""The paper's network -> the changes with which a training ends, on two cores as on a GPU, by
pilots on training images that no network here sees."""

_A_PAIR = {"train_seeds": Value((0, 1), "another network to compare one with")}


def _smoke(of: _Trained) -> dict[str, Value]:
    """On the digits: one network is pruned, and compared with one other."""
    width = 0.25 if of.base == "vgg_svhn" else 0.125
    rate = 0.4 if of.base == "resnet_fast" else 0.1
    changes = smoke(width / 2 if of.slim else width, rate, **DIGIT_AUGMENTATION, **_LESS_COMPARED)
    changes["pruning.iterations"] = Value(4, "the pace of this study")
    changes["train_seeds"] = Value((0,), SMALL)
    return changes


def _few_images(of: _Trained) -> Values:
    return FEW_IMAGES[of.base] | {"width": Value(0.25 if of.slim else 1.0, HOURS)}


CHAPTER = Chapter(
    name="converged",
    experiments=(
        *(
            f"{network}{way}"
            for network in _ALL
            for way in ("", "_trained_as_long", "_independent")
        ),
        *(f"{name}_random_masks" for name in ANALYSED),
        "vgg_svhn_few_images_untrained",
        "vgg16_bn_quarter_few_images_late_reset",
    ),
    networks={name: declared_again(of.base, name, _IN_FOUR) for name, of in _ALL.items()},
    names={name: (of.network, "few_images") for name, of in _ALL.items()},
    changes={
        "smoke": {name: _smoke(of) for name, of in _ALL.items()}
        | {f"{name}_independent": _A_PAIR for name in _ALL},
        "laptop": {name: _few_images(of) for name, of in _ALL.items()},
        "paper": {name: _few_images(of) for name, of in _ALL.items()},
        "tiny": {
            name: tiny(1 / 32 if of.slim else 1 / 16, **TINY_SIZE) for name, of in _ALL.items()
        },
    },
)
