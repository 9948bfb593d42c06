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
# random numbers. So a layer may differ even if pruning did it no harm. Controls separate the causes: each changes one
# thing and nothing else.

# %% tags=["parameters"]
results = "results/chapters/converged"

# %% tags=["remove-cell"]
from lib.analyses.controls import analysis, nearer_layers
from lib.analyses.converged.experiments import ANALYSED_NETWORKS
from lib.analyses.converged.papers_names import open_networks
from lib.analyses.validity.tables import DESCENT
from lib.book.findings import record, record_claims
from lib.book.report.figure import ABSENT
from lib.book.report.page import glue
from lib.book.report.tables import Table, text_table

# %%
study = open_networks(results, ANALYSED_NETWORKS, DESCENT)

# %% [markdown]
# ## What we find
#
# :::{finding}
# :expects: vgg16_bn_wide-adds-svcca = holds; vgg16_bn_wide-adds-cka = holds; vgg_svhn_wide-adds-svcca = holds; vgg_svhn_wide-adds-cka = holds; resnet_fast_wide-adds-svcca = holds; resnet_fast_wide-adds-cka = holds
# **Where training has ended, it is.** Networks that were trained to the end and pruned to a hundredth of their weights are
# further from their complete ones than after training as long, all three, by SVCCA and by CKA ({doc}`converged`). On
# this page networks were trained for a few epochs, and go on learning while they are pruned.
# :::
#
# :::{finding}
# :expects: controls-descent-layers-vgg16_bn-svcca = closer; controls-descent-layers-vgg16_bn-cka = closer; controls-descent-layers-resnet_fast-svcca = closer; controls-descent-layers-resnet_fast-cka = neither; controls-descent-layers-vgg_svhn-svcca = not measured; controls-descent-layers-vgg_svhn-cka = not measured
# **A pruned network that is as accurate still resembles the complete network it comes from** more than equally trained
# ones of other seeds: by SVCCA in {glue:text}`descent-vgg16_bn-svcca-nearer:s` hidden layers of VGG16_BN and
# {glue:text}`descent-resnet_fast-svcca-nearer:s` of ResNet_fast. CKA shows it in
# {glue:text}`descent-vgg16_bn-cka-nearer:s` and {glue:text}`descent-resnet_fast-cka-nearer:s`; no layer is
# further by either, and VGG_SVHN was not measured.
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
# Beside independent networks, which were trained for a few epochs only, the metrics disagree: by CKA some layers are
# further and none is nearer, while by SVCCA layers go both ways in VGG16_BN and ResNet_fast, and are only ever nearer
# in VGG_SVHN. Since those networks had a fraction of the training, trust the first comparison more.
# :::

# %% [markdown]
# ## Does a pruned network still resemble its own complete network?
#
# Complete networks of other seeds have been trained for a fraction of the epochs that a pruned network has
# behind it. So each pruned network is also compared with the complete network that it comes from *and* with
# those of the other seeds: weights left, training and accuracy are the same in both, and the ancestry alone
# differs. VGG16_BN is pruned in two steps of a half here, as in {doc}`function`.
#
# A layer is *nearer* or *further* if its interval, over three complete networks, excludes 0; the intervals of all
# layers of a row hold together with 95 %. The last three columns are those of networks trained as long and
# never pruned.

# %%
Table.of(nearer_layers.descent_table(study), nothing=ABSENT)

# %% [markdown]
# The same as means over the hidden layers, at the last iteration at which pruned networks are as accurate as the
# complete one. Several differences share complete networks, so they are not quite independent:

# %% tags=["hide-output"]
from lib.analyses.controls.analysis import own_and_others

own_and_others(study)

# %% [markdown]
# ## Beside each control, at the end of pruning
#
# :::{figure-title} fig-control-differences
# :expects: controls-random_masks-vgg_svhn-svcca = closer; controls-random_masks-vgg_svhn-cka = closer; controls-trained_on-vgg_svhn-svcca = further; controls-trained_on-vgg_svhn-cka = further
# VGG_SVHN: pruning moves layers further than training, less than random masks
# :::

# %% mystnb={"figure": {"name": "fig-control-differences", "caption": "Similarity to the complete network of pruned networks minus that of each control, mean over the hidden layers at the end: right of 0, pruned networks are closer. Whiskers are 95 % intervals over complete networks, of which there must be several. The differences are taken within each complete network."}}
analysis.draw_differences(study)

# %% tags=["hide-output"]
analysis.of_all_networks(study, analysis.differences)

# %% [markdown]
# ## Layer by layer at the end of pruning
#
# The table counts the hidden layers in which pruned networks are nearer to the complete network than networks that were
# trained as long and never pruned, and adds the difference of the means. Means are *about as close* if their whole
# interval lies within a tenth of the way from independent networks to identical ones:

# %%
Table.of(nearer_layers.control_table(study, "trained_on"), cards=True, nothing=ABSENT)

# %% [markdown]
# The same beside complete networks of other seeds, after their own few epochs, and beside random masks, as sparse in
# each layer. In VGG16_BN and ResNet_fast these were made for a single complete network, which decides nothing:

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
# :expects: controls-trained_on-vgg16_bn-svcca = about as close
# VGG16_BN: by SVCCA, training alone moves the layers about as far
# :::

# %% mystnb={"figure": {"name": "fig-controls-vgg16-bn", "caption": "VGG16_BN: similarity of each layer of the complete network with the same layer of other networks, by four metrics, mean over the runs. What was pruned or trained again is shown after its last iteration. Each line has a colour and dashes of its own; a control that was not measured has no line. The thin dashed line in the pale band is the null: the pruned networks with the images shuffled. An open circle marks a layer that is no more similar than shuffled images get in some layer of the same comparison. All panels have the same vertical scale."}}
analysis.draw(study, "vgg16_bn")

# %% [markdown]
# :::{figure-title} fig-controls-vgg-svhn
# :expects: controls-trained_on-vgg_svhn-svcca = further; controls-trained_on-vgg_svhn-cka = further
# VGG_SVHN: pruning moves the layers further than training alone
# :::

# %% mystnb={"figure": {"name": "fig-controls-vgg-svhn", "caption": "VGG_SVHN: the same as for VGG16_BN above."}}
analysis.draw(study, "vgg_svhn")

# %% [markdown]
# :::{figure-title} fig-controls-resnet-fast
# :expects: controls-trained_on-resnet_fast-svcca = about as close
# ResNet_fast: by SVCCA, training alone moves the layers about as far
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
from lib.book.claims.decided import evaluate
from lib.book.claims.show import Claims

outcomes = evaluate(study, DESCENDS)
record_claims(outcomes)
record(*nearer_layers.layers_decided(study))
glue(**nearer_layers.layer_shares(study))
Claims("descent", outcomes)

# %% [markdown]
# ## How to read it
#
# Start with *trained as long, never pruned*. Its distance from 1 is what further training does without
# pruning. Where *pruned* lies below this line, pruning may have added something; where it does not, training
# explains as much. At the end of pruning, pruned networks are also less accurate than those trained as long;
# {ref}`the page on accuracy <while-pruning-costs-nothing>` compares the two where they are not.
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
# **1.** On average over the layers, pruned networks and those trained as long are equally similar to the complete
# one. What has pruning done?
#
# :::{dropdown} Answer
# Nothing that this mean could show. Layers may go opposite ways, and in VGG16_BN they do, so look at the number of
# layers that are nearer and further.
# :::
#
# **2.** Why is a complete network of another seed no fair stranger for a network that was pruned and trained again
# twenty times?
#
# :::{dropdown} Answer
# It has had a fraction of the training. It is fair to set the pruned network beside its own complete network and
# beside others: then both comparisons have the same training on both sides.
# :::
