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
# # Is it pruning?
#
# **What else could make the representations differ?**
#
# A pruned network has lost weights, but it has also been trained for longer than its complete network,
# and with other random numbers. So a layer may differ even if pruning did it no harm. Controls separate
# the causes: each changes one thing and leaves the others.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
from lib.analyses.controls import by_layer
from lib.book.claims.vocabulary import FOUR
from lib.book.findings import record, record_claims
from lib.book.report.figure import ABSENT
from lib.book.report.names import METRICS
from lib.book.report.page import glue, open_study
from lib.book.report.tables import Table, text_table

# %%
study = open_study(results)

# %% [markdown]
# ## What we find
#
# :::{finding}
# :expects: controls-descent-layers-vgg16_bn_halved-svcca = closer; controls-descent-layers-vgg16_bn_halved-cka = closer; controls-descent-layers-resnet_fast-svcca = closer; controls-descent-layers-resnet_fast-cka = neither; controls-descent-layers-vgg_svhn-svcca = not measured; controls-descent-layers-vgg_svhn-cka = not measured
# **A pruned network that is as accurate still resembles the complete network that it comes from** more than
# equally trained ones of other seeds: by SVCCA in {glue:text}`descent-vgg16_bn_halved-svcca-nearer:s` hidden
# layers of VGG16_BN and {glue:text}`descent-resnet_fast-svcca-nearer:s` of ResNet_fast. CKA shows it in
# {glue:text}`descent-vgg16_bn_halved-cka-nearer:s` and {glue:text}`descent-resnet_fast-cka-nearer:s`; no
# layer is further by either, and VGG_SVHN was not measured.
# :::
#
# :::{finding}
# :expects: controls-trained_on-vgg16_bn-svcca = about as close; controls-trained_on-layers-vgg16_bn-svcca = both; controls-trained_on-resnet_fast-svcca = about as close; controls-trained_on-layers-resnet_fast-svcca = further; controls-trained_on-vgg_svhn-svcca = further; controls-trained_on-layers-vgg_svhn-svcca = further; controls-trained_on-layers-vgg_svhn-cka = further
# **Training alone moves the layers about as far by SVCCA in VGG16_BN and ResNet_fast**, on average at the end
# of pruning. But that average hides layers: in VGG16_BN, pruned networks are nearer in
# {glue:text}`trained_on-vgg16_bn-svcca-nearer:s` and further in
# {glue:text}`trained_on-vgg16_bn-svcca-further:s`. In VGG_SVHN they are further in
# {glue:text}`trained_on-vgg_svhn-svcca-further:s`.
# :::
#
# :::{finding}
# :expects: controls-independent-layers-vgg16_bn-svcca = both; controls-independent-layers-resnet_fast-svcca = both; controls-independent-layers-vgg_svhn-svcca = closer; controls-independent-layers-vgg16_bn-cka = further; controls-independent-layers-vgg_svhn-cka = further; controls-independent-layers-resnet_fast-cka = further
# Beside independent networks after their own few epochs, the metrics part: by CKA some layers are further
# and none is nearer, while by SVCCA layers go both ways in VGG16_BN and ResNet_fast, and are nearer alone in
# VGG_SVHN. Since those networks had a fraction of the training, trust the first comparison more.
# :::

# %% [markdown]
# ## Does a pruned network still resemble its own complete network?
#
# Complete networks of other seeds have been trained for a fraction of the epochs that a pruned network has
# behind it. So each pruned network is also compared with the complete network that it comes from *and* with
# those of the other seeds: weights left, training and accuracy are the same in both, and the ancestry alone
# differs. VGG16_BN is pruned in two steps of a half here, as in {doc}`function`.
#
# In the table, a layer is *nearer* or *further* if its interval excludes 0. The intervals of all layers of a row
# hold together with 95 %; each is over complete networks, of which there are three. The last three columns
# are those of networks trained as long and never pruned.

# %%
Table.of(by_layer.descent_table(study), nothing=ABSENT)

# %% [markdown]
# The table has means over the hidden layers and the complete networks, at the last iteration compared at
# which pruned networks are as accurate as the complete one. The differences have 95 % intervals; the last
# column is that of networks trained as long and never pruned. The differences of several networks share
# complete networks, so they are not quite independent:

# %%
from lib.analyses.controls.analysis import own_and_others

own_and_others(study)

# %% [markdown]
# ## Layer by layer at the end of pruning
#
# How many hidden layers of pruned networks are nearer to the complete network than a control is, with intervals
# as above, and beside it the difference of the means. Means are *about as close* if their whole interval lies
# within a tenth of the way from independent networks to identical ones. First the networks that were trained
# as long and never pruned:

# %%
Table.of(by_layer.control_table(study, "trained_on"), nothing=ABSENT)

# %% [markdown]
# Then complete networks of other seeds, after their own few epochs:

# %%
Table.of(by_layer.control_table(study, "independent"), nothing=ABSENT)

# %% [markdown]
# And random masks, as sparse in each layer. In VGG16_BN and ResNet_fast, a single complete network had
# them, which decides nothing:

# %%
Table.of(by_layer.control_table(study, "random_masks"), nothing=ABSENT)

# %% [markdown]
# ## What is compared
#
# Five kinds of networks are compared with the complete network, layer by layer and by four metrics. Each
# has its place in the tables, with dashes where it was not measured.

# %%
from lib.analyses.controls.analysis import compared

Table.of(compared(study))

# %% [markdown]
# ## The figures and their numbers
#
# Each network has a figure and five tables, the first and the last two folded:
#
# 1. Means over the hidden layers, and their standard deviation over the runs. For the independent
#    networks, a run is a pair of them.
# 2. The difference between pruned networks and each control, with its 95 % interval. It is taken within each
#    complete network, and the intervals count complete networks ({doc}`how_claims_are_decided`).
# 3. A scale on which 0 is the similarity for shuffled images, and 1 that of independently trained complete
#    networks. Each similarity is counted from its own null, and nulls differ, so a network just above 1 need
#    not have the higher value. Both ends are uncertain, and the intervals say how much (Fieller's, over
#    complete networks).
# 4. The accuracy of these networks.
# 5. Every layer.

# %% tags=["remove-input"]
from lib.analyses.controls.analysis import accuracies, differences, draw, every_layer, means, shares

# %% [markdown]
# ### VGG16_BN

# %% mystnb={"figure": {"name": "fig-controls-vgg16-bn", "caption": "VGG16_BN: similarity of each layer of the complete network with the same layer of other networks, by four metrics, mean over the runs. What was pruned or trained again is shown after its last iteration. Each line of the legend has a colour and dashes of its own; a control that was not measured has no line. The thin dashed line in the pale band is the null: the pruned networks with the images shuffled. An open circle marks a layer that is no more similar than shuffled images get in some layer of the same comparison. All panels have the same vertical scale."}}
draw(study, "vgg16_bn")

# %% tags=["hide-output"]
means(study, "vgg16_bn")

# %%
differences(study, "vgg16_bn")

# %%
shares(study, "vgg16_bn")

# %% tags=["hide-output"]
accuracies(study, "vgg16_bn")

# %% tags=["hide-output"]
for metric in FOUR:
    print(
        METRICS[metric], text_table(every_layer(study, "vgg16_bn", metric), digits=3), "", sep="\n"
    )

# %% [markdown]
# ### VGG_SVHN

# %% mystnb={"figure": {"name": "fig-controls-vgg-svhn", "caption": "VGG_SVHN: similarity of each layer of the complete network with the same layer of other networks, by four metrics, mean over the runs. What was pruned or trained again is shown after its last iteration. Each line of the legend has a colour and dashes of its own; a control that was not measured has no line. The thin dashed line in the pale band is the null: the pruned networks with the images shuffled. An open circle marks a layer that is no more similar than shuffled images get in some layer of the same comparison. All panels have the same vertical scale."}}
draw(study, "vgg_svhn")

# %% tags=["hide-output"]
means(study, "vgg_svhn")

# %%
differences(study, "vgg_svhn")

# %%
shares(study, "vgg_svhn")

# %% tags=["hide-output"]
accuracies(study, "vgg_svhn")

# %% tags=["hide-output"]
for metric in FOUR:
    print(
        METRICS[metric], text_table(every_layer(study, "vgg_svhn", metric), digits=3), "", sep="\n"
    )

# %% [markdown]
# ### ResNet_fast

# %% mystnb={"figure": {"name": "fig-controls-resnet-fast", "caption": "ResNet_fast: similarity of each layer of the complete network with the same layer of other networks, by four metrics, mean over the runs. What was pruned or trained again is shown after its last iteration. Each line of the legend has a colour and dashes of its own; a control that was not measured has no line. The thin dashed line in the pale band is the null: the pruned networks with the images shuffled. An open circle marks a layer that is no more similar than shuffled images get in some layer of the same comparison. All panels have the same vertical scale."}}
draw(study, "resnet_fast")

# %% tags=["hide-output"]
means(study, "resnet_fast")

# %%
differences(study, "resnet_fast")

# %%
shares(study, "resnet_fast")

# %% tags=["hide-output"]
accuracies(study, "resnet_fast")

# %% tags=["hide-output"]
for metric in FOUR:
    print(
        METRICS[metric],
        text_table(every_layer(study, "resnet_fast", metric), digits=3),
        "",
        sep="\n",
    )

# %% [markdown]
# ## The evidence
#
# What is claimed of descent, by the means over the layers:

# %% tags=["hide-output"]
from lib.analyses.controls.claims import DESCENDS
from lib.book.claims.engine import evaluate
from lib.book.claims.show import Claims

outcomes = evaluate(study, DESCENDS)
record_claims(outcomes)
record(*by_layer.decided(study))
glue(**by_layer.shares(study))
Claims("descent", outcomes)

# %% [markdown]
# ## How to read it
#
# Start with *trained as long, never pruned*. Its distance from 1 is what further training does without
# pruning. Where *pruned* lies below this line, pruning may have added something. Distances need not add up,
# so the gap between the lines is not simply the effect of pruning. Where *pruned* does not lie below,
# training explains as much. The table of differences says how far apart the two are. At the end of pruning,
# pruned networks are also less accurate than those trained as long; {ref}`the page on accuracy
# <while-pruning-costs-nothing>` compares the two where they are not.
#
# *Random masks* remove as many weights from each layer, but at random. If their line lies below *pruned*,
# it matters which weights go. If the two coincide, it matters only how many.
#
# *Another complete network* has learned the same task from another start, and shows how similar two
# networks are that have no weights in common. As long as *pruned* lies above it, the pruned network is
# still recognisable as a descendant of its own complete network. Below it, this mean no longer shows the
# descent, though single channels may still do so ({doc}`validity`).
#
# *A network that was never trained* shows how much similarity comes from the architecture and the
# images alone. The *null* shows what remains when even the images are not the same.
#
# Pairs of independent networks share members, so their standard deviation is smaller than that of as many
# separate pairs would be; the intervals allow for that.
#
# ## What the paper reports
#
# The paper compares pruned networks with their complete network, and with nothing else
# ({cite:t}`ansuini2020investigating`, section 4). By CKA, it says, the two seem "remarkably similar"
# (section 6.1); by SVCCA and PWCCA, layers in the middle seem very dissimilar (section 7). Without
# controls it remains open which similarity would be remarkable.
