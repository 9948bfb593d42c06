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

from lib.study.declarations import Chapter, Hyperparameter, Hyperparameters, ProfileOverride
from lib.study.paper import HYPERPARAMETERS, MAIN, SHARED, no_augmentation
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

FULL_WIDTH = {
    "vgg16_bn": "vgg16_bn_few_images",
    "vgg_svhn": "vgg_svhn_few_images",
    "resnet_fast": "resnet_fast_few_images",
}
SLIM = {
    "vgg16_bn": "vgg16_bn_quarter_few_images",
    "vgg_svhn": "vgg_svhn_half_few_images",
    "resnet_fast": "resnet_fast_quarter_few_images",
}
STOPPED_EARLY = {"vgg16_bn": "vgg16_bn_quarter_stopped_early"}
"""The paper's network -> its experiment here: as wide as the paper's and trained to the
end, slim and trained to the end, slim and trained for an eighth as long."""

ANALYSED = {
    "vgg16_bn": "vgg16_bn_quarter_few_images",
    "vgg_svhn": "vgg_svhn_few_images",
    "resnet_fast": "resnet_fast_quarter_few_images",
}
"""The paper's network -> the experiment whose networks other pages take apart: of the
paper's width where two processor cores can train it, slim otherwise."""

RANDOM_MASKS = {name: f"{name}_random_masks" for name in ANALYSED.values()}
LATE_RESETTING = {"vgg16_bn_quarter_few_images": "vgg16_bn_quarter_few_images_late_reset"}
"""Experiment -> the same complete networks with masks drawn at random, and with their
weights set back after each pruning to what they were after a tenth of the training."""

AT_A_TIME = 1 - 0.8**5
"""Five of the paper's prunings at once, so that iterations 1 to 4 have as many weights
left as iterations 5, 10, 15 and 20 of the main study."""


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
    for names in (SLIM, STOPPED_EARLY, FULL_WIDTH)
    for base, name in names.items()
}

_SLIM_NAMES = {
    "vgg16_bn": "vgg16_bn_quarter",
    "vgg_svhn": "vgg_svhn_half",
    "resnet_fast": "resnet_fast_quarter",
}
"""The paper's network -> what tables call the slim one."""

_FITTED = "so that a training ends, and two cores can train a network until it does"
_FIRST_IMAGES = 10_000

_UNCHANGED = {
    path: ProfileOverride(nothing.value, nothing.source)
    for path, nothing in no_augmentation(_FITTED).items()
}

_LESS_COMPARED = {
    "also": ProfileOverride((), "an analysis of kept networks has them"),
    "dimensions": ProfileOverride(False, "an analysis of kept networks has them"),
}
_LESS = _LESS_COMPARED | {"permutations": ProfileOverride(10, HOURS)}


class _Scale(NamedTuple):
    """With what a training ends, by pilots on training images that no network here sees."""

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


def _few_images(base: str, part: int = 1, width: float | None = None) -> dict[str, ProfileOverride]:
    """The recipe of a network here, by which a training ends.

    Args:
        base: the paper's network.
        part: of its epochs, 1 for all and 8 for an eighth.
        width: as a share of the paper's; slim by default.
    """
    scale = _SCALES[base]
    epochs = scale.epochs // part
    unchanged = laptop(
        width or scale.width, _FIRST_IMAGES, epochs, scale.highest_rate, **_UNCHANGED, **_LESS
    )
    return unchanged | dict(scale.changes)


def _on_digits(base: str, slim: bool = False) -> dict[str, ProfileOverride]:
    """A network here, on the digits: one is pruned, and compared with one other.

    Args:
        base: the paper's network.
        slim: half as wide as the other, an eighth of the paper's width or a quarter.
    """
    width = 0.25 if base == "vgg_svhn" else 0.125
    changes = smoke(width / 2 if slim else width, **DIGIT_AUGMENTATION, **_LESS_COMPARED)
    changes |= {
        "pruning.iterations": ProfileOverride(PRUNINGS, "the pace of this study"),
        "train_seeds": ProfileOverride((0,), SMALL),
    }
    if base == "resnet_fast":
        changes["recipe.schedule"] = FEWER_EPOCHS_OF_LARS
    return changes


_A_PAIR = {"train_seeds": ProfileOverride((0, 1), "another network to compare one with")}


def _slim(base: str) -> dict[str, ProfileOverride]:
    """At full scale: the paper's recipe, and fewer channels."""
    return {"width": ProfileOverride(_SCALES[base].width, "to see what width does")}


CHAPTER = Chapter(
    name="converged",
    experiments=(
        *(
            f"{network}{way}"
            for network in NETWORKS
            for way in ("", "_trained_as_long", "_independent")
        ),
        *RANDOM_MASKS.values(),
        *(f"{name}_untrained" for name in ANALYSED.values()),
        *LATE_RESETTING.values(),
    ),
    networks=NETWORKS,
    names={
        **{name: (base, "few_images") for base, name in FULL_WIDTH.items()},
        **{name: (_SLIM_NAMES[base], "few_images") for base, name in SLIM.items()},
        **{name: (_SLIM_NAMES[base], "stopped_early") for base, name in STOPPED_EARLY.items()},
    },
    changes={
        "smoke": {
            **{name: _on_digits(base) for base, name in FULL_WIDTH.items()},
            **{name: _on_digits(base, slim=True) for base, name in SLIM.items()},
            "vgg16_bn_quarter_stopped_early": _on_digits("vgg16_bn", slim=True) | stopped(1, 0.1),
            **{f"{name}_independent": _A_PAIR for name in NETWORKS},
        },
        "laptop": {
            **{name: _few_images(base, width=1.0) for base, name in FULL_WIDTH.items()},
            **{name: _few_images(base) for base, name in SLIM.items()},
            **{name: _few_images(base, part=8) for base, name in STOPPED_EARLY.items()},
        },
        "paper": {
            **{name: {} for name in FULL_WIDTH.values()},
            **{name: _slim(base) for base, name in SLIM.items()},
            "vgg16_bn_quarter_stopped_early": _slim("vgg16_bn")
            | stopped(HYPERPARAMETERS["vgg16_bn"]["recipe.epochs"].value // 8, 0.1),
        },
        "tiny": {
            **{name: tiny(1 / 16, **TINY_SCALE) for name in FULL_WIDTH.values()},
            **{name: tiny(1 / 32, **TINY_SCALE) for name in SLIM.values()},
            **{name: tiny(1 / 32, **TINY_SCALE) for name in STOPPED_EARLY.values()},
        },
    },
)
