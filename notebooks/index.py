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
# # How similar are pruned and unpruned networks?

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
import math

from IPython.display import Markdown, display

from lib.book.claims import equal
from lib.book.report import values
from lib.book.report.format import number, percent, plain, signed
from lib.book.report.names import METRICS, enumerate_words
from lib.book.report.page import glue, open_study
from lib.book.report.results import load_results

study = load_results(results)
TWO = ("svcca", "cka")

# %% tags=["remove-input"]
OPENING = {
    True: "**They are close relatives, whichever metric one asks.**",
    False: "**In raw values, that depends on the metric.**",
}
RELATED = {
    equal.CLOSER: "closer",
    equal.FURTHER: "less close",
    equal.AS_CLOSE: "about as close",
    equal.OPEN: "undecided",
    equal.UNKNOWN: "undecided",
}

IGNORES = {
    "svcca": "which ignores most linear mixing of channels",
    "cka": "which ignores only rotations and scale",
}


def span(numbers, form=number):
    """`0.66`, or `0.66 to 0.69`."""
    return " to ".join(dict.fromkeys(form(one) for one in (min(numbers), max(numbers))))


def at_equal_accuracy(metric):
    """{network: (similarity of pruned networks, of independent ones, what may be said of it)}"""
    found = {}
    for network, iteration in iterations.items():
        hidden = values.hidden(study, network)
        difference = equal.similarity(study, network, metric, iteration, minus="independent")
        verdict = equal.verdict(difference, equal.margin(study, network, metric))
        found[network] = (
            equal.similarity(study, network, metric, iteration).mean,
            values.control(study, network, "independent", metric)[hidden].mean(),
            verdict,
        )
    return found


def clause(metric):
    """What one metric says of pruned networks, beside independently trained ones."""
    own, others = (
        span([x[i] for x in compared[metric].values() if not math.isnan(x[i])] or [math.nan])
        for i in (0, 1)
    )
    said = []
    for words in dict.fromkeys(RELATED.values()):
        of = compared[metric].items()
        some = [plain(study.network(n)) for n, (*_, verdict) in of if RELATED[verdict] == words]
        if some:
            where = "" if len(some) == len(iterations) else f" in {enumerate_words(some)}"
            said.append(words + where)
    first = f"mean similarity is {own}, that of independently trained networks {others}"
    numbers = first if metric == TWO[0] else f"the two are {own} and {others}"
    return f"By {METRICS[metric]}, {IGNORES[metric]}, {numbers}: pruned ones are {enumerate_words(said)}."


def beside(points):
    """By how many points the networks that were trained as long are more accurate, from ... to ..."""
    if not points:
        return ""
    if min(points) > 0:
        return f", but {span(points, lambda x: number(x, 1))} points below the same ones trained as long"
    differences = span([-x for x in points], lambda x: signed(x, 1))
    return f", and {differences} points from the same ones trained as long"


iterations = {name: equal.last_as_accurate(study, name) for name in study.experiments}
iterations = {name: iteration for name, iteration in iterations.items() if iteration}
compared = {metric: at_equal_accuracy(metric) for metric in TWO}
verdicts = {verdict for found in compared.values() for *_, verdict in found.values()}
left = [values.remaining(study, name)[iteration] for name, iteration in iterations.items()]
below = [
    100 * (equal.accuracy(study, f"{name}_trained_on") - equal.accuracy(study, name))[iteration]
    for name, iteration in iterations.items()
    if f"{name}_trained_on" in study.variants
]
NEVER = "No pruned network is as accurate as its complete one here, so none can be compared fairly."
answer = (
    f"Networks with {span(left, percent)} of their weights are as accurate as the unpruned (*complete*) ones "
    f"they come from{beside(below)}. "
    f"{clause('svcca')} {clause('cka')}"
    if iterations
    else NEVER
)
opening = OPENING[verdicts == {equal.CLOSER}] if iterations else ""
glue(answer=f"{opening} {answer}".replace("*", "").replace("\\", ""))  # what the conclusions show
ABOUT = "This book repeats and extends Ansuini et al. (2020)."
display(Markdown(f"{opening} {ABOUT} {answer}"))

# %% [markdown]
# :::::{grid} 1 1 3 3
# :gutter: 0
#
# ::::{grid-item}
# :columns: 12 12 8 8
# ```{glue} figure_at_equal_accuracy
# :doc: vgg16_bn.ipynb
# ```
# ::::
#
# ::::{grid-item}
# :columns: 12 12 4 4
# ```{glue} contrast_figure
# :doc: contrast.ipynb
# ```
# ::::
# :::::
#
# *SVCCA and CKA: similarity of the layers of VGG16_BN to those of its complete network, at an accuracy at
# most half a percentage point below its own: pruned (solid), trained as long without pruning (long
# dashes), trained independently (dotted), and the null, images shuffled (thin dashes);
# {doc}`more <vgg16_bn>`. Bars: how much further from 1 SVCCA is than CKA at the end of pruning; the shares of
# this gap that are due to the different matrices and to chance, and what is left; and the same gap without any
# pruning; {doc}`more <contrast>`.*
#
# ```{glue} contrast_table
# :doc: contrast.ipynb
# ```
#
# *The contrast, or gap, between SVCCA and CKA, for every network and every width that was measured (as a share
# of the paper's width): its size, the three shares that add up to it, and the gap without any pruning, with
# 95 % intervals over complete networks; a single network has none. A negative share means that the contrast
# grows when this cause is taken out.*
#
# ## Why believe it
#
# - **Networks are counted, not runs**: each interval is over complete networks from different seeds. Pruned
#   networks stand beside controls: trained as long without pruning, trained from another start, and pruned at
#   random ({doc}`controls`).
# - Similarities stand beside their **null**, the value for shuffled images ({doc}`what_a_value_means`).
# - **Claims are decided by rules** ({doc}`claims`). {doc}`how_claims_are_decided` says which rules were
#   committed before the runs that they decide. Of {glue:text}`claims.ipynb::paper_claims:d` claims of {cite:t}`ansuini2020investigating`,
#   {glue:text}`claims.ipynb::paper_holds:d` hold here and
#   {glue:text}`claims.ipynb::paper_does_not_hold:d` do not; the others are undecided, or need more than was
#   measured.
# - The metrics agree with **their definitions** up to rounding, and with other people's code. Their
#   settings are varied one by one ({doc}`robustness`).
# - Each similarity of a pruned network can be **computed again** from its seeds by one command
#   ({doc}`provenance`).
#
# ## What it does not show
#
# This book says nothing about other architectures. What has been run at the paper's own width is on
# {doc}`full_scale`. Nor does a similarity say whether a difference is good or bad, since a
# metric sees only the geometry of a layer. {doc}`function` asks how much of a network's answers can be
# read off it, and {doc}`prunings` what changes with the way of pruning.

# %% tags=["remove-input"]
study = open_study(results)

# %% [markdown]
# ## Where to go from here
#
# :::::{grid} 1 1 3 3
# :gutter: 3
#
# ::::{grid-item-card} Read: five pages
# :columns: 12 12 3 3
#
# {doc}`introduction`, {doc}`vgg16_bn`, {doc}`controls`, {doc}`contrast`, {doc}`conclusions`.
# ::::
#
# ::::{grid-item-card} Use it on your networks
# :columns: 12 12 6 6
#
# ```python
# from lib import compare_networks
#
# compare_networks(a, b, images)
# ```
# gives a table with a row for each layer and metric; `permutations=200` adds p-values. {doc}`your_own`
# says what `a`, `b` and `images` may be.
# ::::
#
# ::::{grid-item-card} Run it
# :columns: 12 12 3 3
#
# ```sh
# make book
# ```
# in a clone trains, prunes and compares on small images, without a GPU, and builds this book.
# {doc}`run_it` has the larger scales.
# ::::
# :::::
