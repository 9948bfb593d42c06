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
# # How claims are decided
#
# **When does a claim hold?**
#
# Each complete network gives one number, the mean over its pruning runs. At least two complete networks
# give a mean and its 95 % interval. A claim *holds* if the whole interval lies on its side of the bound.
# It *does not hold* if the whole interval lies on the other side. Otherwise it is *undecided*.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
import pandas as pd
from scipy import stats

from lib import ROOT
from lib.analyses.headline.earlier import first_study, then_and_now, ways_then_and_now
from lib.analyses.main_paper.claims import PAPER_CLAIMS
from lib.book import claims
from lib.book.report.format import percent
from lib.book.report.page import glue, open_study
from lib.book.report.results import results_if_any
from lib.book.report.tables import Table

# %%
study = open_study(results)

# %% [markdown]
# ## One claim by hand

# %%
key = "vgg16_bn-cka-bound"
claim = next(claim for claim in PAPER_CLAIMS if claim.key == key)
[rule] = claim.rules
print(claim.statement)
print(f"{rule.words}: {rule.bound}")

# %% [markdown]
# The tidy table of similarities has a row for each run, iteration, layer and metric. The rule is about
# CKA on the matrix that the paper uses. It takes the lowest value over all layers and iterations in each
# run; the mean over its runs is the number of a complete network:

# %%
rows = study.similarity.query("experiment == 'vgg16_bn' and metric == 'cka' and reshape == 'flat'")
per_run = rows.groupby(["train_seed", "prune_seed"]).value.min()
per_network = per_run.groupby("train_seed").mean()
Table.of(per_network.rename("lowest CKA").to_frame().rename_axis("complete network"), 3)

# %% [markdown]
# Their mean, with Student's interval:

# %%
n = len(per_network)
half = stats.t.ppf(0.975, n - 1) * per_network.std() / n**0.5
mean = per_network.mean()
by_hand = {"mean": mean, "low": mean - half, "high": mean + half}
Table.of(pd.DataFrame(by_hand, index=pd.Index(["lowest CKA"], name="Over the networks")), 3)

# %% [markdown]
# `decide` takes the same steps for every claim of this book:

# %%
claims.table([claims.decide(claim, study)])

# %% [markdown]
# ## What counts as an observation
#
# **Why complete networks?** Runs that start from the same complete network share whatever is peculiar to
# it. They are repeated measurements of one thing, and an interval that counts them as several is too
# narrow. With few networks an honest interval is wide: with three, Student's factor is 4.3 instead of 2,
# and with two it is 12.7.
#
# **Differences.** A control that was made from a complete network, such as the same network trained
# as long without pruning, is compared with the pruned networks within each complete network, and the interval
# is that of these differences. Networks of two architectures are not paired, and their difference has Welch's
# interval. Complete networks of different seeds are compared in pairs that share members; each network
# then has the pseudo-value of the jackknife, whose spread is that of the mean over all pairs.
#
# **Several things at once.** A claim about "SVCCA and PWCCA", or about each network, has a rule for each.
# It holds if all of them hold, and does not hold if one of them does not (an intersection-union test:
# {cite:t}`berger1982multiparameter`). A list of claims has a sign for each rule.
#
# **Equivalence.** A claim that two things are alike has a bound on both sides of their difference, and
# the interval must lie between them (two one-sided tests: {cite:t}`schuirmann1987comparison`). With a 95 %
# interval each of the two tests is at 2.5 %, stricter than the usual 5 %.
#
# A claim is *not measured* where these results lack what its rule needs; the table then says what that
# is. A rule that names no iteration is about the last one, and a rule that names no network about that of
# its claim. Where three networks or more give exactly the same number, as happens for the place of a
# layer, the interval is that number. The interval of a rank correlation is cut off at −1 and 1: no true
# mean lies beyond, so the interval covers it as often as before.
#
# ## Do these intervals cover?
#
# A 95 % interval should contain the truth in 95 % of all studies. Whether it does can be tested on
# simulated studies, whose truth is known. The table has 4,000 of each kind, with as much variance between
# complete networks, relative to that between their runs, as the first published study had:

# %% tags=["hide-output"]
coverage = pd.read_csv(ROOT / "benchmarks" / "coverage.csv")
sizes = coverage.networks.astype(str) + " networks, " + coverage.runs.astype(str) + " runs"
heads = {"question": "Interval for", "interval": "Observations"}
kinds = coverage.assign(Study=sizes, covered=coverage.covered.map(lambda x: percent(x, 1)))
kinds = kinds.rename(columns=heads).set_index([*heads.values(), "Study", "shape"])
Table.of(kinds.covered.unstack("shape", sort=False), cards=True)

# %%
correlations = coverage.question == "rank correlation"
shares = 100 * coverage[~correlations].groupby("interval").covered.agg(["min", "max"])
for of, (low, high) in shares.iterrows():
    glue(**{f"coverage_{of.split()[-1]}_low": low, f"coverage_{of.split()[-1]}_high": high})
near_one = 100 * coverage[correlations].covered
glue(coverage_correlations_low=near_one.min(), coverage_correlations_high=near_one.max())

# %% [markdown]
# If complete networks are the observations, the intervals contain the truth in
# {glue:text}`coverage_networks_low:.0f` % to {glue:text}`coverage_networks_high:.0f` % of the simulated
# studies. If runs are counted instead, they do so in {glue:text}`coverage_runs_low:.0f` % to
# {glue:text}`coverage_runs_high:.0f` %.
#
# Those of rank correlations near 1 contain it in only {glue:text}`coverage_correlations_low:.0f` % to
# {glue:text}`coverage_correlations_high:.0f` %: such numbers are skewed, which a few networks do not show.
# Fisher's transformation is no way out here. Many of our correlations are exactly 1 or −1, where it is infinite.
#
# *Normal* and *skewed* say how the numbers scatter; a lowest value over layers is skewed. The rows that
# count runs show how the claims of the first study of this book (below) were decided; the lowest is for the
# difference between pruned networks and a control. `python -m benchmarks.coverage` computes the table again.
#
# Where pruned networks are set beside pairs of independent ones, the intervals are wider than they need
# be, and cover in about 98 % of all studies. With three networks there are three pairs, so what is
# peculiar to a pair cannot be told from what is peculiar to its members. The jackknife counts all of it
# as the members', which is the cautious choice.

# %% [markdown]
# ## Rules and runs
#
# A rule that is written after its result can be made to fit. This is when the rules were committed, and
# what had been run by then. The shares of the contrast, what *pruning adds*, and the comparison while pruning
# costs nothing have no rule: they describe. The network of the paper's width was run last, and decides no claim.
#
# | Rules | Committed | What had been run |
# |---|---|---|
# | The paper's claims; controls, nulls, matrix | 2026-11-20 13:16, e3c5ab7 | before the first run of any network |
# | Contrast | 2026-11-20 14:59, b425098 | after 9f8d7c7, at which the first runs of VGG_SVHN were computed |
# | Companion papers | 2026-11-20 18:13, a2e4e50 | before their networks, but after the pruning runs of VGG_SVHN, which WACV 2020 shares |
# | ICANN 2020: information about the class | 2026-11-20 23:45, 68a9cba | after 20 of the 60 jobs of that chapter |
# | Rules that changed or were new on this page | 2026-11-21 | after the first study; VGG16_BN's networks were being trained and unread; ResNet_fast's did not exist; two of VGG_SVHN's three networks were those of the first study |
# | Gradients; which images and layers (function) | 2026-11-22 06:39, 5115d08 | after the runs of VGG_SVHN, before these analyses; before any run of VGG16_BN by halves |
# | Two claims of the paper that had been overlooked; late resetting | 2026-11-22 20:52, 844a282 | after VGG16_BN, VGG_SVHN and the first ResNet_fast had been read; new networks of ResNet_fast were still in training, unread; late resetting of VGG16_BN had not been run |
# | Descent (controls) | 2026-11-23 03:09, 5b1dcfa | after the networks of the main study had been read, before these comparisons; before any run of VGG16_BN by halves |
# | Other ways to prune | 2026-11-23 07:09, 6345d07 | before these runs, except those that WACV 2020 shares; two rules on the pace were added at 1ad49a9, before the runs by halves |
# | WACV 2020: two rules on training alone | 2026-11-23 07:14, b76523f | before any network of these controls; the pruned ones had been read |
# | Five more claims of the paper that had been overlooked | 2026-11-25 00:28, 42bec72 | after everything: the rules are of that day, and the networks that decide them had been published |
# | Equal accuracy, margins, layers together, one scale, training to the end | 2026-11-25 00:12, 762bdcb | after everything that is published; before any network of the longer trainings for which they are meant |
# | Equal accuracy of other ways to prune | 2026-11-25 03:07, 322b595 | after everything that is published |
#
# ### Changes of 25 November 2026
#
# All results that these changes concern had been published.
#
# - **Five claims of the paper are new.** VGG_SVHN is less accurate from the first iterations, VGG16_BN and
#   ResNet_fast behave similarly (both 5.1), NBS of VGG16_BN rests between 0.7 and 0.85 at its bottom, NBS of
#   its outputs converges (both 5.2), and CKA has plateaus (6.1).
# - **Three claims of ours are gone.** They asked how much of the contrast between SVCCA and CKA is left once
#   what training alone does is subtracted. {doc}`contrast` rejects that: the two metrics disagree about
#   training as well, so the subtraction removes a part of what is to be explained. The claims had held
#   narrowly in VGG_SVHN, and not in VGG16_BN and ResNet_fast. On {doc}`claims`, measuring the paper's claims
#   again with training subtracted went for the same reason.
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
#
# The same published networks, under the earlier rules and under today's:

# %%
Table.of(then_and_now(study), cards=True)

# %% [markdown]
# The claims on ways to prune whose verdict has changed, likewise:

# %% tags=["hide-output"]
ways = ways_then_and_now(results_if_any(f"{results}/chapters/prunings"))
Table.of(ways, cards=True)

# %% [markdown]
# ### After the first study
#
# A first study was published with this book, of two complete networks for each architecture. Some of its
# rules turned out to be unfair, and all of them counted runs. The table has the claims whose rule has
# changed since or is new, and those whose verdict differs. *First study* gives the verdict of that time.
# The next column gives what the rules of November 2026 said of the same study, with complete networks as
# the observations, and the last column what they said of the networks published then. So a step from the
# first verdict to the second comes from the rule or from what counts, and a step from the second to the
# third from the new runs. The table is history, and does not change any more:

# %% tags=["hide-output"]
Table.of(first_study("main paper"), cards=True)
