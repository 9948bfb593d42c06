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
# In the hidden layers it does not matter which neuron does what. In the output layer it does, since each
# neuron stands for one class. So a fifth metric joins the four: the cosine of the outputs, which changes
# when neurons are permuted.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
from lib.analyses.output_layers.analysis import (
    ends,
    every_point,
    fit_decided,
    fits,
    outputs,
    same_class_table,
)
from lib.book.findings import Decided, record, record_claims
from lib.book.report.figure import PanelFigure
from lib.book.report.format import percent
from lib.book.report.names import METRICS
from lib.book.report.page import glue, open_study
from lib.book.report.style import METRIC_STYLES
from lib.book.report.tables import Table, text_table

# %%
study = open_study(results)

# %% [markdown]
# ## What we find
#
# :::{finding}
# :expects: output-layers-answers-vgg16_bn = holds; output-layers-answers-vgg_svhn = does not hold; output-layers-answers-resnet_fast = undecided
# **Mostly: to {glue:text}`same_class_low:s` to {glue:text}`same_class_high:s` of the images.** Networks
# that were trained as long without pruning differ from the complete one in their answers as well: more than
# pruned ones in VGG16_BN, less in VGG_SVHN, and about equally in ResNet_fast, where three networks show no
# difference.
# :::
#
# The table has the share of the images to which a network gives the same class as the complete one. Two
# networks that are right more often also agree more often, so read it beside their {doc}`accuracy`.

# %%
same = same_class_table(study)
pruned = same["Pruned"]
glue(same_class_low=percent(pruned.min()), same_class_high=percent(pruned.max()))
Table.of(same)

# %% [markdown]
# ## The figure

# %% mystnb={"figure": {"name": "fig-output-layers", "caption": "Similarity of the outputs (before softmax) of the pruned networks with those of the complete network, by five metrics, mean over the pruning runs. Each metric has a colour and a mark of its own. All panels have the same vertical scale. The paper's Fig. 8 shows VGG16_BN."}}
figure = PanelFigure("outputs", shared=True)
for name in study.experiments:
    axes = figure.panel(study.network(name))
    curve = outputs(study, name)
    for metric in curve.columns[curve.notna().any()]:
        axes.plot(curve[metric], markersize=4, label=METRICS[metric], **METRIC_STYLES[metric])
    axes.set_xticks(curve.index[:: max(1, -(-len(curve) // 7))])
    axes.set_xlabel("pruning iteration")
figure

# %% [markdown]
# ## The numbers
#
# After the first and after the last iteration, by the share of the weights left:

# %%
Table.of(ends(study))

# %% [markdown]
# Every point of the figure:

# %% tags=["hide-output"]
for name in study.experiments:
    print(study.network(name))
    print(text_table(every_point(study, name), digits=3), end="\n\n")

# %% [markdown]
# ## Does it depend on how well the networks fit?
#
# A network that fits every training image gives sharp answers, and when trained again it may give another
# sharp answer to an image that it is not sure of. A network that fits less well gives soft answers, and
# soft answers differ less. So networks that were trained for long may have less similar outputs at equal
# accuracy.
#
# :::{finding}
# :expects: output-layers-fit-vgg16_bn = does not hold; output-layers-fit-vgg_svhn = does not hold; output-layers-fit-resnet_fast = does not hold
# **Not here.** Beside networks half as wide, those of the study fit better, and yet their outputs are more
# similar, by CKA and by the cosine, in all three.
# :::
#
# The table gives the mean training loss of the last epoch, augmentation included, for the complete
# networks and for the sparser pruned ones, with at most 17 % of the weights. Beside it is the similarity
# of the outputs of these sparser networks.

# %%
Table.of(fits(study), {"Loss, complete": 3, "Loss, pruned": 3})

# %%
words = "the networks of the lower loss have the less similar outputs, beside networks half as wide"
for name, (measured, verdict) in fit_decided(study).items():
    about = f"{study.network(name)}: {words}"
    record(Decided(f"output-layers-fit-{name}", about, measured, verdict))

# %% [markdown]
# The networks are few, and differ in more than their loss, so this is a hint, not a proof. The paper trained VGG16_BN for 160 epochs,
# VGG_SVHN for 15 and ResNet_fast for 24; {doc}`methods` says how long the networks of this study were
# trained.
#
# ## How to read it
#
# A flat end of a line means that further pruning no longer changes the outputs, as far as that metric can
# see. When one metric is flat and another still falls, the outputs do change, in a way to which the first
# is blind. The paper's four metrics ignore rotations of the outputs, exactly or nearly. The cosine does
# not: it compares the outputs entry by entry,
#
# $$\left|\cos(A, B)\right| = \frac{\left|\sum_{ij} A_{ij} B_{ij}\right|}{\|A\|_F\,\|B\|_F},$$
#
# where a row is an image and a column a class. Nothing is centred.

# %% [markdown]
# ## The evidence
#
# Pruned networks beside those trained as long, after the last iteration. Each interval is over complete
# networks, of which there are three.

# %% tags=["hide-output"]
from lib.analyses.output_layers.claims import SAME_CLASS
from lib.book.claims.engine import evaluate
from lib.book.claims.show import table

outcomes = evaluate(study, SAME_CLASS)
record_claims(outcomes)
table(outcomes)

# %% [markdown]
# ## What the paper reports
#
# For VGG16_BN, SVCCA, PWCCA and NBS stay above 0.9. CKA and the cosine fall to about 0.8. In the last
# iterations the CKA values coincide; those of the cosine are spread over the iterations from 0.80 to 0.97.
# The paper takes this as a sign that networks of similar accuracy may still assign different probabilities
# to the classes
# ({cite:t}`ansuini2020investigating`, section 6.2).
