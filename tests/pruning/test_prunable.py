"""Which weights pruning may remove in networks of all kinds, and which layer gives the output."""

import copy
import re

import pytest
import torch
from torch import nn
from torch.nn.utils import prune as masking

from lib.models import MODELS, build_model
from lib.pruning import (
    SCORES,
    Evidence,
    Mask,
    Pruning,
    iterative_magnitude_pruning,
    prunable_weights,
    prune,
)

from ..made_up import nested

X = torch.zeros(2, 8)
HIDDEN = ["first.weight", "second.weight"]


class HeadFirst(nn.Module):
    """Declares its layers in another order than it calls them."""

    def __init__(self):
        super().__init__()
        self.head = nn.Linear(16, 4)
        self.first, self.second = nn.Linear(8, 32), nn.Linear(32, 16)

    def forward(self, x):
        x = x.add_(1)
        return self.head(self.second(self.first(x).relu()).relu())


class TwoHeads(nn.Module):
    """An auxiliary head in training alone, declared last; two outputs in evaluation."""

    def __init__(self):
        super().__init__()
        self.body, self.box = nn.Linear(8, 16), nn.Linear(16, 4)
        self.classes, self.auxiliary = nn.Linear(16, 3), nn.Linear(16, 3)

    def forward(self, x):
        x = self.body(x).relu()
        found = {"box": self.box(x).exp(), "classes": self.classes(x).sigmoid()}
        return found | ({"auxiliary": self.auxiliary(x)} if self.training else {})


class Everything(nn.Module):
    """A layer of every kind, and a bare parameter."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(9, 4)
        self.position = nn.Parameter(torch.randn(6, 4))
        self.conv1, self.conv2 = nn.Conv1d(4, 4, 1), nn.Conv2d(1, 1, 1)
        self.transposed = nn.ConvTranspose1d(4, 4, 1)
        self.norm = nn.LayerNorm((6, 4))
        self.lstm, self.cell = nn.LSTM(4, 4), nn.GRUCell(4, 4)
        self.attention = nn.MultiheadAttention(4, 2)
        self.bilinear = nn.Bilinear(4, 4, 4)
        self.out = nn.Linear(4, 2)


@pytest.mark.parametrize("name", MODELS)
def test_all_convolutions_and_hidden_linear_layers_of_the_study_are_prunable(name):
    model = build_model(name, width=0.2)
    kinds = nn.Conv2d | nn.Linear
    layers = [n for n, module in model.named_modules() if isinstance(module, kinds)]
    linear = [n for n, module in model.named_modules() if isinstance(module, nn.Linear)]
    expected = [f"{layer}.weight" for layer in layers if layer != linear[-1]]
    image = torch.zeros(2, 3, 32, 32)
    assert list(prunable_weights(model)) == list(prunable_weights(model, image)) == expected
    assert Mask.of_zeros(model).remaining == 1


def test_a_forward_pass_finds_the_output_layer_wherever_it_is_declared_and_changes_nothing():
    model, example = HeadFirst().train(), X.clone()
    before, draws = copy.deepcopy(model.state_dict()), torch.get_rng_state()
    for given in (example, (example,), {"x": example}):
        assert list(prunable_weights(model, given)) == HIDDEN
    assert torch.equal(example, X)
    assert all(module.training and not module._forward_hooks for module in model.modules())
    assert torch.equal(torch.get_rng_state(), draws)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(p.grad is None for p in model.parameters())


def test_an_example_with_several_outputs_or_without_layers_is_refused():
    with pytest.raises(ValueError, match=r'TwoHeads gives 2 tensors; instead .* keep=\["boxes'):
        prunable_weights(TwoHeads(), X)
    assert list(prunable_weights(TwoHeads(), keep=["box", "classes", "aux*"])) == ["body.weight"]
    model = HeadFirst()
    model.forward = lambda x: x
    with pytest.raises(ValueError, match="HeadFirst calls no convolution or linear layer"):
        prunable_weights(model, X)


def test_a_network_that_does_not_declare_its_output_layer_is_refused():
    with pytest.raises(ValueError, match='output of HeadFirst.*example=images.*keep=."head"'):
        Mask.complete(HeadFirst())
    assert list(Mask.complete(HeadFirst(), keep=["head"]).kept) == HIDDEN
    declared = HeadFirst()
    declared.recorded_layers = [("first", "fc"), ("head", "out")]
    assert list(Mask.complete(declared).kept) == HIDDEN


def test_sequential_networks_end_with_their_last_layer_unless_a_module_hides_the_order():
    body = nn.Sequential(nn.Linear(8, 8), nn.Sequential(nn.ReLU(), nn.Linear(8, 8)))
    names = ["0.0.weight", "0.1.1.weight"]
    assert list(prunable_weights(nn.Sequential(body, nn.Linear(8, 2), nn.Softmax(1)))) == names
    assert list(prunable_weights(nn.Sequential(HeadFirst(), nn.Linear(4, 2), nn.ReLU()))) == [
        f"0.{name}.weight" for name in ("head", "first", "second")
    ]
    with pytest.raises(ValueError, match="which layer gives the output of Sequential"):
        prunable_weights(nn.Sequential(nn.Linear(8, 8), HeadFirst()))


def test_layers_to_spare_are_named_by_patterns_instead_of_the_output_layer():
    model = HeadFirst()
    assert list(prunable_weights(model, keep=["first", "sec*"])) == ["head.weight"]
    assert list(prunable_weights(model, X, keep=["first.weight"])) == ["second.weight"]
    assert len(prunable_weights(model, keep=[])) == 3
    inside = nn.Sequential(model, nn.Linear(4, 2))
    assert list(prunable_weights(inside, keep=["0"])) == ["1.weight"]
    with pytest.raises(ValueError, match="unknown layer to keep 'heads'. Did you mean 'head"):
        prunable_weights(model, keep=["heads"])
    with pytest.raises(TypeError, match="keep must be a list of names, got 'head'"):
        prunable_weights(model, keep="head")
    with pytest.raises(ValueError, match=r"nothing to prune.* except first.weight, head.weight"):
        prunable_weights(model, keep=["*"])


def test_a_warning_names_all_other_weights_of_two_or_more_dimensions():
    model = Everything()
    with pytest.warns(UserWarning, match="neither pruned nor counted: position") as warned:
        mask = Mask.complete(model, keep=["out"])
    assert list(mask.kept) == ["conv1.weight", "conv2.weight", "transposed.weight"]
    named = re.findall(r"(\S+) \((\w+)\)", str(warned[0].message))
    wide = {name for name, p in model.named_parameters() if p.ndim > 1}
    assert {name for name, _ in named} | {*mask.kept, "out.weight"} == wide
    for layer in ("lstm.weight_hh_l0", "LSTM"), ("attention.in_proj_weight", "MultiheadAttention"):
        assert layer in named
    pruned = prune(model, mask, Pruning(levels=(0.25,)))
    left = sum(int((model.get_parameter(name) != 0).sum()) for name in mask.kept)
    assert left == pruned.survivors == round(0.25 * mask.size)


@torch.no_grad()
def moving_the_last(network, mask):
    network[-1].bias.add_(1)


def test_an_embedding_that_shares_its_weight_with_a_pruned_layer_is_pruned_without_a_warning():
    model = nn.Sequential(nn.Embedding(9, 6), nn.Linear(6, 9), nn.Linear(9, 2))
    model[1].weight = model[0].weight
    assert list(Mask.complete(model).kept) == ["1.weight"]  # and warnings are errors here


@pytest.mark.filterwarnings("ignore:neither pruned nor counted. 0.weight .Embedding")
def test_layers_of_other_classes_are_pruned_if_the_class_is_given():
    network = nn.Sequential(nn.Embedding(8, 6), nn.Linear(6, 9), nn.Linear(9, 2))
    assert list(Mask.complete(network).kept) == ["1.weight"]
    given = {"also": [nn.Embedding]}
    [(_, _, mask)] = iterative_magnitude_pruning(network, moving_the_last, [0.25], **given)
    assert list(mask.kept) == ["0.weight", "1.weight"]
    assert mask.survivors == round(0.25 * (8 * 6 + 6 * 9))
    assert Mask.of_zeros(network, **given).jaccard(mask) == 1
    with pytest.raises(TypeError, match="also must be a list of classes, got Embedding"):
        Mask.complete(network, also=nn.Embedding)


def test_a_warning_names_frozen_layers_which_are_neither_pruned_nor_counted():
    model = nn.Sequential(nn.Conv1d(8, 8, 1), nn.Flatten(), nn.Linear(8, 8), nn.Linear(8, 2))
    model[0].requires_grad_(False)
    with pytest.warns(UserWarning, match="frozen, neither pruned nor counted: 0.weight$"):
        [(_, _, mask)] = iterative_magnitude_pruning(model, moving_the_last, [0.25])
    assert mask.survivors == int((model[2].weight != 0).sum()) == 16
    assert (model[0].weight != 0).all()
    model.requires_grad_(False)
    with pytest.raises(ValueError, match="all weights are frozen; call requires_grad_"):
        Mask.complete(model)
    assert Mask.of_zeros(model).survivors == 64 + 16


def test_a_weight_that_layers_share_is_counted_and_pruned_once():
    model = nn.Sequential(*[nn.Linear(8, 8) for _ in range(4)])
    model[1].weight = model[0].weight
    assert list(Mask.complete(model, keep=["1"]).kept) == ["2.weight", "3.weight"]
    model[3].weight = model[2].weight  # the output's is spared under all of its names
    mask = Mask.complete(model)
    assert {name: kept.numel() for name, kept in mask.kept.items()} == {"0.weight": 64}
    mask = prune(model, mask, Pruning(levels=(0.5,)))
    assert mask.survivors == int((model[1].weight != 0).sum()) == 32


@pytest.mark.parametrize("score", SCORES)
def test_a_mask_decides_what_is_scored_and_unused_weights_score_nothing(score):
    class Classes(TwoHeads):
        def forward(self, x):
            return super().forward(x)["classes"]

    model = Classes()
    mask = Mask.complete(model, keep=["body"])
    evidence = Evidence(torch.rand(4, 8), torch.zeros(4, dtype=torch.long), torch.Generator())
    scores = SCORES[score](model, evidence, mask.kept)
    assert list(scores) == ["box.weight", "classes.weight", "auxiliary.weight"]
    if score in ("gradient_weight", "synflow"):
        assert not scores["box.weight"].any()
        assert scores["classes.weight"].any()
    pruned = prune(model, mask, Pruning(levels=(0.5,), score=score), evidence=evidence)
    assert pruned.survivors == round(0.5 * mask.size)
    assert (model.body.weight != 0).all()


@pytest.mark.skipif(not hasattr(torch.compiler, "set_stance"), reason="needs PyTorch 2.6")
@pytest.mark.filterwarnings("ignore:Guards may run slower")  # of torch.compile on Python 3.13.0
def test_a_compiled_output_layer_is_found():
    model = HeadFirst()
    model.head = torch.compile(model.head, backend="eager")
    with torch.no_grad():
        model(X.clone())  # compiled without hooks
    mask = Mask.complete(model, X)
    assert list(mask.kept) == HIDDEN
    prune(model, mask, Pruning(levels=(0.5,)))
    assert Mask.of_zeros(model, keep=["head"]).remaining == 0.5


def test_a_mask_can_be_taken_from_pytorchs_pruning():
    model = HeadFirst()
    for layer in (model.first, model.second):
        masking.l1_unstructured(layer, "weight", 0.4)
    mask = Mask.of_zeros(model, keep=["head"])
    expected = {f"{n}.weight": getattr(model, n).weight_mask.bool() for n in ("first", "second")}
    assert mask.jaccard(Mask(expected)) == 1
    with pytest.raises(ValueError, match=r"first.weight is computed.*Mask.of_zeros takes its mask"):
        Mask.complete(model, keep=["head"])
    with pytest.raises(ValueError, match=r"first.weight is computed.*prune.remove"):
        prune(model, mask, Pruning())
    for layer in (model.first, model.second):
        masking.remove(layer, "weight")
    pruned = prune(model, mask, Pruning(fraction=0.5))
    assert nested(pruned, mask)
    assert pruned.survivors == mask.survivors - round(0.5 * mask.survivors)


@pytest.mark.filterwarnings("ignore:neither pruned nor counted. first.parametrizations")
def test_a_parametrised_weight_is_refused_unless_it_is_kept():
    model = HeadFirst()
    nn.utils.parametrizations.weight_norm(model.first)
    with pytest.raises(ValueError, match="first.weight is computed"):
        Mask.complete(model, X)
    assert list(Mask.complete(model, keep=["head", "first"]).kept) == ["second.weight"]


class Standardised(nn.Conv2d):
    """Computes with weights of mean 0, as NFNets do."""

    def forward(self, x):
        return self._conv_forward(x, self.weight - self.weight.mean((1, 2, 3), True), self.bias)


class Renamed(Standardised):
    pass


def test_a_warning_names_layers_that_compute_by_a_forward_of_their_own():
    model = nn.Sequential(nn.Conv2d(3, 4, 3), Standardised(4, 4, 3), Renamed(4, 4, 3), nn.Flatten())
    named = r"own: 1.weight \(Standardised\), 2.weight \(Renamed\); zeros of a weight may be"
    with pytest.warns(UserWarning, match=named):
        Mask.complete(model, keep=[])
