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
# # Tasks of growing complexity
#
# **Does the "U" come with a hard task, and does it matter how the survivors are rewound?**
#
# The main paper extends an earlier one, {cite:t}`ansuini2020similarity`. That one pruned networks of
# a single family on five subsets of CIFAR-10, from easy to hard. It found the first and the last
# layers of pruned and complete networks similar, and those in the middle not. Its only metric was SVCCA,
# and it pruned in another way: survivors went back to the values that they had early in the training.
# The main paper lets them keep their values, and remarks that SVCCA hardly changes.

# %% tags=["parameters"]
results = "results/chapters/icpram2020"

# %% tags=["remove-input"]
from lib.chapters.icpram2020 import claims as paper
from lib.report.page import glue, open_study

study = open_study(results, *paper.SUBSETS)

# %% [markdown]
# ## What was done
#
# - **Network.** Conv-4 {cite}`frankle2019lottery`: four convolutions, two hidden fully-connected
#   layers, no batch normalisation. The abstract speaks of convolutions in the middle and
#   fully-connected layers at the end, and names no network.
# - **Tasks.** The first two, four, six, eight and ten classes of CIFAR-10, with equally many images
#   of each. So each task contains the easier ones. Which classes the paper took, we do not know.
# - **Pruning.** A fifth of the weights goes in each iteration, all layers in one pool. Then the
#   survivors go back to their values after the first tenth of the training, at least after one
#   epoch: this is late resetting {cite}`frankle2019stabilizing`. The schedule goes on from there.
# - **Side by side.** On all ten classes, the same network once more with learning-rate rewinding.
# - **Controls.** Complete networks of other seeds, and networks that were never trained.
#
# ## The figure

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-icpram2020", "caption": "SVCCA of each layer of the pruned Conv-4 with the same layer of the complete network, for tasks of two to ten classes, mean over the pruning runs. Each line is one pruning iteration, from pale to strong. The dashed line in the pale band is the null of the last iteration. Dotted, where measured: complete networks, trained independently of each other."}}
from lib.report import values
from lib.report.figure import INDEPENDENT, LayerFigure


def draw(name, panels):
    """A panel for each (title, experiment, metric), and in it a line for each iteration."""
    left = values.remaining(study, paper.HARDEST)
    figure = LayerFigure(name, values.layers(study, paper.HARDEST), iterations=len(left))
    for title, experiment, metric in panels:
        axes = figure.panel(title)
        figure.draw_iterations(axes, values.curves(study, experiment, metric), left)
        figure.draw_null(axes, values.null(study, experiment, metric))
        others = values.control(study, experiment, "independent", metric)
        label = "complete networks, trained independently of each other"
        figure.draw(axes, others, label, **INDEPENDENT)
    return figure


draw("icpram2020", [(words, task, "svcca") for task, words in paper.SUBSETS.items()])

# %% tags=["hide-input"]
import pandas as pd

from lib.report.tables import Table

rows = {}
for task, words in {**paper.SUBSETS, paper.RATE: "all ten, rate rewound"}.items():
    accuracy = 100 * values.accuracy(study, task)["mean"]
    runs = values.by_run(study, task, "svcca")  # after the last iteration, a column for each layer
    lowest = runs[values.hidden(study, task)].mean().idxmin()
    rows[words] = {
        "Complete, %": accuracy.iloc[0],
        "Pruned, %": accuracy.iloc[-1],
        "First": runs["conv1_1"].mean(),
        "Middle": runs[["conv1_2", "conv2_1", "conv2_2"]].min(axis=1).mean(),
        "Connected": runs[["fc1", "fc2"]].mean(axis=1).mean(),
        "Output": runs["out"].mean(),
        "Lowest at": lowest,
        "Null": values.null(study, task, "svcca")["mean"][lowest],
    }
tasks = pd.DataFrame.from_dict(rows, orient="index").rename_axis("Task")
Table.of(tasks, {"Complete, %": 0, "Pruned, %": 0})

# %% [markdown]
# *Complete* and *Pruned* are test accuracies. *First* is SVCCA of the first convolution after the last
# iteration, *Middle* the lowest of the other convolutions in each run, *Connected* the mean of the
# fully-connected layers, and *Output* that of the output. *Null* is what shuffled images give in the
# lowest layer.
#
# ## Weights or learning rate?
#
# Both ways of rewinding on all ten classes, from the same seeds:

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-rewinding", "caption": "SVCCA and CKA of each layer of Conv-4 on all ten classes, once with the weights rewound (late resetting) and once with only the learning rate rewound. Lines as above."}}
from lib.report.names import METRICS

WAYS = {"weights rewound": paper.HARDEST, "learning rate rewound": paper.RATE}
draw(
    "rewinding",
    [
        (f"{METRICS[metric]}, {words}", experiment, metric)
        for metric in ("svcca", "cka")
        for words, experiment in WAYS.items()
    ],
)

# %% [markdown]
# How far are the two apart after the last iteration? Here are the means over the hidden layers, and
# the layer in which they differ most:

# %% tags=["hide-input"]
SHOWN = ("svcca", "pwcca", "cka", "nbs")


def hidden(experiment, metric, column="value"):
    """A metric in each hidden layer after the last iteration, mean over the runs."""
    last = values.curves(study, experiment, metric, column=column).iloc[-1]
    return last[values.hidden(study, experiment)]


rows = {}
for metric in SHOWN:
    lines = {words: hidden(experiment, metric) for words, experiment in WAYS.items()}
    apart = (lines["learning rate rewound"] - lines["weights rewound"]).abs()
    rows[METRICS[metric]] = {words.capitalize(): line.mean() for words, line in lines.items()} | {
        "Furthest apart at": apart.idxmax(),
        "By": apart.max(),
    }
Table.of(pd.DataFrame.from_dict(rows, orient="index").rename_axis("Metric"))

# %% [markdown]
# ## The claims
#
# The rules were written before these networks were trained. {doc}`claims` tells how a verdict is
# made.

# %% tags=["remove-input"]
from IPython.display import Markdown

from lib import claims
from lib.claims import readings

outcomes = claims.evaluate(study, (*paper.CLAIMS, *paper.REMARK))
glue(**claims.headline(outcomes))
Markdown(claims.summary(outcomes))

# %% tags=["hide-input"]
claims.table(outcomes)

# %% [markdown]
# ## What differs, and why?
#
# The paper had SVCCA alone. Here are the other metrics of the main paper on the easiest and on the
# hardest task:

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-icpram2020-metrics", "caption": "PWCCA, CKA and NBS of each layer of the pruned Conv-4 with the complete network, on two and on ten classes. Lines as above."}}
ends = [(task, paper.SUBSETS[task]) for task in (paper.EASIEST, paper.HARDEST)]
draw(
    "icpram2020-metrics",
    [
        (f"{METRICS[metric]}, {words}", task, metric)
        for metric in ("pwcca", "cka", "nbs")
        for task, words in ends
    ],
)

# %% [markdown]
# Would another metric have led to the same claims? The networks and the rules stay as they are, and
# only the metric changes:

# %% tags=["hide-input"]
again = readings.again(study, outcomes, readings.OF_SVCCA)
readings.tally(again, readings.OF_SVCCA)

# %% tags=["hide-input"]
readings.table(again)

# %% [markdown]
# Claims on accuracies are left out, since no metric changes them.
#
# ## What the null and the controls say
#
# A similarity counts only as far as it exceeds its null, and it says something about pruning only
# beside networks that were not pruned:

# %% tags=["hide-input"]
compared = {
    "pruned, weights rewound": (paper.HARDEST, "value"),
    "pruned, learning rate rewound": (paper.RATE, "value"),
    "complete, of other seeds": (f"{paper.RATE}_independent", "value"),
    "never trained": (f"{paper.RATE}_untrained", "value"),
    "null of the pruned, weights rewound": (paper.HARDEST, "null_mean"),
}
rows = {
    words: {METRICS[metric]: hidden(experiment, metric, column).mean() for metric in SHOWN}
    for words, (experiment, column) in compared.items()
}
table = pd.DataFrame.from_dict(rows, orient="index")
Table.of(table.rename_axis("Compared with the complete network"))

# %% [markdown]
# ## What we decided
#
# Only the abstract is open to us, and it leaves most details open, so we decide as the field would. The
# tables list every decision: *in the paper* is the value at full scale, and *source* says whether it
# comes from a paper or is our choice. `make book CHAPTER=icpram2020 PROFILE=paper` runs the full scale.

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show the layers of Conv-4", "code_prompt_hide": "Hide the layers of Conv-4"}
from lib.report import networks, recipes

networks.layer_table("conv4", study.settings("conv4_late_reset")["width"])

# %% [markdown]
# This is the task of all ten classes with late resetting; the other tasks differ in their classes alone:

# %% tags=["hide-input"]
recipes.deviations(study, "conv4_late_reset")

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show what is as at full scale", "code_prompt_hide": "Hide what is as at full scale"}
recipes.kept(study, "conv4_late_reset")

# %% [markdown]
# ## How to read it
#
# Look along the panels of the first figure. If a hard task makes the "U", it deepens from panel to
# panel. Fewer classes also mean fewer images to train on, and the way in which the subsets are made does
# not let us tell the two apart.
#
# The abstract speaks of "the fully-connected layer", as if there were one. Our rules take the hidden
# ones. The output layer is fully connected as well, and has a column of its own to be read beside them.
#
# A network for two classes needs few directions in its layers. SVCCA keeps as many as carry 99 % of
# the variance, and compares these. So the number of directions changes with the task, and with it
# what SVCCA can see.
#
# The scale is smaller than the paper's, and both the network and the recipe are our choice. So a claim
# that fails here is not refuted. {doc}`claims` says more on that.
