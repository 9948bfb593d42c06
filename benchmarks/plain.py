"""The alternatives: each metric written plainly from its published formula, in float64.

They are what one finds in most code bases, and they are independent of `lib.metrics`:
one straightforward decomposition of the whole matrices, by numpy and scipy unless the
name says torch.
"""

import numpy as np
import scipy.linalg
import torch


def _centred(x):
    x = np.asarray(x, dtype=np.float64).reshape(len(x), -1)
    return x - x.mean(0)


def svcca_by_svd(x, y, threshold=0.99):
    """Raghu et al. (2017): SVD of both sides, keep the variance, correlate what is left."""
    bases = []
    for side in (_centred(x), _centred(y)):
        u, s, _ = np.linalg.svd(side, full_matrices=False)
        share = np.cumsum(s**2) / (s**2).sum()
        bases.append(u[:, : int((share < threshold).sum()) + 1])
    return float(np.linalg.svd(bases[0].T @ bases[1], compute_uv=False).mean())


def svcca_by_torch_svd(x, y, threshold=0.99):
    """The same with torch's decompositions."""
    bases = []
    for side in (x, y):
        side = torch.as_tensor(side, dtype=torch.float64)
        u, s, _ = torch.linalg.svd(side - side.mean(0), full_matrices=False)
        share = s.square().cumsum(0) / s.square().sum()
        bases.append(u[:, : int((share < threshold).sum()) + 1])
    return torch.linalg.svdvals(bases[0].T @ bases[1]).mean().item()


def mean_cca_by_qr(x, y):
    """Björck and Golub (1973): orthonormal bases by QR, cosines of the angles between them."""
    bases = [np.linalg.qr(_centred(side))[0] for side in (x, y)]
    return float(np.linalg.svd(bases[0].T @ bases[1], compute_uv=False).mean())


def pwcca_by_qr(x, y):
    """Morcos et al. (2018): as above, correlations weighted by their share of x."""
    x = _centred(x)
    basis_x, basis_y = np.linalg.qr(x)[0], np.linalg.qr(_centred(y))[0]
    left, correlations, _ = np.linalg.svd(basis_x.T @ basis_y, full_matrices=False)
    weights = np.abs(x.T @ (basis_x @ left)).sum(0)
    return float((weights * correlations).sum() / weights.sum())


def _gram(x):
    x = _centred(x)
    return x @ x.T


def cka_by_gram(x, y):
    """Kornblith et al. (2019): Gram matrices, their inner product and norms."""
    k, m = _gram(x), _gram(y)
    return float((k * m).sum() / (np.linalg.norm(k) * np.linalg.norm(m)))


def cka_by_torch_float32(x, y):
    """The same in the precision of the data, as most libraries for PyTorch do."""
    x, y = (torch.as_tensor(side, dtype=torch.float32) for side in (x, y))
    x, y = x - x.mean(0), y - y.mean(0)
    k, m = x @ x.T, y @ y.T
    return ((k * m).sum() / (k.norm() * m.norm())).item()


def cka_by_trace(x, y):
    """The same with explicit centring matrices and traces of products, as often published."""
    x, y = (np.asarray(side, dtype=np.float64).reshape(len(side), -1) for side in (x, y))
    n = len(x)
    centring = np.eye(n) - np.full((n, n), 1 / n)

    def hsic(k, m):
        return np.trace(centring @ k @ centring @ m)

    k, m = x @ x.T, y @ y.T
    return float(hsic(k, m) / np.sqrt(hsic(k, k) * hsic(m, m)))


def nbs_by_sqrtm(x, y):
    """Tang et al. (2020): square roots of matrices, by scipy."""
    k, m = _gram(x), _gram(y)
    root = scipy.linalg.sqrtm(k)
    inner = scipy.linalg.sqrtm(root @ m @ root)
    return float(np.trace(inner).real / np.sqrt(np.trace(k) * np.trace(m)))


def nbs_by_eigh(x, y):
    """The same square roots by symmetric eigenvalues."""
    k, m = _gram(x), _gram(y)
    values, vectors = np.linalg.eigh(k)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    inner = np.linalg.eigvalsh(root @ m @ root)
    return float(np.sqrt(inner.clip(0)).sum() / np.sqrt(np.trace(k) * np.trace(m)))
