"""`compare_networks` takes networks as they are, leaves them so, and says what is wrong."""

from collections import OrderedDict
from copy import deepcopy
from dataclasses import dataclass

import pandas as pd
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import prune
from torch.optim.swa_utils import AveragedModel

from lib import compare_networks
from lib.metrics import cka

from .networks import seeded

IMAGES = torch.rand(24, 3, 12, 12, generator=torch.Generator().manual_seed(0))


def network(seed=0, **more):
    """Two convolutions, a ReLU that is called twice, dropout and a head."""

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = nn.Conv2d(3, 4, 3), nn.Conv2d(4, 6, 3)
            self.act, self.drop, self.out = nn.ReLU(inplace=True), nn.Dropout(), nn.Linear(6, 5)
            self.register_buffer("passes", torch.zeros(1))
            for name, module in more.items():
                setattr(self, name, module)

        def forward(self, x):
            self.passes.add_(1)
            x = self.act(self.second(self.act(self.first(x))))
            return self.out(self.drop(x).mean((2, 3)))

    return seeded(seed, Network)


def values(a, b, layers=("first", "act", "second", "out"), **more):
    table = compare_networks(a, b, IMAGES, list(layers), metrics=["svcca", "cka"], **more)
    return table.set_index(["layer_x", "metric"]).value


@pytest.fixture(scope="module")
def plain():
    return values(network(0), network(1))


def compiled(b):
    """Compiled as a whole, and inside, where PyTorch can switch that off."""
    if hasattr(torch.compiler, "set_stance"):
        b.first = torch.compile(b.first, backend="eager")
        b.second.compile(backend="eager")
    b = torch.compile(b, backend="eager")
    b(IMAGES)  # so that what is compiled calls no hooks
    return b


class InMode(nn.Module):
    """Calls a network with gradients switched on, or off for good."""

    def __init__(self, network, mode):
        super().__init__()
        self.network, self.mode = network, mode

    def forward(self, x):
        with self.mode():
            return self.network(x)


WRAPPED = {
    "compiled": compiled,
    "averaged in parallel": lambda b: nn.DataParallel(AveragedModel(b)),
    "float64": lambda b: b.double(),
}


@pytest.mark.filterwarnings("ignore")  # those of torch.compile
@pytest.mark.parametrize("name", WRAPPED)
def test_a_wrapped_network_is_compared_as_what_is_inside(name, plain):
    pd.testing.assert_series_equal(values(network(0), WRAPPED[name](network(1))), plain, rtol=1e-4)


@pytest.mark.parametrize("mode", [torch.inference_mode, torch.enable_grad])
def test_a_network_in_a_mode_of_its_own_is_recorded_before_it_overwrites(plain, mode):
    layers = {"first": "network.first", "act": "network.act"}
    table = compare_networks(network(0), InMode(network(1), mode), IMAGES, layers, metrics=["cka"])
    expected = [plain["first", "cka"], plain["act", "cka"]]
    assert table.value.tolist() == pytest.approx(expected, rel=1e-6)


def test_a_pruned_network_is_compared_by_its_masked_weights(plain):
    pruned = network(1)
    prune.l1_unstructured(pruned.second, "weight", amount=0.5)
    masked = network(1)
    masked.second.weight.data = pruned.second.weight.detach()
    found = values(network(0), pruned)
    pd.testing.assert_series_equal(found, values(network(0), masked))
    assert (found["out"] != plain["out"]).all()


@pytest.mark.filterwarnings("ignore")  # PyTorch will move this elsewhere
def test_a_quantised_network_is_close_to_itself():
    dense = nn.Sequential(nn.Flatten(), nn.Linear(432, 8), nn.ReLU(), nn.Linear(8, 5))
    quantised = torch.ao.quantization.quantize_dynamic(dense, {nn.Linear}, torch.qint8)
    table = compare_networks(dense, quantised, IMAGES, metrics="cka", say=None)
    assert table.layer_y.tolist() == ["2", "3"]
    assert table.value.between(0.99, 1 - 1e-9).all()


def test_networks_are_left_as_they_were():
    a, b = network(0).train(), network(1)
    b.drop.eval()
    before = [deepcopy(one.state_dict()) for one in (a, b)]
    broken = network(2)
    broken.out.weight.data.fill_(torch.nan)
    values(a, b)
    with pytest.raises(ValueError, match="out of b") as kept:  # as a session keeps the last error
        values(a, broken, ["out"])
    for one, state in zip((a, b), before, strict=True):
        assert all(torch.equal(value, state[name]) for name, value in one.state_dict().items())
        assert all(module.training != (module is b.drop) for module in one.modules())
    assert not any(m._forward_hooks for one in (a, b, broken) for m in one.modules())
    assert kept.tb
    assert torch.is_grad_enabled()


class Observer(nn.Module):
    """Scales by what it has seen, and goes on looking in evaluation mode, unseen by PyTorch."""

    def __init__(self):
        super().__init__()
        self.register_buffer("largest", torch.ones(1))

    def forward(self, x):
        self.largest.data.copy_(torch.maximum(self.largest, x.abs().max()))
        return x / self.largest


class Centred(nn.Module):
    def forward(self, x):
        return x - x.mean(0)


def test_outputs_that_depend_on_the_batch_are_refused_or_noted():
    observer = nn.Sequential(nn.Flatten(), Observer())
    with pytest.raises(ValueError, match="a: writes its buffers in evaluation mode, and its out"):
        compare_networks(observer, observer, IMAGES, say=None)
    assert observer[1].largest == 1
    centred = nn.Sequential(nn.Flatten(), nn.Linear(432, 5), Centred())
    table = compare_networks(centred, deepcopy(centred), IMAGES, ["1", "2"], "cka", say=None)
    assert table.note.tolist() == ["", "2 of a and b: depends on the other images in its batch"]


@dataclass
class Answer:
    classes: torch.Tensor
    maps: list


def test_of_several_tensors_the_first_counts_and_the_note_says_so():
    class Several(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.out = nn.Conv2d(3, 4, 3), nn.Linear(4, 5)

        def forward(self, x):
            maps = self.first(x)
            return Answer(self.out(maps.mean((2, 3))), [maps, -maps])

    a, b = seeded(0, Several), seeded(1, Several)
    table = compare_networks(a, b, IMAGES, ["", ":maps.1", "first"], "cka", say=None)
    assert table.note.tolist() == [" of a and b: the first of 3 tensors; :1 is another", "", ""]
    assert table.value[1] == table.value[2]


def test_layers_and_images_are_said():
    said = []
    a, b = network(0), network(1)
    table = compare_networks(a, b, IMAGES, metrics="cka", say=said.append)
    assert table.layer_x.tolist() == ["act", "second", "out"]
    assert table.kind.tolist() == ["conv", "conv", "out"]
    assert said == [table.attrs["layers"]]
    of_images, *of_layers = said[0].splitlines()
    low, high = IMAGES.min(), IMAGES.max()
    assert of_images == (
        f"images: (3, 12, 12), torch.float32, from {low:.3g} to {high:.3g}; of the first 24, "
        "24 differ."
    )
    assert "a: 3 layers" in of_layers[0]
    assert "act, second, out" in of_layers[0]
    a.recorded_layers = [("first", "conv"), ("out", "out")]
    declared = compare_networks(a, b, IMAGES, metrics="cka", say=None)
    assert declared.layer_x.tolist() == ["first", "out"]


def test_of_a_module_that_is_called_twice_the_first_output_counts_and_the_note_says_so(plain):
    table = compare_networks(network(0), network(1), IMAGES, ["act", "out"], "cka")
    said = "act of a and b: the first of 2 calls; give each call a module of its own"
    assert table.note.tolist() == [said, ""]
    with torch.no_grad():
        sides = [one.first(IMAGES).relu() for one in (network(0), network(1))]
    assert table.value[0] == pytest.approx(cka(*sides), abs=1e-9) == plain["act", "cka"]


def test_layers_without_a_counterpart_are_named():
    said = []
    less = nn.Sequential(OrderedDict(first=network(1).first, act=nn.ReLU(), flat=nn.Flatten()))
    table = compare_networks(network(0), less, IMAGES, metrics="cka", say=said.append)
    assert table.layer_x.tolist() == ["act"]
    assert 'b: has no layers of the names second, out. pairs="all" compares' in said[0]


class Turned(nn.Module):
    def forward(self, x):
        return x.T


class Noise(nn.Module):
    def forward(self, x):
        return F.dropout(x)


SMALLER = nn.Sequential(nn.Flatten(), nn.Linear(432, 5))
ERRORS = {
    "b: got OrderedDict, want a torch.nn.Module": {"b": network(1).state_dict()},
    "b: draws random numbers in evaluation mode; sw": {"b": network(1, act=Noise())},
    "b: out.weight has no shape yet; call the net": {"b": network(1, out=nn.LazyLinear(3))},
    r"out of b gives shape \(6, 3\) for 3 images, want": {"b": network(1, out=Turned())},
    "unknown metric 'ckaa'. Did you mean 'cka'": {"metrics": ["ckaa"]},
    r"unknown reshape 'tokens'\. Known: channels, flat, gap": {"reshapes": ["tokens"]},
    "unknown pairs 'each'. Known: same, all": {"pairs": "each"},
    "layers of a: unknown module 'frist'. Did you mean 'first'": {"layers": ["frist"]},
    "layers of a: spare was not called": {
        "layers": {"spare": "out"},
        "a": network(0, spare=nn.ReLU()),
    },
    r"none of which .* with reshapes=\['channels'\]; change": {
        "metrics": "rsa",
        "reshapes": "channels",
    },
    r"A batch is \(n, c, h, w\): torch.stack single": {"images": list(IMAGES)},
    "no item 'logits'; Tensor has no items": {"layers": ["out:logits"]},
    "layers: {a: b} names the pairs": {"layers": {"out": "out"}, "pairs": "all"},
    "layers: got none; give one name at least": {"layers": {}},
    "b: unknown module 'first'. Known: 0, 1. To pair .*: layers={name in a": {"b": SMALLER},
    "layers: b has none of act, .* or take pairs=": {"layers": None, "b": SMALLER},
    "a does not take .* torch.uint8.*Networks take floats": {"images": (IMAGES * 255).byte()},
    r"got shape \(1, .*, one data point; want n >= 2": {"images": IMAGES[:1]},
    "images: got none; an iterator can be read only once": {"images": iter(())},
    "images: got str, want .* or graphs, say .*: forward=": {"images": [("x", IMAGES)]},
    "^image_size: got 999999, want at most": {"images": ".", "image_size": 999_999},
    r"first of a gives shape \(24, 4, 9, 10\) .*, all of one shape": {
        "images": [IMAGES, IMAGES[:, :, 1:]]
    },
    "nowhere is not a folder with images": {"images": "nowhere"},
    r"got the layout \(n, h, w, c\); write 'first@last' instead": {
        "layers": {"first": "(n, h, w, c)"}
    },
}


@pytest.mark.parametrize("message", ERRORS)
def test_misuse_gets_an_error_that_says_what_to_do(message):
    asked = {"a": network(0), "b": network(1), "images": IMAGES, "layers": ["first", "out"]}
    with pytest.raises((TypeError, ValueError, FileNotFoundError), match=message):
        compare_networks(**asked | ERRORS[message], say=None)


WRONG = {"permutations": 2.5, "memory": "2GB", "seed": -1, "batch_size": 0, "image_size": "8"}
WRONG |= {"level": 0.95}  # intervals over images are gone; None is taken, as it asks for none


@pytest.mark.parametrize("name", WRONG)
def test_arguments_are_refused_by_name_before_the_work(name):
    model = network()
    model.forward = lambda x: pytest.fail("the work has begun")
    with pytest.raises(ValueError, match=f"^{name}: "):
        compare_networks(model, model, IMAGES, say=None, **{"level": None, name: WRONG[name]})
