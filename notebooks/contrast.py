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
# # Where the contrast comes from
#
# **SVCCA gives pruned networks low values, and CKA gives them high ones. How much of this contrast is in
# the metrics?**
#
# The paper's central finding is a contrast: SVCCA and PWCCA are low and draw a "U" over the layers, CKA
# is high and flat, and NBS lies between. Three things besides the metrics bear on it.
#
# - **The matrix.** SVCCA gets a matrix whose rows are positions, CKA one whose rows are images
#   ({doc}`reshapes`).
# - **The training.** A pruned network was trained for longer than its complete one. Training alone moves
#   representations too, by an amount that differs from metric to metric ({doc}`controls`).
# - **Chance.** Two unrelated networks do not get a 0 but the null, which also differs from metric to
#   metric ({doc}`what_a_value_means`).
#
# Each of the three can be taken out. What is then left of the contrast belongs to the metrics.

# %% tags=["parameters"]
results = "results"
full_scale = "results/full_scale"

# %% tags=["remove-cell"]
from collections.abc import Callable, Mapping
from itertools import combinations, pairwise, permutations

import numpy as np
import pandas as pd
from IPython.display import Markdown, display

from lib.report import values
from lib.report.contrast import FACTORS, PAIRS, added, contrast, level
from lib.report.figure import PanelFigure
from lib.report.format import count, interval, number, percent, plain
from lib.report.names import METRICS, SCALES, enumerate_words
from lib.report.page import glue, open_study
from lib.report.results import Results, results_if_any
from lib.report.scale import width_words
from lib.report.statistics import interval as over_networks
from lib.report.style import INK, KIND_COLOURS, METRIC_STYLES, VISIBLE
from lib.report.tables import Table

# %% tags=["remove-input"]
study = open_study(results)

# %% [markdown]
# ## What we find


# %% tags=["hide-input"]
def remainders(
    study: Results,
    experiment: str,
    low: str,
    high: str,
    of: Callable[[pd.DataFrame], pd.Series] = level,
    beyond: Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame] = added,
) -> dict[frozenset[str], pd.Series]:
    """What is left of a contrast with each set of factors taken out.

    Args:
        study, experiment, low, high, of, beyond: as for `contrast`.

    Returns:
        {factors: index train_seed}, of those networks alone in which all of it was measured.
    """
    sets = [frozenset(out) for n in range(len(FACTORS) + 1) for out in combinations(FACTORS, n)]
    left = {out: contrast(study, experiment, low, high, out, of, beyond) for out in sets}
    everywhere = sorted(set.intersection(*(set(numbers.index) for numbers in left.values())))
    return {out: numbers.loc[everywhere] for out, numbers in left.items()}


def steps(left: Mapping[frozenset[str], pd.Series]) -> pd.DataFrame:
    """By how much a contrast falls when its factors are taken out one after the other.

    What a factor takes away depends on what was taken out before it. Its share is the mean over all
    orders (Shapley 1953, "A value for n-person games"), and the extremes over the orders say how
    far the share depends on them.

    Args:
        left: as `remainders` returns it.

    Returns:
        Index (order, train_seed), columns `FACTORS`.
    """
    falls = {}
    for order in permutations(FACTORS):
        taken_out = [frozenset(order[:i]) for i in range(len(order) + 1)]
        falls[", then ".join(order)] = pd.DataFrame(
            {
                factor: left[before] - left[after]
                for factor, (before, after) in zip(order, pairwise(taken_out), strict=True)
            },
            columns=list(FACTORS),
        )
    return pd.concat(falls, names=["order"])


def decomposed(left: Mapping[frozenset[str], pd.Series]) -> pd.DataFrame:
    """A contrast in its parts, in each complete network in which all of them were measured.

    Args:
        left: as `remainders` returns it.

    Returns:
        Index train_seed. Columns `contrast`, the shares of `FACTORS`, and `metric`, what is left
        with all of them taken out. The parts add up to the contrast.
    """
    parts = steps(left).groupby(level="train_seed").mean()
    parts.insert(0, "contrast", left[frozenset()])
    return parts.assign(metric=left[frozenset(FACTORS)])


SAME_MATRIX = "same_matrix"
"""What is left of a contrast on the same matrix: it needs neither a control nor a null."""

SHARES = (*FACTORS, "metric", SAME_MATRIX)
"""The shares of the contrast. The first four add up to 1."""


def at_scales(network: str, *studies: Results) -> dict[float, tuple[Results, str]]:
    """Where a network was measured: {width: (results, name of the experiment)}, narrow ones first.

    Args:
        network: an experiment of the first study.
        studies: the first one, and others that may hold the network at another width. What they
            have of it at a width that came before, or on other data, is left out.
    """
    found: dict[float, tuple[Results, str]] = {}
    for study in studies:
        for name in (network, f"{network}_slim"):
            setting = study.provenance["experiments"].get(name)
            if setting and setting["dataset"] == studies[0].settings(network)["dataset"]:
                found.setdefault(setting["width"], (study, name))
    return dict(sorted(found.items()))


def shares_of(study: Results, experiment: str, low: str, high: str) -> pd.DataFrame:
    """The contrast of each complete network, and its parts as shares of it; NaN where unknown."""
    whole = contrast(study, experiment, low, high)
    parts = decomposed(remainders(study, experiment, low, high)).reindex(whole.index)
    parts[SAME_MATRIX] = contrast(study, experiment, low, high, ["reshape"])
    shares = parts[list(SHARES)].div(whole.where(whole > VISIBLE), axis=0)
    shares.insert(0, "contrast", whole)
    return shares


def headline(*studies: Results, low: str = "svcca", high: str = "cka") -> pd.DataFrame:
    """How much of a contrast is the matrix, training alone, chance, and the metrics themselves.

    Args:
        studies: as for `at_scales`; the first one names the networks.
        low, high: metrics.

    Returns:
        A row for each network, width and part, the parts being `contrast`, then `SHARES`. Columns
        `network`, `width`, `part`; `mean`, `low`, `high`, a mean over complete networks and its
        95 % interval (Student's; NaN for a single one); `networks`, how many these are, 0 where
        nothing was measured. Shares are taken in each network, and only of a contrast that a reader
        of the figures would see.
    """
    rows = [
        (network, width, part, found.mean, found.low, found.high, found.n)
        for network in studies[0].experiments
        for width, (study, name) in at_scales(network, *studies).items()
        for part, numbers in shares_of(study, name, low, high).items()
        for found in [over_networks(numbers)]
    ]
    columns = ["network", "width", "part", "mean", "low", "high", "networks"]
    return pd.DataFrame(rows, columns=columns)


full = results_if_any(full_scale)
answer = headline(study, full)
HEADS = {
    "contrast": "Contrast",
    SAME_MATRIX: "On one matrix",
    "reshape": "Matrix",
    "training": "Training alone",
    "floor": "Chance",
    "metric": "Metrics",
}


def cell(row, networks):
    """Mean and interval, and over how many networks where these are one, or fewer than others."""
    if not row.networks:
        return "-"
    share = row.part != "contrast"
    numbers = [100 * x if share else x for x in (row["mean"], row.low, row.high)]
    text = interval(*numbers, digits=0 if share else 2) + (" %" if share else "")
    few = row.networks == 1 or row.networks < networks
    return f"{text}, {count(row.networks, 'network')}" if few else text


rows = {}
for (network, width), parts in answer.groupby(["network", "width"], sort=False):
    parts = parts.set_index("part", drop=False)
    networks = parts.networks["contrast"]
    share = "full" if width == 1 else width_words(width).split()[0]
    rows[study.network(network), share] = {
        head: cell(parts.loc[part], networks) for part, head in HEADS.items()
    }
table = Table.of(
    pd.DataFrame.from_dict(rows, orient="index").rename_axis(["Network", "Width"]),
    numeric=HEADS.values(),
    cards=True,
)


METRICS_ARE = {
    "less": "Wherever the contrast could be taken apart in several complete networks, the metrics' own share is "
    "below one half",
    "more": "Wherever the contrast could be taken apart in several complete networks, the metrics' own share is "
    "above one half",
    "differs": "Whether the metrics' own share is below one half or above it differs, or cannot be told",
    "single": "The contrast could be taken apart in single complete networks alone. The metrics' own share",
    "unknown": "The contrast could not be taken apart: a control or a matrix was not measured.",
}
WITH_WIDTH = {
    "rises": "Using the same matrix removes less of the contrast, the wider a network is",
    "falls": "Using the same matrix removes more of the contrast, the wider a network is",
    "differs": "How much of the contrast is removed by using the same matrix changes with the width of "
    "a network, and not in one direction",
    "open": "Whether using the same matrix removes more or less of the contrast in wider networks cannot be told "
    "from so few",
    "unknown": "No network was measured on the same matrix at several widths.",
}


def agreed(verdicts):
    """The verdict that all networks share."""
    return "unknown" if not verdicts else verdicts.pop() if len(verdicts) == 1 else "differs"


def direction(shares):
    if shares.is_monotonic_increasing:
        return "rises"
    return "falls" if shares.is_monotonic_decreasing else "differs"


def side(share):
    """On which side of one half the whole interval lies."""
    return "less" if share.high < 0.5 else "more" if share.low > 0.5 else "differs"


def apart(shares):
    """Whether no share lies within the interval of the next, and one of the two has an interval."""
    ends = shares[["low", "high"]].fillna({"low": shares["mean"], "high": shares["mean"]})
    return all(
        (ends.high.iloc[i] < ends.low.iloc[i + 1] or ends.low.iloc[i] > ends.high.iloc[i + 1])
        and shares.low.iloc[[i, i + 1]].notna().any()
        for i in range(len(shares) - 1)
    )


def with_number(share):
    """A share, and that it is of a single network if it is."""
    return percent(share["mean"], 0) + (" (a single network)" if share.networks == 1 else "")


means = answer[answer.networks > 0].set_index(["network", "width"])
metric_shares = means[means.part == "metric"]
with_ends = metric_shares[metric_shares.low.notna()]
metrics_are = agreed({side(share) for _, share in with_ends.iterrows()})
if with_ends.empty and len(metric_shares):
    metrics_are = "single"
said = [
    f"{with_number(share)} in {study.network(network)} at {width_words(width)}"
    for (network, width), share in metric_shares.iterrows()
]
sentences = {"metrics": METRICS_ARE[metrics_are] + (f": {enumerate_words(said)}." if said else "")}

kept_shares = means[means.part == SAME_MATRIX].groupby(level="network", sort=False)
several = {network: shares.droplevel(0) for network, shares in kept_shares if len(shares) > 1}
decided = {network: shares["mean"] for network, shares in several.items() if apart(shares)}
with_width = agreed({direction(shares) for shares in decided.values()})
if several and not decided:
    with_width = "open"
said = []
for network, shares in several.items():
    left = [f"{with_number(share)} at {width_words(width)}" for width, share in shares.iterrows()]
    unclear = "" if network in decided else ", where this cannot be told"
    said.append(f"{enumerate_words(left)} in {study.network(network)}{unclear}")
sentences["width"] = WITH_WIDTH[with_width]
sentences["width"] += f". What is left: {'; '.join(said)}." if said else ""
display(Markdown("\n\n".join(map(plain, sentences.values()))))

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-contrast", "caption": "The contrast between SVCCA and CKA, taken apart: the share of it that is due to the matrix, to training alone and to chance, each a mean over all orders of taking the three out, and what is then left, the share of the metrics themselves. Lengths are means over complete networks, whiskers their 95 % intervals; a single network has none. Each network is shown at the largest width, as a share of the paper's, at which all parts were measured."}}
STEPS = {**{factor: HEADS[factor] for factor in FACTORS}, "metric": HEADS["metric"]}
COLOURS = dict.fromkeys(FACTORS, KIND_COLOURS["conv_res"]) | {"metric": KIND_COLOURS["pool"]}
places = range(1, len(STEPS) + 1)


def draw_answer(networks):
    figure = PanelFigure(f"contrast-{networks[0]}")
    for network in networks:
        known = answer[answer.network.eq(network) & answer.networks.gt(0)]
        widths = known[known.part == "metric"].width
        if widths.empty:
            figure.absent(study.network(network), "A control or a matrix was not measured.")
            continue
        parts = known[known.width == widths.max()].set_index("part")
        share = parts["mean"][list(STEPS)]
        right = share[::-1].cumsum()[::-1]  # a bar begins where the one above it ended
        left = right - share
        half = (parts.high - parts["mean"])[list(STEPS)]
        ends = right.where(share.index == "metric", left)
        share_of_width = width_words(widths.max()).replace(" of the paper's", "")
        axes = figure.panel(f"{study.network(network)}, {share_of_width}", left=0.28)
        axes.barh(0, 1, color=INK, height=0.6)
        axes.barh(places, share, left=left, color=[COLOURS[part] for part in STEPS], height=0.6)
        axes.hlines(places, ends - half, ends + half, color=INK, linewidth=1.2)
        axes.vlines(left[list(FACTORS)], places[:-1], places[1:], color=INK, linewidth=0.6)
        axes.axvline(0, color=INK, linewidth=0.8)
        texts = [number(parts["mean"]["contrast"]), *(percent(one, 0) for one in share)]
        for place, text in enumerate(texts):
            axes.text(1.32, place, text, ha="right", va="center", color=INK)
        axes.set_xlim(min(-0.1, *(left - 0.05)), 1.33)
        axes.set_ylim(len(STEPS) + 0.5, -0.5)
        axes.set_yticks([0, *places], ["Contrast", *STEPS.values()])
        axes.set_xticks([0, 0.5, 1], ["0 %", "50 %", "100 %"])
        axes.grid(axis="x"), axes.grid(visible=False, axis="y")
        axes.set_xlabel("share of the contrast")
        named = zip(STEPS.values(), texts[1:], strict=True)
        axes.set_label(f"Contrast {texts[0]}: {', '.join(f'{n} {text}' for n, text in named)}.")
    return figure


draw_answer(study.experiments)

# %% [markdown]
# ## The numbers
#
# The *contrast* is how much further from 1 SVCCA is than CKA, on average over the hidden layers after the
# last iteration. *On one matrix* is the share of it that is left when both metrics are computed on the
# same matrix; it is known wherever both were. The four shares after it add up to the whole contrast. They
# also need a null, and the same complete networks trained on without pruning.

# %% tags=["hide-input"]
table

# %% [markdown]
# Numbers are means over complete networks, each of them the mean of its own pruning runs. The 95 %
# interval of that mean is in brackets; a single network has none. A dash means that a share was not
# measured: no network was trained on without pruning, or the two metrics have no matrix in common.
#
# (one-contrast-by-hand)=
# ## One contrast by hand
#
# The distance of a metric is 1 minus its value, after the last iteration. The contrast between two
# metrics is the difference of their mean distances over the hidden layers.
#
# - To take out the matrix, both metrics get the same one, with channels as columns.
# - To take out the training, the distance of the same complete network is subtracted, layer by layer,
#   after it was trained again as often and never pruned. A network that was not trained on is not
#   counted.
# - To take out chance, each layer's distance is divided by the distance of its null. Then identical
#   is 0 and chance is 1, in every metric.
#
# With three factors there are eight ways to take some of them out. In the first network for which all of
# it was measured, the contrast of SVCCA and CKA is then:

# %% tags=["hide-input"]
SHORT = {"reshape": "matrix", "training": "training", "floor": "chance"}
left = {name: remainders(study, name, "svcca", "cka") for name in study.experiments}
whole = {name: of_name for name, of_name in left.items() if len(of_name[frozenset()])}
example = next(iter(whole), None)
rows = {
    enumerate_words([SHORT[factor] for factor in FACTORS if factor in out]) or "nothing": x.mean()
    for out, x in whole.get(example, {}).items()
}
NOTHING = "No contrast could be taken apart in this study."
by_hand = pd.Series(rows, name="Contrast that is left", dtype=float).rename_axis("Taken out")
Table.of(by_hand.to_frame(), 3, nothing=NOTHING)

# %% [markdown]
# How much the contrast falls when a factor is taken out depends on what was taken out before it. So the
# factors are taken out in all possible orders, with the fall noted at each step. A factor's mean over the
# orders is its share, known as its Shapley value {cite}`shapley1953value`.

# %% tags=["hide-input"]
falls = pd.DataFrame(columns=list(FACTORS), dtype=float)
if example:
    falls = steps(whole[example]).groupby(level="order").mean()
    falls.index = [
        ", then ".join(SHORT[f] for f in order.split(", then ")) for order in falls.index
    ]
    falls.loc["mean"] = falls.mean()
Table.of(falls.rename(columns=HEADS).rename_axis("Order"), 3, nothing=NOTHING)

# %% [markdown]
# ## What the shares assume
#
# The shares rest on two choices that could be made differently, and the answer depends on both.
#
# **The order.** Shares are means over the orders. A single order may give a factor much more or
# much less. In brackets are the smallest and the largest share that it gets in any order. The share
# of the metrics is what is left at the end, so it has no order.
#
# **That distances add.** To subtract the distance of training assumes that training and pruning move a
# representation by amounts that add up. A distance cannot exceed 1, so where training alone takes SVCCA
# about as far from 1 as training with pruning does ({doc}`controls`), the two cannot add up, and too much
# is attributed to training. The other extreme is that *similarities multiply*: what counts is how much of the similarity that training alone leaves is lost by
# pruning, $(s_{trained} - s_{pruned}) / s_{trained}$ in place of $s_{trained} - s_{pruned}$.


# %% tags=["hide-input"]
def multiplied(pruned, trained):
    """What pruning adds to a distance: the part that is lost of what training alone leaves."""
    return (pruned - trained) / (1 - trained)


BEYOND = {"distances add": added, "similarities multiply": multiplied}


def by_order(experiment, beyond):
    """Share of each part for each order, mean over the complete networks."""
    left = remainders(study, experiment, "svcca", "cka", beyond=beyond)
    in_all = left[frozenset()]
    shares = steps(left).div(in_all, axis=0, level="train_seed").groupby(level="order").mean()
    return shares.assign(metric=(left[frozenset(FACTORS)] / in_all).mean())


rows, otherwise = {}, {}
for name in whole:
    for words, beyond in BEYOND.items():
        shares = by_order(name, beyond)
        rows[f"{study.network(name)}, {words}"] = {
            HEADS[factor]: f"{interval(found.mean(), found.min(), found.max(), digits=0)} %"
            for factor, found in (100 * shares[list(FACTORS)]).items()
        } | {HEADS["metric"]: percent(shares.metric.iloc[0], 0)}
    otherwise[study.network(name)] = shares.metric.iloc[0]  # similarities multiply
assumed = pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network, and assumption")
Table.of(assumed, numeric=list(assumed.columns), nothing=NOTHING)

# %% [markdown]
# ## Other metrics, and the "U"
#
# The figures have the same for SVCCA and NBS as well, and for a second quantity: the depth of the "U",
# which is how much lower the lowest hidden layer is than the lower of the first and the last one.


# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-contrast-level", "caption": "The contrast between a metric that the paper finds low and one that it finds high, in mean distance from 1, and the parts that it consists of. A part to the right of 0 makes the contrast larger. Symbols are means over complete networks, bars are 95 % intervals, and with two networks they may reach beyond the panel."}}
def bowl(away):
    """How much further the furthest layer is than the further of the two ends: the "U"."""
    return values.u_depth(-away)


QUANTITIES = {"mean distance from 1": level, 'depth of the "U"': bowl}
ALL = {"contrast": "Total"} | {part: HEADS[part] for part in (*FACTORS, "metric")}


def of_each_network(*arguments):
    """The contrast of each complete network, and its parts; NaN where these were not measured."""
    in_all = contrast(study, *arguments[:3], of=arguments[3])
    return (
        decomposed(remainders(study, *arguments))
        .reindex(in_all.index)
        .assign(contrast=in_all)[list(ALL)]
    )


numbers = pd.concat(
    {
        (quantity, network, *pair): of_each_network(network, *pair, of)
        for quantity, of in QUANTITIES.items()
        for network in study.experiments
        for pair in PAIRS
    },
    names=["quantity", "network", "low", "high"],
)
each = numbers.groupby(level=["quantity", "network", "low", "high"], sort=False)
over = each.agg(over_networks)  # an interval in each cell


def draw(name, quantity, pairs=(("svcca", "cka"), ("svcca", "nbs"))):
    shown = over.loc[quantity]
    found = np.array([x.mean for x in shown.to_numpy().ravel() if x.n])
    ends = min([0, *found]), max([0, *found])
    margin = 0.15 * (ends[1] - ends[0] or 1)
    rows = np.arange(len(ALL))
    figure = PanelFigure(name)
    for network in study.experiments:
        axes = figure.panel(study.network(network), left=0.28)
        for (low, high), offset in zip(pairs, (-0.14, 0.14), strict=True):
            look = {"color": METRIC_STYLES[high]["color"]}
            intervals = shown.loc[network, low, high]
            axes.hlines(
                rows + offset, [x.low for x in intervals], [x.high for x in intervals], **look
            )
            axes.plot(
                [x.mean for x in intervals],
                rows + offset,
                marker=METRIC_STYLES[high]["marker"],
                linestyle="",
                label=f"{METRICS[low]} against {METRICS[high]}",
                **look,
            )
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.axhline(0.5, color=INK, linewidth=0.5)
        axes.set_xlim(ends[0] - margin, ends[1] + margin)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_yticks(rows, ALL.values())
        axes.grid(axis="x"), axes.grid(visible=False, axis="y")
        axes.set_xlabel(f"difference in {quantity}")
    return figure


draw("contrast-level", "mean distance from 1")

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-contrast-bowl", "caption": "The same for the depth of the U: how much lower the lowest hidden layer is than the lower of the two ends, by a metric that the paper finds low, minus the same by one that it finds high, and the parts of this difference."}}
draw("contrast-bowl", 'depth of the "U"')

# %% [markdown]
# In numbers, with intervals over complete networks, first for the mean distance from 1:


# %% tags=["hide-output", "hide-input"]
def table_of(quantity):
    shown = over.loc[quantity]
    cells = shown.map(lambda x: x.text(sign=True)).rename(columns=ALL)
    cells["Networks"] = [x.n for x in shown["contrast"]]
    cells["Taken apart"] = [x.n for x in shown["metric"]]
    cells.index = [
        f"{study.network(network)}, {METRICS[low]} and {METRICS[high]}"
        for network, low, high in shown.index
    ]
    cells = cells.rename_axis("Contrast between")
    return Table.of(cells, numeric=list(ALL.values()), cards=True)


table_of("mean distance from 1")

# %% [markdown]
# Then for the depth of the "U":

# %% tags=["hide-output", "hide-input"]
table_of('depth of the "U"')

# %% [markdown]
# *Networks* counts the complete networks, and *Taken apart* those in which all parts were measured.
#
# (width-or-training)=
# ## Is it the width, or the training?
#
# Networks of the paper's width are trained for longer as well; the other widths are trained alike, and
# the brief variant changes the training alone. *Epochs* are those of the
# complete network, then those of each re-training. *Complete* and *Pruned* are test accuracies before
# pruning and after the last iteration. The contrast of SVCCA and CKA is given here as a difference of
# distances and not as a share, with the paper's matrices and on one matrix:

# %% tags=["hide-input"]
rows = {}
for network in study.experiments:
    scales = {width_words(width): where for width, where in at_scales(network, study, full).items()}
    if f"{network}_brief" in study.variants:
        scales[SCALES["brief"].lower()] = study, f"{network}_brief"
    for words, (where, name) in scales.items() if len(scales) > 1 else ():
        accuracy = values.accuracy(where, name)["mean"]
        epochs = where.of(name, "performance").groupby("iteration").epochs.first()
        in_all = contrast(where, name, "svcca", "cka")
        kept = contrast(where, name, "svcca", "cka", ["reshape"])
        rows[f"{study.network(network)}, {words}"] = {
            "Epochs": f"{epochs.iloc[0]}, then {epochs.iloc[-1]}",
            "Complete": percent(accuracy.iloc[0], 1),
            "Pruned": percent(accuracy.iloc[-1], 1),
            "Contrast": number(in_all.mean()),
            "On one matrix": number(kept.mean()),
            "Networks": len(in_all),
        }
table_of_scales = pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network")
Table.of(
    table_of_scales,
    numeric=["Epochs", "Complete", "Pruned", "Contrast", "On one matrix"],
    nothing="No network was run at another scale.",
)

# %% [markdown]
# ## How to read it
#
# The share of the *metrics* answers the question at the top. If it is near 0, the contrast says nothing
# about SVCCA and CKA as ideas: one metric on two matrices would have shown the same. If it is near the
# whole contrast, the two metrics really see something different in the same networks.
#
# A negative share hides some of the contrast. A metric with a high null, for instance, has little room to
# fall, so its values look close to 1, and dividing by that room enlarges its distances. A negative share
# *on one matrix* says that on this matrix CKA is further from 1 than SVCCA.
#
# Three cautions. The shares are those of a mean over the layers, and single layers may behave
# differently. *Chance* could be defined in other ways: here it is the mean over shuffled images, not the
# value of untrained or of independent networks. And the shares hold for the networks in the table, at
# their width; they are not constants of SVCCA and CKA.

# %% tags=["remove-cell"]
# What the front page and the conclusions show.
said = [f"{percent(share, 0)} in {network}" for network, share in otherwise.items()]
sentences["assumption"] = (
    "This assumes that distances add up. If similarities multiplied, the share of the metrics would be "
    f"{enumerate_words(said)}."
    if said
    else ""
)
LEFT = (
    "they get different matrices, and training alone moves a network too. Without both, and with chance at "
    "0, {share}."
)
MOST = f"Most of the difference between the two is not their own: {LEFT}"
OTHERWISE = f"The difference between the two is not only their own: {LEFT}"
GROWS = {
    "rises": "On one matrix, wider networks keep more of it: {ends}.",
    "falls": "On one matrix, wider networks keep less of it: {ends}.",
    "differs": "On one matrix, what is left changes with the width: {ends}.",
}
left = []
if len(with_ends):
    found = with_ends["mean"]
    left.append(
        " to ".join(dict.fromkeys(percent(f(found), 0) for f in (min, max))) + " of it is left"
    )
left += [
    f"{percent(share['mean'], 0)} in a single {study.network(network)}"
    for (network, _), share in metric_shares[metric_shares.low.isna()].iterrows()
]
if left:
    how = MOST if metrics_are == "less" else OTHERWISE
    share = (
        ", and ".join(filter(None, [left[0], enumerate_words(left[1:])]))
        if len(with_ends)
        else f"{enumerate_words(left)} is left"
    )
    sentences["shares"] = how.format(share=share)
if decided:
    ends = [
        f"{' to '.join(percent(share, 0) for share in shares.iloc[[0, -1]])} in {study.network(name)}"
        for name, shares in decided.items()
    ]
    single = all(several[name].networks.iloc[0] == 1 for name in decided)
    ends = f"{enumerate_words(ends)}{' (narrowest: one network)' if single else ''}"
    sentences["widths"] = GROWS[with_width].format(ends=ends)
sentences.setdefault("shares", METRICS_ARE["unknown"])
sentences.setdefault("widths", "" if several else WITH_WIDTH["unknown"])
for name in ("shares", "width", "widths", "assumption"):
    glue(**{f"contrast_{name}": sentences[name]})
glue(contrast_figure=draw_answer(study.experiments[:1]), contrast_table=table)
