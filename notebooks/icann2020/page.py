# %% [markdown]
# # Gradual or one-shot?
#
# **After equal training, ResNet-32 is more accurate if pruned gradually than in one shot, as
# {cite:t}`tartaglione2020pruning` claim. But, contrary to their claim, gradual pruning ends in flatter
# minima: in LeNet-5 by all three measures of sharpness, in ResNet-32 only by the largest
# eigenvalue.**
#
# We compare gradual pruning with one-shot pruning followed by equal training:
#
# | Claim on gradual pruning | LeNet-5 | ResNet-32 |
# | --- | --- | --- |
# | It is more accurate | {glue:text}`accuracy_lenet5:s` points: inconclusive | {glue:text}`accuracy_resnet32:s` points: holds |
# | It ends in sharper minima (largest eigenvalue) | {glue:text}`eigenvalue_lenet5:s` times one-shot's: does not hold | {glue:text}`eigenvalue_resnet32:s` times one-shot's: does not hold |
# | Its neurons are less tied to single classes (PSP-entropy) | {glue:text}`entropy_lenet5:s` millibits: does not hold | {glue:text}`entropy_resnet32:s` millibits: inconclusive |
#
# ```{glue} rests-answer
# ```

# %% tags=["parameters"]
results = "results/chapters/icann2020"

# %% tags=["remove-cell"]
from lib import report as r
from lib.repository import ROOT

r.use_style()
results = ROOT / results

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-icann2020", "caption": "Rise of the training loss around networks with 6.9 % of their weights left. Means over five random directions and three networks."}, "image": {"alt": "Three valleys in each panel. In both networks the valley of one-shot networks trained as long is the steepest; in LeNet-5 it rises about twice as high as that of gradual pruning. One-shot networks trained once have the flattest valley."}}
import matplotlib.pyplot as plt
import pandas as pd

figure, panels = plt.subplots(1, 2, figsize=(6.9, 3.4))
ways = {"": "gradual", "_one_shot": "one-shot", "_one_shot_long": "one-shot, trained as long"}
for axes, name in zip(panels, ["LeNet-5", "ResNet-32"], strict=True):
    for (way, label), look in zip(ways.items(), ["C0o-", "C2o:", "C2o-"], strict=True):
        study = f"{results}/{name.lower().replace('-', '')}{way}"
        rows = r.read("landscape", study).query("quantity == 'loss'")
        loss = rows[rows.iteration == rows.iteration.max()].groupby("radius").value.mean()
        axes.plot(loss - loss[0], look, label=label)
    axes.set(title=name, xlabel="step, relative to each filter's norm")
panels[0].set_ylabel("Rise of the training loss, nats")
legend = panels[0].legend(loc="upper center")

# %% [markdown]
# ## How to read it
#
# *Gradual*: we remove a fifth of the weights left and train again, {glue:text}`prunings` times. *One-shot*: we remove as many at once
# ({glue:text}`left:s` are left), and train once, or *as long* as in gradual pruning.
#
# - A minimum is **sharp** if the loss rises steeply around it. We measure the largest *eigenvalue*
#   and the *trace* of the Hessian on training images, and the *increase* of the loss after a random
#   step of a tenth of each filter's norm {cite}`li2018visualizing`. Only the increase, like the
#   outputs, stays the same if one layer is scaled up and the next one down {cite}`dinh2017sharp`.
# - **PSP-entropy** (of the *post-synaptic potential*): a neuron that is active on a share *p* of
#   the images of a class has an entropy of −*p* log₂ *p* − (1 − *p*) log₂ (1 − *p*); we average
#   over classes and neurons. The authors read low entropy as a close tie to the class, but rarely active neurons have it, too. So we add
#   *information* about the class: the entropy over all images, minus PSP-entropy.

# %% tags=["hide-input"]
from lib import report as r
from notebooks.icann2020.analysis import gradual_minus_others, minima

NAMES = r.TITLES | {"lenet5": "LeNet-5, ½ wide", "resnet32": "ResNet-32, ¼ wide"}
NAMES |= {"pruned": "gradually pruned", "one_shot": "one-shot network", "complete": "original"}
NAMES |= {"one_shot_long": "one-shot network trained as long"}
NAMES |= {"control": "Gradual minus", "measure": "Measure"}
NAMES |= {"accuracy": "Accuracy, %", "loss": "Loss", "eigenvalue": "Eigenvalue", "trace": "Trace"}
NAMES |= {"increase": "Increase, millinats", "entropy": "PSP-entropy, millibits", "null": "Null"}
NAMES |= {"entropy_by_layer": "PSP-entropy, layers alike", "information": "Information, millibits"}
claims = r.Claims("icann2020", results, names=NAMES)
names = ["performance", "landscape", "potentials"]
tables = {name: r.read(name, results, regime="main") for name in names}
prunings = tables["performance"].query("role == 'pruned'")
prunings = prunings[prunings.iteration == prunings.iteration.max()]
r.glue(
    prunings=int(prunings.iteration.max()),
    left=r.percent(prunings.remaining.mean(), 1),
)

# %% tags=["hide-cell"] mystnb={"code_prompt_show": "Show what was measured (means over three originals)", "code_prompt_hide": "Hide what was measured"}
measured = minima(**tables)  # index: measure, network, role, train_seed
means = measured.groupby(["measure", "network", "role"]).mean()
digits = {"accuracy": 1, "loss": 2, "eigenvalue": 1, "increase": 0, "trace": 0, "information": 1}
cells = [r.number(x, digits.get(index[0], 0)) for index, x in means.items()]
r.titled(pd.Series(cells, means.index).unstack("measure"), NAMES).T

# %% [markdown]
# ## Gradual pruning is more accurate in ResNet-32
#
# Gradually pruned, ResNet-32 reaches {glue:text}`resnet32_pruned:s` %; pruned in one shot, {glue:text}`resnet32_one_shot_long:s` % if
# trained as long, and {glue:text}`resnet32_one_shot:s` % if trained once. In LeNet-5, both differences are inconclusive.
#
# ```{glue} rests-better
# ```
#
# ## After equal training, gradual pruning ends in flatter minima
#
# In ResNet-32, this is inconclusive by trace and increase. Against one-shot networks trained once, gradual ones have flatter minima in
# LeNet-5 (eigenvalue and trace), and sharper ones in ResNet-32 (increase).
#
# ```{glue} rests-sharp
# ```
#
# Gradual minus one-shot, trained as long, from the same original (eigenvalue and trace: decimal logarithms); verdicts on the claim of
# sharper minima:

# %% tags=["hide-input"]
apart = r.intervals(gradual_minus_others(measured))
less = apart.index.get_level_values("measure") == "information"
verdicts = [
    apart[~less].apply(r.decide, axis=1, above=0),
    apart[less].apply(r.decide, axis=1, below=0),
]
shown = digits | {"eigenvalue": 2, "trace": 2}  # of logarithms
by_measure = apart.groupby(level="measure", sort=False)
texts = [r.as_text(rows, shown.get(measure, 0), sign=True) for measure, rows in by_measure]
decided = pd.concat(texts) + ": " + pd.concat(verdicts).reindex(apart.index)
differences = r.titled(decided.unstack("network").swaplevel(), NAMES)  # index: measure, control
after_equal_training = differences.xs("one-shot network trained as long", level=1)
after_equal_training.loc[["Eigenvalue", "Trace", "Increase, millinats"]]

# %% [markdown]
# ## Less PSP-entropy need not mean a closer tie to classes
#
# The neurons of gradually pruned ResNet-32 have less entropy than those of its original, yet carry
# less information about the class.
#
# ```{glue} rests-tie
# ```
#
# Compared with one-shot networks trained as long, gradually pruned LeNet-5 has less entropy, and ResNet-32 has more if averaged over layers
# (over neurons: inconclusive).
#
# ```{glue} rests-entropy
# ```

# %% tags=["hide-cell"] mystnb={"code_prompt_show": "Show the differences in entropy and information", "code_prompt_hide": "Hide the differences in entropy and information"}
neurons = ["PSP-entropy, millibits", "PSP-entropy, layers alike", "Information, millibits"]
differences.loc[neurons].drop(index="one-shot network", level=1)

# %% tags=["hide-input"]
sharper = "it lies in a sharper minimum than the {control}, by the "
more = "it has more PSP-entropy than the {control}"
less_tied = "its neurons say less about the class than those of the {control}"
claimed = {
    "accuracy": ("it is more accurate than the {control}", "points"),
    "eigenvalue": (sharper + "largest eigenvalue", "decades"),
    "trace": (sharper + "trace", "decades"),
    "increase": ("the loss rises faster around it than around the {control}", "millinats"),
    "entropy": (more, "millibits"),
    "entropy_by_layer": (more + ", layers alike", "millibits"),
    "information": (less_tied, "millibits"),
}
for measure, (words, unit) in claimed.items():
    bound = {"below": 0} if measure == "information" else {"above": 0}
    sentence = f"{{network}}: pruned gradually, {words}."
    frame = apart.xs(measure, level="measure")
    claims.each(f"{measure}-{{network}}-{{control}}", sentence, frame, **bound, unit=unit)
accuracy = means["accuracy", "resnet32"]
fair = apart.xs("one_shot_long")["mean"]  # index: measure, network
r.glue(
    resnet32_complete=r.number(accuracy.complete, 1),
    resnet32_pruned=r.number(accuracy.pruned, 1),
    resnet32_one_shot=r.number(accuracy.one_shot, 1),
    resnet32_one_shot_long=r.number(accuracy.one_shot_long, 1),
    accuracy_lenet5=r.number(fair["accuracy", "lenet5"], 1, sign=True),
    accuracy_resnet32=r.number(fair["accuracy", "resnet32"], 1, sign=True),
    eigenvalue_lenet5=r.number(10 ** fair["eigenvalue", "lenet5"], 1),
    eigenvalue_resnet32=r.number(10 ** fair["eigenvalue", "resnet32"], 1),
    entropy_lenet5=r.number(fair["entropy", "lenet5"], 0, sign=True),
    entropy_resnet32=r.number(fair["entropy", "resnet32"], 0, sign=True),
)

# %% [markdown]
# ## How far to trust this
#
# The originals are narrow and hardly trained: ResNet-32 for eight epochs (CIFAR-10;
# {glue:text}`resnet32_complete:s` % accuracy), LeNet-5 for four (SVHN). So one-shot pruning may
# have removed weights whose size meant little, which favours gradual pruning.
#
# We worked from the abstract and the authors' [notebook](https://github.com/EIDOSlab/PSP-entropy),
# but count only neurons with a ReLU, and average over classes.
#
# We set the rules on information after 20 of 60 runs had begun, **those on trace and on means over
# layers after the results,** and all others before training.

# %% tags=["remove-cell"]
claims.expect(
    {
        "answer": {
            "holds": ["accuracy-resnet32-one_shot_long"],
            "inconclusive": [
                "accuracy-lenet5-one_shot_long",
                "entropy-resnet32-one_shot_long",
                "trace-resnet32-one_shot_long",
                "increase-resnet32-one_shot_long",
            ],
            "does not hold": [
                "eigenvalue-*-one_shot_long",
                "trace-lenet5-one_shot_long",
                "increase-lenet5-one_shot_long",
                "entropy-lenet5-one_shot_long",
            ],
        },
        "better": {"holds": ["accuracy-resnet32-*"], "inconclusive": ["accuracy-lenet5-*"]},
        "sharp": {
            "inconclusive": ["eigenvalue-resnet32-one_shot", "trace-resnet32-*", "increase-*"],
            "does not hold": [
                "eigenvalue-lenet5-*",
                "eigenvalue-resnet32-one_shot_long",
                "trace-lenet5-*",
                "increase-lenet5-one_shot_long",
            ],
            "holds": ["increase-resnet32-one_shot"],
        },
        "entropy": {
            "does not hold": [
                "entropy-lenet5-one_shot_long",
                "entropy-resnet32-*",
                "entropy_by_layer-*",
            ],
            "holds": ["entropy-lenet5-one_shot", "entropy_by_layer-resnet32-one_shot_long"],
            "inconclusive": [
                "entropy-lenet5-complete",
                "entropy-resnet32-one_shot_long",
                "entropy_by_layer-lenet5-complete",
            ],
        },
        "tie": {
            "holds": ["information-resnet32-*"],
            "inconclusive": ["information-lenet5-*", "information-resnet32-one_shot_long"],
            "does not hold": ["entropy-resnet32-complete"],
        },
    }
)

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show all claims", "code_prompt_hide": "Hide the claims"}
claims.table()
