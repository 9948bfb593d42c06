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

# %% [markdown]
# ## The networks
#
# All of them classify the handwritten digits that come with scikit-learn, 8 × 8 pixels each. They
# learn from 1,297 of these, and are compared on the 500 others. The ResNet-18 consists of
# torchvision's blocks, with a quarter of the channels and a first layer for small images. The two
# vision transformers are torchvision's, with four blocks, and differ in their seeds. Each quarter of an
# image is a token, and a class token comes before these four.

# %% tags=["hide-input"]
import copy
import warnings
from collections import OrderedDict

import numpy as np
import pandas as pd
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn.utils import prune
from torch.optim.lr_scheduler import OneCycleLR
from torchvision.models import VisionTransformer
from torchvision.models.resnet import BasicBlock

from lib import compare_networks
from lib.book.report.figure import PanelFigure
from lib.book.report.format import number, percent
from lib.book.report.names import METRICS
from lib.book.report.page import glue
from lib.book.report.tables import Table

# so that every machine gives this page the same numbers; yours can be of any precision
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

digits = load_digits()
images, labels = torch.tensor(digits.images[:, None]), torch.tensor(digits.target)
images = (images - images.mean()) / images.std()
probe, classes = images[1297:], labels[1297:]


def train(network, epochs, rate, seed):
    torch.manual_seed(seed)
    batches = [torch.randperm(1297).split(50) for _ in range(epochs)]
    optimiser = torch.optim.Adam(network.parameters(), rate)
    schedule = OneCycleLR(optimiser, rate, epochs=epochs, steps_per_epoch=len(batches[0]))
    network.train()
    for batch in (batch for epoch in batches for batch in epoch):
        loss = nn.functional.cross_entropy(network(images[batch]), labels[batch])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return network.eval()


def answers(network, images=probe):
    with torch.no_grad():
        return network(images).argmax(1)


def share(these):
    return float(these.double().mean())


def convolution(inputs, outputs, size, stride=1):
    weights = nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, bias=False)
    return [weights, nn.BatchNorm2d(outputs)]


def stage(inputs, outputs):
    shortcut = nn.Sequential(*convolution(inputs, outputs, 1, 2)) if outputs > inputs else None
    first = BasicBlock(inputs, outputs, 2 if shortcut else 1, shortcut)
    return nn.Sequential(first, BasicBlock(outputs, outputs))


def new_resnet(seed):
    torch.manual_seed(seed)
    layers = {"stem": nn.Sequential(*convolution(1, 16, 3), nn.ReLU()), "layer1": stage(16, 16)}
    layers |= {f"layer{i}": stage(2 ** (i + 2), 2 ** (i + 3)) for i in (2, 3, 4)}
    layers |= {"gap": nn.AdaptiveAvgPool2d(1), "flat": nn.Flatten(), "fc": nn.Linear(128, 10)}
    return nn.Sequential(OrderedDict(layers))


def new_transformer(seed):
    torch.manual_seed(seed)
    network = VisionTransformer(8, 4, 4, 4, 32, 64, num_classes=10)
    network.conv_proj = nn.Conv2d(1, 32, 4, 4)  # one channel instead of three
    return network


resnet = train(new_resnet(0), epochs=2, rate=0.003, seed=0)
vit, other_vit = (train(new_transformer(s), epochs=12, rate=0.005, seed=s) for s in (0, 1))

networks = {"ResNet-18": resnet, "transformer": vit, "transformer, another seed": other_vit}
right = {name: percent(share(answers(network) == classes)) for name, network in networks.items()}
Table(["Network", "Right answers"], [*right.items()], numeric=["Right answers"])

# %% [markdown]
# ## Does retraining bring a pruned network back?
#
# PyTorch's own pruning sets the smallest 80 % of the weights of all convolutions to zero. Then the
# network is trained for one more epoch. `train` is an ordinary loop, and the mask stays in place.

# %%
STAGES = ["stem", "layer1", "layer2", "layer3", "layer4", "fc"]

pruned = copy.deepcopy(resnet)
convolutions = [m for m in pruned.modules() if isinstance(m, nn.Conv2d)]
weights = [(convolution, "weight") for convolution in convolutions]
prune.global_unstructured(weights, prune.L1Unstructured, amount=0.8)
just_pruned = compare_networks(resnet, pruned, probe, STAGES)
pruned_right = share(answers(pruned) == classes)

train(pruned, epochs=1, rate=0.003, seed=1)
retrained = compare_networks(resnet, pruned, probe, STAGES)
retrained_right = share(answers(pruned) == classes)

# %% [markdown]
# The control is the complete network, trained for the same epoch without pruning.

# %%
trained_on = train(copy.deepcopy(resnet), epochs=1, rate=0.003, seed=1)
control = compare_networks(resnet, trained_on, probe, STAGES)

# %% tags=["hide-input"]
found = {"pruned": just_pruned, "retrained": retrained, "trained as long": control}
columns = {
    f"{METRICS[metric]}, {when}": table[table.metric == metric].set_index("layer_x").value
    for metric in ("svcca", "cka")
    for when, table in found.items()
}
glue(
    pruned_right=percent(pruned_right),
    retrained_right=percent(retrained_right),
    resnet_right=right["ResNet-18"],
)
Table.of(pd.DataFrame(columns).rename_axis("Layer"))

# %% [markdown]
# Retraining brings back the answers, not the layers. After pruning, {glue:text}`pruned_right:s` of the
# answers are right, and after retraining {glue:text}`retrained_right:s`; the complete network has
# {glue:text}`resnet_right:s`. Yet retraining has moved the layers after the stem further away from their
# counterparts. One more epoch without any pruning moves most layers as far or further. So most of what this comparison shows
# is the training, and without the control pruning would get the blame.
#
# ## Does a transformer see what a ResNet sees?
#
# The two have no layers in common, so all pairs are compared. The layers also differ in form: the ResNet
# has maps of 8 × 8 to 1 × 1 positions, the transformer five tokens. CKA takes both, either with all
# positions side by side, or with their mean.

# %%
BLOCKS = [f"encoder.layers.encoder_layer_{i}" for i in range(4)]

layers = STAGES, ["conv_proj", *BLOCKS, "heads"]
asked = {"metrics": ["cka"], "reshapes": ["flat", "gap"]}
pairs = compare_networks(resnet, vit, probe, layers, **asked)

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-examples-pairs", "caption": "CKA of all layers of the ResNet, from top to bottom, with all layers of the transformer, from left to right: with all positions or tokens side by side, and with their mean."}}
figure = PanelFigure("pairs")
for title, reshapes in (("All positions", ["flat"]), ("Their mean", ["mean", "gap"])):
    of_reshape = pairs[pairs.reshape.isin(reshapes)]
    square = of_reshape.pivot_table("value", "layer_x", "layer_y", sort=False)
    square.columns = ["patches", *(f"block {i}" for i in (1, 2, 3, 4)), "heads"]
    axes = figure.panel(title, left=0.15, bottom=0.19)
    axes.grid(False)
    axes.pcolormesh(square.to_numpy(), cmap="viridis", vmin=0, vmax=1)
    for (i, j), value in np.ndenumerate(square.to_numpy()):
        colour = "#111111" if value > 0.6 else "#fefefe"
        axes.text(j + 0.5, i + 0.5, number(value), color=colour, ha="center", va="center")
    axes.set_xticks(np.arange(6) + 0.5, square.columns, rotation=45)
    axes.set_yticks(np.arange(6) + 0.5, square.index)
    axes.invert_yaxis()
    x, y = square.stack().idxmax()
    axes.set_label(f"highest for {x} and {y}, {number(square.max().max())}")
glue(pairs_null=float(pairs.null_mean.max()), pairs_least=float(pairs.value.min()))
figure

# %% [markdown]
# That depends on what becomes of the positions. With all of them, the first layers are the most alike,
# since both still hold the image itself, and later layers share less and less. With the means, the last
# layers are the most alike. Even the lowest of these values, {glue:text}`pairs_least:.2f`, is far from
# chance: shuffled images give at most {glue:text}`pairs_null:.2f`.
#
# ## Do two trainings end in the same network?
#
# The two transformers differ only in their seeds. What is compared is up to you: the tokens one below
# the other (`tokens`), side by side (`flat`), their mean (`mean`), or the class token alone (`cls`), which
# is all that the head reads.

# %%
asked = {"metrics": ["cka"], "reshapes": ["flat", "tokens", "mean", "cls"]}
seeds = compare_networks(vit, other_vit, probe, BLOCKS, **asked)

# %% tags=["hide-input"]
glue(agree=percent(share(answers(vit) == answers(other_vit))))
by_reshape = seeds.pivot_table("value", "layer_x", "reshape", sort=False)
by_reshape.index = pd.Index([f"block {i}" for i in (1, 2, 3, 4)], name="Layer")
Table.of(by_reshape)

# %% [markdown]
# Their class tokens become more alike from block to block, and all the rest less. Both give the same
# class to {glue:text}`agree:s` of the images, and only what leads to the class has to agree: no answer
# depends on the other tokens of the last block. So say which tokens a number is about.
#
# ## Does quantisation change anything?
#
# PyTorch's dynamic quantisation keeps the weights of linear layers in 8 bits, and rounds their inputs.
# In this transformer these are the two layers after the attention in each block, and the head.

# %%
from torch.ao.quantization import quantize_dynamic

warnings.filterwarnings("ignore", "torch.ao|torch.quantize")  # deprecated

layers, small_probe = [*BLOCKS, "heads"], probe.float()
full = copy.deepcopy(vit).float()
quantised = quantize_dynamic(full, {nn.Linear}, dtype=torch.qint8)
smaller = compare_networks(full, quantised, small_probe, layers)
same = answers(full, small_probe) == answers(quantised, small_probe)

# %% [markdown]
# The control is the transformer from the other seed.

# %%
another = compare_networks(vit, other_vit, probe, layers)
assert (1 - smaller.value).max() < 0.01 * (1 - another.value).min()
assert share(same) > 0.99

# %% tags=["hide-input"]
columns = {
    f"{METRICS[metric]}, {what}": table[table.metric == metric].set_index("layer_x").value
    for metric in ("svcca", "cka")
    for what, table in (("8 bits", smaller), ("another seed", another))
}
table = pd.DataFrame(columns)
table.index = pd.Index([*by_reshape.index, "heads"], name="Layer")
Table.of(table)

# %% [markdown]
# Hardly anything. By all four metrics and in all layers the copy is less than a hundredth as far from
# the original as a network from another seed, and it gives the same class to more than 99 % of the
# images. Two assertions above would stop the page otherwise.
