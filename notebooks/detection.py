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
# # Which metric for compression?
#
# **A compressed network still answers as before. Which metric is the first to notice damage?**
#
# Nobody knows how similar two networks *should* be. But one can damage a trained network step by step, and then
# both the kind and the size of the damage are known. A good metric notices what changes a network's function,
# and ignores what does not {cite}`ding2021grounding`. How large must the damage be before a metric notices it, and
# has it cost accuracy by then?

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-input"]
from IPython.display import display

# %% tags=["remove-cell"]
from lib.analyses.detection.analysis import networks
from lib.book.report.page import glue, open_study
from lib.book.report.results import load_results
from lib.book.report.tables import Table

# %%
damaged = networks(load_results(results))
study = open_study(results, *damaged)

# %% [markdown]
# ## What we find
#
# :::{finding}
# :expects: detection-nbs-rule-vgg_svhn = holds; detection-any-rule-vgg_svhn = does not hold; detection-nbs-same-stage-vgg_svhn = holds; detection-all-same-stage-vgg_svhn = holds
# **NBS on the matrix of channels, by our rule: it notices damage in time in
# {glue:text}`detection_rule_most:d` of {glue:text}`detection_tests:d` tests, as many as any metric, and none
# passes all.** Judged against harmless changes of the same age, which we tried afterwards,
# {glue:text}`detection_stage_best:d` of {glue:text}`detection_choices:d` choices of a metric and a matrix pass
# all, NBS on channels among them. So take NBS on channels, but don't expect it to be the only good choice.
# :::
#
# :::{finding}
# :expects: detection-channels-rule-vgg_svhn = holds; detection-channels-same-stage-vgg_svhn = does not hold
# By our rule the matrix matters more than the metric: on channels, every metric passes more tests than any does
# on another matrix. Judged the second way, there is no such difference.
# :::
#
# A metric passes a test if, in every one of the three complete networks, it raises an alarm no later than
# the damage costs a point of accuracy. Sizes of damage come in steps, so a metric that missed by one step in one
# network need not be worse than one that did not.
#
# ## The smallest damage detected
#
# *A stranger's channels* are those of an independently trained network, put in the place of the network's own.
# *Confounded* images grow brighter from one to the next, whatever their classes.

# %% mystnb={"figure": {"name": "fig-detection", "caption": "The smallest damage that each metric detects by the committed rule, on the matrix of its definition and the most images: median over the complete networks (mark) and the range from the lowest to the highest (horizontal line). The colour and the shape of a mark say whether that is at the latest when the damage costs a point of accuracy. The dotted vertical line is the size that does. An open mark at the right end: not detected."}}
from lib.analyses.detection.smallest_damage import draw_detection

draw_detection(study)

# %% [markdown]
# ## Which metric to take
#
# *In time*: tests with damage that costs accuracy, and that the metric noticed by the time it had cost a
# point, in every network. *For nothing*: kinds that never cost a point and were noticed all the same.
# *False alarms*: mean over the networks, and their range in brackets. A metric that is undefined on one
# of the layers is left out.
#
# The columns of the *rule* are those that were committed before any network was damaged. Those of the *same
# stage* were added after the results had been read, because a network changes more in its first re-trainings
# than later, when the damaged copies are taken. The second reading keeps only changes from the first damaged copy
# on.

# %%
from lib.analyses.detection.analysis import most_images, practical

for network in damaged:
    table = practical(study, network, most_images(study, network))
    display(Table.of(table, numeric=list(table)))

# %% [markdown]
# The share of harmless changes that raise a false alarm by the rule, in each round of re-training. Damaged copies
# are compared at the stage of the last column.

# %%
from lib.analyses.detection.analysis import alarms_over_time

for network in damaged:
    table = alarms_over_time(study, network)
    display(Table.of(table, numeric=list(table)))

# %% [markdown]
# What else the two readings say, in numbers. Outliers never cost a point here: they concern one image of 64, so to
# notice them is to see what does not matter to the output.

# %% tags=["hide-output"]
from lib.analyses.detection.analysis import in_numbers
from lib.analyses.detection.claims import detection_decided
from lib.book.findings import record

for network in damaged:
    record(*detection_decided(study, network))
    display(Table.of(in_numbers(study, network), cards=True))

# %%
from lib.analyses.detection.analysis import at_most

for network in damaged:
    rule, stage = at_most(study, network), at_most(study, network, "same stage")
    glue(detection_tests=int(rule.costly.max()), detection_rule_most=int(rule.in_time.max()))
    passed = (stage.in_time == stage.costly).sum()
    glue(detection_stage_best=int(passed), detection_choices=len(stage))

# %% [markdown]
# ## The rule
#
# This rule was committed before any network was damaged for this page. Its code is
# `lib/analyses/detection/rule.py`.
#
# ::::{dropdown} The rule, step by step
# - **A harmless change.** A complete network is trained again and again with the whole schedule, and
#   never pruned. The similarity of two consecutive networks is that after a change that does no harm.
# - **An alarm.** The second of two such networks is damaged, then compared with the first. An alarm
#   is raised if at most 5 % of the harmless changes of *other* complete networks left as little
#   similarity, the case itself counted among them. A harmless change would raise an alarm in at most
#   5 % of all cases if the harmless *changes* of all networks were exchangeable. It is not enough that
#   the networks are exchangeable. The changes are not, since the early ones are larger, as the table above
#   shows. So
#   the rule holds the share near 5 % on average over all changes, but not at any one stage.
# - **Detected.** A size is detected in a complete network if an alarm is raised in at least 80 % of
#   the comparisons, over its damaged copies and layers. The smallest damage detected is the size
#   from which on every larger one is detected as well.
# - **Costs accuracy.** The size from which on the damage costs at least one percentage point of test
#   accuracy, mean over the same copies and layers.
# - **Interval.** The unit is the complete network: the median over networks, with the range from the
#   lowest to the highest.
#
# What was added after the results had been read is the reading beside changes of the same stage, with its
# columns and the table of false alarms over time, and no more than that. It replaces nothing.
# ::::

# %% tags=["hide-output"]
from lib.analyses.detection.analysis import damaged_networks

Table.of(damaged_networks(study), cards=True, nothing="Not measured in this study.")

# %% [markdown]
# The last column is the share of studies in which the range over so many networks contains the median of
# all such networks.
#
# ## How to read it
#
# A metric is of use if it notices in time what costs accuracy, leaves alone what costs nothing, and
# seldom raises a false alarm. No column alone says that: a metric that noticed every change at once
# would come first in *In time*, but also in *For nothing*.
#
# A few small networks of one architecture, damaged in convolutions alone, can show that a metric fails, but not
# which of two metrics is better that differ by one kind of damage.
#
# ::::{dropdown} Six details
#
# *The metrics are not independent witnesses.* The Procrustes similarity is computed from the same
# singular values as NBS, so the two put all comparisons in the same order. With many rows and few columns
# debiased CKA hardly differs from CKA. Where such metrics agree, that is one observation and not two.
#
# *A stranger's channels count twice*, on the images as they are and on confounded ones. The confounded
# test is set beside the cost that the damage has on images without the confound, since only that was
# measured.
#
# *What costs nothing here could cost little in any case.* An outlier or a shift concerns a small share of
# the images, and no such damage can cost more accuracy than that share. The column *For nothing* counts only
# those kinds that did not cost a point at any size.
#
# *One more level of pruning* is real pruning, with the re-training that follows. Its size is the
# number of the level, and it costs accuracy from that level on at which the network is a point below the
# complete one. An alarm says that a level moved the layer further than training again would have. There
# is one copy of each network at each level, so with so few layers all of them have to raise it.
#
# *A harmless change is a strict reference.* Training again moves a network far, and further at first
# than later. A metric that sees only how far the layer has moved cannot see damage that moves it less
# than training again does. Damage of another kind, such as a lost direction, may be small and yet unlike
# what training does, so a metric that weighs directions differently could still see it. If
# your network is not trained again after compression, take other changes as the reference: those by which
# your own compression is known to do no harm.
#
# *The size is that of the damage, not of its effect.* Kinds of damage cannot be compared by size:
# half of the channels is not half of the weights. So each panel has its own scale, and only the
# dotted line has the same meaning everywhere.
# ::::
#
# ## Try it on your own network
#
# ```sh
# make damage A=nets.py:complete A_WEIGHTS="checkpoints/*.pt" IMAGES=folder
# ```
#
# makes a page with such a table for a network of yours; {doc}`your_own` says more. The harmless changes
# that it takes as its reference do not include the one to which the damage is done. An alarm at the level
# $\alpha$ needs at least $1/\alpha - 1$ of them, because with fewer the share of cases as extreme, the
# case itself counted, is above $\alpha$ even for the most extreme one.
#
# ## All combinations

# %% tags=["hide-output"]
from lib.analyses.detection.analysis import all_sizes, summary

for network in damaged:
    for images in sorted(summary(study, network).index.unique("images"))[:-1]:
        table = practical(study, network, images)
        display(Table.of(table, numeric=list(table)))
    for title, sizes in all_sizes(study, network):
        print(title, sizes.to_string(), "", sep="\n")

# %% [markdown]
# What was done to a layer, and in which units it is measured, is in `lib/analyses/damages.py`; what was
# compared, in `lib/analyses/detection/job.py`. Where a share of the channels is not a whole number of them,
# the last one is damaged in part. Shifts concern one image of 16, outliers one of 64; an outlier of size 1
# is twice as large as it was. Confounded images grow brighter in equal steps, the last by 4 standard
# deviations of the pixels.
#
# ## What was found before
#
# {cite:t}`ding2021grounding` correlate metrics with accuracy over networks, and find that no metric
# is best everywhere. {cite:t}`davari2023reliability` show that CKA falls when a few points are moved
# away, although a linear classifier separates the classes as before. {cite:t}`cui2022deconfounded`
# show that similarity of the inputs alone can make networks look alike. Their questions were others: which
# metric agrees best with function, what moves a metric though the function stays, and what inflates it.
# The question here is how small the damage may be that is still found at a given rate of false alarms.
