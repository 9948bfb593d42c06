"""Trainings that begin in the middle, are watched, or use another precision or layout."""

import copy

import pytest
import torch
from torch import nn

from lib.training import Momentum, Training

from .test_training import Watched, dataset, finish, network, recipe

PLAIN = Momentum(momentum=0.0, weight_decay=0.01, nesterov=False)


def same(a, b):
    return a.keys() == b.keys() and all(torch.equal(value, b[name]) for name, value in a.items())


@pytest.mark.parametrize("start", [(3, 0), (1, 2)])
def test_a_start_from_the_state_at_a_point_ends_as_the_whole_training(start):
    """Without momentum the optimiser has no state, so not a bit may differ."""
    plan, seen = recipe(optimiser=PLAIN), {}

    def note(epoch, step):
        seen[epoch, step] = copy.deepcopy(whole.model.state_dict())

    whole = Training(network(), dataset(), plan, 3, before_step=note)
    expected = finish(whole)
    model = network(seed=9)
    model.load_state_dict(seen[start])
    part = Training(model, dataset(), plan, 3, start=start)
    assert part.epochs_done == start[0]
    assert finish(part) == expected
    assert same(model.state_dict(), whole.model.state_dict())


def test_a_start_outside_of_the_training_is_refused():
    with pytest.raises(ValueError, match="4 epochs of 4 steps can't start at epoch 0, step 4"):
        Training(network(), dataset(), recipe(), 0, start=(0, 4))


def test_the_loss_of_a_partial_epoch_is_the_mean_of_the_images_that_it_saw():
    training = Watched(3, start=(0, 2))
    for sizes in ([16, 2], [16, 16, 16, 2]):
        training.seen.clear()
        loss = training.run_epoch().loss
        assert [len(batch) for batch in training.seen] == sizes
        labels = torch.cat(training.seen) % 4
        by_hand = -training.model.logits.detach().log_softmax(0)[labels].mean().item()
        assert loss == pytest.approx(by_hand, rel=1e-12)


def test_autocast_computes_in_bfloat16_and_keeps_everything_else_in_float32():
    inside = []
    training = Training(network().float(), dataset(), recipe(epochs=2), 3, autocast=True)
    convolution = next(m for m in training.model.modules() if isinstance(m, nn.Conv2d))
    convolution.register_forward_hook(lambda _, __, out: inside.append(out.dtype))
    training.run_epoch()
    assert set(inside) == {torch.bfloat16}
    for parameter in training.model.parameters():
        assert parameter.dtype == parameter.grad.dtype == torch.float32
        assert training.optimiser.state[parameter]["momentum_buffer"].dtype == torch.float32
    floats = [b for b in training.model.buffers() if b.is_floating_point()]
    assert {buffer.dtype for buffer in floats} == {torch.float32}
    assert not torch.is_autocast_enabled("cpu")


def test_channels_last_gives_the_same_training_and_stays_in_place():
    """In float64, where only the order of sums differs."""
    ends = []
    for layout in (torch.contiguous_format, torch.channels_last):
        model = network().to(memory_format=layout)
        layouts = []
        model.register_forward_pre_hook(lambda _, args, seen=layouts: seen.append(args[0].stride()))
        finish(Training(model, dataset(), recipe(), 3))
        assert all(p.is_contiguous(memory_format=layout) for p in model.parameters() if p.ndim == 4)
        assert {stride[1] == 1 for stride in layouts} == {layout == torch.channels_last}
        ends.append(model.state_dict())
    for name, value in ends[0].items():
        assert torch.allclose(value.double(), ends[1][name].double(), rtol=1e-6, atol=1e-9), name
