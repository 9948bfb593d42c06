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
# # Kernels that know the gradients
#
# **Do gradients of the loss tell a pruned network from one of another seed better than its
# representations do?**
#
# {cite:t}`tang2020similarity` compare networks by kernels that combine two things. Two images are
# alike in a layer if their representations are alike, and if gradients with respect to these
# representations are alike as well. The main paper holds that gradients are not needed to compare fully
# trained networks, but names such kernels as future work.
#
# The kernels here follow theirs but are not quite the same. Here the gradient is that of an image's
# cross-entropy with its label, and nothing is approximated. The authors'
# [code](https://github.com/amzn/xfer/tree/master/nn_similarity_index) needs no label: it takes the gradient
# of $\sum_c q_c \log p_c$, where $p$ is the network's own prediction and $q$, in proportion to its square
# root, is held fixed. It also reduces all images to a random sketch. Gradients scaled to unit length are
# ours.
#
# VGG16_BN is pruned in two steps of a half, for the reason given in {doc}`function`.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
import math
from collections import Counter
from contextlib import suppress

import pandas as pd
from IPython.display import Markdown

from lib.analyses.equal_accuracy import last_measured, when
from lib.analyses.gradients.tables import GRADIENTS, PLAIN, UNIT, WITH_GRADIENTS
from lib.analyses.kept_networks import TITLES
from lib.book import claims
from lib.book.claims.engine import FAILS, HOLDS, Claim, Missing, Quantity, Rule, declare
from lib.book.claims.vocabulary import require_experiment
from lib.book.report import values
from lib.book.report.figure import ABSENT, LayerFigure
from lib.book.report.format import count, number, percent, signed
from lib.book.report.names import METRICS, enumerate_words
from lib.book.report.page import glue, listed, open_study
from lib.book.report.results import Results, load_results
from lib.book.report.style import METRIC_STYLES
from lib.book.report.tables import Table
from lib.book.report.values import NETWORK, RUN

# %% tags=["definitions", "hide-input"]
PAGE = "gradients"

KERNELS = {WITH_GRADIENTS: "With gradients", UNIT: "With gradients of unit length"}
SHOWN = {PLAIN: PLAIN} | {kernel: words.lower() for kernel, words in KERNELS.items()}


def told_apart(
    results: Results, network: str, metric: str, kernel: str, control: str = ""
) -> pd.Series:
    """The share of the hidden layers in which a pruned network, while it is as accurate as its
    complete network, is more similar to it than any two complete networks are to each other.

    Args:
        control: "_trained_on" for networks that were trained as often and never pruned.

    Returns:
        Index train_seed, the mean over the runs; NaN where a layer has no value.

    Raises:
        Missing: these kernels were not compared.
    """
    for name in (network + control, f"{network}_independent"):
        require_experiment(results, name)
    rows = {
        name: table[(table.metric == metric) & (table.kernel == kernel) & (table.kind != "out")]
        for name in (network + control, f"{network}_independent")
        for table in (results.of(name, GRADIENTS),)
    }
    pruned, others = rows.values()
    if pruned.empty or others.empty:
        raise Missing(f"{network} was not compared by kernels with gradients")
    pruned = pruned[pruned.iteration == last_measured(results, network, GRADIENTS)]
    each, pairs = (
        table.pivot(index=RUN, columns="layer", values="value") for table in (pruned, others)
    )
    each, highest = each.align(pairs.max(skipna=False), axis=1)
    apart = (each > highest).astype(float).where(each.notna() & highest.notna())
    return apart.mean(axis=1, skipna=False).groupby(level=NETWORK).mean(skipna=False)


def in_layers(results: Results, network: str, metric: str, kernel: str, control: str = "") -> str:
    """`told_apart` as the number of layers in each complete network: `9, 9, 9 of 11`."""
    try:
        shares = told_apart(results, network, metric, kernel, control)
    except Missing:
        return number(math.nan)
    others = hidden_rows(results, f"{network}_independent", kernel)
    layers = others.layer.nunique()
    found = [round(share * layers, 9) for share in shares]
    texts = [number(one, 0 if math.isnan(one) or one.is_integer() else 1) for one in found]
    return f"{', '.join(texts)} of {layers}"


def hidden_rows(
    results: Results, experiment: str, kernel: str, metric: str = "cka"
) -> pd.DataFrame:
    """The rows of the hidden layers by one kernel, those of pruned networks at `last_measured`.

    Raises:
        Missing: there are none.
    """
    require_experiment(results, experiment)
    rows = results.of(experiment, GRADIENTS)
    rows = rows[(rows.kernel == kernel) & (rows.metric == metric) & (rows.kind != "out")]
    if not experiment.endswith("_independent"):
        base = experiment.removesuffix("_trained_on")
        rows = rows[rows.iteration == last_measured(results, base, GRADIENTS)]
    if rows.empty:
        raise Missing(f"{experiment} was not compared by this kernel")
    return rows


def beyond_independent(results: Results, network: str, kernel: str, control: str = "") -> pd.Series:
    """CKA with the complete network minus that of independent networks, mean over hidden layers.

    Added after the results were read; not one of the rules.

    Returns:
        Index train_seed.
    """
    own = hidden_rows(results, network + control, kernel)
    others = hidden_rows(results, f"{network}_independent", kernel)
    return own.groupby(NETWORK).value.mean() - others.value.mean()


def _gain(network: str, metric: str, kernel: str) -> Quantity:
    def measure(results: Results) -> pd.Series:
        with_them, without = (told_apart(results, network, metric, k) for k in (kernel, PLAIN))
        return with_them - without

    words = (
        f"share of the hidden layers in which {METRICS[metric]} of pruned networks exceeds that of "
        f"all independent ones, {KERNELS[kernel].lower()}, minus the same without"
    )
    return Quantity(words, measure)


CLAIMS: tuple[Claim, ...] = declare(
    "Gradients",
    PAGE,
    {
        f"{PAGE}-{network}-{metric}-{'unit' if kernel == UNIT else 'raw'}": (
            f"{words}, {METRICS[metric]} tells a pruned {title} from independent networks in more "
            "layers.",
            Rule(_gain(network, metric, kernel), above=0),
        )
        for network, title in TITLES.items()
        for metric in ("cka", "nbs")
        for kernel, words in KERNELS.items()
    },
)

# %% tags=["remove-input"]
compared = set(load_results(results).table(GRADIENTS).experiment)
networks = [name for name in TITLES if {name, f"{name}_independent"} <= compared]
study = open_study(results, *networks)
of_networks = tuple(f"{PAGE}-{network}-" for network in networks)
outcomes = claims.evaluate(study, [claim for claim in CLAIMS if claim.key.startswith(of_networks)])
glue(**claims.headline(outcomes))

# %% [markdown]
# ## What we find

# %% tags=["remove-input"]
tally = Counter(outcome.verdict for outcome in outcomes)
lead = "Yes" if tally[HOLDS] == len(outcomes) else "Sometimes" if tally[HOLDS] else "Not here"
answer = (
    "With gradients, pruned networks are told from independent ones in measurably more layers in "
    f"{tally[HOLDS] or 'none'} of {count(len(outcomes), 'comparison')}, each of one network, metric and "
    f"kernel. In {tally[FAILS] or 'none'} they measurably are not; what is left is undecided."
)
glue(gradients=answer if outcomes else ABSENT)
Markdown(f"**{lead}.** {answer}" if outcomes else ABSENT)


# %% tags=["remove-input"]
def told(network, metric, kernel, control=""):
    """Share of the layers in which pruned networks are told apart, with its interval."""
    return claims.estimate(told_apart, study, network, metric, kernel, control)


SAID = {HOLDS: "measurably more", FAILS: "no more"}


def findings(network):
    """Whether gradients help to tell it from independent networks, by each metric and kernel."""
    for metric in ("cka", "nbs"):
        without = told(network, metric, PLAIN)
        parts = []
        for kernel, words in KERNELS.items():
            key = f"{PAGE}-{network}-{metric}-{'unit' if kernel == UNIT else 'raw'}"
            [verdict] = [o.verdict for o in outcomes if o.claim.key == key]
            found = told(network, metric, kernel)
            if found.n and without.n:
                said = SAID.get(verdict, "not measurably different")
                if verdict == FAILS and found.mean < without.mean:
                    said = "fewer"
                parts.append(f"in {number(100 * found.mean, 0)}\u00a0% {words.lower()} ({said})")
        if parts:
            yield (
                f"Without gradients, {METRICS[metric]} tells pruned networks from independent ones in "
                f"{number(100 * without.mean, 0)}\u00a0% of the layers; it does so {' and '.join(parts)}."
            )
    alone = {kernel: told(network, "cka", kernel, "_trained_on") for kernel in (PLAIN, *KERNELS)}
    if all(found.n for found in alone.values()):
        without, raw, unit = (number(100 * found.mean, 0) for found in alone.values())
        yield (
            "Networks that were only trained further, and never pruned, are told from independent ones by "
            f"CKA in {without}\u00a0% of the layers without gradients, in {raw}\u00a0% with them, and "
            f"in {unit}\u00a0% with gradients of unit length."
        )
    pruned, control = (below(network, end) for end in ("", "_trained_on"))
    if pruned:
        yield (
            f"{enumerate_words(pruned).capitalize()}, pruned networks are on average over the layers less "
            "similar by CKA to their complete network than independent networks are to each other. "
            + (
                f"{enumerate_words(control).capitalize()}, this is so for networks that were only trained "
                "further as well, so this is not pruning alone. "
                if control
                else ""
            )
            + "This comparison was added after the results were read; it is not one of the rules."
        )


def below(network, control):
    """The kernels by which all of these networks are less similar than independent ones are."""
    found = {
        kernel: claims.estimate(beyond_independent, study, network, kernel, control).n
        and beyond_independent(study, network, kernel, control).max() < 0
        for kernel in SHOWN
    }
    return [
        "without gradients" if kernel == PLAIN else SHOWN[kernel]
        for kernel, lower in found.items()
        if lower
    ]


listed({study.network(network): findings(network) for network in networks})

# %% [markdown]
# A pruned network counts as told from independent ones in a layer if it is more similar to its complete
# network there than any two complete networks are to each other.

# %% tags=["remove-input"]
fair = {}
for network in networks:
    with suppress(Missing):
        fair[network] = last_measured(study, network, GRADIENTS)
Markdown(when(study, fair))

# %% [markdown]
# The rule is a weak test, and this too was seen only after the results were read:


# %% tags=["remove-input"]
def weakness(network):
    """How often chance exceeds all pairs, and how much the representation alone leaves to gain."""
    rows = study.of(f"{network}_independent", GRADIENTS)
    pairs = len(rows[RUN].drop_duplicates())
    yield (
        f"There are {count(pairs, 'pair')} of independent networks. A network that is no closer to the "
        f"complete one than these are to each other would still exceed all of them in about "
        f"{percent(1 / (pairs + 1), 0)} of the layers by chance."
    )
    room = [
        f"{percent(1 - found.mean, 0)} of the layers for {METRICS[metric]}"
        for metric in ("cka", "nbs")
        if (found := told(network, metric, PLAIN)).n
    ]
    if room:
        yield (
            "Gradients can add no more than the representation alone leaves to be gained: "
            f"{' and '.join(room)}."
        )


listed({study.network(network): weakness(network) for network in networks})

# %% [markdown]
# ## Layer by layer

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-gradients", "caption": "CKA of each layer with the same layer of the complete network, by kernels of the representation alone, with gradients, and with gradients of unit length: pruned networks at the last iteration compared at which they are as accurate as the complete one (solid), networks trained further for as long without pruning (dashed), and networks trained from other seeds (dotted); means over the complete networks. The thin line of dashes and dots is what CKA gives by chance, with gradients of unit length, if the images of one network are permuted."}}
COLOURS = dict(
    zip(
        (PLAIN, WITH_GRADIENTS, UNIT),
        (METRIC_STYLES[metric]["color"] for metric in ("svcca", "cka", "cosine")),
        strict=True,
    )
)


def line(experiment, metric, kernel, iteration, column="value"):
    """The mean over the complete networks, for each layer in forward order."""
    rows = study.of(experiment, GRADIENTS)
    rows = rows[(rows.metric == metric) & (rows.kernel == kernel) & (rows.iteration == iteration)]
    return rows.groupby("depth")[column].mean()


figure = LayerFigure("gradients", [])
for network in networks:
    if network not in fair:
        reason = "No network that was compared is as accurate as the complete one."
        figure.absent(study.network(network), reason)
        continue
    axes = figure.panel(study.network(network), order=values.layers(study, network))
    for kernel, colour in COLOURS.items():
        figure.draw(
            axes,
            line(network, "cka", kernel, fair[network]),
            f"pruned, {SHOWN[kernel]}",
            color=colour,
        )
        on = line(f"{network}_trained_on", "cka", kernel, fair[network])
        figure.draw(axes, on, f"trained further, {SHOWN[kernel]}", color=colour, linestyle="--")
        others = line(f"{network}_independent", "cka", kernel, 0)
        figure.draw(axes, others, f"independent, {SHOWN[kernel]}", color=colour, linestyle=":")
    chance = line(network, "cka", UNIT, fair[network], "null_mean")
    thin = {"color": COLOURS[UNIT], "linestyle": "-.", "linewidth": 0.8}
    figure.draw(axes, chance, f"by chance, {SHOWN[UNIT]}", **thin)
figure

# %% [markdown]
# ## The numbers
#
# The table has the number of hidden layers in which networks are told from independent ones, one number
# for each complete network: for pruned networks, and for those that were trained further for as long and
# never pruned. *CKA minus independent* is how much more similar, on average over the hidden layers, they
# are to their complete network than independent networks are to each other. It was added after the
# results were read, and is not one of the rules. *By chance* is the mean CKA over the hidden layers if the
# images of one network are permuted, with the highest of the layers in parentheses. With gradients of unit
# length it is high, so a high CKA says less there. *Directions* is the effective number of directions in
# which a kernel tells images apart: the participation ratio of the complete networks' kernels, as a mean
# over the layers:

# %% tags=["hide-input"]


def of_kernel(network, kernel, control):
    """What the table has of the networks of a control beside whether they are told apart."""
    try:
        rows = hidden_rows(study, network + control, kernel)
        beyond = beyond_independent(study, network, kernel, control).mean()
    except Missing:
        return dict.fromkeys(("CKA minus independent", "By chance", "Directions"), number(math.nan))
    chance = rows.groupby("layer").null_mean.mean()
    return {
        "CKA minus independent": signed(beyond, 3),
        "By chance": f"{number(chance.mean())} ({number(chance.max())})",
        "Directions": number(rows.pr_x.mean(), 0),
    }


rows = {
    (study.network(network), SHOWN[kernel], words): {
        f"Told apart, {METRICS[metric]}": in_layers(study, network, metric, kernel, control)
        for metric in ("cka", "nbs")
    }
    | of_kernel(network, kernel, control)
    for network in networks
    for kernel in SHOWN
    for control, words in (("", "pruned"), ("_trained_on", "trained further"))
}
index = pd.MultiIndex.from_tuples(rows, names=["Network", "Kernel", "Networks"]) if rows else None
table = pd.DataFrame(list(rows.values()), index=index)
Table.of(table, numeric=list(table), nothing=ABSENT)

# %% [markdown]
# ## The claims
#
# The rules are in the code at the head of this page. They were written before any of these numbers
# were measured. {doc}`how_claims_are_decided` says how a verdict is reached.

# %% tags=["remove-input"]
Markdown(claims.summary(outcomes))

# %% tags=["hide-input"]
claims.Claims("claims", outcomes)

# %% [markdown]
# ## How it is computed
#
# `record_with_gradients` gives the representation of each image and the gradient of its own loss, and
# `with_gradients` makes features of them whose linear kernel is the entrywise product of both kernels.
# So every kernel metric can take them, and every null:
#
# ```python
# from lib.metrics import cka, permutation_null, with_gradients
# from lib.models import record_with_gradients
#
# found = [
#     record_with_gradients(network, images, labels, [layer])[layer]
#     for network in (complete, pruned)
# ]
# x, y = (with_gradients(*both) for both in found)
# cka(x, y), permutation_null(x, y)
# ```
