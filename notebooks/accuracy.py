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
# # Accuracy
#
# **Does a network get worse when most of its weights are removed?**
#
# If it did, there would be little point in asking whether it still sees the world in the same
# way. So accuracy comes first.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
from IPython.display import Markdown
from myst_nb import glue

from lib.report import accuracy, scale
from lib.report.results import load_results

study = load_results(results)

# %% tags=["remove-input"]
Markdown(scale.statement(study.provenance))

# %% [markdown]
# ## The figure
#
# Each network is trained once without pruning: that is the *complete* network. Then its smallest
# weights are removed and it is trained again, over and over. Each point below is one such
# iteration. Read from left to right: fewer and fewer weights remain.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-accuracy", "caption": "Test accuracy of the pruned networks, mean over the pruning runs. The band is two standard deviations either side. The dotted line is the complete network. The horizontal axis is logarithmic. The paper's Fig. 4."}}
accuracy.figure(study)

# %% [markdown]
# ## The numbers

# %% tags=["hide-input"]
accuracy.overview(study)

# %% [markdown]
# *Best pruned* is the iteration with the highest mean. *Last pruned* is the network with the
# fewest weights. Every point of the figure:

# %% tags=["hide-input"]
for experiment in study.experiments:
    print(study.network(experiment))
    print(accuracy.numbers(study, experiment), end="\n\n")

# %% [markdown]
# ## How to read it
#
# Where the line lies above the dotted one, pruning has helped. Where the band crosses the dotted
# line, the runs do not tell the two apart. Runs that start from the same complete network differ by
# pruning alone. Runs from several differ by the network that they started from as well. The sentence
# at the top says from how many.
#
# "Weights remaining" counts the weights that may be pruned, which are those of the convolutions.
# Batch normalisation and the output layer are never pruned.
#
# ## What the paper reports
#
# On CIFAR-10 the first iterations of pruning beat the complete network. The accuracy peaks at
# about a tenth of the weights and then falls slowly, staying near that of the complete network.
# On SVHN it falls from the beginning. The paper suspects that the network there is only just
# large enough, or that the training recipe does not suit its pruned versions
# ({cite:t}`ansuini2020investigating`, section 5.1).

# %% tags=["remove-cell"]
for experiment in study.experiments:
    last = accuracy.curve(study, experiment).iloc[-1]
    percentages = {
        "complete": accuracy.complete(study, experiment),
        "last": last["mean"],
        "remaining": last.remaining,
    }
    for name, fraction in percentages.items():
        glue(f"{experiment}_{name}", float(100 * fraction), display=False)
