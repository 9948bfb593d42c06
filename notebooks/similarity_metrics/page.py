# %% [markdown]
# # Metrics by hand
#
# **SVCCA and PWCCA correlate directions, that is, linear combinations of neurons. SVCCA drops those of least variance and weights the
# others equally; PWCCA weights each by how much of the layer it carries. CKA and NBS compare the inner products of all pairs of images,
# so directions of large variance dominate.**
#
# **Which metric notices that a copy of a cloud of points has changed?** Stretch the copy's short axis: CKA and NBS fall, but here SVCCA and
# PWCCA do not, since a linear map undoes the stretch.
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
# We compare two synthetic matrices: the 200 rows are images, the 6 columns neurons, and $y$ is a linear mixture of $x$ with noise. `check`
# prints each metric, computed by hand, and compares it with that of `lib.metrics`.

# %% tags=["hide-input"]
import numpy as np
import pandas as pd
from numpy.linalg import norm, svd

from lib import metrics
from notebooks.similarity_metrics.analysis import root


def check(name, by_hand, by_library):
    assert abs(by_hand - by_library) <= 1e-10, name
    print(f"{name} {by_hand:.3f}")


rng = np.random.default_rng(1)
x = rng.standard_normal((200, 6)) * [1, 0.8, 0.6, 0.4, 0.06, 0.03]
mixing = np.eye(6) + 0.5 * rng.standard_normal((6, 6))
y = x @ mixing + 0.3 * rng.standard_normal((200, 6))

# %% [markdown]
# ## Mean CCA
#
# The first canonical correlation is the highest correlation of a direction in $x$ with one in $y$; the next is the highest among
# directions uncorrelated with that pair, and so on {cite}`hotelling1936relations`. Mean CCA, equation 3 of the paper, is their
# mean. The correlations are the singular values of the product of orthonormal bases of $x$ and of $y$ {cite}`bjorck1973numerical`:

# %%
x_centred, y_centred = x - x.mean(0), y - y.mean(0)
x_basis, x_sizes, _ = svd(x_centred, full_matrices=False)
y_basis, y_sizes, _ = svd(y_centred, full_matrices=False)
left, rho, _ = svd(x_basis.T @ y_basis)
print(f"correlations {rho.round(2)}")
check("mean CCA", rho.mean(), metrics.mean_cca(x, y))

# %% [markdown]
# ## SVCCA
#
# SVCCA {cite}`raghu2017svcca` is mean CCA between the fewest principal directions that hold 99 % of each matrix's variance.

# %%
x_share = np.cumsum(x_sizes**2) / np.sum(x_sizes**2)
y_share = np.cumsum(y_sizes**2) / np.sum(y_sizes**2)
x_kept, y_kept = np.argmax(x_share >= 0.99) + 1, np.argmax(y_share >= 0.99) + 1
rho_kept = svd(x_basis[:, :x_kept].T @ y_basis[:, :y_kept], compute_uv=False)
print(f"directions kept: {x_kept} of x, {y_kept} of y")
check("SVCCA", rho_kept.mean(), metrics.svcca(x, y))

# %% [markdown]
# ## PWCCA
#
# PWCCA is a weighted mean of the correlations $\rho_i$ {cite}`morcos2018insights`. With the columns $l_j$ of $x$ and its canonical
# vectors $z_i$ ($x$ projected on its canonical directions), equations 4 and 5 of the paper are
#
# $$\alpha_i = \sum_j |l_j^\mathsf{T} z_i| , \quad
# \text{PWCCA} = \frac{\sum_i \alpha_i \rho_i}{\sum_i \alpha_i} .$$

# %%
alpha = np.abs(x_centred.T @ x_basis @ left).sum(0)
check("PWCCA", alpha @ rho / alpha.sum(), metrics.pwcca(x, y))

# %% [markdown]
# The weights come from $x$ (in this book, the original), unless $y$ has fewer columns.
#
# ## CKA
#
# The Gram matrices $K$ and $L$ hold the inner products of all pairs of centred rows of $x$ and of $y$. CKA, equation 6 of the paper, is the
# cosine of the angle between them {cite}`cortes2012algorithms,kornblith2019similarity`:
#
# $$\text{CKA} = \frac{\langle K, L\rangle_F}{\|K\|_F\,\|L\|_F} .$$

# %%
K, L = x_centred @ x_centred.T, y_centred @ y_centred.T
check("CKA", np.sum(K * L) / (norm(K) * norm(L)), metrics.cka(x, y))

# %% [markdown]
# *Debiased* CKA, `metrics.cka(x, y, debiased=True)`, removes the upward bias that comes from the diagonals of $K$ and $L$
# {cite}`song2012feature`.
#
# ## NBS
#
# The normalised Bures similarity {cite}`tang2020similarity` compares the roots of $K$ and $L$:
#
# $$\text{NBS} = \frac{\operatorname{tr}\bigl((K^{1/2} L K^{1/2})^{1/2}\bigr)}
# {\sqrt{\operatorname{tr}K \, \operatorname{tr}L}} .$$

# %%
fidelity = np.trace(root(root(K) @ L @ root(K)))
check("NBS", fidelity / np.sqrt(np.trace(K) * np.trace(L)), metrics.nbs(x, y))

# %% [markdown]
# (misprint)=
# ### The misprint in equation 7
#
# The paper's equation 7 has the outer root outside the trace:
#
# $$\frac{\sqrt{\operatorname{tr}(K^{1/2} L K^{1/2})}}{\sqrt{\operatorname{tr}K \,
# \operatorname{tr}L}} .$$
#
# As printed, it gives less than 1 for identical inputs, unless their centred rows lie on one line. The paper's figures reach 1.0, so its
# code probably differs.
#
# ## What is a metric invariant to?
#
# A metric is *invariant* to a transformation of one matrix if its value never changes. A dash means that it may: an invertible map changes
# which directions SVCCA keeps, and PWCCA's weights depend on the individual columns.

# %% tags=["hide-input"]
names = {"orthogonal": "a rotation", "invertible": "any invertible map", "scale": "a factor"}
names |= {"permutation": "another order of the columns", "translation": "a shift of all rows"}
names |= {"symmetric": "arguments exchanged"}
shown = [metrics.METRICS[name] for name in ("mean_cca", "svcca", "pwcca", "cka", "nbs")]
forgiven = pd.DataFrame({metric.title: vars(metric.invariances) for metric in shown})
forgiven = forgiven.loc[list(names)].rename(index=names).rename_axis(columns="Transformation")
forgiven.map(lambda yes: "✓" if yes else "–")

# %% [markdown]
# (matrices)=
# ## Which metric on which matrix?
#
# A convolution's outputs, $c$ channels of $h \times w$ positions for $n$ images, can form any of three matrices:
#
# | Matrix | Size | A row is | Default of |
# |---|---|---|---|
# | *channels* | $nhw \times c$ | a position of an image | SVCCA, PWCCA |
# | *flat* | $n \times chw$ | an image | CKA, NBS |
# | *gap* (global average pooling) | $n \times c$ | an image, averaged over positions | – |
#
# On *flat*, CKA and NBS do not notice if one network's positions are permuted, although its next convolution would. The paper therefore
# proposes to take them on *channels* as well (section 6.3; {doc}`contrast`). For the output, where each neuron is a class, it also takes
# the cosine of the two matrices, not centred (equation 8).
