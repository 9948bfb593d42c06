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

# %% tags=["remove-cell"]
import pandas as pd
from IPython.display import Markdown, display

from lib.analyses.each_network import directions
from lib.analyses.full_scale import analysis, paper_text
from lib.book.findings import record
from lib.book.report import recipes, values
from lib.book.report.figure import LayerFigure
from lib.book.report.format import plain
from lib.book.report.page import glue, open_study
from lib.book.report.results import results_if_any
from lib.book.report.tables import Table, text_table

# %%
full = results_if_any(full_scale)
if full.experiments:
    display(Markdown("At the paper's scale:"))
    open_study(full_scale)
    display(Markdown("On the other pages:"))
study = open_study(results, *full.experiments)

# %% [markdown]
# ## What we find
#
# :::{finding}
# :expects: full-scale-near-the-text = holds
# In their lowest values they do: in {glue:text}`text_cases_near:d` of {glue:text}`text_cases:d` cases the lowest
# hidden layer of a slim network comes near the number in the paper's text.
# :::
#
# :::{finding}
# :expects: full-scale-training-vgg-svhn-full = about as close; full-scale-training-vgg-svhn-slim = further
# In what pruning adds they do not: a VGG_SVHN of the paper's scale ends about as close to its complete network
# as after training alone, while slim ones end further away.
# :::
#
# :::{finding}
# :expects: full-scale-directions-vgg-svhn-full = further; full-scale-directions-vgg-svhn-slim = further
# That is so for the channels that survive. Pruning silences {glue:text}`most_silent:s` of the channels of one layer
# at the paper's scale, and the CCA family leaves them out: if a lost direction counts as 0, pruning takes the
# network further away at both scales.
# :::
#
# :::{finding}
# :expects: full-scale-accuracy-vgg-svhn = higher
# That network also loses less accuracy by pruning than slim ones. It is a single network so far, so no interval
# says how far it can be trusted.
# :::

# %%
NOTHING = "Nothing has been measured at the paper's scale yet: `make book PROFILE=paper` runs it."
scales = {analysis.AT_FULL_SCALE: full, analysis.ON_OTHER_PAGES: study}
record(paper_text.near_the_text(study), *analysis.adds_to_training(full, study))
record(*analysis.decided_accuracy_kept(full, study))

# %% [markdown]
# ## Beside training alone
#
# Means over the hidden layers, after the last iteration, and after training for as long without pruning:

# %%
Table.of(analysis.similarity_table(scales, full), nothing=NOTHING)

# %% [markdown]
# {doc}`contrast` has the contrast between SVCCA and CKA at each width that was measured.
#
# (lost-directions)=
# ## What if a direction that is lost counts as 0?
#
# The CCA family compares as many directions as the layer with fewer of them has. A channel that pruning has silenced
# is not among them, so the mean may stay or rise while channels fall silent. The table has pruned networks minus
# those trained as long, in mean CCA as it is, and with a correlation of 0 for each lost direction of the complete
# network; means over the hidden layers, at the end.

# %%
Table.of(analysis.lost_directions(study, full), cards=True, nothing=NOTHING)

# %% [markdown]
# The layers in which channels fell silent at the paper's scale:

# %%
silent = {full.network(name): directions.silent_channels(full, name) for name in full.experiments}
table = pd.concat(silent, names=["Network"]) if silent else pd.DataFrame()
Table.of(table, cards=True, nothing=NOTHING)

# %% tags=["hide-input"]
if silent:
    most = table.loc[table["Silent, pruned"].idxmax()]
    glue(most_silent=f"{most['Silent, pruned']:.0f} of {most['Channels']:.0f}")

# %% [markdown]
# ## Beside the paper's numbers
#
# The paper shows its values for single layers in figures only. The table sets what its text says about
# them (sections 5.2, 5.3 and 7) beside our values: the hidden layer that is lowest in any iteration, and
# the lowest and the highest value of the output over the iterations, both of the mean over the runs.

# %%
Table.of(paper_text.beside_the_text(scales), cards=True)

# %%
far = paper_text.far_from_the_text(study)
glue(
    text_near=paper_text.NEAR,
    text_cases=len(far),
    text_cases_near=int((far <= paper_text.NEAR).sum()),
)
far.round(2).rename("distance of the lowest layer from the paper's number").to_frame()

# %% [markdown]
# For ResNet_fast, we read the paper's "CKA and PWCCA" as SVCCA and PWCCA, since its numbers are theirs
# ({doc}`resnet_fast`).
#
# ## Accuracy
#
# A slim network has few weights to begin with, so pruning the same fraction leaves it fewer. It was also
# trained for fewer epochs, in larger batches.

# %%
Table.of(analysis.accuracies_at_both(scales, full), nothing=NOTHING)

# %% [markdown]
# ## Layer by layer

# %% mystnb={"figure": {"name": "fig-full-scale", "caption": "Similarity of each layer of the pruned networks with the same layer of their complete networks at the paper's scale, by four metrics, mean over the pruning runs. Each line is one pruning iteration, from pale to strong. The dashed line in the pale band is the null of the last iteration, two standard deviations either side. All panels have the same vertical scale. The paper's Figs. 5 to 7."}}
iterations = [len(values.remaining(full, name)) for name in full.experiments]
figure = LayerFigure("full-scale", (), iterations=max(iterations, default=0))
for name in full.experiments:
    figure.row(full.network(name))
    for metric in ("svcca", "pwcca", "cka", "nbs"):
        analysis.draw_layers(figure, full, name, metric)
figure

# %% [markdown]
# {numref}`fig-vgg16_bn`, {numref}`fig-vgg_svhn` and {numref}`fig-resnet_fast` are the same figures of the
# slim networks. The numbers are below, for each network that was run at both scales: *first* and *last*
# iteration and *null* at the paper's scale, and *slim*, the last iteration on the other pages.

# %% tags=["hide-output"]
for name in full.experiments:
    print(full.network(name))
    numbers = analysis.layers_at_both(full, study, name)
    print(text_table(numbers, digits=3, index=True), end="\n\n")

# %% [markdown]
# ## The same rules on both
#
# A claim about one network alone is measured by its rule ({doc}`how_claims_are_decided`) at each scale at
# which the network was run. An interval needs several complete networks. Where there are too few, there
# is no verdict, but the mean may still lie on the claim's side of the bound. It may do so by very little: the
# folded table says by how much.

# %%
pairs = analysis.claims_at_both(full, study)
glue(claims_at_both_scales=len(pairs))
moved = pd.crosstab(pairs.declared, pairs.side).rename_axis("On the other pages")
Table.of(moved, nothing=NOTHING)

# %% tags=["hide-output"]
Table.of(analysis.claim_table(pairs), cards=True, nothing=NOTHING)

# %% [markdown]
# ## How to read it
#
# A claim that fails for a slim network, and whose mean lies on its side at the paper's scale, may have failed
# because of the scale. A claim that holds only for the slim network says nothing about the paper's.
#
# Both the width and the length of training differ. The variants on {doc}`claims` change them one at a
# time, in the other direction.
#
# The networks of the paper's scale were trained by the paper's recipe, but not on all of its images
# ({doc}`data` says which):

# %%
Table.of(analysis.image_table(full), nothing=NOTHING)

# %% [markdown]
# What else differs from the paper at its scale:

# %% tags=["hide-output"]
for name in full.experiments:
    display(Markdown(f"**{plain(full.network(name))}**"))
    display(recipes.deviations(full, name))

# %% [markdown]
# {doc}`what_it_takes` says what runs take at each scale.
