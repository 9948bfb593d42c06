"""The claims of the paper on its results (section 5), each with the rule that decides it."""

from __future__ import annotations

from itertools import combinations

from . import claim_layers as at
from .claim_layers import CCA, FOUR, RESNET, SVHN, VGG16
from .claim_quantities import (
    alike,
    depth_trend,
    fall,
    lowest,
    mean,
    of_layer,
    range_over_iterations,
    range_over_layers,
    slowing,
)
from .claim_rules import (
    BOTH,
    CLEAR,
    VISIBLE,
    accuracy_falls,
    as_accurate,
    better,
    better_when,
    both_cca,
    bowl,
    fans_out,
    lead,
    leap,
    recovery,
    rule,
    two_bottoms,
    u_depth,
    unpaired,
)
from .claim_runs import ALWAYS, EVERY, OUT
from .claim_terms import Term, least, mean_of, most
from .claim_verdicts import Rule, declare
from .names import NETWORKS

WEAK = 0.1
"""A recovery that we still call very weak, and a range that we still call constant."""


def _consistency(experiment: str) -> Term:
    """How far the metrics agree on the order of the hidden layers, on average over all pairs."""
    pairs = combinations(FOUR, 2)
    words = "the mean rank correlation between two metrics over the hidden layers"
    return mean_of(words, *(alike(experiment, *pair) for pair in pairs)).of(
        f"of {NETWORKS[experiment]}"
    )


def _accuracy(network: str) -> dict[str, tuple[str, Rule]]:
    name = NETWORKS[network]
    return {
        f"{network}-accuracy-early": (
            f"The first iterations of pruning make {name} more accurate.",
            better(network, at.EARLY),
        ),
        f"{network}-accuracy-peak": (
            f"{name} is more accurate with few of its weights than with most of them.",
            better_when(network, at.PEAK, at.EARLY),
        ),
        f"{network}-accuracy-decline": (
            f"After that peak {name} loses accuracy.",
            better_when(network, at.PEAK, at.LATE),
        ),
        f"{network}-accuracy-comparable": (
            f"No pruned {name} is far less accurate than the complete one.",
            as_accurate(network, tolerance=1),
        ),
    }


_ACCURACY = declare(
    "5.1",
    "Fig. 4",
    "accuracy",
    _accuracy(VGG16)
    | _accuracy(RESNET)
    | {
        "vgg_svhn-accuracy-falls": (
            "The accuracy of VGG_SVHN falls as pruning goes on.",
            accuracy_falls(SVHN),
        )
    },
)

_VGG16_BN = declare(
    "5.2",
    "Fig. 5",
    VGG16,
    {
        "vgg16_bn-u-svcca": (
            'SVCCA of VGG16_BN draws a "U" over the layers.',
            rule(u_depth(VGG16, "svcca"), above=VISIBLE),
        ),
        "vgg16_bn-u-pwcca": (
            'PWCCA of VGG16_BN draws a "U" over the layers.',
            rule(u_depth(VGG16, "pwcca"), above=VISIBLE),
        ),
        "vgg16_bn-cca-bottom": (
            f"The bottom of {BOTH} lies around the third block.",
            rule(both_cca(lead, VGG16, at.VGG16_AROUND_3), above=0),
        ),
        "vgg16_bn-cca-depth": (
            f"The bottom of {BOTH} is {{threshold}}.",
            rule(both_cca(lowest, VGG16), above=0.3, below=0.4),
        ),
        "vgg16_bn-cca-near-output": (
            f"Further pruning lowers {BOTH} less near the output.",
            rule(
                least(
                    BOTH,
                    *(fall(VGG16, m, at.VGG16_3) - fall(VGG16, m, at.VGG16_5) for m in CCA),
                ),
                above=0,
            ),
        ),
        "vgg16_bn-cca-output": (
            f"{BOTH} of the outputs stay {{threshold}} in all iterations.",
            rule(both_cca(lowest, VGG16, OUT, ALWAYS), above=0.9),
        ),
        "vgg16_bn-cka-bound": (
            "CKA of VGG16_BN stays {threshold} in all layers and iterations.",
            rule(lowest(VGG16, "cka", EVERY, ALWAYS), above=0.75),
        ),
        "vgg16_bn-cka-depth": (
            "CKA falls from the first layers towards the output.",
            rule(depth_trend(VGG16, "cka"), below=-CLEAR),
        ),
        "vgg16_bn-cka-fan": (
            "CKA of different iterations lies packed in the first two blocks and fans out later.",
            fans_out(VGG16, "cka", at.VGG16_BACK, at.VGG16_FRONT),
        ),
        "vgg16_bn-cka-output": (
            f"CKA finds the outputs less similar than {BOTH} do.",
            rule(both_cca(of_layer, VGG16, OUT) - of_layer(VGG16, "cka", OUT), above=0),
        ),
        "vgg16_bn-cka-stacks": (
            "CKA of the outputs hardly changes any more in the sparser networks.",
            rule(range_over_iterations(VGG16, "cka", OUT, at.STACKED), below=VISIBLE),
        ),
        "vgg16_bn-cka-stack-at": (
            "CKA of the outputs of the sparser networks lies {threshold}.",
            rule(mean(VGG16, "cka", OUT, at.STACKED), above=0.74, below=0.84),
        ),
        "vgg16_bn-nbs-bound": (
            "NBS of VGG16_BN stays {threshold} in all layers and iterations.",
            rule(lowest(VGG16, "nbs", EVERY, ALWAYS), above=0.7),
        ),
        "vgg16_bn-nbs-fan": (
            "NBS of different iterations fans out at the third block.",
            fans_out(VGG16, "nbs", at.VGG16_3, at.VGG16_FRONT),
        ),
        "vgg16_bn-nbs-bottom": (
            "The bottom of NBS lies between the third pooling and the convolutions after it.",
            rule(lead(VGG16, "nbs", at.VGG16_AFTER_3), above=0),
        ),
        "vgg16_bn-nbs-u": (
            "NBS rises again after its bottom.",
            rule(u_depth(VGG16, "nbs"), above=VISIBLE),
        ),
        "vgg16_bn-nbs-output": (
            "NBS finds the outputs more similar than CKA does.",
            rule(of_layer(VGG16, "nbs", OUT) - of_layer(VGG16, "cka", OUT), above=0),
        ),
        "vgg16_bn-nbs-stack-at": (
            "NBS of the outputs of the sparser networks lies {threshold}.",
            rule(mean(VGG16, "nbs", OUT, at.STACKED), above=0.85, below=0.95),
        ),
    },
)

_VGG_SVHN = declare(
    "5.2",
    "Fig. 6",
    SVHN,
    {
        "vgg_svhn-consistent": (
            "The four metrics agree more on VGG_SVHN than on VGG16_BN.",
            unpaired(_consistency(SVHN), _consistency(VGG16), above=0),
        ),
        "vgg_svhn-cca-two-bottoms": (
            f"{BOTH} of VGG_SVHN have two bottoms, in the third and in the fourth block.",
            rule(
                both_cca(
                    two_bottoms, SVHN, at.SVHN_3_CONV, at.SVHN_4, (at.SVHN_FRONT, at.SVHN_POOL3)
                ),
                above=0,
            ),
        ),
        "vgg_svhn-cca-no-recovery": (
            f"{BOTH} do not recover in the hidden layers of VGG_SVHN.",
            rule(both_cca(recovery, SVHN, over=most), below=VISIBLE),
        ),
        "vgg_svhn-cca-output": (
            f"{BOTH} leap up at the output of VGG_SVHN.",
            rule(both_cca(leap, SVHN), above=VISIBLE),
        ),
        "vgg_svhn-cka-bowl": (
            "CKA of VGG_SVHN has a bowl at the third block.",
            rule(bowl(SVHN, "cka", at.SVHN_2, at.SVHN_3, at.SVHN_4), above=0),
        ),
        "vgg_svhn-nbs-like-cka": (
            "NBS of VGG_SVHN looks like CKA.",
            rule(alike(SVHN, "nbs", "cka"), above=CLEAR),
        ),
        "vgg_svhn-nbs-no-bowl": (
            "NBS of VGG_SVHN lacks the bowl of CKA.",
            rule(
                bowl(SVHN, "cka", at.SVHN_2, at.SVHN_3, at.SVHN_4)
                - bowl(SVHN, "nbs", at.SVHN_2, at.SVHN_3, at.SVHN_4),
                above=0,
            ),
        ),
    },
)

_RESNET_FAST = declare(
    "5.3",
    "Fig. 7",
    RESNET,
    {
        "resnet_fast-cca-bottom": (
            f"The bottom of {BOTH} of ResNet_fast lies at the third convolution.",
            rule(both_cca(lead, RESNET, at.RESNET_CONV3), above=0),
        ),
        "resnet_fast-cca-weak-recovery": (
            f"{BOTH} recover very little before the output of ResNet_fast.",
            rule(both_cca(recovery, RESNET, over=most), below=WEAK),
        ),
        "resnet_fast-cca-higher": (
            f"{BOTH} fall less low in ResNet_fast than in VGG16_BN.",
            unpaired(
                both_cca(lowest, RESNET).of("of ResNet_fast"),
                both_cca(lowest, VGG16, over=most).of("of VGG16_BN"),
                above=0,
            ),
        ),
        "resnet_fast-svcca-bound": (
            "SVCCA of ResNet_fast stays {threshold} in all iterations.",
            rule(lowest(RESNET, "svcca", EVERY, ALWAYS), above=0.4),
        ),
        "resnet_fast-pwcca-bound": (
            "PWCCA of ResNet_fast stays {threshold} in all iterations.",
            rule(lowest(RESNET, "pwcca", EVERY, ALWAYS), above=0.45),
        ),
        "resnet_fast-cca-converges": (
            f"{BOTH} of ResNet_fast converge as pruning goes on.",
            rule(both_cca(slowing, RESNET), above=0),
        ),
        "resnet_fast-cka-bound": (
            "CKA of ResNet_fast stays {threshold} in all iterations.",
            rule(lowest(RESNET, "cka", EVERY, ALWAYS), above=0.89),
        ),
        "resnet_fast-cka-constant": (
            "CKA of ResNet_fast is about the same in all hidden layers.",
            rule(range_over_layers(RESNET, "cka"), below=WEAK),
        ),
        "resnet_fast-nbs-lowest": (
            "The lowest NBS of ResNet_fast lies {threshold}.",
            rule(lowest(RESNET, "nbs", EVERY, ALWAYS), above=0.77, below=0.87),
        ),
        "resnet_fast-nbs-bottom": (
            "The bottom of NBS of ResNet_fast lies in its second residual block.",
            rule(lead(RESNET, "nbs", at.RESNET_SECOND), above=0),
        ),
        "resnet_fast-nbs-recovery": (
            "NBS of ResNet_fast recovers slightly after that bottom.",
            rule(recovery(RESNET, "nbs"), above=0),
        ),
    },
)

RESULTS = (*_ACCURACY, *_VGG16_BN, *_VGG_SVHN, *_RESNET_FAST)
