# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Do the metrics measure what they should?
#
# **Two metrics disagree. Which of them should we believe?**
#
# A metric always gives a number. Whether the number means similarity can be tested only where we know
# what is similar. There are three such cases.
#
# 1. *Two networks of the same architecture, trained from different starts.* Their third layers do
#    the same job. So the third layer of one should resemble the third layer of the other more than
#    the fourth or the tenth. A metric should find that.
# 2. *A network while it is pruned.* Its answers move away from those of the complete network, though
#    not at every step. A metric that compares their layers should notice.
# 3. *The channels of a pruned network.* Each is one channel of the complete network, with weights
#    missing. So we know which belongs to which.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
from IPython.display import display

from lib.analyses.validity import following, matching
from lib.analyses.validity.claims import FOLLOWS, OWN_CHANNELS
from lib.analyses.validity.drawing import draw_identification, draw_matching, draw_rank_correlations
from lib.analyses.validity.identification import (
    all_metrics,
    among_same_size,
    identification_decided,
)
from lib.book.claims.decided import evaluate
from lib.book.claims.show import table
from lib.book.findings import record, record_claims
from lib.book.report.figure import ABSENT
from lib.book.report.format import percent
from lib.book.report.page import glue, open_study
from lib.book.report.tables import Table, text_table

# %%
study = open_study(results)

# %% [markdown]
# ## What we find
#
# :::{finding}
# :expects: validity-finds-vgg16_bn-svcca = undecided; validity-finds-vgg16_bn-pwcca = undecided; validity-finds-vgg16_bn-cka = holds; validity-finds-vgg16_bn-nbs = holds; validity-finds-vgg_svhn-svcca = undecided; validity-finds-vgg_svhn-pwcca = undecided; validity-finds-vgg_svhn-cka = holds; validity-finds-vgg_svhn-nbs = holds; validity-finds-resnet_fast-svcca = undecided; validity-finds-resnet_fast-pwcca = holds; validity-finds-resnet_fast-cka = holds; validity-finds-resnet_fast-nbs = holds
# **CKA and NBS find the same layer in another network; SVCCA does no better than a guess.** In none of the
# three networks is SVCCA shown to find more layers than a guess would, and PWCCA is in ResNet_fast alone. In
# VGG_SVHN, SVCCA seems to find even fewer ({glue:text}`validity-finds-vgg_svhn-svcca:s`), which three
# complete networks leave undecided.
# :::
#
# :::{finding}
# :expects: validity-follows-accuracy-gap-vgg_svhn-svcca = undecided; validity-follows-accuracy-gap-vgg_svhn-pwcca = does not hold; validity-follows-accuracy-gap-resnet_fast-cka = undecided; validity-follows-accuracy-gap-resnet_fast-nbs = undecided
# **No metric follows what all of the networks do.** There is at least one network of whose accuracy, from
# iteration to iteration, a metric is not shown to follow the changes.
# :::
#
# :::{finding}
# :expects: validity-own-channels-vgg16_bn = holds; validity-own-channels-vgg_svhn = holds; validity-own-channels-resnet_fast = holds; validity-own-channels-beside-training-vgg16_bn = holds; validity-own-channels-beside-training-vgg_svhn = holds; validity-own-channels-beside-training-resnet_fast = does not hold
# **Most channels that are still alive find themselves**: {glue:text}`own_low:s` to {glue:text}`own_high:s`
# of them, where a guess would be right in {glue:text}`own_guess:s`. Training alone moves channels, too: less
# than pruning does in the two VGG networks, and more in ResNet_fast.
# :::

# %% [markdown]
# ## Can a metric find the same layer in another network?
#
# Take a layer of one complete network. Compare it with every hidden layer of another, trained from
# another start, on the same images. Is the most similar one the layer at the same place? This is
# the test of {cite:t}`kornblith2019similarity`, section 6.1.
#
# The task must be the same for all. On the matrix of channels, a row is a position of an image, so only
# layers with maps of the same size can be compared. They are few, so a guess is right more often, but
# they are the hard candidates, since neighbouring layers resemble each other. So on every matrix a
# metric must choose among these few.

# %% mystnb={"figure": {"name": "fig-identification", "caption": "Similarity of each hidden layer of one complete network (rows) with each of another of its kind (columns), mean over the pairs of networks. Both run in forward order, from the upper left corner. A dot marks the most similar layer of each row: a metric that finds the same layer has all dots on the diagonal. Empty: not defined."}}
draw_identification(study)

# %%
found = identification_decided(study)
record(*found)
glue(**{finding.key: finding.measured for finding in found})
Table.of(among_same_size(study), nothing=ABSENT)

# %% [markdown]
# *Found* is the share of layers for which the corresponding one is the most similar. Both directions
# count, and all pairs of networks. A tie is a miss. The unit of the 95 % interval is the complete network, of
# which there are three: pairs that share a network are not independent, nor are the layers of a pair, so
# the interval is Student's over jackknife pseudo-values of the networks, and nowhere narrower than
# Wilson's over the layers. A metric finds *more than chance* where the interval lies above what a guess
# would find. *(paper)* marks the matrix on which the paper computes a metric. A dash means that something
# was not measured: this needs the control *independent* with the analysis *identification*.
#
# The folded tables have all metrics, and all layers as candidates. *Within one* also accepts the
# layer before and the layer after: a max-pool is hardly more than a copy of the convolution before
# it. A layer without a rival does not count.

# %% tags=["hide-output"]
for network in study.experiments:
    nothing = f"{study.network(network)}: {ABSENT}"
    display(Table.of(all_metrics(study, network), nothing=nothing))

# %% [markdown]
# ## Does a metric follow what the network does?
#
# Two quantities measure how far the function of a pruned network is from that of the complete one.
# The *accuracy gap* is the difference of their test accuracies, whatever its sign. The *output
# disagreement* is the share of the probe images to which they give different classes. They are
# compared with the dissimilarity of the representations: 1 minus the metric, mean over the hidden
# layers.
#
# Does one rise where the other rises? {cite:t}`ding2021grounding` measure that by rank correlation over
# many networks: 1 means the same order, 0 none, −1 the reverse. Here the networks are the iterations of a
# pruning run, and dissimilarity rises with nearly every one of them. Where disagreement rises as steadily,
# the test is too easy: even the number of the iteration would pass. Where it does not, no metric that only
# rises can pass. So the number has the first column, and a metric that does not beat it has shown nothing.

# %%
Table.of(following.over_iterations(study), nothing=ABSENT)

# %% [markdown]
# This is Spearman's rank correlation over the iterations of a run, mean over the runs. Each metric is
# computed on the paper's matrix. Where it was not recorded which classes the networks give, the
# Jensen-Shannon divergence of their predictions takes the place of the disagreement.
#
# The drift can be taken out. Where dissimilarity is higher than usual *at that iteration*, is the
# function further away as well? That is the *partial* rank correlation, given the iteration. It is
# undefined where dissimilarity rises at every single step: then its ranks are the number of the
# iteration, and nothing is left. A case is a metric on a matrix, in one network, with one of the two
# changes.

# %%
Table.of(following.given_the_iteration(study))

# %% [markdown]
# There is another way to look past the drift: *step by step*. Where dissimilarity jumps from one
# iteration to the next, does the function jump as well? A steady rise earns nothing here.

# %%
Table.of(following.steps(study), nothing=ABSENT)

# %% [markdown]
# In brackets: the 95 % interval of the mean over complete networks (Student's t), where two or more
# have a value. A metric *follows* the steps where this interval lies above 0, and *runs against* them
# where it lies below. With so few networks the interval is wide, and may reach past 1.

# %% tags=["hide-output"] mystnb={"figure": {"name": "fig-rank-correlation", "caption": "Rank correlation of dissimilarity, by each metric on each matrix, with the change of what the network does: over the iterations (dots), and step by step (diamonds). Means over the pruning runs; the horizontal lines are 95 % intervals over complete networks. The solid vertical line is 0. The dotted one is what the number of the iteration gets in the place of a metric."}}
draw_rank_correlations(study)

# %% [markdown]
# The folded tables have all metrics on all matrices, and two more columns. *Kendall* is another
# rank correlation. *Between runs*: at the same iteration, all runs have the same number of weights.
# Is the run that differs more in its representations also the one that differs more in its
# function? Runs are ranked within each iteration, and all iterations are taken together; this needs
# three runs. *Runs* are those in which the partial rank correlation, given the iteration, is defined.

# %% tags=["hide-output"]
for case in following.followed(study):
    display(Table.of(following.all_statistics(study, *case)))

# %% [markdown]
# The same layer by layer: Spearman's correlation (*rho*) and the *partial* one, for
# the paper's four metrics, each on the paper's matrix.

# %% tags=["hide-output"]
for case in following.followed(study):
    layers = text_table(following.by_layer(study, *case), 2, index=True)
    print(following.heading(study, *case), layers, "", sep="\n")

# %% [markdown]
# ## Are a pruned network's channels still its own?
#
# Only pruning offers the third case. A pruned network inherits the channels of its complete network, so
# each channel has one right partner: itself. Two networks that were trained independently of each other
# have no such order. So we ask with which channel of the other network each channel of the complete one
# correlates most, over all positions of all images ({cite:t}`khosla2023soft`). The figure shows the share
# of channels that find themselves, beside CKA of the same layers. A dead channel, one that gives the same
# output everywhere, correlates with nothing. So the share is one of those channels that are still alive in
# both networks, and the second table says how many these are.

# %% mystnb={"figure": {"name": "fig-matching", "caption": "First panel: of the channels of each layer that are still alive in both networks, the share that correlate more with themselves in the pruned network than with any other channel, mean over the runs; each line is one pruning iteration, from pale to strong. The dotted line compares complete networks that were trained independently of each other, the dashed one is a guess. Second panel: CKA of the same layers and iterations."}}
draw_matching(study)

# %%
own = matching.at_last(study)
Table.of(own, nothing=ABSENT)

# %% tags=["hide-output"]
for network in matching.matched(study):
    display(Table.of(matching.alive(study, network), digits=1))

# %% [markdown]
# The first table is about the last iteration, or the only comparison. Shares are means over the runs, and
# so are the numbers of channels that are alive in both. Where few are left, a guess is right more often, and
# a high share says nothing of the channels that are lost. Where channels still find themselves, that is
# compatible with the layer being the same layer with weights missing. CKA is blind to the order of the
# channels, so the two can disagree: high CKA with few channels that find themselves is compatible with the
# same information lying in other channels than before.

# %% tags=["hide-output"]
outcomes = evaluate(study, (*FOLLOWS, *OWN_CHANNELS))
record_claims(outcomes)
if len(own):
    glue(own_low=percent(own.Pruned.min(), 0), own_high=percent(own.Pruned.max(), 0))
    glue(own_guess=percent(own["A guess"].max(), 0))
table(outcomes)

# %% [markdown]
# The last table decides what the page says of following and of channels, in each network by the rule that
# stands beside it.
#
# ## How to read it
#
# *Finding layers* is a modest demand. A metric that fails sees something other than what the layers
# have in common. A metric that passes has shown that it ranks layers well, not that its values are
# right: it may still call all of them very similar, or all of them dissimilar. And where layers are
# redundant, no metric can tell them apart, so a miss is no fault.
#
# *Linear regression* is not symmetric: here the layer of the one network, that with the smaller seed,
# explains that of the other.
#
# *Following function.* Trust *step by step* more than the plain rank correlation. Where dissimilarity
# rises at nearly every step, very few iterations decide the partial one, and it varies much from run
# to run. Where the test accuracy hardly changes at first, its small ups and downs are chance, which no
# metric can follow. Where it rises by several points at first, as it does without pruning
# ({doc}`accuracy`), the gap shows mostly what longer training does. So a low value for the accuracy gap
# says less against a metric than one for the disagreement.
#
# The best of so many metrics and matrices looks good by luck alone. So a metric has passed only if it
# does so in every network.
#
# The two tests ask for different things. The first asks a metric to overlook what differs between
# two trainings. The second asks it to notice what matters to the output. A metric may pass one and
# fail the other.
#
# ## What was found before
#
# {cite:t}`kornblith2019similarity` trained ten small CNNs of ten layers on CIFAR-10. Linear CKA
# found the corresponding layer in 99.3 % of the cases. Linear regression found 45.4 %, PWCCA
# 11.1 %, SVCCA 9.9 %, and the plain mean of the canonical correlations 1.4 % (their Table 2). Their
# layers have maps of different sizes, and all were compared, so a row must have been an image for
# CCA as well. In Transformers all metrics passed the test, and linear CKA was not always the best
# (their appendix F.1).
#
# {cite:t}`ding2021grounding` argue that such a test is an intuition, and that another intuition
# favours another metric. They compare dissimilarity with differences of accuracy over many pairs of
# networks instead. CKA and PWCCA each do well in some of their tests and fall behind in others.
# The Procrustes distance, an old baseline, is often close to the best. In the hardest of their
# tests no metric correlates well.
#
# The paper that this book repeats compares the values of its metrics, and has none of these tests.
