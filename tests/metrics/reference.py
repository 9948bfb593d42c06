"""Each metric straight from its equation, in plain NumPy float64: what the fast ones must give.

The functions take matrices `(rows, columns)` and are written for clarity, not for speed.
"""

import numpy as np
from scipy.spatial.distance import pdist, squareform


def matrix(x, reshape):
    x = np.asarray(x, np.float64)
    if x.ndim == 2:
        return x
    if reshape == "channels":
        return x.transpose(0, 2, 3, 1).reshape(-1, x.shape[1])
    return x.mean((2, 3)) if reshape == "gap" else x.reshape(len(x), -1)


def centred(x):
    x = x - x[0]
    return x - x.mean(0)


def basis(x):
    """Orthonormal basis of the columns of x, whatever their units."""
    x = centred(x)
    scale = np.linalg.norm(x, axis=0)
    u, s, _ = np.linalg.svd(x[:, scale > 0] / scale[scale > 0], full_matrices=False)
    return u[:, s > 1e-9 * s[0]]


def principal(x, threshold):
    u, s, _ = np.linalg.svd(centred(x), full_matrices=False)
    return u[:, : 1 + np.sum(np.cumsum(s**2) / np.sum(s**2) < threshold)]


def correlations(u, v):
    return np.linalg.svd(u.T @ v, compute_uv=False)


def sum98(rho):
    return next(rho[:i].mean() for i in range(1, len(rho) + 1) if rho[:i].sum() >= 0.98 * rho.sum())


def mean_cca(x, y):
    return correlations(basis(x), basis(y)).mean()


def svcca(x, y, threshold=0.99):
    return correlations(principal(x, threshold), principal(y, threshold)).mean()


def pwcca(x, y):
    u, v = basis(x), basis(y)
    left, rho, right = np.linalg.svd(u.T @ v, full_matrices=False)
    x_is_narrow = x.shape[1] <= y.shape[1]
    columns, vectors = (centred(x), u @ left) if x_is_narrow else (centred(y), v @ right.T)
    alpha = np.abs(columns.T @ vectors).sum(0)
    return alpha @ rho / alpha.sum()


def cka(x, y):
    k, l = centred(x) @ centred(x).T, centred(y) @ centred(y).T  # noqa: E741
    return np.sum(k * l) / (np.linalg.norm(k) * np.linalg.norm(l))


def hsic1(k, l):  # noqa: E741
    """Song et al. (2012), eq. 5, from Gram matrices that needn't be centred."""
    n = len(k)
    k, l = k - np.diag(np.diag(k)), l - np.diag(np.diag(l))  # noqa: E741
    sums = k.sum() * l.sum() / ((n - 1) * (n - 2)) - 2 / (n - 2) * (k @ l).sum()
    return (np.trace(k @ l) + sums) / (n * (n - 3))


def cka_debiased(x, y):
    k, l = x @ x.T, y @ y.T  # noqa: E741
    return hsic1(k, l) / np.sqrt(hsic1(k, k) * hsic1(l, l))


def nbs(x, y):
    x, y = centred(x), centred(y)
    nuclear = np.linalg.svd(x.T @ y, compute_uv=False).sum()
    return nuclear / (np.linalg.norm(x) * np.linalg.norm(y))


def cosine(x, y):
    return abs(np.sum(x * y)) / (np.linalg.norm(x) * np.linalg.norm(y))


def procrustes(x, y):
    return 1 - 2 / np.pi * np.arccos(nbs(x, y))


def linear_regression(x, y):
    u, y = basis(x), centred(y)
    return 1 - np.sum((y - u @ (u.T @ y)) ** 2) / np.sum(y**2)


def rsa(x, y):
    return np.corrcoef(pdist(x), pdist(y))[0, 1]


def knn_overlap(x, y, neighbours=10):
    nearest = [np.argsort(squareform(pdist(data)), 1)[:, 1 : neighbours + 1] for data in (x, y)]
    overlaps = [len({*a} & {*b}) / len({*a} | {*b}) for a, b in zip(*nearest, strict=True)]
    return np.mean(overlaps)


METRICS = {
    metric.__name__: metric
    for metric in (
        *(mean_cca, svcca, pwcca, linear_regression, cka, cka_debiased, nbs, procrustes),
        *(rsa, knn_overlap, cosine),
    )
}
