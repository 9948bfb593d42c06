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
# # Does it matter how one measures?
#
# **Would we get another answer if we measured in another way?**
#
# Measuring a similarity involves choices: which images and how many, a threshold, a mean, a precision.
# None of these choices is about pruning, so none of them should decide the answer.
#
# Here the trained networks, which were kept, are measured again, with one choice changed at a time. The result is compared
# with that of the study's own setting, or of the nearest one that was measured.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
from itertools import product
from typing import NamedTuple

import pandas as pd
from IPython.display import Markdown

from lib.analyses.robustness.tables import ROBUSTNESS
from lib.book.report.figure import ABSENT, LayerFigure, PanelFigure
from lib.book.report.format import count, number, plain, signed
from lib.book.report.names import METRICS, enumerate_words, metric_titles
from lib.book.report.page import glue, open_study
from lib.book.report.results import PAPER_RESHAPE, ResultsError
from lib.book.report.style import INK, METRIC_STYLES, VISIBLE, iteration_colours
from lib.book.report.tables import Table
from lib.book.report.values import RUN, u_depth

# %% tags=["remove-input"]
study = open_study(results)
TITLES = metric_titles()

# %% [markdown]
# ## What we find


# %% tags=["hide-input"]
class Axis(NamedTuple):
    """A choice that is varied, and the names of its settings."""

    title: str
    own: str  # the study's own setting; empty where each experiment has its own
    names: str | dict[str, str]  # a pattern for numbers, {setting: name} for anything else

    def name(self, setting):
        if isinstance(self.names, dict):
            return self.names[setting]
        return self.names.format(f"{int(setting):,}" if setting.isdigit() else setting)

    def place(self, setting):
        """By which the settings are sorted."""
        if isinstance(self.names, dict):
            return list(self.names).index(setting)
        return float(setting)


SPLITS = {"test": "test images", "train": "training images"}
MEANS = {"plain": "the plain mean", "sum98": "the mean up to 98 % of the sum"}
ESTIMATES = {"biased": "biased CKA", "debiased": "debiased CKA"}
PRECISIONS = {name: name for name in ("float64", "float32", "bfloat16")}
AXES = {
    "images": Axis("Number of probe images", "", "{} images"),
    "draw": Axis("Other probe images", "0", "draw {}"),
    "split": Axis("Split of the probe images", "", SPLITS),
    "threshold": Axis("Threshold of SVCCA", "0.99", "threshold {}"),
    "mean": Axis("Definition of the mean", "plain", MEANS),
    "debiased": Axis("Biased or debiased CKA", "biased", ESTIMATES),
    "precision": Axis("Precision of the forward pass", "float32", PRECISIONS),
    "leading": Axis("Leading components removed", "0", "{} removed"),
}


# A reading: one metric of one network in all settings of one axis.
READING = ["experiment", "axis", "metric", "reshape"]

rows = study.table(ROBUSTNESS)
rows = rows[rows.experiment.isin(study.experiments)]
if unknown := set(rows.axis) - set(AXES):
    raise ResultsError(
        f"{study.folder} varies {unknown}: add it to AXES in notebooks/robustness.py"
    )
rows = rows.assign(place=[AXES[a].place(s) for a, s in zip(rows.axis, rows.setting, strict=True)])
metrics = ["mean_cca", "svcca", "pwcca", "cka", "cka_debiased", "nbs"]
metrics += sorted(set(rows.metric) - set(metrics))
order = {"experiment": study.experiments, "axis": list(AXES), "metric": metrics}
rows = rows.sort_values(
    [*READING, "place", "depth"],
    key=lambda column: column.map(order[column.name].index) if column.name in order else column,
)


def base_setting(axis, network, settings):
    """The study's own setting, or the nearest number."""
    own = AXES[axis].own or str(study.settings(network)[f"probe_{axis}"])
    if own in settings:
        return own
    if isinstance(AXES[axis].names, dict):
        raise ResultsError(f"{study.folder} has no {own} of {axis} of {network} to compare with")
    return min(settings, key=lambda setting: abs(float(setting) - float(own)))


settings = rows.groupby(READING).setting.unique()
bases = {of: base_setting(of[1], of[0], measured) for of, measured in settings.items()}
rows["base"] = [bases[of] for of in rows[READING].itertuples(index=False, name=None)]


key = [*READING, "setting", "base", "place", "layer", "kind", "depth", "iteration"]
over_runs = rows.groupby(key, sort=False)[["value", "null_mean"]].mean().reset_index()
iterations = over_runs.groupby(READING).iteration
last = over_runs.iteration == iterations.transform("max")
first = (over_runs.iteration == iterations.transform("min")) & ~last
at_base = over_runs.setting == over_runs.base

# Beside each value after the last iteration, the layer's value at the base, then and after the first.
layer = [*READING, "layer"]
readings = over_runs[last]
for name, chosen in {"at_base": at_base & last, "at_first": at_base & first}.items():
    there = over_runs[chosen][[*layer, "value"]].rename(columns={"value": name})
    readings = readings.merge(there, "left", on=layer)
readings["change"] = readings.value - readings.at_base

# A metric counts where it has values at the base and elsewhere.
both = readings.change.notna() & (readings.kind != "out") & (readings.setting != readings.base)
readings = readings[readings.assign(both=both).groupby(READING).both.transform("any")]
several = readings.groupby(["experiment", "axis", "metric"]).reshape.transform("nunique") > 1
names = readings.metric.map(lambda metric: TITLES.get(metric, metric))
readings["title"] = names + (", " + readings.reshape).where(several, "")


hidden = readings[readings.kind != "out"]
others = hidden[hidden.setting != hidden.base]
others = others.assign(distance=others.change.abs())


def furthest(rows):
    """The row of each reading with the largest distance."""
    return rows.loc[rows.groupby(READING, sort=False).distance.idxmax()].set_index(READING)


moves = furthest(others)
over_layers = others.groupby([*READING, "setting"], sort=False).distance.mean().reset_index()
moves["mean"] = furthest(over_layers).distance

base = hidden[hidden.setting == hidden.base]
base = base.assign(distance=(base.value - base.at_first).abs())
moves["pruning"] = base.groupby(READING).distance.mean()
draws = moves["mean"][moves.index.get_level_values("axis") == "draw"].droplevel("axis")
moves["draws"] = draws.reindex(moves.index.droplevel("axis")).to_numpy()


# A layer that is undefined in one setting counts in none: a mean would change because its layers
# do. A setting without any value does not count.
common = hidden.assign(defined=hidden.value.notna())
common = common[common.groupby([*READING, "setting"]).defined.transform("any")]
common = common[common.groupby(layer).defined.transform("all")]


def u_depths(reading):
    """Depth of the "U" in each setting; and the base."""
    if reading.empty:
        return pd.Series(dtype=float), ""
    curves = reading.pivot(index="setting", columns="depth", values="value")
    return u_depth(curves), reading.base.iloc[0]


def of_paper(rows, network, metric):
    """The rows of a metric on the matrix that the paper gives it."""
    chosen = (rows.metric == metric) & (rows.reshape == PAPER_RESHAPE[metric])
    return rows[chosen & (rows.experiment == network)]


def contrast(axis, network):
    """CKA minus SVCCA in each setting, mean over the hidden layers; and the base.

    A metric that the axis does not vary has its value at the base of another axis.
    """
    curves, bases = {}, []
    for metric in ("cka", "svcca"):
        varied = of_paper(common[common.axis == axis], network, metric)
        curves[metric] = varied.pivot(index="setting", columns="depth", values="value")
        if varied.empty:
            fixed = of_paper(base, network, metric).drop_duplicates("layer")
            curves[metric] = fixed.set_index("depth").value
        bases += varied.base.tolist()[:1]
    if not bases:
        return pd.Series(dtype=float), ""
    differences = (curves["cka"] - curves["svcca"]).dropna(how="all").dropna(axis=1)
    return differences.mean(axis=1), bases[0]


def half_stays(quantities):
    """Whether every other setting keeps half of what the study's own setting has.

    Args:
        quantities: name -> its value in each setting, and the study's own setting.

    Returns:
        Of those names alone whose value is large enough to be seen.
    """
    return {
        name: bool((values.drop(base) / values[base] >= 0.5).all())
        for name, (values, base) in quantities.items()
        if len(values) > 1 and abs(values.get(base, 0)) >= VISIBLE
    }


# %% tags=["remove-input"]
FOUR = ("svcca", "pwcca", "cka", "nbs")
WORDS = {
    "images": "the number of probe images",
    "draw": "the draw of these images",
    "split": "the split that they come from",
    "threshold": "the threshold of SVCCA",
    "mean": "the definition of the mean",
    "debiased": "the bias of CKA",
    "precision": "the precision of the forward pass",
    "leading": "removing the leading components",
}
MATTERS = {
    "none": "**No.** None of {n} moves one of the paper's four metrics by {visible} or more, on average over the hidden layers: "
    "{quiet}.",
    "some": "**That depends on the choice.** {few} of {n} move none of the paper's four metrics by {visible} or more, on average "
    "over the hidden layers: {quiet}. But {loud}.",
    "all": "**Yes.** Every choice can move one of the paper's four metrics by {visible} or more, on average over the hidden "
    "layers: {loud}.",
}
STANDS = {
    True: "That CKA exceeds SVCCA depends on none of them: at least half of the difference remains.",
    False: "At least half of the difference between CKA and SVCCA remains under all of these choices, except "
    "with {lost}.",
}

ours = moves.reset_index()
ours = ours[ours.metric.isin(FOUR) & (ours.reshape == ours.metric.map(PAPER_RESHAPE))]
most = ours.loc[ours.groupby("axis")["mean"].idxmax()].set_index("axis")
most = most.reindex([axis for axis in AXES if axis in most.index])
loud = most[most["mean"] >= VISIBLE].sort_values("mean", ascending=False)
fill = {
    "n": count(len(most), "choice"),
    "few": len(most) - len(loud),
    "visible": VISIBLE,
    "quiet": enumerate_words([WORDS[axis] for axis in most.index if axis not in loud.index]),
    "loud": enumerate_words(
        [
            f"{WORDS[axis]} moves {METRICS[row.metric]} of {plain(study.network(row.experiment))} by "
            f"{number(row['mean'])}"
            for axis, row in loud.iterrows()
        ]
    ),
}
lost, exceeds = {}, []
for axis in AXES:
    for network in study.experiments:
        excess, own = contrast(axis, network)
        exceeds += [excess[own]] if own in excess else []
    stays = half_stays({network: contrast(axis, network) for network in study.experiments})
    if gone := [plain(study.network(network)) for network, stayed in stays.items() if not stayed]:
        lost[axis] = f"{WORDS[axis]} (in {enumerate_words(gone)})"
matters = "none" if loud.empty else "some" if len(loud) < len(most) else "all"
stands = STANDS[not lost].format(lost=" and ".join(lost.values()))
stands = stands if min(exceeds, default=0) >= VISIBLE else "CKA does not visibly exceed SVCCA."
finding = f"{MATTERS[matters].format(**fill)} {stands}"
glue(robustness=finding.replace("*", "").replace("\\", "") if len(most) else "")
Markdown(finding if len(most) else ABSENT)

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-robustness", "caption": "By how much a choice changes a similarity: mean over the hidden layers, in the setting where it is largest, after the last iteration. Each of the paper's metrics, on the matrix that the paper gives it, has a mark of its own. The open marks in the last row are for comparison: how far the same metric moves from the first to the last iteration of pruning."}}
by_pruning = "Pruning, for comparison"
figure = PanelFigure("robustness")
for network in study.experiments if len(ours) else ():
    axes = figure.panel(study.network(network), left=0.57)
    titles = [*(about.title for about in AXES.values()), by_pruning]
    for metric, shift in zip(FOUR, (-0.24, -0.08, 0.08, 0.24), strict=True):
        mine = ours[(ours.experiment == network) & (ours.metric == metric)]
        look = {"color": METRIC_STYLES[metric]["color"], "marker": METRIC_STYLES[metric]["marker"]}
        distance = mine.set_index("axis")["mean"].reindex(AXES)
        rows_at = [row + shift for row in range(len(titles))]
        options = {"linestyle": "", "markersize": 4.5, **look}
        axes.plot(distance, rows_at[:-1], label=METRICS[metric], **options)
        axes.plot(mine.pruning.mean(), rows_at[-1], markerfacecolor="none", **options)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.axhline(len(titles) - 1.5, color=INK, linewidth=0.5)
    axes.set_ylim(len(titles) - 0.5, -0.5)
    axes.set_yticks(range(len(titles)), titles)
    axes.grid(axis="x"), axes.grid(visible=False, axis="y")
    axes.set_xlabel("mean change")
figure

# %% [markdown]
# ## What was measured again
#
# `make study PROFILE=laptop` trains the networks, keeps them, and measures them in all the ways of this
# page. A dash, here and below, means that something was not measured.

# %% tags=["hide-input"]
again = {}
for network in study.experiments:
    rows_of, own = study.of(network, ROBUSTNESS), study.settings(network)
    split = own["probe_split"]
    varied = set(readings.axis[readings.experiment == network])
    again[study.network(network)] = {
        "Pruning runs": str(len(rows_of[RUN].drop_duplicates())),
        "After iterations": ", ".join(map(str, sorted(rows_of.iteration.unique()))) or "-",
        "Images": f"{own['probe_images']:,} of {own[f'{split}_images']:,} {split} images",
        "Not varied": "; ".join(AXES[axis].title for axis in AXES if axis not in varied) or "-",
    }
Table.of(pd.DataFrame(again).T.rename_axis("Network"), cards=True)

# %% [markdown]
# ## The conclusions
#
# For each choice we ask how far it moves a value, whether that is much compared with what pruning and
# chance do, and whether two conclusions stand: the "U" over the layers, and the difference between CKA
# and SVCCA. All numbers are from the last iteration that was measured again.
#
# *One layer* is the largest change of a single hidden layer, and *Mean* the largest change averaged
# over the hidden layers. For the same metric and network, *Pruning* is the change from the first to the
# last iteration, and *Draws* the largest that another draw of images makes. A "U" or a difference is
# tested if it is at least 0.05 in the study's own setting. It remains if every other setting has at
# least half of it, with the same sign.


# %% tags=["hide-input"]
def remains(quantities):
    """In how many cases the other settings keep half of what the study's own setting has."""
    seen = half_stays(quantities)
    lost = [name for name, stays in seen.items() if not stays]
    text = f"{len(seen) - len(lost)} of {len(seen)}" if seen else "none to be seen"
    return text + (f", not {', '.join(lost)}" if lost else "")


def name_of(move):
    return f"{move.title} of {study.network(move.name[0])}"


short = {}
for axis, about in AXES.items():
    mine = moves[moves.index.get_level_values("axis") == axis]
    if mine.empty:
        short[about.title] = {}
        continue
    one, mean = mine.loc[mine.distance.idxmax()], mine.loc[mine["mean"].idxmax()]
    curves = common[common.axis == axis].groupby(["experiment", "title"], sort=False)
    short[about.title] = {
        "One layer": f"{number(one.distance)}: {name_of(one)} at {one.layer}",
        "Mean": f"{number(mean['mean'])}: {name_of(mean)}",
        "Pruning": number(mean.pruning),
        "Draws": number(mean.draws) if axis != "draw" else "-",
        'The "U" remains': remains(
            {f"{title} of {study.network(x)}": u_depths(curve) for (x, title), curve in curves}
        ),
        "CKA minus SVCCA remains": remains(
            {study.network(network): contrast(axis, network) for network in study.experiments}
        ),
    }
table = pd.DataFrame.from_dict(short, orient="index").rename_axis("Varied").fillna("-")
Table.of(table if len(moves) else table.iloc[:0], cards=True, nothing=ABSENT)

# %% [markdown]
# The same in numbers: first the study's own setting, then in brackets the lowest and the highest of the
# others. The depth of the "U" is how far the lowest hidden layer lies below the lower of the
# first and the last one. The difference is CKA minus SVCCA, mean over the hidden layers:


# %% tags=["hide-input", "hide-output"]
def span(values, base):
    if pd.isna(values.get(base)):
        return "-"
    others = values.drop(base)
    return f"{number(values[base])} ({number(others.min())} to {number(others.max())})"


spans = {}
for axis, network in product(AXES, study.experiments):
    mine = common[(common.axis == axis) & (common.experiment == network)]
    if len(mine):
        spans[f"{AXES[axis].title}, {study.network(network)}"] = {
            '"U" of SVCCA': span(*u_depths(of_paper(mine, network, "svcca"))),
            '"U" of CKA': span(*u_depths(of_paper(mine, network, "cka"))),
            "CKA \u2212 SVCCA": span(*contrast(axis, network)),
        }
table = pd.DataFrame.from_dict(spans, orient="index")
Table.of(table.rename_axis("Varied"), nothing=ABSENT)

# %% [markdown]
# ## Choice by choice
#
# Each line is one setting, from light to dark. Where only one line is visible, it covers the others.
# In the tables, a value is the mean over the hidden layers. *Mean change* averages the size of the
# layers' changes, in the setting where this is largest. *Largest* is the largest change of one layer.
# *Null* is the null of the first and of the last setting, where these differ.


# %% tags=["definitions", "hide-input"]
def draw(axis):
    """A panel for each metric of each network, a line for each setting."""
    mine = readings[readings.axis == axis]
    settings = mine.sort_values("place").setting.unique()
    colours = dict(zip(settings, iteration_colours(len(settings) or 1), strict=False))
    figure = LayerFigure(f"robustness-{axis}", [], iterations=len(settings) or 1, small=True)
    for network in study.experiments if len(mine) else ():
        figure.row(study.network(network))
        of_network = mine[mine.experiment == network]
        if of_network.empty:
            figure.absent("", ABSENT)
        for title, reading in of_network.groupby("title", sort=False):
            layers = reading[["layer", "kind"]].drop_duplicates()
            axes = figure.panel(title, order=list(layers.itertuples(index=False, name=None)))
            for setting, line in reading.groupby("setting", sort=False):
                label = AXES[axis].name(setting) + (
                    " (as in the study)" if setting in set(mine.base) else ""
                )
                figure.draw(axes, line.value, label, color=colours[setting])
    return figure


# %% tags=["definitions", "hide-input"]
def by_setting(rows, column):
    """Mean over the layers: a row for each reading, a column for each setting."""
    means = rows.groupby([*READING, "setting"], sort=False)[column].mean().unstack("setting")
    return means.reindex(columns=rows.sort_values("place").setting.unique())


def ends(means):
    """The values in the first and in the last setting."""
    return means.bfill(axis=1).iloc[:, 0], means.ffill(axis=1).iloc[:, -1]


def overview(axis):
    """The table of the readings of an axis."""
    mine = moves[moves.index.get_level_values("axis") == axis]
    if mine.empty:
        return Table.of(pd.DataFrame(), nothing=ABSENT)
    means = by_setting(common[common.axis == axis], "value").reindex(mine.index)
    nulls = by_setting(hidden[hidden.axis == axis], "null_mean").reindex(mine.index)
    table = means.map(number).rename(columns=AXES[axis].name)
    table["Mean change"] = mine["mean"].map(number)
    where = mine.layer + ", " + mine.setting.map(AXES[axis].name)
    table["Largest"] = mine.change.map(signed) + " at " + where
    first, last = (null.map(number) for null in ends(nulls))
    table["Null"] = (first + " to " + last).where(first != last, "-")
    table.index = mine.index.get_level_values("experiment").map(study.network) + ", " + mine.title
    return Table.of(table.rename_axis("Metric"), nothing=ABSENT)


# %% [markdown]
# ### How many images?
#
# With too few images, chance agreement passes for similarity, and the null is high. More images take more
# time.

# %% tags=["hide-input", "hide-output"] mystnb={"figure": {"name": "fig-robustness-images", "caption": "Similarity by the number of probe images: after the last iteration, mean over the runs that were measured again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
draw("images")

# %% tags=["hide-input", "hide-output"]
overview("images")

# %% [markdown]
# ### Which images?
#
# The same number of images is drawn again. A change no larger than that between draws need not mean
# anything. Where the probe images are all images of the split, every draw is the same.

# %% tags=["hide-input", "hide-output"] mystnb={"figure": {"name": "fig-robustness-draw", "caption": "Similarity on other probe images of the same number: after the last iteration, mean over the runs that were measured again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
draw("draw")

# %% tags=["hide-input", "hide-output"]
overview("draw")

# %% [markdown]
# ### Test or training images?
#
# Both networks have seen the training images, and have learned their labels. That could make them
# more alike there.

# %% tags=["hide-input", "hide-output"] mystnb={"figure": {"name": "fig-robustness-split", "caption": "Similarity on test images and on training images: after the last iteration, mean over the runs that were measured again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
draw("split")

# %% tags=["hide-input", "hide-output"]
overview("split")

# %% [markdown]
# ### Which threshold of SVCCA?
#
# SVCCA keeps the leading principal directions of each layer, until they have a given share of the
# variance. A higher threshold keeps more directions, the faint ones too. CKA has no threshold.

# %% tags=["hide-input", "hide-output"] mystnb={"figure": {"name": "fig-robustness-threshold", "caption": "SVCCA by its threshold: after the last iteration, mean over the runs that were measured again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
draw("threshold")

# %% tags=["hide-input", "hide-output"]
overview("threshold")

# %% [markdown]
# ### Which mean?
#
# Equation 3 of the paper averages all canonical correlations. A widely used library stops where the
# leading ones have 98 % of the sum {cite}`google2019svcca`. What it drops is low, so its mean is
# higher ({doc}`similarity_metrics`).

# %% tags=["hide-input", "hide-output"] mystnb={"figure": {"name": "fig-robustness-mean", "caption": "CCA by the definition of its mean: after the last iteration, mean over the runs that were measured again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
draw("mean")

# %% tags=["hide-input", "hide-output"]
overview("mean")

# %% [markdown]
# ### Biased or debiased?
#
# With few images and many columns, plain CKA is high for any data. The debiased estimate corrects
# that. Where a layer has fewer columns, as with the means over positions (*gap*), there is less to
# correct.

# %% tags=["hide-input", "hide-output"] mystnb={"figure": {"name": "fig-robustness-debiased", "caption": "CKA and debiased CKA on whole images (flat) and on channel means (gap): after the last iteration, mean over the runs that were measured again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
draw("debiased")

# %% tags=["hide-input", "hide-output"]
overview("debiased")

# %% [markdown]
# ### Which precision?
#
# Networks run faster at lower precision. Are the representations then still good enough for a
# comparison? Here only the forward pass changes, not the metric.

# %% tags=["hide-input", "hide-output"] mystnb={"figure": {"name": "fig-robustness-precision", "caption": "Similarity by the precision of the forward pass: after the last iteration, mean over the runs that were measured again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
draw("precision")

# %% tags=["hide-input", "hide-output"]
overview("precision")

# %% [markdown]
# ### Is it a few directions?
#
# CKA and NBS weigh a direction by its variance. A few strong directions may carry all of a high
# value {cite}`ding2021grounding`. Here the leading principal components are removed on both sides, and
# the rest is compared. This changes the question, and not only how it is measured.

# %% tags=["hide-input", "hide-output"] mystnb={"figure": {"name": "fig-robustness-leading", "caption": "CKA and NBS without the leading principal components: after the last iteration, mean over the runs that were measured again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
draw("leading")

# %% tags=["hide-input", "hide-output"]
overview("leading")

# %% [markdown]
# ## How to read it
#
# Look first at the draws. A change of that size may be chance. Two draws share images, the more so the
# larger the probe, so the spread between sets without common images is larger.
#
# Then compare the change with that caused by pruning. A choice may move every value and leave the
# conclusion as it is: if all layers move alike, the "U" stays. A choice that reverses the difference
# between CKA and SVCCA is part of the answer, and must be named with it.
#
# A change of the probe moves the null as well. If a value falls together with its null, what it has
# lost is chance agreement, not similarity.
#
# All this is about these few networks. Another network may be more sensitive.
#
# ## What the paper reports
#
# The paper compares 5,000 data points, and does not name their split. It keeps 0.99 of the variance
# for SVCCA, and takes the plain mean of equation 3. It uses the biased CKA
# ({cite:t}`ansuini2020investigating`, sections 3 and 4). It does not vary these choices.
