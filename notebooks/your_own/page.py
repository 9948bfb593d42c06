# %% [markdown]
# # Your own networks
#
# **How similar is *my* network to its pruned self, and is a stranger less similar?**
#
# One call compares a network with itself at each level of its pruning. Three lines compare any two PyTorch networks by layer; one
# command makes a page of the results.

# %% tags=["parameters"]
npz = ""

# %% tags=["remove-cell"]
from lib.report import use_style

use_style()

# %% [markdown]
# ## From level to level
#
# Replace this small network by yours, and the function that trains the weights left by the mask:

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
# `iterative_magnitude_pruning` removes the smallest weights of all hidden layers together, trains the rest, and repeats;
# `compare_levels` compares each level before requesting the next. The strangers are complete networks from other seeds. Each row
# of the table is a layer at a level, with its relative similarity, `place`: 0 is as similar as strangers, 1 is identical.

# %%
from lib.report import number

table.pivot_table("place", "level", "layer_x", sort=False).map(number)

# %% [markdown]
# Defaults follow the paper: survivors keep their values; `rewind=` gives them earlier ones. Only the weights of convolutions and
# linear layers are pruned, and `keep` names the layers to spare, here the output layer. {ref}`Functions <functions>` has the
# details, `Pruning` has other criteria, and {doc}`nano_imp` has it all in one file. Networks pruned by `torch.nn.utils.prune` or
# another package also work: `Mask.of_zeros` gives the mask, and `compare_levels` takes (level, network) pairs.
#
# Copy the network and its training loop from `notebooks/your_own/networks.py`. This page also takes your images in an `.npz` file
# with `x_train`, `y_train`, `x_test` and `y_test`:
#
# ```sh
# .venv/bin/python -m lib.book.execute notebooks/your_own/page.py mine.ipynb -p npz=mine.npz
# ```
#
# ## Does pruning do this, or training?
#
# A *training-only control* trains equally long and keeps all its weights, so all its levels are 1.

# %% mystnb={"figure": {"name": "fig-control", "caption": "As above, with the original compared with a network trained as long without pruning (dashed)."}, "image": {"alt": "From 50 to 3 % of the weights left, the dashed line stays level, and the solid line falls from above it towards the band of strangers."}}
kept = iterative_magnitude_pruning(deepcopy(original), train, [1] * len(shares), keep=["out"])
as_long = zip(shares, (network for _, network, _ in kept), strict=True)
control = compare_levels(original, as_long, data.x_test, metrics="cka", say=None)
axes = plot_levels(table.round(4))
plot_levels(control.round(4), axes, linestyle="--", label="training-only control")
legend = axes.legend()

# %% [markdown]
# ## Stop, and go on
#
# The next level needs only the pruned network, since its zeros are removed first. So one file per level is enough: after an
# interruption, the same lines resume from the last saved level.
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
# The numbers match an uninterrupted run bit for bit if `train` seeds all its random numbers and restarts its schedule at each
# level. With `rewind=`, save the earlier weights too. Remove incompletely written files: they are unreadable.
#
# ## Two networks in three lines
#
# Replace these two networks and the image folder by your own:
#
# ```python
# from lib import compare_networks
# from torchvision.models import resnet18
#
# similar = compare_networks(resnet18(), resnet18(), "images/test", image_size=64)
# print(similar.pivot_table("value", "layer_x", "metric", sort=False).round(2))
# ```
#
# The table has one row per number. `.pivot_table` makes it readable: layers as rows in forward order, metrics as columns.
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
# It executes `notebooks/your_own/compare.py` and writes one file to `_build/compare`: tables of the similarities, nulls and
# relative similarities, and a figure.
#
# - **Networks** are given by the name of one of torchvision's classifiers, or as `file.py:function`, a function without arguments
#   that returns one. A file such as `nets.py` runs with all your permissions: take one only from people you trust.
#   `notebooks/your_own/networks.py` is an example: it trains a network and prunes it.
# - **Weights** come from safetensors, from `torch.save(network.state_dict(), file)`, or by torchvision's name such as
#   `DEFAULT`. These files never run any code. Masks of `torch.nn.utils.prune` are applied.
# - **Images** are those in a folder and in the folders inside it, normalised by the statistics of ImageNet. If yours used other
#   statistics, let the function return a module that first undoes these. `SIZE=64` sets height and width. Take images that no
#   network was trained on, and more of them than a layer has channels.
# - **Strangers**: `STRANGERS="nets.py:one nets.py:another"` are other complete networks like A.
# - **Layers**: `LAYERS="layer1 fc"`, or `LAYERS="layer1; encoder"` for layers of A and of B, compared in all pairs.
#
# `CORES=4` uses four processor cores. A GPU is used where there is one, except for quantised networks.
#
# ## The table of `compare_networks`
#
# Each row of the table is one number:
#
# | column | what it says |
# | --- | --- |
# | `layer_x`, `layer_y`, `kind` | layer of the first network, of the second |
# | `layout_x`, `layout_y` | the dimensions of their outputs as they were read, such as `(n, c, h, w)` |
# | `metric`, `reshape`, `value` | the similarity, and how positions or tokens enter ({doc}`methods`) |
# | `ci_low`, `ci_high` | the 95 % interval over images, for CKA from 400 images ({ref}`more <interval-of-images>`) |
# | `null_mean`, `null_sd`, `p_value` | the null, if `permutations` is set (for a p-value, 20 or more); the null mean for CKA of whole maps is always given |
# | `place`, `place_low`, `place_high` | with strangers: the relative similarity and its interval |
# | `stranger_1`, ... | each stranger's value with that network |
# | `rank_x`, `rank_y`, `dead_x`, `dead_y` | directions that vary, and columns that don't |
# | `note` | why a value or null is missing, and what to do; or a reason for caution, such as directions hidden by much larger ones |
# | `ci_note` | why a value has no interval |
#
# **Images** may be a folder, a tensor, a `DataLoader` or another iterable of batches, even beyond memory. **Layers** are named as
# PyTorch names modules, `layers=["layer1", "fc"]`. **Two architectures** are compared in the pairs you name,
# `layers={"layer1": "encoder", "fc": "head"}`, or in all pairs, `pairs="all"`. For tuples, image groups, tokens, dicts and graphs
# see {ref}`the arguments <functions>`. `device="cuda"` computes on a GPU.
#
# `plot_layers(similar)` draws a line for each metric, with its intervals, and `plot_pairs` a map of all pairs of
# layers. Both return axes of matplotlib, as `plot_levels` does: `plot_pairs(table).figure.savefig("pairs.pdf")`.
#
# ## More images than fit into memory
#
# `memory` limits what is kept, by default to 2 GiB. For layers beyond this, the images are read again.
# A layer that does not fit has no value, and `note` says how much it needs. Images from an iterator are kept, as it runs only once.
#
# ## What may go wrong
#
# - **"… returns NoneType, not a tensor"**, or another type. Record a submodule.
# - **"… gives other values for the same images in another batch".** The network is random even in evaluation mode.
# - **"… stays in training mode, or normalises by the batch".** An image would have another representation in each batch.
#   Let the layer keep running statistics.
# - **"… want images first".** Recurrent layers and transformers need `batch_first=True`.
# - **Channels at the end**, (n, h, w, c). We recognise them after PyTorch's linear layers, layer normalisation, torchvision's
#   `Permute`, and in blocks that keep their shape. For your own module, use `layers=["block@last"]`; `layout_x` in the table
#   shows how each layer was read.
# - **A module that is called several times** in one pass. Its first output counts, and `note` says so. Give each call a
#   module of its own to compare the others.
# - **On a GPU.** Before `Mask.complete`, move both networks to one device; in training, also your images.
# - **A network that decides in Python.** A study on a GPU records one training step and replays it, so a choice in the forward
#   pass, such as which blocks to skip, would be frozen. Give the class of such a network the attribute `capturable = False`.
#
# To make your network or data part of the study itself, see "Where to add something" in `CONTRIBUTING.md`. The images
# must then fit into memory: they are arrays in one file, `<name>.npz`, in the form that {doc}`run_it` gives for
# CIFAR-10.
