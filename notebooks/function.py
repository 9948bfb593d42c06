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
# # What similarity tells of function
#
# **Which layers can one prune? Which images does a pruned network lose? Does similarity know?**
#
# A pruned network that is as accurate as before may still answer otherwise, image by image. And those
# who prune want to know beforehand which layers bear it. If a similarity of representations says
# something about what networks do, it should help with both. Here it is set beside simpler answers: the
# size of the weights, the curvature of the loss, and the network's own confidence.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
import pandas as pd
from IPython.display import Markdown

from lib import claims
from lib.chapters.function import claims as chapter
from lib.chapters.function.flips_job import CONDITIONS, MARGIN, MIDDLE
from lib.chapters.function.flips_job import LAST as DRIFT
from lib.chapters.function.tables import FLIPS, LAST, ONE_LAYER, OWN
from lib.claims.engine import FAILS, HOLDS, Missing
from lib.report import format
from lib.report.figure import ABSENT, PanelFigure
from lib.report.format import count
from lib.report.names import METRICS, PAPER_NETWORKS
from lib.report.page import glue, open_study
from lib.report.results import load_results
from lib.report.statistics import interval
from lib.report.style import INK, METRIC_STYLES
from lib.report.tables import Table

# %% tags=["remove-input"]
loaded = load_results(results)
measured = set(loaded.table(ONE_LAYER).experiment) & set(loaded.table(FLIPS).experiment)
networks = [name for name in PAPER_NETWORKS if name in measured]
study = open_study(results, *networks)
outcomes = claims.evaluate(study, chapter.CLAIMS)
glue(**claims.headline(outcomes))

# %% [markdown]
# ## What we find


# %% tags=["remove-input"]
def verdicts(*parts):
    """The verdicts of the claims whose keys have all of these parts."""
    return [o.verdict for o in outcomes if set(parts) <= set(o.claim.key.split("-"))]


def better(other, words):
    found = verdicts(other)
    return (
        f"In {found.count(HOLDS)} of {len(found)} comparisons, similarity predicts better than "
        f"{words} which layers can be pruned; in {found.count(FAILS)} it does not, and the others are "
        "open."
    )


def signals():
    for name in ("clean", "corrupted"):
        found = verdicts("drift", name)
        yield (
            f"On {name} images, how far an image's representation has moved says more about whether its "
            f"class flips than the complete network's confidence in {found.count(HOLDS)} of "
            f"{count(len(networks), 'network')}, and not in {found.count(FAILS)}."
        )


def flipped():
    for network in networks:
        names = network, f"{network}_trained_on"
        try:
            pruned, control = (
                chapter.of_flips(study, name, "flipped", "all").mean() for name in names
            )
        except Missing:
            continue
        yield (
            f"While {study.network(network)} is as accurate, {100 * pruned:.1f}\u00a0% of the images "
            f"flip under pruning, and {100 * control:.1f}\u00a0% under training alone."
        )


lines = [
    better("norm", chapter.PREDICTORS["norm"]),
    better("curvature", chapter.PREDICTORS["curvature"]),
    *signals(),
    *flipped(),
]
Markdown("\n".join(f"- {line}" for line in lines) if networks else ABSENT)

# %% [markdown]
# ## Which layers can one prune?
#
# Each layer of the complete network is pruned alone, by magnitude and without any training after it.
# The accuracy that this costs is measured on 5,000 test images, and similarity on 500 others. How well
# does a number that is known without the accuracy put the layers in order?

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-function-layers", "caption": "Rank correlation over the layers between the accuracy that pruning a layer alone costs and what could have predicted it: mean over the shares removed and the complete networks (mark), 95 % interval over the networks (line). Similarity is that of the pruned layer (circle) or of the last hidden layer (diamond)."}}
SIMILARITIES = ("svcca", "pwcca", "cka", "nbs", "procrustes")
MARKS = {OWN: ("o", METRIC_STYLES["svcca"]), LAST: ("D", METRIC_STYLES["cka"])}
TITLES = {metric: METRICS.get(metric, metric.capitalize()) for metric in SIMILARITIES}
SIMPLE = {"norm": "Share of the norm", "length": "Norm removed", "curvature": "Curvature"}


def correlation(network, metric, place):
    try:
        return interval(chapter.predicts(study, network, metric, place))
    except Missing:
        return None


figure = PanelFigure("function-layers")
for network in networks:
    axes = figure.panel(study.network(network), left=0.31)
    names = [*SIMILARITIES, *SIMPLE]
    for place, (marker, style) in {**MARKS, "": ("s", {"color": INK})}.items():
        label = {OWN: "similarity of the pruned layer", LAST: "of the last hidden layer"}
        for row, metric in enumerate(reversed(names)):
            if (metric in SIMPLE) == (place == ""):
                found = correlation(network, metric, place)
                if found is None or pd.isna(found.mean):
                    continue
                axes.hlines(row, found.low, found.high, color=style["color"], linewidth=1)
                axes.plot(
                    [found.mean],
                    [row],
                    marker=marker,
                    linestyle="",
                    color=style["color"],
                    label=label.get(place, "known without images"),
                )
    axes.set_yticks(range(len(names)), [(TITLES | SIMPLE)[name] for name in reversed(names)])
    axes.set_xlabel("rank correlation with the accuracy lost")
figure

# %% [markdown]
# ## Which images flip?
#
# An image flips if the pruned network gives it another class than the complete one does. Three numbers
# could tell which images do: the *margin* between the complete network's two most likely classes, and
# the *drift* of the image in a middle layer or in the last one, 1 minus the cosine between its rows of
# the two Gram matrices. AUC is the chance that an image that flips has the larger signal. The margin is
# known before pruning; drift needs the pruned network.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-function-flips", "caption": "How well three signals tell the images that flip, on clean images and on images with noise, blur or less contrast, while the pruned network is as accurate: AUC, mean and 95 % interval over the complete networks. At the dotted line a signal tells nothing."}}
SIGNALS = {
    MARGIN: ("s", INK),
    MIDDLE: ("o", METRIC_STYLES["svcca"]["color"]),
    DRIFT: ("D", METRIC_STYLES["cka"]["color"]),
}


def measured_flips(network, quantity, of, condition):
    try:
        return interval(chapter.of_flips(study, network, quantity, of, (condition,)))
    except Missing:
        return None


figure = PanelFigure("function-flips")
for network in networks:
    axes = figure.panel(study.network(network), left=0.2)
    for row, condition in enumerate(reversed(CONDITIONS)):
        for place, (signal, (marker, colour)) in enumerate(SIGNALS.items()):
            found = measured_flips(network, "auc", signal, condition)
            if found is None or pd.isna(found.mean):
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
# How many images flip, in percent, at equal accuracy on clean images, beside the accuracy of both
# networks under each condition; and how many flip in networks that were trained on without pruning:

# %% tags=["hide-input"]
COLUMNS = {
    "Complete": ("", "accuracy", "complete"),
    "Pruned": ("", "accuracy", "pruned"),
    "Flipped": ("", "flipped", "all"),
    "Flipped, trained on": ("_trained_on", "flipped", "all"),
}


def shown(found):
    if found is None:
        return "-"
    return format.interval(100 * found.mean, 100 * found.low, 100 * found.high, 1)


rows = {
    (study.network(network), condition): {
        head: shown(measured_flips(network + end, quantity, of, condition))
        for head, (end, quantity, of) in COLUMNS.items()
    }
    for network in networks
    for condition in CONDITIONS
}
table = pd.DataFrame.from_dict(rows, orient="index").rename_axis(["Network", "Images"])
Table.of(table, numeric=list(COLUMNS))

# %% [markdown]
# And by class, on clean images, in percent:

# %% tags=["hide-input", "hide-output"]


def by_class(network):
    rows = study.of(network, FLIPS)
    rows = rows[(rows.quantity == "flipped") & (rows.of != "all") & (rows.condition == "clean")]
    found = {}
    for name in rows.of.unique():
        flips = measured_flips(network, "flipped", name, "clean")
        found[name] = float("nan") if flips is None else 100 * flips.mean
    return found


table = pd.DataFrame({study.network(name): by_class(name) for name in networks})
Table.of(table.rename_axis("Class"), 1)

# %% [markdown]
# ## The claims
#
# The rules were written before any of these numbers. {doc}`claims` says how a verdict is reached.

# %% tags=["remove-input"]
Markdown(claims.summary(outcomes))

# %% tags=["hide-input"]
claims.Claims("claims", outcomes)
