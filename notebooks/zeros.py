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
# # What the zeros are worth
#
# **What would a practitioner gain today from networks that are pruned like these?**

# %% tags=["parameters"]
results = "results"
full_scale = "results/full_scale"

# %% tags=["remove-cell"]
from lib.analyses.zeros import analysis
from lib.book.findings import record
from lib.book.report.figure import ABSENT, PanelFigure
from lib.book.report.page import open_study
from lib.book.report.results import results_if_any
from lib.book.report.tables import Table, text_table

# %%
study = open_study(results)
networks = analysis.ways_to_prune(study, results_if_any(full_scale))

# %% [markdown]
# ## What we find
#
# :::{finding}
# :expects: zeros-faster-masked = does not hold
# In time, nothing: PyTorch's dense kernels multiply zeros as they multiply all numbers, so that in no case that
# we timed was a masked network clearly faster.
# :::
#
# :::{finding}
# :expects: zeros-operations-vgg16-bn = above 0; zeros-operations-vgg-svhn = above 0; zeros-operations-resnet-fast = above 0
# A runtime that skipped every zero would gain less than the number of weights promises: in all three networks
# pruning leaves a larger share of the multiply-adds than of the weights.
# :::
#
# :::{finding}
# :expects: zeros-cut-vgg16-bn = below 0; zeros-cut-vgg-svhn = below 0; zeros-cut-resnet-fast = below 0; zeros-faster-compacted = does not hold
# Cutting channels that have fallen silent helps a dense kernel too, but little: in no network of the main study
# do they take as much as a quarter of the multiply-adds, and the one that we timed is not a tenth faster.
# :::

# %% [markdown]
# ## The figure
#
# A weight of an early layer is used at each position of a large map, one of a late layer at a few. Pruning by
# global magnitude removes most weights from the late, wide layers, so multiply-adds fall more slowly than
# weights.

# %% mystnb={"figure": {"name": "fig-zeros", "caption": "Similarity to the complete network against the multiply-adds of surviving weights, mean over the hidden layers and over the pruning runs, at each iteration. The dotted line shows SVCCA against the weights left, as on other pages. The horizontal axis is logarithmic."}}
figure = PanelFigure("zeros", shared=True)
for source, name, title in networks:
    axes = figure.panel(title)
    analysis.draw_similarity(axes, source, name)
figure

# %% [markdown]
# Where a curve lies to the left of the dotted one, the same similarity costs more multiply-adds than the
# number of weights says. After the last iteration:

# %%
Table.of(analysis.at_the_end(networks), cards=True, nothing=ABSENT)

# %% [markdown]
# *Fewer multiply-adds* is the theoretical speed-up: those of convolutions and of the output layer, divided by
# those of weights that survive. Batch normalisation, ReLU and pooling are not counted, as is usual. Every point
# of the figure:

# %% tags=["hide-output"]
for source, name, title in networks:
    print(title)
    print(text_table(analysis.by_iteration(source, name), digits=2), end="\n\n")

# %% [markdown]
# ## On disk
#
# Bytes are saved without any special runtime, while a network is stored or sent. *Bits and values* keeps one
# bit for each prunable weight and the values of those left, in single precision. *At least* needs as few bits as
# can say which weights are left: no code does better on masks without further pattern. Batch normalisation and the
# output layer are not pruned.

# %%
Table.of(analysis.size_table(networks), cards=True, nothing=ABSENT)

# %% [markdown]
# ## Silent channels
#
# A dense kernel gains only from what is gone. `lib.pruning.compact` removes for good the channels that a network
# does not need, with the same output. The table says how many channels are silent on the study's images after the
# last iteration, and what they take at most: their own filters, and all that reads them. How much there is to cut
# depends on the width.

# %%
Table.of(analysis.channel_table(networks), cards=True, nothing=ABSENT)

# %% [markdown]
# ## Time
#
# These networks were not trained: **their masks were made for timing**. Each layer of VGG_SVHN has the share of
# weights that pruning left there, at random places, and as many filters without weights as pruning left silent
# channels. Complete, masked and compacted networks took turns on one thread of a processor that had other work
# as well, so the table gives ratios of processor time to the complete network's, median with quartiles. `python -m benchmarks.zeros` measures them again, with `--kept` on trained networks.

# %%
times = analysis.benchmark()
Table.of(analysis.time_table(times), cards=True)

# %% [markdown]
# Not measured here: a GPU, memory, and runtimes with sparse kernels.
#
# The findings above rest on these comparisons:

# %%
for source, name, title in networks:
    operations = analysis.decided_operations(source, name, title)
    record(operations, analysis.decided_cut(source, name, title))
record(analysis.decided_faster(times, "masked"), analysis.decided_faster(times, "compacted"))
