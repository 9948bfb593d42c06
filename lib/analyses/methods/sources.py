"""Where the paper, the code that it builds on and this study differ, each with its reason."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ...book.report.format import Table
from ...book.report.results import Results
from ...data_sets import KNOWN
from ...study.paper import HYPERPARAMETERS

AUTHORS = "authors' public code (master)"
OPEN_LTH = "open_lth (Renda et al.)"
FAST = "cifar10-fast"
SILENT = "the paper does not say"


def _each(numbers: Sequence[float], decimals: int) -> str:
    return ", ".join(f"{number:.{decimals}f}" for number in numbers)


def _normalisation(dataset: str, decimals: int) -> str:
    known = KNOWN[dataset]
    return f"mean {_each(known.mean, decimals)}; standard deviation {_each(known.std, decimals)}"


FIXED = (
    (
        "initial weights of convolutions",
        "normal, variance 2 / fan-in (He et al. 2015)",
        f"{OPEN_LTH}; {SILENT}",
    ),
    (
        "initial weights of the output layer",
        "uniform within 1 / √fan-in; bias 0",
        f"PyTorch's default, without the random bias; {SILENT}",
    ),
    ("initial batch normalisation", "weight 1, bias 0", f"PyTorch's default; {SILENT}"),
    ("normalisation of SVHN", _normalisation("svhn", 1), f"{AUTHORS}; {SILENT}"),
    (
        "normalisation of CIFAR-10",
        _normalisation("cifar10", 4),
        f"those of all training pixels; {SILENT}",
    ),
)
"""What is the same at every scale: what, here, source."""


DIFFERENCES = pd.read_csv(Path(__file__).with_name("differences.csv"), dtype=str).replace(
    r"\{std\}", _each(KNOWN["cifar10"].std, 4), regex=True
)
"""What a source does otherwise in every study: `what`, `source`, `there`, `here`, `why`."""

SETTINGS = (
    ("vgg16_bn", "recipe.augmentation.degrees", "rotation, degrees", FAST, "none"),
    ("vgg16_bn", "recipe.augmentation.translate", "shift, of the side", FAST, "none"),
    (
        "vgg16_bn",
        "recipe.optimiser.nesterov",
        "Nesterov momentum for VGG16_BN",
        OPEN_LTH,
        "no",
    ),
    (
        "resnet_fast",
        "recipe.optimiser",
        "optimiser of ResNet_fast",
        FAST,
        "Nesterov momentum; LARS, for each filter, is there but not used",
    ),
    ("resnet_fast", "recipe.optimiser.trust", "trust coefficient of LARS", FAST, "none"),
    ("resnet_fast", "precision", "precision", FAST, "half"),
)
"""What a study may set as the source does: experiment, hyperparameter, what, source, there."""

IN_WORDS = {"True": "yes", "False": "no", "0.0": "none"}


def fixed_values() -> Table:
    """Initial weights and normalisation, which no scale changes, with their sources."""
    return Table(["What", "Here", "Source"], FIXED, cards=True)


def source_differences(study: Results) -> Table:
    """What the sources do otherwise than a study, with the reason.

    Args:
        study: one with the experiments `vgg16_bn` and `resnet_fast`. Where it sets a
            value as the source does, there is no row.
    """
    rows = DIFFERENCES.to_numpy().tolist()
    for experiment, path, what, source, theirs in SETTINGS:
        setting = study.settings(experiment)
        values = {row["name"]: row["value"] for row in setting["hyperparameters"]}
        values["recipe.optimiser"] = setting["optimiser"]  # in the rows its type alone
        ours = values.get(path, theirs)
        ours = IN_WORDS.get(ours, ours)
        if ours != theirs:
            why = HYPERPARAMETERS[experiment][path].source
            rows.append((what, source, theirs, ours, why))
    return Table(["What", "Source", "There", "Here", "Why"], rows, cards=True)
