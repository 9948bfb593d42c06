"""Conv-4 of ICPRAM 2020, and the experiments of the chapter.

Ansuini, Medvet, Pellegrino and Zullich, "On the Similarity between Hidden Layers of
Pruned and Unpruned Convolutional Neural Networks".
"""

from functools import partial
from typing import Any

from lib.pruning import WeightRewind
from lib.study.declarations import Chapter, Value, Values
from lib.study.experiment import Experiment
from notebooks.shared.paper import MAIN, OUR_CHOICE, SHARED, recipe
from notebooks.shared.sizes import LARGER, TINY_SIZE, TWELVE, laptop, smoke, tiny
from notebooks.shared.variants import tenth_of_training

_CONV4 = "after Frankle and Carbin (2019), Fig. 2, who train with Adam"

NETWORKS: dict[str, Values] = {
    "conv4": {
        **SHARED,
        "name": Value("conv4", MAIN),
        "model": Value("conv4", "Frankle and Carbin (2019), Fig. 2; WACV 2020 names a ConvNet"),
        "dataset": Value("cifar10", "main paper, section 1: ICPRAM 2020 used CIFAR-10"),
        "classes": Value((), "main paper, section 1: five subsets of increasing complexity"),
        **recipe(
            epochs=Value(30, OUR_CHOICE),
            batch_size=Value(60, _CONV4),
            initial=Value(0.01, OUR_CHOICE),
            milestones=Value((15, 25), OUR_CHOICE),
        ),
    },
}


def _subset(e: Experiment, classes: int) -> dict[str, Any]:
    """The first classes only, with as many images of each as before, and late resetting."""
    images = {} if e.train_images is None else {"train_images": e.train_images * classes // 10}
    rewind = {"pruning.retraining": WeightRewind(tenth_of_training(e))}
    return {"classes": tuple(range(classes)), **images, **rewind}


CHAPTER = Chapter(
    name="icpram2020",
    experiments=(
        "conv4_two",
        "conv4_four",
        "conv4_six",
        "conv4_eight",
        "conv4_late_reset",
        "conv4",
        "conv4_untrained",
        "conv4_independent",
    ),
    networks=NETWORKS,
    variants={
        name: (f"{name} classes, late resetting", partial(_subset, classes=classes))
        for name, classes in {"two": 2, "four": 4, "six": 6, "eight": 8}.items()
    },
    changes={
        "smoke": {
            # without normalisation it diverges at the rate of the others
            "conv4": smoke(0.25, 0.01)
            | {"probe.images": Value(100, "two classes have no more to test on")}
        },
        "laptop": {"conv4": laptop(0.5, 10_000, 6, 0.05, **TWELVE, **LARGER)},
        "paper": {"conv4": {}},
        "tiny": {"conv4": tiny(0.0625, **TINY_SIZE)},
    },
)
