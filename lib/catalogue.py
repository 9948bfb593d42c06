"""All that there is to study: experiments, variants, analyses; and at which scales.

The engine (`lib.study`) knows none of it. It is handed a profile, which has the
catalogue.

To add a chapter, list its `experiments` in `_CHAPTERS`. It is a study of its own, with
tables of its own; jobs that two studies have in common are done once. The module lists
its `EXPERIMENTS` by name and declares, where needed,

- `NETWORKS`, {experiment: declaration}: networks that the main paper does not have;
- `VARIANTS`, further ways to prune any network; `SUBSETS`, {experiment: variants of it
  alone};
- `CHANGES`, {profile: {experiment: changes}}: the scale of its networks and variants;
- `NAMES`, {experiment: (network, regime)}: what tables say of them.

To add an analysis, list its module in `_ANALYSES`. It declares

- a subclass of `lib.study.analysis_plan.AnalysisPlan`; its `work` imports what does it;
- `TABLE`, the table that it writes, which has the name of the analysis;
- `DECLARED`, {profile: {experiment: analysis}}: whose networks to analyse, and at what
  scale.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from .analyses.at_init import collapse_job
from .analyses.at_init import experiments as at_init
from .analyses.by_recipe import experiments as by_recipe
from .analyses.contrast import job as matrices
from .analyses.converged import experiments as converged
from .analyses.decisions import job as decisions
from .analyses.gradients import job as gradients
from .analyses.icann2020 import experiments as icann2020
from .analyses.icann2020 import landscape_job, potentials_job
from .analyses.icpram2020 import experiments as icpram2020
from .analyses.prunings import experiments as prunings
from .analyses.prunings import overlap_job
from .analyses.robustness import job as robustness
from .analyses.validity import descent_job, identification_job, matching_job
from .analyses.wacv2020 import experiments as wacv2020
from .analyses.width_and_length import experiments as width_and_length
from .did_you_mean import lookup
from .settings import PiecewiseLinear
from .study.catalogue_type import Catalogue, DeclaredAnalysis
from .study.declarations import (
    DIGIT_AUGMENTATION,
    LARGER,
    ONE_NETWORK,
    REGRESSION,
    THREE_NETWORKS,
    ProfileOverride,
    Variant,
    laptop,
    smoke,
    tiny,
)
from .study.paper import HYPERPARAMETERS, PAPER
from .study.profile import Profile
from .study.study import Study
from .study.variants import CONTROL_VARIANTS, PRUNING_VARIANTS

_CHAPTERS: dict[str, ModuleType] = {
    "icpram2020": icpram2020,
    "icann2020": icann2020,
    "wacv2020": wacv2020,
    "at_init": at_init,
    "prunings": prunings,
    "converged": converged,
    "by_recipe": by_recipe,
    "width_and_length": width_and_length,
}

_ANALYSES = (
    robustness,
    matrices,
    identification_job,
    matching_job,
    descent_job,
    potentials_job,
    landscape_job,
    collapse_job,
    gradients,
    overlap_job,
    decisions,
)


def _together(kind: str) -> dict[str, Any]:
    """What all chapters declare of a kind, in one."""
    together: dict[str, Any] = {}
    for module in _CHAPTERS.values():
        together |= getattr(module, kind, {})
    return together


def _changes(profile: str) -> dict[str, Mapping[str, ProfileOverride]]:
    """{experiment: {path: change}} that a profile makes in the experiments of all chapters."""
    together: dict[str, Mapping[str, ProfileOverride]] = {}
    for module in _CHAPTERS.values():
        together |= getattr(module, "CHANGES", {}).get(profile, {})
    return together


_NETWORKS = HYPERPARAMETERS | _together("NETWORKS")
_SUBSETS = _together("SUBSETS")
_KINDS = {
    "control": CONTROL_VARIANTS,
    "pruning": PRUNING_VARIANTS | _together("VARIANTS"),
}


ROLES = {"independent": "complete"}
"""Suffix of a variant -> the role of its networks, where it is not the same."""


def _variants() -> dict[str, Variant]:
    variants = {}
    for base in _NETWORKS:
        for kind, declared in (*_KINDS.items(), ("pruning", _SUBSETS.get(base, {}))):
            for suffix, (about, values) in declared.items():
                role = ROLES.get(suffix, suffix)
                variants[f"{base}_{suffix}"] = Variant(base, about, values, kind, role)
    return variants


CATALOGUE = Catalogue(
    paper=tuple(PAPER),
    networks=_NETWORKS,
    variants=_variants(),
    ways={
        suffix: (about, kind)
        for kind, declared in _KINDS.items()
        for suffix, (about, _) in declared.items()
    },
    chapters={name: module.EXPERIMENTS for name, module in _CHAPTERS.items()},
    analyses={m.TABLE.name: DeclaredAnalysis(m.TABLE, m.DECLARED) for m in _ANALYSES},
    names=_together("NAMES"),
)

_THREE = {"prune_seeds": ProfileOverride((0, 1, 2), "enough to show a spread")}
_TWO = {"prune_seeds": ProfileOverride((0, 1), "two show that there is a spread")}

SMOKE = Profile(
    name="smoke",
    catalogue=CATALOGUE,
    varied=_changes("smoke")
    | dict.fromkeys(("vgg_svhn_trained_as_long", "vgg_svhn_random_masks"), _TWO),
    description="slim networks on the embedded digits, a few minutes on two processor cores",
    changes={
        "vgg16_bn": smoke(0.125, **DIGIT_AUGMENTATION, **_TWO),
        "vgg_svhn": smoke(0.25, **_THREE),
        "resnet_fast": smoke(
            0.125,
            **DIGIT_AUGMENTATION,
            **_TWO,
            **{
                "recipe.schedule": ProfileOverride(
                    PiecewiseLinear((0, 1, 4), (0, 0.4, 0)), "fewer epochs"
                )
            },
        ),
    },
    variants=(
        *(f"vgg_svhn_{name}" for name in CONTROL_VARIANTS),
        *(f"{network}_independent" for network in ("vgg16_bn", "resnet_fast")),
    ),
    follows_code=True,
)

_MORE_STEPS = {"recipe.batch_size": ProfileOverride(256, "more steps in each of the few epochs")}
_CONTROLS = tuple(f"{network}_{control}" for network in PAPER for control in CONTROL_VARIANTS)
_OF_ONE_NETWORK = ("vgg16_bn_random_masks", "resnet_fast_random_masks")

LAPTOP = Profile(
    name="laptop",
    catalogue=CATALOGUE,
    description="slim networks on real images, four to five hours a network on two processor cores",
    changes={
        "vgg16_bn": laptop(0.25, 40_000, 5, 0.2, **THREE_NETWORKS),
        "vgg_svhn": laptop(0.5, 24_000, 4, 0.1, **THREE_NETWORKS, **LARGER),
        "resnet_fast": laptop(0.25, 40_000, 5, 0.8, **THREE_NETWORKS, **_MORE_STEPS),
    },
    variants=_CONTROLS,
    varied=_changes("laptop") | dict.fromkeys(_OF_ONE_NETWORK, ONE_NETWORK),
)

FULL = Profile(
    name="paper",
    catalogue=CATALOGUE,
    variants=_CONTROLS,
    varied=_changes("paper"),
    description="the paper's networks, data and recipes, for a GPU",
    changes=dict.fromkeys(PAPER, THREE_NETWORKS),
)

_ONE_RUN = {
    "dimensions": ProfileOverride(False, REGRESSION),
    "prune_seeds": ProfileOverride((0,), REGRESSION),
}

TINY = Profile(
    name="tiny",
    catalogue=CATALOGUE,
    varied=_changes("tiny"),
    description="a regression test of the whole study in float64, seconds",
    changes={
        "vgg16_bn": tiny(0.0625, **_ONE_RUN),
        "vgg_svhn": tiny(0.125, **_ONE_RUN),
        "resnet_fast": {
            **tiny(0.0625, **_ONE_RUN),
            "recipe.optimiser.trust": ProfileOverride(0.1, "fewer steps, so longer ones"),
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


def declared_study(
    profile: str,
    folder: Path | str | None = None,
    experiments: Iterable[str] | None = None,
    chapter: str = "",
) -> Study:
    """The study of a profile by its name; all else is as `lib.study.study.Study` says.

    Raises:
        ValueError: an unknown profile, chapter or experiment.
    """
    return Study(load_profile(profile), folder, experiments, chapter)
