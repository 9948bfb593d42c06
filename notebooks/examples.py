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
# # Four comparisons
#
# **What would I learn about *my* networks?**
#
# People ask four questions about two networks: after pruning, before they replace an architecture, when
# two trainings should have given the same result, and before they ship a smaller copy. Each takes a few
# lines. Where a control is needed to read the answer, it is there too. {doc}`your_own` says what else
# `compare_networks` takes.
#
# :::{note}
# All numbers on this page come from *toys*, which train in seconds while the page is made. There is
# one network of each kind, so the numbers show how to read such an answer, and not what is true of
# other networks. The line at the head of the page is about the measured numbers in the other
# chapters.
# :::

# %% tags=["parameters"]
# Every section is given the results folder. This one needs no measured number and leaves it unread.
results = "results"

# %% tags=["remove-cell"]
import copy
import warnings

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.ao.quantization import quantize_dynamic
from torch.nn.utils import prune

from lib import compare_networks
from lib.analyses.examples import analysis
from lib.book.findings import Decided, record
from lib.book.report.figure import PanelFigure
from lib.book.report.format import number, percent
from lib.book.report.heatmap import draw_heatmap
from lib.book.report.page import glue
from lib.book.report.tables import Table

# %% [markdown]
# ## The networks
#
# All of them classify the handwritten digits that come with scikit-learn, 8 × 8 pixels each. They
# learn from 1,297 of these, and are compared on the 500 others. The ResNet-18 consists of
# torchvision's blocks, with a quarter of the channels and a first layer for small images. The two
# vision transformers are torchvision's, with four blocks, and differ in their seeds. Each quarter of an
# image is a token, and a class token comes before these four.

# %%
# so that every machine gives this page the same numbers; yours can be of any precision
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

digits = load_digits()
images = torch.tensor(digits.images[:, None])
images = (images - images.mean()) / images.std()
labels = torch.tensor(digits.target)
training = images[:1297], labels[:1297]
probe, classes = images[1297:], labels[1297:]

resnet = analysis.small_resnet(seed=0)
analysis.train_on_digits(resnet, *training, epochs=2, rate=0.003, seed=0)
vit = analysis.small_transformer(seed=0)
analysis.train_on_digits(vit, *training, epochs=12, rate=0.005, seed=0)
other_vit = analysis.small_transformer(seed=1)
other_vit = analysis.train_on_digits(other_vit, *training, epochs=12, rate=0.005, seed=1)

# %%
networks = {"ResNet-18": resnet, "transformer": vit, "transformer, another seed": other_vit}
answers = {name: analysis.predicted(network, probe) for name, network in networks.items()}
right = {name: analysis.share_true(given == classes) for name, given in answers.items()}
rows = [(name, percent(accuracy)) for name, accuracy in right.items()]
Table(["Network", "Right answers"], rows, numeric=["Right answers"])

# %% [markdown]
# ## Does retraining bring a pruned network back?
#
# :::{finding}
# :expects: examples-retraining-answers = more; examples-retraining-layers = all; examples-training-alone = most
# Retraining brings back the answers, not the layers. Right answers go from {glue:text}`pruned_right:s` up
# to {glue:text}`retrained_right:s`, yet all layers after the stem move further from their counterparts.
# Training alone moves most of them as far: without this control, pruning would get the blame.
# :::
#
# PyTorch's own pruning sets the smallest 80 % of the weights of all convolutions to zero. Then the
# network is trained for one more epoch. The training is an ordinary loop, and the mask stays in place.

# %%
STAGES = ["stem", "layer1", "layer2", "layer3", "layer4", "fc"]

pruned = copy.deepcopy(resnet)
convolutions = [module for module in pruned.modules() if isinstance(module, nn.Conv2d)]
weights = [(convolution, "weight") for convolution in convolutions]
prune.global_unstructured(weights, prune.L1Unstructured, amount=0.8)
just_pruned = compare_networks(resnet, pruned, probe, STAGES)
pruned_right = analysis.share_true(analysis.predicted(pruned, probe) == classes)

analysis.train_on_digits(pruned, *training, epochs=1, rate=0.003, seed=1)
retrained = compare_networks(resnet, pruned, probe, STAGES)
retrained_right = analysis.share_true(analysis.predicted(pruned, probe) == classes)

# %% [markdown]
# The control is the complete network, trained for the same epoch without pruning.

# %%
trained_on = copy.deepcopy(resnet)
analysis.train_on_digits(trained_on, *training, epochs=1, rate=0.003, seed=1)
control = compare_networks(resnet, trained_on, probe, STAGES)

tables = {"pruned": just_pruned, "retrained": retrained, "trained as long": control}
by_layer = analysis.side_by_side(tables)
Table.of(by_layer)

# %%
record(*analysis.decide_retraining(by_layer, pruned_right, retrained_right))
glue(pruned_right=percent(pruned_right), retrained_right=percent(retrained_right))

# %% [markdown]
# The complete network has {glue:text}`resnet_right:s` right answers.

# %% [markdown]
# ## Does a transformer see what a ResNet sees?
#
# :::{finding}
# :expects: examples-all-positions = stem and patches; examples-mean = layer4 and heads
# That depends on what becomes of the positions. With all of them the first layers are the most alike, since
# both still hold the image itself. With their mean, the last layers are.
# :::
#
# The two have no layers in common, so all pairs are compared. The layers also differ in form: the ResNet
# has maps of 8 × 8 to 1 × 1 positions, the transformer five tokens. CKA takes both, either with all
# positions side by side, or with their mean.

# %%
BLOCKS = [f"encoder.layers.encoder_layer_{i}" for i in range(4)]
SHORT = {"conv_proj": "patches", "heads": "heads"}
SHORT |= {block: f"block {i}" for i, block in enumerate(BLOCKS, start=1)}

layers = STAGES, ["conv_proj", *BLOCKS, "heads"]
asked = {"metrics": ["cka"], "reshapes": ["flat", "gap"]}
pairs = compare_networks(resnet, vit, probe, layers, **asked)
glue(pairs_null=float(pairs.null_mean.max()), pairs_least=float(pairs.value.min()))

# %% mystnb={"figure": {"name": "fig-examples-pairs", "caption": "CKA of all layers of the ResNet, from top to bottom, with all layers of the transformer, from left to right: with all positions or tokens side by side, and with their mean."}}
figure = PanelFigure("pairs")
for title, reshapes in (("All positions", ["flat"]), ("Their mean", ["mean", "gap"])):
    rows = pairs[pairs.reshape.isin(reshapes)]
    values = rows.pivot_table("value", "layer_x", "layer_y", sort=False).rename(columns=SHORT)
    axes = figure.panel(title, left=0.15, bottom=0.19)
    draw_heatmap(axes, values)
    x, y = values.stack().idxmax()
    highest = number(values.max().max())
    axes.set_label(f"highest for {x} and {y}, {highest}")
    key = f"examples-{title.lower().replace('their ', '').replace(' ', '-')}"
    record(Decided(key, f"the most alike layers, by CKA: {title.lower()}", highest, f"{x} and {y}"))
figure

# %% [markdown]
# Even the lowest of these values, {glue:text}`pairs_least:.2f`, is far from chance: shuffled images give at
# most {glue:text}`pairs_null:.2f`.

# %% [markdown]
# ## Do two trainings end in the same network?
#
# :::{finding}
# :expects: examples-seeds-cls = rises; examples-seeds-flat = falls; examples-seeds-tokens = falls; examples-seeds-mean = falls
# Only in what leads to the answer: their class tokens become more alike from block to block, and all the
# rest less. So say which tokens a number is about.
# :::
#
# The two transformers differ only in their seeds. What is compared is up to you: the tokens one below
# the other (`tokens`), side by side (`flat`), their mean (`mean`), or the class token alone (`cls`), which
# is all that the head reads.

# %%
asked = {"metrics": ["cka"], "reshapes": ["flat", "tokens", "mean", "cls"]}
seeds = compare_networks(vit, other_vit, probe, BLOCKS, **asked)
by_reshape = seeds.pivot_table("value", "layer_x", "reshape", sort=False).rename(index=SHORT)
for reshape, values in by_reshape.items():
    measured = f"{number(values.iloc[0])} in block 1, {number(values.iloc[-1])} in block 4"
    words = f"CKA of two seeds from block to block: {reshape}"
    record(Decided(f"examples-seeds-{reshape}", words, measured, analysis.block_trend(values)))
Table.of(by_reshape.rename_axis("Layer").rename_axis(None, axis=1))

# %%
same = answers["transformer"] == answers["transformer, another seed"]
glue(agree=percent(analysis.share_true(same)), resnet_right=percent(right["ResNet-18"]))

# %% [markdown]
# Both give the same class to {glue:text}`agree:s` of the images, and only what leads to the class has to
# agree: no answer depends on the other tokens of the last block.

# %% [markdown]
# ## Does quantisation change anything?
#
# :::{finding}
# :expects: examples-quantised-layers = below a hundredth; examples-quantised-answers = above 99 %
# Hardly anything. By all four metrics and in all layers the copy is less than a hundredth as far from
# the original as a network from another seed, and it gives the same class to more than 99 % of the images.
# :::
#
# PyTorch's dynamic quantisation keeps the weights of linear layers in 8 bits, and rounds their inputs.
# In this transformer these are the two layers after the attention in each block, and the head.

# %%
warnings.filterwarnings("ignore", "torch.ao|torch.quantize")  # deprecated

layers = [*BLOCKS, "heads"]
full = copy.deepcopy(vit).float()
quantised = quantize_dynamic(full, {nn.Linear}, dtype=torch.qint8)
smaller = compare_networks(full, quantised, probe.float(), layers)
same = analysis.predicted(full, probe.float()) == analysis.predicted(quantised, probe.float())

# %% [markdown]
# The control is the transformer from the other seed.

# %%
another = compare_networks(vit, other_vit, probe, layers)
table = analysis.side_by_side({"8 bits": smaller, "another seed": another})
Table.of(table.rename(index=SHORT))

# %%
record(*analysis.decide_quantised(smaller, another, same))
