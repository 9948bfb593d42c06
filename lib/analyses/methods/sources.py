"""Where the paper, the code that it builds on and this study differ, each with its reason."""

from collections.abc import Sequence
from typing import NamedTuple

from ...book.report.format import Table
from ...book.report.results import Results
from ...data import KNOWN
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


class Difference(NamedTuple):
    """One thing that a source does otherwise than this study."""

    what: str
    source: str
    there: str
    here: str
    why: str


DIFFERENCES = (
    Difference(
        "learning rate of a re-training",
        AUTHORS,
        "one optimiser for all iterations, whose rate only falls",
        "a new optimiser and a new schedule each time",
        "rewinding is what the paper describes (section 4)",
    ),
    Difference(
        "pruned weights",
        AUTHORS,
        "only gradients are masked, so momentum moves them off zero again",
        "weights and momentum are zero after each step",
        "a pruned weight is one that stays away (section 3.1)",
    ),
    Difference(
        "masks",
        AUTHORS,
        "each is computed from all weights",
        "nested: only survivors can go",
        "20 % of the survivors go each time (section 4)",
    ),
    Difference(
        "what is prunable",
        AUTHORS,
        "convolutions; a pattern catches batch normalisation too",
        "weights of convolutions and hidden linear layers",
        "as the paper's counts of parameters say",
    ),
    Difference(
        "test images",
        AUTHORS,
        "augmented like training images",
        "never augmented",
        "a test measures the network, not the augmentation",
    ),
    Difference(
        "gradient clipping",
        AUTHORS,
        "norm at most 1",
        "none",
        "the paper does not mention it",
    ),
    Difference(
        "mean of the canonical correlations",
        AUTHORS,
        "of those that carry 98 % of the sum",
        "plain; theirs by the name svcca_sum98",
        "equation 3 of the paper",
    ),
    Difference(
        "centring of kernels in CKA",
        AUTHORS,
        "subtracts the mean of each column twice; its branches lect and keynote_lect are right",
        "rows and columns",
        "equation 6 of the paper",
    ),
    Difference(
        "initial weights of convolutions",
        f"{AUTHORS}; {FAST}",
        "PyTorch's default: uniform, variance 1 / (3 fan-in)",
        "normal, variance 2 / fan-in",
        f"{OPEN_LTH}; {SILENT}",
    ),
    Difference(
        "initial weights of batch normalisation in VGG16_BN",
        OPEN_LTH,
        "uniform from 0 to 1",
        "1",
        f"PyTorch's default; {SILENT}",
    ),
    Difference(
        "padding of crops",
        FAST,
        "reflected",
        "black",
        "the paper says only crop; black is torchvision's default",
    ),
    Difference(
        "standard deviation of CIFAR-10",
        AUTHORS,
        "0.2023, 0.1994, 0.2010",
        f"that of all pixels: {_each(KNOWN['cifar10'].std, 4)}",
        "theirs is a mean over images of a deviation within each",
    ),
)
"""Those that are so in every study."""

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
    rows = list(DIFFERENCES)
    for experiment, path, what, source, there in SETTINGS:
        setting = study.settings(experiment)
        values = {row["name"]: row["value"] for row in setting["hyperparameters"]}
        values["recipe.optimiser"] = setting["optimiser"]  # in the rows its type alone
        here = values.get(path, there)
        here = IN_WORDS.get(here, here)
        if here != there:
            why = HYPERPARAMETERS[experiment][path].source
            rows.append(Difference(what, source, there, here, why))
    return Table(["What", "Source", "There", "Here", "Why"], rows, cards=True)
