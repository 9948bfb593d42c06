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
# # Accuracy
#
# **Does a network get worse when most of its weights are removed?**
#
# Accuracy comes before similarity, since a network that classifies worse must differ somewhere. Each
# pruned network is compared with the complete one, and with the same network trained as long without
# pruning.

# %% tags=["parameters"]
results = "results"
full_scale = "results/full_scale"

# %% tags=["remove-input"]
from lib.book.report.page import glue, open_study

study = open_study(results)

# %% [markdown]
# ## What we find

# %% tags=["hide-input"]
from dataclasses import replace

import pandas as pd
from IPython.display import Markdown, display

from lib.analyses.main_paper.accuracy_claims import EARLY, LATE, PEAK
from lib.book.claims import equal, estimate
from lib.book.claims.vocabulary import END, FOUR, gain, gain_beyond_training
from lib.book.report import values
from lib.book.report.figure import ABSENT, PanelFigure
from lib.book.report.format import count, percent, plain, signed
from lib.book.report.names import METRICS, enumerate_words
from lib.book.report.results import results_if_any
from lib.book.report.scale import short_width
from lib.book.report.style import INK, METRIC_STYLES, VISIBLE, percent_axis
from lib.book.report.tables import Table, text_table

colour = METRIC_STYLES["svcca"]["color"]
curves = {name: values.accuracy(study, name) for name in study.experiments}
controls = {
    name: values.accuracy(study, f"{name}_trained_on")["mean"]
    for name in study.experiments
    if f"{name}_trained_on" in study.variants
}

KEEPS = {
    "above": "{net} ends more accurate than its complete network: with {end} of its weights the "
    "change is {points} percentage points.",
    "to the end": "{net} keeps its accuracy to the end: with {end} of its weights the change is {points} "
    "percentage points.",
    "long": "{net} keeps its accuracy down to {left} of its weights; with {end} the change is {points} "
    "percentage points.",
    "never": "{net} loses accuracy from the first iteration on; with {end} of its weights the change is "
    "{points} percentage points.",
}
BEYOND = {
    "less": "The same network, trained as long and never pruned, is more accurate: at the end, the pruned "
    "one is below it by {said}.",
    "more": "The same network, trained as long and never pruned, is less accurate: at the end, the "
    "pruned one is above it by {said}.",
    "differs": "Beside the same network, trained as long and never pruned, the pruned one ends at {said}.",
    "single": "Measured in one complete network only, and so without an interval, the pruned one ends at {said} "
    "beside the same network trained as long.",
}


def lost(name):
    curve, kept = curves[name], equal.last_as_accurate(study, name)
    how = "to the end" if kept == curve.index[-1] else "long" if kept else "never"
    if curve["mean"].iloc[-1] - curve["mean"].iloc[0] > equal.WORSE:
        how = "above"
    return KEEPS[how].format(
        net=plain(study.network(name)),
        left=percent(curve.remaining[kept]),
        points=signed(100 * (curve["mean"].iloc[-1] - curve["mean"].iloc[0]), 1),
        end=percent(curve.remaining.iloc[-1]),
    )


def points(found, which):
    """How far the pruned network is from the control; without a sign where the words have it."""
    if which == "less":
        found = replace(found, mean=-found.mean, low=-found.high, high=-found.low)
    return found.text(1, sign=which in ("differs", "single"))


def beyond():
    """What the control says at the end, decided by the ends of intervals over complete networks."""
    found = {name: estimate(gain_beyond_training(name, END).numbers, study) for name in controls}
    several = {name: one for name, one in found.items() if not pd.isna(one.low)}
    single = {name: one for name, one in found.items() if one.n and name not in several}
    below, above = ([x.high < 0 for x in several.values()], [x.low > 0 for x in several.values()])
    which = "less" if all(below) else "more" if all(above) else "differs"
    said = []
    for kind, some in ((which, several), ("single", single)):
        if some:
            words = [
                f"{points(one, kind)} points in {plain(study.network(name))}"
                for name, one in some.items()
            ]
            said.append(BEYOND[kind].format(said=enumerate_words(words)))
    return " ".join(said)


costless = {}  # (network, width): where, its experiment, the last iteration at which pruning costs nothing
for where in (study, results_if_any(full_scale)):
    for name in where.experiments:
        if f"{name}_trained_on" in where.variants:
            width = where.settings(name)["width"]
            place = where.network(name), short_width(width)
            costless[place] = where, name, equal.last_as_accurate(where, name, "trained_on")
costless = {place: found for place, found in costless.items() if found[-1]}
SIDES = {  # whether it is nearer, and far enough to be seen
    (True, False): "slightly nearer to the complete one than those",
    (True, True): "nearer to the complete one than those",
    (False, False): "slightly less near",
    (False, True): "less near",
    None: "as likely nearer as less near",
}


def at_no_cost():
    """What pruning changes while it costs no accuracy beside training alone, by SVCCA."""
    said, single = {}, []
    for (network, width), (where, name, iteration) in costless.items():
        found = equal.similarity(where, name, "svcca", iteration, minus="trained_on")
        left = percent(values.remaining(where, name)[iteration])
        if found.n == 1:
            scale = f"{width} of the paper's".removeprefix("full of ")
            words = (
                f"In one {plain(network)} of {scale} width the difference is {signed(found.mean)}"
            )
            single.append(f"{words}, with {left} of the weights left.")
            continue
        sure = found.low > 0 or found.high < 0
        side = (found.mean > 0, abs(found.mean) >= VISIBLE) if sure else None
        words = f"{plain(network)} ({signed(found.mean)}, {left} of the weights left)"
        said.setdefault(side, []).append(words)
    sides = [f"{SIDES[side]} in {enumerate_words(said[side])}" for side in SIDES if side in said]
    which = "Pruned networks that are still as accurate as the same ones trained as long without pruning are"
    return " ".join([f"{which}, by SVCCA, {enumerate_words(sides)}.", *single] if sides else [])


costs_nothing = at_no_cost()
display(Markdown("\n\n".join([" ".join([*map(lost, curves), beyond()]), costs_nothing])))
glue(costless=costs_nothing.replace("\\", ""))  # what the front page shows

# %% [markdown]
# ## The figure
#
# Each network is trained once without pruning: that is the *complete* network. Then its smallest weights
# are removed and it is trained again, over and over. Each point is one such iteration, and the weights
# that are left decrease from left to right.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-accuracy", "caption": "Test accuracy of the pruned networks, mean over the pruning runs. The band is two standard deviations over the runs either side. The dotted line is the complete network. The dashed line, where it was measured, is the complete network trained as long without pruning: each point stands where the pruned network of the same iteration does. The horizontal axis is logarithmic. The paper's Fig. 4, and the control."}}
figure = PanelFigure("accuracy")
for name, curve in curves.items():
    mean, deviation = 100 * curve["mean"], 100 * curve.sd.fillna(0)
    axes = figure.panel(study.network(name), left=0.16)
    axes.fill_between(
        curve.remaining,
        mean - 2 * deviation,
        mean + 2 * deviation,
        color=colour,
        alpha=0.25,
        linewidth=0,
        label="2 standard deviations either side",
    )
    axes.axhline(mean[0], color=INK, linestyle=":", linewidth=1.2, label="complete network")
    axes.plot(
        curve.remaining,
        mean,
        color=colour,
        marker="o",
        markersize=3,
        label="mean over the pruning runs",
    )
    if name in controls:
        axes.plot(
            curve.remaining,
            100 * controls[name].reindex(curve.index),
            color=METRIC_STYLES["cosine"]["color"],
            linestyle="--",
            label="trained as long, never pruned",
        )
    percent_axis(axes, curve.remaining.min())
    axes.set_ylabel("test accuracy, %")
    axes.yaxis.set_major_formatter("{x:g}")
figure

# %% [markdown]
# ## The numbers

# %% tags=["hide-input"]
rows = []
for name, curve in curves.items():
    pruned = curve.loc[1:]
    best, last = pruned.loc[pruned["mean"].idxmax()], pruned.iloc[-1]
    rows.append(
        {
            "Network": study.network(name),
            "Complete": percent(curve["mean"][0], 1),
            "Best pruned": f"{percent(best['mean'], 1)} at {percent(best.remaining)}",
            "Last pruned": f"{percent(last['mean'], 1)} at {percent(last.remaining)}",
            "Runs": int(last.runs),
        }
    )
Table.of(pd.DataFrame(rows).set_index("Network"))

# %% [markdown]
# *Best pruned* is the iteration with the highest mean. *Last pruned* is the network with the
# fewest weights. Every point of the figure:

# %% tags=["hide-input", "hide-output"]
for name, curve in curves.items():
    table = 100 * curve[["remaining", "mean", "sd"]]
    table.columns = ["remaining %", "accuracy %", "sd"]
    if name in controls:
        table["not pruned"] = 100 * controls[name]
    print(study.network(name))
    print(text_table(table.reset_index(), digits=2), end="\n\n")

# %% [markdown]
# ## Is it pruning?
#
# A pruned network has not only lost weights: it has also been trained again at every iteration. So its
# gain over the complete network, of which the paper speaks, stands beside its gain over the same complete
# network trained as long without pruning. Only the second gain could be due to pruning. Both are in
# percentage points, with 95 % intervals over complete networks.


# %% tags=["hide-input"]
def with_interval(quantity):
    found = estimate(quantity.numbers, study)
    return f"{found.text(sign=True)}, {count(found.n, 'network')}" if found.n else "-"


RANGES = {"half or more": EARLY, "8 to 13 %": PEAK, "5 % or less": LATE}
rows = {
    (study.network(name), when): {
        "Over the complete network": with_interval(gain(name, times)),
        "Over training alone": with_interval(gain_beyond_training(name, times)),
    }
    for name in study.experiments
    for when, times in RANGES.items()
}
table = pd.DataFrame.from_dict(rows, orient="index").rename_axis(["Network", "Weights left"])
Table.of(table, cards=True)

# %% tags=["remove-input"]
alone = {
    f"{plain(study.network(name))} with {when}": estimate(
        gain_beyond_training(name, t).numbers, study
    )
    for name in controls
    for when, t in RANGES.items()
}
alone = {where: found for where, found in alone.items() if not pd.isna(found.low)}
above = [where for where, found in alone.items() if found.low > 0]
NONE = (
    "In none of these ranges is the gain over training alone clearly above 0: longer training can account "
    "for the gain over the complete network."
)
SOME = "The gain over training alone is clearly above 0 in {} of the weights left."
Markdown((SOME.format(enumerate_words(above)) if above else NONE) if alone else "")

# %% [markdown]
# (while-pruning-costs-nothing)=
# ## What does pruning change while it costs nothing?
#
# At the end of pruning, pruned networks are less accurate than the same ones trained as long without
# pruning, so they must differ from them somewhere. Here the two are compared at the last iteration at which
# pruned networks are as accurate, within half a percentage point: similarity to the complete network after
# pruning, minus that after training alone, as a mean over the hidden layers. A positive number says that
# pruning holds a network nearer to where it started. *Accuracy* is the same difference in points, and
# the width a share of the paper's. Intervals are over complete networks; a single one has none:

# %% tags=["hide-input"]
rows = {}
for (network, width), (where, name, iteration) in costless.items():
    beyond_training = equal.accuracy(where, name) - equal.accuracy(where, f"{name}_trained_on")
    found = {m: equal.similarity(where, name, m, iteration, minus="trained_on") for m in FOUR}
    rows[f"{network}, {width}"] = {
        "Weights left": percent(values.remaining(where, name)[iteration]),
        "Accuracy": signed(100 * beyond_training[iteration], 1),
        **{METRICS[metric]: one.text(3, sign=True) for metric, one in found.items()},
    }
table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network, width")
Table.of(table, cards=True, nothing=ABSENT)

# %% [markdown]
# The other iterations are in the figure. The level was chosen by accuracy alone, with the margin of all
# comparisons at equal accuracy in this book. But no rule was committed before these numbers were seen, so
# they describe, and decide no claim.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-accuracy-costless", "caption": "Similarity to the complete network after pruning minus that after training alone, at each iteration, mean over the hidden layers and the complete networks. Above 0, pruned networks are nearer to the complete one. The dotted line is the last iteration at which they are as accurate as those trained as long."}}
figure = PanelFigure("costless")
for (network, width), (where, name, iteration) in costless.items():
    axes = figure.panel(f"{network}, {width} width")
    for metric in FOUR:
        hidden = values.hidden(where, name)
        pruned, alone = (
            values.curves(where, name + end, metric)[hidden].mean(axis=1)
            for end in ("", "_trained_on")
        )
        axes.plot((pruned - alone).dropna(), label=METRICS[metric], **METRIC_STYLES[metric])
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.axvline(iteration, color=INK, linewidth=0.8, linestyle=":")
    axes.set_xlabel("pruning iteration")
figure

# %% [markdown]
# ## How to read it
#
# Where the line lies above the dotted one, the pruned networks are more accurate than the complete one.
# Where it lies above the dashed one as well, longer training alone does not explain the gain. The band
# shows how much runs differ, not how well their mean is known. Runs that start from the same complete
# network see the images in another order and with other augmentation. Runs from several complete
# networks, which the head of the page counts, differ by their starting point as well.
#
# "Weights remaining" counts only the weights that may be pruned, those of the convolutions. Batch
# normalisation and the output layer are never pruned.
#
# ## What the paper reports
#
# On CIFAR-10 the first iterations of pruning beat the complete network. The accuracy peaks at
# about a tenth of the weights and then falls slowly, staying near that of the complete network.
# On SVHN it falls from the beginning. The paper suspects that the network there is only just
# large enough, or that the training recipe does not suit its pruned versions
# ({cite:t}`ansuini2020investigating`, section 5.1).
