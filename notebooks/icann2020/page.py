# %% [markdown]
# # Gradual or one-shot?
#
# **Does it matter whether weights are removed step by step or all at once, and do the two ways end in different minima?**
#
# For ResNet-32 gradual pruning is better: {glue:text}`resnet32_pruned:s` % of test images are classified correctly, against
# {glue:text}`resnet32_one_shot_long:s` % after one-shot pruning and as much training. Its originals, at
# {glue:text}`resnet32_complete:s` %, were far from converged. Sharp minima are not the reason: by the largest Hessian eigenvalue
# gradual pruning ends flatter in both, and LeNet-5 has less PSP-entropy.
#
# ```{glue} rests-answer
# ```

# %% tags=["parameters"]
results = "results/chapters/icann2020"

# %% tags=["remove-cell"]
from lib import ROOT
from lib.report import number, use_style

use_style()
results = ROOT / results

# %% mystnb={"figure": {"name": "fig-icann2020", "caption": "Training loss around the most heavily pruned networks, along random directions, scaled to each filter's norm; means over five directions and three networks. The legends give the loss of the networks themselves."}, "image": {"alt": "Three valleys in each panel. In LeNet-5 the valley of one-shot networks trained as long rises twice as high as the two others. In ResNet-32 gradually pruned networks have the lowest bottom, one-shot networks the lowest walls, and one-shot networks trained as long the steepest."}}
import matplotlib.pyplot as plt
import pandas as pd

figure, panels = plt.subplots(1, 2, figsize=(9, 3.2))
ways = {"": "gradually", "_one_shot": "at once", "_one_shot_long": "at once, as long"}
for axes, network in zip(panels, ["lenet5", "resnet32"], strict=True):
    for way, words in ways.items():
        rows = pd.read_parquet(f"{results}/{network}{way}/landscape.parquet")
        rows = rows[(rows.quantity == "loss") & (rows.iteration == rows.iteration.max())]
        loss = rows.groupby("radius").value.mean()
        loss.plot(ax=axes, marker="o", label=f"{words}: {number(loss[0])}", title=network).legend()

# %% [markdown]
# ## How to read it
#
# {cite:t}`tartaglione2020pruning` find that gradual pruning reaches sharp minima, which generalise well and which one-shot
# pruning misses, with neurons less tied to single classes.
#
# *Gradually*: a fifth of the weights is removed {glue:text}`prunings` times, and each time the rest is trained again. *At once*:
# one step to the same {glue:text}`left:s`, trained again once. *At once, as long*: trained again as often. This control of
# ours is the comparison to look at: only the order of pruning and training differs.
#
# - A minimum is **sharp** if the loss rises steeply around it. *Eigenvalue* (the largest) and *trace* are those of the
#   Hessian on training images. Both change if one layer is scaled up and the next one down, although the function stays the same
#   {cite}`dinh2017sharp`. Loss *increase*, at a tenth of each filter's norm, does not {cite}`li2018visualizing`.
# - **PSP-entropy**: a neuron is active on images of one class with frequency $p$, and $H = -p \log_2 p - (1 - p) \log_2 (1 - p)$;
#   means over classes and neurons. A neuron that is seldom active has little entropy, whatever it sees. We therefore subtract it
#   from the entropy over all classes, here the *null*. The difference is the *information* about the class.

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show imports and names", "code_prompt_hide": "Hide imports and names"}
from lib.report import TITLES, Claims, glue, intervals, number, read, shown, side, titled
from notebooks.icann2020.analysis import gradual_minus_others, minima

NAMES = TITLES | {"lenet5": "LeNet-5, ½ wide", "resnet32": "ResNet-32, ¼ wide"}
NAMES |= {"pruned": "gradually", "one_shot": "at once", "one_shot_long": "at once, as long"}
NAMES |= {"control": "Pruned gradually, minus", "measure": "Measure"}
NAMES |= {"accuracy": "Accuracy, %", "loss": "Loss", "eigenvalue": "Eigenvalue", "trace": "Trace"}
NAMES |= {"increase": "Increase, 1/1000", "entropy": "PSP-entropy, millibits", "null": "Null"}
NAMES |= {"entropy_by_layer": "PSP-entropy, layers alike", "information": "Information, millibits"}
claims = Claims("icann2020", results, names=NAMES)
names = ["performance", "landscape", "potentials"]
tables = {name: read(name, results, regime="main") for name in names}
prunings = tables["performance"].query("role == 'pruned'")
prunings = prunings[prunings.iteration == prunings.iteration.max()]
glue(
    prunings=int(prunings.iteration.max()),
    left=f"{number(100 * prunings.remaining.mean(), 1)}\u00a0%",
)

# %% [markdown]
# ## The numbers
#
# **For ResNet-32 step by step is better** than one-shot pruning, whether trained once or as long. For LeNet-5 it is inconclusive.
#
# ```{glue} rests-better
# ```
#
# The table gives means over three originals.

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Show the table of measures", "code_prompt_hide": "Hide the table of measures"}
measured = minima(**tables)  # index: measure, network, role, train_seed
means = measured.groupby(["measure", "network", "role"]).mean()
digits = {"accuracy": 1, "loss": 2, "eigenvalue": 1, "increase": 0, "trace": 0, "information": 1}
cells = [number(x, digits.get(index[0], 0)) for index, x in means.items()]
titled(pd.Series(cells, means.index).unstack("measure"), NAMES).T

# %% [markdown]
# ## Gradual pruning, minus the other ways
#
# **Sharp minima are not the reason.** Trained as long, one-shot networks lie in the sharper minima by the largest eigenvalue, in
# both architectures; in LeNet-5 also by the trace and by the increase of the loss.
#
# ```{glue} rests-sharp
# ```
#
# **Gradual pruning does not add PSP-entropy in LeNet-5:** with equal training it has less. ResNet-32 has less than its original,
# and more than its control only if layers count alike.
#
# ```{glue} rests-entropy
# ```
#
# **Less entropy is no closer tie to classes.** In ResNet-32 the entropy falls, yet a neuron's activity says less about the class
# than before pruning: the null falls more.
#
# ```{glue} rests-tie
# ```
#
# Is the difference above 0 for each original (information: below)? Eigenvalue and trace are decimal logarithms; *layers
# alike* gives each layer the same weight.

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Show the table of differences", "code_prompt_hide": "Hide the table of differences"}
apart = intervals(gradual_minus_others(measured))
less = apart.index.get_level_values("measure") == "information"
verdicts = [apart[~less].apply(side, axis=1, above=0), apart[less].apply(side, axis=1, below=0)]
decided = shown(apart, 2, sign=True) + ": " + pd.concat(verdicts).reindex(apart.index)
titled(decided.unstack("network"), NAMES).loc[["at once, as long", "at once", "complete"]]

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show what is claimed", "code_prompt_hide": "Hide what is claimed"}
claimed = {
    "accuracy": ("is more accurate than {control}", "points"),
    "eigenvalue": (
        "lies in a sharper minimum than {control}, by the largest eigenvalue",
        "decades",
    ),
    "trace": ("lies in a sharper minimum than {control}, by the trace", "decades"),
    "increase": ("has a loss that rises faster around it than {control}", "millinats"),
    "entropy": ("has more PSP-entropy than {control}", "millibits"),
    "entropy_by_layer": ("has more PSP-entropy than {control}, layers alike", "millibits"),
    "information": ("has signs that say less about the class than {control}", "millibits"),
}
for measure, (words, unit) in claimed.items():
    bound = {"below": 0} if measure == "information" else {"above": 0}
    sentence = f"{{network}}, pruned gradually, {words}."
    frame = apart.xs(measure, level="measure")
    claims.each(f"{measure}-{{network}}-{{control}}", sentence, frame, **bound, unit=unit)
glue(**{f"resnet32_{role}": number(x, 1) for role, x in means["accuracy", "resnet32"].items()})

# %% [markdown]
# ## How far to trust this
#
# Both have three originals, slim and hardly trained. **ResNet-32**: a quarter of the width, 10,000 images of CIFAR-10,
# eight epochs. Retraining improves it, so one-shot pruning removed weights before they told much. ({doc}`wacv2020` trained
# other networks of its kind.) **LeNet-5**: half the width, 24,000 images of SVHN, four epochs.
#
# We worked from the abstract and the authors' notebook, [EIDOSlab/PSP-entropy](https://github.com/EIDOSlab/PSP-entropy), not from
# the text ([arXiv 2004.14765](https://arxiv.org/abs/2004.14765)). Unlike the notebook, we count only neurons with a ReLU and
# average over classes instead of summing.
#
# We committed the rules on accuracy, eigenvalue, increase and entropy before training any of these networks (20 November 2026,
# 18:13), and those on information after 20 of 60 runs had begun. **Trace and *layers alike* came after results.**
#
# The table also lists claims that no sentence mentions.
#
# ```{glue} rests-rows
# ```

# %% tags=["remove-cell"]
claims.expect(
    {
        "answer": {
            "accuracy-resnet32-one_shot_long": "holds",
            "eigenvalue-*-one_shot_long": "does not hold",
            "entropy-lenet5-one_shot_long": "does not hold",
        },
        "better": {"accuracy-resnet32-*": "holds"},
        "sharp": {
            "eigenvalue-*-one_shot_long": "does not hold",
            "trace-lenet5-one_shot_long": "does not hold",
            "increase-lenet5-one_shot_long": "does not hold",
        },
        "entropy": {
            "entropy-lenet5-one_shot_long": "does not hold",
            "entropy_by_layer-lenet5-one_shot_long": "does not hold",
            "entropy-resnet32-complete": "does not hold",
            "entropy_by_layer-resnet32-complete": "does not hold",
            "entropy_by_layer-resnet32-one_shot_long": "holds",
            "entropy-resnet32-one_shot_long": "inconclusive",
        },
        "tie": {
            "information-resnet32-complete": "holds",
            "entropy-resnet32-complete": "does not hold",
        },
        "rows": dict(claims.table().verdict),
    }
)

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Show all claims", "code_prompt_hide": "Hide the claims"}
claims.table()

# %% [markdown]
# **What to take away.** Compare ways of pruning after equal training: without it, one measures the training.
#
# ## Exercises
#
# **1.** Multiply the weights of one layer by 10 and divide those of the next one by 10. Which measure of sharpness changes,
# although the function does not?
#
# :::{dropdown} Answer
# Eigenvalue and trace. The increase stays the same.
# :::
#
# **2.** Gradually pruned LeNet-5 has more PSP-entropy than one-shot networks. Do its neurons say less about the
# class?
#
# :::{dropdown} Answer
# That does not follow: the null is higher by as much, so the information hardly changes.
# :::
