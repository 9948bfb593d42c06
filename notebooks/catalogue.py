"""All chapters, all analyses of the networks that are kept, and the sizes of both.

Chapters and analyses lie in the folder of the page whose question they serve. To add one,
list it here.

The name of an experiment is `<network>_<regime>_<role>`, as in tables: without the role if it
prunes, and without the regime in chapters that have only one.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from lib.study.analysis import Analysis
from lib.study.declarations import Catalogue, Profile
from notebooks.accuracy.job import (
    Decisions,
    DecisionsByRecipe,
    DecisionsOfMLP,
    DecisionsOutOfSample,
)
from notebooks.contrast import experiments as out_of_sample
from notebooks.contrast.job import Matrices
from notebooks.icann2020 import experiments as icann2020
from notebooks.icann2020.landscape_job import Landscape
from notebooks.icann2020.potentials_job import Potentials
from notebooks.icpram2020 import experiments as icpram2020
from notebooks.is_it_pruning import experiments as converged
from notebooks.is_it_pruning.job import (
    DescentByPace,
    DescentByRecipe,
    DescentOfConverged,
    DescentOutOfSample,
)
from notebooks.layers import experiments as by_recipe
from notebooks.prunings import experiments as prunings
from notebooks.prunings.collapse_job import Collapse
from notebooks.prunings.overlap_job import Overlap
from notebooks.shared.variants import CONTROLS, PRUNINGS
from notebooks.wacv2020 import experiments as wacv2020
from notebooks.what_a_value_means import experiments as width_and_length
from notebooks.what_a_value_means.job import Robustness
from notebooks.which_metric.gradients_job import Gradients
from notebooks.which_metric.identification_job import Identification
from notebooks.which_metric.matching_job import Matching
from notebooks.which_metric.stitching_job import DECIDING, Stitching
from notebooks.zeros import experiments as zeros
from notebooks.zeros.job import FOUR, FURTHER, Zeros, ZerosOfMLP
from notebooks.zeros.layers_job import Directions, DirectionsOfMLP, OnChannels

_SMALL = "vgg_svhn_few_images"


def _of(names: Iterable[str], analysis: Analysis, *ends: str) -> dict[str, Analysis]:
    """{experiment: the analysis}, of networks, or of their variants with these ends."""
    return {f"{name}{end}": analysis for name in names for end in ends or ("",)}


def _of_minima(analysis: Callable[..., Analysis], **small: int) -> dict[str, dict[str, Analysis]]:
    """{profile: {experiment: analysis}}, with these fields in `smoke` and `tiny`."""
    return {
        profile: {
            name: analysis(when, **(small if profile in ("smoke", "tiny") else {}))
            for name, when in minima.items()
        }
        for profile, minima in icann2020.MINIMA.items()
    }


def _with_strangers(
    few_images: Callable[..., Analysis], recipe: Callable[..., Analysis]
) -> dict[str, dict[str, Analysis]]:
    """{profile: {experiment: analysis}}, of networks compared with strangers.

    Args:
        few_images, recipe: make the analysis of a regime, from the iterations to look at and
            the seeds of the complete networks.
    """
    ends = ("", "_trained_as_long")
    declared = _of(converged.NETWORKS, few_images((1, 2, 3, 4)), *ends)
    with_one = _of(converged.NETWORKS, few_images((1, 2, 3, 4), seeds=(0, 1)), *ends)
    by_the_recipe: dict[str, Analysis] = {}
    for name, iterations in by_recipe.LEVELS.items():
        further = {"seeds": by_recipe.MORE_SEEDS} if name == "vgg_svhn_recipe_more" else {}
        by_the_recipe |= _of([name], recipe(iterations, **further), *ends)
    return {"smoke": with_one, "laptop": declared, "tiny": declared, "paper": by_the_recipe}


def _out_of_sample(
    analysis: Callable[..., Analysis], controls: bool = False
) -> dict[str, Analysis]:
    """{experiment: analysis}, of the networks that no rule about the scale was made for.

    Args:
        analysis: made from the iterations to look at, and the seeds where there are five.
        controls: whether training-only controls are analysed, too.
    """
    looked_at = out_of_sample.ARCHITECTURES | out_of_sample.WAYS
    if controls:
        ends = {name: name.removesuffix("_trained_as_long") for name in out_of_sample.CONTROLS}
        looked_at |= {name: looked_at[base] for name, base in ends.items()}
    declared: dict[str, Analysis] = {}
    for name, iterations in looked_at.items():
        five = name.startswith(out_of_sample.FIVE_NETWORKS)
        declared[name] = analysis(iterations, **({"seeds": (0, 1, 2, 3, 4)} if five else {}))
    return declared


def _of_mlp(
    profile: str, analysis: Callable[..., Analysis], **fields: object
) -> dict[str, Analysis]:
    """{experiment: analysis}, of the MLP and its control."""
    seeds = {"smoke": (0, 1, 2), "laptop": (0, 1, 2, 3, 4)}
    if profile not in seeds:
        return {}
    return _of(zeros.MLP, analysis((1, 2, 3, 4), seeds=seeds[profile], **fields))


def _with_further_metrics(analyses: dict[str, Analysis]) -> dict[str, Analysis]:
    """The same, by all metrics where a rule asks for them."""
    return {
        name: replace(each, metrics=(*FOUR, *FURTHER)) if name in zeros.MORE_METRICS else each
        for name, each in analyses.items()
    }


_DESCENT = _with_strangers(DescentOfConverged, DescentByRecipe)
_DECISIONS = _with_strangers(Decisions, DecisionsByRecipe)
for of_profile in _DESCENT.values():
    of_profile |= _of(width_and_length.BY_PACE, DescentByPace(width_and_length.LAST))

CATALOGUE = Catalogue(
    specs=CONTROLS | PRUNINGS,
    declared=(
        icpram2020.CHAPTER,
        icann2020.CHAPTER,
        wacv2020.CHAPTER,
        prunings.BEFORE_TRAINING,
        prunings.PRUNINGS,
        converged.CHAPTER,
        by_recipe.CHAPTER,
        width_and_length.CHAPTER,
        out_of_sample.CHAPTER,
        zeros.COUNTER_EXAMPLE,
    ),
    analyses={
        "robustness": {
            "smoke": _of(
                converged.ANALYSED, Robustness((1, 4), (250,), draws=(0,), leading=(0, 1, 5))
            ),
            # more images than 5,000 make Gram matrices of gigabytes, and an hour of a job
            "laptop": _of(
                converged.ANALYSED, Robustness((1, 4), (500, 1000, 2000, 5000), nbs_images=2000)
            ),
            "tiny": {_SMALL: Robustness((1, 2), (32, 64), draws=(0, 1), leading=(0, 1))},
        },
        "matrices": {
            "laptop": _of(converged.ANALYSED, Matrices()),
            "smoke": _of(converged.ANALYSED, Matrices()),
            "tiny": {_SMALL: Matrices((1, 2))},
        },
        "identification": {
            "smoke": {f"{_SMALL}_independent": Identification(images=200, pairs=1)},
            "laptop": _of(converged.ANALYSED, Identification(), "_independent"),
        },
        "matching": {
            "smoke": _of([_SMALL], Matching(), "", "_independent"),
            "laptop": _of(
                converged.ANALYSED,
                Matching(),
                "",
                "_trained_as_long",
                "_independent",
                "_random_masks",
            ),
            "paper": _of(converged.ANALYSED, Matching()),
            "tiny": {_SMALL: Matching()},
        },
        "descent": _DESCENT
        | {
            profile: _DESCENT[profile]
            | _out_of_sample(DescentOutOfSample, controls=profile == "laptop")
            for profile in ("smoke", "laptop")
        },
        "potentials": _of_minima(Potentials, images=50),
        "landscape": _of_minima(Landscape, images=8, eigenvalues=1, probes=2, directions=2),
        "collapse": dict.fromkeys(
            ("smoke", "laptop", "paper", "tiny"),
            _of(prunings.BEFORE_TRAINING.experiments, Collapse((1, 2, 3, 4, 5))),
        ),
        "gradients": {
            "laptop": _of(converged.ANALYSED, Gradients(), "", "_independent"),
            "smoke": _of([_SMALL], Gradients(images=100), "", "_independent"),
        },
        "stitching": {
            "smoke": {"vgg_svhn_rewound": Stitching((1,), fitted_on=50, tested_on=100)},
            "laptop": _of(DECIDING, Stitching((1, 3, 6))),
        },
        "overlap": {
            "smoke": {"vgg_svhn_rewound": Overlap(("early", "midway"))},
            "laptop": {"vgg_svhn_rewound": Overlap()},
            "tiny": {"vgg_svhn_rewound": Overlap(("early",))},
        },
        "decisions": {
            profile: declared
            | _of_mlp(profile, DecisionsOfMLP)
            | (_out_of_sample(DecisionsOutOfSample, controls=True) if profile == "laptop" else {})
            for profile, declared in _DECISIONS.items()
        },
        "directions": {
            "smoke": _of_mlp("smoke", DirectionsOfMLP),
            "laptop": {
                name: each
                for name, each in _out_of_sample(Directions, controls=True).items()
                if name in zeros.SPECTRA
            }
            | _of_mlp("laptop", DirectionsOfMLP),
        },
        "on_channels": {
            profile: {
                name: each
                for name, each in _out_of_sample(OnChannels, profile == "laptop").items()
                if name in zeros.DISAGREEING
            }
            for profile in ("smoke", "laptop")
        },
        "zeros": {
            "smoke": _of_mlp("smoke", ZerosOfMLP, metrics=(*FOUR, *FURTHER)),
            "laptop": _with_further_metrics(_out_of_sample(Zeros, controls=True))
            | _of_mlp("laptop", ZerosOfMLP, metrics=(*FOUR, *FURTHER)),
        },
    },
)

SMOKE = Profile(
    name="smoke",
    catalogue=CATALOGUE,
    description="slim networks on the embedded digits, six minutes on two processor cores",
    takes_minutes=True,
)
LAPTOP = Profile(
    name="laptop",
    catalogue=CATALOGUE,
    description="slim networks on real images, four to five hours a network on two processor cores",
)
FULL = Profile(
    name="paper",
    catalogue=CATALOGUE,
    description="the paper's networks, data and recipes, for a GPU",
)
TINY = Profile(
    name="tiny",
    catalogue=CATALOGUE,
    description="a regression test of the whole study in float64, seconds",
    takes_minutes=True,
)

PROFILES = {profile.name: profile for profile in (SMOKE, LAPTOP, FULL, TINY)}
