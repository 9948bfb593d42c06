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
# **Which layers can one prune? Which images does a pruned network lose? Can similarity tell?**
#
# A pruned network that is as accurate as before may still give other answers to single images. And
# those who prune want to know beforehand which layers can bear it. If the similarity of representations
# says something about what networks do, it should help with both. Here it competes with simpler
# predictors: the size of the weights, the curvature of the loss, and the network's own confidence.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
import pandas as pd
from IPython.display import Markdown

from lib import claims
from lib.chapters.function.flips_job import CONDITIONS, MARGIN, MIDDLE
from lib.chapters.function.flips_job import LAST as DRIFT
from lib.chapters.function.tables import FLIPS, LAST, ONE_LAYER, OWN
from lib.claims.engine import FAILS, HOLDS, POINTS, Claim, Missing, Quantity, Rule, declare
from lib.claims.equal import last_as_accurate
from lib.claims.vocabulary import require_experiment
from lib.report.figure import ABSENT, PanelFigure
from lib.report.format import count, interval, number
from lib.report.names import METRICS, PAPER_NETWORKS, enumerate_words
from lib.report.page import glue, listed, open_study
from lib.report.results import Results, load_results
from lib.report.statistics import rank_correlation
from lib.report.style import INK, METRIC_STYLES
from lib.report.tables import Table
from lib.report.values import NETWORK

# %% tags=["definitions", "hide-input"]
PAGE = "function"

PLACES = {OWN: "of the pruned layer", LAST: "of the last hidden layer"}

CLEAN, CORRUPTED = ("clean",), ("noise", "blur", "contrast")


def predicts(results: Results, network: str, metric: str, place: str = "") -> pd.Series:
    """How well a number orders the layers by the accuracy that they cost when pruned alone.

    Spearman's rank correlation over the layers of what was lost with the metric's distance from 1,
    or with a predictor that needs no images (without a place); the mean over the shares removed.

    Returns:
        Index train_seed.

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
    found = both.groupby(level=[NETWORK, "share"]).apply(
        lambda layers: rank_correlation(layers.lost, layers.sign)
    )
    return found.groupby(level=NETWORK).mean()


def _better(network: str, metric: str, place: str, other: str) -> Quantity:
    def measure(results: Results) -> pd.Series:
        return predicts(results, network, metric, place) - predicts(results, network, other)

    words = (
        f"rank correlation over the layers of the accuracy lost with 1 minus {METRICS[metric]} "
        f"{PLACES[place]}, minus that with {PREDICTORS[other]}"
    )
    return Quantity(words, measure)


PREDICTORS = {
    "norm": "the removed share of the layer's norm",
    "length": "the norm of what was removed",
    "curvature": "the curvature of the loss times the squared norm of what was removed",
}


def of_flips(
    results: Results, network: str, quantity: str, of: str, conditions: tuple[str, ...] = CLEAN
) -> pd.Series:
    """A number of the pruned networks while they are as accurate, mean over conditions.

    At the last iteration, among those measured, up to which the base keeps the accuracy.

    Returns:
        Index train_seed.

    Raises:
        Missing: there is no such iteration, or nothing was measured.
    """
    require_experiment(results, network)
    rows = results.of(network, FLIPS)
    fair = last_as_accurate(results, network.removesuffix("_trained_on"))
    rows = rows[rows.iteration <= fair]
    rows = rows[rows.iteration == rows.iteration.max()]
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

    words = "share of the images that flip under pruning, minus that under training alone"
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
                f"While {title} is as accurate, more images flip under pruning than under training "
                "alone.",
                Rule(_flips_beyond_training(network), above=0, unit=POINTS),
            )
        }
    )


CLAIMS: tuple[Claim, ...] = declare(
    "Function", PAGE, *(_of(network, title) for network, title in PAPER_NETWORKS.items())
)

# %% tags=["remove-input"]
loaded = load_results(results)
measured = set(loaded.table(ONE_LAYER).experiment) & set(loaded.table(FLIPS).experiment)
networks = [name for name in PAPER_NETWORKS if name in measured]
study = open_study(results, *networks)
of_networks = tuple(f"{PAGE}-{network}-" for network in networks)
outcomes = claims.evaluate(study, [claim for claim in CLAIMS if claim.key.startswith(of_networks)])
glue(**claims.headline(outcomes))

# %% [markdown]
# ## What we find


# %% tags=["remove-input"]
def verdicts(network, *parts):
    """The verdicts on a network of the claims whose keys have all of these parts."""
    keys = (o.claim.key.removeprefix(f"{PAGE}-{network}-").split("-") for o in outcomes)
    return [o.verdict for o, key in zip(outcomes, keys, strict=True) if set(parts) <= set(key)]


def aucs(network, conditions):
    """Those of drift and of margin, as texts; none where they were not measured."""
    found = [
        claims.estimate(of_flips, study, network, "auc", of, conditions) for of in (DRIFT, MARGIN)
    ]
    return [number(auc.mean) for auc in found if auc.n]


SAID = {HOLDS: "a better", FAILS: "a worse"}


def findings(network):
    """What the verdicts say, in sentences."""
    for other in ("norm", "curvature"):
        found = verdicts(network, other)
        yield (
            "As a predictor of which layers can be pruned, the similarity of a layer before and after is "
            f"better than {PREDICTORS[other]} in {found.count(HOLDS)} of "
            f"{count(len(found), 'comparison')}, and worse in {found.count(FAILS)}."
        )
    for name, conditions in (("clean", CLEAN), ("corrupted", CORRUPTED)):
        [found] = verdicts(network, "drift", name) or [""]
        if both := aucs(network, conditions):
            yield (
                f"On {name} images, how far an image's representation has moved is "
                f"{SAID.get(found, 'neither measurably a better nor a worse')} predictor of a flip of its "
                f"class than the complete network's confidence (AUC {' and '.join(both)})."
            )
    pruned, control = (
        claims.estimate(of_flips, study, network + end, "flipped", "all")
        for end in ("", "_trained_on")
    )
    if pruned.n and control.n:
        yield (
            f"At equal accuracy, {number(100 * pruned.mean, 1)}\u00a0% of the images flip under "
            f"pruning, and {number(100 * control.mean, 1)}\u00a0% under training alone."
        )


told = [
    f"{' and '.join(both)} in {study.network(network)}"
    for network in networks
    if (both := aucs(network, CLEAN))
]
glue(
    flips="How far an image's representation has moved and how confident the complete network is both "
    f"tell whether the image gets another class, with AUCs of {enumerate_words(told)}."
    if told
    else ABSENT
)
listed({study.network(network): findings(network) for network in networks})

# %% [markdown]
# ## Which layers can one prune?
#
# Each layer of the complete network is pruned alone, by magnitude and without any training afterwards.
# The accuracy that this costs is measured on test images, the similarity on others. How well does each
# predictor rank the layers by the accuracy that they cost?

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-function-layers", "caption": "Rank correlation over the layers between the accuracy that pruning a layer alone costs and what could have predicted it: mean over the shares removed and the complete networks (mark), 95 % interval over the networks (line). Similarity is that of the pruned layer (circle) or of the last hidden layer (diamond)."}}
SIMILARITIES = ("svcca", "pwcca", "cka", "nbs", "procrustes")
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
# ## Which images flip?
#
# An image flips if the pruned network gives it another class than the complete one does. Three signals
# could tell which images do: the *margin* between the complete network's two most likely classes, and
# the *drift* of the image in a middle layer or in the last hidden one, which is 1 minus the cosine
# between its rows of the two Gram matrices. The area under the ROC curve (AUC) is the probability that
# an image that flips has the stronger signal than one that does not. The margin is known before
# pruning; drift needs the pruned network.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-function-flips", "caption": "How well three signals tell which images flip, on clean images and on images with noise, blur or less contrast, while the pruned network is as accurate: AUC, mean and 95 % interval over the complete networks. At the dotted line a signal tells nothing."}}
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
# The table has the share of images that flip, in percent, at equal accuracy on clean images, beside the
# accuracy of both networks under each condition. *Trained on* is the share that flips in networks that
# were trained on without pruning:

# %% tags=["hide-input"]
COLUMNS = {
    "Complete": ("", "accuracy", "complete"),
    "Pruned": ("", "accuracy", "pruned"),
    "Flipped": ("", "flipped", "all"),
    "Trained on": ("_trained_on", "flipped", "all"),
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
# And by class, on clean images, in percent:

# %% tags=["hide-input", "hide-output"]


def by_class(network):
    rows = study.of(network, FLIPS)
    rows = rows[(rows.quantity == "flipped") & (rows.of != "all") & (rows.condition == "clean")]
    found = {}
    for name in rows.of.unique():
        found[name] = 100 * measured_flips(network, "flipped", name, "clean").mean
    return found


table = pd.DataFrame({study.network(name): by_class(name) for name in networks})
Table.of(table.rename_axis("Class"), 1)

# %% [markdown]
# ## The claims
#
# The rules are in the code at the head of this page. They were written before any of these numbers
# were measured. {doc}`how_claims_are_decided` says how a verdict is reached.

# %% tags=["remove-input"]
Markdown(claims.summary(outcomes))

# %% tags=["hide-input"]
claims.Claims("claims", outcomes)
