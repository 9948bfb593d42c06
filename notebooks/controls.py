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
# # Is it pruning?
#
# **What else could make the representations differ?**
#
# A pruned network has lost weights, but it has also been trained for longer than its complete network,
# and with other random numbers. So a layer may differ even if pruning did it no harm. Controls separate
# the causes: each changes one thing and leaves the others.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
import pandas as pd
from IPython.display import Markdown, display

from lib.analyses.equal_accuracy import last_measured
from lib.analyses.kept_networks import TITLES
from lib.analyses.validity.tables import DESCENT
from lib.book import claims
from lib.book.claims import equal, estimate
from lib.book.claims.engine import Claim, Quantity, Rule, declare
from lib.book.claims.runs import of_pairs, require_experiment
from lib.book.claims.vocabulary import FOUR, mean
from lib.book.report import values
from lib.book.report.figure import ABSENT, INDEPENDENT, LayerFigure
from lib.book.report.format import count, percent, plain, signed, spread
from lib.book.report.names import METRICS, enumerate_words
from lib.book.report.page import glue, open_study
from lib.book.report.results import PAPER_RESHAPE, Results
from lib.book.report.statistics import ratio
from lib.book.report.style import INK, KIND_COLOURS, LAST, METRIC_STYLES, VISIBLE
from lib.book.report.tables import Table, text_table


# %% tags=["definitions", "hide-input"]
def beside_both(results: Results, experiment: str, metric: str) -> pd.DataFrame:
    """How similar networks are to the complete one that they come from, and to those of other seeds.

    At the last iteration compared at which the pruned networks are as accurate as the complete one.

    Args:
        experiment: of the paper, or its control `_trained_on`, at the same iteration.

    Returns:
        Index train_seed; columns `own` and `others`, means over the hidden layers.

    Raises:
        Missing: nothing was compared, or no such network is as accurate.
    """
    require_experiment(results, experiment)
    rows = results.of(experiment, DESCENT)
    rows = rows[rows.iteration == last_measured(results, experiment, DESCENT)]
    rows = rows[(rows.metric == metric) & (rows.reshape == PAPER_RESHAPE[metric])]
    rows = rows[rows.kind != "out"]
    whose = (rows.other_seed == rows.train_seed).map({True: "own", False: "others"})
    return rows.groupby([rows.train_seed, whose.rename("whose")]).value.mean().unstack()


def descent(experiment: str, metric: str) -> Quantity:
    """By how much a network is nearer to its own complete network than to the others."""

    def measure(results: Results) -> pd.Series:
        both = beside_both(results, experiment, metric)
        return both.own - both.others

    words = (
        f"mean {METRICS[metric]} of the hidden layers with the complete network that it comes from, minus "
        "that with complete networks of other seeds"
    )
    return Quantity(words, measure)


DESCENDS: tuple[Claim, ...] = declare(
    "Descent",
    "controls",
    {
        f"{network}-descent-{metric}": (
            f"By {METRICS[metric]}, a pruned {name} that is as accurate is nearer to the complete network "
            "that it comes from than to those of other seeds.",
            Rule(descent(network, metric), above=0),
        )
        for network, name in TITLES.items()
        for metric in FOUR
    }
    | {
        f"{network}-descent-beyond-{metric}": (
            f"By {METRICS[metric]}, pruning {name} takes away more of the extra similarity to its own complete "
            "network than training alone does.",
            Rule(descent(network, metric) - descent(f"{network}_trained_on", metric), below=0),
        )
        for network, name in TITLES.items()
        for metric in FOUR
    },
)

# %% tags=["remove-input"]
study = open_study(results)

# %% [markdown]
# ## What we find

# %% tags=["hide-input"]
WHERE = "At the end of pruning, on average over the hidden layers"
CAUSES = {
    "trained_on": "Training alone: a network trained for as long as the pruned one, but never pruned,",
    "random_masks": "Which weights go: a network with random masks of the same sparsity in each layer",
    "independent": "Another start: a complete network that was trained independently",
}
IS = {  # the second part is said once
    equal.FURTHER: ("is more similar", " to the complete network than the pruned one"),
    equal.AS_CLOSE: ("is about as similar", " to the complete network as the pruned one"),
    equal.CLOSER: ("is less similar", " to the complete network than the pruned one"),
    equal.OPEN: ("may be more or less similar", " to the complete network than the pruned one"),
}


def beside(control, words):
    """What is said of a control: where it is nearer than the pruned network, and where not."""
    where, single = {}, {}
    for metric in ("svcca", "cka"):
        found = {}
        for name in study.experiments:
            last = int(values.remaining(study, name).index[-1])
            difference = equal.similarity(study, name, metric, last, minus=control)
            said_of = equal.verdict(difference, equal.margin(study, name, metric))
            if said_of in IS:
                found.setdefault(said_of, []).append(plain(study.network(name)))
            elif difference.n:
                single[plain(study.network(name))] = True
        for verdict, networks in found.items():
            where.setdefault(verdict, {}).setdefault(enumerate_words(networks), []).append(metric)
    said = []
    for verdict in (verdict for verdict in IS if verdict in where):
        places = [
            f"by {enumerate_words([METRICS[m] for m in metrics])} in {networks}"
            for networks, metrics in where[verdict].items()
        ]
        short, than = IS[verdict]
        said.append(f"{short}{'' if said else than} {' and '.join(places)}")
    if not said:
        return []
    head, rest = words.split(":")
    text = f"**{head}:**{rest} {'; it '.join(said)}."
    if single:
        text += (
            f" In {enumerate_words(list(single))} it was measured for a single complete network, which "
            "decides nothing."
        )
    return [f"- {text}"]


def what_we_find():
    lines = [line for control in CAUSES.items() for line in beside(*control)]
    if not lines:
        return "No control was measured in several complete networks here."
    about = f"*About as similar* says that the whole interval of the difference lies within {VISIBLE} of 0."
    return "\n".join([f"{WHERE}:", "", *lines, "", about])


display(Markdown(what_we_find()))
alone = " ".join(beside("trained_on", CAUSES["trained_on"])).rpartition("**")[2].strip()
glue(
    training_alone=f"{WHERE}, {alone}".replace("\\", "") if alone else ""
)  # what the conclusions show

# %% [markdown]
# ## What is compared
#
# Five kinds of networks are compared with the complete network, layer by layer and by four metrics. Each
# has its place in the tables, with dashes where it was not measured.

# %% tags=["hide-input"]
SHOWN = ["svcca", "pwcca", "cka", "nbs"]
PRUNED, INDEPENDENTLY = "pruned, last iteration", "another complete network, trained independently"
# line of the figure -> experiment that it comes from, head of its column, how it is drawn
LINES = {
    PRUNED: ("{}", "pruned", {"color": LAST, "linewidth": 2, "zorder": 3}),
    "trained as long, never pruned": (
        *("{}_trained_on", "on"),
        {"color": METRIC_STYLES["cosine"]["color"], "linestyle": "--"},
    ),
    "random masks, as sparse in each layer": (
        *("{}_random_masks", "random"),
        {"color": METRIC_STYLES["cka"]["color"], "linestyle": "-."},
    ),
    INDEPENDENTLY: ("{}_independent", "indep", INDEPENDENT),
    "a network that was never trained": (
        *("{}_untrained", "untr"),
        {"color": KIND_COLOURS["add"], "linestyle": (0, (6, 1.5, 1, 1.5, 1, 1.5))},
    ),
}


def measured(network):
    """{line: its experiment}"""
    experiments = {line: name.format(network) for line, (name, *_) in LINES.items()}
    return {line: x for line, x in experiments.items() if x in study}


rows = {
    study.network(network): {line: "yes" if line in measured(network) else "-" for line in LINES}
    for network in study.experiments
}
Table.of(pd.DataFrame(rows).rename_axis("Compared with"))

# %% [markdown]
# ## The figures and their numbers
#
# Each network has a figure and five tables, the first and the last two folded:
#
# 1. Means over the hidden layers, and their standard deviation over the runs. For the independent
#    networks, a run is a pair of them.
# 2. The difference between pruned networks and each control, with its 95 % interval. It is taken within each
#    complete network, and the intervals count complete networks ({doc}`how_claims_are_decided`).
# 3. A scale on which 0 is the similarity for shuffled images, and 1 that of independently trained complete
#    networks. Each similarity is counted from its own null, and nulls differ, so a network just above 1 need
#    not have the higher value. Both ends are uncertain, and the intervals say how much (Fieller's, over
#    complete networks).
# 4. The accuracy of these networks.
# 5. Every layer.
#
# ### VGG16_BN


# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-controls-vgg16-bn", "caption": "VGG16_BN: similarity of each layer of the complete network with the same layer of other networks, by four metrics, mean over the runs. What was pruned or trained again is shown after its last iteration. Each line of the legend has a colour and dashes of its own; a control that was not measured has no line. The thin dashed line in the pale band is the null: the pruned networks with the images shuffled. An open circle marks a layer that is no more similar than shuffled images get in some layer of the same comparison. All panels have the same vertical scale."}}
NO_HIGHER = "no higher than shuffled images get in some layer"
OPEN = {"linestyle": "None", "marker": "o", "markerfacecolor": "white", "color": INK}


def draw(network):
    figure = LayerFigure(f"controls-{network}", values.layers(study, network))
    for metric in SHOWN:
        axes = figure.panel(METRICS[metric])
        null = values.null(study, network, metric)
        figure.draw_null(axes, null, "null of the pruned, \u00b1 2 sd")
        for line, experiment in measured(network).items():
            means = values.by_run(study, experiment, metric).mean()
            figure.draw(axes, means, line, **LINES[line][2])
            # the same for all layers of a run
            highest = values.by_run(study, experiment, metric, column="null_max").mean().max()
            figure.draw(axes, means.where(means <= highest), NO_HIGHER, **OPEN)
    return figure


draw("vgg16_bn")

# %% tags=["hide-input", "hide-output"]
NULL = "null: the images shuffled"


def over_hidden_layers(network):
    """Mean over the hidden layers: index (line, metric, run)."""
    sources = {line: (x, "value") for line, x in measured(network).items()}
    sources[NULL] = (network, "null_mean")
    hidden = values.hidden(study, network)
    return pd.concat(
        {
            (line, metric): values.by_run(study, experiment, metric, column=column)[hidden].mean(
                axis=1
            )
            for line, (experiment, column) in sources.items()
            for metric in SHOWN
        },
        names=["line", "metric"],
    )


def means(network):
    found = (
        over_hidden_layers(network).groupby(level=["line", "metric"]).agg(["mean", "std", "count"])
    )
    cells = {
        METRICS[metric]: found.xs(metric, level="metric").apply(
            lambda row: spread(row["mean"], row["std"]), axis=1
        )
        for metric in SHOWN
    }
    runs = found["count"].groupby(level="line").max().astype(str)
    table = pd.DataFrame(cells | {"Runs": runs}).reindex([*LINES, NULL])
    return Table.of(
        table.fillna({"Runs": "not measured here"}).fillna("-").rename_axis("Compared with")
    )


means("vgg16_bn")


# %% tags=["hide-input"]
def differences(network):
    """Pruned networks minus each control, within complete networks."""
    rows = {}
    for line, experiment in measured(network).items():
        if line == PRUNED:
            continue
        found = {
            METRICS[metric]: estimate(
                (mean(network, metric) - mean(experiment, metric)).numbers, study
            )
            for metric in SHOWN
        }
        rows[line] = {metric: one.text(sign=True) for metric, one in found.items()}
        rows[line]["Networks"] = str(min(one.n for one in found.values()))
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("Pruned, minus")
    return Table.of(table, cards=True, nothing="No control was measured here.")


differences("vgg16_bn")


# %% tags=["hide-input"]
def above_null(experiment, metric):
    """How far the mean over the hidden layers is above its null: index run."""
    value, null = (
        values.by_run(study, experiment, metric, column=column) for column in ("value", "null_mean")
    )
    return (value - null)[values.hidden(study, experiment)].mean(axis=1)


def shares(network):
    """How far each line is on the way from the null to independent networks."""
    lines = measured(network)
    if INDEPENDENTLY not in lines:
        return Table.of(pd.DataFrame(), nothing="No independent networks were compared here.")
    cells = {}
    for metric in SHOWN:
        # numbers of pairs that share networks, as one number for each network
        ceiling = of_pairs(above_null(lines[INDEPENDENTLY], metric)).groupby("train_seed").first()
        cells[METRICS[metric]] = {}
        for line, experiment in lines.items():
            if line != INDEPENDENTLY:
                own = above_null(experiment, metric).groupby("train_seed").mean()
                cells[METRICS[metric]][line] = ratio(own, ceiling.reindex(own.index)).text()
    table = pd.DataFrame(cells).rename_axis("Share of the way")
    return Table.of(table, cards=True)


shares("vgg16_bn")


# %% tags=["hide-input", "hide-output"]
MANY = "Pruned or complete networks"


def accuracies(network):
    experiments = measured(network)
    rows = {}
    for line, experiment in {"complete networks": network, **experiments}.items():
        found = study.of(experiment, "performance")
        complete = (found.iteration == 0) & found.prune_seed.isna()
        if line in ("complete networks", INDEPENDENTLY):
            found = found[complete]
        else:
            found = found[~complete & (found.iteration == found.iteration.max())]
        accuracy = 100 * found.accuracy
        rows[line] = {
            "Weights left": percent(found.remaining.mean()),
            "Test accuracy": spread(accuracy.mean(), accuracy.std(), 1) + " %",
            MANY: str(len(found)),
        }
    table = pd.DataFrame(rows).T.reindex(["complete networks", *LINES])
    table = table.fillna({MANY: "not measured here"}).fillna("-")
    if table.loc[INDEPENDENTLY].equals(table.loc["complete networks"]):
        table = table.drop(INDEPENDENTLY)
    table = table.rename({INDEPENDENTLY: "complete networks of all train seeds"})
    return Table.of(table.rename_axis("Network"))


accuracies("vgg16_bn")


# %% tags=["hide-input", "hide-output"]
def every_layer(network):
    for metric in SHOWN:
        lines = {
            LINES[line][1]: values.by_run(study, experiment, metric).mean()
            for line, experiment in measured(network).items()
        }
        lines["null"] = values.null(study, network, metric)["mean"]
        print(
            METRICS[metric], text_table(pd.DataFrame(lines).reset_index(), digits=3), "", sep="\n"
        )


every_layer("vgg16_bn")

# %% [markdown]
# ### VGG_SVHN

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-controls-vgg-svhn", "caption": "VGG_SVHN: similarity of each layer of the complete network with the same layer of other networks, by four metrics, mean over the runs. What was pruned or trained again is shown after its last iteration. Each line of the legend has a colour and dashes of its own; a control that was not measured has no line. The thin dashed line in the pale band is the null: the pruned networks with the images shuffled. An open circle marks a layer that is no more similar than shuffled images get in some layer of the same comparison. All panels have the same vertical scale."}}
draw("vgg_svhn")

# %% tags=["hide-input", "hide-output"]
means("vgg_svhn")

# %% tags=["hide-input"]
differences("vgg_svhn")

# %% tags=["hide-input"]
shares("vgg_svhn")

# %% tags=["hide-input", "hide-output"]
accuracies("vgg_svhn")

# %% tags=["hide-input", "hide-output"]
every_layer("vgg_svhn")

# %% [markdown]
# ### ResNet_fast

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-controls-resnet-fast", "caption": "ResNet_fast: similarity of each layer of the complete network with the same layer of other networks, by four metrics, mean over the runs. What was pruned or trained again is shown after its last iteration. Each line of the legend has a colour and dashes of its own; a control that was not measured has no line. The thin dashed line in the pale band is the null: the pruned networks with the images shuffled. An open circle marks a layer that is no more similar than shuffled images get in some layer of the same comparison. All panels have the same vertical scale."}}
draw("resnet_fast")

# %% tags=["hide-input", "hide-output"]
means("resnet_fast")

# %% tags=["hide-input"]
differences("resnet_fast")

# %% tags=["hide-input"]
shares("resnet_fast")

# %% tags=["hide-input", "hide-output"]
accuracies("resnet_fast")

# %% tags=["hide-input", "hide-output"]
every_layer("resnet_fast")

# %% [markdown]
# ## Does a pruned network still resemble its own complete network?
#
# Complete networks of other seeds have been trained for a fraction of the epochs that a pruned network has
# behind it. So each pruned network is also compared with the complete network that it comes from *and* with
# those of the other seeds: weights left, training and accuracy are the same in both, and the ancestry alone
# differs. VGG16_BN is pruned in two steps of a half here, as in {doc}`function`.
#
# The table has means over the hidden layers and the complete networks, at the last iteration compared at
# which pruned networks are as accurate as the complete one. The differences have 95 % intervals; the last
# column is that of networks trained as long and never pruned. The differences of several networks share
# complete networks, so they are not quite independent:

# %% tags=["hide-input"]
rows = {}
for network in TITLES:
    for metric in FOUR:
        pruned, trained = (
            estimate(descent(network + end, metric).numbers, study) for end in ("", "_trained_on")
        )
        if pruned.n:
            both = beside_both(study, network, metric).mean()
            rows[study.network(network), METRICS[metric]] = {
                "Own": both.own,
                "Others": both.others,
                "Own minus others": pruned.text(sign=True),
                "Trained as long": trained.text(sign=True),
            }
index = pd.MultiIndex.from_tuples(rows, names=["Network", "Metric"]) if rows else None
Table.of(pd.DataFrame(list(rows.values()), index=index), nothing=ABSENT)


# %% tags=["remove-input"]
def told(network):
    """By which metrics pruned networks are nearer to their own complete network than to others."""
    found = {metric: estimate(descent(network, metric).numbers, study) for metric in FOUR}
    found = {metric: one for metric, one in found.items() if one.n}
    nearer, further, rest = [], [], []
    for metric, one in found.items():
        side = nearer if one.low > 0 else further if one.high < 0 else rest
        side.append(f"{METRICS[metric]} ({signed(one.mean, 3)})")
    if found:
        networks = count(min(one.n for one in found.values()), "network")
        by = f"by {enumerate_words(nearer)}" if nearer else "by no metric"
        yield (
            f"in {plain(study.network(network))} ({networks}) {by}"
            f"{f', while by {enumerate_words(further)} they are further away' if further else ''}"
            f"{f', while by {enumerate_words(rest)} this is undecided' if rest else ''}"
        )


sentence = "; ".join(line for network in TITLES for line in told(network))
if sentence:
    sentence = (
        "Pruned networks that are as accurate as the complete one are nearer to the complete network that they "
        f"come from than to equally accurate ones of other seeds: {sentence}."
    )
glue(descent=sentence.replace("\\", ""))
Markdown(f"{sentence} {claims.summary(claims.evaluate(study, DESCENDS))}")

# %% tags=["hide-input", "hide-output"]
claims.Claims("descent", claims.evaluate(study, DESCENDS))

# %% [markdown]
# ## How to read it
#
# Start with *trained as long, never pruned*. Its distance from 1 is what further training does without
# pruning. Where *pruned* lies below this line, pruning may have added something. Distances need not add up,
# so the gap between the lines is not simply the effect of pruning. Where *pruned* does not lie below,
# training explains as much. The table of differences says how far apart the two are. At the end of pruning,
# pruned networks are also less accurate than those trained as long; {ref}`the page on accuracy
# <while-pruning-costs-nothing>` compares the two where they are not.
#
# *Random masks* remove as many weights from each layer, but at random. If their line lies below *pruned*,
# it matters which weights go. If the two coincide, it matters only how many.
#
# *Another complete network* has learned the same task from another start, and shows how similar two
# networks are that have no weights in common. As long as *pruned* lies above it, the pruned network is
# still recognisable as a descendant of its own complete network. Below it, this mean no longer shows the
# descent, though single channels may still do so ({doc}`validity`).
#
# *A network that was never trained* shows how much similarity comes from the architecture and the
# images alone. The *null* shows what remains when even the images are not the same.
#
# Pairs of independent networks share members, so their standard deviation is smaller than that of as many
# separate pairs would be; the intervals allow for that.
#
# ## What the paper reports
#
# The paper compares pruned networks with their complete network, and with nothing else
# ({cite:t}`ansuini2020investigating`, section 4). By CKA, it says, the two seem "remarkably similar"
# (section 6.1); by SVCCA and PWCCA, layers in the middle seem very dissimilar (section 7). Without
# controls it remains open which similarity would be remarkable.
