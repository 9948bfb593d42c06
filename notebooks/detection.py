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
# # Which metric for compression?
#
# **A compressed network still answers as before. Which metric is the first to notice damage?**
#
# Nobody knows how similar two networks *should* be. But one can damage a network on purpose, and then
# both the kind and the size of the damage are known. {cite:t}`ding2021grounding` ask of a metric
# that it notices what changes a network's function, and ignores what does not. So we damage trained
# networks step by step. How large must the damage be before a metric notices it, and has it cost
# accuracy by then?

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
from fractions import Fraction
from itertools import combinations

import numpy as np
import pandas as pd
from IPython.display import Markdown, display

from lib.analyses.damages import LEVEL, NONE, OUTLIERS, SHIFTED, STRANGER
from lib.analyses.detection.measure import CONFOUND
from lib.analyses.detection.tables import ACCURACY, DETECTION
from lib.book.report.figure import ABSENT, PanelFigure
from lib.book.report.format import count, number, percent
from lib.book.report.names import enumerate_words, metric_titles
from lib.book.report.page import glue, listed, open_study
from lib.book.report.results import load_results
from lib.book.report.style import INK, METRIC_STYLES
from lib.book.report.tables import Table
from lib.metrics import METRICS

TITLES = metric_titles() | {"deconfounded_cka": "deconfounded CKA"}
DAMAGES = {
    "principal": ("Principal directions deleted", "share of the directions"),
    "directions": ("Random directions deleted", "share of the directions"),
    "channels": ("Channels set to zero", "share of the channels"),
    "stranger": ("A stranger's channels", "share of the channels"),
    "pruned": ("Pruned, not trained again", "share of the weights"),
    "noise": ("Noise on the weights", "multiples of the weights' root mean square"),
    "shift": ("Some images shifted", "length of the shift"),
    "outliers": ("Outliers", "by how many times their size they grow"),
    "level": ("One more level of pruning", "level"),
}

# %% tags=["remove-input"]
known = load_results(results).provenance["experiments"]
# without harmless changes there is nothing to compare damage with
measured = load_results(results).table(DETECTION).query("damage == @NONE").experiment.unique()
networks = list(dict.fromkeys(known[name]["base"] for name in known if name in measured))
study = open_study(results, *networks)

# %% tags=["definitions", "hide-input"]
FALSE_ALARMS, DETECTED, COSTS, TINY = 0.05, 0.8, 0.01, 1e-12
PLACE = ["layer", "images", "confounded", "metric", "reshape"]
PAIR = ["train_seed", "prune_seed", "iteration"]
COMPARED = ["damage", "confounded", "images", "metric", "reshape"]


def alarms(rows):
    """The similarities of one network with `p`, the share of harmless changes as large.

    Undefined similarity counts as none, but where a harmless change leaves it undefined, p is.
    With one complete network, its own other pairs take the place of those of others.
    """
    rows = rows[rows.metric != ACCURACY]
    apart = ["train_seed"] if rows.train_seed.nunique() > 1 else PAIR
    rows, parts = rows.assign(unit=rows.groupby(apart).ngroup()), []
    for _, place in rows.groupby(PLACE, sort=False):
        harmless = place[place.damage == NONE]
        for unit, part in place.groupby("unit", sort=False):
            others = np.sort(harmless.value[harmless.unit != unit])
            least = 1 / (1 + len(others))  # that p can be
            defined = least <= FALSE_ALARMS + TINY and not np.isnan(others).any()
            as_large = np.searchsorted(others, part.value.fillna(-np.inf), side="right")
            parts.append(part.assign(p=(1 + as_large) * least if defined else np.nan))
    tested = pd.concat(parts)
    return tested.assign(alarm=(tested.p <= FALSE_ALARMS + TINY).where(tested.p.notna()))


def share(values):
    """The mean, undefined if one of the values is."""
    return values.mean() if values.notna().all() else np.nan


def from_which(found):
    """The smallest size from which on all are true; inf if the largest is not, NaN if undefined."""
    found = found.sort_index(level="size", ascending=False)
    keys = [name for name in found.index.names if name != "size"]
    holds = found.groupby(level=keys).cummin() > 0
    size = found.index.get_level_values("size").to_series(index=found.index)
    smallest = size.where(holds, np.inf).groupby(level=keys).min()
    return smallest.mask(found.isna().groupby(level=keys).any())


def smallest(tested):
    """Index `COMPARED` and train_seed: the smallest damage that is detected."""
    damaged = tested[tested.damage != NONE]
    shares = damaged.groupby([*COMPARED, "train_seed", "size"]).alarm.agg(share)
    return from_which((shares >= DETECTED - TINY).astype(float).where(shares.notna()))


def lost_accuracy(rows):
    """Index damage, train_seed and size: mean loss of accuracy, as a fraction."""
    of_pair = rows[rows.metric == ACCURACY].set_index([*PAIR, "layer", "damage", "size"]).value
    whole = of_pair.xs(NONE, level="damage").droplevel("size")
    damaged = of_pair.drop(NONE, level="damage")
    loss = whole.reindex(damaged.index.droplevel(["damage", "size"])).to_numpy() - damaged
    return loss.groupby(["damage", "train_seed", "size"]).mean()


def costs(study, network, rows):
    """Index damage and train_seed: the smallest damage that costs accuracy.

    A level of pruning costs what its network has lost to the complete one.
    """
    lost = [lost_accuracy(rows)]
    found = study.of(network, "performance").groupby(["train_seed", "iteration"]).accuracy.mean()
    levels = found.xs(0, level="iteration") - found.drop(0, level="iteration")
    if (rows.damage == LEVEL).any():
        lost.append(
            pd.concat({LEVEL: levels}, names=["damage"]).rename_axis(index=lost[0].index.names)
        )
    lost = pd.concat(lost)
    return from_which((lost >= COSTS - TINY).astype(float))


# %% tags=["definitions", "hide-input"]
BESIDE = [name for name in COMPARED if name != "damage"]
METRIC = ["images", "metric", "reshape"]


def rows_of(network):
    """The rows of the network, of its variants included."""
    return pd.concat(
        [study.of(name, DETECTION) for name in known if known[name]["base"] == network]
    )


def same_stage(rows):
    """The rows from the first damaged iteration on. Written after the results had been read."""
    damaged = rows[~rows.damage.isin([NONE, LEVEL])]
    return rows[rows.iteration >= damaged.iteration.min()]


def judged(network, rows):
    """Each combination's smallest damage in each network, beside what costs accuracy there; its
    share of false alarms in each; and the share at each iteration, all combinations together."""
    tested = alarms(rows)
    found = smallest(tested).rename("size").to_frame()
    by_damage = costs(study, network, rows)
    found["cost"] = by_damage.reindex(found.index.droplevel(BESIDE)).to_numpy()
    harmless = tested[tested.damage == NONE]
    false = harmless.groupby([*BESIDE, "train_seed"]).alarm.agg(share)
    plain = harmless[~harmless.confounded].astype({"alarm": float})
    when = plain.groupby(["images", "iteration"]).alarm.agg("mean").unstack("iteration")
    return found, false.xs(False, level="confounded"), when


def verdicts(found):
    """Of each metric: how many damages it detects in all networks, by what they cost there."""
    found = found.assign(
        costly=np.isfinite(found.cost),
        seen=np.isfinite(found["size"]),
        early=np.isfinite(found["size"]) & (found["size"] <= found.cost),
    )
    every = found.groupby(COMPARED)
    all_of = every[["costly", "seen", "early"]].all()
    all_of["costless"] = ~every.costly.any()
    all_of = all_of[every["size"].agg(share).notna()]
    all_of["in_time"] = all_of.costly & all_of.early
    all_of["for_nothing"] = all_of.costless & all_of.seen
    counted = ["costly", "in_time", "costless", "for_nothing"]
    return all_of.groupby(METRIC)[counted].sum()


def summarised(judgements):
    """Verdicts and false alarms of each network, the best combination first."""
    summaries = {}
    for network, (found, false, _) in judgements.items():
        rates = false.groupby(METRIC).agg(["mean", "min", "max"])
        summary = verdicts(found).join(rates)
        summaries[network] = summary.sort_values(
            ["in_time", "for_nothing", "mean"], ascending=[False, True, True], kind="stable"
        )
    return summaries


judgements = {network: judged(network, rows_of(network)) for network in networks}
summaries = summarised(judgements)
# The second reading of the same numbers, written after the results had been read.
stage_judgements = {network: judged(network, same_stage(rows_of(network))) for network in networks}
stage_summaries = summarised(stage_judgements)

# %% [markdown]
# ## What we find


# %% tags=["remove-input"]
def named(cells):
    """Metrics, those on one matrix together: `NBS and CKA on the matrix of channels`."""
    by_matrix = {}
    for _, metric, reshape in cells:
        by_matrix.setdefault(reshape, []).append(TITLES[metric])
    said = [
        f"{enumerate_words(names)} on {MATRICES[reshape]}" for reshape, names in by_matrix.items()
    ]
    return ", and ".join(said)


MATRICES = {
    "channels": "the matrix of channels",
    "flat": "the matrix of images (*flat*)",
    "gap": "the matrix of channel means (*gap*)",
}


STAGE = (
    "If only harmless changes of the same stage are the reference, a reading added after the results had been "
    "read,"
)
ALONE = " There are too few harmless changes of the same stage to see whether that depends on the reference."
FEW = 4
"""Of more combinations than this the number is said, and not the names."""
# of what concerns only some images: its name, and their share
CEILING = {"shift": ("Shifts", SHIFTED), "outliers": ("Outliers", OUTLIERS)}


def at_most(summary, images):
    return summary[summary.index.get_level_values("images") == images]


def ends(summary, column):
    low, high = summary[column].agg(["min", "max"])
    return str(low) if low == high else f"{low} to {high}"


def extremes(summary):
    """The combinations that notice most kinds of damage in time, and those that notice fewest."""
    kinds = summary.in_time
    return [set(summary.index[kinds == end]) for end in (kinds.max(), kinds.min())]


def above(summary):
    """The matrix on which each metric notices more in time than any does on another, if any."""
    matrices = summary.in_time.groupby("reshape").agg(["min", "max"])
    return [
        matrix
        for matrix, row in matrices.iterrows()
        if len(matrices) > 1 and row["min"] > matrices["max"].drop(matrix).max()
    ]


def tests_said(found, n):
    """The tests with damage that costs accuracy, and what it takes to pass one of them."""
    costs = np.isfinite(found.cost).groupby(["damage", "confounded"]).all()
    cases = costs[costs].index
    kinds = cases.unique("damage")
    twice = len(cases) - len(kinds)
    which = (
        f" ({count(len(kinds), 'kind')}, {twice} of them also on confounded images)"
        if twice
        else ""
    )
    are = "is" if len(cases) == 1 else "are"
    every = f", in every one of {count(n, 'network')}," if n > 1 else ""
    return (
        f"There {are} {count(len(cases), 'test')} with damage that costs accuracy{which}. A metric passes a "
        f"test if{every} it raises an alarm no later than the damage costs a point of accuracy."
    )


def most_pass(summary):
    """The combinations that pass most tests, or how many those are, and how many tests they pass."""
    best, _ = extremes(summary)
    tests = summary.in_time.max()
    if not tests:
        return "no metric passes any"
    if len(best) > FEW:
        which = f"{len(best)} of {len(summary)} combinations of metric and matrix"
    else:
        which = named(in_order_of_table(best))
    return f"{which} pass{'es' if len(best) == 1 else ''} most ({tests})"


def in_order_of_table(cells):
    return sorted(cells, key=lambda cell: ([*MATRICES].index(cell[2]), [*TITLES].index(cell[1])))


def headlines(network):
    """Who notices most, who fewest, and whether the matrix matters, by both references."""
    found, *_ = judgements[network]
    most = found.index.get_level_values("images").max()
    rule, stage = (at_most(of[network], most) for of in (summaries, stage_summaries))
    if rule.empty:
        yield "There are too few harmless changes for any alarm."
        return
    n = found.index.get_level_values("train_seed").nunique()
    by_rule = f"{tests_said(found, n)} By the committed rule, {most_pass(rule)}."
    yield by_rule + (ALONE if stage.empty else f" {STAGE} {most_pass(stage)}.")
    if stage.empty or not rule.in_time.max():
        return
    worst, stage_worst = (extremes(part)[1] for part in (rule, stage))
    if len(worst) < len(rule) and (both := worst & stage_worst):
        tests = " and ".join(str(part.in_time.min() or "none") for part in (rule, stage))
        yield f"Fewest tests are passed, by both references, by {named(in_order_of_table(both))} ({tests})."
    better, stage_better = above(rule), above(stage)
    if better and better == stage_better:
        yield f"The matrix matters, by both references: every metric notices more on {MATRICES[better[0]]}."
    elif better:
        yield (
            f"By the committed rule every metric notices more on {MATRICES[better[0]]} than any does on "
            "another. Beside changes of the same stage that is not so."
        )


def twins(found):
    """Metrics that detect the same sizes in all networks and tests, on one matrix."""
    for reshape, sizes in found["size"].unstack("metric").groupby("reshape"):
        whole = sizes.dropna(axis="columns")
        for one, other in combinations(whole.columns, 2):
            if np.isfinite(whole[one]).any() and whole[one].equals(whole[other]):
                yield f"{TITLES[one]} and {TITLES[other]} on {MATRICES[reshape]}"


def findings(network):
    """What the verdicts say beside the headlines; each sentence is decided by the table alone."""
    found, *_ = judgements[network]
    most = found.index.get_level_values("images").max()
    summary = at_most(summaries[network], most)
    stage = at_most(stage_summaries[network], most)
    n = found.index.get_level_values("train_seed").nunique()
    if costless := summary.costless.max() if len(summary) else 0:
        costs = np.isfinite(found.cost).groupby("damage").any()
        names = costs.index[~costs]
        bounds = [
            f" {title} concern {percent(part, 1)} of the images, so by construction they cannot cost more than about "
            f"{number(100 * part, 1)} points, even if the network gets all of these images wrong."
            for title, part in (CEILING[name] for name in names if name in CEILING)
        ]
        of_stage = ""
        if len(stage):
            seen = (stage.for_nothing > 0).sum() if costless == 1 else ends(stage, "for_nothing")
            of_stage = f", and {seen} beside changes of the same stage"
        noticed = (
            f"{(summary.for_nothing > 0).sum()} of {len(summary)} combinations noticed it by the committed rule"
            if costless == 1
            else f"The combinations noticed {ends(summary, 'for_nothing')} of these by the committed rule"
        )
        yield (
            f"{count(costless, 'kind')} of damage never cost a point. To notice such damage is to see what does "
            f"not matter to the output.{''.join(bounds)} {noticed}{of_stage}."
        )
    yield (
        f"The rule allows false alarms in {percent(FALSE_ALARMS, 0)} of harmless changes. Depending on the "
        f"metric, there were {percent(summary['mean'].min(), 0)} to {percent(summary['mean'].max(), 0)}, and "
        f"in a single network up to {percent(summary['max'].max(), 0)}. The table above says at which times "
        "they came."
        if n > 1
        else "With one complete network false alarms cannot be measured, only bounded by the rule."
    )
    if alike := list(twins(found)):
        yield (
            f"Metrics that detect the same sizes in every test are not independent witnesses: "
            f"{'; '.join(alike)}."
        )
    few = found.index.get_level_values("images").min()
    if few < most:
        both = summaries[network].in_time.unstack("images").dropna()
        less, more = (both[few] < both[most]).sum(), (both[few] > both[most]).sum()
        yield (
            f"By the committed rule, with {few:,} images in place of {most:,}, {less} of {len(both)} combinations of metric and "
            f"matrix noticed damage in time in fewer tests, and {more} in more."
        )
    places = found["size"].groupby(["damage", "images", "confounded", "metric", "reshape"])
    shares = places.median().unstack("confounded").dropna()
    shares = shares[shares.index.isin([STRANGER], "damage") & shares.index.isin([most], "images")]
    if len(shares) and set(shares) == {False, True}:
        yield (
            "Where all images share something that has nothing to do with their classes (*confounded*), by the "
            "committed rule "
            f"{(shares[True] > shares[False]).sum()} of {len(shares)} combinations notice a stranger's "
            f"channels later than otherwise, and {(shares[True] < shares[False]).sum()} earlier."
        )


listed({study.network(network): [*headlines(network)] for network in networks})

# %% [markdown]
# "Every network" is a statement about the few that were trained. Sizes of damage come in steps, and a
# metric that missed by one step in one network need not be worse than one that did not.
#
# ## The smallest damage detected
#
# *A stranger's channels* are those of an independently trained network, put in the place of the network's
# own. *Confounded* images grow brighter from one to the next, so they share something that has nothing to
# do with their classes. The names of the other kinds of damage say what was done to the layer.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-detection", "caption": "The smallest damage that each metric detects by the committed rule, on the matrix of its definition and the most images: median over the complete networks (mark) and the range from the lowest to the highest (horizontal line). The colour and the shape of a mark say whether that is at the latest when the damage costs a point of accuracy. The dotted vertical line is the size that does. An open mark at the right end: not detected."}}
OWN = [(name, METRICS[name].reshape if name in METRICS else "flat") for name in TITLES]
EARLY, LATE = METRIC_STYLES["svcca"]["color"], METRIC_STYLES["cka"]["color"]
SHAPES = {"by the time it costs accuracy": (EARLY, "o"), "later": (LATE, "D")}


def shown(size):
    """1/8, 4, or never; a dash for what is undefined."""
    if pd.isna(size):
        return "-"
    return "never" if np.isinf(size) else str(Fraction(size).limit_denominator(64))


def draw(axes, damage, table, cost):
    """Dots of the metrics, one above the other; sizes that are infinite lie at the right end."""
    sizes = np.unique(table["size"][np.isfinite(table["size"])].to_numpy())
    largest = max([*sizes, cost if np.isfinite(cost) else 0])
    never = 1.25 * largest if damage == LEVEL else 2 * largest
    by_metric = table["size"].groupby(["metric", "reshape"]).agg(["median", "min", "max"])
    by_metric = by_metric.reindex([cell for cell in OWN if cell in by_metric.index]).dropna()
    ends = by_metric.replace(np.inf, never)
    rows = np.arange(len(ends))[::-1]
    in_time = by_metric["median"] <= cost
    for label, (colour, marker) in SHAPES.items():
        mine = in_time.to_numpy() == (colour == EARLY)
        look = {"color": colour, "linestyle": "", "markersize": 4}
        axes.hlines(rows[mine], ends["min"][mine], ends["max"][mine], color=colour, linewidth=1.2)
        axes.plot(ends["median"][mine], rows[mine], marker=marker, label=label, **look)
        gone = mine & np.isinf(by_metric["median"].to_numpy())
        look |= {"marker": marker, "markerfacecolor": "white", "label": f"_{label}"}
        axes.plot(ends["median"][gone], rows[gone], **look)
    if np.isfinite(cost):
        axes.axvline(cost, color=INK, linestyle=":", label="costs a point of accuracy")
    if damage == LEVEL:
        ticks = [tick for tick in (1, 5, 10, 15, 20) if tick <= max(sizes)]
    else:
        axes.set_xscale("log", base=2)
        ticks = list(sizes)
    ticks += [never] if np.isinf(by_metric["max"]).any() else []
    axes.set_xticks(ticks, [shown(t) if t != never else shown(np.inf) for t in ticks], rotation=60)
    axes.minorticks_off()
    axes.set_yticks(rows, [TITLES[metric] for metric, _ in ends.index], fontsize=9)
    axes.set_ylim(-0.6, len(ends) - 0.4)
    axes.set_xlabel(DAMAGES[damage][1])
    medians = [f"{TITLES[name]} {shown(size)}" for (name, _), size in by_metric["median"].items()]
    axes.set_label(
        f"Smallest detected: {', '.join(medians)}. Smallest that costs a point: {shown(cost)}."
    )


def in_order(found):
    """((damage, confounded), its rows), in the order of `DAMAGES`."""
    kinds = found.groupby(["damage", "confounded"])
    return sorted(kinds, key=lambda kind: (list(DAMAGES).index(kind[0][0]), kind[0][1]))


figure = PanelFigure("detection")
for network, (found, *_) in judgements.items():
    figure.row(study.network(network))
    found = found.xs(found.index.get_level_values("images").max(), level="images")
    for (damage, confounded), table in in_order(found):
        title = "The same, confounded" if confounded else DAMAGES[damage][0]
        if np.isfinite(table["size"]).any():
            axes = figure.panel(title, left=0.36, bottom=0.27)
            draw(axes, damage, table, table.cost.median())
        else:
            figure.absent(title, "No metric detects it.")
figure

# %% [markdown]
# ## Which metric to take
#
# *In time*: tests with damage that costs accuracy, and that the metric noticed by the time it had cost a
# point, in every network. *For nothing*: kinds that never cost a point and were noticed all the same.
# *False alarms*: mean over the networks, and their range in brackets. A metric that is undefined on one
# of the layers, such as CCA where a layer has as many directions as there are images, is left out.
#
# The columns of the *rule* are those that were committed before any network was damaged. The columns
# of the *same stage* were added after the results had been read, and for this reason: when a
# network is re-trained for the first few times it is still improving, so it changes more than it does
# later. The rule
# counts these early changes as harmless, but the damaged copies are later ones. The second reading keeps
# only changes from the first damaged copy on, also for one more level of pruning. All else is the same.


# %% tags=["hide-input"]
def columns_of(summary, networks):
    table = pd.DataFrame(index=summary.index)
    table["In time"] = [f"{a} of {b}" for a, b in zip(summary.in_time, summary.costly, strict=True)]
    table["For nothing"] = [
        f"{a} of {b}" for a, b in zip(summary.for_nothing, summary.costless, strict=True)
    ]
    table["False alarms"] = [
        f"{percent(mean, 0)} ({percent(low, 0)} to {percent(high, 0)})"
        for mean, low, high in summary[["mean", "min", "max"]].itertuples(index=False)
    ]
    return table.assign(**{"False alarms": "-"}) if networks == 1 else table


def practical(network, images):
    """Both readings side by side, in the order of the rule."""
    n = judgements[network][0].index.unique("train_seed").size
    rule, stage = (
        columns_of(at_most(summary[network], images), n).add_suffix(f", {name}")
        for summary, name in ((summaries, "rule"), (stage_summaries, "same stage"))
    )
    table = rule.join(stage, how="outer", sort=False).reindex(
        [*rule.index, *stage.index.difference(rule.index, sort=False)]
    )
    table = (
        table[[f"{c}, {name}" for c in COLUMNS for name in ("rule", "same stage")]]
        .astype(object)
        .fillna("-")
    )
    table.index = [f"{TITLES[metric]}, {reshape}" for _, metric, reshape in table.index]
    return table.rename_axis(f"{study.network(network)}, {images:,} images")


COLUMNS = ("In time", "For nothing", "False alarms")


def shown_table(table):
    return Table.of(table, numeric=list(table.columns))


for network in networks:
    numbers = summaries[network].index.get_level_values("images")
    if len(numbers):
        display(shown_table(practical(network, numbers.max())))
if not networks:
    print(ABSENT)

# %% [markdown]
# When does a harmless change raise a false alarm by the rule? The table gives this share for each round
# of re-training, over all layers, networks, metrics and matrices, with images that are
# not confounded. Damaged copies are compared at the stage of the last column.

# %% tags=["hide-input"]


def alarms_over_time(network):
    """Shares of false alarms by iteration; those from the first damaged copy on together."""
    *_, when = judgements[network]
    first = same_stage(rows_of(network)).iteration.min()
    early = when.loc[:, when.columns < first].rename(columns=str)
    late = when.loc[:, when.columns >= first]
    if late.size:
        early[f"{late.columns.min()} to {late.columns.max()}"] = late.mean(axis=1, skipna=False)
    table = early.map(lambda rate: percent(rate, 0)).rename_axis(columns=None)
    table.index = [f"{images:,} images" for images in table.index]
    return table.rename_axis(f"{study.network(network)}, round of re-training")


for network in networks:
    display(shown_table(alarms_over_time(network)))
if not networks:
    print(ABSENT)

# %% tags=["remove-input"]
listed({study.network(network): [*findings(network)] for network in networks})

# %% [markdown]
# ## The rule
#
# This rule was committed before any network was damaged for this page. Its code is above, folded.
#
# - **A harmless change.** A complete network is trained again and again with the whole schedule, and
#   never pruned. The similarity of two consecutive networks is that after a change that does no harm.
# - **An alarm.** The second of two such networks is damaged, then compared with the first. An alarm
#   is raised if at most 5 % of the harmless changes of *other* complete networks left as little
#   similarity, the case itself counted among them. A harmless change would raise an alarm in at most
#   5 % of all cases if the harmless *changes* of all networks were exchangeable. It is not enough that
#   the networks are exchangeable. The changes are not, since the early ones are larger, as the table above
#   shows. So
#   the rule holds the share near 5 % on average over all changes, but not at any one stage.
# - **Detected.** A size is detected in a complete network if an alarm is raised in at least 80 % of
#   the comparisons, over its damaged copies and layers. The smallest damage detected is the size
#   from which on every larger one is detected as well.
# - **Costs accuracy.** The size from which on the damage costs at least one percentage point of test
#   accuracy, mean over the same copies and layers.
# - **Interval.** The unit is the complete network: the median over networks, with the range from the
#   lowest to the highest.
#
# What was added after the results had been read is the reading beside changes of the same stage, with its
# columns and the table of false alarms over time, and no more than that. It replaces nothing.


# %% tags=["remove-input"]
def scale(network):
    """What was damaged and compared, in numbers from the table."""
    rows = rows_of(network)
    damaged = rows[~rows.damage.isin([NONE, LEVEL])]
    copies = damaged.groupby("train_seed").iteration.nunique().max()
    harmless = (
        rows[rows.damage == NONE]
        .groupby("train_seed")[PAIR]
        .apply(lambda p: len(p.drop_duplicates()))
    )
    return (
        f"**{study.network(network)}**: {enumerate_words(sorted(damaged.layer.unique()))} of "
        f"{count(copies, 'copy').replace('copys', 'copies')} of each of "
        f"{count(len(harmless), 'complete network')}, beside {harmless.max()} harmless changes of each. "
        f"The range over so many networks contains the median of all such networks in "
        f"{percent(1 - 2 ** (1 - len(harmless)), 0)} of studies."
    )


Markdown("\n\n".join(map(scale, networks)))

# %% [markdown]
# ## How to read it
#
# A metric is of use if it notices in time what costs accuracy, leaves alone what costs nothing, and
# seldom raises a false alarm. No column alone says that: a metric that noticed every change at once
# would come first in *In time*, but also in *For nothing*.
#
# *It is about this kind of network.* The observations are a few small networks of one
# architecture, trained on one data set. They are enough to show that a metric fails against a given
# reference, but too few to rank two metrics that differ by one kind of damage. All layers that are damaged are convolutions.
#
# *The metrics are not independent witnesses.* The Procrustes similarity is computed from the same
# singular values as NBS, so the two put all comparisons in the same order. With many rows and few columns
# debiased CKA hardly differs from CKA. Where such metrics agree, that is one observation and not two.
#
# *A stranger's channels count twice*, on the images as they are and on confounded ones. The confounded
# test is set beside the cost that the damage has on images without the confound, since only that was
# measured.
#
# *What costs nothing here could cost little in any case.* An outlier or a shift concerns a small share of
# the images, and no such damage can cost more accuracy than that share. The column *For nothing* counts only
# those kinds that did not cost a point at any size.
#
# *One more level of pruning* is real pruning, with the re-training that follows. Its size is the
# number of the level, and it costs accuracy from that level on at which the network is a point below the
# complete one. An alarm says that a level moved the layer further than training again would have. There
# is one copy of each network at each level, so with so few layers all of them have to raise it.
#
# *A harmless change is a strict reference.* Training again moves a network far, and further at first
# than later. A metric that sees only how far the layer has moved cannot see damage that moves it less
# than training again does. Damage of another kind, such as a lost direction, may be small and yet unlike
# what training does, so a metric that weighs directions differently could still see it. If
# your network is not trained again after compression, take other changes as the reference: those by which
# your own compression is known to do no harm.
#
# *The size is that of the damage, not of its effect.* Kinds of damage cannot be compared by size:
# half of the channels is not half of the weights. So each panel has its own scale, and only the
# dotted line has the same meaning everywhere.
#
# ## Try it on your own network
#
# ```sh
# make damage A=nets.py:complete A_WEIGHTS="checkpoints/*.pt" IMAGES=folder
# ```
#
# makes a page with such a table for a network of yours; {doc}`your_own` says more. The harmless changes
# that it takes as its reference do not include the one to which the damage is done. An alarm at the level
# $\alpha$ needs at least $1/\alpha - 1$ of them, because with fewer the share of cases as extreme, the
# case itself counted, is above $\alpha$ even for the most extreme one.
#
# ## All combinations


# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show all combinations", "code_prompt_hide": "Hide all combinations"}
def in_range(sizes):
    middle, low, high = (shown(size) for size in (sizes.median(), sizes.min(), sizes.max()))
    return middle if low == high else f"{middle} ({low} to {high})"


for network, (found, *_) in judgements.items():
    for images in found.index.unique("images").sort_values()[:-1]:
        display(shown_table(practical(network, images)))
    for (damage, confounded), table in in_order(found):
        cells = table["size"].groupby(["metric", "reshape", "images"]).agg(in_range)
        wide = cells.unstack("images").rename(columns="{:,} images".format)
        cost = in_range(table.cost.droplevel(COMPARED).groupby("train_seed").first())
        print(f"{study.network(network)}, {DAMAGES[damage][0].lower()}", end="")
        print(f"{', confounded' if confounded else ''}; smallest that costs a point: {cost}")
        print(wide.to_string(), end="\n\n")
if not networks:
    print(ABSENT)

# %% tags=["remove-input"]
Markdown(
    "What was done to a layer, and in which units it is measured, is in `lib/analyses/damages.py`; what "
    "was compared, in `lib/analyses/detection/job.py`. Where a share of the channels is not a whole "
    f"number of them, the last one is damaged in part. Shifts concern one image of {1 / SHIFTED:.0f}, "
    f"outliers one of {1 / OUTLIERS:.0f}; an outlier of size 1 is twice as large as it was. Confounded "
    f"images grow brighter in equal steps, the last by {CONFOUND:g} standard deviations of the pixels."
)

# %% [markdown]
# ## What was found before
#
# {cite:t}`ding2021grounding` correlate metrics with accuracy over networks, and find that no metric
# is best everywhere. {cite:t}`davari2023reliability` show that CKA falls when a few points are moved
# away, although a linear classifier separates the classes as before. {cite:t}`cui2022deconfounded`
# show that similarity of the inputs alone can make networks look alike. Their questions were others: which
# metric agrees best with function, what moves a metric though the function stays, and what inflates it.
# The question here is how small the damage may be that is still found at a given rate of false alarms.

# %% tags=["remove-cell"]
# What the conclusions show.
first = [next(headlines(network)) for network in networks]
glue(detection_first=" ".join(first).replace("*", "") or ABSENT)
