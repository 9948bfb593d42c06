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
# {cite:t}`ansuini2020similarity` pruned networks of a single family on five subsets of CIFAR-10, from easy to
# hard. They found the first and the last layers of pruned and complete networks similar by SVCCA, and those in the
# middle not. Their pruning rewound the surviving weights to their values early in training. The main paper lets
# them keep their values, and finds that SVCCA gives comparable results.

# %% tags=["parameters"]
results = "results/chapters/icpram2020"

# %% tags=["remove-cell"]
import pandas as pd

from lib.analyses.icpram2020 import analysis
from lib.analyses.icpram2020 import claims as paper
from lib.analyses.readings_beside_svcca import OF_SVCCA
from lib.book import claims
from lib.book.claims import readings
from lib.book.findings import compared, record, record_claims
from lib.book.report import networks, recipes, values
from lib.book.report.figure import INDEPENDENT, LayerFigure
from lib.book.report.format import Table
from lib.book.report.names import METRICS
from lib.book.report.page import glue, open_study

# %%
study = open_study(results, *paper.TASKS)

# %% [markdown]
# ## What we find
#
# :::{finding}
# :expects: icpram2020-{first,connected}-conv4_{two,late_reset} = holds; icpram2020-u-grows = does not hold
# **No: the "U" does not come with a hard task.** It is there with two classes as well as with ten, and
# with ten it is no deeper.
# :::
#
# :::{finding}
# :expects: icpram2020-rewinding-shape = holds; icpram2020-rewinding-level = undecided
# Whether the weights or only the learning rate are rewound, SVCCA draws the same curve over the layers. Three complete
# networks are too few to tell whether the two curves also lie at the same height.
# :::

# %%
outcomes = claims.evaluate(study, (*paper.CLAIMS, *paper.REMARK))
record_claims(outcomes)
glue(**claims.headline(outcomes))
claims.counts({"ICPRAM 2020": outcomes})

# %% [markdown]
# ## What was done
#
# ::::{dropdown} Network, tasks, pruning, comparison and controls
# - **Network.** Conv-4 {cite}`frankle2019lottery`: four convolutions, two hidden fully-connected
#   layers and an output layer, no batch normalisation. The abstract speaks of convolutions in the
#   middle and a fully-connected layer at the end, and names no network.
# - **Tasks.** The first two, four, six, eight and ten classes of CIFAR-10, with equally many images
#   of each, so each task contains the easier ones. We do not know which classes the paper took.
# - **Pruning.** Each iteration removes a fifth of the weights, with all layers in one pool. The
#   survivors then go back to the values that they had after the first tenth of the training, and
#   after one epoch at the earliest: this is late resetting {cite}`frankle2019stabilizing`. The schedule
#   continues from there.
# - **Comparison.** The same network on all ten classes, pruned with learning-rate rewinding.
# - **Controls.** Complete networks of other seeds, and networks that were never trained.
# ::::
#
# ## The figure
#
# :::{figure-title} fig-icpram2020
# :expects: icpram2020-{first,connected}-conv4_{two,late_reset} = holds
# The “U” is there with two classes as with ten
# :::

# %% mystnb={"figure": {"name": "fig-icpram2020", "caption": "SVCCA of each layer of the pruned Conv-4 with the same layer of the complete network, for tasks of two to ten classes, mean over the pruning runs. Each line is one pruning iteration, from pale to strong. The dashed line in the pale band is the null of the last iteration, two standard deviations either side. All panels have the same vertical scale."}}
order, left = values.layers(study, paper.HARDEST), values.remaining(study, paper.HARDEST)
figure = LayerFigure("icpram2020", order, iterations=len(left))
for task, classes in paper.TASKS.items():
    axes = figure.panel(classes)
    figure.draw_iterations(axes, values.curves(study, task, "svcca"), left)
    figure.draw_null(axes, values.null(study, task, "svcca"))
figure

# %% [markdown]
# If hard tasks caused the "U", it would deepen from panel to panel. In numbers:

# %% tags=["hide-output"]
Table.of(analysis.of_tasks(study), {"Complete, %": 0, "Pruned, %": 0})

# %% [markdown]
# *Complete* and *Pruned* are test accuracies. The others are SVCCA after the last iteration: *First* of the first
# convolution, *Middle* the lowest of the other convolutions, *Hidden connected* the mean of the hidden
# fully-connected layers. *Null* is what shuffled images give in the lowest layer.
#
# Were all tasks computed in the same way?
#
# :::{finding}
# :expects: icpram2020-same-{device,pytorch} = holds; icpram2020-same-revision = does not hold
# On the same kind of device and with the same PyTorch, but not from the same revision of the code. So the claim on
# the depth of the "U", which compares two classes with ten, also compares revisions.
# :::

# %% tags=["hide-output"]
places = analysis.computed_where(study)
record(*analysis.computed_alike(places))
Table.of(places)

# %% [markdown]
# ## Weights or learning rate?
#
# Both ways of rewinding on all ten classes, from the same seeds:
#
# :::{figure-title} fig-rewinding
# :expects: icpram2020-rewinding-shape = holds
# Weights or rate rewound, SVCCA draws the same curve
# :::

# %% mystnb={"figure": {"name": "fig-rewinding", "caption": "SVCCA and CKA of each layer of Conv-4 on all ten classes, once with the weights rewound (late resetting) and once with only the learning rate rewound. Lines as in the first figure of this page; the dotted one compares complete networks that were trained independently of each other."}}
ways = {"weights rewound": paper.HARDEST, "learning rate rewound": paper.RATE}
figure = LayerFigure("rewinding", order, iterations=len(left))
for metric in ("svcca", "cka"):
    for rewound, experiment in [way for way in ways.items() if way[1] in study]:
        axes = figure.panel(f"{METRICS[metric]}, {rewound}")
        figure.draw_iterations(axes, values.curves(study, experiment, metric), left)
        figure.draw_null(axes, values.null(study, experiment, metric))
        independent = values.control(study, experiment, "independent", metric)
        label = "complete networks, trained independently of each other"
        figure.draw(axes, independent, label, **INDEPENDENT)
figure

# %% [markdown]
# Folded: the means over the hidden layers after the last iteration, and the layer in which the two differ most.

# %% tags=["hide-output"]
Table.of(analysis.two_ways(study, ways), nothing="One of the two was not measured.")

# %% [markdown]
# ## The claims
#
# {ref}`how-claims-are-decided` says how a verdict is reached.

# %%
claims.Claims("claims", outcomes)

# %% [markdown]
# ### Which is the fully-connected layer?
#
# The abstract finds "a high similarity" in "the fully-connected layer"; Conv-4 has three. We read it as the output
# layer, from which the "similar performances" are read off. The next sentence has a plural: "the fully-connected
# layers act as pivots". So the folded table also has the reading with the two hidden layers.

# %% tags=["hide-output"]
analysis.two_readings(study, outcomes)

# %% [markdown]
# Is the output similar because pruning kept something? The table has SVCCA between the output layer of
# each network and that of the complete one, on all ten classes:

# %%
networks_of_ten = {
    "pruned, weights rewound": paper.HARDEST,
    "pruned, learning rate rewound": paper.RATE,
    "complete, of other seeds": f"{paper.RATE}_independent",
    "never trained": f"{paper.RATE}_untrained",
}
outputs = {
    words: values.curves(study, name, "svcca").iloc[-1]["out"]
    for words, name in networks_of_ten.items()
    if name in study
}
Table.of(pd.Series(outputs, name="SVCCA of the output").rename_axis("Network").to_frame())

# %%
nearer = claims.estimate(paper.PIVOT.numbers, study)
verdict = analysis.pivot_verdict(nearer)
record(compared("icpram2020-output-pivot", paper.PIVOT.words, nearer, verdict))

# %% [markdown]
# :::{finding}
# :expects: icpram2020-output-pivot = not measurably nearer
# By this number a pruned network's output cannot be told from that of another complete network, which has learned the
# same classes. So a high value in the last layer does not show that pruning kept anything there.
# :::
#
# This decides no claim. Eight claims had other rules until 21 November 2026, when their verdicts were known; revision
# 15674b6d has both.
#
# ## What differs, and why?
#
# Folded: the other metrics of the main paper, and whether the claims hold by them. Claims on accuracies are left out.
#
# :::{figure-title} fig-icpram2020-metrics
# The other metrics, on two and on ten classes
# :::

# %% tags=["hide-output"] mystnb={"figure": {"name": "fig-icpram2020-metrics", "caption": "PWCCA, CKA and NBS of each layer of the pruned Conv-4 with the complete network, on two and on ten classes. Lines as in the first figure of this page."}}
figure = LayerFigure("icpram2020-metrics", order, iterations=len(left))
for metric in ("pwcca", "cka", "nbs"):
    for task in (paper.EASIEST, paper.HARDEST):
        axes = figure.panel(f"{METRICS[metric]}, {paper.TASKS[task]}")
        figure.draw_iterations(axes, values.curves(study, task, metric), left)
        figure.draw_null(axes, values.null(study, task, metric))
figure

# %% tags=["hide-output"]
again = readings.decide_again(study, outcomes, OF_SVCCA)
readings.tally(again, OF_SVCCA)

# %% tags=["hide-output"]
readings.readings_table(again)

# %% [markdown]
# ## What the null and the controls say
#
# A similarity counts only as far as it exceeds its null, and says something about pruning only beside networks that
# were not pruned.

# %% tags=["hide-output"]
compared_with_complete = {words: (name, "value") for words, name in networks_of_ten.items()}
compared_with_complete["null of the pruned, weights rewound"] = (paper.HARDEST, "null_mean")
Table.of(analysis.beside_strangers(study, compared_with_complete))

# %% [markdown]
# ## What we decided
#
# ::::{dropdown} Where our decisions come from
# We worked from the paper's abstract and from what the main paper says of it. From the abstract come iterative
# magnitude pruning, CCA, and what is found in the first, the middle and the last layers. From the main paper come the
# five subsets of CIFAR-10 and the single family of networks (section 1), the weights that are rewound late (3.1), and
# networks simpler than VGG16_BN, compared by mean SVCCA alone (5.2). The paper itself is open at [its
# publisher](https://doi.org/10.5220/0008960300520059). We have taken no value from there, so what these two leave
# open is our decision and may differ from what its authors did.
#
# The tables list every decision with its source. `make book CHAPTER=icpram2020 PROFILE=paper` runs the full scale.
# ::::

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Show the layers of Conv-4", "code_prompt_hide": "Hide the layers of Conv-4"}
networks.layer_table("conv4", study.settings("conv4_late_reset")["width"])

# %% [markdown]
# This is the task of all ten classes with late resetting; the other tasks differ in their classes alone:

# %% tags=["hide-output"]
recipes.deviations(study, "conv4_late_reset")

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Show what is as at full scale", "code_prompt_hide": "Hide what is as at full scale"}
recipes.kept(study, "conv4_late_reset")

# %% [markdown]
# ## How to read it
#
# Fewer classes also mean fewer training images, and these subsets cannot separate the two effects. And since a
# network for two classes needs few directions in its layers, the number that SVCCA keeps changes with the task.
#
# ## Exercises
#
# **1.** With two classes the network is trained on a fifth of the images that it has with ten. Which control would separate
# the two?
#
# :::{dropdown} Answer
# Ten classes with a fifth of the images of each, so that the number of images is that of two classes and the task is
# the hard one.
# :::
#
# **2.** Which line says whether a "U" is more than chance?
#
# :::{dropdown} Answer
# The dashed null: only what lies above it is.
# :::
