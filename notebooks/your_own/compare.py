# %% [markdown]
# # Two networks, layer by layer
#
# **How similar is each layer of *a* to its counterpart in *b*?**

# %% tags=["parameters"]
a = ""
b = ""
strangers = ""
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
if not a and not b:
    example = "notebooks/your_own/networks.py"
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
    similar = compare_networks(*networks, images or load().x_test, **asked)
given = {"a": [a, a_weights], "b": [b, b_weights]}
given["images"] = [images or "digits of scikit-learn", f"{similar.attrs['images']:,}"]
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
