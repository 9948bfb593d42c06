"""What holds for every measure of the package: it leaves no trace, and refuses what is wrong."""

from functools import partial

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from lib.chapters.icann2020.directions import loss_along
from lib.chapters.icann2020.hessian import top_eigenvalues, trace

from ...traces import same, snapshot
from .made_up import network, random_mask, seen

MEASURES = {
    "top_eigenvalues": top_eigenvalues,
    "trace": partial(trace, probes=2),
    "loss_along": partial(loss_along, steps=(0.5,), directions=2),
}
every = pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)


def used():
    """A network in the middle of a training, with a part that is frozen and a lost gradient."""
    model, (images, labels) = network(), seen()
    model.train()
    model[1].eval()
    F.cross_entropy(model(images), labels).backward()
    model[4].bias.requires_grad_(False)
    model[8].weight.grad = None
    return model, images, labels


@every
def test_the_network_is_as_before(measure):
    model, images, labels = used()
    before, pixels = snapshot(model), images.clone()
    measure(model, images, labels, mask=random_mask(model))
    assert same(snapshot(model), before)
    assert torch.equal(images, pixels)


@every
def test_and_after_an_error_too(measure):
    model, images, labels = used()
    before = snapshot(model)
    with pytest.raises(RuntimeError):
        measure(model, images[:, :1], labels)
    assert same(snapshot(model), before)


class Watch(nn.Module):
    """Passes its input on, and says whether TF32 was allowed then."""

    allowed: list = []  # noqa: RUF012, a copy of the module writes to the same list

    def forward(self, x):
        flags = torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32
        self.allowed.append(flags)
        return x


@every
def test_in_full_precision(measure, monkeypatch):
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)
    monkeypatch.setattr(Watch, "allowed", [])
    model, images, labels = used()
    measure(nn.Sequential(Watch(), model), images, labels)
    assert set(Watch.allowed) == {(False, False)}
    assert torch.backends.cudnn.allow_tf32


FULL = torch.ones(2, 2, 3, 3, dtype=torch.bool)


@every
@pytest.mark.parametrize(
    ("mask", "error", "message"),
    [
        ({"4.weight": FULL[..., 0]}, ValueError, r"mask of 4.weight has the shape \(2, 2, 3\), "),
        ({"4.weights": FULL}, ValueError, "unknown trainable parameter in the mask '4.weights'"),
        ({"4.weight": FULL.float()}, TypeError, "mask of 4.weight must be boolean, got torch.flo"),
    ],
)
def test_a_mask_is_one_of_the_network(measure, mask, error, message):
    with pytest.raises(error, match=message):
        measure(network(), *seen(), mask=mask)


@pytest.mark.parametrize("name", ["top_eigenvalues", "trace"])
def test_without_a_free_weight_there_is_no_matrix(name):
    model = network().requires_grad_(False)
    model[4].weight.requires_grad_(True)
    with pytest.raises(ValueError, match="no weight is free"):
        MEASURES[name](model, *seen(), mask={"4.weight": ~FULL})


@every
def test_images_and_labels_belong_together(measure):
    images, labels = seen()
    with pytest.raises(ValueError, match="got 20 images and 19 labels"):
        measure(network(), images, labels[:-1])
    with pytest.raises(ValueError, match="got 0 images and 0 labels"):
        measure(network(), images[:0], labels[:0])


@every
def test_a_batch_has_an_image(measure):
    with pytest.raises(ValueError, match="batch_size must be at least 1, got 0"):
        measure(network(), *seen(), batch_size=0)
