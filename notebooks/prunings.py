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
# # Does it matter how one prunes?
#
# **Networks can be pruned and trained again in many ways. Which of them keep the representations of
# the complete network, and does keeping the accuracy mean keeping the representations?**
#
# The paper prunes by magnitude, a fifth of the weights at a time, and keeps the surviving weights'
# values while the training starts again. It names other ways as future work. Here nine ways start
# from the same complete networks, and are compared where the paper looks: early in pruning, with half
# of the weights left; midway, with a tenth; and late, with a fiftieth.

# %% tags=["parameters"]
results = "results/chapters/prunings"

# %% tags=["remove-cell"]
import pandas as pd
from IPython.display import Markdown

from lib import claims
from lib.chapters.prunings import claims as chapter
from lib.chapters.prunings.experiments import BASE, CONTROLS, LEVELS, experiment
from lib.chapters.prunings.tables import OVERLAP
from lib.claims.engine import FAILS, HOLDS, Missing
from lib.report import format, recipes, values
from lib.report.figure import LayerFigure, PanelFigure
from lib.report.format import percent
from lib.report.names import METRICS, enumerate_words
from lib.report.page import glue, open_study
from lib.report.statistics import interval
from lib.report.style import INK, KIND_COLOURS, METRIC_STYLES
from lib.report.tables import Table

# %% tags=["remove-input"]
study = open_study(results, BASE)
outcomes = claims.evaluate(study, chapter.CLAIMS)
glue(**claims.headline(outcomes))

# %% [markdown]
# ## What we find


# %% tags=["remove-input"]
def said(kind, verdict):
    """The ways of which a claim of one kind got a verdict, in words."""
    keys = {f"{chapter.PAGE}-{kind.format(way.replace('_', '-'))}": way for way in chapter.WAYS}
    found = [o.claim.key for o in outcomes if o.verdict == verdict]
    return [chapter.WAYS[keys[key]] for key in found if key in keys]


def nearness(metric):
    """Which ways come nearer than the paper's, and which end further away, by one metric."""
    sides = {"nearer": [], "further": []}
    for way in [*chapter.NEARER, *chapter.FURTHER]:
        expected = "nearer" if way in chapter.NEARER else "further"
        other = "further" if expected == "nearer" else "nearer"
        key = f"{chapter.PAGE}-{way.replace('_', '-')}-{metric}"
        [outcome] = [o for o in outcomes if o.claim.key == key]
        if outcome.verdict in (HOLDS, FAILS):
            sides[expected if outcome.verdict == HOLDS else other].append(chapter.WAYS[way])
    parts = [
        f"{enumerate_words(ways)} {'leaves' if len(ways) == 1 else 'leave'} networks {side} their "
        "complete ones"
        for side, ways in (("nearer to", sides["nearer"]), ("further from", sides["further"]))
        if ways
    ]
    open_ones = len(chapter.WAYS) - 1 - sum(map(len, sides.values()))
    parts += [f"of {open_ones} no more can be said"] if open_ones else []
    return (
        f"By {METRICS[metric]}, and compared with {chapter.WAYS['']} while both keep the accuracy, "
        f"{enumerate_words(parts)}."
    )


def rankings():
    """Whether metrics and accuracy order the ways alike."""
    words = {HOLDS: "alike", FAILS: "differently"}
    for level in LEVELS:
        found = {o.claim.key: o for o in outcomes}[f"{chapter.PAGE}-ranking-{level}"]
        yield level, words.get(found.verdict, "")


alike = [level for level, verdict in rankings() if verdict == "alike"]
accuracy = [
    o for o in outcomes if o.claim.key.startswith(f"{chapter.PAGE}-accuracy") and o.verdict == HOLDS
]
same_u = said("layers-{}", HOLDS)
Markdown(
    "\n".join(
        f"- {line}"
        for line in (
            nearness("svcca"),
            nearness("cka"),
            f"The same layers change most as in {chapter.WAYS['']} in {len(same_u)} of "
            f"{len(chapter.WAYS) - 1} other ways"
            + (f": {enumerate_words(same_u)}." if same_u else "."),
            "SVCCA and CKA order the ways alike "
            + (f"{enumerate_words(alike)} in pruning." if alike else "at no level for certain."),
            f"That a way keeps more accuracy tells that it keeps more of the representation in "
            f"{len(accuracy)} of 4 cases, midway and late, by SVCCA and by CKA.",
        )
    )
)

# %% [markdown]
# ## Accuracy against similarity

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-prunings", "caption": "Test accuracy and mean similarity of the hidden layers to those of the complete network, for each way to prune, from early (small mark) over midway to late (large mark) in pruning; means over the complete networks. The vertical line is the accuracy of the complete networks, the dotted one the similarity of independently trained ones, and the cross a network that was trained on as long without pruning."}}
PALETTE = [style["color"] for style in METRIC_STYLES.values()]
LOOKS = {
    way: {"color": colour, "linestyle": dashes, "marker": marker}
    for (way, colour, dashes, marker) in zip(
        chapter.WAYS,
        [INK, *PALETTE, *list(KIND_COLOURS.values())[3:]],
        ["-", "-", "--", ":", "-", "--", "-", "--", ":"],
        ["o", "s", "D", "^", "v", "o", "s", "D", "^"],
        strict=False,
    )
}


def points(way, metric):
    """Accuracy in percent, and similarity, at each level that a way reaches; means of networks."""
    rows = {}
    for level in LEVELS:
        try:
            gained = chapter.gained(study, way, level).mean()
            similar = chapter.similarity(study, way, level, metric).mean()
        except Missing:
            continue
        rows[level] = {"accuracy": complete + gained, "similarity": similar}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["accuracy", "similarity"])


def at_the_end(name, metric):
    """The mean similarity of a control over the hidden layers, at its last iteration."""
    return values.curves(study, name, metric).iloc[-1][values.hidden(study, name)].mean()


complete = 100 * values.accuracy(study, BASE)["mean"][0]
trained_on, independent = (f"{BASE}_{name}" for name in CONTROLS)
figure = PanelFigure("prunings")
for metric in ("svcca", "cka"):
    axes = figure.panel(METRICS[metric])
    for way, words in chapter.WAYS.items():
        line, look = points(way, metric), dict(LOOKS[way])
        marker = look.pop("marker")
        axes.plot(line.accuracy, line.similarity, label=words, marker=marker, markersize=3, **look)
        if len(line):
            last = line.iloc[-1]
            axes.plot([last.accuracy], [last.similarity], marker=marker, markersize=7, **look)
    axes.axvline(complete, color=INK, linewidth=0.7, label="complete networks")
    others = at_the_end(independent, metric)
    axes.axhline(others, color=INK, linestyle=":", label="independent networks")
    after = 100 * values.accuracy(study, trained_on)["mean"].iloc[-1]
    axes.plot(
        [after],
        [at_the_end(trained_on, metric)],
        color=INK,
        marker="x",
        linestyle="",
        label="trained on, never pruned",
    )
    axes.set_xlabel("test accuracy, %")
figure

# %% [markdown]
# ## The numbers
#
# At each level: how much of the weights is left, the accuracy gained or lost, in points, and the mean
# similarity of the hidden layers, with 95 % intervals over the complete networks. A dash means that no
# iteration left about as much:

# %% tags=["hide-input"]


def cell(measure, *arguments, digits=2, sign=False):
    """Mean and interval over the complete networks, or a dash."""
    try:
        found = interval(measure(study, *arguments))
    except Missing:
        return "-"
    return format.interval(found.mean, found.low, found.high, digits, sign=sign)


def left(way, level):
    name = experiment(way, level)
    remaining = values.remaining(study, name)
    try:
        [iteration] = chapter.at(study, level).pick(remaining)
    except Missing:
        return "-"
    return percent(remaining[iteration])


rows = {
    (level, words): {
        "Left": left(way, level),
        "Accuracy": cell(chapter.gained, way, level, digits=1, sign=True),
        "SVCCA": cell(chapter.similarity, way, level, "svcca"),
        "CKA": cell(chapter.similarity, way, level, "cka"),
    }
    for level in LEVELS
    for way, words in chapter.WAYS.items()
}
table = pd.DataFrame.from_dict(rows, orient="index").rename_axis(["Level", "Way"])
Table.of(table, numeric=list(table.columns))

# %% [markdown]
# ## Do the same layers change?

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-prunings-layers", "caption": "SVCCA of each layer with the same layer of the complete network, midway in pruning, for each way to prune; mean over the complete networks."}}
figure = LayerFigure("prunings-layers", values.layers(study, BASE))
for title, ways in (
    ("Other trainings", ("", "fine_tune", "weight_rewind", "late_reset")),
    ("Other paces", ("", "one_shot", "accelerated")),
    ("Other weights", ("", "local", "filters_l1", "random")),
):
    axes = figure.panel(title)
    for way in ways:
        name = experiment(way, "midway")
        curves = values.curves(study, name, "svcca")
        try:
            [iteration] = chapter.at(study, "midway").pick(values.remaining(study, name))
        except Missing:
            continue
        look = {key: value for key, value in LOOKS[way].items() if key != "marker"}
        figure.draw(axes, curves.loc[iteration], chapter.WAYS[way], **look)
figure

# %% [markdown]
# ## Do they keep the same weights?
#
# The Jaccard index of the masks midway in pruning: of the weights that one of two ways keeps, the share
# that both keep. In brackets, what random masks as dense in each layer would have in common:

# %% tags=["hide-input"]
masks = study.of(BASE, OVERLAP)
level = "midway" if "midway" in set(masks.level) else masks.level.iloc[0]
masks = masks[masks.level == level].groupby(["way", "other_way"])[["jaccard", "by_chance"]].mean()
names = list(chapter.WAYS)
common = pd.DataFrame(
    "", index=list(chapter.WAYS.values()), columns=list(chapter.WAYS.values())[:-1]
)
for (way, other), row in masks.iterrows():
    one, two = sorted((way, other), key=names.index)
    shown = f"{row.jaccard:.2f} ({row.by_chance:.2f})"
    common.loc[chapter.WAYS[two], chapter.WAYS[one]] = shown
Table.of(common.iloc[1:].rename_axis("Ways"), numeric=list(common.columns))

# %% [markdown]
# ## The claims
#
# Every rule was written before any of these runs. {doc}`claims` says how a verdict is reached.

# %% tags=["remove-input"]
Markdown(claims.summary(outcomes))

# %% tags=["hide-input"]
claims.Claims("claims", outcomes)

# %% [markdown]
# ## What was done
#
# - **Learning-rate rewinding** is the paper's way: after each iteration the survivors keep their
#   values and the whole schedule starts again.
# - **Fine-tuning** trains the survivors for as many epochs, at a constant rate of 0.001.
# - **Weight rewinding** sets them back to their initial values, **late resetting** to those after a
#   tenth of the training, and at least an epoch.
# - **One-shot pruning** goes to each level at once and trains again once.
# - **Accelerated pruning** takes the paper's iterations, but re-trains for a quarter of the epochs,
#   except after the last.
# - **Pruning each layer alike** takes the same share of each layer, **filter pruning** the filters with
#   the smallest mean absolute weight, **random pruning** any weights.
#
# The ways differ in how long they train, and that alone moves representations: the cross in the figure
# is a network that was trained on for as many epochs as the last iteration of the paper's way has
# behind it, with all of its weights.
#
# ## What we decided
#
# A level counts as reached by the iteration whose share of the weights left is nearest, if their ratio
# is below 1.22. Ways are compared "while both keep the accuracy" at the last level at which the mean
# accuracy of each is at most half a point below that of the complete networks. A filter that is gone
# leaves a channel without variance, and a layer without filters no similarity.

# %% tags=["hide-output", "hide-input"]
recipes.deviations(study, f"{BASE}_local")
