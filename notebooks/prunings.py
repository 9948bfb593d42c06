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
from lib.chapters.prunings.experiments import BASE, CONTROLS, LEVELS, experiment
from lib.chapters.prunings.tables import OVERLAP
from lib.claims.engine import FAILS, HOLDS, Claim, Missing, Quantity, Rule, declare
from lib.claims.equal import WORSE
from lib.claims.vocabulary import CLEAR, HIDDEN, Times, gain, mean, nearest, runs_of, series
from lib.report import format, recipes, values
from lib.report.figure import LayerFigure, PanelFigure
from lib.report.format import percent
from lib.report.names import METRICS, enumerate_words
from lib.report.page import glue, open_study
from lib.report.results import Results
from lib.report.statistics import interval, rank_correlation
from lib.report.style import INK, KIND_COLOURS, METRIC_STYLES, VISIBLE
from lib.report.tables import Table

# %% [markdown]
# The rules below were written before any of the runs that they decide. {doc}`how_claims_are_decided`
# says how a verdict is reached.

# %% tags=["definitions", "hide-input"]
PAGE = "prunings"

WAYS = {
    "": "learning-rate rewinding",
    "fine_tune": "fine-tuning",
    "weight_rewind": "weight rewinding",
    "late_reset": "late resetting",
    "one_shot": "one-shot pruning",
    "accelerated": "accelerated pruning",
    "local": "pruning each layer alike",
    "filters_l1": "filter pruning",
    "random": "random pruning",
}
"""How the networks are pruned and trained again; the first way is the paper's."""

NEARER = ("fine_tune", "one_shot", "accelerated")
"""They train less than learning-rate rewinding, or at a low rate, and so may move less."""

FURTHER = ("weight_rewind", "late_reset", "local", "filters_l1", "random")
"""They give up the trained values, or the weights that matter most."""


def at(results: Results, level: str) -> Times:
    """The iteration that leaves as much as the paper's way has left at a level, or nearly so."""
    left = values.remaining(results, BASE)
    target = left[min(LEVELS[level], left.index.max())]

    return nearest(target, f", {level} in pruning")


def gained(results: Results, way: str, level: str) -> pd.Series:
    """Test accuracy minus that of the complete network, in points, for each complete network."""
    return gain(experiment(way, level), at(results, level)).numbers(results)


def similarity(results: Results, way: str, level: str, metric: str) -> pd.Series:
    """Mean similarity of the hidden layers to those of each complete network."""
    quantity = mean(experiment(way, level), metric, HIDDEN, at(results, level))
    return quantity.numbers(results)


def fair_level(results: Results, way: str) -> str:
    """The last level at which this way and the paper's keep the accuracy, as means of networks.

    Raises:
        Missing: there is none.
    """
    for level in reversed(LEVELS):
        try:
            gains = [gained(results, each, level).mean() for each in ("", way)]
        except Missing:
            continue
        if min(gains) >= -100 * WORSE:
            return level
    raise Missing("no level at which both are as accurate as the complete network")


def _beyond_rewinding(way: str, metric: str) -> Quantity:
    def measure(results: Results) -> pd.Series:
        level = fair_level(results, way)
        found, base = (similarity(results, each, level, metric) for each in (way, ""))
        return found - base

    words = (
        f"mean {METRICS[metric]} of the hidden layers after {WAYS[way]}, minus that after "
        f"{WAYS['']}, with as few weights left as keep the accuracy of both"
    )
    return Quantity(words, measure)


def _same_layers(way: str) -> Quantity:
    """Rank correlation over the hidden layers with the paper's way."""

    def measure(results: Results) -> pd.Series:
        found, then = {}, at(results, "midway")
        runs = [runs_of(results, experiment(each, "midway"), "svcca") for each in (way, "")]
        for key in runs[0].keys() & runs[1].keys():
            curves = [of_way[key].part(HIDDEN, then).iloc[0] for of_way in runs]
            found[key] = rank_correlation(*curves)
        return series(found)

    words = f"rank correlation of SVCCA after {WAYS[way]} and after {WAYS['']} over the layers"
    return Quantity(words, measure)


def ranking(results: Results, level: str, *metrics: str) -> pd.DataFrame:
    """Similarity by some metrics, and the gain in accuracy, of every way that reaches a level.

    Returns:
        Index (train_seed, way), columns the metrics and "gain".

    Raises:
        Missing: fewer than five ways reach it.
    """
    found = {}
    for way in WAYS:
        try:
            columns = {metric: similarity(results, way, level, metric) for metric in metrics}
            found[way] = pd.DataFrame(columns | {"gain": gained(results, way, level)})
        except Missing:
            continue
    if len(found) < 5:
        raise Missing("fewer than five ways that get so far")
    return pd.concat(found, names=["way"]).swaplevel().sort_index()


def _same_ranking(level: str, one: str, other: str) -> Quantity:
    def measure(results: Results) -> pd.Series:
        metrics = [name for name in (one, other) if name != "gain"]
        networks = ranking(results, level, *metrics).dropna().groupby(level="train_seed")
        return networks.apply(lambda ways: rank_correlation(ways[one], ways[other]))

    names = METRICS | {"gain": "the gain in accuracy"}
    words = f"rank correlation of {names[one]} and {names[other]} over the ways to prune"
    return Quantity(f"{words}, {level} in pruning", measure)


def _alike(way: str) -> Quantity:
    """How much more the masks have in common with the paper's than chance gives."""

    def measure(results: Results) -> pd.Series:
        rows = results.of(BASE, OVERLAP)
        rows = rows[(rows.level == "midway") & (rows.way == "") & (rows.other_way == way)]
        if rows.empty:
            raise Missing(f"no masks of {WAYS[way]}")
        return (rows.jaccard - rows.by_chance).set_axis(rows.train_seed)

    return Quantity(
        f"Jaccard index of the masks of {WAYS[way]} and of {WAYS['']}, minus that of random masks "
        "as dense in each layer",
        measure,
    )


def _nearness(ways: tuple[str, ...], words: str, **bound: float) -> dict[str, tuple]:
    return {
        f"{PAGE}-{way.replace('_', '-')}-{metric}": (
            f"By {METRICS[metric]}, {WAYS[way]} leaves a network {words} its complete one than "
            f"{WAYS['']} does, as long as both keep the accuracy.",
            Rule(_beyond_rewinding(way, metric), **bound),
        )
        for way in ways
        for metric in ("svcca", "cka")
    }


CLAIMS: tuple[Claim, ...] = (
    *declare(
        "At equal accuracy",
        PAGE,
        _nearness(NEARER, "nearer to", above=0) | _nearness(FURTHER, "further from", below=0),
    ),
    *declare(
        "Layers",
        PAGE,
        {
            f"{PAGE}-layers-{way.replace('_', '-')}": (
                f"Midway in {WAYS[way]} the same layers have changed most as in {WAYS['']}.",
                Rule(_same_layers(way), above=CLEAR),
            )
            for way in list(WAYS)[1:]
        },
    ),
    *declare(
        "Ranking",
        PAGE,
        {
            f"{PAGE}-ranking-{level}": (
                f"{level.capitalize()} in pruning, SVCCA and CKA order the ways to prune alike.",
                Rule(_same_ranking(level, "svcca", "cka"), above=CLEAR),
            )
            for level in LEVELS
        }
        | {
            f"{PAGE}-accuracy-{level}-{metric}": (
                f"{level.capitalize()} in pruning, ways that keep more accuracy keep more of the "
                f"representation by {METRICS[metric]}.",
                Rule(_same_ranking(level, "gain", metric), above=CLEAR),
            )
            for level in ("midway", "late")
            for metric in ("svcca", "cka")
        },
    ),
    *declare(
        "Masks",
        PAGE,
        {
            f"{PAGE}-masks-{way.replace('_', '-')}": (
                f"Midway in pruning, {WAYS[way]} keeps more of the same weights as {WAYS['']} than "
                "chance would.",
                Rule(_alike(way), above=VISIBLE),
            )
            for way in list(WAYS)[1:]
            if way != "random"
        },
    ),
)

# %% tags=["remove-input"]
study = open_study(results, BASE)
outcomes = claims.evaluate(study, CLAIMS)
glue(**claims.headline(outcomes))

# %% [markdown]
# ## What we find


# %% tags=["remove-input"]
def said(kind, verdict):
    """The ways of which a claim of one kind got a verdict, in words."""
    keys = {f"{PAGE}-{kind.format(way.replace('_', '-'))}": way for way in WAYS}
    found = [o.claim.key for o in outcomes if o.verdict == verdict]
    return [WAYS[keys[key]] for key in found if key in keys]


def nearness(metric):
    """Which ways come nearer than the paper's, and which end further away, by one metric."""
    sides = {"nearer": [], "further": []}
    for way in [*NEARER, *FURTHER]:
        expected = "nearer" if way in NEARER else "further"
        other = "further" if expected == "nearer" else "nearer"
        key = f"{PAGE}-{way.replace('_', '-')}-{metric}"
        [outcome] = [o for o in outcomes if o.claim.key == key]
        if outcome.verdict in (HOLDS, FAILS):
            sides[expected if outcome.verdict == HOLDS else other].append(WAYS[way])
    parts = [
        f"{enumerate_words(ways)} {'leaves' if len(ways) == 1 else 'leave'} networks {side} their "
        "complete ones"
        for side, ways in (("nearer to", sides["nearer"]), ("further from", sides["further"]))
        if ways
    ]
    open_ones = len(WAYS) - 1 - sum(map(len, sides.values()))
    parts += [f"of {open_ones} no more can be said"] if open_ones else []
    return (
        f"By {METRICS[metric]}, and compared with {WAYS['']} while both keep the accuracy, "
        f"{enumerate_words(parts)}."
    )


def rankings():
    """Whether metrics and accuracy order the ways alike."""
    words = {HOLDS: "alike", FAILS: "differently"}
    for level in LEVELS:
        found = {o.claim.key: o for o in outcomes}[f"{PAGE}-ranking-{level}"]
        yield level, words.get(found.verdict, "")


alike = [level for level, verdict in rankings() if verdict == "alike"]
with_accuracy = [
    o for o in outcomes if o.claim.key.startswith(f"{PAGE}-accuracy") and o.verdict == HOLDS
]
same_u = said("layers-{}", HOLDS)
Markdown(
    "\n".join(
        f"- {line}"
        for line in (
            nearness("svcca"),
            nearness("cka"),
            f"The same layers change most as in {WAYS['']} in {len(same_u)} of "
            f"{len(WAYS) - 1} other ways" + (f": {enumerate_words(same_u)}." if same_u else "."),
            "SVCCA and CKA order the ways alike "
            + (f"{enumerate_words(alike)} in pruning." if alike else "at no level for certain."),
            f"That a way keeps more accuracy tells that it keeps more of the representation in "
            f"{len(with_accuracy)} of 4 cases, midway and late, by SVCCA and by CKA.",
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
        WAYS,
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
            accuracy = complete + gained(study, way, level).mean()
            similar = similarity(study, way, level, metric).mean()
        except Missing:
            continue
        rows[level] = {"accuracy": accuracy, "similarity": similar}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["accuracy", "similarity"])


def at_the_end(name, metric):
    """The mean similarity of a control over the hidden layers, at its last iteration."""
    return values.curves(study, name, metric).iloc[-1][values.hidden(study, name)].mean()


complete = 100 * values.accuracy(study, BASE)["mean"][0]
trained_on, independent = (f"{BASE}_{name}" for name in CONTROLS)
figure = PanelFigure("prunings")
for metric in ("svcca", "cka"):
    axes = figure.panel(METRICS[metric])
    for way, words in WAYS.items():
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
        [iteration] = at(study, level).pick(remaining)
    except Missing:
        return "-"
    return percent(remaining[iteration])


rows = {
    (level, words): {
        "Left": left(way, level),
        "Accuracy": cell(gained, way, level, digits=1, sign=True),
        "SVCCA": cell(similarity, way, level, "svcca"),
        "CKA": cell(similarity, way, level, "cka"),
    }
    for level in LEVELS
    for way, words in WAYS.items()
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
            [iteration] = at(study, "midway").pick(values.remaining(study, name))
        except Missing:
            continue
        look = {key: value for key, value in LOOKS[way].items() if key != "marker"}
        figure.draw(axes, curves.loc[iteration], WAYS[way], **look)
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
names = list(WAYS)
common = pd.DataFrame("", index=list(WAYS.values()), columns=list(WAYS.values())[:-1])
for (way, other), row in masks.iterrows():
    one, two = sorted((way, other), key=names.index)
    shown = f"{row.jaccard:.2f} ({row.by_chance:.2f})"
    common.loc[WAYS[two], WAYS[one]] = shown
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
