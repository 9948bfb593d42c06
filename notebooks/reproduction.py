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
# # A reproduction report
#
# **Does the paper hold up when others do it again? What did that take, and what stood in the way?**
#
# This page answers in the order in which reproductions are usually reported. It can be read on its own, and
# `make report` prints it.

# %% tags=["parameters"]
results = "results/chapters/converged"

# %% tags=["remove-cell"]
from lib.analyses.converged.papers_names import open_wide_networks
from lib.analyses.main_paper.claims import PAPER_CLAIMS
from lib.analyses.methods import sources
from lib.analyses.reproduction import analysis
from lib.book import claims
from lib.book.report.format import Table
from lib.book.report.page import glue

# %%
study = open_wide_networks(results)

# %% [markdown]
# ## What was to be reproduced
#
# {cite:t}`ansuini2020investigating` prune three convolutional networks by magnitude, twenty times a fifth of the
# remaining weights, and compare every pruned network with its complete one, layer by layer, by four metrics. Their
# claims are of three kinds: that pruned networks stay as accurate; what curve a metric draws over the layers of a
# network; and how the metrics differ. We turned their sentences into {glue:text}`claims:d` claims with rules. By section
# of the paper:

# %%
paper = claims.evaluate(study, PAPER_CLAIMS)
sections = {}
for outcome in sorted(paper, key=lambda outcome: outcome.claim.section):
    sections.setdefault(outcome.claim.section, []).append(outcome)
claims.counts(sections | {"All": paper})

# %% [markdown]
# ## How
#
# Everything was written anew from the paper's text. Where the text is silent we took the papers that it builds on, then
# the authors' public code, then a choice of our own; {doc}`methods` lists each value with its source. Networks are trained
# to the end, on a part of the images. They have the paper's width, or are slim where a page says so; VGG_SVHN
# was also trained by the paper's recipe ({doc}`robustness`). There are three complete networks of each kind, where the
# paper prunes one many times, and each interval is over complete networks. Rules were committed before the runs that they
# decide; later ones are marked.
#
# ## What came out
#
# :::{finding}
# :expects: cca-agree = holds; nbs-higher = holds; cka-flatter = holds; vgg16_bn-u-svcca = holds
# **What the paper says of the metrics holds.** SVCCA and PWCCA draw the same curves, with a "U" in VGG16_BN; NBS lies
# above them; CKA is flatter.
# :::
#
# :::{finding}
# :expects: nbs-agrees = does not hold; vgg_svhn-cca-two-bottoms = does not hold; resnet_fast-cca-bottom = does not hold
# **What it says of single layers holds less often.** The curves have their lowest points in other layers here.
# :::
#
# :::{finding}
# :expects: contrast-place-{vgg16-bn,vgg-svhn}-wide-svcca = as independent networks; contrast-place-{vgg16-bn,vgg-svhn,resnet-fast}-wide-cka = as independent networks; contrast-place-resnet-fast-wide-svcca = closer
# **What it leaves open can be answered.** The metrics disagree in their raw values. Beside networks that were trained
# independently they mostly agree: at the end of pruning, the layers are about as similar as those of strangers, and the
# CCA family alone sees more than that in ResNet_fast.
# :::
#
# :::{finding}
# :expects: full-scale-training-vgg-svhn-full = about as close; {vgg16_bn,vgg_svhn,resnet_fast}_wide-adds-{svcca,cka} = holds; vgg16_bn_undertrained-adds-cka = undecided
# **How much of the distance is due to pruning depends on training.** In networks that were trained to the end on few
# images pruning adds to it by both metrics; in a slim VGG16_BN that was stopped early, CKA does not show it ({doc}`converged`);
# and by the paper's recipe VGG_SVHN is moved as far by training alone ({doc}`robustness`).
# :::
#
# ## What was easy
#
# The method is well described: what is pruned, how much at a time, that weights are rewound, and which layers
# are recorded. The metrics are given by equations. VGG and the fast ResNet have public descriptions, and the authors'
# public code answers many of the remaining questions.
#
# ## What was difficult
#
# - **Training "until convergence" is a recipe that one has to find.** Numbers of epochs and rates are given only in
#   part, and on two processor cores only the smallest network can be trained as in the paper. Our first complete
#   networks were trained too briefly, so that most of every distance came from training.
# - **A metric can be undefined.** With fewer images than directions every canonical correlation is 1, so images and
#   layers cannot be chosen freely.
# - **Two places of the text contradict the rest.** Equation 7 has its root outside the trace, where two equal networks
#   would not get a similarity of 1; and the first sentence of section 5.3 names CKA, but the numbers after it are those
#   of SVCCA.
# - **The paper, its references and its code differ** in {glue:text}`differences:d` points that we know of, from the
#   centring of kernels to the learning rate after rewinding. {doc}`methods` has them in a table.
#
# :::{finding}
# :expects: robustness-moves-threshold = does not hold; robustness-moves-{mean,images,precision} = holds
# **Which directions count matters more than how one measures.** How many directions SVCCA keeps moves it by 0.05 or
# more; other images, a lower precision and another mean of its correlations do not ({doc}`robustness`).
# :::
#
# ## What differs from the paper
#
# The number of images, the length of training and the number of runs are smaller, some networks are slim, and three
# complete networks take the place of one. There are controls that the paper does not have: networks trained as long without pruning,
# independent networks, random masks, shuffled images. No number of ours is meant to equal one of the paper's; its claims
# are about shapes and orders, and these are what the rules test.
#
# ## What it cost
#
# Of all the studies in this book, each job counted once:

# %%
cost = analysis.computing_time(results)
hours = cost[["Hours", "On a GPU"]].map("{:.1f}".format)
Table.of(cost.assign(**hours), numeric=list(cost))

# %% [markdown]
# *Networks* are trained networks, pruned ones included; *Hours* are those of one processor core, in all
# {glue:text}`cores_days:s` days of two cores. Jobs *on a GPU* shared it, up to fourteen at a time, so it was busy for
# far less than the sum of their hours.

# %%
glue(claims=len(paper))
glue(differences=len(sources.DIFFERENCES))
glue(cores_days=f"{cost.Hours[analysis.ALL_STUDIES] / 48:.1f}")

# %% [markdown]
# ## The authors
#
# They were not asked. What their public code does differently is listed in {doc}`methods`.
