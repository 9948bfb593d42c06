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
# # What if training had ended?
#
# **On the other pages CIFAR-10 networks are trained for so few epochs that one more training adds several points
# of accuracy. Does the answer change for networks that have nothing left to gain?**
#
# The paper trains until convergence. Here VGG16_BN and ResNet_fast get so few images, and none of them changed,
# that twelve epochs end training: a network is right on nearly all of its images before it is pruned. The same
# networks, trained for a quarter of these epochs, stand beside them. Nothing else differs between the two.

# %% tags=["parameters"]
results = "results/chapters/converged"

# %% tags=["remove-cell"]
from lib.analyses.converged import analysis
from lib.analyses.converged.claims import CLAIMS
from lib.analyses.converged.experiments import CONVERGED, UNDERTRAINED
from lib.book import claims
from lib.book.findings import record, record_claims
from lib.book.report import recipes
from lib.book.report.figure import LayerFigure
from lib.book.report.page import open_study
from lib.book.report.tables import Table

# %%
study = open_study(results)
ended = analysis.networks_of(study, CONVERGED)
undertrained = analysis.networks_of(study, UNDERTRAINED)

# %% [markdown]
# ## What we find

# %%
outcomes = claims.evaluate(study, CLAIMS)
record_claims(outcomes)
record(*analysis.decided_beside(ended), *analysis.decided_beside(undertrained))
Table.of(analysis.verdicts(outcomes), cards=True)

# %% [markdown]
# Each verdict stands before the mean that it rests on, with its 95 % interval over three complete networks.
#
# ## Layer by layer

# %% mystnb={"figure": {"name": "fig-converged", "caption": "Similarity of each layer with the same layer of the complete network, after pruning to 1.2 % of the weights (solid), after training as long without pruning (long dashes), and between complete networks that were trained independently (dotted); means over three complete networks. Short thin dashes: the null, which shuffled images give. All panels have the same vertical scale."}}
figure = LayerFigure("converged", ())
for regime, experiments in analysis.REGIMES.items():
    for network in experiments.values():
        figure.row(f"{study.network(network)}, {regime}")
        analysis.draw(figure, study, network)
figure

# %% [markdown]
# ## Has training ended?
#
# The test accuracy of each complete network, after one more whole training, after as many as pruning takes, and
# pruned to the end:

# %%
Table.of(analysis.accuracy_of_each(study), cards=True)

# %% [markdown]
# ## Beside the controls, layer by layer
#
# In how many hidden layers pruned networks are *closer* to the complete one than a control is, in how many they are
# *further* away, and in how many *neither* is shown; the intervals hold for all layers together. *Complete networks
# of other seeds* sets the same pruned network beside its own complete one and beside others, so both
# have had the same training. First the networks that were trained to the end:

# %%
Table.of(analysis.layers_beside(ended), nothing="No control was measured in several networks.")

# %% [markdown]
# Then the undertrained ones:

# %%
Table.of(analysis.layers_beside(undertrained), nothing="No control was measured here.")

# %% [markdown]
# Means over the hidden layers at equal accuracy, and differences from the controls:

# %% tags=["hide-output"]
Table.of(analysis.means_beside(study), cards=True)

# %% [markdown]
# ## The claims
#
# The rules, in `lib/analyses/converged/claims.py`, were committed before the first of these networks was trained;
# the number of epochs was chosen by a pilot on images that were held out of the training set.

# %%
claims.Claims("claims", outcomes)

# %% [markdown]
# ## How to read it
#
# These networks see a fifth of the images of CIFAR-10, and no crops or mirror images, so they recognise fewer test
# images than those of the other pages. What they have is an end of training, which those lack.
#
# Each pruning removes as many weights as five of the paper's do at once, so that iterations 1 to 4 have as many
# weights left as iterations 5, 10, 15 and 20 elsewhere. What differs from the paper:

# %% tags=["hide-output"]
recipes.deviations(study, CONVERGED["vgg16_bn"])

# %% tags=["hide-output"]
recipes.deviations(study, CONVERGED["resnet_fast"])
