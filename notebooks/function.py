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
# If similarity says something about what networks do, it should help with both. Here it competes with simpler
# predictors: the size of the weights, the curvature of the loss, and the network's own confidence.

# %% tags=["parameters"]
results = "results/chapters/converged"

# %% tags=["remove-cell"]
from collections import Counter

from lib.analyses.converged.papers_names import open_networks
from lib.analyses.equal_accuracy import iterations_compared, measured_networks
from lib.analyses.function import analysis, tables
from lib.analyses.function.claims import CLAIMS, joint_verdicts
from lib.analyses.gradients import analysis as gradients
from lib.analyses.gradients.claims import CLAIMS as OF_GRADIENTS
from lib.analyses.gradients.tables import GRADIENTS, NO_GRADIENTS, WITH_GRADIENTS
from lib.book import claims
from lib.book.claims.engine import FAILS, HOLDS, UNDECIDED
from lib.book.claims.joint import joint, with_parts
from lib.book.findings import record, record_claims
from lib.book.report import values
from lib.book.report.figure import ABSENT, LayerFigure, PanelFigure
from lib.book.report.format import Table, number
from lib.book.report.names import PAPER_NETWORKS
from lib.book.report.page import glue
from lib.book.report.style import INK, OTHER_INKS

# %%
study = open_networks(results, tables.ONE_LAYER, tables.FLIPS, GRADIENTS)
networks = measured_networks(study, tables.ONE_LAYER, tables.FLIPS)

# %% [markdown]
# VGG16_BN and ResNet_fast have a quarter of the paper's channels here ({doc}`vgg16_bn` and {doc}`resnet_fast` show the wide
# ones), and VGG_SVHN has all.
#
# ## What we find
#
# :::{finding}
# :expects: function-curvature = holds nowhere; function-last-norm-{vgg16-bn,resnet-fast} = holds; function-last-norm-vgg-svhn = undecided
# **Which layers can one prune?** Similarity is nowhere shown to say it better than the curvature of the loss: of
# {glue:text}`compared:d` comparisons with it, it wins {glue:text}`better:d` and loses {glue:text}`worse:d`. It does
# beat the share of the norm that pruning removes, if one looks at the last hidden layer of VGG16_BN or
# ResNet_fast; for VGG_SVHN that is undecided.
# :::
#
# :::{finding}
# :expects: function-vgg16_bn-drift-{clean,corrupted} = undecided; function-{vgg_svhn,resnet_fast}-drift-{clean,corrupted} = does not hold
# **Which images change class?** Those of which the complete network was least sure. In VGG_SVHN and ResNet_fast
# its confidence tells better than the drift of an image's representation does, on clean images and on
# corrupted ones. In VGG16_BN neither is shown to be better.
# :::
#
# :::{finding}
# :expects: function-flips = undecided
# **Is it pruning that changes them?** We cannot tell. With a third of the weights left,
# {glue:text}`flipped_vgg16_bn:s` % of the images change class in VGG16_BN,
# {glue:text}`flipped_vgg_svhn:s` % in VGG_SVHN and {glue:text}`flipped_resnet_fast:s` % in ResNet_fast. Whether
# training for as long without pruning changes fewer is undecided in each of them (three complete networks each).
# :::
#
# ## Which layers can one prune?
#
# :::{figure-title} fig-function-layers
# :expects: function-curvature = holds nowhere
# Similarity is nowhere shown to beat the curvature of the loss
# :::

# %% mystnb={"figure": {"name": "fig-function-layers", "caption": "Rank correlation over the layers between the accuracy that pruning a layer alone costs and what could have predicted it: mean over the shares removed and the complete networks (mark), 95 % interval over the networks (line). Similarity is that of the pruned layer (circle) or of the last hidden layer (diamond); squares are simpler predictors, which need no representations."}}
looks = {
    tables.OWN_LAYER: ("similarity of the pruned layer", "o", OTHER_INKS[0]),
    tables.LAST_HIDDEN: ("of the last hidden layer", "D", OTHER_INKS[1]),
    analysis.SIMPLE: ("simpler predictors", "s", INK),
}
figure = PanelFigure("function-layers")
for network in networks:
    axes = figure.panel(study.network(network), left=0.36)
    for place, intervals in analysis.rankings(study, network).items():
        label, marker, colour = looks[place]
        heights = range(len(intervals))[::-1]
        axes.hlines(heights, intervals.low, intervals.high, color=colour, linewidth=1)
        axes.plot(intervals["mean"], heights, marker, color=colour, label=label)
    axes.set_yticks(heights, analysis.PREDICTOR_TITLES.values())
    axes.set_xlabel("rank correlation with the accuracy lost")
figure

# %% [markdown]
# At 1, the predictor puts the layers in the order of what pruning them costs; at 0 it says nothing; below 0
# it leads astray. Each layer of the complete network is pruned alone, by magnitude and without any training
# afterwards. Procrustes similarity ranks the layers as NBS does.
#
# :::{finding}
# :expects: function-sign-vgg-svhn = changes; function-sign-{vgg16-bn,resnet-fast} = keeps
# In VGG_SVHN the share that is removed decides even the sign: a predictor that is right when half of a layer
# goes can be wrong when nearly all of it does. In the other two networks no predictor changes its sign.
# :::
#
# Folded: the rank correlations for each share, a table that was added after the results were read.

# %% tags=["hide-output"]
Table.of(analysis.table_by_share(study, networks), nothing=ABSENT)

# %% [markdown]
# ## Which images flip?
#
# An image flips if the pruned network gives it another class than the complete one does.
#
# :::{figure-title} fig-function-flips
# :expects: function-drift = holds nowhere
# Drift does not tell better than confidence which images flip
# :::

# %% mystnb={"figure": {"name": "fig-function-flips", "caption": "How well three signals tell which images flip, on clean images and on images with noise, blur or less contrast, at the iteration that is compared: AUC, mean and 95 % interval over the complete networks. At the dotted line a signal tells nothing."}}
looks = {
    tables.MARGIN: ("s", INK, 0.2),
    tables.MIDDLE_DRIFT: ("o", OTHER_INKS[0], 0),
    tables.LAST_DRIFT: ("D", OTHER_INKS[1], -0.2),
}
figure = PanelFigure("function-flips")
for network in networks:
    axes = figure.panel(study.network(network), left=0.2)
    for signal, intervals in analysis.aucs(study, network).items():
        marker, colour, shift = looks[signal]
        heights = [row + shift for row in range(len(intervals))[::-1]]
        axes.hlines(heights, intervals.low, intervals.high, color=colour, linewidth=1)
        axes.plot(intervals["mean"], heights, marker, color=colour, label=signal)
    axes.axvline(0.5, color=INK, linestyle=":", label="tells nothing")
    axes.set_yticks(range(len(intervals))[::-1], intervals.index)
    axes.set_xlabel("AUC")
figure

# %% [markdown]
# The area under the ROC curve (AUC) is the probability that an image that flips has the stronger signal than
# one that does not. The *margin* between the complete network's two most likely classes is known before pruning.
# The *drift* of an image needs the pruned network: it is 1 minus the cosine between the image's rows of the two
# Gram matrices.
#
# Folded: accuracies and the share of the images that flip, in percent, where the last two columns do not compare networks
# of equal accuracy; then the flips by class.

# %% tags=["hide-output"]
flips = analysis.table_of_flips(study, networks)
Table.of(flips, numeric=list(flips), nothing=ABSENT)

# %% tags=["hide-output"]
Table.of(analysis.table_by_class(study, networks), 1, nothing=ABSENT)

# %% [markdown]
# ## When they are compared
#
# Networks count as accurate while they are shown to lose less than half a percentage point of test accuracy (95 %
# interval). The last iteration before the first that fails is compared, and where the first already fails, that one:

# %% tags=["hide-output"]
Table.of(iterations_compared(study, networks, tables.FLIPS), nothing=ABSENT)

# %% [markdown]
# ## The claims
#
# The rules (`lib/analyses/function/claims.py`) were written before any of these numbers were measured.
# {ref}`how-claims-are-decided` says how a verdict is reached.

# %%
outcomes = claims.evaluate(study, CLAIMS)
claims.Claims("claims", outcomes)

# %%
record_claims(outcomes)
record(*joint_verdicts(outcomes))
record(
    *(analysis.sign_by_share(study, network, title) for network, title in PAPER_NETWORKS.items())
)
against_curvature = Counter(outcome.verdict for outcome in with_parts(outcomes, "curvature"))
glue(better=against_curvature[HOLDS], worse=against_curvature[FAILS])
glue(compared=against_curvature.total(), **claims.headline(outcomes))
for network in PAPER_NETWORKS:
    glue(**{f"flipped_{network}": number(analysis.flip_percent(study, network).mean, 0)})

# %% [markdown]
# (gradients)=
# ## Do gradients of the loss help?
#
# {cite:t}`tang2020similarity` call two images alike in a layer if their representations are alike *and* the gradients
# of the loss with respect to these are. Do such kernels tell a pruned network from one of another seed better?
#
# :::{finding}
# :expects: gradients-help = does not hold; gradients-representation-alone = holds
# **This cannot be told where we meant to look.** With a third of the weights left, the representation alone tells pruned
# networks from independent ones in every hidden layer, so that nothing is left to gain: all
# {glue:text}`gradients_claims:d` rules fail. The table of later iterations below, added afterwards, has no
# consistent gain either.
# :::
#
# :::{finding}
# :expects: gradients-pruned-{vgg16-bn,vgg-svhn,resnet-fast} = closer; gradients-trained-as-long-{vgg16-bn,vgg-svhn,resnet-fast} = closer
# With gradients, too, CKA finds pruned networks more similar to their own complete network than independent ones are to
# each other, and the same is true after training for as long without pruning. In networks of a few epochs, which
# this page once showed, VGG16_BN and ResNet_fast were less similar. We looked at this after the results were read.
# :::

# %%
with_gradients = measured_networks(study, GRADIENTS, control=gradients.OTHER_SEEDS)

# %% [markdown]
# :::{figure-title} fig-gradients
# :expects: gradients-representation-alone = holds
# Pruned networks stand out from independent ones without gradients already
# :::

# %% mystnb={"figure": {"name": "fig-gradients", "caption": "CKA of each layer with the same layer of the complete network, by kernels of the representation alone and with gradients: networks pruned to the iteration that is compared, networks trained for as long without pruning, and independent networks; means over the complete networks. The thin line is what CKA gives the pruned ones by chance, if the images of one network are permuted."}}
figure = LayerFigure("gradients", [])
for network in with_gradients:
    figure.row(study.network(network))
    order = values.layers(study, network)
    for kernel in (NO_GRADIENTS, WITH_GRADIENTS):
        curves = gradients.cka_by_layer(study, network, kernel)
        if not curves:
            figure.absent(gradients.KERNEL_TITLES[kernel], gradients.NONE_AS_ACCURATE)
            continue
        axes = figure.panel(gradients.KERNEL_TITLES[kernel], order=order)
        for compared, line in curves.items():
            figure.draw(axes, line, compared, **gradients.CURVE_LOOKS[compared])
figure

# %% [markdown]
# A pruned network is told from independent ones in a layer if it is more similar to its complete network there than
# any two complete networks are to each other. This is a weak test, as we saw after the results were read: with few
# pairs, some layers exceed all of them by chance.
#
# Folded: the layers told apart by CKA at all iterations; those at the one compared (*Directions* is the effective number
# in which a kernel tells images apart); by chance; the iterations; the rules.

# %% tags=["hide-output"]
Table.of(gradients.told_apart_over_time(study, with_gradients), nothing=ABSENT)

# %% tags=["hide-output"]
kernels = gradients.kernel_table(study, with_gradients)
Table.of(kernels, numeric=list(kernels), nothing=ABSENT)

# %% tags=["hide-output"]
strictness = gradients.strictness(study, with_gradients)
Table.of(strictness, numeric=list(strictness), nothing=ABSENT)

# %% tags=["hide-output"]
Table.of(iterations_compared(study, with_gradients, GRADIENTS), nothing=ABSENT)

# %% tags=["hide-output"]
of_gradients = claims.evaluate(study, OF_GRADIENTS)
claims.Claims("gradients", of_gradients)

# %%
record_claims(of_gradients)
words = "Gradients tell pruned networks from independent ones in more layers, in each comparison"
record(joint("gradients-help", words, of_gradients))
record(gradients.representation_alone(study, with_gradients))
for network, title in PAPER_NETWORKS.items():
    for control in (gradients.NO_CONTROL, gradients.TRAINED_AS_LONG):
        record(gradients.beside_independent(study, network, title, control))
tally = Counter(outcome.verdict for outcome in of_gradients)
glue(gradients_claims=len(of_gradients))
glue(gradients_no_more=tally[FAILS], gradients_undecided=tally[UNDECIDED])

# %% [markdown]
# ::::{dropdown} How it is computed
# `record_with_gradients` gives the representation of each image and the gradient of its own loss, and
# `with_gradients` makes features of them whose linear kernel is the entrywise product of both kernels.
# So every kernel metric can take them, and every null:
#
# ```python
# from lib.metrics import cka, permutation_null, with_gradients
# from lib.models import record_with_gradients
#
# found = [
#     record_with_gradients(network, images, labels, [layer])[layer]
#     for network in (complete, pruned)
# ]
# x, y = (with_gradients(*both) for both in found)
# cka(x, y), permutation_null(x, y)
# ```
#
# Here the gradient is that of an image's cross-entropy with its label, and nothing is approximated. The
# [code](https://github.com/amzn/xfer/tree/master/nn_similarity_index) of {cite:t}`tang2020similarity` needs no label:
# it takes the gradient of $\sum_c q_c \log p_c$, where $p$ is the network's own prediction and $q$, in proportion to
# its square root, is held fixed. It also reduces all images to a random sketch. Gradients scaled to unit length are
# ours.
# ::::
#
# ## Exercises
#
# **1.** Why is the margin, which knows nothing of the pruned network, so hard to beat in telling which images flip?
#
# :::{dropdown} Answer
# Images with a small margin lie near a border between classes, and any change of the network, whatever it is, moves
# the border a little. These flip first.
# :::
#
# **2.** With a third of its weights left, VGG16_BN is hardly less accurate than before. How can
# {glue:text}`flipped_vgg16_bn:s` % of the images have another class?
#
# :::{dropdown} Answer
# Some flip from right to wrong, about as many back, and others from one wrong class to another. By the folded table,
# training alone flips about as many.
# :::
