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
# # Which metric notices damage to your network?
#
# **Layers of the network are damaged on purpose. Which metrics notice it, and by the time it does harm?**

# %% tags=["parameters"]
a = "resnet18"
a_weights = "checkpoints/*.pt"
images = "images"
classes = ""
layers = ""
size = 224
cores = 0

# %% tags=["remove-cell"]
from IPython.display import Markdown

from lib.analyses.damage import advice, analysis, notice, subject
from lib.analyses.labels import read_labels
from lib.compare.user_networks import prepare_torch

# %%
prepare_torch(cores)
asked = subject.prepare(a, a_weights, images, layers, size)
labels = read_labels(asked.files, images, classes, every=asked.present)
subject.subject_table(asked)

# %% [markdown]
# ## What was done
#
# Consecutive versions differ by a change that does no harm. What a metric says of these changes is its
# reference. Then one layer of the last version is damaged, more and more, and compared with the same
# layer of the version before. A metric *notices* a damage if it makes the layers less similar than the
# harmless changes do, among which the change to the last version does not count. It must do so in at
# least 80 % of the layers, at this size and at all larger ones. A value that only damage makes undefined
# counts as noticed.

# %%
harmless, before = analysis.measure_harmless(asked)
damages, costs, baseline = analysis.measure_damage(asked, before, labels)
judged = notice.notice(harmless, damages, costs)

# %% [markdown]
# ## What it means
#
# Each of these sentences is fixed, and a rule chooses it. `lib/analyses/damage/advice.py` has all of
# them; the thresholds are in `notice.py` beside it.

# %%
sentences = advice.advise(judged, baseline, harmless)
Markdown("\n".join(f"- {sentence}" for sentence in sentences))

# %% [markdown]
# ## Before any damage
#
# If all images lie in folders, the folders are the classes, in alphabetical order or in that of
# `CLASSES`. Where the network is right no more often than one and the same answer would be, nothing can
# get worse: the order of the classes is probably another one, and its own answers count as right instead.

# %%
analysis.baseline_table(baseline)

# %% [markdown]
# ## The smallest damage that is noticed
#
# Sizes are shares of the directions, channels or weights; noise is in units of the weights' root mean
# square, a shift in units of the representations' length, and an outlier grows by so many times its
# size. The first row is the smallest damage that does harm. A size in brackets is noticed too late, a
# dash never. *In time* counts the kinds of damage that do harm and are noticed by then, *For nothing*
# those that do none at these sizes and are noticed all the same. *channels*: a row is a position; *flat*:
# an image with all positions; *gap*: an image with the mean over its positions.

# %%
notice.notice_table(judged)

# %% [markdown]
# The kinds of damage, and what is known of this way to ask, are on the page "Which metric for
# compression?" of the book.
