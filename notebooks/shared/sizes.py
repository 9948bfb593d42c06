"""The sizes of the profiles: which values change where there is little time, and why."""

from lib.study.analysis import COMPLETE_SEEDS
from lib.study.declarations import Value
from lib.training import PiecewiseLinear

SMALL = "fits two processor cores and a few minutes"
_DIGITS = "the embedded images, so that nothing is downloaded"


def smoke(width: float, rate: float = 0.1, **more: Value) -> dict[str, Value]:
    """Minutes on two processor cores.

    Args:
        width: share of the paper's.
        rate: the highest learning rate.
        more: overrides these.
    """
    return {
        "dataset": Value("digits", _DIGITS),
        "width": Value(width, SMALL),
        "train_images": Value(320, SMALL),
        "recipe.epochs": Value(4, SMALL),
        "recipe.batch_size": Value(32, "more steps in each of the few epochs"),
        "recipe.schedule": Value(
            PiecewiseLinear(epochs=(0, 1, 4), rates=(0, rate, 0)),
            "a step schedule needs more epochs than these",
        ),
        "pruning.iterations": Value(10, SMALL),
        "probe.images": Value(250, SMALL),
        "permutations": Value(2, SMALL),
        "prune_seeds": Value((0,), "further runs from one complete network would add no network"),
        "precision": Value("float32", "not every processor is fast in bfloat16"),
        **more,
    }


DIGIT_AUGMENTATION = {
    "recipe.augmentation.crop": Value(2, "the digits fill their frame"),
    "recipe.augmentation.flip": Value(False, "a mirrored digit is no digit"),
    "recipe.augmentation.degrees": Value(10.0, "a turned 6 is a 9"),
    "recipe.augmentation.translate": Value(0.05, "the digits fill their frame"),
    "recipe.augmentation.cutout": Value(4, "the digits fill their frame"),
}

HOURS = "fits two processor cores and a few hours for each network"
LARGER = {"recipe.batch_size": Value(128, "fewer steps of more images")}
_EVERY_COPY = (40_000, 24_000)
"""Training images of CIFAR-10 and SVHN in every copy from which these results are recomputed."""

THREE_NETWORKS = {
    "train_seeds": Value(COMPLETE_SEEDS, "the complete network is the unit of every interval"),
    "prune_seeds": Value((0,), "further runs from one complete network would add no network"),
}


def laptop(width: float, images: int, epochs: int, peak: float, **more: Value) -> dict[str, Value]:
    """Real images, hours on two processor cores.

    Args:
        width, more: as of `smoke`.
        images: to train on.
        epochs: of each training; for a quarter of them the learning rate rises.
        peak: the highest learning rate.
    """
    every = "the number that every available copy of the data set contains"
    return {
        "width": Value(width, HOURS),
        "train_images": Value(images, every if images in _EVERY_COPY else HOURS),
        "recipe.epochs": Value(epochs, HOURS),
        "recipe.schedule": Value(
            PiecewiseLinear(epochs=(0, epochs / 4, epochs), rates=(0, peak, 0)),
            "a rise and a fall that fit these few epochs",
        ),
        "probe.images": Value(1000, HOURS),
        **more,
    }


REGRESSION = "a regression test, not a measurement"


def tiny(width: float, **more: Value) -> dict[str, Value]:
    """Seconds, in float64: arguments as of `smoke`."""
    return {
        "dataset": Value("digits", _DIGITS),
        "width": Value(width, REGRESSION),
        "train_images": Value(128, REGRESSION),
        "recipe.epochs": Value(2, REGRESSION),
        "recipe.batch_size": Value(32, REGRESSION),
        "recipe.schedule": Value(PiecewiseLinear(epochs=(0, 1, 2), rates=(0, 0.05, 0)), REGRESSION),
        "pruning.iterations": Value(2, REGRESSION),
        "probe.images": Value(64, REGRESSION),
        "permutations": Value(2, REGRESSION),
        "also": Value((), REGRESSION),
        "precision": Value(
            "float64", "its rounding stays below six digits on every processor; float32's does not"
        ),
        **more,
    }


ONE_RUN = {
    "dimensions": Value(False, REGRESSION),
    "train_seeds": Value((0,), REGRESSION),
    "prune_seeds": Value((0,), REGRESSION),
}
TINY_SIZE = {
    "train_seeds": Value((0,), REGRESSION),
    "train_images": Value(64, REGRESSION),
}
TWELVE = {"pruning.iterations": Value(12, HOURS)}
COMPARED_ON = {"probe.images": Value(1000, "comparisons take far less time")}
"""Changes of the profiles `tiny`, `laptop` and `paper` in networks of several chapters."""


def in_four_steps(why: str) -> dict[str, Value]:
    """Five of the paper's prunings at once, so that iterations 1 to 4 have as many weights left as
    iterations 5, 10, 15 and 20 of the paper."""
    return {"pruning.iterations": Value(4, why), "pruning.fraction": Value(1 - 0.8**5, why)}
