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
# # Is pruning compression?
#
# **Does pruning keep what a network knows in fewer weights, or does it make another network? Is the
# sparsity structure that it finds worth anything?**
#
# {cite:t}`blakeney2020pruning` ask whether pruned networks contain the representations of the
# network they came from. They compare three ways to a sparse network by SVCCA, layer by layer:
# pruning by magnitude, the same structure with new random values, and a structure chosen at random
# before any training.

# %% tags=["parameters"]
results = "results/chapters/wacv2020"

# %% tags=["remove-input"]
from lib.chapters.wacv2020 import claims as paper
from lib.report.page import glue, open_study

study = open_study(results, *paper.NETWORKS)

# %% [markdown]
# ## What was done
#
# - **Networks.** The abstract has a small convolutional network, a VGG and a residual one, and names no
#   images. We take Conv-4 and ResNet-32 on CIFAR-10, and VGG_SVHN on SVHN.
# - **Pruned by magnitude.** As in the main paper: a fifth of the weights in each iteration, all
#   layers in one pool, learning-rate rewinding.
# - **The same masks, new random values.** The mask of such a run is kept, the values are not. The
#   network is then trained once, with the whole schedule.
# - **Random masks before training.** Of all initial weights a random choice stays, all layers in one
#   pool, and the network is trained once, with the whole schedule.
# - **Two levels.** Both are compared with pruning where half of its iterations are done, and in the
#   end. The figure shows the first level, where less accuracy should have gone.
# - **Control.** Complete networks of other seeds are as far away as a network can be that does the same.
#
# ## The figure

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-wacv2020", "caption": "SVCCA of each layer of sparse networks with the same layer of the complete network, by how they came about, where as many weights are left as after half of the pruning iterations; mean over the runs. Two complete networks of different seeds stand beside them."}}
import numpy as np

from lib.report import values
from lib.report.figure import LayerFigure
from lib.report.style import METRIC_STYLES

LOOKS = {
    way: {key: METRIC_STYLES[metric][key] for key in ("color", "linestyle")}
    for way, metric in zip(paper.WAYS, ("svcca", "cka", "nbs", "cosine"), strict=True)
}


def experiment(network, way):
    return f"{network}_{way}" if way else network


def half(name):
    """The iteration with as many weights as half of the iterations of pruning leave."""
    left = np.log(values.remaining(study, name))
    return (left - left.iloc[-1] / 2).abs().idxmin()


def at_half(name, metric, column="value"):
    """A metric over the layers there, mean over the runs."""
    return values.curves(study, name, metric, column=column).loc[half(name)]


figure = LayerFigure("sparse-networks", [])
for network, name in paper.NETWORKS.items():
    axes = figure.panel(name, order=values.layers(study, network))
    for way, words in paper.WAYS.items():
        line = at_half(experiment(network, way), "svcca")
        figure.draw(axes, line, words, **LOOKS[way])
figure

# %% [markdown]
# ## The numbers
#
# *Left* says how many of the weights are left at the level of the figure, and *Accuracy* is the test
# accuracy there. *In the end* is the accuracy after the last iteration. The metrics are means over the
# hidden layers at the level of the figure:

# %% tags=["hide-input"]
import pandas as pd

from lib.report.names import METRICS
from lib.report.tables import Table


def by_kind(row):
    """A row for each network and way to a sparse one: the columns that `row` gives."""
    rows = {
        (name, words): row(network, experiment(network, way))
        for network, name in paper.NETWORKS.items()
        for way, words in paper.WAYS.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["Network", "How"])


def numbers(network, name):
    accuracy, hidden = 100 * values.accuracy(study, name), values.hidden(study, network)
    row = {
        "Left, %": accuracy.remaining[half(name)],
        "Accuracy, %": accuracy["mean"][half(name)],
        "In the end, %": accuracy["mean"].iloc[-1] if len(accuracy) > 1 else np.nan,
    }
    for metric in ("svcca", "pwcca", "cka", "nbs"):
        row[METRICS[metric]] = at_half(name, metric)[hidden].mean()
    return row


overview = by_kind(numbers)
Table.of(overview, {"Left, %": 0, "Accuracy, %": 1, "In the end, %": 1})

# %% [markdown]
# ## What is the structure worth?
#
# If the structure that pruning found matters in itself, it should train better than a random one,
# from random values in both. Here are the accuracies at the level of the figure, in percent, and the
# difference in each run, mean and standard deviation:

# %% tags=["hide-input"]
from lib.report.format import spread


def accuracies(name):
    """Test accuracy of each run at the level of the figure, in percent."""
    rows = study.of(name, "performance")
    return 100 * rows[rows.iteration == half(name)].set_index(values.RUN).accuracy


rows = {}
for network, name in paper.NETWORKS.items():
    again, random = (accuracies(f"{network}_{way}") for way in (paper.AGAIN, paper.RANDOM))
    better = (again - random).dropna()
    rows[name] = {
        "Its structure": again.mean(),
        "A random one": random.mean(),
        "Better by, points": spread(better.mean(), better.std(), 1, sign=True),
    }
worth = pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network")
Table.of(worth, 1, numeric=["Better by, points"])

# %% [markdown]
# A random choice over all layers leaves every layer equally dense, and magnitude does not. So part of the
# difference may come from how many weights each layer keeps, and not from which ones. The control with
# random masks of the same densities, on the page {doc}`controls`, takes that out.
#
# ## The claims
#
# The rules were written before Conv-4 and ResNet-32 were trained. They named another VGG first. When
# VGG_SVHN took its place, its complete and its pruned networks were there already from the main study,
# and only those with its masks and with random ones were trained after that. {doc}`claims` tells how a
# verdict is made.

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
# Two numbers stand beside every similarity: the *null*, which is what mismatched images give, and the
# control, which is another complete network, trained from another seed. *Beyond* counts what the null gives
# as 0 and identity as 1:


# %% tags=["hide-input"]
def beyond(network, name):
    hidden, row = values.hidden(study, network), {}
    for metric in ("svcca", "cka"):
        value, null = (at_half(name, metric, column)[hidden] for column in ("value", "null_mean"))
        head, above = METRICS[metric], ((value - null) / (1 - null)).clip(lower=0)
        row |= {head: value.mean(), f"{head}: null": null.mean(), f"{head}: beyond": above.mean()}
    return row


beyond_chance = by_kind(beyond)
Table.of(beyond_chance)

# %% [markdown]
# ## What differs, and why?
#
# The paper has one metric. Would another one have led it to the same claims? The networks and the
# rules stay as they are, and only the metric changes:

# %% tags=["hide-input"]
again = readings.again(study, outcomes, readings.OF_SVCCA)
readings.tally(again, readings.OF_SVCCA)

# %% tags=["hide-input"]
readings.table(again)

# %% [markdown]
# A dash means that it was not measured. Claims on accuracies are left out, since no metric changes them.
#
# ## What we decided
#
# Only the abstract is open to us, and it leaves most details open, so we decide as the field would. The
# tables list every decision: *in the paper* is the value at full scale, and *source* says whether it
# comes from a paper or is our choice. `make book CHAPTER=wacv2020 PROFILE=paper` runs the full scale.
#
# Conv-4 and its recipe are on the page {doc}`icpram2020`, ResNet-32 and its on {doc}`icann2020`, and
# VGG_SVHN and its on {doc}`methods`. The two controls of the structure differ from these as follows. First the
# same masks with new random values, for Conv-4:

# %% tags=["hide-input"]
from lib.report import recipes

recipes.deviations(study, "conv4_masks_again")

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show what is as at full scale", "code_prompt_hide": "Hide what is as at full scale"}
recipes.kept(study, "conv4_masks_again")

# %% [markdown]
# And random masks before training, for Conv-4:

# %% tags=["hide-input"]
recipes.deviations(study, "conv4_random_at_init")

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show what is as at full scale", "code_prompt_hide": "Hide what is as at full scale"}
recipes.kept(study, "conv4_random_at_init")

# %% [markdown]
# ## How to read it
#
# *Compression* would keep the representations, with a line near 1. *Evolution* would lead elsewhere, to a
# line near that of another complete network. What lies halfway has kept something.
#
# The abstract gives no number for "substantially different": our rule asks for half of the way to an
# independently trained network. It gives none for "reasonably good" either: our rule allows five points
# of accuracy.
