# %% [markdown]
# # What does pruning cost?
#
# **With {glue:text}`least_weights:s` of its weights left, each network is {glue:text}`least_lost:s` to {glue:text}`most_lost:s` points less
# accurate than its training-only control, which was trained for as long with all weights. The answers of pruned networks hardly reveal
# their original.**
#
# ```{glue} rests-answer
# ```

# %% tags=["parameters"]
results = "results/chapters/converged"
recipe = "results/chapters/by_recipe"

# %% tags=["remove-cell"]
from lib import report as r
from lib.repository import ROOT

r.use_style()
results, recipe = ROOT / results, ROOT / recipe

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-accuracy", "caption": "Test accuracy minus that of the original, in points (as in the paper's Fig. 4). Means over three networks."}, "image": {"alt": "With the paper's recipe, pruned VGG_SVHN and its control rise by a point at the first pruning and separate slowly, until the pruned network is back at its original and the control 1.3 points above it. ResNet_fast in four steps gains 1.5 points at a tenth of its weights and ends 2.8 points below its original; its control gains 2.8. On 10,000 images pruned VGG16_BN hardly changes, VGG_SVHN loses 2 points and ResNet_fast 10; the control of ResNet_fast loses 3."}}
import matplotlib.pyplot as plt
import pandas as pd

runs = [recipe / f"{x}_recipe" for x in ("vgg_svhn", "resnet_fast")]
runs += [results / f"{x}_few_images" for x in ("vgg16_bn", "vgg_svhn", "resnet_fast")]
figure, panels = plt.subplots(1, 5, figsize=(8, 2.8), sharey=True)
for axes, study in zip(panels, runs, strict=True):
    tables = [r.read("performance", f"{study}{x}") for x in ("", "_trained_as_long")]
    mean = 100 * pd.concat(tables).pivot_table(["accuracy", "remaining"], "iteration", "role")
    remaining, start = mean.remaining.pruned, mean.accuracy.pruned[0]
    for role, look in {"pruned": "o-", "trained_as_long": "--"}.items():
        axes.semilogx(remaining, mean.accuracy[role] - start, look, ms=3, label=r.TITLES[role])
    names = [r.TITLES[x] for x in tables[0].iloc[0][["network", "regime"]]]
    axes.set_title(f"{names[0]},\n{names[1]},\nfrom {r.number(start, 1)} %", fontsize="medium")
    axes.set(xlim=(130, 0.9), xlabel="% of weights left")
    axes.set_xticks([100, 10, 1.15], ["100", "10", "1.2"])
panels[0].set_ylabel("change in points")
legend = figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower left", ncols=2)

# %% [markdown]
# (under-trained)=
# **One of the three originals of VGG_SVHN by the paper's recipe is under-trained.** Its accuracy is {glue:text}`worst_complete:s`, that of
# the others {glue:text}`other_complete:s`. Trained for as long again, all reach {glue:text}`second_complete:s`.

# %% tags=["hide-input"]
from lib import report as r
from notebooks.accuracy.analysis import savings

NETWORKS = ["vgg16_bn", "vgg_svhn", "resnet_fast"]  # at the paper's width
REGIMES = ["recipe", "recipe_four_steps", "few_images"]
NAMES = r.TITLES | {"cosine": "Cosine", "complete": "original"}
SHARES = ["80 %", "33 %", "11 %", "3.5 %", "1.2 %"]  # those that rules were made for
FIRST, LAST = SHARES[1], SHARES[-1]
ENOUGH = -0.5  # points: lost less, a network is not inferior
KIND = ["regime", "network"]
CASES = {(x, y): f"{NAMES[y]}, {NAMES[x]}" for x in REGIMES for y in NETWORKS}
NAMES |= {case: case for case in CASES.values()}
HERE = "network in @NETWORKS and regime in @REGIMES"
ROLES = ["pruned", "trained_as_long"]
performance = r.read("performance", recipe, results).query(f"{HERE} and role in @ROLES")
left = r.weights_left(performance, SHARES)
labels = {
    case: shares.set_axis(shares).str.removesuffix(" %") for case, shares in left.groupby(KIND)
}
KINDS = [("recipe", "vgg_svhn"), ("recipe_four_steps", "resnet_fast")]
KINDS += [("few_images", network) for network in NETWORKS]
claims = r.Claims("accuracy", results, recipe, names=NAMES)


def by_case(table):
    """A table for the reader, with a row such as `VGG_SVHN, paper's recipe`."""
    cases = table.index.reorder_levels(KIND).map(CASES)
    return r.titled(table.set_axis(cases).rename_axis("network"), NAMES)


# %% [markdown]
# ## With enough weights, VGG_SVHN is as accurate as its training-only control
#
# *As accurate as* means: higher in accuracy, or lower by less than half a point.
#
# **With the paper's training, VGG_SVHN with 80 % of the weights left is as accurate as its training-only control.** With 33, 11 and 3.5 %,
# this is inconclusive, as is the comparison with its original. With these shares, ResNet_fast (recipe, four steps) is more accurate than
# its original, but not shown to be as accurate as its training-only control.
#
# ```{glue} rests-enough
# ```
#
# **On 10,000 images, VGG_SVHN and VGG16_BN with 33 % of the weights are as accurate as their originals,** and VGG_SVHN is as accurate as
# its training-only control, too. With fewer weights, or in ResNet_fast, neither is shown.
#
# ```{glue} rests-enough-few
# ```
#
# Test accuracy in %, pruned networks with 1.2 % of their weights:

# %% tags=["hide-input"]
accuracy = 100 * r.by_network(r.at_shares(performance, left), "accuracy")
accuracy = accuracy.swaplevel("network", "regime").sort_index()
complete = performance.query("iteration == 0 and role == 'pruned'")
complete = 100 * complete.groupby([*KIND, r.NETWORK]).accuracy.mean()
ends = accuracy.xs(LAST, level="iteration").unstack("role").assign(complete=complete)
percents = r.intervals(ends[["complete", *ROLES]].stack())
by_case(r.as_text(percents, 1).unstack("role"))

# %% tags=["hide-input"]
gained = {"complete": accuracy.xs("pruned", level="role").sub(complete)}
gained["trained_as_long"] = r.minus(accuracy, "pruned", "trained_as_long")
gained = r.intervals(pd.concat(gained, names=["role"]))
which = "With {iteration} of the weights left, {network} ({regime}) is "
inferior = which + "less than half a point less accurate than its {role}."
claims.each(
    "{regime}-{network}-as-{role}-{iteration}", inferior, gained, above=ENOUGH, unit="points"
)
better = gained.xs("complete", level="role").query(
    "regime == 'recipe_four_steps' and network == 'resnet_fast'"
)
more = which + "more accurate than its original."
claims.each("{regime}-{network}-better-{iteration}", more, better, above=0, unit="points")
lost = gained.xs(("trained_as_long", LAST), level=("role", "iteration"))
end = f"With {LAST} of the weights left, "
costs = end + "{network} ({regime}) is less accurate than its training-only control."
claims.each("{regime}-{network}-costs", costs, lost, below=0, unit="points")
r.glue(least_lost=r.number(-lost["mean"].max(), 1), most_lost=r.number(-lost["mean"].min(), 1))
worst, *other_two = complete.get("recipe").sort_values()
again = performance.query("regime == 'recipe' and role == 'trained_as_long' and iteration == 1")
r.glue(least_weights=LAST, worst_complete=f"{r.number(worst, 1)} %")
r.glue(other_complete=f"{' and '.join(r.number(x, 1) for x in other_two)} %")
r.glue(second_complete=f"{r.span(100 * again.accuracy, 1)} %")

# %% [markdown]
# ## The outputs drift away from those of the original
#
# **Between 33 and 1.2 % of the weights left, the *cosine*, which compares outputs entry by entry, falls** (VGG_SVHN by the paper's
# recipe: inconclusive). It ends at {glue:text}`least_cosine:s` to {glue:text}`most_cosine:s`.
#
# ```{glue} rests-outputs
# ```

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-outputs", "caption": "Similarity of the outputs (before softmax) to those of the original (as in the paper's Fig. 8). Means over three networks, with 95 % intervals."}, "image": {"alt": "In all five panels SVCCA, PWCCA, NBS and the cosine lie close together and end near 0.9. CKA lies below them throughout and ends between 0.80 and 0.89. VGG_SVHN with the paper's recipe is already low after its first pruning: near 0.95, and 0.90 by CKA."}}
outputs = r.read("similarity", recipe, results).query(f"{HERE} and kind == 'out'")
outputs = outputs[outputs.reshape == outputs.metric.map(r.MATRIX | {"cosine": "flat"})]
outputs = r.at_shares(outputs, left)
similar = r.by_network(outputs.query("role == 'pruned'").drop(columns=["layer", "role"]))
similarities = r.intervals(similar, highest=1)
five = {"names": NAMES, "colours": r.COLOURS | {"cosine": "#009e73"}}
figure, panels = plt.subplots(1, 5, figsize=(8, 2.9), sharey=True)
for axes, (regime, network) in zip(panels, KINDS, strict=True):
    course = similarities.xs((regime, network), level=("regime", "network"))
    r.draw_course(axes, course, by="metric", left=labels[regime, network], **five)
    axes.set_title(CASES[regime, network].replace(", ", ",\n", 1), fontsize="medium")
    axes.set_xlabel("% of weights left")
panels[0].set_ylabel("similarity of outputs")
legend = figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower left", ncols=5)

# %% tags=["hide-input"]
cosine = similar.xs("cosine", level="metric").unstack("iteration")
drift = (
    f"Between {FIRST} and {LAST} of the weights, "
    + "the cosine of the outputs of {network} ({regime}) falls."
)
claims.each("{regime}-{network}-drift", drift, r.intervals(cosine[LAST] - cosine[FIRST]), below=0)
last_cosine = r.intervals(cosine[LAST])["mean"]
r.glue(least_cosine=r.number(last_cosine.min()), most_cosine=r.number(last_cosine.max()))

# %% [markdown]
# (answers)=
# ## The answers hardly reveal the original
#
# **With 1.2 % of the weights left, a network gives the answers of its original hardly more often than those of a stranger.** On a scale
# from 0 (as often as strangers) to 1 (always), the five experiments score {glue:text}`near:s`. By their intervals, only VGG16_BN and
# ResNet_fast on 10,000 images lie above 0, and only the latter stays below 0.1; the others are inconclusive.
#
# ```{glue} rests-answers
# ```
#
# **In all five experiments, pruning to 1.2 % of the weights changes more answers than training alone.**
#
# ```{glue} rests-flipped
# ```
#
# **With 33 % of the weights left, *error consistency*, from 0 (as many shared errors as expected by chance) to 1 (the same errors), is higher
# with the original than with strangers** (VGG_SVHN by the recipe: inconclusive). With 1.2 %, this is shown only for ResNet_fast on 10,000
# images.
#
# ```{glue} rests-errors
# ```

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-answers", "caption": "Answers and errors that two networks share. Means over three networks, with 95 % intervals."}, "image": {"alt": "In each panel the line of pruned networks and their originals starts above that of pruned networks and strangers, and falls towards it as weights are removed; with the paper's training and in VGG_SVHN they meet. On 10,000 images, the line of training-only controls and their originals ends above both."}}
decisions = r.read("decisions", recipe, results).query(f"{HERE} and role in @ROLES")
decisions = r.at_shares(decisions, left)
flipped = decisions.query("quantity == 'flipped'")
answers = r.original_and_expected(
    flipped.assign(value=1 - flipped.value)
)  # own, others: same answers
errors = r.original_and_expected(decisions.query("quantity == 'error_consistency'"))
LOOKS = {"pruned network and original": {"color": "#182a66"}}
LOOKS |= {"pruned network and strangers": {"color": "k", "ls": ":"}}
LOOKS |= {"training-only control and original": {"color": "#009e73", "ls": "--"}}
figure, grid = plt.subplots(2, 5, figsize=(8, 4.6), sharex="col", sharey="row")
for panels, (own, others), what in zip(
    grid, [answers, errors], ["share of same answers", "error consistency"], strict=True
):
    pairs = [(own, "pruned"), (others, "pruned"), (own, "trained_as_long")]
    lines = {
        line: numbers.xs(role, level="role")
        for line, (numbers, role) in zip(LOOKS, pairs, strict=True)
    }
    courses = r.intervals(pd.concat(lines, names=["pair"]), highest=1)
    for axes, (regime, network) in zip(panels, KINDS, strict=True):
        course = courses.xs((regime, network), level=("regime", "network"))
        for line, look in LOOKS.items():
            r.draw_course(axes, course.loc[[line]], "pair", left=labels[regime, network], **look)
    panels[0].set_ylabel(what)
for above, below, case in zip(*grid, KINDS, strict=True):
    above.set_title(CASES[case].replace(", ", ",\n", 1), fontsize="medium")
    below.set_xlabel("% of weights left")
legend = figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside lower left", ncols=3)

# %% tags=["hide-input"]
same, same_as_strangers = (numbers.xs("pruned", level="role") for numbers in answers)
near = r.intervals(r.relative_similarity_of_means(same, same_as_strangers))
near = near.xs(LAST, level="iteration")
who = end + "{network} ({regime}) gives the answers of its original "
claims.each("{regime}-{network}-near", who + "more often than those of strangers.", near, above=0)
tenth = who + "more often than those of strangers, by a relative similarity above 0.1."
claims.each("{regime}-{network}-visible", tenth, near, above=r.MARGIN, margins=True)
less_often = who + "less often than its training-only control does."
flips = r.intervals(r.minus(answers[0], "pruned", "trained_as_long"))
claims.each("{regime}-{network}-flipped", less_often, flips.xs(LAST, level="iteration"), below=0)
where = "With {iteration} of the weights left, {network} ({regime}) "
where += "shares more errors with its original than with strangers."
closer = (errors[0] - errors[1]).xs("pruned", level="role")
closer = r.intervals(closer.reindex([FIRST, LAST], level="iteration"))
claims.each("{regime}-{network}-errors-{iteration}", where, closer, above=0)
r.glue(near=r.span(near["mean"]))

# %% [markdown]
# ## Whether pruning harms calibration is mostly inconclusive
#
# **With 1.2 % of the weights left, ResNet_fast on 10,000 images has a larger expected calibration error (15 bins) than its training-only
# control.** In the other four experiments this is inconclusive. Pruned ResNet_fast and VGG_SVHN have a larger log loss in both of their
# experiments, even after temperature scaling; their lower accuracy alone could explain this.
#
# ```{glue} rests-calibration
# ```

# %% tags=["hide-input"]
QUANTITIES = {"calibration_error": "calibration error"}
QUANTITIES |= {"log_loss_scaled": "log loss with temperature"}
sure = decisions[decisions.quantity.isin(QUANTITIES)].query("iteration == @LAST")
sure = sure.groupby(["quantity", "regime", "network", "role", r.NETWORK]).value.mean()
for quantity in QUANTITIES:
    words = end + "{network} ({regime}) has a larger " + QUANTITIES[quantity]
    words += " than its training-only control."
    excess = r.intervals(r.minus(sure[quantity], "pruned", "trained_as_long"))
    claims.each("{regime}-{network}-" + quantity, words, excess, above=0)

# %% [markdown]
# ## Removed weights save less than their number suggests
#
# **Skipping the removed weights would save a smaller share of the multiply-adds than of the weights:** with {glue:text}`fewer_weights:s`
# times fewer weights, there are {glue:text}`fewer_operations:s` times fewer multiply-adds. Early layers keep more of their weights, and use
# each at every position of large maps. In our benchmark (`benchmarks/zeros.csv`), sparse products, which skip removed weights, are faster
# than dense ones only with one image per batch.
#
# ```{glue} rests-zeros
# ```
#
# With one bit for each prunable weight, and 32 more for each weight left or other parameter, networks take {glue:text}`fewer_bytes:s` times
# fewer bytes.

# %% tags=["hide-input"]
density = r.read("density", recipe, results).query(f"{HERE} and role == 'pruned'")
saved = savings(r.at_shares(density, left).query("iteration == @LAST"))
factors = 1 / saved.groupby(KIND).mean()
r.glue(
    fewer_weights=r.number(factors.weights.mean(), 0),
    fewer_operations=r.span(factors.operations, 0),
    fewer_bytes=r.span(factors.bytes, 0),
)
spared = end + "{network} ({regime}) keeps a larger share of multiply-adds than of weights."
kept = r.intervals(saved.operations - saved.weights)
claims.each("{regime}-{network}-zeros", spared, kept, above=0)

# %% [markdown]
# ## How far to trust this
#
# Only three rules are older than their measurements: on calibration, on shared errors with 1.2 % of the weights left, and on half a point
# of accuracy with the paper's training.

# %% tags=["remove-cell"]
claims.expect(
    {
        "answer": {
            "holds": ["*-costs"],
            "does not hold": ["recipe_*fast-as-complete-1.2 %"],
            "inconclusive": ["recipe_*fast-near", "recipe_*fast-visible"],
        },
        "enough": {
            "inconclusive": ["recipe-*-as-*", "recipe_*fast-as-trained_as_long-*"],
            "holds": [
                "recipe-*-as-trained_as_long-80 %",
                "recipe_*fast-as-complete-*",
                "recipe_*fast-better-*",
            ],
            "does not hold": [
                "recipe*-as-trained_as_long-1.2 %",
                "recipe_*fast-as-trained_as_long-3.5 %",
                "recipe_*fast-as-complete-1.2 %",
                "recipe_*fast-better-1.2 %",
            ],
        },
        "enough-few": {
            "inconclusive": ["few_*-as-*"],
            "holds": ["few_*vgg*-as-complete-33 %", "few_*svhn-as-trained_as_long-33 %"],
            "does not hold": [
                "few_*-as-trained_as_long-1.2 %",
                "few_*svhn-as-complete-1.2 %",
                "few_*svhn-as-trained_as_long-3.5 %",
                "few_*fast-as-trained_as_long-3.5 %",
                "few_*fast-as-complete-11 %",
                "few_*fast-as-complete-3.5 %",
                "few_*fast-as-complete-1.2 %",
            ],
        },
        "outputs": {"holds": ["*-drift"], "inconclusive": ["recipe-*svhn-drift"]},
        "answers": {
            "holds": ["*-near"],
            "inconclusive": ["*_svhn-near", "*-visible", "recipe*-near"],
            "does not hold": ["few_*fast-visible"],
        },
        "flipped": {"holds": ["*-flipped"]},
        "errors": {
            "inconclusive": ["*-errors-*"],
            "holds": ["few_*fast-errors-*", "few_*-errors-33 %", "recipe_*fast-errors-33 %"],
        },
        "calibration": {
            "inconclusive": ["*-calibration_error", "*-log_loss_scaled"],
            "holds": [
                "*svhn-log_loss_scaled",
                "*fast-log_loss_scaled",
                "few_*fast-calibration_error",
            ],
        },
        "zeros": {"holds": ["*-zeros"]},
    }
)

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show all claims", "code_prompt_hide": "Hide the claims"}
claims.table()

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show verdicts that change with half or twice the margin of 0.1", "code_prompt_hide": "Hide verdicts that another margin would change"}
claims.by_margin()
