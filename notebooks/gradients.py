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
# alike in a layer if their representations are alike, and if the gradients of their losses with respect
# to these representations are alike as well. The main paper holds that gradients are not needed to
# compare fully trained networks, but names such kernels as future work.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
import pandas as pd
from IPython.display import Markdown

from lib import claims
from lib.chapters.gradients.tables import GRADIENTS, PLAIN, UNIT, WITH_GRADIENTS
from lib.claims.engine import FAILS, HOLDS, Claim, Missing, Quantity, Rule, declare
from lib.claims.equal import last_as_accurate
from lib.claims.vocabulary import require_experiment
from lib.report import values
from lib.report.figure import LayerFigure
from lib.report.format import number
from lib.report.names import METRICS, PAPER_NETWORKS
from lib.report.page import glue, listed, open_study
from lib.report.results import Results, load_results
from lib.report.style import METRIC_STYLES
from lib.report.tables import Table
from lib.report.values import NETWORK, RUN

# %% tags=["definitions", "hide-input"]
PAGE = "gradients"

KERNELS = {WITH_GRADIENTS: "With gradients", UNIT: "With gradients of unit length"}


def fair_iteration(results: Results, network: str) -> int:
    """The last iteration, among those compared, up to which the accuracy is kept.

    Raises:
        Missing: there is none, or nothing was compared.
    """
    compared = results.of(network, GRADIENTS).iteration.unique()
    kept = [number for number in compared if number <= last_as_accurate(results, network)]
    if not kept:
        raise Missing(f"no network that is as accurate as the complete {network} was compared")
    return int(max(kept))


def told_apart(
    results: Results, network: str, metric: str, kernel: str, control: str = ""
) -> pd.Series:
    """The share of the hidden layers in which a pruned network, while it is as accurate, is more
    similar to its complete network than any two complete networks are.

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
    pruned = pruned[pruned.iteration == fair_iteration(results, network)]
    highest = others.groupby("layer").value.max()
    each = pruned.pivot(index=RUN, columns="layer", values="value").reindex(columns=highest.index)
    apart = (each > highest).astype(float).where(each.notna())
    return apart.mean(axis=1, skipna=False).groupby(level=NETWORK).mean(skipna=False)


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
        for network, title in PAPER_NETWORKS.items()
        for metric in ("cka", "nbs")
        for kernel, words in KERNELS.items()
    },
)

# %% tags=["remove-input"]
compared = set(load_results(results).table(GRADIENTS).experiment)
networks = [name for name in PAPER_NETWORKS if {name, f"{name}_independent"} <= compared]
study = open_study(results, *networks)
of_networks = tuple(f"{PAGE}-{network}-" for network in networks)
outcomes = claims.evaluate(study, [claim for claim in CLAIMS if claim.key.startswith(of_networks)])
glue(**claims.headline(outcomes))

# %% [markdown]
# ## What we find


# %% tags=["remove-input"]
def told(network, metric, kernel, control=""):
    """Share of the layers in which pruned networks are told apart, with its interval."""
    return claims.estimate(told_apart, study, network, metric, kernel, control)


SAID = {HOLDS: "in more layers", FAILS: "in fewer layers"}


def findings(network):
    """Whether gradients help to tell it from independent networks, by each metric and kernel."""
    for metric in ("cka", "nbs"):
        without = told(network, metric, PLAIN)
        for kernel, words in KERNELS.items():
            key = f"{PAGE}-{network}-{metric}-{'unit' if kernel == UNIT else 'raw'}"
            [verdict] = [o.verdict for o in outcomes if o.claim.key == key]
            found = told(network, metric, kernel)
            if found.n and without.n:
                yield (
                    f"{words}, {METRICS[metric]} tells pruned networks from independent ones "
                    f"{SAID.get(verdict, 'in no measurably different number of layers')}: in "
                    f"{number(100 * found.mean, 0)}\u00a0% instead of {number(100 * without.mean, 0)}\u00a0%."
                )
    alone = {kernel: told(network, "cka", kernel, "_trained_on") for kernel in (PLAIN, *KERNELS)}
    if all(found.n for found in alone.values()):
        without, raw, unit = (number(100 * found.mean, 0) for found in alone.values())
        yield (
            "Networks that were trained on and never pruned are told from independent ones by CKA in "
            f"{without}\u00a0% of the layers without gradients, in {raw}\u00a0% with them, and "
            f"in {unit}\u00a0% with gradients of unit length."
        )


listed({study.network(network): findings(network) for network in networks})

# %% [markdown]
# A pruned network counts as told from independent ones in a layer if it is more similar to its complete
# network there than any two complete networks are to each other. It is compared while it is as accurate
# as the complete one.
#
# ## Layer by layer

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-gradients", "caption": "CKA of each layer with the same layer of the complete network, by kernels of the representation alone, with gradients, and with gradients of unit length: pruned networks at equal accuracy (solid), networks trained on as long without pruning (dashed), and networks trained from other seeds (dotted); means over the complete networks."}}
COLOURS = dict(
    zip(
        (PLAIN, WITH_GRADIENTS, UNIT),
        (METRIC_STYLES[metric]["color"] for metric in ("svcca", "cka", "cosine")),
        strict=True,
    )
)


def line(experiment, metric, kernel, iteration):
    """The mean over the complete networks, for each layer in forward order."""
    rows = study.of(experiment, GRADIENTS)
    rows = rows[(rows.metric == metric) & (rows.kernel == kernel) & (rows.iteration == iteration)]
    return rows.groupby("depth").value.mean()


figure = LayerFigure("gradients", [])
for network in networks:
    try:
        fair = fair_iteration(study, network)
    except Missing as error:
        figure.absent(study.network(network), str(error))
        continue
    axes = figure.panel(study.network(network), order=values.layers(study, network))
    for kernel, colour in COLOURS.items():
        figure.draw(axes, line(network, "cka", kernel, fair), f"pruned, {kernel}", color=colour)
        on = line(f"{network}_trained_on", "cka", kernel, fair)
        figure.draw(axes, on, f"trained on, {kernel}", color=colour, linestyle="--")
        others = line(f"{network}_independent", "cka", kernel, 0)
        figure.draw(axes, others, f"independent, {kernel}", color=colour, linestyle=":")
figure

# %% [markdown]
# ## The numbers
#
# The table has the share of the hidden layers in which pruned networks are told from independent ones,
# with its 95 % interval over the complete networks, and the same for networks that were trained on as
# long and never pruned. *Images* is the number of images that effectively decide a kernel: the
# participation ratio of the complete networks' kernels, as a mean over the layers. With gradients, these
# are mainly the images that the network gets wrong, since a loss near 0 has a gradient near 0:

# %% tags=["hide-input"]


def images_of(network, kernel):
    rows = study.of(network, GRADIENTS)
    rows = rows[(rows.kernel == kernel) & (rows.kind != "out")]
    return rows.pr_x.mean()


rows = {
    (study.network(network), kernel, words): {
        METRICS[metric]: told(network, metric, kernel, control).text() for metric in ("cka", "nbs")
    }
    | {"Images": images_of(network, kernel)}
    for network in networks
    for kernel in COLOURS
    for control, words in (("", "pruned"), ("_trained_on", "trained on"))
}
index = pd.MultiIndex.from_tuples(rows, names=["Network", "Kernel", "After"])
table = pd.DataFrame(rows.values(), index=index)
Table.of(table, {"Images": 0}, numeric=["CKA", "NBS"] if networks else [])

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
