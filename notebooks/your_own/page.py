# %% [markdown]
# # Your own networks
#
# **`compare_levels` follows a network through its pruning, `compare_networks` compares any two PyTorch networks layer by layer, and
# `make compare` makes a page of such a comparison.**

# %% tags=["parameters"]
npz = ""

# %% tags=["remove-cell"]
from lib.report import use_style

use_style()

# %% [markdown]
# ## Follow a network through its pruning
#
# Replace `trained` by a function that returns your network, and `fit` by your training function, which must keep pruned weights at zero. A
# *level* is a share of the weights left.

# %%
from copy import deepcopy
from functools import partial

from lib import compare_levels, plot_levels
from lib.pruning import iterative_magnitude_pruning
from notebooks.your_own.networks import fit, load, trained

data = load(npz)  # npz = "": digits, enlarged to 32 x 32 pixels
original, *strangers = (trained(data, seed) for seed in range(3))

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Show what it says", "code_prompt_hide": "Hide what it says"}
train, shares = partial(fit, data=data), (0.5, 0.2, 0.08, 0.03)
levels = iterative_magnitude_pruning(deepcopy(original), train, shares, keep=["out"])
table = compare_levels(original, levels, data.x_test, strangers=strangers, metrics="pwcca")

# %% mystnb={"figure": {"name": "fig-levels", "caption": "PWCCA of a pruned network with its original (solid) and with strangers (dotted: mean; band: least to most similar); means over the layers."}, "image": {"alt": "From 50 to 3 % of the weights left, the solid line falls towards the band of strangers, which falls less."}}
axes = plot_levels(table.round(4))

# %% [markdown]
# The column `relative` is *relative similarity*: 0 if the original is as similar as the average stranger, 1 if it is identical. These are
# values of one toy network; for intervals, repeat with several originals.

# %%
table.pivot_table("relative", "layer_x", "level", sort=False).round(2)

# %% [markdown]
# Pruning removes weights of convolutions and linear layers, except in the layers named in `keep`. The weights left keep their values;
# `rewind=` resets them to earlier ones ({ref}`all arguments <functions>`).
#
# **Train strangers exactly like the original, and for as long**, but from other seeds. One that is trained less is less similar to every
# network, which raises relative similarity. Two are enough in most cases ({doc}`zeros`).
#
# **Your network is already pruned?** Give `compare_levels` a list of pairs (level, network), whatever package pruned them. To train it
# further, recover its mask with `Mask.of_zeros`.
#
# **You have images?** Copy the network and the training loop from `notebooks/your_own/networks.py`, or, for a ResNet of torchvision and
# folders of images, from `notebooks/your_own/nets.py`. Or run this page on an `.npz` file with `x_train`, `y_train`, `x_test` and `y_test`:
#
# ```sh
# .venv/bin/python -m lib.book.execute notebooks/your_own/page.py mine.ipynb -p npz=mine.npz
# ```
#
# ## Does pruning or further training change the network?
#
# The training-only control is trained in the same way, but keeps all weights. Here it stays level, so the fall of the pruned network is due
# to pruning.

# %% mystnb={"figure": {"name": "fig-control", "caption": "As above, with the training-only control (dashed) and its similarity to strangers."}, "image": {"alt": "From 50 to 3 % of the weights left, the dashed line stays level. The solid line starts above the dashed one and falls towards the band of strangers."}}
whole = iterative_magnitude_pruning(deepcopy(original), train, [1] * len(shares), keep=["out"])
controls = zip(shares, (network for _, network, _ in whole), strict=True)
control = compare_levels(
    original, controls, data.x_test, strangers=strangers, metrics="pwcca", say=None
)
axes = plot_levels(table.round(4))
plot_levels(control.round(4), axes, linestyle="--", label="training-only control")
legend = axes.legend()

# %% [markdown]
# ## Stop and resume
#
# `compare_levels(original, levels, images, folder="levels")` keeps the table of each level in the folder `levels`. Called again, it
# skips levels whose networks, images and settings are the same. Pruning resumes if each level is saved:
#
# :::{dropdown} A loop that resumes
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
# def train(network, mask):
#     fit(network, mask, data)
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
# table = compare_levels(original, pruned(trained(data)), data.x_test, strangers=[stranger])
# plot_levels(table).figure.savefig("levels.pdf")
# ```
# :::
#
# The result equals that of an uninterrupted run if `train` sets its seed and restarts its schedule at each level. With
# `rewind=`, save the earlier weights too. Remove a file that was being written when the run stopped.
#
# ## Compare two networks
#
# ```python
# from lib import compare_networks
# from torchvision.models import resnet18
#
# similar = compare_networks(resnet18(), resnet18(), "images/test", image_size=64)
# print(similar.pivot_table("value", "layer_x", "metric", sort=False).round(2))
# ```
#
# **In a project of your own**, `pip install path/to/this/repository`, and write `pruned_representations` in place of `lib`. The
# package needs PyTorch 2.4 or newer and Python 3.11 to 3.14.
#
# ## Make a page that compares two networks
#
# ```sh
# make compare A=resnet18 A_WEIGHTS=DEFAULT \
#     B=nets.py:pruned B_WEIGHTS=pruned.pt IMAGES=images/test
# ```
#
# The command writes a page and a CSV file to `_build/compare`. `nets.py` runs with all your permissions: use only files from people you
# trust. Use images that neither network was trained on, and more of them than any layer has channels.
#
# :::{dropdown} Options
# - **Networks**: the name of a torchvision classifier, or `file.py:function`, a function without arguments that returns the network,
#   such as those in `notebooks/your_own/nets.py`.
# - **Weights**: a safetensors file, a file written by `torch.save(network.state_dict(), file)`, or torchvision's name, such as
#   `DEFAULT`. If a checkpoint has several sets of weights, name one after a colon: `last.pt:ema`. Reading weights never runs code. Masks
#   of `torch.nn.utils.prune` are applied.
# - **Images**: all images in a folder, its subfolders and the folders that it links to; `SIZE=64` sets height and width.
# - **Strangers**: `STRANGERS="nets.py:one nets.py:another"` names networks trained like A, from other seeds.
# - **Layers**: `LAYERS="layer1 fc"` names layers of both networks; in `LAYERS="layer1; encoder"`, a semicolon separates the layers of A
#   from those of B, and each is compared with each.
# - **Processors**: the command uses a GPU if there is one, except for quantised networks; `CORES=4` uses four processor cores.
# :::
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
# | `null_mean`, `null_sd`, `p_value` | the null's mean and standard deviation (without `permutations`, where formulas give them); the p-value, with 20 `permutations` or more |
# | `relative`, `relative_low`, `relative_high` | the relative similarity, and its values for the most and the least similar stranger |
# | `stranger_1`, … | the similarity of a stranger to the second network |
# | `rank_x`, `rank_y`, `dead_x`, `dead_y` | the number of directions in which the outputs vary, and the number of dead channels |
# | `note` | why a number is missing, or what to be careful about |
# :::
#
# `plot_layers(similar)` draws the table, and `plot_pairs` all pairs of layers; both return Matplotlib axes:
# `plot_pairs(similar).figure.savefig("pairs.pdf")`. {ref}`Functions <functions>` explains how to compare two architectures, tokens or
# groups of images.
#
# **If memory is short**, lower `memory` (2 GiB by default): fewer layers are then compared at a time. For a layer that does not fit by
# itself, the column `note` says how much it needs.
#
# ## What may go wrong
#
# These raise no error:
#
# - **Images with other statistics.** `make compare` normalises images by ImageNet's mean and standard deviation. If a network needs others,
#   let the function in your file return a module that first inverts this normalisation.
# - **A mask made before the network moves to the GPU.** Move the network first.
# - **Channels at the end**, (n, h, w, c). `layout_x` shows how a layer was read. If that is wrong, write `layers=["block@last"]`.
# - **A module that is called several times, or gives several tensors.** Only the first is compared, as `note` says. Give each call a
#   module of its own; `"block:1"` names the second tensor.
#
# `CONTRIBUTING.md` says how to add your network or data to the study.
