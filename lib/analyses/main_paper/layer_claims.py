"""The claims of the paper's sections 5.2 and 5.3: how similar layers are, network by network."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

from ...book.claims import vocabulary as q
from ...book.claims.engine import Rule, declare
from ...book.claims.quantity import (
    ALWAYS,
    EVERY,
    OUT,
    Layers,
    Quantity,
    apart_from,
    left,
    named,
    together,
)
from ...book.claims.vocabulary import CCA, CCA_TITLES, CLEAR, PAPER_METRICS, RESNET, SVHN, VGG16
from ...book.report.names import METRICS, NETWORK_TITLES
from ...book.report.statistics import CORRELATION
from ...book.report.style import VISIBLE

WEAK = 0.1
"""A recovery that we still call very weak, and a range that we still call constant."""

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
RESNET_BEFORE = named(
    "the layers before it",
    *("prep", "conv1", "pool1", "res1_1", "res1_2", "add1"),
    *("conv2", "pool2", "conv3", "pool3"),
)


def _consistency(experiment: str) -> Quantity:
    """How far the metrics agree on the order of the hidden layers, on average over all pairs."""
    agreement = together(
        "mean rank correlation between two metrics over the hidden layers of "
        f"{NETWORK_TITLES[experiment]}",
        lambda table: table.mean(axis=1, skipna=False),
        *(q.alike(experiment, *pair) for pair in combinations(PAPER_METRICS, 2)),
    )
    return replace(agreement, limits=CORRELATION)


def _fans_out(metric: str, layers: Layers) -> Rule:
    """The iterations lie further apart in some layers of VGG16_BN than in its first blocks."""
    wide, narrow = (q.range_over_iterations(VGG16, metric, part) for part in (layers, VGG16_FRONT))
    return Rule(wide - narrow, above=0)


def _lead(experiment: str, metric: str, layers: Layers) -> Quantity:
    """How far the bottom of some layers lies below that of all other hidden ones."""
    return q.lead(experiment, metric, layers, apart_from(layers))


def _beside(quantity: Callable[..., Quantity], network: str, **bounds: float) -> list[Rule]:
    """ResNet_fast beside another network, by SVCCA and by PWCCA."""
    return [
        Rule(
            quantity(RESNET, metric).of("of ResNet_fast"),
            minus=quantity(network, metric).of(f"of {NETWORK_TITLES[network]}"),
            **bounds,
        )
        for metric in CCA
    ]


_VGG16_BN = declare(
    "5.2",
    VGG16,
    {
        **{
            f"vgg16_bn-u-{metric}": (
                f'{METRICS[metric]} of VGG16_BN forms a "U" over the layers.',
                Rule(q.u_depth(VGG16, metric), above=VISIBLE),
            )
            for metric in CCA
        },
        "vgg16_bn-cca-bottom": (
            f"The bottom of {CCA_TITLES} of VGG16_BN lies around the third block.",
            *q.each_cca(_lead, VGG16, VGG16_AROUND_3, above=0),
        ),
        "vgg16_bn-cca-depth": (
            f"The bottom of {CCA_TITLES} of VGG16_BN is {{bound}}.",
            *q.each_cca(q.lowest, VGG16, above=0.3, below=0.4),
        ),
        "vgg16_bn-cca-near-output": (
            f"Further pruning lowers {CCA_TITLES} of VGG16_BN less near the output.",
            *q.each_cca(lambda *of: q.fall(*of, VGG16_3) - q.fall(*of, VGG16_5), VGG16, above=0),
        ),
        "vgg16_bn-cca-output": (
            f"{CCA_TITLES} of the outputs of VGG16_BN stay {{bound}} in all iterations.",
            *q.each_cca(q.lowest, VGG16, OUT, ALWAYS, above=0.9),
        ),
        "vgg16_bn-cka-bound": (
            "CKA of VGG16_BN stays {bound} in all layers and iterations.",
            Rule(q.lowest(VGG16, "cka", EVERY, ALWAYS), above=0.75),
        ),
        "vgg16_bn-cka-depth": (
            "CKA of VGG16_BN falls from the first layers towards the output.",
            Rule(q.depth_trend(VGG16, "cka"), below=-CLEAR),
        ),
        "vgg16_bn-cka-fan": (
            "Iterations hardly change CKA of VGG16_BN in blocks 1 and 2, but more in later ones.",
            _fans_out("cka", VGG16_BACK),
        ),
        "vgg16_bn-cka-output": (
            f"CKA finds the outputs of VGG16_BN less similar than {CCA_TITLES} do.",
            *q.each_cca(
                lambda *of: q.of_layer(*of, OUT) - q.of_layer(VGG16, "cka", OUT), VGG16, above=0
            ),
        ),
        "vgg16_bn-cka-scatter": (
            f"CKA of the outputs of VGG16_BN scatters more over the iterations than {CCA_TITLES}.",
            *q.each_cca(
                lambda *of: (
                    q.range_over_iterations(VGG16, "cka", OUT) - q.range_over_iterations(*of, OUT)
                ),
                VGG16,
                above=0,
            ),
        ),
        "vgg16_bn-cka-stacks": (
            "Among the sparser networks of VGG16_BN, CKA of the outputs hardly changes.",
            Rule(q.range_over_iterations(VGG16, "cka", OUT, STACKED), below=VISIBLE),
        ),
        "vgg16_bn-cka-stack-at": (
            "CKA of the outputs of the sparser networks of VGG16_BN lies {bound}.",
            Rule(q.mean(VGG16, "cka", OUT, STACKED), above=0.74, below=0.84),
        ),
        "vgg16_bn-nbs-bound": (
            "NBS of VGG16_BN stays {bound} in all layers and iterations.",
            Rule(q.lowest(VGG16, "nbs", EVERY, ALWAYS), above=0.7),
        ),
        "vgg16_bn-nbs-fan": (
            "NBS of VGG16_BN differs more between iterations in block 3 than in blocks 1 and 2.",
            _fans_out("nbs", VGG16_3),
        ),
        "vgg16_bn-nbs-bottom": (
            "The bottom of NBS of VGG16_BN lies at pool3 or in the convolutions after it.",
            Rule(_lead(VGG16, "nbs", VGG16_AFTER_3), above=0),
        ),
        "vgg16_bn-nbs-depth": (
            "The bottom of NBS of VGG16_BN is {bound}.",
            Rule(q.lowest(VGG16, "nbs"), above=0.7, below=0.85),
        ),
        "vgg16_bn-nbs-u": (
            "NBS of VGG16_BN rises again after its bottom.",
            Rule(q.u_depth(VGG16, "nbs"), above=VISIBLE),
        ),
        "vgg16_bn-nbs-no-trend": (
            "NBS of VGG16_BN falls less steadily over the layers than CKA does.",
            Rule(q.depth_trend(VGG16, "nbs") - q.depth_trend(VGG16, "cka"), above=0),
        ),
        "vgg16_bn-nbs-output": (
            "NBS finds the outputs of VGG16_BN more similar than CKA does.",
            Rule(q.of_layer(VGG16, "nbs", OUT) - q.of_layer(VGG16, "cka", OUT), above=0),
        ),
        "vgg16_bn-nbs-stacks": (
            "Among the sparser networks of VGG16_BN, NBS of the outputs hardly changes.",
            Rule(q.range_over_iterations(VGG16, "nbs", OUT, STACKED), below=VISIBLE),
        ),
        "vgg16_bn-nbs-stack-at": (
            "NBS of the outputs of the sparser networks of VGG16_BN lies {bound}.",
            Rule(q.mean(VGG16, "nbs", OUT, STACKED), above=0.85, below=0.95),
        ),
    },
)

_VGG_SVHN = declare(
    "5.2",
    SVHN,
    {
        "vgg_svhn-consistent": (
            "The four metrics agree more on VGG_SVHN than on VGG16_BN.",
            Rule(_consistency(SVHN), above=0, minus=_consistency(VGG16)),
        ),
        "vgg_svhn-cca-two-bottoms": (
            f"{CCA_TITLES} of VGG_SVHN have two bottoms, in the third and in the fourth block.",
            *q.each_cca(q.two_bottoms, SVHN, SVHN_3_CONV, SVHN_4, SVHN_FRONT, SVHN_POOL3, above=0),
        ),
        "vgg_svhn-cca-no-recovery": (
            f"{CCA_TITLES} do not recover in the hidden layers of VGG_SVHN.",
            *q.each_cca(q.recovery, SVHN, below=VISIBLE),
        ),
        "vgg_svhn-cca-output": (
            f"{CCA_TITLES} leap up at the output of VGG_SVHN.",
            *q.each_cca(q.leap, SVHN, above=VISIBLE),
        ),
        "vgg_svhn-cka-bowl": (
            "CKA of VGG_SVHN has a bowl at the third block.",
            Rule(q.bowl(SVHN, "cka", SVHN_2, SVHN_3, SVHN_4), above=0),
        ),
        "vgg_svhn-nbs-like-cka": (
            "NBS of VGG_SVHN looks like CKA.",
            Rule(q.alike(SVHN, "nbs", "cka"), above=CLEAR),
        ),
        "vgg_svhn-nbs-no-bowl": (
            "NBS of VGG_SVHN lacks the bowl of CKA.",
            Rule(
                q.bowl(SVHN, "cka", SVHN_2, SVHN_3, SVHN_4)
                - q.bowl(SVHN, "nbs", SVHN_2, SVHN_3, SVHN_4),
                above=0,
            ),
        ),
    },
)

_RESNET_FAST = declare(
    "5.3",
    RESNET,
    {
        "resnet_fast-cca-bottom": (
            f"The bottom of {CCA_TITLES} of ResNet_fast lies at the third convolution.",
            *q.each_cca(_lead, RESNET, RESNET_CONV3, above=0),
        ),
        "resnet_fast-cca-weak-recovery": (
            f"{CCA_TITLES} recover very little before the output of ResNet_fast.",
            *q.each_cca(q.recovery, RESNET, below=WEAK),
        ),
        "resnet_fast-cca-higher": (
            f"{CCA_TITLES} do not fall as low in ResNet_fast as in VGG16_BN.",
            *_beside(q.lowest, VGG16, above=0),
        ),
        **{
            f"resnet_fast-{metric}-bound": (
                f"{METRICS[metric]} of ResNet_fast stays {{bound}} in all iterations.",
                Rule(q.lowest(RESNET, metric, EVERY, ALWAYS), above=bound),
            )
            for metric, bound in (("svcca", 0.4), ("pwcca", 0.45))
        },
        "resnet_fast-cca-converges": (
            f"{CCA_TITLES} of ResNet_fast converge as pruning goes on.",
            *q.each_cca(q.slowing, RESNET, below=1),
        ),
        "resnet_fast-converges-most": (
            f"{CCA_TITLES} of ResNet_fast converge more clearly than those of the other networks.",
            *_beside(q.slowing, VGG16, below=0),
            *_beside(q.slowing, SVHN, below=0),
        ),
        "resnet_fast-cka-bound": (
            "CKA of ResNet_fast stays {bound} in all iterations.",
            Rule(q.lowest(RESNET, "cka", EVERY, ALWAYS), above=0.89),
        ),
        "resnet_fast-cka-constant": (
            "CKA of ResNet_fast is about the same in all hidden layers.",
            Rule(q.range_over_layers(RESNET, "cka"), below=WEAK),
        ),
        "resnet_fast-nbs-lowest": (
            "The lowest NBS of ResNet_fast lies {bound}.",
            Rule(q.lowest(RESNET, "nbs", EVERY, ALWAYS), above=0.77, below=0.87),
        ),
        "resnet_fast-nbs-bottom": (
            "NBS of ResNet_fast falls lower in the second residual block than in layers before it.",
            Rule(q.lead(RESNET, "nbs", RESNET_SECOND, RESNET_BEFORE), above=0),
        ),
        "resnet_fast-nbs-recovery": (
            "NBS of ResNet_fast recovers slightly after the second residual block.",
            Rule(q.recovery(RESNET, "nbs", RESNET_SECOND), above=0),
        ),
    },
)

LAYERS_OF_NETWORKS = (*_VGG16_BN, *_VGG_SVHN, *_RESNET_FAST)
