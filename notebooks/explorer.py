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
# # The explorer
#
# **What does this metric say, in that network, at this point of the pruning?**
#
# Choose a network, a scale, a metric and a matrix, and move the slider from the first iteration to the last. The solid line is the pruned
# network at that iteration; the band around it is the 95 % interval over complete networks, which a
# single network does not have. The thin, pale lines are all other iterations. Controls are shown at the
# same iteration, where they were measured. *Shuffled images* are the null, after the last iteration: its
# mean in each layer, and, for *any layer*, the value that the highest of all layers exceeds by
# chance in at most one case in twenty. Point at a layer for its numbers. The address of the page keeps the choice, so a link
# leads back to it.

# %% tags=["parameters"]
results = "results"
full_scale = "results/full_scale"

# %% tags=["remove-input"]
from lib.book.report.page import glue, open_study

study = open_study(results)

# %% [markdown]
# ```{glue} explorer
# ```

# %% tags=["remove-cell"]
import json

import altair as alt
import pandas as pd
from IPython.display import HTML
from scipy import stats

from lib.book.report.names import METRICS, SCALES
from lib.book.report.results import results_if_any
from lib.book.report.statistics import CONFIDENCE
from lib.book.report.style import KIND_COLOURS, LAST, METRIC_STYLES
from lib.book.report.tables import Table

# %% [markdown]
# ## What is behind it
#
# A value is the mean over complete networks, each of which counts with the mean over its runs. The table counts the
# lines to choose from, one for each metric and matrix:

# %% tags=["hide-input"]
SHOWN = ("svcca", "pwcca", "cka", "nbs")
MATRICES = {
    "channels": "positions x channels",
    "flat": "images x all outputs",
    "gap": "images x means of channels",
}
PRUNED, INDEPENDENT = "pruned", "trained independently"
NULL, HIGHEST = "shuffled images", "shuffled images, any layer"
NULLS = {NULL: "null_mean", HIGHEST: "null_max"}
CONTROLS = {
    "trained_on": "trained as long, never pruned",
    "random_masks": "random masks",
    "independent": INDEPENDENT,
}
OWN, FULL = "as in this study", "the paper's width"
LINE = ["network", "scale", "metric", "matrix", "line"]


def experiments(study, own_scale):
    """(experiment, network, scale, line) of everything to show."""
    for network in study.experiments:
        scales = {network: own_scale} | {f"{network}_{s}": SCALES[s].lower() for s in SCALES}
        for name, scale in scales.items():
            lines = {name: PRUNED} | {f"{name}_{c}": line for c, line in CONTROLS.items()}
            for experiment, line in lines.items():
                if experiment in study:
                    yield experiment, study.network(network), scale, line


def lines_of(study, own_scale):
    """A row for each line: layers, iterations, and for each iteration a list over the layers."""
    names = ["experiment", "network", "scale", "line"]
    shown = pd.DataFrame(experiments(study, own_scale), columns=names)
    rows = study.similarity[study.similarity.metric.isin(SHOWN)].merge(shown, on="experiment")
    rows["matrix"] = rows.reshape.map(MATRICES)
    last = rows.iteration.eq(rows.groupby("experiment").iteration.transform("max"))
    null = rows[last & rows.line.eq(PRUNED)]
    nulls = [null.assign(line=line, value=null[column]) for line, column in NULLS.items()]
    rows = pd.concat([rows, *nulls])
    rows["metric"] = rows.metric.map(METRICS)
    # the mean over pairs of networks, not over their first ones
    pairs = rows.line.eq(INDEPENDENT)
    rows.loc[pairs, "train_seed"] = rows.groupby(["train_seed", "prune_seed"]).ngroup()[pairs]
    key = [*LINE, "iteration", "depth", "layer"]
    over = rows.groupby([*key, "train_seed"], sort=False).value.mean()
    over = over.groupby(key, sort=False).agg(["mean", "sem", "count"]).reset_index()
    half = over["sem"] * stats.t.ppf((1 + CONFIDENCE) / 2, over["count"] - 1)
    half = half.where(over.line == PRUNED)  # controls have theirs on their own page
    over = over.assign(value=over["mean"], low=over["mean"] - half, high=over["mean"] + half)
    return [
        dict(zip(LINE, names, strict=True)) | over_iterations(line)
        for names, line in over.groupby(LINE, sort=False)
        if line.value.notna().any()
    ]


def over_iterations(line):
    wide = line.pivot(index="iteration", columns=["depth", "layer"]).sort_index(axis="columns")
    found = {name: [rounded(row) for row in wide[name].to_numpy()] for name in OVER_LAYERS[1:]}
    layers = wide["value"].columns.get_level_values("layer")
    return {"iteration": [*map(int, wide.index)], "layer": [*layers], **found}


def rounded(numbers):
    """Three decimals; None where undefined, and nothing at all if that is everywhere."""
    known = [None if pd.isna(number) else round(float(number), 3) for number in numbers]
    return known if any(number is not None for number in known) else []


OVER_LAYERS = ["layer", "value", "low", "high"]
lines = lines_of(study, OWN) + lines_of(results_if_any(full_scale), FULL)
iterations = max(max(line["iteration"]) for line in lines)
shown = pd.DataFrame(lines).groupby(["network", "scale", "line"], sort=False).size()
counts = shown.unstack("line").fillna(0).astype(int).rename_axis(["Network", "Scale"])
Table.of(counts, cards=True)


# %% [markdown]
# The chart is drawn by Vega-Altair. Its choices are parameters, and the lines are filtered by them:


# %% tags=["hide-input"]
def choice(name, options):
    options = [option for option in options if option in {line[name.lower()] for line in lines}]
    return alt.param(
        name=name, value=options[0], bind=alt.binding_select(options=options, name=f"{name} ")
    )


choices = [
    choice("Network", [study.network(network) for network in study.experiments]),
    choice("Scale", [OWN, *(words.lower() for words in SCALES.values()), FULL]),
    choice("Metric", [METRICS[metric] for metric in SHOWN]),
    choice("Matrix", MATRICES.values()),
]
iteration = alt.param(
    name="Iteration",
    value=iterations,
    bind=alt.binding_range(min=1, max=iterations, step=1, name="Iteration "),
)
COLOURS = {
    PRUNED: LAST,
    "trained as long, never pruned": METRIC_STYLES["cosine"]["color"],
    "random masks": METRIC_STYLES["cka"]["color"],
    INDEPENDENT: KIND_COLOURS["add"],
    NULL: "#6e7781",
    HIGHEST: "#a8480c",
}
DASHES = {
    PRUNED: [],
    **dict(zip([*COLOURS][1:], [[6, 3], [8, 2, 2, 2], [2, 3], [4, 4], [1, 2]], strict=True)),
}

chosen = alt.Chart(alt.InlineData(lines), width="container", height=320)
for one in choices:
    chosen = chosen.transform_filter(alt.datum[one.name.lower()] == one)
chosen = chosen.transform_flatten(["iteration", *OVER_LAYERS[1:]])
always = (alt.datum.line == INDEPENDENT) | (alt.datum.line == NULL) | (alt.datum.line == HIGHEST)
now = (alt.datum.iteration == iteration) | always
x = alt.X("layer:O", sort=None, title=None)
y = alt.Y("value:Q", scale=alt.Scale(domain=[0, 1]), title="similarity to the complete network")
colour = alt.Color("line:N", scale=alt.Scale(domain=[*COLOURS], range=[*COLOURS.values()]))
pale = (
    chosen.transform_filter(alt.datum.line == PRUNED)
    .transform_flatten(OVER_LAYERS)
    .mark_line(opacity=0.55, strokeWidth=0.7, color=LAST)
    .encode(x, y, detail="iteration:O")
)
band = (
    chosen.transform_filter((alt.datum.line == PRUNED) & now)
    .transform_flatten(OVER_LAYERS)
    .mark_area(opacity=0.25, color=LAST, clip=True)
    .encode(x, alt.Y("low:Q"), alt.Y2("high:Q"))
)
shown = (
    chosen.transform_filter(now)
    .transform_flatten(OVER_LAYERS)
    .mark_line(point=True, strokeWidth=2)
    .encode(
        x,
        y,
        colour.legend(title=None, orient="top", columns=2, labelLimit=160),
        alt.StrokeDash(
            "line:N", scale=alt.Scale(domain=[*DASHES], range=[*DASHES.values()]), legend=None
        ),
        tooltip=["layer:N", "line:N", "value:Q", "low:Q", "high:Q"],
    )
)
chart = (pale + band + shown).add_params(*choices, iteration)
spec = chart.configure_view(stroke=None).to_dict(validate=True)

# %% tags=["remove-cell"]
EXPLORER = """<div id="explorer" role="group" aria-label="Similarity over the layers"></div>
<p id="explorer-said" aria-live="polite"></p>
<details><summary>The lines that are shown, as a table</summary><div id="explorer-table"></div></details>
<script type="application/json" id="explorer-spec">{}</script>
<noscript>This page needs JavaScript. The numbers are in the tables of the repository.</noscript>"""
# no "<" in it, so that no text of the results can end the script
glue(
    explorer=HTML(EXPLORER.format(json.dumps(spec, separators=(",", ":")).replace("<", "\\u003c")))
)
