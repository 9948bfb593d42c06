"""How experiments are declared: values with sources, changes with reasons, variants, scales.

A value stands beside its source once, and serves both the runs and the tables of the
book.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, is_dataclass
from typing import Any, NamedTuple, get_type_hints

from ..settings import PiecewiseLinear
from .experiment import Experiment


class Hyperparameter(NamedTuple):
    """A hyperparameter.

    Attributes:
        value: of the field; where the field offers a choice of types, the chosen type.
        source: where the value comes from.
    """

    value: Any
    source: str


Hyperparameters = Mapping[str, Hyperparameter]
"""{path: value and source}, with the paths of `lib.study.experiment.flattened`."""


def experiment_of(declared: Hyperparameters) -> Experiment:
    """Build an experiment from its declaration."""
    return _built(Experiment, {path: sourced.value for path, sourced in declared.items()})


def _built(kind: type, values: Mapping[str, Any]) -> Any:
    parts: dict[str, dict[str, Any]] = {}
    for path, value in values.items():
        head, _, rest = path.partition(".")
        parts.setdefault(head, {})[rest] = value
    hints, fields = get_type_hints(kind), {}
    for head, inside in parts.items():
        chosen = inside.pop("", hints[head])
        made = inside or (isinstance(chosen, type) and is_dataclass(chosen))
        fields[head] = _built(chosen, inside) if made else chosen
    return kind(**fields)


@dataclass(frozen=True)
class ProfileOverride:
    """One hyperparameter that a profile sets differently from the paper.

    Attributes:
        value: what the profile sets.
        why: the reason, for the reader.
    """

    value: Any
    why: str


VariantSpecs = Mapping[str, tuple[str, Callable[[Experiment], dict[str, Any]]]]
"""suffix -> what a variant is, in a few words, and {path: value} for the base in a profile."""


@dataclass(frozen=True)
class Variant:
    """An experiment of a paper with a few values changed, in any profile.

    Attributes:
        base: the experiment.
        about: what is changed, in a few words for the reader.
        values: makes {path: value} of the base as the profile declares it.
        kind: "control" or "pruning".
        role: of its networks, beside those of the base.
    """

    base: str
    about: str
    values: Callable[[Experiment], dict[str, Any]]
    kind: str
    role: str


def fraction_remaining(e: Experiment, iterations: int) -> float:
    """The fraction of the weights that the base has left after a number of iterations."""
    return (1 - e.pruning.fraction) ** iterations


def one_shot(e: Experiment) -> dict[str, Any]:
    return {"pruning.levels": (fraction_remaining(e, e.pruning.iterations),)}


def tenth_of_training(e: Experiment) -> int:
    """A tenth of the training, in epochs: late enough for small networks (Frankle et al. 2020)."""
    return max(e.recipe.epochs // 10, 1)


SMALL = "fits two processor cores and a few minutes"
_DIGITS = "the embedded images, so that nothing is downloaded"


def smoke(width: float, **more: ProfileOverride) -> dict[str, ProfileOverride]:
    return {
        "dataset": ProfileOverride("digits", _DIGITS),
        "width": ProfileOverride(width, SMALL),
        "recipe.epochs": ProfileOverride(4, SMALL),
        "recipe.batch_size": ProfileOverride(64, "more steps in each of the few epochs"),
        "recipe.schedule": ProfileOverride(
            PiecewiseLinear(epochs=(0, 1, 4), rates=(0, 0.1, 0)),
            "a step schedule needs more epochs than these",
        ),
        "pruning.iterations": ProfileOverride(10, SMALL),
        "probe.images": ProfileOverride(500, "all test images of the embedded set"),
        "permutations": ProfileOverride(2, SMALL),
        "precision": ProfileOverride("float32", "not every processor is fast in bfloat16"),
        **more,
    }


DIGIT_AUGMENTATION = {
    "recipe.augmentation.crop": ProfileOverride(2, "the digits fill their frame"),
    "recipe.augmentation.flip": ProfileOverride(False, "a mirrored digit is no digit"),
    "recipe.augmentation.degrees": ProfileOverride(10.0, "a turned 6 is a 9"),
    "recipe.augmentation.translate": ProfileOverride(0.05, "the digits fill their frame"),
    "recipe.augmentation.cutout": ProfileOverride(4, "the digits fill their frame"),
}

HOURS = "fits two processor cores and a few hours for each network"
LARGER = {"recipe.batch_size": ProfileOverride(128, "fewer steps of more images")}
_EVERY_COPY = (40_000, 24_000)
"""Training images of CIFAR-10 and SVHN in every copy from which these results are recomputed."""

ONE_NETWORK = {"train_seeds": ProfileOverride((0,), HOURS)}

COMPLETE_SEEDS = (0, 1, 2)
"""Train seeds of the complete networks that are compared with each other, or that
others are compared with. A profile may prune some of them alone."""

THREE_NETWORKS = {
    "train_seeds": ProfileOverride(
        COMPLETE_SEEDS, "the complete network is the unit of every interval"
    ),
    "prune_seeds": ProfileOverride(
        (0,), "further runs from one complete network would add no network"
    ),
}


def laptop(
    width: float, images: int, epochs: int, peak: float, **more: ProfileOverride
) -> dict[str, ProfileOverride]:
    every = "the number that every available copy of the data set contains"
    return {
        "width": ProfileOverride(width, HOURS),
        "train_images": ProfileOverride(images, every if images in _EVERY_COPY else HOURS),
        "recipe.epochs": ProfileOverride(epochs, HOURS),
        "recipe.schedule": ProfileOverride(
            PiecewiseLinear(epochs=(0, epochs / 4, epochs), rates=(0, peak, 0)),
            "a rise and a fall that fit these few epochs",
        ),
        "probe.images": ProfileOverride(1000, HOURS),
        "output_metrics": ProfileOverride(
            ("cosine", "agreement", "jensen_shannon", "logit_cosine"),
            "what the networks do, beside what they represent",
        ),
        **more,
    }


REGRESSION = "a regression test, not a measurement"


def tiny(width: float, **more: ProfileOverride) -> dict[str, ProfileOverride]:
    return {
        "dataset": ProfileOverride("digits", _DIGITS),
        "width": ProfileOverride(width, REGRESSION),
        "train_images": ProfileOverride(128, REGRESSION),
        "recipe.epochs": ProfileOverride(2, REGRESSION),
        "recipe.batch_size": ProfileOverride(32, REGRESSION),
        "recipe.schedule": ProfileOverride(
            PiecewiseLinear(epochs=(0, 1, 2), rates=(0, 0.05, 0)), REGRESSION
        ),
        "pruning.iterations": ProfileOverride(2, REGRESSION),
        "probe.images": ProfileOverride(64, REGRESSION),
        "permutations": ProfileOverride(2, REGRESSION),
        "also": ProfileOverride((), REGRESSION),
        "precision": ProfileOverride(
            "float64", "its rounding stays below six digits on every processor; float32's does not"
        ),
        **more,
    }
