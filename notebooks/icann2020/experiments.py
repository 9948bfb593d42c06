"""LeNet-5 and ResNet-32 of ICANN 2020, and the experiments of the chapter.

Tartaglione, Bragagnolo and Grangetto, "Pruning Artificial Neural Networks: A Way to Find
Well-Generalizing, High-Entropy Sharp Minima".
"""

from lib.study.declarations import Chapter, Value, Values
from lib.training import Momentum
from notebooks.shared.paper import MAIN, SHARED, recipe
from notebooks.shared.sizes import (
    DIGIT_AUGMENTATION,
    HOURS,
    LARGER,
    SMALL,
    TINY_SIZE,
    TWELVE,
    laptop,
    smoke,
    tiny,
)

_HE = "He et al. (2016), section 4.2"
_NOTEBOOK = "the authors' public notebook, EIDOSlab/PSP-entropy"

NETWORKS: dict[str, Values] = {
    "lenet5": {
        **SHARED,
        "name": Value("lenet5", MAIN),
        "train_seeds": Value((0, 1, 2, 3, 4), "ours: five networks, each a matter of minutes"),
        "model": Value("lenet5", _NOTEBOOK),
        "dataset": Value("mnist28", f"{_NOTEBOOK}: images of 28x28 pixels, not padded"),
        **recipe(
            epochs=Value(10, _NOTEBOOK),
            batch_size=Value(100, _NOTEBOOK),
            initial=Value(0.1, _NOTEBOOK),
            milestones=Value((), f"{_NOTEBOOK}: a constant rate"),
            nesterov=False,
            source=_NOTEBOOK,
        ),
        "recipe.optimiser.momentum": Value(0.0, _NOTEBOOK),
        "recipe.optimiser.weight_decay": Value(0.0, _NOTEBOOK),
    },
    "resnet32": {
        **SHARED,
        "name": Value("resnet32", MAIN),
        "model": Value(
            "resnet32", "He et al. (2016), section 4.2; ICANN 2020 names the implementation"
        ),
        "dataset": Value("cifar10", f"{_HE}: CIFAR-10"),
        **recipe(
            epochs=Value(164, f"{_HE}: 64,000 steps"),
            batch_size=Value(128, _HE),
            initial=Value(0.1, _HE),
            milestones=Value((82, 123), f"{_HE}: 32,000 and 48,000 steps"),
            nesterov=False,
            source=_HE,
            augmented=True,
        ),
    },
}

_SVHN = Value("svhn", "ten digits, and real images that lie in the data folder")
_MOMENTUM = {
    "recipe.optimiser": Value(
        Momentum(0.9, 1e-4, nesterov=True), "plain SGD learns too little in so few epochs"
    )
}

_CROP_AND_FLIP = {
    path: change for path, change in DIGIT_AUGMENTATION.items() if path.endswith(("crop", "flip"))
}


def _minima(iterations: int) -> dict[str, tuple[int, ...]]:
    """experiment of ICANN 2020 -> iterations: in the middle of pruning and at the end."""
    times = tuple(sorted({max(iterations // 2, 1), iterations}))
    ways = {"": times, "_one_shot": (1,), "_one_shot_long": (iterations,)}
    return {f"{net}{way}": when for net in NETWORKS for way, when in ways.items()}


MINIMA = {
    profile: _minima(iterations)
    for profile, iterations in {"smoke": 10, "laptop": 12, "paper": 20, "tiny": 2}.items()
}
"""profile -> {experiment: the iterations whose networks are measured}."""

CHAPTER = Chapter(
    name="icann2020",
    experiments=tuple(MINIMA["paper"]),
    networks=NETWORKS,
    changes={
        "smoke": {
            # without normalisation it learns nothing at the rate of the others
            "lenet5": smoke(0.5, 0.01, train_seeds=Value((0, 1, 2), SMALL), **_MOMENTUM),
            "resnet32": smoke(0.25, **_CROP_AND_FLIP),
        },
        "laptop": {
            "lenet5": laptop(0.5, 24_000, 4, 0.05, **TWELVE, **LARGER, **_MOMENTUM, dataset=_SVHN),
            "resnet32": laptop(0.25, 10_000, 8, 0.2, **TWELVE, also=Value((), HOURS)),
        },
        "paper": {"lenet5": {}, "resnet32": {}},
        "tiny": {
            "lenet5": tiny(0.2, **TINY_SIZE, **_MOMENTUM),
            "resnet32": tiny(0.125, **TINY_SIZE),
        },
    },
)
