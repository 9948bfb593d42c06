# %% [markdown]
# # Experimental setup
#
# **We compare each layer of a pruned network with the same layer of its original and of strangers, on images that no network was trained
# on.**

# %% tags=["parameters"]
results = "results/chapters/converged"
recipe = "results/chapters/by_recipe"

# %% tags=["remove-cell"]
from lib import report as r
from lib.repository import ROOT

r.use_style()
results, recipe = ROOT / results, ROOT / recipe

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-networks", "caption": "The recorded layers of the paper's networks. Height of a box: size of a channel's output; width: number of channels (log scales). Lines above boxes are skip connections."}, "image": {"alt": "VGG16_BN has 13 convolutions in five groups with a pooling after each, VGG_SVHN seven in four groups; maps shrink from 32 to 1 or 2 pixels. ResNet_fast has two residual blocks, each of two convolutions and a sum."}}
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
# As in the paper, we record the outputs of convolutions (after batch normalisation and ReLU), of pooling layers, of residual blocks (after
# the addition), and of the network (before softmax). We call all layers but the output *hidden*. Only weights of convolutions are prunable:
# {glue:text}`vgg16_bn_weights:s` in VGG16_BN, {glue:text}`vgg_svhn_weights:s` in VGG_SVHN and {glue:text}`resnet_fast_weights:s` in
# ResNet_fast.
#
# ## Train, prune, record, compare
#
# As in section 4 of {cite:t}`ansuini2020investigating`, we train a network (the *original*), repeatedly prune it and train it again
# ({doc}`pruning_methods`), and record the outputs of each layer for 1,000 test images (the layer's *representation*). Metrics compare two
# representations; identical ones have a similarity of 1 ({doc}`similarity_metrics`). Means and 95 % intervals are over originals.
#
# *Strangers* differ from the original only in their seeds. With the pruned network's similarity *s* to its original, and *z* to strangers,
# its *relative similarity* is (*s* − *z*) / (1 − *z*) ({doc}`is_it_pruning`; other zeros: {doc}`zeros`).
#
# Two controls are compared with the original, too:
#
# - The *training-only control* is the original, trained on for as long as the pruned network, with no weights removed.
# - *Random masks* remove as many weights in each layer as pruning does, but at random.
#
# (images)=
# ## Images
#
# We split the images ourselves, unlike the paper:
#
# | Data set | Training images | Test images |
# |---|---|---|
# | **CIFAR-10** {cite}`krizhevsky2009learning` | the first 40,000 official training images | the last 10,000 official training images |
# | **SVHN** {cite}`netzer2011reading` | 24,465 | 6,001, from photographs with no training image |
#
# Of SVHN we could get only 4,434 official training images; we pooled them with all official test images, and split anew. So no accuracy in
# this book is on an official test set.
#
# (training)=
# ## Training
#
# In the *paper's recipe*, each pruning removes a fifth of the weights left; in the other four experiments, about two thirds. All end with
# 1.2 % of the weights. *10,000 images* means the first 10,000 training images, without augmentation.

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
columns = {
    "dataset": "Data set",
    "train_images": "Images",
    "epochs": "Epochs per training",
    "iterations": "Prunings",
}
table = pd.DataFrame(settings).T[list(columns)].rename(columns=columns)
table["Data set"] = table["Data set"].replace(r.TITLES)
table["Images"] = table["Images"].map("{:,}".format)
r.titled(table.rename_axis(["network", "regime"]), NAMES)

# %% tags=["hide-cell"] mystnb={"code_prompt_show": "Show all originals, with the folders of their results", "code_prompt_hide": "Hide all originals"}
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
# ## Where each setting comes from
#
# How, and why, our settings differ from those of the paper, its code (branch `master` of {cite:t}`ansuini2020code`) and the papers behind
# it:

# %% tags=["hide-cell"] mystnb={"code_prompt_show": "Show all settings", "code_prompt_hide": "Hide all settings"}
tables = [
    deviations(network, regime, each["hyperparameters"])
    for (network, regime), each in settings.items()
]
sources = pd.read_csv(ROOT / "notebooks" / "methods" / "sources.csv").assign(Where="all")
pd.concat([one_table(tables), sources]).set_index("What").rename_axis(None)

# %% tags=["remove-cell"]

weights = {name: f"{rows.weights[rows.kind != 'out'].sum():,}" for name, rows in layers.items()}
r.glue(vgg16_bn_weights=weights["vgg16_bn"], vgg_svhn_weights=weights["vgg_svhn"])
r.glue(resnet_fast_weights=weights["resnet_fast"])
