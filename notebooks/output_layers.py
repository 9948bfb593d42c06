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
# # Output layers
#
# **Do pruned networks give the same answers as the complete network?**
#
# In the hidden layers it does not matter which neuron does what. In the output layer it does:
# each neuron stands for one class. So a fifth metric joins the four: the cosine of the outputs,
# which does not forgive a permutation.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
from IPython.display import Markdown

from lib.report import outputs, scale
from lib.report.results import load_results

study = load_results(results)

# %% tags=["remove-input"]
Markdown(scale.statement(study.provenance))

# %% [markdown]
# ## The figure

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-output-layers", "caption": "Similarity of the outputs (before softmax) of the pruned networks with those of the complete network, by five metrics, mean over the pruning runs. All panels have the same vertical scale. The paper's Fig. 8 shows VGG16_BN."}}
outputs.figure(study)

# %% [markdown]
# ## The numbers
#
# After the first and after the last iteration, by the share of the weights left:

# %% tags=["hide-input"]
outputs.overview(study)

# %% [markdown]
# Every point of the figure:

# %% tags=["hide-input"]
for experiment in study.experiments:
    print(study.network(experiment))
    print(outputs.numbers(study, experiment), end="\n\n")

# %% [markdown]
# ## Does it hang on how well the networks fit?
#
# A network that fits every training image gives sharp answers. Trained again, it may give another
# sharp answer to an image that it is not sure of. A network that fits less well gives soft answers,
# and soft answers differ less. So networks that were trained for long may have less similar outputs,
# at equal accuracy. Here is the mean loss on the augmented training images in the last epoch, of the
# complete networks and of the sparser ones, with at most 17 % of the weights, and what the metrics
# give for these:

# %% tags=["hide-input"]
outputs.fit(study)

# %% [markdown]
# Few networks stand here, and they differ in more than their loss. So this is a hint and no proof.
# Look whether CKA and the cosine are low where the loss is low. The paper trained VGG16_BN
# for 160 epochs, VGG_SVHN for 15 and ResNet_fast for 24. The head of this page says how long the
# networks of this study were trained.
#
# ## How to read it
#
# A flat end of a line means that further pruning no longer moves the outputs, as far as that
# metric can see. When one metric is flat and another still falls, the outputs do move, in a
# direction to which the first is blind. The paper's four metrics ignore rotations of the outputs,
# exactly or nearly. The cosine does not: it compares the outputs entry by entry,
#
# $$\left|\cos(A, B)\right| = \frac{\left|\sum_{ij} A_{ij} B_{ij}\right|}{\|A\|_F\,\|B\|_F},$$
#
# where a row is an image and a column a class. Nothing is centred.
#
# ## What the paper reports
#
# For VGG16_BN, SVCCA, PWCCA and NBS stay above 0.9. CKA and the cosine fall to about 0.8. In the
# last iterations the CKA values stack on top of each other, while those of the cosine spread over
# the range from 0.80 to 0.97. So networks of similar accuracy may still distribute their confidence
# differently ({cite:t}`ansuini2020investigating`, section 6.2).
