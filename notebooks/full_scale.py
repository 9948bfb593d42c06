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
# # At the paper's scale
#
# **Do the slim networks of the other pages speak for the paper's own?**
#
# The networks of the other pages are slim, so that anybody can train and prune them on two processor
# cores. The same study is also declared at the paper's scale, with its width and its recipe. What has been run
# of it stands here beside the slim one, and beside the paper's own numbers.

# %% tags=["parameters"]
results = "results"
full_scale = "results/full_scale"

# %% tags=["remove-input"]
import pandas as pd
from IPython.display import Markdown, display

from lib.book.report import recipes, values
from lib.book.report.figure import LayerFigure
from lib.book.report.format import count, number, percent, plain, signed
from lib.book.report.names import METRICS, PAPER_NETWORKS, enumerate_words
from lib.book.report.page import glue, open_study
from lib.book.report.results import results_if_any
from lib.book.report.tables import Table, text_table

full = results_if_any(full_scale)
if full.experiments:
    display(Markdown("At the paper's scale:"))
    open_study(full_scale)
    display(Markdown("On the other pages:"))
study = open_study(results, *full.experiments)

# %% [markdown]
# ## What we find

# %% tags=["remove-input"]
names = {name: full.network(name) for name in full.experiments}
NOTHING = "Nothing has been measured at the paper's scale yet."
absent = [title for name, title in PAPER_NETWORKS.items() if name not in names]
trained_on = [names[name] for name in names if f"{name}_trained_on" in full.variants]
not_trained_on = [title for title in names.values() if title not in trained_on]
ACCURACY = (
    "**{network}** keeps its accuracy better at the paper's scale: by the last iteration it has changed by "
    "{full} percentage points there, and by {slim} on the other pages.",
    "**{network}** does not keep its accuracy better at the paper's scale: by the last iteration it has "
    "changed by {full} percentage points there, and by {slim} on the other pages.",
)


TRAINING_IMAGES = {"cifar10": 50_000, "svhn": 73_257}  # of the official sets
LESS = (
    "**{network}** was trained by the paper's recipe on {images:,} images, where the paper has {all:,}, and "
    "compared on {probe:,}; the page on the images says which."
)


def change(where, name):
    """Percentage points of test accuracy by which pruning has changed the complete network."""
    accuracy = 100 * values.accuracy(where, name)["mean"]
    return accuracy.iloc[-1] - accuracy.iloc[0]


lines = [
    ACCURACY[int(change(full, name) <= change(study, name))].format(
        network=plain(network),
        full=signed(change(full, name), 1),
        slim=signed(change(study, name), 1),
    )
    for name, network in names.items()
]
for name, network in names.items():
    images, of = (full.settings(name)[key] for key in ("train_images", "dataset"))
    if images < TRAINING_IMAGES.get(of, 0):
        numbers = {"images": images, "all": TRAINING_IMAGES[of]}
        numbers["probe"] = full.settings(name)["probe_images"]
        lines.append(LESS.format(network=plain(network), **numbers))
TRAINED = (
    "After the last iteration the mean {metric} of the hidden layers of {network} is {pruned} "
    "at the paper's scale, and {alone} without pruning; on the other pages it is {slim}, and {slim_alone}."
)
for name in names:
    if not all(f"{name}_trained_on" in where.variants for where in (full, study)):
        continue
    for metric in ("svcca", "cka"):
        pruned, alone, slim, slim_alone = (
            number(
                values.curves(where, name + end, metric)[values.hidden(study, name)].iloc[-1].mean()
            )
            for where in (full, study)
            for end in ("", "_trained_on")
        )
        beside = {"pruned": pruned, "alone": alone, "slim": slim, "slim_alone": slim_alone}
        beside |= {"metric": METRICS[metric], "network": plain(names[name])}
        lines.append(TRAINED.format(**beside))
said = {
    "Measured in slim networks only": absent,
    "Without a control for training alone at the paper's scale": not_trained_on,
}
lines += [f"{words}: {plain(enumerate_words(which))}." for words, which in said.items() if which]
if not names:
    lines = [f"{NOTHING} `make book PROFILE=paper` runs it."]

NO_NUMBER = "no number"
BOTTOMS = "no number; bottoms in the third and the fourth block"
IN_THE_TEXT = {
    ("vgg16_bn", "svcca"): (0.35, "0.35, around the third block", "above 0.9"),
    ("vgg16_bn", "pwcca"): (0.32, "0.32, around the third block", "above 0.9"),
    ("vgg16_bn", "cka"): (0.75, "never below 0.75", "0.77 to 0.95"),
    ("vgg16_bn", "nbs"): (0.7, "0.7, at the third pooling or just behind it", "down to about 0.9"),
    ("vgg_svhn", "svcca"): (None, BOTTOMS, NO_NUMBER),
    ("vgg_svhn", "pwcca"): (None, BOTTOMS, NO_NUMBER),
    ("vgg_svhn", "cka"): (0.75, "never below 0.75; a bowl in the third block", NO_NUMBER),
    ("vgg_svhn", "nbs"): (None, "no number; as CKA, without the bowl", NO_NUMBER),
    ("resnet_fast", "svcca"): (0.40, "above 0.40, at the third convolution", NO_NUMBER),
    ("resnet_fast", "pwcca"): (0.45, "above 0.45, at the third convolution", NO_NUMBER),
    ("resnet_fast", "cka"): (0.9, '"hardly touching the 0.90 mark"', NO_NUMBER),
    ("resnet_fast", "nbs"): (0.82, "0.82, at the second residual block", NO_NUMBER),
}
NEAR = 0.1


def lowest(where, name, metric):
    """The hidden layer that is lowest in any iteration, and its value there."""
    hidden = values.curves(where, name, metric)[values.hidden(where, name)].min()
    return hidden.idxmin(), hidden.min()


apart = {
    f"{METRICS[metric]} in {study.network(name)}": (lowest(study, name, metric)[1], theirs)
    for (name, metric), (theirs, *_) in IN_THE_TEXT.items()
    if theirs is not None and name in study
}
near = [what for what, (ours, theirs) in apart.items() if abs(ours - theirs) <= NEAR]
furthest = max(apart, key=lambda what: abs(apart[what][0] - apart[what][1]), default=None)
if furthest:
    ours, theirs = apart[furthest]
    lines.append(
        f"The paper's text gives the lowest value of a hidden layer, or a bound for it, in {len(apart)} "
        f"cases. The slim networks are within {NEAR} of it in {len(near)} of them, and furthest from it "
        f"for {plain(furthest)}: {number(ours)} versus {number(theirs)}."
    )
display(Markdown("\n".join(f"- {line}" for line in lines)))

# %% [markdown]
# {doc}`contrast` has the contrast between SVCCA and CKA at each width that was measured.
#
# ## Beside the paper's numbers
#
# The paper shows its values for single layers in figures only. The table sets what its text says about
# them (sections 5.2, 5.3 and 7) beside our values: the hidden layer that is lowest in any iteration, and
# the lowest and the highest value of the output over the iterations, both of the mean over the runs.

# %% tags=["hide-input"]
scales = {"full scale": full, "other pages": study}
rows = []
for (name, metric), (_, lowest_there, output_there) in IN_THE_TEXT.items():
    row = {
        "Network": f"{PAPER_NETWORKS[name]}, {METRICS[metric]}",
        "Lowest hidden layer, paper": lowest_there,
    }
    outputs = {"Output, paper": output_there}
    for scale, results_there in scales.items():
        if name not in results_there:
            continue
        layer, value = lowest(results_there, name, metric)
        output = values.curves(results_there, name, metric).iloc[:, -1]
        row[f"Lowest hidden layer, {scale}"] = f"{number(value)} at {layer}"
        outputs[f"Output, {scale}"] = f"{number(output.min())} to {number(output.max())}"
    rows.append(row | outputs)
Table.of(pd.DataFrame(rows).fillna("not measured").set_index("Network"), cards=True)

# %% [markdown]
# For ResNet_fast, we read the paper's "CKA and PWCCA" as SVCCA and PWCCA, since its numbers are theirs
# ({doc}`resnet_fast`).
#
# ## Accuracy
#
# A slim network has few weights to begin with, so pruning the same fraction leaves it fewer. It was also
# trained for fewer epochs, in larger batches.

# %% tags=["hide-input"]
columns = ["Network", "Complete", "Best pruned", "Last pruned", "Networks", "Runs"]
rows = []
for name in full.experiments:
    for scale, results_there in scales.items():
        accuracy = values.accuracy(results_there, name)
        pruned = accuracy.loc[1:]
        best, last = pruned.loc[pruned["mean"].idxmax()], pruned.iloc[-1]
        runs = results_there.settings(name)["runs"]
        rows.append(
            (
                f"{names[name]}, {scale}",
                percent(accuracy["mean"][0], 1),
                f"{percent(best['mean'], 1)} at {percent(best.remaining)}",
                f"{percent(last['mean'], 1)} at {percent(last.remaining)}",
                len({train_seed for train_seed, _ in runs}),
                len(runs),
            )
        )
Table.of(pd.DataFrame(rows, columns=columns).set_index("Network"), nothing=NOTHING)

# %% [markdown]
# ## Layer by layer

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-full-scale", "caption": "Similarity of each layer of the pruned networks with the same layer of their complete networks at the paper's scale, by four metrics, mean over the pruning runs. Each line is one pruning iteration, from pale to strong. The dashed line in the pale band is the null of the last iteration, two standard deviations either side. All panels have the same vertical scale. The paper's Figs. 5 to 7."}}
shown = ["svcca", "pwcca", "cka", "nbs"]


def drawn_layers():
    """A row of panels for each network: each metric over the layers, a line for each iteration."""
    iterations = max((len(values.remaining(full, name)) for name in names), default=0)
    figure = LayerFigure("full-scale", (), iterations=iterations)
    for name, network in names.items():
        remaining, order = values.remaining(full, name), values.layers(full, name)
        figure.row(network)
        for metric in shown:
            axes = figure.panel(METRICS[metric], order=order)
            figure.draw_iterations(axes, values.curves(full, name, metric), remaining)
            figure.draw_null(axes, values.null(full, name, metric))
    return figure


drawn_layers()

# %% [markdown]
# {numref}`fig-vgg16_bn`, {numref}`fig-vgg_svhn` and {numref}`fig-resnet_fast` are the same figures of the
# slim networks. The numbers are below, for each network that was run at both scales: *first* and *last*
# iteration and *null* at the paper's scale, and *slim*, the last iteration on the other pages.

# %% tags=["hide-input", "hide-output"]
if not names:
    print(NOTHING)
for name, network in names.items():
    columns = {}
    for metric in shown:
        lines = values.curves(full, name, metric)
        columns[METRICS[metric], "first"] = lines.iloc[0]
        columns[METRICS[metric], "last"] = lines.iloc[-1]
        columns[METRICS[metric], "null"] = values.null(full, name, metric)["mean"]
        columns[METRICS[metric], "slim"] = values.curves(study, name, metric).iloc[-1]
    print(network, text_table(pd.DataFrame(columns), digits=3, index=True), sep="\n\n", end="\n\n")

# %% [markdown]
# ## The same rules on both
#
# A claim about one network alone is measured by its rule ({doc}`how_claims_are_decided`) at each scale at
# which the network was run. An interval needs several complete networks. Where there are too few, there
# is no verdict, but the mean may still lie on the claim's side of the bound. It may do so by very little: the
# folded table says by how much.

# %% tags=["hide-input"]
from lib.analyses.main_paper.claims import OURS, PAPER
from lib.book import claims
from lib.book.claims import readings
from lib.book.claims.engine import NOT_MEASURED

at_full_scale = readings.Reading("Full scale", "the networks at the paper's scale", lambda _: full)
here = claims.evaluate(study, (*PAPER, *OURS))
pairs = readings.decide_again(study, here, [at_full_scale])
pairs = pairs[(pairs.declared != NOT_MEASURED) & (pairs.verdict != NOT_MEASURED)]

sides = pairs.on_its_side.map({True: "Mean on the claim's side", False: "Mean on the other side"})
moved = pd.crosstab(pairs.declared, sides)
Table.of(moved.rename_axis("On the other pages"), nothing=NOTHING)

# %% tags=["hide-input", "hide-output"]
beside = pd.DataFrame(
    {
        "Claim": pairs.claim,
        "Asked for": pairs.bound,
        "Other pages": pairs.measured + ": " + pairs.declared.map(readings.CELLS),
        "Full scale": pairs.measured_so + ": " + pairs.verdict.map(readings.CELLS),
        "At full scale": sides,
    }
)
Table.of(beside.set_index("Claim"), cards=True, nothing=NOTHING)

# %% [markdown]
# ## How to read it
#
# A claim that fails for a slim network, and whose mean lies on its side at the paper's scale, is
# may have failed because of the scale. A claim that holds only for the slim network says
# nothing about the paper's.
#
# Both the width and the length of training differ. The variants on {doc}`claims` change them one at a
# time, in the other direction.
#
# What still differs from the paper at its scale, apart from the images:

# %% tags=["hide-input", "hide-output"]
for name, network in names.items():
    display(Markdown(f"**{plain(network)}**"))
    display(recipes.deviations(full, name))
if not names:
    print(NOTHING)

# %% [markdown]
# An earlier edition of this book showed a ResNet_fast of the paper's width here. The code that ran had
# not been committed, so nobody could say what had computed those numbers, and they were taken out.
#
# {doc}`what_it_takes` says what runs take at each scale.

# %% tags=["remove-cell"]
COMPARED = (
    "It also applies the same rules at the paper's own width: "
    f"{count(len(pairs), 'claim')} were measured at both scales."
)
NONE = "No network of the paper's own width and recipe has been run yet."
glue(full_scale_compared=COMPARED if names else NONE)
