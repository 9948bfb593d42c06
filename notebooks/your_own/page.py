# %% [markdown]
# # Your own networks
#
# **How similar is *my* pruned network to its original, and to strangers?**
#
# One call compares each pruned version of your network with the original and with *strangers*, networks trained like the original
# from other seeds. Another call compares any two PyTorch networks, layer by layer. A command makes a page of such a comparison.

# %% tags=["parameters"]
npz = ""

# %% tags=["remove-cell"]
from lib import report as r

r.use_style()

# %% [markdown]
# ## Follow a network through its pruning
#
# Replace this small network by yours, and `fit` by your training function, which must keep pruned weights at zero:

# %%
from copy import deepcopy
from functools import partial

from lib import compare_levels, plot_levels
from lib.pruning import iterative_magnitude_pruning
from notebooks.your_own.networks import fit, load, trained

data = load(npz)
original, *strangers = (trained(data, seed) for seed in range(3))

# %%
train, shares = partial(fit, data=data), (0.5, 0.2, 0.08, 0.03)
levels = iterative_magnitude_pruning(deepcopy(original), train, shares, keep=["out"])
table = compare_levels(original, levels, data.x_test, strangers=strangers, metrics="cka")

# %% mystnb={"figure": {"name": "fig-levels", "caption": "CKA of the pruned versions of a small network with their original (solid) and with strangers (dotted: mean; band: from the least to the most similar stranger), on digits. Means over the layers."}, "image": {"alt": "From 50 to 3 % of the weights left, the solid line falls towards the band of strangers, which falls less."}}
axes = plot_levels(table.round(4))

# %% [markdown]
# `iterative_magnitude_pruning` removes the smallest weights, trains the others, and repeats. `compare_levels` compares the network
# at each *level*, a share of weights left, before it asks for the next.
#
# The values in the table below are relative similarities, `relative`: 0 is as similar to strangers as to the original, 1 is
# identical to the original.

# %%

table.pivot_table("relative", "layer_x", "level", sort=False).map(r.number)

# %% [markdown]
# Pruning removes weights of convolutions and linear layers, except in the layers that `keep` names, here the output. It keeps the
# values of the weights left, as in the paper; `rewind=` sets them to earlier values. All arguments: {ref}`functions`.
# The whole method without `lib`: {doc}`nano_imp`.
#
# **Your network is already pruned?** Give `compare_levels` pairs of level and network, pruned by `torch.nn.utils.prune` or any
# other package. `Mask.of_zeros` finds the mask.
#
# **You have images?** Copy the network and its training loop from `notebooks/your_own/networks.py`, or, for a ResNet of torchvision
# and folders of images, `notebooks/your_own/nets.py`. Or run this page on an `.npz` file with `x_train`, `y_train`, `x_test` and
# `y_test`:
#
# ```sh
# .venv/bin/python -m lib.book.execute notebooks/your_own/page.py mine.ipynb -p npz=mine.npz
# ```
#
# ## Does pruning change the network, or further training?
#
# A training-only control tells. It is trained as often as the pruned network, but its share of weights left stays 1.

# %% mystnb={"figure": {"name": "fig-control", "caption": "As above. The dashed line is CKA of the training-only control with the original."}, "image": {"alt": "From 50 to 3 % of the weights left, the dashed line stays level. The solid line starts above the dashed one and falls towards the band of strangers."}}
whole = iterative_magnitude_pruning(deepcopy(original), train, [1] * len(shares), keep=["out"])
controls = zip(shares, (network for _, network, _ in whole), strict=True)
control = compare_levels(original, controls, data.x_test, metrics="cka", say=None)
axes = plot_levels(table.round(4))
plot_levels(control.round(4), axes, linestyle="--", label="training-only control")
legend = axes.legend()

# %% [markdown]
# ## Stop and resume
#
# These lines save one file per level. Run again after an interruption, they resume from the last file, since pruning reads the
# mask from the zeros of the network.
#
# ```python
# from pathlib import Path
#
# import torch
# from lib import compare_levels, plot_levels
# from lib.pruning import iterative_magnitude_pruning
# from notebooks.your_own.networks import accuracy, fit, load, trained
#
# data = load()
# original, stranger = trained(data), trained(data, seed=1)
#
#
# def train(network, mask):
#     fit(network, mask, data)
#
#
# def pruned(network):
#     for level in (0.5, 0.25, 0.125):
#         file = Path(f"level_{level}.pt")
#         if file.exists():
#             network.load_state_dict(torch.load(file, weights_only=True))
#         else:
#             next(iterative_magnitude_pruning(network, train, [level], keep=["out"]))
#             torch.save(network.state_dict(), file)
#         print(level, accuracy(network, data))
#         yield level, network
#
#
# table = compare_levels(original, pruned(trained(data)), data.x_test, strangers=[stranger])
# plot_levels(table).figure.savefig("levels.pdf")
# ```
#
# The numbers are bit-identical to those of an uninterrupted run if `train` seeds its random numbers and restarts its schedule at
# each level. With `rewind=`, save the earlier weights too. Remove an incomplete file.
#
# Comparisons resume, too: `compare_levels(original, levels, images, folder="levels")` keeps the table of each level as a CSV file in
# the folder `levels`, and compares no level again whose networks, images and settings are the same.
#
# ## Compare two networks
#
# Replace the two networks and the folder of images by yours:
#
# ```python
# from lib import compare_networks
# from torchvision.models import resnet18
#
# similar = compare_networks(resnet18(), resnet18(), "images/test", image_size=64)
# print(similar.pivot_table("value", "layer_x", "metric", sort=False).round(2))
# ```
#
# The table has one row for each similarity. `.pivot_table` gives layers as rows, in forward order, and metrics as columns.
#
# **In a project of your own**, `pip install path/to/this/repository`, and write `pruned_representations` in place of `lib`. The
# package needs PyTorch 2.4 or newer and Python 3.11 to 3.14; only the book, with its locked versions, needs 3.11.5 to 3.13.
#
# ## Make a page of two networks
#
# ```sh
# make compare A=resnet18 A_WEIGHTS=DEFAULT \
#     B=nets.py:pruned B_WEIGHTS=pruned.pt IMAGES=images/test
# ```
#
# The command writes a page to `_build/compare`, with a figure and tables of similarities, nulls and relative similarities, and
# beside it all numbers as a CSV file. Meanwhile, it says what it makes and compares, and how long that still takes.
#
# - **Networks**: the name of a torchvision classifier, or `file.py:function`, a function without arguments that returns the
#   network, such as those in `notebooks/your_own/nets.py`. The file runs with all your permissions: take one only from people
#   you trust.
# - **Weights**: a safetensors file, a file written by `torch.save(network.state_dict(), file)`, or torchvision's name, such as
#   `DEFAULT`. If a checkpoint has several sets of weights, name one, `last.pt:ema`. Reading weights never runs code. Masks of
#   `torch.nn.utils.prune` are applied.
# - **Images**: all images in a folder, its subfolders and the folders that it links to. The command says which files it leaves out,
#   and to which size it brings the images. It normalises them by ImageNet's statistics. If your network
#   needs other statistics, let the function return a module that first undoes this normalisation. `SIZE=64` sets height and
#   width. Take images that no network was trained on, and more images than a layer has channels.
# - **Strangers**: `STRANGERS="nets.py:one nets.py:another"` names networks trained like A, from other seeds; a name with
#   blanks needs quotes of its own.
# - **Layers**: `LAYERS="layer1 fc"` names layers of both networks; `LAYERS="layer1; encoder"` compares each layer of A named before
#   the semicolon with each layer of B named after it.
#
# `CORES=4` uses four processor cores. The command uses a GPU if there is one, except for quantised networks.
#
# ## Read the table
#
# :::{dropdown} Columns
# | Column | Meaning |
# | --- | --- |
# | `layer_x`, `layer_y` | the layer of the first network, and that of the second |
# | `kind` | what the first layer is: `conv`, `fc`, `pool`, `block`, …, or `out` if it gives the output |
# | `layout_x`, `layout_y` | the dimensions of the outputs, such as `(n, c, h, w)` |
# | `metric`, `reshape`, `value` | the metric, its matrix ({ref}`more <matrices>`) and the similarity |
# | `ci_low`, `ci_high` | for CKA of 400 images or more, the 95 % interval over images ({ref}`more <interval-of-images>`) |
# | `null_mean`, `null_sd`, `p_value` | the null's mean and standard deviation, if `permutations` is set; the p-value, if `permutations` is at least 20 |
# | `relative`, `relative_low`, `relative_high` | the relative similarity, and its values for the most and the least similar stranger |
# | `stranger_1`, … | the similarity of a stranger to the second network |
# | `rank_x`, `rank_y`, `dead_x`, `dead_y` | the number of directions in which the outputs vary, and the number of dead channels |
# | `note`, `ci_note` | why a number or an interval is missing, and what to do |
# :::
#
# `plot_layers(similar)` draws a line for each metric, and `plot_pairs` a map of all pairs of layers. Like `plot_levels`, they
# return axes of matplotlib: `plot_pairs(table).figure.savefig("pairs.pdf")`. {ref}`Functions <functions>` has the arguments for two
# architectures, images in other forms, tokens and groups.
#
# **If memory is short**, the call reads the images several times: `memory` limits what it holds at a time, by default to 2 GiB. A
# layer that does not fit has no value, and `note` says how much it needs. Images from an iterator all stay in memory.
#
# ## What may go wrong
#
# Four things raise no error:
#
# - **Channels at the end**, (n, h, w, c). `layout_x` shows how the call read a layer. If it misread a module of your own, write
#   `layers=["block@last"]`.
# - **A module that is called several times, or gives several tensors.** Only the first counts, as `note` says. Give each call a
#   module of its own; `"block:1"` names the second tensor.
# - **A GPU.** Move both networks to it before you call `Mask.complete`; for training, move the images, too.
# - **A network that decides in Python**, for example which blocks to skip. A study on a GPU records one training step and replays
#   it, so the network repeats the decision of that step. Give the class of such a network the attribute `capturable = False`.
#
# To make your network or data part of the study, see "Where to add something" in `CONTRIBUTING.md`. Images must be arrays in
# a file `<name>.npz`, like those of CIFAR-10 ({doc}`run_it`).
#
# **What to take away.** With each value, report two references: the similarity to strangers, and the training-only control's
# similarity to its original.
