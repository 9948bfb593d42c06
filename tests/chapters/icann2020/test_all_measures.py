"""What is true of every measure of the package: it refuses invalid input."""

from functools import partial

import pytest
import torch

from lib.chapters.icann2020.directions import loss_along
from lib.chapters.icann2020.hessian import top_eigenvalues, trace

from .made_up import labelled_images, network

MEASURES = {
    "top_eigenvalues": top_eigenvalues,
    "trace": partial(trace, probes=2),
    "loss_along": partial(loss_along, steps=(0.5,), directions=2),
}
every = pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)


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
def test_a_mask_of_another_network_is_refused(measure, mask, error, message):
    with pytest.raises(error, match=message):
        measure(network(), *labelled_images(), mask=mask)


@pytest.mark.parametrize("name", ["top_eigenvalues", "trace"])
def test_without_a_free_weight_there_is_no_matrix(name):
    model = network().requires_grad_(False)
    model[4].weight.requires_grad_(True)
    with pytest.raises(ValueError, match="no weight is free"):
        MEASURES[name](model, *labelled_images(), mask={"4.weight": ~FULL})


@every
def test_there_must_be_a_label_for_each_image(measure):
    images, labels = labelled_images()
    with pytest.raises(ValueError, match="got 20 images and 19 labels"):
        measure(network(), images, labels[:-1])
    with pytest.raises(ValueError, match="got 0 images and 0 labels"):
        measure(network(), images[:0], labels[:0])


@every
def test_a_batch_size_below_1_is_refused(measure):
    with pytest.raises(ValueError, match="batch_size must be at least 1, got 0"):
        measure(network(), *labelled_images(), batch_size=0)
