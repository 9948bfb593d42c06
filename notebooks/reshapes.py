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
# # The metric or the matrix?
#
# **Do SVCCA and CKA disagree because they are different metrics, or because they see different
# matrices?**
#
# A convolution gives $n \times c \times h \times w$ numbers, and a metric needs a matrix. The paper makes
# two different ones. For the CCA family each position of each image is a row, and each channel a column
# (*channels*). For CKA and NBS each image is a row, and each channel at each position a column (*flat*;
# {doc}`methods`). So the metric and the matrix change together. Here they change one at a time. A third
# matrix has a row for each image and a column for the mean of each channel over its positions (*gap*, for
# global average pooling).
#
# The matrix also decides what a metric ignores. Rotating the columns leaves all four metrics unchanged,
# exactly or nearly. On the matrix of channels, such a rotation mixes channels in the same way at every
# position. On that of whole images, it may also move a pixel to another place.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-input"]
from lib.book.report.page import open_study

study = open_study(results)

# %% [markdown]
# ## What we find

# %% tags=["hide-input"]
import pandas as pd
from IPython.display import Markdown, display

from lib.book.report import values
from lib.book.report.figure import LayerFigure
from lib.book.report.format import number, percent, plain
from lib.book.report.names import METRICS, RESHAPES, enumerate_words
from lib.book.report.results import PAPER_RESHAPE
from lib.book.report.style import FIRST, LAST, VISIBLE
from lib.book.report.tables import Table

shown = ["svcca", "pwcca", "cka", "nbs"]
undefined = [("svcca", "flat"), ("pwcca", "flat")]  # more columns than rows


def draw(experiment):
    remaining = values.remaining(study, experiment)
    ends = {remaining.index[0]: FIRST, remaining.index[-1]: LAST}
    order = values.layers(study, experiment)
    figure = LayerFigure(f"reshapes-{experiment}", order, iterations=2, small=True)
    for reshape, about in RESHAPES.items():
        figure.row(reshape, f": {about}")
        for metric in shown:
            title = f"{METRICS[metric]}, {reshape}"
            lines = values.curves(study, experiment, metric, reshape)
            if (metric, reshape) in undefined:
                figure.absent(title, "With more columns than rows, CCA is 1 for any data.")
            elif lines.empty:
                figure.absent(title, "Not measured here.")
            else:
                axes = figure.panel(title)
                figure.draw_null(axes, values.null(study, experiment, metric, reshape))
                for iteration, colour in ends.items():
                    left = percent(remaining[iteration])
                    label = f"iteration {iteration}: {left} of the weights left"
                    figure.draw(axes, lines.loc[iteration], label, color=colour)
    return figure


def summary(experiment):
    """Index (metric, reshape), over the hidden layers after the last iteration."""
    hidden, rows = values.hidden(study, experiment), {}
    for metric in shown:
        for reshape in RESHAPES:
            lines = values.curves(study, experiment, metric, reshape)
            if lines.empty or (metric, reshape) in undefined:
                continue
            last = lines.iloc[-1][hidden]
            rows[metric, reshape] = {
                "Mean": last.mean(),
                "Null": values.null(study, experiment, metric, reshape)["mean"][hidden].mean(),
                "First layer": last.iloc[0],
                "Lowest": last.min(),
                "Where": last.idxmin() if last.notna().any() else "-",
                "Last hidden": last.iloc[-1],
                "Depth": values.u_depth(last.to_frame().T).iloc[0],
                "Layers": int(last.count()),
            }
    return pd.DataFrame.from_dict(rows, orient="index")


def overview(experiment):
    frame = summary(experiment)
    papers = {True: " (the paper's)", False: ""}
    names = [f"{METRICS[m]}, {r}{papers[PAPER_RESHAPE[m] == r]}" for m, r in frame.index]
    return Table.of(frame.set_axis(names).rename_axis("Metric and matrix"))


rows = []
for name in study.experiments:
    frame = summary(name).reindex([("svcca", "channels"), ("cka", "flat"), ("cka", "channels")])
    svcca, flat, channels = frame["Mean"]
    rows.append(
        {
            "Network": study.network(name),
            "As in the paper": flat - svcca,
            "Both on channels": channels - svcca,
            '"U" of SVCCA, channels': frame["Depth"].iloc[0],
            '"U" of CKA, flat': frame["Depth"].iloc[1],
            '"U" of CKA, channels': frame["Depth"].iloc[2],
        }
    )
in_short = pd.DataFrame(rows).set_index("Network")
OWN, SAME = (f'"U" of {metric}, channels' for metric in ("SVCCA", "CKA"))
DEEPER = {
    SAME: 'CKA draws a visibly deeper "U" than SVCCA',
    OWN: 'SVCCA draws a visibly deeper "U" than CKA',
    "": "the two are about equally deep",
}


def what_we_find():
    known = in_short.dropna(subset=["As in the paper", "Both on channels", OWN, SAME])
    if known.empty:
        return "The two metrics were not measured on the same matrix here."
    gaps = {
        column: enumerate_words(
            [f"{number(gap)} in {plain(name)}" for name, gap in known[column].items()]
        )
        for column in ("As in the paper", "Both on channels")
    }
    apart = known[SAME] - known[OWN]
    which = {SAME: apart > VISIBLE, OWN: apart < -VISIBLE, "": apart.abs() <= VISIBLE}
    said = [
        f"{words} in {enumerate_words([plain(name) for name in known.index[which[kind]]])}"
        for kind, words in DEEPER.items()
        if which[kind].any()
    ]
    return (
        "On the matrices that the paper gives them, the mean of CKA over the hidden layers exceeds that of "
        f"SVCCA by {gaps['As in the paper']}; on the same matrix, by {gaps['Both on channels']}. There, "
        f"{enumerate_words(said)}."
    )


display(Markdown(what_we_find()))

# %% [markdown]
# The table has the difference between CKA and SVCCA after the last iteration, on average over the hidden
# layers: first each on the matrix that the paper gives it, then both on that of channels. What share of
# the difference is then left is said on {doc}`contrast`. The last three columns give the depth of the "U": how far
# the lowest hidden layer lies below the lower of the first and the last one.

# %% tags=["hide-input"]
Table.of(in_short)

# %% [markdown]
# ## The figures and their numbers
#
# ### VGG16_BN

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-reshapes-vgg16-bn", "caption": "Each metric on each matrix, VGG16_BN, mean over the pruning runs: first iteration (pale) and last iteration (strong), and the null of the last, two standard deviations either side (dashed, in a pale band). Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
draw("vgg16_bn")

# %% tags=["hide-input"]
overview("vgg16_bn")

# %% [markdown]
# ### VGG_SVHN

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-reshapes-vgg-svhn", "caption": "Each metric on each matrix, VGG_SVHN, mean over the pruning runs: first iteration (pale) and last iteration (strong), and the null of the last, two standard deviations either side (dashed, in a pale band). Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
draw("vgg_svhn")

# %% tags=["hide-input"]
overview("vgg_svhn")

# %% [markdown]
# ### ResNet_fast

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-reshapes-resnet-fast", "caption": "Each metric on each matrix, ResNet_fast, mean over the pruning runs: first iteration (pale) and last iteration (strong), and the null of the last, two standard deviations either side (dashed, in a pale band). Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
draw("resnet_fast")

# %% tags=["hide-input"]
overview("resnet_fast")

# %% [markdown]
# *Mean* and *Null* are means over the hidden layers. *Depth* is that of the "U"; a curve that only falls
# has none. *Layers* counts the hidden layers in which the metric is defined.
#
# ## How to read it
#
# Read down a column: the metric stays the same, the matrix changes. Then read along the row
# *channels*: the matrix stays the same, the metric changes. If CKA on channels looks like CKA on
# whole images, the matrix matters little, and the metric makes the difference. If it looks like
# SVCCA, the matrix does.
#
# Compare each line with its null before comparing it with another line. Fewer rows raise the null of the
# CCA family, so a high line on *gap* may mean little. *Gap* keeps one number for each channel of an
# image, and loses where in the image something was seen.
#
# Two places are empty: there the matrix has more columns than rows in most layers, so some combination
# of the columns fits anything. Where a line of the CCA family on *gap* has a hole, there are as many
# channels as images, and the metric is undefined for the same reason.
#
# ## What the paper reports
#
# The paper argues that a metric for convolutional layers should ignore rotations only among channels: a
# pixel that moves is a different feature, but channels may trade places without any effect on the output.
# It remarks that the matrix of the CCA family could serve CKA and NBS as well, and leaves that to future
# work ({cite:t}`ansuini2020investigating`, section 6.3). This page does it.
