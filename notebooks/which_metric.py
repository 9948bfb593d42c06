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
# # Which metric should I use?
#
# **You have two networks and a question. Which metric answers it, and what does a value of 0.7 say?**
#
# Choose a metric by what should count as *the same*. Metrics of the CCA family ignore any invertible linear map of
# the channels. CKA and NBS ignore rotations and rescalings only, and listen to strong directions more than to faint
# ones. Then read the value on the metric's own ruler, never on that of another metric.

# %% tags=["parameters"]
results = "results/chapters/converged"
grounded = "results/chapters/grounded"

# %% tags=["remove-cell"]
from lib.analyses.converged.papers_names import open_networks
from lib.analyses.grounded import analysis as known
from lib.analyses.grounded.groups import UNALTERED
from lib.analyses.which_metric import analysis
from lib.book.findings import record
from lib.book.report import recipes
from lib.book.report.figure import PanelFigure
from lib.book.report.format import Table, number, percent
from lib.book.report.page import glue, open_study

# %%
study = open_networks(results)

# %% [markdown]
# VGG16_BN and ResNet_fast have a quarter of the paper's channels here ({doc}`vgg16_bn` and {doc}`resnet_fast` show the wide
# ones), and VGG_SVHN has all.
#
# ## I want to know …
#
# | … whether | Take | On the {ref}`matrix <matrices>` of |
# | --- | --- | --- |
# | a layer is the same one as in another network | CKA or NBS | images |
# | a pruned network still resembles the one it comes from | PWCCA, beside networks of other seeds | channels |
# | a layer holds the same information for a linear reader | mean CCA, with its rank and dead channels | channels |
# | a layer has been damaged | NBS | channels |
# | two networks give the same answers | the share of equal answers, and no similarity of layers | – |
# | a layer can be pruned | the curvature of the loss: no similarity is shown to be better | – |
#
# `compare_networks(a, b, images, metrics=["nbs"], reshapes=["channels"])` takes NBS on channels, and `"flat"` is the matrix
# of images ({doc}`your_own`). Each line has its reason:
#
# :::{finding}
# :expects: validity-finds-{vgg16_bn,vgg_svhn}-svcca = does not hold; validity-finds-{vgg16_bn,vgg_svhn,resnet_fast}-{cka,nbs} = holds; validity-finds-resnet_fast-svcca = undecided
# **The same layer.** CKA and NBS find it in each of the three networks; SVCCA is shown to beat a guess in none
# ({doc}`validity`).
# :::
#
# :::{finding}
# :expects: controls-descent-everywhere = holds; ancestry-everywhere-pwcca = holds
# **Descent.** With a third of the weights left, each of the paper's metrics shows in every layer where a pruned network
# comes from ({doc}`controls`). With a hundredth left, PWCCA still ranks the right network first in every layer of networks
# of the paper's width ({ref}`ancestry`).
# :::
#
# :::{finding}
# :expects: {vgg16-bn,vgg-svhn,resnet-fast}-silent = above 0
# **Information.** A linear reader is free to rotate and rescale, and so is CCA. But it averages over the directions
# that are left, so channels which pruning has silenced do not count, unless you count a
# {ref}`lost direction as 0 <lost-directions>`.
# :::
#
# :::{finding}
# :expects: detection-nbs-rule-vgg_svhn = holds; detection-{nbs,all}-same-stage-vgg_svhn = holds
# **Damage.** In slim VGG_SVHN of four epochs a training, NBS on channels notices it in time in as many tests as any
# metric, and by our second way of judging it is one of several good choices ({doc}`validity`).
# :::
#
# :::{finding}
# :expects: output-layers-answers-{vgg16_bn,vgg_svhn,resnet_fast} = does not hold; function-curvature = holds nowhere
# **Answers and pruning.** Pruning to a hundredth of the weights changes more answers than training as long does
# ({doc}`accuracy`). What pruning a layer costs is nowhere shown to be predicted better by similarity than by the curvature
# of the loss ({doc}`function`).
# :::
#
# ```{index} 0.7
# ```
#
# (ruler)=
# ## What does 0.7 mean?
#
# :::{finding}
# :expects: ruler-{vgg16-bn,vgg-svhn,resnet-fast}-svcca = below; ruler-{vgg16-bn,vgg-svhn,resnet-fast}-{cka,nbs} = above
# **By SVCCA, a relative; by CKA and NBS, less than a stranger.** Networks that share nothing but the data and the
# recipe score {glue:text}`svcca_low:s` to {glue:text}`svcca_high:s` by SVCCA, and {glue:text}`cka_low:s` to
# {glue:text}`cka_high:s` by CKA.
# :::
#
# Each ruler runs from 0 to 1. Its marks are similarities to the complete network; a *stranger* was trained from other
# random weights.
#
# :::{figure-title} fig-ruler
# :expects: ruler-{vgg16-bn,vgg-svhn,resnet-fast}-svcca = below; ruler-{vgg16-bn,vgg-svhn,resnet-fast}-cka = above
# 0.7 lies above SVCCA's strangers and below CKA's
# :::

# %% mystnb={"figure": {"name": "fig-ruler", "caption": "The ruler of each metric in each network: means over the hidden layers. Bar: images shuffled. Triangle: never trained. Open circle: trained from other random weights. Diamond: pruned to the end. Square: trained as long without pruning. 1 is the complete network itself."}}
ruler = analysis.marks(study)
figure = PanelFigure("ruler")
for network in study.experiments:
    axes = figure.panel(study.network(network), left=0.21)
    analysis.draw_ruler(axes, ruler.loc[network])
figure

# %%
strangers = ruler.independent.unstack()
glue(
    svcca_low=number(strangers.svcca.min()),
    svcca_high=number(strangers.svcca.max()),
    cka_low=number(strangers.cka.min()),
    cka_high=number(strangers.cka.max()),
)
record(*analysis.strangers_beside(0.7, study))

# %% [markdown]
# Here is where 0.7 stands on a scale from shuffled images (0) through strangers (1) to identity (2):

# %%
Table.of(analysis.positions_table(0.7, ruler, study))

# %% [markdown]
# Between strangers and identity CKA and NBS have little room, so that a difference of 0.03 may be most of the way,
# where for SVCCA it is little. That is why {doc}`contrast` compares places on this scale, and not raw values.
#
# The numbers of the figure:

# %% tags=["hide-output"]
Table.of(analysis.shown_marks(ruler, study))

# %% [markdown]
# (known-answers)=
# ## Does a metric give the right answer where it is known?
#
# {cite:t}`klabunde2025resi` ask this with six tests, *ReSi*. For three of them they train groups of networks, each group
# in another way, and expect networks of one group to be more similar to each other than to those of other groups.

# %%
forty = open_study(grounded)

# %% [markdown]
# :::{finding}
# :expects: grounded-one-best = does not hold; grounded-{labels,shortcut,augmentation}-{svcca,pwcca,cka,nbs} = above 0
# **No metric is best in all tests**, as ReSi found for other networks. The paper's four metrics all tell groups of
# networks apart better than a guess does.
# :::
#
# :::{finding}
# :expects: grounded-layers-{svcca,pwcca,cka,nbs} = above 0
# **Of two layers, the nearer one** is the more similar one by CKA in {glue:text}`layers_cka:s` of the cases, and by
# SVCCA in {glue:text}`layers_svcca:s`, where a guess is right in half.
# :::
#
# :::{finding}
# :expects: grounded-accuracy-{svcca,pwcca,cka,nbs} = undecided; grounded-agreement-{cka,nbs} = undecided; grounded-agreement-svcca = above 0; grounded-{agreement,jensen_shannon}-pwcca = above 0
# **Answers go with SVCCA and PWCCA:** the more similar two networks are by these, the more often they give the same
# answer. No metric of the paper is shown to go with accuracy, but five networks are few for that.
# :::
#
# :::{figure-title} fig-grounded
# :expects: grounded-one-best = does not hold
# No metric is best in all tests
# :::

# %% mystnb={"figure": {"name": "fig-grounded", "caption": "Each metric in the six tests, of which the one on answers is measured in two ways, with 95 % intervals over the seeds of training. *Random labels*, *shortcuts* and *augmentation*: how well similarity tells pairs of one group from pairs of two, as the area under the curve of precision and recall. *Order of layers*: how often the nearer of two layers is the more similar one. The last three: rank correlation of the similarity of two networks with how close their accuracies are, how often they give the same answer, and how alike their probabilities are. A vertical line shows what a guess has; 1 is perfect."}}
tested = known.results_of_tests(forty)
figure = PanelFigure("grounded")
for test, guess in known.guesses(forty).items():
    axes = figure.panel(known.TEST_TITLES[test], left=0.36)
    known.draw_test(axes, tested[test], guess)
figure

# %% [markdown]
# Networks are compared in their last hidden layer, as in ReSi. Folded: the numbers.

# %% tags=["hide-output"]
Table.of(known.tests_as_texts(tested), cards=True)

# %% [markdown]
# (what-we-decided)=
# **How these networks were made.** They are forty: ResNet_fast at an eighth of its width, on 5,000 images of CIFAR-10,
# in eight groups of five seeds. One group has images and labels as they are. In two, a quarter or all of the labels are
# drawn at random {cite}`zhang2017understanding`. In three, each image has a coloured dot, which tells the class of none,
# half or all of the training images. In two, training images are cropped at random, or changed in all the ways that the
# paper changes them. So each of the three tests has three groups.
#
# On test images all labels are true, and dots say nothing. How accurate the groups are there:

# %% tags=["hide-output"]
accuracies = known.accuracy_of_groups(forty)
Table.of(accuracies, numeric=list(accuracies))

# %% [markdown]
# In these few epochs, networks whose labels are all random have not learned them by heart; those with a dot for each
# class have learned the dot alone.
#
# Two networks of different groups are compared only if their seeds differ. An interval's unit is the seed: all networks
# of one seed are left out together.

# %% tags=["hide-output"]
recipes.deviations(forty, UNALTERED)

# %% [markdown]
# The rules are in `lib/analyses/grounded/analysis.py`; they were committed before the first of these networks was
# trained (812322e). A metric of the paper is better than a guess where its interval lies above the guess; the best
# metric of a test is the one with the highest mean. Two groups were dropped before any network had been read, so that
# forty networks would do. No network of ReSi is pruned. Whether a metric knows which network a pruned one comes from is
# another such test ({ref}`ancestry`).

# %%
record(*known.decided_tests(forty, tested))
by_metric = {f"layers_{metric}": percent(tested.layers[metric].mean) for metric in ("cka", "svcca")}
glue(**by_metric)

# %% [markdown]
# ## Make a ruler of your own
#
# Your networks will have other marks, and these cost little:
#
# - `permutations=200` gives the null beside each value;
# - a second network, trained from another seed, gives the strangers;
# - the complete network, trained for as long as the pruned one was, gives the training.
#
# With few images take debiased CKA, whose null is 0, and the {ref}`interval of the images <interval-of-images>`.
#
# ## Exercises
#
# **1.** CKA of two networks is 0.9 on average over the layers of VGG_SVHN. Is that more or less than between
# strangers?
#
# :::{dropdown} Answer
# Less: the open circle of CKA stands to the right of 0.9. Without the ruler one would have called it very similar.
# :::
#
# **2.** In the tests with a known answer, why are networks of two groups compared only where their seeds differ?
#
# :::{dropdown} Answer
# Networks of one seed start from the same weights and see the images in the same order. That makes them more similar
# than others, for a reason that has nothing to do with the groups.
# :::
