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
import pandas as pd
from IPython.display import Markdown
from scipy import stats

from lib import claims
from lib.claims import readings
from lib.claims.engine import FAILS, HOLDS, VERDICTS
from lib.claims.readings import FURTHER, NEARER
from lib.report.format import number
from lib.report.page import glue, open_study
from lib.report.style import VISIBLE
from lib.report.tables import Table

# %% tags=["remove-input"]
study = open_study(results)

# %% [markdown]
# ## The outcome
#
# The claims of the paper:

# %% tags=["remove-input"]
paper = claims.evaluate(study, claims.PAPER)
Markdown(claims.summary(paper))

# %% [markdown]
# What we add:

# %% tags=["remove-input"]
ours = claims.evaluate(study, claims.OURS)
Markdown(claims.summary(ours))

# %% [markdown]
# Verdicts by section of the paper, and by what we ask beside it:

# %% tags=["hide-input"]
verdicts = claims.frame([*paper, *ours])
counts = pd.crosstab(verdicts.section, verdicts.verdict)
counts = counts.reindex(index=verdicts.section.unique(), columns=list(VERDICTS), fill_value=0)
Table.of(counts.loc[:, counts.any()].rename_axis("Section"))

# %% [markdown]
# ## How one claim is decided
#
# Each run gives one number. From at least three runs comes a mean and its 95 % interval. A claim
# *holds* if the whole interval lies on its side of the bound. It *does not hold* if the whole interval
# lies on the other side. Otherwise it is *undecided*. With fewer than three runs it has too few.
#
# Take one claim and go through it by hand:

# %%
key = "vgg16_bn-cka-bound"
claim = next(claim for claim in claims.PAPER if claim.key == key)
print(claim.statement)
print(f"{claim.rule.words}: {claim.rule.bound}")

# %% [markdown]
# The tidy table of similarities has a row for each run, iteration, layer and metric. The rule speaks
# of CKA on the matrix that the paper uses. It wants the lowest value of all layers and iterations, in
# each run:

# %%
rows = study.similarity.query("experiment == 'vgg16_bn' and metric == 'cka' and reshape == 'flat'")
per_run = rows.groupby(["train_seed", "prune_seed"]).value.min()
Table.of(per_run.rename("lowest CKA").to_frame(), 3)

# %% [markdown]
# These numbers have a mean, and Student's interval for it:

# %%
half = stats.t.ppf(0.975, len(per_run) - 1) * per_run.sem()
by_hand = {"mean": per_run.mean(), "low": per_run.mean() - half, "high": per_run.mean() + half}
Table.of(pd.DataFrame(by_hand, index=pd.Index(["lowest CKA"], name="Over the runs")), 3)

# %% [markdown]
# The claim holds if the whole interval lies above the bound, and it does not if the whole interval
# lies below it. `decide` takes the same steps for every claim of this book:

# %%
claims.table([claims.decide(claim, study)])

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
# ## The claims of the paper
#
# The sections are those of {cite:t}`ansuini2020investigating`. In section 5.3 the paper's first
# sentence says CKA, but the numbers after it are those of SVCCA; the rules follow the numbers. What
# sections 3.1, 6.1 and 7 say is about several networks at once, and the link leads to one of them. The
# remark on two ways of rewinding takes runs of both: {doc}`icpram2020` has them, for Conv-4.

# %% tags=["hide-input"]
claims.table(paper, where=True)

# %% [markdown]
# ## What we add
#
# **Controls.** A similarity is high or low only beside another one. So the pruned networks stand
# beside four others: complete networks of other seeds, networks that were never trained, networks that
# were trained on without pruning, and networks pruned by random masks that leave each layer as dense.
# Comparisons between seeds share networks, so they differ less than independent ones would.
#
# **Contrast.** SVCCA is low and CKA is high. The page {doc}`contrast` takes out three causes besides
# the metrics, one by one. Here is what stays.
#
# **Nulls.** The images of one network are shuffled, so that nothing is left to compare. What a metric
# still gives is its null. A value that does not exceed it says nothing.
#
# **Reshapes.** The paper gives SVCCA and PWCCA a matrix with a column for each channel. CKA and NBS
# get one with a column for each channel and place. Its section 6.3 asks what they say of the former.
# If the two families of metrics disagree because of these matrices, they should agree better on the
# same one.

# %% tags=["hide-input"]
claims.table(ours, where=True)

# %% [markdown]
# ## Why does a claim not hold?
#
# Some causes can be tested: the same networks read otherwise, and networks of a smaller scale. Here
# are the claims of the paper that do not hold, by how much the mean misses the bound, and what these
# tests say of each. A claim *holds if* a reading makes it hold, and a scale speaks if it moves the
# number. A similarity that misses by less than {glue:text}`claims_visible:.2f` is a *near miss*: nobody
# would see it in a figure.

# %% tags=["hide-input"]
failed = [outcome for outcome in paper if outcome.verdict == FAILS]
otherwise = readings.again(study, failed, readings.READINGS)
smaller = readings.again(study, failed, readings.AT_SCALES)


def names(found):
    """{key of a claim: the readings of these rows}."""
    return found.groupby("key").reading.agg(", ".join)


why = pd.DataFrame(
    {
        "Claim": {outcome.claim.key: outcome.claim.statement for outcome in failed},
        "Holds if": names(otherwise[otherwise.verdict == HOLDS]),
        "Further away": names(smaller[smaller.direction == FURTHER]),
        "Nearer": names(smaller[smaller.direction == NEARER]),
    },
    index=[outcome.claim.key for outcome in failed],
    dtype=object,
)
misses = [outcome.claim.rule.misses_by(outcome.interval.mean) for outcome in failed]
units = [outcome.claim.rule.unit for outcome in failed]
near = [by < VISIBLE and not unit for by, unit in zip(misses, units, strict=True)]
why["Near miss"] = ["yes" if is_near else None for is_near in near]
explained = why.drop(columns="Claim").notna().any(axis=1)
why.insert(
    1,
    "Misses by",
    [f"{number(by, 3)} {unit}".strip() for by, unit in zip(misses, units, strict=True)],
)
Table.of(why.fillna("-").set_index("Claim"), cards=True, nothing="There is no such claim.")

# %% [markdown]
# How many of them have something that speaks to them, and how many have nothing:

# %% tags=["hide-input"]
found = {
    "a test speaks to it": explained.sum(),
    "no test does": (~explained).sum(),
    "no reading makes it hold": why["Holds if"].isna().sum(),
}
Table.of(pd.Series(found, name="Claims").rename_axis("Why it does not hold").to_frame())

# %% [markdown]
# Claims about outputs have one more suspect: how well a network fits its training images. The page
# {doc}`output_layers` looks into it.
#
# ### What if one reads otherwise?
#
# Each reading changes one thing and leaves the rules alone. If a claim holds in a reading, the thing
# that it changes is the reason, or a part of it.

# %% tags=["hide-input"]
readings.tally(otherwise, readings.READINGS)

# %% tags=["hide-input"]
readings.table(otherwise)

# %% [markdown]
# *Does not* is the same verdict as before. *Unchanged* stands where a rule does not speak of what a
# reading changes: accuracies know nothing of matrices.
#
# ### What if the networks were smaller yet?
#
# The networks here are slimmer than the paper's, and their trainings shorter. Is that why a claim
# does not hold? One of the networks has been run at the paper's scale as well: {doc}`full_scale`. With
# all of them we can go down one step more, and see which way the numbers move. Where a step down takes
# a number further from its claim, a step up may bring it nearer. So scale is a likely reason. Where a
# step down changes nothing, or brings the number nearer, scale is an unlikely one.

# %% tags=["hide-input"]
moved = smaller[smaller.concerned]
directions = pd.crosstab(moved.reading, moved.direction)
directions["would hold"] = (moved.verdict == HOLDS).groupby(moved.reading).sum()
Table.of(directions.rename_axis("Scale"))

# %% tags=["hide-input"]
said = moved.measured_so + ": " + readings.cells(moved) + ", " + moved.direction
heads = {"claim": "Claim", "bound": "Asked for", "measured": "Measured"}
moved = moved.assign(said=said).rename(columns=heads).set_index([*heads.values(), "reading"])
by_scale = moved.said.unstack("reading", sort=False).fillna("-")
Table.of(by_scale, cards=True, nothing="No such claim was measured at another scale.")

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
# Bounds are ours where the paper gives words and no number. A weak claim is easy to meet, and
# a strict one hard: so read the rule beside the verdict.
#
# With so many claims, a few verdicts are wrong by chance. Each interval misses the true mean in a
# small share of all studies. Do not make much of a single verdict. Look at what a whole section
# says.

# %% tags=["remove-cell"]
glue(**{f"paper_{name}": number for name, number in claims.headline(paper).items()})
glue(claims_visible=VISIBLE)
