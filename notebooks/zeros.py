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
from lib.analyses.zeros import analysis, timing
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
# :expects: zeros-faster-masked = does not hold; zeros-faster-onnx = does not hold; zeros-faster-sparse = does not hold
# In time, nothing. Dense kernels, those of PyTorch and of ONNX Runtime alike, multiply zeros as they multiply all
# numbers; and multiplying sparse matrices instead was not clearly faster in any case that we timed.
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
# Cutting channels that have fallen silent helps a dense kernel, too, but little: in no network of the main study do
# they take as much as a quarter of the multiply-adds, and the networks that we timed did not become a tenth faster.
# :::

# %% [markdown]
# ## The figure
#
# A weight of an early layer is used at each position of a large map, one of a late layer at a few. Pruning by
# global magnitude removes most weights from the late, wide layers, so multiply-adds fall more slowly than
# weights.
#
# :::{figure-title} fig-zeros
# :expects: zeros-operations-vgg16-bn = above 0; zeros-operations-vgg-svhn = above 0; zeros-operations-resnet-fast = above 0
# Multiply-adds fall more slowly than weights
# :::

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
# The table has the time that pruned networks take, as a share of the complete network's, for four ways to run them.
# *Masked* ones are run as they are. *Sparse matrices* multiply the surviving weights alone, each convolution being a
# sparse matrix (CSR) times the unfolded images. *ONNX Runtime* runs masked networks, and is compared with itself.

# %%
times = timing.benchmark()
Table.of(timing.time_table(times), cards=True)

# %% [markdown]
# VGG16_BN is a trained, slim network of {doc}`converged`. The masks of VGG_SVHN **were made for timing**: each layer has the
# share of weights that pruning left there, at random places, and as many filters without weights as pruning left
# silent channels. All took turns on one thread of a processor that had other work as well, so a number is a ratio of
# processor times, the median with quartiles.
#
# The runtime matters more than the zeros do: ONNX Runtime is the faster one for the complete network already. Memory is
# what a pass takes at its highest; unfolding costs several times as much of it.

# %% tags=["hide-output"]
Table.of(timing.runtime_table(times), cards=True)

# %% [markdown]
# `python -m benchmarks.zeros` measures both again, with `--zoo` on trained networks of your own study, and with
# `--device cuda` on a GPU.
#
# We had no GPU to measure, and did not try runtimes whose sparse kernels need the zeros in a pattern.
#
# What the findings above rest on is decided here:

# %%
for source, name, title in networks:
    operations = analysis.decided_operations(source, name, title)
    record(operations, analysis.decided_cut(source, name, title))
record(*(timing.decided_faster(times, way) for way in timing.RUN_BY))

# %% [markdown]
# ## Exercises
#
# **1.** A hundredth of the weights is left. What takes more bytes in *bits and values*, the bits or the values?
#
# :::{dropdown} Answer
# The bits: one for each weight, while the values take 32 bits for one weight in a hundred, or 0.32 for each.
# :::
