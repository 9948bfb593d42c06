"""The curvature of the loss at trained weights, from Hessian-vector products.

The Hessian is that of the mean cross-entropy of fixed images with respect to the
trainable parameters. The network is in evaluation mode, so that batch normalisation uses
its running statistics and one image does not change the loss of another (as in
PyHessian, Yao et al. 2020). ReLU and max-pooling have kinks; what is measured is the
curvature of the smooth piece on which the weights lie.

A pruned network cannot move along a removed weight: with a mask, the rows and columns of
removed weights are left out, which can only lower the largest eigenvalue (Cauchy's
interlacing theorem). No number here is a property of the function alone: other scales of
the layers give the same outputs and another Hessian (Dinh et al. 2017).
"""

import numpy as np
import torch
from torch import Tensor

from lib.seeds import generator
from notebooks.icann2020.loss import Loss, mean_and_error

RESTARTS = 100
"""Of the Lanczos iteration, at most; each takes up to 8 products more than it seeks eigenvalues."""


class _Hessian:
    """The matrix of the entries that are free, known only by its products with vectors.

    Parameters that the mask of the loss does not name are free as a whole.
    """

    def __init__(self, loss: Loss):
        self._loss = loss
        self._free = {
            name: loss.mask[name].to(weight.device)
            if name in loss.mask
            else torch.ones_like(weight, dtype=torch.bool)
            for name, weight in loss.weights.items()
        }
        self._sizes = [int(free.sum()) for free in self._free.values()]
        self.size = sum(self._sizes)

    def __matmul__(self, vector: Tensor) -> Tensor:
        """`(size,)`, float64, on the CPU."""
        direction = {}
        for (name, free), part in zip(self._free.items(), vector.split(self._sizes), strict=True):
            direction[name] = torch.zeros_like(self._loss.weights[name])
            direction[name][free] = part.to(direction[name])
        product = self._loss.hessian_product(direction)
        return torch.cat([product[name][free] for name, free in self._free.items()]).double().cpu()


def top_eigenvalues(loss: Loss, count: int = 1, *, tol: float = 1e-3) -> Tensor:
    """The largest eigenvalues of the Hessian of the loss, by implicitly restarted Lanczos.

    Args:
        loss: of a network. Parameters that its mask does not name (biases, batch
            normalisation, the output layer) count in full.
        count: how many; the largest in the algebraic sense, negative ones last.
        tol: residual of an eigenpair, relative to its eigenvalue, at which it counts as
            found. Below 1e-5 the network has to be in float64.

    Returns:
        (count,), decreasing, float64, on the CPU.

    Raises:
        ValueError: no more free weights than `count`.
        ArpackNoConvergence: not within `RESTARTS` at this `tol`: take a network in
            float64.
        ArithmeticError: the loss or its derivatives are not finite.
    """
    # imported here: every job knows this analysis, and hardly any does it
    from scipy.sparse.linalg import ArpackError, LinearOperator, eigsh

    hessian = _Hessian(loss)
    n = hessian.size
    if not 0 < count < n:
        raise ValueError(f"count must be at least 1 and below the {n} free weights, got {count}")
    draws = generator("cpu", "start of the Lanczos iteration", 0)
    start = torch.randn(n, generator=draws, dtype=torch.float64)

    def product(vector: np.ndarray) -> np.ndarray:
        return (hessian @ torch.from_numpy(vector.reshape(n).copy())).numpy()

    operator = LinearOperator((n, n), matvec=product, dtype=np.float64)
    try:
        eigenvalues = eigsh(
            operator,
            k=count,
            which="LA",
            # fewer vectors than the default of 20 halve the work where the largest are isolated
            ncv=min(n, 2 * count + 8),
            v0=start.numpy(),
            tol=tol,
            maxiter=RESTARTS,
            return_eigenvectors=False,
        )
    except ArpackError:
        # the iteration cannot start on a matrix of zeros, as when no signal passes the network
        if (hessian @ start).any():
            raise
        eigenvalues = np.zeros(count)
    return torch.from_numpy(np.sort(eigenvalues)[::-1].copy())


def trace(loss: Loss, probes: int = 10) -> tuple[float, float]:
    """The sum of all eigenvalues of the Hessian of the loss, estimated (Hutchinson 1990).

    The mean of v'Hv over random vectors v of signs, the same on every device.

    Args:
        loss: as in `top_eigenvalues`.
        probes: how many vectors, at least 2; each takes one product.

    Returns:
        The estimate, and its standard error over the probes.

    Raises:
        ValueError: fewer than two probes.
        ArithmeticError: the loss or its derivatives are not finite.
    """
    hessian = _Hessian(loss)
    draws = generator("cpu", "probes of the trace", 0)
    estimates = []
    for _ in range(probes):
        signs = torch.randint(0, 2, (hessian.size,), generator=draws).double() * 2 - 1
        estimates.append(torch.dot(signs, hessian @ signs))
    return mean_and_error(torch.tensor(estimates, dtype=torch.float64))
