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
# # Similarity metrics
#
# **What does each metric compute?**
#
# The CCA family correlates directions, the kernel family compares which images are close to each other, and the
# cosine compares entry by entry. {doc}`what_a_value_means` says how to read a value.
#
# All data on this page are *synthetic*: random numbers from fixed seeds.

# %% tags=["parameters"]
# Every section is given the results folder. This one needs no measured number and leaves it unread.
results = "results"

# %% tags=["remove-cell"]
import numpy as np
import pandas as pd
from numpy.linalg import norm, svd

from lib import metrics
from lib.analyses.similarity_metrics.analysis import (
    confirm,
    further_metrics,
    invariances,
    matrices,
    root,
    rotation,
    unbiased_hsic,
)
from lib.book.report.format import Table
from lib.book.report.names import METRICS, metric_titles
from lib.book.report.networks import describe
from lib.book.report.page import glue

# %% [markdown]
# ## Two small representations
#
# The metrics compare two matrices. A row is an image, a column a neuron, and row $i$ is the
# same image in both. Here are 200 images and 6 neurons. Four columns of $x$ vary much, two hardly
# at all. The columns of $y$ mix those of $x$ and add noise.

# %%
rng = np.random.default_rng(1)
x = rng.standard_normal((200, 6)) * [1, 0.8, 0.6, 0.4, 0.06, 0.03]
mixing = np.eye(6) + 0.5 * rng.standard_normal((6, 6))
y = x @ mixing + 0.3 * rng.standard_normal((200, 6))

# %% [markdown]
# ## The CCA family
#
# ### Mean CCA
#
# Which direction in $x$ agrees best with some direction in $y$? Its correlation is $\rho_1$. The
# best pair among the directions uncorrelated with these gives $\rho_2$, and so on. These are the
# canonical correlations {cite}`hotelling1936relations`. Equation 3 of the paper is their mean,
#
# $$\text{mean CCA} = \frac{1}{\tilde p} \sum_{i=1}^{\tilde p} \rho_i .$$
#
# The $\rho_i$ are the singular values of the product of two orthonormal bases {cite}`bjorck1973numerical`. Here and
# below, a value by hand stands beside that of `lib.metrics`.


# %%
x_centred = x - x.mean(0)
y_centred = y - y.mean(0)
x_basis, x_sizes, _ = svd(x_centred, full_matrices=False)
y_basis, y_sizes, _ = svd(y_centred, full_matrices=False)
rho = svd(x_basis.T @ y_basis, compute_uv=False)
print("correlations", rho.round(2))
print(confirm("mean CCA", rho.mean(), metrics.mean_cca(x, y)))

# %% [markdown]
# This book uses the plain mean. A widely used library {cite}`google2019svcca` averages only the leading correlations
# that carry 98 % of the sum, so its mean is higher.


# %%
enough = np.cumsum(rho) >= 0.98 * rho.sum()
leading = rho[: np.argmax(enough) + 1]
print(confirm("mean CCA, 98 %", leading.mean(), metrics.mean_cca(x, y, mean="sum98")))

# %% [markdown]
# ### SVCCA
#
# In mean CCA, a direction that hardly varies counts as much as the main one. In SVCCA
# {cite}`raghu2017svcca`, each side keeps only the fewest principal directions that carry 99 % of its
# variance, before mean CCA is taken.


# %%
x_share = np.cumsum(x_sizes**2) / np.sum(x_sizes**2)
y_share = np.cumsum(y_sizes**2) / np.sum(y_sizes**2)
x_kept = np.argmax(x_share >= 0.99) + 1
y_kept = np.argmax(y_share >= 0.99) + 1
rho_kept = svd(x_basis[:, :x_kept].T @ y_basis[:, :y_kept], compute_uv=False)
print(f"directions kept: {x_kept} of x, {y_kept} of y")
print(confirm("SVCCA", rho_kept.mean(), metrics.svcca(x, y)))

# %% [markdown]
# The two faint columns of $x$ are gone, and with them the low correlations. From
# {glue:text}`mean_cca:.2f` the similarity rises to {glue:text}`svcca:.2f`.
#
# ### PWCCA
#
# Instead of cutting directions off, PWCCA gives each correlation the weight of its direction in the layer
# {cite}`morcos2018insights`. Let $l_j$ be the columns of $x$ and $z_i$ its canonical vectors. Equations 4
# and 5 of the paper are
#
# $$\alpha_i = \sum_j |l_j^\mathsf{T} z_i| , \quad
# \text{PWCCA} = \frac{\sum_i \alpha_i \rho_i}{\sum_i \alpha_i} .$$


# %%
left, rho, right = svd(x_basis.T @ y_basis)
x_vectors = x_basis @ left
y_vectors = y_basis @ right.T
alpha = np.abs(x_centred.T @ x_vectors).sum(0)
print(confirm("PWCCA(x, y)", alpha @ rho / alpha.sum(), metrics.pwcca(x, y)))

alpha = np.abs(y_centred.T @ y_vectors).sum(0)
print(confirm("PWCCA(y, x)", alpha @ rho / alpha.sum(), metrics.pwcca(y, x)))

turn = rotation(6)  # a random orthogonal matrix
alpha = np.abs((x_centred @ turn).T @ x_vectors).sum(0)
print(confirm("PWCCA, x turned", alpha @ rho / alpha.sum(), metrics.pwcca(x @ turn, y)))

# %% [markdown]
# The weights come from one side only. So the order of the arguments matters, and so does a rotation of
# that side. In this book $x$ is the representation in the complete network.
#
# ## The kernel family
#
# ### CKA
#
# CKA asks whether the same pairs of images are close in both representations. The Gram matrix $K$ holds
# the inner products of all pairs of rows of $x$, $L$ those of $y$, both centred. CKA is the cosine of the
# angle between the two {cite}`kornblith2019similarity`, equation 6 of the paper:
#
# $$\text{CKA} = \frac{\langle K, L\rangle_F}{\|K\|_F\,\|L\|_F} .$$


# %%
K = x_centred @ x_centred.T
L = y_centred @ y_centred.T
cka = np.sum(K * L) / (norm(K) * norm(L))
print(confirm("CKA", cka, metrics.cka(x, y)))

# %% [markdown]
# An image is always close to itself, so the diagonals of $K$ and $L$ are large, and CKA is above 0 even for unrelated
# data. *Debiased* CKA leaves the diagonals out.
#
# ::::{dropdown} The unbiased estimate
# It replaces each product above by that of {cite:t}`song2012feature` (their equation 5). With $\tilde K$ for $K$
# without its diagonal,
#
# $$\begin{aligned}
# n(n-3) \; & \text{HSIC}_1(K, L) \\
# = {} & \operatorname{tr}\tilde K\tilde L +
# \frac{\mathbf 1^\mathsf{T}\tilde K\mathbf 1 \; \mathbf 1^\mathsf{T}\tilde L\mathbf 1}
# {(n-1)(n-2)} \\
# & - \frac{2}{n-2} \; \mathbf 1^\mathsf{T}\tilde K\tilde L\mathbf 1 .
# \end{aligned}$$
#
# `unbiased_hsic` is this formula in numpy.
# ::::


# %%
debiased = unbiased_hsic(K, L) / np.sqrt(unbiased_hsic(K, K) * unbiased_hsic(L, L))
print(confirm("CKA debiased", debiased, metrics.cka(x, y, debiased=True)))

# %% [markdown]
# Here the two hardly differ, since there are many more images than neurons. With more neurons than images
# they diverge ({doc}`what_a_value_means`).
#
# ### NBS
#
# NBS asks how much the two Gram matrices overlap, direction by direction. The normalised Bures similarity
# {cite}`tang2020similarity` is
#
# $$\text{NBS} = \frac{\operatorname{tr}\bigl((K^{1/2} L K^{1/2})^{1/2}\bigr)}
# {\sqrt{\operatorname{tr}K \, \operatorname{tr}L}} .$$
#
# With linear kernels the numerator is the sum of the singular values of $x^\mathsf{T} y$, which is
# the fast way.


# %%
fidelity = np.trace(root(root(K) @ L @ root(K)))
nbs = fidelity / np.sqrt(np.trace(K) * np.trace(L))
print(confirm("NBS", nbs, metrics.nbs(x, y)))

sizes = svd(x_centred.T @ y_centred, compute_uv=False)
fast = sizes.sum() / (norm(x_centred) * norm(y_centred))
print(confirm("NBS, fast", fast, metrics.nbs(x, y)))

# %% [markdown]
# (misprint)=
# ### The misprint in equation 7
#
# The paper's equation 7 has the outer root outside the trace:
#
# $$\frac{\sqrt{\operatorname{tr}(K^{1/2} L K^{1/2})}}{\sqrt{\operatorname{tr}K \,
# \operatorname{tr}L}} .$$
#
# But a similarity must be 1 for two identical inputs. Here some data are compared with themselves.


# %%
rows = {}
for neurons in (1, 4, 16, 64):
    data = np.random.default_rng(2).standard_normal((200, neurons))
    centred = data - data.mean(0)
    K_data = centred @ centred.T
    printed = np.sqrt(np.trace(root(K_data) @ K_data @ root(K_data))) / np.trace(K_data)
    ratio = np.trace(K_data) ** 2 / norm(K_data) ** 2
    rows[neurons] = {
        "as printed": printed,
        "correct": metrics.nbs(data, data),
        "1/√PR": ratio**-0.5,
    }
Table.of(pd.DataFrame(rows).T.rename_axis("Neurons"), digits=3)

# %% [markdown]
# The printed formula gives 1 for a single neuron only. Otherwise it depends on the number of directions:
# on identical inputs it is $1/\sqrt{\text{PR}}$, where $\text{PR} = (\operatorname{tr}K)^2 / \|K\|_F^2$
# is the *participation ratio*, the effective number of directions. The figures of the paper reach 1.0, so they
# can hardly have been computed that way.
#
# ## Entry by entry: the cosine
#
# In the output layer it matters which neuron does what, since each is a class. The cosine, equation 8 of
# the paper, compares the outputs entry by entry. Nothing is centred:
#
# $$\left|\cos\right| = \frac{\bigl|\sum_{ij} x_{ij} y_{ij}\bigr|}{\|x\|_F\,\|y\|_F} .$$


# %%
cosine = abs(np.sum(x * y)) / (norm(x) * norm(y))
print(confirm("cosine", cosine, metrics.cosine(x, y)))

# %% [markdown]
# ## One pair, many numbers
#
# All these metrics see the same $x$ and $y$:

# %%
values = pd.Series({name: metric(x, y) for name, metric in metrics.METRICS.items()})
shown = values[[*METRICS, "mean_cca_sum98", "cka_debiased"]].rename(metric_titles())
ranked = shown.sort_values(ascending=False, kind="stable")
glue(**values[["mean_cca", "svcca", "cka", "nbs"]])
Table.of(ranked.rename_axis("Metric").to_frame("Value"))

# %% [markdown]
# No value is wrong: each metric answers a question of its own, so values of two metrics must not be compared.
#
# ### Further metrics
#
# `lib.metrics` has more, which the paper does not use. Some compare shapes {cite}`williams2021generalized`,
# distances {cite}`kriegeskorte2008representational`, neighbours {cite}`huh2024platonic` or single units
# {cite}`khosla2023soft`. One predicts one side from the other by a linear regression
# {cite}`kornblith2019similarity`. For outputs there are the predictions themselves {cite}`lin1991divergence`.
#
# *Here* is their value for the same $x$ and $y$, which count as outputs where a metric is about outputs.

# %% tags=["hide-output"]
further_metrics(values)

# %% [markdown]
# ## What a metric forgives
#
# (try-metrics)=
# **A cloud of points, and a copy of it.** **Turn** the copy, or **enlarge** it: no metric minds. **Stretch** its short
# axis: CKA and NBS fall, since strong directions count more for them; SVCCA and PWCCA stay, since a linear map undoes
# it. Add **noise**, or **exchange** points: now all fall, and not to 0. With fewer **points** they stay higher: that is
# chance.
#
# ```{raw} html
# :file: _static/cloud.html
# ```
#
# A metric *forgives* a change of one matrix if its value stays the same. Each metric declares what it
# forgives, and the table is made from these declarations. Each tick (✓) is tested on random data, and
# each dash (–) has a counterexample among the tests.

# %%
invariances()

# %% [markdown]
# *x↔y*: the arguments change places. *Order*: the columns of one side are reordered. *Turn*: one
# side is multiplied by an orthogonal matrix. *Map*: by any invertible matrix. *Size*: by a positive
# number. *Shift*: a vector is added to all rows. *Dead*: one side gets constant columns.
#
# Only mean CCA and its variants forgive any invertible map of either side: for them every direction
# counts the same, however faint it is. SVCCA comes close, since it forgives any such map that leaves the
# same principal directions in place. Of these maps, CKA and NBS forgive only rotations and a common
# factor: for them a strong direction matters more than a faint one. PWCCA forgives no rotation of the side that its weights come from.
#
# CKA and NBS can also take a kernel that is multiplied by that of the gradients ({ref}`more <gradients>`). It forgives
# a new order of the channels, a rotation and a positive factor if the next layer undoes the change.
#
# (matrices)=
# ## Which metric on which matrix
#
# The outputs of a convolutional layer, for $n$ images, $c$ channels and $h \times w$ positions, can be made into a
# matrix in three ways:

# %%
shape = describe("vgg16_bn")["shape"]["conv3_1"]
matrices(shape, images=5000, layer="conv3_1 of VGG16_BN")

# %% [markdown]
# So the paper's two families differ in the formula and in the matrix. To tell which makes the difference, feature
# maps are changed in three ways. *Rotated* and *squeezed* mix the channels in the same way at every position.
# *Shuffled* reorders the positions, in the same way for all images and channels.

# %%
rng = np.random.default_rng(3)
maps = rng.standard_normal((400, 6, 8, 8))
maps = maps + np.roll(maps, 1, axis=2)  # neighbouring positions are alike
maps = maps + np.roll(maps, 1, axis=3)

squeeze = rotation(6) @ np.diag([1, 0.7, 0.4, 0.2, 0.1, 0.05])
order = np.random.default_rng(5).permutation(8 * 8)
copies = {
    "channels rotated": np.einsum("nchw,cd->ndhw", maps, rotation(6)),
    "channels squeezed": np.einsum("nchw,cd->ndhw", maps, squeeze),
    "positions shuffled": maps.reshape(400, 6, 64)[:, :, order].reshape(maps.shape),
}

# %%
columns = {}
for name, reshape in [
    ("mean_cca", "channels"),
    ("cka", "channels"),
    ("cka", "flat"),
    ("nbs", "flat"),
    ("cka", "gap"),
]:
    metric = getattr(metrics, name)
    column = {change: metric(maps, copy, reshape=reshape) for change, copy in copies.items()}
    columns[f"{METRICS[name]} {reshape}"] = column
Table.of(pd.DataFrame(columns).rename_axis("What was done"))

# %% [markdown]
# In the last line, nothing similar is left on the matrix of channels. On that of whole images (*flat*)
# the maps are the same: to reorder positions is to permute columns, which CKA and NBS forgive. A
# convolution would not forgive it. So the paper suggests CKA and NBS on the matrix of channels as well
# (section 6.3). `reshape="channels"` gives them, and {doc}`contrast` compares them on trained networks.

# %% [markdown]
# ## Exercises
#
# **1.** One column of $y$ is multiplied by 1,000. Which of mean CCA, CKA and NBS change?
#
# :::{dropdown} Answer
# CKA and NBS, for which the strong column now counts nearly alone. Mean CCA forgives it, since it is an invertible
# map. Try `metrics.cka(x, y * [1000, 1, 1, 1, 1, 1])`.
# :::
#
# **2.** Two layers have the same neurons, in another order. Which metric calls them different?
#
# :::{dropdown} Answer
# The cosine, which compares entry by entry. All others forgive a new order of the columns.
# :::
