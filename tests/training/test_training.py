"""The training loop: order, resumption, loss, precision and memory layout."""

import copy

import pytest
import torch
from torch import nn

from lib.data import Augmentation, Dataset, Images
from lib.models import build_model
from lib.training import (
    DivergedError,
    LayerwiseMomentum,
    Momentum,
    PiecewiseLinear,
    Recipe,
    Steps,
    Training,
    evaluate,
)

AUGMENTATION = Augmentation(crop=2, flip=True, degrees=5.0, translate=0.1, cutout=4)


def dataset(n=50, size=16):
    draws = torch.Generator().manual_seed(0)
    labels = torch.randint(0, 4, (n,), generator=draws)
    pixels = torch.randint(0, 120, (n, 3, size, size), generator=draws)
    for i, label in enumerate(labels):  # a class is a bright quarter
        y, x = divmod(int(label), 2)
        pixels[i, :, y * size // 2 : (y + 1) * size // 2, x * size // 2 : (x + 1) * size // 2] += 99
    images = Images(pixels.to(torch.uint8), labels)
    return Dataset("made", images, images, tuple("abcd"), (0.3,) * 3, (0.2,) * 3, "made up")


def network(seed=0):
    draws = torch.Generator().manual_seed(seed)
    return build_model("vgg_svhn", num_classes=4, width=0.1, generator=draws).double()


def recipe(**changes):
    settings = {
        "epochs": 4,
        "batch_size": 16,
        "optimiser": Momentum(),
        "schedule": PiecewiseLinear((0, 1, 4), (0, 0.1, 0)),
        "augmentation": AUGMENTATION,
    }
    return Recipe(**(settings | changes))


def finish(training):
    while not training.finished:
        epoch = training.run_epoch()
    return epoch


def assert_same(one, other):
    for name, value in one.state_dict().items():
        assert torch.equal(value, other.state_dict()[name]), name


@pytest.mark.parametrize(
    ("optimiser", "start", "stop"),
    [
        (Momentum(), (1, 2), 2),
        (LayerwiseMomentum(trust=0.1), (0, 0), 1),
    ],
)
def test_a_resumed_training_ends_bit_for_bit_as_an_uninterrupted_one(
    optimiser, start, stop, tmp_path
):
    data, plan = dataset(), recipe(optimiser=optimiser)
    whole = Training(network(), data, plan, seed=3, start=start)
    last = finish(whole)
    first = Training(network(), data, plan, seed=3, start=start)
    for _ in range(stop):
        first.run_epoch()
    torch.save(first.state_dict(), tmp_path / "state.pt")
    second = Training(network(seed=9), data, plan, seed=3, start=start)
    second.load_state_dict(torch.load(tmp_path / "state.pt", weights_only=True))
    assert second.epochs_done == start[0] + stop
    assert finish(second) == last
    assert_same(second.model, whole.model)


class Watched(Training):
    """A training that changes nothing, on images whose pixels are their numbers.

    `seen` are the numbers of each batch; all images have the same logits.
    """

    def __init__(self, seed, start=(0, 0)):
        self.seen = []
        network = nn.Module()
        network.logits = nn.Parameter(torch.tensor([3.0, 2.0, 1.0, 0.0], dtype=torch.float64))
        network.forward = self.note
        pixels = torch.arange(50, dtype=torch.uint8).view(50, 1, 1, 1).expand(50, 1, 2, 2)
        images = Images(pixels.contiguous(), torch.arange(50) % 4)
        data = Dataset("made", images, images, tuple("abcd"), (0.0,), (1 / 255,), "made up")
        still = recipe(schedule=Steps(0.0, ()), augmentation=Augmentation())
        super().__init__(network, data, still, seed, start=start)

    def note(self, x):
        self.seen.append(x[:, 0, 0, 0].round().long())
        return self.model.logits.expand(len(x), 4)


def test_each_epoch_has_every_image_once_in_an_order_of_seed_and_epoch():
    orders = []
    for seed in (0, 1, 0):
        training = Watched(seed)
        for _ in range(2):
            training.seen.clear()
            training.run_epoch()
            orders.append(torch.cat(training.seen).tolist())
    assert all(sorted(order) == list(range(50)) for order in orders)
    assert orders[:2] == orders[4:]
    assert len(set(map(tuple, orders))) == 4


def test_the_learning_rate_follows_the_schedule_from_step_to_step():
    rates, plan = [], recipe(epochs=2, schedule=PiecewiseLinear((0, 1, 2), (0, 0.1, 0)))

    def note(optimiser):
        rates.append(optimiser.param_groups[0]["lr"])

    finish(Training(network(), dataset(), plan, 3, after_step=note))
    assert rates == pytest.approx([0, 0.025, 0.05, 0.075, 0.1, 0.075, 0.05, 0.025])


def test_a_diverged_training_stops_and_names_step_epoch_and_learning_rate():
    model = network()
    training = Training(model, dataset(), recipe(schedule=Steps(1e30, ())), seed=0)
    training.run_epoch()  # here all losses are still finite
    with pytest.raises(DivergedError, match=r"step 2 of \d+ in epoch 2 of 4.*rate is 1e\+30"):
        training.run_epoch()


def test_evaluation_gives_accuracy_and_cross_entropy_and_changes_nothing():
    data, model = dataset(130), network().train()  # more than a batch
    next(model.children()).eval()
    state, modes = copy.deepcopy(model.state_dict()), [m.training for m in model.modules()]
    accuracy, loss = evaluate(model, data.test, data)
    assert [m.training for m in model.modules()] == modes
    assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())
    model.eval()
    with torch.no_grad():
        logits = model((data.test.pixels / 255 - 0.3).double() / 0.2)
    assert accuracy == (logits.argmax(1) == data.test.labels).double().mean().item()
    by_hand = -logits.log_softmax(1)[range(130), data.test.labels].mean().item()
    assert loss == pytest.approx(by_hand, rel=1e-6)


def test_a_training_from_a_later_start_ends_as_the_whole_one():
    """Without momentum the optimiser has no state, so not a bit may differ."""
    start, seen = (1, 2), {}
    plan = recipe(epochs=3, optimiser=Momentum(0.0, weight_decay=0.01, nesterov=False))

    def note(epoch, step):
        seen[epoch, step] = copy.deepcopy(whole.model.state_dict())

    whole = Training(network(), dataset(), plan, 3, before_step=note)
    expected = finish(whole)
    model = network(seed=9)
    model.load_state_dict(seen[start])
    part = Training(model, dataset(), plan, 3, start=start)
    assert part.epochs_done == start[0]
    assert finish(part) == expected
    assert_same(model, whole.model)
    with pytest.raises(ValueError, match="3 epochs of 4 steps can't start at epoch 0, step 4"):
        Training(model, dataset(), plan, 0, start=(0, 4))


def test_the_loss_of_a_partial_epoch_is_the_mean_over_its_images():
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
        finish(Training(model, dataset(), recipe(epochs=2), 3))
        assert all(p.is_contiguous(memory_format=layout) for p in model.parameters() if p.ndim == 4)
        assert {stride[1] == 1 for stride in layouts} == {layout == torch.channels_last}
        ends.append(model.state_dict())
    for name, value in ends[0].items():
        assert torch.allclose(value.double(), ends[1][name].double(), rtol=1e-6, atol=1e-9), name
