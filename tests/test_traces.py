"""No measurement leaves a trace on a network or on its images, also not after an error."""

import copy
from functools import partial

import pytest
import torch
from torch.nn import functional as F

from lib.models import record_layers
from lib.pruning import SCORES, Evidence, Mask
from notebooks.icann2020.hessian import top_eigenvalues, trace
from notebooks.icann2020.loss import Loss
from notebooks.icann2020.loss_directions import loss_along
from notebooks.prunings.paths import count_paths

from .analyses.made_up import labelled_images, network, random_mask


def snapshot(model):
    """Everything about a network, and about PyTorch, that a measurement could change."""
    hooks = [(module._forward_pre_hooks, module._forward_hooks) for module in model.modules()]
    return {
        "state": copy.deepcopy(model.state_dict()),
        "gradients": [None if p.grad is None else p.grad.clone() for p in model.parameters()],
        "modes": [module.training for module in model.modules()],
        "wanted": [p.requires_grad for p in model.parameters()],
        "hooks": [len(before) + len(after) for before, after in hooks],
        "torch": (torch.is_grad_enabled(), *tf32()),
    }


def tf32():
    return torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32


def same(a, b):
    tensors = [*zip(a["state"].values(), b["state"].values(), strict=True)]
    tensors += [(x, y) for x, y in zip(a["gradients"], b["gradients"], strict=True) if x is not y]
    alike = all(x.dtype == y.dtype and torch.equal(x, y) for x, y in tensors)
    return alike and all(a[key] == b[key] for key in ("modes", "wanted", "hooks", "torch"))


def masked(measure, model, images, labels):
    measure(Loss(model, images, labels, random_mask(model)))


FULL_PRECISION = {
    "record": lambda model, images, labels: record_layers(model, images, ["0", "8"]),
    "top_eigenvalues": partial(masked, top_eigenvalues),
    "trace": partial(masked, partial(trace, probes=2)),
    "loss_along": partial(masked, partial(loss_along, steps=(0.5,), directions=2)),
}


def score(name, model, images, labels):
    return SCORES[name](model, Evidence(images, labels, torch.Generator()))


MEASUREMENTS = FULL_PRECISION | {
    "paths": lambda model, images, labels: count_paths(
        model, Mask(random_mask(model)), images.shape[1:]
    ),
    **{name: partial(score, name) for name in SCORES},
}


@pytest.fixture
def used():
    """A network in the middle of training, with a frozen part and without one of its gradients."""
    model = network().float()
    images, labels = labelled_images(dtype=torch.float32)
    model.train()
    model[1].eval()
    F.cross_entropy(model(images), labels).backward()
    model[4].bias.requires_grad_(False)
    model[8].weight.grad = None
    return model, images, labels


@pytest.mark.parametrize("name", MEASUREMENTS)
def test_the_network_and_its_images_are_as_before(name, used):
    model, images, labels = used
    before, pixels = snapshot(model), images.clone()
    found = MEASUREMENTS[name](model, images, labels)
    assert torch.equal(images, pixels)
    for tensor in found.values() if isinstance(found, dict) else ():
        assert not tensor.requires_grad
        tensor.fill_(-7)  # it shares no memory with the network
    assert same(snapshot(model), before)
    if name not in ("magnitude", "random"):  # which look at no image
        with pytest.raises(RuntimeError):
            MEASUREMENTS[name](model, images[:, :1], labels)
        assert same(snapshot(model), before)


@pytest.mark.parametrize("name", FULL_PRECISION)
def test_a_measurement_computes_in_full_precision(name, used, monkeypatch):
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)
    allowed = []
    used[0][0].register_forward_hook(lambda *_: allowed.append(tf32()))
    FULL_PRECISION[name](*used)
    assert set(allowed) == {(False, False)}
