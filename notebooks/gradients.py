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
# # Kernels that know the gradients
#
# **Do gradients of the loss tell a pruned network from one of another seed better than its
# representations do?**
#
# {cite:t}`tang2020similarity` compare networks by kernels that combine two things. Two images are
# alike in a layer if their representations are alike, and if gradients with respect to these
# representations are alike as well. The main paper holds that gradients are not needed to compare fully
# trained networks, but names such kernels as future work.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
from collections import Counter

from lib.analyses.equal_accuracy import iterations_compared, measured_networks
from lib.analyses.gradients import analysis
from lib.analyses.gradients.claims import CLAIMS
from lib.analyses.gradients.tables import GRADIENTS, NO_GRADIENTS, UNIT_GRADIENTS, WITH_GRADIENTS
from lib.analyses.kept_networks import TITLES
from lib.book import claims
from lib.book.claims.engine import FAILS, UNDECIDED
from lib.book.claims.joint import joint
from lib.book.findings import record, record_claims
from lib.book.report import values
from lib.book.report.figure import ABSENT, LayerFigure
from lib.book.report.page import glue, open_study
from lib.book.report.results import load_results
from lib.book.report.style import METRIC_STYLES
from lib.book.report.tables import Table

# %%
measured = load_results(results)
networks = measured_networks(measured, GRADIENTS, control=analysis.OTHER_SEEDS)
study = open_study(results, *networks)

# %% [markdown]
# ## What we find
#
# :::{finding}
# :expects: gradients-help = holds nowhere
# **No.** In none of {glue:text}`claims:d` comparisons, each of one network, metric and kernel, do gradients tell
# pruned networks from independent ones in measurably more layers than the representation alone does. In
# {glue:text}`no_more:d` they measurably do not; {glue:text}`undecided:d` are undecided.
# :::
#
# :::{finding}
# :expects: gradients-pruned-vgg16-bn-halved = further; gradients-pruned-resnet-fast = further; gradients-trained-as-long-vgg16-bn-halved = further; gradients-trained-as-long-resnet-fast = further
# In VGG16_BN and ResNet_fast, CKA with gradients even finds pruned networks less similar to their own complete
# network than independent networks are to each other. The same is true after training for as long without
# pruning, so this is not pruning alone. We looked at this after the results were read.
# :::
#
# ## Layer by layer

# %% mystnb={"figure": {"name": "fig-gradients", "caption": "CKA of each layer with the same layer of the complete network, by kernels of the representation alone, with gradients, and with gradients of unit length: pruned networks at the last iteration compared at which they are as accurate as the complete one (solid), networks trained for as long without pruning (dashed), and networks trained from other seeds (dotted); means over the complete networks. The thin line of dashes and dots is what CKA gives by chance, with gradients of unit length, if the images of one network are permuted."}}
inks = {NO_GRADIENTS: "svcca", WITH_GRADIENTS: "cka", UNIT_GRADIENTS: "cosine"}
dashes = {"pruned": "-", "trained as long": "--", "independent": ":", analysis.CHANCE: "-."}
figure = LayerFigure("gradients", [])
for network in networks:
    curves = analysis.cka_by_layer(study, network)
    if not curves:
        reason = "No network that was compared is as accurate as the complete one."
        figure.absent(study.network(network), reason)
        continue
    axes = figure.panel(study.network(network), order=values.layers(study, network))
    for (compared, kernel), line in curves.items():
        look = {"color": METRIC_STYLES[inks[kernel]]["color"], "linestyle": dashes[compared]}
        look["linewidth"] = 0.8 if compared == analysis.CHANCE else 1.4
        figure.draw(axes, line, f"{compared}, {analysis.KERNEL_TITLES[kernel]}", **look)
figure

# %% [markdown]
# Compare lines of one colour. Where the solid line lies above the dotted one, this kernel finds the pruned
# network closer to its complete one than independent networks are. With gradients of unit length, what chance
# gives is high in the first layers, so a high CKA says less there.
#
# ## The numbers
#
# A pruned network counts as told from independent ones in a layer if it is more similar to its complete
# network there than any two complete networks are to each other. The table has the number of such hidden
# layers, one number for each complete network: for pruned networks, and for those that were trained as long
# without pruning. *CKA minus independent* is how much more similar, on average over the hidden layers, they
# are to their complete network than independent networks are to each other. It was added after the results
# were read, and is not one of the rules. *By chance* is the mean CKA over the hidden layers if the images of
# one network are permuted, with the highest of the layers in parentheses. *Directions* is the effective number
# of directions in which a kernel tells images apart: the participation ratio of the complete networks'
# kernels, as a mean over the layers.

# %%
kernels = analysis.kernel_table(study, networks)
Table.of(kernels, numeric=list(kernels), nothing=ABSENT)

# %% [markdown]
# The rule is a weak test, and this too was seen only after the results were read. With as few pairs of
# independent networks as there are here, a network that is no closer to its complete one than these are to
# each other would still exceed all of them by chance in some layers. And gradients can add no more layers than
# the representation alone leaves to be gained:

# %%
strictness = analysis.strictness(study, networks)
Table.of(strictness, numeric=list(strictness), nothing=ABSENT)

# %% [markdown]
# Networks count as being as accurate as the complete one while they are shown to lose less than half a
# percentage point of test accuracy (95 % interval). Of the iterations measured, the last one before the first
# that fails is compared. VGG16_BN is pruned in two steps of a half, for the reason given in {doc}`function`.

# %%
Table.of(iterations_compared(study, networks, GRADIENTS), nothing=ABSENT)

# %% [markdown]
# ## The claims
#
# The rules are in `lib/analyses/gradients/claims.py`. They were written before any of these numbers were
# measured. {doc}`how_claims_are_decided` says how a verdict is reached.

# %%
outcomes = claims.evaluate(study, CLAIMS)
claims.Claims("claims", outcomes)

# %% [markdown]
# The sentences at the head of this page are shown only while these verdicts are as they say:

# %%
record_claims(outcomes)
words = "Gradients tell pruned networks from independent ones in more layers, in each comparison"
record(joint("gradients-help", words, outcomes))
for network, title in TITLES.items():
    for control in (analysis.NO_CONTROL, analysis.TRAINED_AS_LONG):
        record(analysis.beside_independent(study, network, title, control))
tally = Counter(outcome.verdict for outcome in outcomes)
glue(no_more=tally[FAILS], undecided=tally[UNDECIDED], **claims.headline(outcomes))

# %% [markdown]
# ## How it is computed
#
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
# These kernels follow those of {cite:t}`tang2020similarity` but are not quite the same. Here the gradient is that
# of an image's cross-entropy with its label, and nothing is approximated. The authors'
# [code](https://github.com/amzn/xfer/tree/master/nn_similarity_index) needs no label: it takes the gradient
# of $\sum_c q_c \log p_c$, where $p$ is the network's own prediction and $q$, in proportion to its square
# root, is held fixed. It also reduces all images to a random sketch. Gradients scaled to unit length are
# ours.
