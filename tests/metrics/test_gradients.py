"""Kernels with gradients: their definition, what leaves them as they are, what autograd gives."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from lib.metrics import cka, nbs, permutation_null, with_gradients
from lib.models import record_with_gradients

from . import reference


@pytest.fixture
def toy():
    torch.manual_seed(0)
    layers = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(inplace=True), nn.Flatten()
    return nn.Sequential(*layers, nn.Linear(64, 8), nn.ReLU(inplace=True), nn.Linear(8, 5)).double()


def made_up(n, p, q, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal((n, columns)) + 0.3 for columns in (p, p, q, q)]


@pytest.mark.parametrize(("n", "p", "q"), [(30, 4, 50), (12, 3, 2)])
def test_its_kernel_is_the_hadamard_product_of_two_gram_matrices(n, p, q):
    x, gx, y, gy = made_up(n, p, q)
    kernels = [(a @ a.T) * (g @ g.T) for a, g in ((x, gx), (y, gy))]
    features = [with_gradients(a, g) for a, g in ((x, gx), (y, gy))]
    for kernel, given in zip(kernels, features, strict=True):
        scale = torch.trace(given @ given.T).item() / np.trace(kernel)
        np.testing.assert_allclose(given @ given.T, scale * kernel, atol=1e-11 * scale * n)
    # of outer products, one for each data point
    outer = [np.einsum("ni,nj->nij", a, g).reshape(n, -1) for a, g in ((x, gx), (y, gy))]
    assert cka(*features) == pytest.approx(reference.cka(*outer), rel=1e-10)
    assert nbs(*features) == pytest.approx(reference.nbs(*outer), rel=1e-8)
    assert permutation_null(*features).exact


def test_it_is_that_of_a_network_and_not_of_its_coordinates():
    x, gx, y, gy = made_up(40, 6, 9)
    wanted = cka(with_gradients(x, gx), with_gradients(y, gy))
    turn = np.linalg.qr(np.random.default_rng(1).standard_normal((6, 6)))[0]
    turned = with_gradients(3 * x @ turn, gx @ turn / 3)
    assert cka(turned, with_gradients(y, gy)) == pytest.approx(wanted, rel=1e-10)
    shifted = with_gradients(x + 2, gx)
    assert abs(cka(shifted, with_gradients(y, gy)) - wanted) > 1e-3


def test_gradients_of_unit_length_count_alike():
    x, gx, _, _ = made_up(20, 5, 5)
    faint = gx * np.logspace(0, -6, 20)[:, None]
    assert cka(with_gradients(x, gx), with_gradients(x, faint)) < 0.9
    units = [with_gradients(x, g, unit=True) for g in (gx, faint)]
    assert cka(*units) == pytest.approx(1)
    faint[3] = 0  # an image without a loss
    assert torch.isfinite(with_gradients(x, faint, unit=True)).all()


def test_each_image_has_the_gradient_of_its_own_loss(toy):
    images, labels = torch.randn(7, 3, 6, 6, dtype=torch.float64), torch.arange(7) % 5
    names = ["0", "1", "2", "4", "6"]  # of which ReLU overwrites two in place
    found = record_with_gradients(toy, images, labels, names, batch_size=3)
    assert toy.training
    assert toy[1].num_batches_tracked == 0
    assert all(weight.grad is None for weight in toy.parameters())
    toy.eval()
    for i in range(7):
        for name in names:
            start = toy[: int(name) + 1](images[i : i + 1]).detach().requires_grad_()
            rest = toy[int(name) + 1 :]
            loss = F.cross_entropy(rest(start.clone()), labels[i : i + 1])
            [wanted] = torch.autograd.grad(loss, start)
            torch.testing.assert_close(found[name][0][i : i + 1], start.detach())
            torch.testing.assert_close(found[name][1][i : i + 1], wanted)


def test_what_it_cannot_take_is_refused(toy):
    x, gx, _, _ = made_up(20, 5, 5)
    with pytest.raises(ValueError, match="^gradients: got 19 data points, want 20 as in x"):
        with_gradients(x, gx[:19])
    with pytest.raises(ValueError, match=r"^gradients: got shape \(20, 4\), want \(20, 5\)"):
        with_gradients(x, gx[:, :4])
    with pytest.raises(ValueError, match="^gradients: got NaN"):
        with_gradients(x, gx * np.nan)
    for nothing in ((x, 0 * gx), (0 * x, gx)):
        with pytest.raises(ValueError, match="^x or gradients: all are 0"):
            with_gradients(*nothing)
    with pytest.raises(ValueError, match="got 2 images and 3 labels"):
        record_with_gradients(toy, torch.zeros(2, 3, 6, 6), torch.zeros(3), ["0"])
