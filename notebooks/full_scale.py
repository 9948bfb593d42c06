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

# %% [markdown]
# At the paper's scale:

# %% tags=["remove-input"]
from lib.report.page import glue, open_study

full = open_study(full_scale)

# %% [markdown]
# On the other pages:

# %% tags=["remove-input"]
study = open_study(results, *full.experiments)

# %% [markdown]
# ## Accuracy
#
# A slim network has few weights to begin with. So the same fraction leaves it with fewer.

# %% tags=["hide-input"]
import pandas as pd

from lib.report import values
from lib.report.figure import LayerFigure
from lib.report.format import number, percent
from lib.report.names import METRICS
from lib.report.tables import Table, text_table

scales = {"other pages": study, "full scale": full}
rows = []
for name in full.experiments:
    for scale, results_there in scales.items():
        accuracy = values.accuracy(results_there, name)
        pruned = accuracy.loc[1:]
        best, last = pruned.loc[pruned["mean"].idxmax()], pruned.iloc[-1]
        rows.append(
            {
                "Network": f"{study.network(name)}, {scale}",
                "Complete": percent(accuracy["mean"][0], 1),
                "Best pruned": f"{percent(best['mean'], 1)} at {percent(best.remaining)}",
                "Last pruned": f"{percent(last['mean'], 1)} at {percent(last.remaining)}",
                "Runs": int(last.runs),
            }
        )
Table.of(pd.DataFrame(rows).set_index("Network"))

# %% [markdown]
# ## Layer by layer

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-full-scale", "caption": "Similarity of each layer of the pruned ResNet_fast with the same layer of the complete network at the paper's scale, by four metrics, mean over the pruning runs. Drawn as the figure of the slim network. The paper's Fig. 7."}}
network = "resnet_fast"
shown = ["svcca", "pwcca", "cka", "nbs"]
lines = {metric: values.curves(full, network, metric) for metric in shown}
null = {metric: values.null(full, network, metric) for metric in shown}
remaining = values.remaining(full, network)

figure = LayerFigure(f"layers-{network}", values.layers(full, network), iterations=len(remaining))
for metric in shown:
    axes = figure.panel(METRICS[metric])
    figure.draw_iterations(axes, lines[metric], remaining)
    figure.draw_null(axes, null[metric])
figure

# %% [markdown]
# {numref}`fig-resnet_fast` is the same figure of the slim network. After the last iteration, in
# numbers:

# %% tags=["hide-input"]
hidden = values.hidden(full, network)
columns = {}
for scale, results_there in scales.items():
    for metric in shown:
        last = values.curves(results_there, network, metric).iloc[-1]
        lowest = last[hidden].idxmin()
        cells = {
            f"Mean, {scale}": number(last[hidden].mean()),
            f"Lowest, {scale}": f"{number(last[lowest])} at {lowest}",
            f"Output, {scale}": number(last.iloc[-1]),
        }
        columns.setdefault(METRICS[metric], {}).update(cells)
table = pd.DataFrame(columns).T.rename_axis("Metric")
Table.of(table[[f"{what}, {scale}" for what in ("Mean", "Lowest", "Output") for scale in scales]])

# %% [markdown]
# *Mean* is over all layers but the output. Every layer at the paper's scale:

# %% tags=["hide-input"]
columns = {}
for metric in shown:
    columns[METRICS[metric], "first"] = lines[metric].iloc[0]
    columns[METRICS[metric], "last"] = lines[metric].iloc[-1]
    columns[METRICS[metric], "null"] = null[metric]["mean"]
print(text_table(pd.DataFrame(columns), digits=3, index=True))

# %% [markdown]
# ## The same rules on both
#
# Every claim that speaks of this network alone was measured by its rule at both scales ({doc}`claims`
# says how). An interval wants three runs. Where there are fewer, there is no verdict, but the mean may
# lie where the claim wants it, on its side of the bound. By their verdicts on the other pages:

# %% tags=["hide-input"]
from lib import claims
from lib.claims import readings
from lib.claims.engine import NOT_MEASURED

at_full_scale = readings.Reading("Full scale", "the networks at the paper's scale", lambda _: full)
here = claims.evaluate(study, (*claims.PAPER, *claims.OURS))
pairs = readings.again(study, here, [at_full_scale])
pairs = pairs[(pairs.declared != NOT_MEASURED) & (pairs.verdict != NOT_MEASURED)]

sides = pairs.on_its_side.map({True: "Mean on the claim's side", False: "Mean on the other side"})
moved = pd.crosstab(pairs.declared, sides)
Table.of(moved.rename_axis("On the other pages"))

# %% tags=["hide-input"]
beside = pd.DataFrame(
    {
        "Claim": pairs.claim,
        "Asked for": pairs.bound,
        "Other pages": pairs.measured + ": " + pairs.declared.map(readings.CELLS),
        "Full scale": pairs.measured_so + ": " + pairs.verdict.map(readings.CELLS),
        "At full scale": sides,
    }
)
Table.of(beside.set_index("Claim"), cards=True, nothing="No claim was measured at both scales.")

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

# %% tags=["hide-input"]
said = ["prune_seed", "analysis", "device", "seconds", "gpu_memory"]
jobs = pd.DataFrame(full.provenance["jobs"]).reindex(columns=said)
runs = jobs[jobs.prune_seed.notna() & jobs.analysis.fillna("").eq("")]
trained = full.performance[full.performance.iteration > 0]
cost = {
    "Runs": str(len(runs)),
    "On": ", ".join(sorted(set(runs.device))),
    "Minutes a run": number(runs.seconds.mean() / 60, 0),
    "Most GPU memory, GB": number(runs.gpu_memory.max() / 1024, 0),
    "Seconds an epoch": number((trained.seconds / trained.epochs).mean()),
}
Table(("What", "How much"), list(cost.items()), numeric=("How much",))

# %% [markdown]
# Runs that share a GPU wait for each other. The two of the published study shared one from beginning
# to end, so that one alone would take about half as long.

# %% tags=["remove-cell"]
glue(full_scale_pairs=len(pairs))
