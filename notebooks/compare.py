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
# # Two networks, layer by layer
#
# **How similar are A and B, where do they differ, and what follows from it?**

# %% tags=["parameters"]
a = "resnet18"
b = "resnet18"
a_weights = ""
b_weights = ""
images = "images"
classes = ""
layers = ""
size = 224
permutations = 20
cores = 0

# %% tags=["remove-cell"]
from IPython.display import Markdown, display

from lib import ROOT
from lib.analyses.compare import analysis, answers, conclusions, layer_plots
from lib.analyses.labels import read_labels
from lib.analyses.terminal import TimedSteps
from lib.book.report.format import Table
from lib.compare.images import Files
from lib.compare.user_networks import prepare_torch

# %%
prepare_torch(cores)
steps = TimedSteps()
pictures = Files(images, size)
labels = read_labels(pictures.files, images, classes)
networks = analysis.read_networks({"A": (a, a_weights), "B": (b, b_weights)}, steps)
device = analysis.device_of(networks)
analysis.networks_table(networks)

# %%
cut = f"{size} \u00d7 {size}, normalised as for torchvision's networks"
Table(["Images", "Number", "Cut to"], [(images, f"{len(pictures):,}", cut)], cards=True)

# %%
tables = analysis.compare_layers(networks, images, layers, size, permutations, device, steps)
given = answers.read_answers(networks, pictures, labels, device, steps)
calls = analysis.trace_network(networks["B"], pictures, device)

# %% [markdown]
# ## What it means, and what to do
#
# Each of these sentences is fixed, and a rule chooses it. `lib/analyses/compare/conclusions.py` has all
# of them, with their thresholds.

# %%
sentences = conclusions.conclude(networks, given, tables, calls)
Markdown("\n".join(f"- {sentence}" for sentence in sentences))

# %% [markdown]
# ## The answers
#
# If all images lie in folders, the folders are the classes, in alphabetical order or in that of
# `CLASSES`. Where the networks have as many outputs as there are classes, this shows which answers are
# right. Where neither network is right more often than one and the same answer would be, the order of
# the classes is probably another one, and nothing is concluded from it.

# %%
answers.answers_table(given)

# %% [markdown]
# ## Each layer with its counterpart
#
# A metric gives 1 to representations that are equal up to what it ignores. The null is what it gives
# when the images of B are shuffled, so that nothing is left to compare. A value means something only as
# far as it exceeds its null. Layers have counterparts if most modules of A and B have the same names.

# %%
nothing = layer_plots.why_no_counterparts(tables, named=";" in layers)
layer_plots.counterparts_figure(tables) or Markdown(nothing)

# %% [markdown]
# In brackets stand the ends of the interval (95 %): where the value would be with other images of the
# same kind, and ever more of them. It says nothing of how networks differ that are trained alike. There is
# none where it would not hold, above all with fewer than 400 images, or too few for so many directions.

# %%
analysis.values_table(tables) if tables.counterparts else None

# %% [markdown]
# ## All pairs of layers, by CKA
#
# Layers of A run from top to bottom, those of B from left to right. Where layers are most similar to
# their counterparts, the diagonal is the brightest. In a bright block, layers mostly pass on what they
# receive.

# %%
layer_plots.pairs_figure(tables)

# %% [markdown]
# ## Channels and directions
#
# A channel is dead if it has the same output for all images. The rank is the number of directions in
# which the activations vary. Without counterparts, each position of a channel counts separately.

# %%
for table in analysis.sizes_tables(tables):
    display(table)

# %% [markdown]
# ## How it was computed

# %%
display(analysis.times_table(steps, device))
print(analysis.chosen_layers(tables))

# %% [markdown]
# ## How to cite

# %%
print((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
