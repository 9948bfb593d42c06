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
# **Which claims of the paper hold in networks of its width that were trained to the end?**
#
# Each claim has a rule that follows the paper's words, and the rule alone decides, so nobody has to judge
# a figure by eye. Each complete network gives one number, the mean over its pruning runs. A claim *holds* if
# the whole 95 % interval of these numbers lies on its side of the bound, and *does not hold* if it lies
# on the other side. Otherwise it is *undecided*.

# %% tags=["parameters"]
results = "results/chapters/converged"

# %% tags=["remove-cell"]
from lib.analyses.converged import papers_claims
from lib.analyses.converged.papers_names import open_wide_networks
from lib.analyses.main_paper import analysis, network_intervals
from lib.analyses.main_paper.claims import CONTROL_CHECKS, OUR_CONTROLS, PAPER_CLAIMS
from lib.book import claims
from lib.book.claims import readings
from lib.book.claims.engine import FAILS, NARROW, POINTS
from lib.book.findings import record_claims
from lib.book.report.format import Table
from lib.book.report.page import glue
from lib.book.report.results import load_results

# %%
study = open_wide_networks(results)

# %% [markdown]
# ## What we find
#
# :::{finding}
# :expects: cca-agree = holds; nbs-higher = holds; cka-flatter = holds; vgg16_bn-u-{svcca,pwcca} = holds; departure-{svcca,pwcca,nbs,cka} = holds
# **Most of what the paper concludes about the metrics holds.** In all three networks SVCCA and PWCCA agree, NBS lies far
# above them, and CKA differs less between layers than SVCCA. In VGG16_BN, SVCCA and PWCCA draw a "U". All four fall in
# every network as weights go.
# :::
#
# :::{finding}
# :expects: nbs-agrees = does not hold; resnet_fast-cca-bottom = does not hold; vgg_svhn-cca-two-bottoms = does not hold
# **What it says of single layers holds less often.** In VGG16_BN NBS does not order the layers as SVCCA and PWCCA do,
# VGG_SVHN has no two bottoms, and the bottom of ResNet_fast is not at its third convolution.
# :::
#
# :::{finding}
# :expects: resnet_fast-accuracy-comparable = does not hold; resnet_fast-cka-bound = does not hold; vgg16_bn-cca-output = does not hold; vgg16_bn-accuracy-comparable = undecided; cka-bound = undecided
# **Some of its values are not reached.** Pruned to a hundredth, our ResNet_fast loses nearly ten points of accuracy, and its
# CKA falls below 0.89; SVCCA and PWCCA of the outputs of VGG16_BN fall below 0.9.
# :::
#
# :::{finding}
# :expects: {vgg16_bn,resnet_fast,vgg_svhn}-accuracy-early = not measured; {vgg16_bn,resnet_fast}-accuracy-peak = not measured; dimension-interior = not measured; dimension-not-nbs = not measured; rewinding-weights-or-rate = not measured; slim-dimension-interior = does not hold; slim-dimension-not-nbs = holds; slim-rewinding-weights-or-rate = undecided
# **Eight were not measured.** Five speak of networks that have kept half of their weights or more, and the first of our
# prunings leaves a third. Three were measured in slim VGG16_BN alone.
# :::

# %%
chapter = load_results(results)
slim_networks = papers_claims.slim_networks(chapter)
analysed = papers_claims.analysed_networks(chapter)
paper = claims.evaluate(study, PAPER_CLAIMS)
slim = claims.evaluate(slim_networks, PAPER_CLAIMS)
ours, checks = (claims.evaluate(analysed, those) for those in (OUR_CONTROLS, CONTROL_CHECKS))
decided = {"The paper's claims": paper, "The same, in slim networks": slim}
claims.counts(decided | {"What we add": ours, "Checks": checks})

# %%
record_claims([*paper, *ours, *checks])
record_claims(slim, prefix="slim-")
glue(**{f"paper_{name}": number for name, number in claims.headline(paper).items()})
glue(claims_visible=NARROW[""], claims_points=NARROW[POINTS])

# %% [markdown]
# A verdict is *narrow* if the mean lies within {glue:text}`claims_visible:.2f` of the bound for a similarity or a
# correlation, and within {glue:text}`claims_points:.1f` percentage points for an accuracy, which is about what two
# networks of one recipe differ by on 10,000 test images. Where a rule has two bounds, the middle half between them is
# not narrow.
#
# ## The claims of the paper
#
# The sections are those of {cite:t}`ansuini2020investigating`. Where section 5.3 says CKA and gives numbers of SVCCA,
# the rules follow the numbers. The remark on two ways of rewinding is tested in {doc}`icpram2020`.
#
# Each line is a section, with a sign for each of its claims: ✓ holds, ✗ does not hold, ? undecided, – not measured.
# Tick it to see the claims, or choose a verdict. Open a claim for its rules and numbers.

# %%
claims.Claims("paper", paper, linked=True)

# %% [markdown]
# (claims-to-the-end)=
# ## Does it take the paper's width?
#
# :::{finding}
# :expects: vgg16_bn-u-svcca = holds; vgg16_bn-nbs-bound = holds; resnet_fast-{svcca,pwcca}-bound = holds; resnet_fast-nbs-lowest = holds; slim-nbs-agrees = holds; slim-vgg16_bn-u-svcca = undecided; slim-resnet_fast-pwcca-bound = undecided; slim-vgg16_bn-nbs-bound = does not hold; slim-resnet_fast-svcca-bound = does not hold; slim-resnet_fast-nbs-lowest = does not hold; nbs-agrees = does not hold
# **Some of the values that it names do.** VGG16_BN of that width has the "U" by SVCCA, and NBS above 0.7; ResNet_fast has
# SVCCA above 0.4, PWCCA above 0.45, and its lowest NBS near the paper's. Of slim networks, none is shown to have any of
# these. It goes the other way, too: NBS orders the layers of VGG16_BN as SVCCA and PWCCA do only if it is slim.
# :::
#
# Slim VGG16_BN and ResNet_fast have a quarter of the paper's channels, slim VGG_SVHN has half. Folded: each claim whose
# verdicts differ.

# %% tags=["hide-output"]
widths = {"Slim": slim, "Of the paper's width": paper}
Table.of(papers_claims.changed_verdicts(widths), cards=True, nothing="No verdict differs.")

# %% [markdown]
# (what-we-add)=
# ## What we add
#
# The pruned networks stand beside complete networks of other seeds, networks trained as long without pruning, and
# networks pruned by random masks ({doc}`controls`). Their gain in accuracy is set against that of training alone
# ({doc}`accuracy`). Other claims ask what is left of the contrast between SVCCA and CKA on the same matrix, or if
# chance counts as 0 ({doc}`contrast`), and whether the two families agree better on one matrix, as the paper's
# section 6.3 suggests.
#
# For VGG16_BN and ResNet_fast, slim networks decide here, since some of these comparisons were made of them alone;
# VGG_SVHN has the paper's width.

# %%
claims.Claims("ours", ours, linked=True)

# %% [markdown]
# ### Checks
#
# If the measurements mean anything, a similarity exceeds the mean of its null, the value for shuffled images,
# by at least two standard deviations, and a pruned network is closer to its complete one than an untrained one is.

# %% tags=["hide-output"]
claims.Claims("checks", checks, linked=True)

# %% [markdown]
# ## Why does a claim not hold?
#
# Some causes can be tested: another way to measure, and width. The table has the claims of the paper that do not
# hold, and by how much the mean misses the bound. *Holds if* names the changes with which the claim holds, and *Slim
# networks* has what they give.

# %% tags=["hide-output"]
failed = [outcome for outcome in paper if outcome.verdict == FAILS]
as_declared = claims.evaluate(analysed, [outcome.claim for outcome in failed])
otherwise = readings.decide_again(analysed, as_declared, analysis.READINGS)
by_slim = readings.decide_again(study, failed, [analysis.slim_instead(slim_networks)])
why = analysis.why_not(failed, otherwise, by_slim)
Table.of(why.fillna("-"), cards=True, nothing="There is no such claim.")

# %% [markdown]
# **Another way to measure.** One thing is changed at a time, under the same rules. If a claim then holds, the change
# may be the reason. *Unchanged* means that it does not enter the rule. The networks of {ref}`what-we-add` decide here,
# also as declared: only they were measured on further matrices, after the first and the last pruning.

# %% tags=["hide-output"]
readings.tally(otherwise, analysis.READINGS)

# %% tags=["hide-output"]
readings.readings_table(otherwise)

# %% [markdown]
# **Width.** *Further away* means that slim networks miss a claim by more, so width helps, and *nearer* that they miss it
# by less. {doc}`robustness` has what was run at the paper's scale.
#
# The images were the same in all runs. Claims about outputs may also depend on how well a network fits its training
# images ({ref}`more <answers>`).
#
# ## What differs from the paper
#
# The number of images, the length of training and the number of runs are smaller, some networks are slim, and three
# complete networks take the place of one. There are controls that the paper does not have: networks trained as long without pruning,
# independent networks, random masks, shuffled images. No number of ours is meant to equal one of the paper's; its claims
# are about shapes and orders, and these are what the rules test. {doc}`methods` lists each value with its source, and
# in a table where the paper, its references and its code differ.
#
# (how-claims-are-decided)=
# ## How claims are decided
#
# The unit of every interval is the complete network, and a claim is decided only if the whole interval lies on one
# side of its bound.
#
# ::::{dropdown} The cases, one by one
# | Question | Answer |
# |---|---|
# | What is an observation? | A complete network, since runs that start from the same one measure one thing repeatedly. With three networks Student's factor is 4.3, with two 12.7. |
# | Beside a control made from the same network? | The interval of the differences within each complete network. |
# | Networks of two architectures? | Welch's interval. |
# | Pairs of networks of different seeds? | Each network has the pseudo-value of the jackknife over its pairs. |
# | Several rules in a claim? | It holds if all do, and does not hold if one does not {cite}`berger1982multiparameter`. |
# | Are two things alike? | The interval of their difference must lie between two bounds {cite}`schuirmann1987comparison`. |
# | No iteration is named? | The last one counts. |
# | All networks give the same number? | The interval is that number. |
# | A rank correlation? | Its interval is cut off at −1 and 1, beyond which no true mean lies. |
# | What is *not measured*? | These results lack what the rule needs; the table says what that is. |
# ::::
#
# **Do these intervals cover?** In simulated studies, 95 % intervals over complete networks contain the truth in
# {glue:text}`coverage_networks_low:.0f` % to {glue:text}`coverage_networks_high:.0f` % of all cases. If runs were
# counted instead, it would be {glue:text}`coverage_runs_low:.0f` % to {glue:text}`coverage_runs_high:.0f` %. For rank
# correlations near 1, which are skewed, it is only {glue:text}`coverage_correlations_low:.0f` % to
# {glue:text}`coverage_correlations_high:.0f` %. The folded table has 4,000 studies of each kind; a lowest value over
# layers is *skewed*. For pairs of independent networks the intervals are wider than they need to be.

# %% tags=["hide-output"]
simulated = network_intervals.simulated_studies()
glue(**network_intervals.lowest_and_highest(simulated))
Table.of(network_intervals.shares_as_texts(simulated), cards=True)

# %% [markdown]
# **Rules and runs.** A rule that is written after its result can be made to fit. What *pruning adds*, and the
# comparison while pruning costs nothing, have no rule: they describe.
#
# ::::{dropdown} When each rule was committed, and what had been run by then
# | Rules | Committed | What had been run |
# |---|---|---|
# | The paper's claims; controls, nulls, matrix | 2026-11-20 13:16, e3c5ab7 | before the first run of any network |
# | Contrast | 2026-11-20 14:59, b425098 | after 9f8d7c7, at which the first runs of VGG_SVHN were computed |
# | Companion papers | 2026-11-20 18:13, a2e4e50 | before their networks, but after the pruning runs of VGG_SVHN, which WACV 2020 shares |
# | ICANN 2020: information about the class | 2026-11-20 23:45, 68a9cba | after 20 of the 60 jobs of that chapter |
# | Rules that changed or were new on this page | 2026-11-21 | after the first study; VGG16_BN's networks were being trained and unread; ResNet_fast's did not exist; two of VGG_SVHN's three networks were those of the first study |
# | Gradients ({doc}`function`) | 2026-11-22 06:39, 5115d08 | after the runs of VGG_SVHN, before these analyses; before any run of VGG16_BN by halves |
# | Two claims of the paper that had been overlooked; late resetting | 2026-11-22 20:52, 844a282 | after VGG16_BN, VGG_SVHN and the first ResNet_fast had been read; new networks of ResNet_fast were still in training, unread; late resetting of VGG16_BN had not been run |
# | Descent (controls) | 2026-11-23 03:09, 5b1dcfa | after the networks of four and five epochs had been read, before these comparisons; before any run of VGG16_BN by halves |
# | Other ways to prune | 2026-11-23 07:09, 6345d07 | before these runs, except those that WACV 2020 shares; two rules on the pace were added at 1ad49a9, before the runs by halves |
# | WACV 2020: two rules on training alone | 2026-11-23 07:14, b76523f | before any network of these controls; the pruned ones had been read |
# | Five more claims of the paper that had been overlooked | 2026-11-25 00:28, 42bec72 | after everything: the rules are of that day, and the networks that decide them had been published |
# | Equal accuracy, margins, layers together, one scale, training to the end | 2026-11-25 00:12, 762bdcb | after everything that is published; before any network of the longer trainings for which they are meant |
# | Equal accuracy of other ways to prune | 2026-11-25 03:07, 322b595 | after everything that is published |
# | The same rules for networks trained to the end, on the pages {doc}`function` and {doc}`validity` | 2026-11-26, f62daeef and 13e89596 | after these networks had been read, before any of these analyses |
# | Descent where no pruned network is as accurate ({doc}`controls`) | 2026-11-26, 13e89596 | after the page {doc}`converged` had read the same table |
# | The paper's claims are decided by networks trained to the end, of the paper's width | 2026-11-26 | after these verdicts had been read beside those of the short regime; the rules are the same |
# ::::
#
# ::::{dropdown} Changes of 25 November 2026
# All results that these changes concern had been published.
#
# - **Five claims of the paper are new.** VGG_SVHN is less accurate from the first iterations, VGG16_BN and
#   ResNet_fast behave similarly (both 5.1), NBS of VGG16_BN rests between 0.7 and 0.85 at its bottom, NBS of
#   its outputs converges (both 5.2), and CKA has plateaus (6.1).
# - **Three claims of ours are gone.** They asked how much of the contrast between SVCCA and CKA is left once what
#   training alone does is subtracted. But the two metrics disagree about training as well, so the subtraction removes
#   a part of what is to be explained. The claims had held narrowly in VGG_SVHN, and not in VGG16_BN and ResNet_fast.
#   Measuring the paper's claims again with training subtracted went for the same reason.
# - **The intervals of rank correlations are cut off** at −1 and 1. No verdict has changed by it.
# - **Equal accuracy is shown, not assumed.** A pruned network counts as accurate as its complete one if the whole
#   interval of what it loses lies below half a point, up to the first iteration at which it does not. Before,
#   a mean within half a point was enough, at the last such iteration, even after earlier ones had failed.
# - **The same rule decides where ways to prune are compared.** {doc}`prunings` still took means within half a point.
#   Now eleven of its claims are not measured: their ways, or learning-rate rewinding itself, are not shown to keep the
#   accuracy where both could be compared.
# - **The margin for "about as close" is a tenth of the way from independent networks to identical ones.** It was
#   0.05 for every metric. By CKA independent networks stand near 0.95, so not even an identical network
#   could have counted as closer.
# ::::
#
# ## Exercises
#
# **1.** A claim of the paper does not hold here. Is it refuted?
#
# :::{dropdown} Answer
# No: fewer images and larger steps of pruning can show that a claim depends on these, but not that the paper's own
# networks behave otherwise. And bounds are ours where the paper gives words and no number: read the rule, too.
# :::
#
# **2.** May one pick a single verdict and rely on it?
#
# :::{dropdown} Answer
# Better not. A few are wrong by chance: each interval misses the true mean in one of twenty studies. So look at what
# a whole section says.
# :::
