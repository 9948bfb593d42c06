"""The claims of the paper, each with the rule that decides it."""

from __future__ import annotations

from itertools import combinations

from ..report.names import METRICS, NETWORKS, PAPER_NETWORKS
from ..report.style import VISIBLE
from . import vocabulary as at
from .engine import Rule, declare
from .vocabulary import (
    ALWAYS,
    BOTH,
    CCA,
    CLEAR,
    ENDS,
    EVERY,
    FOUR,
    NETS,
    OUT,
    RESNET,
    STACKED,
    START,
    SVHN,
    VGG16,
    Term,
    accuracy_falls,
    alike,
    apart_from,
    as_accurate,
    better,
    better_when,
    both_cca,
    bottom_later,
    bowl,
    depth_trend,
    dimension,
    distance,
    every_net,
    fall,
    fans_out,
    lead,
    leap,
    least,
    lowest,
    mean,
    mean_of,
    most,
    of_layer,
    place_of_highest_dimension,
    place_of_lowest,
    range_over_iterations,
    range_over_layers,
    recovery,
    rule,
    slowing,
    smaller,
    surplus,
    trend,
    two_bottoms,
    u_depth,
    unpaired,
)

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


_REWIND = f"{VGG16}_weight_rewind"

_TOOLS = declare(
    "3.1",
    "",
    VGG16,
    {
        "rewinding-weights-or-rate": (
            "SVCCA hardly depends on whether weights or only the learning rate are rewound.",
            rule(
                mean(VGG16, "svcca").of("with the rate rewound")
                - mean(_REWIND, "svcca").of("with the weights rewound"),
                above=-VISIBLE,
                below=VISIBLE,
            ),
        )
    },
)

_TAKEAWAYS = declare(
    "6.1",
    "Figs. 5-7",
    VGG16,
    {
        "nbs-later-vgg16_bn": (
            "The bottom of NBS of VGG16_BN comes a few layers after that of SVCCA.",
            bottom_later(VGG16, "nbs", "svcca", 1.5, 3.5),
        ),
        "nbs-higher": (
            f"NBS lies far above {BOTH}.",
            rule(every_net(surplus, "nbs", *CCA), above=VISIBLE),
        ),
        "cka-flatter": (
            "CKA differs less between layers than SVCCA.",
            rule(
                least(
                    NETS,
                    *(
                        range_over_layers(network, "svcca") - range_over_layers(network, "cka")
                        for network in PAPER_NETWORKS
                    ),
                ),
                above=VISIBLE,
            ),
        ),
    },
) + declare(
    "6.1",
    "Fig. 7",
    RESNET,
    {
        "nbs-later-resnet_fast": (
            "The bottom of NBS of ResNet_fast comes a few layers after that of SVCCA.",
            bottom_later(RESNET, "nbs", "svcca", 1.5, 3.5),
        ),
    },
)

_DIMENSIONS = declare(
    "6.1",
    "",
    "dimensions",
    {
        "dimension-interior": (
            "The intrinsic dimension of VGG16_BN is highest in intermediate layers.",
            rule(
                dimension(VGG16, apart_from(ENDS)) - dimension(VGG16, ENDS),
                above=0,
            ),
        ),
        "dimension-not-nbs": (
            "NBS has its bottom further from the layer of highest dimension than SVCCA has.",
            rule(
                distance(place_of_lowest(VGG16, "nbs"), place_of_highest_dimension(VGG16))
                - distance(place_of_lowest(VGG16, "svcca"), place_of_highest_dimension(VGG16)),
                above=0,
                unit="layers",
            ),
        ),
    },
)

_OUTPUTS = declare(
    "6.2",
    "Fig. 8",
    "output_layers",
    {
        "cosine-no-stack": (
            "The cosine of the outputs does not stack in the sparser networks as CKA does.",
            rule(
                range_over_iterations(VGG16, "cosine", OUT, STACKED)
                - range_over_iterations(VGG16, "cka", OUT, STACKED),
                above=0,
            ),
        ),
        "cosine-starts-high": (
            "The cosine of the outputs starts {threshold}.",
            rule(of_layer(VGG16, "cosine", OUT, START), above=0.9),
        ),
        "cosine-sinks": (
            "The cosine of the outputs sinks as pruning goes on.",
            rule(fall(VGG16, "cosine", OUT), above=VISIBLE),
        ),
        "cosine-sinks-to": (
            "The lowest cosine of the outputs lies {threshold}.",
            rule(lowest(VGG16, "cosine", OUT, ALWAYS), above=0.75, below=0.85),
        ),
        "nbs-outputs": (
            "NBS of the outputs stays {threshold} in all iterations.",
            rule(lowest(VGG16, "nbs", OUT, ALWAYS), above=0.9),
        ),
        "cosine-like-cka": (
            "In the end the cosine of the outputs is nearer to CKA than to the other metrics.",
            rule(
                smaller(
                    *(
                        distance(of_layer(VGG16, "cosine", OUT), of_layer(VGG16, metric, OUT))
                        for metric in (*CCA, "nbs")
                    )
                )
                - distance(of_layer(VGG16, "cosine", OUT), of_layer(VGG16, "cka", OUT)),
                above=0,
            ),
        ),
    },
)

_CONCLUSIONS = declare(
    "7",
    "Figs. 5-7",
    VGG16,
    {
        "cca-agree": (
            f"{BOTH} give similar results in each network.",
            rule(every_net(alike, *CCA), above=CLEAR),
        ),
        **{
            f"departure-{metric}": (
                f"{METRICS[metric]} falls as more connections are removed, in each network.",
                rule(every_net(trend, metric, over=most), below=-CLEAR),
            )
            for metric in FOUR
        },
        "cka-bound": (
            "CKA stays {threshold} in all experiments.",
            rule(every_net(lowest, "cka", EVERY, ALWAYS), above=0.75),
        ),
    },
)

DISCUSSION = (*_TOOLS, *_TAKEAWAYS, *_DIMENSIONS, *_OUTPUTS, *_CONCLUSIONS)

PAPER = (*RESULTS, *DISCUSSION)
