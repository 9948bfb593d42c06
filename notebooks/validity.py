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
# A metric always gives a number. Whether the number means similarity is another question. It can
# be answered only where we know what is similar. This page has two such places.
#
# 1. *Two networks of the same architecture, trained from different starts.* Their third layers do
#    the same job. So the third layer of one should resemble the third of the other more than the
#    fourth or the tenth. A metric should find it.
# 2. *A network while it is pruned.* Step by step it answers differently from the complete network.
#    A metric of its layers should notice.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
import numpy as np
import pandas as pd
from IPython.display import display
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from scipy.stats import binomtest

from lib.report.figure import ABSENT, PanelFigure
from lib.report.format import interval, number, percent, signed
from lib.report.names import TITLES
from lib.report.page import open_study
from lib.report.panels import box_swatch
from lib.report.results import PAPER_RESHAPE
from lib.report.statistics import interval as of_networks
from lib.report.style import INK, METRIC_STYLES, iteration_colours
from lib.report.tables import Table, text_table

RESHAPES = ["channels", "flat", "gap"]
SHOWN = ["svcca", "pwcca", "cka", "nbs"]
PAPER = [(metric, PAPER_RESHAPE[metric]) for metric in SHOWN]

# %% tags=["remove-input"]
study = open_study(results)

# %% [markdown]
# ## The answer in short
#
# *Found* is how often a metric, computed as in the paper, finds the same layer in another network,
# beside what a guess would find. *Accuracy gap* and *output disagreement* tell how its steps from one
# iteration to the next go with those of what the network does: their rank correlation, 1 for the same
# order, −1 for the reverse. In brackets stand the ranges that the sections below explain. A metric has
# passed where its range lies above chance, or above 0.


# %% tags=["definitions", "hide-input"]
def layer_pairs(network):
    """The rows of a network whose complete networks were compared layer by layer; hidden layers."""
    rows, known = study.identification, study.provenance["experiments"]
    source = [
        name for name in rows.experiment.unique() if known.get(name, {}).get("base") == network
    ]
    rows = rows[rows.experiment.isin(source[:1]) & (rows.kind_x != "out") & (rows.kind_y != "out")]
    # The smaller seed first. A pair that was measured in both orders gets the mean of the two.
    turned = rows.train_seed > rows.other_seed
    swap = {"train_seed": "other_seed", "layer_x": "layer_y", "depth_x": "depth_y"}
    other = rows[turned].rename(columns=swap | {new: name for name, new in swap.items()})
    return pd.concat([rows[~turned], other])


def in_order(cells):
    """(metric, reshape), metric by metric as in the text."""
    metrics = [*TITLES, *sorted({metric for metric, _ in cells} - set(TITLES))]
    return sorted(set(cells), key=lambda cell: (metrics.index(cell[0]), RESHAPES.index(cell[1])))


def matrices(rows):
    """{(metric, reshape): (pairs, layers, layers)}, NaN where a metric is not defined."""
    layers = rows.drop_duplicates("layer_x").sort_values("depth_x").layer_x
    keys = ["metric", "reshape", "train_seed", "other_seed", "layer_x"]
    wide = rows.groupby([*keys, "layer_y"]).value.mean().unstack("layer_y").reindex(columns=layers)
    return {
        cell: np.stack(
            [
                pair.droplevel(keys[2:4]).reindex(layers).to_numpy(float)
                for _, pair in wide.xs(cell, level=keys[:2]).groupby(level=keys[2:4])
            ]
        )
        for cell in in_order(rows[rows.value.notna()].groupby(keys[:2]).groups)
    }


def judge(values, allowed):
    """Is each layer's most similar candidate the layer at the same place? Both directions count.

    Args:
        values: (pairs, layers, layers) similarities.
        allowed: (layers, layers) which pairs may be compared.

    Returns:
        A row for each layer that has its counterpart and a rival among its candidates: `found`, no
        tie; `near`, at most one layer away; both also as a guess would have them.
    """
    near = np.abs(np.subtract.outer(*[np.arange(values.shape[1])] * 2)) <= 1
    cases = []
    for table in (*values, *values.transpose(0, 2, 1)):
        known = np.isfinite(table) & allowed
        top = np.where(known, table, -np.inf).max(axis=1, keepdims=True)
        best = known & (table >= top - 1e-9)  # a smaller difference is rounding
        each = {
            "found": best.diagonal() & (best.sum(axis=1) == 1),
            "near": ~(best & ~near).any(axis=1),
            "chance": 1 / known.sum(axis=1).clip(1),
            "near_chance": (known & near).sum(axis=1) / known.sum(axis=1).clip(1),
        }
        cases.append(pd.DataFrame(each)[known.diagonal() & (known.sum(axis=1) > 1)])
    return pd.concat(cases)


def identification(network):
    """How often each metric finds the layer, among all layers and among those of the same size."""
    tables = matrices(layer_pairs(network))
    # On channels, a row is a position: only layers with maps of the same size were compared.
    on_channels = [
        np.isfinite(x).any(axis=0) for cell, x in tables.items() if cell[1] == "channels"
    ]
    same_size = np.any(on_channels, axis=0) if on_channels else False
    rows = {}
    for cell, values in tables.items():
        for prefix, allowed in {"": True, "same_": same_size | np.transpose(same_size)}.items():
            cases = judge(values, allowed)
            found = {f"{prefix}{name}": share for name, share in cases.mean().items()}
            ends = np.nan, np.nan
            if len(cases):
                test = binomtest(int(cases.found.sum()), len(cases))
                ends = test.proportion_ci(method="wilson")
            found |= {
                f"{prefix}low": ends[0],
                f"{prefix}high": ends[1],
                f"{prefix}cases": len(cases),
            }
            rows[cell] = rows.get(cell, {}) | found
    return pd.DataFrame(rows).T.astype(float)


def with_interval(row, prefix=""):
    found, low, high = (row[f"{prefix}{name}"] for name in ("found", "low", "high"))
    if pd.isna(found):
        return "-"
    return f"{percent(found, 0)} ({number(100 * low, 0)}\u2013{number(100 * high, 0)})"


identified = {network: identification(network) for network in study.experiments}

# %% tags=["hide-input"]
RUN, TIME = ["train_seed", "prune_seed"], ["train_seed", "prune_seed", "iteration"]
OUTPUTS = {"agreement": "output disagreement", "jensen_shannon": "Jensen-Shannon divergence"}


def changes(network):
    """How far each pruned network is from the complete one in what it does: index TIME."""
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
    """1 minus each metric on each reshape: mean over the hidden layers, or one layer; index TIME."""
    rows = study.of(network, "similarity").query("kind != 'out' and iteration > 0")
    cells = in_order(rows[rows.value.notna()].groupby(["metric", "reshape"]).groups)
    if layer:
        rows = rows[rows.layer == layer]
    wide = rows.pivot(index=TIME, columns=["metric", "reshape", "layer"], values="value")
    # A layer that lacks a value somewhere in a run would make that run's means jump.
    wide = wide.where(wide.notna().groupby(level=RUN).transform("all"))
    means = wide.T.groupby(level=["metric", "reshape"]).mean().T
    return 1 - means.reindex(columns=pd.MultiIndex.from_tuples(cells))


DIGITS = 12  # beyond them, rounding alone would rank equal numbers
ITERATION, CHANGE = ("iteration", ""), ("change", "")


def beyond(run):
    """Correlation of the ranks with those of the change, both freed of those of the iteration."""
    ranks = run.rank() - run.rank().mean()
    line = ranks[ITERATION] / np.linalg.norm(ranks[ITERATION])
    left = ranks - np.outer(line, line @ ranks)
    sizes = np.sqrt((left**2).sum()) * np.sqrt((left[CHANGE] ** 2).sum())
    # Nothing is left of ranks that are those of the iteration.
    return (left.T @ left[CHANGE]) / sizes.where((sizes > 1e-9) & (len(run) > 3))


STATISTICS = {
    "Spearman": lambda run: run.corr(method="spearman", min_periods=3)[CHANGE],
    "Kendall": lambda run: run.corrwith(run[CHANGE], method="kendall"),
    "Beyond the iteration": beyond,
    "Step by step": lambda run: STATISTICS["Spearman"](run.diff().iloc[1:].round(DIGITS)),
}


def between_runs(joined):
    """Correlation of the ranks among the runs of an iteration, all iterations together."""
    times = joined.groupby(level="iteration")
    ranks = times.rank()[times[[CHANGE]].transform("count")[CHANGE] >= 3]
    away = ranks - ranks.groupby(level="iteration").transform("mean")
    sizes = np.sqrt((away**2).sum() * (away[CHANGE] ** 2).sum())
    return (away.T @ away[CHANGE]) / sizes.where(sizes > 1e-9)


def summary(network, target, layer=None, statistics=STATISTICS):
    """Rank correlations with a change: index (metric, reshape), the iteration's number first.

    Columns (statistic, "mean"), "low", "high" and "runs", how many are defined. The range is the 95 %
    interval of the mean over complete networks, each with the mean over its runs; none for a single
    network. Undefined where one of the two is constant, since it puts nothing in an order.
    """
    joined = dissimilarities(network, layer)
    joined.insert(0, ITERATION, joined.index.get_level_values("iteration").astype(float))
    change = changes(network)[target].rename(CHANGE)
    joined = joined.join(change, how="inner").round(DIGITS).sort_index()
    found = {}
    for name, statistic in statistics.items():
        runs = {key: statistic(run.droplevel(RUN)) for key, run in joined.groupby(level=RUN)}
        for cell, of_runs in pd.DataFrame(runs).loc[joined.columns].drop([CHANGE]).iterrows():
            over = of_networks(of_runs.groupby(level=0).mean())
            row = {"mean": over.mean, "low": over.low, "high": over.high, "runs": of_runs.count()}
            found[cell] = found.get(cell, {}) | {(name, key): value for key, value in row.items()}
    between = between_runs(joined)
    table = pd.DataFrame(found).T
    table["Between runs", "mean"] = between.reindex(table.index)
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


rows = {}
for network in study.experiments:
    for metric, reshape in PAPER:
        row = {}
        if (metric, reshape) in identified[network].index:
            found = identified[network].loc[(metric, reshape)]
            same = "same_" if found.same_cases else ""
            row["Found"] = with_interval(found, same)
            row["By chance"] = percent(found[f"{same}chance"], 0)
        for target in changes(network):
            if (metric, reshape) in followed.get((network, target), pd.DataFrame()).index:
                table = followed[network, target]
                row[target.capitalize()] = ranged(table.loc[(metric, reshape)], "Step by step")
        rows[f"{study.network(network)}, {TITLES[metric]}"] = row
short = pd.DataFrame.from_dict(rows, orient="index").rename_axis("Metric")
Table.of(short.dropna(axis=1, how="all").fillna("-"))

# %% [markdown]
# A dash stands where something was not measured. `make book` measures it in every profile that has the
# control `independent` with the analysis *identification*, and `agreement` among the `output_metrics`.
# Where the agreement of the classes was not recorded, the Jensen-Shannon divergence of the predictions
# takes its place.

# %% [markdown]
# ## Can a metric find the same layer in another network?
#
# Take a layer of one complete network. Compare it with every hidden layer of another, trained from
# another start, on the same images. Is the most similar one the layer at the same place? This is
# the test of {cite:t}`kornblith2019similarity`, section 6.1.
#
# The task must be the same for all. On channels, a row is a position of an image, so only layers
# with maps of the same size can be compared. There are few of them, and a guess is right more
# often. So here every reshape must choose among these few. They are the hard ones, since neighbours
# resemble each other.


# %% tags=["hide-input"]
def title(metric, reshape):
    own = " (paper)" if PAPER_RESHAPE.get(metric) == reshape else ""
    return f"{TITLES.get(metric, metric)}, {reshape}{own}"


columns = {}
for network, frame in identified.items():
    if len(frame) and frame.same_cases.any():
        usual = percent(frame.same_chance.dropna().mode().iloc[0], 0)
        column = {"by chance": usual}
        for cell, row in frame[frame.index.get_level_values(0).isin(SHOWN)].iterrows():
            chance = percent(row.same_chance, 0)  # fewer candidates make another chance
            other = f", chance {chance}" if chance not in (usual, "-") else ""
            column[title(*cell)] = with_interval(row, "same_") + other
        columns[study.network(network)] = column
order = [
    "by chance",
    *(title(*cell) for cell in in_order({x for f in identified.values() for x in f.index})),
]
table = pd.DataFrame(columns)
table = table.reindex([name for name in order if name in table.index]).fillna("-")
table = table[(table != "-").any(axis=1)] if len(table) else table
Table.of(table.rename_axis("Found, same size"), nothing=ABSENT)

# %% [markdown]
# *Found* is the share of layers for which the corresponding one is the most similar, with a 95 %
# interval (Wilson's). Both directions count, and all pairs of networks. A tie is a miss. A metric
# finds *more than chance* where the interval lies above what a guess would find. *(paper)* marks
# how the paper reshapes for a metric.
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

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-identification", "caption": "Similarity of each hidden layer of one complete network (rows) with each of another of its kind (columns), mean over the pairs of networks. Both run in forward order, from the upper left corner. A dot marks the most similar layer of each row: a metric that finds the same layer has all dots on the diagonal. Empty: not defined."}}
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


figure = PanelFigure("identification", small=True, iterations=LEVELS)
for network in study.experiments:
    rows = layer_pairs(network)
    tables = matrices(rows) if len(rows) else {}
    names = rows.drop_duplicates("layer_x").sort_values("depth_x").layer_x.tolist()
    for about, cells in (
        ("as in the paper: CCA on channels, CKA and NBS on whole images", PAPER),
        ("gap: a column is the mean of a channel", [(metric, "gap") for metric in SHOWN]),
    ):
        if tables:
            figure.row(f"<b>{study.network(network)}</b>, {about}")
        for metric, reshape in cells if tables else ():
            name = f"{TITLES[metric]}, {reshape}"
            if (metric, reshape) not in tables:
                figure.absent(name, ABSENT)
                continue
            pairs = np.ma.masked_invalid(tables[metric, reshape])
            mean = pairs.mean(axis=0).filled(np.nan)
            axes = figure.panel(name)
            draw_matrix(axes, mean)
            colours = [figure.colours[colour] for colour in iteration_colours(LEVELS)]
            figure.key("similarity from 0 to 1", box_swatch(colours))
            axes.set_xticks([0, len(names) - 1], [names[0], names[-1]])
            top = np.where(np.isfinite(mean), mean, -1)
            best = top >= top.max(axis=1, keepdims=True) - 1e-9
            once = np.flatnonzero((best.sum(axis=1) == 1) & (top.max(axis=1) >= 0))
            axes.plot(
                best[once].argmax(axis=1),
                once,
                linestyle="",
                marker="o",
                markersize=2.6,
                color=INK,
                markerfacecolor="white",
                label="the most similar layer of the other network",
            )
            own = np.eye(len(mean), dtype=bool)
            same, others = np.nanmean(mean[own]), np.nanmean(mean[~own])
            axes.set_label(
                f"Corresponding layers have {number(same)} on average, others {number(others)}. For "
                f"{(best[once].argmax(axis=1) == once).sum()} of {len(mean)} the corresponding one is the most similar."
            )
figure

# %% [markdown]
# ## Does a metric follow what the network does?
#
# Two things tell how far the function of a pruned network is from that of the complete one. The
# *accuracy gap* is the difference of their test accuracies, whatever its sign. The *output
# disagreement* is the share of the probe images to which they give different classes. Beside them
# stands the dissimilarity of the representations: 1 minus the metric, mean over the hidden layers.
#
# Does one rise where the other rises? {cite:t}`ding2021grounding` measure that by rank correlation,
# over many networks. Here the networks are the iterations of a pruning run. But this makes it too
# easy. With each iteration the network drifts on, so dissimilarity rises, and so does disagreement.
# Any two things that rise correlate. Even the number of the iteration would pass. So it stands in
# the first column, and a metric that does not beat it has not shown anything. 1 means the same
# order, 0 none, −1 the reverse.


# %% tags=["hide-input"]
def heading(network, target):
    return f"{study.network(network)}, {target}"


rows = {
    heading(*case): {"the iteration's number": signed(table.loc[ITERATION]["Spearman", "mean"])}
    | {
        TITLES[metric]: signed(table["Spearman", "mean"].get((metric, reshape), np.nan))
        for metric, reshape in PAPER
    }
    for case, table in followed.items()
}
table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("Over the iterations, with")
Table.of(table, nothing=ABSENT)

# %% [markdown]
# Spearman's rank correlation over the iterations of a run, mean over the runs. The metrics are on
# the paper's reshapes.
#
# The drift can be taken out. Where dissimilarity is higher than is usual *at that iteration*, is the
# function further away as well? That is the rank correlation *beyond the iteration*. It is undefined
# where dissimilarity rises at every single step: then its ranks are the number of the iteration, and
# nothing is left. A case is a metric on a reshape, in one network, with one of the two changes.

# %% tags=["hide-input"]
every = [
    (heading(*case), title(*cell), row)
    for case, table in followed.items()
    for cell, row in table.drop([ITERATION]).iterrows()
]
number_has = {heading(*case): table.loc[ITERATION] for case, table in followed.items()}
distance = max(
    (
        abs(row["Spearman", "mean"] - number_has[place]["Spearman", "mean"])
        for place, _, row in every
    ),
    default=np.nan,
)
judged = [
    (place, cell, row)
    for place, cell, row in every
    if row["Beyond the iteration", "runs"] > number_has[place]["Spearman", "runs"] / 2
]
above = [(place, cell) for place, cell, row in judged if row["Beyond the iteration", "low"] > 0]
counts = {
    "cases": str(len(every)),
    "furthest from the rank correlation of the iteration's number, over the iterations": number(
        distance, 3
    ),
    "can be judged beyond the iteration: defined in most runs": str(len(judged)),
    "of these, the range lies above 0": str(len(above)),
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
# have a value. A metric *follows* the steps where this range lies above 0, and *runs against* them
# where it lies below. With so few networks the range is wide, and may reach past 1.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-rank-correlation", "caption": "Rank correlation of dissimilarity, by each metric on each reshape, with the change of what the network does: over the iterations (dots), and step by step (diamonds). Means over the pruning runs; the lines are the ranges of the tables. The dotted line is the number of the iteration in the place of a metric."}}
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
        rows, [title(*cell).removesuffix(" (paper)") for cell in metrics.index], fontsize=8
    )
    axes.set_ylim(-0.6, len(metrics) - 0.4)
    axes.set_xlim(-1.05, 1.05)
    axes.set_xlabel("rank correlation")
figure

# %% [markdown]
# The folded tables have all metrics on all reshapes, and two more columns. *Kendall* is another
# rank correlation. *Between runs*: at the same iteration, all runs have the same number of weights.
# Is the run that differs more in its representations also the one that differs more in its
# function? Ranks among the runs, all iterations together; it takes three runs. *Runs* are those in
# which *beyond the iteration* is defined.

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show all combinations", "code_prompt_hide": "Hide all combinations"}
for case, table in followed.items():
    rows = {
        "the iteration's number" if cell == ITERATION else title(*cell): {
            "Spearman": ranged(row, "Spearman"),
            "Kendall": signed(row["Kendall", "mean"]),
            "Beyond the iteration": ranged(row, "Beyond the iteration"),
            "Step by step": ranged(row, "Step by step"),
            "Between runs": signed(row["Between runs", "mean"]),
            "Runs": f"{row['Beyond the iteration', 'runs']:.0f} of {row['Spearman', 'runs']:.0f}",
        }
        for cell, row in table.iterrows()
    }
    display(Table.of(pd.DataFrame(rows).T.rename_axis(heading(*case))))
if not followed:
    print(ABSENT)

# %% [markdown]
# And layer by layer: Spearman (*rho*), and *beyond* the iteration, for the paper's four metrics on
# the paper's reshapes.

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show every layer", "code_prompt_hide": "Hide every layer"}
two = {name: STATISTICS[name] for name in ("Spearman", "Beyond the iteration")}
for network, target in followed:
    names = (
        study.of(network, "similarity").query("kind != 'out'").sort_values("depth").layer.unique()
    )
    layers = {}
    for layer in names:
        table = summary(network, target, layer, two).reindex(pd.MultiIndex.from_tuples(PAPER))
        layers[layer] = {
            (TITLES[metric], short): table[name, "mean"][metric, reshape]
            for metric, reshape in PAPER
            for name, short in zip(two, ("rho", "beyond"), strict=True)
        }
    print(heading(network, target), text_table(pd.DataFrame(layers).T, 2, index=True), "", sep="\n")
if not followed:
    print(ABSENT)

# %% [markdown]
# ## How to read it
#
# *Finding layers.* It is a modest demand. A metric that fails it sees something else than what the
# layers have in common. A metric that passes has shown that it ranks layers well, not that its
# values are right: it may still call all of them very similar, or hardly so. And layers that are
# redundant cannot be told apart by any metric. Then a miss is no fault.
#
# The intervals take the cases for independent. They are not: each network is in several pairs, and
# neighbouring layers go together. So the intervals are too narrow. *Linear regression* is not
# symmetric: here the layer of the one network, that with the smaller seed, explains that of the
# other.
#
# *Following function.* Trust *step by step* more than *Spearman*. Where dissimilarity rises at
# nearly every step, very few iterations decide about *beyond the iteration*, and it varies much
# from run to run. The test accuracy hardly changes at first, and its small ups and downs are
# chance. No metric can follow chance. So low values of the accuracy gap say less against a metric
# than low values of the disagreement.
#
# Many metrics on several reshapes are compared here. The best of so many looks good by luck alone.
# A metric has passed if it does so in all three networks.
#
# The two checks ask for different things. The first wants a metric to overlook what differs between
# two trainings. The second wants it to notice what matters to the output. A metric may pass one and
# fail the other.
#
# ## What was found before
#
# {cite:t}`kornblith2019similarity` trained ten small CNNs of ten layers on CIFAR-10. Linear CKA
# found the corresponding layer in 99.3 % of the cases. Linear regression found 45.4 %, PWCCA 11.1 %,
# SVCCA 9.9 %, and the plain mean of the canonical correlations 1.4 % (their Table 2). Their layers
# have maps of different sizes, and all were compared, so a row must have been an image for CCA as
# well. In Transformers all metrics passed the test, and linear CKA was not always the best (their
# appendix F.1).
#
# {cite:t}`ding2021grounding` argue that such a test is an intuition, and that another intuition
# favours another metric. They compare dissimilarity with differences of accuracy over many pairs of
# networks instead. CKA and PWCCA each do well in some of their tests and fall behind in others.
# The Procrustes distance, an old baseline, is often close to the best. In the hardest of their
# tests no metric correlates well.
#
# The paper that this book repeats compares the values of its metrics. It has neither check.
