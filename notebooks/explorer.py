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
# # The explorer
#
# **What does this metric say, in that network, at this point of the pruning?**
#
# Choose a network, a scale, a metric and a matrix, and move the slider from the first iteration to the last. A
# metric comes with the matrix on which the paper computes it; what was not measured cannot be chosen. The solid line
# is the pruned network at that iteration; the band around it is the 95 % interval over complete networks, which a
# single network does not have. The thin, pale lines are all other iterations. Controls are shown at the
# same iteration, where they were measured. *Shuffled images* are the null, after the last iteration: its
# mean in each layer, and, for *any layer*, the value that the highest of all layers exceeds by
# chance in at most one case in twenty. Point at a layer for its numbers. The address of the page keeps the choice, so a link
# leads back to it.

# %% tags=["parameters"]
results = "results"
full_scale = "results/full_scale"

# %%
from lib.book.report.page import glue, open_study

study = open_study(results)

# %% [markdown]
# ```{glue} explorer
# ```
#
# ## What is behind it
#
# A value is the mean over complete networks, each of which counts with the mean over its runs.

# %%
from lib.analyses.explorer.analysis import OWN_SCALE, PAPERS_WIDTH, line_counts, lines_of
from lib.book.report.results import results_if_any

lines = lines_of(study, OWN_SCALE) + lines_of(results_if_any(full_scale), PAPERS_WIDTH)

# %% [markdown]
# The table counts the lines to choose from, one for each metric and matrix:

# %%
from lib.book.report.tables import Table

Table.of(line_counts(lines), cards=True)

# %% [markdown]
# The chart is drawn by Vega-Altair. Its choices are parameters, and the lines are filtered by them:

# %%
from IPython.display import HTML

from lib.analyses.explorer.chart import explorer, html

glue(explorer=HTML(html(explorer(lines))))
