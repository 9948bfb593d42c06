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
# # What a value means
#
# **What does a similarity of 0.6 mean?**
#
# That depends on the metric, the matrix, the height of chance, and how many directions carry the value. One pair of
# representations may be {glue:text}`mean_cca:.2f` alike by mean CCA, {glue:text}`cka:.2f` by CKA and
# {glue:text}`nbs:.2f` by NBS. This page tests the metrics where the answer is known; {doc}`which_metric` says what to
# take, and on {ref}`a cloud of points <try-metrics>` you can try them by hand.
#
# All data on this page are *synthetic*: random numbers from fixed seeds.

# %% tags=["parameters"]
# Every section is given the results folder. This one needs no measured number and leaves it unread.
results = "results"

# %% tags=["remove-cell"]
import numpy as np
import pandas as pd
from numpy.linalg import norm

from lib import metrics
from lib.analyses.similarity_metrics.analysis import confirm, rotation
from lib.analyses.what_a_value_means import analysis, intervals, peers
from lib.book.report.figure import PanelFigure
from lib.book.report.format import Table
from lib.book.report.networks import describe
from lib.book.report.page import glue
from lib.book.report.style import INK, OTHER_INKS

# %% [markdown]
# These are the two small representations of {doc}`similarity_metrics`:

# %%
rng = np.random.default_rng(1)
x = rng.standard_normal((200, 6)) * [1, 0.8, 0.6, 0.4, 0.06, 0.03]
y = x @ (np.eye(6) + 0.5 * rng.standard_normal((6, 6))) + 0.3 * rng.standard_normal((200, 6))
glue(mean_cca=metrics.mean_cca(x, y), cka=metrics.cka(x, y), nbs=metrics.nbs(x, y))

# %% [markdown]
# ## Known answers
#
# A metric can be checked on data whose similarity follows from theory.
#
# - **Some columns in common.** $x$ and $y$ share $k$ of $p$ independent columns. Then $k$ canonical
#   correlations are 1 and the others 0. Mean CCA, CKA and NBS should all be $k/p$.
# - **The same signal and noise.** $y = \cos\theta\, x + \sin\theta \cdot \text{noise}$. Then all
#   canonical correlations are $\cos\theta$. Mean CCA and NBS should be $\cos\theta$. CKA works with
#   squares: it should be $\cos^2\theta$.


# %%
columns_shared = np.arange(0, 17, 2)
overlaps = analysis.measure_pairs([analysis.overlapping(shared) for shared in columns_shared])
angles = np.arange(0, 91, 10)
mixtures = analysis.measure_pairs([analysis.at_angle(np.radians(angle)) for angle in angles])

# %% [markdown]
# :::{figure-title} fig-known-answers
# Where theory knows the answer, the metrics give it
# :::

# %% mystnb={"figure": {"name": "fig-known-answers", "caption": "Synthetic data of 5,000 rows and 16 columns: what theory says (lines) and what the metrics give (points). First panel: both sides share some columns. Second panel: one side is the other with noise at an angle θ."}}
figure = PanelFigure("known-answers")
axes = figure.panel("Some columns in common")
analysis.draw_points(axes, columns_shared, overlaps)
axes.plot([0, 16], [0, 1], color=INK, linewidth=0.9, label="theory")
axes.set_xlabel("columns in common, of 16")
axes.set_xticks(columns_shared[::2])

axes = figure.panel("The same signal and noise")
degrees = np.arange(91)
cosines = np.cos(np.radians(degrees))
axes.plot(degrees, cosines, color=INK, linewidth=0.9)
axes.plot(degrees, cosines**2, color=INK, linewidth=0.9, linestyle=(0, (4, 2)))
axes.text(55, 0.62, "cos θ", ha="left", color=INK)
axes.text(38, 0.42, "cos² θ", ha="right", color=INK)
analysis.draw_points(axes, angles, mixtures)
axes.set_xlabel("angle θ between signal and mixture")
axes.set_xticks([0, 30, 60, 90], ["0°", "30°", "60°", "90°"])
figure.key("mean CCA", analysis.open_circle(figure.colours))
figure

# %%
at_60 = list(angles).index(60)
glue(**{f"{name}_at_60": values[at_60] for name, values in mixtures.items()})
glue(mean_cca_unrelated=overlaps["mean_cca"][0], nbs_unrelated=overlaps["nbs"][0])

# %% [markdown]
# In the first panel the three agree on *how much* is shared. In the second they disagree on *how
# closely* the two sides match. At 60° mean CCA gives {glue:text}`mean_cca_at_60:.2f`, NBS {glue:text}`nbs_at_60:.2f` and CKA
# {glue:text}`cka_at_60:.2f`. **With noise, CKA is lower than NBS by construction**, so a gap between the
# two says nothing by itself about the networks.
#
# With nothing in common, mean CCA still gives {glue:text}`mean_cca_unrelated:.2f` and NBS
# {glue:text}`nbs_unrelated:.2f`, where 0 would be right. That is chance, and it can be much higher.
#
# (nulls)=
# ## How similar is what has nothing in common?
#
# Two unrelated representations get the *null* of the metric, and not a 0. The table has it for the shapes of VGG16_BN
# and the paper's 5,000 images, from formulas, for random data in which all directions vary alike.


# %%
images = 5000
shapes = describe("vgg16_bn")["shape"]
blocks = shapes[shapes.index.str.startswith("conv")].drop_duplicates()
blocks.index = [f"block\u00a0{number}" for number in range(1, len(blocks) + 1)]
Table.of(analysis.nulls({**blocks, "out": (10,)}, images))

# %% [markdown]
# In the first blocks each image has many more features than there are images. Then almost any two Gram matrices look
# alike, and CKA and NBS are near 1 for pure noise. The CCA family works on $nhw$ rows and few columns, and its null
# is low. But neighbouring pixels are alike, so fewer rows than $nhw$ are independent: only $n$ if all pixels of an
# image were alike. The last two columns are mean CCA at these two extremes.
#
# :::{admonition} Where the formulas come from
# :class: dropdown
#
# For $n$ rows and $p$ independent normal columns on each side, all in the limit of large sizes:
#
# - CKA tends to $1/(1 + n/p)$.
# - Mean CCA tends to $(\sin\varphi - \varphi\cos\varphi)/(\pi\alpha)$, where $\alpha = p/n$ and
#   $\cos\varphi = 1 - 2\alpha$. For small $\alpha$ that is $\frac{8}{3\pi}\sqrt\alpha$. It is the
#   mean of Wachter's law of canonical correlations {cite}`wachter1980limiting`.
# - NBS tends to $\frac{2}{\pi}\int |\operatorname{Im}\psi(u^2)|\,du$, where $\psi(t)$ is the complex
#   solution of $t\psi = (1+\psi)(1+\frac{n}{p}\psi)^2$. This is the mean singular value of a product
#   of two independent normal matrices.
# :::
#
# In real layers a few directions vary much, and the many others little. So the next table has unrelated data whose
# eigenvalues fall more steeply from row to row, with features and images in the ratio of the first block:
# {glue:text}`shuffled_rows:s` rows and {glue:text}`shuffled_columns:s` columns.

# %%
rows = 400
columns = rows * int(np.prod(blocks.iloc[0])) // images
spectrum = analysis.unrelated(rows, columns)
glue(shuffled_rows=f"{rows:,}", shuffled_columns=f"{columns:,}")
glue(cka_slow=spectrum.CKA["1/i"], nbs_slow=spectrum.NBS["1/i"])
glue(
    cka_flat_theory=analysis.cka_null(rows, columns),
    nbs_flat_theory=analysis.nbs_null(rows, columns),
)
Table.of(spectrum, digits={"PR": 0, **dict.fromkeys(spectrum.columns[1:], 3)})

# %% [markdown]
# For the first row the formulas say {glue:text}`cka_flat_theory:.3f` by CKA and {glue:text}`nbs_flat_theory:.3f` by
# NBS. *PR* is the participation ratio. As it falls, the null of CKA falls with it, and that of NBS stays high much
# longer: with eigenvalues as $1/i$, CKA gives {glue:text}`cka_slow:.2f` and NBS {glue:text}`nbs_slow:.2f`. So on such
# data an NBS of that size may be nothing but chance. Debiased CKA is 0 up to noise throughout.
#
# **The null of CKA needs no sampling.** Shuffle the images of one side in all possible ways. The
# mean of CKA over all of them is exactly
#
# $$\frac{\operatorname{tr}K \, \operatorname{tr}L}{(n-1)\,\|K\|_F\,\|L\|_F} =
# \frac{\sqrt{\text{PR}_K\,\text{PR}_L}}{n-1} .$$
#
# That is the column *exact mean* above. Here it is for $x$ and $y$, beside a thousand shuffles:


# %%
K = (x - x.mean(0)) @ (x - x.mean(0)).T
L = (y - y.mean(0)) @ (y - y.mean(0)).T
exact = np.trace(K) * np.trace(L) / (199 * norm(K) * norm(L))
null = metrics.permutation_null(x, y)
print(confirm("exact mean", exact, null.mean))
print(f"CKA of x and y: {null.value:.3f}, p {analysis.p_value_text(null.p_value)}")

# %%
shuffles = [metrics.cka(x, rng.permutation(y)) for _ in range(1000)]
drawn = [np.mean(shuffles), np.std(shuffles), np.quantile(shuffles, 0.95)]
moments = {"Exact": [null.mean, null.sd, null.threshold(0.05)], "1000 shuffles": drawn}
about = pd.Index(["mean", "standard deviation", "exceeded by 5 %"], name="CKA by chance")
Table.of(pd.DataFrame(moments, index=about), digits=4)

# %% [markdown]
# The spread and the skewness over all shuffles have closed forms as well {cite}`kaziaoual1995refined`. The tail is that
# of the Pearson type III law with the same moments {cite}`josse2008testing`, an approximation: a tiny p-value says that
# chance is no explanation, and not how improbable it is. The same holds for debiased CKA, for linear regression and for
# mean squared CCA. For all other metrics, and where a row is a position of an image, a sample of shuffles takes the
# place of the formula; {doc}`claims` says how many for each network. Whole images are shuffled, never pixels.
#
# The same shuffles serve all layers of two networks, so the highest value among the layers has a null too. Whoever
# picks the highest should compare it with that one.
#
# (interval-of-images)=
# ## How sure is a value?
#
# Other images of the same kind would have given another value. `jackknife_interval` leaves out each of 20 random
# blocks of images in turn, and takes Student's interval of the pseudo-values {cite}`busing1999delete`, which are free
# of bias that falls as $1/n$. So the interval is about the value that ever more images would give. It says nothing of
# other networks that are trained alike; intervals elsewhere in this book are about these.
#
# The table says how often an interval of 95 % covers the true value of made-up data: with a falling spectrum, with
# dead channels, and with images from ten classes. Such a share has a standard error of about one point. *None* stands
# where no interval is given, since it would cover another share. `python -m benchmarks.jackknife_coverage` tries all
# of it again.

# %% tags=["hide-output"]
intervals.coverage_table(intervals.read_coverage())

# %% [markdown]
# CKA takes 400 images, and debiased CKA 100. Other metrics have none: that of NBS and of mean CCA covered too seldom where
# there were many directions.

# %%
interval = metrics.jackknife_interval(x, y, "cka_debiased")
print(f"debiased CKA of x and y: {interval.value:.3f}, {interval.low:.3f} to {interval.high:.3f}")

# %% [markdown]
# (dead-channels)=
# ## Dead channels
#
# Pruning silences whole channels. A dead channel has no variance, so it has no direction and no correlation. A basis
# with one vector for each *column* invents directions for the dead ones, and these correlate only by accident. Here
# $x$ is rotated, then two of its columns are set to 0.

# %%
pruned = analysis.with_dead(x @ rotation(6), dead=2)
print(f"blind to the rank {analysis.blind_cca(x, pruned):.3f}")
print(f"aware of it       {metrics.mean_cca(x, pruned):.3f}")

# %% [markdown]
# Everything in the copy is also in $x$, so 1 is right. The figure shows more and more dead columns. The noise of its
# second panel stands at an angle whose cosine is {glue:text}`noise_cosine:.1f`.

# %%
dead = np.arange(0, 49, 8)
theory = {"Nothing but a rotation": 1, "A rotation and noise": 0.8}
panels = {title: analysis.dead_channels(cosine, dead) for title, cosine in theory.items()}
last = panels["Nothing but a rotation"].iloc[-1]
glue(dead=48, dead_of=64, blind=last.blind, aware=last.aware, noise_cosine=0.8)

# %% [markdown]
# :::{figure-title} fig-dead-channels
# Counted in, dead channels pull mean CCA down
# :::

# %% mystnb={"figure": {"name": "fig-dead-channels", "caption": "Synthetic data of 2,000 rows and 64 columns: mean CCA of a representation and a rotated copy in which more and more columns are dead, without noise (first panel) and with noise (second). The thin line is what theory says of the directions that are left."}}
figure = PanelFigure("dead-channels")
aware = {"color": OTHER_INKS[1], "marker": "o", "markersize": 4}
blind = {"color": OTHER_INKS[0], "marker": "s", "markersize": 4, "linestyle": "--"}
for title, values in panels.items():
    axes = figure.panel(title)
    axes.axhline(theory[title], color=INK, linewidth=0.9)
    axes.plot(values.aware, label="aware of the rank (lib.metrics)", **aware)
    axes.plot(values.blind, label="blind to the rank", **blind)
    axes.set_ylim(0, 1.05)
    axes.set_xlabel("dead columns, of 64")
    axes.set_xticks(dead[::2])
figure

# %% [markdown]
# With {glue:text}`dead` of {glue:text}`dead_of` columns dead the blind version falls to {glue:text}`blind:.2f`, where
# the aware one gives {glue:text}`aware:.2f`. So a blind CCA falls as channels die, for no other reason than their
# number. `lib.metrics` is aware of the rank. Its mean is over the directions that are left; that some are lost shows
# only in the count of dead channels, which stands beside each value.
#
# (exactness)=
# ## Can the code be trusted?
#
# `lib.metrics` computes in float64 from the second moments of the columns or the Gram matrix of the rows, which
# squares the condition number. Where a side has columns that nearly depend on each other, a second pass over the data
# restores the digits {cite}`yamamoto2015roundoff`.
#
# Other people's code gives the same numbers. Each metric was computed with all libraries that could be
# installed and define it in the same way, on two made-up, well-conditioned pairs:

# %% tags=["hide-output"]
peers.same_definition()

# %% [markdown]
# Some libraries give other numbers under the same name, since they define it otherwise; each was checked by computing
# that definition directly.

# %% tags=["hide-output"]
peers.other_definitions()

# %% [markdown]
# With dead channels, copies of columns or a large mean, several libraries fail or give wrong numbers. All
# was compared on 26 November 2026 (`benchmarks/peers.csv`).
#
# ## How long does it take?
#
# Each metric beside other code on two cores without a GPU, on the same float32 data in the same run: *Ratio* is the
# time of the alternative over ours (median, smallest and largest). A star means that the part that depends on the
# complete network alone had been computed already. Measured by 26 November 2026; `python -m benchmarks.similarity`
# measures plain code again.

# %% tags=["hide-output"]
peers.times()

# %% [markdown]
# The exact null of CKA needs no shuffle. The package calibrated-similarity {cite}`groger2026aristotelian` makes 200
# shuffles, for any similarity that it is given. The table has its processor time over that of `permutation_null`, for
# {glue:text}`null_images:s` images and {glue:text}`null_columns:s` columns (median, smallest and largest of
# {glue:text}`null_repeats:s`).

# %%
glue(**peers.null_counts())
peers.null_times()

# %% [markdown]
# Where fewer shuffles were measured than are made, the time is extrapolated to all of them. Both come to the same
# decision at 5 % in {glue:text}`null_same:s` of {glue:text}`null_decisions:s` cases of related, faintly related and
# independent data. `python -m benchmarks.nulls` measures it again.

# %%
glue(**peers.layer_times())

# %% [markdown]
# All metrics on all {glue:text}`timed_layers:s` layers of the full VGG16_BN with 5,000 images took
# {glue:text}`seconds_first:s` s on two cores for the first pair of networks and
# {glue:text}`seconds_second:s` s for each further one, measured on 22 November 2026:
# {glue:text}`times_plain:s` times as long as one product of each layer's matrix with itself in float64 and its
# eigenvalues take by plain code in the same run.

# %% [markdown]
# ## Exercises
#
# **1.** At which angle between signal and mixture does CKA fall to 0.5, and what do mean CCA and NBS give there?
#
# :::{dropdown} Answer
# At 45°, where $\cos^2\theta$ is 0.5. The other two still give $\cos 45° = 0.71$.
# :::
#
# **2.** Two layers with 10,000 features each are compared on 500 images, and CKA of whole images gives 0.95. Is that
# much?
#
# :::{dropdown} Answer
# It is what chance gives if all directions vary alike: $1/(1 + 500/10000) = 0.95$. Ask `permutation_null` for the
# null of these very layers, or take debiased CKA.
# :::
