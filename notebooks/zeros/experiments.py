"""Which zero makes metrics agree, with each other and with what networks answer? Rules.

What they start from was found in published tables, after the fact: 42 conditions, which are
VGG16_BN, VGG_SVHN and ResNet_fast on few images and the latter two by the paper's recipe, each at
four or five shares of weights left, pruned and never pruned (training-only controls). There, over
the four metrics together, relative similarity correlates with relative answers at 0.96, raw
similarity at 0.42, and similarity calibrated by shuffled images at 0.45. By one metric, relative
similarity correlates at 0.95 to 0.97. A line fitted on one metric and used with another errs by
0.05 on average, by 0.06 for the worst of twelve pairs. Among the 21 pruned conditions, of equal
weights left, the metric's share of variance and its interaction with the network's are 0.95 +
0.02 for raw values, 0.94 + 0.02 calibrated by shuffled images, 0.51 + 0.26 with unpruned networks
as zero, and 0.07 + 0.06 with strangers.

The rules below were committed before `decisions`, a further metric or another zero of any network
of `notebooks/contrast/experiments.py` was computed. Their relative similarities by the four metrics
were known: metrics agree on them but in LeNet-5 and Conv-4, where SVCCA and PWCCA exceed CKA and
NBS. Of their answers, two relatives were known: the output layer by the same metric correlates
with hidden layers at 0.93 (raw 0.52), and layers of four ways of VGG_SVHN were stitched into
complete networks.

Words
-----
A kind is a network, a regime, and a way of pruning or a control; a condition is a kind and an
iteration. `Own` is the similarity of a network to its original, `strangers` the mean of those to
complete networks of other seeds; hidden layers only, SVCCA and PWCCA on channels, CKA and NBS on
the flat matrix. Both are first averaged over layers. Relative similarity of a network is (own -
strangers) / (1 - strangers); the condition's is its mean over complete networks. Raw similarity
is the mean of own.

Relative answers are the same with the share of test images on which two networks choose the same
class in place of similarity. Raw answers are that share with the original.

The zeros, each a number z in (own - z) / (1 - z), by metric, network by network:
    none              0: raw similarity;
    shuffled          the mean of own over ten random orders of the images, by the same metric,
                      after the last iteration that is compared, as in the published tables;
    unpruned          the original beside the complete networks of other seeds;
    strangers         the network itself beside the complete networks of other seeds;
    pruned strangers  the network itself beside those of other seeds that were pruned alike, at the
                      same iteration.
The last one was in no table, and decides nothing.

Shares at equal sparsity: among conditions with the same share of weights left (to two digits, two
kinds or more), the sums of squares of kinds, metrics and interaction around the mean of that
share of weights, each added up over shares of weights, over their total. Pruned conditions only.

Intervals are of 95 %, by leaving out complete networks (as an original and as a stranger at once)
and by leaving out kinds, by the jackknife of `notebooks/contrast/analysis.py`. A rule holds if
both lie within its bound, does not hold if one lies wholly outside, and is undecided otherwise.
Each is decided for all unseen kinds that have answers; those that could not be trained again are
named. Runs are ordered by their cost alone: LeNet-5 and its control, the ways of VGG_SVHN, Conv-4
and its control, ResNet-32. Ways of VGG_SVHN share one architecture, one data set and three
originals, so the interval over kinds is too narrow for what lies beyond them; the same numbers
are given over the architectures, too.

(h) A common currency
---------------------
Relative similarity, by whichever metric, against relative answers:
(h1) Over conditions and the four metrics together, Pearson's correlation is at least 0.9.
(h2) It exceeds that of raw similarity, and that of similarity calibrated by shuffled images, both
     against the same relative answers.
(h3) By each metric alone, it is at least 0.85.
(h4) The line fitted by least squares to the 42 published conditions by one metric (relative
     answers on relative similarity) predicts the relative answers of the unseen conditions from
     their relative similarity by another, or by the same: the mean absolute error over conditions
     is at most 0.1 for each of the 16 pairs. The largest one is decided.
(h5) Both sides share their strangers. With one half of the strangers for similarity and the other
     half for answers, and the other way round (averaged), the correlation of (h1) is at least
     0.9. With two strangers a half is one of them; with four, the two next seeds and the other
     two. (Published conditions: 0.95.)
(h6) All networks fall as weights go. Among pruned conditions of equal weights left (each number
     minus the mean over kinds and metrics at that share), the correlation is at least 0.7
     (published: 0.90; raw similarity: 0.13).
(h7) Decides nothing, and stands beside (h1): relative similarity against *raw* answers
     (published: 0.25) and raw similarity against raw answers (0.14). We expect no more here.
     Relative similarity says how much of the origin is left in the answers, not how many answers
     are equal.

(i) The zero decides
--------------------
At equal sparsity, the metric's share and its interaction together are less with strangers than
with each of none, shuffled, and unpruned: each of the three differences lies below 0.

(j) Ten metrics
---------------
Let D = 1 - s by a metric, so that relative similarity is 1 - D(own) / D(strangers). If D is a
squared distance (quadratic in a small displacement), each metric weighs directions in its own
way, and the weights cancel as far as what training after pruning moved and what another seed
moved point in the same directions. The square root of such a D is a distance. There relative
similarity is 1 - sqrt(1 - r) where the squared one is r: lower at each r between 0 and 1, by up
to a quarter. Debiased CKA, CKA with an RBF kernel, mean CCA, regression (R squared) and RSA are
quadratic. The squared Procrustes distance is 2 (1 - NBS), so it is NBS. The Procrustes distance,
arccos(NBS), and kNN overlap (a neighbour changes in proportion to the displacement) are linear. A
small study of digits that we had been told of agrees with that for the last two.

Decided for LeNet-5 (pruned and control) and for VGG_SVHN (rewound, fine-tuned, pruned locally and
at random), each of these two by itself, with intervals over complete networks; means over
conditions.
(j1) Squared metrics join: relative similarity by mean CCA, debiased CKA, RBF CKA, regression and
     RSA lies outside the range of the four (the lowest to the highest of them in that condition)
     by at most 0.1 on average; each of the five.
(j2) Distances lie lower: kNN overlap and Procrustes distance lie below the lowest of the four on
     average; each of the two.
(j3) Squared, they join: with D squared, both lie outside the range of the four by at most 0.1 on
     average. For Procrustes that is nearly arithmetic, and no test; for kNN overlap it is one.
     Where the four lie further apart, as in LeNet-5, their range is wider and (j1) is easier: the
     range is given beside it.

(k) LeNet-5 and Conv-4
----------------------
There the metric explains 0.66 and 0.47 of the variance of relative similarity over four shares of
weights left: the metrics disagree. The spread of a condition is the largest minus the smallest of
its four relative similarities. Let P be its mean over the iterations of the pruned networks, and
C that of their training-only controls. The disagreement is pruning's if C lies below P / 2, and
training's if it lies above; by the interval of C - P / 2 over complete networks. The metric's
share in controls is given beside it, and decides nothing: a share depends on how much else
varies.

(l) Why: directions
-------------------
Committed after (a) to (k), before any direction was measured; which metric is highest in LeNet-5,
in Conv-4 and in the MLP on digits was known. t is the share of the variance of a principal
direction of the other network that a linear regression on the network does not explain (channels
matrix), of strangers the mean over strangers of the direction of the same rank. The tilt of a
layer is the slope of log(t of the original / t of strangers) on log(variance of the original's
direction), by least squares, over directions with a thousandth of the layer's variance or more;
that of a kind is the mean over hidden layers, iterations and networks.
(l1) The tilt is above 0 in LeNet-5 and in Conv-4, pruned, and below 0 in the MLP, pruned; by
     intervals over complete networks.
(l2) Over all kinds that have directions, the tilt and the relative similarity by PWCCA minus that
     by CKA have a rank correlation of at least 0.7. (No interval: a count of kinds.)
(l3) Added when directions were known of the MLP alone, where the means of
     `notebooks/zeros/analysis.expected` over the measured directions predict relative similarity by
     mean CCA, PWCCA, NBS and CKA to within 0.08: in LeNet-5 and Conv-4, pruned, they predict that
     PWCCA lies above CKA; by the interval over networks of the predicted difference.

(m) The matrix
--------------
Committed when (j) to (l) had been decided for LeNet-5. There, relative similarity by each metric on
channels lies above that by each metric on the flat matrix, whatever the metric, and directions,
which are those of channels, predict that CKA lies above PWCCA. CKA and NBS had not been computed on
channels there. Let P be as in (k), and H the same with CKA and NBS on channels, too. The
disagreement is the matrix's if H lies below P / 2, and the metric's if it lies above; pruned
networks, by the interval of H - P / 2 over complete networks. Decided for LeNet-5, and for Conv-4.

Noted after the results
-----------------------
Numbers of the MLP, tilts and predictions have Student's interval over complete networks, which are
each other's strangers; all others leave a network out on both sides. The lines of (h4) count as
exact. In (j3), what is squared are means over layers and strangers. The means of (l3) predict
the MLP to within 0.09, not 0.08.
"""

from lib.study.declarations import Chapter, Value, Values
from notebooks.shared.paper import SHARED, recipe
from notebooks.shared.sizes import SMALL, TINY_SIZE, in_four_steps, tiny

MORE_METRICS = (
    "lenet5",
    "lenet5_trained_as_long",
    "vgg_svhn_rewound",
    "vgg_svhn_fine_tune",
    "vgg_svhn_local",
    "vgg_svhn_random",
)
"""The experiments that decide (j)."""

SPECTRA = (*MORE_METRICS, "conv4", "conv4_trained_as_long")
"""Those that decide (l), besides the MLP."""

DISAGREEING = ("lenet5", "lenet5_trained_as_long", "conv4", "conv4_trained_as_long")
"""Those on which metrics disagree, and their controls: they are compared on channels, too."""

_OURS = "ours: an MLP is in no paper here"
_NETWORKS: dict[str, Values] = {
    "mlp": {
        **SHARED,
        "name": Value("mlp", _OURS),
        "model": Value("mlp", _OURS),
        "dataset": Value("digits", "ours: the embedded images"),
        "train_seeds": Value((0, 1, 2, 3, 4), "ours: five networks, each a matter of seconds"),
        **recipe(
            epochs=Value(10, _OURS),
            batch_size=Value(32, _OURS),
            initial=Value(0.01, f"{_OURS}; at 0.05 a control went dead"),
            milestones=Value((5, 7), _OURS),
            source=_OURS,
        ),
        **in_four_steps("ours: five of the paper's prunings at once"),
        "probe.images": Value(500, "ours: all test images"),
        "permutations": Value(0, "ours: an analysis compares the kept networks"),
        "also": Value((), "ours: without convolutions all matrices are the same"),
        "precision": Value("float32", "ours: not every processor is fast in bfloat16"),
    }
}
_SHORT = {
    "recipe.epochs": Value(1, SMALL),
    "recipe.schedule.milestones": Value((), SMALL),
    "train_seeds": Value((0, 1, 2), SMALL),
}
MLP = ("mlp", "mlp_trained_as_long")
COUNTER_EXAMPLE = Chapter(
    name="counter_example",
    experiments=MLP,
    networks=_NETWORKS,
    names={"mlp": ("mlp", "digits")},
    changes={
        "smoke": {"mlp": _SHORT},
        "tiny": {"mlp": tiny(0.2, **TINY_SIZE)},
    },
)
"""An MLP in which metrics lie further apart in relative similarity than in raw similarity.

Somebody else had found that in a small study of digits; this repeats it with five networks, after
the fact."""
