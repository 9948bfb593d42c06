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
results = "results/chapters/converged"
full_scale = "results/full_scale"

# %% tags=["remove-cell"]
import pandas as pd

from lib.analyses.beside_papers_recipe import networks_beside
from lib.analyses.converged.papers_names import open_wide_networks
from lib.analyses.zeros import analysis, timing
from lib.book.findings import record
from lib.book.report.figure import ABSENT, PanelFigure
from lib.book.report.format import Table, percent, text_table
from lib.book.report.page import glue
from lib.book.report.results import results_if_any
from lib.table_schemas import DENSITY

# %%
study = open_wide_networks(results, DENSITY)
beside = networks_beside(study, results_if_any(full_scale))
networks = [network for network in beside if analysis.were_counted(network)]

# %% [markdown]
# ## What we find
#
# :::{finding}
# :expects: zeros-faster-{masked,onnx} = does not hold; zeros-faster-sparse = holds at times; zeros-faster-sparse-{gpu,batches,slim} = does not hold
# As they are, no time: dense kernels, those of PyTorch and of ONNX Runtime alike, multiply zeros like all numbers.
# Sparse matrices pay for single images on a processor in networks of the paper's width: one took
# {glue:text}`zeros_sparse:s` of the time. On a GPU, in batches and in slim networks they never did.
# :::
#
# :::{finding}
# :expects: zeros-operations-{vgg16-bn,vgg-svhn,resnet-fast} = above 0; zeros-operations-vgg-svhn-full = above 0
# A runtime that skipped every zero would gain less than the number of weights promises: pruning leaves a larger share
# of the multiply-adds than of the weights in all networks.
# :::
#
# :::{finding}
# :expects: zeros-cut-{vgg16-bn,vgg-svhn} = below 0; zeros-cut-resnet-fast = above 0; zeros-cut-vgg-svhn-full = above 0; zeros-faster-compacted = holds at times; zeros-faster-compacted-gpu = holds at times; zeros-faster-compacted-slim = does not hold
# Cutting silent channels helps a dense kernel if there are many. At most they take
# {glue:text}`zeros_cut-resnet-fast:s` of the multiply-adds in ResNet_fast and {glue:text}`zeros_cut-vgg-svhn-full:s` in
# VGG_SVHN by the paper's recipe, but {glue:text}`zeros_cut-vgg-svhn:s` in VGG_SVHN and
# {glue:text}`zeros_cut-vgg16-bn:s` in VGG16_BN, trained to the end. Without them, a network of the
# paper's width took {glue:text}`zeros_compacted:s` of the time at best, on a GPU {glue:text}`zeros_compacted-gpu:s`; no
# slim one became a tenth faster.
# :::

# %% [markdown]
# ## The figure
#
# A weight of an early layer is used at each position of a large map, one of a late layer at a few. Pruning by
# global magnitude removes most weights from the late, wide layers, so multiply-adds fall more slowly than
# weights. The last panel has a VGG_SVHN by the paper's recipe and pace; the others are from {doc}`converged`.
#
# :::{figure-title} fig-zeros
# :expects: zeros-operations-{vgg16-bn,vgg-svhn,resnet-fast} = above 0; zeros-operations-vgg-svhn-full = above 0
# Multiply-adds fall more slowly than weights
# :::

# %% mystnb={"figure": {"name": "fig-zeros", "caption": "Similarity to the complete network against the multiply-adds of surviving weights, mean over the hidden layers and over the pruning runs, at each iteration. The dotted line shows SVCCA against the weights left, as on other pages. The horizontal axis is logarithmic."}}
figure = PanelFigure("zeros", shared=True)
for network in networks:
    axes = figure.panel(network.title)
    analysis.draw_similarity(axes, network.study, network.experiment)
figure

# %% [markdown]
# Left of the dotted curve, the same similarity costs more multiply-adds than the number of weights says. After the last
# iteration:

# %%
Table.of(analysis.at_the_end(networks), cards=True, nothing=ABSENT)

# %% [markdown]
# *Fewer multiply-adds* is the theoretical speed-up: those of convolutions and of the output layer, divided by
# those of weights that survive. As is usual, batch normalisation, ReLU and pooling do not count. Every point:

# %% tags=["hide-output"]
for network in networks:
    points = analysis.by_iteration(network.study, network.experiment)
    print(network.title)
    print(text_table(points, digits=2), end="\n\n")

# %% [markdown]
# ## On disk
#
# Bytes are saved without any special runtime, while a network is stored or sent. *Bits and values* keeps one
# bit for each prunable weight and the values of those left, in single precision. *At least* needs as few bits as
# can say which weights are left: no code does better on masks without further pattern.

# %%
Table.of(analysis.size_table(networks), cards=True, nothing=ABSENT)

# %% [markdown]
# ## Silent channels
#
# A dense kernel gains only from what is gone. `lib.pruning.compact` removes for good the channels that a network
# does not need, with the same output. The table says how many channels are silent on the study's images after the
# last iteration, and what they take at most: their own filters, and all that reads them. In ResNet_fast, training
# alone silences most of them.

# %%
Table.of(analysis.channel_table(networks), cards=True, nothing=ABSENT)

# %% [markdown]
# ## Time
#
# The figure has the time of pruned networks, as a share of the complete network's, for four ways to run them. *Masked* ones are run as they are. *Sparse matrices* multiply the surviving weights alone, each convolution being a
# sparse matrix (CSR) times the unfolded images. *ONNX Runtime* runs masked networks, and is compared with itself.

# %%
times, on_gpu = timing.benchmark(), timing.benchmark_on_gpu()

# %% [markdown]
# :::{figure-title} fig-zeros-time
# :expects: zeros-faster-sparse = holds at times; zeros-faster-sparse-{gpu,batches} = does not hold
# Sparse matrices save time for single images on a processor alone
# :::

# %% mystnb={"figure": {"name": "fig-zeros-time", "caption": "Time of the most pruned networks as a share of the complete network's, on a logarithmic axis: medians, and lines from the lower to the upper quartile. Left of the vertical line a pruned network is faster. ONNX Runtime was not run on the GPU."}}
figure = PanelFigure("zeros-time")
axes = figure.panel("On a processor", left=0.5, height=1.3)
timing.draw_times(axes, times)
axes = figure.panel("On an NVIDIA H200", left=0.5, height=1.3)
timing.draw_times(axes, on_gpu)
figure

# %% tags=["hide-output"]
Table.of(timing.time_table(times), cards=True)

# %% tags=["hide-output"]
Table.of(timing.time_table(on_gpu), cards=True)

# %% [markdown]
# The slim VGG16_BN is a trained network of {doc}`converged`. The other masks **were made for timing**: each layer has the
# share of weights that pruning left there, or in VGG_SVHN after twenty prunings at the paper's pace, at random places, and
# as many filters without weights as it left silent channels. All took turns on one thread of a busy processor: numbers
# are ratios of processor times, medians with quartiles.
#
# ONNX Runtime is faster for the complete network already. Memory is what a pass takes at its highest; unfolding costs
# several times as much of it.

# %% tags=["hide-output"]
Table.of(timing.runtime_table(times), cards=True)

# %% [markdown]
# Runtimes whose sparse kernels need the zeros in a pattern were not measured.
# `python -m benchmarks.zeros` measures again, on your own study's networks and on a GPU as well.
#
# What the findings above rest on is decided here:

# %%
record(*map(analysis.decided_operations, networks), *map(analysis.decided_cut, networks))
everywhere = pd.concat([times, on_gpu])
record(*(timing.decided_faster(everywhere, way) for way in timing.RUN_BY))
asked = [(way, among) for way in ("sparse", "compacted") for among in timing.AMONG]
record(*(timing.decided_faster(everywhere, *case) for case in asked))

cut = {network.key: analysis.cuttable(network.study, network.experiment) for network in networks}
glue(**{f"zeros_cut-{key}": percent(most.mean, 1) for key, most in cut.items()})
least = {"sparse": times["sparse"], "compacted": times.compacted, "compacted-gpu": on_gpu.compacted}
glue(**{f"zeros_{key}": percent(shares.min(), 0) for key, shares in least.items()})

# %% [markdown]
# ## Exercises
#
# **1.** A hundredth of the weights is left. What takes more bytes in *bits and values*, the bits or the values?
#
# :::{dropdown} Answer
# The bits: one for each weight, while the values take 32 bits for one weight in a hundred, or 0.32 for each.
# :::
#
# **2.** Why does pruning save fewer multiply-adds than weights?
#
# :::{dropdown} Answer
# Most weights go in late layers, where each is used at few positions.
# :::
