"""The loss around a network: curvature against the whole Hessian, and random directions."""

import copy

import numpy as np
import pytest
import torch
from torch.func import functional_call
from torch.nn import functional as F

from notebooks.icann2020.hessian import top_eigenvalues, trace
from notebooks.icann2020.loss import Loss, mean_and_error
from notebooks.icann2020.loss_directions import loss_along

from .made_up import labelled_images, network, random_mask

PRECISE = 1e-9
FILTERS = {"0.weight": 0, "4.weight": 4, "8.weight": 8}


def largest(matrix, count):
    return np.linalg.eigvalsh(matrix.numpy())[::-1][:count]


def hessian(model, images, labels, mask, others=True):
    """All second derivatives in evaluation mode, of the parameters that are left."""
    model = copy.deepcopy(model).eval()
    shapes = {name: p.shape for name, p in model.named_parameters()}
    vector = torch.cat([p.detach().flatten() for p in model.parameters()])

    def loss(vector):
        parts = vector.split([shape.numel() for shape in shapes.values()])
        weights = {n: part.view(shapes[n]) for n, part in zip(shapes, parts, strict=True)}
        return F.cross_entropy(functional_call(model, weights, (images,)), labels)

    whole = torch.autograd.functional.hessian(loss, vector)
    columns = [mask.get(n, torch.full(shape, others)).flatten() for n, shape in shapes.items()]
    kept = torch.cat(columns)
    return whole[kept][:, kept]


def frozen_but(model, names):
    for name, weight in model.named_parameters():
        weight.requires_grad_(name in names)
    return model


def test_a_mask_leaves_out_rows_and_columns():
    model, (images, labels) = network(), labelled_images()
    mask = random_mask(model)
    expected = hessian(model, images, labels, mask)
    found = top_eigenvalues(Loss(model, images, labels, mask), 3, tol=PRECISE)
    assert found.tolist() == pytest.approx(largest(expected, 3), rel=1e-6)
    free = top_eigenvalues(Loss(model, images, labels), 3, tol=PRECISE)
    assert (found < free).all()  # Cauchy's interlacing theorem
    single = top_eigenvalues(Loss(copy.deepcopy(model).float(), images, labels))
    assert single.item() == pytest.approx(free[0].item(), rel=1e-5)
    few, many = (trace(Loss(model, images, labels, mask), probes) for probes in (25, 100))
    for value, error in (few, many):
        assert abs(value - expected.trace().item()) < 3 * error
    assert few[1] == pytest.approx(2 * many[1], rel=0.3)


def test_eigenvalues_are_the_largest_algebraically_and_without_frozen_weights():
    """Far from a minimum the eigenvalue of largest magnitude can be negative."""
    model, (images, labels) = network(), labelled_images()
    mask = {"8.weight": torch.ones(3, 2, dtype=torch.bool), "4.weight": torch.zeros(2, 2, 3, 3) > 0}
    mask["4.weight"][0, 0] = True
    expected = largest(hessian(model, images, labels, mask, others=False), 15)
    assert expected[-1] < 0
    loss = Loss(frozen_but(model, mask), images, labels, mask)
    found = top_eigenvalues(loss, 14, tol=PRECISE)
    assert found.tolist() == pytest.approx(expected[:14], rel=1e-6, abs=1e-9)


def test_numbers_repeat_to_the_bit_and_do_not_depend_on_batches():
    model, (images, labels) = network(), labelled_images()
    for measure in (top_eigenvalues, lambda loss: torch.tensor(trace(loss, 4))):
        whole, again = (measure(Loss(model, images, labels)) for _ in range(2))
        assert torch.equal(whole, again)
        split = measure(Loss(model, images, labels, batch_size=3))
        assert torch.allclose(split, whole, rtol=1e-6, atol=0)
    three = loss_along(Loss(model, images, labels), (0.5, 1), 3)
    assert torch.equal(loss_along(Loss(model, images, labels), (1,), 2), three[:2, 1:])


def visited(model, images, labels, steps, directions=1, mask=None):
    """The parameters at each place where the loss is taken, a network for each."""
    places, watched = [], copy.deepcopy(model)

    def keep(module, inputs):
        places.append({name: p.detach().clone() for name, p in module.named_parameters()})

    watched.register_forward_pre_hook(keep)
    loss_along(Loss(watched, images, labels, mask), steps, directions)
    return places


def lengths(weight):
    return weight.flatten(1).norm(dim=1)


def test_every_filter_moves_by_its_share_and_nothing_else_moves():
    model, (images, labels) = network(), labelled_images()
    forth, back = visited(model, images, labels, (0.3, -0.2))
    for name, start in model.named_parameters():
        if name in FILTERS:
            assert torch.allclose(lengths(forth[name] - start), 0.3 * lengths(start), rtol=1e-12)
            assert torch.allclose((forth[name] - start) / 0.3, (start - back[name]) / 0.2)
        else:
            assert torch.equal(forth[name], start)


def test_removed_weights_stay_and_survivors_move_as_they_would_without_a_mask():
    model, (images, labels) = network(), labelled_images()
    mask = random_mask(model)
    mask["0.weight"][1] = False  # a filter without survivors
    (pruned,) = visited(model, images, labels, (0.5,), mask=mask)
    (free,) = visited(model, images, labels, (0.5,))
    for name, kept in mask.items():
        start = model.get_parameter(name).detach()
        moved = pruned[name] - start
        assert (moved[~kept] == 0).all()
        assert torch.allclose(lengths(moved), 0.5 * lengths(start * kept), rtol=1e-12)
        for filter_moved, filter_free, k in zip(moved, free[name] - start, kept, strict=True):
            ratio = filter_moved[k] / filter_free[k]
            assert torch.allclose(ratio, ratio[:1].expand_as(ratio))
    assert torch.equal(pruned["8.weight"], free["8.weight"])


def test_the_loss_is_that_of_the_moved_network():
    model, (images, labels) = network(), labelled_images()
    steps = (-0.4, 0, 0.7)
    losses = loss_along(Loss(model, images, labels), steps, 2)
    assert losses.shape == (2, 3)
    assert losses[0, 2] != losses[1, 2]
    for loss, place in zip(losses.flatten(), visited(model, images, labels, steps, 2), strict=True):
        moved = copy.deepcopy(model).eval()
        moved.load_state_dict(place, strict=False)
        assert loss.item() == pytest.approx(F.cross_entropy(moved(images), labels).item())


def test_too_many_eigenvalues_too_few_probes_and_diverged_networks_are_refused():
    given = labelled_images()
    with pytest.raises(ValueError, match="below the 87 free weights, got"):
        top_eigenvalues(Loss(network(), *given), 87)
    assert mean_and_error(torch.tensor([1.3, 4.3])) == pytest.approx((2.8, 1.5))
    with pytest.raises(ValueError, match="at least 2 random draws, got 1"):
        trace(Loss(network(), *given), 1)
    diverged = network()
    with torch.no_grad():
        diverged[4].weight[0, 0, 0, 0] = torch.nan
    for measure in (top_eigenvalues, trace):
        with pytest.raises(ArithmeticError, match="not finite"):
            measure(Loss(diverged, *given))
