"""The claims of the paper that its discussion and its conclusions make, each with its rule."""

from __future__ import annotations

from .claim_layers import CCA, FOUR, RESNET, STACKED, VGG16
from .claim_quantities import (
    alike,
    dimension,
    fall,
    lowest,
    mean,
    of_layer,
    place_of_highest_dimension,
    place_of_lowest,
    range_over_iterations,
    range_over_layers,
    trend,
)
from .claim_rules import (
    BOTH,
    CLEAR,
    NETS,
    VISIBLE,
    bottom_later,
    every_net,
    rule,
    surplus,
)
from .claim_runs import ALWAYS, ENDS, EVERY, OUT, START, apart_from
from .claim_terms import distance, least, most, smaller
from .claim_verdicts import declare
from .names import METRICS, PAPER_NETWORKS

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
