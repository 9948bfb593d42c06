"""The same three experiments at three scales, and a fourth that holds the numbers in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from ..lookup import lookup
from ..training import Momentum, PiecewiseLinear
from .analyses import Analysis, asked
from .companions import CHAPTERS, COMPANION_SOURCES, COMPANIONS
from .experiment import Experiment, changed, leaves
from .paper import PAPER, SOURCES
from .variants import BASES, CONTROLS, VARIANTS

CHOICES = ("recipe.optimiser", "recipe.schedule", "pruning.retraining")
"""Hyperparameters that are of one type or another, with parts of its own."""


@dataclass(frozen=True)
class Change:
    """One hyperparameter that a profile sets otherwise than the paper.

    Attributes:
        value: what the profile sets.
        why: the reason, for the reader.
    """

    value: Any
    why: str


@dataclass(frozen=True)
class Profile:
    """The paper's experiments at one scale.

    Attributes:
        name: what `make book PROFILE=...` takes.
        description: data, scale and cost, in one sentence.
        changes: {experiment: {path: Change}}, where the profile differs from the paper.
        companions: the same of the companion papers' experiments.
        variants: names in `lib.study.variants.VARIANTS` that belong to the study.
        varied: {variant: {path: Change}}, what the profile sets otherwise in a variant alone.
        follows_code: whether an edit of the engine makes a result stale. Right where a study
            takes minutes. Where it takes days, results keep the code revision beside them
            instead, and nothing is computed again unasked.
    """

    name: str
    description: str
    changes: Mapping[str, Mapping[str, Change]]
    companions: Mapping[str, Mapping[str, Change]] = field(default_factory=dict)
    variants: tuple[str, ...] = ()
    varied: Mapping[str, Mapping[str, Change]] = field(default_factory=dict)
    follows_code: bool = False

    @property
    def scaled_down(self) -> bool:
        return any(self.changes.values())

    @property
    def names(self) -> tuple[str, ...]:
        """The experiments of the main study: the paper's, then the variants."""
        return (*self.changes, *self.variants)

    def of_chapter(self, chapter: str) -> tuple[str, ...]:
        """The experiments of a companion paper's chapter; of the main study if it is empty.

        Raises:
            ValueError: an unknown chapter.
        """
        return lookup("chapter", chapter, CHAPTERS) if chapter else self.names

    def asked(self, experiment: str) -> dict[str, Analysis]:
        """name -> what is asked of the networks of an experiment besides."""
        return asked(self.name, experiment)

    @property
    def all_changes(self) -> dict[str, Mapping[str, Change]]:
        """Those of the main paper's experiments and of the companions'."""
        return {**self.changes, **self.companions}

    @property
    def experiments(self) -> dict[str, Experiment]:
        return {name: self.experiment(name) for name in self.names}

    def experiment(self, name: str) -> Experiment:
        """The paper's experiment, or a variant of it, with this profile's changes.

        Raises:
            ValueError: an unknown experiment, or a change of an unknown hyperparameter.
            TypeError: a change to a value of another type.
        """
        if name in VARIANTS:
            variant = VARIANTS[name]
            base = self.experiment(variant.base)
            experiment = changed(base, "name", name)
            for path, value in variant.values(base).items():
                experiment = changed(experiment, path, value)
            for path, change in self.varied.get(name, {}).items():
                experiment = changed(experiment, path, change.value)
            return experiment
        lookup("experiment", name, {**self.all_changes, **VARIANTS})
        experiment = BASES[name]
        for path, change in self.all_changes[name].items():
            experiment = changed(experiment, path, change.value)
        return experiment

    def hyperparameters(self, name: str) -> list[dict[str, str]]:
        """A row for each hyperparameter: name, value, paper, source, why (empty where equal).

        `paper` is the value at full scale, and `source` says whether the paper decides it.

        Where the profile takes another type of schedule or optimiser, its parts have no
        counterparts at full scale, and the whole is one row.
        """
        variant = VARIANTS.get(name)
        base = variant.base if variant else name
        experiment, paper = self.experiment(name), BASES[base]
        ours, theirs = leaves(experiment), leaves(paper)
        reasons = {}
        if variant:
            unvaried = leaves(self.experiment(base))
            varied = [path for path in ours if ours[path] != unvaried.get(path)]
            reasons = dict.fromkeys(varied, f"variant: {variant.about}")
            reasons |= {path: change.why for path, change in self.varied.get(name, {}).items()}
        reasons |= {path: change.why for path, change in self.all_changes[base].items()} | reasons
        replaced = [p for p in CHOICES if ours[p] != theirs[p]]
        rows = []
        for path, value in ours.items():
            if any(path.startswith(f"{parent}.") for parent in replaced):
                continue
            reason = next((why for p, why in reasons.items() if _covers(p, path)), "")
            if path in replaced:
                pair = [str(attrgetter(path)(e)) for e in (experiment, paper)]
            else:
                pair = [str(value), str(theirs[path])]
            rows.append(
                {
                    "name": path,
                    "value": pair[0],
                    "paper": pair[1],
                    "source": (SOURCES | COMPANION_SOURCES)[base][path],
                    "why": reason if pair[0] != pair[1] else "",
                }
            )
        return rows


def _covers(changed_path: str, path: str) -> bool:
    return path == changed_path or path.startswith(changed_path + ".")


_SMALL = "fits two processor cores and a few minutes"
_DIGITS = "the embedded images, so that nothing is downloaded"
_FEW_RUNS = "enough to show a spread"
_THREE_RUNS = {"prune_seeds": Change((0, 1, 2), _FEW_RUNS)}

_THREE_NETWORKS = {
    "train_seeds": Change((0, 1, 2), "the complete network is the unit of every interval"),
    "prune_seeds": Change((0,), "runs of one complete network are no further networks"),
}

_BEFORE_TRAINING = dict.fromkeys(CHAPTERS["at_init"], _THREE_NETWORKS)
"""Pruned before training, an initial network has one mask, however often it is trained then."""

_MOMENTUM = Change(
    Momentum(0.9, 1e-4, nesterov=True), "plain SGD learns too little in so few epochs"
)


def _smoke(width: float, **more: Change) -> dict[str, Change]:
    return {
        "dataset": Change("digits", _DIGITS),
        "width": Change(width, _SMALL),
        "recipe.epochs": Change(4, _SMALL),
        "recipe.batch_size": Change(64, "more steps in each of the few epochs"),
        "recipe.schedule": Change(
            PiecewiseLinear(epochs=(0, 1, 4), rates=(0, 0.1, 0)),
            "a step schedule needs more epochs than these",
        ),
        "pruning.iterations": Change(10, _SMALL),
        "probe.images": Change(500, "all test images of the embedded set"),
        "precision": Change("float32", "not every processor is fast in bfloat16"),
        **more,
    }


_DIGIT_AUGMENTATION = {
    "recipe.augmentation.crop": Change(2, "the digits fill their frame"),
    "recipe.augmentation.flip": Change(False, "a mirrored digit is no digit"),
    "recipe.augmentation.degrees": Change(10.0, "a turned 6 is a 9"),
    "recipe.augmentation.translate": Change(0.05, "the digits fill their frame"),
    "recipe.augmentation.cutout": Change(4, "the digits fill their frame"),
}

_CROP_AND_FLIP = {
    path: change for path, change in _DIGIT_AUGMENTATION.items() if path.endswith(("crop", "flip"))
}

SMOKE = Profile(
    name="smoke",
    description="slim networks on the embedded digits, a few minutes on two processor cores",
    changes={
        "vgg16_bn": _smoke(0.125, **_DIGIT_AUGMENTATION, **_THREE_RUNS),
        "vgg_svhn": _smoke(0.25, **_THREE_RUNS),
        "resnet_fast": _smoke(
            0.125,
            **_DIGIT_AUGMENTATION,
            **_THREE_RUNS,
            **{
                "recipe.schedule": Change(
                    PiecewiseLinear(epochs=(0, 1, 4), rates=(0, 0.4, 0)), "fewer epochs"
                ),
            },
        ),
    },
    companions={
        "conv4": _smoke(0.25),
        "lenet5": _smoke(
            0.5, train_seeds=Change((0, 1, 2), _SMALL), **{"recipe.optimiser": _MOMENTUM}
        ),
        "resnet32": _smoke(0.25, **_CROP_AND_FLIP),
    },
    variants=(
        *(f"vgg_svhn_{name}" for name in CONTROLS),
        *(f"{network}_independent" for network in ("vgg16_bn", "resnet_fast")),
    ),
    varied=_BEFORE_TRAINING,
    follows_code=True,
)

_HOURS = "fits two processor cores and a few hours"
_EVERY_COPY = (40_000, 24_000)
"""Training images of CIFAR-10 and of SVHN that are wherever these results are computed again."""


def _laptop(
    width: float, images: int, epochs: int, peak: float, **more: Change
) -> dict[str, Change]:
    every = "as many as every copy of the data has"
    return {
        "width": Change(width, _HOURS),
        "train_images": Change(images, every if images in _EVERY_COPY else _HOURS),
        "recipe.epochs": Change(epochs, _HOURS),
        "recipe.schedule": Change(
            PiecewiseLinear(epochs=(0, epochs / 4, epochs), rates=(0, peak, 0)),
            "a step schedule needs more epochs than these",
        ),
        "probe.images": Change(1000, _HOURS),
        "output_metrics": Change(
            ("cosine", "agreement", "jensen_shannon", "logit_cosine"),
            "what the networks do, beside what they represent",
        ),
        **more,
    }


_NULL = {
    "permutations": Change(30, "a null that a page shows has a spread worth showing"),
    "null_at": Change("last", "pages show the null of the last iteration alone"),
}

_OTHER_SCALES = ("vgg_svhn_slim", "vgg_svhn_brief", "vgg16_bn_slim", "resnet_fast_slim")

_TWELVE = {"pruning.iterations": Change(12, _HOURS)}
_LARGER = {"recipe.batch_size": Change(128, "fewer steps of more images")}
_SVHN = Change("svhn", "ten digits, and real images that lie in the data folder")

LAPTOP = Profile(
    name="laptop",
    description="slim networks on real images, four to five hours a network on two processor cores",
    changes={
        "vgg16_bn": _laptop(0.25, 40_000, 5, 0.2, **_NULL, **_THREE_NETWORKS),
        "vgg_svhn": _laptop(
            0.5,
            24_000,
            4,
            0.1,
            **_NULL,
            **_THREE_NETWORKS,
            **{"recipe.batch_size": Change(128, "fewer steps of more images")},
        ),
        "resnet_fast": _laptop(
            0.25,
            40_000,
            5,
            0.8,
            **_NULL,
            **_THREE_NETWORKS,
            **{"recipe.batch_size": Change(256, "more steps in each of the few epochs")},
        ),
    },
    companions={
        "conv4": _laptop(0.5, 10_000, 6, 0.05, **_TWELVE, **_LARGER),
        "lenet5": _laptop(
            0.5,
            24_000,
            4,
            0.05,
            **_TWELVE,
            **_LARGER,
            dataset=_SVHN,
            **{"recipe.optimiser": _MOMENTUM},
        ),
        "resnet32": _laptop(0.25, 10_000, 8, 0.2, **_TWELVE, also=Change((), _HOURS)),
    },
    variants=(
        *(f"{network}_{name}" for network in PAPER for name in CONTROLS),
        *_OTHER_SCALES,
    ),
    varied={
        **{name: {"train_seeds": Change((0,), _HOURS)} for name in _OTHER_SCALES},
        **{
            f"{network}_random_masks": {"train_seeds": Change((0,), _HOURS)}
            for network in ("vgg16_bn", "resnet_fast")
        },
    },
)

FULL = Profile(
    name="paper",
    description="the paper's networks, data and recipes, for a GPU",
    changes={name: {} for name in PAPER},
    companions={name: {} for name in COMPANIONS},
    varied=_BEFORE_TRAINING,
)

_REGRESSION = "a regression test, not a measurement"


def _tiny(width: float, main: bool = True) -> dict[str, Change]:
    """Of the main paper's networks, or of the companions', which leave dimensions alone."""
    return {
        "dataset": Change("digits", _DIGITS),
        "width": Change(width, _REGRESSION),
        "train_images": Change(128, _REGRESSION),
        "recipe.epochs": Change(2, _REGRESSION),
        "recipe.batch_size": Change(32, _REGRESSION),
        "recipe.schedule": Change(
            PiecewiseLinear(epochs=(0, 1, 2), rates=(0, 0.05, 0)), _REGRESSION
        ),
        "pruning.iterations": Change(2, _REGRESSION),
        "probe.images": Change(64, _REGRESSION),
        "also": Change((), _REGRESSION),
        **({"dimensions": Change(False, _REGRESSION)} if main else {}),
        "prune_seeds" if main else "train_seeds": Change((0,), _REGRESSION),
        "precision": Change(
            "float64", "its rounding stays below six digits on every processor; float32's does not"
        ),
    }


TINY = Profile(
    name="tiny",
    description="a regression test of the whole study in float64, seconds",
    changes={
        "vgg16_bn": _tiny(0.0625),
        "vgg_svhn": _tiny(0.125),
        "resnet_fast": {
            **_tiny(0.0625),
            "recipe.optimiser.trust": Change(0.1, "fewer steps, so longer ones"),
        },
    },
    companions={
        "conv4": _tiny(0.0625, main=False),
        "lenet5": {**_tiny(0.2, main=False), "recipe.optimiser": _MOMENTUM},
        "resnet32": _tiny(0.25, main=False),
    },
    follows_code=True,
)

PROFILES = {profile.name: profile for profile in (SMOKE, LAPTOP, FULL, TINY)}


def load_profile(name: str) -> Profile:
    """A profile by name.

    Raises:
        ValueError: an unknown name; the message names the nearest one.
    """
    return lookup("profile", name, PROFILES)
