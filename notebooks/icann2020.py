# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Where gradual pruning ends
#
# **Does it matter whether the weights go step by step or all at once? Do the two ways end in different
# kinds of minima?**
#
# {cite:t}`tartaglione2020pruning` compare one-shot and gradual pruning. Gradual pruning, they find, ends
# in narrower minima that generalise better, and its neurons say less about the class of an image. What
# a neuron says they measure by its *PSP-entropy*.

# %% tags=["parameters"]
results = "results/chapters/icann2020"

# %% tags=["remove-input"]
from lib.chapters.icann2020 import claims as paper
from lib.report.page import glue, open_study

study = open_study(results, *paper.NETWORKS)

# %% [markdown]
# ## What was done
#
# - **Networks.** LeNet-5 on digits and ResNet-32 on CIFAR-10. The head of the page says which images
#   these are.
# - **Gradually.** A fifth of the weights in each iteration, trained again after each.
# - **At once.** To the same sparsity in one step, then trained again once.
# - **At once, trained as long.** The same, then trained again as often as the gradual one. This
#   control is ours: without it, gradual pruning has also been trained for longer.
#
# ### PSP-entropy
#
# The *post-synaptic potential* of a neuron is its value before the ReLU. For the images of one class
# it is positive with some frequency $p$. The binary entropy
#
# $$H = -p \log_2 p - (1 - p) \log_2 (1 - p)$$
#
# is 0 for a neuron that is always on or always off for that class, and 1 for one that is on for every
# second image. A neuron that tells classes apart has a low entropy on each. Here each position of
# each channel is a neuron, and the mean is over neurons, classes and test images.
#
# Does a low entropy always mean that a neuron is tied to classes? A neuron that is on for one image in a
# hundred has little entropy on every class, whatever it sees. So PSP-entropy needs a *null*: the entropy
# that the same neuron would have if it knew nothing of classes. That is the entropy of its sign over all
# classes together, each with the same weight. The null is never below the PSP-entropy, and what lies
# between the two is the *information* that the sign carries about the class, in bits.
#
# ### Sharpness
#
# A minimum is sharp if the loss rises steeply around it. We measure that in two ways on training images,
# and always in the space of the weights that are left, since a pruned network cannot move along a weight
# that is gone.
#
# - *Eigenvalue* and *trace* belong to the Hessian of the loss. Both change if a layer is scaled up and
#   the next one down, which leaves the function as it is {cite}`dinh2017sharp`.
# - *Increase* is how much the loss rises along random directions in which every filter moves by the same
#   share of its length {cite}`li2018visualizing`. Scaling of layers does not change it.
#
# ## The numbers

# The complete network stands beside the most pruned one of each way.

# %% tags=["hide-input"]
import numpy as np
import pandas as pd

from lib.report.format import spread
from lib.report.tables import Table

COMPLETE = "complete network"
KIND = ["Network", "How"]  # tells the kinds of networks apart, in all tables of this page


def kinds(table):
    """The rows of the complete networks and of the most pruned ones, by kind."""
    found = {}
    for experiment, name in paper.NETWORKS.items():
        complete = table[(table.experiment == experiment) & (table.iteration == 0)]
        # asked again in each run of the same complete network, with the same answer
        found[name, COMPLETE] = complete[complete.prune_seed.isin([complete.prune_seed.min()])]
        for suffix, words in paper.WAYS.items():
            pruned = table[table.experiment == experiment + suffix]
            found[name, f"pruned {words}"] = pruned[pruned.iteration == pruned.iteration.max()]
    return pd.concat(found, names=KIND).droplevel(-1)


def mean_and_sd(values, digits):
    """Over the runs, as a text for each kind of network."""
    by_kind = values.groupby(KIND, sort=False)
    return by_kind.agg(lambda one: spread(one.mean(), one.std(), digits))


accuracy, landscape = kinds(study.performance), kinds(study.landscape)
around = landscape[np.isclose(landscape.radius, paper.RADIUS)]
eigenvalues = landscape[(landscape.quantity == "eigenvalue") & (landscape.number == 0)]
still = landscape[(landscape.quantity == "loss") & (landscape.radius == 0)]
means = accuracy.groupby(KIND, sort=False)[["accuracy", "remaining"]].mean()
numbers = pd.DataFrame(
    {
        "Accuracy, %": 100 * means.accuracy,
        "Left, %": 100 * means.remaining,
        "Loss": still.groupby(KIND, sort=False).value.mean(),
        "Eigenvalue": mean_and_sd(eigenvalues.value, 1),
        "Trace": mean_and_sd(landscape[landscape.quantity == "trace"].value, 0),
        "Increase": mean_and_sd(around[around.quantity == "increase"].value, 3),
    }
)
Table.of(
    numbers,
    {"Accuracy, %": 1, "Left, %": 1, "Loss": 2},
    numeric=["Eigenvalue", "Trace", "Increase"],
)

# %% [markdown]
# These are means over the runs, with the standard deviation. *Loss* is that of the training images, and
# *Increase* is how much it rises at a tenth of each filter's length.
#
# ## The loss around the networks

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-icann2020", "caption": "Training loss along random filter-normalised directions around the complete network and around networks of equal sparsity, by how the weights went; mean over directions and runs."}}
from lib.report.figure import PanelFigure
from lib.report.style import INK, METRIC_STYLES

WAYS = [COMPLETE, *(f"pruned {words}" for words in paper.WAYS.values())]
LOOKS = dict(zip(WAYS, map(METRIC_STYLES.get, ("cosine", "svcca", "cka", "nbs")), strict=True))


def draw(name, values, x, y):
    """A panel for each network, a line for each way; index network, way, and what stands on x."""
    figure = PanelFigure(name)
    for network in paper.NETWORKS.values():
        axes = figure.panel(network, left=0.17)
        lines = values[network].unstack("How")
        for way in WAYS:
            axes.plot(lines.index, lines[way], markersize=4, label=way, **LOOKS[way])
        axes.axhline(0, color=INK, linewidth=0.5, alpha=0.4)
        axes.set_xlabel(x)
        axes.set_ylabel(y)
    return figure


losses = landscape[landscape.quantity == "loss"].groupby([*KIND, "radius"]).value.mean()
draw("landscape", losses, "distance, relative to each filter", "training loss")

# %% [markdown]
# ## PSP-entropy
#
# Here is the mean over all neurons, beside the null. *Information* is what lies between the two, in
# thousandths of a bit:

# %% tags=["hide-input"]
RUN = [*KIND, "train_seed", "prune_seed"]
potentials = kinds(study.potentials).set_index(RUN[-2:], append=True)
potentials["information"] = 1000 * (potentials.mixed - potentials.entropy)  # thousandths of a bit
measured = potentials[["entropy", "mixed", "information"]]
# every neuron counts alike, so a layer counts as often as it has neurons
sums = measured.mul(potentials.neurons, axis=0).groupby(RUN, sort=False).sum()
per_neuron = sums.div(potentials.neurons.groupby(RUN, sort=False).sum(), axis=0)
table = pd.DataFrame(
    {
        "PSP-entropy, bits": mean_and_sd(per_neuron.entropy, 3),
        "Null, bits": mean_and_sd(per_neuron.mixed, 3),
        "Information, millibits": mean_and_sd(per_neuron.information, 1),
    }
)
Table.of(table, numeric=table.columns)

# %% [markdown]
# And layer by layer:

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-icann2020-entropy", "caption": "PSP-entropy of each layer of ReLUs in forward order, mean over neurons, classes and runs, of the complete network and of networks of equal sparsity."}}
by_layer = potentials.groupby([*KIND, "depth"])
draw("entropies", by_layer.entropy.mean(), "layer of ReLUs", "PSP-entropy, bits")

# %% [markdown]
# The information about the class, layer by layer:

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-icann2020-information", "caption": "Information that the sign of a neuron carries about the class, in each layer of ReLUs in forward order, mean over neurons and runs, of the complete network and of networks of equal sparsity."}}
draw("information", by_layer.information.mean(), "layer of ReLUs", "information, millibits")

# %% [markdown]
# ## The claims
#
# The rules were written before these networks were trained. {doc}`claims` tells how a verdict is
# made.

# %% tags=["remove-input"]
from IPython.display import Markdown

from lib import claims
from lib.claims import readings

outcomes = claims.evaluate(study, paper.CLAIMS)
glue(**claims.headline(outcomes))
Markdown(claims.summary(outcomes))

# %% tags=["hide-input"]
claims.table(outcomes)

# %% [markdown]
# ## What the null and the control say
#
# The control is the network pruned *at once, trained as long*. It stands in the tables above: each
# claim is made against both ways of pruning at once.
#
# The null of the PSP-entropy leads to claims of our own. If gradual pruning loosens the tie between
# neurons and classes, then the sign of a neuron must say less about the class:

# %% tags=["remove-input"]
ours = claims.evaluate(study, paper.OURS)
Markdown(claims.summary(ours))

# %% tags=["hide-input"]
claims.table(ours)

# %% [markdown]
# ## What differs, and why?
#
# A verdict may depend on the way in which sharpness or entropy is read. Here the same networks are
# read in other ways, one at a time, and the rules are left alone:

# %% tags=["hide-input"]
again = readings.again(study, outcomes, paper.READINGS)
readings.tally(again, paper.READINGS)

# %% tags=["hide-input"]
readings.table(again)

# %% [markdown]
# *Unchanged* means that the claim does not speak of what the reading changes. Claims on accuracies are
# left out.
#
# The eigenvalue and the increase are both called sharpness, but they measure different things. The
# largest part of the Hessian of the cross-entropy has a factor for each image that vanishes where the
# network is certain of its answer. So a network that fits its training images better has a smaller
# Hessian, however narrow the valley is in which it lies: compare *Loss* and *Eigenvalue* in the table.
# The increase looks further out, and sees the walls.
#
# ## What we decided
#
# Only the abstract is open to us, and it leaves most details open, so we decide as the field would. The
# tables list every decision: *in the paper* is the value at full scale, and *source* says whether it
# comes from a paper or is our choice. `make book CHAPTER=icann2020 PROFILE=paper` runs the full scale.

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show the layers of LeNet-5", "code_prompt_hide": "Hide the layers of LeNet-5"}
from lib.report import networks, recipes

networks.layer_table("lenet5", study.settings("lenet5")["width"])

# %% [markdown]
# This is LeNet-5, pruned gradually; the other ways differ in that alone:

# %% tags=["hide-input"]
recipes.deviations(study, "lenet5")

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show what is as at full scale", "code_prompt_hide": "Hide what is as at full scale"}
recipes.kept(study, "lenet5")

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show the layers of ResNet-32", "code_prompt_hide": "Hide the layers of ResNet-32"}
networks.layer_table("resnet32", study.settings("resnet32")["width"])

# %% [markdown]
# And ResNet-32 in the same way:

# %% tags=["hide-input"]
recipes.deviations(study, "resnet32")

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show what is as at full scale", "code_prompt_hide": "Hide what is as at full scale"}
recipes.kept(study, "resnet32")

# %% [markdown]
# ## How to read it
#
# Compare *gradually* with *at once, trained as long* first. Between these two only the order differs
# in which weights go and training happens. The plain *at once* has had less training, and longer
# training alone may sharpen a minimum.
#
# A high PSP-entropy has two causes that look alike. A neuron may respond to something that all classes
# share, or it may respond to noise. A network that has learned little has neurons of the second kind, so
# look at the accuracy beside it.
