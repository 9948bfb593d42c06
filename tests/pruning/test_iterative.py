"""Iterative magnitude pruning over a training function of one's own."""

import copy

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel

from lib.pruning import Mask, iterative_magnitude_pruning
from lib.training.optimisers import eager

LEVELS = (1, 0.6, 0.25, 0.1)


def new_network():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 3)
    )


@torch.no_grad()
def move_biases(network, mask):
    """A training that leaves the weights as they are."""
    for name, parameter in network.named_parameters():
        if name.endswith("bias"):
            parameter.add_(1)


def train(network, mask, held=True):
    """A few steps of gradient descent with momentum and weight decay, always the same images."""
    draws = torch.Generator().manual_seed(1)
    images, labels = torch.randn(64, 8, generator=draws), torch.arange(64) % 3
    sgd = eager(torch.optim.SGD)  # without a compiler, which takes seconds to import
    optimiser = sgd(network.parameters(), lr=0.1, momentum=0.9, weight_decay=0.01)
    hold = mask.keeper(network)
    for _ in range(5):
        F.cross_entropy(network(images), labels).backward()
        optimiser.step()
        if held:
            hold(optimiser)
        optimiser.zero_grad()


@pytest.mark.parametrize("rewind", [None, new_network().state_dict()], ids=["LRR", "rewound"])
def test_a_pruning_resumes_from_its_last_network_bit_for_bit(rewind):
    whole, network = new_network(), new_network()
    train(whole, Mask.complete(whole))
    network.load_state_dict(whole.state_dict())
    of_levels = iterative_magnitude_pruning(whole, train, LEVELS, rewind)
    for level, (_, _, mask) in zip(LEVELS, of_levels, strict=True):
        saved, network = network.state_dict(), new_network()
        network.load_state_dict(saved)
        _, _, resumed = next(iterative_magnitude_pruning(network, train, [level], rewind))
        assert resumed.jaccard(mask) == 1
        state = network.state_dict()
        assert all(torch.equal(v, state[name]) for name, v in whole.state_dict().items())


def test_the_present_state_is_refused_as_an_earlier_one():
    network = new_network()
    with pytest.raises(ValueError, match="present state: take a copy.deepcopy of it"):
        next(iterative_magnitude_pruning(network, train, LEVELS, network.state_dict()))


def test_a_warning_names_pruned_weights_that_training_moved_and_zeroes_them():
    network = new_network()
    levels = iterative_magnitude_pruning(network, lambda *its: train(*its, held=False), (0.5,))
    with pytest.warns(UserWarning, match="train moved pruned weights of 0.weight.*mask.keeper"):
        _, _, mask = next(levels)
    assert Mask.of_zeros(network).jaccard(mask) == 1


WRAPPERS = {
    "parallel": nn.DataParallel,
    "average": AveragedModel,
    "compiled": torch.compile,
    "both": lambda network: torch.compile(nn.DataParallel(network)),
    "twice": lambda network: AveragedModel(nn.DataParallel(network)),
}


@pytest.mark.parametrize("wrap", WRAPPERS.values(), ids=WRAPPERS)
def test_masks_and_states_fit_a_network_with_and_without_its_wrapper(wrap):
    bare, initial = new_network(), new_network().state_dict()
    in_wrapper = copy.deepcopy(wrap(new_network()).state_dict())
    assert initial.keys() != in_wrapper.keys()
    pairs = (wrap(bare), initial), (new_network(), in_wrapper), (wrap(new_network()), in_wrapper)
    for network, rewind in pairs:
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.mul_(2)
        [(_, _, mask)] = iterative_magnitude_pruning(network, move_biases, [0.5], rewind)
        assert Mask.of_zeros(network, torch.zeros(1, 8)).jaccard(mask) == 1
        mask.keeper(network)
        left = mask.weights(network)
        assert all(left[n].equal(initial[n] * mask.kept[n]) for n in left)
    with pytest.raises(RuntimeError, match="Missing key"):
        next(iterative_magnitude_pruning(bare, train, [0.5], {"8.weight": torch.zeros(1)}))


def test_layers_can_be_spared_as_for_masks():
    of_levels = iterative_magnitude_pruning(
        new_network(), train, [0.5], example=torch.zeros(1, 8), keep=["0"]
    )
    [(_, network, mask)] = of_levels
    assert list(mask.kept) == ["2.weight"]
    assert (network[0].weight != 0).all()


def test_a_training_that_moves_nothing_is_told_and_a_trained_copy_is_taken():
    def of_copy(network, mask):
        copied = copy.deepcopy(network)
        train(copied, mask)
        return copied

    _, expected, _ = next(iterative_magnitude_pruning(new_network(), train, [0.5]))
    with pytest.warns(UserWarning, match="train returned a copy, whose weights"):
        [(_, network, _)] = iterative_magnitude_pruning(given := new_network(), of_copy, [0.5])
    assert network is given
    state = expected.state_dict()
    assert all(value.equal(state[name]) for name, value in network.state_dict().items())
    with pytest.warns(UserWarning, match="train moved no weight at level 0.5"):
        next(iterative_magnitude_pruning(new_network(), lambda *_: None, [0.5]))
    with pytest.raises(ValueError, match="train returned another network"):
        next(iterative_magnitude_pruning(new_network(), lambda *_: nn.Linear(2, 2), [0.5]))
