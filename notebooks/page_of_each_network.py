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

# %% [markdown] tags=["network=vgg16_bn"]
# # VGG16_BN
#
# **Which layers of VGG16_BN does pruning change most, and do the metrics agree?**
#
# The network has thirteen convolutions in five blocks, each closed by a max-pooling layer
# ({doc}`methods`).

# %% [markdown] tags=["network=vgg_svhn"]
# # VGG_SVHN
#
# **Which layers of VGG_SVHN does pruning change most, and do the metrics agree?**
#
# The network has seven convolutions in four blocks ({doc}`methods`). The paper trains it on photographs of
# house numbers (SVHN), and the other two networks on photographs of animals and vehicles (CIFAR-10).

# %% [markdown] tags=["network=resnet_fast"]
# # ResNet_fast
#
# **Which layers of ResNet_fast does pruning change most, and do shortcuts around layers keep them
# similar?**
#
# In a residual block the input is added to the output of two convolutions, so information can pass
# unchanged, whatever happens to these convolutions ({doc}`methods`).

# %% tags=["parameters"]
results = "results/chapters/converged"
network = "vgg16_bn"

# %% tags=["remove-cell"]
from lib.analyses.converged.papers_names import open_networks
from lib.analyses.converged.studied_networks import CONVERGED_NETWORKS
from lib.analyses.each_network import analysis, beside, directions
from lib.analyses.validity.tables import DESCENT
from lib.book.claims.vocabulary import PAPER_METRICS
from lib.book.findings import record
from lib.book.report import values
from lib.book.report.figure import AS_LONG_LINE, INDEPENDENT, LayerFigure
from lib.book.report.format import Table, number, percent, text_table
from lib.book.report.names import METRICS
from lib.book.report.page import glue
from lib.book.report.style import LAST_COLOUR
from lib.table_schemas import DENSITY

# %%
shown = {network: CONVERGED_NETWORKS[network]}
study = open_networks(results, DENSITY, DESCENT, networks=shown)

# %% [markdown]
# ## What we find

# %% [markdown] tags=["network=vgg16_bn"]
# :::{finding}
# :expects: vgg16-bn-wide-depth-svcca = undecided; vgg16-bn-wide-depth-cka = below 0; vgg16_bn_wide-u-{svcca,trained_as_long} = holds; vgg16-bn-lowest-{svcca,cka} = second half; vgg16-bn-same-order = does not hold
# **By CKA the last ones.** The deeper a layer lies, the more CKA says that pruning changes it beyond what training does
# ({doc}`converged`), and it ends lowest at {glue:text}`cka_where:s`. SVCCA falls to {glue:text}`svcca_where:s` and rises
# again: this is the "U" of the paper, and it is there without pruning as well. The two put the layers in different
# orders.
# :::
#
# :::{finding}
# :expects: vgg16-bn-accuracy = as accurate; vgg16-bn-layers-trained-as-long-svcca = neither; vgg16-bn-layers-trained-as-long-cka = closer; vgg16-bn-layers-strangers-{svcca,cka} = closer
# **While pruning costs no accuracy,** with {glue:text}`weights_left:s` of the weights, no layer is shown to have moved
# further than training alone moves it. Nearly every layer is then more similar to that of its own complete network than
# to those of complete networks of other seeds, by SVCCA and by CKA.
# :::

# %% [markdown] tags=["network=vgg_svhn"]
# :::{finding}
# :expects: vgg-svhn-wide-depth-{svcca,cka} = below 0; vgg-svhn-lowest-{svcca,cka} = second half; vgg-svhn-same-order = holds
# **The last ones, and the metrics largely agree.** The deeper a layer lies, the more pruning changes it beyond what
# training does ({doc}`converged`). SVCCA ends lowest at {glue:text}`svcca_where:s` and CKA at
# {glue:text}`cka_where:s`, and both put the layers in much the same order.
# :::
#
# :::{finding}
# :expects: vgg-svhn-accuracy = as accurate; vgg-svhn-layers-trained-as-long-svcca = further; vgg-svhn-layers-trained-as-long-cka = neither; vgg-svhn-layers-strangers-{svcca,cka} = closer
# **While pruning costs no accuracy,** with {glue:text}`weights_left:s` of the weights, SVCCA already finds a few layers
# further away than training alone takes them, and CKA finds none. The layers are then more similar to those of their own
# complete network than to those of complete networks of other seeds, by both metrics.
# :::

# %% [markdown] tags=["network=resnet_fast"]
# :::{finding}
# :expects: resnet-fast-wide-depth-{svcca,cka} = below 0; resnet-fast-lowest-{svcca,cka} = second half; resnet-fast-same-order = undecided
# **The last ones.** The deeper a layer lies, the more pruning changes it beyond what training does, by SVCCA and by CKA
# ({doc}`converged`). SVCCA ends lowest at {glue:text}`svcca_where:s` and CKA at {glue:text}`cka_where:s`; three networks
# are too few to say whether the two put all layers in the same order.
# :::
#
# :::{finding}
# :expects: resnet-fast-shortcut-1-svcca = above 0; resnet-fast-shortcut-{1,2}-cka = above 0; resnet-fast-shortcut-2-svcca = below 0
# **The first shortcut keeps layers similar; about the last one the metrics disagree.** The sum of the first residual
# block stays more similar than the convolution before it, by both metrics. In the last block CKA says the same again,
# and SVCCA the opposite.
# :::
#
# :::{finding}
# :expects: resnet-fast-accuracy = lower; resnet-fast-layers-trained-as-long-svcca = closer; resnet-fast-layers-strangers-{svcca,cka} = closer; resnet-fast-layers-trained-as-long-cka = neither
# The first pruning leaves {glue:text}`weights_left:s` of the weights, and networks that are not shown to be as accurate.
# Even so, some layers are nearer to the complete network by SVCCA than training alone leaves them, and by CKA none is
# shown to differ. Nearly all are more similar to those of their own complete network than to those of other seeds.
# :::

# %% [markdown]
# ## While accuracy is kept, or first lost
#
# A network that classifies worse must differ somewhere, so the figure shows the last iteration up to which pruned
# networks are shown to be as accurate as the complete one, or else the first.

# %% [markdown] tags=["network=vgg16_bn"]
# :::{figure-title} fig-equal-vgg16_bn
# :expects: vgg16-bn-layers-trained-as-long-svcca = neither; vgg16-bn-layers-trained-as-long-cka = closer
# While accuracy is kept, no layer is shown to move further
# :::

# %% [markdown] tags=["network=vgg_svhn"]
# :::{figure-title} fig-equal-vgg_svhn
# :expects: vgg-svhn-layers-independent-{svcca,cka} = closer
# At equal accuracy, pruned networks are closer than independent ones
# :::

# %% [markdown] tags=["network=resnet_fast"]
# :::{figure-title} fig-equal-resnet_fast
# :expects: resnet-fast-layers-trained-as-long-svcca = closer
# By SVCCA, some layers are nearer than training alone leaves them
# :::

# %% mystnb={"figure": {"name": "fig-equal-{{network}}", "caption": "Similarity to the complete network at the last iteration at which pruned networks are shown to be as accurate, or else after the first pruning, mean over the complete networks and their runs. Solid: pruned networks. Long dashes: trained as long without pruning. Dotted: trained independently of each other. Short thin dashes: the null, which shuffled images give. A control that was not measured has no line."}}
level = analysis.iteration_shown(study, network)
remaining = values.remaining(study, network)
label = f"pruned, {percent(remaining[level])} of the weights left"
trained_as_long = analysis.control_at(study, network, "trained_as_long", level)
at_equal = LayerFigure(f"equal-{network}", values.layers(study, network))
for metric in analysis.DISAGREEING:
    axes = at_equal.panel(METRICS[metric])
    null = values.null(study, network, metric)
    at_equal.draw_null(axes, null, "null: images shuffled, \u00b1 2 sd")
    at_equal.draw(axes, trained_as_long[metric], "trained as long, never pruned", **AS_LONG_LINE)
    independent = values.control(study, network, "independent", metric)
    at_equal.draw(axes, independent, "trained independently", **INDEPENDENT)
    pruned = values.curves(study, network, metric).loc[level]
    at_equal.draw(axes, pruned, label, color=LAST_COLOUR, linewidth=2)
at_equal

# %%
Table.of(analysis.accuracy_table(study, network))

# %% [markdown]
# ## Layer by layer, beside the controls
#
# The table counts the hidden layers in which pruned networks are *closer* to their complete one than a control
# ({doc}`controls`) is, *further* away, or *neither*, by intervals of 95 % that hold for all layers together. *Lowest*
# and *highest* are the extreme differences. With *complete networks of other seeds*, the same pruned network stands
# beside its own complete one and beside others.

# %%
counts = beside.layer_counts(study, network, level)
Table.of(beside.shown_counts(counts), nothing="No control was measured in several networks.")

# %% [markdown]
# The means over the hidden layers, with 95 % intervals over complete networks:

# %% tags=["hide-output"]
Table.of(beside.beside_controls(study, network, level), cards=True)

# %%
record(analysis.decided_accuracy(study, network), *analysis.decided_order(study, network))
record(*beside.decided_layers(counts, network), *beside.decided_means(study, network, level))

# %% [markdown]
# ## Iteration by iteration
#
# %% [markdown] tags=["network=vgg16_bn"]
# :::{figure-title} fig-vgg16_bn
# :expects: vgg16-bn-lowest-{svcca,cka} = second half
# By SVCCA and by CKA, the least similar layer lies deep
# :::

# %% [markdown] tags=["network=vgg_svhn"]
# :::{figure-title} fig-vgg_svhn
# :expects: vgg-svhn-lowest-{svcca,cka} = second half
# By SVCCA and by CKA, the least similar layer lies deep
# :::

# %% [markdown] tags=["network=resnet_fast"]
# :::{figure-title} fig-resnet_fast
# :expects: resnet-fast-lowest-{svcca,cka} = second half
# By SVCCA and by CKA, the least similar layer lies deep
# :::

# %% mystnb={"figure": {"name": "fig-{{network}}", "caption": "Similarity of each layer of the pruned networks with the same layer of the complete one, mean over the pruning runs. Each line is one pruning iteration, from pale to strong. The dashed line in the pale band is the null of the last iteration, two standard deviations either side. The dotted line, where it was measured, compares networks that were trained independently of each other. The paper's Fig. 5 for VGG16_BN, Fig. 6 for VGG_SVHN and Fig. 7 for ResNet_fast."}}
figure = LayerFigure(f"layers-{network}", values.layers(study, network), iterations=len(remaining))
for metric in PAPER_METRICS:
    axes = figure.panel(METRICS[metric])
    lines = values.curves(study, network, metric)
    figure.draw_iterations(axes, lines, remaining)
    figure.draw_null(axes, values.null(study, network, metric))
    label = "complete networks, trained independently of each other"
    independent = values.control(study, network, "independent", metric)
    figure.draw(axes, independent, label, **INDEPENDENT)
figure

# %% [markdown] tags=["network=resnet_fast"]
# The sum of each residual block, minus the convolution just before it, after the last iteration, with intervals
# over complete networks:

# %% tags=["network=resnet_fast"]
shortcuts = analysis.shortcuts(study, network)
record(*analysis.decided_shortcuts(shortcuts, network))
Table.of(analysis.shown_shortcuts(shortcuts), nothing="There are no residual blocks.")

# %% [markdown]
# ## Which weights and channels are left?
#
# Magnitude pruning decides over all layers at once, so it empties some and spares others. A channel whose output has
# become the same for all images has no direction that could be compared, so the mean of the CCA family is over the
# directions that are *left*, and does not fall when others are lost.

# %% [markdown] tags=["network=vgg16_bn"]
# :::{finding}
# :expects: vgg16-bn-silent = above 0; vgg16-bn-u-{left,all} = above 0; vgg16-bn-u-difference = below 0
# Pruning silences up to {glue:text}`most_silent:s` channels of a layer, and training alone
# {glue:text}`silent_alone:s`. Mean CCA draws a "U" over the directions that survive, and a shallower one if a lost
# direction counts as 0.
# :::

# %% [markdown] tags=["network=vgg_svhn"]
# :::{finding}
# :expects: vgg-svhn-silent = above 0; vgg-svhn-u-{left,all} = above 0; vgg-svhn-u-difference = below 0
# Pruning silences {glue:text}`most_silent:s` channels of the last convolution, and training alone
# {glue:text}`silent_alone:s`. Mean CCA draws a faint "U" over the directions that survive, and a fainter one if a lost
# direction counts as 0.
# :::

# %% [markdown] tags=["network=resnet_fast"]
# :::{finding}
# :expects: resnet-fast-silent = above 0; resnet-fast-u-{left,all,difference} = above 0
# Training alone silences up to {glue:text}`silent_alone:s` channels of a convolution, and pruning silences more: up to
# {glue:text}`most_silent:s`.
# The "U" of mean CCA becomes deeper if a lost direction counts as 0.
# :::

# %% [markdown] tags=["network=vgg16_bn"]
# :::{figure-title} fig-survivors-vgg16_bn
# :expects: vgg16-bn-u-{left,all} = above 0
# The “U” is there with lost directions counted as 0, too
# :::

# %% [markdown] tags=["network=vgg_svhn"]
# :::{figure-title} fig-survivors-vgg_svhn
# :expects: vgg-svhn-u-{left,all} = above 0
# The “U” is there with lost directions counted as 0, too
# :::

# %% [markdown] tags=["network=resnet_fast"]
# :::{figure-title} fig-survivors-resnet_fast
# :expects: resnet-fast-u-{all,difference} = above 0
# With lost directions counted as 0, the “U” is deeper
# :::

# %% mystnb={"figure": {"name": "fig-survivors-{{network}}", "caption": "First panel: share of the weights that are left in each layer, from the first iteration (pale) to the last (strong), on a logarithmic axis. Second panel: mean CCA at the end of pruning, mean over the runs. Where a lost direction counts as 0, the mean is over all directions of the complete network."}}
weights = analysis.weights_left(study, network)
layers = values.layers(study, network)
survivors = LayerFigure(f"survivors-{network}", layers, iterations=len(weights), shared=False)
if len(weights):
    order = [pair for pair in layers if pair[0] in weights]
    axes = survivors.panel("Weights left in each layer, %", order=order)
    survivors.draw_iterations(axes, 100 * weights, remaining)
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter("{x:g}")
axes = survivors.panel("Mean CCA")
left = directions.by_network(study, network, "value").mean()
survivors.draw(axes, left, "pruned, directions that are left", color=LAST_COLOUR, linewidth=2)
lost_as_0 = directions.counting_lost(study, network).mean()
survivors.draw(axes, lost_as_0, "pruned, lost directions as 0", color=LAST_COLOUR, linestyle="-.")
alone = directions.counting_lost(study, f"{network}_trained_as_long").mean()
survivors.draw(axes, alone, "trained as long, lost directions as 0", **AS_LONG_LINE)
survivors

# %% tags=["hide-output"]
silent = directions.silent_channels(study, network)
record(directions.decided_silent(study, network), *directions.decided_u(study, network))
glue(most_silent=number(silent["Silent, pruned"].max(), 0))
glue(silent_alone=number(silent["Silent, trained as long"].max(), 0))
Table.of(silent, nothing="No channel is silent.")

# %% [markdown]
# :::{finding}
# :expects: {vgg16-bn,vgg-svhn}-converged-u-left = above 0; {vgg16-bn,vgg-svhn}-u-all = above 0; {vgg16-bn,vgg-svhn}-converged-u-all = undecided
# We thought of counting lost directions when the first networks had been run, slim ones of a few epochs. There the "U" of
# both VGGs was no longer shown once lost directions counted as 0 (revision 3c7ca415 of this page), nor is it in slim ones
# trained to the end. At the paper's width it is.
# :::
#
# ## How to read it

# %% [markdown] tags=["network=vgg16_bn"]
# The panels show the *same* networks and images, so where two differ in shape, the reason is the metric, or the matrix
# that it is given; {doc}`contrast` tells the two apart. Near the dashed line in the pale band, a metric hardly tells
# these networks from unrelated data.

# %% [markdown] tags=["network=vgg_svhn"]
# Compare each panel with the same panel of {doc}`vgg16_bn`. What only one page shows is more likely to belong to the
# network or its data than to pruning or the metric.

# %% [markdown] tags=["network=resnet_fast"]
# Look at the residual blocks: two *conv_res* layers and the *add* layer behind them. The sum contains the
# input of the block, so it can stay similar where the convolutions inside do not.

# %% [markdown]
# ## What the paper reports

# %% [markdown] tags=["network=vgg16_bn"]
# SVCCA and PWCCA draw a "U". Its bottom, a little above 0.3, lies around the third block, and the output
# layers stay above 0.9. CKA never falls below 0.75 and declines slowly towards the output. NBS combines features
# of both: it stays between 0.7 and 1.0, and its bottom lies two or three layers later than that of the "U"
# ({cite:t}`ansuini2020investigating`, sections 5.2 and 6.1).

# %% [markdown] tags=["network=vgg_svhn"]
# The four metrics agree better here than for VGG16_BN. SVCCA and PWCCA fall to two bottoms, in the
# third and in the fourth block. The hidden layers do not recover after them; only the output does.
# CKA has a bowl at the third block. NBS looks like CKA without the bowl
# ({cite:t}`ansuini2020investigating`, section 5.2).

# %% [markdown] tags=["network=resnet_fast"]
# The curves of the CCA family recall those of VGG16_BN, but recover little after the third convolution.
# They stay above 0.40, PWCCA above 0.45, and crowd together as pruning goes on, more clearly than in the
# other two networks. CKA stays at about 0.90 or higher and shows no trend. NBS goes down to 0.82, with
# its bottom at the second residual block ({cite:t}`ansuini2020investigating`, section 5.3; where its
# first sentence says CKA, the numbers after it are those of SVCCA).

# %% [markdown]
# ## The numbers

# %%
overview = analysis.lowest_layers(study, network)
Table.of(overview)

# %% [markdown]
# Means after the last iteration; *lowest* is the hidden layer that the metric finds least similar. Every layer, after
# the first and the last iteration:

# %% tags=["hide-output"]
print(text_table(analysis.layer_numbers(study, network), digits=3, index=True))

# %%
# What the sentences here, the front page and the conclusions show.
glue(svcca_where=overview.Where["SVCCA"], cka_where=overview.Where["CKA"])
glue(svcca_lowest=overview.Lowest["SVCCA"], cka_lowest=overview.Lowest["CKA"])
glue(weights_left=percent(remaining[level]), figure_at_equal_accuracy=at_equal)
glue(complete=percent(values.accuracy(study, network)["mean"][0], 0))

# %% [markdown] tags=["network=vgg16_bn"]
# ## Exercises
#
# **1.** SVCCA of the last layers is high again, and CKA keeps falling. Does one of them err?
#
# :::{dropdown} Answer
# Not necessarily. SVCCA counts all directions that it keeps alike, and CKA weighs them by their variance. Channels that
# pruning has silenced are not the reason: they are few, and counting lost directions as 0 changes little.
# :::
#
# **2.** The lowest layer has {glue:text}`svcca_lowest:.2f` by SVCCA and {glue:text}`cka_lowest:.2f` by CKA. Which of the
# two is further below what strangers have?
#
# :::{dropdown} Answer
# That of CKA: compare *Lowest* with *Independent there* in the table of the lowest layers.
# :::

# %% [markdown] tags=["network=vgg_svhn"]
# ## Exercises
#
# **1.** In the first figure, the line of independent networks lies below that of pruned ones. What would it mean if they
# met in the last convolution?
#
# :::{dropdown} Answer
# That by this metric the pruned network is there no more like its own complete network than a stranger is.
# :::
#
# **2.** In the last convolution, pruning silences {glue:text}`most_silent:s` of 256 channels. By how much does mean CCA fall
# if a lost direction counts as 0?
#
# :::{dropdown} Answer
# By as much as there are silent channels: it is multiplied by the share of those that are left, as in the folded table.
# :::

# %% [markdown] tags=["network=resnet_fast"]
# ## Exercises
#
# **1.** The two metrics name different layers as the least similar. Which one should decide which layer to look at?
#
# :::{dropdown} Answer
# Neither alone: look at both layers. What only one metric shows may be a property of the metric or of the matrix that
# it is given.
# :::
#
# **2.** In the table of the lowest layers, which metric is nearest to its null?
#
# :::{dropdown} Answer
# SVCCA: about two thirds of its value is what shuffled images give, too.
# :::
