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
# # What if training had ended?
#
# **On the other pages networks are trained for four or five epochs, and one more training adds points of accuracy.
# Does the answer change for networks that have next to nothing left to gain?**
#
# The paper trains until convergence. Here VGG16_BN and VGG_SVHN get so few images, and none of them changed, that
# twelve and ten epochs all but end training: the networks fit nearly all of their images before they are pruned.
# Beside them stands a VGG16_BN of three epochs.

# %% tags=["parameters"]
results = "results/chapters/converged"

# %% tags=["remove-cell"]
from lib.analyses.converged import analysis
from lib.analyses.converged.claims import CLAIMS
from lib.analyses.converged.experiments import CONVERGED_NETWORKS
from lib.analyses.decisions import analysis as decisions
from lib.analyses.decisions.claims import CLAIMS as OF_DECISIONS
from lib.book import claims
from lib.book.findings import record, record_claims
from lib.book.report import recipes
from lib.book.report.figure import LayerFigure, PanelFigure
from lib.book.report.page import glue, open_study
from lib.book.report.tables import Table

# %%
study = open_study(results)

# %% [markdown]
# ## What we find
#
# :::{finding}
# :expects: vgg16-bn-converged-level-1-svcca = about as close; vgg16-bn-converged-level-1-cka = about as close; vgg-svhn-converged-level-1-svcca = about as close; vgg-svhn-converged-level-1-cka = about as close
# **At first it is hardly more than training.** With {glue:text}`first_left:s` of their weights left, both networks are
# on average about as similar to their complete ones as those that were trained as long without losing a weight. By
# SVCCA, {glue:text}`vgg16_bn_further_first:d` of {glue:text}`vgg16_bn_layers:d` hidden layers of VGG16_BN are a
# little further away, and {glue:text}`vgg_svhn_further_first:d` of {glue:text}`vgg_svhn_layers:d` of VGG_SVHN. They
# are {glue:text}`vgg16_bn_lost_first:s` and {glue:text}`vgg_svhn_lost_first:s` points less accurate.
# :::
#
# :::{finding}
# :expects: vgg16_bn_converged-costs = holds; vgg16_bn_converged-adds-svcca = holds; vgg16_bn_converged-adds-cka = holds; vgg16-bn-converged-layers-trained-on-svcca = further; vgg16-bn-converged-layers-trained-on-cka = further; contrast-place-vgg16-bn-converged-svcca = closer; contrast-place-vgg16-bn-converged-cka = undecided; vgg_svhn_converged-costs = holds; vgg_svhn_converged-adds-svcca = holds; vgg_svhn_converged-adds-cka = holds; vgg-svhn-converged-layers-trained-on-svcca = further; vgg-svhn-converged-layers-trained-on-cka = further; contrast-place-vgg-svhn-converged-svcca = as independent networks; contrast-place-vgg-svhn-converged-cka = as independent networks
# **In the end they are strangers, or nearly, and pruning has made them so.** With {glue:text}`last_left:s` of its
# weights left, VGG_SVHN is as far from its complete network as independent networks are from each other, and VGG16_BN
# almost as far. Training alone takes neither of them there: by SVCCA {glue:text}`vgg_svhn_further_svcca:d` of
# {glue:text}`vgg_svhn_layers:d` hidden layers of VGG_SVHN are further away after pruning, and
# {glue:text}`vgg16_bn_further_svcca:d` of {glue:text}`vgg16_bn_layers:d` of VGG16_BN, by CKA
# {glue:text}`vgg_svhn_further_cka:d` and {glue:text}`vgg16_bn_further_cka:d`.
# :::
#
# :::{finding}
# :expects: vgg16-bn-converged-depth-svcca = below 0; vgg16-bn-converged-depth-cka = below 0; vgg16-bn-converged-layers-strangers-svcca = closer; vgg16-bn-converged-layers-strangers-cka = closer; vgg-svhn-converged-depth-svcca = below 0; vgg-svhn-converged-depth-cka = below 0; vgg-svhn-converged-layers-strangers-svcca = closer; vgg-svhn-converged-layers-strangers-cka = closer
# **The last layers go first.** The deeper a layer lies, the more pruning adds to its distance. Even so, some layers of
# the most pruned networks still show which complete network they come from: by SVCCA
# {glue:text}`vgg16_bn_nearer_svcca:d` of VGG16_BN and {glue:text}`vgg_svhn_nearer_svcca:d` of VGG_SVHN are nearer to
# that one than to those of other seeds, by CKA {glue:text}`vgg16_bn_nearer_cka:d` and
# {glue:text}`vgg_svhn_nearer_cka:d`, and none is further.
# :::
#
# :::{finding}
# :expects: vgg16-bn-twins-svcca = below 0; vgg16-bn-twins-cka = below 0; vgg16_bn_undertrained-adds-cka = undecided; vgg16-bn-undertrained-depth-svcca = above 0; vgg16-bn-undertrained-depth-cka = above 0; vgg16-bn-undertrained-later = above 0
# **Training that stops early hides this.** To a VGG16_BN that had a quarter of the epochs, and is the same in all else,
# pruning adds less distance by both metrics, by CKA none that could be shown, and least in the last layers: these move
# anyway, since they are still being trained.
# :::

# %% [markdown]
# ## The figure
#
# :::{figure-title} fig-converged
# :expects: vgg16_bn_converged-adds-svcca = holds; vgg16_bn_converged-adds-cka = holds; vgg_svhn_converged-adds-svcca = holds; vgg_svhn_converged-adds-cka = holds; vgg16-bn-converged-depth-svcca = below 0; vgg-svhn-converged-depth-svcca = below 0
# Pruning moves the layers further than training does, the last ones most
# :::

# %% mystnb={"figure": {"name": "fig-converged", "caption": "Similarity of each layer with the same layer of the complete network: after each pruning and the whole training that follows it (pale to strong), after training as long without pruning (dashes), and between complete networks that were trained independently (dots); means over three complete networks. Short thin dashes: the null, which shuffled images give. All panels have the same vertical scale."}}
figure = LayerFigure("converged", (), iterations=analysis.prunings(study))
for network in study.experiments:
    figure.row(analysis.network_name(study, network))
    analysis.draw(figure, study, network)
figure

# %% [markdown]
# The dashes are what training does by itself: even after the end it moves the layers, though the accuracy stays. What
# lies below them is the work of pruning. The dots are where strangers stand.
#
# ## Pruning beyond training
#
# Pruned networks minus networks that were trained as long without pruning, on average over the hidden layers:
#
# :::{figure-title} fig-beyond
# :expects: vgg16-bn-converged-level-1-svcca = about as close; vgg-svhn-converged-level-1-svcca = about as close; vgg16_bn_converged-adds-svcca = holds; vgg_svhn_converged-adds-svcca = holds
# Where training has ended, distance comes with the last weights that go
# :::

# %% mystnb={"figure": {"name": "fig-beyond", "caption": "Mean similarity to the complete network of pruned networks, minus that of networks trained as long without pruning, by the share of the weights left: means over three complete networks with 95 % intervals, on one horizontal axis. At the vertical line pruning adds nothing."}}
figure = PanelFigure("beyond")
analysis.draw_beyond(figure, study)
figure

# %% [markdown]
# Folded: these numbers, the accuracies, and how many layers are shown to be further away, all of them together.

# %% tags=["hide-output"]
Table.of(analysis.beyond_as_texts(study), cards=True)

# %% [markdown]
# (decisions)=
# ## Which images it gets wrong
#
# :::{finding}
# :expects: vgg16_bn_converged-errs-with-own = holds; vgg16_bn_converged-errs-beyond-training = holds; vgg_svhn_converged-errs-with-own = undecided; vgg_svhn_converged-errs-beyond-training = holds; vgg16_bn_undertrained-errs-beyond-training = does not hold
# **Errors go the way of the layers.** Pruned to the end, a fully trained VGG16_BN errs on the images of its own
# complete network hardly more than on those of strangers, and VGG_SVHN not measurably more, while training alone stays
# with them. Where training stopped early it is the other way round: training alone leaves them further behind than
# pruning does.
# :::
#
# :::{figure-title} fig-decisions
# :expects: vgg16_bn_converged-errs-beyond-training = holds; vgg_svhn_converged-errs-beyond-training = holds; vgg16_bn_undertrained-errs-beyond-training = does not hold
# Where training has ended, pruning changes which images are wrong
# :::

# %% mystnb={"figure": {"name": "fig-decisions", "caption": "Whether two networks err on the same images: error consistency with the complete network that a network comes from, of pruned networks (solid) and of networks trained as long without pruning (dashes), and of pruned networks with the complete networks of other seeds (dots). Mean over three complete networks and 95 % interval; all test images."}}
figure = PanelFigure("decisions")
for network in study.experiments:
    axes = figure.panel(analysis.network_name(study, network), bottom=0.2)
    decisions.draw_by_level(axes, study, network, "error_consistency")
    axes.set_ylabel("error consistency")
    axes.set_ylim(0.3, 0.9)
figure

# %% [markdown]
# Error consistency {cite}`geirhos2020beyond` is Cohen's kappa of being right: 1 if both are right on the same images,
# 0 if they agree on that no more often than two independent networks of their accuracies would. So it can compare
# networks that differ in accuracy, which the share of images with another class cannot. Two complete networks of
# different seeds that were trained to the end have {glue:text}`vgg16_bn_strangers_err:s` in VGG16_BN and
# {glue:text}`vgg_svhn_strangers_err:s` in VGG_SVHN. Folded: both numbers.

# %% tags=["hide-output"]
errors = decisions.errors_as_texts(study)
Table.of(errors, cards=True)

# %% [markdown]
# The paper (section 6.2) suspects that the outputs differ because pruned networks are calibrated differently, as
# {cite:t}`venkatesh2020calibrate` found:
#
# :::{finding}
# :expects: vgg16_bn_converged-calibration = does not hold; vgg_svhn_converged-calibration = does not hold; vgg16_bn_undertrained-calibration = does not hold; vgg16_bn_converged-log-loss-scaled = holds; vgg_svhn_converged-log-loss-scaled = holds; vgg16_bn_undertrained-log-loss-scaled = holds
# **In the end they are, and for the better.** The most pruned networks are less overconfident than those that were
# trained as long. That is not to say that they know more: once each has the temperature that suits it best, their log
# loss is the larger one.
# :::
#
# The calibration error {cite}`guo2017calibration` is the mean distance between confidence and accuracy over 15 bins of
# confidence. A temperature above 1 says that a network is too sure of itself; half of the test images choose the
# one that the other half is given. Folded: the numbers.

# %% tags=["hide-output"]
calibration = decisions.calibration_as_texts(study)
Table.of(calibration, cards=True)

# %% [markdown]
# ## Has training ended?
#
# :::{finding}
# :expects: vgg16_bn_converged-trained-enough = undecided; vgg16-bn-converged-later = undecided; vgg_svhn_converged-trained-enough = undecided; vgg-svhn-converged-later = undecided
# Nearly. One more whole training adds {glue:text}`vgg16_bn_again:s` points to VGG16_BN and
# {glue:text}`vgg_svhn_again:s` to VGG_SVHN, which three networks of each do not show to be less than half a point; the
# trainings that follow add nothing that could be shown.
# :::
#
# :::{finding}
# :expects: full-scale-training-vgg-svhn-full = about as close; vgg_svhn_converged-adds-svcca = holds
# An end of training is not the same everywhere. These networks fit their images until hardly any gradient is left, so
# training on moves them little. One VGG_SVHN of the paper's width and recipe, with more images and larger steps, goes
# on moving: by SVCCA it ends about as far away without pruning as with it ({ref}`at-full-scale`).
# :::
#
# Test accuracy of each complete network: after its own training, after one and after all further ones without pruning,
# and after each pruning, which a whole training follows as well.

# %%
accuracies = analysis.accuracy_of_each(study)
Table.of(accuracies, numeric=list(accuracies))

# %% [markdown]
# ## On one scale
#
# Where the most pruned networks stand between shuffled images (0), independent networks (1) and identical ones (2):

# %%
Table.of(analysis.shown_places(study))

# %% [markdown]
# ## Beside the controls, layer by layer
#
# In how many hidden layers the most pruned networks are *closer* to the complete one than a control is, in how many
# they are *further* away, and in how many *neither* is shown; the intervals hold for all layers together. *Complete
# networks of other seeds* sets the same pruned network beside its own complete one and beside others, so that both
# have had the same training.

# %%
Table.of(analysis.layers_beside(study), nothing="No control was measured in several networks.")

# %% [markdown]
# ## What changes beside the other pages
#
# :::{finding}
# :expects: vgg16_bn-converged = does not hold; vgg16_bn_converged-trained-enough = undecided; vgg16_bn_undertrained-trained-enough = does not hold; controls-trained_on-vgg16_bn-svcca = about as close; controls-trained_on-vgg16_bn-cka = closer; vgg16-bn-undertrained-level-4-svcca = further; vgg16-bn-undertrained-level-4-cka = undecided; vgg16-bn-converged-level-4-svcca = further; vgg16-bn-converged-level-4-cka = further; contrast-place-vgg16-bn-svcca = as independent networks; contrast-place-vgg16-bn-cka = undecided; contrast-place-vgg16-bn-undertrained-svcca = as independent networks; contrast-place-vgg16-bn-undertrained-cka = as independent networks; contrast-place-vgg16-bn-converged-svcca = closer; contrast-place-vgg16-bn-converged-cka = undecided; vgg16_bn-u-svcca = holds; vgg16_bn_undertrained-u-svcca = holds; vgg16_bn_converged-u-svcca = undecided
# What pruning adds depends on the length of training; where pruned networks stand beside strangers hardly does:
#
# | VGG16_BN, pruned to 1.2 % | Other pages | Here, stopped early | Here, trained to the end |
# | --- | --- | --- | --- |
# | Images, and epochs of a training | 40,000, 5 | 10,000, 3 | 10,000, 12 |
# | Trained enough? | does not hold | does not hold | undecided |
# | SVCCA, beside training as long | about as close | further | further |
# | CKA, beside training as long | closer | undecided | further |
# | SVCCA, on the scale | as independent networks | as independent networks | closer |
# | CKA, on the scale | undecided | as independent networks | undecided |
# | A "U" by SVCCA? | holds | holds | undecided |
# :::
#
# :::{finding}
# :expects: controls-trained_on-vgg_svhn-svcca = further; vgg-svhn-converged-level-4-svcca = further; contrast-place-vgg-svhn-svcca = as independent networks; contrast-place-vgg-svhn-cka = as independent networks; contrast-place-vgg-svhn-converged-svcca = as independent networks; contrast-place-vgg-svhn-converged-cka = as independent networks
# In VGG_SVHN nothing changes: on the other pages, too, pruning takes it further than training does by SVCCA, and to
# where independent networks are by both metrics.
# :::
#
# The last two columns differ in the number of epochs alone. Networks of the other pages see more images, shifted and
# mirrored as well, and are pruned more slowly.
#
# ## The claims
#
# The rules, in `lib/analyses/converged/claims.py`, were committed before the first of these networks was trained
# (d70a4844), and those on decisions, in `lib/analyses/decisions/claims.py`, before any decision was measured
# (cf5065f8); the number of epochs was chosen by a pilot on images that were held out of the training set. The
# comparisons by level, by depth, of later trainings, and of both lengths of training were written after first results
# of VGG16_BN had been seen. For VGG_SVHN all of them stood before its first network was trained.

# %%
outcomes = claims.evaluate(study, CLAIMS + OF_DECISIONS)
claims.Claims("claims", outcomes)

# %%
record_claims(outcomes)
record(*analysis.decided_beside(study))
glue(**claims.headline(outcomes))
glue(**analysis.glued(study))
for base, network in CONVERGED_NETWORKS.items():
    complete = decisions.between_complete(study, network, "error_consistency")
    glue(**{f"{base}_strangers_err": complete.text()})

# %% [markdown]
# ## What we decided
#
# These networks see 10,000 images, and VGG16_BN no crops or mirror images, so it recognises fewer test images than on
# the other pages. What those with twelve or ten epochs have is an end of training, which the others lack.
#
# Each pruning removes as many weights as five of the paper's do at once, so that iterations 1 to 4 have as many
# weights left as iterations 5, 10, 15 and 20 elsewhere. What differs from the paper in VGG16_BN, and in VGG_SVHN:

# %% tags=["hide-output"]
recipes.deviations(study, CONVERGED_NETWORKS["vgg16_bn"])

# %% tags=["hide-output"]
recipes.deviations(study, CONVERGED_NETWORKS["vgg_svhn"])

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Show what is as at full scale", "code_prompt_hide": "Hide what is as at full scale"}
recipes.kept(study, CONVERGED_NETWORKS["vgg16_bn"])

# %% [markdown]
# ## Exercises
#
# **1.** What would have to be seen in the figure to refute that pruning, and not training, takes these networks so far?
#
# :::{dropdown} Answer
# Dashes as low as the darkest line. In networks that were stopped early they are much nearer to it.
# :::
#
# **2.** By CKA, some layers of the most pruned VGG16_BN are further from the complete network than independent ones
# are. Which ones can it be?
#
# :::{dropdown} Answer
# Those where the darkest line lies below the dots: the convolutions and the pooling of the last block.
# :::
