# %% [markdown]
# # Is pruning compression?
#
# **Does pruning keep what a network has learned in fewer weights, or does it make another network? And is the structure that it
# finds worth anything in itself?**
#
# After half of the prunings VGG_SVHN is at least halfway from its original to another network, by SVCCA. So is ResNet-32, but not
# because of pruning: further training alone (to {glue:text}`resnet32_half_trained_as_long:s` accuracy) moves it equally far,
# since its originals were barely trained ({glue:text}`resnet32_complete:s`). For Conv-4 the result is inconclusive.
#
# ```{glue} rests-answer
# ```

# %% tags=["parameters"]
results = "results/chapters/wacv2020"

# %% tags=["remove-cell"]
from lib import ROOT
from lib.report import use_style

use_style()
results = ROOT / results

# %% mystnb={"figure": {"name": "fig-wacv2020", "caption": "Raw SVCCA with the original, averaged over the hidden layers: of networks after half of the prunings and of their training-only controls; and of two complete networks, compared with each other. Means over three networks."}, "image": {"alt": "Two complete networks have 0.46 and 0.52, and 0.32 for ResNet-32. Pruned networks and their controls have 0.72 and 0.74 for Conv-4, 0.48 and 0.45 for ResNet-32, but 0.71 and 0.83 for VGG_SVHN."}}
import pandas as pd

rows = pd.concat(map(pd.read_parquet, results.glob("*/similarity.parquet")))
rows = rows.query("metric == 'svcca' and reshape == 'channels' and kind != 'out'")
rows["half"] = rows.groupby("network").iteration.transform("max") / 2
pruned = rows.query("role in ['pruned', 'half_trained_as_long'] and iteration == half")
both = pd.concat([pruned, rows.query("role == 'complete'")])
means = both.groupby(["network", "role"]).value.mean().unstack().iloc[:, ::-1]
means.columns = ["pruned", "training-only control", "complete, with each other"]
axes = means.plot.bar(rot=0, figsize=(7, 2.8), xlabel="", ylim=(0, 1.1))

# %% [markdown]
# ## How to read it
#
# {cite:t}`blakeney2020pruning` use SVCCA to compare networks pruned by magnitude with sparse ones trained from scratch.
# *Compression* would keep SVCCA near 1; pruning makes *another network* where SVCCA is as low as between two complete networks.
# Complete networks had less training, so halfway to them is no fair reference: it puts the abstract's "substantially different"
# in numbers.
#
# There are three networks each of Conv-4 (half the width, 10,000 images of CIFAR-10, 6 epochs), VGG_SVHN (half the width, 24,000
# images, 4 epochs) and ResNet-32 (a quarter of the width, 10,000 images of CIFAR-10, 8 epochs). They were pruned 12, 20 and 12
# times by a fifth and fully retrained each time. Half of these prunings leave {glue:text}`left:s` of the weights.
#
# Three masks start from the same new values: *the masks* of pruning; random masks, *as dense in each layer* as these; and random
# masks, *equally dense everywhere*. Each is trained once, or *as long* as pruned networks. *Rescaled*: initial weights are
# divided by the square root of their layer's density.

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show imports and names", "code_prompt_hide": "Hide imports and names"}
from lib.report import (
    TITLES,
    Claims,
    by_network,
    glue,
    hidden,
    intervals,
    mean_over,
    minus,
    number,
    read,
    shown,
    titled,
)
from notebooks.wacv2020.analysis import at_half

NAMES = TITLES | {"conv4": "Conv-4, ½ wide", "vgg_svhn": "VGG_SVHN, ½ wide"}
NAMES |= {"resnet32": "ResNet-32, ¼ wide", "half_trained_as_long": "training-only control"}
NAMES |= {
    "masks_again": "the masks, new values",
    "masks_again_rescaled": "the masks, rescaled",
    "random_layerwise": "random, as dense in each layer",
    "random_layerwise_rescaled": "random, as dense in each layer, rescaled",
    "random_layerwise_long": "random, as dense in each layer, as long",
    "random_uniform": "random, equally dense everywhere",
    "random_uniform_long": "random, equally dense everywhere, as long",
    "random_at_init": "random, equally dense, on the complete network's initial values",
    "shuffled": "complete, images shuffled",
}
claims = Claims("wacv2020", results, names=NAMES)

# %% [markdown]
# ## How far does it move, and is it pruning?
#
# **Pruning moves VGG_SVHN further than equal training does, but not ResNet-32.** For Conv-4 it is inconclusive.
#
# ```{glue} rests-training
# ```
#
# **The masks do not lead back:** trained from new values, those of pruning come no closer to the original than random ones, to
# within 0.05 of SVCCA.
#
# ```{glue} rests-back
# ```

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Show the table of similarities", "code_prompt_hide": "Hide the table of similarities"}
tests = at_half(read("performance", results, regime="main"))
layers = hidden(read("similarity", results, regime="main")).query("metric in ['svcca', 'cka']")
# index: network, role, metric, train_seed
similar = mean_over(by_network(at_half(layers)), "layer").droplevel("iteration")
null = by_network(at_half(layers[layers.role == "complete"]), "null_mean").droplevel("iteration")
null = mean_over(null, "layer").rename({"complete": "shuffled"}, level="role")
roles = similar.index.unique("role")
once = [role for role in roles if not role.endswith(("long", "scaled", "init"))]
once += ["half_trained_as_long"]
table = pd.concat([similar.loc[:, once], null]).reorder_levels([2, 1, 0, 3])
titled(shown(intervals(table)).unstack("network").fillna("\u2013"), NAMES)

# %% [markdown]
# ## What is the structure worth?
#
# **In VGG_SVHN it matters how many weights each layer keeps, not which.** Random masks as dense per layer are equally accurate to
# within a point; with one density everywhere they lose {glue:text}`density:s`. For the other two networks the result is
# inconclusive.
#
# ```{glue} rests-structure
# ```
#
# **Pruned VGG_SVHN is as accurate as its original,** to within a point, and random masks trained as long come within five points
# of it. Conv-4 loses more than a point. ResNet-32 gains {glue:text}`resnet32_gained:s`, as its originals were barely trained. For
# all three, pruned networks' match with training-only controls is inconclusive.
#
# ```{glue} rests-accuracy
# ```
#
# The table gives test accuracy at equal sparsity, in %.

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Show the table of accuracies", "code_prompt_hide": "Hide the table of accuracies"}
accuracy = 100 * by_network(tests, "accuracy").droplevel("iteration")
titled(shown(intervals(accuracy), 1).unstack("network").fillna("\u2013"), NAMES)

# %% [markdown]
# ## How far to trust this
#
# We worked from the abstract; the rules are ours. The abstract mentions neither training without pruning nor densities; we made
# the rule on densities after seeing data. We made random masks that are equally dense and trained as long for VGG_SVHN only.
# Knowing the old verdicts, but before training the new controls, we changed four rules for each network: random masks now match
# their counterparts in densities, start and training, and we take differences within a network.

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show what is claimed", "code_prompt_hide": "Hide what is claimed"}
svcca = similar.xs("svcca", level="metric")
halfway = (1 + svcca.xs("complete", level="role")) / 2 - svcca.xs("pruned", level="role")
pruned = accuracy.xs("pruned", level="role")
density = minus(accuracy, "random_layerwise", "random_uniform")
complete = accuracy.xs("complete", level="role").reindex(pruned.index)
sentences = {
    "evolves": "pruned, it is at least halfway to another complete network",
    "accuracy": "pruned, it is as accurate as its original, to within a point",
    "sparse": "sparse at random from the start, it is as accurate as pruned, to within five points",
    "structure": "the structure that pruning found is no better than a random one, to within a point",
    "representation": "the structure of pruning does not lead back to the original's layers",
    "training": "pruning takes it further from its original than training without pruning does",
    "beside": "pruned, it is as accurate as its training-only control, to within a point",
    "density": "random masks are better as dense in each layer as pruning leaves it than alike everywhere",
}
rules = {
    "evolves": (halfway, {"above": 0}),
    "accuracy": (pruned - complete, {"above": -1}),
    "sparse": (minus(accuracy, "random_uniform_long", "pruned"), {"above": -5}),
    "structure": (minus(accuracy, "masks_again", "random_layerwise"), {"below": 1}),
    "representation": (minus(svcca, "masks_again", "random_layerwise"), {"below": 0.05}),
    "training": (minus(svcca, "half_trained_as_long", "pruned"), {"above": 0}),
    "beside": (minus(accuracy, "pruned", "half_trained_as_long"), {"above": -1}),
    "density": (density, {"above": 0}),
}
for key, (numbers, bound) in rules.items():
    unit = "" if key in ("evolves", "representation", "training") else "points"
    sentence = f"{{network}}: {sentences[key]}."
    claims.each(f"{key}-{{network}}", sentence, intervals(numbers), **bound, unit=unit)
means = accuracy.groupby(["network", "role"]).mean()
for role in ("complete", "half_trained_as_long"):
    glue(**{f"resnet32_{role}": f"{number(means['resnet32', role], 1)} %"})
points = means["resnet32", "pruned"] - means["resnet32", "complete"]
most = density.groupby("network").mean().max()
glue(density=number(most, 1), resnet32_gained=number(points, 0))
left = tests[tests.role == "pruned"].groupby("network").remaining.mean()
left = [f"{number(100 * left[network], 0)} %" for network in ("conv4", "vgg_svhn", "resnet32")]
glue(left=f"{left[0]}, {left[1]} and {left[2]}")

# %% tags=["remove-cell"]
claims.expect(
    {
        "answer": {
            "evolves-*": "holds",
            "evolves-conv4": "inconclusive",
            "training-resnet32": "does not hold",
        },
        "training": {
            "training-vgg_svhn": "holds",
            "training-resnet32": "does not hold",
            "training-conv4": "inconclusive",
        },
        "back": {"representation-*": "holds"},
        "structure": {
            "density-*": "holds",
            "structure-*": "inconclusive",
            "structure-vgg_svhn": "holds",
        },
        "accuracy": {
            "accuracy-*": "holds",
            "accuracy-conv4": "does not hold",
            "sparse-*": "holds",
            "beside-*": "inconclusive",
        },
    }
)

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Show all sentences and verdicts", "code_prompt_hide": "Hide all sentences and verdicts"}
claims.table()[["sentence", "measured", "verdict"]]

# %% [markdown]
# **What to take away.** A pruned network can be halfway to another network. Only a training-only control tells how much of this
# is due to pruning.
#
# ## Exercise
#
# A random structure reaches the accuracy of the one that pruning found. Name two reasons why this comparison could be unfair.
#
# :::{dropdown} Answer
# The random one may have had less training, and other numbers of weights in each layer.
# :::
