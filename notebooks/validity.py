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
# # Which metric should we believe?
#
# **Two metrics disagree, and each always gives a number. Where do we know what is similar, so that a metric can be
# tested?**
#
# In two cases. Layers at the same place of two trained networks do the same job. And each channel of a pruned network
# is one of the complete network's.

# %% tags=["parameters"]
results = "results/chapters/converged"

# %% tags=["remove-input"]
from IPython.display import display

# %% tags=["remove-cell"]
from lib.analyses.converged.papers_names import open_networks
from lib.analyses.validity import matching
from lib.analyses.validity.claims import OWN_CHANNELS
from lib.analyses.validity.drawing import draw_identification, draw_matching, draw_shares_found
from lib.analyses.validity.identification import (
    all_metrics,
    among_same_size,
    identification_decided,
)
from lib.analyses.validity.tables import IDENTIFICATION, MATCHING
from lib.book.claims.engine import evaluate
from lib.book.claims.show import table
from lib.book.findings import record, record_claims
from lib.book.report.figure import ABSENT
from lib.book.report.format import Table, percent
from lib.book.report.page import glue

# %%
study = open_networks(results, IDENTIFICATION, MATCHING)

# %% [markdown]
# VGG16_BN and ResNet_fast have a quarter of the paper's channels here ({doc}`vgg16_bn` and {doc}`resnet_fast` show the wide
# ones), and VGG_SVHN has all.
#
# ## What we find
#
# :::{finding}
# :expects: validity-finds-{vgg16_bn,vgg_svhn}-svcca = does not hold; validity-finds-{vgg16_bn,vgg_svhn,resnet_fast}-pwcca = undecided; validity-finds-resnet_fast-svcca = undecided; validity-finds-{vgg16_bn,vgg_svhn,resnet_fast}-{cka,nbs} = holds
# CKA and NBS find the same layer in another network. SVCCA and PWCCA are not shown to find more layers than a guess
# would, in any of the three networks, and in the two VGG networks SVCCA finds fewer: in VGG16_BN
# {glue:text}`validity-finds-vgg16_bn-svcca:s`, in VGG_SVHN {glue:text}`validity-finds-vgg_svhn-svcca:s`.
# :::
#
# :::{finding}
# :expects: validity-own-channels-{vgg16_bn,vgg_svhn,resnet_fast} = holds; validity-own-channels-beside-training-{vgg16_bn,vgg_svhn,resnet_fast} = holds
# In an average layer, most channels that are still alive find themselves when a hundredth of the weights is left:
# {glue:text}`own_low:s` to {glue:text}`own_high:s` of them, where a guess would be right in {glue:text}`own_guess:s`.
# Training alone moves channels, too, but less than pruning does in all three networks, of those that are alive in both.
# :::
#
# ## Can a metric find the same layer in another network?
#
# Compare a layer of one complete network with every hidden layer of another, trained from another start, on the same
# images. Is the most similar one the layer at the same place ({cite:t}`kornblith2019similarity`, section 6.1)? On the
# matrix of channels only layers with maps of the same size can be compared, so on every matrix a metric must choose
# among these few. They are neighbours, and hard to tell apart.
#
# :::{figure-title} fig-identification
# :expects: validity-finds-{vgg16_bn,vgg_svhn,resnet_fast}-{cka,nbs} = holds
# CKA and NBS find the same layer in another network
# :::

# %% mystnb={"figure": {"name": "fig-identification", "caption": "Similarity of each hidden layer of one complete network (rows) with each of another of its kind (columns), mean over the pairs of networks. Both run in forward order, from the upper left corner. A dot marks the most similar layer of each row: a metric that finds the same layer has all dots on the diagonal. Empty: not defined."}}
draw_identification(study)

# %%
findings = identification_decided(study)
record(*findings)
glue(**{finding.key: finding.measured for finding in findings})

# %% [markdown]
# How often is that so?
#
# :::{figure-title} fig-found
# :expects: validity-finds-{vgg16_bn,vgg_svhn}-svcca = does not hold; validity-finds-resnet_fast-svcca = undecided
# SVCCA is not shown to beat a guess
# :::

# %% mystnb={"figure": {"name": "fig-found", "caption": "Share of the layers for which the corresponding layer of another network is the most similar one of its size, by metric and matrix; the dashed line is what a guess finds. Whiskers are 95 % intervals over complete networks. The paper computes SVCCA and PWCCA on channels, CKA and NBS on flat."}}
draw_shares_found(study)

# %% tags=["hide-output"]
Table.of(among_same_size(study), nothing=ABSENT)

# %% [markdown]
# *Found* is the share of layers whose corresponding layer is the most similar one, over all pairs of networks, in
# both directions; a tie is a miss. The 95 % interval over the three complete networks is Student's over jackknife
# pseudo-values, and nowhere narrower than Wilson's over the layers. *(paper)* marks the matrix on which the paper
# computes a metric. The folded tables have all metrics, and all layers as candidates; *within one* also accepts the
# layer before and the layer after.

# %% tags=["hide-output"]
for network in study.experiments:
    nothing = f"{study.network(network)}: {ABSENT}"
    display(Table.of(all_metrics(study, network), nothing=nothing))

# %% [markdown]
# ## Are a pruned network's channels still its own?
#
# With which channel of the pruned network does each channel of the complete one correlate most, over all positions of
# all images ({cite:t}`khosla2023soft`)? The right answer is itself. A dead channel correlates with nothing, so
# the share is one of the channels that are still alive in both networks.
#
# :::{figure-title} fig-matching
# :expects: validity-own-channels-{vgg16_bn,vgg_svhn,resnet_fast} = holds
# In an average layer, most living channels find themselves after pruning
# :::

# %% mystnb={"figure": {"name": "fig-matching", "caption": "First panel: of the channels of each layer that are still alive in both networks, the share that correlate more with themselves in the pruned network than with any other channel, mean over the runs; each line is one pruning iteration, from pale to strong. The dotted line compares complete networks that were trained independently of each other, the dashed one is a guess. Second panel: CKA of the same layers and iterations."}}
draw_matching(study)

# %%
channels = matching.at_last(study)
Table.of(channels, nothing=ABSENT)

# %% tags=["hide-output"]
for network in matching.matched(study):
    display(Table.of(matching.alive(study, network), digits=1))

# %% [markdown]
# CKA is blind to the order of the channels. So where CKA is high and few channels find themselves, the same
# information may lie in other channels than before. The rules of this section, by network:

# %% tags=["hide-output"]
outcomes = evaluate(study, OWN_CHANNELS)
record_claims(outcomes)
if len(channels):
    glue(own_low=percent(channels.Pruned.min(), 0), own_high=percent(channels.Pruned.max(), 0))
    glue(own_guess=percent(channels["A guess"].max(), 0))
table(outcomes)

# %% [markdown]
# ## How to read it
#
# The first test asks a metric to overlook what differs between two trainings. Where layers are redundant, a miss is no
# fault. The best of so many choices looks good by luck alone, so a metric has passed only if it does so in every network.
#
# {cite:t}`kornblith2019similarity` found the corresponding layer of ten small CNNs in 99.3 % of the cases by linear
# CKA, in 45.4 % by linear regression, in 11.1 % by PWCCA and in 9.9 % by SVCCA (their Table 2), with images as rows.
# {cite:t}`ding2021grounding` argue that such a test is an intuition.
#
# ## Exercises
#
# **1.** CKA finds the same layer in another network in most cases. Does it follow that a layer with a CKA of 0.95 is 95 %
# the same?
#
# :::{dropdown} Answer
# No. The test asks for an order alone: the corresponding layer must be the most similar one. A metric can put all
# layers in the right order and still call all of them very similar.
# :::
#
# **2.** On channels, SVCCA finds most layers of VGG16_BN to within one (folded table). Is that good?
#
# :::{dropdown} Answer
# No: a guess does, too, and more often. Few layers have maps of the same size, and they are neighbours.
# :::
