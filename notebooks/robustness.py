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
# # Does the reading hold?
#
# **Would other choices in measuring give another answer?**
#
# A similarity is not read off a network. Somebody chooses the images, how many, a threshold, a mean,
# a precision. None of these choices is about pruning. So none of them should decide the answer.
#
# Here kept networks are read again, and each time one choice is changed. The rest stays as in the
# study. Each reading is compared with the *base*: the setting of the study, or the nearest that was
# measured.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
from typing import NamedTuple

import numpy as np
import pandas as pd

from lib.report.figure import ABSENT, LayerFigure
from lib.report.format import number, signed
from lib.report.names import TITLES
from lib.report.page import open_study
from lib.report.results import PAPER_RESHAPE, ResultsError
from lib.report.style import VISIBLE, iteration_colours
from lib.report.tables import Table
from lib.report.values import RUN, u_depth

# %% tags=["remove-input"]
study = open_study(results)

# %% [markdown]
# ## What was read again
#
# A dash, here and below, stands for what was not measured in this study. `make study PROFILE=laptop`
# trains the networks, keeps them, and reads them in all the ways of this page.

# %% tags=["hide-input"]
# What is varied -> its name, the study's own setting, and what settings are called, in order.
AXES = {
    "images": ("Number of probe images", "", "{} images"),
    "draw": ("Other probe images", "0", "draw {}"),
    "split": ("Split of the probe images", "", {"test": "test images", "train": "training images"}),
    "threshold": ("Threshold of SVCCA", "0.99", "threshold {}"),
    "mean": (
        *("Definition of the mean", "plain"),
        {"plain": "the plain mean", "sum98": "the mean up to 98 % of the sum"},
    ),
    "debiased": (
        *("Biased or debiased CKA", "biased"),
        {"biased": "biased CKA", "debiased": "debiased CKA"},
    ),
    "precision": (
        *("Precision of the forward pass", "float32"),
        {name: name for name in ("float64", "float32", "bfloat16")},
    ),
    "leading": ("Without the leading components", "0", "{} removed"),
}
ORDER = ["mean_cca", "svcca", "pwcca", "cka", "cka_debiased", "nbs"]

if unknown := set(study.robustness.axis) - set(AXES):
    raise ResultsError(
        f"{study.folder} varies {unknown}: add it to AXES in notebooks/robustness.py"
    )


def say(axis, setting):
    words = AXES[axis][2]
    if isinstance(words, dict):
        return words[setting]
    return words.format(f"{int(setting):,}" if setting.isdigit() else setting)


def in_order(axis, settings):
    words = AXES[axis][2]
    return sorted(settings, key=list(words).index if isinstance(words, dict) else float)


def own_setting(axis, network, settings):
    """The study's own, or the nearest number."""
    own = AXES[axis][1] or str(study.settings(network)[f"probe_{axis}"])
    if own not in settings and isinstance(AXES[axis][2], dict):
        raise ResultsError(f"{study.folder} has no {own} of {axis} of {network} to compare with")
    return own if own in settings else min(settings, key=lambda x: abs(float(x) - float(own)))


class Reading(NamedTuple):
    """One metric of one network in the settings of one axis, mean over the runs."""

    order: list  # (layer, kind)
    base: str  # the setting that the others are compared with
    iterations: tuple  # first, last
    values: pd.DataFrame  # settings x layers, after the last iteration
    earlier: pd.Series  # by layer, at the base after the first iteration
    nulls: pd.Series  # by setting, mean over the hidden layers

    @property
    def hidden(self):
        return self.values[[layer for layer, kind in self.order if kind != "out"]]

    @property
    def common(self):
        """The hidden layers in which every setting that has values is defined."""
        return self.hidden.dropna(how="all").dropna(axis=1)

    @property
    def changes(self):
        return self.hidden.drop(index=self.base) - self.hidden.loc[self.base]


def read(axis, network, rows):
    settings = in_order(axis, rows.setting.unique())
    base = own_setting(axis, network, settings)
    order = rows.drop_duplicates("layer").sort_values("depth")[["layer", "kind"]]
    means = rows.groupby(["iteration", "setting", "layer"]).value.mean().unstack("layer")
    means = means.reindex(columns=order.layer)
    first, last = means.index.get_level_values("iteration")[[0, -1]]
    earlier = means.loc[first].reindex([base]).iloc[0]
    null = rows[(rows.iteration == last) & (rows.kind != "out")].groupby("setting").null_mean.mean()
    return Reading(
        list(order.itertuples(index=False, name=None)),
        base,
        (int(first), int(last)),
        means.loc[last].reindex(settings),
        earlier if first < last else earlier * np.nan,
        null.reindex(settings),
    )


cells = study.robustness.groupby(["experiment", "axis", "metric", "reshape"])
rank = {metric: place for place, metric in enumerate(ORDER)}
found = {
    key: reading
    for key, rows in sorted(cells, key=lambda cell: rank.get(cell[0][2], len(rank)))
    if (reading := read(key[1], key[0], rows)).changes.notna().any(axis=None)
}
# (network, axis, metric, reshape), a metric counts where it has values in the base and elsewhere
readings = {
    key: found[key]
    for network in study.experiments
    for axis in AXES
    for key in found
    if key[:2] == (network, axis)
}


def title(network, axis, metric, reshape):
    several = len({key[3] for key in readings if key[:3] == (network, axis, metric)}) > 1
    return TITLES.get(metric, metric) + (f", {reshape}" if several else "")


again = {}
for network in study.experiments:
    rows, setting = study.of(network, "robustness"), study.settings(network)
    split = setting["probe_split"]
    missing = [
        AXES[axis][0] for axis in AXES if not any(k[:2] == (network, axis) for k in readings)
    ]
    again[study.network(network)] = {
        "Pruning runs": str(len(rows[RUN].drop_duplicates())),
        "After iterations": ", ".join(map(str, sorted(rows.iteration.unique()))) or "-",
        "Images": f"{setting['probe_images']:,} of {setting[f'{split}_images']:,} {split} images",
        "Not varied": "; ".join(missing) or "-",
    }
Table.of(pd.DataFrame(again).T.rename_axis("Network"), cards=True)

# %% [markdown]
# ## The answer in short
#
# Three questions to each choice. How far does it move a value? Is that much, beside what pruning
# moves and what chance moves? And do the conclusions stand? Two of them are asked for: the "U" over
# the layers, and the difference between CKA and SVCCA. All of it is after the last iteration that was
# read again.
#
# *One layer* is the largest change of one hidden layer. *Mean* is the largest change averaged over the
# hidden layers. Beside it stand the change of the same reading from the first to the last iteration of
# pruning, and the most that another draw of images makes. A "U" or a difference counts if it is
# at least 0.05 in the base. It remains if every other setting has at least half of it, with the same
# sign.


# %% tags=["hide-input"]
def measures(key, reading):
    """How far one reading moves from its base."""
    sizes = reading.changes.abs()
    setting, mean = sizes.max(axis=1).idxmax(), sizes.mean(axis=1)
    layer = sizes.loc[setting].idxmax()
    base = reading.hidden.loc[reading.base]
    return {
        "largest": reading.changes.loc[setting, layer],
        "at": base[layer],
        "layer": layer,
        "setting": say(key[1], setting),
        "base": say(key[1], reading.base),
        "mean": mean.max(),
        "mean setting": say(key[1], mean.idxmax()),
        "pruning": (base - reading.earlier[base.index]).abs().mean(),
    }


moves = pd.DataFrame({key: measures(key, reading) for key, reading in readings.items()}).T
draws = {
    (network, metric, reshape): row["mean"]
    for (network, axis, metric, reshape), row in moves.iterrows()
    if axis == "draw"
}


def of_draws(key):
    return draws.get((key[0], *key[2:]), np.nan)


def depths(reading):
    """Depth of the "U" in each setting."""
    return u_depth(reading.common) if reading.common.size else pd.Series(dtype=float)


def contrast(axis, network):
    """CKA minus SVCCA in each setting, mean over the hidden layers; and the base.

    A metric that the axis does not vary stands as it is at the base of another axis.
    """
    keys = [(network, axis, metric, PAPER_RESHAPE[metric]) for metric in ("cka", "svcca")]
    varied = [readings[key] for key in keys if key in readings]
    if not varied:
        return pd.Series(dtype=float), ""
    settings = [name for name in varied[0].common.index if name in varied[-1].common.index]
    frames = []
    for key in keys:
        others = [
            readings[network, other, *key[2:]]
            for other in AXES
            if (network, other, *key[2:]) in readings
            and readings[network, other, *key[2:]].iterations[1] == varied[0].iterations[1]
        ]
        if key in readings:
            frames.append(readings[key].common.loc[settings])
        elif others:
            fixed = others[0].hidden.loc[others[0].base]
            frames.append(pd.DataFrame([fixed] * len(settings), index=settings))
        else:
            return pd.Series(dtype=float), ""
    cka, svcca = frames
    return (cka - svcca).dropna(axis=1).mean(axis=1).dropna(), varied[0].base


def kept(quantities):
    """In how many cases the base has enough to be seen, and the other settings keep half of it."""
    seen = {
        name: bool((values.drop(base) / values[base] >= 0.5).all())
        for name, (values, base) in quantities.items()
        if len(values) > 1 and abs(values.get(base, 0)) >= VISIBLE
    }
    lost = [name for name, stays in seen.items() if not stays]
    text = f"{len(seen) - len(lost)} of {len(seen)}" if seen else "none to be seen"
    return text + (f", not {', '.join(lost)}" if lost else "")


short = {}
for axis, (about, *_) in AXES.items():
    mine = moves[[key[1] == axis for key in moves.index]]
    if mine.empty:
        short[about] = {}
        continue
    one, mean = mine.largest.abs().astype(float).idxmax(), mine["mean"].astype(float).idxmax()
    names = {key: f"{title(*key)} of {study.network(key[0])}" for key in mine.index}
    row, other = mine.loc[one], mine.loc[mean]
    short[about] = {
        "One layer": f"{number(abs(row.largest))}: {names[one]} at {row.layer}, {number(row['at'])} "
        f"with {row.base}, {number(row['at'] + row.largest)} with {row.setting}",
        "Mean": f"{number(other['mean'])}: {names[mean]}, {other['mean setting']}",
        "Pruning": number(other.pruning),
        "Draws": number(of_draws(mean)) if axis != "draw" else "-",
        'The "U" remains': kept(
            {names[k]: (depths(readings[k]).dropna(), readings[k].base) for k in mine.index}
        ),
        "CKA minus SVCCA remains": kept(
            {study.network(x): contrast(axis, x) for x in study.experiments}
        ),
    }
table = pd.DataFrame.from_dict(short, orient="index").rename_axis("Varied").fillna("-")
Table.of(table if len(moves) else table.iloc[:0], cards=True, nothing=ABSENT)

# %% [markdown]
# The same as numbers. First the base, then in brackets the lowest and the highest of the other
# settings. The depth of the "U" tells how far the lowest hidden layer lies below the lower of the first
# and the last one. The difference is CKA minus SVCCA, mean over the hidden layers:


# %% tags=["hide-input"]
def span(values, base):
    if base not in values:
        return "-"
    others = values.drop(base)
    return f"{number(values[base])} ({number(others.min())} to {number(others.max())})"


rows = {}
for axis, (about, *_) in AXES.items():
    for network in [x for x in study.experiments if any(k[:2] == (x, axis) for k in readings)]:
        keys = {
            metric: (network, axis, metric, PAPER_RESHAPE[metric]) for metric in ("svcca", "cka")
        }
        rows[f"{about}, {study.network(network)}"] = {
            f'"U" of {TITLES[metric]}': span(depths(readings[key]).dropna(), readings[key].base)
            for metric, key in keys.items()
            if key in readings
        } | {"CKA \u2212 SVCCA": span(*contrast(axis, network))}
names = ['"U" of SVCCA', '"U" of CKA', "CKA \u2212 SVCCA"]
table = pd.DataFrame.from_dict(rows, orient="index").reindex(columns=names)
Table.of(table.astype(object).fillna("-").rename_axis("Varied"), nothing=ABSENT)

# %% [markdown]
# ## Choice by choice
#
# Each line is one setting, from light to dark. Where only one line is visible, the others lie below
# it. In the tables, a value is the mean over the hidden layers. *Last − first* is how far it moves from
# the first setting to the last; for draws, *Range* is how far the highest lies above the lowest. *Mean
# change* averages the size of the layers' changes, in the setting where this is largest. *Largest* is
# the largest change of one layer. For comparison: *Pruning* is the mean change from the first to the
# last iteration at the base, and *Draws* the mean change when other images are drawn. *Null* is the
# null of the first and of the last setting, where these differ.


# %% tags=["definitions", "hide-input"]
def draw(axis):
    mine = {key: reading for key, reading in readings.items() if key[1] == axis}
    settings = in_order(axis, {name for reading in mine.values() for name in reading.values.index})
    colours = dict(zip(settings, iteration_colours(len(settings) or 1), strict=False))
    bases = {reading.base for reading in mine.values()}
    figure = LayerFigure(f"robustness-{axis}", [], iterations=len(settings) or 1, small=True)
    for network in study.experiments if mine else ():
        figure.row(f"<b>{study.network(network)}</b>")
        if not any(key[0] == network for key in mine):
            figure.absent("", ABSENT)
        for key, reading in mine.items():
            if key[0] == network:
                axes = figure.panel(title(*key), order=reading.order)
                for setting, line in reading.values.iterrows():
                    label = say(axis, setting) + (" (base)" if setting in bases else "")
                    figure.draw(axes, line, label, color=colours[setting])
    return figure


def overview(axis):
    mine = {key: reading for key, reading in readings.items() if key[1] == axis}
    settings = in_order(axis, {name for reading in mine.values() for name in reading.values.index})
    rows = {}
    for key, reading in mine.items():
        means, row = reading.common.mean(axis=1), moves.loc[[key]].iloc[0]
        nulls = (
            [number(null) for null in reading.nulls.dropna().iloc[[0, -1]]]
            if reading.nulls.notna().any()
            else []
        )
        if axis == "draw":
            ends = {"Range": number(means.max() - means.min())}
        else:
            ends = {"Last \u2212 first": signed(means.iloc[-1] - means.iloc[0])}
        rows[f"{study.network(key[0])}, {title(*key)}"] = (
            {say(axis, name): number(means.get(name, np.nan)) for name in settings}
            | ends
            | {
                "Mean change": number(row["mean"]),
                "Largest": signed(row.largest),
                "Where": f"{row.layer}, {row.setting}",
                "Pruning": number(row.pruning),
                "Draws": number(of_draws(key)),
                "Null": " to ".join(nulls) if len(set(nulls)) > 1 else "-",
            }
        )
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("Reading")
    return Table.of(table, nothing=ABSENT)


# %% [markdown]
# ### How many images?
#
# Too few images, and chance agreement counts as similarity: the null is high. More images cost
# more time. How many are enough?

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-robustness-images", "caption": "Similarity by the number of probe images: after the last iteration, mean over the runs that were read again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
draw("images")

# %% tags=["hide-input"]
overview("images")

# %% [markdown]
# ### Which images?
#
# The same number of images, drawn again. This is the spread by chance. A change that is no larger
# need not mean anything. Where the probe is the whole split, every draw has the same images.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-robustness-draw", "caption": "Similarity on other probe images of the same number: after the last iteration, mean over the runs that were read again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
draw("draw")

# %% tags=["hide-input"]
overview("draw")

# %% [markdown]
# ### Test or training images?
#
# Both networks have seen the training images, and have learned their labels. That could make them
# more alike there.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-robustness-split", "caption": "Similarity on test images and on training images: after the last iteration, mean over the runs that were read again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
draw("split")

# %% tags=["hide-input"]
overview("split")

# %% [markdown]
# ### Which threshold of SVCCA?
#
# SVCCA keeps the leading principal directions of each layer, until they have a given share of the
# variance. A higher threshold keeps more directions, the faint ones too. CKA does not have it.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-robustness-threshold", "caption": "SVCCA by its threshold: after the last iteration, mean over the runs that were read again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
draw("threshold")

# %% tags=["hide-input"]
overview("threshold")

# %% [markdown]
# ### Which mean?
#
# Equation 3 of the paper averages all canonical correlations. A widely used library stops where the
# leading ones have 98 % of the sum {cite}`google2019svcca`. What it drops is low, so its mean is
# higher ({doc}`similarity_metrics`).

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-robustness-mean", "caption": "CCA by the definition of its mean: after the last iteration, mean over the runs that were read again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
draw("mean")

# %% tags=["hide-input"]
overview("mean")

# %% [markdown]
# ### Biased or debiased?
#
# With few images and many columns, plain CKA is high for any data. The debiased estimate corrects
# that. Where a layer has fewer columns, as on *gap*, there is less to correct.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-robustness-debiased", "caption": "CKA and debiased CKA on whole images (flat) and on channel means (gap): after the last iteration, mean over the runs that were read again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
draw("debiased")

# %% tags=["hide-input"]
overview("debiased")

# %% [markdown]
# ### Which precision?
#
# Networks run faster with fewer digits. Are the representations good enough for a comparison? Here
# only the forward pass changes, not the metric.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-robustness-precision", "caption": "Similarity by the precision of the forward pass: after the last iteration, mean over the runs that were read again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
draw("precision")

# %% tags=["hide-input"]
overview("precision")

# %% [markdown]
# ### Is it a few directions?
#
# CKA and NBS weigh a direction by its variance. A few strong directions may carry all of a high
# value {cite}`ding2021grounding`. So take the leading principal components away, on both sides, and
# compare what is left. This changes the question more than the way to measure.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-robustness-leading", "caption": "CKA and NBS without the leading principal components: after the last iteration, mean over the runs that were read again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
draw("leading")

# %% tags=["hide-input"]
overview("leading")

# %% [markdown]
# ## How to read it
#
# Look first at the draws. A change of that size is chance. Two draws share images, and the more so
# the larger the probe. So the spread between images that have nothing in common is larger.
#
# Then hold the change against pruning. A choice may move every value and leave the conclusion: if
# all layers move alike, the "U" stays. A choice that turns the difference between CKA and SVCCA
# around is part of the answer, and must be named with it.
#
# A change of the probe moves the null as well. A value that falls together with its null has lost
# chance agreement, not similarity.
#
# The lines show what the choices do to these networks. They are few. Another network may be more
# sensitive.
#
# ## What the paper reports
#
# The paper compares 5,000 data points, and does not name their split. It keeps 0.99 of the variance
# for SVCCA, and takes the plain mean of equation 3. It uses the biased CKA
# ({cite:t}`ansuini2020investigating`, sections 3 and 4). It does not vary these choices; this page
# does.
