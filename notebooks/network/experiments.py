"""The paper's networks by its own recipe: whole schedules, its augmentation, all images there are.

VGG_SVHN is pruned twenty times, as in the paper. The two networks of CIFAR-10, whose
trainings are long, are pruned four times, five of the paper's prunings at once, each
followed by a whole training. VGG16_BN, the longest, starts from one complete network.

The rules below were committed before any of these networks was trained. They test what
was found afterwards in networks that were trained on few images (the chapter
`converged`), so they may fail, and what they decide stands whichever way it goes.

Words
-----
Own and others: a pruned network is compared, layer by layer, with the complete network
that it comes from (own), and with the complete networks of other seeds (others): the
table `descent`. The same pruned network, with its training and its missing weights, is
on one side of both, so nothing but the seed of the other side differs.

Place: (own - others) / (1 - others), where `others` is the mean over other seeds; 0 if
a network is no nearer to its own complete network than to others, 1 if identical. Of
one layer by the layer's own two numbers; "in the mean" by the means of both over all
hidden layers, which are all recorded layers but the output. SVCCA and PWCCA take
channels, CKA and NBS the flat matrix, as in the paper.

An interval is Student's, at 95 %, over complete networks. "In each network" is a count,
such as "3 of 3". One complete network gives neither, only a direction, and says so.
"Left" is the share of weights left: 80, 33, 11, 3.5 and 1.2 % (without 80 % where four
prunings take two thirds each). A tenth of the scale is the one margin.

Rules
-----
(a) The metrics agree. In each network and with each share left, the places in the mean
    by SVCCA, PWCCA, CKA and NBS lie within 0.1 of each other (largest minus smallest).
    By layer: |SVCCA - CKA| is at most 0.2 in nine of ten layers, and Spearman's rank
    correlation of the two over layers is above 0.6, in each network with each share left.
    Also as intervals: SVCCA minus CKA in the mean lies between -0.1 and 0.1.
(b) Where it comes from. With 1.2 % left, own minus others is above 0 in each hidden
    layer, by each of the four metrics: simultaneous intervals over the layers of one
    network kind and metric.
(c) What pruning adds. Place of the pruned network minus place of the same complete
    network trained as long without pruning, in the mean, by each metric, with each share
    left: further if the interval is below 0, and visibly so if it is below -0.1; nearer
    likewise. Direction expected from the networks of few images: further with 3.5 % and
    1.2 % left, not visible with 33 %.
(d) Accuracy. With each share left: non-inferior if the interval of the difference in
    test accuracy is above -0.5 points; against the complete network, and against the one
    trained as long.
"""

from lib.study.declarations import Chapter, Value
from lib.study.paper import HYPERPARAMETERS, declared_again
from lib.study.scales import (
    COMPARED_ON,
    DIGIT_AUGMENTATION,
    TINY_SCALE,
    laptop,
    smoke,
    tiny,
)

BY_RECIPE = {name: f"{name}_recipe" for name in HYPERPARAMETERS}
"""The paper's network -> its experiment here."""

LEVELS = {
    "vgg16_bn_recipe": (1, 2, 3, 4),
    "vgg_svhn_recipe": (1, 5, 10, 15, 20),
    "resnet_fast_recipe": (1, 2, 3, 4),
}
"""Experiment -> the prunings after which networks stand beside complete ones of other seeds:
a third, a ninth, 3.5 % and 1.2 % of the weights are left; VGG_SVHN has 80 % as well."""

_PACE = "ours: five of the paper's prunings at once"
_IN_FOUR = {
    "pruning.iterations": Value(4, _PACE),
    "pruning.fraction": Value(1 - 0.8**5, _PACE),
}


_ONE = {"train_seeds": Value((0,), "its trainings take longest by far")}

CHAPTER = Chapter(
    name="by_recipe",
    experiments=tuple(
        f"{network}{way}"
        for network in BY_RECIPE.values()
        for way in ("", "_trained_as_long", "_independent")
    ),
    networks={
        name: declared_again(base, name, {} if base == "vgg_svhn" else _IN_FOUR)
        for base, name in BY_RECIPE.items()
    },
    names={name: (base, "recipe") for base, name in BY_RECIPE.items()},
    changes={
        "smoke": {
            name: smoke(0.125, 0.4 if base == "resnet_fast" else 0.1, **DIGIT_AUGMENTATION)
            for base, name in BY_RECIPE.items()
        },
        "laptop": {
            name: laptop(0.25, 10_000, 5, 0.4 if base == "resnet_fast" else 0.1)
            for base, name in BY_RECIPE.items()
        },
        "paper": {
            "vgg16_bn_recipe": COMPARED_ON | _ONE,
            "vgg_svhn_recipe": COMPARED_ON,
            "resnet_fast_recipe": COMPARED_ON,
        },
        "tiny": {name: tiny(1 / 32, **TINY_SCALE) for name in BY_RECIPE.values()},
    },
)
