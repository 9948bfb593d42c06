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
# # What similarity says about function
#
# **Which layers can one prune? Which images change class? Can similarity tell?**
#
# A pruned network that is as accurate as before may still give other answers to single images. And
# those who prune want to know beforehand which layers can bear it. If the similarity of representations
# says something about what networks do, it should help with both. Here it competes with simpler
# predictors: the size of the weights, the curvature of the loss, and the network's own confidence.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
from collections import Counter

from lib.analyses.equal_accuracy import iterations_compared, measured_networks
from lib.analyses.function import analysis, tables
from lib.analyses.function.claims import CLAIMS, joint_verdicts
from lib.analyses.kept_networks import TITLES
from lib.book import claims
from lib.book.claims.engine import FAILS, HOLDS
from lib.book.claims.joint import with_parts
from lib.book.findings import record, record_claims
from lib.book.report.figure import ABSENT, PanelFigure
from lib.book.report.format import number
from lib.book.report.page import glue, open_study
from lib.book.report.results import load_results
from lib.book.report.style import INK, METRIC_STYLES
from lib.book.report.tables import Table

# %%
networks = measured_networks(load_results(results), tables.ONE_LAYER, tables.FLIPS)
study = open_study(results, *networks)

# %% [markdown]
# ## What we find
#
# :::{finding}
# :expects: function-curvature = fails more often; function-last-norm-vgg16-bn-halved = holds; function-last-norm-resnet-fast = holds; function-last-norm-vgg-svhn = undecided
# **Which layers can one prune?** Similarity does not say it better than the curvature of the loss: of
# {glue:text}`compared:d` comparisons with it, it wins {glue:text}`better:d` and loses {glue:text}`worse:d`. It does
# beat the share of the norm that pruning removes, if one looks at the last hidden layer of VGG16_BN or
# ResNet_fast; for VGG_SVHN that is undecided.
# :::
#
# :::{finding}
# :expects: function-drift = does not hold
# **Which images change class?** Those of which the complete network was least sure. In all three networks
# its confidence tells better than the drift of an image's representation does, on clean images and on
# corrupted ones.
# :::
#
# :::{finding}
# :expects: function-flips = undecided
# **Is it pruning that changes them?** We cannot tell. While pruned networks are as accurate as their complete
# ones, {glue:text}`flipped_vgg16_bn_halved:s` % of the images change class in VGG16_BN,
# {glue:text}`flipped_vgg_svhn:s` % in VGG_SVHN and {glue:text}`flipped_resnet_fast:s` % in ResNet_fast. Whether
# training for as long without pruning changes fewer is undecided in each of them (three complete networks each).
# :::
#
# ## Which layers can one prune?

# %% mystnb={"figure": {"name": "fig-function-layers", "caption": "Rank correlation over the layers between the accuracy that pruning a layer alone costs and what could have predicted it: mean over the shares removed and the complete networks (mark), 95 % interval over the networks (line). Similarity is that of the pruned layer (circle) or of the last hidden layer (diamond); squares are simpler predictors, which need no representations."}}
looks = {
    tables.OWN_LAYER: ("similarity of the pruned layer", "o", METRIC_STYLES["svcca"]["color"]),
    tables.LAST_HIDDEN: ("of the last hidden layer", "D", METRIC_STYLES["cka"]["color"]),
    analysis.SIMPLE: ("simpler predictors", "s", INK),
}
figure = PanelFigure("function-layers")
for network in networks:
    axes = figure.panel(study.network(network), left=0.36)
    for place, found in analysis.rankings(study, network).items():
        label, marker, colour = looks[place]
        heights = range(len(found))[::-1]
        axes.hlines(heights, found.low, found.high, color=colour, linewidth=1)
        axes.plot(found["mean"], heights, marker, color=colour, label=label)
    axes.set_yticks(heights, analysis.PREDICTOR_TITLES.values())
    axes.set_xlabel("rank correlation with the accuracy lost")
figure

# %% [markdown]
# At 1, the predictor puts the layers in the order of what pruning them costs; at 0 it says nothing; below 0
# it leads astray. Each layer of the complete network is pruned alone, by magnitude and without any training
# afterwards. The accuracy that this costs is measured on test images, the similarity on others. Procrustes
# similarity was measured as well; it is a rising function of NBS and therefore ranks the layers in the same
# way.
#
# The mean over the shares removed hides much, as the next table shows. It has the rank correlations for each
# share, as means over the complete networks, and was added after the results were read.
#
# :::{finding}
# :expects: function-sign-vgg-svhn = changes; function-sign-vgg16-bn-halved = keeps; function-sign-resnet-fast = keeps
# In VGG_SVHN the share that is removed decides even the sign: a predictor that is right when half of a layer
# goes can be wrong when nearly all of it does. In the other two networks no predictor changes its sign.
# :::

# %%
Table.of(analysis.table_by_share(study, networks), nothing=ABSENT)

# %% [markdown]
# The rules take magnitude as the share of the layer's norm that was removed. The norm itself, which the
# figure has as well, is another way to read magnitude. This table has the rank correlation of each
# similarity minus that of the norm removed, with its 95 % interval over the complete networks. It too was
# added after the results were read; neither table is one of the rules.

# %%
beyond_norm = analysis.table_beyond_norm(study, networks)
Table.of(beyond_norm, numeric=list(beyond_norm), nothing=ABSENT)

# %% [markdown]
# ## Which images flip?
#
# An image flips if the pruned network gives it another class than the complete one does.

# %% mystnb={"figure": {"name": "fig-function-flips", "caption": "How well three signals tell which images flip, on clean images and on images with noise, blur or less contrast, while pruned networks are as accurate as the complete one: AUC, mean and 95 % interval over the complete networks. At the dotted line a signal tells nothing."}}
looks = {
    tables.MARGIN: ("s", INK, 0.2),
    tables.MIDDLE_DRIFT: ("o", METRIC_STYLES["svcca"]["color"], 0),
    tables.LAST_DRIFT: ("D", METRIC_STYLES["cka"]["color"], -0.2),
}
figure = PanelFigure("function-flips")
for network in networks:
    axes = figure.panel(study.network(network), left=0.2)
    for signal, found in analysis.aucs(study, network).items():
        marker, colour, shift = looks[signal]
        heights = [row + shift for row in range(len(found))[::-1]]
        axes.hlines(heights, found.low, found.high, color=colour, linewidth=1)
        axes.plot(found["mean"], heights, marker, color=colour, label=signal)
    axes.axvline(0.5, color=INK, linestyle=":", label="tells nothing")
    axes.set_yticks(range(len(found))[::-1], found.index)
    axes.set_xlabel("AUC")
figure

# %% [markdown]
# The area under the ROC curve (AUC) is the probability that an image that flips has the stronger signal than
# one that does not. The *margin* lies between the complete network's two most likely classes: the smaller it
# is, the stronger the signal. It is known before pruning. The *drift* of an image, in a middle layer or in the
# last hidden one, needs the pruned network: it is 1 minus the cosine between the image's rows of the two Gram
# matrices.
#
# The table has the accuracy, in percent, of the complete network, of the pruned one, and of one that was
# trained as long without pruning, and the share of the images whose class changes in the two latter. The
# accuracies differ, so the last two columns do not compare networks of equal accuracy.

# %%
flips = analysis.table_of_flips(study, networks)
Table.of(flips, numeric=list(flips), nothing=ABSENT)

# %% [markdown]
# And the share of the images that flip in pruned networks by class, on clean images, in percent:

# %% tags=["hide-output"]
Table.of(analysis.table_by_class(study, networks), 1, nothing=ABSENT)

# %% [markdown]
# ## When they are compared
#
# Networks count as being as accurate as the complete one while they are shown to lose less than half a
# percentage point of test accuracy (95 % interval). Of the iterations measured, the last one before the first
# that fails is compared:

# %%
Table.of(iterations_compared(study, networks, tables.FLIPS), nothing=ABSENT)

# %% [markdown]
# VGG16_BN is pruned here in two steps of a half, not in the main study's twenty of a fifth. Twenty take
# hours for each network, while the questions of this page need only a network that has lost many of its
# weights and is still accurate. Its complete networks are those of the main study.
#
# ## The claims
#
# The rules are in `lib/analyses/function/claims.py`. They were written before any of these numbers were
# measured. {doc}`how_claims_are_decided` says how a verdict is reached.

# %%
outcomes = claims.evaluate(study, CLAIMS)
claims.Claims("claims", outcomes)

# %% [markdown]
# The sentences at the head of this page are shown only while these verdicts are as they say:

# %%
record_claims(outcomes)
record(*joint_verdicts(outcomes))
record(*(analysis.sign_by_share(study, network, title) for network, title in TITLES.items()))
against_curvature = Counter(outcome.verdict for outcome in with_parts(outcomes, "curvature"))
glue(better=against_curvature[HOLDS], worse=against_curvature[FAILS])
glue(compared=against_curvature.total(), **claims.headline(outcomes))
for network in TITLES:
    glue(**{f"flipped_{network}": number(analysis.flip_percent(study, network).mean, 0)})
