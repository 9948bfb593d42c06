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
# # Pruning before training
#
# **How far can a network be pruned before it has learned anything, and what is lost on the way?**
#
# Pruning before training saves the cost of training the complete network. It has a danger that pruning
# afterwards hardly knows, *layer collapse*: if all weights of one layer go, nothing passes any more.
# {cite:t}`tanaka2020pruning` show that scores which are computed once and cut at once run into it. They
# propose one that cannot, *SynFlow*, which looks at no image and prunes in a hundred small rounds.

# %% tags=["parameters"]
results = "results/chapters/at_init"

# %% tags=["remove-input"]
from lib.chapters.at_init import claims as paper
from lib.report.page import glue, open_study

study = open_study(results, paper.EXPERIMENTS["synflow"])

# %% [markdown]
# ## What was done
#
# VGG_SVHN is pruned before training to 10, 3, 1, 0.3 and 0.1 % of its weights, and trained with the
# whole schedule at each level. Three scores decide which weights go, all layers in one pool:
#
# - *SynFlow* takes the weight's share in the flow of all-positive signals, in 100 rounds a level.
# - *Magnitude* takes the size of the initial weight, at once. It is not SynFlow's strongest rival, but
#   the fair one, as it needs no data either.
# - *Random* takes any weight.
#
# ## The figure

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-at-init", "caption": "Test accuracy after training, and linear regions between two test images, by the share of the weights left before training, for three scores; mean over the runs. Regions on a logarithmic scale."}}
import pandas as pd

from lib.report.figure import PanelFigure
from lib.report.style import METRIC_STYLES, percent_axis

SCORES = {words: paper.EXPERIMENTS[score] for score, words in paper.SCORES.items()}
LOOKS = dict(zip(SCORES, map(METRIC_STYLES.get, ("svcca", "cka", "nbs")), strict=True))


def by_level(table):
    """The rows of one table of the study, grouped by score and level."""
    rows = {score: study.of(experiment, table) for score, experiment in SCORES.items()}
    return pd.concat(rows, names=["Score"]).groupby(["Score", "iteration"], sort=False)


levels = by_level("performance").agg(
    left=("remaining", "mean"),
    accuracy=("accuracy", "mean"),
    sd=("accuracy", "std"),
    empty_layers=("collapsed", lambda layers: layers.fillna("").str.count("[^,]+").mean()),
)
levels = levels.join(by_level("regions").agg(regions=("regions", "mean"), exact=("exact", "all")))
pruned = levels.drop(index=0, level="iteration")

figure = PanelFigure("collapse")
for title, column in {"Accuracy": "accuracy", "Linear regions": "regions"}.items():
    axes = figure.panel(title, left=0.17)
    for score, lines in pruned.groupby("Score", sort=False):
        axes.plot(lines.left, lines[column], label=score, **LOOKS[score])
    percent_axis(axes, pruned.left.min())
axes.set_yscale("log")
figure

# %% [markdown]
# ## The numbers

# %% tags=["hide-input"]
from lib.report.format import spread
from lib.report.tables import Table

complete = levels.xs(0, level="iteration").iloc[:1]  # the same for all scores
shown = pd.concat([complete.set_axis(["complete network"]), pruned.droplevel("iteration")])
bound = shown.exact.map({True: "", False: "at least "})
accuracy = [
    spread(100 * mean, 100 * sd, 1) for mean, sd in zip(shown.accuracy, shown.sd, strict=True)
]
table = pd.DataFrame(
    {
        "Left, %": 100 * shown.left,
        "Accuracy, %": accuracy,
        "Empty layers": shown.empty_layers,
        "Linear regions": bound + shown.regions.map("{:,.0f}".format),
    }
)
Table.of(table.rename_axis("Score"), 1, numeric=["Accuracy, %", "Linear regions"])

# %% [markdown]
# *Empty layers* counts those of which nothing is left, on average over the runs.
#
# A ReLU network is linear in pieces. *Linear regions* counts the pieces that a straight line between
# two test images crosses {cite}`hanin2019complexity`. {cite:t}`cai2023getting` observe that pruning
# takes away regions as it takes away accuracy.

# %% tags=["remove-cell"]
from lib.report.format import percent

glue(lines=study.regions.segment.nunique(), looked_at=percent(study.regions.share.mean()))

# %% [markdown]
# We take {glue:text}`lines:d` such lines, and look at {glue:text}`looked_at:s` of each, in evenly spaced
# pieces. What is found there is scaled up. So the numbers are estimates, unless it is all of the line.

# %% [markdown]
# ## The claims
#
# The rules were written before these networks were trained. {doc}`claims` tells how a verdict is
# made.

# %% tags=["remove-input"]
from IPython.display import Markdown

from lib import claims

outcomes = claims.evaluate(study, paper.CLAIMS)
glue(**claims.headline(outcomes))
Markdown(claims.summary(outcomes))

# %% tags=["hide-input"]
claims.table(outcomes)

# %% [markdown]
# ## What the null and the control say
#
# *Random* is the control of the other two scores: a score that does not beat it has chosen nothing. For
# the similarity to the complete network, the null is what mismatched images give. Here are the means over
# the hidden layers, with a dash where a layer was empty in some run, as nothing is left to compare behind
# it.

# %% tags=["hide-input"]
from lib.report import values
from lib.report.names import METRICS

rows = {}
for score, experiment in SCORES.items():
    hidden = values.hidden(study, experiment)
    columns = {}
    for metric in ("svcca", "cka"):
        for head, column in (("", "value"), (": null", "null_mean")):
            over_layers = values.curves(study, experiment, metric, column=column)[hidden]
            columns[METRICS[metric] + head] = over_layers.mean(axis=1)
    rows[score] = pd.DataFrame(columns)
similarities = pd.concat(rows, names=["Score"])
# behind an empty layer, all images give the same
emptied = by_level("performance").collapsed.agg(lambda layers: layers.fillna("").ne("").any())
similarities = similarities.mask(emptied.reindex(similarities.index))
similarities.insert(0, "Left, %", 100 * pruned.left)
Table.of(similarities.droplevel("iteration"), {"Left, %": 1})

# %% [markdown]
# ## What differs, and why?
#
# Do regions go along with accuracy? {cite:t}`cai2023getting` see both fall together as a network gets
# sparser. Here is the rank correlation of the two over the levels of each score:

# %% tags=["hide-input"]
from lib.report.statistics import rank_correlation

rho = {
    score: rank_correlation(lines.regions, lines.accuracy)
    for score, lines in pruned.groupby("Score", sort=False)
}
Table.of(pd.DataFrame({"Rank correlation": rho}).rename_axis("Score"))

# %% [markdown]
# To compare scores at the same level is a harder test, since all networks then have equally many weights.
# Which score keeps the most regions, and which is the most accurate?

# %% tags=["hide-input"]
at_level = pruned.groupby("iteration")
most = pd.DataFrame(
    {
        "Left, %": 100 * at_level.left.mean(),
        "Most regions": at_level.regions.idxmax().str[0],
        "Most accurate": at_level.accuracy.idxmax().str[0],
    }
)
Table.of(most.set_index("Left, %"), 1)

# %% [markdown]
# This is an observation, and no rule for it was written before.
#
# Where the score with the most regions is not the most accurate one, regions measure something else. They
# count how often the network folds its input, in whatever layer. A layer that is nearly empty lets little
# of that through to the output.
#
# ## What we decided
#
# Only the abstract is open to us, and it leaves most details open, so we decide as the field would. The
# tables list every decision: *in the paper* is the value at full scale, and *source* says whether it
# comes from a paper or is our choice. `make book CHAPTER=at_init PROFILE=paper` runs the full scale.
#
# This is SynFlow; the other scores differ in the score alone:

# %% tags=["hide-input"]
from lib.report import recipes

recipes.deviations(study, "vgg_svhn_synflow_to_collapse")

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show what is as at full scale", "code_prompt_hide": "Hide what is as at full scale"}
recipes.kept(study, "vgg_svhn_synflow_to_collapse")

# %% [markdown]
# ## What carries over from the others
#
# More papers stand beside the abstract of the chapter {doc}`wacv2020`. What do they add to the question
# of this book?
#
# - **Random pruning and the neural tangent kernel** {cite}`yang2023ntk`. In the limit of infinite
#   width a randomly pruned network trains like the complete one. Our networks are narrow, and the
#   control with random masks ({doc}`controls`) shows the finite case.
# - **Gem-Miner** {cite}`sreenivasan2022gems` finds good sparse structures before training by learning
#   a mask. It needs a training of its own, and was not run here. Its baselines, random structures with
#   well chosen densities, are those of the chapter {doc}`wacv2020`.
# - **Pruning transformers for machine translation** {cite}`mao2021tprune` prunes in blocks that a phone can use.
#   Neither the networks nor the blocks are those of this book. What carries over is the method:
#   layers of a transformer can be compared as {doc}`your_own` shows.
#
# ## How to read it
#
# Look for the level at which a line breaks off. Above it a score only chooses well or badly, and below it
# there is no network left to train. A score that empties a layer early has not found that this layer is
# useless: it has compared numbers of layers whose scales differ.
