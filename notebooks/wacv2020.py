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
# **Does pruning keep what a network knows in fewer weights, or does it make another network? And is
# the sparsity structure that it finds worth anything?**
#
# {cite:t}`blakeney2020pruning` ask whether pruned networks contain the representations of the
# network they came from. They compare three ways to a sparse network by SVCCA, layer by layer:
# pruning by magnitude, the same structure with new random values, and a structure chosen at random
# before any training.

# %% tags=["parameters"]
results = "results/chapters/wacv2020"

# %% tags=["remove-cell"]
from IPython.display import Markdown
from myst_nb import glue

from lib.chapters.wacv2020 import claims as paper
from lib.claims import readings
from lib.claims import show as claims
from lib.report import recipes, scale, sparse_networks
from lib.report.results import load_results

study = load_results(results)
outcomes = claims.evaluate(study, paper.CLAIMS)

for name, number in claims.named_counts(outcomes).items():
    glue(name, number, display=False)

# %% tags=["remove-input"]
Markdown(scale.statement(study.provenance, *paper.NETWORKS))

# %% [markdown]
# ## What was done
#
# - **Networks.** A small convolutional one, a VGG and a residual one, as the abstract has them, which
#   names no images: Conv-4 and ResNet-32 on CIFAR-10, VGG_SVHN on SVHN.
# - **Pruned by magnitude.** As in the main paper: a fifth of the weights in each iteration, all
#   layers in one pool, learning-rate rewinding.
# - **The same masks, new random values.** The mask of such a run is kept, the values are not. The
#   network is then trained once, with the whole schedule.
# - **Random masks before training.** Of all initial weights a random choice stays, all layers in one
#   pool, and the network is trained once, with the whole schedule.
# - **Two levels.** Both are compared with pruning where half of its iterations are done, and in the
#   end. The figure shows the first level, where less accuracy should have gone.
# - **Control.** Complete networks of other seeds: as far away as a network can be that does the same.
#
# ## The figure

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-wacv2020", "caption": "SVCCA of each layer of sparse networks with the same layer of the complete network, by how they came about, where as many weights are left as after half of the pruning iterations; mean over the runs. Two complete networks of different seeds stand beside them."}}
sparse_networks.figure(study)

# %% [markdown]
# ## The numbers
#
# *Left* and *Accuracy* are at the level of the figure, *In the end* is the accuracy after the last
# iteration. The metrics are means over the hidden layers at the level of the figure:

# %% tags=["hide-input"]
sparse_networks.overview(study)

# %% [markdown]
# ## What is the structure worth?
#
# If the structure that pruning found matters in itself, it should train better than a random one,
# from random values in both:

# %% tags=["remove-input"]
Markdown(sparse_networks.finding(study))

# %% [markdown]
# A random choice over all layers leaves every layer equally dense. Magnitude does not. So part of a
# difference may come from how many weights each layer keeps, and not from which: the control with
# random masks of the same densities, on the page {doc}`controls`, takes that out.
#
# ## The claims
#
# The rules were written before Conv-4 and ResNet-32 were trained. They named another VGG first.
# VGG_SVHN took its place later, when its complete and its pruned networks were there from the main study;
# only those with its masks and with random ones were trained after that. {doc}`claims` tells how a
# verdict is made.

# %% tags=["remove-input"]
Markdown(claims.summary(outcomes))

# %% tags=["hide-input"]
claims.table_of_page(outcomes)

# %% [markdown]
# ## What the null and the control say
#
# Two numbers stand beside every similarity: the *null*, which is what mismatched images give, and the
# control, which is another complete network, trained from another seed. *Beyond* counts what the null gives
# as 0 and identity as 1:

# %% tags=["hide-input"]
sparse_networks.beyond_chance(study)

# %% [markdown]
# ## What differs, and why?
#
# The paper has one metric. Would another one have led it to the same claims? The networks and the
# rules stay as they are, and only the metric changes:

# %% tags=["remove-input"]
Markdown(readings.chapter_summary(study, outcomes, readings.OF_SVCCA))

# %% tags=["hide-input"]
readings.chapter_table(study, outcomes, readings.OF_SVCCA)

# %% [markdown]
# A dash: not measured. Claims on accuracies are left out, since no metric changes them.

# %% [markdown]
# ## What we decided
#
# Only the abstract is open to us, and it leaves most details open. We decide as the field would. The
# tables list every decision: *in the paper* is the value at full scale, and *source* says whether a
# paper has it or we chose it. `make book CHAPTER=wacv2020 PROFILE=paper` runs the full scale.

# %% [markdown]
# Conv-4 and its recipe are on the page {doc}`icpram2020`, ResNet-32 and its on {doc}`icann2020`, and
# VGG_SVHN and its on {doc}`methods`. What the two controls of the structure have otherwise:

# %% [markdown]
# The same masks, new random values, for Conv-4:

# %% tags=["hide-input"]
recipes.deviations(study, "conv4_masks_again")

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show what is as at full scale", "code_prompt_hide": "Hide what is as at full scale"}
recipes.kept(study, "conv4_masks_again")

# %% [markdown]
# Random masks before training, for Conv-4:

# %% tags=["hide-input"]
recipes.deviations(study, "conv4_random_at_init")

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show what is as at full scale", "code_prompt_hide": "Hide what is as at full scale"}
recipes.kept(study, "conv4_random_at_init")

# %% [markdown]
# ## How to read it
#
# *Compression* would keep the representations: a line near 1. *Evolution* would lead elsewhere: a
# line near that of another complete network. What lies halfway has kept something.
#
# "Substantially different" has no number in the abstract. Our rule asks for half of the way to an
# independently trained network. "Reasonably good" has none either: our rule allows
# five points of accuracy.
