# %% [markdown]
# # Experimental setup
#
# **What exactly is compared with what?**
#
# We compare each layer of a pruned network with the same layer of its original, and with the same layer of strangers, on images
# that no network was trained on. VGG_SVHN was trained with the paper's recipe and pruned twenty times; ResNet_fast was trained
# with the paper's schedule and augmentation, but pruned in four steps. All three paper networks, at full width, were also trained
# on 10,000 images and pruned in four steps.

# %% tags=["parameters"]
results = "results/chapters/converged"
recipe = "results/chapters/by_recipe"

# %% tags=["remove-cell"]
from lib import ROOT
from lib.report import number, use_style

use_style()
results, recipe = ROOT / results, ROOT / recipe

# %% mystnb={"figure": {"name": "fig-regimes", "caption": "Share of the convolutions' weights left in VGG_SVHN after each full schedule: with the paper's recipe, and on 10,000 images, where one pruning removes as many weights as five of the paper's."}, "image": {"alt": "Both lines fall straight on the logarithmic scale to 1.15 %: one in twenty steps, the other in four."}}
import matplotlib.pyplot as plt
import pandas as pd

figure, axes = plt.subplots(figsize=(7, 2.8))
studies = {"recipe": recipe / "vgg_svhn_recipe", "few images": results / "vgg_svhn_few_images"}
for words, folder in studies.items():
    rows = pd.read_parquet(folder / "performance.parquet")
    left = 100 * rows.groupby("iteration").remaining.mean()
    left.plot(
        ax=axes, marker="o", logy=True, label=f"{words}: {number(left.iloc[-1])} % in the end"
    )
axes.set(xlabel="prunings, each with a whole training", ylabel="weights left, %", xticks=range(21))
legend = axes.legend()

# %% [markdown]
# ## Five steps
#
# From section 4 of {cite:t}`ansuini2020investigating`:
#
# 1. **Train.** A convolutional network learns to classify images. This complete network is the *original*.
# 2. **Prune.** The weights of smallest magnitude are set to zero, over all convolutions together. The surviving weights are
#    trained again from the values they have, with the whole learning-rate schedule. Repeating both is iterative magnitude pruning
#    {cite}`han2015learning` with learning-rate rewinding {cite}`renda2020comparing` ({doc}`pruning_methods`).
# 3. **Record.** All networks see the same test images. A layer's outputs for these images are its *representation*.
# 4. **Compare.** Each metric gives a pair of representations a similarity from 0 to 1.
# 5. **Count networks.** Independent networks are the unit of analysis, in means and intervals: repeated pruning runs from one
#    original would not add to the sample.

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
# addition), and of the network (before softmax; paper, section 5.2). All layers but the output are *hidden*. Pruning may remove
# the weights of convolutions: {glue:text}`vgg16_bn_weights:s` in VGG16_BN, {glue:text}`vgg_svhn_weights:s` in VGG_SVHN,
# {glue:text}`resnet_fast_weights:s` in ResNet_fast.

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show how it is drawn", "code_prompt_hide": "Hide how it is drawn", "figure": {"name": "fig-networks", "caption": "The recorded layers of the paper's networks (Figs. 1 to 3) in forward order, with channels, height and width of their outputs. Box height shows map size, box width the number of channels, on log scales. The lines above are skip connections."}, "image": {"alt": "VGG16_BN has 13 convolutions in five groups with a pooling after each, VGG_SVHN seven in four groups; maps shrink from 32 to 1 or 2 pixels. ResNet_fast has two residual blocks, each of two convolutions and a sum."}}
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
# Both data sets are colour photographs of 32×32 pixels in ten classes. We split them differently from the paper:
#
# | | Official | Here | Few images |
# |---|---|---|---|
# | **CIFAR-10** {cite}`krizhevsky2009learning`, animals and means of transport | 50,000 to train on, 10,000 to test on | only the official training images: the first 40,000 for training, the last 10,000 for testing | 10,000 of the 40,000 |
# | **SVHN** {cite}`netzer2011reading`, house numbers; the class is the digit in the middle | 73,257 and 26,032 | 24,465 and 6,001: all official test images and 4,434 training images, re-split so that no photograph is on both sides | 10,000 of the 24,465 |
#
# This book gives no accuracy on an official test set. We compare representations on 1,000 of our test images. Your own
# studies start from scikit-learn's *small handwritten digits* {cite}`alpaydin1998optical`, enlarged to 32×32 pixels.
#
# ## Regimes
#
# **The paper's recipe** is its schedule and augmentation (section 4.2), on all images that we have, and twenty prunings by a
# fifth. **Recipe, four steps** is the same with four prunings by two thirds, which is not the paper's pace. **Few images** means
# 10,000 images without augmentation, and a schedule just long enough that an original has nearly converged when pruning begins
# ({doc}`is_it_pruning`). Where regimes disagree, the book shows both. The pages that use slimmer networks describe them.

# %%
columns = {"train_images": "Images", "epochs": "Epochs a training", "iterations": "Prunings"}
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
# (one row per image). {doc}`similarity_metrics` has the equations, and {doc}`what_a_value_means` explains how to read a value.
# Unrelated representations rarely get 0, so each raw value comes with its *null*: the value after shuffling the images of one
# side.
#
# ## Controls, and the fair stranger
#
# | Role | What it is | What it is for |
# |---|---|---|
# | pruned | the network of interest | |
# | trained as long | the training-only control: the same original, trained again as often with all its weights | what does training change? |
# | random masks | as sparse in each layer, weights chosen by chance | does it matter which weights are removed? |
# | complete | complete networks compared with each other | raw reference |
# | untrained | never trained | what does the architecture give? |
#
# **A stranger is a complete network of another seed, compared with the same pruned network.** It was trained in the same way as
# the original; only the seed differs. Two complete networks compared with each other were neither pruned nor trained again, so
# they are no reference for pruned networks.
#
# The book's one scale is the *relative similarity*, $(\text{own} - \text{strangers}) / (1 - \text{strangers})$: 0 where nothing
# reveals which original a network comes from, 1 where it is identical to its original. A difference of 0.1 counts as visible. For
# several networks it uses their mean similarities; {doc}`is_it_pruning` explains its interval.
#
# The table gives the number of complete networks in each role.

# %%
seeds = trained[trained.regime.isin(folders)].astype({"other_seed": "Int64"})
both = pd.concat([seeds, seeds.assign(**{NETWORK: seeds.other_seed}).dropna(subset=[NETWORK])])
counts = both.groupby(["network", "regime", "role"])[NETWORK].nunique().unstack("role")
titled(counts.fillna(0).astype(int).replace(0, "\u2013"), NAMES)

# %% [markdown]
# ## What differs from the paper and from its sources?
#
# Each setting names its source: the paper, if it gives one; else the code or papers behind it; else our own choice. The authors'
# public code is the branch `master` of {cite:t}`ansuini2020code`. The reasons date from the declaration of each experiment, for
# two processor cores; these networks were later trained on a GPU.

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
# Each random number comes from a generator whose seed is a hash of its purpose. `train_seed` decides an original's initial
# weights and image order; `train_seed` and `prune_seed` together decide a pruning run's random numbers. A stopped run therefore
# continues as if nothing had happened.
#
# ## Exercises
#
# **1.** A network has 100,000 weights in its convolutions. How many are left after ten prunings by a fifth, and after twenty?
#
# :::{dropdown} Answer
# 10.7 %, or about 10,700, and 1.15 %, or about 1,150.
# :::
#
# **2.** 500 images pass a layer with 64 channels of 8×8 positions. What shape is the matrix for SVCCA, and that for CKA?
#
# :::{dropdown} Answer
# 32,000 rows and 64 columns, since each position is an observation; 500 rows and 4,096 columns, since each image is one.
# :::

# %% tags=["remove-cell"]
from lib.report import glue

for network, rows in layers.items():
    glue(**{f"{network}_weights": f"{rows.weights[rows.kind != 'out'].sum():,}"})
