"""Eigenvalues and trace of the Hessian: against closed forms, and what changes them."""

import numpy as np
import pytest
import torch
from scipy.sparse.linalg import ArpackNoConvergence

from lib.analyses.icann2020 import hessian
from lib.analyses.icann2020.hessian import top_eigenvalues, trace
from lib.analyses.loss import Loss, mean_and_error
from lib.pruning import Mask

from .made_up import (
    full_hessian,
    labelled_images,
    network,
    random_mask,
    regression,
    regression_hessian,
    relu_network,
    rescaled,
)

PRECISE = 1e-9


def largest(matrix, count):
    return np.linalg.eigvalsh(matrix.numpy())[::-1][:count]


def columns(shapes, mask, others=True):
    """Which rows and columns of the whole Hessian are left."""
    parts = [mask.get(n, torch.full(shape, others)).flatten() for n, shape in shapes.items()]
    return torch.cat(parts)


def frozen_but(model, mask):
    """The network, in which only the parameters of the mask can move."""
    for name, weight in model.named_parameters():
        weight.requires_grad_(name in mask)
    return model


def test_eigenvalues_of_softmax_regression_have_their_closed_form():
    model, (images, labels) = regression(), labelled_images(shape=(4, 1, 1))
    expected = regression_hessian(model, images)
    found = top_eigenvalues(Loss(model, images, labels), 4, tol=PRECISE)
    assert found.dtype == torch.float64
    assert found.tolist() == pytest.approx(largest(expected, 4), rel=1e-9)
    assert (found.diff() < 0).all()


def test_largest_means_algebraic():
    """Far from a minimum the eigenvalue of largest magnitude can be negative; frozen
    parameters are left out like masked ones."""
    model, (images, labels) = network(), labelled_images()
    mask = {"8.weight": torch.ones(3, 2, dtype=torch.bool), "4.weight": torch.zeros(2, 2, 3, 3) > 0}
    mask["4.weight"][0, 0] = True
    whole, shapes = full_hessian(model, images, labels)
    kept = columns(shapes, mask, others=False)
    part = whole[kept][:, kept]
    assert largest(part, 15)[-1] < 0
    found = top_eigenvalues(
        Loss(frozen_but(model, mask), images, labels, mask=mask), 14, tol=PRECISE
    )
    assert found.tolist() == pytest.approx(largest(part, 14), rel=1e-6, abs=1e-9)


def test_a_mask_leaves_out_rows_and_columns():
    model, (images, labels) = network(), labelled_images()
    mask = random_mask(model)
    Mask(mask)  # valid in the pruning package as well
    whole, shapes = full_hessian(model, images, labels)
    kept = columns(shapes, mask)
    assert 0 < kept.sum() < len(whole)
    found = top_eigenvalues(Loss(model, images, labels, mask=mask), 3, tol=PRECISE)
    assert found.tolist() == pytest.approx(largest(whole[kept][:, kept], 3), rel=1e-6)
    free = top_eigenvalues(Loss(model, images, labels), 3, tol=PRECISE)
    assert free.tolist() == pytest.approx(largest(whole, 3), rel=1e-6)
    assert (found < free).all()  # Cauchy's interlacing theorem


def test_eigenvalues_repeat_to_the_bit():
    model, (images, labels) = network(), labelled_images()
    first = top_eigenvalues(Loss(model, images, labels), 2, tol=PRECISE)
    assert torch.equal(top_eigenvalues(Loss(model, images, labels), 2, tol=PRECISE), first)


def test_single_precision_is_enough_for_six_digits():
    model, (images, labels) = network(), labelled_images()
    double = top_eigenvalues(Loss(model, images, labels))
    single = top_eigenvalues(Loss(model.float(), images, labels))
    assert single.dtype == torch.float64
    assert single.item() == pytest.approx(double.item(), rel=1e-5)
    assert single.item() != double.item()


def test_rescaling_layers_changes_the_eigenvalues_though_the_function_is_the_same():
    """Dinh et al. (2017): the choice of the factor makes them arbitrarily large."""
    model, (images, labels) = relu_network(), labelled_images(shape=(4, 1, 1))
    found = []
    for factor in (1, 8, 64):
        other = rescaled(model, factor)
        assert torch.equal(other(images), model(images))
        found.append(top_eigenvalues(Loss(other, images, labels)).item())
    assert found[1] > 10 * found[0]
    assert found[2] == pytest.approx(64 * found[1], rel=0.05)


def test_where_no_signal_passes_the_loss_is_flat():
    model, (images, labels) = network(), labelled_images()
    with torch.no_grad():
        model[4].weight.zero_()
        model[4].bias.fill_(-1)
    found = top_eigenvalues(Loss(frozen_but(model, ("0.weight",)), images, labels), 2)
    assert found.tolist() == [0, 0]


def test_the_trace_is_the_sum_of_the_eigenvalues():
    model, (images, labels) = network(), labelled_images()
    mask = random_mask(model)
    whole, shapes = full_hessian(model, images, labels)
    kept = columns(shapes, mask)
    few = trace(Loss(model, images, labels, mask=mask), 25)
    many = trace(Loss(model, images, labels, mask=mask), 100)
    expected = whole.diagonal()[kept].sum().item()
    for value, error in (few, many):
        assert abs(value - expected) < 3 * error
    assert few[1] == pytest.approx(2 * many[1], rel=0.3)


def test_the_trace_repeats_and_does_not_depend_on_batches():
    model, (images, labels) = network(), labelled_images()
    first = trace(Loss(model, images, labels), 4)
    assert trace(Loss(model, images, labels), 4) == first
    split = trace(Loss(model, images, labels, batch_size=3), 4)
    assert split == pytest.approx(first, rel=1e-10)


def test_too_few_restarts_are_an_error_that_says_so(monkeypatch):
    monkeypatch.setattr(hessian, "RESTARTS", 1)
    model, (images, labels) = network(), labelled_images()
    with pytest.raises(ArpackNoConvergence, match="No convergence"):
        top_eigenvalues(Loss(model, images, labels), 3, tol=1e-14)


@pytest.mark.parametrize("count", [0, 12, 13])
def test_there_must_be_more_weights_than_eigenvalues(count):
    images, labels = labelled_images(shape=(4, 1, 1))
    with pytest.raises(ValueError, match="below the 12 free weights, got"):
        top_eigenvalues(Loss(regression(), images, labels), count)


def test_a_network_that_diverged_is_an_error():
    model, (images, labels) = network(), labelled_images()
    with torch.no_grad():
        model[4].weight[0, 0, 0, 0] = torch.nan
    for measure in (top_eigenvalues, trace):
        with pytest.raises(ArithmeticError, match="not finite"):
            measure(Loss(model, images, labels))


def test_the_standard_error_is_that_of_the_mean_and_needs_two_probes():
    found = mean_and_error(torch.tensor([1.3, 4.3]))
    assert found == pytest.approx((2.8, 3 / 2**0.5 / 2**0.5))
    with pytest.raises(ValueError, match="at least 2 random draws, got 1"):
        trace(Loss(network(), *labelled_images()), 1)


@pytest.mark.parametrize("measure", [top_eigenvalues, trace])
def test_without_a_free_weight_there_is_no_matrix(measure):
    model = network().requires_grad_(False)
    model[4].weight.requires_grad_(True)
    nothing = torch.zeros(2, 2, 3, 3, dtype=torch.bool)
    with pytest.raises(ValueError, match="no weight is free"):
        measure(Loss(model, *labelled_images(), {"4.weight": nothing}))
