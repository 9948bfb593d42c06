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
# A pruned network has lost weights, but it has also been trained for longer than its complete network, and with other
# random numbers. So a layer may differ even if pruning did it no harm. Controls separate the causes: each leaves some of
# them out.

# %% tags=["parameters"]
results = "results/chapters/converged"

# %% tags=["remove-cell"]
from lib.analyses.controls import analysis, nearer_layers
from lib.analyses.converged.papers_names import open_networks
from lib.analyses.equal_accuracy import iterations_compared, measured_networks
from lib.analyses.validity.tables import DESCENT
from lib.book.findings import record, record_claims
from lib.book.report.figure import ABSENT
from lib.book.report.format import Table, text_table
from lib.book.report.page import glue

# %%
study = open_networks(results, DESCENT)

# %% [markdown]
# VGG16_BN and ResNet_fast have a quarter of the paper's channels here ({doc}`vgg16_bn` and {doc}`resnet_fast` show the wide
# ones), and VGG_SVHN has all.
#
# ## What we find
#
# :::{finding}
# :expects: controls-trained_as_long-layers-{vgg16_bn,vgg_svhn,resnet_fast}-{svcca,cka} = further
# **More training explains a part only.** With a hundredth of their weights left, networks are further
# from their complete ones than after training as long without pruning: by SVCCA in
# {glue:text}`trained_as_long-vgg16_bn-svcca-further:s` hidden layers of VGG16_BN, in
# {glue:text}`trained_as_long-vgg_svhn-svcca-further:s` of VGG_SVHN and in
# {glue:text}`trained_as_long-resnet_fast-svcca-further:s` of ResNet_fast. By CKA it is
# {glue:text}`trained_as_long-vgg16_bn-cka-further:s`, {glue:text}`trained_as_long-vgg_svhn-cka-further:s` and
# {glue:text}`trained_as_long-resnet_fast-cka-further:s`, and no layer is nearer by either.
# :::
#
# :::{finding}
# :expects: controls-descent-everywhere = holds
# **With a third of its weights, a network is still recognisable.** In all three networks, by all four metrics, every
# hidden layer is nearer to that of the complete network which it comes from than to those of other seeds.
# :::
#
# :::{finding}
# :expects: controls-random_masks-{vgg16_bn,vgg_svhn}-svcca = closer; controls-random_masks-{vgg16_bn,resnet_fast,vgg_svhn}-cka = closer; controls-random_masks-resnet_fast-svcca = about as close
# **It matters which weights go.** On average over the layers, random masks that are as sparse in each layer take both VGGs
# further away than pruning does, by SVCCA and by CKA, and ResNet_fast by CKA alone.
# :::
#
# :::{finding}
# :expects: controls-independent-{vgg16_bn,resnet_fast}-svcca = closer; controls-independent-vgg_svhn-svcca = about as close; controls-independent-vgg16_bn-cka = about as close; controls-independent-{vgg_svhn,resnet_fast}-cka = further
# **In the end, on average, little is left of the resemblance.** Beside networks of other seeds, the most pruned ones are
# closer by SVCCA in VGG16_BN and ResNet_fast, and about as close in VGG_SVHN. By CKA they are about as close in VGG16_BN,
# and a little further away in the other two. Beside others with the same training a little more is left ({ref}`ancestry`).
# :::

# %% [markdown]
# ## Does a pruned network still resemble its own complete network?
#
# Each pruned network is compared with the complete network that it comes from *and* with those of the other seeds:
# weights left, training and accuracy are the same in both, and the ancestry alone differs. This is done at the last
# iteration at which pruned networks are shown to be as accurate as their complete ones, or else at the first:

# %%
Table.of(iterations_compared(study, measured_networks(study, DESCENT), DESCENT), nothing=ABSENT)

# %% [markdown]
# A layer is *nearer* or *further* if its interval, over three complete networks, excludes 0; the intervals of all
# layers of a row hold together with 95 %. The last three columns are those of networks trained as long and
# never pruned.

# %%
Table.of(nearer_layers.descent_table(study), nothing=ABSENT)

# %% [markdown]
# The same as means over the hidden layers. Several differences share complete networks, so they are not quite
# independent:

# %% tags=["hide-output"]
from lib.analyses.controls.analysis import own_and_others

own_and_others(study)

# %% [markdown]
# ## Beside each control, at the end of pruning
#
# :::{figure-title} fig-control-differences
# :expects: controls-random_masks-{vgg16_bn,vgg_svhn}-{svcca,cka} = closer; controls-trained_as_long-{vgg16_bn,vgg_svhn,resnet_fast}-{svcca,cka} = further
# Pruning moves layers further than training, random masks both VGGs further still
# :::

# %% mystnb={"figure": {"name": "fig-control-differences", "caption": "Similarity to the complete network of pruned networks minus that of each control, mean over the hidden layers at the end: right of 0, pruned networks are closer. Whiskers are 95 % intervals over complete networks, of which there must be several. The differences are taken within each complete network."}}
analysis.draw_differences(study)

# %% tags=["hide-output"]
analysis.of_all_networks(study, analysis.differences)

# %% [markdown]
# ## Layer by layer at the end of pruning
#
# The table counts the hidden layers in which pruned networks are nearer to the complete network than those trained as long,
# and adds the difference of the means. Means are *about as close* if their whole
# interval lies within a tenth of the way from independent networks to identical ones:

# %%
Table.of(nearer_layers.control_table(study, "trained_as_long"), cards=True, nothing=ABSENT)

# %% [markdown]
# The same beside complete networks of other seeds, and beside random masks, as sparse in each layer:

# %% tags=["hide-output"]
Table.of(nearer_layers.control_table(study, "independent"), cards=True, nothing=ABSENT)

# %% tags=["hide-output"]
Table.of(nearer_layers.control_table(study, "random_masks"), cards=True, nothing=ABSENT)

# %% [markdown]
# ## What is compared
#
# Five kinds of networks, with the complete network, layer by layer and by four metrics:

# %%
from lib.analyses.controls.analysis import lines_measured

Table.of(lines_measured(study))

# %% [markdown]
# ## The figures

# %% [markdown]
# :::{figure-title} fig-controls-vgg16-bn
# :expects: controls-trained_as_long-vgg16_bn-{svcca,cka} = further
# VGG16_BN: pruning moves the layers further than training alone
# :::

# %% mystnb={"figure": {"name": "fig-controls-vgg16-bn", "caption": "VGG16_BN: similarity of each layer of the complete network with the same layer of other networks, by four metrics, mean over the runs. What was pruned or trained again is shown after its last iteration. Each line has a colour and dashes of its own; a control that was not measured has no line. The thin dashed line in the pale band is the null: the pruned networks with the images shuffled. An open circle marks a layer that is no more similar than shuffled images get in some layer of the same comparison. All panels have the same vertical scale."}}
analysis.draw(study, "vgg16_bn")

# %% [markdown]
# :::{figure-title} fig-controls-vgg-svhn
# :expects: controls-trained_as_long-vgg_svhn-{svcca,cka} = further
# VGG_SVHN: pruning moves the layers further than training alone
# :::

# %% mystnb={"figure": {"name": "fig-controls-vgg-svhn", "caption": "VGG_SVHN: the same as for VGG16_BN above."}}
analysis.draw(study, "vgg_svhn")

# %% [markdown]
# :::{figure-title} fig-controls-resnet-fast
# :expects: controls-trained_as_long-resnet_fast-{svcca,cka} = further
# ResNet_fast: pruning moves the layers further than training alone
# :::

# %% mystnb={"figure": {"name": "fig-controls-resnet-fast", "caption": "ResNet_fast: the same as for VGG16_BN above."}}
analysis.draw(study, "resnet_fast")

# %% [markdown]
# ## Their numbers
#
# A scale on which 0 is the similarity for shuffled images, and 1 that of independently trained complete networks.
# Each similarity is counted from its own null, and nulls differ, so a network just above 1 need not have the higher
# value. Both ends are uncertain, and the intervals say how much (Fieller's, over complete networks).

# %% tags=["hide-output"]
analysis.of_all_networks(study, analysis.shares)

# %% [markdown]
# Means over the hidden layers and their standard deviation over the runs, where a run of independent networks is a
# pair of them; the accuracy of these networks; and every layer.

# %% tags=["hide-output"]
analysis.of_all_networks(study, analysis.means)

# %% tags=["hide-output"]
analysis.of_all_networks(study, analysis.accuracies)

# %% tags=["hide-output"]
print(text_table(analysis.all_layers(study), digits=3))

# %% [markdown]
# ## The evidence
#
# What we claim about descent, by the means over the layers:

# %% tags=["hide-output"]
from lib.analyses.controls.claims import DESCENDS
from lib.book.claims.engine import evaluate
from lib.book.claims.show import Claims

outcomes = evaluate(study, DESCENDS)
record_claims(outcomes)
record(*nearer_layers.layers_decided(study), nearer_layers.every_layer_decided(study))
glue(**nearer_layers.layer_shares(study))
Claims("descent", outcomes)

# %% [markdown]
# ## How to read it
#
# Start with *trained as long, never pruned*. Its distance from 1 is what further training does without
# pruning. Where *pruned* lies below this line, pruning may have added something; where it does not, training
# explains as much. At the end of pruning, pruned networks are also less accurate than those trained as long;
# the pages of the networks ({doc}`vgg16_bn`, {doc}`vgg_svhn`, {doc}`resnet_fast`) compare the two after the first pruning.
#
# *Random masks* remove as many weights from each layer, but at random. If their line lies below *pruned*,
# it matters which weights go. If the two coincide, it matters only how many.
#
# *Another complete network* has no weights in common with the first. As long as *pruned* lies above it, the
# pruned network is still recognisable as a descendant. Below it, this mean no longer shows the descent, though
# single channels may still do so ({doc}`validity`).
#
# *A network that was never trained* shows how much similarity comes from the architecture and the
# images alone. The *null* shows what remains when even the images are not the same.
#
# ## What the paper reports
#
# The paper compares pruned networks with their complete network, and with nothing else
# ({cite:t}`ansuini2020investigating`, section 4). By CKA, it says, the two seem "remarkably similar"
# (section 6.1); by SVCCA and PWCCA, layers in the middle seem very dissimilar (section 7). Without
# controls it remains open which similarity would be remarkable.

# %% [markdown]
# ## Exercises
#
# **1.** By SVCCA the most pruned VGG16_BN is, on average over the layers, closer to its complete network than networks
# of other seeds are to each other. Does this hold for each of its layers?
#
# :::{dropdown} Answer
# A mean cannot say. Layers may go opposite ways, and here they do: look at the number that are nearer and further.
# :::
#
# **2.** Why is a complete network of another seed no fair stranger for a network that was pruned and trained again four
# times?
#
# :::{dropdown} Answer
# It has been trained only once. It is fair to set the pruned network beside its own complete network and beside
# others: then both comparisons have the same training on both sides.
# :::
