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
# # Is pruning compression?
#
# **Does pruning keep what a network knows in fewer weights, or does it make another network? Is the
# sparsity structure that it finds worth anything?**
#
# {cite:t}`blakeney2020pruning` compare, by SVCCA, three ways to get a sparse network: pruning by magnitude, the same
# structure with new random values, and a structure chosen at random. They conclude that the structure found by
# pruning is not important in itself. We add a random structure that keeps as many weights in each layer as
# pruning does.

# %% tags=["parameters"]
results = "results/chapters/wacv2020"

# %% tags=["remove-cell"]
from lib.analyses.readings_beside_svcca import OF_SVCCA
from lib.analyses.wacv2020 import analysis
from lib.analyses.wacv2020 import claims as paper
from lib.book import claims
from lib.book.claims import readings
from lib.book.findings import record_claims
from lib.book.report import recipes, values
from lib.book.report.figure import LayerFigure
from lib.book.report.format import Table
from lib.book.report.page import glue, open_study

# %%
study = open_study(results, *paper.SHOWN_TITLES)

# %% [markdown]
# ## What we find
#
# :::{finding}
# :expects: wacv2020-evolves-{vgg_svhn,resnet32} = holds; wacv2020-evolves-conv4 = undecided
# **Rather another network, in two of three.** With as many weights as half of the iterations leave, VGG_SVHN
# and ResNet-32 are at least halfway to an independently trained network, by SVCCA. For Conv-4 this is
# undecided.
# :::
#
# :::{finding}
# :expects: wacv2020-training-vgg_svhn = holds; wacv2020-training-resnet32 = does not hold; wacv2020-training-conv4 = undecided
# **But pruned networks have also been trained for longer.** Pruning takes only VGG_SVHN further than as much
# training without it; ResNet-32 is taken further by training alone, and for Conv-4 this is undecided.
# :::
#
# :::{finding}
# :expects: wacv2020-structure-vgg_svhn = holds; wacv2020-structure-{conv4,resnet32} = undecided
# **The structure that pruning finds** is no better than a random one in VGG_SVHN. For the other two, three complete
# networks are too few to tell.
# :::
#
# Mean SVCCA of the hidden layers with those of the complete network, at that level:

# %%
outcomes = claims.evaluate(study, paper.CLAIMS)
record_claims(outcomes)
glue(**claims.headline(outcomes))
Table.of(analysis.how_far(study))

# %%
claims.counts({"WACV 2020": outcomes})

# %% [markdown]
# ## What was done
#
# ::::{dropdown} Networks, structures, training, levels and controls
# - **Networks.** The abstract speaks of ResNet, VGG and ConvNet models, and names no data set. We take
#   Conv-4 and ResNet-32 on CIFAR-10, and VGG_SVHN on SVHN.
# - **Pruned by magnitude.** As in the main paper ({doc}`methods`).
# - **Three structures from scratch.** *The same masks* are those of pruning. *Random, as dense in each layer* keeps
#   as many weights of each layer as they do, and chooses them at random. *Random, equally dense everywhere* chooses
#   at random from all weights in one pool. All three start from the same new random values and see the images in the
#   same order, so they differ in nothing but their masks.
# - **Three ways to train them.** *Once* is the whole schedule, as for a complete network. *Rescaled* is the same with
#   the initial weights of each layer divided by the square root of its density. This gives each unit back the
#   variance that it loses with its inputs {cite}`yang2023ntk`. *As long* repeats the schedule as often as the pruned
#   network was trained, with a new optimiser each time, so each epoch has the learning rate that the pruned network
#   had in that epoch.
# - **Two levels.** Networks are compared with pruning after half of its iterations and after the last.
#   The figure shows the first level, where less accuracy should have been lost.
# - **Controls.** Complete networks of other seeds, and complete networks that repeat the schedule as often as the
#   pruned ones, without pruning ({doc}`controls`).
#
# ::::
#
# ## The figure
#
# :::{figure-title} fig-wacv2020
# :expects: wacv2020-training-vgg_svhn = holds; wacv2020-training-resnet32 = does not hold
# Pruning takes VGG_SVHN further than training alone does, but not ResNet-32
# :::

# %% mystnb={"figure": {"name": "fig-wacv2020", "caption": "SVCCA of each layer of sparse networks with the same layer of the complete network, by how they came about, where as many weights are left as after half of the pruning iterations; mean over the complete networks. What starts from new values is trained once. For comparison, one line compares complete networks of different seeds. A line is missing where it was not measured."}}
figure = LayerFigure("sparse-networks", [])
for network, name in paper.SHOWN_TITLES.items():
    for title, layers in analysis.panels(name, values.layers(study, network)).items():
        axes = figure.panel(title, order=layers)
        for way, words in analysis.ORIGINS.items():
            experiment = analysis.experiment(network, way)
            if experiment in study:
                line = analysis.at_half(study, experiment, "svcca").reindex(dict(layers))
                figure.draw(axes, line, words, **analysis.MASK_LINES[way])
figure

# %% [markdown]
# ## The numbers
#
# At the level of the figure: epochs since the initial values, weights left, test accuracy, and the metrics as means
# over the hidden layers. *End* is the accuracy after the last iteration.

# %% tags=["hide-output"]
overview = analysis.by_kind(study, analysis.numbers)
digits = {"Epochs": 0, "Left, %": 0, "Accuracy, %": 1, "End, %": 1, "Networks": 0}
Table.of(overview, digits)

# %% [markdown]
# ## What is the structure worth?
#
# If the structure matters in itself, it should train better than a random one. Folded: test accuracy, in percent, at the
# level of the figure.

# %% tags=["hide-output"]
NOTHING = "None of this was measured in this study."
Table.of(analysis.structures(study), 1, nothing=NOTHING)

# %% [markdown]
# Each row gives up one thing more. Differences in percentage points between networks of the same seeds, with 95 %
# intervals over the complete networks:

# %%
steps = analysis.given_up(study)
Table.of(steps, numeric=[*analysis.TRAINING_TITLES.values()], nothing=NOTHING)

# %% [markdown]
# *Which weights of a layer* is the question of the abstract's third finding. Rescaling can matter much for Conv-4
# alone, since the other two have batch normalisation.
#
# Does it matter where a sparse network starts? Folded: random masks that are equally dense everywhere, on new values
# and on the initial values of the complete network. A network that has learned nothing has a test loss of
# ln 10 = 2.30, and its other numbers say nothing about structure.

# %% tags=["hide-output"]
Table.of(analysis.starts(study), digits)

# %% [markdown]
# ## The claims
#
# A structure counts as better than a random one if it beats the one that is as dense in each layer. A network that
# starts sparse counts as nearly as accurate if it comes close with as many epochs as the pruned network, and with a
# mask that uses only the density of the whole network.
# {ref}`how-claims-are-decided` says how a verdict is reached.

# %%
claims.Claims("claims", outcomes)

# %% [markdown]
# ::::{dropdown} Rules that have changed
# The first rules were written before Conv-4 and ResNet-32 were trained. They named another VGG. When
# VGG_SVHN took its place, its complete and pruned networks existed already. Only
# those with its masks and with random ones were trained after that.
#
# Four rules of each network changed on 21 November 2026. The verdicts of the old rules were known then, and
# none of the new controls had been trained.
# ::::
#
# ## What the null and the control say
#
# Folded, beside each similarity: the *null*, and a complete network of another seed. *Above chance* puts the null at
# 0 and identity at 1.


# %% tags=["hide-output"]
Table.of(analysis.by_kind(study, analysis.accuracy_above_chance))

# %% [markdown]
# ## What differs, and why?
#
# Would another metric have led to the same claims? Folded: only the metric changes. Claims on accuracies are left
# out.

# %% tags=["hide-output"]
again = readings.decide_again(study, outcomes, OF_SVCCA)
readings.tally(again, OF_SVCCA)

# %% tags=["hide-output"]
readings.readings_table(again)

# %% [markdown]
# ## What we decided
#
# ::::{dropdown} Where our decisions come from
# We worked from the paper's abstract. From it come the three ways to a sparse network, the kinds of networks, SVCCA,
# and the three findings. The paper itself is open at the site of the [Computer Vision
# Foundation](https://openaccess.thecvf.com/content_WACV_2020/html/Blakeney_Is_Pruning_Compression_Investigating_Pruning_Via_Network_Layer_Similarity_WACV_2020_paper.html).
# We have taken no value from there, so what the abstract leaves open is our decision. The tables list every decision with its source. `make book CHAPTER=wacv2020 PROFILE=paper` runs the
# full scale.
# ::::
#
# ResNet-32 was trained twice for this book ({doc}`icann2020`): here its complete networks classify
# {glue:text}`resnet32_complete:.1f` % of the test images correctly, there
# {glue:text}`icann2020.ipynb::resnet32_complete:.1f` %.

# %%
glue(resnet32_complete=100 * values.accuracy(study, "resnet32")["mean"][0])

# %% [markdown]
# The recipes are on {doc}`icpram2020` (Conv-4), {doc}`icann2020` (ResNet-32) and {doc}`methods` (VGG_SVHN). The
# structures from scratch differ from these as follows, for Conv-4. First the same masks with new random values:

# %% tags=["hide-output"]
recipes.deviations(study, "conv4_masks_again")

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Show what is as at full scale", "code_prompt_hide": "Hide what is as at full scale"}
recipes.kept(study, "conv4_masks_again")

# %% [markdown]
# And random masks on the complete network's own initial values:

# %% tags=["hide-output"]
recipes.deviations(study, "conv4_random_at_init")

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Show what is as at full scale", "code_prompt_hide": "Hide what is as at full scale"}
recipes.kept(study, "conv4_random_at_init")

# %% [markdown]
# ## How to read it
#
# *Compression* would keep a line near 1, *evolution* lead to one near that of another complete network. The abstract has
# no numbers: for "substantially different" our rule asks for half of the way there, and for "reasonably good" it allows
# five points of accuracy.
#
# ## Exercises
#
# **1.** A random structure reaches the accuracy of the one that pruning found. Name two reasons for which this comparison
# could be unfair.
#
# :::{dropdown} Answer
# The random one may have had less training, and it may have other numbers of weights in each layer. So it is also
# trained as long, and drawn as dense in each layer.
# :::
#
# **2.** What is worth more in VGG_SVHN: how many weights of each layer are kept, or which ones?
#
# :::{dropdown} Answer
# How many: giving that up costs about two points, and giving up which ones costs none that could be shown.
# :::
