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
# # Tasks of growing complexity
#
# **Does the "U" come with a hard task, and does it matter how the survivors are rewound?**
#
# The main paper extends an earlier one, {cite:t}`ansuini2020similarity`, which pruned networks of a
# single family on five subsets of CIFAR-10, from easy to hard. It found the first and the last
# layers of pruned and complete networks similar, and those in the middle not. Its only metric was
# SVCCA, and its pruning rewound the surviving weights to the values that they had early in training.
# The main paper lets them keep their values, and finds that SVCCA gives comparable results.

# %% tags=["parameters"]
results = "results/chapters/icpram2020"

# %% tags=["remove-cell"]
from lib.analyses.icpram2020 import claims as paper
from lib.book.report.names import METRICS, enumerate_words
from lib.book.report.page import glue, open_study

# %% tags=["remove-input"]
study = open_study(results, *paper.SUBSETS)

# %% [markdown]
# ## What we find

# %% tags=["remove-input"]
from IPython.display import Markdown, display

from lib.book import claims
from lib.book.claims.engine import FAILS, HOLDS, UNDECIDED, VERDICTS, find

outcomes = claims.evaluate(study, (*paper.CLAIMS, *paper.REMARK))
by_key = {outcome.claim.key.removeprefix("icpram2020-"): outcome for outcome in outcomes}
glue(**claims.headline(outcomes))
SHALLOW = by_key["u-grows"].findings[0].verdict
GROWS = {
    HOLDS: '**The "U" comes with a hard task:** it is there with ten classes, and deeper than with two.',
    FAILS: '**The "U" does not come with a hard task:** with ten classes '
    + ("there is none." if SHALLOW == FAILS else "it is no deeper than with two."),
}
OPEN = '**Whether the "U" comes with a hard task remains open:** that it is deeper with ten classes than with two {}.'
PARTS = {
    "first": "The claim that SVCCA is higher in the first layer than in the middle",
    "connected": "The claim that SVCCA is higher in the output layer than in the middle",
}


def of_tasks(part):
    tasks = {task: words.removesuffix(" classes") for task, words in paper.SUBSETS.items()}
    found = {words: by_key[f"{part}-{task}"] for task, words in tasks.items()}
    return f"{PARTS[part]} {claims.in_words(found)} classes."


def said_of(key):
    return VERDICTS[by_key[key].verdict][0]


grows = by_key["u-grows"].verdict
lines = [
    f"{GROWS.get(grows, OPEN.format(said_of('u-grows')))} {of_tasks('first')} {of_tasks('connected')}",
    f"**How the survivors are rewound:** the claim that SVCCA hardly depends on the kind of rewinding "
    f"{said_of('rewinding-level')}; the claim that the curve of SVCCA over the layers keeps its shape "
    f"{said_of('rewinding-shape')}.",
    claims.summary(outcomes),
]
Markdown("\n".join(f"- {line}" for line in lines))

# %% [markdown]
# ## What was done
#
# - **Network.** Conv-4 {cite}`frankle2019lottery`: four convolutions, two hidden fully-connected
#   layers and an output layer, no batch normalisation. The abstract speaks of convolutions in the
#   middle and a fully-connected layer at the end, and names no network.
# - **Tasks.** The first two, four, six, eight and ten classes of CIFAR-10, with equally many images
#   of each, so each task contains the easier ones. We do not know which classes the paper took.
# - **Pruning.** Each iteration removes a fifth of the weights, with all layers in one pool. The
#   survivors then go back to the values that they had after the first tenth of the training, and
#   after one epoch at the earliest: this is late resetting {cite}`frankle2019stabilizing`. The schedule
#   continues from there.
# - **Comparison.** The same network on all ten classes, pruned with learning-rate rewinding.
# - **Controls.** Complete networks of other seeds, and networks that were never trained.
#
# ## The figure

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-icpram2020", "caption": "SVCCA of each layer of the pruned Conv-4 with the same layer of the complete network, for tasks of two to ten classes, mean over the pruning runs. Each line is one pruning iteration, from pale to strong. The dashed line in the pale band is the null of the last iteration, two standard deviations either side. All panels have the same vertical scale."}}
from lib.book.report import values
from lib.book.report.figure import INDEPENDENT, LayerFigure


def draw(name, panels):
    """A panel for each (title, experiment, metric), and in it a line for each iteration."""
    left = values.remaining(study, paper.HARDEST)
    figure = LayerFigure(name, values.layers(study, paper.HARDEST), iterations=len(left))
    for title, experiment, metric in panels:
        axes = figure.panel(title)
        figure.draw_iterations(axes, values.curves(study, experiment, metric), left)
        figure.draw_null(axes, values.null(study, experiment, metric))
        others = values.control(study, experiment, "independent", metric)
        label = "complete networks, trained independently of each other"
        figure.draw(axes, others, label, **INDEPENDENT)
    return figure


draw("icpram2020", [(words, task, "svcca") for task, words in paper.SUBSETS.items()])

# %% tags=["hide-input"]
import pandas as pd

from lib.book.report.tables import Table

rows = {}
for task, words in {**paper.SUBSETS, paper.RATE: "all ten, rate rewound"}.items():
    accuracy = 100 * values.accuracy(study, task)["mean"]
    runs = values.by_run(study, task, "svcca")  # after the last iteration, a column for each layer
    lowest = runs[values.hidden(study, task)].mean().idxmin()
    rows[words] = {
        "Complete, %": accuracy.iloc[0],
        "Pruned, %": accuracy.iloc[-1],
        "First": runs["conv1_1"].mean(),
        "Middle": runs[["conv1_2", "conv2_1", "conv2_2"]].min(axis=1).mean(),
        "Hidden connected": runs[["fc1", "fc2"]].mean(axis=1).mean(),
        "Output": runs["out"].mean(),
        "Lowest at": lowest,
        "Null": values.null(study, task, "svcca")["mean"][lowest],
    }
tasks = pd.DataFrame.from_dict(rows, orient="index").rename_axis("Task")
Table.of(tasks, {"Complete, %": 0, "Pruned, %": 0})

# %% [markdown]
# *Complete* and *Pruned* are test accuracies. *First* is SVCCA of the first convolution after the last
# iteration, *Middle* the lowest of the other convolutions in each network, *Hidden connected* the mean of
# the hidden fully-connected layers, and *Output* that of the output layer, which is fully connected as
# well. *Null* is what shuffled images give in the lowest layer.
#
# Were the tasks all computed in the same way?

# %% tags=["hide-input", "hide-output"]
jobs = pd.DataFrame(study.provenance["jobs"])
jobs = jobs[jobs.experiment.isin([*paper.SUBSETS, paper.RATE])]
jobs = jobs.assign(
    Task=jobs.experiment.map({**paper.SUBSETS, paper.RATE: "all ten, rate rewound"}),
    PyTorch=jobs.versions.map(lambda versions: versions["torch"]),
    Revision=jobs.revision.str[:7],
    device=jobs.device.str.replace("1 threads", "1 thread"),
)
places = jobs.groupby("Task", sort=False)[["device", "PyTorch", "Revision"]].agg(
    lambda found: ", ".join(found.unique())
)
places = places.rename(columns={"device": "Device"})
ALIKE = "Yes: all of them on the same device, with the same PyTorch, from the same code."
UNLIKE = """No: they differ in {}. Whatever compares tasks, such as the claim on the depth of the "U", compares
across this difference as well."""
apart = [head.lower() for head in ("Device", "Revision") if places[head].nunique() > 1]
apart += ["PyTorch"] * (places.PyTorch.nunique() > 1)
display(Markdown(UNLIKE.format(enumerate_words(apart)) if apart else ALIKE))
Table.of(places)

# %% [markdown]
# ## Weights or learning rate?
#
# Both ways of rewinding on all ten classes, from the same seeds:

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-rewinding", "caption": "SVCCA and CKA of each layer of Conv-4 on all ten classes, once with the weights rewound (late resetting) and once with only the learning rate rewound. Lines as in the first figure of this page; the dotted one compares complete networks that were trained independently of each other."}}
WAYS = {"weights rewound": paper.HARDEST, "learning rate rewound": paper.RATE}
draw(
    "rewinding",
    [
        (f"{METRICS[metric]}, {words}", experiment, metric)
        for metric in ("svcca", "cka")
        for words, experiment in WAYS.items()
    ],
)

# %% [markdown]
# How far apart are the two after the last iteration? The table has the means over the hidden layers,
# and the layer in which they differ most:

# %% tags=["hide-input"]
SHOWN = ("svcca", "pwcca", "cka", "nbs")


def hidden(experiment, metric, column="value"):
    """A metric in each hidden layer after the last iteration, mean over the runs."""
    last = values.curves(study, experiment, metric, column=column).iloc[-1]
    return last[values.hidden(study, experiment)]


rows = {}
for metric in SHOWN:
    lines = {words: hidden(experiment, metric) for words, experiment in WAYS.items()}
    apart = (lines["learning rate rewound"] - lines["weights rewound"]).abs()
    rows[METRICS[metric]] = {words.capitalize(): line.mean() for words, line in lines.items()} | {
        "Furthest apart at": apart.idxmax(),
        "By": apart.max(),
    }
Table.of(pd.DataFrame.from_dict(rows, orient="index").rename_axis("Metric"))

# %% [markdown]
# ## The claims
#
# {doc}`how_claims_are_decided` says how a verdict is reached.

# %% tags=["hide-input"]
claims.Claims("claims", outcomes)

# %% [markdown]
# A claim with several rules has a sign for each, and holds only if all of them do. Open a line for the
# numbers.
#
# ### Which is the fully-connected layer?
#
# The abstract finds "a high similarity" in "the fully-connected layer". Conv-4 has three. We read it as
# the output layer, for three reasons. The abstract says "the", so the authors' networks seem to end in a single
# such layer, which must then be the output. It says that the layer produces "similar performances", which are
# read off the output. And the networks of the main paper, which finds the same "U" in them, have no other.
#
# The plural in the abstract's next sentence speaks against this: "the fully-connected layers act as
# pivots". So the table has the other reading as well, with the two hidden layers. In that reading
# the "U" ends at the last hidden layer, and its depth is exactly 0 in each network whose lowest layer
# is that one:

# %% tags=["definitions", "hide-input"]
from dataclasses import replace

from lib.book.claims import vocabulary as q
from lib.book.claims.engine import Rule
from lib.book.report.style import VISIBLE

CONNECTED = q.named("the hidden fully-connected layers", "fc1", "fc2")
RULES = {
    f"icpram2020-connected-{task}": (
        Rule(
            q.mean(task, "svcca", CONNECTED) - q.lowest(task, "svcca", paper.MIDDLE), above=VISIBLE
        ),
    )
    for task in paper.SUBSETS
} | {
    "icpram2020-u-grows": (
        Rule(q.u_depth(paper.HARDEST, "svcca"), above=VISIBLE),
        Rule(
            q.u_depth(paper.HARDEST, "svcca").of("with all ten classes"),
            above=0,
            minus=q.u_depth(paper.EASIEST, "svcca").of("with two classes"),
        ),
    )
}
CLAIMS = {claim.key: claim for claim in paper.CLAIMS}
HIDDEN_READING = [replace(CLAIMS[key], rules=rules) for key, rules in RULES.items()]

# %% tags=["hide-input", "hide-output"]
declared = {outcome.claim.key: outcome for outcome in outcomes}
rows = []
for other in claims.evaluate(study, HIDDEN_READING):
    mine = declared[other.claim.key]
    both = (mine.nearest, other.nearest)
    cells = (f"{found.measured}: {found.qualified_verdict}" for found in both)
    rows.append((mine.claim.statement, *cells))
Table(("Claim", "The output layer", "The hidden fully-connected layers"), rows, cards=True)

# %% [markdown]
# Is the output similar because pruning kept something? The table has SVCCA between the output layer of
# each network and that of the complete one, on all ten classes:

# %% tags=["hide-input"]
OUTPUTS = {
    "pruned, weights rewound": paper.HARDEST,
    "pruned, learning rate rewound": paper.RATE,
    "complete, of other seeds": f"{paper.RATE}_independent",
    "never trained": f"{paper.RATE}_untrained",
}
outputs = pd.Series(
    {words: values.curves(study, name, "svcca").iloc[-1]["out"] for words, name in OUTPUTS.items()}
)
NEARER = """A pruned network's output is nearer to that of its complete network than the output of another
complete network is."""
NOT_NEARER = """By this number a pruned network's output cannot be told from that of another complete
network. Networks that learn the same labels from the same images agree in their outputs, whatever
their weights have in common. So a high value in the last layer does not show that pruning kept
anything there."""
pruned, independent = (
    q.of_layer(name, "svcca", q.OUT) for name in (paper.RATE, f"{paper.RATE}_independent")
)
pivot = find(Rule(pruned - independent, above=0), study)
display(Table.of(outputs.rename("SVCCA of the output").rename_axis("Network").to_frame()))
UNKNOWN = (
    "There are too few networks to say whether that is more than another complete network has."
)
Markdown(
    NEARER
    if pivot.verdict == HOLDS
    else NOT_NEARER
    if pivot.verdict in (FAILS, UNDECIDED)
    else UNKNOWN
)

# %% [markdown]
# This is an observation: it was made on these tables, and decides no claim.
#
# ### Rules that have changed
#
# The first rules were written before these networks were trained. Some changed on 21 November 2026,
# when their verdicts were known. The reasons for reading the one fully-connected layer as the output
# existed before, and we had overlooked them:

# %% tags=["hide-output", "hide-input"]
from lib.book.claims.changes import changed

changed(outcomes, paper.FIRST_STUDY)

# %% [markdown]
# ## What differs, and why?
#
# The paper used SVCCA alone. Here are the other metrics of the main paper, on the easiest and on the
# hardest task:

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-icpram2020-metrics", "caption": "PWCCA, CKA and NBS of each layer of the pruned Conv-4 with the complete network, on two and on ten classes. Lines as in the first figure of this page."}}
ends = [(task, paper.SUBSETS[task]) for task in (paper.EASIEST, paper.HARDEST)]
draw(
    "icpram2020-metrics",
    [
        (f"{METRICS[metric]}, {words}", task, metric)
        for metric in ("pwcca", "cka", "nbs")
        for task, words in ends
    ],
)

# %% [markdown]
# Would another metric have led to the same claims? The networks and the rules stay as they are, and
# only the metric changes:

# %% tags=["hide-output", "hide-input"]
from lib.analyses.readings import OF_SVCCA
from lib.book.claims import readings

again = readings.decide_again(study, outcomes, OF_SVCCA)
readings.tally(again, OF_SVCCA)

# %% tags=["hide-output", "hide-input"]
readings.table(again)

# %% [markdown]
# Claims on accuracies are left out, since no metric changes them.
#
# ## What the null and the controls say
#
# A similarity counts only as far as it exceeds its null, and it says something about pruning only
# beside networks that were not pruned:

# %% tags=["hide-input"]
compared = {
    "pruned, weights rewound": (paper.HARDEST, "value"),
    "pruned, learning rate rewound": (paper.RATE, "value"),
    "complete, of other seeds": (f"{paper.RATE}_independent", "value"),
    "never trained": (f"{paper.RATE}_untrained", "value"),
    "null of the pruned, weights rewound": (paper.HARDEST, "null_mean"),
}
rows = {
    words: {METRICS[metric]: hidden(experiment, metric, column).mean() for metric in SHOWN}
    for words, (experiment, column) in compared.items()
}
table = pd.DataFrame.from_dict(rows, orient="index")
Table.of(table.rename_axis("Compared with the complete network"))

# %% [markdown]
# ## What we decided
#
# We worked from the paper's abstract and from what the main paper says of it. From the abstract come
# iterative magnitude pruning, CCA, and what is found in the first, the middle and the last layers. From
# the main paper come the five subsets of CIFAR-10 and the single family of networks (section 1), the
# weights that are rewound late (3.1), and networks simpler than VGG16_BN, compared by mean SVCCA alone
# (5.2). The paper itself is open to every reader at
# [its publisher](https://doi.org/10.5220/0008960300520059). We have taken no value from there, so what
# these two leave open is our decision and may differ from what its authors did.
#
# The tables list every decision: *at full scale* is the value without any reduction of scale, and its
# source says where it comes from. `make book CHAPTER=icpram2020 PROFILE=paper` runs the full scale.

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show the layers of Conv-4", "code_prompt_hide": "Hide the layers of Conv-4"}
from lib.book.report import networks, recipes

networks.layer_table("conv4", study.settings("conv4_late_reset")["width"])

# %% [markdown]
# This is the task of all ten classes with late resetting; the other tasks differ in their classes alone:

# %% tags=["hide-output", "hide-input"]
recipes.deviations(study, "conv4_late_reset")

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show what is as at full scale", "code_prompt_hide": "Hide what is as at full scale"}
recipes.kept(study, "conv4_late_reset")

# %% [markdown]
# ## How to read it
#
# Look along the panels of the first figure. If hard tasks cause the "U", it should deepen from panel to
# panel. Fewer classes also mean fewer training images, and subsets made in this way cannot separate the
# two effects.
#
# A network for two classes needs few directions in its layers. SVCCA keeps as many as carry 99 % of
# the variance, and compares these. So the number of directions changes with the task, and with it
# what SVCCA can see.
#
# The scale is smaller than the paper's, and both the network and the recipe are our choice. So a claim
# that fails here is not refuted. {doc}`claims` says more on that.
