# %% [markdown]
# # What does pruning cost?
#
# **Does a network get worse when nearly all of its weights are removed, and does it still give the same answers?**
#
# It gets worse than a network that was trained for just as long. With {glue:text}`least_weights:s` of its weights, VGG_SVHN with
# the paper's recipe classifies {glue:text}`recipe_vgg_svhn_pruned:s` of the images correctly. That is about as many as its
# original ({glue:text}`recipe_vgg_svhn_complete:s`), but {glue:text}`least_lost:s` points fewer than the training-only control.
# ResNet_fast, by the recipe in four steps, falls below both: from {glue:text}`recipe_four_steps_resnet_fast_complete:s` to
# {glue:text}`recipe_four_steps_resnet_fast_pruned:s`. We did not measure the cost of the paper's twenty steps.
#
# The answers hardly reveal the origin. A pruned ResNet_fast agrees with its original on
# {glue:text}`recipe_four_steps_resnet_fast_own:s` of the images, and with strangers on
# {glue:text}`recipe_four_steps_resnet_fast_others:s`.
#
# ```{glue} rests-answer
# ```

# %% tags=["parameters"]
results = "results/chapters/converged"
recipe = "results/chapters/by_recipe"

# %% tags=["remove-cell"]
from lib import ROOT
from lib.report import number, use_style

use_style()
results, recipe = ROOT / results, ROOT / recipe

# %% mystnb={"figure": {"name": "fig-accuracy", "caption": "Test accuracy in % of pruned networks (dots) and of their training-only controls (dashed), over the share of weights left in %; means over three networks. First the paper's recipe (ResNet_fast: four steps), then 10,000 images. Titles give the accuracy after the last pruning. This is the paper's Fig. 4."}, "image": {"alt": "With the paper's recipe both lines of VGG_SVHN rise by a point at the first pruning, and separate slowly to 94.6 and 96.0 %. Pruned ResNet_fast rises to 92.6 % at a tenth of the weights, and falls to 88.3 %; its control reaches 93.8 %. On 10,000 images the lines separate by 1 point for VGG16_BN, 3 for VGG_SVHN and 6 for ResNet_fast."}}
import matplotlib.pyplot as plt
import pandas as pd

runs = [recipe / f"{x}_recipe" for x in ("vgg_svhn", "resnet_fast")]
runs += [results / f"{x}_few_images" for x in ("vgg16_bn", "vgg_svhn", "resnet_fast")]
for axes, study in zip(plt.subplots(1, 5, figsize=(10, 2.6))[1], runs, strict=True):
    rows = [pd.read_parquet(f"{study}{x}/performance.parquet") for x in ("", "_trained_as_long")]
    mean = 100 * pd.concat(rows).pivot_table(["accuracy", "remaining"], "iteration", "role")
    left, test = mean.remaining.pruned, mean.accuracy
    axes.semilogx(left, test.pruned, "o-", left, test.trained_as_long, "--", ms=3)
    title = "\n".join(
        [*rows[0].iloc[0][["network", "regime"]], f"{number(test.pruned.iloc[-1], 1)} %"]
    )
    axes.set(title=title, xlim=(120, 1))

# %% [markdown]
# ## How to read it
#
# After each pruning the network is trained again. Its fair counterpart is therefore the *training-only control*: the original,
# trained again just as often, with all its weights. Only a difference from the control can be due to pruning. We show the
# original as well. Only weights of convolutions are pruned and counted.
#
# With the paper's recipe, VGG_SVHN is pruned twenty times by a fifth. ResNet_fast is pruned four times by two thirds, which
# leaves as many weights but is not the paper's pace. On 10,000 images ("few images") all networks are pruned in these four steps.
# All are as wide as the paper's. One of the three VGG_SVHN networks is under-trained ({glue:text}`worst_complete:s`), which
# partly explains why further training helps.

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show imports and names", "code_prompt_hide": "Hide imports and names"}
from lib.report import (
    COLOURS,
    MARGIN,
    MATRIX,
    NETWORK,
    TITLES,
    Claims,
    by_network,
    draw_course,
    glue,
    intervals,
    mean_over,
    minus,
    number,
    own_and_expected,
    place_of_means,
    read,
    shown,
    titled,
    weights_left,
)
from notebooks.accuracy.analysis import beyond, by_share, savings

NETWORKS = ["vgg16_bn", "vgg_svhn", "resnet_fast"]  # at the paper's width
REGIMES = ["recipe", "recipe_four_steps", "few_images"]
NAMES = TITLES | {"regime": "Trained", "left": "Weights left", "cosine": "Cosine"}
NAMES |= {"complete": "original"}
SHARES = ["80 %", "33 %", "11 %", "3.5 %", "1.2 %"]  # those that rules were made for
FIRST, LAST = SHARES[1], SHARES[-1]
ENOUGH = -0.5  # points: lost less, a network is not inferior
NAMES |= {share: share for share in SHARES}
HERE = "network in @NETWORKS and regime in @REGIMES"
ROLES = ["pruned", "trained_as_long"]
performance = read("performance", recipe, results).query(f"{HERE} and role in @ROLES")
left = weights_left(performance).rename("left").reset_index().query("left in @SHARES")
by_kind = left.groupby(["regime", "network"])
shares = {kind: rows.set_index("iteration").left for kind, rows in by_kind}
KINDS = [("recipe", "vgg_svhn"), ("recipe_four_steps", "resnet_fast")]
KINDS += [("few_images", network) for network in NETWORKS]
claims = Claims("accuracy", results, recipe, names=NAMES)

# %% [markdown]
# ## Accuracy
#
# **With 1.2 % of its weights, every network is less accurate than its training-only control,** by
# {glue:text}`least_lost:s` to {glue:text}`most_lost:s` points.
#
# ```{glue} rests-costs
# ```
#
# **By the recipe in four steps, ResNet_fast beats its original** with 33, 11 and 3.5 % of its weights. On average it is best with
# 11 %, as the paper reports, but three networks are too few. We cannot show that it matches the training-only control at any
# sparsity. VGG_SVHN matches it with 80 % of its weights, losing less than half a point by a prior rule. With 33, 11 and 3.5 % of
# the weights the result is inconclusive. So is the comparison with the original, because one of the three originals is
# under-trained.
#
# ```{glue} rests-enough
# ```
#
# **On 10,000 images, VGG_SVHN with a third of its weights matches its original and the control.** VGG16_BN
# with a third of its weights matches its original. For ResNet_fast we can show neither.
#
# ```{glue} rests-enough-few
# ```
#
# The table gives test accuracy in %.

# %%
key = ["regime", "network", "role", "left", NETWORK]
after = performance[performance.iteration > 0].merge(left)
complete = performance.query("iteration == 0 and role == 'pruned'").assign(left="complete")
accuracy = 100 * pd.concat([complete, after]).groupby(key).accuracy.mean()
columns = accuracy.unstack(["role", "left"])
ends = columns[[("pruned", "complete"), *((role, LAST) for role in ROLES)]]
percents = intervals(
    ends.set_axis(["complete", *ROLES], axis=1).rename_axis("role", axis=1).stack()
)
titled(shown(percents, 1).unstack("role"), NAMES)

# %% [markdown]
# The next table gives accuracy minus that of the original, and of the training-only control, in points.

# %%
gained = intervals(beyond(accuracy))
titled(shown(gained, 1, sign=True).unstack("left"), NAMES).fillna("")

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show what is claimed", "code_prompt_hide": "Hide what is claimed"}
which = "{network} ({regime}) with {left} of the weights"
inferior = which + " is less than half a point less accurate than its {role}."
claims.each("{regime}-{network}-as-{role}-{left}", inferior, gained, above=ENOUGH, unit="points")
better = gained.xs("complete", level="role").query(
    "regime == 'recipe_four_steps' and network == 'resnet_fast'"
)
more = which + " is more accurate than its original."
claims.each("{regime}-{network}-better-{left}", more, better, above=0, unit="points")
lost = gained.xs(("trained_as_long", LAST), level=("role", "left"))
costs = "Pruned to the end, {network} ({regime}) is less accurate than its training-only control."
claims.each("{regime}-{network}-costs", costs, lost, below=0, unit="points")
glue(least_lost=number(-lost["mean"].max(), 1), most_lost=number(-lost["mean"].min(), 1))
late = complete.query("regime == 'recipe' and network == 'vgg_svhn'")
worst = 100 * late.accuracy.min()
glue(least_weights=LAST, worst_complete=f"{number(worst, 1)} %")
for names, value in percents["mean"].reorder_levels(["regime", "network", "role"]).items():
    glue(**{"_".join(names): f"{number(value, 1)}\u00a0%"})

# %% [markdown]
# ## The output layer
#
# In the last layer each neuron stands for a class. A fifth metric joins the four: the *cosine* of the outputs, which heeds the
# order of the neurons.
#
# **On 10,000 images, the outputs drift away from the original's with each pruning.** By the cosine they end at
# {glue:text}`least_cosine:s` to {glue:text}`most_cosine:s`. With the paper's training, so does ResNet_fast. The outputs
# of VGG_SVHN drop to {glue:text}`first_cosine:s` at the first pruning; whether they fall further is inconclusive.
#
# ```{glue} rests-outputs
# ```

# %%
outputs = read("similarity", recipe, results).query(f"{HERE} and kind == 'out'")
outputs = outputs[outputs.reshape == outputs.metric.map(MATRIX | {"cosine": "flat"})].merge(left)
similar = by_network(outputs.query("role == 'pruned'").drop(columns=["layer", "role"]))

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show how it is drawn", "code_prompt_hide": "Hide how it is drawn", "figure": {"name": "fig-outputs", "caption": "Similarity between the outputs (before softmax) of pruned networks and those of their originals, by five metrics; means over three networks, 95 % intervals. This is the paper's Fig. 8."}, "image": {"alt": "SVCCA, PWCCA, NBS and the cosine lie close together, and end near 0.9; CKA lies below them throughout and ends between 0.80 and 0.89. VGG_SVHN with the paper's recipe starts low, near 0.95, and at 0.90 by CKA."}}
similarities = intervals(similar, highest=1)
five = {"names": NAMES, "colours": COLOURS | {"cosine": "#009e73"}}
figure, panels = plt.subplots(1, 5, figsize=(10, 2.9), sharey=True)
for axes, (regime, network) in zip(panels, KINDS, strict=True):
    course = similarities.xs((regime, network), level=("regime", "network"))
    draw_course(axes, course, by="metric", left=shares[regime, network], **five)
    axes.set(title=f"{NAMES[network]},\n{NAMES[regime]}", xlabel="weights left")
legend = figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper left", ncols=5)


# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show what is claimed", "code_prompt_hide": "Hide what is claimed"}
cosine = by_share(similar.xs("cosine", level="metric"), left).unstack("left")
drift = "From a third of the weights to the last, the cosine of the outputs of {network} ({regime}) falls."
claims.each("{regime}-{network}-drift", drift, intervals(cosine[LAST] - cosine[FIRST]), below=0)
last_cosine = intervals(cosine[LAST])["mean"]
glue(least_cosine=number(last_cosine.min()), most_cosine=number(last_cosine.max()))
glue(first_cosine=number(cosine[SHARES[0]].mean()))

# %% [markdown]
# (answers)=
# ## Whose answers does it give?
#
# **With 1.2 % of the weights, hardly anything in the answers reveals which original a network comes from.** We put agreement on
# the scale of relative similarity: 0 is the agreement with strangers, 1 is complete agreement ({doc}`is_it_pruning`). On 10,000
# images VGG16_BN and ResNet_fast lie above 0, and no mean reaches 0.1. With the paper's training neither demonstrably does.
#
# ```{glue} rests-answers
# ```
#
# **Pruning changes more answers than further training alone,** in all settings.
#
# ```{glue} rests-flipped
# ```

# %%
every = read("decisions", recipe, results).query(f"{HERE} and role in @ROLES")
decisions = every[every.iteration > 0]
flipped = decisions.query("quantity == 'flipped'")
answers = own_and_expected(flipped.assign(value=1 - flipped.value))  # own, others: same answers
errors = own_and_expected(decisions.query("quantity == 'error_consistency'"))

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show how it is drawn", "code_prompt_hide": "Hide how it is drawn", "figure": {"name": "fig-answers", "caption": "Above, the share of images that get the same answer; below, error consistency: 1 if two networks err on the same images, 0 if they share only as many errors as by chance. Pruned networks compared with their originals and with strangers, and training-only controls compared with their originals; means over three networks, 95 % intervals."}, "image": {"alt": "The line of originals starts above that of strangers and falls towards it as weights are removed; with the paper's training and in VGG_SVHN they meet. On 10,000 images, training-only controls end above both."}}
LOOKS = {"original": {"color": "#182a66"}, "strangers": {"color": "k", "ls": ":"}}
LOOKS |= {"training-only control, original": {"color": "#009e73", "ls": "--"}}
figure, rows = plt.subplots(2, 5, figsize=(10, 4.6))
for panels, (own, others), what in zip(
    rows, [answers, errors], ["same answer", "error consistency"], strict=True
):
    lines = dict(
        zip(
            LOOKS,
            [
                own.xs("pruned", level="role"),
                others.xs("pruned", level="role"),
                own.xs("trained_as_long", level="role"),
            ],
            strict=True,
        )
    )
    courses = intervals(pd.concat(lines, names=["beside"]), highest=1)
    for axes, (regime, network) in zip(panels, KINDS, strict=True):
        course = courses.xs((regime, network), level=("regime", "network"))
        for line, look in LOOKS.items():
            own_left = shares[regime, network]
            draw_course(axes, course.loc[[line]], "beside", left=own_left, names=NAMES, **look)
    panels[0].set_ylabel(what)
for axes, (regime, network) in zip(rows[0], KINDS, strict=True):
    axes.set_title(f"{NAMES[network]},\n{NAMES[regime]}")
legend = figure.legend(*rows[0, 0].get_legend_handles_labels(), loc="outside upper left", ncols=3)

# %% [markdown]
# The table gives the share of images with the same answer after the last pruning, in %, and the relative similarity of the
# answers.

# %%
own, others = (by_share(numbers, left).xs("pruned", level="role") for numbers in answers)
near = intervals(place_of_means(own, others))
same = {"original": intervals(100 * own), "strangers": intervals(100 * others)}
table = {what: shown(frame, 1) for what, frame in same.items()} | {
    "relative similarity": shown(near)
}
titled(pd.DataFrame(table).xs(LAST, level="left"), NAMES)

# %% [markdown]
# **With a third of the weights left, networks share more errors with their original than with strangers;** for
# VGG_SVHN with the paper's recipe this is inconclusive. With 1.2 % left only ResNet_fast on 10,000 images demonstrably does.
#
# ```{glue} rests-errors
# ```

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show what is claimed", "code_prompt_hide": "Hide what is claimed"}
who = "Pruned to the end, {network} ({regime}) gives the answers of its original "
near = near.xs(LAST, level="left")
claims.each("{regime}-{network}-near", who + "more often than those of strangers.", near, above=0)
tenth = who + "more often than those of strangers, by a tenth of the scale or more."
claims.each("{regime}-{network}-visible", tenth, near, above=MARGIN, margins=True)
fewer = who + "less often than its training-only control does."
flips = intervals(minus(by_share(answers[0], left), "pruned", "trained_as_long"))
claims.each("{regime}-{network}-flipped", fewer, flips.xs(LAST, level="left"), below=0)
where = "With {left} of its weights, {network} ({regime}) errs where its original errs, more than where strangers do."
closer = by_share(errors[0] - errors[1], left).xs("pruned", level="role")
closer = intervals(closer[closer.index.isin([FIRST, LAST], level="left")])
claims.each("{regime}-{network}-errors-{left}", where, closer, above=0)
for name, frame in {"own": same["original"], "others": same["strangers"]}.items():
    for (network, regime), value in frame["mean"].xs(LAST, level="left").items():
        glue(**{f"{regime}_{network}_{name}": f"{number(value, 1)}\u00a0%"})

# %% [markdown]
# (calibration)=
# ## How sure is it?
#
# **On 10,000 images pruning harms the calibration of ResNet_fast; elsewhere we find no effect.** Its confidence is further from
# its accuracy than the training-only control's. Temperature scaling corrects the confidence but not the remaining loss: in all
# settings the scaled log loss of ResNet_fast and VGG_SVHN stays larger than the control's.
#
# ```{glue} rests-calibration
# ```
#
# The table gives the expected calibration error (15 bins), the best temperature (above 1: overconfident), and the log loss
# without and with the temperature that is best on other images; means over three networks.

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Show the table of calibration", "code_prompt_hide": "Hide the table of calibration"}
QUANTITIES = {"calibration_error": "calibration error", "temperature": "temperature"}
QUANTITIES |= {"log_loss": "log loss", "log_loss_scaled": "log loss with temperature"}
alone = every[(every.other_seed == every[NETWORK]) & every.quantity.isin(QUANTITIES)]
start = alone.query("iteration == 0 and role == 'pruned'").assign(role="complete")
sure = pd.concat([start, alone.merge(left).query("left == @LAST")])
sure = sure.groupby(["quantity", "regime", "network", "role", NETWORK]).value.mean()
table = mean_over(sure, NETWORK).unstack("quantity")[list(QUANTITIES)].map(lambda x: number(x, 3))
titled(table.rename(columns=QUANTITIES), NAMES)

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show what is claimed", "code_prompt_hide": "Hide what is claimed"}
for quantity in ("calibration_error", "log_loss_scaled"):
    words = "Pruned to the end, {network} ({regime}) has a larger " + QUANTITIES[quantity]
    words += " than its training-only control."
    more = intervals(minus(sure[quantity], "pruned", "trained_as_long"))
    claims.each("{regime}-{network}-" + quantity, words, more, above=0)

# %% [markdown]
# (zeros)=
# ## What are the zeros worth?
#
# **Skipping the removed weights would save less than their number suggests.** Early layers keep more of their weights, and
# these are used at every position of large maps.
#
# ```{glue} rests-zeros
# ```
#
# The table gives the factors by which weights, multiplications and bytes shrink, and the time as a share of the original's.

# %%
density = read("density", recipe, results).query(f"{HERE} and role == 'pruned'").merge(left)
saved = savings(density.query("left == @LAST"))
TIMES = {("masked", 1): "one image", ("sparse", 1): "sparse matrices, one image"}
TIMES |= {("sparse", 64): "sparse matrices, 64 images"}
TIMED = {("recipe", "vgg_svhn"): "vgg_svhn", ("few_images", "vgg16_bn"): "vgg16_bn_few_images"}
TIMED |= {("few_images", "resnet_fast"): "resnet_fast_few_images"}
times = pd.read_csv(ROOT / "benchmarks" / "zeros.csv").query("width == 1")
fewer = (1 / saved.groupby(["regime", "network"]).mean()).map(lambda x: f"{number(x, 1)}×")
for (way, images), head in TIMES.items():
    of_way = times[times.batch == images].set_index("network")[way]
    fewer[f"time, {head}"] = [
        number(of_way.get(TIMED.get(kind), float("nan"))) for kind in fewer.index
    ]
titled(fewer.rename(columns={"operations": "multiply-adds"}), NAMES)

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show what is claimed", "code_prompt_hide": "Hide what is claimed"}
spared = (
    "Pruned to the end, {network} ({regime}) keeps a larger share of multiply-adds than of weights."
)
kept = intervals(saved.operations - saved.weights)
claims.each("{regime}-{network}-zeros", spared, kept, above=0)

# %% [markdown]
# Bytes comprise a bit per prunable weight and the values of those left. Times were measured on one thread of a processor, with
# masks that are as dense in each layer as those of pruning (27 November 2026). Dense matrices multiply zeros like all numbers;
# sparse ones pay off only for single images.
#
# ## What does the paper report?
#
# On CIFAR-10 accuracy first exceeds the original's, peaks at about a tenth of the weights and then stays near the original's; on
# SVHN it falls from the beginning ({cite:t}`ansuini2020investigating`, section 5.1). On average, our ResNet_fast by the recipe in
# four steps peaks at a tenth as well, and then falls further. That does not contradict the paper: at its pace of twenty steps we
# have no verdict. Our VGG_SVHN rises at first. The training-only controls rise too.
#
# The outputs of the paper's VGG16_BN stay above 0.9 by SVCCA, PWCCA and NBS, and fall to about 0.8 by CKA and the cosine. The
# authors conclude that networks of similar accuracy may assign different probabilities to the classes, perhaps because they are
# calibrated differently (section 6.2).
#
# ## How far to trust this
#
# There are three networks per setting. We fixed the half-point rule for the paper's training before training those networks, and
# the rules on calibration and final errors before measuring either. Three came later: the scale for answers, errors with a third
# of the weights, and whether ResNet_fast is better than its original.
#
# The folds below list all claims, and verdicts that change with half or twice the margin of 0.1.

# %% tags=["remove-cell"]
claims.expect(
    {
        "answer": {
            "recipe*-costs": "holds",
            "recipe_*fast-as-complete-1.2 %": "does not hold",
            "recipe_*fast-near": "inconclusive",
            "recipe_*fast-visible": "inconclusive",
        },
        "costs": {"*-costs": "holds"},
        "enough": {
            "recipe-*-as-*": "inconclusive",
            "recipe-*-as-trained_as_long-80 %": "holds",
            "recipe-*-as-trained_as_long-1.2 %": "does not hold",
            "recipe_*fast-as-*": "holds",
            "recipe_*fast-as-complete-1.2 %": "does not hold",
            "recipe_*fast-as-trained_as_long-*": "does not hold",
            "recipe_*fast-as-trained_as_long-33 %": "inconclusive",
            "recipe_*fast-as-trained_as_long-11 %": "inconclusive",
            "recipe_*fast-better-*": "holds",
            "recipe_*fast-better-1.2 %": "does not hold",
            "claims/resnet_fast-decline-recipe*": "inconclusive",
        },
        "enough-few": {
            "few_*-as-*": "inconclusive",
            "few_*vgg*-as-complete-33 %": "holds",
            "few_*svhn-as-trained_as_long-33 %": "holds",
            "few_*-as-trained_as_long-1.2 %": "does not hold",
            "few_*fast-as-complete-[13]*": "does not hold",
            "few_*fast-as-complete-33 %": "inconclusive",
            "few_*svhn-as-complete-1.2 %": "does not hold",
            "few_*[tn]-as-trained_as_long-3.5 %": "does not hold",
            "few_*bn-as-trained_as_long-3.5 %": "inconclusive",
        },
        "outputs": {"*-drift": "holds", "recipe-*svhn-drift": "inconclusive"},
        "answers": {
            "*-near": "holds",
            "*_svhn-near": "inconclusive",
            "*-visible": "inconclusive",
            "few_*fast-visible": "does not hold",
            "recipe*-near": "inconclusive",
            "recipe*-visible": "inconclusive",
        },
        "flipped": {"*-flipped": "holds"},
        "errors": {
            "*-errors-*": "inconclusive",
            "few_*fast-errors-*": "holds",
            "*-errors-33 %": "holds",
            "recipe-*svhn-errors-33 %": "inconclusive",
        },
        "calibration": {
            "*-calibration_error": "inconclusive",
            "*-log_loss_scaled": "holds",
            "few_*fast-calibration_error": "holds",
            "*vgg16_bn-log_loss_scaled": "inconclusive",
        },
        "zeros": {"*-zeros": "holds"},
    }
)

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Show all claims", "code_prompt_hide": "Hide the claims"}
claims.table()

# %%
claims.by_margin()

# %% [markdown]
# **What to take away.** Judge a pruned network by its training-only control, and not only by its original, which had less
# training. Answers say little about where a network comes from.
#
# ## Exercises
#
# **1.** A pruned network is eight points more accurate than its original. Has pruning helped?
#
# :::{dropdown} Answer
# Only if it is also more accurate than the training-only control. Otherwise the original had not been trained long enough.
# :::
#
# **2.** Two networks of 95 % accuracy agree on 95 % of the images. Do they have much in common?
#
# :::{dropdown} Answer
# If they erred independently, they would both be right on 90 % of the images. Compare their error consistency, which corrects
# for such agreement, with that of strangers.
# :::
