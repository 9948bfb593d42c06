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
# # Does intrinsic dimension explain it?
#
# **Are layers of high dimension those that change most when a network is pruned?**
#
# A layer may have thousands of neurons, and yet its representations of all images may lie near a surface
# of few dimensions. Their number is the *intrinsic dimension*. The authors of the paper once conjectured
# that it causes the "U": they held that it is typically highest in the middle of a network, which would
# leave more ways to differ there.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-input"]
from lib.book.report.page import glue, open_study

study = open_study(results)

# %% [markdown]
# ## What we find
#
# {glue:text}`dimensions_answer:s`

# %% [markdown]
# ## The figure
#
# Two measures are shown. The *intrinsic dimension* is estimated from each image's two nearest neighbours:
# the more dimensions there are, the closer the two distances are to each other (TwoNN,
# {cite}`facco2017estimating`). The *participation ratio* counts the directions that carry the variance:
# $(\sum \lambda_i)^2 / \sum \lambda_i^2$, where $\lambda_i$ are the variances along the principal
# directions. On a curved surface it counts too many dimensions.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-dimensions", "caption": "Each panel has four lines: intrinsic dimension and participation ratio of each layer, each of the complete network and of the pruned ones after the last iteration (mean over the pruning runs). A row is an image, a column a channel at a position. Each panel has its own vertical scale."}}
import numpy as np
import pandas as pd

from lib.book.claims.vocabulary import CLEAR
from lib.book.report import values
from lib.book.report.figure import LayerFigure
from lib.book.report.format import number, signed
from lib.book.report.names import METRICS
from lib.book.report.statistics import rank_correlation
from lib.book.report.style import METRIC_STYLES
from lib.book.report.tables import Table, text_table

measures = {
    "id": ("intrinsic dimension", METRIC_STYLES["svcca"]["color"]),
    "pr": ("participation ratio", METRIC_STYLES["cka"]["color"]),
}
networks = {"x": ("complete", "-"), "y": ("last pruned", "--")}
columns = [f"{measure}_{network}" for measure in measures for network in networks]


def dimensions(experiment):
    """Index layer; a column for each measure and network: means over the runs of the last iteration."""
    rows = study.of(experiment, "similarity")
    rows = rows[(rows.reshape == "flat") & (rows.iteration == rows.iteration.max())]
    rows = rows.drop_duplicates(["train_seed", "prune_seed", "layer"])  # the same for every metric
    means = rows.reindex(columns=["layer", *columns]).groupby("layer").mean()
    return means.reindex([name for name, _ in values.layers(study, experiment)])


found = {name: dimensions(name) for name in study.experiments}

figure = LayerFigure("dimensions", [], shared=False, iterations=0)
for name, frame in found.items():
    axes = figure.panel(study.network(name), order=values.layers(study, name))
    for measure, (about, colour) in measures.items():
        for network, (which, style) in networks.items():
            line = frame[f"{measure}_{network}"]
            figure.draw(axes, line, f"{about}, {which}", color=colour, linestyle=style)
    axes.set_ylim(bottom=0)
figure

# %% [markdown]
# ## The numbers
#
# The rank correlation says whether dissimilarity ranks the hidden layers as dimension does: 1 is perfect
# agreement, −1 the reverse order. Dissimilarity is 1 minus the metric after the last iteration;
# dimensions are those of the complete network. *Place* ranks the layers from first to last, for
# comparison. *Layers* is the number of layers with both a dissimilarity and a dimension. A dash means
# that no dimension was measured.

# %% tags=["hide-input"]
shown = ["svcca", "cka", "nbs"]  # the metrics that the paper's argument is about
dissimilarity = {
    (name, metric): 1 - values.curves(study, name, metric).iloc[-1]
    for name in study.experiments
    for metric in shown
}


def agreement(one, other):
    both = pd.concat([one, other], axis="columns").dropna()
    return rank_correlation(*both.to_numpy().T)


rows = []
for (name, metric), distance in dissimilarity.items():
    hidden = values.hidden(study, name)
    distance, frame = distance[hidden], found[name].loc[hidden]
    measured = frame[["id_x", "pr_x"]].notna().any(axis="columns")
    place = pd.Series(range(len(hidden)), index=hidden)
    rows.append(
        {
            "Dissimilarity": f"{study.network(name)}, {METRICS[metric]}",
            "Intrinsic dim.": signed(agreement(distance, frame.id_x)),
            "Participation": signed(agreement(distance, frame.pr_x)),
            "Place": signed(agreement(distance, place)),
            "Layers": int((distance.notna() & measured).sum()),
        }
    )
Table.of(pd.DataFrame(rows).set_index("Dissimilarity"))

# %% tags=["remove-cell"]
every = {
    (name, metric): agreement(distance[values.hidden(study, name)], found[name].id_x)
    for (name, metric), distance in dissimilarity.items()
}
every = pd.Series(every, dtype=float).dropna()
explained = every >= CLEAR
SAID = {
    "unknown": "Intrinsic dimensions were not measured here.",
    "no": "No. In none of {n} combinations of metric and network are the layers of high dimension those "
    "that change most.",
    "yes": "They may be. In all {n} combinations of metric and network, dimension ranks the layers much "
    "as dissimilarity does.",
    "some": "Not in general. In {k} of {n} combinations of metric and network, dimension ranks the layers "
    "much as dissimilarity does.",
}
which = (
    "unknown" if every.empty else "yes" if explained.all() else "some" if explained.any() else "no"
)
answer = SAID[which].format(n=len(every), k=explained.sum())
if len(every):
    answer += f" The rank correlations range from {signed(every.min())} to {signed(every.max())}."
    if every.max() < 0:
        answer += " All are negative: layers of high dimension tend to change least."
glue(dimensions_answer=answer)

# %% [markdown]
# This is where the dimension is highest and where each metric is lowest; in brackets, how many layers
# later that is.

# %% tags=["hide-input"]
rows = []
for name, frame in found.items():
    hidden = values.hidden(study, name)
    dimension = frame.id_x[hidden].dropna()
    row = {"Network": study.network(name), "Dimension highest": "-"}
    if len(dimension):
        top = dimension.idxmax()
        row["Dimension highest"] = f"{top}: {number(dimension[top], 1)}"
    for metric in shown:
        lowest = dissimilarity[name, metric][hidden].idxmax()
        later = hidden.index(lowest) - hidden.index(top) if len(dimension) else np.nan
        row[f"{METRICS[metric]} lowest"] = f"{lowest} ({signed(later, 0) if later else 0})"
    rows.append(row)
Table.of(pd.DataFrame(rows).set_index("Network"))

# %% [markdown]
# Every layer: intrinsic dimension (ID), participation ratio (PR), and dissimilarity:

# %% tags=["hide-input", "hide-output"]
for name, frame in found.items():
    table = frame.set_axis(["ID", "ID pruned", "PR", "PR pruned"], axis="columns")
    for metric in shown:
        table[f"1-{METRICS[metric]}"] = dissimilarity[name, metric]
    print(study.network(name))
    print(text_table(table.reset_index(), digits=2), end="\n\n")

# %% [markdown]
# ## How to read it
#
# If dimension explained dissimilarity, their correlation would be high for every metric, and in every
# network. A correlation below zero says that layers of high dimension differ least, the reverse of the
# conjecture. If it is high for one metric only, dimension explains that metric at best. If the mere place
# in the network does as well, dimension adds nothing.
#
# This is a hint, not a test: there are few layers, and adjacent layers resemble each other, so they are not
# independent observations. That is why there are no p-values here.
#
# TwoNN is too low where the dimension is above about twenty, the more so the fewer the images. So trust
# the order of the layers more than the values.
#
# ## What the paper reports
#
# An earlier paper of the same authors conjectured that the "U" of SVCCA comes from the intrinsic
# dimension. This one finds the conjecture problematic: CKA shows a very different picture, and NBS has
# its bottom later, where the dimension is typically far from its maximum
# ({cite:t}`ansuini2020investigating`, section 6.1). The paper does not measure dimensions.
