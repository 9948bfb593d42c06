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
# # Tests with a known answer
#
# **A metric gives a number for any two networks. Does it also give the right order where the order is known?**
#
# {cite:t}`klabunde2025resi` ask this with six tests, *ReSi*. For three of them they train groups of networks, each group
# in another way, and expect networks of one group to be more similar to each other than to those of other groups. No
# network of theirs is pruned; whether a metric knows which network a pruned one comes from is another such test
# ({ref}`ancestry`).

# %% tags=["parameters"]
results = "results/chapters/grounded"

# %% tags=["remove-cell"]
from lib.analyses.grounded import analysis
from lib.analyses.grounded.experiments import UNALTERED
from lib.book.findings import record
from lib.book.report import recipes
from lib.book.report.figure import PanelFigure
from lib.book.report.format import percent
from lib.book.report.page import glue, open_study
from lib.book.report.tables import Table

# %%
study = open_study(results)

# %% [markdown]
# ## What we find
#
# :::{finding}
# :expects: grounded-one-best = does not hold; grounded-labels-svcca = above 0; grounded-labels-pwcca = above 0; grounded-labels-cka = above 0; grounded-labels-nbs = above 0; grounded-shortcut-svcca = above 0; grounded-shortcut-pwcca = above 0; grounded-shortcut-cka = above 0; grounded-shortcut-nbs = above 0; grounded-augmentation-svcca = above 0; grounded-augmentation-pwcca = above 0; grounded-augmentation-cka = above 0; grounded-augmentation-nbs = above 0
# **No metric is best in all tests**, as ReSi found for other networks. The paper's four metrics all tell groups of
# networks apart better than a guess does.
# :::
#
# :::{finding}
# :expects: grounded-layers-svcca = above 0; grounded-layers-pwcca = above 0; grounded-layers-cka = above 0; grounded-layers-nbs = above 0
# **Only some know the order of layers.** Of two layers, CKA finds the nearer one more similar in
# {glue:text}`layers_cka:s` of the cases, where a guess has half; SVCCA in {glue:text}`layers_svcca:s`.
# :::
#
# :::{finding}
# :expects: grounded-accuracy-svcca = undecided; grounded-accuracy-pwcca = undecided; grounded-accuracy-cka = undecided; grounded-accuracy-nbs = undecided; grounded-agreement-pwcca = above 0; grounded-jensen_shannon-pwcca = above 0
# **What networks answer, PWCCA reflects.** The more similar two networks are by PWCCA, the more often they give the
# same answer. No metric of the paper is shown to go with accuracy; five networks are few for that.
# :::
#
# ## The figure
#
# :::{figure-title} fig-grounded
# :expects: grounded-one-best = does not hold
# No metric is best in all tests
# :::

# %% mystnb={"figure": {"name": "fig-grounded", "caption": "Each metric in six tests, with 95 % intervals over the seeds of training. *Random labels*, *shortcuts* and *augmentation*: how well similarity tells pairs of one group from pairs of two, as the area under the curve of precision and recall. *Order of layers*: how often the nearer of two layers is the more similar one. The last three: rank correlation of the similarity of two networks with how close their accuracies are, how often they give the same answer, and how alike their probabilities are. A vertical line shows what a guess has; 1 is perfect."}}
found = analysis.results_of_tests(study)
figure = PanelFigure("grounded")
for test, guess in analysis.guesses(study).items():
    axes = figure.panel(analysis.TEST_TITLES[test], left=0.36)
    analysis.draw_test(axes, found[test], guess)
figure

# %% [markdown]
# Networks are compared in their last hidden layer, as ReSi does it. Folded: the numbers.

# %% tags=["hide-output"]
Table.of(analysis.tests_as_texts(found), cards=True)

# %% [markdown]
# ## What was done
#
# Forty networks: ResNet_fast at an eighth of its width, on 5,000 images of CIFAR-10, in eight groups of five seeds. One
# group has images and labels as they are. In two, a quarter or all of the labels are drawn at random
# {cite}`zhang2017understanding`. In three, each image has a coloured dot, which tells the class of none, half or all of
# the training images. In two, training images are cropped at random, or changed in all the ways that the paper changes
# them. So each of the three tests has three groups.
#
# How accurate they are on test images, whose labels are true and whose dots say nothing. Networks whose labels are all
# random have not learned them by heart in these few epochs; those with a dot for each class have learned the dot alone.

# %%
accuracies = analysis.accuracy_of_groups(study)
Table.of(accuracies, numeric=list(accuracies))

# %% [markdown]
# Two networks of different groups are compared only if their seeds differ, since those of one seed start from the same
# weights. The interval's unit is the seed: all networks of one seed are left out together.

# %% tags=["hide-output"]
recipes.deviations(study, UNALTERED)

# %% [markdown]
# The rules are in `lib/analyses/grounded/analysis.py`; they were committed before the first of these networks was
# trained (812322e). A metric of the paper is better than a guess where its interval lies above the guess; the best
# metric of a test is the one with the highest mean. Two groups were dropped before any network had been read, so that
# forty networks would do.

# %%
record(*analysis.decided_tests(study, found))
by_metric = {f"layers_{metric}": percent(found.layers[metric].mean) for metric in ("cka", "svcca")}
glue(**by_metric)

# %% [markdown]
# ## Exercises
#
# **1.** Why are networks of two groups compared only where their seeds differ?
#
# :::{dropdown} Answer
# Networks of one seed start from the same weights and see the images in the same order. That makes them more similar
# than others, for a reason that has nothing to do with the groups.
# :::
#
# **2.** In *shortcuts*, test images have dots of random colours. What would go wrong if the dots told the class there,
# too?
#
# :::{dropdown} Answer
# All groups would be right on the test images for one more reason, and those that learned the shortcut would look like
# those that did not. Random dots show who looks at the dot.
# :::
