# %% [markdown]
# # Your own networks
#
# **How similar is *my* network to its pruned self, and is that more than it is to a stranger?**
#
# One call compares a network with itself at each level of its pruning. Three lines compare any two PyTorch networks, layer by
# layer, and one command makes a page of them.

# %% tags=["parameters"]
npz = ""

# %% tags=["remove-cell"]
from lib.report import use_style

use_style()

# %% [markdown]
# ## From level to level
#
# Put your own network in place of this small one, and your own function that trains what the mask leaves of it:

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

# %% mystnb={"figure": {"name": "fig-levels", "caption": "CKA of a small network with itself after pruning, on digits (solid), and of strangers with the same pruned network: their mean (dotted), and the band from the least to the most similar. Means over the layers."}, "image": {"alt": "From 50 to 3 % of the weights left, the solid line falls towards the band of strangers, which falls less."}}
axes = plot_levels(table.round(4))

# %% [markdown]
# `iterative_magnitude_pruning` removes the smallest weights of all hidden layers together, has the rest trained, and goes on;
# `compare_levels` compares what it gives before it asks for more. The strangers are complete networks from other seeds. Each row
# of the table is a layer at a level, with its relative similarity, `place`: 0 is as similar as strangers, 1 is identical.

# %%
from lib.report import number

table.pivot_table("place", "level", "layer_x", sort=False).map(number)

# %% [markdown]
# What is not said is chosen as in the paper: survivors keep their values; `rewind=` gives them earlier ones. Only the weights
# of convolutions and linear layers are pruned, and `keep` names the layers to spare, here the output layer.
# {ref}`Functions <functions>` has the details, `Pruning` other ways to choose, and {doc}`nano_imp` the whole method in one
# file. A network that was pruned by `torch.nn.utils.prune` or by another package will do as well: `Mask.of_zeros` is its mask,
# and `compare_levels` takes pairs of a level and a network.
#
# The network and the loop that trains it are in `notebooks/your_own/networks.py`, which is there to be copied. This page also
# takes images of yours, a file `.npz` with `x_train`, `y_train`, `x_test` and `y_test`:
#
# ```sh
# .venv/bin/python -m lib.book.execute notebooks/your_own/page.py mine.ipynb -p npz=mine.npz
# ```
#
# ## Does pruning do this, or training?
#
# A *training-only control* is trained for as long, and keeps all of its weights: its levels are 1.

# %% mystnb={"figure": {"name": "fig-control", "caption": "The same, and the original beside a network that was trained for as long without pruning (dashed)."}, "image": {"alt": "From 50 to 3 % of the weights left, the dashed line stays level, and the solid line falls from above it towards the band of strangers."}}
kept = iterative_magnitude_pruning(deepcopy(original), train, [1] * len(shares), keep=["out"])
as_long = zip(shares, (network for _, network, _ in kept), strict=True)
control = compare_levels(original, as_long, data.x_test, metrics="cka", say=None)
axes = plot_levels(table.round(4))
plot_levels(control.round(4), axes, linestyle="--", label="training-only control")
legend = axes.legend()

# %% [markdown]
# ## Stop, and go on
#
# A pruned network is all that the next level needs, since its zeros are the first to go. So one file for each level is
# enough: whatever stops this, the same lines go on after the last level that was saved.
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
# The numbers are bit for bit those of a run that nothing stopped, if `train` sets the seed of all that it draws, and begins its
# schedule anew at each level. With `rewind=`, keep that state in a file as well. A file that was cut short while it was written
# cannot be read: remove it.
#
# ## Two networks in three lines
#
# Put your own networks in place of these two, and a folder of your own images:
#
# ```python
# from lib import compare_networks
# from torchvision.models import resnet18
#
# similar = compare_networks(resnet18(), resnet18(), "images/test", image_size=64)
# print(similar.pivot_table("value", "layer_x", "metric", sort=False).round(2))
# ```
#
# The table is long, a row for each number. `.pivot_table` makes of it what one reads: layers down in forward order, and
# metrics across.
#
# **In a project of your own**, `pip install path/to/this/repository`, and write `pruned_representations` in place of
# `lib` ({ref}`functions` lists what it has). It needs Python 3.11 to 3.14 and PyTorch 2.4 or newer.
#
# ## One command
#
# ```sh
# make compare A=resnet18 A_WEIGHTS=DEFAULT \
#     B=nets.py:pruned B_WEIGHTS=pruned.pt IMAGES=images/test
# ```
#
# It executes `notebooks/your_own/compare.py` on these two, and leaves it as one file in `_build/compare`: tables of the
# similarities, their nulls and places, and a figure.
#
# - **Networks** are given by the name of one of torchvision's classifiers, or as `file.py:function`, a function without
#   arguments that returns one. A file such as `nets.py` is executed with all that you may do yourself: take one only from
#   people whom you trust. `notebooks/your_own/networks.py` is an example: it trains a network and prunes it.
# - **Weights** come from safetensors, from `torch.save(network.state_dict(), file)`, or by torchvision's name such as
#   `DEFAULT`. Nothing in these files is executed. Masks of `torch.nn.utils.prune` are applied.
# - **Images** are those in a folder and in the folders inside it, normalised by the statistics of ImageNet. If your
#   network was trained with others, let the function return a module that undoes this first. `SIZE=64` is their height
#   and width. Take images that no network was trained on, and more of them than a layer has channels.
# - **Strangers**: `STRANGERS="nets.py:one nets.py:another"` are other complete networks of the kind of A.
# - **Layers**: `LAYERS="layer1 fc"`, or `LAYERS="layer1; encoder"` for those of A and of B, which are then compared by
#   all pairs.
#
# `CORES=4` takes as many processor cores. A GPU is used where there is one, except for quantised networks.
#
# ## The table of `compare_networks`
#
# Each row of the table is one number:
#
# | column | what it says |
# | --- | --- |
# | `layer_x`, `layer_y`, `kind` | which layer of the first network, and which of the second |
# | `layout_x`, `layout_y` | the dimensions of their outputs as they were read, such as `(n, c, h, w)` |
# | `metric`, `reshape`, `value` | the similarity, and what became of positions or tokens ({doc}`methods`) |
# | `ci_low`, `ci_high` | the interval over images (95 %), which CKA has from 400 images on ({ref}`more <interval-of-images>`) |
# | `null_mean`, `null_sd`, `p_value` | the null, if `permutations` ask for it, 20 or more of them for a p-value; the mean of that of CKA of whole maps is always there |
# | `place`, `place_low`, `place_high` | with strangers: where the value lies on the way from them to identical |
# | `stranger_1`, ... | their own values, beside the same network |
# | `rank_x`, `rank_y`, `dead_x`, `dead_y` | directions that vary, and columns that don't |
# | `note` | why there is no value or no null, and what to do; or what speaks against it, such as directions that are lost beside much larger ones |
# | `ci_note` | why a value has no interval |
#
# **Images** may be a folder, a tensor, a `DataLoader` or another iterable of batches, and more than fit into memory.
# **Layers** are named as PyTorch names modules, `layers=["layer1", "fc"]`. **Two architectures** are compared by the pairs
# that you say, `layers={"layer1": "encoder", "fc": "head"}`, or by all of them, `pairs="all"`. For tuples,
# groups of images, tokens, dicts and graphs see {ref}`its arguments <functions>`. `device="cuda"` computes on a GPU.
#
# `plot_layers(similar)` draws a line for each metric, with its intervals, and `plot_pairs` a map of all pairs of
# layers. Both return axes of matplotlib, as `plot_levels` does: `plot_pairs(table).figure.savefig("pairs.pdf")`.
#
# ## More images than fit into memory
#
# `memory` bounds what is kept, 2 GiB unless you say otherwise. The images are read again for layers that it does not hold.
# A layer that does not fit has no value, and `note` says how much it needs. Images that come only once, from an iterator,
# are kept.
#
# ## What may go wrong
#
# - **"… returns NoneType, not a tensor"**, or another type. Record a module inside that one.
# - **"… gives other values for the same images in another batch".** The network is random even in evaluation mode.
# - **"… stays in training mode, or normalises by the batch".** An image would have another representation in each batch.
#   Let the layer keep running statistics.
# - **"… want images first".** Recurrent layers and transformers need `batch_first=True`.
# - **Channels at the end**, (n, h, w, c). They are recognised after PyTorch's linear layers and layer normalisation and
#   torchvision's `Permute`, and in blocks that keep their shape. For a module of your own, say `layers=["block@last"]`;
#   `layout_x` in the table has how each layer was read.
# - **A module that is called several times** in one pass. Its first output counts, and `note` says so. Give each call a
#   module of its own to compare the others.
# - **On a GPU.** Both networks have to be on one device, and in training your images too, before `Mask.complete`.
# - **A network that decides in Python.** In a study on a GPU, a training step is captured once and replayed, so a
#   choice of the forward pass, such as which blocks to skip, would be made once and for all. Give the class of such a
#   network the attribute `capturable = False`.
#
# To make your network or data part of the study itself, see "Where to add something" in `CONTRIBUTING.md`. The images
# must then fit into memory: they are arrays in one file, `<name>.npz`, in the form that {doc}`run_it` gives for
# CIFAR-10.
