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
# **Do the slim networks of the other pages answer for the paper's own?**
#
# The networks of the other pages are slim, so that anybody can train and prune them on two processor
# cores. The same declarations also exist at the paper's scale: its width, its recipe, its number of
# probe images. Here a part of that study stands beside the slim one.

# %% tags=["parameters"]
results = "results"
full_scale = "results/full_scale"

# %% tags=["remove-cell"]
import pandas as pd
from IPython.display import Markdown
from myst_nb import glue

from lib import claims
from lib.claims import readings
from lib.claims.engine import NOT_MEASURED
from lib.report import full_scale as scales
from lib.report import layerwise, scale
from lib.report.results import load_results
from lib.report.tables import Table

study, full = load_results(results), load_results(full_scale)
both = scales.shared(study, full)

# %% [markdown]
# At the paper's scale:

# %% tags=["remove-input"]
Markdown(scale.statement(full.provenance, *both))

# %% [markdown]
# On the other pages:

# %% tags=["remove-input"]
Markdown(scale.statement(study.provenance, *both))

# %% [markdown]
# ## Accuracy
#
# A slim network has few weights to begin with. So the same fraction leaves it with fewer.

# %% tags=["hide-input"]
scales.accuracies(study, full)

# %% [markdown]
# ## Layer by layer

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-full-scale", "caption": "Similarity of each layer of the pruned ResNet_fast with the same layer of the complete network at the paper's scale, by four metrics, mean over the pruning runs. Drawn as the figure of the slim network. The paper's Fig. 7."}}
layerwise.figure(full, "resnet_fast")

# %% [markdown]
# {numref}`fig-resnet-fast` is the same figure of the slim network. After the last iteration, in
# numbers:

# %% tags=["hide-input"]
scales.levels(study, full, "resnet_fast")

# %% [markdown]
# *Mean* is over all layers but the output. Every layer at the paper's scale:

# %% tags=["hide-input"]
print(layerwise.numbers(full, "resnet_fast"))

# %% [markdown]
# ## The same rules on both
#
# Every claim that speaks of this network alone was measured by its rule at both scales ({doc}`claims`
# says how). An interval wants three runs. Where there are fewer, there is no verdict, but the mean may
# lie where the claim wants it, on its side of the bound. By their verdicts on the other pages:

# %% tags=["hide-input"]
at_full_scale = readings.Reading("Full scale", "the networks at the paper's scale", lambda _: full)
here = claims.evaluate(study, (*claims.PAPER, *claims.OURS))
pairs = readings.again(study, here, [at_full_scale])
pairs = pairs[(pairs.declared != NOT_MEASURED) & (pairs.verdict != NOT_MEASURED)]

sides = pairs.on_its_side.map({True: "Mean on the claim's side", False: "Mean on the other side"})
moved = pd.crosstab(pairs.declared, sides)
Table.of(moved.rename_axis("On the other pages"))

# %% tags=["hide-input"]
shown = pd.DataFrame(
    {
        "Claim": pairs.claim,
        "Asked for": pairs.bound,
        "Other pages": pairs.measured + ": " + pairs.declared.map(readings.CELLS),
        "Full scale": pairs.measured_so + ": " + pairs.verdict.map(readings.CELLS),
        "At full scale": sides,
    }
)
Table.of(shown.set_index("Claim"), cards=True, nothing="No claim was measured at both scales.")

# %% [markdown]
# ## How to read it
#
# A claim that fails for a slim network, and whose mean lies on its side at the paper's scale, is likely
# to have failed for the scale. A claim that holds only for the slim network should not be told of the
# paper's.
#
# Two things differ at once: the width, and how long a network is trained. The variants on
# {doc}`claims` take them apart, in the other direction. And there is no control at the paper's scale:
# what training alone would do there, without pruning, is not known.
#
# ## What it cost

# %% tags=["remove-input"]
Markdown(scales.cost(full))

# %% [markdown]
# Runs that share a GPU wait for each other. The two of the published study shared one from beginning
# to end, so that one alone would take about half as long.

# %% tags=["remove-cell"]
glue("full_scale_pairs", len(pairs), display=False)
