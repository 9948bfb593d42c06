"""Does the metric matter? Rules for it, and networks that were in no comparison when they were made.

What is said of a common scale was found in 21 conditions that had been read: VGG16_BN,
VGG_SVHN and ResNet_fast on few images, and the latter two by the paper's recipe. There
the metric explained 0.80 of the variance of raw similarity, and 0.02 of that of
relative similarity. The rules below were committed after that, and before any network
of this chapter was compared with strangers. What is new decides: if a rule fails here,
then it fails.

Words
-----
A condition is a network, a regime or a way of pruning, and a share of weights left. Its
raw similarity by a metric is the mean over hidden layers of the pruned network's similarity
to its original; its relative similarity is (own - strangers) / (1 - strangers) of such means
(lib.scale.relative_similarity), network by network; both are then averaged over the complete networks.
SVCCA and PWCCA take channels, CKA and NBS the flat matrix.

Shares of variance: in the two-way table of conditions and the four metrics, the sums of
squares of conditions, of metrics, and of their interaction, each over the total.

The bias of a metric is the mean over conditions of its relative similarity minus the mean
of the four.

Origin: the share of hidden layers and networks in which the original is more similar to
the pruned network than each stranger is.

Each number has two intervals, of 95 %: by leaving out complete networks, as an original and
as a stranger at once, and by leaving out kinds of condition (a network and regime, or a way
of pruning). A rule holds if both lie within its bound; it does not hold if one lies wholly
outside; else it is undecided.

Rules
-----
(a) The metric's share of variance is at least 0.5 in raw similarity and at most 0.1 in
    relative similarity, and Spearman's rank correlation of any two metrics over the
    conditions is at least 0.9 in relative similarity.
(b) NBS has the lowest bias of the four.
(c) SVCCA and PWCCA tell the origin at least as often as CKA and NBS: the smaller share of
    the former two minus the larger share of the latter two is at least 0.

Each is decided three times: by architecture (Conv-4, LeNet-5 and ResNet-32), by way of
pruning (VGG_SVHN), and by both together. The old conditions are shown next to them under
that name, and decide nothing.

(d) Ways of pruning differ in relative similarity if, at the same share of weights left, the
    largest minus the smallest over the ways lies above a tenth of the scale by each metric;
    metrics agree on the order of ways if Spearman's rank correlation of any two of them over
    the ways is at least 0.9. Random pruning and filters count as ways.
"""

from lib.study.declarations import Chapter, Value

ARCHITECTURES = {"conv4": (3, 6, 9, 12), "lenet5": (3, 6, 9, 12), "resnet32": (3, 6, 9, 12)}
"""Experiment -> prunings of a fifth after which it is compared: 51, 26, 13 and 7 % are left."""

WAYS = {
    f"vgg_svhn_{way}": (1, 3, 6)
    for way in ("rewound", "fine_tune", "weight_rewind", "local", "filters", "random")
} | {
    "vgg_svhn_one_shot_midway": (1,),
    "vgg_svhn_one_shot_late": (1,),
    "vgg_svhn_synflow_to_collapse": (1, 2, 3),
}
"""Experiment -> prunings after which it is compared: a half, an eighth and 1.6 % are left, or
10, 3 and 1 % where SynFlow pruned before training."""

FIVE_NETWORKS = "lenet5"
"""The one experiment with five complete networks; the others have three."""

CONTROLS = ("conv4_trained_as_long", "lenet5_trained_as_long")
"""Never pruned, and trained as long: of the two experiments on which the metrics disagree."""

_SHORT = {
    "train_seeds": Value((0,), "fits a few seconds"),
    "pruning.levels": Value((1.0,), "fits a few seconds"),
}
CHAPTER = Chapter(
    name="out_of_sample",
    experiments=(*ARCHITECTURES, *WAYS, *CONTROLS),
    changes={profile: dict.fromkeys(CONTROLS, _SHORT) for profile in ("smoke", "tiny")},
)
