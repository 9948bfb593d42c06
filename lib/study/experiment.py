"""An experiment as data: everything that determines its numbers, and nothing else."""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, product
from types import UnionType
from typing import Any

import torch

from ..data import DATASETS
from ..did_you_mean import check
from ..metrics import METRICS
from ..metrics.inputs import RESHAPES
from ..models import MODELS
from ..pruning import Pruning, WeightRewind
from ..training import Recipe
from ..validation import check_types, declared_types

PRECISIONS = {"float32": torch.float32, "float64": torch.float64, "bfloat16": torch.float32}
"""Precision of the training -> floating type of weights and updates; only safe operations use
"bfloat16"."""

OPPONENTS = ("pruned", "untrained", "complete")


@dataclass(frozen=True)
class Probe:
    """The images on which representations are taken (paper, section 6.2: 5,000 of CIFAR-10).

    Attributes:
        images: how many.
        split: "test" or "train"; they are never augmented.
        seed: decides which of the split's images are drawn, without replacement.
    """

    images: int = 5000
    split: str = "test"
    seed: int = 0

    def __post_init__(self):
        check_types(self, images=2)
        check("probe split", self.split, ("train", "test"))


@dataclass(frozen=True)
class Experiment:
    """A complete network, the networks that it is compared with, and how.

    Attributes:
        model: a key of `lib.models.MODELS`.
        dataset: one of `lib.data.DATASETS`.
        recipe: how the network is trained, complete and after each pruning.
        width: factor on the channels of every layer.
        train_images: how many of the training images to use, from the first on; None
            for all.
        classes: only images of these classes, which become classes 0, 1, ... in this
            order; empty for all. `train_images` then counts images of these classes.
        pruning: how the network is pruned.
        densities_of: another experiment, whose masks of the same seeds decide how many
            weights each layer loses: the mask of the same iteration, or of the same
            level where levels are listed; empty to let the score decide.
        masks_of: another experiment, whose masks of the same seeds are used as they
            are: at each level that of the iteration with as many weights left; empty
            for masks of its own.
        against: the networks that the complete one is compared with: "pruned", its descendants;
            "untrained", networks with other random weights; "complete", those of other
            train_seeds. The last two are controls without pruning.
        probe: the images on which representations are compared.
        metrics: similarity metrics of every recorded layer, keys of
            `lib.metrics.METRICS`.
        output_metrics: further metrics, only of the output layer.
        also: reshapes on which the metrics are computed in addition to their default one.
        dimensions: whether to estimate intrinsic dimensions.
        permutations: how many permutations of the images estimate each metric's null,
            after the last iteration; a p-value needs 20.
        train_seeds: for each, a complete network; the seed decides its initial weights,
            the order of the images, and their augmentation.
        prune_seeds: for each, a pruning run from every complete network; the seed
            decides order and augmentation in its re-trainings. Against "untrained":
            seeds of the random weights. Against "complete": not used, since the other
            train_seeds take their place.
        precision: floating type of the training, one of `PRECISIONS`.
    """

    name: str
    model: str
    dataset: str
    recipe: Recipe
    width: float = 1.0
    train_images: int | None = None
    classes: tuple[int, ...] = ()
    pruning: Pruning = Pruning()
    densities_of: str = ""
    masks_of: str = ""
    against: str = "pruned"
    probe: Probe = Probe()
    metrics: tuple[str, ...] = ("mean_cca", "svcca", "pwcca", "cka", "nbs")
    output_metrics: tuple[str, ...] = ("cosine",)
    also: tuple[str, ...] = ()
    dimensions: bool = False
    permutations: int = 10
    train_seeds: tuple[int, ...] = (0,)
    prune_seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    precision: str = "float32"

    def __post_init__(self):
        check_types(self, train_images=1, permutations=0)
        if not re.fullmatch(r"\w[\w.-]*", self.name):
            raise ValueError(
                f"name must be letters, digits, '_', '-' and '.', since folders have it, got "
                f"{self.name!r}"
            )
        if self.width <= 0:
            raise ValueError(f"width must be positive, got {self.width}")
        check("network", self.model, MODELS)
        check("data set", self.dataset, DATASETS)
        check("precision", self.precision, PRECISIONS)
        check("opponent", self.against, OPPONENTS)
        for metric in (*self.metrics, *self.output_metrics):
            check("metric", metric, METRICS)
        for reshape in self.also:
            check("reshape", reshape, RESHAPES)
        if self.against == "complete" and len(self.train_seeds) < 2:
            raise ValueError(
                "a comparison against other complete networks needs at least two train_seeds, "
                f"got {self.train_seeds}"
            )
        if len(self.classes) == 1 or len(set(self.classes)) != len(self.classes):
            raise ValueError(f"classes must be at least two, all different, got {self.classes}")
        if self.masks_of and not self.pruning.levels:
            raise ValueError("masks_of needs pruning.levels, which decide the masks to take")
        if self.masks_of and self.densities_of:
            raise ValueError("masks_of takes whole masks, so densities_of has nothing to decide")
        for name in ("train_seeds", "prune_seeds"):
            seeds = getattr(self, name)
            if not seeds or len(set(seeds)) != len(seeds) or min(seeds) < 0:
                raise ValueError(
                    f"{name} must be one or more different numbers from 0 on, got {seeds}"
                )

    def runs(self) -> list[dict[str, int]]:
        """The seeds of each run, by a `Job`'s names: the `train_seed` of a complete network, and
        the `prune_seed`, or where nothing is pruned the `other_seed` of the other network."""
        name = "prune_seed" if self.against == "pruned" else "other_seed"
        pairs = product(self.train_seeds, self.prune_seeds)
        if self.against == "complete":
            pairs = combinations(self.train_seeds, 2)
        return [{"train_seed": train_seed, name: seed} for train_seed, seed in pairs]

    @property
    def needs(self) -> str:
        """The experiment on whose runs, of the same seeds, its own runs build; empty for none."""
        return self.densities_of or self.masks_of

    @property
    def rewind_point(self) -> tuple[int, int]:
        """The point of the complete training, (epoch, step), that pruned networks go back to."""
        retraining = self.pruning.retraining
        return retraining.point if isinstance(retraining, WeightRewind) else (0, 0)


def flattened(spec: Any, prefix: str = "") -> dict[str, Any]:
    """Every value inside nested dataclasses by its path, such as `recipe.batch_size`.

    Where a field offers a choice of types, its own path has the name of the chosen one.
    """
    values: dict[str, Any] = {}
    for name, declared in declared_types(type(spec)).items():
        path, value = prefix + name, getattr(spec, name)
        if dataclasses.is_dataclass(value):
            if isinstance(declared, UnionType):
                values[path] = type(value).__name__
            values |= flattened(value, path + ".")
        else:
            values[path] = value
    return values


def with_values(spec: Any, values: Mapping[str, Any]) -> Any:
    """A copy of nested dataclasses with values at some paths, such as `pruning.iterations`.

    A type, as `spec` or among the values, stands for one that is made of the values at
    the paths below.

    Raises:
        ValueError: no such field; the message names the nearest one.
        TypeError: a value that is not of the field's type.
    """
    kind = spec if isinstance(spec, type) else type(spec)
    types = declared_types(kind) if dataclasses.is_dataclass(kind) else {}
    inside: dict[str, dict[str, Any]] = {}
    for path, value in values.items():
        field, _, rest = path.partition(".")
        check(f"hyperparameter of {kind.__name__}", field, types)
        inside.setdefault(field, {})[rest] = value
    fields = {}
    for field, below in inside.items():
        value = below.pop("", types[field] if spec is kind else getattr(spec, field))
        made = below or isinstance(value, type)
        fields[field] = with_values(value, below) if made else value
    return kind(**fields) if spec is kind else dataclasses.replace(spec, **fields)
