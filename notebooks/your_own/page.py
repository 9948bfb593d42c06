# %% [markdown]
# # Your own networks
#
# **How similar is *my* network to its pruned self?**
#
# Three lines compare any two PyTorch networks, layer by layer. One command makes this page of them. As it stands here,
# it compares a small network with itself after pruning, on digits.
#
# ## Three lines
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
# It sets the parameters of this page, executes it, and leaves it as one file in `_build/compare`.
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

# %% tags=["parameters"]
a = ""
b = ""
strangers = ""
npz = ""
a_weights = ""
b_weights = ""
images = ""
layers = ""
size = 224
permutations = 20
cores = 1

# %% tags=["remove-cell"]
from lib.report import use_style

use_style()

# %% [markdown]
# ## The networks, and the similarity of their layers

# %%
from contextlib import chdir

import matplotlib.pyplot as plt
import pandas as pd
import torch
from IPython.display import display

from lib import ROOT, compare_networks, plot_layers, plot_pairs
from lib.compare.user_networks import load_user_network, named_layers, prepare_torch
from lib.report import TITLES, number
from notebooks.your_own.networks import load

prepare_torch(cores)
probe = images or load(npz).x_test
if not a and not b:
    example, probe = "notebooks/your_own/networks.py", images or load().x_test
    a, b, strangers = f"{example}:complete", f"{example}:pruned", strangers or f"{example}:stranger"
if not a or not b:
    raise ValueError("one network is missing: give both, A and B")
with chdir(ROOT):  # from where files and folders are named
    networks = [load_user_network(a, a_weights), load_user_network(b, b_weights)]
    others = [load_user_network(name, "") for name in strangers.split()]
quantised = any("quantized" in type(part).__module__ for net in networks for part in net.modules())
device = "cuda" if torch.cuda.is_available() and not quantised else "cpu"

# %%
sides = named_layers(layers)
asked = {"layers": (sides or [None])[0]}
asked |= {"device": device, "permutations": permutations, "image_size": size, "strangers": others}
with chdir(ROOT):
    similar = compare_networks(*networks, probe, **asked)
given = {"a": [a, a_weights], "b": [b, b_weights]}
given["images"] = [images or npz or "digits of scikit-learn", f"{similar.attrs['images']:,}"]
pd.DataFrame.from_dict(given, orient="index", columns=["What", "Weights, or how many"])

# %% [markdown]
# Each row is a layer of *a* and its counterpart in *b*. A metric gives 1 to representations that are equal up to what
# it ignores ({doc}`similarity_metrics`). In brackets stand the ends of the interval (95 %), which CKA has from 400 images
# on: where the value would be with other images of the same kind, and ever more of them. It says nothing of how
# networks differ that are trained alike ({ref}`more <interval-of-images>`). A dash is a value that is not defined; its
# reason stands below the table.


# %%
def as_table(texts):
    """A text for each row of `similar`: layers down, metrics across."""
    rows = similar.assign(text=texts, metric=similar.metric.map(TITLES))
    rows = rows.rename(columns={"layer_x": "Layer of a", "layer_y": "Layer of b"})
    pairs = ["Layer of a", "Layer of b"]
    return rows.pivot_table("text", pairs, "metric", sort=False, aggfunc="first")


def with_interval(row):
    ends = f" ({number(row.ci_low)} to {number(row.ci_high)})"
    return number(row.value) + ends * pd.notna(row.ci_low)


as_table(similar.apply(with_interval, axis=1))

# %%
for row in similar[similar.value.isna()].itertuples():
    print(f"{row.layer_x}, {TITLES[row.metric]}: {row.note}")

# %% [markdown]
# **The null** is what a metric gives when the images of *b* are shuffled, so that nothing is left to compare. A value
# means something only as far as it exceeds its null ({doc}`what_a_value_means`). The next table has its mean.

# %%
as_table(similar.null_mean.map(number))

# %% [markdown]
# **A stranger says how near that is.** It is another complete network of the kind of *a*, such as one from another seed,
# beside the same *b*. The *place* of a value is how far it is on the way from strangers (0) to identical (1).

# %%
if others:
    display(as_table(similar.place.map(number)))
else:
    print("No stranger was given: STRANGERS=nets.py:another names one, or several.")

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show how it is drawn", "code_prompt_hide": "Hide how it is drawn", "figure": {"name": "fig-your-own", "caption": "Each metric through the layers, in forward order. Bars are intervals over images. The dashed line is the mean of the null, the band two of its standard deviations on both sides. Where each network has layers of its own, CKA of all pairs instead: layers of a from top to bottom, those of b from left to right."}, "image": {"alt": "The similarity of the layers of both networks, whose numbers are in the tables above."}}
drawn = similar[similar.groupby("metric").value.transform("count") > 0].round(4)
if drawn.empty:
    print("Nothing to draw: no value could be computed.")
elif isinstance(asked["layers"], dict):
    axes = plot_pairs(similar[similar.metric == "cka"])
else:
    figure, panels = plt.subplots(2, 2, figsize=(9, 6), sharey=True)
    for axes, (metric, rows) in zip(panels.flat, drawn.groupby("metric", sort=False), strict=False):
        plot_layers(rows, axes).set_title(TITLES[metric])
    for axes in panels.flat[drawn.metric.nunique() :]:
        axes.remove()

# %% [markdown]
# ## How to read it
#
# This page draws no conclusion: what is much or little depends on what the networks are compared with. Three things
# to set beside the numbers:
#
# - *Does retraining bring a pruned network back?* Take the complete network, trained for as long without pruning, as
#   `A`, or pruning gets the blame for what training does.
# - *Is that near?* Give a network from another seed as a stranger: differences are small or large only in comparison.
# - *Do the metrics disagree?* Each listens to something else: {doc}`which_metric` says which to take.
#
# ## The table of `compare_networks`
#
# Each row of the table is one number:
#
# | column | what it says |
# | --- | --- |
# | `layer_x`, `layer_y`, `kind` | which layer of the first network, and which of the second |
# | `metric`, `reshape`, `value` | the similarity, and what became of positions or tokens ({doc}`methods`) |
# | `ci_low`, `ci_high` | the interval, see above |
# | `null_mean`, `null_sd`, `p_value` | the null, if `permutations` ask for it, 20 or more of them for a p-value; the mean of that of CKA of whole maps is always there |
# | `place`, `place_low`, `place_high` | with strangers: where the value lies on the way from them to identical |
# | `rank_x`, `rank_y`, `dead_x`, `dead_y` | directions that vary, and columns that don't |
# | `note` | why there is no value or no null, and what to do; or what speaks against it, such as directions that are lost beside much larger ones |
# | `ci_note` | why a value has no interval |
#
# **Images** may be a folder, a tensor, a `DataLoader` or another iterable of batches, and more than fit into memory.
# **Layers** are named as PyTorch names modules, `layers=["layer1", "fc"]`. **Two architectures** are compared by the pairs
# that you say, `layers={"layer1": "encoder", "fc": "head"}`, or by all of them, `pairs="all"`. For several calls of a module,
# tuples, groups of images, tokens, dicts and graphs see {ref}`its arguments <functions>`. `device="cuda"` computes on a GPU.
#
# `plot_layers(similar)` draws a line for each metric, with its intervals, and `plot_pairs` a map of all pairs of
# layers. Both return axes of matplotlib: `plot_pairs(table).figure.savefig("pairs.pdf")`.
#
# ## More images than fit into memory
#
# `memory` bounds what is kept, 2 GiB unless you say otherwise. The images are read again for layers that it does not hold;
# if a single layer does not fit, its second moments are summed while they pass. Images that come only once, from an
# iterator, are kept.
#
# ::::{dropdown} How large the sums are, and what they cannot give
# With p and q channels in the two networks, the sums of a layer take 8 (p + q)² bytes for each reshape, however many
# images there are. Added to these are the outputs of one batch in both networks, which `batch_size` bounds, and for the
# pair of layers in hand its batch once more and about three times its sums.
#
# The numbers are those of all images at once, within 1e-7 in our tests on networks in float64; PWCCA differed by 1e-3
# where a layer had few more rows than channels, since its weights are not determined where many correlations are 1.
#
# What compares every image with every other has no sums: RSA, nearest neighbours, debiased CKA, and all nulls except the
# exact mean of CKA on `gap`. Those numbers are NaN, and `note` says what to do. Sums of whole maps (`flat`) fit only if
# the maps are small: for a long stream, ask for `reshapes=["channels", "gap"]`.
# ::::
#
# ## Prune it, and compare each level
#
# `iterative_magnitude_pruning` takes a network and *your* function that trains it: it removes the smallest weights of all
# hidden layers together, has the rest trained, and goes on. Here it prunes a small network on images of your own, a file
# `.npz` with `x_train`, `y_train`, `x_test` and `y_test`, or on digits if none is named. All else, the network and the
# loop, is in `notebooks/your_own/networks.py`, which is there to be copied.
#
# ```sh
# .venv/bin/python -m lib.book.execute notebooks/your_own/page.py mine.ipynb -p npz=mine.npz
# ```

# %%
from copy import deepcopy
from functools import partial

from lib.pruning import iterative_magnitude_pruning
from notebooks.your_own.networks import LEVELS, accuracy, fit, trained

if images and not npz:
    print("A folder has no images to train on; npz=mine.npz is a file that has.")
else:
    data = load(npz)
    whole, levels = trained(data), {}
    train = partial(fit, data=data)
    pruning = iterative_magnitude_pruning(deepcopy(whole), train, LEVELS, keep=["out"])
    for level, pruned, _ in pruning:
        compared = compare_networks(whole, pruned, data.x_test, metrics="cka", say=None)
        levels[level, accuracy(pruned, data)] = compared.set_index("layer_x").value
    display(pd.DataFrame(levels).T.rename_axis(["Left", "Accuracy"]).map(number))

# %% [markdown]
# A row is a level: the share of weights that are left, the accuracy on images that the network was not trained on, and CKA
# of each layer with that of the complete network. What is not said is chosen as in the paper: survivors keep their values;
# `rewind=` gives them earlier ones. Only the weights of convolutions and linear layers are pruned, and
# `keep` names the layers to spare, here the output layer. {ref}`Functions <functions>`
# has the details, `Pruning` other ways to choose, and {doc}`nano_imp` the whole method in one file. A network that was
# pruned by `torch.nn.utils.prune` or by another package will do as well; `Mask.of_zeros` is its mask.
#
# ## What may go wrong
#
# - **"… returns NoneType, not a tensor"**, or another type. Record a module inside that one.
# - **"… gives other values for the same images in another batch".** The network is random even in evaluation mode, or
#   normalises by the batch.
# - **Channels at the end**, (n, h, w, c). They are recognised after PyTorch's linear layers and layer
#   normalisation. For a module of your own, take `flat`, or let it end in a permutation.
# - **On a GPU.** Both networks have to be on one device, and in training your images too, before `Mask.complete`.
# - **A network that decides in Python.** In a study on a GPU, a training step is captured once and replayed, so a
#   choice of the forward pass, such as which blocks to skip, would be made once and for all. Give the class of such a
#   network the attribute `capturable = False`.
#
# To make your network or data part of the study itself, see "Where to add something" in `CONTRIBUTING.md`. The images
# must then fit into memory: they are arrays in one file, `<name>.npz`, in the form that {doc}`run_it` gives for
# CIFAR-10.
