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
# the complete network, and does a way that keeps the accuracy keep the representations as well?**
#
# The paper removes a fifth of the weights at a time, by magnitude over all layers together, and trains
# the survivors again from their present values with the whole learning-rate schedule. It leaves other
# ways to future work. Here nine ways start from the same complete networks, and are compared where the
# paper looks: early in pruning, with half of the weights left; midway, with a tenth; and late, with a
# fiftieth.

# %% tags=["parameters"]
results = "results/chapters/prunings"

# %% tags=["remove-cell"]
from collections.abc import Iterator
from contextlib import suppress

import pandas as pd
from IPython.display import Markdown

from lib import claims
from lib.chapters.prunings.experiments import BASE, LEVELS, experiment
from lib.chapters.prunings.tables import OVERLAP
from lib.claims.engine import FAILS, HOLDS, Claim, Missing, Quantity, Rule, declare
from lib.claims.equal import WORSE
from lib.claims.vocabulary import CLEAR, HIDDEN, Times, gain, mean, nearest, runs_of, series
from lib.report import format, recipes, values
from lib.report.figure import INDEPENDENT, LayerFigure, PanelFigure
from lib.report.format import percent
from lib.report.names import METRICS, enumerate_words
from lib.report.page import glue, open_study
from lib.report.results import Results
from lib.report.statistics import interval, rank_correlation
from lib.report.style import INK, KIND_COLOURS, METRIC_STYLES
from lib.report.tables import Table

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

WHOLE_SCHEDULE = ("", "one_shot", "accelerated", "local", "filters_l1", "random")
"""They keep the survivors' values and train with the schedule of the complete network, so a network
that was trained on without pruning shows what training alone does in them."""

QUICKER = ("one_shot", "accelerated")

LATER = ("midway", "late")

TRAINED_ON = f"{BASE}_trained_on"

TWO = ("svcca", "cka")

FEWEST = 5
"""Of fewer ways no order is compared."""


def at(results: Results, level: str) -> Times:
    """The iteration that leaves as much as the paper's way has left at a level, or nearly so."""
    left = values.remaining(results, BASE)
    return nearest(left[min(LEVELS[level], left.index.max())], f", {level} in pruning")


def gained(results: Results, way: str, level: str) -> pd.Series:
    """Test accuracy minus that of the complete network, in points; index train_seed."""
    return gain(experiment(way, level), at(results, level)).numbers(results)


def similarity(results: Results, way: str, level: str, metric: str) -> pd.Series:
    """Mean similarity of the hidden layers to those of the complete network; index train_seed."""
    return mean(experiment(way, level), metric, HIDDEN, at(results, level)).numbers(results)


def keeps_accuracy(results: Results, way: str, level: str) -> bool:
    """Whether its networks are as accurate as the complete ones, as means over the networks.

    Raises:
        Missing: no iteration of this way leaves as much.
    """
    return gained(results, way, level).mean() >= -100 * WORSE


def fair_level(results: Results, way: str) -> str:
    """The last level at which this way and the paper's both keep the accuracy.

    Raises:
        Missing: there is none.
    """
    for level in reversed(LEVELS):
        with suppress(Missing):
            if all(keeps_accuracy(results, each, level) for each in ("", way)):
                return level
    raise Missing("no level at which both are as accurate as the complete network")


def same_epochs(results: Results, way: str, level: str) -> Times:
    """The iteration of networks trained on that has nearest to as many epochs behind it."""
    name = experiment(way, level)
    [there] = at(results, level).pick(values.remaining(results, name))

    def epochs(name: str) -> pd.Series:
        rows = results.of(name, "performance")
        return rows[rows.iteration > 0].groupby("iteration").epochs.first().cumsum()

    off = (epochs(TRAINED_ON) - epochs(name)[there]).abs()
    return Times(" after as many epochs", lambda remaining: [int(off.idxmin())])


def beyond_training(
    results: Results, way: str, level: str, metric: str
) -> dict[tuple[int, int], pd.Series]:
    """{run: a number for each hidden layer}: similarity after a way minus that after training alone.

    Training alone is that of the same complete network, for as many epochs without pruning.

    Raises:
        Missing: the way does not get so far, or nothing was trained on.
    """
    runs = runs_of(results, experiment(way, level), metric)
    alone, then = runs_of(results, TRAINED_ON, metric), same_epochs(results, way, level)
    return {
        key: runs[key].part(HIDDEN, at(results, level)).iloc[0]
        - alone[key].part(HIDDEN, then).iloc[0]
        for key in runs.keys() & alone.keys()
    }


def _beside_rewinding(way: str, metric: str) -> Quantity:
    def measure(results: Results) -> pd.Series:
        level = fair_level(results, way)
        found, base = (similarity(results, each, level, metric) for each in (way, ""))
        return found - base

    return Quantity(
        f"mean {METRICS[metric]} of the hidden layers after {WAYS[way]}, minus that after "
        f"{WAYS['']}, with as few weights left as keep the accuracy of both",
        measure,
    )


def _departure_beside_rewinding(way: str, metric: str) -> Quantity:
    def measure(results: Results) -> pd.Series:
        level = fair_level(results, way)
        found, base = (
            series({run: layers.mean(skipna=False) for run, layers in departures.items()})
            for departures in (beyond_training(results, each, level, metric) for each in (way, ""))
        )
        return found - base

    return Quantity(
        f"mean {METRICS[metric]} of the hidden layers after {WAYS[way]}, minus that after as many "
        f"epochs without pruning, minus the same difference for {WAYS['']}, with as few weights left "
        "as keep the accuracy of both",
        measure,
    )


def _same_layers(way: str) -> Quantity:
    def measure(results: Results) -> pd.Series:
        one, base = (beyond_training(results, each, "midway", "svcca") for each in (way, ""))
        return series({run: rank_correlation(one[run], base[run]) for run in one.keys() & base})

    return Quantity(
        f"rank correlation over the hidden layers of the SVCCA that {WAYS[way]} takes away beyond "
        f"training alone with what {WAYS['']} takes away, midway in pruning",
        measure,
    )


def ranking(results: Results, level: str, *columns: str) -> pd.DataFrame:
    """What every way has at a level, of the ways that reach it in all complete networks.

    Args:
        columns: metrics, and "gain" for the gain in accuracy.

    Returns:
        Index (train_seed, way).

    Raises:
        Missing: fewer than `FEWEST` ways reach it.
    """
    found, networks = {}, set(results.of(BASE, "performance").train_seed)
    for way in WAYS:
        with suppress(Missing):
            of_way = {
                column: gained(results, way, level)
                if column == "gain"
                else similarity(results, way, level, column)
                for column in columns
            }
            table = pd.DataFrame(of_way).dropna()
            if networks <= set(table.index):
                found[way] = table
    if len(found) < FEWEST:
        raise Missing(f"fewer than {FEWEST} ways get so far in every network")
    return pd.concat(found, names=["way"]).swaplevel().sort_index()


def _same_ranking(level: str, one: str, other: str) -> Quantity:
    def measure(results: Results) -> pd.Series:
        networks = ranking(results, level, one, other).groupby(level="train_seed")
        return networks.apply(lambda ways: rank_correlation(ways[one], ways[other]))

    names = METRICS | {"gain": "the gain in accuracy"}
    words = f"rank correlation of {names[one]} and {names[other]} over the ways to prune"
    return Quantity(f"{words}, {level} in pruning", measure)


def _key(*parts: str) -> str:
    return "-".join((PAGE, *parts)).replace("_", "-")


CLAIMS: tuple[Claim, ...] = (
    *declare(
        "At equal accuracy",
        PAGE,
        {
            _key(way, metric): (
                f"By {METRICS[metric]}, {WAYS[way]} leaves a network {where} its complete one than "
                f"{WAYS['']} does, as long as both keep the accuracy.",
                Rule(_beside_rewinding(way, metric), **bound),
            )
            for ways, where, bound in (
                (NEARER, "nearer to", {"above": 0}),
                (FURTHER, "further from", {"below": 0}),
            )
            for way in ways
            for metric in TWO
        },
    ),
    *declare(
        "Beyond training",
        PAGE,
        {
            _key("beyond", way, metric): (
                f"By {METRICS[metric]}, {WAYS[way]} changes a network more than {WAYS['']} does, once "
                "what as many epochs change without pruning is taken off.",
                Rule(_departure_beside_rewinding(way, metric), below=0),
            )
            for way in QUICKER
            for metric in TWO
        },
    ),
    *declare(
        "Layers",
        PAGE,
        {
            _key("layers", way): (
                f"Midway in pruning, {WAYS[way]} changes the same layers most as {WAYS['']} does, "
                "once what training alone changes is taken off.",
                Rule(_same_layers(way), above=CLEAR),
            )
            for way in WHOLE_SCHEDULE[1:]
        },
    ),
    *declare(
        "Ranking",
        PAGE,
        {
            _key("ranking", level): (
                f"{level.capitalize()} in pruning, SVCCA and CKA order the ways to prune alike.",
                Rule(_same_ranking(level, *TWO), above=CLEAR),
            )
            for level in LEVELS
        }
        | {
            _key("accuracy", level, metric): (
                f"{level.capitalize()} in pruning, ways that keep more accuracy keep more of the "
                f"representation by {METRICS[metric]}.",
                Rule(_same_ranking(level, "gain", metric), above=CLEAR),
            )
            for level in LATER
            for metric in TWO
        },
    ),
)

# %% tags=["remove-input"]
study = open_study(results, BASE)
outcomes = claims.evaluate(study, CLAIMS)
verdicts = {outcome.claim.key: outcome.verdict for outcome in outcomes}
glue(**claims.headline(outcomes))

# %% [markdown]
# ## What we find


# %% tags=["remove-input"]
def nearness(metric: str) -> str:
    """Which ways leave networks nearer to their complete ones than the paper's, which further."""
    nearer, further = [], []
    for way in [*NEARER, *FURTHER]:
        decided = verdicts[_key(way, metric)]
        if decided in (HOLDS, FAILS):
            side = nearer if (way in NEARER) == (decided == HOLDS) else further
            side.append(WAYS[way])
    told, than = [], f" than after {WAYS['']}"
    for ways, where in ((nearer, "nearer to"), (further, "further from")):
        if ways:
            told.append(f"{where} their complete ones after {enumerate_words(ways)}{than}")
            than = ""
    if undecided := len(WAYS) - 1 - len(nearer) - len(further):
        told.append(f"of {format.count(undecided, 'other way')} neither can be said")
    return (
        f"As long as both keep the accuracy, networks are, by {METRICS[metric]}, "
        f"{enumerate_words(told)}."
        if nearer or further
        else f"By {METRICS[metric]}, no way is measurably nearer or further away."
    )


def first(level: str, metric: str) -> str:
    """The way that is nearest in every complete network, of those that keep the accuracy."""
    table = ranking(study, level, metric)[metric].unstack("way")
    table = table[[way for way in table if keeps_accuracy(study, way, level)]]
    winners = set(table.idxmax(axis="columns")) if len(table.columns) > 1 else set()
    return WAYS[winners.pop()] if len(winners) == 1 else ""


def nearest_ways() -> Iterator[str]:
    """Where one way is nearest in every network."""
    for level in LEVELS:
        with suppress(Missing):
            named = {METRICS[metric]: first(level, metric) for metric in TWO}
            told = [f"{way} by {metric}" for metric, way in named.items() if way]
            if told:
                yield f"{level}, {enumerate_words(told)}"


def told_of(kind: str, statement: str, names: dict[str, str]) -> str:
    """What became of the claims of a kind, each with a name for what it is about."""
    found = {o.claim.key.removeprefix(_key(kind, "")): o for o in outcomes}
    return f"{statement} {claims.in_words({names[key]: found[key] for key in names})}."


by_metric = {metric: f"by {METRICS[metric]}" for metric in TWO}
lines = [nearness(metric) for metric in TWO]
if told := list(nearest_ways()):
    lines.append(
        "Of the ways that keep the accuracy, one is nearest in every complete network: "
        f"{'; '.join(told)}."
    )
lines += [
    told_of(
        "beyond",
        "That a quicker pace changes networks more than learning-rate rewinding, once what as many "
        "epochs of training change is taken off,",
        {
            _key(way, metric).removeprefix(f"{PAGE}-"): f"{WAYS[way]} {by}"
            for way in QUICKER
            for metric, by in by_metric.items()
        },
    ),
    told_of(
        "layers",
        "That the same layers change most as in learning-rate rewinding, beyond training alone,",
        {way.replace("_", "-"): WAYS[way] for way in WHOLE_SCHEDULE[1:]},
    ),
    told_of(
        "ranking",
        "That SVCCA and CKA order the ways alike",
        {level: f"the {level} level" for level in LEVELS},
    ),
    told_of(
        "accuracy",
        "That ways which keep more accuracy keep more of the representation",
        {
            f"{level}-{metric}": f"the {level} level {by}"
            for level in LATER
            for metric, by in by_metric.items()
        },
    ),
]
Markdown("\n".join(f"- {line}" for line in lines))

# %% [markdown]
# ## Accuracy against similarity

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-prunings", "caption": "Test accuracy and mean similarity of the hidden layers to those of the complete network, for each way to prune; means over the complete networks. Marks grow from early over midway to late in pruning, and an arrow leads to the last one. The vertical line is the accuracy of the complete networks, the dotted line the similarity of independently trained ones. The dash-dotted line is a network that was trained on without pruning."}}
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
SIZES = dict(zip(LEVELS, (3, 5, 8), strict=True))


def points(way: str, metric: str) -> pd.DataFrame:
    """Accuracy in percent, and similarity, at each level that a way reaches; means of networks."""
    rows = {}
    for level in LEVELS:
        with suppress(Missing):
            similar = similarity(study, way, level, metric).mean()
            rows[level] = {
                "accuracy": complete + gained(study, way, level).mean(),
                "similarity": similar,
            }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["accuracy", "similarity"])


def trained_on(metric: str) -> pd.DataFrame:
    """The same of the networks that were trained on, at the iterations of the levels."""
    curve = values.curves(study, TRAINED_ON, metric)[values.hidden(study, TRAINED_ON)].mean(axis=1)
    accuracy = 100 * values.accuracy(study, TRAINED_ON)["mean"]
    then = [iteration for iteration in LEVELS.values() if iteration in curve.index]
    return pd.DataFrame({"accuracy": accuracy[then], "similarity": curve[then]})


complete = 100 * values.accuracy(study, BASE)["mean"][0]
figure = PanelFigure("prunings")
for metric in TWO:
    axes = figure.panel(METRICS[metric])
    for way, words in WAYS.items():
        line, look = points(way, metric), dict(LOOKS[way])
        marker = look.pop("marker")
        axes.plot(line.accuracy, line.similarity, label=words, marker=marker, markersize=3, **look)
        for level, point in line.iterrows():
            axes.plot(
                [point.accuracy],
                [point.similarity],
                marker=marker,
                markersize=SIZES[level],
                color=look["color"],
            )
        if len(line) > 1:
            axes.annotate(
                "",
                tuple(line.iloc[-1]),
                tuple(line.iloc[-2]),
                arrowprops={"arrowstyle": "->", "color": look["color"], "shrinkB": 4},
            )
    line = trained_on(metric)
    axes.plot(line.accuracy, line.similarity, color=INK, linestyle="-.", label="trained on only")
    axes.axvline(complete, color=INK, linewidth=0.7, label="complete networks")
    siblings = values.control(study, BASE, "independent", metric)[values.hidden(study, BASE)]
    axes.axhline(siblings.mean(), label="independent networks", **INDEPENDENT)
    axes.set_xlabel("test accuracy, %")
figure

# %% [markdown]
# Each way is compared with the paper's at the last of the three levels at which both are at least as
# accurate as the complete networks, within half a percentage point. Positive numbers mean that it
# leaves networks nearer to their complete ones than learning-rate rewinding does. *Beyond training* has
# the same difference once what as many epochs of training change without pruning is taken off. Means
# with 95 % intervals over the complete networks:


# %% tags=["hide-input"]
def shown(quantity: Quantity) -> str:
    """A difference from learning-rate rewinding, or a dash where it was not measured."""
    found = claims.estimate(quantity.numbers, study)
    return found.text(sign=True) if found.n else "-"


rows = {}
for way in list(WAYS)[1:]:
    level = "none"
    with suppress(Missing):
        level = fair_level(study, way)
    row = {"Compared": level}
    for metric in TWO:
        row[METRICS[metric]] = shown(_beside_rewinding(way, metric))
    for metric in TWO:
        head = f"{METRICS[metric]}, beyond training"
        row[head] = "-"
        if way in WHOLE_SCHEDULE:
            row[head] = shown(_departure_beside_rewinding(way, metric))
    rows[WAYS[way]] = row
Table.of(pd.DataFrame.from_dict(rows, orient="index").rename_axis("Way"), cards=True)

# %% [markdown]
# Fine-tuning has a learning rate of its own, and rewinding to earlier values undoes training, so
# training alone is no control for these ways, and they have a dash.
#
# ## Do the same layers change?

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-prunings-layers", "caption": "SVCCA of each layer with the same layer of the complete network, midway in pruning, for each way to prune; mean over the complete networks. The dotted line is a network that was trained on without pruning, for as many epochs as the paper's way has behind it there."}}
figure = LayerFigure("prunings-layers", values.layers(study, BASE))
alone = values.curves(study, TRAINED_ON, "svcca").loc[
    same_epochs(study, "", "midway").pick(pd.Series(dtype=float))[0]
]
for heading, ways in (
    ("Other trainings", ("", "fine_tune", "weight_rewind", "late_reset")),
    ("Other paces", ("", "one_shot", "accelerated")),
    ("Other weights", ("", "local", "filters_l1", "random")),
):
    axes = figure.panel(heading)
    for way in ways:
        name = experiment(way, "midway")
        curves = values.curves(study, name, "svcca")
        with suppress(Missing):
            [iteration] = at(study, "midway").pick(values.remaining(study, name))
            look = {key: value for key, value in LOOKS[way].items() if key != "marker"}
            figure.draw(axes, curves.loc[iteration], WAYS[way], **look)
    figure.draw(axes, alone, "trained on only", **INDEPENDENT)
figure

# %% [markdown]
# Lines of one shape alone do not say that pruning changes the same layers, since training draws much of
# that shape without any pruning. The rules therefore compare what lies between each line and training
# alone.
#
# ## Do they keep the same weights?
#
# The Jaccard index of the masks midway in pruning: of the weights that one of two ways keeps, the share
# that both keep. In brackets, what random masks as dense in each layer would have in common. Means over
# the complete networks:

# %% tags=["hide-input"]
masks = study.of(BASE, OVERLAP)
level = "midway" if "midway" in set(masks.level) else masks.level.iloc[0]
masks = masks[masks.level == level].groupby(["way", "other_way"])[["jaccard", "by_chance"]].mean()
names = list(WAYS)
common = pd.DataFrame("", index=list(WAYS.values()), columns=list(WAYS.values())[:-1])
for (way, other), row in masks.iterrows():
    one, two = sorted((way, other), key=names.index)
    common.loc[WAYS[two], WAYS[one]] = f"{row.jaccard:.2f} ({row.by_chance:.2f})"
Table.of(common.iloc[1:].rename_axis("Ways"), numeric=list(common.columns))

# %% [markdown]
# ## The numbers
#
# At each level: how much of the weights is left, the accuracy gained or lost, in points, and the mean
# similarity of the hidden layers, with 95 % intervals over the complete networks. A dash means that no
# iteration left about as much, or that a layer has nothing left to compare:


# %% tags=["hide-output", "hide-input"]
def cell(measure, *arguments, digits=2, sign=False):
    """Mean and interval over the complete networks, or a dash."""
    try:
        return interval(measure(study, *arguments)).text(digits, sign)
    except Missing:
        return "-"


def left(way: str, level: str) -> str:
    remaining = values.remaining(study, experiment(way, level))
    with suppress(Missing):
        return percent(remaining[at(study, level).pick(remaining)[0]])
    return "-"


rows = {
    (level, words): {
        "Left": left(way, level),
        "Accuracy": cell(gained, way, level, digits=1, sign=True),
        **{METRICS[metric]: cell(similarity, way, level, metric) for metric in TWO},
    }
    for level in LEVELS
    for way, words in WAYS.items()
}
table = pd.DataFrame.from_dict(rows, orient="index").rename_axis(["Level", "Way"])
Table.of(table, numeric=list(table.columns))

# %% [markdown]
# ## The claims
#
# The rules are in the code at the head of this page. When they were written, the paper's way and the
# networks that were trained on had been measured on these networks, for the main study, and one-shot
# pruning and late resetting on others ({doc}`icann2020`, {doc}`icpram2020`). None of the other eight ways
# had been run here. {doc}`how_claims_are_decided` says how a verdict is reached.

# %% tags=["remove-input"]
Markdown(claims.summary(outcomes))

# %% tags=["hide-input"]
claims.Claims("claims", outcomes)

# %% [markdown]
# ## What was done
#
# - **Learning-rate rewinding** is the paper's way: after each iteration the survivors keep their
#   values, and the whole schedule starts again.
# - **Fine-tuning** trains the survivors for as many epochs, at a constant rate of 0.001.
# - **Weight rewinding** sets them back to their initial values. **Late resetting** sets them back to
#   those after a tenth of the training, or after one epoch if that is more.
# - **One-shot pruning** goes to each level at once, and trains again once.
# - **Accelerated pruning** takes the paper's iterations, but re-trains for a quarter of the epochs,
#   except after the last.
# - **Pruning each layer alike** takes the same share of each layer.
# - **Filter pruning** takes the filters with the smallest mean absolute weight. It removes more than it
#   counts: the weights of the next layer that read a removed filter do nothing, and count as left.
# - **Random pruning** takes any weights.
#
# ## What we decided
#
# A level counts as reached by the iteration whose share of the weights left is nearest, if their ratio
# is below 1.22. The order of the ways is compared over those that reach a level in every complete
# network, and by both of what is compared; a layer without filters has no similarity, and takes filter
# pruning out. A way is called nearest only if it is so in every complete network.
#
# Training alone is that of the networks which were trained on with the whole schedule again and again, at
# the iteration with nearest to as many epochs behind it.

# %% tags=["hide-output", "hide-input"]
recipes.deviations(study, f"{BASE}_local")
