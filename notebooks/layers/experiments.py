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

Rules for further networks
--------------------------
Committed after the networks above had been read, and before those of this section were
trained: three more complete networks of VGG_SVHN (seeds 3, 4 and 5, which are compared
with each other), and ResNet_fast a quarter wide, at the paper's pace and in four steps.

(e) Late learners. A complete network learned late if its training loss ends above three
    times the median of its network and regime. Of those already read, seed 0 of VGG_SVHN
    is one (0.135, beside 0.033 and 0.016), and no other network of the book. What is said
    of VGG_SVHN is given for all its networks, and for those that did not learn late, which
    then are neither an original nor a stranger.
(f) Rules (a) to (d) again, for the three new networks and for all six, each compared with
    the strangers of its own three.
(g) The pace. Twenty steps of a fifth minus four steps of two thirds, with 1.2 % left, in
    ResNet_fast a quarter wide: the pace costs accuracy if the interval of the difference
    lies above 0.5 points; it is visible in relative similarity if the interval of the
    difference lies beyond a tenth of the scale, for each of the four metrics. Expected:
    it costs accuracy, and is not visible in relative similarity. With one network at the
    full pace there is no interval, and this is undecided.
"""

from lib.study.declarations import Chapter, Value
from notebooks.shared.paper import declared_again
from notebooks.shared.sizes import (
    COMPARED_ON,
    DIGIT_AUGMENTATION,
    ONE_RUN,
    REGRESSION,
    TINY_SIZE,
    in_four_steps,
    laptop,
    smoke,
    tiny,
)

FOUR_STEPS = "recipe_four_steps"
"""The regime of networks by the recipe that are not pruned at its pace."""

MORE_SEEDS = (3, 4, 5)
_IN_FOUR = in_four_steps("ours: five of the paper's prunings at once")
_MORE = {"train_seeds": Value(MORE_SEEDS, "more networks, for intervals that can decide")}
_SLIM = {"width": Value(0.25, "ours: two processor cores train it at the paper's pace")}
_ONE = {"train_seeds": Value((0,), "its trainings take longest by far")}

_FIRST = {
    "vgg16_bn_recipe": ("vgg16_bn", "vgg16_bn", FOUR_STEPS, _IN_FOUR),
    "vgg_svhn_recipe": ("vgg_svhn", "vgg_svhn", "recipe", {}),
    "resnet_fast_recipe": ("resnet_fast", "resnet_fast", FOUR_STEPS, _IN_FOUR),
}
_FURTHER = {
    "vgg_svhn_recipe_more": ("vgg_svhn", "vgg_svhn", "recipe", _MORE),
    "resnet_fast_quarter_recipe": ("resnet_fast", "resnet_fast_quarter", "recipe", _SLIM),
    "resnet_fast_quarter_recipe_four_steps": (
        "resnet_fast",
        "resnet_fast_quarter",
        FOUR_STEPS,
        _SLIM | _IN_FOUR,
    ),
}
_ALL = _FIRST | _FURTHER
"""Experiment -> the paper's network, the network and regime as tables name them, and what changes;
`_FURTHER` are those of the rules for further networks."""

_BASES = {name: base for name, (base, *_) in _ALL.items()}

LEVELS = {
    "vgg16_bn_recipe": (1, 2, 3, 4),
    "vgg_svhn_recipe": (1, 5, 10, 15, 20),
    "resnet_fast_recipe": (1, 2, 3, 4),
    "vgg_svhn_recipe_more": (1, 5, 10, 15, 20),
    "resnet_fast_quarter_recipe": (5, 10, 15, 20),
    "resnet_fast_quarter_recipe_four_steps": (1, 2, 3, 4),
}
"""Experiment -> the prunings after which networks stand beside complete ones of other seeds:
a third, a ninth, 3.5 % and 1.2 % of the weights are left; VGG_SVHN has 80 % as well."""

_STEPS_OF_A_FIFTH = ONE_RUN | {"pruning.fraction": Value(0.2, REGRESSION)}
_REGRESSION = {
    "vgg16_bn_recipe": tiny(0.0625, **_STEPS_OF_A_FIFTH),
    "vgg_svhn_recipe": tiny(0.125, **_STEPS_OF_A_FIFTH),
    "resnet_fast_recipe": tiny(0.0625, **_STEPS_OF_A_FIFTH)
    | {"recipe.optimiser.trust": Value(0.1, "fewer steps, so longer ones")},
}
"""The networks that tests train whole, by the recipe's optimisers and augmentation."""

CHAPTER = Chapter(
    name="by_recipe",
    experiments=(
        *(f"{name}{way}" for name in _FIRST for way in ("", "_trained_as_long", "_independent")),
        *_FURTHER,
        # the four steps' own control is the first four trainings of the twenty
        "vgg_svhn_recipe_more_trained_as_long",
        "resnet_fast_quarter_recipe_trained_as_long",
    ),
    networks={
        name: declared_again(base, name, changed) for name, (base, _, _, changed) in _ALL.items()
    },
    names={name: (network, regime) for name, (_, network, regime, _) in _ALL.items()},
    changes={
        "smoke": {
            name: smoke(0.125, 0.4 if base == "resnet_fast" else 0.1, **DIGIT_AUGMENTATION)
            for name, base in _BASES.items()
        },
        "laptop": {
            name: laptop(0.25, 10_000, 5, 0.4 if base == "resnet_fast" else 0.1)
            for name, base in _BASES.items()
        },
        "paper": dict.fromkeys(_ALL, COMPARED_ON) | {"vgg16_bn_recipe": COMPARED_ON | _ONE},
        "tiny": {name: tiny(1 / 32, **TINY_SIZE) for name in _BASES} | _REGRESSION,
    },
)
