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
# # Do the metrics measure what they should?
#
# **Two metrics disagree. Which of them should we believe?**
#
# A metric always gives a number. Whether the number means similarity can be tested only where we know
# what is similar. There are three such cases.
#
# 1. *Two networks of the same architecture, trained from different starts.* Their third layers do
#    the same job. So the third layer of one should resemble the third layer of the other more than
#    the fourth or the tenth. A metric should find that.
# 2. *A network while it is pruned.* Its answers move away from those of the complete network, though
#    not at every step. A metric that compares their layers should notice.
# 3. *The channels of a pruned network.* Each is one channel of the complete network, with weights
#    missing. So we know which belongs to which.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
import numpy as np
import pandas as pd
from IPython.display import Markdown, display
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from scipy.stats import binomtest

from lib.analyses.validity.tables import IDENTIFICATION, MATCHING
from lib.book.report import values
from lib.book.report.figure import ABSENT, INDEPENDENT, NULL, LayerFigure, PanelFigure
from lib.book.report.format import interval, number, percent, plain, signed
from lib.book.report.names import RESHAPES, enumerate_words, metric_titles
from lib.book.report.page import glue, open_study
from lib.book.report.panels import box_swatch
from lib.book.report.results import PAPER_RESHAPE
from lib.book.report.statistics import interval as student_interval
from lib.book.report.style import INK, KIND_COLOURS, METRIC_STYLES, iteration_colours
from lib.book.report.tables import Table, text_table
from lib.book.report.values import RUN

TITLES = metric_titles()
SHOWN = ["svcca", "pwcca", "cka", "nbs"]
PAPER = [(metric, PAPER_RESHAPE[metric]) for metric in SHOWN]

# %% tags=["remove-input"]
study = open_study(results)

# %% [markdown]
# ## What we find


# %% tags=["hide-input"]
CELL, PAIR = ["metric", "reshape"], ["train_seed", "other_seed"]
CASE = [*CELL, *PAIR, "direction", "layer"]  # one layer, looked for in one other network


def layer_pairs(network):
    """Similarity of each hidden layer of one complete network with each of another.

    The network of the smaller seed is x. A pair that was measured in both orders gets the mean.
    """
    rows, known = study.table(IDENTIFICATION), study.provenance["experiments"]
    source = [
        name for name in rows.experiment.unique() if known.get(name, {}).get("base") == network
    ]
    rows = rows[rows.experiment.isin(source[:1]) & (rows.kind_x != "out") & (rows.kind_y != "out")]
    turned = rows.train_seed > rows.other_seed
    swap = {"train_seed": "other_seed", "layer_x": "layer_y", "depth_x": "depth_y"}
    other = rows[turned].rename(columns=swap | {new: name for name, new in swap.items()})
    key = [*CELL, *PAIR, "layer_x", "layer_y", "depth_x", "depth_y"]
    means = pd.concat([rows[~turned], other]).groupby(key).value.mean()
    return means.dropna().reset_index()


def candidates(pairs):
    """Each layer with its candidates in the other network, in both directions."""
    forward = {"layer_x": "layer", "layer_y": "candidate"}
    forward |= {"depth_x": "depth", "depth_y": "candidate_depth"}
    backward = {"layer_y": "layer", "layer_x": "candidate"}
    backward |= {"depth_y": "depth", "depth_x": "candidate_depth"}
    return pd.concat(
        [
            pairs.rename(columns=forward).assign(direction="forward"),
            pairs.rename(columns=backward).assign(direction="backward"),
        ]
    )


def judge(rows):
    """Is each layer's most similar candidate the layer at the same place?

    Args:
        rows: as `candidates` returns them.

    Returns:
        A row for each layer whose counterpart is among its candidates, and not alone there:
        `found`, without a tie; `near`, at most one layer away; `chance` and `near_chance`, how
        often a guess would do the same.
    """
    away = (rows.depth - rows.candidate_depth).abs()
    rows = rows.assign(own=away == 0, near=away <= 1)
    best = rows.value >= rows.groupby(CASE).value.transform("max") - 1e-9  # less is rounding
    found = rows[best].groupby(CASE)[["own", "near"]].all()
    chance = rows.groupby(CASE)[["own", "near"]].mean()
    cases = found.rename(columns={"own": "found"})
    cases = cases.assign(chance=chance.own, near_chance=chance.near)
    return cases[(cases.chance > 0) & (cases.chance < 1)]


def in_order(cells):
    """(metric, reshape), metric by metric as in the text."""
    metrics = [*TITLES, *sorted({metric for metric, _ in cells} - set(TITLES))]
    reshapes = list(RESHAPES)
    return sorted(set(cells), key=lambda cell: (metrics.index(cell[0]), reshapes.index(cell[1])))


def shares(cases):
    """Means over the cases of each metric on each reshape, with Wilson's interval of `found`."""
    by_cell = cases.groupby(level=CELL)
    tests = [binomtest(int(found.sum()), len(found)) for _, found in by_cell.found]
    ends = [test.proportion_ci(method="wilson") for test in tests]
    table = by_cell.mean().assign(cases=by_cell.size())
    return table.assign(low=[end.low for end in ends], high=[end.high for end in ends])


def identification(network):
    """How often each metric finds the layer, among all layers and among those of the same size."""
    rows = candidates(layer_pairs(network))
    # On channels, a row is a position: only layers with maps of the same size were compared.
    on_channels = rows[rows.reshape == "channels"]
    same_size = rows.merge(on_channels[["layer", "candidate"]].drop_duplicates())
    table = shares(judge(rows)).join(shares(judge(same_size)).add_prefix("same_"))
    cells = in_order(rows.groupby(CELL).groups)
    table = table.reindex(pd.MultiIndex.from_tuples(cells, names=CELL)).astype(float)
    return table.fillna({"cases": 0, "same_cases": 0})


def with_interval(row, prefix=""):
    found, low, high = (row[f"{prefix}{name}"] for name in ("found", "low", "high"))
    if pd.isna(found):
        return "-"
    return f"{percent(found, 0)} ({number(100 * low, 0)}\u2013{number(100 * high, 0)})"


identified = {network: identification(network) for network in study.experiments}


TIME = [*RUN, "iteration"]
OUTPUTS = {"agreement": "output disagreement", "jensen_shannon": "Jensen-Shannon divergence"}


def changes(network):
    """How far each pruned network is from the complete one in what it does.

    Returns:
        {what is compared: index TIME}.
    """
    rows = study.of(network, "performance")
    complete = rows[(rows.iteration == 0) & rows.prune_seed.isna()].set_index("train_seed").accuracy
    pruned = rows[rows.iteration > 0].astype({"prune_seed": "int64"}).set_index(TIME).accuracy
    gap = (pruned - complete.reindex(pruned.index.get_level_values("train_seed")).to_numpy()).abs()
    found = {"accuracy gap": gap.dropna()}
    outputs = study.of(network, "similarity").query("kind == 'out' and value.notna()")
    for metric, name in OUTPUTS.items():
        if len(rows := outputs[outputs.metric == metric].drop_duplicates(TIME)):
            return found | {name: 1 - rows.set_index(TIME).value}
    return found


def dissimilarities(network, layer=None):
    """1 minus each metric on each reshape: mean over the hidden layers, or one layer.

    Returns:
        Index TIME, columns (metric, reshape).
    """
    rows = study.of(network, "similarity").query("kind != 'out' and iteration > 0")
    cells = in_order(rows[rows.value.notna()].groupby(CELL).groups)
    if layer:
        rows = rows[rows.layer == layer]
    wide = rows.pivot(index=TIME, columns=[*CELL, "layer"], values="value")
    # A layer that lacks a value somewhere in a run would make that run's means jump.
    wide = wide.where(wide.notna().groupby(level=RUN).transform("all"))
    means = wide.T.groupby(level=CELL).mean().T
    return 1 - means.reindex(columns=pd.MultiIndex.from_tuples(cells))


DIGITS = 12  # beyond them, rounding alone would rank equal numbers
ITERATION, CHANGE = ("iteration", ""), ("change", "")


def partial(run):
    """Correlation of the ranks with those of the change, both freed of those of the iteration."""
    ranks = run.rank() - run.rank().mean()
    line = ranks[ITERATION] / np.linalg.norm(ranks[ITERATION])
    left = ranks - np.outer(line, line @ ranks)
    sizes = np.sqrt((left**2).sum()) * np.sqrt((left[CHANGE] ** 2).sum())
    # Nothing is left of ranks that are those of the iteration.
    return (left.T @ left[CHANGE]) / sizes.where((sizes > 1e-9) & (len(run) > 3))


def between_runs(joined):
    """Correlation of the ranks among the runs of an iteration, all iterations together."""
    times = joined.groupby(level="iteration")
    ranks = times.rank()[times[[CHANGE]].transform("count")[CHANGE] >= 3]
    away = ranks - ranks.groupby(level="iteration").transform("mean")
    sizes = np.sqrt((away**2).sum() * (away[CHANGE] ** 2).sum())
    return (away.T @ away[CHANGE]) / sizes.where(sizes > 1e-9)


def spearman(run):
    return run.corr(method="spearman", min_periods=3)[CHANGE]


STATISTICS = {
    "Spearman": spearman,
    "Kendall": lambda run: run.corrwith(run[CHANGE], method="kendall"),
    "Given the iteration": partial,
    "Step by step": lambda run: spearman(run.diff().iloc[1:].round(DIGITS)),
}


def summary(network, target, layer=None, statistics=STATISTICS, only=None):
    """Rank correlations of the dissimilarities of a network with a change.

    Args:
        network, layer: as for `dissimilarities`.
        target: one of the `changes`.
        statistics: which of them.
        only: of these (metric, reshape); None for all.

    Returns:
        Index (metric, reshape), first the iteration's number in their place. Columns (statistic,
        "mean"), "low", "high" and "runs", in how many runs it is defined: the 95 % interval of the
        mean over complete networks, each with the mean over its runs; none for a single network.
        Undefined where one of the two is constant, since it puts nothing in an order.
    """
    joined = dissimilarities(network, layer)
    joined = joined if only is None else joined.reindex(columns=pd.MultiIndex.from_tuples(only))
    joined.insert(0, ITERATION, joined.index.get_level_values("iteration").astype(float))
    change = changes(network)[target].rename(CHANGE)
    joined = joined.join(change, how="inner").round(DIGITS).sort_index()
    cells = joined.columns.drop(CHANGE)
    found = {}
    for name, statistic in statistics.items():
        by_run = joined.groupby(level=RUN)
        runs = pd.DataFrame({run: statistic(rows.droplevel(RUN)) for run, rows in by_run}).T[cells]
        networks = runs.groupby(level=0).mean()
        over = {cell: vars(student_interval(values)) for cell, values in networks.items()}
        over = pd.DataFrame(over, index=["mean", "low", "high"]).T
        found[name] = over.assign(runs=runs.count())
    table = pd.concat(found, axis=1)
    table["Between runs", "mean"] = between_runs(joined).reindex(cells)
    return table


followed = {
    (network, target): summary(network, target)
    for network in study.experiments
    for target, change in changes(network).items()
    if change.index.get_level_values("iteration").nunique() >= 3
}


def ranged(row, name):
    mean, low, high, _ = row[name]
    return interval(mean, low, high, sign=True)


def heading(network, target):
    return f"{study.network(network)}, {target}"


def own_share(experiment):
    """Share of the channels alive in both that match themselves: index iteration, columns layers."""
    rows = study.table(MATCHING).query("experiment == @experiment")
    shares = rows.groupby(["iteration", "depth", "layer"]).own.mean().unstack(["depth", "layer"])
    return shares.sort_index(axis="columns").droplevel("depth", axis="columns")


# %% tags=["remove-input"]
FINDS = {
    "all": "{which} find{s} it more often than a guess would in every network ({found}; a guess: {chance}).",
    "some": "{which} find{s} it more often than a guess would only in some of the networks ({found}).",
    "none": "{which} find{s} it more often than a guess would in none of them ({found}).",
}
FOLLOWS = {
    True: "{which} follow{s} the {targets} in every network.",
    False: "none of {which} follows the {targets} in every network.",
}
OWN_CHANNELS = (
    "**Recognising a pruned channel:** after the last iteration, on average over the layers, a channel "
    "that is still alive in both networks correlates most with its own counterpart in {shares} of the cases{alone}; "
    "a guess would be right in {guesses}. Channels that pruning has silenced are not counted."
)


def share_of(numbers):
    return " to ".join(dict.fromkeys(percent(f(numbers), 0) for f in (min, max)))


def what_we_find():
    found = {cell: [t.loc[cell] for t in identified.values() if cell in t.index] for cell in PAPER}
    found = {cell: [row for row in rows if row.same_cases] for cell, rows in found.items()}
    passed = {
        c: [row.same_low > row.same_chance for row in rows] for c, rows in found.items() if rows
    }
    kinds = {c: "all" if all(p) else "some" if any(p) else "none" for c, p in passed.items()}
    said = []
    for kind, words in FINDS.items():
        if cells := [cell for cell in kinds if kinds[cell] == kind]:
            rows = [row for cell in cells for row in found[cell]]
            said.append(
                words.format(
                    which=enumerate_words([TITLES[metric] for metric, _ in cells]),
                    s="s" if len(cells) == 1 else "",
                    found=share_of([row.same_found for row in rows]),
                    chance=share_of([row.same_chance for row in rows]),
                )
            )
    if said:
        yield f"**Finding the same layer in another network:** {' '.join(said)}"
    low = pd.DataFrame({case: t["Step by step", "low"] for case, t in followed.items()})
    low = low.reindex(list(PAPER)).dropna(how="all")
    if len(low) and low.notna().all(axis=None):
        which = [TITLES[metric] for metric, _ in low.index[(low > 0).all(axis=1)]]
        named = enumerate_words(which or [TITLES[metric] for metric, _ in low.index])
        targets = " and the ".join(dict.fromkeys(target for _, target in followed))
        yield (
            "**Following what a network does while it is pruned:** from iteration to iteration, "
            + FOLLOWS[bool(which)].format(
                which=named, s="s" if len(which) == 1 else "", targets=targets
            )
        )
    shares, guesses, trained = [], [], []
    for network in study.experiments:
        if len(own := own_share(network)):
            rows = study.of(network, MATCHING)
            channels = rows[rows.iteration == rows.iteration.max()].channels
            shares.append(f"{percent(own.iloc[-1].mean(), 0)} in {plain(study.network(network))}")
            guesses.append(percent((1 / channels).mean(), 0))
            if len(own := own_share(f"{network}_trained_on")):
                trained.append(percent(own.iloc[-1].mean(), 0))
    if shares:
        alone = f" (trained as long without pruning: {enumerate_words(trained)})"
        parts = {"shares": enumerate_words(shares), "guesses": enumerate_words(guesses)}
        yield OWN_CHANNELS.format(**parts, alone=alone if len(trained) == len(shares) else "")


paragraphs = list(what_we_find())
display(Markdown("\n".join(f"- {text}" for text in paragraphs) or ABSENT))
of_head = dict(text.removeprefix("**").split(":** ", 1) for text in paragraphs)
glue(  # what the conclusions show
    validity=of_head.get("Finding the same layer in another network", ABSENT),
    own_channels=of_head.get("Recognising a pruned channel", ABSENT).replace("after", "After", 1),
)

# %% [markdown]
# ## Can a metric find the same layer in another network?
#
# Take a layer of one complete network. Compare it with every hidden layer of another, trained from
# another start, on the same images. Is the most similar one the layer at the same place? This is
# the test of {cite:t}`kornblith2019similarity`, section 6.1.
#
# The task must be the same for all. On the matrix of channels, a row is a position of an image, so only
# layers with maps of the same size can be compared. They are few, so a guess is right more often, but
# they are the hard candidates, since neighbouring layers resemble each other. So on every matrix a
# metric must choose among these few.


# %% tags=["hide-input"]
def title(metric, reshape):
    own = " (paper)" if PAPER_RESHAPE.get(metric) == reshape else ""
    return f"{TITLES.get(metric, metric)}, {reshape}{own}"


def same_size(frame):
    """Of one network: what a guess finds, and each metric, among layers of the same size."""
    usual = percent(frame.same_chance.dropna().mode().iloc[0], 0)
    column = {"by chance": usual}
    for cell, row in frame[frame.index.isin(SHOWN, level="metric")].iterrows():
        chance = percent(row.same_chance, 0)  # fewer candidates make another chance
        other = f", chance {chance}" if chance not in (usual, "-") else ""
        column[title(*cell)] = with_interval(row, "same_") + other
    return column


columns = {
    study.network(network): same_size(frame)
    for network, frame in identified.items()
    if frame.same_cases.any()
}
cells = in_order({cell for frame in identified.values() for cell in frame.index})
table = pd.DataFrame(columns).reindex(["by chance", *(title(*cell) for cell in cells)])
table = table.fillna("-")
Table.of(table[(table != "-").any(axis=1)].rename_axis("Found, same size"), nothing=ABSENT)

# %% [markdown]
# *Found* is the share of layers for which the corresponding one is the most similar, with a 95 %
# interval (Wilson's). Both directions count, and all pairs of networks. A tie is a miss. A metric
# finds *more than chance* where the interval lies above what a guess would find. *(paper)* marks the
# matrix on which the paper computes a metric. A dash means that something was not measured: this needs
# the control *independent* with the analysis *identification*.
#
# The folded tables have all metrics, and all layers as candidates. *Within one* also accepts the
# layer before and the layer after: a max-pool is hardly more than a copy of the convolution before
# it. A layer without a rival does not count.

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show all combinations", "code_prompt_hide": "Hide all combinations"}
for network, frame in identified.items():
    table = {
        title(*cell): {
            "Found": with_interval(row),
            "By chance": percent(row.chance, 0),
            "Within one": percent(row.near, 0),
            "By chance within one": percent(row.near_chance, 0),
            "Found, same size": with_interval(row, "same_"),
            "By chance, same size": percent(row.same_chance, 0),
        }
        for cell, row in frame.iterrows()
    }
    table = pd.DataFrame.from_dict(table, orient="index").rename_axis(study.network(network))
    display(Table.of(table, nothing=f"{study.network(network)}: {ABSENT}"))

# %% tags=["definitions", "hide-input"]
LEVELS = 20  # of colour, from pale to strong


def draw_matrix(axes, values):
    """Squares from pale to strong, the first row on top; a hole where a value is not defined."""
    levels = np.full(values.shape, -1)
    known = np.isfinite(values)
    levels[known] = np.clip(values[known] * LEVELS, 0, LEVELS - 1)
    for level, colour in enumerate(iteration_colours(LEVELS)):
        # one path for each colour, since there are dozens of matrices
        squares = [
            Path([(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1), (x, y)], closed=True)
            for y, x in np.argwhere(levels == level) - 0.5
        ]
        if squares:
            path = Path.make_compound_path(*squares)
            # the thin edge covers the seams between squares
            axes.add_patch(PathPatch(path, color=colour, linewidth=0.3))
    axes.set_xlim(-0.5, values.shape[1] - 0.5)
    axes.set_ylim(values.shape[0] - 0.5, -0.5)
    axes.set_aspect("equal")
    axes.set_yticks([])
    axes.grid(visible=False)


def mark_most_similar(axes, values):
    """Mark the highest value of each row that has a single one.

    Returns:
        In how many rows it lies on the diagonal.
    """
    values = np.where(np.isfinite(values), values, -1)
    best = values >= values.max(axis=1, keepdims=True) - 1e-9
    rows = np.flatnonzero((best.sum(axis=1) == 1) & (values.max(axis=1) >= 0))
    found = best[rows].argmax(axis=1)
    style = {"linestyle": "", "marker": "o", "markersize": 3.2}
    label = "the most similar layer of the other network"
    axes.plot(found, rows, color=KIND_COLOURS["pool"], label=label, **style)
    return (found == rows).sum()


# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-identification", "caption": "Similarity of each hidden layer of one complete network (rows) with each of another of its kind (columns), mean over the pairs of networks. Both run in forward order, from the upper left corner. A dot marks the most similar layer of each row: a metric that finds the same layer has all dots on the diagonal. Empty: not defined."}}
SETS = {
    "as in the paper: CCA on channels, CKA and NBS on whole images": PAPER,
}
figure = PanelFigure("identification", small=True, iterations=LEVELS)
colours = [figure.colours[colour] for colour in iteration_colours(LEVELS)]
for network in study.experiments:
    pairs = layer_pairs(network)
    layers = pairs.sort_values("depth_x").layer_x.unique()
    own = np.eye(len(layers), dtype=bool)
    for about, cells in SETS.items() if len(pairs) else ():
        figure.row(study.network(network), f", {about}")
        for metric, reshape in cells:
            name = f"{TITLES[metric]}, {reshape}"
            rows = pairs[(pairs.metric == metric) & (pairs.reshape == reshape)]
            if rows.empty:
                figure.absent(name, ABSENT)
                continue
            mean = rows.pivot_table(index="layer_x", columns="layer_y", values="value")
            mean = mean.reindex(index=layers, columns=layers).to_numpy()
            axes = figure.panel(name)
            draw_matrix(axes, mean)
            found = mark_most_similar(axes, mean)
            axes.set_xticks([0, len(layers) - 1], layers[[0, -1]], parse_math=False)
            figure.key("similarity from 0 to 1", box_swatch(colours))
            same, others = np.nanmean(mean[own]), np.nanmean(mean[~own])
            axes.set_label(
                f"Corresponding layers have {number(same)} on average, others {number(others)}. For "
                f"{found} of {len(layers)} the corresponding one is the most similar."
            )
figure

# %% [markdown]
# ## Does a metric follow what the network does?
#
# Two quantities measure how far the function of a pruned network is from that of the complete one.
# The *accuracy gap* is the difference of their test accuracies, whatever its sign. The *output
# disagreement* is the share of the probe images to which they give different classes. They are
# compared with the dissimilarity of the representations: 1 minus the metric, mean over the hidden
# layers.
#
# Does one rise where the other rises? {cite:t}`ding2021grounding` measure that by rank correlation over
# many networks: 1 means the same order, 0 none, −1 the reverse. Here the networks are the iterations of a
# pruning run, and dissimilarity rises with nearly every one of them. Where disagreement rises as steadily,
# the test is too easy: even the number of the iteration would pass. Where it does not, no metric that only
# rises can pass. So the number has the first column, and a metric that does not beat it has shown nothing.


# %% tags=["hide-input"]
columns = {ITERATION: "the iteration's number"} | {cell: TITLES[cell[0]] for cell in PAPER}
rows = {
    heading(*case): table["Spearman", "mean"].reindex(list(columns)).map(signed)
    for case, table in followed.items()
}
table = pd.DataFrame(rows, index=list(columns)).T.set_axis(columns.values(), axis=1)
Table.of(table.rename_axis("Over the iterations, with"), nothing=ABSENT)

# %% [markdown]
# This is Spearman's rank correlation over the iterations of a run, mean over the runs. Each metric is
# computed on the paper's matrix. Where it was not recorded which classes the networks give, the
# Jensen-Shannon divergence of their predictions takes the place of the disagreement.
#
# The drift can be taken out. Where dissimilarity is higher than usual *at that iteration*, is the
# function further away as well? That is the *partial* rank correlation, given the iteration. It is
# undefined where dissimilarity rises at every single step: then its ranks are the number of the
# iteration, and nothing is left. A case is a metric on a matrix, in one network, with one of the two
# changes.

# %% tags=["hide-input"]
cases = []
for table in followed.values():
    alone, metrics = table.loc[ITERATION], table.drop([ITERATION])
    away = (metrics["Spearman", "mean"] - alone["Spearman", "mean"]).abs()
    judged = metrics["Given the iteration"]
    judged = judged[judged.runs > alone["Spearman", "runs"] / 2]
    cases.append((len(metrics), away.max(), len(judged), (judged.low > 0).sum()))
cases = pd.DataFrame(cases, columns=["all", "furthest", "judged", "above"])
counts = {
    "cases": str(cases["all"].sum()),
    "largest difference between the rank correlation of a metric and that of the iteration's number": number(
        cases.furthest.max(), 3
    ),
    "the partial rank correlation is defined in most runs": str(cases.judged.sum()),
    "of these, the interval lies above 0": str(cases.above.sum()),
}
Table.of(pd.Series(counts, name="").rename_axis("Cases").to_frame())

# %% [markdown]
# There is another way to look past the drift: *step by step*. Where dissimilarity jumps from one
# iteration to the next, does the function jump as well? A steady rise earns nothing here.

# %% tags=["hide-input"]
rows = {
    heading(*case): {
        TITLES[metric]: ranged(table.loc[(metric, reshape)], "Step by step")
        for metric, reshape in PAPER
        if (metric, reshape) in table.index
    }
    for case, table in followed.items()
}
table = pd.DataFrame.from_dict(rows, orient="index").fillna("-").rename_axis("Step by step, with")
Table.of(table, nothing=ABSENT)

# %% [markdown]
# In brackets: the 95 % interval of the mean over complete networks (Student's t), where two or more
# have a value. A metric *follows* the steps where this interval lies above 0, and *runs against* them
# where it lies below. With so few networks the interval is wide, and may reach past 1.

# %% tags=["hide-input", "hide-output"] mystnb={"figure": {"name": "fig-rank-correlation", "caption": "Rank correlation of dissimilarity, by each metric on each matrix, with the change of what the network does: over the iterations (dots), and step by step (diamonds). Means over the pruning runs; the horizontal lines are 95 % intervals over complete networks. The solid vertical line is 0. The dotted one is what the number of the iteration gets in the place of a metric."}}
LOOKS = {
    "Spearman": (
        "over the iterations",
        0.16,
        {"color": METRIC_STYLES["svcca"]["color"], "marker": "o"},
    ),
    "Step by step": (
        "step by step",
        -0.16,
        {"color": METRIC_STYLES["cka"]["color"], "marker": "D"},
    ),
}
figure = PanelFigure("rank-correlation")
for case, table in followed.items():
    metrics = table.drop([ITERATION])
    axes = figure.panel(heading(*case), left=0.38)
    axes.set_title(heading(*case), loc="left", x=-0.6, size=10, weight="bold", color=INK)
    rows = np.arange(len(metrics))[::-1]
    for name, (label, shift, look) in LOOKS.items():
        found = metrics[name]
        axes.hlines(rows + shift, found.low, found.high, color=look["color"], linewidth=1.2)
        axes.plot(found["mean"], rows + shift, linestyle="", markersize=4, label=label, **look)
    axes.axvline(0, color=INK, linewidth=0.8)
    alone = table.loc[ITERATION]["Spearman", "mean"]
    axes.axvline(alone, color=INK, linestyle=":", label="the iteration's number itself")
    axes.set_yticks(
        rows, [title(*cell).removesuffix(" (paper)") for cell in metrics.index], fontsize=9
    )
    axes.set_ylim(-0.6, len(metrics) - 0.4)
    axes.set_xlim(-1.05, 1.05)
    axes.set_xlabel("rank correlation")
figure

# %% [markdown]
# The folded tables have all metrics on all matrices, and two more columns. *Kendall* is another
# rank correlation. *Between runs*: at the same iteration, all runs have the same number of weights.
# Is the run that differs more in its representations also the one that differs more in its
# function? Runs are ranked within each iteration, and all iterations are taken together; this needs
# three runs. *Runs* are those in which the partial rank correlation, given the iteration, is defined.

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show all combinations", "code_prompt_hide": "Hide all combinations"}
for case, table in followed.items():
    rows = {
        "the iteration's number" if cell == ITERATION else title(*cell): {
            "Spearman": ranged(row, "Spearman"),
            "Kendall": signed(row["Kendall", "mean"]),
            "Given the iteration": ranged(row, "Given the iteration"),
            "Step by step": ranged(row, "Step by step"),
            "Between runs": signed(row["Between runs", "mean"]),
            "Runs": f"{row['Given the iteration', 'runs']:.0f} of {row['Spearman', 'runs']:.0f}",
        }
        for cell, row in table.iterrows()
    }
    display(Table.of(pd.DataFrame(rows).T.rename_axis(heading(*case))))
if not followed:
    print(ABSENT)

# %% [markdown]
# The same layer by layer: Spearman's correlation (*rho*) and the *partial* one, for
# the paper's four metrics, each on the paper's matrix.

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show every layer", "code_prompt_hide": "Hide every layer"}
shown = {"Spearman": "rho", "Given the iteration": "partial"}
two = {name: STATISTICS[name] for name in shown}
columns = pd.MultiIndex.from_product([[TITLES[metric] for metric in SHOWN], shown.values()])
for network, target in followed:
    layers = {}
    for layer in values.hidden(study, network):
        means = summary(network, target, layer, two, PAPER).reindex(
            pd.MultiIndex.from_tuples(PAPER)
        )
        means = means[[(name, "mean") for name in shown]]
        layers[layer] = means.to_numpy().ravel()
    table = pd.DataFrame(layers, index=columns).T
    print(heading(network, target), text_table(table, 2, index=True), "", sep="\n")
if not followed:
    print(ABSENT)

# %% [markdown]
# ## Are a pruned network's channels still its own?
#
# Only pruning offers the third case. A pruned network inherits the channels of its complete network, so
# each channel has one right partner: itself. Two networks that were trained independently of each other
# have no such order. So we ask with which channel of the other network each channel of the complete one
# correlates most, over all positions of all images ({cite:t}`khosla2023soft`). The figure shows the share
# of channels that find themselves, beside CKA of the same layers. A dead channel, one that gives the same
# output everywhere, correlates with nothing. So the share is one of those channels that are still alive in
# both networks, and the second table says how many these are.


# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-matching", "caption": "First panel: of the channels of each layer that are still alive in both networks, the share that correlate more with themselves in the pruned network than with any other channel, mean over the runs; each line is one pruning iteration, from pale to strong. The dotted line compares complete networks that were trained independently of each other, the dashed one is a guess. Second panel: CKA of the same layers and iterations."}}
matched = [x for x in study.experiments if x in set(study.table(MATCHING).experiment)]
panels = LayerFigure(
    "matching", [], iterations=max((len(own_share(x)) for x in matched), default=0)
)
for network in matched:
    own = own_share(network)
    layers = [(name, kind) for name, kind in values.layers(study, network) if name in own]
    axes = panels.panel(f"{study.network(network)}: channels that find themselves", order=layers)
    panels.draw_iterations(axes, own, values.remaining(study, network))
    siblings = own_share(f"{network}_independent")
    if len(siblings):
        panels.draw(axes, siblings.iloc[-1], "independent networks", **INDEPENDENT)
    rows = study.of(network, MATCHING)
    guess = (1 / rows.groupby("layer").channels.mean()).reindex(own.columns)
    panels.draw(axes, guess, "a guess", **NULL)
    axes = panels.panel(f"{study.network(network)}: CKA", order=layers)
    cka = values.curves(study, network, "cka")[list(own.columns)]
    panels.draw_iterations(axes, cka, values.remaining(study, network))
display(panels) if matched else print(ABSENT)

# %% tags=["hide-input"]
KINDS = {"": "Pruned", "_trained_on": "Trained on", "_random_masks": "Random masks"}
KINDS |= {"_independent": "Independent"}
found = {}
for network in matched:
    channels = study.of(network, MATCHING)
    found[study.network(network)] = {"A guess": (1 / channels.channels).mean()} | {
        title: own_share(network + suffix).iloc[-1].mean()
        for suffix, title in KINDS.items()
        if len(own_share(network + suffix))
    }
Table.of(pd.DataFrame(found).T.rename_axis("Mean over the layers"), nothing=ABSENT)

# %% tags=["hide-input", "hide-output"]
for network in matched:
    rows = study.of(network, MATCHING)
    alive = rows.groupby(["iteration", "depth", "layer"]).channels.mean().unstack("iteration")
    alive = alive.droplevel("depth")[sorted({alive.columns.min(), alive.columns.max()})]
    alive.columns = [f"iteration {iteration}" for iteration in alive.columns]
    display(
        Table.of(alive.rename_axis(f"{study.network(network)}: channels alive in both"), digits=1)
    )
if not matched:
    print(ABSENT)

# %% [markdown]
# The first table is about the last iteration, or the only comparison. Shares are means over the runs, and
# so are the numbers of channels that are alive in both. Where few are left, a guess is right more often, and
# a high share says nothing of the channels that are lost. Where channels still find themselves, that is
# compatible with the layer being the same layer with weights missing. CKA is blind to the order of the
# channels, so the two can disagree: high CKA with few channels that find themselves is compatible with the
# same information lying in other channels than before.
#
# ## How to read it
#
# *Finding layers* is a modest demand. A metric that fails sees something other than what the layers
# have in common. A metric that passes has shown that it ranks layers well, not that its values are
# right: it may still call all of them very similar, or all of them dissimilar. And where layers are
# redundant, no metric can tell them apart, so a miss is no fault.
#
# The intervals treat the cases as independent. They are not: each network is in several pairs, and
# neighbouring layers are alike. So the intervals are too narrow. *Linear regression* is not
# symmetric: here the layer of the one network, that with the smaller seed, explains that of the
# other.
#
# *Following function.* Trust *step by step* more than the plain rank correlation. Where dissimilarity
# rises at nearly every step, very few iterations decide the partial one, and it varies much from run
# to run. Where the test accuracy hardly changes at first, its small ups and downs are chance, which no
# metric can follow. Where it rises by several points at first, as it does without pruning
# ({doc}`accuracy`), the gap shows mostly what longer training does. So a low value for the accuracy gap
# says less against a metric than one for the disagreement.
#
# The best of so many metrics and matrices looks good by luck alone. So a metric has passed only if it
# does so in every network.
#
# The two tests ask for different things. The first asks a metric to overlook what differs between
# two trainings. The second asks it to notice what matters to the output. A metric may pass one and
# fail the other.
#
# ## What was found before
#
# {cite:t}`kornblith2019similarity` trained ten small CNNs of ten layers on CIFAR-10. Linear CKA
# found the corresponding layer in 99.3 % of the cases. Linear regression found 45.4 %, PWCCA
# 11.1 %, SVCCA 9.9 %, and the plain mean of the canonical correlations 1.4 % (their Table 2). Their
# layers have maps of different sizes, and all were compared, so a row must have been an image for
# CCA as well. In Transformers all metrics passed the test, and linear CKA was not always the best
# (their appendix F.1).
#
# {cite:t}`ding2021grounding` argue that such a test is an intuition, and that another intuition
# favours another metric. They compare dissimilarity with differences of accuracy over many pairs of
# networks instead. CKA and PWCCA each do well in some of their tests and fall behind in others.
# The Procrustes distance, an old baseline, is often close to the best. In the hardest of their
# tests no metric correlates well.
#
# The paper that this book repeats compares the values of its metrics, and has none of these tests.
