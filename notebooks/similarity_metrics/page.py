# %% [markdown]
# # Metrics by hand
#
# **What does each metric compute?**
#
# SVCCA and PWCCA correlate directions; SVCCA drops the faintest and counts the others alike. CKA and NBS compare which images lie
# close to each other; strong directions dominate both. The cosine compares entry by entry.
#
# (try-metrics)=
# **A cloud of points and its copy: which metric notices a change?** **Turn** or **enlarge** the copy: no metric notices (PWCCA
# would notice a turned original). **Stretch** its short axis: CKA and NBS fall; SVCCA and PWCCA do not, since a linear map
# undoes the stretch. Add **noise**, or **exchange** points: all four metrics fall, but not to 0. With fewer **points**, all four
# are higher by chance.
#
# ```{raw} html
# :file: _static/cloud.html
# ```

# %% tags=["remove-cell"]
from lib import report as r

r.use_style()


# %% [markdown]
# ## Two small representations
#
# A row is an image, a column a neuron; all data on this page are *synthetic*. Four columns of $x$ vary much, two little. The
# columns of $y$ are mixtures of those of $x$, plus noise.

# %%
import numpy as np
from numpy.linalg import norm, qr, svd

rng = np.random.default_rng(1)
x = rng.standard_normal((200, 6)) * [1, 0.8, 0.6, 0.4, 0.06, 0.03]
mixing = np.eye(6) + 0.5 * rng.standard_normal((6, 6))
y = x @ mixing + 0.3 * rng.standard_normal((200, 6))

# %% [markdown]
# ## The CCA family
#
# ### Mean CCA
#
# $\rho_1$ is the highest correlation of a direction in $x$ with one in $y$; $\rho_2$ is the highest among directions uncorrelated
# with the first pair; and so on. Mean CCA, equation 3 of the paper, is the mean of these $\tilde p$ canonical correlations
# {cite}`hotelling1936relations`:
#
# $$\text{mean CCA} = \frac{1}{\tilde p} \sum_{i=1}^{\tilde p} \rho_i .$$
#
# The correlations are the singular values of the product of two orthonormal bases, of $x$ and of $y$ {cite}`bjorck1973numerical`:

# %%
x_centred, y_centred = x - x.mean(0), y - y.mean(0)
x_basis, x_sizes, _ = svd(x_centred, full_matrices=False)
y_basis, y_sizes, _ = svd(y_centred, full_matrices=False)
left, rho, right = svd(x_basis.T @ y_basis)
print(*map(r.number, rho), "and their mean", r.number(rho.mean(), 3))

# %% [markdown]
# We check each metric against the library, `lib.metrics`:

# %%
import pandas as pd

from lib import metrics
from notebooks.similarity_metrics.analysis import root


def check(name, by_hand, by_library):
    assert abs(by_hand - by_library) <= 1e-10, name
    print(f"{name:<15} by hand {r.number(by_hand, 3)}  library {r.number(by_library, 3)}")


check("mean CCA", rho.mean(), metrics.mean_cca(x, y))

# %% [markdown]
# ### SVCCA
#
# SVCCA {cite}`raghu2017svcca` first reduces $x$ and $y$, each to the fewest principal directions with 99 % of its variance.

# %%
x_share = np.cumsum(x_sizes**2) / np.sum(x_sizes**2)
y_share = np.cumsum(y_sizes**2) / np.sum(y_sizes**2)
x_kept, y_kept = np.argmax(x_share >= 0.99) + 1, np.argmax(y_share >= 0.99) + 1
rho_kept = svd(x_basis[:, :x_kept].T @ y_basis[:, :y_kept], compute_uv=False)
print(f"directions kept: {x_kept} of x, {y_kept} of y")
check("SVCCA", rho_kept.mean(), metrics.svcca(x, y))

# %% [markdown]
# Without the two faint columns of $x$, the low correlations vanish, and the mean rises.
#
# ### PWCCA
#
# PWCCA weights each correlation by how much of the layer its direction carries {cite}`morcos2018insights`. With the columns
# $l_j$ of $x$ and its canonical vectors $z_i$ ($x$ along each direction), equations 4 and 5 of the paper are
#
# $$\alpha_i = \sum_j |l_j^\mathsf{T} z_i| , \quad
# \text{PWCCA} = \frac{\sum_i \alpha_i \rho_i}{\sum_i \alpha_i} .$$

# %%
x_vectors, y_vectors = x_basis @ left, y_basis @ right.T
x_alpha = np.abs(x_centred.T @ x_vectors).sum(0)
check("PWCCA(x, y)", x_alpha @ rho / x_alpha.sum(), metrics.pwcca(x, y))

y_alpha = np.abs(y_centred.T @ y_vectors).sum(0)
check("PWCCA(y, x)", y_alpha @ rho / y_alpha.sum(), metrics.pwcca(y, x))

turn = qr(np.random.default_rng(2).standard_normal((6, 6)))[0]  # a random orthogonal matrix
turned_alpha = np.abs((x_centred @ turn).T @ x_vectors).sum(0)
by_hand = turned_alpha @ rho / turned_alpha.sum()
check("PWCCA, x turned", by_hand, metrics.pwcca(x @ turn, y))

# %% [markdown]
# If both have equally many columns, the weights $\alpha_i$ come from $x$, in this book the original. Exchanging the arguments or
# turning $x$ then changes PWCCA.
#
# ## CKA and NBS
#
# ### CKA
#
# CKA asks whether the same images lie close together in both layers. The Gram matrices $K$ and $L$ hold the inner products of all
# pairs of centred rows, $K$ of $x$ and $L$ of $y$. CKA, equation 6 of the paper, is the cosine of the angle between $K$ and $L$
# ({cite:t}`kornblith2019similarity`, after {cite:t}`cortes2012algorithms` and {cite:t}`gretton2005measuring`):
#
# $$\text{CKA} = \frac{\langle K, L\rangle_F}{\|K\|_F\,\|L\|_F} .$$

# %%
K, L = x_centred @ x_centred.T, y_centred @ y_centred.T
check("CKA", np.sum(K * L) / (norm(K) * norm(L)), metrics.cka(x, y))

# %% [markdown]
# Each image is close to itself, so CKA is above 0 even for unrelated data. *Debiased* CKA, `metrics.cka(x, y, debiased=True)`,
# omits the diagonals of $K$ and $L$ ({cite:t}`song2012feature`, equation 5).
#
# ### NBS
#
# The normalised Bures similarity {cite}`tang2020similarity` asks how much $K$ and $L$ overlap:
#
# $$\text{NBS} = \frac{\operatorname{tr}\bigl((K^{1/2} L K^{1/2})^{1/2}\bigr)}
# {\sqrt{\operatorname{tr}K \, \operatorname{tr}L}} .$$
#
# The numerator is the sum of the singular values of $x^\mathsf{T} y$ (centred), which is faster to compute:

# %%
fidelity = np.trace(root(root(K) @ L @ root(K)))
check("NBS", fidelity / np.sqrt(np.trace(K) * np.trace(L)), metrics.nbs(x, y))

sizes = svd(x_centred.T @ y_centred, compute_uv=False)
check("NBS, fast", sizes.sum() / (norm(x_centred) * norm(y_centred)), metrics.nbs(x, y))

# %% [markdown]
# (misprint)=
# ### The misprint in equation 7
#
# The paper's equation 7 has the outer root outside the trace:
#
# $$\frac{\sqrt{\operatorname{tr}(K^{1/2} L K^{1/2})}}{\sqrt{\operatorname{tr}K \,
# \operatorname{tr}L}} .$$
#
# A similarity should be 1 for identical inputs. As printed, the equation gives 1 only for a single neuron:

# %%
rows = {}
for neurons in (1, 4, 16, 64):
    data = np.random.default_rng(2).standard_normal((200, neurons))
    gram = (data - data.mean(0)) @ (data - data.mean(0)).T
    printed = np.sqrt(np.trace(root(gram) @ gram @ root(gram))) / np.trace(gram)
    rows[neurons] = [printed, metrics.nbs(data, data)]
table = pd.DataFrame(rows, ["as printed", "correct"]).T.rename_axis("neurons")
table.map(r.number, digits=3)

# %% [markdown]
# The paper's figures reach 1.0, so they probably follow another formula.
#
# ## Entry by entry: the cosine
#
# In the output layer each neuron is a class, so two networks can be compared entry by entry. The cosine, equation 8 of the paper,
# does so without centring:
#
# $$\left|\cos\right| = \frac{\bigl|\sum_{ij} x_{ij} y_{ij}\bigr|}{\|x\|_F\,\|y\|_F} .$$

# %%
check("cosine", abs(np.sum(x * y)) / (norm(x) * norm(y)), metrics.cosine(x, y))

# %% [markdown]
# `metrics.METRICS` has more metrics: they compare shapes {cite}`williams2021generalized`, distances
# {cite}`kriegeskorte2008representational` or neighbours {cite}`huh2024platonic`.
#
# ## What is a metric invariant to?
#
# A metric is *invariant* to a transformation of one matrix if its value does not change. Tests check every tick and dash:

# %%
names = {"orthogonal": "a rotation", "invertible": "any invertible map", "scale": "a factor"}
names |= {"permutation": "another order of the columns", "translation": "a shift of all rows"}
names |= {"symmetric": "arguments exchanged"}
shown = [metrics.METRICS[name] for name in ("svcca", "pwcca", "cka", "nbs", "cosine")]
forgiven = pd.DataFrame({metric.title: vars(metric.invariances) for metric in shown})
forgiven = forgiven.loc[list(names)].rename(index=names).rename_axis(columns="Transformation")
forgiven.map(lambda yes: "✓" if yes else "–")

# %% [markdown]
# SVCCA is invariant to invertible maps that leave it the same principal directions. If CKA and NBS compare gradients, too, they
# ignore only rotations and factors that the next layer undoes ({ref}`more <gradients>`).
#
# (matrices)=
# ## Which metric on which matrix?
#
# A convolution gives $c$ channels of $h \times w$ positions for each of $n$ images. Three matrices can be made of them:
#
# | Matrix | Size | conv3_1 of VGG16_BN, 1,000 images | A row is | Default of |
# |---|---|---|---|---|
# | *channels* | $nhw \times c$ | 64,000 × 256 | a position of an image | SVCCA, PWCCA |
# | *flat* | $n \times chw$ | 1,000 × 16,384 | an image with all its positions | CKA, NBS |
# | *gap* | $n \times c$ | 1,000 × 256 | an image, averaged over its positions | none |
#
# On *flat*, shuffling the positions in one network only permutes columns. A convolution would notice, but CKA and NBS do not. The
# paper therefore suggests CKA and NBS on *channels*, too (section 6.3; {doc}`contrast`).
#
# **What to take away.** SVCCA and PWCCA compare directions, CKA and NBS distances among images. Name the matrix next to the metric.
#
# ## Exercises
#
# **1.** One column of $y$ is multiplied by 1,000. Which of mean CCA, CKA and NBS change?
#
# :::{dropdown} Answer
# CKA and NBS: for them, almost only the strong column now counts. Mean CCA does not change, since the map is invertible. Try
# `metrics.cka(x, y * [1000, 1, 1, 1, 1, 1])`.
# :::
#
# **2.** Two layers have the same neurons in different orders. Which metric calls them different?
#
# :::{dropdown} Answer
# The cosine, which compares entry by entry. All others ignore the order of the columns.
# :::
