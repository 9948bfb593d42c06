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
# # Where the contrast comes from
#
# **SVCCA says that pruned networks have become something else. CKA says that they hardly changed.
# How much of this contrast is in the metrics?**
#
# The paper's central finding is a contrast: SVCCA and PWCCA are low and draw a "U" over the layers,
# CKA is high and flat, and NBS lies between. Three things besides the metrics play a part in it.
#
# - **The reshape.** SVCCA sees positions as rows, CKA sees images as rows ({doc}`reshapes`).
# - **The floor.** Two networks that have nothing in common do not get 0. They get the null, which
#   differs from metric to metric.
# - **The training.** A pruned network was trained for longer than its complete one. That moves
#   representations too, and not by the same amount in each metric ({doc}`controls`).
#
# Each of them can be taken out. What is left with all three taken out belongs to the metrics.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
from itertools import chain, combinations, permutations

import numpy as np
import pandas as pd

from lib.report import values
from lib.report.contrast import FACTORS, PAIRS, bowl, contrast, decomposed, level
from lib.report.figure import PanelFigure
from lib.report.format import percent, signed, spread
from lib.report.names import METRICS
from lib.report.page import glue, open_study
from lib.report.style import INK, METRIC_STYLES
from lib.report.tables import Table

# %% tags=["remove-input"]
study = open_study(results)

# %% [markdown]
# ## The answer in short
#
# By how much SVCCA exceeds CKA after the last iteration, in two quantities: the mean distance from 1
# over the hidden layers, and the depth of the "U", which is how much lower the lowest hidden layer is
# than the lower of the first and the last one. *Metrics*, *Reshape*, *Floor* and *Training* are the
# parts, and add up to *In all*. The [next section](one-contrast-by-hand) shows how they are found.

# %% tags=["hide-input"]
QUANTITIES = {"mean distance from 1": level, 'depth of the "U"': bowl}
HEADS = {"contrast": "In all", "metric": "Metrics"} | {part: part.title() for part in FACTORS}

parts = pd.concat(
    {
        (quantity, network, *pair): decomposed(study, network, *pair, of)
        for quantity, of in QUANTITIES.items()
        for network in study.experiments
        for pair in PAIRS
    },
    names=["quantity", "network", "low", "high"],
).reindex(columns=HEADS)  # a row for each run; no numbers for what could not be taken out

by_pair = parts.groupby(level=["quantity", "network", "low", "high"], sort=False)
means = by_pair.mean()
short = means.xs(("svcca", "cka"), level=("low", "high")).rename(study.network, level="network")
Table.of(short.map(signed).rename(columns=HEADS).rename_axis(["Quantity", "Network"]))

# %% [markdown]
# A dash stands where a control or a matrix was not measured. Then the factor could not be taken out
# and is part of *Metrics*.
#
# (one-contrast-by-hand)=
# ## One contrast by hand
#
# The distance of a metric is 1 minus its value, after the last iteration. The contrast between two
# metrics is the difference of their mean distances over the hidden layers, or of the depths of their
# "U".
#
# - To take out the reshape, both metrics get the same matrix, with channels as columns.
# - To take out the floor, each layer's distance is divided by the distance of its null. Then
#   identical is 0 and chance is 1, in every metric.
# - To take out the training, the distance of a network that was trained again as often, but never
#   pruned, is subtracted, layer by layer.
#
# With three factors there are eight ways to take some of them out. For the first network, the
# contrast of SVCCA and CKA is then:

# %% tags=["hide-input"]
network, low, high, of = study.experiments[0], "svcca", "cka", level
factors = [part for part in FACTORS if part in decomposed(study, network, low, high)]

subsets = chain.from_iterable(combinations(factors, size) for size in range(len(factors) + 1))
left = {frozenset(out): contrast(study, network, low, high, out, of).mean() for out in subsets}
rows = {", ".join(part for part in factors if part in out) or "-": left[out] for out in left}
Table.of(pd.Series(rows, name="Contrast that is left").rename_axis("Taken out").to_frame(), 3)

# %% [markdown]
# What a factor contributes depends on what was taken out before it. So take them out in all possible
# orders, and note by how much the contrast falls at each step. The mean over the orders is the
# factor's part. This is the Shapley value {cite}`shapley1953value`.

# %% tags=["hide-input"]
falls = {}
for order in permutations(factors):
    before = [frozenset(order[:i]) for i in range(len(order))]
    falls[", then ".join(order) or "-"] = {
        factor: left[out] - left[out | {factor}] for factor, out in zip(order, before, strict=True)
    }
falls = pd.DataFrame(falls, index=factors).T
falls.loc["mean"] = falls.mean()
Table.of(falls.rename(columns=HEADS).rename_axis("Order"), 3)

# %% [markdown]
# ## The figures


# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-contrast", "caption": "The contrast between a metric that the paper finds low and one that it finds high, in mean distance from 1, and the parts that it consists of. A part to the right of 0 makes the contrast larger. Symbols are means over the runs, bars go from the lowest run to the highest."}}
def draw(name, quantity, pairs=(("svcca", "cka"), ("svcca", "nbs"))):
    shown = parts.loc[quantity].loc[lambda all: [index[1:3] in pairs for index in all.index]]
    ends = np.nanmin([0, *shown.min()]), np.nanmax([0, *shown.max()])
    margin = 0.06 * (ends[1] - ends[0] or 1)
    rows = np.arange(len(HEADS))
    figure = PanelFigure(name)
    for network in study.experiments:
        axes = figure.panel(study.network(network), left=0.24)
        for (low, high), offset in zip(pairs, (-0.14, 0.14), strict=True):
            look = {"color": METRIC_STYLES[high]["color"]}
            runs = shown.query("network == @network and low == @low and high == @high")
            axes.hlines(rows + offset, runs.min(), runs.max(), **look)
            axes.plot(
                runs.mean(),
                rows + offset,
                marker=METRIC_STYLES[high]["marker"],
                linestyle="",
                label=f"{METRICS[low]} against {METRICS[high]}",
                **look,
            )
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.axhline(0.5, color=INK, linewidth=0.5, alpha=0.4)
        axes.set_xlim(ends[0] - margin, ends[1] + margin)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_yticks(rows, HEADS.values())
        axes.grid(axis="x"), axes.grid(visible=False, axis="y")
        axes.set_xlabel(f"difference in {quantity}")
    return figure


draw("contrast-level", "mean distance from 1")

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-contrast-bowl", "caption": "The same of the depth of the U: how much lower the lowest hidden layer is than the lower of the two ends, by a metric that the paper finds low, minus the same by one that it finds high, and the parts of this difference."}}
draw("contrast-bowl", 'depth of the "U"')

# %% [markdown]
# ## The numbers
#
# Means over the runs, and their standard deviation. First the mean distance from 1:


# %% tags=["hide-input"]
def numbers(quantity):
    found, sd = means.loc[quantity], by_pair.std().loc[quantity]
    cells = {
        head: [spread(*pair, sign=True) for pair in zip(found[part], sd[part], strict=True)]
        for part, head in HEADS.items()
    }
    rows = [
        f"{study.network(network)}, {METRICS[low]} and {METRICS[high]}"
        for network, low, high in found.index
    ]
    table = pd.DataFrame(cells, index=pd.Index(rows, name="Contrast between"))
    return Table.of(table.assign(Runs=by_pair.size().loc[quantity].to_numpy()))


numbers("mean distance from 1")

# %% [markdown]
# Then the depth of the "U":

# %% tags=["hide-input"]
numbers('depth of the "U"')

# %% [markdown]
# ## Does it depend on the scale?
#
# The networks here are slimmer than the paper's. Would wider ones, or longer re-trainings, give
# another contrast? We can only go the other way, to narrower networks and briefer re-trainings. The
# table shows the contrasts with CKA in mean distance from 1, and the accuracy of the networks in
# which they were found, complete and after the last iteration:

# %% tags=["hide-input"]
rows = {}
for network in study.experiments:
    scales = values.scales(study, network)
    for experiment, words in scales.items() if len(scales) > 1 else ():
        accuracy = values.accuracy(study, experiment)["mean"]
        rows[f"{study.network(network)}, {words}"] = {
            "Complete": percent(accuracy.iloc[0]),
            "Pruned": percent(accuracy.iloc[-1]),
        } | {
            f"{METRICS[low]} and {METRICS[high]}": spread(runs.mean(), runs.std(), sign=True)
            for low, high in PAIRS[:2]
            for runs in [contrast(study, experiment, low, high)]
        }
table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network")
Table.of(table, nothing="No network was run at another scale.")

# %% [markdown]
# ## How to read it
#
# *Metrics* is the answer to the question on top. If it is near 0, the contrast says nothing about
# SVCCA and CKA as ideas: the same would have been found with one metric on two matrices. If it is
# near *In all*, the two metrics really see something else in the same networks.
#
# A negative part hides some of the contrast. A metric with a high floor, for instance, has little
# room to fall. Its values look close to 1, and dividing by that room brings the difference out or
# takes it away.
#
# Two cautions. The parts are those of one number for all layers, and single layers may behave
# otherwise. And the floor is one choice among several: it is the mean over mismatched images, not
# the value of untrained or of independent networks.

# %% tags=["remove-cell"]
# What the introduction and the conclusions quote.
QUOTED = {"svcca": ["contrast", "reshape", "training", "metric"], "pwcca": ["contrast", "metric"]}
for low, quoted in QUOTED.items() if "vgg16_bn" in study.experiments else ():
    found = decomposed(study, "vgg16_bn", low, "cka").mean()
    for part in quoted:
        text = signed(found[part]) if pd.notna(found.get(part)) else "(not measured)"
        glue(**{f"vgg16_bn_{low}_cka_{part}": text})
