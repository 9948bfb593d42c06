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
table = ""

# %% tags=["remove-cell"]
from lib.report import use_style

use_style()

# %%
import shlex
import sys
from contextlib import chdir
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import torch
from IPython.display import display

from lib import compare_networks, plot_layers, plot_pairs
from lib.compare.user_networks import load_user_network, named_layers, prepare_torch
from lib.report import TITLES, number
from lib.repository import ROOT
from notebooks.your_own.networks import load

prepare_torch(cores)
if not a and not b:
    example = "notebooks/your_own/networks.py"
    a, b, strangers = f"{example}:complete", f"{example}:pruned", strangers or f"{example}:stranger"
if not a or not b:
    raise ValueError("one network is missing: name both, A and B")
names = dict(zip("ab", (a, b), strict=True))
of_others = shlex.split(strangers)  # quotes are around names with blanks
names |= {f"stranger {n}": name for n, name in enumerate(of_others, 1)}
print(
    "Making", *(f"{which} = {name}" for which, name in names.items()), sep="\n  ", file=sys.stderr
)
with chdir(ROOT):  # from where files and folders are named
    networks = [load_user_network(a, a_weights), load_user_network(b, b_weights)]
    others = [load_user_network(name, "") for name in of_others]
quantised = any("quantized" in type(part).__module__ for net in networks for part in net.modules())
device = "cuda" if torch.cuda.is_available() and not quantised else "cpu"

# %%
asked = {"layers": named_layers(layers), "strangers": others}
asked |= {"device": device, "permutations": permutations, "image_size": size}
print("Comparing them on", images or "digits of scikit-learn", file=sys.stderr)
with chdir(ROOT):
    similar = compare_networks(*networks, images or load().x_test, **asked)
    if table:
        Path(table).parent.mkdir(parents=True, exist_ok=True)
        similar.to_csv(table, index=False)
given = {"a": [a, a_weights], "b": [b, b_weights]}
given |= {which: [name, ""] for which, name in names.items() if which not in given}
given["images"] = [images or "digits of scikit-learn", f"{similar.attrs['images']:,}"]
pd.DataFrame.from_dict(given, orient="index", columns=["Source", "Weights, or number"])

# %% [markdown]
# Each row is a layer of *a* and its counterpart in *b*. A value of 1 means that the two are equal, up to changes that the metric
# ignores ({doc}`similarity_metrics`). A dash stands for an undefined value. Notes below the table have the reason, and any warnings.


# %%
def as_table(texts):
    """A text for each row of `similar`: layers down, metrics across."""
    rows = similar.assign(text=texts, metric=similar.metric.map(TITLES))
    rows = rows.rename(columns={"layer_x": "Layer of a", "layer_y": "Layer of b"})
    pairs = ["Layer of a", "Layer of b"]
    return rows.pivot_table("text", pairs, "metric", sort=False, aggfunc="first")


as_table(similar.value.map(number))

# %%
for note, rows in similar[similar.note != ""].groupby("note", sort=False):
    metrics, compared = (", ".join(x.unique()) for x in (rows.metric.map(TITLES), rows.layer_x))
    print(f"{metrics} of {compared}: {note}")

# %% [markdown]
# **What does chance give?** This table has the mean of the *null*, the value after shuffling the images of *b*
# ({doc}`what_a_value_means`).

# %%
as_table(similar.null_mean.map(number))

# %% [markdown]
# **Is *a* more similar to *b* than strangers are?** Strangers are networks trained like *a*, from other seeds. This table has the
# *relative similarity*: 0 if *a* is as similar to *b* as strangers are, 1 if *a* and *b* are identical.

# %%
if a in of_others and not a_weights:
    print("One of the strangers is a itself, which draws the relative similarity to 0.")
if others:
    display(as_table(similar.relative.map(number)))
else:
    print('No strangers were named: add STRANGERS="nets.py:one nets.py:another".')

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show how it is drawn", "code_prompt_hide": "Hide how it is drawn", "figure": {"name": "fig-your-own", "caption": "Each metric over the layers, in forward order. Dashed line and band: the null, mean ± 2 standard deviations. If the layers of a and of b were named separately: CKA of all pairs, layers of a from top to bottom, layers of b from left to right."}, "image": {"alt": "The similarity of each layer, by each metric; the tables above have the numbers."}}
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
# A value is high or low only in comparison:
#
# - *With strangers.* Name networks from other seeds as `STRANGERS`.
# - *With a training-only control.* Compare the original as `A` with its control as `B`: the original, trained again as often as
#   the pruned network but with all its weights. What changes in the control comes from training, not from pruning.
# - *Never with another metric.* Each metric measures something else: {doc}`which_metric` says which metric to take.
