# %% [markdown]
# # Experimental setup
#
# **What exactly is compared with what?**
#
# We compare each layer of a pruned network with the same layer of its original and of strangers, on images that no network was
# trained on.
#
# VGG_SVHN follows the paper's recipe, with twenty prunings. ResNet_fast has the paper's training, but four prunings (*recipe, four
# steps*). On 10,000 images we trained VGG16_BN and both of these, and pruned them four times.

# %% tags=["parameters"]
results = "results/chapters/converged"
recipe = "results/chapters/by_recipe"

# %% tags=["remove-cell"]
from lib import ROOT
from lib import report as r

r.use_style()
results, recipe = ROOT / results, ROOT / recipe

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-networks", "caption": "The recorded layers of the paper's networks in forward order, with channels, height and width of their outputs. A box is as high as the outputs and as wide as the number of channels, on log scales. Lines above are skip connections (the paper's Figs. 1 to 3)."}, "image": {"alt": "VGG16_BN has 13 convolutions in five groups with a pooling after each, VGG_SVHN seven in four groups; maps shrink from 32 to 1 or 2 pixels. ResNet_fast has two residual blocks, each of two convolutions and a sum."}}
import matplotlib.pyplot as plt

from notebooks.methods.analysis import draw_network, layers_of

NETWORKS = {"vgg16_bn": "Fig. 1", "vgg_svhn": "Fig. 2", "resnet_fast": "Fig. 3"}
layers = {network: layers_of(network) for network in NETWORKS}
figure, panels = plt.subplots(3, figsize=(9, 9.5))
for axes, (network, paper) in zip(panels, NETWORKS.items(), strict=True):
    draw_network(axes, layers[network])
    axes.set_title(f"{r.TITLES[network]} (paper, {paper})")
legend = figure.legend(*panels[2].get_legend_handles_labels(), loc="outside upper left", ncols=5)

# %% [markdown]
# We record the outputs of convolutions (after batch normalisation and ReLU), of pooling layers, of residual blocks (after the
# addition), and of the network (before softmax; paper, section 5.2). All layers but the output are *hidden*. Only weights of
# convolutions can be pruned: {glue:text}`vgg16_bn_weights:s` in VGG16_BN, {glue:text}`vgg_svhn_weights:s` in VGG_SVHN,
# {glue:text}`resnet_fast_weights:s` in ResNet_fast.
#
# ## Five steps
#
# The first four are those of section 4 of {cite:t}`ansuini2020investigating`:
#
# 1. **Train** a convolutional network to classify images. This network is the *original*.
# 2. **Prune** it: set its smallest weights to zero, and train the others again. Repeat ({doc}`pruning_methods`).
# 3. **Record** the outputs of each layer for the test images. They are its *representation*.
# 4. **Compare** two representations. Each metric gives a similarity from 0 to 1 ({doc}`similarity_metrics`).
# 5. **Count originals.** Means and intervals are over independently trained originals. Pruning one original several times would not
#    enlarge this sample.
#
# ## Strangers are the fair reference
#
# Is a pruned network more similar to its original than to *strangers*, networks that differ from the original only in their seeds?
# We compare the *pruned* network with strangers. The original beside strangers would be no fair zero: neither was pruned and trained
# again. {doc}`is_it_pruning`
# explains *relative similarity*, the scale on which strangers are at 0, with its means and intervals.
#
# Each comparison answers another question:
#
# | Compared with the original | Question |
# |---|---|
# | the pruned network | how much has changed? |
# | the training-only control: the original, trained again as often with all its weights | what does further training change? |
# | random masks: as many weights removed in each layer, chosen by chance | does it matter which weights are removed? |
# | strangers | how similar are unpruned networks? |
# | untrained networks | what does the architecture alone give? |
#
# (images)=
# ## Images
#
# Both data sets have colour photographs of 32×32 pixels in ten classes. We split them differently from the paper:
#
# | Data set | Training images | Test images | Official split |
# |---|---|---|---|
# | **CIFAR-10** {cite}`krizhevsky2009learning`: animals and means of transport | the first 40,000 official training images | the last 10,000 official training images | 50,000 and 10,000 |
# | **SVHN** {cite}`netzer2011reading`: the digit in the middle of a house number | 24,465 | 6,001, from other photographs | 73,257 and 26,032 |
#
# Of SVHN we have all official test images and 4,434 of the official training images, and split them again. This book therefore
# gives no accuracy on an official test set. We compare representations on 1,000 test images.
#
# The demonstration, `make book`, uses scikit-learn's *small handwritten digits* {cite}`alpaydin1998optical`, enlarged to 32×32
# pixels.
#
# ## Training
#
# A *kind* of network is a row of this table. We trained three networks of each kind.

# %% tags=["hide-input"]
import pandas as pd

from notebooks.methods.analysis import deviations, one_table, settings_of

NAMES = r.TITLES | {"regime": "Training"}
folders = {"recipe": recipe, "recipe_four_steps": recipe, "few_images": results}
trained = r.read("performance", recipe, results).query("network in @NETWORKS and role == 'pruned'")
pruned = trained[trained.regime.isin(folders)]
experiments = pruned.drop_duplicates("experiment").set_index(["network", "regime"]).experiment
experiments = experiments.sort_index(level="network", key=lambda x: x.map(list(NAMES).index))
settings = {
    (network, regime): settings_of(folders[regime], name)
    for (network, regime), name in experiments.items()
}
columns = {"train_images": "Images", "epochs": "Epochs per training", "iterations": "Prunings"}
table = pd.DataFrame(settings).T[list(columns)].map(lambda x: f"{x:,}").rename(columns=columns)
last = pruned[pruned.iteration == pruned.groupby(["network", "regime"]).iteration.transform("max")]
left = 100 * last.groupby(["network", "regime"]).remaining.mean()
table["Weights left, %"] = left.map(lambda x: r.number(x, 2)).reindex(table.index)
r.titled(table.rename_axis(["network", "regime"]), NAMES)

# %% [markdown]
# Other pages use further networks. The folded table lists all originals, and the folders of `results/chapters` that compare them.
# With fewer than 10,000 images, Conv-4 has fewer than ten classes.

# %% tags=["hide-cell"] mystnb={"code_prompt_show": "Show all originals", "code_prompt_hide": "Hide all originals"}
KIND = ["Network", "Width", "Images", "Epochs", "first"]
every = []
for file in sorted(results.parent.glob("*/*/performance.parquet")):
    setting = settings_of(file.parent.parent, file.parent.name)
    width = next(x["value"] for x in setting["hyperparameters"] if x["name"] == "width")
    rows = r.read("performance", file.parent).query("iteration == 0").drop_duplicates("train_seed")
    # where the first accuracy differs, the originals were trained again
    kind = (setting["model"], width, setting["train_images"], setting["epochs"])
    kind = dict(zip(KIND, (*kind, rows.accuracy.iloc[0].round(4)), strict=True))
    every.append(rows[["train_seed", "accuracy"]].assign(**kind, folder=file.parts[-3]))
every = pd.concat(every)
accuracy = every.drop_duplicates([*KIND, "train_seed"]).groupby(KIND).accuracy
of_kind = {
    "Originals": accuracy.size(),
    "Accuracy, %": accuracy.mean().map(lambda share: r.number(100 * share, 1)),
    "Folders": every.groupby(KIND).folder.unique().map(", ".join),
}
of_kind = pd.DataFrame(of_kind).droplevel("first").rename(index=r.TITLES)
of_kind.rename(index="{:,}".format, level="Images")

# %% [markdown]
# ## What differs from the paper and from its sources?
#
# The folded table gives the source of each setting: the paper, the code and papers behind it, or our own choice. The authors'
# public code is the branch `master` of {cite:t}`ansuini2020code`. Reasons that mention two processor cores date from before we
# trained on a GPU.

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Show where each value comes from", "code_prompt_hide": "Hide where each value comes from"}
tables = [
    deviations(network, regime, each["hyperparameters"])
    for (network, regime), each in settings.items()
]
sources = pd.read_csv(ROOT / "notebooks" / "methods" / "sources.csv").assign(Where="all")
pd.concat([one_table(tables), sources]).set_index("What").rename_axis(None)

# %% [markdown]
# **What to take away.** Compare a pruned network with its original, with strangers, and with its training-only control.
#
# ## Exercise
#
# A network has 100,000 weights in its convolutions. How many are left after ten prunings by a fifth, and after twenty?
#
# :::{dropdown} Answer
# About 10,700 (10.7 %), and about 1,150 (1.15 %).
# :::

# %% tags=["remove-cell"]

weights = {name: f"{rows.weights[rows.kind != 'out'].sum():,}" for name, rows in layers.items()}
r.glue(vgg16_bn_weights=weights["vgg16_bn"], vgg_svhn_weights=weights["vgg_svhn"])
r.glue(resnet_fast_weights=weights["resnet_fast"])
