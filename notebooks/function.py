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
# # What gradients add to similarity
#
# **Two layers are alike if they find the same images alike. Should the loss be alike, too?**

# %% tags=["parameters"]
results = "results/chapters/converged"

# %% tags=["remove-cell"]
from collections import Counter

from lib.analyses.converged.papers_names import open_networks
from lib.analyses.equal_accuracy import iterations_compared, measured_networks
from lib.analyses.gradients import analysis as gradients
from lib.analyses.gradients.claims import CLAIMS as OF_GRADIENTS
from lib.analyses.gradients.tables import GRADIENTS, NO_GRADIENTS, WITH_GRADIENTS
from lib.book import claims
from lib.book.claims.engine import FAILS, UNDECIDED
from lib.book.claims.joint import joint
from lib.book.findings import record, record_claims
from lib.book.report import values
from lib.book.report.figure import ABSENT, LayerFigure
from lib.book.report.format import Table
from lib.book.report.names import PAPER_NETWORKS
from lib.book.report.page import glue

# %%
study = open_networks(results, GRADIENTS)

# %% [markdown]
# VGG16_BN and ResNet_fast have a quarter of the paper's channels here ({doc}`vgg16_bn` and {doc}`resnet_fast` show the wide
# ones), and VGG_SVHN has all.
#
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
# Networks count as accurate while they are shown to lose less than half a percentage point of test accuracy (95 %
# interval). The last iteration before the first that fails is compared, and where the first already fails, that one.
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
