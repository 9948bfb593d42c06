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
# # The paper's claims
#
# **Which claims of the paper hold in the networks of this book?**
#
# This page lists them one by one. Each has a rule. The rule follows the paper's words. It was
# written before these results were computed, and it alone decides. So nobody has to look at a
# figure and say what it seems to show.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
from IPython.display import Markdown
from myst_nb import glue

from lib.claims import readings as claim_readings
from lib.claims import reasons as claim_reasons
from lib.claims import scales as claim_scales
from lib.claims import show as claims
from lib.report import scale
from lib.report.results import load_results

study = load_results(results)
outcomes = {outcome.claim: outcome for outcome in claims.evaluate(study)}


def of(group):
    return [outcomes[claim] for claim in group]


# %% tags=["remove-input"]
Markdown(scale.statement(study.provenance))

# %% [markdown]
# ## How a verdict is made

# %% tags=["remove-input"]
Markdown(claims.method())

# %% [markdown]
# A claim is *not measured* where these results lack what its rule needs. The table then says what
# that is. Where a rule names no iteration, it speaks of the last one. Where it names no network,
# the claim does. A difference is taken within each run, unless the rule says that runs are not
# paired. Then the interval is that of Welch. Where all runs give the same number, the interval is
# that number. An interval may reach a little past the largest correlation that there can be.
#
# Runs that start from the same complete network are alike in that. An interval counts every run as
# if it were independent. So it tells how much pruning runs differ. How much complete networks differ
# it tells badly, with the few that there are.
#
# ## The outcome
#
# The claims of the paper:

# %% tags=["remove-input"]
Markdown(claims.summary(of(claims.PAPER)))

# %% [markdown]
# What we add:

# %% tags=["remove-input"]
Markdown(claims.summary(of(claims.OURS)))

# %% [markdown]
# ## Accuracy
#
# Section 5.1 of {cite:t}`ansuini2020investigating`. The figure is on the page {doc}`accuracy`.

# %% tags=["hide-input"]
claims.table(of(claims.in_section("5.1")))

# %% [markdown]
# ## VGG16_BN
#
# Section 5.2, first half. The figure is on the page {doc}`vgg16_bn`.

# %% tags=["hide-input"]
claims.table(of(claims.in_section("5.2", "vgg16_bn")))

# %% [markdown]
# ## VGG_SVHN
#
# Section 5.2, second half. The figure is on the page {doc}`vgg_svhn`.

# %% tags=["hide-input"]
claims.table(of(claims.in_section("5.2", "vgg_svhn")))

# %% [markdown]
# ## ResNet_fast
#
# Section 5.3. The figure is on the page {doc}`resnet_fast`. The paper's first sentence there says
# CKA, but the numbers after it are those of SVCCA. The rules follow the numbers.

# %% tags=["hide-input"]
claims.table(of(claims.in_section("5.3")))

# %% [markdown]
# ## The metrics beside each other
#
# What the paper says of several networks at once, in sections 3.1, 6.1 and 7. The link leads to one
# of them. The remark on two ways of rewinding takes runs of both: {doc}`icpram2020` has them, for
# Conv-4.

# %% tags=["hide-input"]
claims.table(of(claims.in_section("3.1") + claims.in_section("6.1") + claims.in_section("7")))

# %% [markdown]
# ## Outputs
#
# Section 6.2. The figure is on the page {doc}`output_layers`.

# %% tags=["hide-input"]
claims.table(of(claims.in_section("6.2")))

# %% [markdown]
# ## What we add
#
# ### Controls
#
# A similarity is high or low only beside another one. So the pruned networks stand beside four
# others: complete networks of other seeds, networks that were never trained, networks that were
# trained on without pruning, and networks pruned by random masks that leave each layer as dense.
# Comparisons between seeds share networks, so they differ less than independent ones would.

# %% tags=["hide-input"]
claims.table(of(claims.CONTROLS + claims.ELSEWHERE))

# %% [markdown]
# ### Where the contrast comes from
#
# SVCCA is low and CKA is high. The page {doc}`contrast` takes out three causes besides the metrics,
# one by one. Here is what stays.

# %% tags=["hide-input"]
claims.table(of(claims.CONTRAST))

# %% [markdown]
# ### Nulls
#
# The images of one network are shuffled, so that nothing is left to compare. What a metric still
# gives is its null. A value that does not exceed it says nothing.

# %% tags=["hide-input"]
claims.table(of(claims.NULLS))

# %% [markdown]
# ### Channels as columns
#
# The paper gives SVCCA and PWCCA a matrix with a column for each channel. CKA and NBS get one with
# a column for each channel and place. Its section 6.3 asks what they say of the former. If the two
# families of metrics disagree because of these matrices, they should agree better on the same one.

# %% tags=["hide-input"]
claims.table(of(claims.RESHAPES))

# %% [markdown]
# ## Why does a claim not hold?
#
# These are the claims of the paper that do not hold, by how much each misses its threshold, and what
# may be the reason. The reasons come from the two sections below: the same networks read otherwise,
# and networks of a smaller scale.

# %% tags=["remove-input"]
failed = claim_readings.failing(of(claims.PAPER))
Markdown(claim_reasons.summary(study, failed))

# %% tags=["hide-input"]
claim_reasons.table(study, failed)

# %% [markdown]
# Claims about outputs have one more suspect: how well a network fits its training images. The page
# {doc}`output_layers` looks into it.
#
# ### What if one reads otherwise?
#
# Some causes can be tested on the same networks. Each reading changes one thing and leaves the rules
# alone. If a claim holds in a reading, the thing that it changes is the reason, or a part of it.

# %% tags=["remove-input"]
Markdown(claim_readings.summary(study, of(claims.PAPER)))

# %% tags=["hide-input"]
claim_readings.table(study, of(claims.PAPER))

# %% [markdown]
# *Does not* is the same verdict as before, and *too few* means too few runs. Where a rule does not
# speak of what a reading changes, the verdict stays: accuracies know nothing of matrices.
#
# ### What if the networks were smaller yet?
#
# The networks here are slimmer than the paper's, and their trainings shorter. Is that why a claim
# does not hold? One of the networks has been run at the paper's scale as well: {doc}`full_scale`. With
# all of them we can go down one step more, and see which way the numbers move. Where a step down takes
# a number further from its claim, a step up may bring it nearer. So scale is a likely reason. Where a
# step down changes nothing, or brings the number nearer, scale is an unlikely one.

# %% tags=["remove-input"]
Markdown(claim_scales.summary(study, failed))

# %% tags=["hide-input"]
claim_scales.table(study, failed)

# %% [markdown]
# A number moves only if the two intervals do not meet. A dash stands where a claim does not speak of
# a network that was run at that scale. *Half as wide* trains a complete network of its own. *Briefer
# re-trainings* has the same complete networks, and prunes them with a quarter of the epochs in each
# re-training.
#
# Other causes were the same in all runs, and can't be tested here: the images, and the short training
# of the complete networks. {doc}`methods` lists them.
#
# ## How to read it
#
# A claim that holds here has survived a test that it could have failed. A claim that does not hold
# here is not refuted. A scaled-down run has slimmer networks, shorter trainings and other images
# than the paper. It can show that a claim depends on these. It cannot show that the paper's own
# networks behave otherwise.
#
# Thresholds are ours where the paper gives words and no number. A weak claim is easy to meet, and
# a strict one hard: so read the rule beside the verdict.
#
# With so many claims, a few verdicts are wrong by chance. Each interval misses the true mean in a
# small share of all studies. Do not make much of a single verdict. Look at what a whole section
# says.

# %% tags=["remove-cell"]
for name, group in (("paper", claims.PAPER), ("ours", claims.OURS)):
    for verdict, number in claims.named_counts(of(group)).items():
        glue(f"{name}_{verdict}", number, display=False)
