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
# # Accuracy and answers
#
# **Does a network get worse when most of its weights are removed?**

# %% tags=["parameters"]
results = "results/chapters/converged"
full_scale = "results/full_scale"

# %% tags=["remove-cell"]
import pandas as pd

from lib.analyses.accuracy import analysis, savings
from lib.analyses.beside_papers_recipe import networks_beside
from lib.analyses.converged.papers_names import open_wide_networks
from lib.analyses.headline.claims import TRAINED_ENOUGH
from lib.analyses.output_layers import analysis as output_layers
from lib.analyses.output_layers.claims import SAME_CLASS
from lib.book.claims import evaluate, table
from lib.book.claims.vocabulary import PAPER_METRICS
from lib.book.findings import record, record_claims
from lib.book.report.dot_plot import draw_intervals
from lib.book.report.figure import ABSENT, PanelFigure
from lib.book.report.format import Table, percent
from lib.book.report.names import METRICS
from lib.book.report.page import glue
from lib.book.report.results import results_if_any
from lib.book.report.style import INK, METRIC_STYLES
from lib.table_schemas import DENSITY

# %%
study = open_wide_networks(results, DENSITY)
networks = networks_beside(study, results_if_any(full_scale))

# %% [markdown]
# ## What we find
#
# :::{finding}
# :expects: accuracy-end-{vgg16-bn,vgg-svhn,resnet-fast} = below 0; accuracy-end-vgg-svhn-full = below 0
# Yes. With {glue:text}`accuracy_left:s` of its weights, a pruned network is
# {glue:text}`accuracy_below_least:s` to {glue:text}`accuracy_below_most:s` percentage points less accurate
# than the same network trained as long with all of its weights.
# :::
#
# :::{finding}
# :expects: accuracy-gain-above-training = does not hold; accuracy-early-vgg-svhn-full = above 0
# Training alone accounts for what looks like a gain from pruning. By the paper's recipe, a VGG_SVHN with half of its
# weights or more is {glue:text}`accuracy_early:s` points above its complete network; but nowhere is a pruned network
# clearly more accurate than one that was only trained.
# :::
#
# :::{finding}
# :expects: vgg16_bn-converged = undecided; {vgg_svhn,resnet_fast}-converged = holds
# The other networks had been trained to the end, though three of VGG16_BN are too few to be sure ({doc}`converged`).
# :::

# %% [markdown]
# ## The figure
#
# :::{figure-title} fig-accuracy
# :expects: accuracy-end-{vgg16-bn,vgg-svhn,resnet-fast} = below 0; accuracy-end-vgg-svhn-full = below 0
# In the end, pruned networks fall behind those trained as long
# :::

# %% mystnb={"figure": {"name": "fig-accuracy", "caption": "Test accuracy of the pruned networks, mean over the pruning runs. The band is two standard deviations over the runs either side. The thin line is the complete network; the dashed one, where it was measured, the same network trained as long without pruning. The horizontal axis is logarithmic. The paper's Fig. 4, and the control."}}
figure = PanelFigure("accuracy")
for network in networks:
    axes = figure.panel(network.title, left=0.16, bottom=0.2)
    analysis.draw_accuracy(axes, network)
    if savings.were_counted(network):
        left = savings.shares_left(network.study, network.experiment)
        analysis.add_speed_up(axes, left.groupby("iteration").mean())
figure

# %% [markdown]
# The last panel has a VGG_SVHN by the paper's recipe and pace; the others are from {doc}`converged`. Where the line lies
# above the dashed one, longer training alone does not explain a gain. Only the weights of the convolutions are pruned and
# counted. Below each share stands how many times fewer multiply-adds such a network needs: less than the share promises,
# and {ref}`below <zeros>` stands how much of it today's programs turn into time.
#
# ## The numbers

# %%
Table.of(analysis.accuracy_overview(networks))

# %% [markdown]
# *Best pruned* is the iteration with the highest mean, *last pruned* the network with the fewest weights.
#
# ## Is it pruning?
#
# A pruned network has also been trained again at every iteration. So only its gain over the same network trained as
# long without pruning could be due to pruning.
#
# :::{figure-title} fig-gains
# :expects: accuracy-gain-above-training = does not hold
# Nowhere is pruning clearly better than training alone
# :::

# %% mystnb={"figure": {"name": "fig-gains", "caption": "Gain in accuracy of pruned networks, in percentage points, by the share of weights left: over the complete network (dots), and over the same network trained as long without pruning (squares). Whiskers are 95 % intervals over complete networks."}}
gains = analysis.gains(networks)
analysis.draw_gains(gains)

# %% tags=["hide-output"]
shown = gains.map(analysis.with_networks)
shown.columns = ["Over the complete network", "Over training alone"]
Table.of(shown, cards=True)

# %% [markdown]
# What the findings above rest on, at the end and in each range of the table:

# %%
record(analysis.above_training(gains), *map(analysis.decided_end, networks))
record(*map(analysis.decided_early, networks))
glue(**analysis.points_in_words(networks))

# %% [markdown]
# (while-pruning-costs-nothing)=
# ## What does pruning change while it costs nothing?
#
# :::{finding}
# :expects: accuracy-costless-{vgg16-bn,resnet-fast} = not measured; accuracy-costless-vgg-svhn = undecided; vgg16-bn-wide-level-1-svcca = about as close; resnet-fast-wide-level-1-svcca = closer
# It is not shown to move a network further than training alone does. Trained to the end, only VGG_SVHN is shown to
# lose less than half a point, with a third of its weights; three networks leave open whether it moves further by SVCCA.
# With as many weights left, VGG16_BN ends about as close as after training alone, and ResNet_fast by SVCCA closer
# ({doc}`converged`).
# :::
#
# Pruned networks are compared with those trained as long at the last iteration up to which they are shown to lose
# less than half a point beside them. Right of 0, pruning holds a network nearer to where it started.
#
# :::{figure-title} fig-accuracy-level
# :expects: accuracy-costless-vgg-svhn = undecided
# At no cost, pruning is not shown to move VGG_SVHN further
# :::

# %% mystnb={"figure": {"name": "fig-accuracy-level", "caption": "Similarity to the complete network after pruning, minus that after training alone: mean over the hidden layers, with 95 % intervals over complete networks."}}
levels = analysis.costless(networks)
record(*map(analysis.beside_training_alone, levels))
levels = [level for level in levels if level.iteration]
beyond = pd.DataFrame(index=[level.network.title for level in levels])
for metric in PAPER_METRICS:
    beyond[METRICS[metric]] = [level.beyond_training(metric) for level in levels]
figure = PanelFigure("level")
if levels:
    looks = {METRICS[metric]: METRIC_STYLES[metric] for metric in PAPER_METRICS}
    draw_intervals(figure.panel("Pruned minus trained as long", left=0.52), beyond, looks)
figure

# %% [markdown]
# In numbers; *Accuracy* is the same difference in points.

# %% tags=["hide-output"]
record(*(analysis.moved_at_the_end(level.network) for level in levels))
Table.of(analysis.costless_table(levels), cards=True, nothing=ABSENT)

# %% [markdown]
# *About as close* means within a tenth of the way from independent networks to identical ones. By the paper's recipe
# there are no independent ones, so nothing is decided here; {doc}`robustness` borrows a margin.
#
# :::{figure-title} fig-accuracy-costless
# :expects: accuracy-moved-vgg-svhn = below 0; accuracy-moved-vgg-svhn-full = undecided
# Pruning moves VGG_SVHN beyond training; by the paper's recipe that is undecided
# :::

# %% mystnb={"figure": {"name": "fig-accuracy-costless", "caption": "The same difference at each iteration, mean over the hidden layers and the complete networks. Above 0, pruned networks are nearer to the complete one. The dotted line is the last iteration at which they are as accurate as those trained as long."}}
figure = PanelFigure("costless")
for level in levels:
    axes = figure.panel(level.network.title)
    for metric in PAPER_METRICS:
        moved = analysis.moved_by_pruning(level.network, metric)
        axes.plot(moved, label=METRICS[metric], **METRIC_STYLES[metric])
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.axvline(level.iteration, color=INK, linewidth=0.8, linestyle=":")
    axes.set_xticks(moved.index[:: max(1, -(-len(moved) // 7))])
    axes.set_xlabel("pruning iteration")
figure

# %% [markdown]
# (answers)=
# ## Are the answers the same?
#
# :::{finding}
# :expects: output-layers-answers-{vgg16_bn,vgg_svhn,resnet_fast} = does not hold
# For {glue:text}`same_class_low:s` to {glue:text}`same_class_high:s` of the images they are. Networks that were only
# trained change their answers as well, but less, in all three; the table has independent ones beside them.
# :::
#
# The share of the images to which a network gives the same class as the complete one. Two networks that are right
# more often also agree more often.

# %%
same = output_layers.same_class_table(study)
pruned = same["Pruned"]
glue(same_class_low=percent(pruned.min()), same_class_high=percent(pruned.max()))
Table.of(same)

# %% [markdown]
# In the output layer each neuron stands for one class, so a fifth metric joins the four: the *cosine* of the outputs,
# entry by entry. Unlike the others, it changes when neurons are permuted or rotated.
#
# :::{figure-title} fig-output-layers
# :expects: cosine-sinks = holds
# The outputs of VGG16_BN drift away as pruning goes on
# :::

# %% mystnb={"figure": {"name": "fig-output-layers", "caption": "Similarity of the outputs (before softmax) of the pruned networks with those of the complete network, by five metrics, mean over the pruning runs. All panels have the same vertical scale. The paper's Fig. 8 shows VGG16_BN."}}
figure = PanelFigure("outputs", shared=True)
for name in study.experiments:
    axes = figure.panel(study.network(name))
    curve = output_layers.outputs(study, name)
    for metric in curve.columns[curve.notna().any()]:
        axes.plot(curve[metric], markersize=4, label=METRICS[metric], **METRIC_STYLES[metric])
    axes.set_xticks(curve.index[:: max(1, -(-len(curve) // 7))])
    axes.set_xlabel("pruning iteration")
figure

# %% [markdown]
# When one line is flat and another still falls, the outputs change in a way to which the first metric is blind.
# In numbers:

# %% tags=["hide-output"]
Table.of(output_layers.ends(study))

# %% [markdown]
# What we claim about answers and training:

# %% tags=["hide-output"]
outcomes = evaluate(study, SAME_CLASS + TRAINED_ENOUGH)
record_claims(outcomes)
table(outcomes)

# %% [markdown]
# (zeros)=
# ## What are the zeros worth?
#
# :::{finding}
# :expects: zeros-operations-{vgg16-bn,vgg-svhn,resnet-fast} = above 0; zeros-operations-vgg-svhn-full = above 0
# A runtime that skipped every zero would gain less than the number of weights promises: pruning leaves a larger share
# of the multiply-adds than of the weights in all networks.
# :::
#
# After the last iteration:

# %%
counted = [network for network in networks if savings.were_counted(network)]
record(*map(savings.decided_operations, counted))
Table.of(savings.savings_table(counted), cards=True, nothing=ABSENT)

# %% [markdown]
# *Fewer multiply-adds* compares those of convolutions and of the output layer with those of weights that survive.
# *Fewer bytes*: a bit for each prunable weight and the values of those left, in single precision. *Time* is a share of
# the complete network's, on one thread of a processor: dense kernels multiply zeros like all numbers, and sparse
# matrices pay for single images alone. The masks were made for timing, with the share of weights that pruning left in
# each layer, and networks that were not timed have no time; measured on 27 November 2026 (`benchmarks/zeros.csv`).
#
# ## What the paper reports
#
# On CIFAR-10 the first iterations of pruning beat the complete network. The accuracy peaks at about a tenth of the
# weights and then stays near that of the complete network. On SVHN it falls from the beginning: the paper suspects
# that the network is only just large enough, or the recipe unsuited ({cite:t}`ansuini2020investigating`, section 5.1).
# By that recipe, ours rises first.
#
# The outputs of VGG16_BN stay above 0.9 by SVCCA, PWCCA and NBS; CKA and the cosine fall to about 0.8. So networks of
# similar accuracy may still assign different probabilities to the classes, perhaps since they are calibrated
# differently (section 6.2). {ref}`decisions` measures that.

# %% [markdown]
# ## Exercises
#
# **1.** A pruned network is eight points more accurate than its complete one. Has pruning helped?
#
# :::{dropdown} Answer
# Only if it is also more accurate than the complete network trained as long. Otherwise training was still to come.
# :::
#
# **2.** With 2 % of its weights left, a network needs far more than 2 % of the multiply-adds. Why?
#
# :::{dropdown} Answer
# Pruning by magnitude spares the early layers, whose weights are used at every position of large maps.
# :::
