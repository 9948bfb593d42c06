# %% [markdown]
# # Experimental setup
#
# **What exactly is compared with what?**
#
# We compare each layer of a pruned network with the same layer of its original and of strangers, on images that no network was
# trained on. VGG_SVHN follows the paper's recipe, with twenty prunings. ResNet_fast has the paper's training, but four prunings.
# The paper's three networks, these two and VGG16_BN, were also trained on 10,000 images and pruned four times.

# %% tags=["parameters"]
results = "results/chapters/converged"
recipe = "results/chapters/by_recipe"

# %% tags=["remove-cell"]
from lib import ROOT
from lib.report import number, use_style

use_style()
results, recipe = ROOT / results, ROOT / recipe

# %% mystnb={"figure": {"name": "fig-regimes", "caption": "The share of weights left in VGG_SVHN after each pruning: with the paper's recipe, and on 10,000 images, where one pruning removes as many weights as five of the paper's."}, "image": {"alt": "Both lines fall straight on the logarithmic scale to 1.15 %: one in twenty steps, the other in four."}}
import matplotlib.pyplot as plt
import pandas as pd

figure, axes = plt.subplots(figsize=(7, 2.8))
studies = {"paper's recipe": recipe / "vgg_svhn_recipe"}
studies["10,000 images"] = results / "vgg_svhn_few_images"
for words, folder in studies.items():
    rows = pd.read_parquet(folder / "performance.parquet")
    left = 100 * rows.groupby("iteration").remaining.mean()
    left.plot(
        ax=axes, marker="o", logy=True, label=f"{words}: {number(left.iloc[-1])} % after the last"
    )
axes.set(
    xlabel="prunings, each followed by a whole training", ylabel="weights left, %", xticks=range(21)
)
axes.yaxis.set_major_formatter("{x:g}")
legend = axes.legend()

# %% [markdown]
# ## Five steps
#
# As in section 4 of {cite:t}`ansuini2020investigating`:
#
# 1. **Train.** A convolutional network learns to classify images. This complete network is the *original*.
# 2. **Prune.** Pruning sets the weights of smallest magnitude to zero, in all convolutions together. The surviving weights keep
#    their values and are trained again with the whole learning-rate schedule. Pruning and training are repeated
#    ({doc}`pruning_methods`).
# 3. **Record.** All networks see the same test images. A layer's outputs for these images are its *representation*.
# 4. **Compare.** Each metric gives a pair of representations a similarity from 0 to 1.
# 5. **Count originals.** Means and intervals take independently trained originals as their sample. Pruning one original several
#    times would not enlarge this sample.

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show imports and names", "code_prompt_hide": "Hide imports and names"}
from lib.report import NETWORK, TITLES, number, read, titled
from notebooks.methods.analysis import (
    deviations,
    draw_network,
    layers_of,
    one_table,
    settings_of,
)

NETWORKS = {"vgg16_bn": "Fig. 1", "vgg_svhn": "Fig. 2", "resnet_fast": "Fig. 3"}
NAMES = TITLES | {"regime": "Regime"}
folders = {"recipe": recipe, "recipe_four_steps": recipe, "few_images": results}
trained = read("performance", recipe, results).query("network in @NETWORKS")
pruned = trained[(trained.role == "pruned") & trained.regime.isin(folders)]
experiments = pruned.drop_duplicates("experiment").set_index(["network", "regime"]).experiment
experiments = experiments.sort_index(level="network", key=lambda x: x.map(list(NAMES).index))
settings = {
    (network, regime): settings_of(folders[regime], name)
    for (network, regime), name in experiments.items()
}

# %% [markdown]
# ## Networks and recorded layers
#
# We record the outputs of convolutions (after batch normalisation and ReLU), of pooling layers, of residual blocks (after the
# addition), and of the network (before softmax; paper, section 5.2). All layers but the output are *hidden*. Only weights of
# convolutions can be pruned: {glue:text}`vgg16_bn_weights:s` in VGG16_BN, {glue:text}`vgg_svhn_weights:s` in VGG_SVHN,
# {glue:text}`resnet_fast_weights:s` in ResNet_fast.

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show how it is drawn", "code_prompt_hide": "Hide how it is drawn", "figure": {"name": "fig-networks", "caption": "The recorded layers of the paper's networks (Figs. 1 to 3) in forward order, with channels, height and width of their outputs. A box is as high as the map and as wide as the number of channels, on log scales. Lines above are skip connections."}, "image": {"alt": "VGG16_BN has 13 convolutions in five groups with a pooling after each, VGG_SVHN seven in four groups; maps shrink from 32 to 1 or 2 pixels. ResNet_fast has two residual blocks, each of two convolutions and a sum."}}
layers = {network: layers_of(network) for network in NETWORKS}
figure, panels = plt.subplots(3, figsize=(9, 9.5))
for axes, (network, paper) in zip(panels, NETWORKS.items(), strict=True):
    draw_network(axes, layers[network])
    axes.set_title(f"{NAMES[network]} (paper, {paper})")
legend = figure.legend(*panels[2].get_legend_handles_labels(), loc="outside upper left", ncols=5)

# %% [markdown]
# (images)=
# ## Images
#
# Both data sets have colour photographs of 32×32 pixels in ten classes. We split them differently from the paper:
#
# | | Training images | Test images | Official split |
# |---|---|---|---|
# | **CIFAR-10** {cite}`krizhevsky2009learning`: animals and means of transport | 40,000, the first official training images | 10,000, the last official training images | 50,000 and 10,000 |
# | **SVHN** {cite}`netzer2011reading`: the digit in the middle of a house number | 24,465 | 6,001, from other photographs | 73,257 and 26,032 |
#
# Of SVHN we have all official test images and 4,434 of the official training images, and split them again. This book therefore
# gives no accuracy on an official test set. We compare representations on 1,000 test images. The demonstration, `make book`, uses
# scikit-learn's *small handwritten digits* {cite}`alpaydin1998optical`, enlarged to 32×32 pixels.
#
# ## Regimes
#
# - **The paper's recipe:** the paper's schedule and augmentation (section 4.2) on all training images, and twenty prunings by a
#   fifth.
# - **Recipe, four steps:** the same, but four prunings by two thirds in place of the paper's twenty.
# - **10,000 images:** the first 10,000 training images, no augmentation, and four prunings by two thirds. The schedule is just
#   long enough that originals have nearly converged before pruning ({doc}`is_it_pruning`).
#
# Where regimes disagree, the book shows both.

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Show the table of regimes", "code_prompt_hide": "Hide the table of regimes"}
columns = {"train_images": "Images", "epochs": "Epochs per training", "iterations": "Prunings"}
columns |= {"probe_images": "Compared on", "permutations": "Shuffles for a null"}
table = pd.DataFrame(settings).T[list(columns)].map(lambda x: f"{x:,}").rename(columns=columns)
table["Complete networks"] = [str(len(each["train_seeds"])) for each in settings.values()]
last = pruned[pruned.iteration == pruned.groupby(["network", "regime"]).iteration.transform("max")]
left = 100 * last.groupby(["network", "regime"]).remaining.mean()
table["Weights left, %"] = left.map(lambda x: number(x, 2)).reindex(table.index)
titled(table.rename_axis(["network", "regime"]), NAMES)

# %% [markdown]
# ## Metrics
#
# SVCCA and PWCCA are computed on the *channels* matrix (one row per position of each image), CKA and NBS on the *flat* matrix
# (one row per image). {doc}`similarity_metrics` has the equations. Unrelated representations rarely get 0, so each raw value
# comes with its *null*, the value after shuffling the images of one network ({doc}`what_a_value_means`).
#
# ## Strangers are the fair reference
#
# | Compared with the original | Question |
# |---|---|
# | the pruned network | how much has changed? |
# | the training-only control: the original, trained again as often with all its weights | what does further training change? |
# | random masks: as many weights removed in each layer, chosen by chance | does it matter which weights are removed? |
# | other complete networks | how similar are unpruned networks? |
# | untrained networks | what does the architecture alone give? |
#
# **A stranger is a complete network that the pruned network does not come from.** It was trained like the original, from another
# seed. The similarity of two complete networks is no reference for pruned networks: pruned networks were pruned and trained
# again, complete networks were not.
#
# *Relative similarity* is $(\text{own} - \text{strangers}) / (1 - \text{strangers})$, where *own* is the similarity of a network
# to its original, and *strangers* its similarity to strangers. It is 0 if nothing reveals which original the network comes from,
# and 1 if the network is identical to its original. A difference of 0.1 counts as visible. {doc}`is_it_pruning` explains means
# and intervals of relative similarity.
#
# The table has the number of complete networks in each comparison.

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Show the numbers of networks", "code_prompt_hide": "Hide the numbers of networks"}
seeds = trained[trained.regime.isin(folders)].astype({"other_seed": "Int64"})
both = pd.concat([seeds, seeds.assign(**{NETWORK: seeds.other_seed}).dropna(subset=[NETWORK])])
counts = both.groupby(["network", "regime", "role"])[NETWORK].nunique().unstack("role")
titled(counts.fillna(0).astype(int).replace(0, "\u2013"), NAMES)

# %% [markdown]
# ## What differs from the paper and from its sources?
#
# Each setting names its source: the paper, or the code and papers behind it, or our own choice. The authors' public code is the
# branch `master` of {cite:t}`ansuini2020code`. Reasons that mention two processor cores date from before we trained on a GPU.

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Show where each value comes from", "code_prompt_hide": "Hide where each value comes from"}
tables = [
    deviations(network, regime, each["hyperparameters"], NAMES)
    for (network, regime), each in settings.items()
]
sources = pd.read_csv(ROOT / "notebooks" / "methods" / "sources.csv").assign(Where="all")
pd.concat([one_table(tables), sources]).set_index("What").rename_axis(None)

# %% [markdown]
# ## Seeds
#
# `train_seed` decides an original's initial weights and order of images; `train_seed` and `prune_seed` together decide the random
# numbers of a pruning run. Each purpose has its own random generator, so a stopped run resumes as if it had never stopped.
#
# ## Exercises
#
# **1.** A network has 100,000 weights in its convolutions. How many are left after ten prunings by a fifth, and after twenty?
#
# :::{dropdown} Answer
# About 10,700 (10.7 %), and about 1,150 (1.15 %).
# :::
#
# **2.** A layer gives 64 channels of 8×8 positions for each of 500 images. What shapes do the matrices for SVCCA and CKA have?
#
# :::{dropdown} Answer
# For SVCCA each position is a row: 32,000 rows, 64 columns. For CKA each image is a row: 500 rows, 4,096 columns.
# :::

# %% tags=["remove-cell"]
from lib.report import glue

for network, rows in layers.items():
    glue(**{f"{network}_weights": f"{rows.weights[rows.kind != 'out'].sum():,}"})
