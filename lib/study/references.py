"""What the paper's sources do, where that differs from what is done here, and why."""

from __future__ import annotations

from typing import NamedTuple

from ..data import KNOWN
from .paper import DECLARED
from .sourced import CODE, FAST, differences


class Difference(NamedTuple):
    """Something that a source does otherwise, of which no hyperparameter tells.

    Attributes:
        what: in a few words.
        source: `CODE` or `FAST`.
        there: what it does.
        here: what is done here.
        why: the reason.
    """

    what: str
    source: str
    there: str
    here: str
    why: str


_METHODS = (
    Difference(
        "learning rate of a re-training",
        CODE,
        "one optimiser for all iterations, whose rate only falls",
        "a new optimiser and the whole schedule each time",
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
        "subtracts the mean of each column twice",
        "rows and columns",
        "equation 6 of the paper",
    ),
    Difference(
        "batch normalisation in VGG_SVHN",
        CODE,
        "yes",
        "yes",
        "the paper's text does not mention it; its code has it",
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
        "that of all pixels: " + ", ".join(f"{part:.4f}" for part in KNOWN["cifar10"].std),
        "theirs is a mean over images of a deviation within each",
    ),
)


def references() -> list[dict[str, str]]:
    """A row for each difference: of method, then of hyperparameters as they are declared."""
    declared = [row for each in DECLARED.values() for row in differences(each)]
    once = {row["what"]: row for row in declared}  # two networks share what they have in common
    return [*(row._asdict() for row in _METHODS), *once.values()]
