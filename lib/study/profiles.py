"""The paper's three experiments at three scales, and a fourth scale for regression tests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from operator import attrgetter

from ..lookup import check, lookup
from ..training import PiecewiseLinear
from .analyses import ANALYSES, Analysis
from .chapters import CHAPTERS, NETWORKS, SUBSETS, changes
from .declarations import (
    DIGIT_AUGMENTATION,
    LARGER,
    ONE_NETWORK,
    REGRESSION,
    THREE_NETWORKS,
    Change,
    laptop,
    smoke,
    tiny,
)
from .experiment import Experiment, changed, leaves
from .paper import DECLARED, PAPER
from .variants import BASES, CONTROLS, VARIANTS

CHOICES = ("recipe.optimiser", "recipe.schedule", "pruning.retraining")
"""Hyperparameters that offer a choice of types, each with parts of its own."""


@dataclass(frozen=True, eq=False)
class Profile:
    """The paper's experiments at one scale.

    Attributes:
        name: what `make book PROFILE=...` takes.
        description: data, scale and cost, in one sentence.
        changes: {experiment: {path: Change}}, where the profile differs from the paper.
        variants: names in `lib.study.variants.VARIANTS` that belong to the study.
        varied: {experiment: {path: Change}}, what the profile changes in a variant alone, and in
            the experiments of the chapters.
        follows_code: whether an edit of the engine's code makes results stale. That is right for
            a study of minutes. Results that took days record the revision of the code instead,
            and are computed again only on request.
    """

    name: str
    description: str
    changes: Mapping[str, Mapping[str, Change]]
    variants: tuple[str, ...] = ()
    varied: Mapping[str, Mapping[str, Change]] = field(default_factory=dict)
    follows_code: bool = False

    @property
    def scaled_down(self) -> bool:
        """Whether more than the number of networks and runs differs from the paper."""
        return any(set(changes) - set(THREE_NETWORKS) for changes in self.changes.values())

    def of_chapter(self, chapter: str) -> tuple[str, ...]:
        """The experiments of a companion paper's chapter.

        If it is empty, those of the main study: the paper's, then the variants.

        Raises:
            ValueError: an unknown chapter.
        """
        main = (*self.changes, *self.variants)
        return lookup("chapter", chapter, CHAPTERS) if chapter else main

    def analyses(self, experiment: str) -> dict[str, Analysis]:
        """name -> analysis of an experiment's kept networks, in the order of `ANALYSES`."""
        modules = {name: import_module(module) for name, module in ANALYSES.items()}
        found = {name: module.DECLARED.get(self.name, {}) for name, module in modules.items()}
        return {name: of[experiment] for name, of in found.items() if experiment in of}

    @property
    def all_changes(self) -> dict[str, Mapping[str, Change]]:
        """The changes in all experiments, including variants and chapters."""
        return {**self.changes, **self.varied}

    @cache  # noqa: B019 - a profile lives as long as the process, and is asked again and again
    def experiment(self, name: str) -> Experiment:
        """The paper's experiment, or a variant of it, with this profile's changes.

        Raises:
            ValueError: an unknown experiment, or a change of an unknown hyperparameter.
            TypeError: a change to a value of another type.
        """
        declared = self.all_changes
        if name in VARIANTS:
            variant = VARIANTS[name]
            base = self.experiment(variant.base)
            experiment = changed(base, "name", name)
            for path, value in variant.values(base).items():
                experiment = changed(experiment, path, value)
        else:
            check("experiment", name, {**declared, **VARIANTS})
            experiment = BASES[name]
        for path, change in declared.get(name, {}).items():
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
        reasons = {path: change.why for path, change in self.all_changes.get(base, {}).items()}
        if variant:
            unvaried, about = leaves(self.experiment(base)), f"variant: {variant.about}"
            varied = {path: about for path in ours if ours[path] != unvaried.get(path)}
            own = self.all_changes.get(name, {})
            varied |= {path: change.why for path, change in own.items()}
            reasons = varied | reasons | varied
        replaced = [p for p in CHOICES if ours[p] != theirs[p]]
        rows = []
        for path, value in ours.items():
            if any(path.startswith(f"{parent}.") for parent in replaced):
                continue
            covers = (why for p, why in reasons.items() if f"{path}.".startswith(f"{p}."))
            reason = next(covers, "")
            if path in replaced:
                pair = [str(attrgetter(path)(e)) for e in (experiment, paper)]
            else:
                pair = [str(value), str(theirs[path])]
            rows.append(
                {
                    "name": path,
                    "value": pair[0],
                    "paper": pair[1],
                    "source": (DECLARED | NETWORKS)[base][path].source,
                    "why": reason if pair[0] != pair[1] else "",
                }
            )
        return rows


_THREE = {"prune_seeds": Change((0, 1, 2), "enough to show a spread")}
_TWO = {"prune_seeds": Change((0, 1), "two show that there is a spread")}

SMOKE = Profile(
    name="smoke",
    varied=changes("smoke") | dict.fromkeys(("vgg_svhn_trained_on", "vgg_svhn_random_masks"), _TWO),
    description="slim networks on the embedded digits, a few minutes on two processor cores",
    changes={
        "vgg16_bn": smoke(0.125, **DIGIT_AUGMENTATION, **_TWO),
        "vgg_svhn": smoke(0.25, **_THREE),
        "resnet_fast": smoke(
            0.125,
            **DIGIT_AUGMENTATION,
            **_TWO,
            **{"recipe.schedule": Change(PiecewiseLinear((0, 1, 4), (0, 0.4, 0)), "fewer epochs")},
        ),
    },
    variants=(
        *(f"vgg_svhn_{name}" for name in CONTROLS),
        *(f"{network}_independent" for network in ("vgg16_bn", "resnet_fast")),
    ),
    follows_code=True,
)

_MORE_STEPS = {"recipe.batch_size": Change(256, "more steps in each of the few epochs")}
_CONTROLS = tuple(f"{network}_{control}" for network in PAPER for control in CONTROLS)
_OTHER_SCALES = ("vgg_svhn_slim", "vgg_svhn_brief", "vgg16_bn_slim", "resnet_fast_slim")
_OF_ONE_NETWORK = (*_OTHER_SCALES, "vgg16_bn_random_masks", "resnet_fast_random_masks")

LAPTOP = Profile(
    name="laptop",
    description="slim networks on real images, four to five hours a network on two processor cores",
    changes={
        "vgg16_bn": laptop(0.25, 40_000, 5, 0.2, **THREE_NETWORKS),
        "vgg_svhn": laptop(0.5, 24_000, 4, 0.1, **THREE_NETWORKS, **LARGER),
        "resnet_fast": laptop(0.25, 40_000, 5, 0.8, **THREE_NETWORKS, **_MORE_STEPS),
    },
    variants=(*_CONTROLS, *_OTHER_SCALES, *(f"vgg16_bn_{name}" for name in SUBSETS["vgg16_bn"])),
    varied=changes("laptop") | dict.fromkeys(_OF_ONE_NETWORK, ONE_NETWORK),
)

FULL = Profile(
    name="paper",
    variants=_CONTROLS,
    varied=changes("paper"),
    description="the paper's networks, data and recipes, for a GPU",
    changes=dict.fromkeys(PAPER, THREE_NETWORKS),
)

_ONE_RUN = {
    "dimensions": Change(False, REGRESSION),
    "prune_seeds": Change((0,), REGRESSION),
}

TINY = Profile(
    name="tiny",
    varied=changes("tiny"),
    description="a regression test of the whole study in float64, seconds",
    changes={
        "vgg16_bn": tiny(0.0625, **_ONE_RUN),
        "vgg_svhn": tiny(0.125, **_ONE_RUN),
        "resnet_fast": {
            **tiny(0.0625, **_ONE_RUN),
            "recipe.optimiser.trust": Change(0.1, "fewer steps, so longer ones"),
        },
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
