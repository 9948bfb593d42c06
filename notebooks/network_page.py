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

# %% [markdown] tags=["network=vgg16_bn"]
# # VGG16_BN
#
# **Which layers of VGG16_BN does pruning change most, and do the metrics agree?**
#
# The network has thirteen convolutions in five blocks, each closed by a max-pooling layer
# ({doc}`methods`).

# %% [markdown] tags=["network=vgg_svhn"]
# # VGG_SVHN
#
# **Which layers of VGG_SVHN does pruning change most, and do the metrics agree?**
#
# The network has seven convolutions in four blocks ({doc}`methods`). The paper trains it on photographs of
# house numbers (SVHN), and the other two networks on photographs of animals and vehicles (CIFAR-10).

# %% [markdown] tags=["network=resnet_fast"]
# # ResNet_fast
#
# **Which layers of ResNet_fast does pruning change most, and do shortcuts around layers keep them
# similar?**
#
# In a residual block the input is added to the output of two convolutions, so information can pass
# unchanged, whatever happens to these convolutions ({doc}`methods`).

# %% tags=["parameters"]
results = "results"
network = "vgg16_bn"

# %% tags=["remove-input"]
from lib.book.report.page import glue, open_study

study = open_study(results, network)

# %% [markdown]
# ## What we find

# %% tags=["remove-cell"]
import numpy as np
import pandas as pd
from IPython.display import Markdown, display

from lib.book.claims import equal, estimate
from lib.book.claims.vocabulary import CLEAR, alike
from lib.book.report import values
from lib.book.report.figure import INDEPENDENT, LayerFigure, PanelFigure
from lib.book.report.format import count, number, percent, plain
from lib.book.report.names import METRICS, enumerate_words
from lib.book.report.style import INK, LAST, METRIC_STYLES, percent_axis
from lib.book.report.tables import Table, text_table
from lib.tables import DENSITY

# %% tags=["hide-input"]
FOUR = ["svcca", "pwcca", "cka", "nbs"]  # the paper's metrics
TWO = ["svcca", "cka"]  # those that disagree most
lines = {metric: values.curves(study, network, metric) for metric in FOUR}
siblings = {metric: values.control(study, network, "independent", metric) for metric in FOUR}
hidden, remaining = values.hidden(study, network), values.remaining(study, network)
accuracy = values.accuracy(study, network)
last = accuracy.index.max()
as_accurate = equal.last_as_accurate(study, network)
here = as_accurate or 1

AS_ACCURATE = {
    "more": "With {left} of its weights, a pruned {net} is even more accurate than its complete network: "
    "{pruned} against {complete}.",
    "as": "With {left} of its weights, a pruned {net} is still as accurate as its complete network: "
    "{pruned} against {complete}.",
    "never": "No pruned {net} is as accurate as its complete network. After the first iteration, with "
    "{left} of the weights left, it is at {pruned} against {complete}.",
}
CLOSER = {
    equal.CLOSER: "By {metrics}, the two are closer than independently trained networks are to each other",
    equal.FURTHER: "By {metrics}, the two are less close than independently trained networks are to each other",
    equal.AS_CLOSE: "By {metrics}, the two are about as close as independently trained networks are to each "
    "other",
    equal.OPEN: "By {metrics}, {networks} do not suffice to say whether the two are closer than independently "
    "trained networks are to each other",
}
AGREE = {
    True: "The two metrics largely agree on which layers pruning changed most",
    False: "The two metrics do not agree on which layers pruning changed most",
    None: "Whether the two metrics agree on which layers pruning changed most is undecided",
}


def what_we_find():
    fill = {"net": plain(study.network(network)), "left": percent(accuracy.remaining[here])}
    fill |= {"pruned": percent(accuracy["mean"][here], 1)}
    fill |= {"complete": percent(accuracy["mean"][0], 1)}
    similar = enumerate_words(
        [f"{number(equal.similarity(study, network, m, here).mean)} by {METRICS[m]}" for m in TWO]
    )
    more = accuracy["mean"][here] - accuracy["mean"][0] > equal.WORSE
    said = [AS_ACCURATE["never" if not as_accurate else "more" if more else "as"].format(**fill)]
    said.append(f"The similarity between the two is {similar}, on average over the hidden layers.")
    beside = {m: equal.similarity(study, network, m, here, minus="independent") for m in TWO}
    verdicts = {
        m: equal.verdict(difference, equal.margin(study, network, m))
        for m, difference in beside.items()
    }
    for verdict, words in CLOSER.items():
        if which := [m for m in TWO if verdicts[m] == verdict]:
            strangers = enumerate_words([number(siblings[m][hidden].mean()) for m in which])
            named = enumerate_words([METRICS[m] for m in which])
            networks = count(min(beside[m].n for m in which), "complete network")
            said.append(f"{words.format(metrics=named, networks=networks)} ({strangers}).")
    curves = [lines[m].loc[last, hidden] for m in TWO]
    order, lowest = estimate(alike(network, *TWO).numbers, study), [c.idxmin() for c in curves]
    agree = AGREE[True if order.low > CLEAR else False if order.high < CLEAR else None]
    said.append(
        f"{agree}: at the end SVCCA is lowest at {plain(lowest[0])} and CKA at {plain(lowest[1])}, and the rank "
        f"correlation of their values over the layers is {order.text()}, a clear one being above {CLEAR}."
    )
    return " ".join([*said, *shortcuts()])


def shortcuts():
    """What is said of each residual block: its sum, and the convolution before it."""
    names = list(lines["svcca"])
    for name, kind in values.layers(study, network):
        if kind == "add":
            before = names[names.index(name) - 1]
            there, inside = (
                enumerate_words([f"{number(lines[m].loc[last, of])} by {METRICS[m]}" for m in TWO])
                for of in (name, before)
            )
            yield (
                f"At {plain(name)}, the sum of a residual block, the similarity at the end is {there}; at "
                f"{plain(before)}, the convolution just before it, {inside}."
            )


display(Markdown(what_we_find()))

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-equal-{{network}}", "caption": "Similarity to the complete network at the last iteration at which the pruned networks are about as accurate or more accurate, layer by layer, mean over the complete networks and their runs. Solid: pruned networks. Long dashes: the same complete networks, trained as long without pruning. Dotted: complete networks that were trained independently of each other. Short thin dashes: the null, which shuffled images give. A control that was not measured has no line. Both panels have the same vertical scale."}}
trained_on = f"{network}_trained_on"
TRAINED_ON = {"color": METRIC_STYLES["cosine"]["color"], "linestyle": "--"}
null = {metric: values.null(study, network, metric) for metric in FOUR}

at_equal = LayerFigure(f"equal-{network}", values.layers(study, network))
for metric in TWO:
    axes = at_equal.panel(METRICS[metric])
    at_equal.draw_null(axes, null[metric], "null: images shuffled, \u00b1 2 sd")
    if trained_on in study.variants:
        again = values.curves(study, trained_on, metric).reindex(index=[here]).squeeze()
        at_equal.draw(axes, again, "trained as long, never pruned", **TRAINED_ON)
    at_equal.draw(axes, siblings[metric], "trained independently", **INDEPENDENT)
    pruned = f"pruned, {percent(accuracy.remaining[here])} of the weights left"
    at_equal.draw(axes, lines[metric].loc[here], pruned, color=LAST, linewidth=2)
at_equal

# %% [markdown]
# A network that classifies worse must differ somewhere, so the figure shows the last iteration at which
# pruned networks are at most half a percentage point less accurate than the complete one; they may be more
# accurate. Beside them stand two controls ({doc}`controls`): the complete network trained as long without
# pruning, and complete networks that share nothing but the recipe.
#
# This is fair only where the complete network was trained until its accuracy no longer rose. If its own
# training was short, each re-training adds accuracy whatever is pruned, and a network may be as accurate as
# before when little of it is left and much of it has changed. The line with long dashes shows what training
# alone does.

# %% tags=["remove-input"]
gap = accuracy["mean"][here] - accuracy["mean"][0]
MORE_ACCURATE = (
    "Here the pruned networks are {} percentage points more accurate: read the figure against the line with "
    "long dashes."
)
Markdown(MORE_ACCURATE.format(number(100 * gap, 1)) if gap > equal.WORSE else "")

# %% [markdown]
#
# The table has the means over the hidden layers, with 95 % intervals over complete networks; a single
# network has none.

# %% tags=["hide-input"]


rows = {}
for metric in FOUR:
    own = equal.similarity(study, network, metric, here)
    minus = {
        control: equal.similarity(study, network, metric, here, minus=control).text(sign=True)
        for control in ("trained_on", "independent")
    }
    rows[METRICS[metric]] = {
        "Pruned": own.text(),
        "Minus trained as long": minus["trained_on"],
        "Minus independent": minus["independent"],
        "Pruned, at the end": number(lines[metric].loc[last, hidden].mean()),
    }
Table.of(pd.DataFrame.from_dict(rows, orient="index").rename_axis("Metric"), cards=True)

# %% [markdown]
# ## Iteration by iteration
#
# Each line of the figure is one iteration, from pale to strong: the similarity of each layer by one
# metric, averaged over the runs.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-{{network}}", "caption": "Similarity of each layer of the pruned networks with the same layer of the complete one, by four metrics, mean over the pruning runs. Layers stand in forward order. Each line is one pruning iteration, from pale to strong. The dashed line in the pale band is the null of the last iteration, two standard deviations either side. The dotted line, where it was measured, compares complete networks that were trained independently of each other. An open circle marks a layer after the last iteration that is no more similar than shuffled images get in some layer. All panels have the same vertical scale. The paper draws it as its Fig. 5 for VGG16_BN, Fig. 6 for VGG_SVHN and Fig. 7 for ResNet_fast."}}
OPEN = {"linestyle": "None", "marker": "o", "markerfacecolor": "white", "color": INK}
# what shuffled images exceed in any layer with a probability of at most 5 %, the same for all layers
highest = {
    metric: values.curves(study, network, metric, column="null_max").iloc[-1].max()
    for metric in FOUR
}

figure = LayerFigure(f"layers-{network}", values.layers(study, network), iterations=len(remaining))
for metric in FOUR:
    axes = figure.panel(METRICS[metric])
    figure.draw_iterations(axes, lines[metric], remaining)
    figure.draw_null(axes, null[metric])
    label = "complete networks, trained independently of each other"
    figure.draw(axes, siblings[metric], label, **INDEPENDENT)
    final = lines[metric].iloc[-1]
    label = "last iteration: no higher than shuffled images get in some layer"
    figure.draw(axes, final.where(final <= highest[metric]), label, **OPEN)
figure

# %% [markdown]
# ## Which weights are left, and are the answers the same?
#
# Magnitude pruning decides over all layers at once, so it empties some layers and spares others: the first
# panel shows how much of each layer is left. The second one shows how many test images get the same
# class from a pruned network and from its complete one, beside the same count for the controls.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-survivors-{{network}}", "caption": "First panel: share of the weights that are left in each layer, from the first iteration (pale) to the last (strong), on a logarithmic axis. Second panel: share of the images to which two networks give the same class: pruned and complete (solid), complete and trained as long without pruning (dashed, at the same iterations), and two complete networks that were trained independently (dotted)."}}
weights = study.of(network, DENSITY)
weights = weights[weights.iteration > 0].assign(
    layer=weights.parameter.str.removesuffix(".weight").str.removesuffix(".conv"),
    left=weights.survivors / weights.weights,
)
left = weights.groupby(["iteration", "layer"]).left.mean().unstack()
left = left[[name for name, _ in values.layers(study, network) if name in left]]


survivors = LayerFigure(
    f"survivors-{network}",
    [pair for pair in values.layers(study, network) if pair[0] in left],
    iterations=len(left),
    shared=False,
)
if len(left):
    axes = survivors.panel("Weights left in each layer, %")
    survivors.draw_iterations(axes, 100 * left, remaining)
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter("{x:g}")
same, again = (values.same_class(study, name) for name in (network, trained_on))
if len(same):
    axes = PanelFigure.panel(survivors, "The same class", left=0.16)
    axes.plot(remaining, 100 * same, color=LAST, linewidth=2, label="pruned and complete")
    if len(again):
        label = "trained as long and complete"
        axes.plot(remaining, 100 * again, label=label, **TRAINED_ON)
    for share in values.same_class(study, f"{network}_independent"):
        axes.axhline(100 * share, label="two trained independently", **INDEPENDENT)
    percent_axis(axes, remaining.min())
    axes.set_ylabel("images with the same class, %")
    axes.yaxis.set_major_formatter("{x:g}")
survivors

# %% [markdown]
# ## How to read it

# %% [markdown] tags=["network=vgg16_bn"]
# Follow one panel from left to right: images come in at the first layer and classes come out at the last.
# A dip marks layers that differ more from the complete network than those before and after. Then compare
# the panels. They show the *same* networks and the same images, so where two panels differ in shape, the
# reason is the metric, or the matrix that the metric is given; {doc}`contrast` tells the two apart.
#
# Where the other lines come near the dashed one, the metric hardly tells these networks from unrelated
# data.
#
# For SVCCA and PWCCA each position of each image is one observation; for CKA and NBS each image is one.
# So the two pairs differ in the matrix as well as in the formula.

# %% [markdown] tags=["network=vgg_svhn"]
# Compare each panel with the same panel of {doc}`vgg16_bn`. The two networks are of one family, but
# differ in depth and task. What both pages show is more likely to be a property of pruning or of the
# metric; what only one shows is more likely to belong to the network or its data.
#
# The dotted line, where there is one, compares complete networks that share no weights. As long as
# the other lines are above it, a pruned network is more like its own complete network than another
# complete one is. {doc}`controls` takes this further.

# %% [markdown] tags=["network=resnet_fast"]
# Look at the residual blocks: two *conv_res* layers and the *add* layer behind them. The sum contains the
# input of the block, so it can stay similar where the convolutions inside do not.

# %% [markdown]
# ## Is there anything to compare?
#
# Shuffling the images of one network leaves only chance. The p-value of a similarity is how often shuffled
# images give a value at least as high. A figure shows many layers, so the stricter question is how high the
# *largest* value over all layers gets by chance. It exceeds the *threshold* with a probability of at most
# 5 %, where the permutations are the same in all layers. With $K$ permutations, p-values come in steps of
# $1/(K + 1)$.
#
# The *calibrated* similarity is 0 at the threshold and below, and 1 for identical representations. It
# follows {cite:t}`groger2026aristotelian`, but the threshold is that of the highest layer, so it is stricter
# than one for each layer ({doc}`what_a_value_means`).

# %% tags=["hide-input"]
rows, above = [], {}
for metric in FOUR:
    final, p = (
        values.curves(study, network, metric, column=column, statistic=statistic).iloc[-1]
        for column, statistic in (("value", "mean"), ("p_value", "max"))
    )
    largest = "below 1e-10" if p.max() < 1e-10 else f"{p.max():.2g}"
    limit = highest[metric]
    above[metric] = (final > limit).where(final.notna() & pd.notna(limit)).dropna()
    rows.append(
        {
            "Metric": METRICS[metric],
            "Largest p-value": "-" if p.isna().all() else largest,
            "Threshold": limit,
            "Layers above it": f"{above[metric].sum():.0f} of {len(above[metric])}",
            # unlike max, this keeps NaN
            "Lowest, calibrated": np.maximum(0, (final.min() - limit) / (1 - limit)),
        }
    )
decided = pd.concat(above)
UNKNOWN = "This was not measured here: it takes at least 20 permutations of the images."
SETTLED = """**Yes, in every layer and by every metric.** So the question is not whether the pruned
networks are still related to their complete network, but how closely. The page on controls answers that
on a scale from shuffled images to networks that were trained independently of each other."""
OPEN_CASES = f"""**Not everywhere.** Of {len(decided)} similarities, {(~decided.astype(bool)).sum()}
are no higher than shuffled images get in some layer: open circles in the figure."""
P_VALUES = """Where a row is an image, p-values of CKA come from the exact moments of its null. The others
cannot fall below 1/(K + 1) for K permutations, as the page on what a value means explains."""
if decided.empty:
    display(Markdown(UNKNOWN))
else:
    display(Markdown(SETTLED if decided.all() else OPEN_CASES))
    display(Table.of(pd.DataFrame(rows).set_index("Metric")))
    display(Markdown(P_VALUES))

# %% [markdown]
# ## What the paper reports

# %% [markdown] tags=["network=vgg16_bn"]
# SVCCA and PWCCA draw a "U". Its bottom, a little above 0.3, lies around the third block, and the output
# layers stay above 0.9. CKA never falls below 0.75 and declines slowly towards the output, where the
# sparser networks gather near 0.79; over all iterations its outputs scatter more than those of SVCCA and
# PWCCA. NBS combines features of both: it stays between 0.7 and 1.0, and its bottom lies two or three
# layers later than that of the "U" ({cite:t}`ansuini2020investigating`, sections 5.2 and 6.1).

# %% [markdown] tags=["network=vgg_svhn"]
# The four metrics agree better here than for VGG16_BN. SVCCA and PWCCA fall to two bottoms, in the
# third and in the fourth block. The hidden layers do not recover after them; only the output does.
# CKA has a bowl at the third block. NBS looks like CKA without the bowl
# ({cite:t}`ansuini2020investigating`, section 5.2).

# %% [markdown] tags=["network=resnet_fast"]
# The curves of the CCA family recall those of VGG16_BN, but recover little after the third convolution.
# They stay above 0.40, PWCCA above 0.45, and crowd together as pruning goes on, more clearly than in the
# other two networks. CKA stays at about 0.90 or higher and shows no trend. NBS goes down to 0.82, with
# its bottom at the second residual block ({cite:t}`ansuini2020investigating`, section 5.3; where its
# first sentence says CKA, the numbers after it are those of SVCCA).

# %% [markdown]
# ## The numbers

# %% tags=["hide-input"]
rows = []
for metric in FOUR:
    final = lines[metric].iloc[-1]
    lowest = final[hidden].idxmin()
    rows.append(
        {
            "Metric": METRICS[metric],
            "First layer": final.iloc[0],
            "Lowest": final[lowest],
            "Where": lowest,
            "Null there": null[metric]["mean"][lowest],
            "Independent there": siblings[metric][lowest],
            "Output": final.iloc[-1],
        }
    )
overview = pd.DataFrame(rows).set_index("Metric")
Table.of(overview)

# %% [markdown]
# These are means after the last iteration. *Lowest* and *Where* name the hidden layer that the metric
# finds least similar. *Null there* is the value that this layer gets when the images of one network are
# shuffled. *Independent there* is how similar the layer is in complete networks that were trained
# independently of each other, where that was measured ({doc}`controls`).
#
# Every layer, after the first and after the last iteration, with the null of the last.
# *indep*, where it was measured, stands for the independently trained complete networks:

# %% tags=["hide-input", "hide-output"]
columns = {}
for metric in FOUR:
    columns[METRICS[metric], "first"] = lines[metric].iloc[0]
    columns[METRICS[metric], "last"] = lines[metric].iloc[-1]
    columns[METRICS[metric], "null"] = null[metric]["mean"]
    columns[METRICS[metric], "indep"] = siblings[metric]
numbers = pd.DataFrame(columns).dropna(axis="columns", how="all")
print(text_table(numbers, digits=3, index=True))

# %% tags=["remove-cell"]
# What the front page and the conclusions show.
glue(figure_at_equal_accuracy=at_equal)
bottom = {
    metric: values.curves(study, network, metric).iloc[-1][hidden] for metric in ("svcca", "cka")
}
glue(svcca_lowest=bottom["svcca"].min(), cka_lowest=bottom["cka"].min())

# %% tags=["remove-cell", "network=vgg16_bn"]
glue(svcca_where=bottom["svcca"].idxmin(), cka_where=bottom["cka"].idxmin())
