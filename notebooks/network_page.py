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
# The network has thirteen convolutions in five blocks. A max-pooling layer closes each block
# ({doc}`methods`).

# %% [markdown] tags=["network=vgg_svhn"]
# # VGG_SVHN
#
# **Does a smaller network on another data set show the same picture?**
#
# The network has seven convolutions in four blocks ({doc}`methods`). The paper trains it on house
# numbers, the others on small photographs.

# %% [markdown] tags=["network=resnet_fast"]
# # ResNet_fast
#
# **Do shortcuts around layers keep the representations similar?**
#
# In a residual block the input is added to the output of two convolutions. So information can pass
# the block unchanged, whatever happens to the convolutions ({doc}`methods`).

# %% tags=["parameters"]
results = "results"
network = "vgg16_bn"

# %% tags=["remove-input"]
from lib.report.page import glue, open_study

study = open_study(results, network)

# %% [markdown]
# ## The figure
#
# The table of the study has a row for each number: which run, iteration and layer it belongs to,
# and which metric gave it. For each metric we take the mean over the runs. That leaves one row for
# each iteration and one column for each layer, so each row is a line of the figure.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-{{network}}", "caption": "Similarity of each layer of the pruned networks with the same layer of the complete one, by four metrics, mean over the pruning runs. Layers stand in forward order. Each line is one pruning iteration, from pale to strong. The dashed line in the pale band is the null of the last iteration, two standard deviations either side. The dotted line, where it was measured, compares complete networks that were trained independently of each other. An open circle marks a layer after the last iteration that is no more similar than shuffled images get in some layer. All panels have the same vertical scale. The paper draws it as its Fig. 5 for VGG16_BN, Fig. 6 for VGG_SVHN and Fig. 7 for ResNet_fast."}}
import pandas as pd

from lib.report import values
from lib.report.figure import INDEPENDENT, LayerFigure
from lib.report.names import METRICS
from lib.report.style import INK
from lib.report.tables import Table, text_table

shown = ["svcca", "pwcca", "cka", "nbs"]  # the paper's four metrics
OPEN = {"linestyle": "None", "marker": "o", "markerfacecolor": "white", "color": INK}
lines = {metric: values.curves(study, network, metric) for metric in shown}
null = {metric: values.null(study, network, metric) for metric in shown}
# what shuffled images exceed in any layer with a probability of 5 %, the same for all layers
highest = {
    metric: values.curves(study, network, metric, column="null_max").iloc[-1].max()
    for metric in shown
}
siblings = {metric: values.control(study, network, "independent", metric) for metric in shown}
remaining = values.remaining(study, network)

figure = LayerFigure(f"layers-{network}", values.layers(study, network), iterations=len(remaining))
for metric in shown:
    axes = figure.panel(METRICS[metric])
    figure.draw_iterations(axes, lines[metric], remaining)
    figure.draw_null(axes, null[metric])
    label = "complete networks, trained independently of each other"
    figure.draw(axes, siblings[metric], label, **INDEPENDENT)
    last = lines[metric].iloc[-1]
    label = "last iteration: no higher than shuffled images get in some layer"
    figure.draw(axes, last.where(last <= highest[metric]), label, **OPEN)
figure

# %% [markdown]
# ## The numbers

# %% tags=["hide-input"]
hidden = values.hidden(study, network)
rows = []
for metric in shown:
    last = lines[metric].iloc[-1]
    lowest = last[hidden].idxmin()
    rows.append(
        {
            "Metric": METRICS[metric],
            "First layer": last.iloc[0],
            "Lowest": last[lowest],
            "Where": lowest,
            "Null there": null[metric]["mean"][lowest],
            "Independent there": siblings[metric][lowest],
            "Output": last.iloc[-1],
        }
    )
overview = pd.DataFrame(rows).set_index("Metric")
Table.of(overview)

# %% [markdown]
# These are means after the last iteration. *Lowest* and *Where* name the hidden layer that the
# metric finds least similar. *Null there* is the value that the metric gives to that layer when
# the images of one network are shuffled, so that nothing is left to compare. A similarity means
# something only as far as it exceeds its null. *Independent there* is how similar complete networks
# are in that layer that were trained independently of each other, where that was measured
# ({doc}`controls`).
#
# Every layer, after the first and after the last iteration, with the null of the last.
# *indep*, where it was measured, stands for the independently trained complete networks:

# %% tags=["hide-input"]
columns = {}
for metric in shown:
    columns[METRICS[metric], "first"] = lines[metric].iloc[0]
    columns[METRICS[metric], "last"] = lines[metric].iloc[-1]
    columns[METRICS[metric], "null"] = null[metric]["mean"]
    columns[METRICS[metric], "indep"] = siblings[metric]
numbers = pd.DataFrame(columns).dropna(axis="columns", how="all")
print(text_table(numbers, digits=3, index=True))

# %% [markdown]
# ## Is there anything to compare?
#
# Shuffle the images of one network, and what is left is chance. The p-value of a similarity is how
# often shuffled images give one that is as high. A figure shows many layers, so there is a stricter
# question: how high does the *highest* of all layers get? The threshold is what it exceeds with a
# probability of 5 %, under the same permutations in all layers.

# %% tags=["hide-input"]
from IPython.display import Markdown, display

rows, above = [], {}
for metric in shown:
    last, p = (
        values.curves(study, network, metric, column=column, statistic=statistic).iloc[-1]
        for column, statistic in (("value", "mean"), ("p_value", "max"))
    )
    limit = highest[metric]
    above[metric] = (last > limit).where(last.notna() & pd.notna(limit)).dropna()
    rows.append(
        {
            "Metric": METRICS[metric],
            "Largest p-value": "-" if p.isna().all() else f"{p.max():.2g}",
            "Threshold": limit,
            "Layers above it": f"{above[metric].sum():.0f} of {len(above[metric])}",
            "Lowest, calibrated": max(0, (last.min() - limit) / (1 - limit)),
        }
    )
decided = pd.concat(above)
UNKNOWN = "This was not measured here: it takes 20 permutations of the images or more."
SETTLED = """**Yes, in every layer and by every metric.** So the question is not whether the pruned
networks are still related to their complete network, but how closely. The page on controls answers it on
a scale from shuffled images to networks that were trained independently of each other."""
OPEN_CASES = f"""**Not everywhere.** Of {len(decided)} similarities, {(~decided.astype(bool)).sum()}
are no higher than shuffled images get in some layer: open circles in the figure."""
if decided.empty:
    display(Markdown(UNKNOWN))
else:
    display(Markdown(SETTLED if decided.all() else OPEN_CASES))
    display(Table.of(pd.DataFrame(rows).set_index("Metric")))

# %% [markdown]
# Where a row is an image, p-values of CKA are exact. The others cannot be lower than one divided by
# the number of permutations plus one ({doc}`similarity_metrics`). The *calibrated* similarity of
# {cite:t}`groger2026aristotelian` is 0 at the threshold and below, and 1 for the same representations.
#
# ## At equal accuracy
#
# The last iteration has the fewest weights, and often the lowest accuracy. A network that classifies
# worse must differ somewhere. So take the last iteration at which the pruned networks are as accurate
# as the complete one, or at most half a percentage point worse:

# %% tags=["hide-input"]
accuracy = values.accuracy(study, network)
as_accurate = accuracy.index[accuracy["mean"] >= accuracy["mean"][0] - 0.005]
equal, last = as_accurate.max(), accuracy.index.max()
steps = {"complete": 0, "at equal accuracy": equal, "at the end": last}
found = accuracy.loc[list(steps.values())]
Table.of(
    pd.DataFrame(
        {
            "Network": list(steps),
            "Iteration": found.index,
            "Weights left, %": 100 * found.remaining.to_numpy(),
            "Accuracy, %": 100 * found["mean"].to_numpy(),
        }
    ).set_index("Network"),
    digits=1,
)

# %% [markdown]
# How similar are the networks of these iterations to the complete one, on average over the hidden
# layers? Beside them is the similarity of complete networks that share nothing but the recipe:

# %% tags=["hide-input"]
means = {metric: lines[metric][hidden].mean(axis="columns") for metric in shown}
rows = [
    {
        "Metric": METRICS[metric],
        "At equal accuracy": means[metric].get(equal),
        "At the end": means[metric][last],
        "Independently trained": siblings[metric][hidden].mean(),
    }
    for metric in shown
]
Table.of(pd.DataFrame(rows).set_index("Metric").astype(float))

# %% [markdown]
# A dash means that there is nothing to show: no pruned network is as accurate as the complete one,
# or no independent networks were compared.
#
# ## How to read it

# %% [markdown] tags=["network=vgg16_bn"]
# Follow one panel from left to right: images come in at the first layer and classes come out at the
# last. A dip says that the layers there differ more from the complete network than those before and
# after. Then compare the panels. They show the *same* networks and the same images. Where two
# panels differ in shape, the network is not the reason. It is the metric, or the matrix that the
# metric is given: {doc}`contrast` tells the two apart.
#
# Look at the dashed line as well. Where the other lines come near it, the metric hardly tells these
# networks from data that have nothing to do with each other.
#
# SVCCA and PWCCA compare channels: each position of each image is one observation. CKA and NBS
# compare whole images: each image is one observation. So the two pairs differ in the shape of the
# data as well as in the formula.

# %% [markdown] tags=["network=vgg_svhn"]
# Compare each panel with the same panel of {doc}`vgg16_bn`. The family of the network is the same,
# its depth and its task are not. What both pages share is more likely to be a property of pruning
# or of the metric. What only one shows is more likely to belong to the network or to its data.
#
# The dotted line, where there is one, compares complete networks that share no weights. As long as
# the other lines are above it, a pruned network is more like its own complete network than another
# complete one is. {doc}`controls` takes this further.

# %% [markdown] tags=["network=resnet_fast"]
# Look at the residual blocks: two *conv_res* layers and the *add* layer behind them. The sum
# contains the input of the block, so it can stay similar where the convolutions inside do not.

# %% [markdown]
# ## What the paper reports

# %% [markdown] tags=["network=vgg16_bn"]
# SVCCA and PWCCA draw a "U". Its bottom, a little above 0.3, lies around the third block, and the
# output layers stay above 0.9. CKA tells another story: it never falls below 0.75 and declines
# slowly towards the output, where the sparser networks gather near 0.79; over all iterations its
# outputs scatter more than those of SVCCA and PWCCA. NBS lies between the two. It keeps to the
# range from 0.7 to 1.0, and its bottom lies two or three layers later than that of the "U"
# ({cite:t}`ansuini2020investigating`, sections 5.2 and 6.1).

# %% [markdown] tags=["network=vgg_svhn"]
# The four metrics agree better here than for VGG16_BN. SVCCA and PWCCA fall to two bottoms, in the
# third and in the fourth block. The hidden layers do not recover after them; only the output does.
# CKA has a bowl at the third block. NBS looks like CKA without the bowl
# ({cite:t}`ansuini2020investigating`, section 5.2).

# %% [markdown] tags=["network=resnet_fast"]
# The curves of the CCA family recall those of VGG16_BN, but recover little after the third
# convolution. They stay above 0.40, PWCCA above 0.45, and crowd together as pruning goes on, more
# clearly than in the other two networks. CKA stays near 0.90 or higher and shows no trend. NBS goes
# down to 0.82, with its bottom at the second residual block ({cite:t}`ansuini2020investigating`,
# section 5.3; where its first sentence says CKA, the numbers after it are those of SVCCA).

# %% tags=["remove-cell"]
bottom = {
    metric: values.curves(study, network, metric).iloc[-1][hidden] for metric in ("svcca", "cka")
}
glue(svcca_lowest=bottom["svcca"].min(), cka_lowest=bottom["cka"].min())

# %% tags=["remove-cell", "network=vgg16_bn"]
glue(svcca_where=bottom["svcca"].idxmin(), cka_where=bottom["cka"].idxmin())
