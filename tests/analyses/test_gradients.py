"""Kernels with gradients against the outer products that define them, and against autograd."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from lib.metrics import cka, nbs
from notebooks.which_metric.gradients import record_with_gradients, with_gradients

from ..metrics import reference


def made_up(n, p, q, seed=0):
    draws = torch.Generator().manual_seed(seed)
    return [torch.randn(n, k, generator=draws).double() + 0.3 for k in (p, p, q, q)]


@pytest.mark.parametrize(("n", "p", "q"), [(30, 4, 50), (12, 3, 2)])
def test_the_kernel_is_that_of_the_outer_products_of_representation_and_gradient(n, p, q):
    x, gx, y, gy = made_up(n, p, q)
    features = with_gradients(x, gx), with_gradients(y, gy)
    outer = [np.einsum("ni,nj->nij", a, g).reshape(n, -1) for a, g in ((x, gx), (y, gy))]
    for given, whole in zip(features, outer, strict=True):
        scale = (given.square().sum() / np.square(whole).sum()).item()
        np.testing.assert_allclose(given @ given.T, scale * whole @ whole.T, atol=1e-11 * scale * n)
    assert cka(*features) == pytest.approx(reference.cka(*outer), rel=1e-10)
    assert nbs(*features) == pytest.approx(reference.nbs(*outer), rel=1e-8)


def test_a_rotation_that_the_next_layer_undoes_changes_nothing_and_a_shift_does():
    x, gx, y, gy = made_up(40, 6, 9)
    wanted = cka(with_gradients(x, gx), with_gradients(y, gy))
    turn = torch.linalg.qr(torch.randn(6, 6, dtype=torch.float64)).Q
    turned = with_gradients(3 * x @ turn, gx @ turn / 3)
    assert cka(turned, with_gradients(y, gy)) == pytest.approx(wanted, rel=1e-10)
    assert abs(cka(with_gradients(x + 2, gx), with_gradients(y, gy)) - wanted) > 1e-3


def test_gradients_of_unit_length_count_alike():
    x, gx, _, _ = made_up(20, 5, 5)
    faint = gx * torch.logspace(0, -6, 20, dtype=torch.float64)[:, None]
    assert cka(with_gradients(x, gx), with_gradients(x, faint)) < 0.9
    assert cka(*(with_gradients(x, g, unit=True) for g in (gx, faint))) == pytest.approx(1)
    faint[3] = 0  # an image without a loss
    assert torch.isfinite(with_gradients(x, faint, unit=True)).all()


def test_a_layer_without_gradients_has_no_kernel():
    x, gx, _, _ = made_up(20, 5, 5)
    for nothing in ((x, 0 * gx), (0 * x, gx)):
        with pytest.raises(ValueError, match="^x or gradients: all are 0"):
            with_gradients(*nothing)


def test_each_image_has_the_gradient_of_its_own_loss():
    torch.manual_seed(0)
    layers = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(inplace=True), nn.Flatten()
    toy = nn.Sequential(*layers, nn.Linear(64, 8), nn.ReLU(inplace=True), nn.Linear(8, 5)).double()
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
            loss = F.cross_entropy(toy[int(name) + 1 :](start.clone()), labels[i : i + 1])
            [wanted] = torch.autograd.grad(loss, start)
            torch.testing.assert_close(found[name][0][i : i + 1], start.detach())
            torch.testing.assert_close(found[name][1][i : i + 1], wanted)
