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
from IPython.display import Markdown, display
from myst_nb import glue

from lib.report import (
    heatmaps,
    identification,
    identification_findings,
    identification_tables,
    rank_correlation,
    rank_correlation_figure,
    rank_correlation_findings,
    rank_correlation_tables,
    scale,
)
from lib.report.results import load_results

study = load_results(results)

# %% tags=["remove-input"]
Markdown(scale.statement(study.provenance))

# %% tags=["remove-input"]
Markdown(identification_findings.statement(study))

# %% tags=["remove-input"]
Markdown(rank_correlation_findings.statement(study))

# %% [markdown]
# ## The answer in short
#
# Computed from the tables below. **Can a metric find the same layer in another network?** In
# brackets: the share of layers that it finds.

# %% tags=["hide-input"]
Markdown(identification_findings.findings(study))

# %% [markdown]
# **Does a metric follow what the network does?**

# %% tags=["hide-input"]
Markdown(rank_correlation_findings.against_the_number(study))

# %% [markdown]
# From one iteration to the next, dissimilarity jumps more or less. Does it jump where the function
# jumps? In brackets: the rank correlation of these steps.

# %% tags=["hide-input"]
Markdown("\n\n".join(rank_correlation_findings.finding(study, name) for name in study.experiments))

# %% [markdown]
# ## Can a metric find the same layer in another network?
#
# Take a layer of one complete network. Compare it with every hidden layer of another, trained from
# another start, on the same images. Is the most similar one the layer at the same place? This is
# the test of {cite:t}`kornblith2019similarity`, section 6.1.
#
# The task must be the same for all. On channels, a row is a position of an image, so only layers
# with maps of the same size can be compared. There are few of them, and a guess is right more
# often. So here every reshape must choose among these few. They are the hard ones, since neighbours
# resemble each other.

# %% tags=["hide-input"]
identification_tables.compact(study)

# %% [markdown]
# *Found* is the share of layers for which the corresponding one is the most similar, with a 95 %
# interval (Wilson's). Both directions count, and all pairs of networks. A tie is a miss. A metric
# finds *more than chance* where the interval lies above what a guess would find. *(paper)* marks
# how the paper reshapes for a metric.
#
# The folded tables have all metrics, and all layers as candidates. *Within one* also accepts the
# layer before and the layer after: a max-pool is hardly more than a copy of the convolution before
# it. A layer without a rival does not count.

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show all combinations", "code_prompt_hide": "Hide all combinations"}
tables = [identification_tables.complete(study, name) for name in identification.measured(study)]
display(*tables or [Markdown("There is nothing to show.")])

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-identification", "caption": "Similarity of each hidden layer of one complete network (rows) with each of another of its kind (columns), mean over the pairs of networks. Both run in forward order, from the upper left corner. A dot marks the most similar layer of each row: a metric that finds the same layer has all dots on the diagonal. Empty: not defined."}}
heatmaps.figure(study)

# %% [markdown]
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
# Any two things that rise correlate. Even the number of the iteration would pass. So it stands in
# the first column, and a metric that does not beat it has not shown anything. 1 means the same
# order, 0 none, −1 the reverse.

# %% tags=["hide-input"]
rank_correlation_tables.over_iterations(study)

# %% [markdown]
# Spearman's rank correlation over the iterations of a run, mean over the runs. The metrics are on
# the paper's reshapes.
#
# The drift can be taken out. Where dissimilarity is higher than is usual *at that iteration*, is the
# function further away as well? That is the rank correlation *beyond the iteration*. It is undefined
# where dissimilarity rises at every single step: then its ranks are the number of the iteration, and
# nothing is left. A case is a metric on a reshape, in one network, with one of the two changes.

# %% tags=["hide-input"]
Markdown(rank_correlation_findings.beyond(study))

# %% [markdown]
# There is another way to look past the drift: *step by step*. Where dissimilarity jumps from one
# iteration to the next, does the function jump as well? A steady rise earns nothing here.

# %% tags=["hide-input"]
rank_correlation_tables.step_by_step(study)

# %% [markdown]
# In brackets: the 95 % interval of the mean over the runs, by bootstrap, where four runs or more
# have a value; else the lowest and the highest run. A metric *follows* the steps where this range
# lies above 0, and *runs against* them where it lies below. With three runs, luck alone puts it above
# 0 in one of eight cases.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-rank-correlation", "caption": "Rank correlation of dissimilarity, by each metric on each reshape, with the change of what the network does: over the iterations (dots), and step by step (diamonds). Means over the pruning runs; the lines are the ranges of the tables. The dotted line is the number of the iteration in the place of a metric."}}
rank_correlation_figure.figure(study)

# %% [markdown]
# The folded tables have all metrics on all reshapes, and two more columns. *Kendall* is another
# rank correlation. *Between runs*: at the same iteration, all runs have the same number of weights.
# Is the run that differs more in its representations also the one that differs more in its
# function? Ranks among the runs, all iterations together; it takes three runs. *Runs* are those in
# which *beyond the iteration* is defined.

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show all combinations", "code_prompt_hide": "Hide all combinations"}
tables = [
    rank_correlation_tables.complete(study, name, target)
    for name, target in rank_correlation.targets_measured(study)
]
display(*tables or [Markdown("There is nothing to show.")])

# %% [markdown]
# And layer by layer: Spearman (*rho*), and *beyond* the iteration, for the paper's four metrics on
# the paper's reshapes.

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show every layer", "code_prompt_hide": "Hide every layer"}
print(
    "\n\n".join(
        f"{rank_correlation.heading(study, name, target)}\n"
        f"{rank_correlation_tables.every_layer(study, name, target)}"
        for name, target in rank_correlation.targets_measured(study)
    )
    or "There is nothing to show."
)

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
# *Following function.* Trust *step by step* more than *Spearman*. Where dissimilarity rises at
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
