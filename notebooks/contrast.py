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
# **SVCCA gives pruned networks low values, and CKA gives them high ones. Is that the metrics, and is it
# pruning?**
#
# The paper's central finding is a contrast: SVCCA and PWCCA are low and draw a "U" over the layers, CKA
# is high and flat, and NBS lies between. Two questions are asked of it here.
#
# **Is it the metrics?** SVCCA and CKA differ in more than their formulas: in the matrix that they get, and in
# the value that chance gives. Both can be taken out. What is then left of the contrast is due to the metrics
# themselves.
#
# - *The matrix.* SVCCA gets a matrix whose rows are positions, CKA one whose rows are images
#   ({doc}`reshapes`).
# - *Chance.* Two unrelated networks do not get a 0 but the null, which differs from metric to metric
#   ({doc}`what_a_value_means`).
#
# **Is it pruning?** A pruned network was also trained for longer than its complete one. So the same contrast
# is computed for networks that were never pruned: the same complete network, trained as long, and
# complete networks from other seeds ({doc}`controls`).

# %% tags=["parameters"]
results = "results"
full_scale = "results/full_scale"

# %% tags=["remove-cell"]
from collections.abc import Callable, Mapping
from itertools import combinations, pairwise, permutations

import numpy as np
import pandas as pd
from IPython.display import Markdown, display

from lib.book.claims import equal
from lib.book.claims.vocabulary import of_pairs
from lib.book.report import values
from lib.book.report.contrast import PAIRS, contrast, distances, level
from lib.book.report.figure import PanelFigure
from lib.book.report.format import count, interval, number, percent, plain, signed
from lib.book.report.names import METRICS, SCALES, enumerate_words
from lib.book.report.page import glue, open_study
from lib.book.report.results import PAPER_RESHAPE, Results, results_if_any
from lib.book.report.scale import short_width, width_words
from lib.book.report.statistics import interval as over_networks
from lib.book.report.style import INK, KIND_COLOURS, METRIC_STYLES, VISIBLE
from lib.book.report.tables import Table

# %% tags=["remove-input"]
study = open_study(results)

# %% [markdown]
# ## What we find


# %% tags=["hide-input"]
CAUSES = {"reshape": "Matrix", "floor": "Chance"}
"""What differs between two metrics besides themselves, and can be taken out of a contrast."""


def remainders(
    study: Results,
    experiment: str,
    low: str,
    high: str,
    of: Callable[[pd.DataFrame], pd.Series] = level,
) -> dict[frozenset[str], pd.Series]:
    """What is left of a contrast with each set of causes taken out.

    Args:
        study, experiment, low, high, of: as for `contrast`.

    Returns:
        {causes: index train_seed}, of those networks alone in which all of it was measured.
    """
    sets = [frozenset(out) for n in range(len(CAUSES) + 1) for out in combinations(CAUSES, n)]
    left = {out: contrast(study, experiment, low, high, out, of) for out in sets}
    everywhere = sorted(set.intersection(*(set(numbers.index) for numbers in left.values())))
    return {out: numbers.loc[everywhere] for out, numbers in left.items()}


def steps(left: Mapping[frozenset[str], pd.Series]) -> pd.DataFrame:
    """By how much a contrast falls when its causes are taken out one after the other.

    What a cause takes away depends on what was taken out before it. Its share is the mean over all
    orders (Shapley 1953, "A value for n-person games").

    Args:
        left: as `remainders` returns it.

    Returns:
        Index (order, train_seed), columns `CAUSES`.
    """
    falls = {}
    for order in permutations(CAUSES):
        taken_out = [frozenset(order[:i]) for i in range(len(order) + 1)]
        falls[", then ".join(order)] = pd.DataFrame(
            {
                cause: left[before] - left[after]
                for cause, (before, after) in zip(order, pairwise(taken_out), strict=True)
            },
            columns=list(CAUSES),
        )
    return pd.concat(falls, names=["order"])


def decomposed(left: Mapping[frozenset[str], pd.Series]) -> pd.DataFrame:
    """A contrast in its parts, in each complete network in which all of them were measured.

    Args:
        left: as `remainders` returns it.

    Returns:
        Index train_seed. Columns `contrast`, the shares of `CAUSES`, and `metric`, what is left
        with all of them taken out. The parts add up to the contrast.
    """
    parts = steps(left).groupby(level="train_seed").mean()
    parts.insert(0, "contrast", left[frozenset()])
    return parts.assign(metric=left[frozenset(CAUSES)])


def without_pruning(
    study: Results,
    experiment: str,
    low: str,
    high: str,
    of: Callable[[pd.DataFrame], pd.Series] = level,
) -> pd.DataFrame:
    """The contrast of networks that were never pruned.

    Args:
        study, experiment, low, high, of: as for `contrast`.

    Returns:
        Index train_seed. Columns `trained`, that of the same complete network trained as long;
        `adds`, by how much pruning exceeds it; `siblings`, that between seeds, as jackknife
        pseudo-values of the pairs. NaN where not measured.
    """
    found = {"trained": pd.Series(dtype=float), "siblings": pd.Series(dtype=float)}
    if f"{experiment}_trained_on" in study.variants:
        found["trained"] = contrast(study, f"{experiment}_trained_on", low, high, of=of)
    if f"{experiment}_independent" in study.variants:
        pairs = [of(distances(study, f"{experiment}_independent", m)) for m in (low, high)]
        found["siblings"] = of_pairs((pairs[0] - pairs[1]).dropna())
    whole = contrast(study, experiment, low, high, of=of)
    table = pd.DataFrame(found).reindex(whole.index.union(found["siblings"].index))
    table.insert(1, "adds", whole - table.trained)
    return table.astype(float)


SHARES = (*CAUSES, "metric")
"""The shares of the contrast; they add up to 1."""


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


def parts_of(study: Results, experiment: str, low: str, high: str) -> pd.DataFrame:
    """The contrast of each complete network, its shares, and that without pruning; NaN if unknown."""
    whole = contrast(study, experiment, low, high)
    parts = decomposed(remainders(study, experiment, low, high)).reindex(whole.index)
    shares = parts[list(SHARES)].div(whole.where(whole > VISIBLE), axis=0)
    shares.insert(0, "contrast", whole)
    return pd.concat([shares, without_pruning(study, experiment, low, high)], axis=1)


def headline(*studies: Results, low: str = "svcca", high: str = "cka") -> pd.DataFrame:
    """How much of a contrast is the matrix, chance and the metrics, and how much of it has no pruning.

    Args:
        studies: as for `at_scales`; the first one names the networks.
        low, high: metrics.

    Returns:
        A row for each network, width and part: those of `parts_of`. Columns `network`, `width`,
        `part`; `mean`, `low`, `high`, a mean over complete networks and its 95 % interval
        (Student's; NaN for a single one); `networks`, how many these are, 0 where nothing was
        measured. Shares are taken in each network, and only of a contrast that a reader of the
        figures would see.
    """
    rows = [
        (network, width, part, found.mean, found.low, found.high, found.n)
        for network in studies[0].experiments
        for width, (study, name) in at_scales(network, *studies).items()
        for part, numbers in parts_of(study, name, low, high).items()
        for found in [over_networks(numbers)]
    ]
    columns = ["network", "width", "part", "mean", "low", "high", "networks"]
    return pd.DataFrame(rows, columns=columns)


full = results_if_any(full_scale)
answer = headline(study, full)
HEADS = {"contrast": "Contrast", **CAUSES, "metric": "Metrics"} | {
    "trained": "Training only",
    "adds": "Pruning adds",
    "siblings": "Other seeds",
}


def cell(row, networks):
    """Mean and interval, and over how many networks where these are one, or fewer than others."""
    if not row.networks:
        return "-"
    share = row.part in SHARES
    numbers = [100 * x if share else x for x in (row["mean"], row.low, row.high)]
    text = interval(*numbers, digits=0 if share else 2, sign=row.part == "adds")
    few = row.networks == 1 or row.networks < networks
    return text + (" %" if share else "") + (f", {count(row.networks, 'network')}" if few else "")


rows = {}
for (network, width), parts in answer.groupby(["network", "width"], sort=False):
    parts = parts.set_index("part", drop=False)
    networks = parts.networks["contrast"]
    rows[study.network(network), short_width(width)] = {
        head: cell(parts.loc[part], networks) for part, head in HEADS.items()
    }
table = Table.of(
    pd.DataFrame.from_dict(rows, orient="index").rename_axis(["Network", "Width"]),
    numeric=HEADS.values(),
    cards=True,
)


def span(parts, form=number):
    """The means of some parts, from the lowest to the highest."""
    return " to ".join(
        dict.fromkeys(form(end) for end in (parts["mean"].min(), parts["mean"].max()))
    )


def with_places(parts):
    """Each of some parts that were measured in several networks, with its place."""
    return enumerate_words(
        [
            f"{cell(row, row.networks)} in {plain(study.network(row.network))} at {width_words(row.width)}"
            for _, row in parts[parts.networks > 1].iterrows()
        ]
    )


def singles():
    """What is said of networks of the paper's width that were run once, with and without pruning."""
    of_paper = answer[(answer.width == 1) & (answer.networks == 1)]
    for network, parts in of_paper.groupby("network", sort=False):
        mean = parts.set_index("part")["mean"]
        if f"{network}_trained_on" in full.variants:
            images = full.settings(network)["train_images"]
            layers = added_by_layer(network)
            where = f"In one {study.network(network)} of the paper's width and recipe, on {images:,} images,"
            yield (
                f"{where} it adds {signed(mean.adds)} (by layer {signed(layers.min())} to "
                f"{signed(layers.max())})."
            )


def added_by_layer(network):
    """How far pruning moves SVCCA and CKA apart in each layer of the paper's width."""
    apart = {
        end: distances(full, network + end, "svcca") - distances(full, network + end, "cka")
        for end in ("", "_trained_on")
    }
    return (apart[""].mean() - apart["_trained_on"].mean()).dropna()


known = answer[answer.networks > 0]
by_part = {part: known[known.part == part] for part in HEADS}
FINDINGS = {
    "metric": "**Is it the metrics?** On one matrix, that of SVCCA, and with chance at 0, this is left of the "
    "contrast: {}.",
    "trained": "**Is it pruning?** The same networks, trained for as long as the pruned ones but never pruned, have a "
    "contrast of {}.",
    "adds": "Pruning adds {}.",
}
SPLIT = "What pruning adds is how much lower SVCCA is than after training alone, plus how much higher CKA is: {}."


def moves():
    """By how much each of the two metrics differs between pruned networks and training alone."""
    said = []
    for network in study.experiments:
        if f"{network}_trained_on" in study.variants:
            last = int(values.remaining(study, network).index[-1])
            low, high = (
                equal.similarity(study, network, metric, last, minus="trained_on").mean
                for metric in ("svcca", "cka")
            )
            said.append(f"{signed(-low)} plus {signed(high)} in {plain(study.network(network))}")
    return said


ON_ONE = "On one matrix, that of SVCCA, pruning adds {}."


def on_one_matrix():
    """What pruning adds if both metrics get the matrix of SVCCA, in each network with an interval."""
    said = []
    for network in study.experiments:
        if f"{network}_trained_on" not in study.variants:
            continue
        pruned, alone = (
            contrast(study, network + end, "svcca", "cka", ["reshape"])
            for end in ("", "_trained_on")
        )
        found = over_networks((pruned - alone).dropna())
        if found.n > 1:
            said.append(f"{found.text(sign=True)} in {plain(study.network(network))}")
    return said


NOTHING = "The contrast could not be taken apart: a null, a control, a matrix or a second network was not measured."
said = {part: with_places(by_part[part]) for part in FINDINGS}
lines = [words.format(said[part]) for part, words in FINDINGS.items() if said[part]]
lines += singles()
lines += [SPLIT.format(enumerate_words(split))] if (split := moves()) else []
lines += [ON_ONE.format(enumerate_words(one))] if (one := on_one_matrix()) else []
display(Markdown("\n\n".join(lines) or NOTHING))

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-contrast", "caption": "The contrast between SVCCA and CKA, taken apart: the share of it that is due to the matrix and to chance, each a mean over the orders of taking the two out, and what is then left, the share of the metrics themselves. Below, the same contrast of networks that were never pruned: trained for as long as the pruned ones, and trained from other seeds. Lengths are means over complete networks, whiskers their 95 % intervals; a single network has none. Each network is shown at the largest width, as a share of the paper's, at which all parts were measured."}}
BARS = [*SHARES, "trained", "siblings"]
COLOURS = dict.fromkeys(CAUSES, KIND_COLOURS["conv_res"]) | {"metric": KIND_COLOURS["pool"]}
COLOURS |= dict.fromkeys(("trained", "siblings"), METRIC_STYLES["cosine"]["color"])
places = range(1, len(BARS) + 1)


def draw_answer(networks):
    figure = PanelFigure(f"contrast-{networks[0]}")
    for network in networks:
        own = known[known.network == network]
        whole = own.groupby("width").part.agg(lambda parts: set(BARS) <= set(parts))
        widths = whole.index[whole]
        if widths.empty:
            figure.absent(study.network(network), "A null, a control or a matrix was not measured.")
            continue
        parts = own[own.width == widths.max()].set_index("part")
        in_all = parts["mean"]["contrast"]
        unit = pd.Series(1.0, BARS).where([part in SHARES for part in BARS], in_all)
        share, half = (
            column[BARS] / unit for column in (parts["mean"], parts.high - parts["mean"])
        )
        left = pd.Series(0.0, BARS)  # a bar begins where the one above it ended
        left[list(CAUSES)] = (1 - share[list(CAUSES)].cumsum()).to_numpy()
        ends = (left + share).where(~left.index.isin(list(CAUSES)), left)
        share_of_width = width_words(widths.max()).replace(" of the paper's", "")
        axes = figure.panel(f"{study.network(network)}, {share_of_width}", left=0.3)
        axes.barh(0, 1, color=INK, height=0.6)
        axes.barh(places, share, left=left, color=[COLOURS[part] for part in BARS], height=0.6)
        axes.hlines(places, ends - half, ends + half, color=INK, linewidth=1.2)
        axes.vlines(left[list(CAUSES)], places[:2], places[1:3], color=INK, linewidth=0.6)
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.axhline(len(SHARES) + 0.5, color=INK, linewidth=0.5)
        texts = [number(in_all)] + [
            percent(share[part], 0) if part in SHARES else number(parts["mean"][part])
            for part in BARS
        ]
        right = max(1.05, *(ends + half.fillna(0)))
        for place, text in enumerate(texts):
            axes.text(right + 0.3, place, text, ha="right", va="center", color=INK)
        axes.set_xlim(min(-0.1, *(left - 0.05)), right + 0.32)
        axes.set_ylim(len(BARS) + 0.5, -0.5)
        names = ["Contrast", *(HEADS[part] for part in BARS)]
        axes.set_yticks([0, *places], names)
        axes.set_xticks([0, 0.5, 1], ["0 %", "50 %", "100 %"])
        axes.grid(axis="x"), axes.grid(visible=False, axis="y")
        axes.set_xlabel("share of the contrast")
        axes.set_label(f"{', '.join(f'{n} {text}' for n, text in zip(names, texts, strict=True))}.")
    return figure


draw_answer(study.experiments)

# %% [markdown]
# ## The numbers
#
# The *contrast* is how much further from 1 SVCCA is than CKA, on average over the hidden layers after the
# last iteration. *Matrix*, *Chance* and *Metrics* are shares of it that add up to the whole. The other
# columns are in the same unit as the contrast: the contrast of the same complete network after *training
# only*, what *pruning adds* to it, and the contrast between complete networks of *other seeds*.

# %% tags=["hide-input"]
table

# %% [markdown]
# Numbers are means over complete networks, each of them the mean of its own pruning runs. The 95 %
# interval of that mean is in brackets; a single network has none. A dash means that something was not
# measured: a null, a control, or a matrix that the two metrics have in common.
#
# (one-contrast-by-hand)=
# ## One contrast by hand
#
# The distance of a metric is 1 minus its value, after the last iteration. The contrast between two
# metrics is the difference of their mean distances over the hidden layers.
#
# - To take out the matrix, both metrics get the same one, with channels as columns.
# - To take out chance, each layer's distance is divided by the distance of its null. Then identical
#   is 0 and chance is 1, in every metric.
#
# In the first network for which all of it was measured, the contrast of SVCCA and CKA is then:

# %% tags=["hide-input"]
left = {name: remainders(study, name, "svcca", "cka") for name in study.experiments}
whole = {name: of_name for name, of_name in left.items() if len(of_name[frozenset()])}
example = next(iter(whole), None)
rows = {
    enumerate_words([CAUSES[cause].lower() for cause in CAUSES if cause in out])
    or "nothing": x.mean()
    for out, x in whole.get(example, {}).items()
}
by_hand = pd.Series(rows, name="Contrast that is left", dtype=float).rename_axis("Taken out")
Table.of(by_hand.to_frame(), 3, nothing=NOTHING)

# %% [markdown]
# How much the contrast falls when a cause is taken out depends on what was taken out before it. So the
# two are taken out in both orders. The mean of a cause over the orders is its share, known as its Shapley
# value {cite}`shapley1953value`. The share of the metrics is what is left at the end, so it has no order.

# %% tags=["hide-input"]
falls = pd.DataFrame(columns=list(CAUSES), dtype=float)
if example:
    falls = steps(whole[example]).groupby(level="order").mean()
    falls.index = [
        ", then ".join(CAUSES[cause].lower() for cause in order.split(", then "))
        for order in falls.index
    ]
    falls.loc["mean"] = falls.mean()
Table.of(falls.rename(columns=HEADS).rename_axis("Order"), 3, nothing=NOTHING)

# %% [markdown]
# Training is not taken out in this way. Its effect is measured by the same two metrics, which disagree about
# training just as they do about pruning. Subtracting it would remove a part of the disagreement that is to
# be explained. An earlier edition of this book did subtract it, and concluded that at most a fifth of the
# contrast was due to the metrics themselves.
#
# %% [markdown]
# ## Other metrics, and the "U"
#
# The figures show the same for SVCCA and NBS as well, and for a second quantity: the depth of the "U",
# which is how much lower the lowest hidden layer is than the lower of the first and the last one.


# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-contrast-level", "caption": "The contrast between a metric that the paper finds low and one that it finds high, in mean distance from 1, the parts that it consists of, the same contrast of networks that were trained as long without pruning, and what pruning adds to that. A part to the right of 0 makes the contrast larger. Symbols are means over complete networks, bars are 95 % intervals, and with two networks they may reach beyond the panel."}}
def bowl(away):
    """How much further the furthest layer is than the further of the two ends: the "U"."""
    return values.u_depth(-away)


QUANTITIES = {"mean distance from 1": level, 'depth of the "U"': bowl}
ALL = {"contrast": "Total"} | {part: HEADS[part] for part in (*SHARES, "trained", "adds")}


def of_each_network(*arguments):
    """The contrast of each complete network, and its parts; NaN where these were not measured."""
    in_all = contrast(study, *arguments[:3], of=arguments[3])
    parts = decomposed(remainders(study, *arguments)).reindex(in_all.index)
    beside = without_pruning(study, *arguments).reindex(in_all.index)
    return pd.concat([parts.assign(contrast=in_all), beside], axis=1)[list(ALL)]


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

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-contrast-bowl", "caption": "The same for the depth of the U: how much lower the lowest hidden layer is than the lower of the two ends, by a metric that the paper finds low, minus the same by one that it finds high, the parts of this difference, and the same without pruning."}}
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
# ## Does the contrast depend on the width, or on the training?
#
# Networks of the paper's width are trained for longer as well; the other widths are trained alike, and
# the brief variant changes the training alone. Widths are shares of the paper's. *Epochs* are those of the
# complete network, then those of each re-training. *Complete* and *Pruned* are test accuracies before
# pruning and after the last iteration. The contrast of SVCCA and CKA is given here as a difference of
# distances and not as a share, with the paper's matrices and on one matrix, as means over *n* complete networks:

# %% tags=["hide-input"]
NUMBERS = ("Contrast", "Training only", "Pruning adds", "On one matrix")
rows, moved = {}, []
for network in study.experiments:
    scales = {short_width(width): where for width, where in at_scales(network, study, full).items()}
    if f"{network}_brief" in study.variants:
        scales[SCALES["brief"].lower()] = study, f"{network}_brief"
    for words, (where, name) in scales.items() if len(scales) > 1 else ():
        accuracy = values.accuracy(where, name)["mean"]
        epochs = where.of(name, "performance").groupby("iteration").epochs.first()
        in_all = contrast(where, name, "svcca", "cka")
        kept = contrast(where, name, "svcca", "cka", ["reshape"])
        alone = without_pruning(where, name, "svcca", "cka")
        rows[f"{study.network(network)}, {words}"] = {
            "Epochs": f"{epochs.iloc[0]}, then {epochs.iloc[-1]}",
            "Complete": percent(accuracy.iloc[0], 1),
            "Pruned": percent(accuracy.iloc[-1], 1),
            "Contrast": number(in_all.mean()),
            "Training only": number(alone.trained.mean()),
            "Pruning adds": number(alone.adds.mean(), sign="+"),
            "On one matrix": number(kept.mean()),
            "n": len(in_all),
        }
        kind = "training" if name.endswith("_brief") else "width"
        own = (contrast(study, network, "svcca", "cka", out).mean() for out in ([], ["reshape"]))
        moved.append((kind, *(np.abs([in_all.mean(), kept.mean()] - np.array([*own])))))
table_of_scales = pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network, scale")
Table.of(
    table_of_scales,
    numeric=["Epochs", "Complete", "Pruned", *NUMBERS],
    nothing="No network was run at another scale.",
)

# %% tags=["remove-input"]
moved = pd.DataFrame(moved, columns=["kind", "all", "kept"]).groupby("kind").max()
BY = {
    "width": "Between the scales of a network, the contrast differs by at most {}, and on one matrix by {}. Where it "
    "comes from may differ more: see *Training only* and *Pruning adds*.",
    "training": "Briefer re-training changes the two by at most {} and {}.",
}
said = [
    words.format(*moved.loc[kind].map(number)) for kind, words in BY.items() if kind in moved.index
]
if said and table_of_scales["n"].min() == 1:
    said.append("Where a setting has a single complete network, that is no more than a hint.")
Markdown(" ".join(said))

# %% [markdown]
# (lost-directions)=
# ## What if a direction that is lost counts as 0?
#
# Mean CCA and SVCCA are means over as many directions as the layer with fewer of them has. A direction that
# pruning has killed is not among them, so the mean may stay or rise while directions die. The first two columns
# have the share of the directions that are left after pruning, and after training alone: the smaller rank over the
# larger. The next two have the difference between the two networks, pruned minus trained as long, in mean CCA as it
# is, and with a correlation of 0 for each lost direction. All are taken at the end, and are means over the hidden
# layers:


# %% tags=["hide-input"]
def mean_cca(where, experiment):
    """Mean CCA of each complete network, as it is, with lost directions as 0, and the share kept."""
    rows = where.of(experiment, "similarity")
    rows = rows[(rows.metric == "mean_cca") & (rows.reshape == PAPER_RESHAPE["svcca"])]
    rows = rows[(rows.kind != "out") & (rows.iteration == rows.iteration.max())]
    ranks = rows[["rank_x", "rank_y"]]
    kept = ranks.min(axis=1) / ranks.max(axis=1)
    found = rows.assign(kept=kept, counted=rows.value * kept)
    return found.groupby("train_seed")[["value", "counted", "kept"]].mean()


rows, said = {}, []
for network in study.experiments:
    for width, (where, name) in at_scales(network, study, full).items():
        if f"{name}_trained_on" in where.variants:
            pruned, alone = mean_cca(where, name), mean_cca(where, f"{name}_trained_on")
            usual, counted = ((pruned - alone)[x].pipe(over_networks) for x in ("value", "counted"))
            rows[f"{study.network(network)}, {short_width(width)}"] = {
                "Left, pruned": percent(pruned.kept.mean(), 0),
                "Left, trained as long": percent(alone.kept.mean(), 0),
                "Mean CCA": usual.text(sign=True),
                "Lost ones as 0": counted.text(sign=True),
                "Networks": str(usual.n),
            }
            if width == 1:
                said.append(
                    f"In {plain(study.network(network))} of the paper's width ({count(usual.n, 'network')}), mean CCA after "
                    f"pruning differs from that after training alone by {signed(usual.mean)}, and by "
                    f"{signed(counted.mean)} if lost directions count as 0."
                )
lost = pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network, width")
Table.of(lost, cards=True, nothing=NOTHING)

# %% tags=["remove-input"]
glue(lost_directions=" ".join(said).replace("\\", ""))
Markdown(" ".join(said))

# %% [markdown]
# ## How to read it
#
# The share of the *metrics* answers the first question. If it were near 0, one metric on two matrices would
# have shown the same contrast. If it were near the whole, matrix and chance would not matter.
#
# *Pruning adds* answers the second. If it is near 0, networks that were never pruned show the same
# contrast, and the contrast says nothing about pruning.
#
# A negative share means that the contrast grows when this cause is taken out. A metric with a high null, for
# instance, has little room to fall, so its values look close to 1, and dividing by that room enlarges its distances.
#
# Four cautions. The shares are those of a mean over the layers, and single layers may behave
# differently. The one matrix is that of SVCCA, whose rows are positions; on another one the share of the metrics
# is another ({doc}`reshapes`). *Chance* could be defined in other ways: here it is the mean over shuffled images, not the
# value of untrained or of independent networks. And the shares hold for the networks in the table, at
# their width; they are not constants of SVCCA and CKA.

# %% tags=["remove-cell"]
# What the front page and the conclusions show.
first = {
    # the widest in several networks: of a single one no interval says what pruning adds
    part: of[of.networks > 1].drop_duplicates("network", keep="last")
    for part, of in by_part.items()
}
never = [
    f"{span(first[part])} {words}"
    for part, words in (
        ("trained", "(trained as long)"),
        ("siblings", "(independent)"),
    )
    if len(first[part])
]
said = []
if len(first["contrast"]):
    beside = f"; without pruning, {enumerate_words(never)}" if never else ""
    said.append(f"SVCCA and CKA end {span(first['contrast'])} apart{beside}.")
if len(first["adds"]):
    sure = first["adds"].assign(sure=lambda rows: (rows.low > 0) | (rows.high < 0))
    words = [
        f"{number(row['mean']) if row.sure else f'{signed(row.low)} to {signed(row.high)}'} in "
        f"{study.network(row.network)}"
        for _, row in sure.iterrows()
    ]
    said.append(f"Pruning adds {enumerate_words(words)}.")
said += singles()
glue(contrast_shares=" ".join(said) or NOTHING)
glue(contrast_figure=draw_answer(study.experiments[:1]), contrast_table=table)
