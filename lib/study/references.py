"""What the paper's sources do, where that differs from what is done here, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..data import KNOWN
from .paper import DECLARED
from .sourced import CODE, FAST, LTH

_IN_WORDS = {"True": "yes", "False": "no", "0.0": "none"}


class Difference(NamedTuple):
    """Something that a source does otherwise.

    Attributes:
        what: in a few words.
        source: `CODE`, `LTH` or `FAST`, or several.
        there: what it does.
        here: what is done here.
        why: the reason.
    """

    what: str
    source: str
    there: str
    here: str
    why: str


class Fixed(NamedTuple):
    """Something that is the same at every scale, of which no hyperparameter tells.

    Attributes:
        what: in a few words.
        here: what is done here.
        source: where that comes from.
    """

    what: str
    here: str
    source: str


def _each(numbers: tuple[float, ...], decimals: int) -> str:
    return ", ".join(f"{number:.{decimals}f}" for number in numbers)


_SVHN, _CIFAR10 = KNOWN["svhn"], KNOWN["cifar10"]

FIXED = (
    Fixed(
        "initial weights of convolutions",
        "normal, variance 2 / fan-in (He et al. 2015)",
        "open_lth (Renda et al.); the paper does not say",
    ),
    Fixed(
        "initial weights of the output layer",
        "uniform within 1 / √fan-in; bias 0",
        "PyTorch's default, without the random bias; the paper does not say",
    ),
    Fixed(
        "initial batch normalisation",
        "weight 1, bias 0",
        "PyTorch's default; the paper does not say",
    ),
    Fixed(
        "normalisation of SVHN",
        f"mean {_each(_SVHN.mean, 1)}; standard deviation {_each(_SVHN.std, 1)}",
        f"{CODE}; the paper does not say",
    ),
    Fixed(
        "normalisation of CIFAR-10",
        f"mean {_each(_CIFAR10.mean, 4)}; standard deviation {_each(_CIFAR10.std, 4)}",
        "those of all training pixels; the paper does not say",
    ),
)

_METHODS = (
    Difference(
        "learning rate of a re-training",
        CODE,
        "one optimiser for all iterations, whose rate only falls",
        "a new optimiser and a new schedule each time",
        "rewinding is what the paper describes (section 4)",
    ),
    Difference(
        "pruned weights",
        CODE,
        "gradients are masked, so momentum moves them off zero again",
        "weights and momentum are zero after each step",
        "a pruned weight is one that stays away (section 3.1)",
    ),
    Difference(
        "masks",
        CODE,
        "each is computed of all weights",
        "nested: only survivors can go",
        "20 % of the survivors go each time (section 4)",
    ),
    Difference(
        "what is prunable",
        CODE,
        "convolutions; a pattern catches batch normalisation too",
        "weights of convolutions and hidden linear layers",
        "as the paper's counts of parameters say",
    ),
    Difference(
        "test images",
        CODE,
        "augmented like training images",
        "never augmented",
        "a test measures the network, not the augmentation",
    ),
    Difference(
        "gradient clipping",
        CODE,
        "norm at most 1",
        "none",
        "the paper does not mention it",
    ),
    Difference(
        "mean of the canonical correlations",
        CODE,
        "of those that carry 98 % of the sum",
        "plain; theirs by the name svcca_sum98",
        "equation 3 of the paper",
    ),
    Difference(
        "centring of kernels in CKA",
        CODE,
        "subtracts the mean of each column twice; its branches lect and keynote_lect are right",
        "rows and columns",
        "equation 6 of the paper",
    ),
    Difference(
        "initial weights of convolutions",
        f"{CODE}; {FAST}",
        "PyTorch's default: uniform, variance 1 / (3 fan-in)",
        "normal, variance 2 / fan-in",
        "open_lth (Renda et al.); the paper does not say",
    ),
    Difference(
        "initial weights of batch normalisation in VGG16_BN",
        LTH,
        "uniform from 0 to 1",
        "1",
        "PyTorch's default; the paper does not say",
    ),
    Difference(
        "padding of crops",
        FAST,
        "reflected",
        "black",
        "the paper says crop and no more; black is torchvision's default",
    ),
    Difference(
        "standard deviation of CIFAR-10",
        CODE,
        "0.2023, 0.1994, 0.2010",
        f"that of all pixels: {_each(_CIFAR10.std, 4)}",
        "theirs is a mean over images of a deviation within each",
    ),
)


def references(settings: Mapping[str, Mapping[str, Any]]) -> list[Difference]:
    """The differences of method, then of the hyperparameters that a study ran with.

    Args:
        settings: {experiment: what the study's provenance says of it}. "Here" is read from there,
            so that it is what was run, whatever the declarations have become since.
    """
    declared: dict[str, Difference] = {}  # two networks share what they have in common
    for name, values in DECLARED.items():
        used = _used(settings[name]) if name in settings else {}
        for path, (_, source, otherwise) in values.items():
            if otherwise and path in used and used[path] != otherwise.there:
                declared[otherwise.what] = Difference(*otherwise, used[path], source)
    return [*_METHODS, *declared.values()]


def _used(setting: Mapping[str, Any]) -> dict[str, str]:
    """{path: value in words} of an experiment as it was run."""
    rows = setting["hyperparameters"]
    used = {row["name"]: _IN_WORDS.get(row["value"], row["value"]) for row in rows}
    return used | {"recipe.optimiser": setting["optimiser"]}  # there its type alone
