"""The experiments of the papers around the main one, every hyperparameter with its source.

- ICPRAM 2020: Ansuini, Medvet, Pellegrino and Zullich, "On the Similarity between Hidden Layers of
  Pruned and Unpruned Convolutional Neural Networks".
- ICANN 2020: Tartaglione, Bragagnolo and Grangetto, "Pruning Artificial Neural Networks: A Way to
  Find Well-Generalizing, High-Entropy Sharp Minima".
- WACV 2020: Blakeney, Yan and Zong, "Is Pruning Compression?: Investigating Pruning Via Network
  Layer Similarity".

We worked from their abstracts and references, and from the public notebook that ICANN 2020 names.
Where these leave a detail open, we decide as the field would, and the source says so.
"""

from importlib import import_module

from ..training import Momentum, Steps
from .paper import COMMON
from .sourced import Declaration, Sourced, experiment_of, sources

_OPEN = "our choice, as the field would; the abstract does not say"
_MAIN = "as in the main study"
_HE = "He et al. (2016), section 4.2"
_NOTEBOOK = "the authors' public notebook, EIDOSlab/PSP-entropy"
_CONV4 = "after Frankle and Carbin (2019), Fig. 2, who train with Adam"

_SHARED: Declaration = {
    **{path: Sourced(s.value, f"{_MAIN}, from there: {s.source}") for path, s in COMMON.items()},
    "dimensions": Sourced(False, _MAIN),
    "train_seeds": Sourced((0, 1, 2), "ours: the complete network is the unit of every interval"),
    "prune_seeds": Sourced((0,), "ours: runs of one complete network are no further networks"),
}


def _recipe(
    epochs: Sourced,
    batch_size: Sourced,
    initial: Sourced,
    milestones: Sourced,
    nesterov: bool = True,
    source: str = _OPEN,
    augmented: bool = False,
) -> Declaration:
    """SGD with momentum and step decay.

    Args:
        epochs, batch_size, initial, milestones: of the recipe and of its schedule.
        nesterov: look ahead.
        source: of all other values.
        augmented: whether there are crops and flips.
    """
    crop_and_flip = source if augmented else _OPEN
    return {
        "recipe.epochs": epochs,
        "recipe.batch_size": batch_size,
        "recipe.optimiser": Sourced(Momentum, source),
        "recipe.optimiser.momentum": Sourced(0.9, source),
        "recipe.optimiser.weight_decay": Sourced(1e-4, source),
        "recipe.optimiser.nesterov": Sourced(nesterov, source),
        "recipe.schedule": Sourced(Steps, source),
        "recipe.schedule.initial": initial,
        "recipe.schedule.milestones": milestones,
        "recipe.schedule.factor": Sourced(0.1, source),
        "recipe.augmentation.crop": Sourced(4 if augmented else 0, crop_and_flip),
        "recipe.augmentation.flip": Sourced(augmented, crop_and_flip),
        "recipe.augmentation.degrees": Sourced(0.0, _OPEN),
        "recipe.augmentation.translate": Sourced(0.0, _OPEN),
        "recipe.augmentation.cutout": Sourced(0, _OPEN),
    }


COMPANIONS_DECLARED: dict[str, Declaration] = {
    "conv4": {
        **_SHARED,
        "name": Sourced("conv4", _MAIN),
        "model": Sourced("conv4", "Frankle and Carbin (2019), Fig. 2; WACV 2020 names a ConvNet"),
        "dataset": Sourced("cifar10", "main paper, section 1: ICPRAM 2020 used CIFAR-10"),
        "classes": Sourced((), "main paper, section 1: five subsets of increasing complexity"),
        **_recipe(
            epochs=Sourced(30, _OPEN),
            batch_size=Sourced(60, _CONV4),
            initial=Sourced(0.01, _OPEN),
            milestones=Sourced((15, 25), _OPEN),
        ),
    },
    "lenet5": {
        **_SHARED,
        "name": Sourced("lenet5", _MAIN),
        "train_seeds": Sourced((0, 1, 2, 3, 4), "ours: five networks, each a matter of minutes"),
        "model": Sourced("lenet5", _NOTEBOOK),
        "dataset": Sourced("mnist28", f"{_NOTEBOOK}: images of 28x28 pixels, not padded"),
        **_recipe(
            epochs=Sourced(10, _NOTEBOOK),
            batch_size=Sourced(100, _NOTEBOOK),
            initial=Sourced(0.1, _NOTEBOOK),
            milestones=Sourced((), f"{_NOTEBOOK}: a constant rate"),
            nesterov=False,
            source=_NOTEBOOK,
        ),
        "recipe.optimiser.momentum": Sourced(0.0, _NOTEBOOK),
        "recipe.optimiser.weight_decay": Sourced(0.0, _NOTEBOOK),
    },
    "resnet32": {
        **_SHARED,
        "name": Sourced("resnet32", _MAIN),
        "model": Sourced(
            "resnet32", "He et al. (2016), section 4.2; ICANN 2020 names the implementation"
        ),
        "dataset": Sourced("cifar10", f"{_HE}: CIFAR-10"),
        **_recipe(
            epochs=Sourced(164, f"{_HE}: 64,000 steps"),
            batch_size=Sourced(128, _HE),
            initial=Sourced(0.1, _HE),
            milestones=Sourced((82, 123), f"{_HE}: 32,000 and 48,000 steps"),
            nesterov=False,
            source=_HE,
            augmented=True,
        ),
    },
}

COMPANIONS = {name: experiment_of(each) for name, each in COMPANIONS_DECLARED.items()}
"""The networks that the main paper does not have, at the scale of their own papers."""

COMPANION_SOURCES = {name: sources(each) for name, each in COMPANIONS_DECLARED.items()}

CHAPTERS: dict[str, tuple[str, ...]] = {
    name: import_module(f"lib.chapters.{name}").EXPERIMENTS
    for name in ("icpram2020", "icann2020", "wacv2020", "at_init")
}
"""chapter, which is also the name of its folder and of its page -> its experiments. A chapter is a
study of its own, with tables of its own; jobs that two studies have in common are done once."""
