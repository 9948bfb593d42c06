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
# # Output layers
#
# **Do pruned networks give the same answers as the complete network?**
#
# In the hidden layers it does not matter which neuron does what. In the output layer it does, since each
# neuron stands for one class. So a fifth metric joins the four: the cosine of the outputs, which changes
# when neurons are permuted.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-input"]
from lib.book.report.page import glue, open_study

study = open_study(results)

# %% [markdown]
# ## What we find

# %% tags=["hide-input"]
import pandas as pd
from IPython.display import Markdown, display

from lib.book.report import values
from lib.book.report.figure import PanelFigure
from lib.book.report.format import percent, plain
from lib.book.report.names import METRICS, SCALES, enumerate_words
from lib.book.report.style import METRIC_STYLES
from lib.book.report.tables import Table, text_table

shown = ["svcca", "pwcca", "cka", "nbs", "cosine"]


def outputs(experiment):
    """Index iteration, a column for each metric: the mean over the runs on the output layer."""
    rows = pd.concat(values.rows(study, experiment, metric) for metric in shown)
    rows = rows[rows.kind == "out"]
    return rows.pivot_table("value", "iteration", "metric").reindex(columns=shown)


curves = {name: outputs(name) for name in study.experiments}


BESIDE = {
    "_trained_on": "if trained as long without pruning",
    "_independent": "between independently trained ones",
}


def what_we_find():
    said = []
    for name in study.experiments:
        own, *controls = (values.same_class(study, name + of) for of in ("", *BESIDE))
        if len(own):
            beside = [
                f"{percent(same.iloc[-1])} {words}"
                for same, words in zip(controls, BESIDE.values(), strict=True)
                if len(same)
            ]
            said.append(
                f"{percent(own.iloc[-1])} of the images for {plain(study.network(name))}"
                + (f" ({enumerate_words(beside)})" if beside else "")
            )
    if not said:
        return "Whether networks give the same class was not counted here."
    return (
        "After the last iteration, the pruned and the complete network give the same class to "
        f"{enumerate_words(said)}."
    )


display(Markdown(what_we_find()))
glue(same_class=what_we_find().replace("\\", ""))  # what the conclusions show

# %% [markdown]
# ## The figure

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-output-layers", "caption": "Similarity of the outputs (before softmax) of the pruned networks with those of the complete network, by five metrics, mean over the pruning runs. Each metric has a colour and a mark of its own. All panels have the same vertical scale. The paper's Fig. 8 shows VGG16_BN."}}
figure = PanelFigure("outputs", shared=True)
for name, curve in curves.items():
    axes = figure.panel(study.network(name))
    for metric in curve.columns[curve.notna().any()]:
        axes.plot(curve[metric], markersize=4, label=METRICS[metric], **METRIC_STYLES[metric])
    axes.set_xticks(curve.index[:: max(1, -(-len(curve) // 7))])
    axes.set_xlabel("pruning iteration")
figure

# %% [markdown]
# ## The numbers
#
# After the first and after the last iteration, by the share of the weights left:

# %% tags=["hide-input"]
rows = {}
for name, curve in curves.items():
    remaining = values.remaining(study, name)
    for iteration in curve.index[[0, -1]]:
        head = f"{study.network(name)}, {percent(remaining[iteration])} left"
        rows[head] = curve.loc[iteration]
overview = pd.DataFrame(rows).T.rename(columns=METRICS)
Table.of(overview.rename_axis("Network"))

# %% [markdown]
# Every point of the figure:

# %% tags=["hide-input", "hide-output"]
for name, curve in curves.items():
    table = curve.rename(columns=METRICS)
    table.insert(0, "remaining %", 100 * values.remaining(study, name))
    print(study.network(name))
    print(text_table(table.reset_index(), digits=3), end="\n\n")

# %% [markdown]
# ## Does it depend on how well the networks fit?
#
# A network that fits every training image gives sharp answers, and when trained again it may give another
# sharp answer to an image that it is not sure of. A network that fits less well gives soft answers, and
# soft answers differ less. So networks that were trained for long may have less similar outputs at equal
# accuracy.
#
# The table gives the mean training loss of the last epoch, augmentation included, for the complete
# networks and for the sparser pruned ones, with at most 17 % of the weights. Beside it is the similarity
# of the outputs of these sparser networks.

# %% tags=["hide-input"]
sparser = 0.17  # where the paper's CKA of the outputs changes no more
rows = []
for experiment in study.experiments:
    scales = {experiment: "as in this study"} | {
        f"{experiment}_{suffix}": head.lower() for suffix, head in SCALES.items()
    }
    for name, scale in scales.items():
        if name not in (experiment, *study.variants):
            continue
        trained, left = study.of(name, "performance"), values.remaining(study, name)
        pruned = trained[(trained.iteration > 0) & (trained.remaining <= sparser)]
        rows.append(
            {
                "Network": f"{study.network(experiment)}, {scale}",
                "Loss, complete": trained[trained.iteration == 0].train_loss.mean(),
                "Loss, pruned": pruned.train_loss.mean(),
                **outputs(name)[left <= sparser].mean().rename(METRICS),
            }
        )
digits = {"Loss, complete": 3, "Loss, pruned": 3}
fits = pd.DataFrame(rows).set_index("Network")
Table.of(fits, digits)

# %% tags=["remove-input"]
AGREES = "In {k} of {n} comparisons with the network half as wide, the one with the lower loss has the lower CKA "
AGREES += "and the lower cosine, as this would have it."
signs = []
for network in study.experiments:
    heads = [
        f"{study.network(network)}, {scale}"
        for scale in ("as in this study", SCALES["slim"].lower())
    ]
    if set(heads) <= set(fits.index):
        one, other = (fits.loc[head] for head in heads)
        apart = one[["Loss, pruned", METRICS["cka"], METRICS["cosine"]]] - other
        signs.append((apart.dropna() > 0).nunique() == 1)
Markdown(AGREES.format(k=sum(signs), n=len(signs)) if signs else "")

# %% [markdown]
# The networks are few, and differ in more than their loss, so this is a hint, not a proof. The
# paper trained VGG16_BN for 160 epochs,
# VGG_SVHN for 15 and ResNet_fast for 24; {doc}`methods` says how long the networks of this study were
# trained.
#
# ## How to read it
#
# A flat end of a line means that further pruning no longer changes the outputs, as far as that metric can
# see. When one metric is flat and another still falls, the outputs do change, in a way to which the first
# is blind. The paper's four metrics ignore rotations of the outputs, exactly or nearly. The cosine does
# not: it compares the outputs entry by entry,
#
# $$\left|\cos(A, B)\right| = \frac{\left|\sum_{ij} A_{ij} B_{ij}\right|}{\|A\|_F\,\|B\|_F},$$
#
# where a row is an image and a column a class. Nothing is centred.
#
# ## What the paper reports
#
# For VGG16_BN, SVCCA, PWCCA and NBS stay above 0.9. CKA and the cosine fall to about 0.8. In the last
# iterations the CKA values coincide; those of the cosine are spread over the iterations from 0.80 to 0.97.
# The paper takes this as a sign that networks of similar accuracy may still assign different probabilities
# to the classes
# ({cite:t}`ansuini2020investigating`, section 6.2).
