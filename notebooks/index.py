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
# # How similar are pruned and unpruned networks?
#
# :::{finding}
# :expects: contrast-place-{vgg16-bn,vgg-svhn}-wide-svcca = as independent networks; contrast-place-{vgg16-bn,vgg-svhn,resnet-fast}-wide-cka = as independent networks; contrast-place-resnet-fast-wide-svcca = closer
# **Hardly more alike than strangers.** Prune a network to a hundredth of its weights: its layers resemble the original's, on
# average, hardly more than those of a *stranger*, trained from other random weights.
# :::
#
# :::{finding}
# :expects: {vgg16_bn,vgg_svhn,resnet_fast}_wide-costs = holds
# **Yet most of its accuracy is left.** Beside networks trained as long without losing a weight, pruned ones are
# {glue:text}`converged.ipynb::lost_least:s` to {glue:text}`converged.ipynb::lost_most:s` points less accurate.
# :::
#
# :::{finding}
# :expects: vgg16-bn-wide-level-1-{svcca,cka} = about as close; vgg-svhn-wide-level-1-svcca = undecided; {vgg-svhn,resnet-fast}-wide-level-1-cka = undecided; resnet-fast-wide-level-1-svcca = closer; {vgg16_bn,vgg_svhn,resnet_fast}_wide-adds-{svcca,cka} = holds; vgg16_bn_wide-trained-enough = undecided; {vgg_svhn,resnet_fast}_wide-trained-enough = holds
# **It rests on** three networks of each of three kinds, of full width, trained on few images until more training hardly
# helped. **It does not extend to mild pruning:** with a third of the weights left, no network is shown to have changed more,
# on average over its layers, than by further training alone.
# :::
#
# :::{figure-title}
# :expects: contrast-place-{vgg16-bn,vgg-svhn}-wide-svcca = as independent networks; contrast-place-{vgg16-bn,vgg-svhn,resnet-fast}-wide-cka = as independent networks; contrast-place-resnet-fast-wide-svcca = closer
# Pruned to a hundredth, networks are hardly closer than strangers
# :::
#
# ```{glue} converged_scale_figure
# :doc: converged.ipynb
# ```
#
# *Filled: pruned; outlined: strangers. Bars: 95 % intervals of means over hidden layers. Right, chance (shuffled images) is
# taken off, and a tenth of the way beside strangers counts as equal ({ref}`more <converged-scale>`).*
#
# :::::{grid} 1 3 3 3
# :gutter: 2
#
# ::::{grid-item}
# :::{button-ref} which_metric
# :ref-type: doc
# :color: primary
# :expand:
# Which metric should I use?
# :::
# ::::
#
# ::::{grid-item}
# :::{button-ref} why-believe-it
# :ref-type: ref
# :color: primary
# :expand:
# Can I believe it?
# :::
# ::::
#
# ::::{grid-item}
# :::{button-ref} run_it
# :ref-type: doc
# :color: primary
# :expand:
# Run it
# :::
# ::::
# :::::
#
# :::{finding}
# :expects: contrast-place-{vgg16-bn,vgg-svhn}-wide-svcca = as independent networks; contrast-place-{vgg16-bn,vgg-svhn,resnet-fast}-{wide,converged}-cka = as independent networks; contrast-place-resnet-fast-wide-svcca = closer; ancestry-everywhere-pwcca = holds
# **Strangers, but not unrelated.** By PWCCA each layer still shows which network it comes from ({ref}`ancestry`).
# SVCCA and CKA, whose raw values are far apart, put both VGGs about where strangers stand, and disagree on ResNet_fast
# alone, which SVCCA keeps at {glue:text}`converged.ipynb::most_left:s` of the way from a stranger to an identical network.
# By CKA slim networks end in the same place.
# :::
#
# This book repeats and extends {cite:t}`ansuini2020investigating`.

# %% tags=["parameters"]
results = "results/chapters/converged"

# %% [markdown]
# (conclusions)=
# ## What else we find
#
# :::{finding}
# :expects: controls-descent-everywhere = holds
# **With a third of its weights, a network is still itself.** Once training has ended, the hidden layers of all three
# networks are nearer to those of the complete network which they come from than to those of other seeds: every one, by
# each of the paper's four metrics, on {doc}`controls`, where VGG16_BN and ResNet_fast are slim.
# :::
#
# :::{finding}
# :expects: vgg16-bn-wide-level-1-{svcca,cka} = about as close; vgg-svhn-wide-level-1-svcca = undecided; {vgg-svhn,resnet-fast}-wide-level-1-cka = undecided; resnet-fast-wide-level-1-svcca = closer; {vgg16_bn,vgg_svhn,resnet_fast}_wide-adds-{svcca,cka} = holds; {vgg16-bn,vgg-svhn,resnet-fast}-wide-depth-cka = below 0
# **What pruning does, once training has ended.** With a hundredth of their weights, networks of the paper's width are less
# similar to their complete ones, on average, than after training alone, by CKA the last layers most ({doc}`converged`).
# :::
#
# :::{finding}
# :expects: {vgg16-bn,vgg-svhn,resnet-fast}-silent = above 0; {vgg16-bn,vgg-svhn,resnet-fast}-u-{left,all} = above 0
# **What the CCA family does not see.** Pruning silences channels, and these metrics leave a silent channel out. At the
# paper's width the "U" that mean CCA draws over the layers does not come from that: it is there as well if a direction
# that was lost counts as 0, if only faintly in VGG_SVHN ({doc}`vgg16_bn`, {doc}`vgg_svhn`, {doc}`resnet_fast`).
# :::
#
# :::{finding}
# :expects: {vgg16_bn,vgg_svhn,resnet_fast}_wide-errs-with-own = undecided; vgg16_bn_wide-errs-beyond-training = undecided; vgg16_bn_wide-log-loss-scaled = undecided; {vgg_svhn,resnet_fast}_wide-errs-beyond-training = holds; {vgg_svhn,resnet_fast}_wide-log-loss-scaled = holds
# **In their errors, once training has ended.** Pruned to the end, no network of the paper's width is shown to share more
# errors with its own complete network than with strangers. VGG_SVHN and ResNet_fast share more if they were only trained
# on; for VGG16_BN that is undecided ({ref}`decisions`).
# :::
#
# :::{finding}
# :expects: gradients-representation-alone = holds
# **Whether gradients help.** Our rule, applied to the same three, cannot tell ({ref}`gradients`): with a third of the weights
# left, the representation alone tells pruned networks from independent ones in every layer.
# :::
#
# :::{finding}
# :expects: contrast-{metric,adds,siblings}-{vgg16-bn,vgg-svhn,resnet-fast} = above 0
# **Why the raw values differ.** In slim VGG16_BN and ResNet_fast, and in VGG_SVHN, SVCCA and CKA end {glue:text}`contrast.ipynb::contrast_least:s` to
# {glue:text}`contrast.ipynb::contrast_most:s` apart ({doc}`contrast`). Between strangers they differ as well, and a part of
# the difference remains when both are given the same matrix and chance counts as 0.
# :::
#
# :::{finding}
# :expects: output-layers-answers-{vgg16_bn,vgg_svhn,resnet_fast} = does not hold
# **In their answers,** pruning changes more than training as long does, in all three kinds. The most pruned networks give the
# answers of their complete ones to {glue:text}`accuracy.ipynb::same_class_low:s` to
# {glue:text}`accuracy.ipynb::same_class_high:s` of the images ({ref}`more <answers>`).
# :::
#
# :::{finding}
# :expects: grid-width-whole-training-{svcca,cka} = above 0; full-scale-training-vgg-svhn-full = about as close; vgg_svhn_wide-adds-svcca = holds; full-scale-alone-vgg-svhn = below 0
# **Whether width matters.** By the paper's own recipe it does ({ref}`width-or-training`): pruning moves a VGG_SVHN of the
# paper's width about as far as training alone does, and one of half the width further. With fewer images and fewer
# re-trainings, where training alone hardly moves it, pruning moves the wide one further, too.
# :::
#
# :::{finding}
# :expects: prunings-accuracy-midway-{svcca,cka} = does not hold; prunings-random-{svcca,cka} = holds; prunings-fine-tune-{svcca,cka} = holds
# **Whether it matters how one prunes.** It does ({doc}`prunings`, on slim VGG_SVHN of a few epochs): where accuracy is kept,
# fine-tuning stays nearer to the complete network than learning-rate rewinding does, and random pruning goes further. Midway
# in pruning, the ways that keep more accuracy do not clearly keep more of the representations.
# :::

# %%
from lib.book.report.page import open_study

study = open_study(results)

# %% [markdown]
# (why-believe-it)=
# ## Why believe it
#
# - **Networks are counted, not runs**: each interval is over complete networks from different seeds. Pruned
#   networks stand beside controls: trained as long without pruning, trained from another start, and pruned at
#   random ({doc}`controls`).
# - Similarities stand beside their **null**, the value for shuffled images ({doc}`what_a_value_means`).
# - **Sentences are guarded**: each finding names the comparisons that it rests on, and this book is not built
#   where one of them comes out otherwise.
# - **Claims are decided by rules** ({doc}`claims`). {ref}`how-claims-are-decided` says which rules were
#   committed before the runs that they decide. Of {glue:text}`claims.ipynb::paper_claims:d` claims of
#   {cite:t}`ansuini2020investigating`, {glue:text}`claims.ipynb::paper_holds:d` hold here and
#   {glue:text}`claims.ipynb::paper_does_not_hold:d` do not; the others are undecided, or need more than was
#   measured.
# - The metrics agree with **their definitions** up to rounding, and with other people's code. Their
#   settings are varied one by one ({doc}`robustness`).
# - Each similarity of a pruned network can be **computed again** from its seeds by one command
#   ({ref}`more <provenance>`).
#
# ## What may be concluded
#
# **Whether metrics agree.** All of them see the same networks and the same images, so where they disagree, the networks
# are not the reason ({doc}`contrast`).
#
# **Whether a conclusion depends on a choice of ours.** {doc}`robustness` measures the same networks again.
#
# :::{finding}
# :expects: robustness-moves-{images,draw,split,debiased,precision,mean} = holds; robustness-moves-{threshold,leading} = does not hold
# In the one network of each kind that was measured again (slim, but for VGG_SVHN), other images, the bias of CKA, the precision and another
# mean of the correlations move none of the paper's metrics by 0.05. The threshold of SVCCA and the leading components do.
# :::
#
# **How a similarity changes from iteration to iteration.** For one metric, one layer and one network, only the
# pruned network changes. So a trend can be read wherever it is larger than the spread of the networks.
#
# **How large a similarity is.** Its null says whether it is more than chance, and {doc}`controls` puts it on a scale
# from shuffled images to independent networks, on which metrics can be compared ({numref}`fig-one-scale`).
#
# **What each factor contributes.** Each control leaves something out. Where it gives the same similarity as pruning in
# each layer, what it leaves out is not needed to explain that similarity.
#
# ## What may not be concluded
#
# **Nothing about the paper's numbers from a smaller study.** A shape that agrees with the paper's at small scale is
# encouraging and no more, and one that disagrees refutes nothing ({doc}`claims`).
#
# **Nothing about all networks.** This study has three architectures and small images, and its intervals are over a
# few complete networks. Where a page does not say that networks are slim, they have the paper's own width.
#
# **No ranking of raw values across metrics.** A CKA of 0.8 is not "more similar" than an SVCCA of 0.5: the two have
# different nulls, scales and matrices ({doc}`what_a_value_means`).
#
# **Nothing about what a network does.** Layers may be dissimilar and serve the same purpose, and CKA in particular
# can change much while the behaviour does not {cite}`davari2023reliability`. Whether two networks give the same
# answers, their {ref}`outputs <answers>` say.
#
# ## Where to go from here
#
# :::::{grid} 1 1 3 3
# :gutter: 3
#
# ::::{grid-item-card} Read: four pages
# :columns: 12 12 3 3
#
# {doc}`converged`, {doc}`controls`, {doc}`contrast`, {doc}`claims`.
# Or try the metrics by hand, on {ref}`a cloud of points <try-metrics>`.
# ::::
#
# ::::{grid-item-card} Use it on your networks
# :columns: 12 12 6 6
#
# ```python
# from lib import compare_networks
#
# compare_networks(a, b, images)
# ```
# gives a table with a row for each layer and metric; `permutations=200` adds p-values. {doc}`your_own`
# says what `a`, `b` and `images` may be.
# ::::
#
# ::::{grid-item-card} Run it
# :columns: 12 12 3 3
#
# ```sh
# make book
# ```
# in a clone trains, prunes and compares on small images, without a GPU, and builds this book.
# {doc}`run_it` has the larger scales.
# ::::
# :::::
