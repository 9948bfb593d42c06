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
from dataclasses import replace

import pandas as pd
from IPython.display import Markdown

from lib.analyses.main_paper.claims import CHECKS, OURS, PAPER
from lib.book import claims
from lib.book.claims import readings
from lib.book.claims.engine import FAILS, HOLDS, NARROW, POINTS
from lib.book.claims.readings import FURTHER, NEARER, Reading
from lib.book.report.format import number
from lib.book.report.names import SCALES
from lib.book.report.page import glue, open_study
from lib.book.report.results import PAPER_RESHAPE
from lib.book.report.tables import Table

# %% tags=["remove-input"]
study = open_study(results)

# %% [markdown]
# ## What we find

# %% tags=["remove-input"]
paper, ours, checks = (claims.evaluate(study, which) for which in (PAPER, OURS, CHECKS))
FOUND = {
    "The claims of the paper.": claims.summary(paper),
    "What we ask in addition.": claims.summary(ours),
    "Checks, which have to hold if the measurements mean anything.": claims.summary(checks).replace(
        "claims", "checks"
    ),
}
Markdown("\n".join(f"- **{words}** {sentence}" for words, sentence in FOUND.items()))

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

# %% tags=["hide-input"]
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
# metrics get the same matrix, if chance counts as 0, or if what training alone does is subtracted.
# {doc}`contrast` says why that page no longer does the last.
#
# **Matrix.** The paper gives SVCCA and PWCCA a matrix with a column for each channel, and CKA and NBS one
# with a column for each channel at each position. Its section 6.3 suggests the former for CKA and NBS as
# well. If the two families of metrics disagree because of these matrices, they should agree better on the
# same one.

# %% tags=["hide-input"]
claims.Claims("ours", ours, linked=True)

# %% [markdown]
# ### Checks
#
# Two things have to hold if the measurements mean anything. A similarity must exceed the mean of its
# null, the value for shuffled images, by at least two standard deviations. And a pruned network must be
# closer to its complete one than an untrained one is. The number of permutations behind the nulls of each
# network:

# %% tags=["hide-input"]
permutations = {study.network(x): study.settings(x)["permutations"] for x in study.experiments}
Table.of(
    pd.Series(permutations, name="Permutations of the images").rename_axis("Network").to_frame()
)

# %% tags=["remove-input"]
claims.Claims("checks", checks, linked=True)

# %% [markdown]
# ## Why does a claim not hold?
#
# Some causes can be tested, by measuring the same networks in another way, or on networks of a smaller
# scale. The table has the claims of the paper that do not hold, by how much the mean misses the bound,
# and what these tests say about each. *Holds if* names the changes with which the claim holds. *Further
# away* and *Nearer* name the scales that move the number.


# %% tags=["hide-input", "definitions"]
def reshaped(study, reshape, metrics):
    """These metrics on another reshape, under the name of the one that the paper uses."""
    rows = study.similarity
    hidden = ~rows.kind.isin(["fc", "out"])
    own = rows.reshape == rows.metric.map(PAPER_RESHAPE)
    concerned = hidden & rows.metric.isin(metrics)
    other = rows[concerned & (rows.reshape == reshape)]
    if other.empty:
        return None
    renamed = other.assign(reshape=other.metric.map(PAPER_RESHAPE))
    kept = rows[~concerned & (own | ~hidden)]
    return replace(study, similarity=pd.concat([kept, renamed], ignore_index=True))


def beyond_training(study):
    """Values without the distance that the same networks reach if trained as long without pruning.

    Complete networks without such a control are left out.
    """
    rows = study.similarity
    key = ["train_seed", "iteration", "layer", "metric", "reshape"]
    parts, found = [], False
    for name, mine in rows.groupby("experiment", sort=False):
        control = rows[rows.experiment == f"{name}_trained_on"]
        if len(control):
            found = True
            trained = control.groupby(key).value.mean().rename("trained")
            mine = mine[mine.train_seed.isin(control.train_seed)].join(trained, on=key)
            mine = mine.assign(value=(mine.value + 1 - mine.trained).clip(upper=1))
        parts.append(mine.drop(columns="trained", errors="ignore"))
    return replace(study, similarity=pd.concat(parts)) if found else None


def until_a_tenth(study):
    """Only the iterations that leave a tenth of the weights or more.

    There the paper's networks are most accurate (section 5.1).
    """
    tables = {name: getattr(study, name) for name in ("similarity", "performance")}
    return replace(study, **{name: table[table.remaining >= 0.1] for name, table in tables.items()})


READINGS = [
    Reading(
        "One matrix",
        "CKA and NBS see the matrix that SVCCA and PWCCA see, with channels as columns",
        lambda study: reshaped(study, "channels", ("cka", "nbs")),
    ),
    Reading(
        "Image means",
        "all metrics see one row for each image, with the spatial mean of each channel",
        lambda study: reshaped(study, "gap", tuple(PAPER_RESHAPE)),
    ),
    Reading("Chance", "what mismatched images give counts as 0", readings.above_chance),
    Reading("Training", "what training alone does is subtracted", beyond_training),
    Reading("A tenth", "pruning stops when a tenth of the weights is left", until_a_tenth),
]


# %% tags=["hide-input", "definitions"]
def at_scale(suffix):
    """Networks of another scale in the place of their base; all others, and controls, stay."""

    def change(study):
        known = study.provenance["experiments"]
        base = {f"{name}_{suffix}": name for name in known if f"{name}_{suffix}" in known}
        if not base:
            return None
        tables = {}
        for name in ("similarity", "performance"):
            table = getattr(study, name)
            kept = table[~table.experiment.isin(base.values())]
            moved = kept.experiment.map(base).fillna(kept.experiment)
            tables[name] = kept.assign(experiment=moved)
        return replace(study, **tables)

    return change


AT_SCALES = [
    Reading(head, "networks of a still smaller scale replace those of the study", at_scale(suffix))
    for suffix, head in SCALES.items()
]

# %% tags=["hide-output", "hide-input"]
failed = [outcome for outcome in paper if outcome.verdict == FAILS]
otherwise = readings.decide_again(study, failed, READINGS)
smaller = readings.decide_again(study, failed, AT_SCALES)


def names(found):
    """{key of a claim: the readings of these rows}."""
    return found.groupby("key").reading.agg(", ".join)


why = pd.DataFrame(
    {
        "Claim": {outcome.claim.key: outcome.claim.statement for outcome in failed},
        "Misses by": {
            outcome.claim.key: f"{number(-finding.margin, 3)} {finding.rule.unit}".strip()
            for outcome in failed
            for finding in [outcome.nearest]
        },
        "Narrowly": {x.claim.key: "yes" if x.nearest.narrow else None for x in failed},
        "Holds if": names(otherwise[otherwise.verdict == HOLDS]),
        "Further away": names(smaller[smaller.direction == FURTHER]),
        "Nearer": names(smaller[smaller.direction == NEARER]),
    },
    index=[outcome.claim.key for outcome in failed],
    dtype=object,
)
explained = why.drop(columns=["Claim", "Misses by", "Narrowly"]).notna().any(axis=1)
Table.of(why.fillna("-").set_index("Claim"), cards=True, nothing="There is no such claim.")

# %% [markdown]
# For how many of these claims do the tests give a hint, either a change with which the claim holds or a scale
# that moves its number?

# %% tags=["hide-output", "hide-input"]
found = {
    "at least one test gives a hint": explained.sum(),
    "no test does": (~explained).sum(),
    "no other way of measuring makes it hold": why["Holds if"].isna().sum(),
}
Table.of(pd.Series(found, name="Claims").rename_axis("Why it does not hold").to_frame())

# %% [markdown]
# Claims about outputs have one more possible cause, how well a network fits its training images
# ({doc}`output_layers`).
#
# ### What if one measures in another way?
#
# One thing is changed at a time, and the rules are left alone. If a claim holds after a change, what was
# changed may be the reason, or a part of it.

# %% tags=["hide-output", "hide-input"]
readings.tally(otherwise, READINGS)

# %% tags=["hide-input", "hide-output"]
readings.table(otherwise)

# %% [markdown]
# *Does not* is the same verdict as before. *Unchanged* means that what was changed does not enter the
# rule, as matrices do not enter accuracies.
#
# ### What if the networks were smaller yet?
#
# The networks here are slimmer than the paper's, and were trained for fewer epochs. {doc}`full_scale` shows
# what has been run at the paper's scale. Here all networks go down one step more instead. Where that
# takes a number further from its claim, a step up may bring it nearer, so scale is a likely reason. Where
# it changes nothing, or brings the number nearer, scale is an unlikely one.

# %% tags=["hide-input"]
# of a claim on several networks, only where the one that decides was run at that scale
moved = smaller[smaller.concerned & (smaller.measured_so != smaller.measured)]
directions = pd.crosstab(moved.reading, moved.direction)
directions["mean on the claim's side"] = moved.on_its_side.groupby(moved.reading).sum()
Table.of(directions.rename_axis("Scale"))

# %% tags=["hide-input", "hide-output"]
said = moved.measured_so + ": " + readings.cells(moved) + ", " + moved.direction
heads = {"claim": "Claim", "bound": "Asked for", "measured": "Measured"}
moved = moved.assign(said=said).rename(columns=heads).set_index([*heads.values(), "reading"])
by_scale = moved.said.unstack("reading", sort=False).fillna("-")
Table.of(by_scale, cards=True, nothing="No such claim was measured at another scale.")

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

# %% tags=["remove-cell"]
glue(**{f"paper_{name}": number for name, number in claims.headline(paper).items()})
glue(claims_visible=NARROW[""], claims_points=NARROW[POINTS])
