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
# Each claim has a rule that follows the paper's words, and the rule alone decides, so nobody has to judge
# a figure by eye. {doc}`how_claims_are_decided` has the method, and when each rule was written.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
from lib.analyses.main_paper import analysis
from lib.analyses.main_paper.claims import CONTROL_CHECKS, OUR_CONTROLS, PAPER_CLAIMS
from lib.book import claims
from lib.book.claims import readings
from lib.book.claims.engine import FAILS, NARROW, POINTS
from lib.book.findings import record_claims
from lib.book.report.page import glue, open_study
from lib.book.report.tables import Table

# %%
study = open_study(results)

# %% [markdown]
# ## What we find
#
# :::{finding}
# :expects: cca-agree = holds; nbs-higher = holds; cka-flatter = holds; vgg16_bn-u-svcca = holds; vgg16_bn-u-pwcca = holds
# **Most of what the paper concludes about the metrics holds here.** In all three networks SVCCA and PWCCA
# agree, NBS lies far above them, and CKA differs less between layers than SVCCA. In VGG16_BN, SVCCA and
# PWCCA draw a "U".
# :::
#
# :::{finding}
# :expects: departure-svcca = holds; departure-pwcca = holds; departure-nbs = holds; departure-cka = undecided
# As more weights go, SVCCA, PWCCA and NBS fall in every network; for CKA this is undecided.
# :::
#
# :::{finding}
# :expects: nbs-agrees = does not hold; vgg_svhn-cca-two-bottoms = does not hold; resnet_fast-cca-bottom = does not hold
# **What the paper says of single layers holds less often.** NBS does not order the layers as SVCCA and PWCCA
# do, VGG_SVHN has no two bottoms, and the bottom of ResNet_fast is not at its third convolution.
# :::

# %%
paper = claims.evaluate(study, PAPER_CLAIMS)
ours = claims.evaluate(study, OUR_CONTROLS)
checks = claims.evaluate(study, CONTROL_CHECKS)
record_claims([*paper, *ours, *checks])
claims.counts({"The paper's claims": paper, "What we add": ours, "Checks": checks})

# %%
glue(**{f"paper_{name}": number for name, number in claims.headline(paper).items()})
glue(claims_visible=NARROW[""], claims_points=NARROW[POINTS])

# %% [markdown]
# A verdict is *narrow* if the mean lies so near to the bound that the difference could hardly be seen:
# {glue:text}`claims_visible:.2f` for a similarity or a correlation, and
# {glue:text}`claims_points:.1f` percentage points for an accuracy, which is about what two networks of
# one recipe differ by on 10,000 test images. Where a rule has two bounds, the middle half between them
# is not narrow.
#
# ## The claims of the paper
#
# The sections are those of {cite:t}`ansuini2020investigating`. In section 5.3 the paper's first sentence
# says CKA, but the numbers after it are those of SVCCA; the rules follow the numbers. The paper's remark
# on two ways of rewinding needs runs of both, which {doc}`icpram2020` has for Conv-4.
#
# Each line is a section, with a sign for each of its claims: ✓ holds, ✗ does not hold, ? undecided, – not
# measured. Tick it to see the claims, or choose a verdict to see all claims with it. A claim has a sign
# for each of its rules, such as one for each network or metric. Open it for the rules and the numbers.

# %%
claims.Claims("paper", paper, linked=True)

# %% [markdown]
# ## What we add
#
# **Controls.** A similarity is high or low only in comparison with another one. So the pruned networks
# stand beside three others: complete networks of other seeds, networks that were trained as long
# without pruning, and networks pruned by random masks that leave each layer as dense as pruning does.
#
# **Accuracy.** The paper finds pruned networks more accurate than the complete one. But they have also
# been trained for longer, so their gain is set against that of the same network trained as long
# without pruning, at the same iterations.
#
# **Contrast.** SVCCA is low and CKA is high. These claims ask how much of this difference is left if both
# metrics get the same matrix, or if chance counts as 0 ({doc}`contrast`).
#
# **Matrix.** The paper gives SVCCA and PWCCA a matrix with a column for each channel, and CKA and NBS one
# with a column for each channel at each position. Its section 6.3 suggests the former for CKA and NBS as
# well. If the two families of metrics disagree because of these matrices, they should agree better on the
# same one.

# %%
claims.Claims("ours", ours, linked=True)

# %% [markdown]
# ### Checks
#
# Two things have to hold if the measurements mean anything. A similarity must exceed the mean of its
# null, the value for shuffled images, by at least two standard deviations. And a pruned network must be
# closer to its complete one than an untrained one is. The number of permutations behind the nulls of each
# network:

# %% tags=["hide-output"]
Table.of(analysis.permutations(study).to_frame())

# %% tags=["hide-output"]
claims.Claims("checks", checks, linked=True)

# %% [markdown]
# ## Why does a claim not hold?
#
# Some causes can be tested, by measuring the same networks in another way, or on networks of a smaller
# scale. The table has the claims of the paper that do not hold, by how much the mean misses the bound,
# and what these tests say about each. *Holds if* names the changes with which the claim holds. *Further
# away* and *Nearer* name the scales that move the number.


# %% tags=["hide-output"]
failed = [outcome for outcome in paper if outcome.verdict == FAILS]
otherwise = readings.decide_again(study, failed, analysis.READINGS)
smaller = readings.decide_again(study, failed, analysis.AT_SCALES)
why = analysis.why_not(failed, otherwise, smaller)
Table.of(why.fillna("-"), cards=True, nothing="There is no such claim.")

# %% [markdown]
# For how many of these claims do the tests give a hint, either a change with which the claim holds or a scale
# that moves its number?

# %% tags=["hide-output"]
Table.of(analysis.hints(why).to_frame())

# %% [markdown]
# Claims about outputs have one more possible cause, how well a network fits its training images
# ({ref}`more <answers>`).
#
# ### What if one measures in another way?
#
# One thing is changed at a time, and the rules are left alone. If a claim holds after a change, what was
# changed may be the reason, or a part of it.

# %% tags=["hide-output"]
readings.tally(otherwise, analysis.READINGS)

# %% tags=["hide-output"]
readings.table(otherwise)

# %% [markdown]
# *Does not* is the same verdict as before. *Unchanged* means that what was changed does not enter the
# rule, as matrices do not enter accuracies.
#
# ### What if the networks were smaller yet?
#
# The networks here are slimmer than the paper's, and were trained for fewer epochs. {doc}`robustness` shows
# what has been run at the paper's scale. Here all networks go down one step more instead. Where that
# takes a number further from its claim, a step up may bring it nearer, so scale is a likely reason. Where
# it changes nothing, or brings the number nearer, scale is an unlikely one.

# %%
moved = analysis.moved_by_scale(smaller)
Table.of(analysis.counts_by_direction(moved))

# %% tags=["hide-output"]
nothing = "No such claim was measured at another scale."
Table.of(analysis.by_scale(moved), cards=True, nothing=nothing)

# %% [markdown]
# A smaller scale has one complete network, so there is no interval. Its number counts as moved if it lies
# outside the 95 % prediction interval for one more network of this study. A dash means that a claim is not about a network that was run at that scale. *Half as
# wide* trains a complete network of its own. *Briefer re-trainings* prunes one of the study's own
# complete networks, with a quarter of the epochs in each re-training.
#
# Other possible causes were the same in all runs, and cannot be tested here: the images, and the short
# training of the complete networks ({doc}`methods`).
#
# ## How to read it
#
# A claim that holds here has survived a test that it could have failed. A claim that does not hold here
# is not refuted: a scaled-down run uses slimmer networks, shorter training and different images from
# the paper's. It can show that a claim depends on these, but not that the paper's own networks behave
# otherwise.
#
# Bounds are ours where the paper gives words and no number. A weak claim is easy to meet and a strict one
# hard, so read the rule beside the verdict.
#
# With so many claims, a few verdicts are wrong by chance. Each interval misses the true mean in one of
# twenty studies, and a claim with several rules has as many chances to fail. So do not make much of a
# single verdict, and look at what a whole section says.
