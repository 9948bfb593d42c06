"""Filter-normalised directions: how far each filter moves, and what leaves the losses unchanged."""

import copy
import math

import pytest
import torch
from torch.nn import functional as F

from lib.analyses.icann2020.loss_directions import loss_along
from lib.analyses.loss import Loss

from .made_up import labelled_images, network, random_mask, relu_network, rescaled

PLACES = {"0.weight": 0, "4.weight": 4, "8.weight": 8}


def visited(model, images, labels, steps, directions=1, mask=None):
    """The parameters at each place where the loss is taken, a network for each."""
    places = []
    watched = copy.deepcopy(model)

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
        if name in PLACES:
            assert torch.allclose(lengths(forth[name] - start), 0.3 * lengths(start), rtol=1e-12)
            assert torch.allclose((forth[name] - start) / 0.3, (start - back[name]) / 0.2)
        else:
            assert torch.equal(forth[name], start)


def test_directions_are_normal_draws_within_a_filter():
    torch.manual_seed(0)
    model = torch.nn.Linear(4000, 3).double()
    images, labels = labelled_images(2, shape=(4000,))
    (place,) = visited(model, images, labels, (1,))
    draws = (place["weight"] - model.weight.detach()) / lengths(model.weight.detach())[:, None]
    draws = draws * math.sqrt(4000)
    assert (draws.mean(1).abs() < 4 / math.sqrt(4000)).all()
    assert draws.abs().lt(1).double().mean().item() == pytest.approx(0.6827, abs=0.02)
    assert (draws @ draws.T / 4000 - torch.eye(3)).abs().max() < 0.07


@pytest.mark.parametrize("zero", [True, False])
def test_removed_weights_stay_and_survivors_move_as_they_would_without_a_mask(zero):
    """Whether the removed weights are zero already or not, only survivors count for the length."""
    model, (images, labels) = network(), labelled_images()
    mask = random_mask(model)
    mask["0.weight"][1] = False  # a filter without survivors
    with torch.no_grad():
        for name, kept in mask.items():
            model.get_parameter(name).mul_(kept | ~torch.tensor(zero))
    (pruned,) = visited(model, images, labels, (0.5,), mask=mask)
    (free,) = visited(model, images, labels, (0.5,))
    for name, kept in mask.items():
        start = model.get_parameter(name).detach()
        moved = pruned[name] - start
        assert (moved[~kept] == 0).all()
        assert torch.allclose(lengths(moved), 0.5 * lengths(start * kept), rtol=1e-12)
        for filter_moved, filter_free, k in zip(moved, free[name] - start, kept, strict=True):
            if k.any():
                ratio = filter_moved[k] / filter_free[k]
                assert torch.allclose(ratio, ratio[0].expand_as(ratio))
                assert not zero or ratio[0] > 1
    assert torch.equal(pruned["8.weight"], free["8.weight"])


def test_the_loss_is_that_of_the_moved_network():
    model, (images, labels) = network(), labelled_images()
    steps = (-0.4, 0, 0.7)
    losses = loss_along(Loss(model, images, labels), steps, 2)
    assert losses.shape == (2, 3)
    assert losses.dtype == torch.float64
    own = F.cross_entropy(model.eval()(images), labels).item()
    assert losses[:, 1].tolist() == pytest.approx([own] * 2, rel=1e-12)
    assert losses[0, 2] != losses[1, 2]
    for loss, place in zip(losses.flatten(), visited(model, images, labels, steps, 2), strict=True):
        moved = copy.deepcopy(model).eval()
        moved.load_state_dict(place, strict=False)
        assert loss.item() == pytest.approx(F.cross_entropy(moved(images), labels).item())


def test_a_direction_depends_on_its_number_alone():
    model, (images, labels) = network(), labelled_images()
    three = loss_along(Loss(model, images, labels), (0.5, 1), 3)
    assert torch.equal(loss_along(Loss(model, images, labels), (1,), 2), three[:2, 1:])


@pytest.mark.parametrize("normalised", [False, True])
@pytest.mark.parametrize("factor", [8, 1 / 64])
def test_rescaling_layers_does_not_change_the_losses(factor, normalised):
    """To the bit, as powers of two rescale without rounding."""
    model, (images, labels) = relu_network(normalised=normalised), labelled_images(shape=(4, 1, 1))
    other = rescaled(model, factor)
    assert not torch.equal(other[1].weight, model[1].weight)
    assert torch.equal(other(images), model(images))
    steps = (-1, 0.1, 0.5)
    losses = loss_along(Loss(model, images, labels), steps, 4)
    assert torch.equal(loss_along(Loss(other, images, labels), steps, 4), losses)


def test_without_filters_there_is_no_direction():
    model = network()
    for place in PLACES.values():
        model[place].weight.requires_grad_(False)
    with pytest.raises(ValueError, match="no direction: no trainable parameter has filters"):
        loss_along(Loss(model, *labelled_images()), (0.1,))
