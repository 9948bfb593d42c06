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
# # What similarity says about function
#
# **Which layers can one prune? Which images change class? Can similarity tell?**
#
# A pruned network that is as accurate as before may still give other answers to single images. And
# those who prune want to know beforehand which layers can bear it. If the similarity of representations
# says something about what networks do, it should help with both. Here it competes with simpler
# predictors: the size of the weights, the curvature of the loss, and the network's own confidence.
#
# VGG16_BN is pruned here in two steps of a half, not in the main study's twenty of a fifth. Twenty take
# hours for each network, while the questions of this page need only a network that has lost many of its
# weights and is still accurate. Its complete networks are those of the main study.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
from collections.abc import Iterator
from contextlib import suppress

import pandas as pd
from IPython.display import Markdown

from lib.analyses.equal_accuracy import last_measured, when
from lib.analyses.function.flips_job import CONDITIONS, MARGIN, MIDDLE
from lib.analyses.function.flips_job import LAST as DRIFT
from lib.analyses.function.tables import FLIPS, LAST, ONE_LAYER, OWN
from lib.analyses.kept_networks import TITLES
from lib.book import claims
from lib.book.claims.engine import FAILS, HOLDS, POINTS, Claim, Missing, Quantity, Rule, declare
from lib.book.claims.vocabulary import require_experiment
from lib.book.report.figure import ABSENT, PanelFigure
from lib.book.report.format import count, interval, number, percent
from lib.book.report.names import METRICS, enumerate_words
from lib.book.report.page import glue, listed, open_study
from lib.book.report.results import Results, load_results
from lib.book.report.statistics import Interval, rank_correlation
from lib.book.report.style import INK, METRIC_STYLES
from lib.book.report.tables import Table
from lib.book.report.values import NETWORK

# %% tags=["definitions", "hide-input"]
PAGE = "function"

PLACES = {OWN: "of the pruned layer", LAST: "of the last hidden layer"}

CLEAN, CORRUPTED = ("clean",), ("noise", "blur", "contrast")


def by_share(results: Results, network: str, metric: str, place: str = "") -> pd.Series:
    """How well a number orders the layers by the accuracy that they cost when pruned alone.

    Spearman's rank correlation over the layers of what was lost with the metric's distance from 1,
    or with a predictor without representations (without a place).

    Returns:
        Index train_seed, share removed.

    Raises:
        Missing: no layer was pruned alone.
    """
    require_experiment(results, network)
    rows = results.of(network, ONE_LAYER)
    rows = rows[rows.share > 0]
    wanted = rows[(rows.metric == metric) & (rows.place == place)]
    if wanted.empty:
        raise Missing(f"no layer of {network} was pruned alone")
    key = [NETWORK, "share", "parameter"]
    both = pd.DataFrame(
        {
            "lost": -rows[rows.metric == "accuracy"].set_index(key).value,
            "sign": wanted.set_index(key).value * (-1 if place else 1),
        }
    )
    return both.groupby(level=[NETWORK, "share"]).apply(
        lambda layers: rank_correlation(layers.lost, layers.sign)
    )


def predicts(results: Results, network: str, metric: str, place: str = "") -> pd.Series:
    """The mean of `by_share` over the shares removed, NaN if one has none; index train_seed."""
    shares = by_share(results, network, metric, place)
    return shares.groupby(level=NETWORK).mean(skipna=False)


def beside_length(results: Results, network: str, metric: str, place: str) -> pd.Series:
    """How much better a similarity predicts than the norm of what was removed; index train_seed.

    Added after the results were read; not one of the rules.
    """
    return predicts(results, network, metric, place) - predicts(results, network, "length")


def _better(network: str, metric: str, place: str, other: str) -> Quantity:
    def measure(results: Results) -> pd.Series:
        return predicts(results, network, metric, place) - predicts(results, network, other)

    words = (
        f"rank correlation over the layers of the accuracy lost with 1 minus {METRICS[metric]} "
        f"{PLACES[place]}, minus that with {PREDICTORS[other]}"
    )
    return Quantity(words, measure)


SIMILARITIES = ("svcca", "pwcca", "cka", "nbs")


def differences(results: Results, network: str) -> dict[tuple[str, str], Interval]:
    """(metric, place) -> `beside_length` with its interval; without those not measured."""
    found = {
        (metric, place): claims.estimate(beside_length, results, network, metric, place)
        for metric in SIMILARITIES
        for place in PLACES
    }
    return {key: difference for key, difference in found.items() if difference.n}


SHOWN = {
    "Curvature": ("curvature", ""),
    "Norm removed": ("length", ""),
    "CKA, pruned layer": ("cka", OWN),
    "SVCCA, pruned layer": ("svcca", OWN),
    "CKA, last hidden layer": ("cka", LAST),
    "SVCCA, last hidden layer": ("svcca", LAST),
}


def each_share(results: Results, network: str) -> pd.DataFrame:
    """`by_share` of some predictors, mean over the complete networks; index the share removed."""
    found = {}
    for head, (metric, place) in SHOWN.items():
        with suppress(Missing):
            found[head] = by_share(results, network, metric, place).groupby(level="share").mean()
    return pd.DataFrame(found).rename_axis("Share removed")


def surprises(found: pd.DataFrame) -> Iterator[str]:
    """What the rank correlations by share removed say, of a table of `each_share`."""
    turned = found.columns[(found.max() > CLEARLY) & (found.min() < -CLEARLY)]
    if len(turned):
        yield (
            "The share removed decides even the sign. These predictors have a rank correlation above "
            f"{number(CLEARLY, 1)} at one share and below {number(-CLEARLY, 1)} at another: "
            f"{enumerate_words([f'*{name}*' for name in turned])}."
        )
    best: dict[str, list[str]] = {}
    for share, row in found.dropna(how="all").iterrows():
        best.setdefault(row.idxmax(), []).append(f"{percent(share, 0)} ({number(row.max())})")
    if best:
        places = [f"*{name}* at {enumerate_words(shares)}" for name, shares in best.items()]
        yield f"The predictor that ranks the layers best is {enumerate_words(places)}."


CLEARLY = 0.1

PREDICTORS = {
    "norm": "the removed share of the layer's norm",
    "length": "the norm of what was removed",
    "curvature": "the curvature of the loss times the squared norm of what was removed",
}


def of_flips(
    results: Results, network: str, quantity: str, of: str, conditions: tuple[str, ...] = CLEAN
) -> pd.Series:
    """A number of the pruned networks while they are as accurate, mean over conditions.

    Returns:
        Index train_seed.

    Raises:
        Missing: there is no such iteration, or nothing was measured.
    """
    require_experiment(results, network)
    rows = results.of(network, FLIPS)
    rows = rows[rows.iteration == last_measured(results, network, FLIPS)]
    rows = rows[(rows.quantity == quantity) & (rows.of == of) & rows.condition.isin(conditions)]
    if rows.empty:
        raise Missing(f"no flips of {network} were measured while it was as accurate")
    return rows.groupby(NETWORK).value.mean()


def _drift_beyond_margin(network: str, conditions: tuple[str, ...]) -> Quantity:
    def measure(results: Results) -> pd.Series:
        drift, margin = (
            of_flips(results, network, "auc", of, conditions) for of in (DRIFT, MARGIN)
        )
        return drift - margin

    words = "AUC with which the drift of the last hidden layer tells which images flip"
    return Quantity(f"{words}, minus that of the complete network's margin", measure)


def _flips_beyond_training(network: str) -> Quantity:
    def measure(results: Results) -> pd.Series:
        names = network, f"{network}_trained_on"
        pruned, control = (of_flips(results, name, "flipped", "all") for name in names)
        return 100 * (pruned - control)

    words = (
        "share of the images that change class under pruning, minus that in networks that were only "
        "trained further"
    )
    return Quantity(words, measure)


def _of(network: str, title: str) -> dict[str, tuple]:
    return (
        {
            f"{PAGE}-{network}-{place}-{metric}-{other}": (
                f"{METRICS[metric]} {PLACES[place]} predicts which layers of {title} can be pruned "
                f"better than {PREDICTORS[other]} does.",
                Rule(_better(network, metric, place, other), above=0),
            )
            for place in PLACES
            for metric in ("svcca", "cka", "nbs")
            for other in ("norm", "curvature")
        }
        | {
            f"{PAGE}-{network}-drift-{name}": (
                f"The drift of an image's representation in {title} says more about whether its "
                f"class flips than confidence does, on {name} images.",
                Rule(_drift_beyond_margin(network, conditions), above=0),
            )
            for name, conditions in (("clean", CLEAN), ("corrupted", CORRUPTED))
        }
        | {
            f"{PAGE}-{network}-flips": (
                f"While pruned networks of {title} are as accurate as the complete one, more images "
                "change class in them than in networks that were only trained further.",
                Rule(_flips_beyond_training(network), above=0, unit=POINTS),
            )
        }
    )


CLAIMS: tuple[Claim, ...] = declare(
    "Function", PAGE, *(_of(network, title) for network, title in TITLES.items())
)

# %% tags=["remove-input"]
loaded = load_results(results)
measured = set(loaded.table(ONE_LAYER).experiment) & set(loaded.table(FLIPS).experiment)
networks = [name for name in TITLES if name in measured]
study = open_study(results, *networks)
of_networks = tuple(f"{PAGE}-{network}-" for network in networks)
outcomes = claims.evaluate(study, [claim for claim in CLAIMS if claim.key.startswith(of_networks)])
glue(**claims.headline(outcomes))

# %% [markdown]
# ## What we find


# %% tags=["remove-input"]
def verdicts(network, *parts):
    """The verdicts on a network of the claims whose keys have all of these parts."""
    prefix = f"{PAGE}-{network}-"
    mine = {o.claim.key.removeprefix(prefix): o for o in outcomes if o.claim.key.startswith(prefix)}
    return [o.verdict for key, o in mine.items() if set(parts) <= set(key.split("-"))]


def against(rival, *parts):
    """How often similarity came out measurably better and worse, in all networks together."""
    found = [verdict for network in networks for verdict in verdicts(network, *parts)]
    better, worse = found.count(HOLDS), found.count(FAILS)
    return (
        f"than {rival} in {better} of {count(len(found), 'comparison')}, and a worse one in {worse}"
    )


layers = (
    "Similarity is a measurably better predictor "
    f"{'; '.join(against(PREDICTORS[other], other) for other in ('norm', 'curvature'))}."
)
images = (
    "The drift of an image's representation is a measurably better predictor "
    f"{against('confidence', 'drift')}."
)
glue(layers=layers if networks else ABSENT)
Markdown(
    f"**Which layers can one prune?** {layers}\n\n**Which images change class?** {images}"
    if networks
    else ABSENT
)


# %% tags=["remove-input"]
def aucs(network, conditions):
    """Those of drift and of margin, as texts; none where they were not measured."""
    found = [
        claims.estimate(of_flips, study, network, "auc", of, conditions) for of in (DRIFT, MARGIN)
    ]
    return [number(auc.mean) for auc in found if auc.n]


def layers_said(network):
    """How many comparisons of a similarity with simpler predictors came out which way."""
    tallies = {}
    for other in ("norm", "curvature"):
        found = verdicts(network, other)
        tallies[other] = found.count(HOLDS), found.count(FAILS), len(found)
    length = differences(study, network).values()
    tallies["length"] = (
        sum(found.low > 0 for found in length),
        sum(found.high < 0 for found in length),
        len(length),
    )
    return {
        other: f"measurably better than {PREDICTORS[other]} in {better} of {count(all_, 'comparison')}, "
        f"measurably worse in {worse}, and undecided in {all_ - better - worse}"
        for other, (better, worse, all_) in tallies.items()
        if all_
    }


SAID = {HOLDS: "measurably better", FAILS: "measurably worse"}


def findings(network):
    """What the verdicts say, in sentences."""
    said = layers_said(network)
    if ruled := [said[other] for other in ("norm", "curvature") if other in said]:
        yield (
            "As a predictor of which layers can be pruned, the similarity of a layer before and after "
            f"pruning is {'. It is '.join(ruled)}."
        )
    if "length" in said:
        yield (
            f"Similarity is {said['length']}. This comparison was added after the results were read; it "
            "is not one of the rules."
        )
    parts = []
    for name, conditions in (("clean", CLEAN), ("corrupted", CORRUPTED)):
        [found] = verdicts(network, "drift", name) or [""]
        if len(both := aucs(network, conditions)) == 2:
            parts.append(
                f"{SAID.get(found, 'neither measurably better nor measurably worse')} on {name} images "
                f"(AUC {' against '.join(both)})"
            )
    if parts:
        yield (
            "Compared with the complete network's confidence, how far an image's representation has "
            f"moved in the last hidden layer predicts a change of its class {' and '.join(parts)}."
        )
    yield from changes_said(network)


def changes_said(network):
    """How many images change class, and how accurate the networks are, pruned or trained further."""
    ends = ("", "_trained_on")
    flipped, accuracy = (
        [claims.estimate(of_flips, study, network + end, *what).mean * 100 for end in ends]
        for what in (("flipped", "all"), ("accuracy", "pruned"))
    )
    complete = 100 * claims.estimate(of_flips, study, network, "accuracy", "complete").mean
    if any(map(pd.isna, (*flipped, *accuracy, complete))):
        return
    gap = accuracy[1] - accuracy[0]
    yield (
        "While pruned networks are as accurate as the complete one or more so "
        f"({number(accuracy[0], 1)}\u00a0% against {number(complete, 1)}\u00a0% on these images), "
        f"{number(flipped[0], 1)}\u00a0% of the images change class. Networks that were only trained "
        f"further are {number(abs(gap), 1)} percentage points {'more' if gap > 0 else 'less'} accurate "
        f"than the pruned ones, and change the class of {number(flipped[1], 1)}\u00a0%."
    )


told = [
    f"{' and '.join(both)} in {study.network(network)}"
    for network in networks
    if (both := aucs(network, CLEAN))
]
glue(
    flips="Two signals predict which images get another class, though not equally well: how far an image's "
    "representation has moved in the last hidden layer, and how confident the complete network is (AUC, in "
    f"this order: {enumerate_words(told)})."
    if told
    else ABSENT
)
listed({study.network(network): findings(network) for network in networks})

# %% tags=["remove-input"]
fair = {}
for network in networks:
    with suppress(Missing):
        fair[network] = last_measured(study, network, FLIPS)
Markdown(when(study, fair))

# %% [markdown]
# ## Which layers can one prune?
#
# Each layer of the complete network is pruned alone, by magnitude and without any training afterwards.
# The accuracy that this costs is measured on test images, the similarity on others. How well does each
# predictor rank the layers by the accuracy that they cost? Procrustes similarity was measured as well; it
# is a rising function of NBS and therefore ranks the layers in the same way.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-function-layers", "caption": "Rank correlation over the layers between the accuracy that pruning a layer alone costs and what could have predicted it: mean over the shares removed and the complete networks (mark), 95 % interval over the networks (line). Similarity is that of the pruned layer (circle) or of the last hidden layer (diamond); squares are simpler predictors, which need no representations."}}
MARKS = {OWN: ("o", METRIC_STYLES["svcca"]), LAST: ("D", METRIC_STYLES["cka"])}
TITLES = {metric: METRICS.get(metric, metric.capitalize()) for metric in SIMILARITIES}
SIMPLE = {"norm": "Share of the norm", "length": "Norm removed", "curvature": "Curvature"}


figure = PanelFigure("function-layers")
for network in networks:
    axes = figure.panel(study.network(network), left=0.36)
    names = [*SIMILARITIES, *SIMPLE]
    for place, (marker, style) in {**MARKS, "": ("s", {"color": INK})}.items():
        label = {OWN: "similarity of the pruned layer", LAST: "of the last hidden layer"}
        for row, metric in enumerate(reversed(names)):
            if (metric in SIMPLE) == (place == ""):
                found = claims.estimate(predicts, study, network, metric, place)
                if not found.n:
                    continue
                axes.hlines(row, found.low, found.high, color=style["color"], linewidth=1)
                axes.plot(
                    [found.mean],
                    [row],
                    marker=marker,
                    linestyle="",
                    color=style["color"],
                    label=label.get(place, "simpler predictors"),
                )
    axes.set_yticks(range(len(names)), [(TITLES | SIMPLE)[name] for name in reversed(names)])
    axes.set_xlabel("rank correlation with the accuracy lost")
figure

# %% [markdown]
# The rules take magnitude as the share of the layer's norm that was removed. The norm itself, which the
# figure has as well, is another way to read magnitude. The table has the rank correlation of each
# similarity minus that of the norm removed, with its 95 % interval over the complete networks. It was
# added after the results were read; it is not one of the rules.

# %% tags=["hide-input"]
rows = {}
for network in networks:
    for (metric, place), found in differences(study, network).items():
        row = rows.setdefault((study.network(network), METRICS.get(metric, metric)), {})
        row[f"Similarity {PLACES[place]}"] = found.text(sign=True)
index = pd.MultiIndex.from_tuples(rows, names=["Network", "Metric"]) if rows else None
table = pd.DataFrame(list(rows.values()), index=index)
Table.of(table, numeric=list(table), nothing=ABSENT)

# %% [markdown]
# The mean over the shares removed hides much. The next table, also added after the results were read, has
# the rank correlations for each share, as means over the complete networks:

# %% tags=["hide-input"]
tables = {study.network(network): each_share(study, network) for network in networks}
rows = {
    (network, percent(share, 0)): row.to_dict()
    for network, found in tables.items()
    for share, row in found.iterrows()
}
index = pd.MultiIndex.from_tuples(rows, names=["Network", "Share removed"]) if rows else None
Table.of(pd.DataFrame(list(rows.values()), index=index), nothing=ABSENT)

# %% tags=["remove-input"]
listed({network: surprises(found) for network, found in tables.items()})

# %% [markdown]
# ## Which images flip?
#
# An image flips if the pruned network gives it another class than the complete one does. Three signals
# could tell which images do: the *margin* between the complete network's two most likely classes, and
# the *drift* of the image in a middle layer or in the last hidden one, which is 1 minus the cosine
# between its rows of the two Gram matrices. The area under the ROC curve (AUC) is the probability that
# an image that flips has the stronger signal than one that does not: the smaller margin, or the larger
# drift. The margin is known before pruning; drift needs the pruned network.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-function-flips", "caption": "How well three signals tell which images flip, on clean images and on images with noise, blur or less contrast, while pruned networks are as accurate as the complete one: AUC, mean and 95 % interval over the complete networks. At the dotted line a signal tells nothing."}}
SIGNALS = {
    MARGIN: ("s", INK),
    MIDDLE: ("o", METRIC_STYLES["svcca"]["color"]),
    DRIFT: ("D", METRIC_STYLES["cka"]["color"]),
}


def measured_flips(network, quantity, of, condition):
    return claims.estimate(of_flips, study, network, quantity, of, (condition,))


figure = PanelFigure("function-flips")
for network in networks:
    axes = figure.panel(study.network(network), left=0.2)
    for row, condition in enumerate(reversed(CONDITIONS)):
        for place, (signal, (marker, colour)) in enumerate(SIGNALS.items()):
            found = measured_flips(network, "auc", signal, condition)
            if not found.n:
                continue
            height = row + 0.2 * (1 - place)
            axes.hlines(height, found.low, found.high, color=colour, linewidth=1)
            look = {"marker": marker, "linestyle": "", "color": colour, "label": signal}
            axes.plot([found.mean], [height], **look)
    axes.axvline(0.5, color=INK, linestyle=":", label="tells nothing")
    axes.set_yticks(range(len(CONDITIONS)), list(reversed(CONDITIONS)))
    axes.set_xlabel("AUC")
figure

# %% [markdown]
# The table has the accuracy, in percent, of the complete network, of the pruned one, and of one that was
# trained further for as long without pruning, and the share of the images whose class changes in the two
# latter. The accuracies differ, so the last two columns do not compare networks of equal accuracy:

# %% tags=["hide-input"]
COLUMNS = {
    "Complete": ("", "accuracy", "complete"),
    "Pruned": ("", "accuracy", "pruned"),
    "Trained further": ("_trained_on", "accuracy", "pruned"),
    "Flipped, pruned": ("", "flipped", "all"),
    "Flipped, trained further": ("_trained_on", "flipped", "all"),
}


def shown(found, quantity):
    if quantity == "accuracy":
        return number(100 * found.mean, 1)
    return interval(100 * found.mean, 100 * found.low, 100 * found.high, 1)


rows = {
    (study.network(network), condition): {
        head: shown(measured_flips(network + end, quantity, of, condition), quantity)
        for head, (end, quantity, of) in COLUMNS.items()
    }
    for network in networks
    for condition in CONDITIONS
}
index = pd.MultiIndex.from_tuples(rows, names=["Network", "Images"])
table = pd.DataFrame(rows.values(), index=index)
Table.of(table, numeric=list(COLUMNS))

# %% [markdown]
# And the share of the images that flip in pruned networks by class, on clean images, in percent:

# %% tags=["hide-input", "hide-output"]


def by_class(network):
    rows = study.of(network, FLIPS)
    rows = rows[(rows.quantity == "flipped") & (rows.of != "all") & (rows.condition == "clean")]
    found = {
        name: 100 * measured_flips(network, "flipped", name, "clean").mean
        for name in rows.of.unique()
    }
    return pd.Series(found, dtype=float)


classes = {study.network(network): by_class(network) for network in networks}
table = pd.concat(classes, names=["Network", "Class"]) if classes else pd.Series(dtype=float)
Table.of(table.to_frame("Flipped"), 1, nothing=ABSENT)

# %% [markdown]
# ## The claims
#
# The rules are in the code at the head of this page. They were written before any of these numbers
# were measured. {doc}`how_claims_are_decided` says how a verdict is reached.

# %% tags=["remove-input"]
Markdown(claims.summary(outcomes))

# %% tags=["hide-input"]
claims.Claims("claims", outcomes)
