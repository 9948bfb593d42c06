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
# A metric always gives a number. Whether the number means similarity is another question. It can
# be answered only where we know what is similar. This page has two such places.
#
# 1. *Two networks of the same architecture, trained from different starts.* Their third layers do
#    the same job. So the third layer of one should resemble the third of the other more than the
#    fourth or the tenth. A metric should find it.
# 2. *A network while it is pruned.* Step by step it answers differently from the complete network.
#    A metric of its layers should notice.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
from IPython.display import Markdown
from myst_nb import glue

from lib.report import heatmaps, identification, rank_correlation, scale
from lib.report.results import load_results

study = load_results(results)

# %% tags=["remove-input"]
Markdown(scale.statement(study.provenance))

# %% tags=["remove-input"]
Markdown(identification.statement(study))

# %% tags=["remove-input"]
Markdown(rank_correlation.statement(study))

# %% [markdown]
# ## The answer in short
#
# Computed from the tables below. **Can a metric find the same layer in another network?**

# %% tags=["hide-input"]
Markdown("\n\n".join(identification.finding(study, name) for name in study.experiments))

# %% [markdown]
# **Does a metric follow what the network does?** The *range* in brackets tells how far it depends
# on the run.

# %% tags=["hide-input"]
Markdown(
    "\n\n".join(
        rank_correlation.finding(study, name, target)
        for name in study.experiments
        for target in rank_correlation.TARGETS
    )
)

# %% [markdown]
# ## Can a metric find the same layer in another network?
#
# Take a layer of one complete network. Compare it with every hidden layer of another, trained from
# another start, on the same images. Is the most similar one the layer at the same place? This is
# the test of {cite:t}`kornblith2019similarity`, section 6.1.
#
# The task must be the same for all. On channels, a row is a position of an image, so only layers
# with maps of the same size can be compared. There are few of them, and a guess is right more
# often. So each table has a second set of columns, *same size*: there every reshape must choose
# among the same few layers. They are the hard ones, since neighbours resemble each other.
#
# ### VGG16_BN

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-identification-vgg16-bn", "caption": "Similarity of each hidden layer of one complete VGG16_BN (rows) with each of another (columns), mean over the pairs of networks. Both run in forward order, from the upper left corner. A dot marks the most similar layer of each row: a metric that finds the same layer has all dots on the diagonal. Empty: not defined."}}
heatmaps.figure(study, "vgg16_bn")

# %% tags=["hide-input"]
identification.overview(study, "vgg16_bn")

# %% [markdown]
# ### VGG_SVHN

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-identification-vgg-svhn", "caption": "Similarity of each hidden layer of one complete VGG_SVHN (rows) with each of another (columns), mean over the pairs of networks. Both run in forward order, from the upper left corner. A dot marks the most similar layer of each row: a metric that finds the same layer has all dots on the diagonal. Empty: not defined."}}
heatmaps.figure(study, "vgg_svhn")

# %% tags=["hide-input"]
identification.overview(study, "vgg_svhn")

# %% [markdown]
# ### ResNet_fast

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-identification-resnet-fast", "caption": "Similarity of each hidden layer of one complete ResNet_fast (rows) with each of another (columns), mean over the pairs of networks. Both run in forward order, from the upper left corner. A dot marks the most similar layer of each row: a metric that finds the same layer has all dots on the diagonal. Empty: not defined."}}
heatmaps.figure(study, "resnet_fast")

# %% tags=["hide-input"]
identification.overview(study, "resnet_fast")

# %% [markdown]
# *Found* is the share of layers for which the corresponding one is the most similar, with a 95 %
# interval (Wilson's). Both directions count, and all pairs of networks. *By chance* is what a guess
# would find. *Within one* also accepts the layer before and the layer after: a max-pool is hardly
# more than a copy of the convolution before it. A tie is a miss. A layer without a rival does not
# count. *(paper)* marks how the paper reshapes for a metric.
#
# ## Does a metric follow what the network does?
#
# Two things tell how far the function of a pruned network is from that of the complete one. The
# *accuracy gap* is the difference of their test accuracies, whatever its sign. The *output
# disagreement* is the share of the probe images to which they give different classes. Beside them
# stands the dissimilarity of the representations: 1 minus the metric, mean over the hidden layers.
#
# Does one rise where the other rises? {cite:t}`ding2021grounding` measure that by rank correlation,
# over many networks. Here the networks are the iterations of a pruning run. But this makes it too
# easy. With each iteration the network drifts on, so dissimilarity rises, and so does disagreement.
# Any two things that rise correlate. Even the number of the iteration would pass. So there are
# five numbers.
#
# - *Spearman* and *Kendall*: rank correlation over the iterations of one run. 1 means the same
#   order, 0 none, −1 the reverse. The first row gives the same for the number of the iteration. A
#   metric that does not beat that row has not shown anything.
# - *Beyond the iteration*: the same once the number of the iteration is taken out of both, by
#   ranks. Where dissimilarity is higher than is usual at that iteration, is the function further
#   away as well? A dash: dissimilarity, or the change, rises at every single step, so that its
#   ranks are the number of the iteration, and nothing is left.
# - *Step by step*: where dissimilarity jumps from one iteration to the next, does the function jump
#   as well? Rank correlation of the steps.
# - *Between runs*: at the same iteration, all runs have the same number of weights. Is the run that
#   differs more in its representations also the one that differs more in its function? Ranks among
#   the runs, all iterations together. It takes three runs.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-rank-correlation", "caption": "Rank correlation of dissimilarity, by each metric on each reshape, with the change of what the network does: over the iterations (dots), and beyond the number of the iteration (diamonds). Means over the pruning runs; the lines are the ranges of the tables. The dotted line is the number of the iteration in the place of a metric."}}
rank_correlation.figure(study)

# %% [markdown]
# In brackets: the 95 % interval of the mean over the runs, by bootstrap, where four runs or more
# have a value; else the lowest and the highest run. *Runs* are those in which *beyond the
# iteration* is defined.
#
# ### VGG16_BN

# %% tags=["hide-input"]
rank_correlation.overview(study, "vgg16_bn", "gap")

# %% tags=["hide-input"]
rank_correlation.overview(study, "vgg16_bn", "disagreement")

# %% [markdown]
# The last hidden layer alone, from which the network draws its answer:

# %% tags=["hide-input"]
rank_correlation.last_layer(study, "vgg16_bn")

# %% [markdown]
# ### VGG_SVHN

# %% tags=["hide-input"]
rank_correlation.overview(study, "vgg_svhn", "gap")

# %% tags=["hide-input"]
rank_correlation.overview(study, "vgg_svhn", "disagreement")

# %% [markdown]
# The last hidden layer alone:

# %% tags=["hide-input"]
rank_correlation.last_layer(study, "vgg_svhn")

# %% [markdown]
# ### ResNet_fast

# %% tags=["hide-input"]
rank_correlation.overview(study, "resnet_fast", "gap")

# %% tags=["hide-input"]
rank_correlation.overview(study, "resnet_fast", "disagreement")

# %% [markdown]
# The last hidden layer alone:

# %% tags=["hide-input"]
rank_correlation.last_layer(study, "resnet_fast")

# %% [markdown]
# ### Every layer
#
# The paper's four metrics on the paper's reshapes: Spearman (*rho*), and *beyond* the iteration.

# %% tags=["hide-input"]
for name in study.experiments:
    for target in rank_correlation.TARGETS:
        print(rank_correlation.heading(study, name, target))
        print(rank_correlation.numbers(study, name, target), end="\n\n")

# %% [markdown]
# ## How to read it
#
# *Finding layers.* It is a modest demand. A metric that fails it sees something else than what the
# layers have in common. A metric that passes has shown that it ranks layers well, not that its
# values are right: it may still call all of them very similar, or hardly so. And layers that are
# redundant cannot be told apart by any metric. Then a miss is no fault.
#
# The intervals take the cases for independent. They are not: each network is in several pairs, and
# neighbouring layers go together. So the intervals are too narrow. *Linear regression* is not
# symmetric: here the layer of the one network, that with the smaller seed, explains that of the
# other.
#
# *Following function.* Look at the first row of a table before you look at the others. Then trust
# *beyond the iteration* and *step by step* more than *Spearman*. Where dissimilarity rises at
# nearly every step, very few iterations decide about *beyond the iteration*, and it varies much
# from run to run. The test accuracy hardly changes at first, and its small ups and downs are
# chance. No metric can follow chance. So low values of the accuracy gap say less against a metric
# than low values of the disagreement.
#
# Many metrics on several reshapes are compared here. The best of so many looks good by luck alone.
# A metric has passed if it does so in all three networks. Runs that share a complete network are
# not independent either.
#
# The two checks ask for different things. The first wants a metric to overlook what differs between
# two trainings. The second wants it to notice what matters to the output. A metric may pass one and
# fail the other.
#
# ## What was found before
#
# {cite:t}`kornblith2019similarity` trained ten small CNNs of ten layers on CIFAR-10. Linear CKA
# found the corresponding layer in 99.3 % of the cases. Linear regression found 45.4 %, PWCCA 11.1 %,
# SVCCA 9.9 %, and the plain mean of the canonical correlations 1.4 % (their Table 2). Their layers
# have maps of different sizes, and all were compared, so a row must have been an image for CCA as
# well. In Transformers all metrics passed the test, and linear CKA was not always the best (their
# appendix F.1).
#
# {cite:t}`ding2021grounding` argue that such a test is an intuition, and that another intuition
# favours another metric. They compare dissimilarity with differences of accuracy over many pairs of
# networks instead. CKA and PWCCA each do well in some of their tests and fall behind in others.
# The Procrustes distance, an old baseline, is often close to the best. In the hardest of their
# tests no metric correlates well.
#
# The paper that this book repeats compares the values of its metrics. It has neither check.

# %% tags=["remove-cell"]
for name in study.experiments:
    for (metric, reshape), row in identification.accuracies(study, name).iterrows():
        glue(f"{name}_{metric}_{reshape}_found", float(row.found), display=False)
        glue(f"{name}_{metric}_{reshape}_found_same_size", float(row.same_found), display=False)
    for target in rank_correlation.TARGETS:
        for (metric, reshape), row in rank_correlation.summary(study, name, target).iterrows():
            key = f"{name}_{metric}_{reshape or 'number'}_{target}"
            glue(f"{key}_rho", float(row.rho), display=False)
            glue(f"{key}_beyond", float(row.beyond), display=False)
