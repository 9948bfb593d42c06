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
# The CCA family correlates directions, the kernel family compares which images are close to each other,
# and the cosine compares entry by entry. What a value *means*, and how high it is for data that have
# nothing in common, is the subject of {doc}`what_a_value_means`.
#
# :::{note}
# All data on this page are *synthetic*: random numbers from fixed seeds. No network was trained for
# it. The line at the head of the page is about the measured numbers in the other chapters.
# :::

# %% tags=["parameters"]
# Every section is given the results folder. This one needs no measured number and leaves it unread.
results = "results"

# %% [markdown]
# ## Two small representations
#
# The metrics compare two matrices. A row is an image, a column a neuron, and row $i$ is the
# same image in both. Here are 200 images and 6 neurons. Four columns of $x$ vary much, two hardly
# at all. The columns of $y$ mix those of $x$ and add noise.

# %%
import numpy as np
from numpy.linalg import eigh, norm, qr, svd

from lib import metrics

rng = np.random.default_rng(1)
n, p = 200, 6
x = rng.standard_normal((n, p)) * [1, 0.8, 0.6, 0.4, 0.06, 0.03]
mixing = np.eye(p) + 0.5 * rng.standard_normal((p, p))
y = x @ mixing + 0.3 * rng.standard_normal((n, p))

# %% [markdown]
# So $y$ knows most of what $x$ knows.
#
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
# No search is needed. Take an orthonormal basis of each side. The singular values of the product
# of the two bases are the $\rho_i$ {cite}`bjorck1973numerical`.
#
# `confirm` shows a value by hand beside that of `lib.metrics`, and stops the page where they differ
# by more than $10^{-10}$.


# %%
def confirm(name, by_hand, by_library):
    assert abs(by_hand - by_library) <= 1e-10, name
    return f"{name:<15} by hand {by_hand:.3f}  library {by_library:.3f}"


def centred(a):
    return a - a.mean(0)


def basis(a):
    left, sizes, _ = svd(centred(a), full_matrices=False)
    return left[:, sizes > 1e-9 * sizes[0]]  # no variance, no direction


def correlations(basis_x, basis_y):
    return svd(basis_x.T @ basis_y, compute_uv=False)


def mean_cca(x, y):
    return correlations(basis(x), basis(y)).mean()


print(
    f"correlations {correlations(basis(x), basis(y)).round(2)}",
    confirm("mean CCA", mean_cca(x, y), metrics.mean_cca(x, y)),
    sep="\n",
)

# %% [markdown]
# "Mean CCA" is not one number. A widely used library {cite}`google2019svcca` drops the smallest
# correlations: it averages the leading ones that carry 98 % of the sum. What is dropped is low, so
# the mean rises.


# %%
def mean_98(rho):
    enough = np.cumsum(rho) >= 0.98 * rho.sum()
    return rho[: np.argmax(enough) + 1].mean()


def mean_cca_98(x, y):
    return mean_98(correlations(basis(x), basis(y)))


library = metrics.mean_cca(x, y, mean="sum98")
print(confirm("mean CCA, 98 %", mean_cca_98(x, y), library))

# %% [markdown]
# This book uses the plain mean.
#
# ### SVCCA
#
# In mean CCA, a direction that hardly varies counts as much as the main one. In SVCCA
# {cite}`raghu2017svcca`, each side keeps only the fewest principal directions that carry 99 % of its
# variance, before mean CCA is taken.


# %%
def principal(a, share=0.99):
    left, sizes, _ = svd(centred(a), full_matrices=False)
    kept = np.cumsum(sizes**2) / np.sum(sizes**2)
    return left[:, : np.argmax(kept >= share) + 1]


def svcca(x, y):
    return correlations(principal(x), principal(y)).mean()


kept_x, kept_y = principal(x).shape[1], principal(y).shape[1]
print(
    f"directions kept: {kept_x} of x, {kept_y} of y",
    confirm("SVCCA", svcca(x, y), metrics.svcca(x, y)),
    sep="\n",
)

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
def pwcca(x, y):  # x has no more columns than y; else they change places
    basis_x, basis_y = basis(x), basis(y)
    left, rho, _ = svd(basis_x.T @ basis_y, full_matrices=False)
    alpha = np.abs(centred(x).T @ (basis_x @ left)).sum(0)
    return alpha @ rho / alpha.sum()


def rotation(columns):  # a random orthogonal matrix
    return qr(np.random.default_rng(2).standard_normal((columns, columns)))[0]


turned = x @ rotation(p)
print(
    confirm("PWCCA(x, y)", pwcca(x, y), metrics.pwcca(x, y)),
    confirm("PWCCA(y, x)", pwcca(y, x), metrics.pwcca(y, x)),
    confirm("PWCCA, x turned", pwcca(turned, y), metrics.pwcca(turned, y)),
    sep="\n",
)

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
def gram(a):
    return centred(a) @ centred(a).T


def cka(x, y):
    k, m = gram(x), gram(y)
    return np.sum(k * m) / (norm(k) * norm(m))


print(confirm("CKA", cka(x, y), metrics.cka(x, y)))

# %% [markdown]
# An image is always close to itself. The diagonals of $K$ and $L$ are therefore large for any data,
# and CKA is above 0 even for unrelated data. *Debiased* CKA leaves the diagonals out. It replaces
# each product above by the unbiased estimate of {cite:t}`song2012feature` (their equation 5). With $\tilde K$ for
# $K$ without its diagonal,
#
# $$\begin{aligned}
# n(n-3) \; & \text{HSIC}_1(K, L) \\
# = {} & \operatorname{tr}\tilde K\tilde L +
# \frac{\mathbf 1^\mathsf{T}\tilde K\mathbf 1 \; \mathbf 1^\mathsf{T}\tilde L\mathbf 1}
# {(n-1)(n-2)} \\
# & - \frac{2}{n-2} \; \mathbf 1^\mathsf{T}\tilde K\tilde L\mathbf 1 .
# \end{aligned}$$


# %% tags=["hide-input"]
def hsic(k, m):
    n = len(k)
    a, b = k - np.diag(np.diag(k)), m - np.diag(np.diag(m))
    sums = a.sum() * b.sum() / ((n - 1) * (n - 2))
    paths = 2 / (n - 2) * a.sum(0) @ b.sum(0)
    return (np.sum(a * b) + sums - paths) / (n * (n - 3))


def cka_debiased(x, y):
    k, m = gram(x), gram(y)
    return hsic(k, m) / np.sqrt(hsic(k, k) * hsic(m, m))


library = metrics.cka(x, y, debiased=True)
print(confirm("CKA debiased", cka_debiased(x, y), library))

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


# %% tags=["hide-input"]
def root(k):
    values, vectors = eigh(k)
    # The root of what should be 0 is far from 0.
    values[values < 1e-12 * values[-1]] = 0
    return vectors * np.sqrt(values) @ vectors.T


def nbs(x, y):
    k, m = gram(x), gram(y)
    fidelity = np.trace(root(root(k) @ m @ root(k)))
    return fidelity / np.sqrt(np.trace(k) * np.trace(m))


def nbs_fast(x, y):
    x, y = centred(x), centred(y)
    sizes = svd(x.T @ y, compute_uv=False)
    return sizes.sum() / (norm(x) * norm(y))


print(
    confirm("NBS", nbs(x, y), metrics.nbs(x, y)),
    confirm("NBS, fast", nbs_fast(x, y), metrics.nbs(x, y)),
    sep="\n",
)

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


# %% tags=["hide-input"]
def nbs_as_printed(x, y):
    k, m = gram(x), gram(y)
    printed = np.sqrt(np.trace(root(k) @ m @ root(k)))
    return printed / np.sqrt(np.trace(k) * np.trace(m))


lines = ["neurons   as printed   correct   1/√PR"]
for neurons in (1, 4, 16, 64):
    data = np.random.default_rng(2).standard_normal((n, neurons))
    ratio = np.trace(gram(data)) ** 2 / norm(gram(data)) ** 2
    printed, correct = nbs_as_printed(data, data), nbs(data, data)
    lines.append(f"{neurons:7} {printed:12.3f} {correct:9.3f} {ratio**-0.5:7.3f}")
print("\n".join(lines))

# %% [markdown]
# The printed formula gives 1 for a single neuron only. Otherwise it depends on the number of directions:
# on identical inputs it is $1/\sqrt{\text{PR}}$, where $\text{PR} = (\operatorname{tr}K)^2 / \|K\|_F^2$
# is the *participation ratio*, the effective number of directions. In fact
# $\operatorname{tr}(K^{1/2} L K^{1/2}) = \langle K, L\rangle_F$, so what is printed is the root of CKA in
# another normalisation. The figures of the paper reach 1.0, so they can hardly have been computed that
# way. This book uses the correct formula.
#
# ## Entry by entry: the cosine
#
# In the output layer it matters which neuron does what, since each is a class. The cosine, equation 8 of
# the paper, compares the outputs entry by entry. Nothing is centred:
#
# $$\left|\cos\right| = \frac{\bigl|\sum_{ij} x_{ij} y_{ij}\bigr|}{\|x\|_F\,\|y\|_F} .$$


# %%
def cosine(x, y):
    return abs(np.sum(x * y)) / (norm(x) * norm(y))


print(confirm("cosine", cosine(x, y), metrics.cosine(x, y)))

# %% [markdown]
# ## One pair, many numbers
#
# All these metrics see the same $x$ and $y$:

# %% tags=["hide-input"]
import pandas as pd

from lib.book.report.names import METRICS, metric_titles
from lib.book.report.tables import Table

TITLES = metric_titles()

values = pd.Series({name: metric(x, y) for name, metric in metrics.METRICS.items()})
shown = [*METRICS, "mean_cca_sum98", "cka_debiased"]
ranked = values[shown].sort_values(ascending=False, kind="stable").rename(TITLES)
Table.of(ranked.rename_axis("Metric").to_frame("Value"))

# %% tags=["remove-cell"]
from lib.book.report.page import glue

glue(**values[["mean_cca", "svcca", "cka", "nbs"]])

# %% [markdown]
# No value is wrong: each metric answers a question of its own. So a value of one metric must not be
# compared with a value of another.
#
# ### Further metrics
#
# `lib.metrics` has more, which the paper does not use: shapes {cite}`williams2021generalized`, regression
# {cite}`kornblith2019similarity`, distances {cite}`kriegeskorte2008representational`, neighbours; and for
# outputs the predictions themselves {cite}`lin1991divergence`. *Here* is their value for the same $x$ and
# $y$, which count as outputs where a metric is about outputs.

# %% tags=["hide-input", "hide-output"]
further = [(m.name, m.about, m.source) for m in metrics.METRICS.values() if m.about]
frame = pd.DataFrame(further, columns=["Metric", "What it measures", "Source"])
frame["Here"] = frame["Metric"].map(values)
frame["Metric"] = frame["Metric"].map(TITLES)
Table.of(frame.set_index("Metric"), cards=True)

# %% [markdown]
# ## What a metric forgives
#
# A metric *forgives* a change of one matrix if its value stays the same. Each metric declares what it
# forgives, and the table is made from these declarations. Each tick (✓) is tested on random data, and
# each dash (–) has a counterexample among the tests.

# %% tags=["hide-input"]
changes = {
    "symmetric": "x↔y",
    "permutation": "order",
    "orthogonal": "turn",
    "invertible": "map",
    "scale": "size",
    "translation": "shift",
    "dead_columns": "dead",
}
declared = pd.DataFrame(
    {name: vars(metric.invariances) for name, metric in metrics.METRICS.items()}
)
ticks = declared.T.replace({True: "✓", False: "–"}).rename(index=TITLES, columns=changes)
Table.of(ticks.rename_axis("Metric"))

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
# CKA and NBS can also take a kernel that is multiplied by that of the gradients ({doc}`gradients`). It forgives
# a new order of the channels, a rotation and a positive factor if the next layer undoes the change.
#
# (matrices)=
# ## Which metric on which matrix
#
# The outputs of a convolutional layer are not a matrix: there are $n$ images, $c$ channels and
# $h \times w$ positions. They can be made into one in three ways, named as in the code:

# %% tags=["hide-input"]
from lib.book.report.networks import describe

images, shapes = 5000, dict(describe("vgg16_bn")["shape"])
channels, height, width = shapes["conv3_1"]
matrices = {
    "channels": ("n·h·w × c", images * height * width, channels, "a position of an image"),
    "flat": ("n × c·h·w", images, channels * height * width, "an image with all its positions"),
    "gap": ("n × c", images, channels, "an image, averaged over its positions"),
}
rows = []
for reshape, (form, observations, columns, one) in matrices.items():
    # metrics of outputs have no choice
    default = [m for m in metrics.METRICS.values() if m.reshape == reshape and len(m.reshapes) > 1]
    users = ", ".join(metric.title for metric in default) or "none; on request"
    rows.append((reshape, form, f"{observations:,} × {columns:,}", one, users))
header = ["Matrix", "Size", "conv3_1 of VGG16_BN", "An observation is", "Default of"]
Table(header, rows, cards=True)

# %% [markdown]
# So the paper's two families differ in two things: the formula, and the matrix. To tell which of them
# makes the difference, feature maps are changed in three ways. *Rotated* and *squeezed* mix the channels
# in the same way at every position. *Shuffled* reorders the positions, in the same way for all images and
# channels.

# %% tags=["hide-input"]
before = np.random.default_rng(3).standard_normal((400, 6, 8, 8))
for axis in (2, 3):
    before = before + np.roll(before, 1, axis)  # neighbouring positions are alike


def mixed(matrix):
    return np.einsum("nchw,cd->ndhw", before, matrix)


squeeze = rotation(6) @ np.diag([1, 0.7, 0.4, 0.2, 0.1, 0.05])
order = np.random.default_rng(5).permutation(8 * 8)
copies = {
    "channels rotated": mixed(rotation(6)),
    "channels squeezed": mixed(squeeze),
    "positions shuffled": before.reshape(400, 6, -1)[:, :, order].reshape(before.shape),
}
cells = [("mean_cca", "channels"), ("cka", "channels"), ("cka", "flat"), ("nbs", "flat")]
on_matrices = pd.DataFrame(
    {
        f"{TITLES[name]} {reshape}": {
            done: getattr(metrics, name)(before, after, reshape=reshape)
            for done, after in copies.items()
        }
        for name, reshape in [*cells, ("cka", "gap")]
    }
)
Table.of(on_matrices.rename_axis("What was done"))

# %% [markdown]
# In the last line, nothing similar is left on the matrix of channels. On that of whole images (*flat*)
# the maps are the same: to reorder positions is to permute columns, which CKA and NBS forgive. A
# convolution would not forgive it. So the paper suggests CKA and NBS on the matrix of channels as well
# (section 6.3). `reshape="channels"` gives them, and {doc}`reshapes` compares them on trained networks.
