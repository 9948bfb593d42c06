"""Groups of networks of which it is known who is alike: the design of ReSi, at our scale.

ReSi (Klabunde et al., ICLR 2025) trains groups of networks in different ways, five
seeds each, and asks of a similarity measure that networks of one group be more similar
to each other than to those of another. None of these networks is pruned.
"""

from ...study.declarations import (
    SMALL,
    Hyperparameter,
    Hyperparameters,
    ProfileOverride,
    laptop,
    smoke,
    tiny,
)
from ...study.paper import HYPERPARAMETERS, no_augmentation
from ..companion_recipes import SHARED, TINY_SCALE
from .groups import GROUNDED, GROUPS, STRENGTHS

_AUGMENTED = {
    1: ("by crops", {"crop": 4}),
    2: (
        "as the paper does it",
        {"crop": 4, "flip": True, "degrees": 15.0, "translate": 0.1, "cutout": 8},
    ),
}


_NOT_PRUNED = {"against": "untrained"}
"""A run compares with a network that has learned nothing; an analysis compares the groups."""


def _augmented(strength: int) -> dict[str, object]:
    _, changes = _AUGMENTED[strength]
    altered = {f"recipe.augmentation.{name}": value for name, value in changes.items()}
    return altered | _NOT_PRUNED


SUBSETS = {
    GROUNDED: {
        "unaltered": ("images and labels as they are", lambda e: _NOT_PRUNED),
        **{
            f"labels_{percent}": (
                f"{percent} % of the training images with a label drawn at random",
                lambda e, share=percent / 100: _NOT_PRUNED | {"random_labels": share},
            )
            for percent in STRENGTHS["labels"]
        },
        **{
            f"dots_{percent}": (
                f"a coloured dot in each image, which tells the class of {percent} % of them",
                lambda e, share=percent / 100: _NOT_PRUNED | {"dots": share},
            )
            for percent in STRENGTHS["dots"]
        },
        **{
            f"augmented_{strength}": (
                f"training images changed {_AUGMENTED[strength][0]}",
                lambda e, strength=strength: _augmented(strength),
            )
            for strength in STRENGTHS["augmented"]
        },
    }
}

EXPERIMENTS = GROUPS

_RESI = "ReSi (Klabunde et al. 2025)"
SEEDS = tuple(range(5))

NETWORKS: dict[str, Hyperparameters] = {
    GROUNDED: HYPERPARAMETERS["resnet_fast"]
    | {
        "name": Hyperparameter(GROUNDED, "our name for it"),
        "train_seeds": Hyperparameter(SEEDS, f"{_RESI}: five networks a group"),
        "prune_seeds": SHARED["prune_seeds"],
        "metrics": Hyperparameter(("cka",), "ours: an analysis has the others"),
        "output_metrics": Hyperparameter((), "ours: an analysis has them"),
        "also": Hyperparameter((), "ours: an analysis has the others"),
        "dimensions": Hyperparameter(False, "ours: no test asks for it"),
        "permutations": Hyperparameter(0, "ours: no test asks for a null"),
        **no_augmentation("ours: a test adds it"),
    }
}

_UNCHANGED = {
    path: ProfileOverride(hyperparameter.value, hyperparameter.source)
    for path, hyperparameter in NETWORKS[GROUNDED].items()
    if path.startswith("recipe.augmentation.") or path == "output_metrics"
}
"""What a profile changes in networks of the main study, and not in these."""

_TWO_SEEDS = {"train_seeds": ProfileOverride((0, 1), SMALL)}

CHANGES = {
    "smoke": {
        GROUNDED: smoke(
            0.125,
            **_UNCHANGED,
            **{
                **_TWO_SEEDS,
                "permutations": ProfileOverride(0, "no test asks for a null"),
            },
        )
    },
    "laptop": {
        GROUNDED: laptop(
            0.125,
            5_000,
            12,
            0.4,
            **{"recipe.batch_size": ProfileOverride(64, "more steps in each of the few epochs")},
            **_UNCHANGED,
        )
    },
    "paper": {GROUNDED: {}},
    "tiny": {GROUNDED: tiny(1 / 16, **TINY_SCALE, **_UNCHANGED) | _TWO_SEEDS},
}
