"""What nobody meant to say is refused before the work, and what the caller owns stays as it is."""

import numpy as np
import pytest
import torch
from torch import nn

from lib.compare import compare_networks
from lib.metrics import compare, permutation_null
from lib.models import build_model, record_layers
from lib.pruning import Mask, Pruning, prune

IMAGES = torch.rand(8, 3, 8, 8, generator=torch.Generator().manual_seed(0))
WRONG = {
    "permutations": (2.5, "20", None, True, -1, 10**9),
    "memory": ("2GB", None, 0, 1.5, False),
    "seed": ("x", None, 1.5, -1, 2**70),
    "batch_size": (0, "8", 2.0, None, True),
    "image_size": (0, "8", 2.0, None),
    "device": ("meta", "nowhere", 3.5),
}
CASES = [(name, value) for name, values in WRONG.items() for value in values]


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU())


@pytest.mark.parametrize(("name", "value"), CASES, ids=str)
def test_arguments_are_refused_by_name_before_the_work(name, value):
    model = network()
    model.forward = lambda x: pytest.fail("the work has begun")
    random = torch.get_rng_state()
    with pytest.raises(ValueError, match=f"^{name}: ") as error:
        compare_networks(model, model, IMAGES, say=None, **{name: value})
    assert "\n" not in str(error.value)
    assert torch.equal(random, torch.get_rng_state())


@pytest.mark.parametrize(
    ("name", "value"), [case for case in CASES if case[0] in ("permutations", "seed")], ids=str
)
def test_the_null_refuses_the_same(name, value):
    x = np.random.default_rng(0).normal(size=(8, 2))
    with pytest.raises(ValueError, match=f"^{name}: "):
        permutation_null(x, x, **{"metric": "nbs", name: value})
    with pytest.raises(ValueError, match=f"^{name}: "):
        compare(x, x, **{name: value})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"batch_size": 0}, "^batch_size: got 0"),
        ({"batch_size": 1.5}, "^batch_size: got 1.5"),
        ({"images": IMAGES.byte()}, "^images: got uint8"),
        ({"images": IMAGES.numpy()}, "^images: got ndarray, want a tensor"),
    ],
)
def test_recording_says_what_is_wrong(given, said):
    with pytest.raises(ValueError, match=said):
        record_layers(network(), **({"images": IMAGES, "layers": ["0"]} | given))


def test_names_of_modules_may_have_colons():
    models = [nn.Sequential() for _ in "ab"]
    for model in models:
        model.add_module("conv:0", nn.Conv2d(3, 4, 3))
        model.add_module("act", nn.ReLU())
    chosen = compare_networks(*models, IMAGES, metrics=["cka"], say=None)
    asked = compare_networks(*models, IMAGES, ["conv:0"], metrics=["cka"], say=None)
    assert set(chosen.layer_x) <= {"conv:0", "act"}
    assert asked.value.notna().all()


class TestMasks:
    @pytest.mark.parametrize("iteration", [1.5, True, 0, 21, "1"])
    def test_iterations(self, iteration):
        model = build_model("vgg_svhn", width=0.1)
        with pytest.raises(ValueError, match="^iteration: got"):
            prune(model, Mask.complete(model), Pruning(), iteration)

    @pytest.mark.parametrize("value", [float("inf"), float("nan")])
    def test_weights_of_a_network_that_has_diverged(self, value):
        model = build_model("vgg_svhn", width=0.1)
        name, weight = next(iter(model.named_parameters()))
        with torch.no_grad():
            weight.view(-1)[0] = value
        with pytest.raises(ValueError, match=f"{name} has weights that are no numbers"):
            prune(model, Mask.complete(model), Pruning())
