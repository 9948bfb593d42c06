"""What the paper's sources do, where that differs from what is done here, and why.

The authors' code is marcozullich/pruned_layer_similarity; open_lth, by authors of Renda et al.
(2020), has the defaults of `cifar_vgg_16`; cifar10-fast is davidcpage/cifar10-fast, `dawn.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

CODE, LTH, FAST = "authors' public code", "open_lth (Renda et al.)", "cifar10-fast"


@dataclass(frozen=True)
class Difference:
    """Something that a source does otherwise.

    Attributes:
        what: in a few words.
        source: `CODE`, `LTH` or `FAST`.
        there: what it does.
        here: what is done here.
        why: the reason.
    """

    what: str
    source: str
    there: str
    here: str
    why: str


DIFFERENCES = (
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
        "standard deviation of CIFAR-10",
        CODE,
        "0.2023, 0.1994, 0.2010",
        "that of all pixels: 0.2470, 0.2435, 0.2616",
        "theirs is a mean over images of a deviation within each",
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
        "Nesterov momentum for VGG16_BN",
        LTH,
        "plain momentum by default",
        "Nesterov",
        "the paper refers to Renda et al. (2020), who write Nesterov",
    ),
    Difference(
        "optimiser of ResNet_fast",
        FAST,
        "Nesterov momentum; LARS, for each filter, is there but not used",
        "momentum with LARS for each tensor",
        "the paper says LARS (section 4.2) and cites You et al. (2017), who scale each layer",
    ),
    Difference(
        "trust coefficient of LARS",
        FAST,
        "none",
        "0.001",
        "You et al. (2017); the paper does not say",
    ),
    Difference(
        "padding of crops",
        FAST,
        "reflected",
        "black",
        "the paper says crop and no more; black is torchvision's default",
    ),
    Difference(
        "rotation and shift",
        FAST,
        "none",
        "up to 15 degrees and a tenth of the image",
        "the paper lists an affine map (section 4.1); sizes from the authors' code",
    ),
    Difference(
        "precision",
        FAST,
        "half",
        "single",
        "the paper does not say; bfloat16 is a choice",
    ),
)
