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
# Pruning before training risks *layer collapse*: once all weights of one layer are gone, no signal passes any more.
# {cite:t}`tanaka2020pruning` propose a score that avoids it, *SynFlow*, which prunes in many small rounds and never
# looks at an image.

# %% tags=["parameters"]
results = "results/chapters/at_init"

# %% tags=["remove-cell"]
from lib.analyses.at_init import analysis
from lib.analyses.at_init.analysis import SCORE_EXPERIMENTS
from lib.analyses.at_init.claims import CLAIMS
from lib.book import claims
from lib.book.findings import record, record_claims
from lib.book.report import recipes
from lib.book.report.figure import PanelFigure
from lib.book.report.format import Table, number
from lib.book.report.page import glue, open_study
from lib.book.report.style import NETWORK_LINES, OTHER_INKS, percent_axis
from lib.book.report.swatches import line_swatch

# %%
study = open_study(results, SCORE_EXPERIMENTS["SynFlow"])

# %% [markdown]
# ## What we find
#
# :::{finding}
# :expects: at_init-synflow-{avoids,flow,learns} = holds; at_init-magnitude-does-not = holds
# **With SynFlow, down to one weight in a thousand.** It empties no layer, leaves paths from the input to the
# output, and what it leaves still learns. What magnitude leaves at that level learns nothing.
# :::
#
# :::{finding}
# :expects: at_init-synflow-{magnitude,random} = holds
# **Accuracy is lost long before that.** With one weight in a hundred left, SynFlow reaches
# {glue:text}`synflow:s` %, where the complete network has {glue:text}`complete:s` %. Random choice
# ({glue:text}`random:s` %) and magnitude ({glue:text}`magnitude:s` %) lose more.
# :::
#
# ## The figure
#
# :::{figure-title} fig-at-init
# :expects: at_init-synflow-learns = holds; at_init-magnitude-does-not = holds
# At one weight in a thousand, SynFlow's networks learn, magnitude's do not
# :::

# %% mystnb={"figure": {"name": "fig-at-init", "caption": "Test accuracy after training, by the share of the weights left before training, for three scores; means over the networks. An open mark stands where a network is constant: it gives every image the same answer. Each score has a colour and a mark of its own."}}
levels = analysis.by_level(study)
pruned = analysis.pruned_levels(levels)
looks = {
    "SynFlow": {"color": OTHER_INKS[0], "marker": "o"},
    "magnitude": NETWORK_LINES["pruned"] | {"marker": "^"},
    "random": NETWORK_LINES["random_masks"] | {"marker": "D"},
}
figure = PanelFigure("collapse")
axes = figure.panel("Accuracy")
for score, line in pruned.groupby("Score", sort=False):
    axes.plot(line.left, line.accuracy, label=score, **looks[score])
    dead = line[line.constant > 0]
    look = looks[score] | {"linestyle": "None", "markerfacecolor": "none", "markersize": 9}
    axes.plot(dead.left, dead.accuracy, label=f"_{score}, constant", **look)
percent_axis(axes, 0.7 * pruned.left.min())
circle = '<circle cx="13" cy="6" r="3.5" style="fill:none;stroke:currentColor"></circle>'
figure.key("a constant network", line_swatch("currentColor", dashes="0 99", marker=circle))
figure

# %% [markdown]
# Look for the level at which a line gets its first open mark: below it no network is left to train. A score that
# empties a layer early has compared layers whose scales differ.
#
# ## What was done
#
# VGG_SVHN is pruned before training to 10, 3, 1, 0.3 and 0.1 % of its weights, and trained with the
# whole schedule at each level. Three scores decide which weights go, all layers in one pool:
#
# - *SynFlow* scores a weight by its share in the flow of all-positive signals, in 100 rounds a level.
# - *Magnitude* scores it by its initial size, once. It needs no data either.
# - *Random* removes any weight.
#
# For a given initial network, SynFlow and magnitude always give the same mask, so only initial networks count.
#
# ## The numbers

# %%
table = analysis.level_table(levels)
Table.of(table, 1, numeric=["Accuracy, %", "Constant"])

# %% [markdown]
# After the accuracy comes the standard deviation over the initial networks. *Empty layers* is the mean number of
# layers without any weight left. *Constant* says in how many runs the network gives the same answer to every image: a
# layer is empty, no path of survivors leads from the input to the output, or all test images get the same outputs.
#
# ## Where the weights are left
#
# Folded: the shares of each layer's weights, in percent, where one weight in a hundred is left in all.

# %% tags=["hide-output"]
densities = analysis.densities(study, levels)
Table.of(densities, nothing="These runs did not keep the masks' densities.")

# %% [markdown]
# Initial weights are small in a layer with many inputs, so magnitude removes most of them. Random choice leaves all
# layers equally dense, so the smallest layer is the first to lose all. SynFlow scores the survivors again in every
# round: where few are left, they carry all of the flow and are kept. {doc}`pruning_methods` shows it on a small network.
#
# ## What the null and the control say
#
# A score that does not beat *random* has chosen nothing. The folded table has means over the hidden layers, beside
# the null of shuffled images, with a dash where some network is constant.
#
# :::{finding}
# :expects: at-init-svcca-synflow-course = rises; at-init-cka-synflow-course = falls
# With SynFlow, SVCCA rises as fewer weights are left while CKA falls. SVCCA is a mean over as many directions as
# the layer with fewer live channels has, so it may rise while channels die.
# :::

# %% tags=["hide-output"]
similarities = analysis.similarities(study, levels)
Table.of(similarities.droplevel("iteration"), {"Left, %": 1})

# %% [markdown]
# ## The claims
#
# Four of the seven rules (`lib/analyses/at_init/claims.py`) are as they were written on 20 November 2026 at 18:13
# (a2e4e50), before any network was pruned for this page; the complete network had been trained before.
# The other three are of the day after, as told below. {ref}`how-claims-are-decided` says how a verdict is reached.

# %%
outcomes = claims.evaluate(study, CLAIMS)
claims.Claims("claims", outcomes)

# %%
record_claims(outcomes)
record(*(analysis.course(similarities, "SynFlow", metric) for metric in ("SVCCA", "CKA")))
accuracies = analysis.accuracy_where_few_are_left(levels)
glue(**{score.lower(): text for score, text in accuracies.items()})
glue(complete=number(100 * levels.accuracy.iloc[0], 1), **claims.headline(outcomes))

# %% [markdown]
# ::::{dropdown} Rules that have changed
# Two of the first six rules changed on 21 November 2026, when the verdicts of the old ones were known, and
# before any run on several initial networks. The seventh, on the paths, was added then.
#
# | Claim | Rule until then | Verdict then |
# |---|---|---|
# | What SynFlow leaves can still be trained. | test accuracy above 20 % | holds: 49.48 % (41.67 to 57.29), 3 runs |
# | What magnitude leaves can no longer be trained. | test accuracy below 20 % | holds: 19.86 % (19.86 to 19.86), 3 runs |
#
# The bound lay 0.14 points above the share of the most frequent digit, which is the accuracy of a network
# that gives every image that digit. Accuracy is now measured relative to that share, on the same images. A
# network has learned something if it is two points above: about four standard errors of an accuracy near
# 20 % on 6,001 images.
#
# Of the other four rules, three held then and one was undecided. But the three runs were of one initial network, so
# each number of SynFlow and of magnitude was about a single mask. Now a verdict needs several initial networks.
# ::::

# %% [markdown]
# ## What we decided
#
# ::::{dropdown} Where our decisions come from
# We worked from the abstract of {cite:t}`tanaka2020pruning` alone, although the text is open to every reader. It says
# nothing about magnitude and random choice, so the claims on these are ours. Where it leaves a choice open, we take
# what is usual in the field. The tables list every decision with its source.
# `make book CHAPTER=at_init PROFILE=paper` runs the full scale. There three initial networks are pruned once each:
# the main paper prunes a single one several times, which would give SynFlow and magnitude only one mask.
# ::::
#
# The table is that of SynFlow; the others differ in the score alone:

# %% tags=["hide-output"]
recipes.deviations(study, "vgg_svhn_synflow_to_collapse")

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Show what is as at full scale", "code_prompt_hide": "Hide what is as at full scale"}
recipes.kept(study, "vgg_svhn_synflow_to_collapse")

# %% [markdown]
# ## What carries over from the others
#
# Four more papers bear on the questions of {doc}`wacv2020`.
#
# - **Random pruning and the neural tangent kernel** {cite}`yang2023ntk`. In the limit of infinite
#   width a randomly pruned, fully connected network has the tangent kernel of the complete one, once its
#   weights are rescaled. No kernel was measured here.
# - **Gem-Miner** {cite}`sreenivasan2022gems` learns a mask before training. The paper notes that other methods fail
#   against simple baselines; the random choice of this page is the simplest.
# - **Linear regions.** {cite:t}`cai2023getting` observe that pruning affects the number of a network's
#   linear regions much as it affects accuracy. They were not measured here.
# - **TPrune** {cite}`mao2021tprune` prunes transformers in blocks that a phone can use. Layers of a transformer can be
#   compared as {doc}`your_own` shows.
#
# ## Exercises
#
# **1.** At 0.1 % of its weights, a network gives every image the same answer. Its test accuracy is 20 %. How can that
# be, with ten classes?
#
# :::{dropdown} Answer
# The answer is always the most frequent digit, which is on a fifth of the images. So accuracy is set beside this
# share, not beside a tenth.
# :::
#
# **2.** Why does SynFlow need many rounds, and magnitude only one?
#
# :::{dropdown} Answer
# The scores of SynFlow depend on the weights that are left: where few are left, they carry all of the flow and score
# high. Without rounds in between it could empty a layer, too. The size of an initial weight does not depend on the
# others.
# :::
