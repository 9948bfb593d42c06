"""The claims of the paper, each with the rule that decides it."""

from __future__ import annotations

from itertools import combinations

from ..report.names import METRICS, NETWORKS
from ..report.style import VISIBLE
from .engine import Quantity, Rule, declare, distance, largest, smallest, together
from .vocabulary import (
    ALWAYS,
    BOTH,
    CCA,
    CLEAR,
    ENDS,
    EVERY,
    FOUR,
    OUT,
    POINTS,
    RESNET,
    START,
    SVHN,
    VGG16,
    Layers,
    Times,
    accuracy_trend,
    alike,
    apart_from,
    both_cca,
    bowl,
    depth_trend,
    dimension,
    every_net,
    fall,
    gain,
    lead,
    leap,
    left,
    lowest,
    mean,
    named,
    of_layer,
    place_of_highest_dimension,
    place_of_lowest,
    range_over_iterations,
    range_over_layers,
    recovery,
    slowing,
    surplus,
    trend,
    two_bottoms,
    u_depth,
)

WEAK = 0.1
"""A recovery that we still call very weak, and a range that we still call constant."""

EARLY, PEAK, LATE = left(low=0.5), left(0.08, 0.13), left(high=0.05)
STACKED = left(high=0.17)
"""From the eighth iteration on, where each removes a fifth (section 5.2)."""


def _blocks(*convolutions: int) -> dict[int, list[str]]:
    """{number of a block: its layers}."""
    return {
        block: [f"conv{block}_{i}" for i in range(1, many + 1)] + [f"pool{block}"]
        for block, many in enumerate(convolutions, start=1)
    }


_VGG16, _SVHN = _blocks(2, 2, 3, 3, 3), _blocks(2, 2, 2, 1)

VGG16_3 = named("block 3", *_VGG16[3])
VGG16_5 = named("block 5", *_VGG16[5])
VGG16_FRONT = named("blocks 1 and 2", *_VGG16[1], *_VGG16[2])
VGG16_BACK = named("blocks 3 to 5", *_VGG16[3], *_VGG16[4], *_VGG16[5])
VGG16_AROUND_3 = named("block 3 and its neighbours", "pool2", *_VGG16[3], "conv4_1")
VGG16_AFTER_3 = named("pool3 and the convolutions of block 4", "pool3", *_VGG16[4][:-1])

SVHN_FRONT = named("blocks 1 and 2", *_SVHN[1], *_SVHN[2])
SVHN_2, SVHN_3, SVHN_4 = (named(f"block {i}", *_SVHN[i]) for i in (2, 3, 4))
SVHN_3_CONV = named("the convolutions of block 3", *_SVHN[3][:-1])
SVHN_POOL3 = named("pool3", "pool3")

RESNET_CONV3 = named("conv3 and its neighbours", "pool2", "conv3", "pool3")
RESNET_SECOND = named("the second residual block", "res3_1", "res3_2", "add3")


def _consistency(experiment: str) -> Quantity:
    """How far the metrics agree on the order of the hidden layers, on average over all pairs."""
    return together(
        "mean rank correlation between two metrics over the hidden layers of "
        f"{NETWORKS[experiment]}",
        lambda table: table.mean(axis=1, skipna=False),
        *(alike(experiment, *pair) for pair in combinations(FOUR, 2)),
    )


def _fans_out(metric: str, here: Layers) -> Rule:
    """The iterations lie further apart in some layers of VGG16_BN than in its first blocks."""
    wide, narrow = (range_over_iterations(VGG16, metric, part) for part in (here, VGG16_FRONT))
    return Rule(wide - narrow, above=0)


def _bottom_later(experiment: str) -> Rule:
    """The lowest layer of NBS comes two or three layers after that of SVCCA."""
    places = place_of_lowest(experiment, "nbs") - place_of_lowest(experiment, "svcca")
    return Rule(places, above=1.5, below=3.5, unit="layers")


def _better(experiment: str, times: Times, than: Times) -> Rule:
    """Accuracy at some iterations above that at others."""
    return Rule(gain(experiment, times) - gain(experiment, than), above=0, unit=POINTS)


def _accuracy(network: str) -> dict[str, tuple[str, Rule]]:
    name = NETWORKS[network]
    return {
        f"{network}-accuracy-early": (
            f"The first iterations of pruning make {name} more accurate.",
            Rule(gain(network, EARLY), above=0, unit=POINTS),
        ),
        f"{network}-accuracy-peak": (
            f"{name} is more accurate with few of its weights than with most of them.",
            _better(network, PEAK, EARLY),
        ),
        f"{network}-accuracy-decline": (
            f"After that peak {name} loses accuracy.",
            _better(network, PEAK, LATE),
        ),
        f"{network}-accuracy-comparable": (
            f"No pruned {name} is far less accurate than the complete one.",
            Rule(gain(network, ALWAYS, "lowest"), above=-1, unit=POINTS),
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
            Rule(accuracy_trend(SVHN), below=-CLEAR),
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
            Rule(u_depth(VGG16, "svcca"), above=VISIBLE),
        ),
        "vgg16_bn-u-pwcca": (
            'PWCCA of VGG16_BN draws a "U" over the layers.',
            Rule(u_depth(VGG16, "pwcca"), above=VISIBLE),
        ),
        "vgg16_bn-cca-bottom": (
            f"The bottom of {BOTH} lies around the third block.",
            Rule(both_cca(lead, VGG16, VGG16_AROUND_3), above=0),
        ),
        "vgg16_bn-cca-depth": (
            f"The bottom of {BOTH} is {{bound}}.",
            Rule(both_cca(lowest, VGG16), above=0.3, below=0.4),
        ),
        "vgg16_bn-cca-near-output": (
            f"Further pruning lowers {BOTH} less near the output.",
            Rule(
                both_cca(lambda *of: fall(*of, VGG16_3) - fall(*of, VGG16_5), VGG16),
                above=0,
            ),
        ),
        "vgg16_bn-cca-output": (
            f"{BOTH} of the outputs stay {{bound}} in all iterations.",
            Rule(both_cca(lowest, VGG16, OUT, ALWAYS), above=0.9),
        ),
        "vgg16_bn-cka-bound": (
            "CKA of VGG16_BN stays {bound} in all layers and iterations.",
            Rule(lowest(VGG16, "cka", EVERY, ALWAYS), above=0.75),
        ),
        "vgg16_bn-cka-depth": (
            "CKA falls from the first layers towards the output.",
            Rule(depth_trend(VGG16, "cka"), below=-CLEAR),
        ),
        "vgg16_bn-cka-fan": (
            "CKA of different iterations lies packed in the first two blocks and fans out later.",
            _fans_out("cka", VGG16_BACK),
        ),
        "vgg16_bn-cka-output": (
            f"CKA finds the outputs less similar than {BOTH} do.",
            Rule(both_cca(of_layer, VGG16, OUT) - of_layer(VGG16, "cka", OUT), above=0),
        ),
        "vgg16_bn-cka-stacks": (
            "CKA of the outputs hardly changes any more in the sparser networks.",
            Rule(range_over_iterations(VGG16, "cka", OUT, STACKED), below=VISIBLE),
        ),
        "vgg16_bn-cka-stack-at": (
            "CKA of the outputs of the sparser networks lies {bound}.",
            Rule(mean(VGG16, "cka", OUT, STACKED), above=0.74, below=0.84),
        ),
        "vgg16_bn-nbs-bound": (
            "NBS of VGG16_BN stays {bound} in all layers and iterations.",
            Rule(lowest(VGG16, "nbs", EVERY, ALWAYS), above=0.7),
        ),
        "vgg16_bn-nbs-fan": (
            "NBS of different iterations fans out at the third block.",
            _fans_out("nbs", VGG16_3),
        ),
        "vgg16_bn-nbs-bottom": (
            "The bottom of NBS lies between the third pooling and the convolutions after it.",
            Rule(lead(VGG16, "nbs", VGG16_AFTER_3), above=0),
        ),
        "vgg16_bn-nbs-u": (
            "NBS rises again after its bottom.",
            Rule(u_depth(VGG16, "nbs"), above=VISIBLE),
        ),
        "vgg16_bn-nbs-output": (
            "NBS finds the outputs more similar than CKA does.",
            Rule(of_layer(VGG16, "nbs", OUT) - of_layer(VGG16, "cka", OUT), above=0),
        ),
        "vgg16_bn-nbs-stack-at": (
            "NBS of the outputs of the sparser networks lies {bound}.",
            Rule(mean(VGG16, "nbs", OUT, STACKED), above=0.85, below=0.95),
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
            Rule(_consistency(SVHN), above=0, minus=_consistency(VGG16)),
        ),
        "vgg_svhn-cca-two-bottoms": (
            f"{BOTH} of VGG_SVHN have two bottoms, in the third and in the fourth block.",
            Rule(
                both_cca(two_bottoms, SVHN, SVHN_3_CONV, SVHN_4, SVHN_FRONT, SVHN_POOL3),
                above=0,
            ),
        ),
        "vgg_svhn-cca-no-recovery": (
            f"{BOTH} do not recover in the hidden layers of VGG_SVHN.",
            Rule(both_cca(recovery, SVHN, how=largest), below=VISIBLE),
        ),
        "vgg_svhn-cca-output": (
            f"{BOTH} leap up at the output of VGG_SVHN.",
            Rule(both_cca(leap, SVHN), above=VISIBLE),
        ),
        "vgg_svhn-cka-bowl": (
            "CKA of VGG_SVHN has a bowl at the third block.",
            Rule(bowl(SVHN, "cka", SVHN_2, SVHN_3, SVHN_4), above=0),
        ),
        "vgg_svhn-nbs-like-cka": (
            "NBS of VGG_SVHN looks like CKA.",
            Rule(alike(SVHN, "nbs", "cka"), above=CLEAR),
        ),
        "vgg_svhn-nbs-no-bowl": (
            "NBS of VGG_SVHN lacks the bowl of CKA.",
            Rule(
                bowl(SVHN, "cka", SVHN_2, SVHN_3, SVHN_4)
                - bowl(SVHN, "nbs", SVHN_2, SVHN_3, SVHN_4),
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
            Rule(both_cca(lead, RESNET, RESNET_CONV3), above=0),
        ),
        "resnet_fast-cca-weak-recovery": (
            f"{BOTH} recover very little before the output of ResNet_fast.",
            Rule(both_cca(recovery, RESNET, how=largest), below=WEAK),
        ),
        "resnet_fast-cca-higher": (
            f"{BOTH} fall less low in ResNet_fast than in VGG16_BN.",
            Rule(
                both_cca(lowest, RESNET).of("of ResNet_fast"),
                above=0,
                minus=both_cca(lowest, VGG16, how=largest).of("of VGG16_BN"),
            ),
        ),
        "resnet_fast-svcca-bound": (
            "SVCCA of ResNet_fast stays {bound} in all iterations.",
            Rule(lowest(RESNET, "svcca", EVERY, ALWAYS), above=0.4),
        ),
        "resnet_fast-pwcca-bound": (
            "PWCCA of ResNet_fast stays {bound} in all iterations.",
            Rule(lowest(RESNET, "pwcca", EVERY, ALWAYS), above=0.45),
        ),
        "resnet_fast-cca-converges": (
            f"{BOTH} of ResNet_fast converge as pruning goes on.",
            Rule(both_cca(slowing, RESNET), above=0),
        ),
        "resnet_fast-cka-bound": (
            "CKA of ResNet_fast stays {bound} in all iterations.",
            Rule(lowest(RESNET, "cka", EVERY, ALWAYS), above=0.89),
        ),
        "resnet_fast-cka-constant": (
            "CKA of ResNet_fast is about the same in all hidden layers.",
            Rule(range_over_layers(RESNET, "cka"), below=WEAK),
        ),
        "resnet_fast-nbs-lowest": (
            "The lowest NBS of ResNet_fast lies {bound}.",
            Rule(lowest(RESNET, "nbs", EVERY, ALWAYS), above=0.77, below=0.87),
        ),
        "resnet_fast-nbs-bottom": (
            "The bottom of NBS of ResNet_fast lies in its second residual block.",
            Rule(lead(RESNET, "nbs", RESNET_SECOND), above=0),
        ),
        "resnet_fast-nbs-recovery": (
            "NBS of ResNet_fast recovers slightly after that bottom.",
            Rule(recovery(RESNET, "nbs"), above=0),
        ),
    },
)


_REWIND = f"{VGG16}_weight_rewind"

_TOOLS = declare(
    "3.1",
    "",
    VGG16,
    {
        "rewinding-weights-or-rate": (
            "SVCCA hardly depends on whether weights or only the learning rate are rewound.",
            Rule(
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
            _bottom_later(VGG16),
        ),
        "nbs-higher": (
            f"NBS lies far above {BOTH}.",
            Rule(every_net(surplus, "nbs", *CCA), above=VISIBLE),
        ),
        "cka-flatter": (
            "CKA differs less between layers than SVCCA.",
            Rule(
                every_net(lambda n: range_over_layers(n, "svcca") - range_over_layers(n, "cka")),
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
            _bottom_later(RESNET),
        ),
    },
)

_HIGHEST = place_of_highest_dimension(VGG16, "cka")

_DIMENSIONS = declare(
    "6.1",
    "",
    "dimensions",
    {
        "dimension-interior": (
            "The intrinsic dimension of VGG16_BN is highest in intermediate layers.",
            Rule(
                dimension(VGG16, "cka", apart_from(ENDS)) - dimension(VGG16, "cka", ENDS),
                above=0,
            ),
        ),
        "dimension-not-nbs": (
            "NBS has its bottom further from the layer of highest dimension than SVCCA has.",
            Rule(
                distance(place_of_lowest(VGG16, "nbs"), place_of_highest_dimension(VGG16, "cka"))
                - distance(
                    place_of_lowest(VGG16, "svcca"), place_of_highest_dimension(VGG16, "cka")
                ),
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
            Rule(
                range_over_iterations(VGG16, "cosine", OUT, STACKED)
                - range_over_iterations(VGG16, "cka", OUT, STACKED),
                above=0,
            ),
        ),
        "cosine-starts-high": (
            "The cosine of the outputs starts {bound}.",
            Rule(of_layer(VGG16, "cosine", OUT, START), above=0.9),
        ),
        "cosine-sinks": (
            "The cosine of the outputs sinks as pruning goes on.",
            Rule(fall(VGG16, "cosine", OUT), above=VISIBLE),
        ),
        "cosine-sinks-to": (
            "The lowest cosine of the outputs lies {bound}.",
            Rule(lowest(VGG16, "cosine", OUT, ALWAYS), above=0.75, below=0.85),
        ),
        "nbs-outputs": (
            "NBS of the outputs stays {bound} in all iterations.",
            Rule(lowest(VGG16, "nbs", OUT, ALWAYS), above=0.9),
        ),
        "cosine-like-cka": (
            "In the end the cosine of the outputs is nearer to CKA than to the other metrics.",
            Rule(
                smallest(
                    "smallest distance between the output's cosine and its SVCCA, PWCCA or NBS",
                    *(
                        distance(of_layer(VGG16, "cosine", OUT), of_layer(VGG16, metric, OUT))
                        for metric in (*CCA, "nbs")
                    ),
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
            Rule(every_net(alike, *CCA), above=CLEAR),
        ),
        **{
            f"departure-{metric}": (
                f"{METRICS[metric]} falls as more connections are removed, in each network.",
                Rule(every_net(trend, metric, how=largest), below=-CLEAR),
            )
            for metric in FOUR
        },
        "cka-bound": (
            "CKA stays {bound} in all experiments.",
            Rule(every_net(lowest, "cka", EVERY, ALWAYS), above=0.75),
        ),
    },
)

PAPER = (
    *(*_ACCURACY, *_VGG16_BN, *_VGG_SVHN, *_RESNET_FAST),
    *(*_TOOLS, *_TAKEAWAYS, *_DIMENSIONS, *_OUTPUTS, *_CONCLUSIONS),
)
"""All of them, section by section."""
