"""What holds for every measure of the package: it leaves no trace, and refuses what is wrong."""

from functools import partial

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from lib.chapters.icann2020.directions import loss_along, loss_increase
from lib.chapters.icann2020.hessian import top_eigenvalues, trace

from .made_up import network, random_mask, same, seen, snapshot

MEASURES = {
    "top_eigenvalues": top_eigenvalues,
    "trace": partial(trace, probes=2),
    "loss_along": partial(loss_along, steps=(0.5,), directions=2),
    "loss_increase": partial(loss_increase, radius=0.5, directions=2),
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


@every
def test_a_mask_of_another_shape(measure):
    model = network()
    mask = {"4.weight": torch.ones(2, 2, 3, dtype=torch.bool)}
    with pytest.raises(ValueError, match=r"mask of 4.weight has the shape \(2, 2, 3\), the param"):
        measure(model, *seen(), mask=mask)


@every
def test_a_mask_of_another_network(measure):
    with pytest.raises(ValueError, match="unknown trainable parameter in the mask '4.weights'"):
        measure(network(), *seen(), mask={"4.weights": torch.ones(2, 2, 3, 3, dtype=torch.bool)})


@every
def test_a_mask_that_is_not_boolean(measure):
    with pytest.raises(TypeError, match="mask of 4.weight must be boolean, got torch.float32"):
        measure(network(), *seen(), mask={"4.weight": torch.ones(2, 2, 3, 3)})


@pytest.mark.parametrize("name", ["top_eigenvalues", "trace"])
@pytest.mark.parametrize("mask", [None, {"4.weight": torch.zeros(2, 2, 3, 3, dtype=torch.bool)}])
def test_without_a_free_weight_there_is_no_matrix(name, mask):
    with pytest.raises(ValueError, match="no weight is free"):
        MEASURES[name](network(), *seen(), mask=mask, others=False)


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
